#include "modload/packages.h"

#include "base/vec.h"
#include "modload/embed.h"
#include "modload/packages_impl.h"
#include "sys/pool.h"

/* Packages that are read before their results are kept: bounds the memory for what is in flight. */
#define BATCH 64

/* Who imports a package first. */
struct first_import {
        uint32_t importer;
        struct str file;
        struct source_pos pos;
};

struct loader {
        const struct packages_world *world;
        struct resolver resolver;
        struct arena *arena;
        enum packages_tests tests;
        VEC(struct package) packages;
        VEC(struct first_import) first_imports; /* parallel to packages */
        struct map indexes;                     /* import path -> index plus one, as a pointer */
        size_t loaded;                          /* packages[0 .. loaded) have been read */
        bool looked_past_roots;
        bool is_full;
};

/* ---- one package, on any thread ---- */

struct task {
        const struct loader *loader;
        struct str path;
        bool is_root;
        struct arena arena; /* keeps result until the batch is taken over */
        struct package result;
};

static bool wants_tests(const struct loader *loader, const struct resolved *resolved,
                        bool is_root) {
        bool is_main = resolved->module != PACKAGE_NONE && !resolved->from_vendor &&
                       loader->world->modules[resolved->module].is_main;

        if (loader->tests == PACKAGES_TESTS_OF_MAIN)
                return is_main;
        return loader->tests == PACKAGES_TESTS_OF_ROOTS && is_root;
}

static void refuse(struct package *package, enum package_problem_kind kind, struct str message) {
        if (package->problem.kind == PACKAGE_OK)
                package->problem = (struct package_problem){ .kind = kind,
                                                             .message = message,
                                                             .importer = PACKAGE_NONE,
                                                             .module = PACKAGE_NONE };
}

static void check_embeds(struct package *package, const struct resolved *resolved,
                         const struct package_embeds *embeds, struct arena *arena) {
        struct str_list files;
        struct err err = { 0 };
        size_t bad;

        if (package->problem.kind != PACKAGE_OK || embeds->count == 0 ||
            embed_files(&resolved->source, resolved->folder, embeds, arena, &files, &bad, &err))
                return;
        bad = MIN_OF(bad, embeds->count - 1);
        refuse(package, PACKAGE_EMBED,
               str_fmt(arena, "pattern %.*s: %s", STR_ARG(embeds->items[bad].pattern),
                       err.message));
        package->problem.file = embeds->items[bad].file;
        package->problem.pos = embeds->items[bad].pos;
        if (err.code == ERR_LIMIT) {
                struct err *kept = ARENA_NEW(arena, struct err);

                *kept = err;
                package->problem.cause = kept;
        }
}

/* Packages of the standard library that cgo itself stands on. Source: cmd/go/internal/load
 * (cgoExclude, cgoSyscallExclude). */
static const struct str below_cgo[] = { STR_INIT("runtime/cgo"), STR_INIT("runtime/race"),
                                        STR_INIT("runtime/msan"), STR_INIT("runtime/asan") };

static bool is_below_cgo(const struct package *package) {
        for (size_t i = 0; i < COUNT_OF(below_cgo); i++)
                if (package->is_std && str_eq(package->path, below_cgo[i]))
                        return true;
        return false;
}

typedef VEC(struct package_import) import_vec;

static void imply(struct arena *arena, import_vec *imports, struct str path) {
        for (size_t i = 0; i < imports->count; i++)
                if (str_eq(imports->items[i].path, path))
                        return;
        *VEC_ADD(arena, imports) = (struct package_import){ .path = path, .target = PACKAGE_NONE };
}

static void imply_all(struct arena *arena, import_vec *imports, const struct str *paths,
                      size_t count) {
        for (size_t i = 0; i < count; i++)
                imply(arena, imports, paths[i]);
}

/* Targets whose programs cgo's linker must link. Source: Go's internal/platform
 * (MustLinkExternal), without the rare ports. */
static bool links_externally(const struct build_context *context) {
        bool arm64 = str_eq(context->goarch, STR("arm64"));

        return (str_eq(context->goos, STR("android")) && !arm64) ||
               (str_eq(context->goos, STR("ios")) && arm64);
}

static void imply_linked(const struct build_context *context, struct arena *arena,
                         import_vec *imports) {
        imply(arena, imports, STR("runtime"));
        if (links_externally(context) && context->cgo)
                imply(arena, imports, STR("runtime/cgo"));
        if (str_eq(context->goarch, STR("arm")))
                imply(arena, imports, STR("math"));
}

