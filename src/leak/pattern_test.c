/* Expressions: what is asked of pattern.h beyond what test/pattern_test.py holds against Go. */
#include "leak/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = fail_when_full };

static struct pattern read_pattern(struct arena *arena, const char *source) {
        struct pattern pattern;
        struct err err;

        assert_true(pattern_parse(arena, str_of(source), &pattern, &err));
        return pattern;
}

static void refuse(struct arena *arena, const char *source, const char *message) {
        struct pattern pattern;
        struct err err;

        assert_false(pattern_parse(arena, str_of(source), &pattern, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_string_equal(err.message, message);
}

static void errors_have_the_words_of_go(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        refuse(&arena, "a(?=b)", "invalid or unsupported Perl syntax: `(?=`");
        refuse(&arena, "(?<!a)b", "invalid named capture: `(?<!a)b`");
        refuse(&arena, "(a)\\1", "invalid escape sequence: `\\1`");
        refuse(&arena, "(a", "missing closing ): `(a`");
        refuse(&arena, "a**", "invalid nested repetition operator: `**`");
        refuse(&arena, "(?:a{50}){50}", "invalid repeat count: `{50}`");
        refuse(&arena, "[z-a]", "invalid character class range: `z-a`");
}

static void a_search_keeps_to_its_places(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct pattern pattern = read_pattern(&arena, "\\bab+");
        struct pattern_matcher *matcher = pattern_matcher_open();
        struct pattern_match match;
        struct str text = STR("xab ab abb");

        assert_int_equal(pattern_search(pattern.code, matcher, text, 0, 3, &match), PATTERN_NONE);
        assert_int_equal(pattern_search(pattern.code, matcher, text, 0, 4, &match), PATTERN_FOUND);
        assert_int_equal(match.groups[0].start, 4);
        assert_int_equal(pattern_search(pattern.code, matcher, text, 5, 10, &match), PATTERN_FOUND);
        assert_int_equal(match.groups[0].start, 7);
        assert_int_equal(match.groups[0].end, 10);
        /* What lies before the place is seen: no word begins at 1. */
        assert_int_equal(pattern_search(pattern.code, matcher, text, 1, 1, &match), PATTERN_NONE);
        assert_int_equal(pattern_search(pattern.code, matcher, text, 11, 20, &match), PATTERN_NONE);
        pattern_matcher_close(&matcher);
        pattern_code_free(pattern.code);
}

static void a_search_without_end_is_given_up(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct pattern pattern = read_pattern(&arena, "(?:a+)+(?:a+)+(?:a+)+$");
        struct pattern_matcher *matcher = pattern_matcher_open();
        struct pattern_match match;
        char text[2001];

        memset(text, 'a', sizeof(text));
        text[sizeof(text) - 1] = 'b';
        assert_int_equal(pattern_search(pattern.code, matcher, (struct str){ text, sizeof(text) },
                                        0, 0, &match),
                         PATTERN_LIMIT);
        pattern_matcher_close(&matcher);
        pattern_code_free(pattern.code);
}

static void long_matches_fit(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct pattern pattern = read_pattern(&arena, "x[^\"]{3,}?y[^z]{900,1000}[^z]*");
        struct pattern_matcher *matcher = pattern_matcher_open();
        struct pattern_match match;
        size_t size = (size_t)1 << 20;
        char *text = arena_alloc(&arena, size);

        memset(text, 'a', size);
        text[0] = 'x';
        text[size / 2] = 'y';
        assert_int_equal(
                pattern_search(pattern.code, matcher, (struct str){ text, size }, 0, size, &match),
                PATTERN_FOUND);
        assert_int_equal(match.groups[0].start, 0);
        assert_true(match.groups[0].end == size);
        pattern_matcher_close(&matcher);
        pattern_code_free(pattern.code);
}

static void the_first_stage_looks_for_what_is_rare(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct pattern pattern = read_pattern(&arena, "[\\w.-]{0,50}?(?:gitlab)[a-z]{3}x*");

        assert_true(str_contains(pattern.first, STR("[\\x69][\\x74][\\x6c][\\x61][\\x62]")));
        assert_int_equal(pattern.before, 50 + 6 + 3);
        assert_false(pattern.has_maximum);
        pattern = read_pattern(&arena, "x*");
        assert_int_equal(pattern.first.len, 0);
        pattern = read_pattern(&arena, ".+tokenizer");
        assert_int_equal(pattern.before, PATTERN_WINDOW);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(errors_have_the_words_of_go),
                cmocka_unit_test(a_search_keeps_to_its_places),
                cmocka_unit_test(a_search_without_end_is_given_up),
                cmocka_unit_test(long_matches_fit),
                cmocka_unit_test(the_first_stage_looks_for_what_is_rare),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
