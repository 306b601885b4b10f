/* Reading single objects: down to the base of a delta, then up again, with what was unfolded lately
 * kept as bases for what comes next. */
#include "gitrepo/delta.h"
#include "gitrepo/odb_impl.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CACHE_SLOTS 1024
#define CACHE_SIZE_MAX ((size_t)32 << 20) /* bytes kept by one reader */
#define CACHE_ITEM_MAX ((size_t)4 << 20)
#define LOOSE_HEADER_MAX 64

/* Where an object lies: a pack and an offset, so that no reverse index is needed; of a loose one
 * its number. */
struct place {
        const struct odb_pack *pack; /* NULL: loose */
        uint64_t at;
};

/* Something that was unfolded. */
struct item {
        struct place place;
        enum object_type type;
        char *bytes;
        size_t size;
};

struct odb_reader {
        const struct odb *odb;
        struct pack_inflater *inflater;
        struct item cache[CACHE_SLOTS];
        size_t cached; /* bytes */
        struct item current;
        char *delta; /* inflated, of the step that is being taken */
        size_t delta_room;
        struct place *chain; /* the deltas to take, the first to be read last */
        size_t chain_count, chain_room;
        uint32_t asked; /* for errors */
};

struct odb_reader *odb_reader_open(const struct odb *odb) {
        struct odb_reader *reader = calloc(1, sizeof(*reader));

        if (!reader)
                return NULL;
        reader->odb = odb;
        reader->inflater = pack_inflater_open();
        if (!reader->inflater)
                odb_reader_close(&reader);
        return reader;
}

static void empty_cache(struct odb_reader *reader) {
        for (size_t i = 0; i < CACHE_SLOTS; i++) {
                free(reader->cache[i].bytes);
                reader->cache[i] = (struct item){ 0 };
        }
        reader->cached = 0;
}

void odb_reader_close(struct odb_reader **reader) {
        struct odb_reader *self = *reader;

        *reader = NULL;
        if (!self)
                return;
        empty_cache(self);
        pack_inflater_close(&self->inflater);
        free(self->current.bytes);
        free(self->delta);
        free(self->chain);
        free(self);
}

static struct item *slot_of(struct odb_reader *reader, const struct place *place) {
        uint64_t hash = (place->at + (place->pack ? place->pack->first : 0)) * 0x9e3779b97f4a7c15u;

        return &reader->cache[(hash >> 32) % CACHE_SLOTS];
}

/* Takes the item over: kept, or freed. */
static void keep(struct odb_reader *reader, struct item *item) {
        struct item *slot = slot_of(reader, &item->place);

        if (item->size > CACHE_ITEM_MAX || !item->bytes) {
                free(item->bytes);
        } else {
                if (reader->cached + item->size > CACHE_SIZE_MAX)
                        empty_cache(reader);
                if (slot->bytes)
                        reader->cached -= slot->size;
                free(slot->bytes);
                *slot = *item;
                reader->cached += item->size;
        }
        *item = (struct item){ 0 };
}

static bool no_memory(struct err *err) {
        return err_set(err, ERR_LIMIT, "no memory left for an object");
}

static bool too_large(const struct odb_reader *reader, struct err *err) {
        AUTO_ARENA scratch = arena_make(reader->odb->arena->budget);
        struct str hex = odb_hex(reader->odb, &scratch, reader->asked);

        return err_set(err, ERR_LIMIT, "object %.*s has over %zu bytes, or its base has",
                       STR_ARG(hex), PACK_OBJECT_MAX);
}

static bool damaged(const struct odb_reader *reader, struct err *err) {
        return odb_damaged(reader->odb, err, reader->asked);
}

/* ---- loose objects ---- */

bool odb_parse_loose_header(struct str bytes, enum object_type *ret_type, uint64_t *ret_size,
                            size_t *ret_len) {
        static const struct {
                struct str name;
                enum object_type type;
        } types[] = { { STR_INIT("commit"), OBJECT_COMMIT },
                      { STR_INIT("tree"), OBJECT_TREE },
                      { STR_INIT("blob"), OBJECT_BLOB },
                      { STR_INIT("tag"), OBJECT_TAG } };
        struct str head, rest, name, size;

        if (!str_cut(bytes, '\0', &head, &rest) || !str_cut(head, ' ', &name, &size) ||
            !str_to_u64(size, ret_size))
                return false;
        for (size_t i = 0; i < COUNT_OF(types); i++)
                if (str_eq(types[i].name, name)) {
                        *ret_type = types[i].type;
                        *ret_len = head.len + 1;
                        return true;
                }
        return false;
}

