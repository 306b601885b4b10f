/* What the go command would refuse, on trees in memory. test/refusal_test.py compares with the go
 * command itself. */
#include "modload/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = give_up };

#define FILES_MAX 8

/* Pairs of path and contents, up to a NULL path. */
struct files {
        const char *pairs[2 * FILES_MAX];
};

static struct refusal_report judge(struct arena *arena, const struct files *files,
                                   struct refusal_input input) {
        static const struct build_context context = { .goos = STR_INIT("linux"),
                                                      .goarch = STR_INIT("amd64"),
                                                      .release = 26 };
        struct str *paths = ARENA_ARRAY(arena, struct str, FILES_MAX);
        struct str *contents = ARENA_ARRAY(arena, struct str, FILES_MAX);
        struct refusal_report report;
        struct err err;
        size_t count = 0;

        for (; count < FILES_MAX && files->pairs[2 * count]; count++) {
                paths[count] = str_of(files->pairs[2 * count]);
                contents[count] = str_of(files->pairs[2 * count + 1]);
        }
        input.tree = tree_of_memory(arena, paths, contents, count);
        input.go_version = STR("1.26.8");
        input.context = &context;
        if (!refusal_judge(arena, &input, &report, &err))
                fail_msg("%s", err.message);
        return report;
}

/* "KIND at FILE:LINE" of the first refusal, "unjudged MODULE", or "accepted". */
static const char *verdict(struct arena *arena, const struct files *files,
                           struct refusal_input input) {
        struct refusal_report report = judge(arena, files, input);
        const struct refusal *first = report.refusals;
        struct str text = STR("accepted");

        if (report.refusal_count)
                text = str_fmt(arena, "%s at %.*s:%u", refusal_name(first->kind),
                               STR_ARG(first->file), first->line);
        else if (report.unjudged_count)
                text = str_fmt(arena, "unjudged %.*s", STR_ARG(report.unjudged[0].module));
        return str_to_c(arena, text);
}

static void single_modules(void **state UNUSED) {
        static const struct {
                const char *want;
                struct files files;
        } cases[] = {
                { "accepted",
                  { { "go.mod", "module m.x/m\ngo 1.22\n", "x.go",
                      "package m\nimport _ \"fmt\"\n" } } },
                { "mod-syntax at go.mod:2", { { "go.mod", "module m.x/m\nsurprise\n" } } },
                { "mod-path at go.mod:0", { { "go.mod", "go 1.22\n" } } },
                { "mod-godebug at go.mod:2", { { "go.mod", "module m.x/m\ngodebug no=1\n" } } },
                { "go-too-new at go.mod:2", { { "go.mod", "module m.x/m\ngo 1.99\n" } } },
                { "import at x.go:2",
                  { { "go.mod", "module m.x/m\ngo 1.22\n", "x.go",
                      "package m\nimport _ \"no/such\"\n" } } },
                { "import at a/x.go:3",
                  { { "go.mod", "module m.x/m\ngo 1.22\n", "a/x.go",
                      "package a\n\nimport _ \"m.x/m/b\"\n" } } },
                { "sum-missing at go.mod:3",
                  { { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\n", "x.go",
                      "package m\nimport _ \"a.b/c\"\n" } } },
                { "sum-syntax at go.sum:1",
                  { { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\n", "go.sum",
                      "broken\n", "x.go", "package m\nimport _ \"a.b/c\"\n" } } },
                { "accepted",
                  { { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\n", "go.sum",
                      "broken\n", "x.go", "package m\n" } } },
                { "update at go.mod:3",
                  { { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\n"
                                "require a.b/c v1.1.0\n" } } },
                { "package at x_test.go:2",
                  { { "go.mod", "module m.x/m\ngo 1.22\n", "x_test.go",
                      "package m\nfunc TestX() {}\n" } } },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);

                assert_string_equal(verdict(&arena, &cases[i].files, (struct refusal_input){ 0 }),
                                    cases[i].want);
        }
}

