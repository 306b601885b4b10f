/* Commit messages, trailers, Conventional Commits, scripts. */
#include "base/arena.h"
#include "base/buf.h"
#include "hook/conventional.h"
#include "hook/script.h"
#include "hook/trailer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void never_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = never_full };

#define SCISSORS "------------------------ >8 ------------------------"

static const struct {
        const char *cleanup, *comment;
        bool edited;
        const char *before, *after;
} trailer_cases[] = {
        /* A title alone, with and without its line end. */
        { "", "", false, "fix: x", "fix: x\n\nWeir-Skip: m\n" },
        { "", "", false, "fix: x\n", "fix: x\n\nWeir-Skip: m\n" },
        /* A title that looks like a trailer is none. */
        { "", "", false, "Key: x\n", "Key: x\n\nWeir-Skip: m\n" },
        { "", "", false, "t\n\nbody\n", "t\n\nbody\n\nWeir-Skip: m\n" },
        { "", "", false, "t\n\nbody\n\n\n", "t\n\nbody\n\nWeir-Skip: m\n\n\n" },
        /* An existing block grows. */
        { "", "", false, "t\n\nRefs: 1\n", "t\n\nRefs: 1\nWeir-Skip: m\n" },
        { "", "", false, "t\n\nSee: a\n  b\n", "t\n\nSee: a\n  b\nWeir-Skip: m\n" },
        /* Half a paragraph of trailers is none, unless git wrote one of them. */
        { "", "", false, "t\n\nsome words\nRefs: 1\n",
          "t\n\nsome words\nRefs: 1\n\nWeir-Skip: m\n" },
        { "", "", false, "t\n\nsome words\nSigned-off-by: A <a@b>\n",
          "t\n\nsome words\nSigned-off-by: A <a@b>\nWeir-Skip: m\n" },
        { "", "", false, "t\n\n(cherry picked from commit 12)\n",
          "t\n\n(cherry picked from commit 12)\nWeir-Skip: m\n" },
        /* It is there already; another value is another trailer. */
        { "", "", false, "t\n\nweir-skip : m\n", NULL },
        { "", "", false, "t\n\nWeir-Skip: v\n", "t\n\nWeir-Skip: v\nWeir-Skip: m\n" },
        /* Comments stay behind it where they will be stripped, and are text elsewhere. */
        { "", "", true, "t\n\n# hint\n#\n", "t\n\nWeir-Skip: m\n\n# hint\n#\n" },
        { "", "", true, "t\n# hint\n", "t\n\nWeir-Skip: m\n# hint\n" },
        { "", "", false, "t\n\n#12 is text\n", "t\n\n#12 is text\n\nWeir-Skip: m\n" },
        { "strip", "", false, "t\n# c\n", "t\n\nWeir-Skip: m\n# c\n" },
        { "whitespace", "", true, "t\n\n# c\n", "t\n\n# c\n\nWeir-Skip: m\n" },
        { "", ";", true, "t\n; c\n", "t\n\nWeir-Skip: m\n; c\n" },
        { "", "//", true, "t\n// c\n", "t\n\nWeir-Skip: m\n// c\n" },
        { "", "auto", true, "t\n#1\n; c\n", "t\n#1\n\nWeir-Skip: m\n; c\n" },
        /* The diff of commit -v is not read. */
        { "", "", true, "t\n# " SCISSORS "\n# d\ndiff\n+Refs: 1\n",
          "t\n\nWeir-Skip: m\n# " SCISSORS "\n# d\ndiff\n+Refs: 1\n" },
        { "scissors", "auto", true, "t\n\n#1\n; " SCISSORS "\ndiff\n",
          "t\n\n#1\n\nWeir-Skip: m\n; " SCISSORS "\ndiff\n" },
        { "", "", true, "t\n\nConflicts:\n\ta.go\n", "t\n\nWeir-Skip: m\n\nConflicts:\n\ta.go\n" },
        /* An empty message stays empty, so that git refuses it. */
        { "", "", true, "\n# hint\n", NULL },
        { "", "", true, "# " SCISSORS "\ndiff\n", NULL },
        { "", "", false, "", NULL },
};

static void a_trailer_goes_where_git_puts_it(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(trailer_cases); i++) {
                struct commit_message message = commit_message_read(
                        str_of(trailer_cases[i].before), str_of(trailer_cases[i].cleanup),
                        str_of(trailer_cases[i].comment), trailer_cases[i].edited);
                struct str after = trailer_add(&message, &arena, TRAILER_SKIP, STR("m"));

                assert_string_equal(str_to_c(&arena, after), trailer_cases[i].after
                                                                     ? trailer_cases[i].after
                                                                     : trailer_cases[i].before);
                message.text = after;
                assert_true(str_eq(trailer_add(&message, &arena, TRAILER_SKIP, STR("m")), after));
        }
}

