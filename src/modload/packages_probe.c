/* Loads the packages of modules and prints them, one fact a line, tab-separated.
 *
 * Reads its task from standard input, one instruction a line:
 *   goos X, goarch X, cgo 0|1, release N, level X, tag X, any
 *   std FOLDER                             GOROOT/src
 *   module main|root|dep PATH VERSION FOLDER   (VERSION - for none), lazy
 *   vendor FOLDER, vendored MODULE PACKAGE     (MODULE is the number of a module, from 0)
 *   ignore PATTERN, match FOLDER               of the main module that was named last
 *   path IMPORTPATH                            a root by its import path
 *   tests none|roots|main
 *   commit                 main modules are read from HEAD of the repository in their folder
 * Folders are absolute. */
#include "modload/packages.h"

#include "base/vec.h"
#include "gitrepo/repo.h"
#include "modload/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("packages_probe: out of memory\n", stderr);
        exit(1);
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = end_when_full };

struct probe {
        struct arena arena;
        struct build_context context;
        struct str level;
        VEC(struct str) tags;
        VEC(struct packages_module) modules;
        VEC(struct packages_root) roots;
        VEC(struct str) ignores;
        struct map vendored; /* package -> module number plus one */
        struct packages_world world;
        enum packages_tests tests;
        bool from_commit;
        VEC(struct repo *) repos; /* closed at the end: trees read through them */
};

/* What stands behind one module. */
struct probe_module {
        struct probe *probe;
        struct str folder;
};

static void stop(const char *what, struct str text) {
        fprintf(stderr, "packages_probe: %s %.*s\n", what, STR_ARG(text));
        exit(1);
}

static bool open_main(struct probe *probe, struct str folder, struct arena *arena,
                      struct tree **ret_tree, struct err *err) {
        struct env env = env_of_process();
        struct repo_commit commit;
        struct repo *repo;

        if (!probe->from_commit)
                return tree_open_worktree(arena, folder, ret_tree, err);
        if (!repo_open(arena, &env, folder, &repo, err))
                return false;
        *VEC_ADD(&probe->arena, &probe->repos) = repo;
        return repo_commit_tree(repo, arena, STR("HEAD"), &commit, ret_tree, err);
}

static bool open_folder(void *ctx, const struct packages_module *module, struct arena *arena,
                        struct package_source *ret_source, struct err *err) {
        const struct probe_module *place = ctx;
        struct tree *tree;

        if (place->folder.len == 0)
                return err_set(err, ERR_NOT_FOUND, "module is not in the cache");
        if (!module->is_main) {
                *ret_source = source_of_folder(arena, place->folder);
                return true;
        }
        if (!open_main(place->probe, place->folder, arena, &tree, err))
                return false;
        *ret_source = source_of_tree(arena, tree, STR(""));
        return true;
}

static struct str word(struct str *rest) {
        struct str first = *rest, after = STR("");

        (void)str_cut(*rest, ' ', &first, &after);
        *rest = after;
        return first;
}

static uint64_t number(struct str text) {
        uint64_t value;

        if (!str_to_u64(text, &value))
                stop("no number:", text);
        return value;
}

static void set_goos(struct probe *probe, struct str rest) {
        probe->context.goos = rest;
}

static void set_goarch(struct probe *probe, struct str rest) {
        probe->context.goarch = rest;
}

static void set_cgo(struct probe *probe, struct str rest) {
        probe->context.cgo = str_eq(rest, STR("1"));
}

static void set_release(struct probe *probe, struct str rest) {
        probe->context.release = (uint32_t)number(rest);
}

static void set_level(struct probe *probe, struct str rest) {
        probe->level = rest;
}

static void add_tag(struct probe *probe, struct str rest) {
        *VEC_ADD(&probe->arena, &probe->tags) = rest;
}

static void set_any(struct probe *probe, struct str rest UNUSED) {
        probe->context.any = true;
}

