/* Build constraints: tags, file names, expressions, the old form. */
#include "golang/constraint.h"

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

static const struct str tags[] = { STR_INIT("prod"), STR_INIT("a.b_c") };
static const struct build_context linux_context = { .goos = STR_INIT("linux"),
                                                    .goarch = STR_INIT("amd64"),
                                                    .cgo = true,
                                                    .release = 22,
                                                    .tags = tags,
                                                    .tag_count = COUNT_OF(tags) };

struct line_case {
        const char *line;
        bool holds, holds_any;
};

static void lines_hold_as_the_go_command_says(void **state UNUSED) {
        static const struct line_case cases[] = {
                { "//go:build linux", true, true },
                { "//go:build !linux", false, true },
                { "//go:build linux && !cgo", false, true },
                { "//go:build (darwin || linux) && amd64", true, true },
                { "//go:build go1.22 && !go1.23", true, true },
                { "//go:build go1.023 || go1.0 || go1", false, true },
                { "//go:build unix && gc && prod && a.b_c", true, true },
                { "//go:build ignore", false, false },
                { "//go:build !ignore", true, true },
                { "//go:build ignore || windows", false, true },
                { "//go:build !(linux && ignore)", true, true },
                { "// +build linux,386 darwin", false, true },
                { "// +build linux,amd64 darwin", true, true },
                { "//+build !linux", false, true },
                { "// +build !!linux", false, false },
                { "// +build ignore", false, false },
                { "// +build", false, false },
                { "// +build a-b", false, false },
                { "// +build !a-b", true, true },
        };
        struct build_context any = linux_context;

        any.any = true;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct err err;
                bool holds;

                assert_true(constraint_eval(&linux_context, str_of(cases[i].line), &holds, &err));
                assert_int_equal(holds, cases[i].holds);
                assert_true(constraint_eval(&any, str_of(cases[i].line), &holds, &err));
                assert_int_equal(holds, cases[i].holds_any);
        }
}

struct bad_line {
        const char *line;
        uint32_t column;
        const char *message;
};

static void bad_lines_have_a_place(void **state UNUSED) {
        static const struct bad_line cases[] = {
                { "//go:build", 1, "unexpected end of expression" },
                { "//go:build linux darwin", 7, "unexpected token darwin" },
                { "//go:build linux &", 7, "invalid syntax at &" },
                { "//go:build !!linux", 2, "double negation not allowed" },
                { "//go:build (linux", 1, "missing close paren" },
                { "//go:build linux)", 6, "unexpected token )" },
                { "//go:build a-b", 2, "invalid syntax at -" },
                { "//go:build && a", 1, "unexpected token &&" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct err err;
                bool holds;

                assert_false(constraint_eval(&linux_context, str_of(cases[i].line), &holds, &err));
                assert_string_equal(err.message, cases[i].message);
                assert_int_equal(err.column, cases[i].column);
        }
}

static void deep_expressions_are_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str line = STR("//go:build ");
        struct err err;
        bool holds;

        for (size_t i = 0; i <= CONSTRAINT_DEPTH_MAX; i++)
                line = str_fmt(&arena, "%.*s(", STR_ARG(line));
        assert_false(constraint_eval(&linux_context, line, &holds, &err));
        assert_string_equal(err.message, "build expression too large");
}

struct name_case {
        const char *name;
        bool matches;
};

static void file_names_carry_constraints(void **state UNUSED) {
        static const struct name_case cases[] = {
                { "a.go", true },
                { "linux.go", true },
                { "windows.go", true },
                { "a_windows.go", false },
                { "a_linux.go", true },
                { "a_linux_amd64.go", true },
                { "a_linux_arm64.go", false },
                { "a_windows_amd64.go", false },
                { "a_linux_test.go", true },
                { "a_windows_test.go", false },
                { "a_amd64_test.go", true },
                { "a_test.go", true },
                { "a_unix.go", true },
                { "a_windows_x.go", true },
                { "a_x_windows.go", false },
                { "windows_amd64.go", true },
                { "a_linux.x_windows.go", true },
                { "_windows.go", false },
                { "test_windows.go", false },
                { "a_arm64_linux.go", true },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_int_equal(constraint_name_matches(&linux_context, str_of(cases[i].name)),
                                 cases[i].matches);
}

static void related_systems_share_tags(void **state UNUSED) {
        const struct build_context android = { .goos = STR("android"), .goarch = STR("arm64") };
        const struct build_context ios = { .goos = STR("ios"), .goarch = STR("arm64") };

        assert_true(constraint_tag_holds(&android, STR("linux")));
        assert_true(constraint_name_matches(&android, STR("a_linux.go")));
        assert_true(constraint_tag_holds(&ios, STR("darwin")));
        assert_false(constraint_tag_holds(&ios, STR("linux")));
        assert_false(constraint_tag_holds(&ios, STR("cgo")));
}

static void tool_tags_follow_target_and_settings(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct build_context context = linux_context;

        constraint_tool_tags(&arena, STR("linux"), STR("amd64"), STR("jsonv2,nodwarf5"), STR("v3"),
                             26, &context.tool_tags, &context.tool_tag_count);
        assert_true(constraint_tag_holds(&context, STR("goexperiment.regabiargs")));
        assert_true(constraint_tag_holds(&context, STR("goexperiment.jsonv2")));
        assert_false(constraint_tag_holds(&context, STR("goexperiment.dwarf5")));
        assert_true(constraint_tag_holds(&context, STR("amd64.v2")));
        assert_false(constraint_tag_holds(&context, STR("amd64.v4")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_hold_as_the_go_command_says),
                cmocka_unit_test(bad_lines_have_a_place),
                cmocka_unit_test(deep_expressions_are_refused),
                cmocka_unit_test(file_names_carry_constraints),
                cmocka_unit_test(related_systems_share_tags),
                cmocka_unit_test(tool_tags_follow_target_and_settings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