static void join(void *ctx, struct str value) {
        struct buf *all = ctx;

        buf_printf(all, "[%.*s]", STR_ARG(value));
}

static void trailers_are_read(void **state UNUSED) {
        static const char *const cases[][2] = {
                { "t\n\nWeir-Skip: a\nX: y\nweir-skip: b, c\r\n", "[a][b, c]" },
                { "Weir-Skip: a\n", "" },
                { "t\n\nWeir-Skip: a\n\nbody\n", "" },
                { "t\n\nWeir-Skip: a\n# text\n", "" },
                { "", "" },
        };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct buf all = buf_make(&arena);

                trailer_each(str_of(cases[i][0]), TRAILER_SKIP, join, &all);
                assert_true(str_eq(buf_str(&all), str_of(cases[i][1])));
        }
}

static void messages_are_cleaned_as_git_cleans_them(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct commit_message message = commit_message_read(
                STR("\n\n t  \n\n\n\nb\n# c\n\n# " SCISSORS "\nd\n"), STR(""), STR(""), true);

        assert_true(str_eq(commit_message_clean(&message, &arena), STR(" t\n\nb\n")));
        message = commit_message_read(STR("t\n# c\n# " SCISSORS "\nd\n"), STR(""), STR(""), false);
        assert_true(
                str_eq(commit_message_clean(&message, &arena), STR("t\n# c\n# " SCISSORS "\nd\n")));
        assert_true(commit_message_is_made(STR("Merge branch 'a'\n")));
        assert_true(commit_message_is_made(STR("Revert \"fix: x\"\n")));
        assert_true(commit_message_is_made(STR("fixup! fix: x\n")));
        assert_false(commit_message_is_made(STR("Merge things\n")));
}

static void conventional_messages_are_told(void **state UNUSED) {
        static const struct {
                const char *message;
                unsigned line; /* 0: fine */
        } cases[] = {
                { "feat: x\n", 0 },
                { "fix(ledger)!: round half up\n\nbody\n\nRefs: 1\n", 0 },
                { "build-x_2: y", 0 },
                { "\xe4\xbf\xae\xe5\xa4\x8d: x\n", 0 },
                { "fix(a:b): y", 0 },
                { "feat!: x: y", 0 },
                { "update things", 1 },
                { "feat:x", 1 },
                { "feat:", 1 },
                { "feat: ", 1 },
                { ": x", 1 },
                { "fix it: x", 1 },
                { "fix : x", 1 },
                { "feat(): x", 1 },
                { "feat(a: x", 1 },
                { "feat(a)b: x", 1 },
                { "(a): x", 1 },
                { "1feat: x", 1 },
                { "", 1 },
                { "feat: x\nbody", 2 },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                unsigned line = 0;
                const struct text *fault = conventional_fault(str_of(cases[i].message), &line);

                assert_int_equal(fault ? line : 0, cases[i].line);
        }
}

static void scripts_are_known_again(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < HOOK_COUNT; i++) {
                struct hook_script_options options = { STR("/a b/it's"), STR("hooks.weir-old"),
                                                       i % 2 };
                struct str text = hook_script(&arena, (enum hook)i, &options);

                assert_int_equal(hook_owner_of(text), HOOK_OWNER_WEIR);
                assert_true(hook_script_is_unedited(text));
                assert_true(str_contains(text, STR("weir='/a b/it'\\''s'\n")));
                options.weir = STR_NONE;
                text = hook_script(&arena, (enum hook)i, &options);
                assert_true(hook_script_is_unedited(text));
                assert_false(str_contains(text, STR("weir='")));
                text = str_fmt(&arena, "%.*s\n", STR_ARG(text));
                assert_int_equal(hook_owner_of(text), HOOK_OWNER_WEIR);
                assert_false(hook_script_is_unedited(text));
        }
        assert_int_equal(hook_owner_of(STR("#!/bin/sh\nset -e\n# weir-hook: x\n")),
                         HOOK_OWNER_WEIR);
        assert_int_equal(hook_owner_of(STR("#!/bin/sh\nweir hook run pre-commit\n")),
                         HOOK_OWNER_OTHER);
        assert_int_equal(hook_owner_of(STR("#!/bin/sh\ncall_lefthook run \"pre-commit\"\n")),
                         HOOK_OWNER_LEFTHOOK);
        assert_int_equal(hook_owner_of(STR("#!/usr/bin/env bash\n# File generated by pre-commit: "
                                           "https://pre-commit.com\n")),
                         HOOK_OWNER_PRE_COMMIT);
        assert_int_equal(hook_owner_of(STR("")), HOOK_OWNER_OTHER);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_trailer_goes_where_git_puts_it),
                cmocka_unit_test(trailers_are_read),
                cmocka_unit_test(messages_are_cleaned_as_git_cleans_them),
                cmocka_unit_test(conventional_messages_are_told),
                cmocka_unit_test(scripts_are_known_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
