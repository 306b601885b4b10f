#include "leak/utf16.h"

#define PROBE_SIZE 512 /* bytes at the start that tell UTF-16 without a mark */
#define PROBE_LEAST 8

enum order { ORDER_NONE, ORDER_LITTLE, ORDER_BIG };

/* Mostly ASCII: every second byte is zero and no other is. */
static enum order order_of_zeros(struct str text) {
        size_t size = MIN_OF(text.len, (size_t)PROBE_SIZE) & ~(size_t)1, zeros[2] = { 0 };

        for (size_t i = 0; i < size; i++)
                zeros[i & 1] += !text.ptr[i];
        if (size < PROBE_LEAST)
                return ORDER_NONE;
        if (zeros[1] * 2 > size / 2 && !zeros[0])
                return ORDER_LITTLE;
        return zeros[0] * 2 > size / 2 && !zeros[1] ? ORDER_BIG : ORDER_NONE;
}

static enum order order_of(struct str text) {
        if (str_has_prefix(text, STR("\xFF\xFE\0\0")))
                return ORDER_NONE; /* UTF-32 */
        if (str_has_prefix(text, STR("\xFF\xFE")))
                return ORDER_LITTLE;
        if (str_has_prefix(text, STR("\xFE\xFF")))
                return ORDER_BIG;
        return order_of_zeros(text);
}

static uint32_t unit_at(struct str text, size_t at, enum order order) {
        uint32_t one = (unsigned char)text.ptr[at], other = (unsigned char)text.ptr[at + 1];

        return order == ORDER_LITTLE ? one | other << 8 : one << 8 | other;
}

static bool is_high(uint32_t unit) {
        return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(uint32_t unit) {
        return unit >= 0xDC00 && unit < 0xE000;
}

static uint32_t next_point(struct str text, size_t *at, enum order order) {
        uint32_t unit = unit_at(text, *at, order), low;

        *at += 2;
        if (!is_high(unit))
                return is_low(unit) ? 0xFFFD : unit;
        if (*at + 1 >= text.len)
                return 0xFFFD;
        low = unit_at(text, *at, order);
        if (!is_low(low))
                return 0xFFFD;
        *at += 2;
        return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static char *put_point(char *at, uint32_t point) {
        static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
        unsigned size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

        for (unsigned i = size - 1; i > 0; i--, point >>= 6)
                at[i] = (char)(0x80 | (point & 0x3F));
        at[0] = (char)(size == 1 ? point : marks[size] | point);
        return at + size;
}

struct str utf16_to_utf8(struct arena *arena, struct str text) {
        enum order order = order_of(text);
        char *out, *end;

        if (order == ORDER_NONE)
                return text;
        /* A unit of two bytes makes three at most, a pair of them four. */
        out = end = arena_alloc(arena, text.len / 2 * 3 + 1);
        for (size_t at = 0; at + 1 < text.len;)
                end = put_point(end, next_point(text, &at, order));
        return (struct str){ out, (size_t)(end - out) };
}
