/* The packages of a module, what they import, and what that demands of go.mod. */
#include "gomod/gover.h"
#include "modload/pattern.h"
#include "modload/refusal_state.h"

/* ---- the modules that may provide packages ---- */

static void add_module(struct judge *judge, struct packages_module *modules, size_t *count,
                       struct mod_version mod, bool is_root) {
        modules[(*count)++] = (struct packages_module){
                .path = mod.path,
                .version = mod.version,
                .is_main = mod.version.len == 0,
                .is_root = is_root,
                .open = refusal_open_module,
                .ctx = judge,
        };
}

/* What is known without the graph: the main modules and what they require themselves. */
static struct packages_module *root_modules(struct judge *judge, size_t *ret_count) {
        const struct mod_version *roots;
        struct packages_module *modules;
        size_t root_count, count = 0;

        roots = buildlist_roots(judge->list, &root_count);
        modules = ARENA_ARRAY(judge->arena, struct packages_module, judge->main_count + root_count);
        for (size_t i = 0; i < judge->main_count; i++)
                add_module(judge, modules, &count,
                           (struct mod_version){ .path = judge->mains[i].mod->module.path }, true);
        for (size_t i = 0; i < root_count; i++)
                if (!gover_is_pseudo_module(roots[i].path) &&
                    !buildlist_is_main(judge->list, roots[i].path) &&
                    (i + 1 == root_count || !str_eq(roots[i].path, roots[i + 1].path)))
                        add_module(judge, modules, &count, roots[i], true);
        *ret_count = count;
        return modules;
}

static struct packages_module *all_modules(struct judge *judge, size_t *ret_count) {
        bool pruned = buildlist_is_pruned(judge->list);
        struct packages_module *modules;
        struct mod_version *list;
        size_t list_count, count = 0;

        list = buildlist_modules(judge->list, judge->arena, &list_count);
        modules = ARENA_ARRAY(judge->arena, struct packages_module, list_count);
        for (size_t i = 0; i < list_count; i++) {
                struct str version;

                if (!gover_is_pseudo_module(list[i].path))
                        add_module(judge, modules, &count, list[i],
                                   !pruned || buildlist_root_selected(judge->list, list[i].path,
                                                                      &version));
        }
        *ret_count = count;
        return modules;
}

/* ---- loading ---- */

static struct pattern_ignores ignores_of(struct judge *judge) {
        const struct modfile *mod = judge->mains[judge->own].mod;
        struct str *items = ARENA_ARRAY(judge->arena, struct str, mod->ignore_count);

        for (size_t i = 0; i < mod->ignore_count; i++)
                items[i] = mod->ignores[i].value;
        return (struct pattern_ignores){ items, mod->ignore_count };
}

static uint32_t own_index(const struct judge *judge) {
        for (size_t i = 0; i < judge->module_count; i++)
                if (judge->modules[i].is_main &&
                    str_eq(judge->modules[i].path, judge->mains[judge->own].mod->module.path))
                        return (uint32_t)i;
        return 0;
}

/* What ./... means in the module's folder. */
static bool find_roots(struct judge *judge, struct packages_root **ret_roots, size_t *ret_count) {
        struct package_source source =
                source_of_tree(judge->arena, judge->input->tree, judge->input->dir);
        struct pattern_ignores ignores = ignores_of(judge);
        struct packages_root *roots;
        struct str_list folders;

        if (!pattern_match(&source, STR_NONE, &ignores, judge->input->context, judge->arena,
                           &folders, judge->err))
                return false;
        roots = ARENA_ARRAY(judge->arena, struct packages_root, folders.count);
        for (size_t i = 0; i < folders.count; i++)
                roots[i] = (struct packages_root){ .module = own_index(judge),
                                                   .folder = folders.items[i] };
        *ret_roots = roots;
        *ret_count = folders.count;
        return true;
}

static bool load(struct judge *judge, struct packages *ret_graph) {
        struct packages_world world = { .modules = judge->modules,
                                        .module_count = judge->module_count,
                                        .lazy = buildlist_is_pruned(judge->list),
                                        .std = judge->input->std,
                                        .context = judge->input->context,
                                        .threads = judge->input->threads };
        struct packages_root *roots;
        size_t root_count;

        return find_roots(judge, &roots, &root_count) &&
               packages_load(&world, roots, root_count, PACKAGES_TESTS_OF_ROOTS, judge->arena,
                             ret_graph, judge->err);
}

