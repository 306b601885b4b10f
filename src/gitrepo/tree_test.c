/* Trees: order, ranges, memory, and a walk of the disk. */
#include "gitrepo/tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = stop_when_full };

static const struct str paths[] = {
        STR_INIT("a/b"),   STR_INIT("a.go"), STR_INIT("a"),  STR_INIT("a-b/c"),
        STR_INIT("a/b/c"), STR_INIT("z"),    STR_INIT("a0"),
};
static const struct str contents[] = {
        STR_INIT("1"), STR_INIT("2"), STR_INIT("3"), STR_INIT("4"),
        STR_INIT("5"), STR_INIT("6"), STR_INIT("7"),
};

static void entries_are_sorted_and_keep_their_bytes(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct tree *tree = tree_of_memory(&arena, paths, contents, COUNT_OF(paths));
        size_t count;
        const struct tree_entry *entries = tree_entries(tree, &count);

        assert_int_equal(count, COUNT_OF(paths));
        for (size_t i = 1; i < count; i++)
                assert_true(str_cmp(entries[i - 1].path, entries[i].path) < 0);
        for (size_t i = 0; i < count; i++) {
                const struct tree_entry *entry = tree_find(tree, paths[i]);
                struct str bytes;
                struct err err;

                assert_non_null(entry);
                assert_true(tree_read(tree, entry, &arena, 1, &bytes, &err));
                assert_true(str_eq(bytes, contents[i]));
                assert_false(tree_read(tree, entry, &arena, 0, &bytes, &err));
                assert_int_equal(err.code, ERR_LIMIT);
        }
        assert_null(tree_find(tree, STR("a/")));
        assert_null(tree_find(tree, STR("zz")));
}

static void ranges_hold_what_lies_below(void **state UNUSED) {
        static const struct {
                struct str dir;
                size_t count;
        } cases[] = {
                { STR_INIT(""), 7 },    { STR_INIT("a"), 2 },    { STR_INIT("a/b"), 1 },
                { STR_INIT("a-b"), 1 }, { STR_INIT("a0"), 0 },   { STR_INIT("a/b/c"), 0 },
                { STR_INIT("z"), 0 },   { STR_INIT("none"), 0 }, { STR_INIT("zz"), 0 },
        };
        AUTO_ARENA arena = arena_make(&budget);
        struct tree *tree = tree_of_memory(&arena, paths, contents, COUNT_OF(paths));

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str prefix = str_fmt(&arena, "%.*s/", STR_ARG(cases[i].dir));
                size_t from, to, count;
                const struct tree_entry *entries = tree_entries(tree, &count);

                tree_range(tree, cases[i].dir, &from, &to);
                assert_int_equal(to - from, cases[i].count);
                assert_int_equal(tree_has_dir(tree, cases[i].dir), cases[i].count > 0);
                for (size_t j = from; cases[i].dir.len && j < to; j++)
                        assert_true(str_has_prefix(entries[j].path, prefix));
        }
}

static void an_empty_tree_answers(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct tree *tree = tree_of_memory(&arena, NULL, NULL, 0);
        size_t count;

        tree_entries(tree, &count);
        assert_int_equal(count, 0);
        assert_null(tree_find(tree, STR("a")));
        assert_false(tree_has_dir(tree, STR("")));
}

