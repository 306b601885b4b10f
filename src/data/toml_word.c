#include "data/toml_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_DIGITS 4

/* ---- digits ---- */

/* 36 for what is no digit in any base. */
static unsigned digit_of(char c) {
        if (c >= '0' && c <= '9')
                return (unsigned)(c - '0');
        if (c >= 'a' && c <= 'z')
                return (unsigned)(c - 'a') + 10;
        if (c >= 'A' && c <= 'Z')
                return (unsigned)(c - 'A') + 10;
        return 36;
}

static bool is_digit(struct str s, size_t at, unsigned base) {
        return at < s.len && digit_of(s.ptr[at]) < base;
}

static bool has_digits(struct str s, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (!is_digit(s, i, 10))
                        return false;
        return true;
}

/* Digits with single underscores between them. */
static bool check_digits(struct str s, unsigned base, const char **ret_why) {
        for (size_t i = 0; i < s.len; i++) {
                bool is_between = i && is_digit(s, i - 1, base) && is_digit(s, i + 1, base);

                *ret_why = s.ptr[i] == '_' ? "an underscore must stand between two digits"
                                           : "this is no digit of the number";
                if (s.ptr[i] == '_' ? !is_between : !is_digit(s, i, base))
                        return false;
        }
        *ret_why = "the number lacks digits";
        return s.len > 0;
}

static bool check_whole(struct str s, const char **ret_why) {
        if (!check_digits(s, 10, ret_why))
                return false;
        *ret_why = "a number must not begin with 0";
        return s.len == 1 || s.ptr[0] != '0';
}

static struct str drop_sign(struct str s) {
        return s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? str_slice(s, 1, s.len) : s;
}

/* ---- dates and times (RFC 3339) ---- */

static bool take_char(struct str *rest, const char *any_of) {
        if (!rest->len || !strchr(any_of, rest->ptr[0]))
                return false;
        *rest = str_slice(*rest, 1, rest->len);
        return true;
}

static bool take_digits(struct str *rest, size_t count, unsigned from, unsigned to,
                        unsigned *ret_value) {
        unsigned value = 0;

        if (!has_digits(*rest, count))
                return false;
        for (size_t i = 0; i < count; i++)
                value = value * 10 + digit_of(rest->ptr[i]);
        *rest = str_slice(*rest, count, rest->len);
        *ret_value = value;
        return value >= from && value <= to;
}

static unsigned days_of(unsigned year, unsigned month) {
        static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

        return days[month - 1] + (month == 2 && is_leap ? 1U : 0U);
}

static bool take_date(struct str *rest) {
        unsigned year, month, day;

        return take_digits(rest, YEAR_DIGITS, 0, 9999, &year) && take_char(rest, "-") &&
               take_digits(rest, 2, 1, 12, &month) && take_char(rest, "-") &&
               take_digits(rest, 2, 1, days_of(year, month), &day);
}

/* Second 60 is that of a leap second. */
static bool take_time(struct str *rest) {
        unsigned hour, minute, second;

        if (!take_digits(rest, 2, 0, 23, &hour) || !take_char(rest, ":") ||
            !take_digits(rest, 2, 0, 59, &minute) || !take_char(rest, ":") ||
            !take_digits(rest, 2, 0, 60, &second))
                return false;
        if (!take_char(rest, "."))
                return true;
        if (!is_digit(*rest, 0, 10))
                return false;
        while (is_digit(*rest, 0, 10))
                *rest = str_slice(*rest, 1, rest->len);
        return true;
}

static bool take_offset(struct str *rest) {
        unsigned hour, minute;

        if (take_char(rest, "Zz"))
                return true;
        return take_char(rest, "+-") && take_digits(rest, 2, 0, 23, &hour) &&
               take_char(rest, ":") && take_digits(rest, 2, 0, 59, &minute);
}

bool toml_is_date(struct str word) {
        return take_date(&word) && !word.len;
}

static bool read_date(struct str word, struct toml_node *node, const char **ret_why) {
        *ret_why = "there is no such date (a date is YYYY-MM-DD)";
        if (!take_date(&word))
                return false;
        node->kind = TOML_LOCAL_DATE;
        if (!word.len)
                return true;
        *ret_why = "there is no such time (a time is HH:MM:SS)";
        if (!take_char(&word, "Tt ") || !take_time(&word))
                return false;
        node->kind = TOML_LOCAL_DATE_TIME;
        if (!word.len)
                return true;
        *ret_why = "there is no such offset (an offset is Z or +HH:MM)";
        node->kind = TOML_OFFSET_DATE_TIME;
        return take_offset(&word) && !word.len;
}

static bool read_time(struct str word, struct toml_node *node, const char **ret_why) {
        *ret_why = "there is no such time (a time is HH:MM:SS)";
        node->kind = TOML_LOCAL_TIME;
        return take_time(&word) && !word.len;
}

