/* cover/parts.h: what one thread has read of a profile so far. Only cover/ includes this.
 *
 * Blocks of one file that follow each other in a profile are sorted and packed into a run when the
 * file changes. Runs of one file are merged as they come so that their sizes fall by half from one
 * to the next: few runs, whatever order the lines are in, and little memory where the same blocks
 * come again and again. */
#pragma once

#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "cover/run.h"

/* Where a file is named first: the place in the order of all profiles, then the line there. */
struct cover_origin {
        uint32_t source, piece;
        uint64_t line; /* in the piece, from 0 */
};

struct cover_part {
        struct str name;
        struct cover_origin origin;
        VEC(struct cover_run) runs;
};

struct cover_parts {
        struct arena arena; /* names, parts, lists of runs */
        struct arena runs;  /* the segments: copied to a new arena when most of it is dead */
        size_t live, dead;  /* bytes in runs */
        struct cover_packer packer;
        struct map by_name;
        struct cover_sum sum;

        struct cover_part *current;
        struct cover_block *pending; /* of the current file */
        size_t pending_count;

        /* The first block with different numbers of statements; file empty: none. */
        struct str clash_file;
        struct cover_block clash;
        uint32_t clash_statements; /* the other number */
};

void cover_parts_init(struct cover_parts *parts, struct arena_budget *budget, struct cover_sum sum);
void cover_parts_drop(struct cover_parts *parts);

/* Makes the file current; its name is copied when it is new. */
void cover_parts_enter(struct cover_parts *parts, struct str name, struct cover_origin origin);

/* Adds a block to the current file. */
void cover_parts_add(struct cover_parts *parts, const struct cover_block *block);

/* Packs what is pending. Called when a thread has no more lines. */
void cover_parts_flush(struct cover_parts *parts);

/* Adds a run of the current file's blocks, as from another parts. */
void cover_parts_push(struct cover_parts *parts, struct cover_run run);

/* Merges all runs of a part into one. */
void cover_parts_settle(struct cover_parts *parts, struct cover_part *part);
