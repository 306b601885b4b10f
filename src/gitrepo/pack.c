#include "gitrepo/pack.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define PACK_HEADER_SIZE 12
#define FANOUT_SIZE ((size_t)256 * 4)
#define LARGE_OFFSET 0x80000000u
#define SIZE_SHIFT_MAX 56 /* a size or distance that needs more is damage */
#define RAW_OFS_DELTA 6
#define RAW_REF_DELTA 7

static uint32_t u32_at(const char *at) {
        const unsigned char *b = (const unsigned char *)at;

        return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool refuse(const struct pack *pack, struct err *err, const char *what) {
        err_at(err, ERR_SYNTAX, pack->name, 0, 0, "%s", what);
        return err_mend(err, "git fsck --full");
}

/* ---- the index ---- */

static bool fanout_is_sound(const struct pack *pack) {
        uint32_t before = 0;

        for (size_t i = 0; i < FANOUT_SIZE; i += 4) {
                uint32_t here = u32_at(pack->fanout.ptr + i);

                if (here < before)
                        return false;
                before = here;
        }
        return true;
}

/* Takes size bytes off the front. */
static bool take(struct str *rest, size_t size, struct str *ret_part) {
        if (size > rest->len)
                return false;
        *ret_part = str_slice(*rest, 0, size);
        *rest = str_slice(*rest, size, rest->len);
        return true;
}

static bool read_fanout(struct pack *pack, struct str *rest) {
        if (!take(rest, FANOUT_SIZE, &pack->fanout) || !fanout_is_sound(pack))
                return false;
        pack->count = u32_at(pack->fanout.ptr + FANOUT_SIZE - 4);
        return pack->count <= PACK_OBJECTS_MAX;
}

/* What follows the tables: the checksums of the pack and of the index. */
static bool read_index_1(struct pack *pack, struct str rest) {
        return read_fanout(pack, &rest) &&
               take(&rest, (size_t)pack->count * (4 + pack->id_size), &pack->ids) &&
               rest.len == 2 * pack->id_size;
}

static bool read_index_2(struct pack *pack, struct str rest) {
        struct str crcs, head;

        if (!take(&rest, 8, &head) || u32_at(head.ptr + 4) != 2 || !read_fanout(pack, &rest) ||
            !take(&rest, (size_t)pack->count * pack->id_size, &pack->ids) ||
            !take(&rest, (size_t)pack->count * 4, &crcs) ||
            !take(&rest, (size_t)pack->count * 4, &pack->offsets) || rest.len < 2 * pack->id_size)
                return false;
        pack->large_offsets = str_slice(rest, 0, rest.len - 2 * pack->id_size);
        return pack->large_offsets.len % 8 == 0;
}

/* The pack ends with its checksum, which the index repeats: a pack that was cut off shows. */
static bool belong_together(const struct pack *pack) {
        size_t id = pack->id_size;

        return memcmp(pack->bytes.ptr + pack->bytes.len - id,
                      pack->index.ptr + pack->index.len - 2 * id, id) == 0;
}

bool pack_open(struct str name, struct str bytes, struct str index, size_t id_size,
               struct pack *ret_pack, struct err *err) {
        struct pack pack = { .name = name, .bytes = bytes, .index = index, .id_size = id_size };
        bool is_new = str_has_prefix(index, STR("\377tOc"));

        if (!(is_new ? read_index_2(&pack, index) : read_index_1(&pack, index)))
                return refuse(&pack, err, "the index of the pack is damaged");
        if (bytes.len < PACK_HEADER_SIZE + id_size || !str_has_prefix(bytes, STR("PACK")) ||
            (u32_at(bytes.ptr + 4) != 2 && u32_at(bytes.ptr + 4) != 3))
                return refuse(&pack, err, "is no pack");
        if (u32_at(bytes.ptr + 8) != pack.count || !belong_together(&pack))
                return refuse(&pack, err, "the pack is cut off, or its index is of another pack");
        pack.version = is_new ? 2 : 1;
        *ret_pack = pack;
        return true;
}

const unsigned char *pack_id(const struct pack *pack, uint32_t position) {
        size_t step = pack->version == 1 ? pack->id_size + 4 : pack->id_size;
        size_t skip = pack->version == 1 ? 4 : 0;

        return (const unsigned char *)pack->ids.ptr + step * position + skip;
}

uint32_t pack_find(const struct pack *pack, const unsigned char *id) {
        uint32_t from = id[0] ? u32_at(pack->fanout.ptr + (size_t)(id[0] - 1) * 4) : 0;
        uint32_t to = u32_at(pack->fanout.ptr + (size_t)id[0] * 4);

        while (from < to) {
                uint32_t middle = from + (to - from) / 2;
                int order = memcmp(id, pack_id(pack, middle), pack->id_size);

                if (!order)
                        return middle;
                if (order < 0)
                        to = middle;
                else
                        from = middle + 1;
        }
        return PACK_NONE;
}

/* UINT64_MAX where the index has none. */
static uint64_t offset_of(const struct pack *pack, uint32_t position) {
        uint32_t offset;
        const char *large;

        if (pack->version == 1)
                return u32_at(pack->ids.ptr + (pack->id_size + 4) * (size_t)position);
        offset = u32_at(pack->offsets.ptr + (size_t)position * 4);
        if (!(offset & LARGE_OFFSET))
                return offset;
        if ((offset & ~LARGE_OFFSET) >= pack->large_offsets.len / 8)
                return UINT64_MAX;
        large = pack->large_offsets.ptr + (size_t)(offset & ~LARGE_OFFSET) * 8;
        return (uint64_t)u32_at(large) << 32 | u32_at(large + 4);
}

/* ---- the entries ---- */

static int by_offset(const void *a, const void *b) {
        const struct pack_entry *left = a, *right = b;

        return (left->at > right->at) - (left->at < right->at);
}

static size_t end_of_objects(const struct pack *pack) {
        return pack->bytes.len - pack->id_size;
}

static uint32_t entry_at(const struct pack *pack, uint64_t offset) {
        struct pack_entry key = { .at = offset };
        const struct pack_entry *found =
                bsearch(&key, pack->entries, pack->count, sizeof(*pack->entries), by_offset);

        return found ? (uint32_t)(found - pack->entries) : PACK_NONE;
}

bool pack_place(const struct pack *pack, uint32_t position, uint64_t *ret_at) {
        *ret_at = offset_of(pack, position);
        return *ret_at >= PACK_HEADER_SIZE && *ret_at < end_of_objects(pack);
}

/* Type and size: three and four bits, then seven in each further byte. */
static bool read_type(struct str bytes, unsigned *ret_type, uint64_t *ret_size, size_t *ret_len) {
        unsigned shift = 4;
        size_t at = 0;
        unsigned char byte;

        if (!bytes.len)
                return false;
        byte = (unsigned char)bytes.ptr[at++];
        *ret_type = (byte >> 4) & 7;
        *ret_size = byte & 15;
        while (byte & 0x80) {
                if (at == bytes.len || shift > SIZE_SHIFT_MAX)
                        return false;
                byte = (unsigned char)bytes.ptr[at++];
                *ret_size |= (uint64_t)(byte & 0x7f) << shift;
                shift += 7;
        }
        *ret_len = at;
        return true;
}

/* How far back the base lies: seven bits in each byte, each continued number one higher. */
static bool read_distance(struct str bytes, size_t *at, uint64_t *ret_distance) {
        unsigned char byte;
        uint64_t distance = 0;

        for (bool first = true;; first = false) {
                if (*at == bytes.len || distance >> SIZE_SHIFT_MAX)
                        return false;
                byte = (unsigned char)bytes.ptr[(*at)++];
                distance = (first ? 0 : (distance + 1) << 7) | (byte & 0x7f);
                if (!(byte & 0x80))
                        break;
        }
        *ret_distance = distance;
        return true;
}

static bool read_base(const struct pack *pack, uint64_t at, unsigned type, struct str bytes,
                      size_t *len, struct pack_header *header) {
        uint64_t distance;

        if (type == RAW_OFS_DELTA) {
                if (!read_distance(bytes, len, &distance) || !distance ||
                    distance > at - PACK_HEADER_SIZE)
                        return false;
                header->base = at - distance;
                return true;
        }
        if (bytes.len - *len < pack->id_size)
                return false;
        header->base_id = (const unsigned char *)bytes.ptr + *len;
        *len += pack->id_size;
        return true;
}

bool pack_header_at(const struct pack *pack, uint64_t at, struct pack_header *ret_header) {
        struct str bytes = str_slice(pack->bytes, at, end_of_objects(pack));
        struct pack_header header = { 0 };
        unsigned type;
        size_t len;

        if (at < PACK_HEADER_SIZE || !read_type(bytes, &type, &header.size, &len))
                return false;
        if (type >= OBJECT_COMMIT && type <= OBJECT_TAG)
                header.type = (enum object_type)type;
        else if ((type != RAW_OFS_DELTA && type != RAW_REF_DELTA) ||
                 !read_base(pack, at, type, bytes, &len, &header))
                return false;
        header.len = (uint8_t)len;
        *ret_header = header;
        return true;
}

/* ---- all entries ---- */

static bool read_entry(const struct pack *pack, struct pack_entry *entry) {
        struct pack_header header;
        uint32_t position;

        entry->base = PACK_NONE;
        if (!pack_header_at(pack, entry->at, &header))
                return false;
        entry->type = (uint8_t)header.type;
        entry->is_delta = !header.type;
        if (header.base) {
                entry->base = entry_at(pack, header.base);
                return entry->base != PACK_NONE;
        }
        if (header.base_id && (position = pack_find(pack, header.base_id)) != PACK_NONE)
                entry->base = pack->entry_of[position];
        return true;
}

static void link_children(struct pack *pack) {
        for (uint32_t i = 0; i < pack->count; i++)
                pack->child[i] = pack->sibling[i] = PACK_NONE;
        for (uint32_t i = pack->count; i-- > 0;) {
                uint32_t base = pack->entries[i].base;

                if (base == PACK_NONE)
                        continue;
                pack->sibling[i] = pack->child[base];
                pack->child[base] = i;
        }
}

/* Adds all that stand on the entries from `at` on, with their types; returns the count. */
static size_t spread(struct pack *pack, uint32_t *queue, size_t at, size_t count) {
        for (; at < count; at++) {
                const struct pack_entry *base = &pack->entries[queue[at]];

                for (uint32_t i = pack->child[queue[at]]; i != PACK_NONE; i = pack->sibling[i]) {
                        pack->entries[i].type = base->type;
                        pack->entries[i].is_damaged = base->is_damaged;
                        pack->entries[i].is_reached = true;
                        queue[count++] = i;
                }
        }
        return count;
}

/* Down from every entry that stands on none. What is not reached stands on itself: it is damaged,
 * and comes last. */
static void spread_types(struct pack *pack) {
        size_t count = 0;

        for (uint32_t i = 0; i < pack->count; i++)
                if (pack->entries[i].base == PACK_NONE) {
                        pack->entries[i].is_reached = true;
                        pack->down[count++] = i;
                }
        count = spread(pack, pack->down, 0, count);
        for (uint32_t i = 0; i < pack->count; i++)
                if (!pack->entries[i].is_reached) {
                        pack->entries[i].is_damaged = true;
                        pack->down[count++] = i;
                }
}

void pack_set_type(struct pack *pack, struct arena *scratch, uint32_t entry,
                   enum object_type type) {
        uint32_t *queue = ARENA_ARRAY(scratch, uint32_t, pack->count);

        pack->entries[entry].type = (uint8_t)type;
        queue[0] = entry;
        spread(pack, queue, 0, 1);
}

static bool place_entries(struct pack *pack, struct err *err) {
        for (uint32_t i = 0; i < pack->count; i++) {
                pack->entries[i].position = i;
                if (!pack_place(pack, i, &pack->entries[i].at))
                        return refuse(pack, err, "the index names a place outside of the pack");
        }
        qsort(pack->entries, pack->count, sizeof(*pack->entries), by_offset);
        for (uint32_t i = 0; i < pack->count; i++)
                pack->entry_of[pack->entries[i].position] = i;
        return true;
}

bool pack_read_entries(struct pack *pack, struct arena *arena, struct err *err) {
        pack->entries = ARENA_ARRAY(arena, struct pack_entry, pack->count);
        pack->entry_of = ARENA_ARRAY(arena, uint32_t, pack->count);
        pack->child = ARENA_ARRAY(arena, uint32_t, pack->count);
        pack->sibling = ARENA_ARRAY(arena, uint32_t, pack->count);
        pack->down = ARENA_ARRAY(arena, uint32_t, pack->count);
        if (!place_entries(pack, err))
                return false;
        for (uint32_t i = 0; i < pack->count; i++)
                if (!read_entry(pack, &pack->entries[i])) {
                        pack->entries[i].is_damaged = true;
                        pack->entries[i].base = PACK_NONE;
                }
        link_children(pack);
        spread_types(pack);
        return true;
}

const unsigned char *pack_outer_base(const struct pack *pack, uint32_t entry) {
        const struct pack_entry *e = &pack->entries[entry];
        struct pack_header header;

        if (!e->is_delta || e->is_damaged || e->base != PACK_NONE ||
            !pack_header_at(pack, e->at, &header))
                return NULL;
        return header.base_id;
}

/* ---- inflating ---- */

struct pack_inflater {
        struct libdeflate_decompressor *library;
};

struct pack_inflater *pack_inflater_open(void) {
        struct pack_inflater *inflater = calloc(1, sizeof(*inflater));

        if (inflater)
                inflater->library = libdeflate_alloc_decompressor();
        if (inflater && !inflater->library) {
                free(inflater);
                return NULL;
        }
        return inflater;
}

void pack_inflater_close(struct pack_inflater **inflater) {
        if (!*inflater)
                return;
        libdeflate_free_decompressor((*inflater)->library);
        free(*inflater);
        *inflater = NULL;
}

bool pack_inflate_bytes(struct pack_inflater *inflater, struct str deflated, char *to,
                        size_t size) {
        size_t used, made;

        return libdeflate_zlib_decompress_ex(inflater->library, deflated.ptr, deflated.len, to,
                                             size, &used, &made) == LIBDEFLATE_SUCCESS &&
               made == size;
}

bool pack_inflate(const struct pack *pack, uint64_t at, const struct pack_header *header,
                  struct pack_inflater *inflater, char *to) {
        struct str bytes = str_slice(pack->bytes, at + header->len, end_of_objects(pack));

        return header->size <= PACK_OBJECT_MAX &&
               pack_inflate_bytes(inflater, bytes, to, header->size);
}
