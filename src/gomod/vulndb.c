#include "gomod/vulndb.h"

#include "base/vec.h"
#include "gomod/gover.h"
#include "gomod/vulndb_format.h"

#include <libdeflate.h>
#include <string.h>

#define UPDATE "weir vulndb update"

static bool damaged(struct err *err) {
        err_set(err, ERR_SYNTAX, "the vulnerability snapshot is damaged");
        return err_mend(err, UPDATE);
}

static uint64_t text_at(const struct vulndb_header *header) {
        return sizeof(*header) + (uint64_t)header->module_count * sizeof(struct vulndb_module) +
               (uint64_t)header->block_count * sizeof(struct vulndb_block) +
               (uint64_t)header->event_count * sizeof(struct vulndb_event) +
               (uint64_t)header->entry_count * sizeof(struct vulndb_entry) +
               (uint64_t)header->alias_count * sizeof(struct vulndb_text);
}

/* Where the parts lie; the header must have passed check_header. */
static struct vulndb_parts parts_of(struct str bytes) {
        struct vulndb_parts p = { .header = (const void *)bytes.ptr };

        p.modules = (const void *)(bytes.ptr + sizeof(*p.header));
        p.blocks = (const void *)(p.modules + p.header->module_count);
        p.events = (const void *)(p.blocks + p.header->block_count);
        p.entries = (const void *)(p.events + p.header->event_count);
        p.aliases = (const void *)(p.entries + p.header->entry_count);
        p.text = (const char *)(p.aliases + p.header->alias_count);
        return p;
}

uint32_t vulndb_checksum(struct str bytes) {
        struct vulndb_header header;
        uint32_t crc32;

        memcpy(&header, bytes.ptr, sizeof(header));
        header.crc32 = 0;
        crc32 = libdeflate_crc32(0, &header, sizeof(header));
        return libdeflate_crc32(crc32, bytes.ptr + sizeof(header), bytes.len - sizeof(header));
}

static bool check_header(struct str bytes, struct err *err) {
        struct vulndb_header header;

        if (bytes.len < sizeof(header) || (uintptr_t)bytes.ptr % 8)
                return damaged(err);
        memcpy(&header, bytes.ptr, sizeof(header));
        if (memcmp(header.magic, VULNDB_MAGIC, sizeof(header.magic)) != 0) {
                err_set(err, ERR_UNSUPPORTED, "not a vulnerability snapshot of this weir");
                return err_mend(err, UPDATE);
        }
        if (header.size != bytes.len || text_at(&header) + header.text_size != bytes.len ||
            header.crc32 != vulndb_checksum(bytes))
                return damaged(err);
        return true;
}

static bool has_text(const struct vulndb_parts *p, struct vulndb_text text) {
        return text.at <= p->header->text_size && text.size <= p->header->text_size - text.at;
}

static bool has_items(uint32_t first, uint32_t count, uint32_t total) {
        return first <= total && count <= total - first;
}

static struct str text_of(const struct vulndb_parts *p, struct vulndb_text text) {
        return (struct str){ p->text + text.at, text.size };
}

static bool check_modules(const struct vulndb_parts *p) {
        for (uint32_t i = 0; i < p->header->module_count; i++) {
                const struct vulndb_module *module = &p->modules[i];

                if (!has_text(p, module->path) ||
                    !has_items(module->first_block, module->block_count, p->header->block_count))
                        return false;
                if (i > 0 &&
                    str_cmp(text_of(p, p->modules[i - 1].path), text_of(p, module->path)) >= 0)
                        return false;
        }
        return true;
}

static bool check_blocks(const struct vulndb_parts *p) {
        for (uint32_t i = 0; i < p->header->block_count; i++) {
                const struct vulndb_block *block = &p->blocks[i];

                if (block->entry >= p->header->entry_count || !has_text(p, block->custom_fixed) ||
                    !has_items(block->first_event, block->event_count, p->header->event_count))
                        return false;
        }
        for (uint32_t i = 0; i < p->header->event_count; i++)
                if (!has_text(p, p->events[i].version) ||
                    (p->events[i].kind & ~VULNDB_RANGE_START) > OSV_LAST_AFFECTED)
                        return false;
        return true;
}

static bool check_entries(const struct vulndb_parts *p) {
        for (uint32_t i = 0; i < p->header->entry_count; i++) {
                const struct vulndb_entry *entry = &p->entries[i];

                if (!has_text(p, entry->id) || !has_text(p, entry->summary) ||
                    !has_text(p, entry->url) ||
                    !has_items(entry->first_alias, entry->alias_count, p->header->alias_count))
                        return false;
        }
        for (uint32_t i = 0; i < p->header->alias_count; i++)
                if (!has_text(p, p->aliases[i]))
                        return false;
        return true;
}

bool vulndb_open(struct str bytes, struct vulndb *ret_db, struct err *err) {
        struct vulndb_parts p;

        if (!check_header(bytes, err))
                return false;
        p = parts_of(bytes);
        if (!has_text(&p, p.header->date) || !check_modules(&p) || !check_blocks(&p) ||
            !check_entries(&p))
                return damaged(err);
        *ret_db = (struct vulndb){
                .bytes = bytes,
                .date = text_of(&p, p.header->date),
                .entry_count = p.header->entry_count,
                .module_count = p.header->module_count,
                .withdrawn_count = p.header->withdrawn_count,
        };
        return true;
}

