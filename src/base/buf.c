#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define CAPACITY_FIRST 256

struct buf buf_make(struct arena *arena) {
        return (struct buf){ .arena = arena };
}

static void reserve(struct buf *buf, size_t more) {
        size_t capacity = MAX_OF(buf->capacity, (size_t)CAPACITY_FIRST);

        if (buf->ptr && more <= buf->capacity - buf->len)
                return;
        while (capacity - buf->len < more)
                capacity *= 2;
        buf->ptr = arena_grow(buf->arena, buf->ptr, buf->capacity, capacity);
        buf->capacity = capacity;
}

void buf_add(struct buf *buf, struct str s) {
        reserve(buf, s.len + 1);
        if (s.len)
                memcpy(buf->ptr + buf->len, s.ptr, s.len);
        buf->len += s.len;
}

void buf_add_char(struct buf *buf, char c) {
        buf_add(buf, (struct str){ &c, 1 });
}

void buf_printf(struct buf *buf, const char *format, ...) {
        va_list args;
        int len;

        va_start(args, format);
        len = vsnprintf(NULL, 0, format, args);
        va_end(args);
        assert(len >= 0);
        reserve(buf, (size_t)len + 1);
        va_start(args, format);
        vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
        va_end(args);
        buf->len += (size_t)len;
}

struct str buf_str(const struct buf *buf) {
        return (struct str){ buf->ptr, buf->len };
}
