/* Module versions, pseudo-versions and Go versions. */
#include "gomod/gover.h"
#include "gomod/semver.h"

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

static void versions_are_ordered(void **state UNUSED) {
        static const char *const ascending[] = {
                "bad",
                "v0.0.0-20060102150405-abcdef",
                "v1.0.0-alpha",
                "v1.0.0-alpha.1",
                "v1.0.0-alpha.beta",
                "v1.0.0-beta",
                "v1.0.0-beta.2",
                "v1.0.0-beta.11",
                "v1.0.0-rc.1",
                "v1",
                "v1.2",
                "v1.2.4-0.20060102150405-abcdef",
                "v1.2.4",
                "v1.10.0",
                "v99999999999999999999.0.0",
        };

        for (size_t i = 0; i < COUNT_OF(ascending); i++)
                for (size_t j = 0; j < COUNT_OF(ascending); j++) {
                        int order = semver_compare(str_of(ascending[i]), str_of(ascending[j]));

                        assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
                }
        assert_int_equal(semver_compare(STR("v1.2.3+a"), STR("v1.2.3+b")), 0);
}

static void canonical_forms(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        assert_true(str_eq(semver_canonical(&arena, STR("v1.2")), STR("v1.2.0")));
        assert_true(str_eq(semver_canonical(&arena, STR("v1.2.3-a+b")), STR("v1.2.3-a")));
        assert_true(str_eq(semver_module_canonical(&arena, STR("v2.0.0+incompatible")),
                           STR("v2.0.0+incompatible")));
        assert_true(semver_is_incompatible(STR("v2.0.0+incompatible")));
        assert_int_equal(semver_canonical(&arena, STR("v01.0.0")).len, 0);
        assert_int_equal(semver_canonical(&arena, STR("v1.2.3-01")).len, 0);
        assert_int_equal(semver_canonical(&arena, STR("v1.2-pre")).len, 0);
}

static void pseudo_versions_are_made_and_read(void **state UNUSED) {
        static const struct {
                const char *major, *older, *version;
        } cases[] = {
                { "", "", "v0.0.0-20060102150405-hash" },
                { "v2", "", "v2.0.0-20060102150405-hash" },
                { "", "v1.2.3", "v1.2.4-0.20060102150405-hash" },
                { "", "v1.2.99", "v1.2.100-0.20060102150405-hash" },
                { "", "v1.2.3-pre", "v1.2.3-pre.0.20060102150405-hash" },
                { "", "v2.0.0+incompatible", "v2.0.1-0.20060102150405-hash+incompatible" },
        };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text;
        int64_t seconds;
        struct err err;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                text = semver_make_pseudo(&arena, str_of(cases[i].major), str_of(cases[i].older),
                                          STR("20060102150405"), STR("hash"));
                assert_true(str_eq(text, str_of(cases[i].version)));
                assert_true(semver_is_pseudo(text));
                assert_true(semver_pseudo_time(text, &seconds, &err));
                assert_int_equal(seconds, 1136214245);
                assert_true(semver_pseudo_base(&arena, text, &text, &err));
                assert_true(str_eq(text, str_of(cases[i].older)));
        }
        assert_false(semver_is_pseudo(STR("v1.2.3-20060102150405-hash")));
        assert_false(semver_pseudo_base(&arena, STR("v1.0.0-0.20060102150405-h"), &text, &err));
        assert_false(semver_pseudo_time(STR("v0.0.0-20060231150405-hash"), &seconds, &err));
}

static void go_versions_are_ordered(void **state UNUSED) {
        static const char *const ascending[] = { "x",      "1",         "1.5",     "1.6",
                                                 "1.6.1",  "1.19rc1",   "1.19",    "1.19.1",
                                                 "1.21",   "1.21beta2", "1.21rc1", "1.21rc2",
                                                 "1.21.0", "1.22" };

        for (size_t i = 0; i < COUNT_OF(ascending); i++)
                for (size_t j = 0; j < COUNT_OF(ascending); j++) {
                        int order = gover_compare(str_of(ascending[i]), str_of(ascending[j]));

                        assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
                }
        assert_int_equal(gover_compare(STR("1.20"), STR("1.20.0")), 0);
        assert_true(gover_is_language(STR("1.21")) && !gover_is_language(STR("1.20")));
        assert_false(gover_is_language(STR("1.21rc1")) || gover_is_language(STR("1.999testmod")));
        assert_true(str_eq(gover_language(STR("1.2rc3")), STR("1.2")));
        assert_true(gover_is_prerelease(STR("1.21rc1")) && !gover_is_prerelease(STR("1.21")));
}

static void toolchains_name_go_versions(void **state UNUSED) {
        assert_true(str_eq(gover_of_toolchain(STR("go1.2.3")), STR("1.2.3")));
        assert_true(str_eq(gover_of_toolchain(STR("go1.2.3-bigcorp more")), STR("1.2.3")));
        assert_int_equal(gover_of_toolchain(STR("1.2.3")).len, 0);
        assert_int_equal(gover_of_toolchain(STR("go1.2.3+x")).len, 0);
        assert_int_equal(gover_of_toolchain(STR("go1.2.3-x/../y")).len, 0);
        assert_true(gover_module_compare(STR("toolchain"), STR("go1.2"), STR("1.3")) < 0);
        assert_int_equal(gover_module_compare(STR("go"), STR("v1.2"), STR("v1.3")), 0);
        assert_true(gover_module_is_valid(STR("toolchain"), STR("go1.2")));
        assert_false(gover_module_is_valid(STR("rsc.io/quote"), STR("1.2")));
        assert_true(str_eq(gover_lookup(STR("golang x\n go 1.21 // y\n"), STR("go")), STR("1.21")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(versions_are_ordered),
                cmocka_unit_test(canonical_forms),
                cmocka_unit_test(pseudo_versions_are_made_and_read),
                cmocka_unit_test(go_versions_are_ordered),
                cmocka_unit_test(toolchains_name_go_versions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
