/* sys/pool.h: one loop over several threads. */
#pragma once

#include "base/macros.h"

/* Does task(ctx, i) for each i in 0 .. count-1, on at most `threads` threads (0: one per processor
 * that this process may use), the caller's own among them, and returns when all are done. Indexes
 * are handed out in order. Where a thread cannot be made, fewer do the work. */
void pool_each(size_t count, unsigned threads, void (*task)(void *ctx, size_t index), void *ctx);

/* The processors that this process may use, at least 1. */
unsigned pool_processors(void);
