/* data/utf8.h: UTF-8 as the Unicode Standard defines it (chapter 3, table 3-7).
 *
 * Text that comes from input may hold any bytes. Where it is shown or written into a format that
 * wants UTF-8, each maximal invalid run ("maximal subpart", chapter 3, "U+FFFD Substitution of
 * Maximal Subparts") stands as one U+FFFD. Widths are columns of a terminal. */
#pragma once

#include "base/str.h"

#define UTF8_INVALID UINT32_MAX /* what utf8_next gives for bytes that are no character */
#define UTF8_REPLACEMENT STR("\xEF\xBF\xBD")

/* The first code point of s (which must not be empty) and how many bytes it takes, 1 to 4. For
 * invalid bytes the point is UTF8_INVALID and the size is that of the maximal subpart. */
size_t utf8_next(struct str s, uint32_t *ret_point);

bool utf8_is_valid(struct str s);
/* How many bytes from the start are valid. */
size_t utf8_valid_prefix(struct str s);

/* s with U+FFFD for each invalid run: s itself where it is valid, else a copy in the arena. */
struct str utf8_replace_invalid(struct arena *arena, struct str s);

/* s in one line as a terminal may get it: U+FFFD for invalid runs; '?' for controls (line ends
 * among them), line separators and what turns the direction of text. */
struct str utf8_printable(struct arena *arena, struct str s);

/* Columns that a code point takes: 0 (controls, combining marks, format characters), 1, or 2 (East
 * Asian wide and fullwidth; Unicode Standard Annex 11). UTF8_INVALID takes 1, as U+FFFD does. */
unsigned utf8_point_width(uint32_t point);

/* Columns that s takes in one line. */
size_t utf8_width(struct str s);

/* The longest prefix of s that takes at most columns columns; combining marks stay with the
 * character before them. *ret_columns (where not NULL) is what the prefix takes. */
struct str utf8_cut(struct str s, size_t columns, size_t *ret_columns);
