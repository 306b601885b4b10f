/* TOML: values, places, what is refused and how that is said. */
#include "data/toml.h"

#include "base/buf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 512 << 20, .on_full = stop_when_full };

static struct toml_node read_text(struct arena *arena, struct str text) {
        struct toml_node root;
        struct err err;

        if (!toml_parse(arena, STR("f"), text, &root, &err))
                fail_msg("%.*s: %u:%u %s", STR_ARG(str_slice(text, 0, 80)), err.line, err.column,
                         err.message);
        return root;
}

static void assert_place(uint32_t line, uint32_t column, uint32_t want_line, uint32_t want_column) {
        assert_int_equal(line, want_line);
        assert_int_equal(column, want_column);
}

/* The value of the key x in `x = TEXT`. */
static struct toml_node value_of(struct arena *arena, struct str text) {
        struct toml_node root = read_text(arena, str_fmt(arena, "x = %.*s", STR_ARG(text)));

        assert_int_equal(root.count, 1);
        return root.pairs[0].value;
}

static void a_document_becomes_a_tree_with_places(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct toml_node root =
                read_text(&arena, STR("# 说明\n"
                                      "title = \"x\"  # note\n"
                                      "\"时间\" . b = { 'é' = 1, d = [2, true] }\n"
                                      "\n"
                                      "  [run.deep]\n"
                                      "\ttags = [\n\t  'a', # one\n\n\t  'b',\n\t]\n"
                                      "[[rule]]\n[[rule]]\nid = 'z'\n"));
        const struct toml_node *node;

        assert_int_equal(root.kind, TOML_TABLE);
        assert_place(root.line, root.column, 1, 1);
        assert_int_equal(root.count, 4);
        assert_place(root.pairs[0].line, root.pairs[0].column, 2, 1);
        assert_place(root.pairs[0].value.line, root.pairs[0].value.column, 2, 9);
        node = &root.pairs[1].value;
        assert_true(str_eq(root.pairs[1].key, STR("时间")));
        assert_place(node->line, node->column, 3, 1);
        assert_place(node->pairs[0].line, node->pairs[0].column, 3, 8);
        node = toml_get(node, STR("b"));
        assert_place(node->line, node->column, 3, 12);
        assert_place(node->pairs[0].line, node->pairs[0].column, 3, 14);
        assert_place(node->pairs[1].line, node->pairs[1].column, 3, 23);
        node = toml_get(node, STR("d"));
        assert_place(node->items[1].line, node->items[1].column, 3, 31);
        node = toml_get(&root, STR("run"));
        assert_place(node->line, node->column, 5, 4);
        node = toml_get(node, STR("deep"));
        assert_place(node->line, node->column, 5, 3);
        node = toml_get(node, STR("tags"));
        assert_int_equal(node->count, 2);
        assert_place(node->items[1].line, node->items[1].column, 9, 4);
        node = toml_get(&root, STR("rule"));
        assert_int_equal(node->kind, TOML_ARRAY);
        assert_place(node->line, node->column, 11, 1);
        assert_int_equal(node->count, 2);
        assert_place(node->items[1].line, node->items[1].column, 12, 1);
        assert_true(str_eq(toml_get(&node->items[1], STR("id"))->text, STR("z")));
        assert_null(toml_get(&node->items[0], STR("id")));
        assert_null(toml_get(toml_get(&root, STR("none")), STR("id")));
}

static void the_tree_outlives_the_text(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        char text[] = "key = 'value'\nn = 12_3\n";
        struct toml_node root = read_text(&arena, str_of(text));

        for (size_t i = 0; i < sizeof text; i++)
                text[i] = '?';
        assert_true(str_eq(root.pairs[0].key, STR("key")));
        assert_true(str_eq(root.pairs[0].value.text, STR("value")));
        assert_true(str_eq(toml_get(&root, STR("n"))->text, STR("12_3")));
}