static void write_file(const char *dir, const char *name, const char *text) {
        char path[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void make_dir(const char *dir, const char *name) {
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        assert_int_equal(mkdir(path, 0755), 0);
}

static void make_odd_folder(const char *dir) {
        char path[512];

        make_dir(dir, "sub");
        make_dir(dir, ".git");
        make_dir(dir, "sub/inner");
        write_file(dir, ".git/HEAD", "left out");
        write_file(dir, "sub/.git", "gitdir: left out");
        write_file(dir, "sub/inner/deep.go", "deep");
        write_file(dir, "new\nline", "1");
        write_file(dir, "bad\xff\xfe", "2");
        write_file(dir, ".gitignore", "3");
        snprintf(path, sizeof(path), "%s/sub/loop", dir);
        assert_int_equal(symlink("..", path), 0);
        snprintf(path, sizeof(path), "%s/fifo", dir);
        assert_int_equal(mkfifo(path, 0644), 0);
        snprintf(path, sizeof(path), "%s/run.sh", dir);
        write_file(dir, "run.sh", "x");
        assert_int_equal(chmod(path, 0755), 0);
}

static void remove_folder(const char *dir) {
        static const char *const names[] = {
                "sub/inner/deep.go",
                "sub/inner",
                "sub/loop",
                "sub/.git",
                "sub",
                ".git/HEAD",
                ".git",
                "new\nline",
                "run.sh",
                "bad\xff\xfe",
                "fifo",
                ".gitignore",
        };
        char path[512];

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
                remove(path);
        }
        assert_int_equal(rmdir(dir), 0);
}

static void check_odd_folder(const struct tree *tree, struct arena *arena) {
        static const struct {
                struct str path;
                enum tree_entry_kind kind;
                struct str bytes;
        } cases[] = {
                { STR_INIT(".gitignore"), TREE_FILE, STR_INIT("3") },
                { STR_INIT("bad\xff\xfe"), TREE_FILE, STR_INIT("2") },
                { STR_INIT("fifo"), TREE_SPECIAL, STR_INIT("") },
                { STR_INIT("new\nline"), TREE_FILE, STR_INIT("1") },
                { STR_INIT("run.sh"), TREE_FILE, STR_INIT("x") },
                { STR_INIT("sub/inner/deep.go"), TREE_FILE, STR_INIT("deep") },
                { STR_INIT("sub/loop"), TREE_SYMLINK, STR_INIT("..") },
        };
        size_t count;
        const struct tree_entry *entries = tree_entries(tree, &count);

        assert_int_equal(count, COUNT_OF(cases));
        for (size_t i = 0; i < count; i++) {
                struct str bytes = STR_NONE;
                struct err err;
                bool is_special = cases[i].kind == TREE_SPECIAL;

                assert_true(str_eq(entries[i].path, cases[i].path));
                assert_int_equal(entries[i].kind, cases[i].kind);
                assert_int_equal(entries[i].size, cases[i].bytes.len);
                assert_int_equal(entries[i].executable, str_eq(cases[i].path, STR("run.sh")));
                assert_int_equal(tree_read(tree, &entries[i], arena, 100, &bytes, &err),
                                 !is_special);
                assert_true(str_eq(bytes, cases[i].bytes));
        }
}

static void a_folder_is_walked_without_following_anything(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        char dir[] = "/tmp/weir-tree-XXXXXX";
        struct tree *tree;
        struct err err;

        assert_non_null(mkdtemp(dir));
        make_odd_folder(dir);
        assert_true(tree_open_worktree(&arena, str_of(dir), &tree, &err));
        check_odd_folder(tree, &arena);
        remove_folder(dir);
}

/* A file that became a link, or whose folder became one, after the walk leads nowhere. */
static void a_swapped_folder_is_not_followed(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        char dir[] = "/tmp/weir-tree-XXXXXX", from[512], to[512];
        struct str bytes;
        struct tree *tree;
        struct err err;

        assert_non_null(mkdtemp(dir));
        make_dir(dir, "sub");
        write_file(dir, "sub/file", "x");
        assert_true(tree_open_worktree(&arena, str_of(dir), &tree, &err));
        snprintf(from, sizeof(from), "%s/sub", dir);
        snprintf(to, sizeof(to), "%s/moved", dir);
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(symlink("moved", from), 0);
        assert_false(tree_read(tree, tree_find(tree, STR("sub/file")), &arena, 9, &bytes, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        unlink(from);
        snprintf(from, sizeof(from), "%s/moved/file", dir);
        unlink(from);
        rmdir(to);
        assert_int_equal(rmdir(dir), 0);
}

static void depth_is_bounded(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        char dir[] = "/tmp/weir-tree-XXXXXX";
        int start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const struct tree_entry *entries;
        struct tree *tree;
        struct err err;
        size_t count;

        assert_non_null(mkdtemp(dir));
        assert_int_equal(chdir(dir), 0);
        for (int i = 0; i < TREE_DEPTH_MAX + 5; i++)
                assert_true(mkdir("d", 0755) == 0 && chdir("d") == 0);
        assert_true(tree_open_worktree(&arena, str_of(dir), &tree, &err));
        entries = tree_entries(tree, &count);
        assert_int_equal(count, 1);
        assert_int_equal(entries[0].kind, TREE_UNREADABLE);
        for (int i = 0; i < TREE_DEPTH_MAX + 5; i++)
                assert_true(chdir("..") == 0 && rmdir("d") == 0);
        assert_int_equal(fchdir(start), 0);
        close(start);
        assert_int_equal(rmdir(dir), 0);
}

/* A path that is longer than the system takes at once is read part by part. */
static void long_paths_are_read(void **state UNUSED) {
        static const char name[] = "a-folder-with-a-name-of-sixty-bytes-or-so-to-make-paths-long";
        enum { LEVELS = 90 };
        AUTO_ARENA arena = arena_make(&budget);
        char dir[] = "/tmp/weir-tree-XXXXXX";
        int start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const struct tree_entry *entries;
        struct tree *tree;
        struct str bytes;
        struct err err;
        size_t count;

        assert_non_null(mkdtemp(dir));
        assert_int_equal(chdir(dir), 0);
        for (int i = 0; i < LEVELS; i++)
                assert_true(mkdir(name, 0755) == 0 && chdir(name) == 0);
        write_file(".", "file", "found");
        assert_true(tree_open_worktree(&arena, str_of(dir), &tree, &err));
        entries = tree_entries(tree, &count);
        assert_int_equal(count, 1);
        assert_int_equal(entries[0].path.len, LEVELS * sizeof(name) + strlen("file"));
        assert_true(tree_read(tree, &entries[0], &arena, 9, &bytes, &err));
        assert_true(str_eq(bytes, STR("found")));
        assert_int_equal(unlink("file"), 0);
        for (int i = 0; i < LEVELS; i++)
                assert_true(chdir("..") == 0 && rmdir(name) == 0);
        assert_int_equal(fchdir(start), 0);
        close(start);
        assert_int_equal(rmdir(dir), 0);
}

static void a_root_must_be_a_folder(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct tree *tree;
        struct err err;

        assert_false(tree_open_worktree(&arena, STR("/nonexistent/x"), &tree, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_false(tree_open_worktree(&arena, STR("/etc/passwd"), &tree, &err));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(entries_are_sorted_and_keep_their_bytes),
                cmocka_unit_test(ranges_hold_what_lies_below),
                cmocka_unit_test(an_empty_tree_answers),
                cmocka_unit_test(a_folder_is_walked_without_following_anything),
                cmocka_unit_test(a_swapped_folder_is_not_followed),
                cmocka_unit_test(depth_is_bounded),
                cmocka_unit_test(long_paths_are_read),
                cmocka_unit_test(a_root_must_be_a_folder),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
