/* base/map.h: a hash table from str to a pointer, in an arena.
 *
 * Keys are views: their bytes must live as long as the map. Entries keep the order in which they
 * were added, so that walking a map gives the same order in every run. Nothing is ever removed. */
#pragma once

#include "base/str.h"

struct map_entry {
        struct str key;
        void *value;
};

struct map {
        struct arena *arena;
        struct map_entry *entries; /* in the order of adding: entries[0 .. count) */
        size_t count, capacity;
        uint32_t *slots; /* index into entries plus one; 0 is free */
        size_t slot_count;
};

struct map map_make(struct arena *arena);

/* The value's address for key, or NULL where the key is absent. Valid until the next map_put. */
void **map_get(const struct map *map, struct str key);

/* The same, made with a NULL value where it is absent. */
void **map_put(struct map *map, struct str key);

bool map_has(const struct map *map, struct str key);