/* First with the main modules' own requirements; with all modules only where these are not enough,
 * because only then the go command reads the graph. */
static bool load_lazily(struct judge *judge, struct packages *graph) {
        if (buildlist_is_pruned(judge->list)) {
                judge->modules = root_modules(judge, &judge->module_count);
                if (!load(judge, graph))
                        return false;
                if (!graph->looked_past_roots)
                        return true;
                if (!refusal_load_graph(judge))
                        return false;
                if (refusal_found(judge) || judge->unjudged.count)
                        return true;
        }
        judge->modules = all_modules(judge, &judge->module_count);
        return load(judge, graph);
}

/* ---- what is wrong with a package ---- */

static bool is_external(const struct judge *judge, const struct package *package) {
        return package->module != PACKAGE_NONE && !package->is_std &&
               !judge->modules[package->module].is_main;
}

static bool is_in_main(const struct judge *judge, const struct package *package) {
        return package->module != PACKAGE_NONE && !package->is_std &&
               judge->modules[package->module].is_main;
}

static struct mod_version module_of(const struct judge *judge, const struct package *package) {
        if (package->module == PACKAGE_NONE)
                return (struct mod_version){ STR_NONE, STR_NONE };
        return (struct mod_version){ judge->modules[package->module].path,
                                     judge->modules[package->module].version };
}

static struct str file_of(struct judge *judge, const struct package *package, struct str name) {
        struct str path = judge->modules[package->module].path, dir = STR_NONE;

        for (size_t i = 0; i < judge->main_count; i++)
                if (str_eq(judge->mains[i].mod->module.path, path))
                        dir = judge->main_dirs[i];
        dir = str_join_path(judge->arena, dir, package->folder);
        return str_join_path(judge->arena, dir, name);
}

static const struct package_import *find_import(const struct package_imports *imports,
                                                struct str path) {
        for (size_t i = 0; i < imports->count; i++)
                if (str_eq(imports->items[i].path, path))
                        return &imports->items[i];
        return NULL;
}

/* The place of the first import of a package by a package of the main modules. */
static void place_at_import(struct judge *judge, const struct packages *graph,
                            struct refusal *refusal, struct str path) {
        for (size_t i = 0; i < graph->count; i++) {
                const struct package *importer = &graph->items[i];
                const struct package_imports *const lists[] = { &importer->imports,
                                                                &importer->test_imports,
                                                                &importer->xtest_imports };

                for (size_t j = 0; is_in_main(judge, importer) && j < COUNT_OF(lists); j++) {
                        const struct package_import *import = find_import(lists[j], path);

                        if (!import)
                                continue;
                        refusal->file = file_of(judge, importer, import->file);
                        refusal->line = import->pos.line;
                        refusal->column = import->pos.column;
                        return;
                }
        }
}

/* A package of a dependency imports it: the place is that dependency's requirement. */
static void place_at_dependency(struct judge *judge, const struct package *importer,
                                struct refusal *refusal) {
        struct mod_version mod = module_of(judge, importer);

        if (refusal->file.len || !mod.path.len)
                return;
        refusal_place_of_module(judge, refusal, mod.path);
        refusal->detail = str_fmt(judge->arena, "%.*s (imported by %.*s)", STR_ARG(refusal->detail),
                                  STR_ARG(importer->path));
}

static void place_of_package(struct judge *judge, const struct packages *graph,
                             const struct package *package, struct refusal *refusal) {
        const struct package_problem *problem = &package->problem;

        refusal->package = package->path;
        if (problem->importer != PACKAGE_NONE)
                package = &graph->items[problem->importer];
        if (!is_in_main(judge, package) || problem->file.len == 0) {
                place_at_import(judge, graph, refusal, refusal->package);
                if (problem->importer != PACKAGE_NONE)
                        place_at_dependency(judge, package, refusal);
                return;
        }
        refusal->file = file_of(judge, package, problem->file);
        refusal->line = problem->pos.line;
        refusal->column = problem->pos.column;
}