static void what_is_not_there_is_unjudged(void **state UNUSED) {
        static const struct files cached = {
                { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\n", "go.sum",
                  "a.b/c v1.0.0 h1:x\na.b/c v1.0.0/go.mod h1:x\n", "x.go",
                  "package m\nimport _ \"a.b/c\"\n" }
        };
        static const struct files outside = {
                { "go.mod", "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\nreplace a.b/c => ../c\n",
                  "x.go", "package m\nimport _ \"a.b/c\"\n" }
        };
        static const struct files newer = { { "go.mod", "module m.x/m\ngo 1.99\n" } };
        AUTO_ARENA arena = arena_make(&budget);
        struct refusal_report report = judge(&arena, &cached, (struct refusal_input){ 0 });

        assert_int_equal(report.refusal_count, 0);
        assert_int_equal(report.unjudged_count, 1);
        assert_true(str_eq(report.unjudged[0].mend, STR("go mod download a.b/c@v1.0.0")));
        assert_string_equal(verdict(&arena, &outside, (struct refusal_input){ 0 }),
                            "unjudged a.b/c");
        assert_string_equal(
                verdict(&arena, &newer, (struct refusal_input){ .gotoolchain = STR("auto") }),
                "unjudged toolchain");
}

static void replacements_inside_the_tree_are_judged(void **state UNUSED) {
        static const struct files files = {
                { "m/go.mod",
                  "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\nreplace a.b/c => ../c\n", "m/x.go",
                  "package m\nimport _ \"a.b/c\"\n", "c/go.mod", "module a.b/c\n", "c/c.go",
                  "package c\n" }
        };
        static const struct files broken = {
                { "m/go.mod",
                  "module m.x/m\ngo 1.22\nrequire a.b/c v1.0.0\nreplace a.b/c => ../c\n", "m/x.go",
                  "package m\nimport _ \"a.b/c\"\n", "c/go.mod", "module a.b/c\n", "c/c.go",
                  "package c\nimport _ \"a.b/d\"\n" }
        };
        struct refusal_input input = { .dir = STR("m") };
        AUTO_ARENA arena = arena_make(&budget);

        assert_string_equal(verdict(&arena, &files, input), "accepted");
        assert_string_equal(verdict(&arena, &broken, input), "import at m/go.mod:3");
}

static void workspaces(void **state UNUSED) {
        static const struct {
                const char *want, *work;
        } cases[] = {
                { "accepted", "go 1.22\nuse ./m\nuse ./n\n" },
                { "import at m/x.go:2", "go 1.22\nuse ./m\n" },
                { "work-use at go.work:3", "go 1.22\nuse ./m\nuse ./nowhere\n" },
                { "work-use at go.work:3", "go 1.22\nuse ./m\nuse m\n" },
                { "work-old at go.work:2", "go 1.21\nuse ./m\nuse ./n\n" },
                { "work-outside at go.work:0", "go 1.22\nuse ./n\n" },
                { "work-syntax at go.work:1", "go 1.x\n" },
                { "work-replace at go.work:4",
                  "go 1.22\nuse ./m\nuse ./n\nreplace n.x/n => ./n\n" },
        };
        struct refusal_input input = { .dir = STR("m"), .in_workspace = true };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct files files = { { "go.work", cases[i].work, "m/go.mod",
                                         "module m.x/m\ngo 1.22\n", "m/x.go",
                                         "package m\nimport _ \"n.x/n\"\n", "n/go.mod",
                                         "module n.x/n\n", "n/n.go", "package n\n" } };

                assert_string_equal(verdict(&arena, &files, input), cases[i].want);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(single_modules),
                cmocka_unit_test(what_is_not_there_is_unjudged),
                cmocka_unit_test(replacements_inside_the_tree_are_judged),
                cmocka_unit_test(workspaces),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
