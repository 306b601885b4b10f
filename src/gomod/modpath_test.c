/* Module paths; the whole of x/mod's tables is compared by test/xmod_test.py. */
#include "gomod/modpath.h"
#include "gomod/pathmatch.h"

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

static void paths_are_judged_by_kind(void **state UNUSED) {
        static const struct {
                const char *path;
                bool module, import, file;
        } cases[] = {
                { "x.y/z", true, true, true },        { "", false, false, false },
                { ".x/z", false, true, true },        { "-x/z", false, false, true },
                { "x.y/z/v1", false, true, true },    { "x.y/z/v2", true, true, true },
                { "X.y/z", false, true, true },       { "x.y/aux.foo", false, false, false },
                { "x.y/z~0", false, false, true },    { "x.y//z", false, false, false },
                { "x.y/z\xFF", false, false, false }, { "x.y/\xE6\xB1\x89", false, false, true },
                { "x.y/z.", false, false, false },    { "nodot/z", false, true, true },
                { "x.y/a b", false, false, true },    { "x.y/z++", false, true, true },
        };
        struct err err;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str path = str_of(cases[i].path);

                assert_int_equal(modpath_check(path, &err), cases[i].module);
                assert_int_equal(modpath_check_import(path, &err), cases[i].import);
                assert_int_equal(modpath_check_file(path, &err), cases[i].file);
        }
}

static void versions_belong_to_their_paths(void **state UNUSED) {
        static const struct {
                const char *path, *version;
                bool ok;
        } cases[] = {
                { "a.b/c", "v1.0.0", true },
                { "a.b/c", "v2.0.0", false },
                { "a.b/c", "v2.0.0+incompatible", true },
                { "a.b/c/v2", "v2.1.0", true },
                { "a.b/c/v2", "v1.0.0", false },
                { "gopkg.in/c.v1", "v0.0.0-20160102150405-abcdef123456", true },
                { "gopkg.in/c.v1", "v0.0.0", false },
                { "gopkg.in/c", "v1.0.0", false },
                { "a.b/c", "1.0.0", false },
        };
        struct err err;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct mod_version mod = { str_of(cases[i].path), str_of(cases[i].version) };

                assert_int_equal(modpath_check_version(mod, &err), cases[i].ok);
        }
        assert_false(
                modpath_check_version((struct mod_version){ STR("a.b/c"), STR("v2.0.0") }, &err));
        assert_string_equal(err.message, "version \"v2.0.0\" invalid: should be v0 or v1, not v2");
}

static void escaping_comes_back(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str text;
        struct err err;

        assert_true(modpath_escape(&arena, STR("github.com/GoogleCloud/x"), &text, &err));
        assert_true(str_eq(text, STR("github.com/!google!cloud/x")));
        assert_true(modpath_unescape(&arena, text, &text, &err));
        assert_true(str_eq(text, STR("github.com/GoogleCloud/x")));
        assert_false(modpath_unescape(&arena, STR("github.com/X"), &text, &err));
        assert_false(modpath_unescape(&arena, STR("github.com/!"), &text, &err));
        assert_true(modpath_escape_version(&arena, STR("v1.0.0-RC1"), &text, &err));
        assert_true(str_eq(text, STR("v1.0.0-!r!c1")));
        assert_false(modpath_escape_version(&arena, STR("v1/2"), &text, &err));
}

static void patterns_match_prefixes(void **state UNUSED) {
        assert_true(modpath_matches_patterns(STR("*/quote"), STR("rsc.io/quote/v3")));
        assert_true(modpath_matches_patterns(STR(",,rsc.io/"), STR("rsc.io/quote")));
        assert_false(modpath_matches_patterns(STR("rsc"), STR("rsc.io/quote")));
        assert_false(modpath_matches_patterns(STR("*/*/*"), STR("rsc.io/quote")));
        assert_true(pathmatch(STR("[a-c]?*\\*"), STR("bxyz*")));
        assert_false(pathmatch(STR("[a-"), STR("a")));
        assert_false(pathmatch(STR("*"), STR("a/b")));
        assert_true(pathmatch(STR("[^a]"), STR("\xE6\xB1\x89")));
}

static void folders_are_told_from_modules(void **state UNUSED) {
        static const char *const folders[] = { ".", "..", "./a", "../a", "/a", "c:\\a", ".\\a" };
        static const char *const modules[] = { "a", ".a", "...", "example.com/a", "" };

        for (size_t i = 0; i < COUNT_OF(folders); i++)
                assert_true(modpath_is_directory(str_of(folders[i])));
        for (size_t i = 0; i < COUNT_OF(modules); i++)
                assert_false(modpath_is_directory(str_of(modules[i])));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(paths_are_judged_by_kind),
                cmocka_unit_test(versions_belong_to_their_paths),
                cmocka_unit_test(escaping_comes_back),
                cmocka_unit_test(patterns_match_prefixes),
                cmocka_unit_test(folders_are_told_from_modules),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
