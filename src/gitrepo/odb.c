#include "gitrepo/odb.h"

#include "data/digest.h"
#include "gitrepo/odb_impl.h"
#include "gitrepo/questions.h"
#include "gitrepo/repo_impl.h"

#include <stdlib.h>
#include <string.h>

#define PACK_FILE_MAX ((size_t)1 << 40)

/* ---- object format ---- */

static bool set_id_size(struct odb *odb, struct err *err) {
        static const struct {
                struct str name;
                size_t size;
        } formats[] = { { STR_INIT("sha1"), 20 }, { STR_INIT("sha256"), 32 } };
        struct repo_setting setting = { .value = STR("sha1") };

        repo_setting(odb->repo, odb->arena, "extensions.objectformat", &setting);
        for (size_t i = 0; i < COUNT_OF(formats); i++)
                if (str_eq_fold(formats[i].name, setting.value))
                        odb->id_size = formats[i].size;
        return odb->id_size ||
               err_set(err, ERR_UNSUPPORTED, "the repository names its objects by %.*s",
                       STR_ARG(setting.value));
}

/* ---- packs ---- */

struct listing {
        struct odb *odb;
        struct str folder;
        VEC(struct str) names;
};

static bool see_index(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct listing *listing = ctx;

        if (str_has_suffix(name, STR(".idx")) && str_has_prefix(name, STR("pack-")))
                *VEC_ADD(listing->odb->arena, &listing->names) =
                        str_dup(listing->odb->arena, str_drop_suffix(name, STR(".idx")));
        return true;
}

/* An index whose pack is gone is what a running `git gc` leaves for a moment. */
static bool open_pack(struct odb *odb, struct str stem, struct err *err) {
        struct odb_pack *pack = VEC_ADD(odb->arena, &odb->packs);
        struct str name = str_fmt(odb->arena, "%.*s.pack", STR_ARG(stem));
        struct str index = str_fmt(odb->arena, "%.*s.idx", STR_ARG(stem));

        if (!file_is_regular(name) || !file_is_regular(index)) {
                odb->packs.count--;
                return true;
        }
        if (!file_map_open(index, PACK_FILE_MAX, &pack->index_map, err) ||
            !file_map_open(name, PACK_FILE_MAX, &pack->pack_map, err) ||
            !pack_open(name, pack->pack_map.bytes, pack->index_map.bytes, odb->id_size, &pack->pack,
                       err))
                return err_context(err, "reading the packs");
        if (pack->pack.count > PACK_OBJECTS_MAX - odb->count)
                return err_at(err, ERR_LIMIT, name, 0, 0, "over %d objects", PACK_OBJECTS_MAX);
        pack->first = odb->count;
        odb->count += pack->pack.count;
        return true;
}

static bool open_packs(struct odb *odb, struct str folder, struct err *err) {
        struct listing listing = { .odb = odb,
                                   .folder = str_join_path(odb->arena, folder, STR("pack")) };

        if (!file_is_dir(listing.folder))
                return true;
        if (!file_list(listing.folder, see_index, &listing, err))
                return false;
        if (listing.names.count > ODB_PACKS_MAX - odb->packs.count) {
                err_at(err, ERR_LIMIT, listing.folder, 0, 0, "over %d packs", ODB_PACKS_MAX);
                return err_mend(err, "git gc");
        }
        /* Names in a fixed order, so that two runs number alike. */
        if (listing.names.count)
                qsort(listing.names.items, listing.names.count, sizeof(struct str), str_cmp_qsort);
        for (size_t i = 0; i < listing.names.count; i++)
                if (!open_pack(odb,
                               str_join_path(odb->arena, listing.folder, listing.names.items[i]),
                               err))
                        return false;
        return true;
}

/* ---- loose objects ---- */

struct loose_listing {
        struct odb *odb;
        uint32_t folder;
        char hex[2 * PACK_ID_SIZE_MAX]; /* the first two digits are the folder's name */
        VEC(struct odb_loose) found;
        bool is_full;
};

static int hex_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(const char *hex, size_t size, unsigned char *ret_id) {
        for (size_t i = 0; i < size; i++) {
                int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                ret_id[i] = (unsigned char)(high << 4 | low);
        }
        return true;
}

bool odb_parse_id(const struct odb *odb, struct str hex, unsigned char ret_id[PACK_ID_SIZE_MAX]) {
        return hex.len == 2 * odb->id_size && parse_hex(hex.ptr, odb->id_size, ret_id);
}

static bool see_loose(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct loose_listing *listing = ctx;
        size_t size = listing->odb->id_size;
        struct odb_loose loose = { .folder = listing->folder };

        if (name.len != 2 * size - 2)
                return true;
        memcpy(listing->hex + 2, name.ptr, name.len);
        if (!parse_hex(listing->hex, size, loose.id))
                return true;
        listing->is_full = listing->found.count >= ODB_LOOSE_MAX;
        if (!listing->is_full)
                *VEC_ADD(listing->odb->arena, &listing->found) = loose;
        return !listing->is_full;
}

