#include "data/utf8.h"

#include "base/buf.h"
#include "data/utf8_tables.h"

#include <assert.h>

/* One row of table 3-7 of the Unicode Standard: what may follow a lead byte. */
struct sequence {
        unsigned char lead_first, lead_last;     /* the lead byte */
        unsigned char second_first, second_last; /* the second byte; the rest are 80..BF */
        unsigned char size;
};

static const struct sequence sequences[] = {
        { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct sequence *sequence_of(unsigned char lead) {
        for (size_t i = 0; i < COUNT_OF(sequences); i++)
                if (lead >= sequences[i].lead_first && lead <= sequences[i].lead_last)
                        return &sequences[i];
        return NULL;
}

static bool byte_fits(const struct sequence *seq, size_t at, unsigned char byte) {
        if (at == 1)
                return byte >= seq->second_first && byte <= seq->second_last;
        return byte >= 0x80 && byte <= 0xbf;
}

size_t utf8_next(struct str s, uint32_t *ret_point) {
        static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
        const unsigned char *bytes = (const unsigned char *)s.ptr;
        const struct sequence *seq;
        size_t size = 1;

        assert(s.len);
        *ret_point = UTF8_INVALID;
        seq = sequence_of(bytes[0]);
        if (!seq)
                return 1;
        while (size < seq->size && size < s.len && byte_fits(seq, size, bytes[size]))
                size++;
        if (size < seq->size)
                return size;
        *ret_point = bytes[0] & lead_bits[size];
        for (size_t i = 1; i < size; i++)
                *ret_point = *ret_point << 6 | (bytes[i] & 0x3f);
        return size;
}

size_t utf8_valid_prefix(struct str s) {
        size_t at = 0;

        while (at < s.len) {
                uint32_t point;
                size_t size = utf8_next(str_slice(s, at, s.len), &point);

                if (point == UTF8_INVALID)
                        break;
                at += size;
        }
        return at;
}

bool utf8_is_valid(struct str s) {
        return utf8_valid_prefix(s) == s.len;
}

struct str utf8_replace_invalid(struct arena *arena, struct str s) {
        size_t valid = utf8_valid_prefix(s);
        struct buf out = buf_make(arena);

        if (valid == s.len)
                return s;
        while (s.len) {
                uint32_t point;

                valid = utf8_valid_prefix(s);
                buf_add(&out, str_slice(s, 0, valid));
                s = str_slice(s, valid, s.len);
                if (!s.len)
                        break;
                buf_add(&out, UTF8_REPLACEMENT);
                s = str_slice(s, utf8_next(s, &point), s.len);
        }
        return buf_str(&out);
}

/* Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of text. */
static bool acts_on_terminal(uint32_t point) {
        return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c ||
               (point >= 0x200e && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
               (point >= 0x2066 && point <= 0x2069);
}

struct str utf8_printable(struct arena *arena, struct str s) {
        struct buf out = buf_make(arena);

        while (s.len) {
                uint32_t point;
                size_t size = utf8_next(s, &point);

                if (point == UTF8_INVALID)
                        buf_add(&out, UTF8_REPLACEMENT);
                else if (acts_on_terminal(point))
                        buf_add_char(&out, '?');
                else
                        buf_add(&out, str_slice(s, 0, size));
                s = str_slice(s, size, s.len);
        }
        return buf_str(&out);
}

static bool in_ranges(const struct point_range *ranges, size_t count, uint32_t point) {
        size_t low = 0, high = count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (point > ranges[middle].last)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && point >= ranges[low].first;
}

unsigned utf8_point_width(uint32_t point) {
        if (point < 0x20 || (point >= 0x7f && point < 0xa0))
                return 0;
        if (point < zero_width[0].first || point == UTF8_INVALID)
                return 1;
        if (in_ranges(zero_width, COUNT_OF(zero_width), point))
                return 0;
        return in_ranges(double_width, COUNT_OF(double_width), point) ? 2 : 1;
}

size_t utf8_width(struct str s) {
        size_t columns;

        utf8_cut(s, SIZE_MAX, &columns);
        return columns;
}

struct str utf8_cut(struct str s, size_t columns, size_t *ret_columns) {
        size_t at = 0, used = 0;

        while (at < s.len) {
                uint32_t point;
                size_t size = utf8_next(str_slice(s, at, s.len), &point);
                unsigned width = utf8_point_width(point);

                if (width > columns - used)
                        break;
                used += width;
                at += size;
        }
        if (ret_columns)
                *ret_columns = used;
        return str_slice(s, 0, at);
}
