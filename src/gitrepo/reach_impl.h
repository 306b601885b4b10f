/* gitrepo/reach_impl.h: the graph of a repository. Only gitrepo/reach*.c include this. */
#pragma once

#include "base/vec.h"
#include "gitrepo/odb_impl.h"
#include "gitrepo/reach.h"

#define REACH_WORKERS_MAX 64
#define REACH_DAMAGED 0xff /* a kind: it cannot be read */

/* What one commit, tree or tag points at, as numbers; ODB_NONE: what is not there. Of a commit the
 * first is its tree and the others its parents; links to other repositories are left out. */
struct reach_node {
        int64_t time; /* of a commit */
        uint32_t count;
        uint32_t links[];
};

struct reach_worker {
        struct arena arena; /* of nodes */
        VEC(uint32_t) links;
};

struct reach {
        struct odb *odb;
        struct arena *arena;
        struct reach_worker workers[REACH_WORKERS_MAX];
        struct reach_node **nodes; /* by number; NULL: a blob, or what cannot be read */
        uint8_t *kinds;            /* by number: enum object_type, 0 for blobs, REACH_DAMAGED */
        uint8_t *shallow;          /* by number: its parents were left out */
        VEC(uint32_t) commits;     /* marked, parents first */
};

/* The parents of a commit that has a node. */
static inline const uint32_t *reach_parents(const struct reach *reach, uint32_t commit,
                                            size_t *ret_count) {
        const struct reach_node *node = reach->nodes[commit];

        *ret_count = reach->shallow[commit] ? 0 : node->count - 1;
        return node->links + 1;
}
