#include "golang/lexer.h"

#include "base/buf.h"
#include "golang/rune.h"

#include <assert.h>
#include <string.h>

static const struct str kind_texts[] = {
#define X(name, text) [name] = STR_INIT(text),
        TOKEN_KINDS(X)
#undef X
};

struct str token_kind_text(enum token_kind kind) {
        assert(kind < TOKEN_KIND_COUNT);
        return kind_texts[kind];
}

/* ---- bytes ---- */

/* The byte at a distance from the next one; 0 past the end, which no token begins with. */
static unsigned char peek(const struct lexer *lexer, size_t distance) {
        size_t at = lexer->at + distance;

        return at < lexer->source.len ? (unsigned char)lexer->source.ptr[at] : 0;
}

static bool at_end(const struct lexer *lexer) {
        return lexer->at >= lexer->source.len;
}

static struct source_pos pos_of(const struct lexer *lexer, size_t offset) {
        return (struct source_pos){ lexer->line, (uint32_t)(offset - lexer->line_start + 1) };
}

/* The place of an offset on any line. Slow; only errors need it. */
static struct source_pos pos_anywhere(const struct lexer *lexer, size_t offset) {
        const char *source = lexer->source.ptr;
        struct source_pos pos = { lexer->line, 1 };
        size_t start = lexer->line_start;

        for (const char *lf; offset < start; pos.line--) {
                lf = start < 2 ? NULL : memrchr(source, '\n', start - 1);
                start = lf ? (size_t)(lf - source) + 1 : 0;
        }
        for (const char *lf; (lf = memchr(source + start, '\n', offset - start)); pos.line++) {
                if ((size_t)(lf - source) + 1 >= lexer->source.len)
                        break; /* see start_line */
                start = (size_t)(lf - source) + 1;
        }
        pos.column = (uint32_t)(offset - start + 1);
        return pos;
}

static void error_at(struct lexer *lexer, size_t offset, const char *what, struct str detail) {
        if (lexer->error_count++ > 0 && offset >= lexer->first_error_at)
                return;
        lexer->first_error_at = offset;
        lexer->first_error = (struct lexer_error){ pos_anywhere(lexer, offset), what, detail };
}

static struct str text_from(const struct lexer *lexer, size_t from) {
        return str_slice(lexer->source, from, lexer->at);
}

/* The end of the file stays on the line that its last line end closes: go/scanner's places. */
static void start_line(struct lexer *lexer, size_t after_lf) {
        if (after_lf >= lexer->source.len)
                return;
        lexer->line++;
        lexer->line_start = after_lf;
}

static bool is_plain_word(const char *bytes) {
        uint64_t word;

        memcpy(&word, bytes, sizeof word);
        /* No byte has its high bit set, and none is zero. */
        return !((word | (word - 0x0101010101010101u)) & 0x8080808080808080u);
}

/* The first offset in from .. to with a NUL or a byte over 0x7F; to where there is none. */
static size_t find_odd_byte(struct str source, size_t from, size_t to) {
        while (to - from >= 8 && is_plain_word(source.ptr + from))
                from += 8;
        while (from < to && source.ptr[from] > 0)
                from++;
        return from;
}

/* Reports the rune at `at` if no Go source may have it anywhere; returns its size. */
static size_t check_odd_rune(struct lexer *lexer, size_t at, size_t to) {
        size_t size = 1;
        uint32_t rune;

        if (lexer->source.ptr[at] == 0) {
                error_at(lexer, at, "illegal character NUL", STR_NONE);
                return 1;
        }
        rune = rune_decode(str_slice(lexer->source, at, to), &size);
        if (rune == RUNE_ERROR && size == 1)
                error_at(lexer, at, "illegal UTF-8 encoding", STR_NONE);
        else if (rune == RUNE_BOM)
                error_at(lexer, at, "illegal byte order mark", STR_NONE);
        return size;
}

/* Moves over bytes that may hold line ends and whatever a comment or string may hold. */
static void skip_text(struct lexer *lexer, size_t to) {
        const char *source = lexer->source.ptr;
        size_t from = lexer->at;

        for (size_t at = from; (at = find_odd_byte(lexer->source, at, to)) < to;)
                at += check_odd_rune(lexer, at, to);
        for (const char *lf; from < to && (lf = memchr(source + from, '\n', to - from));) {
                from = (size_t)(lf - source) + 1;
                start_line(lexer, from);
        }
        lexer->at = to;
}

