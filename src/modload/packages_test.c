/* Packages over files in memory: sources, patterns, selection, resolution. What the go command says
 * to the same is compared in test/imports_test.py and test/packages_test.py. */
#include "modload/packages.h"

#include "modload/embed.h"
#include "modload/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };
static const struct build_context linux_context = {
        .goos = STR_INIT("linux"), .goarch = STR_INIT("amd64"), .cgo = true, .release = 26
};
static const struct build_context any_context = { .goos = STR_INIT("linux"),
                                                  .goarch = STR_INIT("amd64"),
                                                  .cgo = true,
                                                  .release = 26,
                                                  .any = true };

struct memory_file {
        const char *path, *text;
};

static struct package_source source_of_files(struct arena *arena, const struct memory_file *files,
                                             size_t count) {
        struct str *paths = ARENA_ARRAY(arena, struct str, count);
        struct str *texts = ARENA_ARRAY(arena, struct str, count);

        for (size_t i = 0; i < count; i++) {
                paths[i] = str_of(files[i].path);
                texts[i] = str_of(files[i].text);
        }
        return source_of_tree(arena, tree_of_memory(arena, paths, texts, count), STR(""));
}

static struct str joined(struct arena *arena, const struct str *items, size_t count) {
        struct str text = STR("");

        for (size_t i = 0; i < count; i++)
                text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(items[i]));
        return text;
}

#define assert_list(arena, list, want)                                                             \
        assert_string_equal(str_to_c((arena), joined((arena), (list).items, (list).count)), want)

static const struct memory_file project[] = {
        { "go.mod", "module m\n" },
        { "a.go", "package a\n\nimport _ \"m/b\"\n" },
        { "a_windows.go", "package a\n\nimport _ \"m/win\"\n" },
        { "a_test.go", "package a_test\n\nimport _ \"m/t\"\n" },
        { "ignored.go", "//go:build ignore\n\npackage main\n\nimport _ \"m/never\"\n" },
        { "b/b.go", "package b\n" },
        { "b/vendor/c/c.go", "package c\n" },
        { "b/testdata/d.go", "package d\n" },
        { "n/go.mod", "module n\n" },
        { "n/n.go", "package n\n" },
        { "s/x/s.go", "package s\n" },
        { "t/t.go", "package t\n" },
        { "win/w_windows.go", "package win\n" },
        { "z/README", "x" },
};

