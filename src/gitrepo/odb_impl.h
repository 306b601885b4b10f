/* gitrepo/odb_impl.h: what an odb is made of. Only gitrepo/odb*.c include this. */
#pragma once

#include "base/vec.h"
#include "gitrepo/odb.h"
#include "sys/file.h"

struct odb_pack {
        struct pack pack;
        struct file_map pack_map, index_map;
        uint32_t first; /* the number of its first object */
};

struct odb_loose {
        unsigned char id[PACK_ID_SIZE_MAX];
        uint32_t folder; /* in odb.folders */
};

struct odb {
        struct repo *repo;
        struct arena *arena;
        size_t id_size;
        struct str folders[ODB_FOLDERS_MAX]; /* object folders, absolute, in git's order */
        size_t folder_count;
        VEC(struct odb_pack) packs; /* by first */
        struct odb_loose *loose;    /* by id */
        uint32_t loose_count, loose_first;
        uint32_t count;
        /* Filled by odb_index. */
        struct odb_slot *slots; /* a power of two; number ODB_NONE: free */
        size_t slot_mask;
        uint8_t *copies; /* one bit for each number */
};

/* A number and a part of its id, so that most other ids are told apart without looking at them. */
struct odb_slot {
        uint32_t number, tag;
};

/* Finds the folders of the repository's objects. */
MUST_USE bool odb_find_folders(struct odb *odb, struct err *err);

/* The pack that holds a number; NULL: it is loose. */
const struct odb_pack *odb_pack_of(const struct odb *odb, uint32_t number);

/* The header of a loose object: "blob 12\0". False where bytes do not start with one. */
bool odb_parse_loose_header(struct str bytes, enum object_type *ret_type, uint64_t *ret_size,
                            size_t *ret_len);
