/* Any bytes as a pack and its index: size of the index (two bytes), a byte that chooses the size of
 * ids, the index, the pack. The two are made to belong together, so that the checks behind that are
 * met. */
#include "gitrepo/delta.h"
#include "gitrepo/pack.h"

#include <stdlib.h>
#include <string.h>

#define UNFOLDED_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void marry(char *pack, size_t pack_size, const char *index, size_t index_size,
                  size_t id_size) {
        bool is_new = index_size >= 8 && !memcmp(index, "\377tOc", 4);
        size_t count_at = (is_new ? 8 : 0) + (size_t)255 * 4;

        if (pack_size >= 12 + id_size && index_size >= count_at + 4 + 2 * id_size) {
                memcpy(pack + 8, index + count_at, 4);
                memcpy(pack + pack_size - id_size, index + index_size - 2 * id_size, id_size);
        }
}

static void unfold_over(const struct str *base, struct str bytes) {
        struct delta delta;
        char *target;

        if (!delta_open(bytes, &delta) || delta.target_size > UNFOLDED_MAX)
                return;
        target = malloc(delta.target_size + 1);
        (void)delta_apply(bytes, *base, target, delta.target_size);
        free(target);
}

static void read_all(const struct pack *pack, struct arena *arena) {
        AUTO_PACK_INFLATER *inflater = pack_inflater_open();
        struct str last = STR_NONE;

        for (uint32_t i = 0; inflater && i < pack->count; i++) {
                struct pack_header header;
                char *bytes;

                (void)pack_outer_base(pack, i);
                if (!pack_header_at(pack, pack->entries[i].at, &header) ||
                    header.size > UNFOLDED_MAX)
                        continue;
                bytes = arena_alloc(arena, header.size);
                if (!pack_inflate(pack, pack->entries[i].at, &header, inflater, bytes))
                        continue;
                unfold_over(&last, (struct str){ bytes, header.size });
                last = (struct str){ bytes, header.size };
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)512 << 20, .on_full = abort_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        size_t index_size, pack_size, id_size;
        struct pack pack;
        struct err err;
        char *bytes;

        if (size < 3)
                return 0;
        index_size = MIN_OF((size_t)data[0] << 8 | data[1], size - 3);
        id_size = data[2] & 1 ? 32 : 20;
        pack_size = size - 3 - index_size;
        bytes = arena_alloc(&arena, size);
        memcpy(bytes, data + 3, size - 3);
        marry(bytes + index_size, pack_size, bytes, index_size, id_size);
        if (pack_open(STR("pack"), (struct str){ bytes + index_size, pack_size },
                      (struct str){ bytes, index_size }, id_size, &pack, &err) &&
            pack_read_entries(&pack, &arena, &err))
                read_all(&pack, &arena);
        return 0;
}
