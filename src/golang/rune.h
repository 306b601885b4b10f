/* golang/rune.h: Unicode code points as Go takes them.
 *
 * Source: Go's unicode and unicode/utf8 packages; the tables are made by test/make_rune_table.go.
 */
#pragma once

#include "base/str.h"

#define RUNE_ERROR 0xFFFDu /* what stands for bytes that are no UTF-8 */
#define RUNE_BOM 0xFEFFu

/* The first code point of s and its size in bytes. Invalid UTF-8 (overlong forms and surrogates
 * too) gives RUNE_ERROR and size 1; the empty str RUNE_ERROR and size 0. */
uint32_t rune_decode(struct str s, size_t *ret_size);

/* Writes the UTF-8 form (RUNE_ERROR's for what is no code point) and returns its size, 1 to 4. */
size_t rune_encode(uint32_t rune, char out[static 4]);

bool rune_is_letter(uint32_t rune);  /* categories L */
bool rune_is_digit(uint32_t rune);   /* category Nd */
bool rune_is_graphic(uint32_t rune); /* categories L, M, N, P, S, Zs */
bool rune_is_space(uint32_t rune);   /* White_Space */

/* s without leading and trailing Unicode white space (Go's strings.TrimSpace). */
struct str rune_trim_space(struct str s);

/* Takes the next run of bytes without white space off *rest; false where only white space is left.
 */
bool rune_next_field(struct str *rest, struct str *ret_field);
