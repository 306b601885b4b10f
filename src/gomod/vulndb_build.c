#include "base/buf.h"
#include "base/vec.h"
#include "data/tar.h"
#include "data/zip.h"
#include "gomod/vulndb.h"
#include "gomod/vulndb_format.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The zero time of Go, which stands where a database has no dates. */
#define NO_TIME STR("0001-01-01")

struct vulndb_builder {
        struct arena *arena;
        VEC(struct osv_entry) entries;
        struct map ids;         /* of entries, withdrawn ones too */
        VEC(struct str) listed; /* by index/vulns.json */
        struct str index_date, newest_date;
        uint32_t withdrawn_count;
};

struct vulndb_builder *vulndb_builder_make(struct arena *arena) {
        struct vulndb_builder *builder = ARENA_NEW(arena, struct vulndb_builder);

        builder->arena = arena;
        builder->ids = map_make(arena);
        return builder;
}

/* RFC 3339 in UTC sorts as text. */
static void note_date(struct vulndb_builder *builder, struct str date) {
        if (!str_has_prefix(date, NO_TIME) && str_cmp(date, builder->newest_date) > 0)
                builder->newest_date = date;
}

static bool add_entry(struct vulndb_builder *builder, struct str name, struct str bytes,
                      struct err *err) {
        struct osv_entry entry;

        if (!osv_parse(builder->arena, name, bytes, &entry, err))
                return false;
        if (map_has(&builder->ids, entry.id))
                return err_at(err, ERR_SYNTAX, name, 0, 0, "%.*s comes twice", STR_ARG(entry.id));
        if (builder->ids.count == VULNDB_ENTRIES_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "over %zu entries", VULNDB_ENTRIES_MAX);
        *map_put(&builder->ids, entry.id) = NULL;
        note_date(builder, entry.published);
        note_date(builder, entry.modified);
        note_date(builder, entry.withdrawn);
        if (entry.withdrawn.len)
                builder->withdrawn_count++;
        else
                *VEC_ADD(builder->arena, &builder->entries) = entry;
        return true;
}

static json_t *load(struct str name, struct str bytes, struct err *err) {
        json_error_t error;
        json_t *json = NULL;

        if (bytes.len > VULNDB_FILE_MAX)
                err_at(err, ERR_LIMIT, name, 0, 0, "over %zu bytes", VULNDB_FILE_MAX);
        else if (!(json = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, 0, &error)))
                err_at(err, ERR_SYNTAX, name, (uint32_t)error.line, (uint32_t)error.column, "%s",
                       error.text);
        return json;
}

static struct str text_member(struct arena *arena, const json_t *object, const char *key) {
        return str_dup(arena, str_of(json_string_value(json_object_get(object, key))));
}

static bool add_index_db(struct vulndb_builder *builder, struct str name, struct str bytes,
                         struct err *err) {
        json_t *json = load(name, bytes, err);

        if (!json)
                return false;
        builder->index_date = text_member(builder->arena, json, "modified");
        json_decref(json);
        return builder->index_date.len ||
               err_at(err, ERR_SYNTAX, name, 0, 0, "no \"modified\" date in the index");
}

static bool add_index_vulns(struct vulndb_builder *builder, struct str name, struct str bytes,
                            struct err *err) {
        json_t *json = load(name, bytes, err);
        bool is_array = json_is_array(json);

        for (size_t i = 0; i < json_array_size(json); i++)
                *VEC_ADD(builder->arena, &builder->listed) =
                        text_member(builder->arena, json_array_get(json, i), "id");
        json_decref(json);
        if (json && !is_array)
                err_at(err, ERR_SYNTAX, name, 0, 0, "the index is no array");
        return is_array;
}

static bool pass_over(struct vulndb_builder *builder UNUSED, struct str name UNUSED,
                      struct str bytes UNUSED, struct err *err UNUSED) {
        return true;
}

/* The first row whose end a name has, behind a slash or at its beginning, says what is in it. */
static const struct {
        struct str name;
        bool (*add)(struct vulndb_builder *builder, struct str name, struct str bytes,
                    struct err *err);
} known_files[] = {
        { STR_INIT("index/db.json"), add_index_db },
        { STR_INIT("index/vulns.json"), add_index_vulns },
        { STR_INIT("index/modules.json"), pass_over }, /* says nothing that entries do not */
};

static bool ends_in(struct str name, struct str end) {
        struct str before = str_drop_suffix(name, end);

        return str_has_suffix(name, end) && (before.len == 0 || str_has_suffix(before, STR("/")));
}

