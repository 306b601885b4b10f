/* data/nearest.h: the word that somebody probably meant. */
#pragma once

#include "base/str.h"

#define NEAREST_WORD_MAX 64 /* bytes; longer words are near to nothing */

/* How many letters must be put in, taken out or replaced to make b of a (Levenshtein); letters of
 * either case are the same. SIZE_MAX where one is longer than NEAREST_WORD_MAX. */
size_t nearest_distance(struct str a, struct str b);

/* Keeps the better of *best (empty: none yet) and candidate as what `word` may have meant: at most
 * a third of its letters, and at least one, may be wrong. The first of equals stays. */
void nearest_offer(struct str word, struct str candidate, struct str *best);
