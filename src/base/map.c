#include "base/map.h"

#include <assert.h>

#define SLOTS_FIRST 16

struct map map_make(struct arena *arena) {
        return (struct map){ .arena = arena };
}

/* FNV-1a, 64 bit, folded. The start comes from where the arena lies, which the system chooses anew
 * for every process: a file whose keys all fall into one slot could otherwise be made in seconds.
 * The order of entries does not depend on it. */
static size_t hash(const struct map *map, struct str key) {
        uint64_t seed = (uint64_t)(uintptr_t)map->arena * 0x9e3779b97f4a7c15u;
        uint64_t h = 0xcbf29ce484222325u ^ seed ^ seed >> 32;

        for (size_t i = 0; i < key.len; i++)
                h = (h ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
        return (size_t)(h ^ (h >> 29));
}

/* The slot of key, or the free slot where it would go. */
static size_t find_slot(const struct map *map, struct str key) {
        size_t mask = map->slot_count - 1;
        size_t slot = hash(map, key) & mask;

        while (map->slots[slot] && !str_eq(map->entries[map->slots[slot] - 1].key, key))
                slot = (slot + 1) & mask;
        return slot;
}

static void grow(struct map *map) {
        map->slot_count = map->slot_count ? map->slot_count * 2 : SLOTS_FIRST;
        map->slots = ARENA_ARRAY(map->arena, uint32_t, map->slot_count);
        for (size_t i = 0; i < map->count; i++)
                map->slots[find_slot(map, map->entries[i].key)] = (uint32_t)i + 1;
}

static void add_entry(struct map *map, struct str key) {
        assert(map->count < UINT32_MAX - 1);
        if (map->count == map->capacity) {
                size_t capacity = map->capacity ? map->capacity * 2 : SLOTS_FIRST;

                map->entries =
                        arena_grow(map->arena, map->entries, map->capacity * sizeof(*map->entries),
                                   capacity * sizeof(*map->entries));
                map->capacity = capacity;
        }
        map->entries[map->count++] = (struct map_entry){ .key = key };
}

void **map_get(const struct map *map, struct str key) {
        uint32_t at = map->slot_count ? map->slots[find_slot(map, key)] : 0;

        return at ? &map->entries[at - 1].value : NULL;
}

void **map_put(struct map *map, struct str key) {
        void **value = map_get(map, key);

        if (value)
                return value;
        if ((map->count + 1) * 2 > map->slot_count)
                grow(map);
        add_entry(map, key);
        map->slots[find_slot(map, key)] = (uint32_t)map->count;
        return &map->entries[map->count - 1].value;
}

bool map_has(const struct map *map, struct str key) {
        return map_get(map, key) != NULL;
}