/* ---- numbers ---- */

static bool sum_digits(struct str digits, unsigned base, uint64_t most, uint64_t *ret_value) {
        uint64_t value = 0;

        for (size_t i = 0; i < digits.len; i++) {
                unsigned digit = digit_of(digits.ptr[i]);

                if (digits.ptr[i] == '_')
                        continue;
                if (value > (most - digit) / base)
                        return false;
                value = value * base + digit;
        }
        *ret_value = value;
        return true;
}

static unsigned base_of(struct str word) {
        static const struct {
                struct str prefix;
                unsigned base;
        } rows[] = { { STR_INIT("0x"), 16 }, { STR_INIT("0o"), 8 }, { STR_INIT("0b"), 2 } };

        for (size_t i = 0; i < COUNT_OF(rows); i++)
                if (str_has_prefix(word, rows[i].prefix))
                        return rows[i].base;
        return 10;
}

static bool read_integer(struct str word, struct toml_node *node, const char **ret_why) {
        unsigned base = base_of(word);
        struct str digits = base == 10 ? drop_sign(word) : str_slice(word, 2, word.len);
        bool is_negative = word.ptr[0] == '-';
        uint64_t value;

        if (base == 10 ? !check_whole(digits, ret_why) : !check_digits(digits, base, ret_why))
                return false;
        *ret_why = "the integer does not fit into 64 bits";
        if (!sum_digits(digits, base, (uint64_t)INT64_MAX + is_negative, &value))
                return false;
        node->kind = TOML_INTEGER;
        node->integer = is_negative ? (int64_t)-value : (int64_t)value;
        return true;
}

static bool check_float(struct str word, const char **ret_why) {
        struct str whole = drop_sign(word), fraction, exponent;

        if ((str_cut(whole, 'e', &whole, &exponent) || str_cut(whole, 'E', &whole, &exponent)) &&
            !check_digits(drop_sign(exponent), 10, ret_why))
                return false;
        if (str_cut(whole, '.', &whole, &fraction) && !check_digits(fraction, 10, ret_why))
                return false;
        return check_whole(whole, ret_why);
}

static bool read_float(struct str word, struct toml_node *node, const char **ret_why) {
        char text[TOML_NUMBER_MAX + 1];
        size_t len = 0;

        if (!check_float(word, ret_why))
                return false;
        for (size_t i = 0; i < word.len; i++)
                if (word.ptr[i] != '_')
                        text[len++] = word.ptr[i];
        text[len] = '\0';
        node->kind = TOML_FLOAT;
        node->number = strtod(text, NULL);
        *ret_why = "the number is too large";
        return isfinite(node->number);
}

/* ---- words ---- */

static bool read_name(struct str word, struct toml_node *node) {
        static const struct {
                struct str word;
                struct toml_node node;
        } rows[] = {
                { STR_INIT("true"), { .kind = TOML_BOOLEAN, .boolean = true } },
                { STR_INIT("false"), { .kind = TOML_BOOLEAN } },
                { STR_INIT("inf"), { .kind = TOML_FLOAT, .number = INFINITY } },
                { STR_INIT("+inf"), { .kind = TOML_FLOAT, .number = INFINITY } },
                { STR_INIT("-inf"), { .kind = TOML_FLOAT, .number = -INFINITY } },
                { STR_INIT("nan"), { .kind = TOML_FLOAT, .number = NAN } },
                { STR_INIT("+nan"), { .kind = TOML_FLOAT, .number = NAN } },
                { STR_INIT("-nan"), { .kind = TOML_FLOAT, .number = NAN } },
        };

        for (size_t i = 0; i < COUNT_OF(rows); i++)
                if (str_eq(word, rows[i].word)) {
                        node->kind = rows[i].node.kind;
                        node->boolean = rows[i].node.boolean;
                        node->number = rows[i].node.number;
                        return true;
                }
        return false;
}

static bool is_float(struct str word) {
        return str_find(word, '.') != SIZE_MAX || str_find(word, 'e') != SIZE_MAX ||
               str_find(word, 'E') != SIZE_MAX;
}

bool toml_read_word(struct str word, struct toml_node *node, const char **ret_why) {
        if (read_name(word, node))
                return true;
        if (has_digits(word, YEAR_DIGITS) && word.len > YEAR_DIGITS && word.ptr[4] == '-')
                return read_date(word, node, ret_why);
        if (has_digits(word, 2) && word.len > 2 && word.ptr[2] == ':')
                return read_time(word, node, ret_why);
        *ret_why = "this is no value (strings stand in quotes; true and false are lower case)";
        if (!is_digit(drop_sign(word), 0, 10))
                return false;
        return base_of(word) == 10 && is_float(word) ? read_float(word, node, ret_why)
                                                     : read_integer(word, node, ret_why);
}