static void strings(void **state UNUSED) {
        static const struct {
                struct str text, value;
        } cases[] = {
                { STR_INIT("\"\""), STR_INIT("") },
                { STR_INIT("''"), STR_INIT("") },
                { STR_INIT("\"a\\tb\\\"\\\\\\u00e9\\U0001F600\\b\\f\\n\\r\""),
                  STR_INIT("a\tb\"\\é😀\b\f\n\r") },
                { STR_INIT("'a\\tb\"'"), STR_INIT("a\\tb\"") },
                { STR_INIT("\"\"\"\na\r\nb\"\"\""), STR_INIT("a\nb") },
                { STR_INIT("\"\"\"\r\n\n\"\"\""), STR_INIT("\n") },
                { STR_INIT("\"\"\"a \\  \r\n\n \t b\"\"\""), STR_INIT("a b") },
                { STR_INIT("\"\"\"\"\"two\"\"\"\"\""), STR_INIT("\"\"two\"\"") },
                { STR_INIT("'''\n''two'''''"), STR_INIT("''two''") },
                { STR_INIT("'''\\d+\\'''"), STR_INIT("\\d+\\") },
                { STR_INIT("\"\"\"\\\"\"\"\"\"\""), STR_INIT("\"\"\"") },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct toml_node value = value_of(&arena, cases[i].text);

                assert_int_equal(value.kind, TOML_STRING);
                if (!str_eq(value.text, cases[i].value))
                        fail_msg("%.*s gives %.*s", STR_ARG(cases[i].text), STR_ARG(value.text));
        }
}

static void integers(void **state UNUSED) {
        static const struct {
                struct str text;
                int64_t value;
        } cases[] = {
                { STR_INIT("0"), 0 },
                { STR_INIT("+99"), 99 },
                { STR_INIT("-17"), -17 },
                { STR_INIT("1_000"), 1000 },
                { STR_INIT("0xdead_BEEF"), 0xdeadbeef },
                { STR_INIT("0o755"), 0755 },
                { STR_INIT("0b1101"), 13 },
                { STR_INIT("0xe"), 14 },
                { STR_INIT("9223372036854775807"), INT64_MAX },
                { STR_INIT("-9223372036854775808"), INT64_MIN },
                { STR_INIT("0x7fffffffffffffff"), INT64_MAX },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct toml_node value = value_of(&arena, cases[i].text);

                assert_int_equal(value.kind, TOML_INTEGER);
                assert_true(value.integer == cases[i].value);
                assert_true(str_eq(value.text, cases[i].text));
        }
}

static void floats(void **state UNUSED) {
        static const struct {
                struct str text;
                double value;
        } cases[] = {
                { STR_INIT("80.5"), 80.5 },
                { STR_INIT("-0.01"), -0.01 },
                { STR_INIT("5e+22"), 5e22 },
                { STR_INIT("6.626e-34"), 6.626e-34 },
                { STR_INIT("1E06"), 1e6 },
                { STR_INIT("224_617.445_991"), 224617.445991 },
                { STR_INIT("inf"), (double)INFINITY },
                { STR_INIT("-inf"), -(double)INFINITY },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct toml_node value = value_of(&arena, cases[i].text);

                assert_int_equal(value.kind, TOML_FLOAT);
                assert_true(value.number >= cases[i].value && value.number <= cases[i].value);
        }
}

static void other_kinds(void **state UNUSED) {
        static const struct {
                struct str text;
                enum toml_kind kind;
        } cases[] = {
                { STR_INIT("true"), TOML_BOOLEAN },
                { STR_INIT("+nan"), TOML_FLOAT },
                { STR_INIT("1979-05-27T07:32:00Z"), TOML_OFFSET_DATE_TIME },
                { STR_INIT("1979-05-27 07:32:00.999-07:00"), TOML_OFFSET_DATE_TIME },
                { STR_INIT("1979-05-27t07:32:00"), TOML_LOCAL_DATE_TIME },
                { STR_INIT("2024-02-29"), TOML_LOCAL_DATE },
                { STR_INIT("07:32:00.5"), TOML_LOCAL_TIME },
                { STR_INIT("[ 1, 'a', { b = 2 }, [ ] ]"), TOML_ARRAY },
                { STR_INIT("{ a.b = 1, a.c = 2 }"), TOML_TABLE },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct toml_node value = value_of(&arena, cases[i].text);

                assert_int_equal(value.kind, cases[i].kind);
                if (value.kind < TOML_ARRAY)
                        assert_true(str_eq(value.text, cases[i].text));
        }
}

static void check_refused(struct str text, enum err_code code, uint32_t line, uint32_t column,
                          const char *word) {
        AUTO_ARENA arena = arena_make(&budget);
        struct toml_node root;
        struct err err;

        if (toml_parse(&arena, STR("f"), text, &root, &err))
                fail_msg("%.*s was read", STR_ARG(str_slice(text, 0, 80)));
        if (err.line != line || err.column != column ||
            !str_contains(str_of(err.message), str_of(word)))
                fail_msg("%.*s: %u:%u %s", STR_ARG(str_slice(text, 0, 80)), err.line, err.column,
                         err.message);
        assert_int_equal(err.code, code);
}