static enum refusal_kind kind_of_open_error(const struct err *err) {
        switch ((int)err->code) {
        case ERR_NOT_FOUND:
                return REFUSAL_SUM_MISSING;
        case ERR_MISMATCH:
                return REFUSAL_SUM_MISMATCH;
        case ERR_UNSUPPORTED:
                return REFUSAL_GO_TOO_NEW;
        case ERR_IO:
                return REFUSAL_REPLACE_FOLDER;
        default:
                return REFUSAL_DEPENDENCY;
        }
}

/* A module that might provide the package could not be opened. */
static void add_unopened(struct judge *judge, const struct packages *graph,
                         const struct package *package) {
        const struct package_problem *problem = &package->problem;
        struct mod_version mod = { STR_NONE, STR_NONE };
        struct refusal *refusal;

        if (problem->module != PACKAGE_NONE)
                mod = (struct mod_version){ judge->modules[problem->module].path,
                                            judge->modules[problem->module].version };
        if (judge->sums_failed && problem->cause->code == judge->sums_err.code) {
                refusal_add_sums_failure(judge);
                return;
        }
        if (problem->cause->code == ERR_OFFLINE || problem->cause->code == ERR_LIMIT) {
                refusal_add_unjudged(judge, mod, problem->cause);
                return;
        }
        refusal = refusal_add_once(judge, kind_of_open_error(problem->cause),
                                   buildlist_actual(judge->list, mod), problem->cause);
        if (!refusal)
                return;
        refusal->package = package->path;
        if (refusal->file.len == 0)
                refusal_place_of_module(judge, refusal, mod.path);
        if (refusal->file.len == 0)
                place_at_import(judge, graph, refusal, package->path);
}

static enum refusal_kind kind_of_problem(enum package_problem_kind kind) {
        switch ((int)kind) {
        case PACKAGE_MISSING:
        case PACKAGE_MISSING_STD:
                return REFUSAL_IMPORT;
        case PACKAGE_AMBIGUOUS:
                return REFUSAL_AMBIGUOUS;
        default:
                return REFUSAL_PACKAGE;
        }
}

/* A file of an index or a commit whose object is not there says nothing about the delivery (only
 * then does reading name what mends it), and neither does one that is larger than weir reads. */
static bool is_lost(const struct package_problem *problem) {
        return problem->cause && (*problem->cause->mend || problem->cause->code == ERR_LIMIT);
}

static void add_problem(struct judge *judge, const struct packages *graph,
                        const struct package *package) {
        struct mod_version mod = module_of(judge, package);
        struct refusal *refusal;

        if (package->problem.kind == PACKAGE_OK)
                return;
        if (package->problem.kind == PACKAGE_MODULE_UNOPENED) {
                add_unopened(judge, graph, package);
                return;
        }
        if (is_lost(&package->problem)) {
                refusal_add_unjudged(judge, (struct mod_version){ STR_NONE, STR_NONE },
                                     package->problem.cause);
                return;
        }
        refusal = refusal_add(judge, kind_of_problem(package->problem.kind),
                              package->problem.message);
        refusal->module = mod.path;
        refusal->version = mod.version;
        place_of_package(judge, graph, package, refusal);
}

/* ---- test files ---- */

static bool check_test_files(struct judge *judge, const struct packages *graph) {
        struct package_source source =
                source_of_tree(judge->arena, judge->input->tree, judge->input->dir);

        for (size_t i = 0; i < graph->count; i++) {
                const struct package *package = &graph->items[i];

                if (package->is_root && package->follows_tests &&
                    package->problem.kind == PACKAGE_OK &&
                    !refusal_check_test_files(judge, package, &source,
                                              file_of(judge, package, STR_NONE)))
                        return false;
        }
        return true;
}

static void add_problems(struct judge *judge, const struct packages *graph) {
        for (size_t i = 0; i < graph->count; i++)
                add_problem(judge, graph, &graph->items[i]);
}

/* ---- what the packages demand of go.mod ---- */

static bool is_explicit(const struct judge *judge, struct mod_version mod) {
        const struct mvs_graph *graph = buildlist_graph(judge->list);
        struct str version;
        uint32_t node;

        if (!judge->input->in_workspace)
                return buildlist_root_selected(judge->list, mod.path, &version) &&
                       str_eq(version, mod.version);
        node = mvs_find_node(graph, mod);
        return node != UINT32_MAX && graph->nodes[node].expanded;
}