bool vulndb_builder_add(struct vulndb_builder *builder, struct str name, struct str bytes,
                        struct err *err) {
        for (size_t i = 0; i < COUNT_OF(known_files); i++)
                if (ends_in(name, known_files[i].name))
                        return known_files[i].add(builder, name, bytes, err);
        return !str_has_suffix(name, STR(".json")) || add_entry(builder, name, bytes, err);
}

static bool add_zip(struct vulndb_builder *builder, struct str bytes, struct err *err) {
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip zip;

        if (!inflater)
                return err_set(err, ERR_LIMIT, "no memory to unpack");
        if (!zip_open(builder->arena, bytes, &zip_limits_default, &zip, err))
                return false;
        for (size_t i = 0; i < zip.entry_count; i++) {
                struct str contents;

                if (!zip_read(&zip, &zip.entries[i], inflater, VULNDB_ARCHIVE_MAX, &contents,
                              err) ||
                    !vulndb_builder_add(builder, zip.entries[i].name, contents, err))
                        return false;
        }
        return true;
}

static bool add_tar(struct vulndb_builder *builder, struct str bytes, struct err *err) {
        struct tar tar = tar_open(bytes);
        struct tar_entry entry;
        bool more = true;

        for (;;) {
                if (!tar_next(&tar, builder->arena, &entry, &more, err))
                        return false;
                if (!more)
                        return true;
                if (entry.kind == TAR_FILE &&
                    !vulndb_builder_add(builder, entry.name, entry.bytes, err))
                        return false;
        }
}

bool vulndb_builder_add_archive(struct vulndb_builder *builder, struct str bytes, struct err *err) {
        if (str_has_prefix(bytes, STR("PK")))
                return add_zip(builder, bytes, err);
        if (gzip_is(bytes) && !gzip_unpack(builder->arena, bytes, VULNDB_ARCHIVE_MAX, &bytes, err))
                return false;
        return add_tar(builder, bytes, err);
}

/* ---- writing ---- */

/* A block and what it is sorted by. */
struct placed_block {
        const struct osv_affected *affected;
        uint32_t entry;
};

struct writer {
        struct arena *arena;
        struct vulndb_header header;
        struct map known_text; /* text to its struct vulndb_text */
        struct buf text, modules, blocks, events, entries, aliases;
};

static struct vulndb_text put_text(struct writer *w, struct str text) {
        void **slot;
        struct vulndb_text *place;

        if (text.len == 0)
                return (struct vulndb_text){ 0 };
        slot = map_put(&w->known_text, text);
        place = *slot;
        if (!place) {
                *slot = place = ARENA_NEW(w->arena, struct vulndb_text);
                *place = (struct vulndb_text){ (uint32_t)w->text.len, (uint32_t)text.len };
                buf_add(&w->text, text);
        }
        return *place;
}

static void put_record(struct buf *out, const void *record, size_t size) {
        buf_add(out, (struct str){ record, size });
}

static void put_entry(struct writer *w, const struct osv_entry *entry) {
        struct vulndb_entry record = {
                .id = put_text(w, entry->id),
                .summary = put_text(w, entry->summary),
                .url = put_text(w, entry->url),
                .first_alias = w->header.alias_count,
                .alias_count = (uint32_t)entry->alias_count,
        };

        for (size_t i = 0; i < entry->alias_count; i++) {
                struct vulndb_text alias = put_text(w, entry->aliases[i]);

                put_record(&w->aliases, &alias, sizeof(alias));
        }
        w->header.alias_count += record.alias_count;
        w->header.entry_count++;
        put_record(&w->entries, &record, sizeof(record));
}

static void put_range(struct writer *w, const struct osv_range *range) {
        for (size_t i = 0; i < range->event_count; i++) {
                struct vulndb_event record = {
                        .kind = range->events[i].kind | (i == 0 ? VULNDB_RANGE_START : 0),
                        .version = put_text(w, range->events[i].version),
                };

                put_record(&w->events, &record, sizeof(record));
        }
        w->header.event_count += (uint32_t)range->event_count;
}

static void put_block(struct writer *w, const struct placed_block *block) {
        struct vulndb_block record = {
                .entry = block->entry,
                .flags = block->affected->has_custom_ranges ? VULNDB_CUSTOM_RANGES : 0,
                .first_event = w->header.event_count,
                .range_count = (uint32_t)block->affected->range_count,
                .custom_fixed = put_text(w, block->affected->custom_fixed),
        };

        for (size_t i = 0; i < block->affected->range_count; i++)
                put_range(w, &block->affected->ranges[i]);
        record.event_count = w->header.event_count - record.first_event;
        w->header.block_count++;
        put_record(&w->blocks, &record, sizeof(record));
}

