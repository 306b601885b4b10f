/* gomod/vulndb_format.h: the layout of a snapshot; vulndb.h says what each part is. */
#pragma once

#include "base/str.h"

#define VULNDB_MAGIC "weirvdb1"

/* A piece of the text part. */
struct vulndb_text {
        uint32_t at, size;
};

struct vulndb_header {
        char magic[8];
        uint64_t size;  /* of the file */
        uint32_t crc32; /* of everything, this counted as 0 */
        uint32_t module_count, block_count, event_count, entry_count, alias_count;
        uint32_t withdrawn_count; /* entries that were left out */
        struct vulndb_text date;
        uint32_t text_size;
        uint32_t unused[2];
};

struct vulndb_module {
        struct vulndb_text path;
        uint32_t first_block, block_count;
};

#define VULNDB_CUSTOM_RANGES 1u /* flag: the entry has custom ranges for the module */

struct vulndb_block {
        uint32_t entry, flags;
        uint32_t first_event, event_count;
        uint32_t range_count; /* ranges without events have no mark of their own */
        struct vulndb_text custom_fixed;
        uint32_t unused;
};

#define VULNDB_RANGE_START 16u /* added to the kind of the first event of a range */

struct vulndb_event {
        uint32_t kind; /* enum osv_event_kind, perhaps with VULNDB_RANGE_START */
        struct vulndb_text version;
        uint32_t unused;
};

struct vulndb_entry {
        struct vulndb_text id, summary, url;
        uint32_t first_alias, alias_count;
};

/* The parts in their order. Each is an array of 8-byte aligned records. */
struct vulndb_parts {
        const struct vulndb_header *header;
        const struct vulndb_module *modules;
        const struct vulndb_block *blocks;
        const struct vulndb_event *events;
        const struct vulndb_entry *entries;
        const struct vulndb_text *aliases;
        const char *text;
};

/* The checksum that the file in bytes, a whole header at least, should have. */
uint32_t vulndb_checksum(struct str bytes);

_Static_assert(sizeof(struct vulndb_header) == 64, "no hidden padding");
_Static_assert(sizeof(struct vulndb_module) == 16, "no hidden padding");
_Static_assert(sizeof(struct vulndb_block) == 32, "no hidden padding");
_Static_assert(sizeof(struct vulndb_event) == 16, "no hidden padding");
_Static_assert(sizeof(struct vulndb_entry) == 32, "no hidden padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are read where they lie");
