#include "data/unicode.h"

#include "data/unicode_tables.h"
#include "data/utf8.h"

size_t unicode_next(struct str s, uint32_t *ret_point) {
        size_t size = utf8_next(s, ret_point);

        if (*ret_point != UTF8_INVALID)
                return size;
        *ret_point = UNICODE_ERROR;
        return 1;
}

size_t unicode_put(uint32_t point, char ret_bytes[4]) {
        size_t size;

        if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
                point = UNICODE_ERROR;
        if (point < 0x80) {
                ret_bytes[0] = (char)point;
                return 1;
        }
        size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        for (size_t i = size - 1; i > 0; i--, point >>= 6)
                ret_bytes[i] = (char)(0x80 | (point & 0x3F));
        ret_bytes[0] = (char)(0xF00u >> size | point);
        return size;
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

bool unicode_is_letter(uint32_t point) {
        if (point < 0x80)
                return (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
        return in_ranges(letters, COUNT_OF(letters), point);
}

bool unicode_is_printable(uint32_t point) {
        if (point < 0x80)
                return point >= 0x20 && point < 0x7F;
        return in_ranges(printables, COUNT_OF(printables), point);
}

bool unicode_is_lower(uint32_t point) {
        if (point < 0x80)
                return point >= 'a' && point <= 'z';
        for (size_t i = 0; i < COUNT_OF(lowers); i++)
                if (point >= lowers[i].first && point <= lowers[i].last)
                        return (point - lowers[i].first) % lowers[i].step == 0;
        return false;
}

bool unicode_is_space(uint32_t point) {
        static const struct point_range spaces[] = {
                { '\t', '\r' },     { ' ', ' ' },       { 0x85, 0x85 },     { 0xA0, 0xA0 },
                { 0x1680, 0x1680 }, { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F },
                { 0x205F, 0x205F }, { 0x3000, 0x3000 },
        };

        return in_ranges(spaces, COUNT_OF(spaces), point);
}

/* Bytes of s up to the first character that is (or is not) white space. */
static size_t run_length(struct str s, bool of_spaces) {
        size_t len = 0;

        while (len < s.len) {
                uint32_t point;
                size_t size = unicode_next(str_slice(s, len, s.len), &point);

                if (unicode_is_space(point) != of_spaces)
                        break;
                len += size;
        }
        return len;
}

bool unicode_next_field(struct str *rest, struct str *ret_field) {
        struct str s = str_slice(*rest, run_length(*rest, true), rest->len);
        size_t len = run_length(s, false);

        if (len == 0)
                return false;
        *ret_field = str_slice(s, 0, len);
        *rest = str_slice(s, len, s.len);
        return true;
}
