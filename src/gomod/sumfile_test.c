/* go.sum and vendor/modules.txt. */
#include "gomod/modulestxt.h"
#include "gomod/sumfile.h"

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

static void sums_are_found_with_their_duplicates(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct mod_version a = { STR("a"), STR("v1.0.0") }, b = { STR("b"), STR("v1.0.0") };
        const struct sum_line *line;
        struct sumfile sum;
        struct err err;

        assert_true(sumfile_parse(&arena, STR("go.sum"),
                                  STR("a v1.0.0 h1:x\n\na v1.0.0/go.mod h9:y\na v1.0.0 h1:z\r\n"
                                      "b v1.0.0 h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n"),
                                  &sum, &err));
        assert_int_equal(sum.count, 4);
        line = sumfile_find(&sum, a, false);
        assert_int_equal(line->line, 1);
        line = sumfile_next(&sum, line);
        assert_true(line->line == 4 && str_eq(line->hash, STR("h1:z")));
        assert_null(sumfile_next(&sum, line));
        assert_true(sumfile_has(&sum, a, false));
        assert_false(sumfile_has(&sum, a, true));
        assert_non_null(sumfile_find(&sum, a, true));
        assert_false(sumfile_has(&sum, b, false));
}

static void malformed_sums_have_a_place(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct sumfile sum;
        struct err err;

        assert_false(sumfile_parse(&arena, STR("go.sum"), STR("a v1 h1:x\na v1\n"), &sum, &err));
        assert_int_equal(err.line, 2);
        assert_string_equal(err.message, "malformed go.sum: wrong number of fields 2");
}

static const char vendored[] = "## workspace\n"
                               "# a.b/c v1.2.3 => ../c\n"
                               "## explicit; go 1.21\n"
                               "a.b/c\n"
                               "a.b/c/d\n"
                               "# a.b/e v1.0.0\n"
                               "## explicit\n"
                               "# a.b/f => a.b/g v1.1.0\n"
                               "not a package\n"
                               "# strange\n"
                               "# a.b/h master\n"
                               "a.b/h\n";

static void modules_txt_is_read_as_the_go_command_does(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modulestxt txt;
        struct modulestxt_module module;
        struct err err;

        assert_true(modulestxt_parse(&arena, STR("m"), str_of(vendored), &txt, &err));
        assert_true(txt.workspace);
        assert_int_equal(txt.module_count, 3);
        assert_int_equal(txt.package_count, 2);
        assert_int_equal(txt.strange_count, 4);
        module = modulestxt_find(&txt, (struct mod_version){ STR("a.b/c"), STR("v1.2.3") });
        assert_true(module.explicit_mark && str_eq(module.go_version, STR("1.21")));
        assert_true(str_eq(module.replacement.path, STR("../c")));
        module = modulestxt_find(&txt, (struct mod_version){ STR("a.b/f"), STR_NONE });
        assert_true(str_eq(module.replacement.version, STR("v1.1.0")));
        assert_int_equal(modulestxt_find(&txt, (struct mod_version){ STR("x"), STR_NONE }).line, 0);
        assert_true(txt.modules[0].first_package == 0 && txt.modules[0].package_count == 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sums_are_found_with_their_duplicates),
                cmocka_unit_test(malformed_sums_have_a_place),
                cmocka_unit_test(modules_txt_is_read_as_the_go_command_does),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
