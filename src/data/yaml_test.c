/* YAML, JSON reading and globs. */
#include "data/glob.h"
#include "data/json.h"
#include "data/yaml.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = stop_when_full };

static void a_document_becomes_a_tree_with_places(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct yaml_node root;
        const struct yaml_node *list;
        struct err err;
        bool truth;
        int64_t number;
        double fraction;

        assert_true(yaml_parse(&arena, STR("f"),
                               STR("# note\nname: \"a b\"\nlist:\n  - 1\n  - [x, ~, 'true']\n"
                                   "on: true\nrate: 80.5\nlow: -7\nempty:\n"),
                               &root, &err));
        assert_int_equal(root.kind, YAML_MAPPING);
        assert_int_equal(root.count, 6);
        assert_true(str_eq(yaml_get(&root, STR("name"))->text, STR("a b")));
        list = yaml_get(&root, STR("list"));
        assert_int_equal(list->kind, YAML_SEQUENCE);
        assert_int_equal(list->items[0].line, 4);
        assert_int_equal(list->items[0].column, 5);
        assert_true(yaml_to_int(&list->items[0], &number) && number == 1);
        assert_int_equal(list->items[1].items[1].kind, YAML_NULL);
        assert_false(yaml_to_bool(&list->items[1].items[2], &truth));
        assert_int_equal(list->items[1].items[2].column, 12);
        assert_true(yaml_to_bool(yaml_get(&root, STR("on")), &truth) && truth);
        assert_true(yaml_to_number(yaml_get(&root, STR("rate")), &fraction) && fraction > 80.4);
        assert_false(yaml_to_int(yaml_get(&root, STR("rate")), &number));
        assert_true(yaml_to_int(yaml_get(&root, STR("low")), &number) && number == -7);
        assert_int_equal(yaml_get(&root, STR("empty"))->kind, YAML_NULL);
        assert_null(yaml_get(&root, STR("none")));
        assert_null(yaml_get(list, STR("x")));
}

static void nothing_is_a_null(void **state UNUSED) {
        static const struct str texts[] = { STR_INIT(""), STR_INIT("\n\n"), STR_INIT("# only\n"),
                                            STR_INIT("---\n"), STR_INIT("~") };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct yaml_node root;
                struct err err;

                assert_true(yaml_parse(&arena, STR("f"), texts[i], &root, &err));
                assert_int_equal(root.kind, YAML_NULL);
        }
}

static void what_is_wrong_is_said_with_its_place(void **state UNUSED) {
        static const struct {
                struct str text;
                enum err_code code;
                uint32_t line, column;
                struct str word;
        } cases[] = {
                { STR_INIT("a: 1\nb: 2\na: 3\n"), ERR_SYNTAX, 3, 1, STR_INIT("twice") },
                { STR_INIT("a: [1, 2\nb: 3\n"), ERR_SYNTAX, 3, 0, STR_INIT("bracket") },
                { STR_INIT("a: 'x\n"), ERR_SYNTAX, 1, 5, STR_INIT("quote") },
                { STR_INIT("a: 1\n\tb: 2\n"), ERR_SYNTAX, 1, 4, STR_INIT("invalid") },
                { STR_INIT("a: *x\n"), ERR_SYNTAX, 1, 0, STR_INIT("anchor") },
                { STR_INIT("a: &x [*x]\n"), ERR_SYNTAX, 1, 0, STR_INIT("inside") },
                { STR_INIT("a: !!int 3\n"), ERR_SYNTAX, 1, 0, STR_INIT("tags") },
                { STR_INIT("? [1, 2]\n: 3\n"), ERR_SYNTAX, 1, 0, STR_INIT("word") },
                { STR_INIT("x: &x {a: 1}\ny:\n  <<: *x\n"), ERR_SYNTAX, 3, 3, STR_INIT("merge") },
                { STR_INIT("a: 1\n---\nb: 2\n"), ERR_SYNTAX, 2, 1, STR_INIT("second") },
                { STR_INIT("a: 1\nb: \xff\n"), ERR_SYNTAX, 2, 4, STR_INIT("UTF-8") },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct yaml_node root;
                struct err err;

                assert_false(yaml_parse(&arena, STR("weir.yaml"), cases[i].text, &root, &err));
                assert_int_equal(err.code, cases[i].code);
                assert_string_equal(err.file, "weir.yaml");
                assert_int_equal(err.line, cases[i].line);
                if (cases[i].column)
                        assert_int_equal(err.column, cases[i].column);
                assert_true(str_contains(str_of(err.message), cases[i].word));
        }
}

