#include "golang/rune.h"

#include "data/utf8.h"

struct rune_range {
        uint32_t first, last;
};

#define RUNE_CLASS(name) static const struct rune_range name##_ranges[] = {
#define RUNE_RANGE(first, last) { first, last },
#define RUNE_CLASS_END                                                                             \
        }                                                                                          \
        ;
#include "golang/rune.def"
#undef RUNE_CLASS
#undef RUNE_RANGE
#undef RUNE_CLASS_END

static bool in_ranges(const struct rune_range *ranges, size_t count, uint32_t rune) {
        size_t low = 0, high = count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (rune > ranges[middle].last)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && rune >= ranges[low].first;
}

bool rune_is_letter(uint32_t rune) {
        if (rune < 0x80)
                return (rune | 0x20) >= 'a' && (rune | 0x20) <= 'z';
        return in_ranges(letter_ranges, COUNT_OF(letter_ranges), rune);
}

bool rune_is_digit(uint32_t rune) {
        if (rune < 0x80)
                return rune >= '0' && rune <= '9';
        return in_ranges(digit_ranges, COUNT_OF(digit_ranges), rune);
}

bool rune_is_graphic(uint32_t rune) {
        if (rune < 0x80)
                return rune >= 0x20 && rune < 0x7F;
        return in_ranges(graphic_ranges, COUNT_OF(graphic_ranges), rune);
}

bool rune_is_space(uint32_t rune) {
        if (rune < 0x80)
                return rune == ' ' || (rune >= '\t' && rune <= '\r');
        return in_ranges(space_ranges, COUNT_OF(space_ranges), rune);
}

uint32_t rune_decode(struct str s, size_t *ret_size) {
        uint32_t rune;

        *ret_size = s.len > 0;
        if (s.len == 0)
                return RUNE_ERROR;
        if (*s.ptr >= 0)
                return (uint32_t)*s.ptr;
        *ret_size = utf8_next(s, &rune);
        if (rune != UTF8_INVALID)
                return rune;
        /* Go takes one byte at a time, where others take the longest part that could begin one. */
        *ret_size = 1;
        return RUNE_ERROR;
}

size_t rune_encode(uint32_t rune, char out[static 4]) {
        if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
                rune = RUNE_ERROR;
        if (rune < 0x80) {
                out[0] = (char)rune;
                return 1;
        }
        if (rune < 0x800) {
                out[0] = (char)(0xC0 | rune >> 6);
                out[1] = (char)(0x80 | (rune & 0x3F));
                return 2;
        }
        if (rune < 0x10000) {
                out[0] = (char)(0xE0 | rune >> 12);
                out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
                out[2] = (char)(0x80 | (rune & 0x3F));
                return 3;
        }
        out[0] = (char)(0xF0 | rune >> 18);
        out[1] = (char)(0x80 | (rune >> 12 & 0x3F));
        out[2] = (char)(0x80 | (rune >> 6 & 0x3F));
        out[3] = (char)(0x80 | (rune & 0x3F));
        return 4;
}

static struct str skip_space(struct str s) {
        size_t size;

        while (s.len && rune_is_space(rune_decode(s, &size)))
                s = str_slice(s, size, s.len);
        return s;
}

static struct str take_field(struct str s) {
        size_t at = 0, size;

        while (at < s.len && !rune_is_space(rune_decode(str_slice(s, at, s.len), &size)))
                at += size;
        return str_slice(s, 0, at);
}

bool rune_next_field(struct str *rest, struct str *ret_field) {
        struct str s = skip_space(*rest);

        if (s.len == 0)
                return false;
        *ret_field = take_field(s);
        *rest = str_slice(s, ret_field->len, s.len);
        return true;
}

/* The size of the white space that s ends with; a code point of it has at most 3 bytes. */
static size_t last_space_size(struct str s) {
        for (size_t back = 1; back <= MIN_OF(s.len, (size_t)3); back++) {
                size_t size;
                uint32_t rune = rune_decode(str_slice(s, s.len - back, s.len), &size);

                if (size == back && rune_is_space(rune))
                        return size;
        }
        return 0;
}

struct str rune_trim_space(struct str s) {
        size_t size;

        s = skip_space(s);
        while ((size = last_space_size(s)))
                s.len -= size;
        return s;
}
