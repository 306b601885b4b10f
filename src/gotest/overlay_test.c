/* What weir adds to the tests of a package. */
#include "gotest/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = give_up };

static bool make(struct arena *arena, const char *name, const char *text, struct overlay *ret) {
        struct overlay_file file = { str_of(name), STR("p_test"), str_of(text) };
        struct overlay_input input = { &file, 1, STR("mark"), STR("/tree") };

        return overlay_make(arena, &input, ret);
}

static void a_package_without_main_gets_one(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct overlay overlay;

        assert_true(make(&arena, "a_test.go", "package p_test\n", &overlay));
        assert_int_equal(overlay.copy_count, 0);
        assert_true(str_has_prefix(overlay.helper, STR("package p_test\n")));
        assert_true(str_contains(overlay.helper, STR("func TestMain(")));
        assert_true(str_contains(overlay.helper, STR("`/tree/`")));
}

static void run_is_wrapped_on_its_line(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct overlay overlay;

        assert_true(
                make(&arena, "a_test.go",
                     "package p_test\nfunc TestMain(m *testing.M) {\n\tx.m.Run()\n"
                     "\t// m.Run()\n\tos.Exit(m.Run())\n}\nfunc other(c *exec.Cmd) { c.Run() }\n",
                     &overlay));
        assert_int_equal(overlay.copy_count, 1);
        assert_true(str_eq(
                overlay.copies[0].text,
                STR("package p_test\nfunc TestMain(m *testing.M) {\n\tx.m.Run()\n\t// m.Run()\n"
                    "\tos.Exit(weirGoroutinesAfter(weirGoroutinesBefore(), m.Run()))\n}\n"
                    "func other(c *exec.Cmd) { c.Run() }\n")));
        assert_false(str_contains(overlay.helper, STR("func TestMain(")));
}

static void what_calls_run_elsewhere_is_left_alone(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct overlay overlay;

        assert_false(
                make(&arena, "a_test.go",
                     "package p_test\nfunc TestMain(m *testing.M) { goleak.VerifyTestMain(m) }\n",
                     &overlay));
        assert_false(make(&arena, OVERLAY_HELPER, "package p_test\n", &overlay));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_package_without_main_gets_one),
                cmocka_unit_test(run_is_wrapped_on_its_line),
                cmocka_unit_test(what_calls_run_elsewhere_is_left_alone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
