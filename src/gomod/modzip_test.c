/* Module zips: their rules (golang.org/x/mod/zip) and their sums (x/mod/sumdb/dirhash). */
#include "data/zip_fixture.h"
#include "gomod/modzip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

/* The files of x/mod's TestHashZip; the sum is what Python's hashlib makes of them. */
static void sums_are_those_of_dirhash(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct dirhash_file *files;
        struct digest tree, again;
        struct zip zip;
        struct err err;
        size_t count;

        zip_fixture_add(&fixture, STR("prefix/xyz"), STR("data for xyz"), true);
        zip_fixture_add(&fixture, STR("prefix/abc"), STR("data for abc"), false);
        assert_true(modzip_open(&arena, zip_fixture_end(&fixture, STR_NONE), &zip, &err));
        assert_true(
                modzip_hash(&arena, &zip, STR("prefix/"), inflater, &files, &count, &tree, &err));
        assert_int_equal(count, 2);
        assert_true(str_eq(files[0].name, STR("abc")) && files[0].size == 12);
        assert_ptr_equal(dirhash_find(files, count, STR("xyz")), &files[1]);
        assert_null(dirhash_find(files, count, STR("xy")));
        assert_true(str_eq(dirhash_sum(&arena, &tree),
                           STR("h1:rLyfpGMAgqOnGE2aKOY5Xb6cOc0/YQhPjHBHBwkblhs=")));
        assert_true(dirhash_parse(&arena, dirhash_sum(&arena, &tree), &again));
        assert_true(digest_eq(&tree, &again));
}

static void the_sum_of_an_empty_go_mod_is_known(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct digest tree = dirhash_go_mod(STR_NONE);

        assert_true(str_eq(dirhash_sum(&arena, &tree),
                           STR("h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=")));
}

static void other_texts_are_no_sums(void **state UNUSED) {
        static const struct str refused[] = {
                STR_INIT(""),
                STR_INIT("h1:"),
                STR_INIT("h2:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="),
                STR_INIT("h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY"),
                STR_INIT("h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydZ="),
                STR_INIT("h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykry==="),
        };
        AUTO_ARENA arena = arena_make(&budget);
        struct digest tree;

        for (size_t i = 0; i < COUNT_OF(refused); i++)
                assert_false(dirhash_parse(&arena, refused[i], &tree));
}

static void names_with_newlines_have_no_sum(void **state UNUSED) {
        struct dirhash_file file = { .name = STR("a\nb") };
        struct digest tree;
        struct err err;

        assert_false(dirhash_tree(STR("m@v1/"), &file, 1, &tree, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
}

/* Each row is an archive of up to three names; the first rows restate x/mod's check_zip cases. */
static const struct {
        const char *names[3];
        bool allowed;
} archives[] = {
        { { "m.test@v1/valid.go" }, true },
        { { NULL }, true },
        { { "noprefix" }, false },
        { { "m.test@v1/not/../clean" }, false },
        { { "m.test@v1/invalid.go'" }, false },
        { { "m.test@v1/GO.MOD" }, false },
        { { "m.test@v1/valid.go", "m.test@v1/valid.go" }, false },
        { { "m.test@v1/" }, true },
        { { "m.test@v1/d/", "m.test@v1/d/", "m.test@v1/d/f" }, true },
        { { "m.test@v1/go.mod", "m.test@v1/LICENSE", "m.test@v1/d/x.go" }, true },
        { { "m.test@v1/sub/go.mod" }, false },
        { { "m.test@v1/sub/Go.Mod" }, false },
        { { "m.test@v1/a.go", "m.test@v1/A.go" }, false },
        { { "m.test@v1/d/a.go", "m.test@v1/D/b.go" }, false },
        { { "m.test@v1/d", "m.test@v1/d/b.go" }, false },
        { { "m.test@v1/d/b.go", "m.test@v1/d" }, false },
        { { "m.test@v1/\xc3\xa9.go", "m.test@v1/\xc3\x89.go" }, false }, /* e acute */
        { { "m.test@v1/k.go", "m.test@v1/\xe2\x84\xaa.go" }, false },    /* Kelvin sign */
        { { "m.test@v1/\xcf\x83.go", "m.test@v1/\xcf\x82.go" }, false }, /* two sigmas */
        { { "m.test@v1/\xc3\xa9.go", "m.test@v1/\xc3\xa8.go" }, true },
        { { "m.test@v1/\xff.go" }, false },
        { { "m.test@v1//abs" }, false },
        { { "m.test@v1/a//b" }, false },
        { { "m.test@v1/./a" }, false },
        { { "m.test@v1/a\\b" }, false },
        { { "m.test@v1/aux.go" }, false },
        { { "m.test@v1/.hidden", "m.test@v1/-dash", "m.test@v1/a b" }, true },
        { { "m.test@v1/vendor/modules.txt" }, true },
};

static void names_follow_the_rules_of_module_zips(void **state UNUSED) {
        for (size_t i = 0; i < COUNT_OF(archives); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct zip_fixture fixture = zip_fixture_make(&arena);
                struct zip zip;
                struct err err;

                for (size_t n = 0; n < COUNT_OF(archives[i].names) && archives[i].names[n]; n++)
                        zip_fixture_add(&fixture, str_of(archives[i].names[n]), STR_NONE, false);
                assert_true(modzip_open(&arena, zip_fixture_end(&fixture, STR_NONE), &zip, &err));
                if (modzip_check(&arena, &zip, STR("m.test@v1/"), &err) != archives[i].allowed)
                        fail_msg("%s", archives[i].names[0]);
        }
}

static void sizes_follow_the_rules_of_module_zips(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct zip_entry entry = { .name = STR("m.test@v1/go.mod"), .size = MODZIP_GO_MOD_MAX };
        struct zip zip = { .entries = &entry, .entry_count = 1 };
        struct err err;

        assert_true(modzip_check(&arena, &zip, STR("m.test@v1/"), &err));
        entry.size++;
        assert_false(modzip_check(&arena, &zip, STR("m.test@v1/"), &err));
        assert_int_equal(err.code, ERR_LIMIT);
        entry.name = STR("m.test@v1/d/go.sum");
        assert_true(modzip_check(&arena, &zip, STR("m.test@v1/"), &err));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sums_are_those_of_dirhash),
                cmocka_unit_test(the_sum_of_an_empty_go_mod_is_known),
                cmocka_unit_test(other_texts_are_no_sums),
                cmocka_unit_test(names_with_newlines_have_no_sum),
                cmocka_unit_test(names_follow_the_rules_of_module_zips),
                cmocka_unit_test(sizes_follow_the_rules_of_module_zips),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