static void what_is_wrong_is_said_with_its_place(void **state UNUSED) {
        static const struct {
                struct str text;
                uint32_t line, column;
                const char *word;
        } cases[] = {
                { STR_INIT("a = 1\nb"), 2, 2, "=" },
                { STR_INIT("a = \n"), 1, 5, "value is missing" },
                { STR_INIT("= 1\n"), 1, 1, "key is missing" },
                { STR_INIT("a = 1 b = 2\n"), 1, 7, "line must end" },
                { STR_INIT("'é' = word\n"), 1, 7, "quotes" },
                { STR_INIT("é = 1\n"), 1, 1, "bare keys" },
                { STR_INIT("a = True\n"), 1, 5, "lower case" },
                { STR_INIT("\na = \"x\ny\"\n"), 2, 5, "does not end in its line" },
                { STR_INIT("a = '''x\ny\n"), 1, 5, "has no end" },
                { STR_INIT("a = \"é\\d\"\n"), 1, 7, "escape" },
                { STR_INIT("a = \"\\ud800\"\n"), 1, 6, "no character" },
                { STR_INIT("a = \"\\u12\"\n"), 1, 6, "four" },
                { STR_INIT("a = [1\n2]\n"), 2, 1, "comma or ]" },
                { STR_INIT("a = [1,\n\n"), 1, 5, "array that begins here" },
                { STR_INIT("a = {b = 1,\n}\n"), 1, 12, "key is missing" },
                { STR_INIT("a = {b = 1\n}\n"), 1, 11, "end in its line" },
                { STR_INIT("a = {b = 1 c = 2}\n"), 1, 12, "comma or }" },
                { STR_INIT("[a\n"), 1, 3, "] is missing" },
                { STR_INIT("[[a]\n"), 1, 4, "]] is missing" },
                { STR_INIT("a = 012\n"), 1, 5, "begin with 0" },
                { STR_INIT("a = 1__2\n"), 1, 5, "underscore" },
                { STR_INIT("a = 1.\n"), 1, 5, "lacks digits" },
                { STR_INIT("a = 0x1g\n"), 1, 5, "digit" },
                { STR_INIT("a = 9223372036854775808\n"), 1, 5, "64 bits" },
                { STR_INIT("a = 1e999\n"), 1, 5, "too large" },
                { STR_INIT("a = 2023-02-29\n"), 1, 5, "no such date" },
                { STR_INIT("a = 2023-01-01T24:00:00\n"), 1, 5, "no such time" },
                { STR_INIT("a = 2023-01-01 10:00:00+25:00\n"), 1, 5, "no such offset" },
                { STR_INIT("a = '\xff'\n"), 1, 6, "UTF-8" },
                { STR_INIT("a = 'é\x01'\n"), 1, 7, "U+0001" },
                { STR_INIT("a = 1\n# \0\n"), 2, 3, "U+0000" },
                { STR_INIT("a = 1\rb = 2\n"), 1, 6, "U+000D" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                check_refused(cases[i].text, ERR_SYNTAX, cases[i].line, cases[i].column,
                              cases[i].word);
}

static void nothing_is_defined_twice(void **state UNUSED) {
        static const struct {
                struct str text;
                uint32_t line, column;
                const char *word;
        } cases[] = {
                { STR_INIT("a = 1\na = 2\n"), 2, 1, "line 1: a key stands once" },
                { STR_INIT("[a]\n[b]\n[a]\n"), 3, 2, "line 1: a table is defined once" },
                { STR_INIT("a.b = 1\n[a]\n"), 2, 2, "defined once" },
                { STR_INIT("a.b = 1\na.b.c = 2\n"), 2, 3, "an integer already" },
                { STR_INIT("[a.b]\n[a]\nb.c = 1\n"), 3, 1, "dotted key cannot add" },
                { STR_INIT("a = {}\na.b = 1\n"), 2, 1, "closed" },
                { STR_INIT("a = {b = {}}\n[a.b]\n"), 2, 2, "closed" },
                { STR_INIT("a = {b = {}, b.c = 1}\n"), 1, 14, "closed" },
                { STR_INIT("a = []\n[[a]]\n"), 2, 3, "[[ ]] began" },
                { STR_INIT("[a.b]\n[[a]]\n"), 2, 3, "a table already" },
                { STR_INIT("[[a]]\n[a]\n"), 2, 2, "written with [[ ]]" },
                { STR_INIT("a = 1\n[a.b]\n"), 2, 2, "below it" },
                { STR_INIT("[x]\na.b = 1\n[x.a]\n"), 3, 4, "defined once" },
        };
        AUTO_ARENA arena = arena_make(&budget);
        struct toml_node root;

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                check_refused(cases[i].text, ERR_SYNTAX, cases[i].line, cases[i].column,
                              cases[i].word);
        root = read_text(&arena, STR("[a.b]\nx = 1\n[a]\ny.z = 2\n[a.y.sub]\n[[l]]\n[l.m]\n[[l]]\n"
                                     "[l.m]\n"));
        assert_int_equal(toml_get(&root, STR("a"))->line, 3);
        assert_int_equal(toml_get(&root, STR("l"))->count, 2);
}

/* The text before, count times the piece, the text after. */
static struct str repeat(struct arena *arena, const char *before, const char *piece, size_t count,
                         const char *after) {
        struct buf out = buf_make(arena);

        buf_add(&out, str_of(before));
        for (size_t i = 0; i < count; i++)
                buf_add(&out, str_of(piece));
        buf_add(&out, str_of(after));
        return buf_str(&out);
}

static struct str many_keys(struct arena *arena, size_t count) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < count; i++)
                buf_printf(&out, "k%zu=1\n", i);
        return buf_str(&out);
}