/* What cgo, the linker and the program that runs tests import. Source: cmd/go/internal/load. */
static void add_implied(struct package *package, const struct build_context *context,
                        struct arena *arena) {
        static const struct str cgo[] = { STR_INIT("runtime/cgo"), STR_INIT("syscall") };
        static const struct str test_main[] = { STR_INIT("os"), STR_INIT("reflect"),
                                                STR_INIT("testing"),
                                                STR_INIT("testing/internal/testdeps") };
        bool has_tests = package->test_go_files.count + package->xtest_go_files.count > 0;
        import_vec imports = { 0 };

        if (package->cgo_files.count)
                imply(arena, &imports, STR("unsafe"));
        if (package->cgo_files.count && !is_below_cgo(package))
                imply_all(arena, &imports, cgo, COUNT_OF(cgo));
        if (str_eq(package->name, STR("main")))
                imply_linked(context, arena, &imports);
        if (package->follows_tests && has_tests) {
                imply_all(arena, &imports, test_main, COUNT_OF(test_main));
                imply_linked(context, arena, &imports);
        }
        package->implied = (struct package_imports){ imports.items, imports.count };
}

static void read_package(struct task *task, const struct resolved *resolved,
                         struct arena *scratch) {
        const struct packages_world *world = task->loader->world;
        bool follows = wants_tests(task->loader, resolved, task->is_root);
        struct package_folder folder;
        struct package package;

        folder = package_folder_read(&resolved->source, resolved->folder, &resolved->names,
                                     world->context, follows || !world->skip_dependency_tests,
                                     scratch);
        package = package_select(&folder, world->context, scratch);
        package.path = task->path;
        package.folder = resolved->folder;
        package.module = resolved->module;
        package.is_std = resolved->is_std;
        package.from_vendor = resolved->from_vendor;
        package.follows_tests = follows;
        /* Without a GOROOT the internal packages that a build adds are not known. */
        if (!world->context->any && world->std.list)
                add_implied(&package, world->context, scratch);
        if (!world->context->any) {
                check_embeds(&package, resolved, &package.embeds, scratch);
        }
        if (follows && !world->context->any) {
                check_embeds(&package, resolved, &package.test_embeds, scratch);
                check_embeds(&package, resolved, &package.xtest_embeds, scratch);
        }
        task->result = package_dup(&task->arena, &package);
}

static void take_unresolved(struct task *task, const struct resolved *resolved) {
        struct package package = { .path = task->path,
                                   .module = resolved->module,
                                   .is_std = resolved->is_std };

        if (resolved->problem != PACKAGE_OK) {
                refuse(&package, resolved->problem, resolved->message);
                package.problem.module = resolved->unopened;
        }
        task->result = package_dup(&task->arena, &package);
}

static void load_one(void *ctx, size_t index) {
        struct task *task = &((struct task *)ctx)[index];
        AUTO_ARENA scratch = arena_make(task->loader->arena->budget);
        struct resolved resolved = resolver_find(&task->loader->resolver, task->path, &scratch);

        if (resolved.problem == PACKAGE_OK && resolved.source.list)
                read_package(task, &resolved, &scratch);
        else
                take_unresolved(task, &resolved);
        task->result.past_roots = resolved.past_roots;
}

/* ---- the graph, on one thread ---- */

static bool is_unresolved(enum package_problem_kind kind) {
        return kind == PACKAGE_NO_GO_FILES || kind == PACKAGE_MISSING ||
               kind == PACKAGE_MISSING_STD || kind == PACKAGE_AMBIGUOUS ||
               kind == PACKAGE_BAD_PATH || kind == PACKAGE_MODULE_UNOPENED;
}

/* The index of a package, which is added where the graph lacks it. */
static uint32_t index_of(struct loader *loader, struct str path, struct first_import first) {
        void **found = map_get(&loader->indexes, path);
        uint32_t index = (uint32_t)loader->packages.count;

        if (found)
                return (uint32_t)((uintptr_t)*found - 1);
        if (index >= PACKAGES_MAX) {
                loader->is_full = true;
                return PACKAGE_NONE;
        }
        *VEC_ADD(loader->arena, &loader->packages) =
                (struct package){ .path = path, .module = PACKAGE_NONE };
        *VEC_ADD(loader->arena, &loader->first_imports) = first;
        /* An index, kept where the map has room for a pointer. */
        *map_put(&loader->indexes, path) = (void *)((uintptr_t)index + 1);
        return index;
}

/* Imports of App Engine's old packages are passed over where modules are looked for. */
static bool is_passed_over(const struct loader *loader, struct str path) {
        bool appengine = str_eq(path, STR("appengine")) ||
                         str_has_prefix(path, STR("appengine/")) ||
                         str_eq(path, STR("appengine_internal")) ||
                         str_has_prefix(path, STR("appengine_internal/"));

        return str_eq(path, STR("C")) || (appengine && loader->world->context->any);
}