static bool list_loose(struct loose_listing *listing, struct str folder, struct err *err) {
        static const char digits[] = "0123456789abcdef";

        for (unsigned i = 0; i < 256; i++) {
                struct str path;

                listing->hex[0] = digits[i >> 4];
                listing->hex[1] = digits[i & 15];
                path = str_join_path(listing->odb->arena, folder, (struct str){ listing->hex, 2 });
                if (file_is_dir(path) && !file_list(path, see_loose, listing, err))
                        return false;
        }
        return !listing->is_full ||
               err_at(err, ERR_LIMIT, folder, 0, 0, "over %d loose objects", ODB_LOOSE_MAX);
}

static int by_id(const void *a, const void *b) {
        const struct odb_loose *left = a, *right = b;
        int order = memcmp(left->id, right->id, PACK_ID_SIZE_MAX);

        return order ? order : (left->folder > right->folder) - (left->folder < right->folder);
}

static bool open_loose(struct odb *odb, struct err *err) {
        struct loose_listing listing = { .odb = odb };

        for (size_t i = 0; i < odb->folder_count; i++) {
                listing.folder = (uint32_t)i;
                if (!list_loose(&listing, odb->folders[i], err))
                        return false;
        }
        if (listing.found.count)
                qsort(listing.found.items, listing.found.count, sizeof(*listing.found.items),
                      by_id);
        odb->loose = listing.found.items;
        odb->loose_count = (uint32_t)listing.found.count;
        odb->loose_first = odb->count;
        odb->count += odb->loose_count;
        return true;
}

/* ---- the whole ---- */

bool odb_open(struct repo *repo, struct arena *arena, struct odb **ret_odb, struct err *err) {
        AUTO_ODB *odb = ARENA_NEW(arena, struct odb);

        odb->repo = repo;
        odb->arena = arena;
        if (!set_id_size(odb, err) || !odb_find_folders(odb, err))
                return false;
        for (size_t i = 0; i < odb->folder_count; i++)
                if (!open_packs(odb, odb->folders[i], err))
                        return false;
        if (!open_loose(odb, err))
                return false;
        *ret_odb = odb;
        odb = NULL;
        return true;
}

void odb_close(struct odb **odb) {
        if (!*odb)
                return;
        for (size_t i = 0; i < (*odb)->packs.count; i++) {
                file_map_close(&(*odb)->packs.items[i].pack_map);
                file_map_close(&(*odb)->packs.items[i].index_map);
        }
        *odb = NULL;
}

size_t odb_id_size(const struct odb *odb) {
        return odb->id_size;
}

uint32_t odb_count(const struct odb *odb) {
        return odb->count;
}

const struct odb_pack *odb_pack_of(const struct odb *odb, uint32_t number) {
        size_t from = 0, to = odb->packs.count;

        if (number >= odb->loose_first)
                return NULL;
        while (to - from > 1) {
                size_t middle = from + (to - from) / 2;

                if (odb->packs.items[middle].first <= number)
                        from = middle;
                else
                        to = middle;
        }
        return &odb->packs.items[from];
}

const unsigned char *odb_id(const struct odb *odb, uint32_t number) {
        const struct odb_pack *pack = odb_pack_of(odb, number);

        return pack ? pack_id(&pack->pack, number - pack->first)
                    : odb->loose[number - odb->loose_first].id;
}

