/* The lexer: kinds, places, implied semicolons, values, errors. */
#include "golang/lexer.h"

#include "base/buf.h"
#include "golang/rune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };

/* The tokens of a source as "kind@line:column" words; an implied semicolon is "~". */
static struct str tokens_of(struct arena *arena, struct str source, bool comments) {
        struct lexer lexer = lexer_make(source, comments);
        struct buf buf = buf_make(arena);

        for (struct token token; (token = lexer_next(&lexer)).kind != TOKEN_EOF;)
                buf_printf(&buf, "%s%.*s@%u:%u", buf.len ? " " : "",
                           STR_ARG(token.implied ? STR("~") : token_kind_text(token.kind)),
                           token.pos.line, token.pos.column);
        return buf_str(&buf);
}

#define assert_tokens(source, comments, want)                                                      \
        do {                                                                                       \
                struct arena arena_ = arena_make(&budget);                                         \
                struct str got_ = tokens_of(&arena_, source, comments);                            \
                assert_string_equal(str_to_c(&arena_, got_), want);                                \
                arena_drop(&arena_);                                                               \
        } while (0)

static void line_ends_become_semicolons(void **state UNUSED) {
        assert_tokens(STR("package a\n\nfunc f() {\n\treturn\n}\n"), false,
                      "package@1:1 IDENT@1:9 ~@1:10 func@3:1 IDENT@3:6 (@3:7 )@3:8 {@3:10 "
                      "return@4:2 ~@4:8 }@5:1 ~@5:2");
        assert_tokens(STR("a+\nb"), false, "IDENT@1:1 +@1:2 IDENT@2:1 ~@2:2");
        assert_tokens(STR("x++ // c\n"), true, "IDENT@1:1 ++@1:2 COMMENT@1:5 ~@1:9");
}

static void a_comment_with_a_line_end_becomes_a_semicolon(void **state UNUSED) {
        assert_tokens(STR("a /* x\ny */ b"), true, "IDENT@1:1 COMMENT@1:3 ~@1:7 IDENT@2:6 ~@2:7");
        assert_tokens(STR("a /* x */ b"), false, "IDENT@1:1 IDENT@1:11 ~@1:12");
        assert_tokens(STR("a /* x\ny */ /* z */ b"), false, "IDENT@1:1 ~@1:7 IDENT@2:14 ~@2:15");
}

static void the_longest_operator_wins(void **state UNUSED) {
        assert_tokens(STR("a&^=b<<=c...<-:=!= ~x"), false,
                      "IDENT@1:1 &^=@1:2 IDENT@1:5 <<=@1:6 IDENT@1:9 ...@1:10 <-@1:13 :=@1:15 "
                      "!=@1:17 ~@1:20 IDENT@1:21 ~@1:22");
        assert_tokens(STR("a..b"), false, "IDENT@1:1 .@1:2 .@1:3 IDENT@1:4 ~@1:5");
}

static void numbers_take_every_form(void **state UNUSED) {
        assert_tokens(STR("0 017 0x1F 0b11 0o7 1_000 .5 1e9 0x1p-2 3i 08.5 08i 1.e+0i"), false,
                      "INT@1:1 INT@1:3 INT@1:7 INT@1:12 INT@1:17 INT@1:21 FLOAT@1:27 FLOAT@1:30 "
                      "FLOAT@1:34 IMAG@1:41 FLOAT@1:44 IMAG@1:49 IMAG@1:53 ~@1:59");
}

static void strings_span_what_they_may(void **state UNUSED) {
        assert_tokens(STR("\"a\\\"b\" `x\n\"y` '\\'' é_1"), false,
                      "STRING@1:1 STRING@1:8 CHAR@2:5 IDENT@2:10 ~@2:14");
        assert_tokens(STR("\xEF\xBB\xBFpackage a"), false, "package@1:1 IDENT@1:9 ~@1:10");
}

struct bad_source {
        const char *source;
        uint32_t line, column;
        const char *what;
};

