/* Characters as Go sees them. */
#include "data/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_point_survives_a_round_trip(void **state UNUSED) {
        for (uint32_t point = 0; point <= 0x10FFFF; point++) {
                char bytes[4];
                uint32_t back;
                size_t size = unicode_put(point, bytes);

                assert_int_equal(unicode_next((struct str){ bytes, size }, &back), size);
                if (point >= 0xD800 && point <= 0xDFFF)
                        assert_int_equal(back, UNICODE_ERROR);
                else
                        assert_int_equal(back, point);
        }
}

static void invalid_bytes_are_taken_one_by_one(void **state UNUSED) {
        static const char *const bad[] = { "\x80",         "\xC0\x80",         "\xE0\x80\x80",
                                           "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82" };
        uint32_t point;

        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                assert_int_equal(unicode_next(str_of(bad[i]), &point), 1);
                assert_int_equal(point, UNICODE_ERROR);
        }
}

static void categories_are_those_of_unicode_15(void **state UNUSED) {
        assert_true(unicode_is_letter('z') && unicode_is_letter(0x6C49) && unicode_is_letter(0xAA));
        assert_true(unicode_is_letter(0x31350)); /* new in 15.0 */
        assert_false(unicode_is_letter('0') || unicode_is_letter(0x2603) ||
                     unicode_is_letter(0x300));
        assert_true(unicode_is_printable(0x2603) && unicode_is_printable(' '));
        assert_true(unicode_is_printable(UNICODE_ERROR));
        assert_true(unicode_is_lower('q') && unicode_is_lower(0xE9) && unicode_is_lower(0x101));
        assert_false(unicode_is_lower('Q') || unicode_is_lower(0xC9) || unicode_is_lower(0x100));
        assert_false(unicode_is_lower(0x6C49) || unicode_is_lower('_'));
        assert_false(unicode_is_printable(0x7F) || unicode_is_printable(0xA0));
        assert_false(unicode_is_printable(0xAD) || unicode_is_printable(0x110000));
}

static void fields_are_split_at_any_white_space(void **state UNUSED) {
        struct str rest = STR(" a\xC2\xA0"
                              "b\v\xE3\x80\x80 c\xA0\n"),
                   field;

        assert_true(unicode_next_field(&rest, &field) && str_eq(field, STR("a")));
        assert_true(unicode_next_field(&rest, &field) && str_eq(field, STR("b")));
        assert_true(unicode_next_field(&rest, &field) && str_eq(field, STR("c\xA0")));
        assert_false(unicode_next_field(&rest, &field));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_point_survives_a_round_trip),
                cmocka_unit_test(invalid_bytes_are_taken_one_by_one),
                cmocka_unit_test(categories_are_those_of_unicode_15),
                cmocka_unit_test(fields_are_split_at_any_white_space),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