static void folders_of_a_tree_are_listed(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct package_source source = source_of_files(&arena, project, COUNT_OF(project));
        struct package_source below = source_below(&arena, &source, STR("b"));
        struct source_names names;
        struct str bytes;
        struct err err;

        assert_true(source.list(source.ctx, &arena, STR("b"), &names, &err));
        assert_int_equal(names.count, 3);
        assert_int_equal(source_find(&names, STR("b.go"))->kind, SOURCE_FILE);
        assert_int_equal(source_find(&names, STR("vendor"))->kind, SOURCE_FOLDER);
        assert_null(source_find(&names, STR("none")));
        assert_false(source.list(source.ctx, &arena, STR("none"), &names, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_true(below.read(below.ctx, &arena, STR("b.go"), 100, &bytes, &err));
        assert_true(str_eq(bytes, STR("package b\n")));
        assert_false(below.read(below.ctx, &arena, STR("b.go"), 3, &bytes, &err));
}

static void patterns_leave_out_what_is_no_part_of_the_module(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct package_source source = source_of_files(&arena, project, COUNT_OF(project));
        const struct str ignored[] = { STR("./s") };
        struct pattern_ignores none = { 0 }, ignores = { ignored, COUNT_OF(ignored) };
        struct str_list folders;
        struct err err;

        assert_true(pattern_match(&source, STR(""), &none, &linux_context, &arena, &folders, &err));
        assert_list(&arena, folders, " b s/x t");
        assert_true(
                pattern_match(&source, STR(""), &ignores, &any_context, &arena, &folders, &err));
        assert_list(&arena, folders, " b t win");
        assert_true(
                pattern_match(&source, STR("s"), &none, &linux_context, &arena, &folders, &err));
        assert_list(&arena, folders, "s/x");
        assert_true(
                pattern_match(&source, STR("none"), &none, &linux_context, &arena, &folders, &err));
        assert_int_equal(folders.count, 0);
}

static void ignored_folders_are_matched_by_whole_names(void **state UNUSED) {
        const struct str items[] = { STR("./a"), STR("b"), STR("c/d/") };
        struct pattern_ignores ignores = { items, COUNT_OF(items) };

        assert_true(pattern_ignores_folder(&ignores, STR("a")));
        assert_true(pattern_ignores_folder(&ignores, STR("a/x")));
        assert_false(pattern_ignores_folder(&ignores, STR("x/a")));
        assert_false(pattern_ignores_folder(&ignores, STR("aa")));
        assert_true(pattern_ignores_folder(&ignores, STR("x/b/y")));
        assert_false(pattern_ignores_folder(&ignores, STR("x/bb")));
        assert_true(pattern_ignores_folder(&ignores, STR("x/c/d")));
        assert_false(pattern_ignores_folder(&ignores, STR("")));
}

static struct package select_root(struct arena *arena, const struct build_context *context) {
        struct package_source source = source_of_files(arena, project, COUNT_OF(project));
        struct package_folder folder;
        struct source_names names;
        struct err err;

        assert_true(source.list(source.ctx, arena, STR(""), &names, &err));
        folder = package_folder_read(&source, STR(""), &names, context, true, arena);
        return package_select(&folder, context, arena);
}

static void a_context_selects_files(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct package package = select_root(&arena, &linux_context);

        assert_list(&arena, package.go_files, "a.go");
        assert_list(&arena, package.ignored_go_files, "a_windows.go ignored.go");
        assert_list(&arena, package.xtest_go_files, "a_test.go");
        assert_int_equal(package.imports.count, 1);
        assert_int_equal(package.xtest_imports.count, 1);
        assert_int_equal(package.problem.kind, PACKAGE_OK);
}

static void any_context_selects_all_but_ignored_files(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct package package = select_root(&arena, &any_context);

        assert_list(&arena, package.go_files, "a.go a_windows.go");
        assert_list(&arena, package.ignored_go_files, "ignored.go");
        assert_int_equal(package.imports.count, 2);
}

/* ---- resolution ---- */

static const struct memory_file main_files[] = {
        { "m.go", "package m\n\nimport (\n\t_ \"fmt\"\n\t_ \"d.org/x/a\"\n)\n" },
};
static const struct memory_file x_files[] = { { "a/a.go", "package a\n\nimport _ \"e.org/e\"\n" } };
static const struct memory_file xa_files[] = { { "a.go", "package a\n" } };
static const struct memory_file e_files[] = { { "e.go", "package e\n" } };

struct files {
        const struct memory_file *items;
        size_t count;
};

static bool open_files(void *ctx, const struct packages_module *module, struct arena *arena,
                       struct package_source *ret_source, struct err *err) {
        const struct files *files = ctx;

        if (!files)
                return err_set(err, ERR_NOT_FOUND, "%.*s is not in the cache",
                               STR_ARG(module->path));
        *ret_source = source_of_files(arena, files->items, files->count);
        return true;
}

static struct files main_set = { main_files, COUNT_OF(main_files) };
static struct files x_set = { x_files, COUNT_OF(x_files) };
static struct files xa_set = { xa_files, COUNT_OF(xa_files) };
static struct files e_set = { e_files, COUNT_OF(e_files) };

static struct packages load(struct arena *arena, const struct packages_module *modules,
                            size_t count) {
        struct packages_world world = {
                .modules = modules, .module_count = count, .lazy = true, .context = &linux_context
        };
        struct packages_root root = { .module = 0, .folder = STR("") };
        struct packages packages;
        struct err err;

        assert_true(
                packages_load(&world, &root, 1, PACKAGES_TESTS_OF_ROOTS, arena, &packages, &err));
        return packages;
}

static const struct packages_module main_module = { .path = STR_INIT("m.org/m"),
                                                    .is_main = true,
                                                    .is_root = true,
                                                    .open = open_files,
                                                    .ctx = &main_set };

static struct packages_module dependency(struct str path, bool is_root, struct files *files) {
        return (struct packages_module){ .path = path,
                                         .version = STR("v1.0.0"),
                                         .is_root = is_root,
                                         .open = open_files,
                                         .ctx = files };
}

static enum package_problem_kind problem_of(const struct packages *packages, struct str path) {
        const struct package *package = packages_find(packages, path);

        assert_non_null(package);
        return package->problem.kind;
}

static void imports_lead_to_modules(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const struct packages_module modules[] = { main_module,
                                                   dependency(STR("d.org/x"), true, &x_set),
                                                   dependency(STR("e.org/e"), false, &e_set) };
        struct packages packages = load(&arena, modules, COUNT_OF(modules));
        const struct package *package = packages_find(&packages, STR("e.org/e"));

        assert_int_equal(packages.count, 4);
        assert_int_equal(package->module, 2);
        assert_true(package->past_roots && packages.looked_past_roots);
        assert_false(packages_find(&packages, STR("d.org/x/a"))->past_roots);
        assert_true(packages_find(&packages, STR("fmt"))->is_std);
        assert_int_equal(problem_of(&packages, STR("m.org/m")), PACKAGE_OK);
}

static void roots_hide_other_modules_with_the_same_package(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const struct packages_module hidden[] = { main_module,
                                                  dependency(STR("d.org/x"), true, &x_set),
                                                  dependency(STR("d.org/x/a"), false, &xa_set),
                                                  dependency(STR("e.org/e"), false, &e_set) };
        const struct packages_module both[] = { main_module,
                                                dependency(STR("d.org/x"), true, &x_set),
                                                dependency(STR("d.org/x/a"), true, &xa_set) };
        struct packages packages = load(&arena, hidden, COUNT_OF(hidden));

        assert_int_equal(packages_find(&packages, STR("d.org/x/a"))->module, 1);
        packages = load(&arena, both, COUNT_OF(both));
        assert_int_equal(problem_of(&packages, STR("d.org/x/a")), PACKAGE_AMBIGUOUS);
}

static void what_cannot_be_found_says_who_asked(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const struct packages_module absent[] = { main_module,
                                                  dependency(STR("d.org/x"), true, NULL) };
        struct packages packages = load(&arena, &main_module, 1);
        const struct package_problem *problem;

        assert_int_equal(problem_of(&packages, STR("d.org/x/a")), PACKAGE_MISSING);
        problem = &packages_find(&packages, STR("d.org/x/a"))->problem;
        assert_int_equal(problem->importer, 0);
        assert_true(str_eq(problem->file, STR("m.go")));
        assert_int_equal(problem->pos.line, 5);
        packages = load(&arena, absent, COUNT_OF(absent));
        problem = &packages_find(&packages, STR("d.org/x/a"))->problem;
        assert_int_equal(problem->kind, PACKAGE_MODULE_UNOPENED);
        assert_int_equal(problem->module, 1);
        assert_int_equal(problem->cause->code, ERR_NOT_FOUND);
}

/* ---- embeds ---- */

static const struct memory_file embedded[] = {
        { "p/a.txt", "a" },      { "p/d/.hidden", "h" }, { "p/d/b.txt", "b" },
        { "p/d/e/go.mod", "x" }, { "p/d/e/f.txt", "f" }, { "p/only/.x", "x" },
};

struct embed_case {
        const char *pattern, *files; /* files NULL: refused */
};

static void patterns_name_files(void **state UNUSED) {
        static const struct embed_case cases[] = {
                { "a.txt", "a.txt" },   { "d", "d/b.txt" },    { "all:d", "d/.hidden d/b.txt" },
                { "*/b.*", "d/b.txt" }, { "d/e/f.txt", NULL }, { "only", NULL },
                { "none", NULL },       { "../q", NULL },      { "", NULL },
                { "d/[", NULL },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct package_source source =
                        source_of_files(&arena, embedded, COUNT_OF(embedded));
                struct package_embed embed = { .pattern = str_of(cases[i].pattern) };
                struct package_embeds embeds = { &embed, 1 };
                struct str_list files;
                size_t bad = 7;
                struct err err;
                bool good = embed_files(&source, STR("p"), &embeds, &arena, &files, &bad, &err);

                assert_int_equal(good, cases[i].files != NULL);
                if (good)
                        assert_list(&arena, files, cases[i].files);
                else
                        assert_int_equal(bad, 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(folders_of_a_tree_are_listed),
                cmocka_unit_test(patterns_leave_out_what_is_no_part_of_the_module),
                cmocka_unit_test(ignored_folders_are_matched_by_whole_names),
                cmocka_unit_test(a_context_selects_files),
                cmocka_unit_test(any_context_selects_all_but_ignored_files),
                cmocka_unit_test(imports_lead_to_modules),
                cmocka_unit_test(roots_hide_other_modules_with_the_same_package),
                cmocka_unit_test(what_cannot_be_found_says_who_asked),
                cmocka_unit_test(patterns_name_files),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