static void set_std(struct probe *probe, struct str rest) {
        probe->world.std = source_of_folder(&probe->arena, rest);
}

static void set_lazy(struct probe *probe, struct str rest UNUSED) {
        probe->world.lazy = true;
}

static void add_module(struct probe *probe, struct str rest) {
        struct packages_module module = { .open = open_folder };
        struct probe_module *place = ARENA_NEW(&probe->arena, struct probe_module);
        struct str kind = word(&rest);

        module.is_main = str_eq(kind, STR("main"));
        module.is_root = !str_eq(kind, STR("dep"));
        module.path = word(&rest);
        module.version = word(&rest);
        if (str_eq(module.version, STR("-")))
                module.version = STR("");
        *place = (struct probe_module){ probe, rest };
        module.ctx = place;
        probe->ignores.count = 0;
        *VEC_ADD(&probe->arena, &probe->modules) = module;
}

static bool module_of(void *ctx, struct str path, uint32_t *ret_module) {
        void **found = map_get(ctx, path);

        if (!found)
                return false;
        *ret_module = (uint32_t)((uintptr_t)*found - 1);
        return true;
}

static void set_vendor(struct probe *probe, struct str rest) {
        probe->world.vendor.source = source_of_folder(&probe->arena, rest);
        probe->world.vendor.module_of = module_of;
        probe->world.vendor.ctx = &probe->vendored;
}

static void add_vendored(struct probe *probe, struct str rest) {
        uint64_t module = number(word(&rest));

        *map_put(&probe->vendored, rest) = (void *)(uintptr_t)(module + 1);
}

static void add_ignore(struct probe *probe, struct str rest) {
        *VEC_ADD(&probe->arena, &probe->ignores) = rest;
}

static void match(struct probe *probe, struct str rest) {
        uint32_t index = (uint32_t)probe->modules.count - 1;
        struct package_source source;
        struct pattern_ignores ignores = { probe->ignores.items, probe->ignores.count };
        struct str_list folders;
        struct err err;

        if (!open_folder(probe->modules.items[index].ctx, &probe->modules.items[index],
                         &probe->arena, &source, &err) ||
            !pattern_match(&source, rest, &ignores, &probe->context, &probe->arena, &folders, &err))
                stop("cannot match:", str_of(err.message));
        for (size_t i = 0; i < folders.count; i++)
                *VEC_ADD(&probe->arena, &probe->roots) =
                        (struct packages_root){ .module = index, .folder = folders.items[i] };
}

static void add_path(struct probe *probe, struct str rest) {
        *VEC_ADD(&probe->arena, &probe->roots) =
                (struct packages_root){ .module = PACKAGE_NONE, .path = rest };
}

static void set_commit(struct probe *probe, struct str rest UNUSED) {
        probe->from_commit = true;
}

static void set_tests(struct probe *probe, struct str rest) {
        static const char *const names[] = { "none", "roots", "main" };

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(rest, str_of(names[i])))
                        probe->tests = (enum packages_tests)i;
}

struct instruction {
        const char *name;
        void (*run)(struct probe *probe, struct str rest);
};

static const struct instruction instructions[] = {
        { "goos", set_goos },       { "goarch", set_goarch }, { "cgo", set_cgo },
        { "release", set_release }, { "level", set_level },   { "tag", add_tag },
        { "any", set_any },         { "std", set_std },       { "lazy", set_lazy },
        { "module", add_module },   { "vendor", set_vendor }, { "vendored", add_vendored },
        { "ignore", add_ignore },   { "match", match },       { "path", add_path },
        { "tests", set_tests },     { "commit", set_commit },
};

/* Tags are known only after all lines that set them: match must come last. */
static void finish_context(struct probe *probe) {
        struct build_context *context = &probe->context;

        context->tags = probe->tags.items;
        context->tag_count = probe->tags.count;
        constraint_tool_tags(&probe->arena, context->goos, context->goarch, STR(""), probe->level,
                             context->release, &context->tool_tags, &context->tool_tag_count);
}

