/* base/buf.h: text that is written piece by piece, in an arena. */
#pragma once

#include "base/str.h"

struct buf {
        struct arena *arena;
        char *ptr;
        size_t len, capacity;
};

struct buf buf_make(struct arena *arena);
void buf_add(struct buf *buf, struct str s);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* A view of what was written so far; valid until the next write. */
struct str buf_str(const struct buf *buf);