static void maxima(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str deepest = repeat(&arena, "a = ", "[", TOML_DEPTH_MAX, "");

        (void)read_text(&arena, repeat(&arena, "", "", 0, "a = [[[[]]]]"));
        (void)read_text(&arena, str_fmt(&arena, "%.*s%.*s", STR_ARG(deepest),
                                        STR_ARG(repeat(&arena, "", "]", TOML_DEPTH_MAX, "\n"))));
        check_refused(repeat(&arena, "a = ", "[", TOML_DEPTH_MAX + 1, ""), ERR_LIMIT, 1,
                      5 + TOML_DEPTH_MAX, "too deep");
        check_refused(repeat(&arena, "a = ", "{a=", TOML_DEPTH_MAX + 1, ""), ERR_LIMIT, 1,
                      5 + 3 * TOML_DEPTH_MAX, "too deep");
        check_refused(repeat(&arena, "a", ".a", TOML_DEPTH_MAX, " = 1"), ERR_LIMIT, 1,
                      1 + 2 * TOML_DEPTH_MAX, "parts");
        check_refused(repeat(&arena, "a = ", "1", TOML_NUMBER_MAX + 1, ""), ERR_LIMIT, 1, 5,
                      "characters");
        (void)read_text(&arena, repeat(&arena, "a = [", "1,", TOML_ITEMS_MAX, "]"));
        check_refused(repeat(&arena, "a = [", "1,", TOML_ITEMS_MAX + 1, "]"), ERR_LIMIT, 1,
                      6 + 2 * TOML_ITEMS_MAX, "too long");
        (void)read_text(&arena, many_keys(&arena, TOML_KEYS_MAX));
        check_refused(many_keys(&arena, TOML_KEYS_MAX + 1), ERR_LIMIT, TOML_KEYS_MAX + 1, 1,
                      "too many keys");
        check_refused(repeat(&arena, "", "[[a]]\nb=[1,2]\n", TOML_VALUES_MAX / 4, ""), ERR_LIMIT,
                      TOML_VALUES_MAX / 4 * 2, 4, "too many values");
        check_refused(repeat(&arena, "", " ", TOML_SIZE_MAX + 1, ""), ERR_LIMIT, 0, 0, "bytes");
}

static void nearly_nothing(void **state UNUSED) {
        static const struct str texts[] = { STR_INIT(""), STR_INIT("\n"), STR_INIT("# x"),
                                            STR_INIT("\xEF\xBB\xBF"), STR_INIT(" \t\r\n") };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct toml_node root = read_text(&arena, texts[i]);

                assert_int_equal(root.kind, TOML_TABLE);
                assert_int_equal(root.count, 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_document_becomes_a_tree_with_places),
                cmocka_unit_test(the_tree_outlives_the_text),
                cmocka_unit_test(strings),
                cmocka_unit_test(integers),
                cmocka_unit_test(floats),
                cmocka_unit_test(other_kinds),
                cmocka_unit_test(what_is_wrong_is_said_with_its_place),
                cmocka_unit_test(nothing_is_defined_twice),
                cmocka_unit_test(maxima),
                cmocka_unit_test(nearly_nothing),
        };

        return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