static const struct vulndb_module *find_module(const struct vulndb_parts *p, struct str path) {
        uint32_t low = 0, high = p->header->module_count;

        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                int order = str_cmp(text_of(p, p->modules[middle].path), path);

                if (order == 0)
                        return &p->modules[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

/* A block as osv_affects takes it. A range without events left no mark: it is the last then. */
static struct osv_affected affected_of(const struct vulndb_parts *p, struct arena *arena,
                                       const struct vulndb_block *block) {
        size_t range_count = MIN_OF(block->range_count, block->event_count + 1);
        struct osv_affected affected = {
                .ranges = ARENA_ARRAY(arena, struct osv_range, range_count),
                .range_count = range_count,
                .has_custom_ranges = block->flags & VULNDB_CUSTOM_RANGES,
                .custom_fixed = text_of(p, block->custom_fixed),
        };
        struct osv_event *events = ARENA_ARRAY(arena, struct osv_event, block->event_count);
        size_t range = 0;

        for (uint32_t i = 0; i < block->event_count; i++) {
                const struct vulndb_event *event = &p->events[block->first_event + i];

                if (event->kind & VULNDB_RANGE_START && i > 0 && range + 1 < range_count)
                        range++;
                events[i] = (struct osv_event){
                        (enum osv_event_kind)(event->kind & ~VULNDB_RANGE_START),
                        text_of(p, event->version),
                };
                if (affected.ranges[range].event_count++ == 0)
                        affected.ranges[range].events = &events[i];
        }
        return affected;
}

static struct vulndb_hit hit_of(const struct vulndb_parts *p, struct arena *arena,
                                const struct vulndb_entry *entry) {
        struct vulndb_hit hit = {
                .id = text_of(p, entry->id),
                .summary = text_of(p, entry->summary),
                .url = text_of(p, entry->url),
                .aliases = ARENA_ARRAY(arena, struct str, entry->alias_count),
                .alias_count = entry->alias_count,
        };

        for (uint32_t i = 0; i < entry->alias_count; i++)
                hit.aliases[i] = text_of(p, p->aliases[entry->first_alias + i]);
        return hit;
}

typedef VEC(struct vulndb_hit) hits;

/* Blocks of one entry stand together; what one of them knows beats "unknown". */
static void add_hit(const struct vulndb_parts *p, struct arena *arena,
                    const struct vulndb_block *block, struct str version, hits *found) {
        struct osv_affected affected = affected_of(p, arena, block);
        struct str fixed = affected.custom_fixed;
        enum osv_answer answer = osv_affects(&affected, version, &fixed);
        struct vulndb_hit hit, *last = found->count ? &found->items[found->count - 1] : NULL;

        if (answer == OSV_NOT_AFFECTED)
                return;
        hit = hit_of(p, arena, &p->entries[block->entry]);
        hit.unknown = answer == OSV_UNKNOWN;
        hit.fixed = fixed;
        if (!last || !str_eq(last->id, hit.id))
                *VEC_ADD(arena, found) = hit;
        else if (last->unknown && !hit.unknown)
                *last = hit;
}

void vulndb_find(const struct vulndb *db, struct arena *arena, struct str path, struct str version,
                 struct vulndb_hit **ret_hits, size_t *ret_count) {
        struct vulndb_parts p = parts_of(db->bytes);
        const struct vulndb_module *module = find_module(&p, path);
        hits found = { 0 };

        for (uint32_t i = 0; module && i < module->block_count; i++)
                add_hit(&p, arena, &p.blocks[module->first_block + i], version, &found);
        *ret_hits = found.items;
        *ret_count = found.count;
}

/* Where the kind of a prerelease ("rc1" of "1.22rc1") begins; its length where there is none. */
static size_t kind_at(struct str version) {
        size_t at = 0;

        while (at < version.len && (version.ptr[at] < 'a' || version.ptr[at] > 'z'))
                at++;
        return at;
}

/* The Go database writes "1.22rc1" as 1.22.0-rc.1 and "1.22" as 1.22.0. */
struct str vulndb_go_version(struct arena *arena, struct str release) {
        static const char *const missing[] = { ".0.0", ".0", "" };
        struct str version = str_drop_prefix(release, STR("go")), numbers, kind;
        size_t dots = 0, letters = 0;

        if (!gover_is_valid(version))
                return STR_NONE;
        numbers = str_slice(version, 0, kind_at(version));
        kind = str_slice(version, numbers.len, version.len);
        for (size_t i = 0; i < numbers.len; i++)
                dots += numbers.ptr[i] == '.';
        while (letters < kind.len && kind.ptr[letters] >= 'a' && kind.ptr[letters] <= 'z')
                letters++;
        numbers = str_fmt(arena, "v%.*s%s", STR_ARG(numbers), missing[MIN_OF(dots, (size_t)2)]);
        if (kind.len == 0)
                return numbers;
        return str_fmt(arena, "%.*s-%.*s.%.*s", STR_ARG(numbers), (int)letters, kind.ptr,
                       STR_ARG(str_slice(kind, letters, kind.len)));
}