static void aliases_are_followed_but_not_multiplied(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct yaml_node root;
        struct err err;

        assert_true(yaml_parse(&arena, STR("f"), STR("a: &x [1, 2]\nb: *x\n"), &root, &err));
        assert_int_equal(yaml_get(&root, STR("b"))->count, 2);
        assert_int_equal(yaml_get(&root, STR("b"))->line, 2);
        buf_add(&text, STR("a0: &a0 [x, x, x, x, x, x, x, x, x]\n"));
        for (int i = 1; i < 30; i++)
                buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1,
                           i - 1);
        assert_false(yaml_parse(&arena, STR("f"), buf_str(&text), &root, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

static void depth_and_size_are_bounded(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct yaml_node root;
        struct err err;

        for (int i = 0; i < YAML_DEPTH_MAX + 2; i++)
                buf_add_char(&text, '[');
        for (int i = 0; i < YAML_DEPTH_MAX + 2; i++)
                buf_add_char(&text, ']');
        assert_false(yaml_parse(&arena, STR("f"), buf_str(&text), &root, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        for (int i = 0; i < 100000; i++)
                buf_add_char(&text, '[');
        assert_false(yaml_parse(&arena, STR("f"), buf_str(&text), &root, &err));
        text.len = 0;
        while (text.len <= YAML_SIZE_MAX)
                buf_add(&text, STR("# a comment of some length to fill the file up with\n"));
        assert_false(yaml_parse(&arena, STR("f"), buf_str(&text), &root, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

static void json_is_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct json root;
        const struct json *list;
        struct err err;

        assert_true(json_parse(&arena, STR("f"),
                               STR("{\"z\": [1, -2.5, true, null, \"a\\u0000\xE4\xB8\xAD\"], "
                                   "\"a\": {\"b\": \"c\"}}"),
                               &root, &err));
        list = json_get(&root, STR("z"));
        assert_int_equal(list->kind, JSON_KIND_ARRAY);
        assert_int_equal(list->count, 5);
        assert_true(list->items[0].is_integer && list->items[0].integer == 1);
        assert_true(!list->items[1].is_integer && list->items[1].number < -2.4);
        assert_true(list->items[2].kind == JSON_KIND_BOOL && list->items[2].boolean);
        assert_int_equal(list->items[3].kind, JSON_KIND_NULL);
        assert_true(str_eq(list->items[4].string, STR("a\0\xE4\xB8\xAD")));
        assert_true(str_eq(root.members[0].name, STR("z")));
        assert_true(str_eq(json_get_string(json_get(&root, STR("a")), STR("b")), STR("c")));
        assert_null(json_get(json_get(&root, STR("none")), STR("b")));
        assert_int_equal(json_get_string(&root, STR("z")).len, 0);
}

static void broken_json_has_a_place(void **state UNUSED) {
        static const struct {
                struct str text;
                uint32_t line;
        } cases[] = {
                { STR_INIT(""), 1 },         { STR_INIT("{\n\"a\": 1,\n\"a\": 2}"), 3 },
                { STR_INIT("[1,\n2"), 2 },   { STR_INIT("{} x"), 1 },
                { STR_INIT("\"\xff\""), 1 }, { STR_INIT("[01]"), 1 },
                { STR_INIT("[1e999]"), 1 },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct json root;
                struct err err;

                assert_false(json_parse(&arena, STR("b.json"), cases[i].text, &root, &err));
                assert_int_equal(err.code, ERR_SYNTAX);
                assert_int_equal(err.line, cases[i].line);
        }
}

static void deep_json_is_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct json root;
        struct err err;

        for (int i = 0; i < JSON_DEPTH_MAX + 2; i++)
                buf_add_char(&text, '[');
        for (int i = 0; i < JSON_DEPTH_MAX + 2; i++)
                buf_add_char(&text, ']');
        assert_false(json_parse(&arena, STR("f"), buf_str(&text), &root, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

static void globs_match_as_gitignore_does(void **state UNUSED) {
        static const struct {
                const char *pattern, *path;
                bool matches;
        } cases[] = {
                { "*.go", "a.go", true },
                { "*.go", "x/y/a.go", true },
                { "*.go", "a.go/b", true },
                { "*.go", "a.gox", false },
                { "/a.go", "a.go", true },
                { "/a.go", "x/a.go", false },
                { "x/a.go", "x/a.go", true },
                { "x/a.go", "y/x/a.go", false },
                { "vendor/", "vendor/a", true },
                { "vendor/", "vendor", false },
                { "vendor/", "x/vendor/a/b", true },
                { "vendor", "vendor", true },
                { "vendor", "x/vendor/a", true },
                { "vendor", "vendored/a", false },
                { "a/*/c", "a/b/c", true },
                { "a/*/c", "a/b/d/c", false },
                { "a/**/c", "a/c", true },
                { "a/**/c", "a/b/d/c", true },
                { "a/**/c", "a/b/d/c/e", true },
                { "a/**/c", "b/a/c", false },
                { "**/c", "c", true },
                { "**/c", "a/b/c", true },
                { "**/a/c", "a/b/a/c", true },
                { "a/**", "a/b", true },
                { "a/**", "a", false },
                { "**", "anything/at/all", true },
                { "a/**/b/**/c", "a/x/b/y/z/c", true },
                { "a/**/b/**/c", "a/x/y/z/c", false },
                { "?", "a", true },
                { "?", "ab", false },
                { "a?c", "a/c", false },
                { "[a-c]x", "bx", true },
                { "[!a-c]x", "bx", false },
                { "[]x]y", "]y", true },
                { "[a\\]]b", "]b", true },
                { "\\*.go", "*.go", true },
                { "\\*.go", "a.go", false },
                { "\\!x", "!x", true },
                { "a*b*c*d", "aXbXbXcXd", true },
                { "a*b*c*d", "aXbXcX", false },
                { "\xE4\xB8\xAD*", "\xE4\xB8\xAD\xE6\x96\x87/x", true },
                { "", "a", false },
                { "/", "a", false },
                { "a/b/", "a/b/c", true },
                { "a/b/", "a/b", false },
                { "**/b/", "a/b", false },
                { "**/b/", "b/b", true },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (glob_match(str_of(cases[i].pattern), str_of(cases[i].path)) != cases[i].matches)
                        fail_msg("%s against %s", cases[i].pattern, cases[i].path);
}

static void globs_match_one_entry(void **state UNUSED) {
        static const struct {
                const char *pattern, *path;
                bool is_dir, matches;
        } cases[] = {
                { "*.go", "x/a.go", false, true },       { "*.go", "a.go/b", false, false },
                { "vendor/", "vendor", true, true },     { "vendor/", "vendor", false, false },
                { "vendor/", "vendor/a", false, false }, { "a/*", "a/b", false, true },
                { "a/*", "a/b/c", false, false },        { "a/**", "a/b/c", false, true },
                { "a/**/", "a/b", true, true },          { "a/**/", "a/b", false, false },
                { "**/c", "a/b/c", false, true },        { "**/b", "a/b/c", false, false },
                { "a/**/c", "a/c/x/c", false, true },    { "/a", "a", false, true },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (glob_match_entry(str_of(cases[i].pattern), str_of(cases[i].path),
                                     cases[i].is_dir) != cases[i].matches)
                        fail_msg("%s against %s", cases[i].pattern, cases[i].path);
}

static void wrong_globs_are_named(void **state UNUSED) {
        static const struct {
                const char *pattern;
                bool is_right;
        } cases[] = {
                { "a/**/b", true }, { "", false },       { "/", false },    { "!a", false },
                { "a[", false },    { "a\\[", true },    { "a\\", false },  { "a**b", false },
                { "[**", false },   { "\\\\[a", false }, { "[\\]", false }, { "[a]", true },
        };
        char long_one[GLOB_PATTERN_MAX + 2];
        struct err err;

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (glob_check(str_of(cases[i].pattern), &err) != cases[i].is_right)
                        fail_msg("%s", cases[i].pattern);
        for (size_t i = 0; i < sizeof(long_one); i++)
                long_one[i] = 'a';
        assert_false(glob_check((struct str){ long_one, sizeof(long_one) }, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

/* A pattern that would take a backtracking matcher for ever. */
static void globs_take_bounded_time(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf pattern = buf_make(&arena), path = buf_make(&arena);

        for (int i = 0; i < 80; i++)
                buf_add(&pattern, STR("**/a*a*a/"));
        buf_add(&pattern, STR("b"));
        for (int i = 0; i < 2000; i++)
                buf_add(&path, STR("aaaaaaaa/"));
        buf_add(&path, STR("c"));
        assert_false(glob_match(buf_str(&pattern), buf_str(&path)));
}

static void foreign_files_are_read_with_what_they_have(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = STR("spec: {}\n---\n.a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n"
                              "c: !reference [.a, x]\nd: 1\nd: 2\ne: {<<: [*a, {z: 4}]}\n");
        struct yaml_node root;
        const struct yaml_node *b;
        struct err err;

        assert_false(yaml_parse(&arena, STR("f"), text, &root, &err));
        assert_true(yaml_parse_foreign(&arena, STR("f"), text, &root, &err));
        b = yaml_get(&root, STR("b"));
        assert_int_equal(b->count, 2);
        assert_true(str_eq(yaml_get(b, STR("x"))->text, STR("3")));
        assert_true(str_eq(yaml_get(b, STR("y"))->text, STR("2")));
        assert_int_equal(yaml_get(&root, STR("c"))->count, 2);
        assert_true(str_eq(yaml_get(&root, STR("d"))->text, STR("2")));
        assert_int_equal(yaml_get(&root, STR("e"))->count, 3);
        assert_false(yaml_parse_foreign(&arena, STR("f"), STR("a: [1\n"), &root, &err));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_document_becomes_a_tree_with_places),
                cmocka_unit_test(nothing_is_a_null),
                cmocka_unit_test(what_is_wrong_is_said_with_its_place),
                cmocka_unit_test(aliases_are_followed_but_not_multiplied),
                cmocka_unit_test(depth_and_size_are_bounded),
                cmocka_unit_test(json_is_read),
                cmocka_unit_test(broken_json_has_a_place),
                cmocka_unit_test(deep_json_is_refused),
                cmocka_unit_test(globs_match_as_gitignore_does),
                cmocka_unit_test(globs_match_one_entry),
                cmocka_unit_test(wrong_globs_are_named),
                cmocka_unit_test(globs_take_bounded_time),
                cmocka_unit_test(foreign_files_are_read_with_what_they_have),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
