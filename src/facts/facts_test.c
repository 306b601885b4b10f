/* The table of facts. */
#include "facts/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void never_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 16 << 20, .on_full = never_full };

static void rows_stand_behind_what_they_need(void **state UNUSED) {
        for (size_t i = 0; i < FACT_COUNT; i++)
                if (fact_rows[i].needs >> i)
                        fail_msg("%s needs a fact that stands behind it", fact_rows[i].name);
}

static void the_closure_has_all_that_is_needed(void **state UNUSED) {
        uint64_t closure = fact_closure(FACT_BIT(VULNERABILITIES));

        assert_true(closure & FACT_BIT(GOENV));
        assert_true(closure & FACT_BIT(VULNDB));
        assert_true(closure & FACT_BIT(MODFILE_SYNTAX));
        assert_false(closure & FACT_BIT(VENDOR));
}

static void modules_are_found_where_the_go_command_would_look(void **state UNUSED) {
        static const struct str paths[] = {
                STR_INIT("a/go.mod"),       STR_INIT("a/testdata/x/go.mod"),
                STR_INIT("go.mod"),         STR_INIT("_old/go.mod"),
                STR_INIT(".hidden/go.mod"), STR_INIT("vendor/b/go.mod"),
                STR_INIT("ago.mod")
        };
        static const struct str contents[COUNT_OF(paths)] = { 0 };
        AUTO_ARENA arena = arena_make(&budget);
        struct repo_facts repo = { .tree = tree_of_memory(&arena, paths, contents,
                                                          COUNT_OF(paths)) };

        facts_find_modules(&repo, STR_NONE, &arena);
        assert_int_equal(repo.module_count, 2);
        facts_find_modules(&repo, STR("a"), &arena);
        assert_int_equal(repo.module_count, 1);
        assert_true(str_eq(repo.modules[0].dir, STR("a")));
        facts_find_modules(&repo, STR("_old"), &arena);
        assert_int_equal(repo.module_count, 1);
}

/* A go.work may use whatever module there is. */
static void modules_of_a_workspace_are_known_unjudged(void **state UNUSED) {
        static const struct str paths[] = { STR_INIT("_b/go.mod"), STR_INIT("a/go.mod"),
                                            STR_INIT("c/go.mod"), STR_INIT("go.work") };
        static const struct str contents[COUNT_OF(paths)] = { 0 };
        AUTO_ARENA arena = arena_make(&budget);
        struct repo_facts repo = { .tree = tree_of_memory(&arena, paths, contents,
                                                          COUNT_OF(paths)) };

        facts_find_modules(&repo, STR("c"), &arena);
        assert_int_equal(repo.module_count, 1);
        assert_int_equal(repo.known_count, 3);
        assert_true(str_eq(repo.modules[0].dir, STR("c")));
        assert_true(str_eq(repo.modules[1].dir, STR("_b")));
        facts_find_modules(&repo, STR_NONE, &arena);
        assert_int_equal(repo.module_count, 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_stand_behind_what_they_need),
                cmocka_unit_test(the_closure_has_all_that_is_needed),
                cmocka_unit_test(modules_are_found_where_the_go_command_would_look),
                cmocka_unit_test(modules_of_a_workspace_are_known_unjudged),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