static void errors_have_their_place(void **state UNUSED) {
        static const struct bad_source cases[] = {
                { "a\n  \"open\n", 2, 3, "string literal not terminated" },
                { "a `x\n", 1, 3, "raw string literal not terminated" },
                { "/* a\n b", 1, 1, "comment not terminated" },
                { "'ab'", 1, 1, "illegal rune literal" },
                { "'a", 1, 1, "rune literal not terminated" },
                { "\"\\q\"", 1, 3, "unknown escape sequence" },
                { "\"\\ud800\"", 1, 3, "escape sequence is invalid Unicode code point" },
                { "\"\\400\"", 1, 3, "escape sequence is invalid Unicode code point" },
                { "\"\\x1g\"", 1, 5, "illegal character in escape sequence" },
                { "089", 1, 2, "invalid digit in octal literal" },
                { "0b12", 1, 4, "invalid digit in binary literal" },
                { "0x", 1, 3, "hexadecimal literal has no digits" },
                { "1__0", 1, 3, "'_' must separate successive digits" },
                { "1_", 1, 2, "'_' must separate successive digits" },
                { "1e", 1, 3, "exponent has no digits" },
                { "0x1.0", 1, 6, "hexadecimal mantissa requires a 'p' exponent" },
                { "1p2", 1, 2, "'p' exponent requires hexadecimal mantissa" },
                { "0b1.0", 1, 4, "invalid radix point in binary literal" },
                { "a\n\n #", 3, 2, "illegal character" },
                { "// x\n/*\n \xFF */", 3, 2, "illegal UTF-8 encoding" },
                { "a\n\xEF\xBB\xBF", 2, 1, "illegal byte order mark" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct lexer lexer = lexer_make(str_of(cases[i].source), true);

                while (lexer_next(&lexer).kind != TOKEN_EOF)
                        ;
                assert_true(lexer.error_count > 0);
                assert_string_equal(lexer.first_error.what, cases[i].what);
                assert_int_equal(lexer.first_error.pos.line, cases[i].line);
                assert_int_equal(lexer.first_error.pos.column, cases[i].column);
        }
}

static void a_nul_is_an_error_wherever_it_stands(void **state UNUSED) {
        const struct str sources[] = { STR("a\0b"), STR("// \0"), STR("\"\0\""), STR("`\0`") };

        for (size_t i = 0; i < COUNT_OF(sources); i++) {
                struct lexer lexer = lexer_make(sources[i], false);

                while (lexer_next(&lexer).kind != TOKEN_EOF)
                        ;
                assert_string_equal(lexer.first_error.what, "illegal character NUL");
        }
}

static void literals_have_values(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str value;

        assert_true(token_unquote(&arena, STR("\"a\\n\\x41\\101\\u00e9\\U0001F600\\\"\""), &value));
        assert_true(str_eq(value, STR("a\nAA\xC3\xA9\xF0\x9F\x98\x80\"")));
        assert_true(token_unquote(&arena, STR("`a\r\nb\\n`"), &value));
        assert_true(str_eq(value, STR("a\nb\\n")));
        assert_true(token_unquote(&arena, STR("\"\""), &value));
        assert_int_equal(value.len, 0);
        assert_false(token_unquote(&arena, STR("\"a"), &value));
        assert_false(token_unquote(&arena, STR("\"a\"b"), &value));
        assert_false(token_unquote(&arena, STR("'a'"), &value));
        assert_false(token_unquote(&arena, STR("a"), &value));
}

static void runes_follow_go(void **state UNUSED) {
        struct str rest = STR(" a\xC2\xA0\xE3\x80\x80  b "), field;
        size_t size;

        assert_int_equal(rune_decode(STR("\xED\xA0\x80"), &size), RUNE_ERROR);
        assert_int_equal(size, 1);
        assert_int_equal(rune_decode(STR("\xC0\x80"), &size), RUNE_ERROR);
        assert_int_equal(rune_decode(STR("\xF4\x8F\xBF\xBF"), &size), 0x10FFFF);
        assert_int_equal(size, 4);
        assert_true(rune_is_letter(0x4E2D) && rune_is_digit(0x0663) && !rune_is_letter(0x0663));
        assert_true(rune_is_space(0x3000) && !rune_is_graphic(0x200B) && rune_is_graphic(0x3000));
        assert_true(rune_next_field(&rest, &field) && str_eq(field, STR("a")));
        assert_true(rune_next_field(&rest, &field) && str_eq(field, STR("b")));
        assert_false(rune_next_field(&rest, &field));
        assert_true(str_eq(rune_trim_space(STR("\xC2\xA0x y\xE3\x80\x80\n")), STR("x y")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(line_ends_become_semicolons),
                cmocka_unit_test(a_comment_with_a_line_end_becomes_a_semicolon),
                cmocka_unit_test(the_longest_operator_wins),
                cmocka_unit_test(numbers_take_every_form),
                cmocka_unit_test(strings_span_what_they_may),
                cmocka_unit_test(errors_have_their_place),
                cmocka_unit_test(a_nul_is_an_error_wherever_it_stands),
                cmocka_unit_test(literals_have_values),
                cmocka_unit_test(runes_follow_go),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
