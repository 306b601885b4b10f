/* JSON writing and the UTF-8 it stands on. */
#include "data/json_write.h"
#include "data/utf8.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

static void write_sample(struct json_writer *w) {
        json_begin_object(w);
        json_key(w, STR("a"));
        json_begin_array(w);
        json_put_int(w, -1);
        json_put_uint(w, UINT64_MAX);
        json_begin_object(w);
        json_end_object(w);
        json_begin_array(w);
        json_end_array(w);
        json_end_array(w);
        json_key(w, STR("b"));
        json_put_bool(w, true);
        json_key(w, STR("c"));
        json_put_string_or_null(w, STR_NONE);
        json_key(w, STR("d"));
        json_put_fixed(w, 1.25, 2);
        json_key(w, STR("e"));
        json_put_fixed(w, NAN, 2);
        json_end_object(w);
}

static void layouts_hold_the_same_values(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf compact = buf_make(&arena), indented = buf_make(&arena);
        struct json_writer w = json_write(&compact, JSON_COMPACT);

        write_sample(&w);
        assert_true(str_eq(buf_str(&compact),
                           STR("{\"a\":[-1,18446744073709551615,{},[]],\"b\":true,\"c\":null,"
                               "\"d\":1.25,\"e\":null}")));
        w = json_write(&indented, JSON_INDENTED);
        write_sample(&w);
        assert_true(str_eq(buf_str(&indented),
                           STR("{\n  \"a\": [\n    -1,\n    18446744073709551615,\n    {},\n"
                               "    []\n  ],\n  \"b\": true,\n  \"c\": null,\n  \"d\": 1.25,\n"
                               "  \"e\": null\n}")));
}

static void strings_are_escaped(void **state UNUSED) {
        static const struct {
                struct str in, out;
        } cases[] = {
                { STR_INIT(""), STR_INIT("\"\"") },
                { STR_INIT("a\"b\\c/"), STR_INIT("\"a\\\"b\\\\c/\"") },
                { STR_INIT("\b\f\n\r\t\x01\x1f\x7f"),
                  STR_INIT("\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"") },
                { STR_INIT("a\0b"), STR_INIT("\"a\\u0000b\"") },
                { STR_INIT("\xE4\xB8\xAD\xF0\x9F\x98\x80"),
                  STR_INIT("\"\xE4\xB8\xAD\xF0\x9F\x98\x80\"") },
                { STR_INIT("\xFFx\xC3"), STR_INIT("\"\xEF\xBF\xBDx\xEF\xBF\xBD\"") },
                { STR_INIT("\xED\xA0\x80"), STR_INIT("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"") },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct buf out = buf_make(&arena);
                struct json_writer w = json_write(&out, JSON_COMPACT);

                json_put_string(&w, cases[i].in);
                assert_true(str_eq(buf_str(&out), cases[i].out));
        }
}

static void utf8_is_decoded_as_table_3_7_says(void **state UNUSED) {
        static const struct {
                struct str bytes;
                uint32_t point;
                size_t size;
        } cases[] = {
                { STR_INIT("a"), 'a', 1 },
                { STR_INIT("\xC2\x80"), 0x80, 2 },
                { STR_INIT("\xC0\x80"), UTF8_INVALID, 1 },
                { STR_INIT("\xE0\x9F\xBF"), UTF8_INVALID, 1 },
                { STR_INIT("\xE0\xA0\x80"), 0x800, 3 },
                { STR_INIT("\xE4\xB8"), UTF8_INVALID, 2 },
                { STR_INIT("\xED\x9F\xBF"), 0xD7FF, 3 },
                { STR_INIT("\xED\xA0\x80"), UTF8_INVALID, 1 },
                { STR_INIT("\xF0\x90\x80\x80"), 0x10000, 4 },
                { STR_INIT("\xF4\x8F\xBF\xBF"), 0x10FFFF, 4 },
                { STR_INIT("\xF4\x90\x80\x80"), UTF8_INVALID, 1 },
                { STR_INIT("\xF0\x90\x80"
                           "a"),
                  UTF8_INVALID, 3 },
                { STR_INIT("\x80"), UTF8_INVALID, 1 },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                uint32_t point;

                assert_int_equal(utf8_next(cases[i].bytes, &point), cases[i].size);
                assert_int_equal(point, cases[i].point);
                assert_int_equal(utf8_is_valid(cases[i].bytes), point != UTF8_INVALID);
        }
}

static void invalid_runs_are_replaced_once(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str valid = STR("\xE4\xB8\xAD ok");

        assert_ptr_equal(utf8_replace_invalid(&arena, valid).ptr, valid.ptr);
        assert_true(str_eq(utf8_printable(&arena, STR("a\x1b\n\x7f\xC2\x9b\xE2\x80\xAE支")),
                           STR("a?????支")));
        assert_true(str_eq(utf8_replace_invalid(&arena, STR("a\xE4\xB8z\xFF")),
                           STR("a\xEF\xBF\xBDz\xEF\xBF\xBD")));
}

static void widths_are_columns(void **state UNUSED) {
        static const struct {
                struct str text;
                size_t columns;
        } cases[] = {
                { STR_INIT(""), 0 },
                { STR_INIT("abc"), 3 },
                { STR_INIT("\xE4\xB8\xAD\xE6\x96\x87"), 4 },
                { STR_INIT("\xEF\xBC\x8C"), 2 },     /* fullwidth comma */
                { STR_INIT("e\xCC\x81"), 1 },        /* e and a combining acute */
                { STR_INIT("\xF0\x9F\x98\x80"), 2 }, /* an emoji */
                { STR_INIT("\xC3\xA9"), 1 },
                { STR_INIT("\xE2\x80\x8D"), 0 }, /* zero width joiner */
                { STR_INIT("\xEA\xB0\x80"), 2 }, /* Hangul */
                { STR_INIT("\xFF"), 1 },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_int_equal(utf8_width(cases[i].text), cases[i].columns);
}

static void cuts_end_between_characters(void **state UNUSED) {
        struct str text = STR("a\xE4\xB8\xAD"
                              "e\xCC\x81z");
        size_t columns;

        assert_int_equal(utf8_cut(text, 2, &columns).len, 1);
        assert_int_equal(columns, 1);
        assert_int_equal(utf8_cut(text, 4, &columns).len, 7);
        assert_int_equal(columns, 4);
        assert_int_equal(utf8_cut(text, 100, NULL).len, text.len);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(layouts_hold_the_same_values),
                cmocka_unit_test(strings_are_escaped),
                cmocka_unit_test(utf8_is_decoded_as_table_3_7_says),
                cmocka_unit_test(invalid_runs_are_replaced_once),
                cmocka_unit_test(widths_are_columns),
                cmocka_unit_test(cuts_end_between_characters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