static void run_line(struct probe *probe, struct str line) {
        struct str name = word(&line);

        for (size_t i = 0; i < COUNT_OF(instructions); i++)
                if (str_eq(name, str_of(instructions[i].name))) {
                        if (instructions[i].run == match)
                                finish_context(probe);
                        instructions[i].run(probe, line);
                        return;
                }
        stop("no instruction", name);
}

/* ---- output ---- */

static void print(const char *key, struct str value) {
        printf("%s\t%.*s\n", key, STR_ARG(value));
}

static void print_list(const char *key, const struct str_list *list) {
        for (size_t i = 0; i < list->count; i++)
                print(key, list->items[i]);
}

static void print_imports(const char *key, const struct packages *packages,
                          const struct package_imports *imports) {
        for (size_t i = 0; i < imports->count; i++) {
                uint32_t target = imports->items[i].target;

                print(key, target == PACKAGE_NONE ? imports->items[i].path
                                                  : packages->items[target].path);
        }
}

static void print_embeds(const char *key, const struct package_embeds *embeds) {
        for (size_t i = 0; i < embeds->count; i++)
                print(key, embeds->items[i].pattern);
}

static const char *const problem_names[] = {
#define X(name) #name,
        PACKAGE_PROBLEMS(X)
#undef X
};

static void print_problem(const struct packages *packages, const struct package *package) {
        const struct package_problem *problem = &package->problem;

        if (problem->kind == PACKAGE_OK)
                return;
        printf("Problem\t%s\t%.*s:%u:%u\t%.*s\t%.*s\n", problem_names[problem->kind],
               STR_ARG(problem->file), problem->pos.line, problem->pos.column,
               STR_ARG(problem->message),
               STR_ARG(problem->importer == PACKAGE_NONE
                               ? STR("")
                               : packages->items[problem->importer].path));
}

static void print_package(const struct probe *probe, const struct packages *packages,
                          const struct package *package) {
        printf("== %.*s\n", STR_ARG(package->path));
        print("Name", package->name);
        if (package->module != PACKAGE_NONE)
                print("Module", probe->modules.items[package->module].path);
        print_list("GoFiles", &package->go_files);
        print_list("CgoFiles", &package->cgo_files);
        print_list("TestGoFiles", &package->test_go_files);
        print_list("XTestGoFiles", &package->xtest_go_files);
        print_list("IgnoredGoFiles", &package->ignored_go_files);
        print_list("InvalidGoFiles", &package->invalid_go_files);
        print_list("OtherFiles", &package->other_files);
        print_imports("Imports", packages, &package->imports);
        print_imports("TestImports", packages, &package->test_imports);
        print_imports("XTestImports", packages, &package->xtest_imports);
        print_embeds("EmbedPatterns", &package->embeds);
        print_embeds("TestEmbedPatterns", &package->test_embeds);
        print_embeds("XTestEmbedPatterns", &package->xtest_embeds);
        print_problem(packages, package);
}

int main(void) {
        struct probe probe = { .arena = arena_make(&budget) };
        struct packages packages;
        struct err err;
        char line[8192];

        probe.vendored = map_make(&probe.arena);
        while (fgets(line, sizeof line, stdin)) {
                line[strcspn(line, "\n")] = 0;
                run_line(&probe, str_dup(&probe.arena, str_of(line)));
        }
        finish_context(&probe);
        probe.world.modules = probe.modules.items;
        probe.world.module_count = probe.modules.count;
        probe.world.context = &probe.context;
        if (!packages_load(&probe.world, probe.roots.items, probe.roots.count, probe.tests,
                           &probe.arena, &packages, &err))
                stop("cannot load:", str_of(err.message));
        for (size_t i = 0; i < packages.count; i++)
                print_package(&probe, &packages, &packages.items[i]);
        for (size_t i = 0; i < probe.repos.count; i++)
                repo_close(&probe.repos.items[i]);
        arena_drop(&probe.arena);
        return 0;
}
