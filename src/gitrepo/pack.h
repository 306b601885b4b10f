/* gitrepo/pack.h: a pack and its index, as bytes: which objects lie where, and what each is made
 * of.
 *
 * Index versions 1 and 2, packs of version 2 and 3, object ids of SHA-1 and SHA-256. Every offset
 * and size is checked where it is used; a damaged file gives an error, never a wrong read. Source:
 * gitformat-pack(5). */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define PACK_OBJECTS_MAX 100000000
#define PACK_ID_SIZE_MAX 32                 /* bytes of an object id: 20 (SHA-1) or 32 (SHA-256) */
#define PACK_OBJECT_MAX ((size_t)512 << 20) /* a larger object is not read */
#define PACK_NONE UINT32_MAX

enum object_type { OBJECT_UNKNOWN, OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG };

/* One object, in the order of the pack. */
struct pack_entry {
        uint64_t at;   /* where it starts in the pack */
        uint32_t base; /* the entry that it is a delta of; PACK_NONE: none, or not in the pack */
        uint32_t position; /* in the index: the rank of its id */
        uint8_t type;      /* enum object_type of what it comes to; unknown: its base is elsewhere,
                              or the entry is damaged */
        bool is_delta;
        bool is_damaged; /* its header makes no sense, or its bases run in a circle */
        bool is_reached; /* its bases do not */
};

struct pack {
        struct str name; /* for errors: the path of the pack */
        struct str bytes, index;
        size_t id_size;
        uint32_t count; /* objects */
        uint32_t version;
        struct str fanout, ids, offsets, large_offsets; /* tables of the index */
        /* Filled by pack_read_entries. */
        struct pack_entry *entries; /* by offset */
        uint32_t *entry_of;         /* position in the index to entry */
        uint32_t *child, *sibling;  /* the first delta of an entry, the next delta of its base */
        uint32_t *down;             /* every entry, behind the one that it is a delta of */
};

/* What stands before the deflated bytes of an object. */
struct pack_header {
        enum object_type type;        /* unknown: a delta */
        uint64_t size;                /* inflated bytes that follow */
        uint8_t len;                  /* bytes of the header */
        uint64_t base;                /* place of the base; 0: base_id says it, or it is none */
        const unsigned char *base_id; /* NULL: not named by id */
};

/* Reads the tables. The bytes must outlive the pack. Errors: ERR_SYNTAX, ERR_LIMIT. */
MUST_USE bool pack_open(struct str name, struct str bytes, struct str index, size_t id_size,
                        struct pack *ret_pack, struct err *err);

/* The id at a position (ascending ids). */
const unsigned char *pack_id(const struct pack *pack, uint32_t position);

/* The position of an id; PACK_NONE where the pack has no such object. */
uint32_t pack_find(const struct pack *pack, const unsigned char *id);

/* Where the object of a position starts. False where the index names no place in the pack. */
bool pack_place(const struct pack *pack, uint32_t position, uint64_t *ret_at);

/* Reads the header of the object that starts there. False where it is damaged. */
bool pack_header_at(const struct pack *pack, uint64_t at, struct pack_header *ret_header);

/* Reads the header of every object and follows the deltas to their types; nothing is inflated.
 * Errors: ERR_SYNTAX where an offset lies outside of the pack. */
MUST_USE bool pack_read_entries(struct pack *pack, struct arena *arena, struct err *err);

/* Gives an entry whose base is elsewhere its type, and all that stands on it. */
void pack_set_type(struct pack *pack, struct arena *scratch, uint32_t entry, enum object_type type);

/* The id of the base of a delta whose base is no entry of the pack; NULL for any other entry. */
const unsigned char *pack_outer_base(const struct pack *pack, uint32_t entry);

/* Inflates. One for each thread; NULL: no memory. */
struct pack_inflater;
struct pack_inflater *pack_inflater_open(void);
void pack_inflater_close(struct pack_inflater **inflater);
#define AUTO_PACK_INFLATER __attribute__((cleanup(pack_inflater_close))) struct pack_inflater

/* The inflated bytes of what starts at `at` and has this header (of a delta: the delta) into to,
 * which has room for header.size. False where they are damaged; the caller knows the object's name.
 */
bool pack_inflate(const struct pack *pack, uint64_t at, const struct pack_header *header,
                  struct pack_inflater *inflater, char *to);

/* The same of any zlib stream that makes exactly size bytes. */
bool pack_inflate_bytes(struct pack_inflater *inflater, struct str deflated, char *to, size_t size);