static uint32_t find_loose(const struct odb *odb, const unsigned char *id) {
        uint32_t from = 0, to = odb->loose_count;

        while (from < to) {
                uint32_t middle = from + (to - from) / 2;

                if (memcmp(odb->loose[middle].id, id, odb->id_size) < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        if (from == odb->loose_count || memcmp(odb->loose[from].id, id, odb->id_size) != 0)
                return ODB_NONE;
        return odb->loose_first + from;
}

static uint32_t find_slowly(const struct odb *odb, const unsigned char *id) {
        for (size_t i = 0; i < odb->packs.count; i++) {
                uint32_t position = pack_find(&odb->packs.items[i].pack, id);

                if (position != PACK_NONE)
                        return odb->packs.items[i].first + position;
        }
        return find_loose(odb, id);
}

static uint32_t tag_of(const unsigned char *id) {
        uint32_t tag;

        memcpy(&tag, id + sizeof(uint64_t), sizeof(tag));
        return tag;
}

/* The slot of an id, or the free one where it would go. Ids are hashes already. */
static struct odb_slot *slot_of(const struct odb *odb, const unsigned char *id) {
        uint32_t tag = tag_of(id);
        uint64_t hash;
        size_t at;

        memcpy(&hash, id, sizeof(hash));
        for (at = hash & odb->slot_mask;; at = (at + 1) & odb->slot_mask) {
                struct odb_slot *slot = &odb->slots[at];

                if (slot->number == ODB_NONE ||
                    (slot->tag == tag && memcmp(odb_id(odb, slot->number), id, odb->id_size) == 0))
                        return slot;
        }
}

uint32_t odb_find(const struct odb *odb, const unsigned char *id) {
        return odb->slots ? slot_of(odb, id)->number : find_slowly(odb, id);
}

struct str odb_hex_id(const struct odb *odb, struct arena *arena, const unsigned char *id) {
        return hex_encode(arena, (struct str){ (const char *)id, odb->id_size });
}

struct str odb_hex(const struct odb *odb, struct arena *arena, uint32_t number) {
        return odb_hex_id(odb, arena, odb_id(odb, number));
}

/* ---- errors ---- */

static bool mend_missing(const struct odb *odb, struct err *err) {
        if (odb->repo->is_partial)
                return err_mend(err, "git fetch --refetch --no-filter");
        if (odb->repo->info.is_shallow)
                return err_mend(err, "git fetch --unshallow");
        return err_mend(err, "git fsck --full");
}

bool odb_missing(const struct odb *odb, struct err *err, const unsigned char *id) {
        AUTO_ARENA scratch = arena_make(odb->arena->budget);

        err_set(err, ERR_NOT_FOUND, "object %.*s is missing from the repository",
                STR_ARG(odb_hex_id(odb, &scratch, id)));
        return mend_missing(odb, err);
}

bool odb_damaged(const struct odb *odb, struct err *err, uint32_t number) {
        AUTO_ARENA scratch = arena_make(odb->arena->budget);
        const struct odb_pack *pack = odb_pack_of(odb, number);

        err_set(err, ERR_SYNTAX, "object %.*s is damaged", STR_ARG(odb_hex(odb, &scratch, number)));
        if (pack)
                err_place(err, pack->pack.name);
        return err_mend(err, "git fsck --full");
}

/* ---- the index of all ---- */

/* What stands on a base in another place has the type of that base. */
static void set_outer_types(struct odb *odb, struct odb_pack *pack, struct odb_reader *reader) {
        for (uint32_t i = 0; i < pack->pack.count; i++) {
                AUTO_ARENA scratch = arena_make(odb->arena->budget);
                struct odb_object object;
                struct err ignored;

                if (pack_outer_base(&pack->pack, i) &&
                    odb_read(reader, pack->first + pack->pack.entries[i].position, &object,
                             &ignored))
                        pack_set_type(&pack->pack, &scratch, i, object.type);
        }
}

static bool make_slots(struct odb *odb, struct err *err) {
        size_t count = 1024;

        while (count < (size_t)odb->count * 2)
                count *= 2;
        odb->slots = ARENA_ARRAY(odb->arena, struct odb_slot, count);
        memset(odb->slots, 0xff, count * sizeof(*odb->slots));
        odb->slot_mask = count - 1;
        odb->copies = arena_alloc(odb->arena, odb->count / 8 + 1);
        for (uint32_t i = 0; i < odb->count; i++) {
                struct odb_slot *slot = slot_of(odb, odb_id(odb, i));

                if (slot->number == ODB_NONE)
                        *slot = (struct odb_slot){ i, tag_of(odb_id(odb, i)) };
                else
                        odb->copies[i / 8] |= (uint8_t)(1 << i % 8);
        }
        return odb->count < ODB_NONE || err_set(err, ERR_LIMIT, "too many objects");
}

bool odb_index(struct odb *odb, struct err *err) {
        AUTO_ODB_READER *reader = NULL;

        if (odb->slots)
                return true;
        for (size_t i = 0; i < odb->packs.count; i++)
                if (!pack_read_entries(&odb->packs.items[i].pack, odb->arena, err))
                        return false;
        if (!make_slots(odb, err))
                return false;
        reader = odb_reader_open(odb);
        for (size_t i = 0; reader && i < odb->packs.count; i++)
                set_outer_types(odb, &odb->packs.items[i], reader);
        return reader || err_set(err, ERR_LIMIT, "no memory left");
}

bool odb_is_copy(const struct odb *odb, uint32_t number) {
        return odb->copies[number / 8] >> number % 8 & 1;
}

enum object_type odb_type(const struct odb *odb, uint32_t number) {
        const struct odb_pack *pack = odb_pack_of(odb, number);

        if (!pack)
                return OBJECT_UNKNOWN;
        return (enum object_type)pack->pack.entries[pack->pack.entry_of[number - pack->first]].type;
}