static void follow(struct loader *loader, uint32_t importer, struct package_imports *imports) {
        bool is_std = loader->packages.items[importer].is_std;

        for (size_t i = 0; i < imports->count; i++) {
                struct package_import *import = &imports->items[i];
                struct str path = import->path;

                if (is_passed_over(loader, path))
                        continue;
                if (is_std)
                        path = resolver_std_path(&loader->resolver, path, loader->arena);
                import->target = index_of(
                        loader, path, (struct first_import){ importer, import->file, import->pos });
        }
}

static void follow_all(struct loader *loader, uint32_t index) {
        /* The lists stay where they are while the array of packages grows. */
        struct package package = loader->packages.items[index];

        follow(loader, index, &package.imports);
        follow(loader, index, &package.implied);
        if (!package.follows_tests)
                return;
        follow(loader, index, &package.test_imports);
        follow(loader, index, &package.xtest_imports);
}

static void keep_cause(struct loader *loader, struct package_problem *problem) {
        if (problem->kind == PACKAGE_MODULE_UNOPENED)
                problem->cause = loader->resolver.modules[problem->module].err;
}

static void take_result(struct loader *loader, uint32_t index, const struct task *task) {
        struct package *package = &loader->packages.items[index];
        const struct first_import *first = &loader->first_imports.items[index];
        bool is_root = package->is_root;

        *package = package_dup(loader->arena, &task->result);
        package->is_root = is_root;
        loader->looked_past_roots |= package->past_roots;
        keep_cause(loader, &package->problem);
        if (!is_unresolved(package->problem.kind) || first->importer == PACKAGE_NONE)
                return;
        package->problem.importer = first->importer;
        package->problem.file = first->file;
        package->problem.pos = first->pos;
}

static void load_batch(struct loader *loader, size_t count) {
        struct task tasks[BATCH];

        for (size_t i = 0; i < count; i++) {
                const struct package *package = &loader->packages.items[loader->loaded + i];

                tasks[i] = (struct task){ .loader = loader,
                                          .path = package->path,
                                          .is_root = package->is_root,
                                          .arena = arena_make(loader->arena->budget) };
                resolver_open_for(&loader->resolver, package->path, loader->arena);
        }
        pool_each(count, loader->world->threads, load_one, tasks);
        for (size_t i = 0; i < count; i++) {
                uint32_t index = (uint32_t)(loader->loaded + i);

                take_result(loader, index, &tasks[i]);
                arena_drop(&tasks[i].arena);
                follow_all(loader, index);
        }
        loader->loaded += count;
}

static void add_roots(struct loader *loader, const struct packages_root *roots, size_t count) {
        for (size_t i = 0; i < count; i++) {
                const struct packages_root *root = &roots[i];
                struct str path = root->path;
                uint32_t index;

                if (root->module != PACKAGE_NONE)
                        path = str_join_path(loader->arena,
                                             loader->world->modules[root->module].path,
                                             root->folder);
                index = index_of(loader, path, (struct first_import){ .importer = PACKAGE_NONE });
                if (index != PACKAGE_NONE)
                        loader->packages.items[index].is_root = true;
        }
}

static void finish(struct loader *loader, struct packages *ret_packages) {
        struct packages packages = { .items = loader->packages.items,
                                     .count = loader->packages.count,
                                     .by_path = map_make(loader->arena),
                                     .looked_past_roots = loader->looked_past_roots };

        for (size_t i = 0; i < packages.count; i++)
                *map_put(&packages.by_path, packages.items[i].path) = &packages.items[i];
        packages_check(loader->world, &packages, loader->arena);
        *ret_packages = packages;
}

bool packages_load(const struct packages_world *world, const struct packages_root *roots,
                   size_t root_count, enum packages_tests tests, struct arena *arena,
                   struct packages *ret_packages, struct err *err) {
        struct loader loader = { .world = world, .arena = arena, .tests = tests };

        loader.resolver = resolver_make(world, arena);
        loader.indexes = map_make(arena);
        add_roots(&loader, roots, root_count);
        while (loader.loaded < loader.packages.count && !loader.is_full)
                load_batch(&loader, MIN_OF(loader.packages.count - loader.loaded, (size_t)BATCH));
        if (loader.is_full)
                return err_set(err, ERR_LIMIT, "over %d packages", PACKAGES_MAX);
        finish(&loader, ret_packages);
        return true;
}

const struct package *packages_find(const struct packages *packages, struct str import_path) {
        void **found = map_get(&packages->by_path, import_path);

        return found ? *found : NULL;
}
