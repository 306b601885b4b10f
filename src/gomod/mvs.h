/* gomod/mvs.h: minimal version selection.
 *
 * A graph of module versions and what each requires. Of every path the highest version that occurs
 * anywhere in the graph is selected. The graph grows while it is read, and answers at any time for
 * what it holds. Source: Go Modules Reference, "Minimal version selection". Versions are compared
 * with gover_module_compare; the empty version (a main module) is above all others. */
#pragma once

#include "base/map.h"
#include "gomod/modpath.h"

#define MVS_NODES_MAX (1u << 20)

struct mvs_node {
        struct mod_version mod;
        const uint32_t *requires; /* indexes of nodes */
        size_t require_count;
        bool expanded; /* its requirements are in the graph */
};

struct mvs_graph {
        struct arena *arena;
        struct mvs_node *nodes; /* move when a node is added: keep indexes */
        size_t count, capacity;
        uint32_t *roots;
        size_t root_count, root_capacity;
        struct map paths; /* module path to what is known about it; private */
};

struct mvs_graph mvs_make(struct arena *arena);

/* The node of a module version, made where there is none. The views in mod must outlive the graph.
 * UINT32_MAX where the graph is full (MVS_NODES_MAX). */
uint32_t mvs_node(struct mvs_graph *graph, struct mod_version mod);

/* The same, UINT32_MAX where there is none. */
uint32_t mvs_find_node(const struct mvs_graph *graph, struct mod_version mod);

/* Makes a node a root of the graph, once. */
void mvs_add_root(struct mvs_graph *graph, uint32_t node);

/* Says what a node requires, once. False where the graph is full. */
MUST_USE bool mvs_require(struct mvs_graph *graph, uint32_t node,
                          const struct mod_version *requires, size_t count);

/* The selected version of a path; false where no version of it is in the graph. */
bool mvs_selected(const struct mvs_graph *graph, struct str path, struct str *ret_version);

/* The roots' paths in their order, each at its selected version, then all others sorted. */
struct mod_version *mvs_build_list(const struct mvs_graph *graph, struct arena *arena,
                                   size_t *ret_count);

/* A shortest path from a root to a node for which wanted is true: indexes of nodes, the root first.
 * NULL where there is none. */
uint32_t *mvs_find_path(const struct mvs_graph *graph, struct arena *arena,
                        bool (*wanted)(void *ctx, uint32_t node), void *ctx, size_t *ret_count);