/* ---- identifiers and keywords ---- */

static bool is_ident_byte(unsigned char c) {
        return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_';
}

static bool ident_rune_size(struct lexer *lexer, size_t *ret_size) {
        struct str rest = str_slice(lexer->source, lexer->at, lexer->source.len);
        uint32_t rune = rune_decode(rest, ret_size);

        return rune_is_letter(rune) || rune_is_digit(rune);
}

static void skip_ident(struct lexer *lexer) {
        size_t size;

        for (;;) {
                while (is_ident_byte(peek(lexer, 0)))
                        lexer->at++;
                if (peek(lexer, 0) < 0x80 || !ident_rune_size(lexer, &size))
                        return;
                lexer->at += size;
        }
}

/* Two letters and the length tell all keywords apart. */
#define KEYWORD_SLOT(first, second, len) ((((size_t)(first) << 4 ^ (size_t)(second)) + (len)) & 63)

static const unsigned char keywords[64] = {
        [KEYWORD_SLOT('b', 'r', 5)] = TOKEN_BREAK,
        [KEYWORD_SLOT('c', 'a', 4)] = TOKEN_CASE,
        [KEYWORD_SLOT('c', 'h', 4)] = TOKEN_CHAN,
        [KEYWORD_SLOT('c', 'o', 5)] = TOKEN_CONST,
        [KEYWORD_SLOT('c', 'o', 8)] = TOKEN_CONTINUE,
        [KEYWORD_SLOT('d', 'e', 7)] = TOKEN_DEFAULT,
        [KEYWORD_SLOT('d', 'e', 5)] = TOKEN_DEFER,
        [KEYWORD_SLOT('e', 'l', 4)] = TOKEN_ELSE,
        [KEYWORD_SLOT('f', 'a', 11)] = TOKEN_FALLTHROUGH,
        [KEYWORD_SLOT('f', 'o', 3)] = TOKEN_FOR,
        [KEYWORD_SLOT('f', 'u', 4)] = TOKEN_FUNC,
        [KEYWORD_SLOT('g', 'o', 2)] = TOKEN_GO,
        [KEYWORD_SLOT('g', 'o', 4)] = TOKEN_GOTO,
        [KEYWORD_SLOT('i', 'f', 2)] = TOKEN_IF,
        [KEYWORD_SLOT('i', 'm', 6)] = TOKEN_IMPORT,
        [KEYWORD_SLOT('i', 'n', 9)] = TOKEN_INTERFACE,
        [KEYWORD_SLOT('m', 'a', 3)] = TOKEN_MAP,
        [KEYWORD_SLOT('p', 'a', 7)] = TOKEN_PACKAGE,
        [KEYWORD_SLOT('r', 'a', 5)] = TOKEN_RANGE,
        [KEYWORD_SLOT('r', 'e', 6)] = TOKEN_RETURN,
        [KEYWORD_SLOT('s', 'e', 6)] = TOKEN_SELECT,
        [KEYWORD_SLOT('s', 't', 6)] = TOKEN_STRUCT,
        [KEYWORD_SLOT('s', 'w', 6)] = TOKEN_SWITCH,
        [KEYWORD_SLOT('t', 'y', 4)] = TOKEN_TYPE,
        [KEYWORD_SLOT('v', 'a', 3)] = TOKEN_VAR,
};

static enum token_kind keyword_or_ident(struct str word) {
        enum token_kind kind;

        if (word.len < 2 || (*word.ptr | word.ptr[1]) < 0)
                return TOKEN_IDENT;
        kind = (enum token_kind)keywords[KEYWORD_SLOT(*word.ptr, word.ptr[1], word.len)];
        return kind != TOKEN_EOF && str_eq(word, kind_texts[kind]) ? kind : TOKEN_IDENT;
}

static enum token_kind scan_word(struct lexer *lexer) {
        size_t from = lexer->at;
        enum token_kind kind;