static void check_direct_import(struct judge *judge, const struct packages *graph,
                                const struct package *importer,
                                const struct package_import *import) {
        const struct package *target;
        struct mod_version mod;
        struct refusal *refusal;

        if (import->target == PACKAGE_NONE)
                return;
        target = &graph->items[import->target];
        mod = module_of(judge, target);
        if (!is_external(judge, target) || is_explicit(judge, mod))
                return;
        refusal = refusal_add(judge, REFUSAL_IMPLICIT,
                              str_fmt(judge->arena,
                                      "package %.*s imports %.*s from implicitly required module",
                                      STR_ARG(importer->path), STR_ARG(target->path)));
        refusal->module = mod.path;
        refusal->version = mod.version;
        refusal->package = target->path;
        refusal->file = file_of(judge, importer, import->file);
        refusal->line = import->pos.line;
        refusal->column = import->pos.column;
        refusal->mend =
                str_fmt(judge->arena, "go get %.*s@%.*s", STR_ARG(mod.path), STR_ARG(mod.version));
}

/* A package of a main module may import only from modules that its go.mod names. */
static void check_direct_imports(struct judge *judge, const struct packages *graph) {
        for (size_t i = 0; i < graph->count; i++) {
                const struct package *importer = &graph->items[i];
                const struct package_imports *const lists[] = { &importer->imports,
                                                                &importer->test_imports,
                                                                &importer->xtest_imports };
                size_t list_count = importer->follows_tests ? COUNT_OF(lists) : 1;

                for (size_t j = 0; is_in_main(judge, importer) && j < list_count; j++)
                        for (size_t k = 0; k < lists[j]->count; k++)
                                check_direct_import(judge, graph, importer, &lists[j]->items[k]);
        }
}

/* The modules that provide the loaded packages, each once, with one of their packages. */
struct providers {
        struct map packages; /* module path to struct package */
};

static struct providers find_providers(struct judge *judge, const struct packages *graph) {
        struct providers providers = { map_make(judge->arena) };

        for (size_t i = 0; i < graph->count; i++) {
                void **value;

                if (!is_external(judge, &graph->items[i]))
                        continue;
                value = map_put(&providers.packages, judge->modules[graph->items[i].module].path);
                if (!*value)
                        *value = &graph->items[i];
        }
        return providers;
}

/* The go.mod of a module is needed for its language version once a package is taken from it. */
static void check_provider_go_mods(struct judge *judge, const struct providers *providers) {
        for (size_t i = 0; i < providers->packages.count; i++) {
                const struct package *package = providers->packages.entries[i].value;
                const struct buildlist_module *module =
                        buildlist_read(judge->list, module_of(judge, package));

                if (module->fault != BUILDLIST_OK)
                        refusal_add_fault(judge, module, package->path);
        }
}

/* With a pruned graph every module that provides a package must be a root. */
static bool check_providers_are_roots(struct judge *judge, const struct providers *providers) {
        bool all_roots = true;

        for (size_t i = 0; i < providers->packages.count; i++) {
                const struct package *package = providers->packages.entries[i].value;
                struct mod_version mod = module_of(judge, package);
                struct str version;
                struct refusal *refusal;

                if (buildlist_root_selected(judge->list, mod.path, &version))
                        continue;
                all_roots = false;
                refusal = refusal_add_update(
                        judge, mod,
                        str_fmt(judge->arena,
                                "updates to go.mod needed: package %.*s is provided by "
                                "%.*s@%.*s, which go.mod does not name",
                                STR_ARG(package->path), STR_ARG(mod.path), STR_ARG(mod.version)));
                refusal->package = package->path;
                if (refusal->file.len == 0)
                        refusal->file = judge->main_names[judge->own];
        }
        return all_roots;
}

static bool roots_satisfy_providers(struct judge *judge, const struct providers *providers) {
        for (size_t i = 0; i < providers->packages.count; i++)
                if (!buildlist_roots_satisfy(
                            judge->list, module_of(judge, providers->packages.entries[i].value)))
                        return false;
        return true;
}

/* The roots must be at the versions that the modules in use demand. Only these modules are asked,
 * unless the whole graph was read anyway or one of them demands more. */
