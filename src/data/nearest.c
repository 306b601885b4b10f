#include "data/nearest.h"

#include <string.h>

static unsigned char fold(char c) {
        return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

size_t nearest_distance(struct str a, struct str b) {
        size_t row[NEAREST_WORD_MAX + 1];

        if (a.len > NEAREST_WORD_MAX || b.len > NEAREST_WORD_MAX)
                return SIZE_MAX;
        for (size_t j = 0; j <= b.len; j++)
                row[j] = j;
        for (size_t i = 1; i <= a.len; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= b.len; j++) {
                        size_t replaced = diagonal + (fold(a.ptr[i - 1]) != fold(b.ptr[j - 1]));

                        diagonal = row[j];
                        row[j] = MIN_OF(replaced, 1 + MIN_OF(row[j], row[j - 1]));
                }
        }
        return row[b.len];
}

void nearest_offer(struct str word, struct str candidate, struct str *best) {
        size_t distance = nearest_distance(word, candidate);

        if (distance > MAX_OF(word.len / 3, (size_t)1))
                return;
        if (!best->len || distance < nearest_distance(word, *best))
                *best = candidate;
}