static void put_module(struct writer *w, const struct placed_block *blocks, size_t count) {
        struct vulndb_module record = {
                .path = put_text(w, blocks->affected->module),
                .first_block = w->header.block_count,
                .block_count = (uint32_t)count,
        };

        for (size_t i = 0; i < count; i++)
                put_block(w, &blocks[i]);
        w->header.module_count++;
        put_record(&w->modules, &record, sizeof(record));
}

static int cmp_entries(const void *a, const void *b) {
        return str_cmp(((const struct osv_entry *)a)->id, ((const struct osv_entry *)b)->id);
}

/* By module, then by entry, then in the order of the entry. */
static int cmp_blocks(const void *a, const void *b) {
        const struct placed_block *x = a, *y = b;
        int order = str_cmp(x->affected->module, y->affected->module);

        if (order == 0)
                order = (x->entry > y->entry) - (x->entry < y->entry);
        return order ? order : (x->affected > y->affected) - (x->affected < y->affected);
}

static struct placed_block *place_blocks(const struct vulndb_builder *builder, struct arena *arena,
                                         size_t *ret_count) {
        VEC(struct placed_block) blocks = { 0 };

        for (size_t i = 0; i < builder->entries.count; i++)
                for (size_t j = 0; j < builder->entries.items[i].affected_count; j++)
                        *VEC_ADD(arena, &blocks) =
                                (struct placed_block){ &builder->entries.items[i].affected[j],
                                                       (uint32_t)i };
        if (blocks.count)
                qsort(blocks.items, blocks.count, sizeof(struct placed_block), cmp_blocks);
        *ret_count = blocks.count;
        return blocks.items;
}

static void put_modules(struct writer *w, const struct placed_block *blocks, size_t count) {
        for (size_t from = 0, to; from < count; from = to) {
                struct str path = blocks[from].affected->module;

                for (to = from; to < count && str_eq(blocks[to].affected->module, path); to++)
                        continue;
                put_module(w, &blocks[from], to - from);
        }
}

static struct str join_parts(struct writer *w, struct arena *arena) {
        const struct buf *parts[] = { &w->modules, &w->blocks,  &w->events,
                                      &w->entries, &w->aliases, &w->text };
        struct buf out = buf_make(arena);

        put_record(&out, &w->header, sizeof(w->header));
        for (size_t i = 0; i < COUNT_OF(parts); i++)
                buf_add(&out, buf_str(parts[i]));
        w->header.size = out.len;
        memcpy(out.ptr, &w->header, sizeof(w->header));
        w->header.crc32 = vulndb_checksum(buf_str(&out));
        memcpy(out.ptr, &w->header, sizeof(w->header));
        return buf_str(&out);
}

static bool check_complete(const struct vulndb_builder *builder, struct err *err) {
        if (builder->ids.count == 0)
                return err_set(err, ERR_NOT_FOUND, "no vulnerability entry (OSV, *.json) there");
        for (size_t i = 0; i < builder->listed.count; i++)
                if (!map_has(&builder->ids, builder->listed.items[i]))
                        return err_set(err, ERR_SYNTAX, "the index lists %.*s, which is not there",
                                       STR_ARG(builder->listed.items[i]));
        return true;
}

bool vulndb_builder_end(struct vulndb_builder *builder, struct arena *arena, struct str *ret_bytes,
                        struct err *err) {
        AUTO_ARENA scratch = arena_make(arena->budget);
        struct writer w = {
                .arena = &scratch,
                .known_text = map_make(&scratch),
                .text = buf_make(&scratch),
                .modules = buf_make(&scratch),
                .blocks = buf_make(&scratch),
                .events = buf_make(&scratch),
                .entries = buf_make(&scratch),
                .aliases = buf_make(&scratch),
        };
        struct placed_block *blocks;
        size_t count;

        if (!check_complete(builder, err))
                return false;
        if (builder->entries.count)
                qsort(builder->entries.items, builder->entries.count, sizeof(struct osv_entry),
                      cmp_entries);
        memcpy(w.header.magic, VULNDB_MAGIC, sizeof(w.header.magic));
        w.header.withdrawn_count = builder->withdrawn_count;
        for (size_t i = 0; i < builder->entries.count; i++)
                put_entry(&w, &builder->entries.items[i]);
        blocks = place_blocks(builder, &scratch, &count);
        put_modules(&w, blocks, count);
        w.header.date =
                put_text(&w, builder->index_date.len ? builder->index_date : builder->newest_date);
        if (w.text.len > VULNDB_FILE_MAX)
                return err_set(err, ERR_LIMIT, "the snapshot would have over %zu bytes",
                               VULNDB_FILE_MAX);
        w.header.text_size = (uint32_t)w.text.len;
        *ret_bytes = join_parts(&w, arena);
        return true;
}