/* The first bytes of a zlib stream. */
static bool inflate_start(struct str deflated, char *to, size_t room, size_t *ret_made) {
        z_stream stream = { .next_in = (unsigned char *)(uintptr_t)deflated.ptr,
                            .avail_in = (unsigned)MIN_OF(deflated.len, (size_t)1 << 20),
                            .next_out = (unsigned char *)to,
                            .avail_out = (unsigned)room };
        int status;

        if (inflateInit(&stream) != Z_OK)
                return false;
        status = inflate(&stream, Z_SYNC_FLUSH);
        inflateEnd(&stream);
        *ret_made = room - stream.avail_out;
        return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
}

static bool read_loose_file(struct odb_reader *reader, struct str deflated, struct item *item,
                            struct err *err) {
        char head[LOOSE_HEADER_MAX];
        size_t made, skip;
        uint64_t size;

        if (!inflate_start(deflated, head, sizeof(head), &made) ||
            !odb_parse_loose_header((struct str){ head, made }, &item->type, &size, &skip))
                return damaged(reader, err);
        if (size > PACK_OBJECT_MAX)
                return too_large(reader, err);
        item->size = (size_t)size;
        item->bytes = malloc(item->size + skip);
        if (!item->bytes)
                return no_memory(err);
        if (!pack_inflate_bytes(reader->inflater, deflated, item->bytes, item->size + skip)) {
                free(item->bytes);
                return damaged(reader, err);
        }
        memmove(item->bytes, item->bytes + skip, item->size);
        return true;
}

static bool read_loose(struct odb_reader *reader, uint32_t number, struct item *item,
                       struct err *err) {
        const struct odb *odb = reader->odb;
        AUTO_ARENA scratch = arena_make(odb->arena->budget);
        const struct odb_loose *loose = &odb->loose[number - odb->loose_first];
        struct str hex = odb_hex_id(odb, &scratch, loose->id);
        struct str path = str_fmt(&scratch, "%.*s/%.2s/%.*s", STR_ARG(odb->folders[loose->folder]),
                                  hex.ptr, STR_ARG(str_slice(hex, 2, hex.len)));
        AUTO_FILE_MAP map = { STR_NONE };

        if (!file_map_open(path, PACK_OBJECT_MAX, &map, err)) {
                if (err->code == ERR_NOT_FOUND) /* packed meanwhile */
                        return odb_missing(odb, err, loose->id);
                return err_context(err, "reading an object");
        }
        return read_loose_file(reader, map.bytes, item, err) || err_place(err, path);
}

/* ---- packed objects ---- */

static char *delta_room(struct odb_reader *reader, size_t size) {
        if (size > reader->delta_room || !reader->delta) {
                free(reader->delta);
                reader->delta_room = MAX_OF(size, (size_t)4096);
                reader->delta = malloc(reader->delta_room);
        }
        return reader->delta;
}

static bool push(struct odb_reader *reader, struct place place, struct err *err) {
        if (reader->chain_count == ODB_DELTA_DEPTH_MAX) {
                damaged(reader, err);
                return err_context(err, "following over %d deltas", ODB_DELTA_DEPTH_MAX);
        }
        if (reader->chain_count == reader->chain_room) {
                size_t room = reader->chain_room ? reader->chain_room * 2 : 64;
                struct place *chain = realloc(reader->chain, room * sizeof(*chain));

                if (!chain)
                        return no_memory(err);
                reader->chain = chain;
                reader->chain_room = room;
        }
        reader->chain[reader->chain_count++] = place;
        return true;
}

static bool place_of(const struct odb_reader *reader, uint32_t number, struct place *ret_place,
                     struct err *err) {
        const struct odb_pack *pack = odb_pack_of(reader->odb, number);

        *ret_place = (struct place){ pack, number };
        return !pack || pack_place(&pack->pack, number - pack->first, &ret_place->at) ||
               damaged(reader, err);
}

/* A base is looked for in the same pack first, as git does. */
static bool base_place(const struct odb_reader *reader, struct place delta,
                       const struct pack_header *header, struct place *ret_place, struct err *err) {
        uint32_t position, number;

        if (!header->base_id) {
                *ret_place = (struct place){ delta.pack, header->base };
                return true;
        }
        position = pack_find(&delta.pack->pack, header->base_id);
        number = position != PACK_NONE ? delta.pack->first + position
                                       : odb_find(reader->odb, header->base_id);
        return number != ODB_NONE ? place_of(reader, number, ret_place, err)
                                  : odb_missing(reader->odb, err, header->base_id);
}

