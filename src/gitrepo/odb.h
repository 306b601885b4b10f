/* gitrepo/odb.h: all objects of a repository, read by weir itself: packs, loose objects,
 * alternates, the quarantine of a push; object ids of SHA-1 and SHA-256. Read only, and nothing is
 * ever fetched.
 *
 * What libgit2 cannot do is done here: to list every object with its type, and to unfold whole
 * packs in the order in which deltas stand on each other, so that each base is inflated once. Files
 * are mapped; git never changes a pack in place.
 *
 * Objects are named by numbers: 0 .. odb_count-1. An object that lies in two places has two
 * numbers; odb_find gives the first, and the other one is a copy. Source: gitformat-pack(5),
 * gitrepository-layout(5). */
#pragma once

#include "gitrepo/pack.h"
#include "gitrepo/repo.h"

#define ODB_NONE UINT32_MAX
#define ODB_PACKS_MAX 10000
#define ODB_FOLDERS_MAX 256        /* object folders, alternates of alternates too */
#define ODB_ALTERNATES_DEPTH_MAX 5 /* as in git */
#define ODB_LOOSE_MAX 20000000
#define ODB_DELTA_DEPTH_MAX 20000 /* git itself writes 4095 at most */
#define ODB_TYPES(type) (1u << (type))
#define ODB_ALL_TYPES                                                                              \
        (ODB_TYPES(OBJECT_COMMIT) | ODB_TYPES(OBJECT_TREE) | ODB_TYPES(OBJECT_BLOB) |              \
         ODB_TYPES(OBJECT_TAG))

/* As repo_open, of a repository whose object ids may be SHA-256 too. Of such a one only repo_info,
 * repo_setting and what takes an odb may be asked. */
MUST_USE bool repo_open_any(struct arena *arena, const struct env *env, struct str path,
                            struct repo **ret_repo, struct err *err);

struct odb;

/* Maps every pack and lists every loose object, in the folders of the repository, of its alternates
 * and of the environment. A folder that is not there has no objects. Errors: ERR_IO, ERR_LIMIT;
 * ERR_SYNTAX where a pack or its index is damaged; ERR_UNSUPPORTED for an unknown object format.
 * repo and arena must outlive the odb. */
MUST_USE bool odb_open(struct repo *repo, struct arena *arena, struct odb **ret_odb,
                       struct err *err);
void odb_close(struct odb **odb);
#define AUTO_ODB __attribute__((cleanup(odb_close))) struct odb

size_t odb_id_size(const struct odb *odb); /* bytes */
uint32_t odb_count(const struct odb *odb);

/* The number of an id; ODB_NONE where there is no such object. */
uint32_t odb_find(const struct odb *odb, const unsigned char *id);
const unsigned char *odb_id(const struct odb *odb, uint32_t number);

/* The id in hexadecimal, whole. odb_hex_id is the same of any id. */
struct str odb_hex(const struct odb *odb, struct arena *arena, uint32_t number);
struct str odb_hex_id(const struct odb *odb, struct arena *arena, const unsigned char *id);
/* The id that 40 or 64 hexadecimal digits name. False where hex is none of this repository. */
bool odb_parse_id(const struct odb *odb, struct str hex, unsigned char ret_id[PACK_ID_SIZE_MAX]);

/* Errors about one object, each with its mend. */
bool odb_missing(const struct odb *odb, struct err *err, const unsigned char *id);
bool odb_damaged(const struct odb *odb, struct err *err, uint32_t number);

/* Makes odb_find fast and odb_walk and odb_type possible: reads the header of every packed object.
 * Not to be called while another thread uses the odb; a second call does nothing. */
MUST_USE bool odb_index(struct odb *odb, struct err *err);

/* Whether another number has the same object before. After odb_index. */
bool odb_is_copy(const struct odb *odb, uint32_t number);

/* The type of a packed object, after odb_index; unknown for loose and for damaged ones. */
enum object_type odb_type(const struct odb *odb, uint32_t number);

/* Reads single objects; each thread needs its own. NULL: no memory. */
struct odb_reader;
struct odb_reader *odb_reader_open(const struct odb *odb);
void odb_reader_close(struct odb_reader **reader);
#define AUTO_ODB_READER __attribute__((cleanup(odb_reader_close))) struct odb_reader

struct odb_object {
        enum object_type type;
        struct str bytes; /* the reader's: valid until its next read */
};

/* Errors: ERR_SYNTAX for a damaged object, ERR_NOT_FOUND where its base is missing, ERR_LIMIT over
 * PACK_OBJECT_MAX bytes, ERR_IO. The id of what is read is not computed, as in git. */
MUST_USE bool odb_read(struct odb_reader *reader, uint32_t number, struct odb_object *ret_object,
                       struct err *err);

/* One object while a walk stands on it. */
struct odb_visit {
        uint32_t number;
        enum object_type type;
        struct str bytes;
        struct str delta; /* what made it of base; empty: it was stored whole */
        struct str base;
        void *base_state;      /* what the visit of the base gave; NULL without a delta */
        const struct err *err; /* not NULL: it could not be read; the bytes are empty */
        unsigned worker;       /* 0 .. workers-1: which thread */
        bool is_wanted;        /* false: another object stands on it, and visits_bases is set */
};

struct odb_walk {
        unsigned types;        /* ODB_TYPES of what is wanted */
        const uint8_t *wanted; /* one byte for each number: not 0, wanted. NULL: all */
        unsigned workers;      /* threads; at least 1 */
        bool visits_bases;     /* visit what wanted objects stand on, too */
        /* Called once for each wanted object, copies left out, by all workers at a time. What it
         * returns is handed to the visits of its deltas and then to release (which may be NULL). */
        void *(*visit)(void *ctx, const struct odb_visit *visit);
        void (*release)(void *ctx, void *state);
        void *ctx;
};

/* Unfolds every wanted object: packs in their order, each delta right after its base, then the
 * loose ones. Memory: for each worker a few of the largest objects. After odb_index. Errors:
 * ERR_INTERRUPTED and no memory; what is wrong with single objects is told to their visits. */
MUST_USE bool odb_walk(const struct odb *odb, const struct odb_walk *walk, struct err *err);
