/* The standard library by release. */
#include "golang/stdlib.h"

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

static void packages_came_with_a_release(void **state UNUSED) {
        assert_true(stdlib_has(STR("fmt"), 0));
        assert_true(stdlib_has(STR("unsafe"), 0));
        assert_false(stdlib_has(STR("context"), 6));
        assert_true(stdlib_has(STR("context"), 7));
        assert_false(stdlib_has(STR("embed"), 15));
        assert_true(stdlib_has(STR("embed"), 16));
        assert_false(stdlib_has(STR("slices"), 20));
        assert_true(stdlib_has(STR("slices"), 99));
        assert_true(stdlib_has(STR("time/tzdata"), 15));
        assert_false(stdlib_has(STR("fmt/none"), 26));
        assert_false(stdlib_has(STR("internal/abi"), 26));
}

static void rows_are_sorted_once(void **state UNUSED) {
        size_t count;
        const struct stdlib_package *rows = stdlib_packages(&count);

        assert_true(count > 150);
        for (size_t i = 1; i < count; i++)
                assert_true(str_cmp(rows[i - 1].path, rows[i].path) < 0);
        for (size_t i = 0; i < count; i++)
                assert_true(rows[i].since <= STDLIB_RELEASE_MAX);
}

static void paths_without_a_dot_are_reserved(void **state UNUSED) {
        assert_true(stdlib_path_is_reserved(STR("fmt")));
        assert_true(stdlib_path_is_reserved(STR("a/b.c")));
        assert_false(stdlib_path_is_reserved(STR("a.b/c")));
}

static void folders_of_a_goroot_are_packages(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const struct str dirs[] = { STR("fmt"),  STR("net/http"), STR("go/build/testdata/x"),
                                    STR("a/_b"), STR(".c"),       STR("testdata") };
        struct stdlib_set set = stdlib_set_of_dirs(&arena, dirs, COUNT_OF(dirs));

        assert_true(stdlib_set_has(&set, STR("net/http")));
        assert_false(stdlib_set_has(&set, STR("net")));
        assert_int_equal(set.paths.count, 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(packages_came_with_a_release),
                cmocka_unit_test(rows_are_sorted_once),
                cmocka_unit_test(paths_without_a_dot_are_reserved),
                cmocka_unit_test(folders_of_a_goroot_are_packages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