        skip_ident(lexer);
        kind = keyword_or_ident(text_from(lexer, from));
        lexer->want_semicolon = kind == TOKEN_IDENT || kind == TOKEN_BREAK ||
                                kind == TOKEN_CONTINUE || kind == TOKEN_FALLTHROUGH ||
                                kind == TOKEN_RETURN;
        return kind;
}

/* ---- numbers ---- */

static bool is_decimal(unsigned char c) {
        return c >= '0' && c <= '9';
}

static bool is_hex(unsigned char c) {
        return is_decimal(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* The forms of a number by the letter after its leading 0. */
struct number_form {
        char prefix; /* 0: no leading 0 */
        unsigned base;
        const char *name, *no_digits, *bad_point, *bad_digit;
};

static const struct number_form number_forms[] = {
        { 0, 10, "decimal literal", "decimal literal has no digits", NULL, NULL },
        { 'x', 16, "hexadecimal literal", "hexadecimal literal has no digits", NULL, NULL },
        { 'o', 8, "octal literal", "octal literal has no digits",
          "invalid radix point in octal literal", "invalid digit in octal literal" },
        { 'b', 2, "binary literal", "binary literal has no digits",
          "invalid radix point in binary literal", "invalid digit in binary literal" },
        { '0', 8, "octal literal", "octal literal has no digits", NULL,
          "invalid digit in octal literal" },
};

struct number {
        const struct number_form *form;
        bool has_digit, has_separator;
        size_t bad_digit; /* offset; SIZE_MAX: none */
};

static const struct number_form *scan_prefix(struct lexer *lexer) {
        char letter = (char)(peek(lexer, 1) | 0x20);

        if (peek(lexer, 0) != '0')
                return &number_forms[0];
        for (size_t i = 1; i < 4; i++)
                if (number_forms[i].prefix == letter) {
                        lexer->at += 2;
                        return &number_forms[i];
                }
        lexer->at++;
        return &number_forms[4];
}

/* Digits and separators. In bases up to ten any decimal digit is taken and judged later, since
 * 08.5 is a number. Returns whether there was a digit. */
static bool scan_digits(struct lexer *lexer, struct number *number, unsigned base) {
        bool digit = false;

        for (;; lexer->at++) {
                unsigned char c = peek(lexer, 0);

                if (c == '_') {
                        number->has_separator = true;
                        continue;
                }
                if (base > 10 ? !is_hex(c) : !is_decimal(c))
                        return digit;
                if (base <= 10 && c - '0' >= (int)base && number->bad_digit == SIZE_MAX)
                        number->bad_digit = lexer->at;
                digit = true;
        }
}

static void scan_fraction(struct lexer *lexer, struct number *number) {
        if (number->form->bad_point)
                error_at(lexer, lexer->at, number->form->bad_point, STR_NONE);
        lexer->at++;
        number->has_digit |= scan_digits(lexer, number, number->form->base);
}

static void scan_exponent(struct lexer *lexer, struct number *number) {
        char letter = (char)(peek(lexer, 0) | 0x20);

        if (letter == 'e' && number->form->prefix && number->form->prefix != '0')
                error_at(lexer, lexer->at, "'e' exponent requires decimal mantissa", STR_NONE);
        if (letter == 'p' && number->form->prefix != 'x')
                error_at(lexer, lexer->at, "'p' exponent requires hexadecimal mantissa", STR_NONE);
        lexer->at++;
        if (peek(lexer, 0) == '+' || peek(lexer, 0) == '-')
                lexer->at++;
        if (!scan_digits(lexer, number, 10))
                error_at(lexer, lexer->at, "exponent has no digits", STR_NONE);
}

/* Index of the first `_` that does not stand between digits (a base prefix counts as one);
 * SIZE_MAX where there is none. */
static size_t bad_separator(struct str text, bool hex) {
        size_t i = text.len >= 2 && text.ptr[0] == '0' && strchr("xXoObB", text.ptr[1]) ? 2 : 0;
        char before = i ? '0' : '.';

        for (; i < text.len; i++) {
                unsigned char c = (unsigned char)text.ptr[i];
                bool digit = is_decimal(c) || (hex && is_hex(c));

                if (c == '_' && before != '0')
                        return i;
                if (c != '_' && !digit && before == '_')
                        return i - 1;
                before = c == '_' ? '_' : digit ? '0' : '.';
        }
        return before == '_' ? text.len - 1 : SIZE_MAX;
}

static void check_number(struct lexer *lexer, size_t from, const struct number *number,
                         enum token_kind kind) {
        size_t bad;

        if (kind == TOKEN_INT && number->bad_digit != SIZE_MAX)
                error_at(lexer, number->bad_digit, number->form->bad_digit, STR_NONE);
        if (!number->has_separator)
                return;
        bad = bad_separator(text_from(lexer, from), number->form->prefix == 'x');
        if (bad != SIZE_MAX)
                error_at(lexer, from + bad, "'_' must separate successive digits", STR_NONE);
}

static bool is_exponent(const struct lexer *lexer) {
        unsigned char letter = peek(lexer, 0) | 0x20;

        return letter == 'e' || letter == 'p';
}

static enum token_kind scan_mantissa(struct lexer *lexer, struct number *number) {
        enum token_kind kind = TOKEN_INT;

        number->form = scan_prefix(lexer);
        number->has_digit = number->form->prefix == '0';
        number->has_digit |= scan_digits(lexer, number, number->form->base);
        if (peek(lexer, 0) == '.') {
                kind = TOKEN_FLOAT;
                scan_fraction(lexer, number);
        }
        if (!number->has_digit)
                error_at(lexer, lexer->at, number->form->no_digits, STR_NONE);
        return kind;
}

static enum token_kind scan_number(struct lexer *lexer) {
        size_t from = lexer->at;
        struct number number = { .bad_digit = SIZE_MAX };
        enum token_kind kind = scan_mantissa(lexer, &number);

        if (is_exponent(lexer)) {
                scan_exponent(lexer, &number);
                kind = TOKEN_FLOAT;
        } else if (number.form->prefix == 'x' && kind == TOKEN_FLOAT) {
                error_at(lexer, lexer->at, "hexadecimal mantissa requires a 'p' exponent",
                         STR_NONE);
        }
        if (peek(lexer, 0) == 'i') {
                kind = TOKEN_IMAG;
                lexer->at++;
        }
        check_number(lexer, from, &number, kind);
        lexer->want_semicolon = true;
        return kind;
}

/* ---- runes and strings ---- */

/* What follows the backslash: how many digits of which base, and the largest value. */
struct escape_form {
        char letter;
        unsigned char skip, digits, base;
        uint32_t max;
};

static const struct escape_form escape_forms[] = {
        { '0', 0, 3, 8, 255 },       { '1', 0, 3, 8, 255 },       { '2', 0, 3, 8, 255 },
        { '3', 0, 3, 8, 255 },       { '4', 0, 3, 8, 255 },       { '5', 0, 3, 8, 255 },
        { '6', 0, 3, 8, 255 },       { '7', 0, 3, 8, 255 },       { 'x', 1, 2, 16, 255 },
        { 'u', 1, 4, 16, 0x10FFFF }, { 'U', 1, 8, 16, 0x10FFFF },
};

static const struct escape_form *escape_form_of(char letter) {
        for (size_t i = 0; i < COUNT_OF(escape_forms); i++)
                if (escape_forms[i].letter == letter)
                        return &escape_forms[i];
        return NULL;
}

static unsigned digit_value(unsigned char c) {
        if (is_decimal(c))
                return c - '0';
        return is_hex(c) ? (unsigned)(c | 0x20) - 'a' + 10 : 16;
}

static bool scan_escape_digits(struct lexer *lexer, const struct escape_form *form, size_t from) {
        uint64_t value = 0;

        lexer->at += form->skip;
        for (unsigned i = 0; i < form->digits; i++, lexer->at++) {
                unsigned digit = digit_value(peek(lexer, 0));

                if (digit >= form->base) {
                        error_at(lexer, lexer->at,
                                 at_end(lexer) ? "escape sequence not terminated"
                                               : "illegal character in escape sequence",
                                 STR_NONE);
                        return false;
                }
                value = value * form->base + digit;
        }
        if (value <= form->max && (value < 0xD800 || value >= 0xE000))
                return true;
        error_at(lexer, from, "escape sequence is invalid Unicode code point", STR_NONE);
        return false;
}

/* After the backslash. Stops at the byte that is wrong. */
static bool scan_escape(struct lexer *lexer, char quote) {
        size_t from = lexer->at;
        char c = (char)peek(lexer, 0);
        const struct escape_form *form = escape_form_of(c);

        if (!at_end(lexer) && c && (c == quote || strchr("abfnrtv\\", c))) {
                lexer->at++;
                return true;
        }
        if (form)
                return scan_escape_digits(lexer, form, from);
        error_at(lexer, from,
                 at_end(lexer) ? "escape sequence not terminated" : "unknown escape sequence",
                 STR_NONE);
        return false;
}

/* Moves over one rune, reporting it where it may stand nowhere. */
static void skip_rune(struct lexer *lexer) {
        unsigned char c = peek(lexer, 0);

        lexer->at += c > 0 && c < 0x80 ? 1 : check_odd_rune(lexer, lexer->at, lexer->source.len);
}

static enum token_kind scan_char(struct lexer *lexer) {
        size_t from = lexer->at++, runes = 0;
        bool valid = true;

        lexer->want_semicolon = true;
        for (;; runes++) {
                unsigned char c = peek(lexer, 0);

                if (at_end(lexer) || c == '\n') {
                        if (valid)
                                error_at(lexer, from, "rune literal not terminated", STR_NONE);
                        return TOKEN_CHAR;
                }
                skip_rune(lexer);
                if (c == '\'')
                        break;
                if (c == '\\')
                        valid &= scan_escape(lexer, '\'');
        }
        if (valid && runes != 1)
                error_at(lexer, from, "illegal rune literal", STR_NONE);
        return TOKEN_CHAR;
}

static bool is_string_stop(unsigned char c) {
        return c == '"' || c == '\\' || c == '\n' || c == 0 || c >= 0x80;
}

static enum token_kind scan_string(struct lexer *lexer) {
        size_t from = lexer->at++;

        lexer->want_semicolon = true;
        for (;;) {
                unsigned char c;

                while (!is_string_stop(peek(lexer, 0)))
                        lexer->at++;
                c = peek(lexer, 0);
                if (at_end(lexer) || c == '\n') {
                        error_at(lexer, from, "string literal not terminated", STR_NONE);
                        return TOKEN_STRING;
                }
                skip_rune(lexer);
                if (c == '"')
                        return TOKEN_STRING;
                if (c == '\\')
                        scan_escape(lexer, '"');
        }
}

static enum token_kind scan_raw_string(struct lexer *lexer) {
        const char *source = lexer->source.ptr;
        size_t from = lexer->at, size = lexer->source.len;
        const char *end = memchr(source + from + 1, '`', size - from - 1);

        lexer->want_semicolon = true;
        skip_text(lexer, end ? (size_t)(end - source) + 1 : size);
        if (!end)
                error_at(lexer, from, "raw string literal not terminated", STR_NONE);
        return TOKEN_STRING;
}

/* ---- comments ---- */

static size_t line_comment_end(const struct lexer *lexer) {
        const char *from = lexer->source.ptr + lexer->at;
        const char *lf = memchr(from, '\n', lexer->source.len - lexer->at);

        return lf ? (size_t)(lf - lexer->source.ptr) : lexer->source.len;
}

/* The end after the closing mark; SIZE_MAX where it is missing. */
static size_t block_comment_end(const struct lexer *lexer) {
        struct str rest = str_slice(lexer->source, lexer->at + 2, lexer->source.len);
        const char *end = rest.len ? memmem(rest.ptr, rest.len, "*/", 2) : NULL;

        return end ? (size_t)(end - lexer->source.ptr) + 2 : SIZE_MAX;
}

static void scan_block_comment(struct lexer *lexer) {
        size_t from = lexer->at, end = block_comment_end(lexer);
        const char *lf;

        skip_text(lexer, end == SIZE_MAX ? lexer->source.len : end);
        if (end == SIZE_MAX)
                error_at(lexer, from, "comment not terminated", STR_NONE);
        lf = memchr(lexer->source.ptr + from, '\n', lexer->at - from);
        if (lexer->want_semicolon && lf) {
                lexer->pending = (size_t)(lf - lexer->source.ptr);
                lexer->want_semicolon = false;
        }
}

static enum token_kind scan_comment(struct lexer *lexer) {
        if (peek(lexer, 1) == '/')
                skip_text(lexer, line_comment_end(lexer));
        else
                scan_block_comment(lexer);
        return TOKEN_COMMENT;
}

/* ---- operators ---- */

/* The operators that begin with a byte, longest first, so that the first that fits is the one. */
static const enum token_kind operators_longest_first[] = {
        TOKEN_AND_NOT_ASSIGN,
        TOKEN_SHL_ASSIGN,
        TOKEN_SHR_ASSIGN,
        TOKEN_ELLIPSIS,
        TOKEN_AND_NOT,
        TOKEN_SHL,
        TOKEN_SHR,
        TOKEN_ADD_ASSIGN,
        TOKEN_SUB_ASSIGN,
        TOKEN_MUL_ASSIGN,
        TOKEN_QUO_ASSIGN,
        TOKEN_REM_ASSIGN,
        TOKEN_AND_ASSIGN,
        TOKEN_OR_ASSIGN,
        TOKEN_XOR_ASSIGN,
        TOKEN_LAND,
        TOKEN_LOR,
        TOKEN_ARROW,
        TOKEN_INC,
        TOKEN_DEC,
        TOKEN_EQL,
        TOKEN_NEQ,
        TOKEN_LEQ,
        TOKEN_GEQ,
        TOKEN_DEFINE,
};

static const enum token_kind single_operators[128] = {
        ['+'] = TOKEN_ADD,    ['-'] = TOKEN_SUB,    ['*'] = TOKEN_MUL,       ['/'] = TOKEN_QUO,
        ['%'] = TOKEN_REM,    ['&'] = TOKEN_AND,    ['|'] = TOKEN_OR,        ['^'] = TOKEN_XOR,
        ['<'] = TOKEN_LSS,    ['>'] = TOKEN_GTR,    ['='] = TOKEN_ASSIGN,    ['!'] = TOKEN_NOT,
        ['~'] = TOKEN_TILDE,  ['('] = TOKEN_LPAREN, ['['] = TOKEN_LBRACK,    ['{'] = TOKEN_LBRACE,
        [','] = TOKEN_COMMA,  ['.'] = TOKEN_PERIOD, [')'] = TOKEN_RPAREN,    [']'] = TOKEN_RBRACK,
        ['}'] = TOKEN_RBRACE, [':'] = TOKEN_COLON,  [';'] = TOKEN_SEMICOLON,
};

static bool byte_continues_operator(unsigned char c) {
        return c && strchr("=+-<>&|^.", c);
}

static enum token_kind operator_at(const struct lexer *lexer) {
        struct str rest = str_slice(lexer->source, lexer->at, lexer->source.len);
        enum token_kind single = rest.ptr[0] > 0 ? single_operators[(size_t)rest.ptr[0]] : 0;

        if (!single || !byte_continues_operator(peek(lexer, 1)))
                return single;
        for (size_t i = 0; i < COUNT_OF(operators_longest_first); i++)
                if (str_has_prefix(rest, kind_texts[operators_longest_first[i]]))
                        return operators_longest_first[i];
        return single;
}

static bool ends_statement(enum token_kind kind) {
        return kind == TOKEN_INC || kind == TOKEN_DEC || kind == TOKEN_RPAREN ||
               kind == TOKEN_RBRACK || kind == TOKEN_RBRACE;
}

static enum token_kind scan_illegal(struct lexer *lexer) {
        size_t from = lexer->at;
        uint32_t errors = lexer->error_count;

        skip_rune(lexer);
        if (lexer->error_count == errors)
                error_at(lexer, from, "illegal character", text_from(lexer, from));
        return TOKEN_ILLEGAL;
}

static enum token_kind scan_operator(struct lexer *lexer) {
        enum token_kind kind = operator_at(lexer);

        if (kind == TOKEN_EOF)
                return scan_illegal(lexer);
        lexer->at += kind_texts[kind].len;
        lexer->want_semicolon = ends_statement(kind);
        return kind;
}

/* ---- tokens ---- */

static bool is_word_start(struct lexer *lexer, unsigned char c) {
        struct str rest = str_slice(lexer->source, lexer->at, lexer->source.len);
        size_t size;

        if (c < 0x80)
                return is_ident_byte(c) && !is_decimal(c);
        return rune_is_letter(rune_decode(rest, &size));
}

static enum token_kind scan_token(struct lexer *lexer) {
        unsigned char c = peek(lexer, 0);

        if (is_decimal(c) || (c == '.' && is_decimal(peek(lexer, 1))))
                return scan_number(lexer);
        if (is_word_start(lexer, c))
                return scan_word(lexer);
        if (c == '"')
                return scan_string(lexer);
        if (c == '`')
                return scan_raw_string(lexer);
        if (c == '\'')
                return scan_char(lexer);
        if (c == '/' && (peek(lexer, 1) == '/' || peek(lexer, 1) == '*'))
                return scan_comment(lexer);
        return scan_operator(lexer);
}

static void skip_blanks(struct lexer *lexer) {
        for (;; lexer->at++) {
                unsigned char c = peek(lexer, 0);

                if (c == '\n' && !lexer->want_semicolon)
                        start_line(lexer, lexer->at + 1);
                else if (c != ' ' && c != '\t' && c != '\r')
                        return;
        }
}

static struct token make_token(const struct lexer *lexer, enum token_kind kind, size_t from,
                               struct source_pos pos) {
        struct token token = { .kind = kind, .offset = (uint32_t)from, .pos = pos };

        token.text = text_from(lexer, from);
        if (kind == TOKEN_COMMENT && token.text.ptr[1] == '/')
                token.text = str_drop_suffix(token.text, STR("\r"));
        return token;
}

static struct token implied_semicolon(struct lexer *lexer, size_t at) {
        lexer->want_semicolon = false;
        return (struct token){ .kind = TOKEN_SEMICOLON,
                               .implied = true,
                               .offset = (uint32_t)at,
                               .pos = pos_anywhere(lexer, at) };
}

/* The semicolon that stands for a line end inside the comment that was scanned last. */
static struct token pending_semicolon(struct lexer *lexer) {
        size_t at = lexer->pending;

        lexer->pending = 0;
        return implied_semicolon(lexer, at);
}

static struct token next_with_comments(struct lexer *lexer) {
        struct source_pos pos;
        size_t from;

        if (lexer->pending)
                return pending_semicolon(lexer);
        skip_blanks(lexer);
        from = lexer->at;
        pos = pos_of(lexer, from);
        if (at_end(lexer) && !lexer->want_semicolon)
                return (struct token){ .kind = TOKEN_EOF, .offset = (uint32_t)from, .pos = pos };
        if (at_end(lexer) || peek(lexer, 0) == '\n')
                return implied_semicolon(lexer, from);
        return make_token(lexer, scan_token(lexer), from, pos);
}

struct token lexer_next(struct lexer *lexer) {
        struct token token;

        do
                token = next_with_comments(lexer);
        while (token.kind == TOKEN_COMMENT && !lexer->want_comments);
        return token;
}

/* ---- skipping ---- */

/* A walk over bytes, with the line that it is in. */
struct skip {
        const char *at, *end;
        const char *line_start;
        uint32_t line;
};

static bool skip_to(struct skip *skip, struct str mark) {
        const char *found = memmem(skip->at, (size_t)(skip->end - skip->at), mark.ptr, mark.len);

        if (!found)
                return false;
        for (const char *lf = skip->at; (lf = memchr(lf, '\n', (size_t)(found - lf)));) {
                skip->line++;
                skip->line_start = ++lf;
        }
        skip->at = found + mark.len;
        return true;
}

/* A string or rune literal on one line, behind its opening quote. */
static bool skip_quoted(struct skip *skip, char quote) {
        for (; skip->at < skip->end && *skip->at != '\n'; skip->at++) {
                if (*skip->at == quote) {
                        skip->at++;
                        return true;
                }
                if (*skip->at == '\\' && ++skip->at == skip->end)
                        return false;
        }
        return false;
}

static bool skip_slash(struct skip *skip) {
        const char *lf;

        if (skip->at == skip->end || (*skip->at != '/' && *skip->at != '*'))
                return true;
        if (*skip->at++ == '*')
                return skip_to(skip, STR("*/"));
        lf = memchr(skip->at, '\n', (size_t)(skip->end - skip->at));
        skip->at = lf ? lf : skip->end;
        return lf != NULL;
}

/* Moves behind the brace that closes what is open. */
static bool skip_braces(struct skip *skip) {
        size_t depth = 1;

        while (skip->at < skip->end) {
                char c = *skip->at++;
                bool ok = true;

                if (c == '\n') {
                        skip->line++;
                        skip->line_start = skip->at;
                } else if (c == '{') {
                        depth++;
                } else if (c == '}' && --depth == 0) {
                        return true;
                } else if (c == '"' || c == '\'') {
                        ok = skip_quoted(skip, c);
                } else if (c == '`') {
                        ok = skip_to(skip, STR("`"));
                } else if (c == '/') {
                        ok = skip_slash(skip);
                }
                if (!ok)
                        return false;
        }
        return false;
}

bool lexer_skip_block(struct lexer *lexer, struct source_pos *ret_end) {
        const char *source = lexer->source.ptr;
        struct skip skip = { .at = source + lexer->at,
                             .end = source + lexer->source.len,
                             .line_start = source + lexer->line_start,
                             .line = lexer->line };

        if (lexer->pending || !skip_braces(&skip))
                return false;
        lexer->at = (size_t)(skip.at - source);
        lexer->line = skip.line;
        lexer->line_start = (size_t)(skip.line_start - source);
        lexer->want_semicolon = true;
        *ret_end = (struct source_pos){ skip.line, (uint32_t)(skip.at - skip.line_start) + 1 };
        return true;
}

struct lexer lexer_make(struct str source, bool want_comments) {
        assert(source.len <= LEXER_SOURCE_MAX);
        source = str_drop_prefix(source, STR("\xEF\xBB\xBF"));
        return (struct lexer){ .source = source, .line = 1, .want_comments = want_comments };
}

/* ---- string values ---- */

static struct str without_cr(struct arena *arena, struct str s) {
        struct buf buf = buf_make(arena);
        struct str part;

        if (str_find(s, '\r') == SIZE_MAX)
                return s;
        while (str_cut(s, '\r', &part, &s))
                buf_add(&buf, part);
        buf_add(&buf, s);
        return buf_str(&buf);
}

static char simple_escape(char letter) {
        static const char letters[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
        const char *found = letter ? strchr(letters, letter) : NULL;

        return found ? values[found - letters] : 0;
}

/* Adds the value of the escape sequence after the backslash, which the lexer found valid. */
static struct str add_escape(struct buf *buf, struct str s) {
        const struct escape_form *form = escape_form_of(s.ptr[0]);
        uint32_t value = 0;
        size_t size;
        char utf8[4];

        if (!form) {
                buf_add_char(buf, simple_escape(s.ptr[0]));
                return str_slice(s, 1, s.len);
        }
        size = form->skip + (size_t)form->digits;
        for (size_t i = form->skip; i < size; i++)
                value = value * form->base + digit_value((unsigned char)s.ptr[i]);
        if (form->max == 255)
                buf_add_char(buf, (char)value);
        else
                buf_add(buf, (struct str){ utf8, rune_encode(value, utf8) });
        return str_slice(s, size, s.len);
}

static struct str unescape(struct arena *arena, struct str s) {
        struct buf buf = buf_make(arena);
        struct str part;

        if (str_find(s, '\\') == SIZE_MAX)
                return s;
        while (str_cut(s, '\\', &part, &s)) {
                buf_add(&buf, part);
                s = add_escape(&buf, s);
        }
        buf_add(&buf, s);
        return buf_str(&buf);
}

bool token_unquote(struct arena *arena, struct str text, struct str *ret_value) {
        struct lexer lexer = { .source = text, .line = 1 };
        struct token token;
        struct str inner;

        if (text.len < 2)
                return false;
        token = lexer_next(&lexer);
        if (token.kind != TOKEN_STRING || lexer.error_count || token.text.len != text.len)
                return false;
        inner = str_slice(text, 1, text.len - 1);
        *ret_value = text.ptr[0] == '`' ? without_cr(arena, inner) : unescape(arena, inner);
        return true;
}
