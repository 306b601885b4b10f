/* base/arena.h: memory that is given back all at once.
 *
 * One arena belongs to one operation (a run, a fact, a request) and to one thread at a time.
 * Nothing in an arena is freed alone. Several arenas may share one budget, so that the parts of
 * a run that work in parallel stay together under one ceiling. */
#pragma once

#include "base/macros.h"

/* The ceiling that a set of arenas shares. on_full is called, from whichever thread asked, when
 * an allocation would pass the ceiling or the system has no memory left; it must not return
 * (the command prints where it was and ends with "could not judge"). */
struct arena_budget {
        size_t ceiling;      /* bytes */
        _Atomic size_t used; /* bytes taken from the system by all arenas of the budget */
        void (*on_full)(struct arena_budget *budget, size_t wanted);
};

struct arena_chunk;

struct arena {
        struct arena_budget *budget;
        struct arena_chunk *chunk; /* the newest chunk; each points to the one before */
        char *next, *end;          /* the free part of the newest chunk */
};

/* An empty arena under budget; takes no memory until the first allocation. */
struct arena arena_make(struct arena_budget *budget);

/* Gives every byte back to the system; the arena is then empty and may be used again. */
void arena_drop(struct arena *arena);

/* size bytes, zeroed, aligned for any type. size 0 gives a valid unique pointer. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* count * size bytes, zeroed; a product that overflows counts as a full arena. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Makes the block old (old_size bytes, or NULL) at least new_size bytes long and returns it, moved
 * or in place. The old bytes are kept; what follows them is zeroed. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
        __attribute__((returns_nonnull));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* Declares an arena that is dropped when the variable leaves its scope. */
#define AUTO_ARENA __attribute__((cleanup(arena_drop))) struct arena
