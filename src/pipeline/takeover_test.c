/* What other tools' files ask for. */
#include "pipeline/takeover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = stop_when_full };

static void taken(const char *file, const char *text, const char *key, const char *value) {
        AUTO_ARENA arena = arena_make(&budget);
        struct takeover takeover = { 0 };
        const struct takeover_item *item;

        takeover_read_text(&arena, str_of(file), str_of(text), &takeover);
        item = takeover_find(&takeover, key);
        if (!value) {
                assert_null(item);
                return;
        }
        assert_non_null(item);
        if (!str_eq(item->value, str_of(value)))
                fail_msg("%s: %.*s, not %s", text, STR_ARG(item->value), value);
}

/* The only item, which was not taken over, with a reason. */
static void left(const char *file, const char *text, const char *what) {
        AUTO_ARENA arena = arena_make(&budget);
        struct takeover takeover = { 0 };

        takeover_read_text(&arena, str_of(file), str_of(text), &takeover);
        assert_int_equal(takeover.items.count, 1);
        assert_null(takeover.items.items[0].key);
        assert_non_null(takeover.items.items[0].why);
        if (!str_eq(takeover.items.items[0].what, str_of(what)))
                fail_msg("%.*s, not %s", STR_ARG(takeover.items.items[0].what), what);
}

#define STATUS(kind, rest) "coverage: {status: {" kind ": {default: {" rest "}}}}\n"

static void codecov(void **state UNUSED) {
        static const char file[] = "codecov.yml";

        taken(file, STATUS("project", "target: 80%"), "coverage.total", "80");
        taken(file, STATUS("project", "target: 80.25, threshold: 1%"), "coverage.total", "79.25");
        taken(file, STATUS("project", "target: 1, threshold: 5"), "coverage.total", "0");
        taken(file, STATUS("project", "target: auto"), "coverage.ratchet", "0");
        taken(file, STATUS("project", "threshold: 0.5%"), "coverage.ratchet", "0.5");
        taken(file, STATUS("project", "target: auto"), "coverage.total", NULL);
        taken(file, STATUS("project", "target: 80%, informational: true"), "coverage.total", NULL);
        taken(file, STATUS("project", "target: 180%"), "coverage.total", NULL);
        taken(file, STATUS("project", "target: -1"), "coverage.total", NULL);
        taken(file, STATUS("patch", "target: 90"), "coverage.patch", "90");
        taken(file, STATUS("patch", "target: auto"), "coverage.patch", NULL);
        taken(file, "coverage: {status: {project: off}}\n", "coverage.total", NULL);
        taken(file, "coverage: {status: off}\n", "coverage.total", NULL);
        taken(file, "ignore: ['a/**']\n", "coverage.exclude", "\"a/**\"");
        taken(file, "ignore: ['.*\\.pb\\.go$']\n", "coverage.exclude", "\"*.pb.go\"");
        taken(file, "ignore: ['a**b', \"a\\nb\", '[', '!x']\n", "coverage.exclude", NULL);
        taken(file, "coverage: [\n", "coverage.total", NULL);
}

static void golangci(void **state UNUSED) {
        static const char file[] = ".golangci.yml";

        taken(file, "run: {build-tags: [e2e]}\n", "tests.tags", "\"e2e\"");
        taken(file, "run: {build-tags: ['!x', ' , ', 'e2e, db']}\n", "tests.tags", "\"e2e\"");
        taken(file, "run: {build-tags: ['!x', 'a-b', '\"', 'a\\b', '']}\n", "tests.tags", NULL);
        left(file, "run: {skip-dirs: [vendor]}\n", "run.skip-dirs vendor");
        left(file, "issues: {exclude-dirs: ['^internal/gen$']}\n",
             "issues.exclude-dirs ^internal/gen$");
        left(file, "linters: {exclusions: {paths: ['x/gen']}}\n", "linters.exclusions.paths x/gen");
        left(file, "issues: {exclude-files: ['_mock\\.go$']}\n",
             "issues.exclude-files _mock\\.go$");
        left(file, "run: {build-tags: ['!x']}\n", "run.build-tags !x");
        taken(".golangci.toml", "[run]\nbuild-tags = ['e2e']\n", "tests.tags", "\"e2e\"");
        left(".golangci.toml", "linters.exclusions.paths = [\n  '_mock\\.go$', # made\n]\n",
             "linters.exclusions.paths _mock\\.go$");
        taken(".golangci.toml", "[[run]]\nbuild-tags = 'e2e'\n", "tests.tags", NULL);
        taken(".golangci.toml", "[run]\nbuild-tags = ['e2e']\n[run]\n", "tests.tags", NULL);
        taken(".golangci.json", "{\"run\": {\"build-tags\": [\"a\"]}}", "tests.tags", "\"a\"");
}

static void thresholds(void **state UNUSED) {
        taken(".testcoverage.yml", "threshold: {total: 85, package: 70, file: 50}\n",
              "coverage.total", "85");
        taken(".testcoverage.yml", "threshold: {total: 85, package: 70}\n", "coverage.package",
              "70");
        taken("Makefile", "x:\n\tgo test\nCOVERAGE_THRESHOLD ?= 75 # percent\n", "coverage.total",
              "75");
        taken(".github/workflows/a.yml", "env:\n  MIN_COVERAGE: \"66.6\"\n", "coverage.total",
              "66.6");
        taken("Makefile", "COVERAGE_THRESHOLD = $(X)\n", "coverage.total", NULL);
        taken("Makefile", "MY_COVERAGE_THRESHOLD = 3\n", "coverage.total", NULL);
}

static void the_first_file_holds(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        static const struct str paths[] = { STR_INIT(".testcoverage.yml"), STR_INIT("codecov.yml"),
                                            STR_INIT(".codecov.yml") };
        static const struct str contents[] = { STR_INIT("threshold: {total: 70}\n"),
                                               STR_INIT(STATUS("project", "target: 60")),
                                               STR_INIT(STATUS("project", "target: 50")) };
        struct tree *tree = tree_of_memory(&arena, paths, contents, COUNT_OF(paths));
        struct takeover takeover;

        takeover_read(&arena, tree, &takeover);
        assert_int_equal(takeover.items.count, 2);
        assert_true(str_eq(takeover_find(&takeover, "coverage.total")->value, STR("60")));
        assert_null(takeover.items.items[1].key);
        assert_non_null(takeover.items.items[1].why);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(codecov),
                cmocka_unit_test(golangci),
                cmocka_unit_test(thresholds),
                cmocka_unit_test(the_first_file_holds),
        };

        return cmocka_run_group_tests_name("takeover", tests, NULL, NULL);
}