static bool check_roots(struct judge *judge, const struct providers *providers) {
        if (judge->input->in_workspace || !buildlist_is_pruned(judge->list) ||
            !check_providers_are_roots(judge, providers))
                return true;
        if (!buildlist_is_loaded(judge->list)) {
                if (roots_satisfy_providers(judge, providers))
                        return true;
                if (!refusal_load_graph(judge))
                        return false;
                if (refusal_found(judge) || judge->unjudged.count)
                        return true;
        }
        refusal_check_outdated_roots(judge);
        return true;
}

/* A module may stand for itself or for one other, not for two. */
static void check_two_paths(struct judge *judge) {
        struct map seen = map_make(judge->arena);
        const struct mod_version *mods;
        size_t count;

        if (buildlist_is_loaded(judge->list))
                mods = buildlist_modules(judge->list, judge->arena, &count);
        else
                mods = buildlist_roots(judge->list, &count);
        for (size_t i = 0; i < count; i++) {
                struct mod_version actual = buildlist_actual(judge->list, mods[i]);
                void **value;
                const struct mod_version *first;
                struct refusal *refusal;

                /* "@" keeps a folder apart from a main module of the same name. */
                value = map_put(&seen, str_fmt(judge->arena, "%.*s@%.*s", STR_ARG(actual.path),
                                               STR_ARG(actual.version)));
                first = *value;
                *value = (void *)(uintptr_t)&mods[i];
                if (!first || str_eq(first->path, mods[i].path))
                        continue;
                refusal = refusal_add(judge, REFUSAL_TWO_PATHS,
                                      str_fmt(judge->arena,
                                              "%.*s@%.*s used for two different module paths (%.*s "
                                              "and %.*s)",
                                              STR_ARG(actual.path), STR_ARG(actual.version),
                                              STR_ARG(first->path), STR_ARG(mods[i].path)));
                refusal->module = actual.path;
                refusal->version = actual.version;
                refusal_place_of_module(judge, refusal, mods[i].path);
        }
}

/* ---- the go.mod that the go command would write ---- */

static void check_toolchain_line(struct judge *judge, const struct modfile *mod) {
        struct str name = mod->toolchain.value, version = gover_of_toolchain(name);
        struct refusal *refusal;

        if (name.len == 0 || (!str_eq(str_drop_prefix(name, STR("go")), modfile_go_version(mod)) &&
                              gover_compare(version, GOVER_STRICT) >= 0))
                return;
        refusal = refusal_add(judge, REFUSAL_UPDATE,
                              str_fmt(judge->arena,
                                      "updates to go.mod needed: the line toolchain %.*s would be "
                                      "dropped",
                                      STR_ARG(name)));
        refusal->file = judge->main_names[judge->own];
        refusal->line = mod->toolchain.place.pos.line;
        refusal->column = mod->toolchain.place.pos.column;
        refusal->mend = STR("go mod tidy");
}

static void check_excluded_requires(struct judge *judge, const struct modfile *mod) {
        for (size_t i = 0; i < mod->require_count; i++)
                if (buildlist_excludes(judge->list, mod->requires[i].mod))
                        refusal_add_update(judge, mod->requires[i].mod,
                                           str_fmt(judge->arena,
                                                   "updates to go.mod needed: %.*s %.*s is "
                                                   "required and excluded",
                                                   STR_ARG(mod->requires[i].mod.path),
                                                   STR_ARG(mod->requires[i].mod.version)));
}

static void check_written_go_mod(struct judge *judge) {
        const struct modfile *mod = judge->mains[judge->own].mod;

        if (judge->input->in_workspace)
                return;
        check_toolchain_line(judge, mod);
        check_excluded_requires(judge, mod);
}

bool refusal_packages(struct judge *judge) {
        struct packages *graph = ARENA_NEW(judge->arena, struct packages);
        struct providers providers;

        if (!load_lazily(judge, graph))
                return false;
        judge->packages = graph;
        if (refusal_found(judge) || judge->unjudged.count)
                return true;
        add_problems(judge, graph);
        if (!check_test_files(judge, graph))
                return false;
        check_direct_imports(judge, graph);
        providers = find_providers(judge, graph);
        check_provider_go_mods(judge, &providers);
        if (!check_roots(judge, &providers))
                return false;
        check_two_paths(judge);
        check_written_go_mod(judge);
        return true;
}
