/* gitrepo/reach.h: what the refs of a repository hold on to: commits, trees, blobs, tags, and how
 * they hang together.
 *
 * The graph is read once, in the order of the packs, by several threads; then what is reachable is
 * marked in memory. So a missing object is known, and named with who asks for it. */
#pragma once

#include "gitrepo/gitobject.h"
#include "gitrepo/refs.h"

#define REACH_DEPTH_MAX 400 /* folders in folders; deeper ones are told as trouble */

struct reach;

/* Called where something is missing or damaged, from one thread. */
typedef void reach_trouble(void *ctx, const struct err *err);

/* Reads all commits, trees and tags of odb, which is indexed then. Errors: those of odb_walk. */
MUST_USE bool reach_make(struct odb *odb, struct arena *arena, unsigned workers,
                         struct reach **ret_reach, struct err *err);
void reach_close(struct reach **reach);
#define AUTO_REACH __attribute__((cleanup(reach_close))) struct reach

/* Marks (1) in marks, one byte for each number of the odb, all that the refs reach; with `all`, all
 * that there is. Parents behind the commits of `shallow` are left alone. Each object that lacks
 * something, or cannot be read, is told once. Once for a reach. */
void reach_mark(struct reach *reach, const struct refs *refs, const struct refs *shallow, bool all,
                uint8_t *marks, reach_trouble *trouble, void *ctx);

/* Whether a number is a blob, as far as it could be read. */
bool reach_is_blob(const struct reach *reach, uint32_t number);

/* The marked commits: parents before children, and as far as that leaves it open, older first. */
const uint32_t *reach_commits(const struct reach *reach, size_t *ret_count);

/* ---- who added what ---- */

/* What becomes known of one wanted blob. */
struct reach_place {
        uint32_t first_commit, last_commit; /* numbers; ODB_NONE: none, or not asked for */
        const struct str *paths; /* every path it had, sorted; in the arena of reach_make */
        size_t path_count;
};

/* Finds every path that wanted blobs (one byte for each number) had in any marked commit, the first
 * commit that has each (in the order of reach_commits) and, if asked, the last one. `found` is
 * called for each, in the order of numbers. Errors: those of odb_read, ERR_LIMIT. */
MUST_USE bool reach_find_places(struct reach *reach, const uint8_t *wanted, bool with_last,
                                void (*found)(void *ctx, uint32_t blob,
                                              const struct reach_place *place),
                                void *ctx, struct err *err);
