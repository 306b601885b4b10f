/* data/unicode.h: characters as Go's packages unicode and unicode/utf8 see them. data/utf8.h has
 * the rules of the Unicode Standard for invalid bytes and the widths. */
#pragma once

#include "base/str.h"

#define UNICODE_ERROR 0xFFFDu

/* The first character of s (which must not be empty) and how many bytes it takes. Bytes that are
 * no UTF-8 give UNICODE_ERROR and 1 byte each. Source: unicode/utf8, DecodeRune. */
size_t unicode_next(struct str s, uint32_t *ret_point);

/* Writes point as UTF-8 and returns its size, 1 to 4; surrogates and points over U+10FFFF are
 * written as UNICODE_ERROR. */
size_t unicode_put(uint32_t point, char ret_bytes[4]);

/* Categories of Unicode 15.0.0. A printable is a letter, mark, number, punctuation, symbol or the
 * ASCII space. */
bool unicode_is_letter(uint32_t point);
bool unicode_is_printable(uint32_t point);
bool unicode_is_lower(uint32_t point);

/* White space as unicode.IsSpace has it. */
bool unicode_is_space(uint32_t point);

/* Takes the next run of bytes without white space off *rest, as strings.Fields splits. False at the
 * end. */
bool unicode_next_field(struct str *rest, struct str *ret_field);
