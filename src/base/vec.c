#include "base/vec.h"

#define CAPACITY_FIRST 8

void *vec_reserve(struct arena *arena, void *items, size_t count, size_t *capacity,
                  size_t item_size) {
        size_t old = *capacity;

        if (items && count < old)
                return items;
        *capacity = old ? old * 2 : CAPACITY_FIRST;
        return arena_grow(arena, items, old * item_size, *capacity * item_size);
}
