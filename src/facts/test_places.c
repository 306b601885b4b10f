#include "facts/test_places.h"

/* ---- packages ---- */

/* package below the module's path: the rest of it, "" for the module itself. */
static bool is_in_module(struct str package, struct str path, struct str *ret_rest) {
        struct str rest = str_drop_prefix(package, path);

        if (!path.len || rest.len == package.len || (rest.len && rest.ptr[0] != '/'))
                return false;
        *ret_rest = str_drop_prefix(rest, STR("/"));
        return true;
}

static const struct module_facts *module_of(const struct repo_facts *repo, struct str package,
                                            struct str *ret_rest) {
        const struct module_facts *best = NULL;
        struct str rest;

        for (size_t i = 0; i < repo->module_count; i++) {
                const struct module_facts *module = &repo->modules[i];

                if (is_in_module(package, module->path, &rest) &&
                    (!best || module->path.len > best->path.len)) {
                        best = module;
                        *ret_rest = rest;
                }
        }
        return best;
}

static bool has_go_files(const struct tree *tree, struct str dir) {
        size_t from, to, count;
        const struct tree_entry *entries = tree_entries(tree, &count);

        tree_range(tree, dir, &from, &to);
        for (size_t i = from; i < to; i++) {
                struct str name = str_drop_prefix(str_drop_prefix(entries[i].path, dir), STR("/"));

                if (str_find(name, '/') == SIZE_MAX && str_has_suffix(name, STR(".go")))
                        return true;
        }
        return false;
}

bool test_package_dir(const struct repo_facts *repo, struct arena *arena, struct str package,
                      struct str *ret_dir) {
        const struct module_facts *module;
        struct str rest;

        module = module_of(repo, package, &rest);
        if (!module) {
                struct str bare = str_drop_suffix(package, STR("_test"));

                module = bare.len < package.len ? module_of(repo, bare, &rest) : NULL;
        }
        if (!module)
                return false;
        *ret_dir = str_join_path(arena, module->dir, rest);
        if (has_go_files(repo->tree, *ret_dir))
                return true;
        *ret_dir = str_drop_suffix(*ret_dir, STR("_test"));
        return has_go_files(repo->tree, *ret_dir);
}

struct str test_package_file(const struct repo_facts *repo, struct arena *arena,
                             struct str package) {
        size_t from, to, count;
        const struct tree_entry *entries = tree_entries(repo->tree, &count);
        struct str dir, best = STR_NONE, rest;
        const struct module_facts *module = module_of(repo, package, &rest);

        if (!test_package_dir(repo, arena, package, &dir))
                return STR_NONE;
        tree_range(repo->tree, dir, &from, &to);
        for (size_t i = from; i < to; i++) {
                struct str path = entries[i].path;
                struct str name = str_drop_prefix(str_drop_prefix(path, dir), STR("/"));

                if (str_find(name, '/') != SIZE_MAX || !str_has_suffix(name, STR(".go")))
                        continue;
                if (str_has_suffix(name, STR("_test.go")))
                        return path;
                best = best.len ? best : path;
        }
        return best.len || !module ? best : module->modfile_path;
}

/* ---- frames ---- */

/* "example.com/m/p.(*T).F" is in example.com/m/p; a dot in the last element is printed as %2e. */
static struct str package_of_function(struct arena *arena, struct str function) {
        size_t slash = str_find_last(function, '/'), from = slash == SIZE_MAX ? 0 : slash + 1, dot;
        struct str last = str_slice(function, from, function.len), before, after;

        /* A type argument may hold slashes of its own. */
        if (str_cut(function, '[', &before, &after))
                return package_of_function(arena, before);
        dot = str_find(last, '.');
        if (dot == SIZE_MAX)
                return STR_NONE;
        before = str_slice(function, 0, from + dot);
        if (!str_contains(before, STR("%2e")))
                return before;
        dot = str_find_str(before, STR("%2e"));
        return str_fmt(arena, "%.*s.%.*s", (int)dot, before.ptr, (int)(before.len - dot - 3),
                       before.ptr + dot + 3);
}

static bool is_vendored(struct str path) {
        return str_has_prefix(path, STR("vendor/")) || str_contains(path, STR("/vendor/"));
}

static bool take_file(const struct test_place_finder *finder, struct str path,
                      struct str *ret_file) {
        const struct tree_entry *entry = tree_find(finder->repo->tree, path);

        if (!entry || is_vendored(path))
                return false;
        *ret_file = entry->path;
        return true;
}

static struct str base_name(struct str path) {
        str_cut_last(path, '/', &(struct str){ 0 }, &path);
        return path;
}

static bool find_in_package(struct test_place_finder *finder, struct str package, struct str path,
                            struct str *ret_file) {
        struct str dir;

        return test_package_dir(finder->repo, &finder->answer, package, &dir) &&
               take_file(finder, str_join_path(&finder->answer, dir, base_name(path)), ret_file);
}

/* True where path lies below root; then the outcome is settled. */
static bool is_below(struct str path, struct str root, struct str *ret_rest) {
        struct str rest = str_drop_prefix(path, root);

        if (!root.len || rest.len == path.len || !str_has_prefix(rest, STR("/")))
                return false;
        *ret_rest = str_slice(rest, 1, rest.len);
        return true;
}

