/* base/vec.h: a growing array in an arena, typed by its declaration.
 *
 *     VEC(struct str) names = { 0 };
 *     *VEC_ADD(arena, &names) = STR("a");
 *     for (size_t i = 0; i < names.count; i++) use(names.items[i]);
 *
 * Items move when the array grows: keep an index, not a pointer, over a later VEC_ADD. */
#pragma once

#include "base/arena.h"

#define VEC(type)                                                                                  \
        struct {                                                                                   \
                type *items;                                                                       \
                size_t count, capacity;                                                            \
        }

/* The address of a new zeroed item at the end. */
#define VEC_ADD(arena, vec)                                                                        \
        ((vec)->items = vec_reserve((arena), (vec)->items, (vec)->count, &(vec)->capacity,         \
                                    sizeof(*(vec)->items)),                                        \
         &(vec)->items[(vec)->count++])

/* Room for one more item of item_size bytes; what VEC_ADD stands on. */
void *vec_reserve(struct arena *arena, void *items, size_t count, size_t *capacity,
                  size_t item_size) __attribute__((returns_nonnull));