static bool read_header(const struct odb_reader *reader, struct place place,
                        struct pack_header *ret_header, struct err *err) {
        if (!pack_header_at(&place.pack->pack, place.at, ret_header))
                return damaged(reader, err);
        return ret_header->size <= PACK_OBJECT_MAX || too_large(reader, err);
}

static char *room_for(size_t size, struct err *err) {
        char *bytes = malloc(MAX_OF(size, (size_t)1));

        if (!bytes)
                no_memory(err);
        return bytes;
}

static bool read_whole(struct odb_reader *reader, const struct pack_header *header,
                       struct item *item, struct err *err) {
        item->type = header->type;
        item->size = header->size;
        item->bytes = room_for(item->size, err);
        if (!item->bytes)
                return false;
        if (pack_inflate(&item->place.pack->pack, item->place.at, header, reader->inflater,
                         item->bytes))
                return true;
        free(item->bytes);
        return damaged(reader, err);
}

/* Goes down to what is stored whole, or known already. *ret_borrowed: it stays the cache's. */
static bool find_root(struct odb_reader *reader, uint32_t number, struct item *ret_root,
                      bool *ret_borrowed, struct err *err) {
        struct pack_header header;
        struct place place;

        reader->chain_count = 0;
        *ret_borrowed = false;
        if (!place_of(reader, number, &place, err))
                return false;
        for (;;) {
                const struct item *cached = slot_of(reader, &place);

                *ret_root = (struct item){ .place = place };
                if (cached->bytes && cached->place.pack == place.pack &&
                    cached->place.at == place.at) {
                        *ret_root = *cached;
                        return *ret_borrowed = true;
                }
                if (!place.pack)
                        return read_loose(reader, (uint32_t)place.at, ret_root, err);
                if (!read_header(reader, place, &header, err))
                        return false;
                if (header.type)
                        return read_whole(reader, &header, ret_root, err);
                if (!push(reader, place, err) || !base_place(reader, place, &header, &place, err))
                        return false;
        }
}

static bool inflate_delta(struct odb_reader *reader, struct place place, struct str *ret_bytes,
                          struct delta *ret_delta, struct err *err) {
        struct pack_header header;
        char *bytes;

        if (!read_header(reader, place, &header, err))
                return false;
        bytes = delta_room(reader, header.size);
        if (!bytes)
                return no_memory(err);
        *ret_bytes = (struct str){ bytes, header.size };
        if (!pack_inflate(&place.pack->pack, place.at, &header, reader->inflater, bytes) ||
            !delta_open(*ret_bytes, ret_delta))
                return damaged(reader, err);
        return ret_delta->target_size <= PACK_OBJECT_MAX || too_large(reader, err);
}

static bool take_step(struct odb_reader *reader, const struct item *base, struct item *ret_item,
                      struct err *err) {
        struct item item = { .place = reader->chain[--reader->chain_count], .type = base->type };
        struct str bytes;
        struct delta delta;

        if (!inflate_delta(reader, item.place, &bytes, &delta, err))
                return false;
        item.size = delta.target_size;
        item.bytes = room_for(item.size, err);
        if (!item.bytes)
                return false;
        if (!delta_apply(bytes, (struct str){ base->bytes, base->size }, item.bytes, item.size)) {
                free(item.bytes);
                return damaged(reader, err);
        }
        *ret_item = item;
        return true;
}

/* Takes every step of the chain. */
static bool climb(struct odb_reader *reader, struct item *item, bool *is_borrowed,
                  struct err *err) {
        while (reader->chain_count) {
                struct item next;
                bool ok = take_step(reader, item, &next, err);

                if (!*is_borrowed)
                        keep(reader, item);
                if (!ok)
                        return false;
                *item = next;
                *is_borrowed = false;
        }
        return true;
}

bool odb_read(struct odb_reader *reader, uint32_t number, struct odb_object *ret_object,
              struct err *err) {
        struct item item;
        bool is_borrowed;

        reader->asked = number;
        keep(reader, &reader->current);
        if (!find_root(reader, number, &item, &is_borrowed, err) ||
            !climb(reader, &item, &is_borrowed, err))
                return false;
        if (!is_borrowed)
                reader->current = item;
        *ret_object = (struct odb_object){ item.type, { item.bytes, item.size } };
        return true;
}
