#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE_MIN ((size_t)16 << 10)
#define CHUNK_SIZE_MAX ((size_t)1 << 20)
#define ALIGNMENT alignof(max_align_t)

struct arena_chunk {
        struct arena_chunk *older;
        size_t size;
        alignas(max_align_t) char bytes[];
};

struct arena arena_make(struct arena_budget *budget) {
        return (struct arena){ .budget = budget };
}

void arena_drop(struct arena *arena) {
        struct arena_chunk *chunk = arena->chunk;

        while (chunk) {
                struct arena_chunk *older = chunk->older;

                arena->budget->used -= chunk->size;
                free(chunk);
                chunk = older;
        }
        *arena = arena_make(arena->budget);
}

static _Noreturn void full(struct arena *arena, size_t wanted) {
        arena->budget->on_full(arena->budget, wanted);
        abort(); /* on_full promised not to return */
}

/* Chunks double up to a cap, so that a small run stays small and a large one asks seldom. */
static size_t next_chunk_size(const struct arena *arena, size_t wanted) {
        size_t size = arena->chunk ? arena->chunk->size * 2 : CHUNK_SIZE_MIN;

        size = MIN_OF(size, CHUNK_SIZE_MAX);
        return MAX_OF(size, wanted + sizeof(struct arena_chunk));
}

static void add_chunk(struct arena *arena, size_t wanted) {
        size_t size = next_chunk_size(arena, wanted);
        struct arena_chunk *chunk;
        size_t used;

        used = atomic_fetch_add(&arena->budget->used, size) + size;
        chunk = used <= arena->budget->ceiling ? malloc(size) : NULL;
        if (!chunk) {
                arena->budget->used -= size;
                full(arena, wanted);
        }
        *chunk = (struct arena_chunk){ .older = arena->chunk, .size = size };
        arena->chunk = chunk;
        arena->next = chunk->bytes;
        arena->end = (char *)chunk + size;
}

static size_t round_up(size_t size) {
        return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

void *arena_alloc(struct arena *arena, size_t size) {
        void *block;

        if (size > SIZE_MAX / 2)
                full(arena, size);
        size = round_up(MAX_OF(size, 1));
        if (size > (size_t)(arena->end - arena->next))
                add_chunk(arena, size);
        block = arena->next;
        arena->next += size;
        return memset(block, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
        size_t total;

        if (__builtin_mul_overflow(count, size, &total))
                full(arena, SIZE_MAX);
        return arena_alloc(arena, total);
}

/* The newest block can grow where it lies while its chunk has room. */
static bool grows_in_place(const struct arena *arena, const char *old, size_t old_size,
                           size_t more) {
        return old && old + round_up(MAX_OF(old_size, 1)) == arena->next &&
               more <= (size_t)(arena->end - arena->next);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
        size_t more;
        void *block;

        assert(new_size >= old_size);
        if (new_size > SIZE_MAX / 2)
                full(arena, new_size);
        more = round_up(MAX_OF(new_size, 1)) - round_up(MAX_OF(old_size, 1));
        if (grows_in_place(arena, old, old_size, more)) {
                memset((char *)old + old_size, 0, new_size - old_size);
                memset(arena->next, 0, more);
                arena->next += more;
                return old;
        }
        block = arena_alloc(arena, new_size);
        if (old_size)
                memcpy(block, old, old_size);
        return block;
}
