/* cover/run.h: the blocks of one source file, packed.
 *
 * A run holds blocks in ascending order, each place once, as bytes: distances from the block before
 * in variable length, so that a block of a usual profile takes six to eight bytes. A profile of
 * several hundred megabytes then fits in a few dozen. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* A place: lines and columns (bytes) as a profile counts them. Places compare as numbers. */
#define COVER_PLACE(line, column) ((uint64_t)(line) << 32 | (uint32_t)(column))
#define COVER_LINE(place) ((uint32_t)((place) >> 32))
#define COVER_COLUMN(place) ((uint32_t)(place))

/* What a profile says of one block. */
struct cover_block {
        uint64_t start, end; /* places; end is behind the last byte */
        uint64_t count;      /* how often it ran; in mode "set" a flag */
        uint32_t statements;
};

/* How two counts of one block become one: set is OR, count and atomic add up to a ceiling. */
struct cover_sum {
        bool is_set;
        uint64_t max;
};

uint64_t cover_sum_counts(struct cover_sum sum, uint64_t a, uint64_t b);

/* By place: <0, 0, >0. */
int cover_block_cmp(const struct cover_block *a, const struct cover_block *b);

struct cover_segment;

struct cover_run {
        struct cover_segment *first, *last;
        size_t count; /* blocks */
        size_t size;  /* bytes */
};

#define COVER_SEGMENT_BLOCKS 4096 /* blocks packed in one go */

/* Room to pack one segment in; one for each thread. */
struct cover_packer {
        unsigned char *bytes;
        size_t size;
        size_t count;
        struct cover_block before;
};

struct cover_packer cover_packer_make(struct arena *arena);

/* Packs blocks (ascending, each place once) behind the run; segments live in arena. */
void cover_run_add(struct cover_run *run, struct cover_packer *packer, struct arena *arena,
                   const struct cover_block *blocks, size_t count);

/* Walks a run, or blocks that lie unpacked. */
struct cover_cursor {
        const struct cover_segment *segment;
        const unsigned char *at, *end;
        struct cover_block block;
        const struct cover_block *blocks;
        size_t left; /* of blocks */
};

struct cover_cursor cover_run_walk(const struct cover_run *run);

/* The next block; false at the end. */
bool cover_cursor_next(struct cover_cursor *cursor, struct cover_block *ret_block);

/* Whether every block of a lies before every block of b; neither may be empty. */
bool cover_run_is_before(const struct cover_run *a, const struct cover_run *b);

/* Both runs in one. Where one lies wholly before the other they are linked and nothing is copied;
 * else the result is new and neither input is needed any more. False where a block has another
 * number of statements in one than in the other: *ret_a and *ret_b are the two. */
MUST_USE bool cover_run_merge(struct cover_run a, struct cover_run b, struct cover_sum sum,
                              struct cover_packer *packer, struct arena *arena,
                              struct cover_run *ret_run, struct cover_block *ret_a,
                              struct cover_block *ret_b);

/* The run with unpacked blocks (ascending, each place once) merged into it, as above. */
MUST_USE bool cover_run_merge_blocks(struct cover_run run, const struct cover_block *blocks,
                                     size_t count, struct cover_sum sum,
                                     struct cover_packer *packer, struct arena *arena,
                                     struct cover_run *ret_run, struct cover_block *ret_a,
                                     struct cover_block *ret_b);

/* Whether all of the run lies before the place of a block. */
bool cover_run_ends_before(const struct cover_run *run, const struct cover_block *block);

/* The same run in another arena. */
struct cover_run cover_run_copy(const struct cover_run *run, struct arena *arena);