/* "example.com/m/p/file.go", as -trimpath has it. */
static bool find_trimmed(struct test_place_finder *finder, struct str path, struct str *ret_file) {
        const struct module_facts *module;
        struct str rest;

        module = module_of(finder->repo, path, &rest);
        return module &&
               take_file(finder, str_join_path(&finder->answer, module->dir, rest), ret_file);
}

/* Printed relative to where the go command stood: a module's folder, as a rule. */
static bool find_relative(struct test_place_finder *finder, struct str path, struct str *ret_file) {
        const struct repo_facts *repo = finder->repo;

        path = str_drop_prefix(path, STR("./"));
        if (take_file(finder, path, ret_file))
                return true;
        for (size_t i = 0; i < repo->module_count; i++)
                if (take_file(finder, str_join_path(&finder->answer, repo->modules[i].dir, path),
                              ret_file))
                        return true;
        return false;
}

static bool is_absolute(struct str path) {
        return str_has_prefix(path, STR("/")) || (path.len > 2 && path.ptr[1] == ':');
}

/* A module cache or a Go installation, wherever it is. */
static bool is_of_others(struct str path) {
        return str_contains(path, STR("/pkg/mod/")) || str_contains(path, STR("@v"));
}

static bool find_elsewhere(struct test_place_finder *finder, struct str package,
                           const struct test_frame *frame, struct str *ret_file) {
        struct str of_function = package_of_function(&finder->answer, frame->function);

        if (is_of_others(frame->path))
                return false;
        if (!of_function.len || str_eq(of_function, STR("main")))
                of_function = package;
        return find_in_package(finder, of_function, frame->path, ret_file);
}

static bool find(void *ctx, struct str package, const struct test_frame *frame,
                 struct str *ret_file) {
        struct test_place_finder *finder = ctx;
        struct str path = frame->path, rest;

        arena_drop(&finder->answer);
        if (str_find(path, '/') == SIZE_MAX)
                return find_in_package(finder, package, path, ret_file);
        if (is_below(path, finder->copy_root, &rest) ||
            is_below(path, tree_root(finder->repo->tree), &rest))
                return take_file(finder, rest, ret_file);
        if (is_absolute(path))
                return find_elsewhere(finder, package, frame, ret_file);
        return find_trimmed(finder, path, ret_file) ||
               (!frame->function.len && (find_in_package(finder, package, path, ret_file) ||
                                         find_relative(finder, path, ret_file)));
}

/* ---- sources ---- */

static struct str read_source(struct test_place_finder *finder, struct str file) {
        struct err err;

        if (str_eq(file, finder->source_path))
                return finder->source_text;
        arena_drop(&finder->source);
        finder->source_path = str_dup(&finder->source, file);
        finder->source_text = STR_NONE;
        if (!fact_read_file(finder->repo->tree, &finder->source, file, TEST_SOURCE_MAX,
                            &finder->source_text, &err))
                finder->source_text = STR_NONE;
        return finder->source_text;
}

static bool is_failure(void *ctx, struct str file, uint32_t line) {
        static const struct str words[] = { STR_INIT(".Error"), STR_INIT(".Fatal"),
                                            STR_INIT(".Fail"), STR_INIT("assert."),
                                            STR_INIT("require.") };
        struct str text = read_source(ctx, file), found = STR_NONE;

        for (uint32_t i = 0; i < line; i++)
                if (!str_next_line(&text, &found))
                        return false;
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_contains(found, words[i]))
                        return true;
        return false;
}

static bool find_function(struct str text, struct str head, uint32_t *ret_line) {
        struct str line;

        for (uint32_t number = 1; str_next_line(&text, &line); number++)
                if (str_has_prefix(line, head)) {
                        *ret_line = number;
                        return true;
                }
        return false;
}

static bool find_test(void *ctx, struct str package, struct str test, struct str *ret_file,
                      uint32_t *ret_line) {
        struct test_place_finder *finder = ctx;
        const struct tree *tree = finder->repo->tree;
        size_t from, to, count;
        const struct tree_entry *entries = tree_entries(tree, &count);
        struct str dir, head;

        arena_drop(&finder->answer);
        if (!test_package_dir(finder->repo, &finder->answer, package, &dir))
                return false;
        head = str_fmt(&finder->answer, "func %.*s(", STR_ARG(test));
        tree_range(tree, dir, &from, &to);
        for (size_t i = from; i < to; i++) {
                struct str name = str_drop_prefix(str_drop_prefix(entries[i].path, dir), STR("/"));

                if (str_find(name, '/') == SIZE_MAX && str_has_suffix(name, STR("_test.go")) &&
                    find_function(read_source(finder, entries[i].path), head, ret_line)) {
                        *ret_file = entries[i].path;
                        return true;
                }
        }
        return false;
}

struct test_places test_places_make(struct test_place_finder *finder, struct arena *arena,
                                    const struct repo_facts *repo, struct str copy_root) {
        *finder = (struct test_place_finder){ .repo = repo,
                                              .copy_root = copy_root,
                                              .answer = arena_make(arena->budget),
                                              .source = arena_make(arena->budget) };
        return (struct test_places){ finder, find, is_failure, find_test };
}

void test_places_close(struct test_place_finder *finder) {
        arena_drop(&finder->answer);
        arena_drop(&finder->source);
}
