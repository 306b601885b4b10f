#include "gomod/mvs.h"

#include "base/vec.h"
#include "gomod/gover.h"

#include <assert.h>
#include <stdlib.h>

/* Every version of one path. */
struct path {
        struct str selected;
        VEC(uint32_t) nodes;
        bool is_selected; /* a root or a requirement of something names it */
        bool is_root;
};

struct mvs_graph mvs_make(struct arena *arena) {
        return (struct mvs_graph){ .arena = arena, .paths = map_make(arena) };
}

static struct path *path_of(struct mvs_graph *graph, struct str name) {
        void **value = map_put(&graph->paths, name);

        if (!*value)
                *value = ARENA_NEW(graph->arena, struct path);
        return *value;
}

uint32_t mvs_find_node(const struct mvs_graph *graph, struct mod_version mod) {
        void **value = map_get(&graph->paths, mod.path);
        const struct path *path = value ? *value : NULL;

        for (size_t i = 0; path && i < path->nodes.count; i++)
                if (str_eq(graph->nodes[path->nodes.items[i]].mod.version, mod.version))
                        return path->nodes.items[i];
        return UINT32_MAX;
}

uint32_t mvs_node(struct mvs_graph *graph, struct mod_version mod) {
        struct path *path = path_of(graph, mod.path);
        uint32_t found = mvs_find_node(graph, mod);

        if (found != UINT32_MAX)
                return found;
        if (graph->count == MVS_NODES_MAX)
                return UINT32_MAX;
        graph->nodes = vec_reserve(graph->arena, graph->nodes, graph->count, &graph->capacity,
                                   sizeof(*graph->nodes));
        graph->nodes[graph->count] = (struct mvs_node){ .mod = mod };
        *VEC_ADD(graph->arena, &path->nodes) = (uint32_t)graph->count;
        return (uint32_t)graph->count++;
}

static int compare(struct str path, struct str a, struct str b) {
        if (a.len == 0 || b.len == 0)
                return (a.len == 0) - (b.len == 0);
        return gover_module_compare(path, a, b);
}

static void select_version(struct mvs_graph *graph, struct mod_version mod) {
        struct path *path = path_of(graph, mod.path);

        if (path->is_selected && compare(mod.path, path->selected, mod.version) >= 0)
                return;
        path->selected = mod.version;
        path->is_selected = true;
}

void mvs_add_root(struct mvs_graph *graph, uint32_t node) {
        for (size_t i = 0; i < graph->root_count; i++)
                if (graph->roots[i] == node)
                        return;
        graph->roots = vec_reserve(graph->arena, graph->roots, graph->root_count,
                                   &graph->root_capacity, sizeof(*graph->roots));
        graph->roots[graph->root_count++] = node;
        path_of(graph, graph->nodes[node].mod.path)->is_root = true;
        select_version(graph, graph->nodes[node].mod);
}

bool mvs_require(struct mvs_graph *graph, uint32_t node, const struct mod_version *requires,
                 size_t count) {
        uint32_t *indexes = ARENA_ARRAY(graph->arena, uint32_t, count);

        assert(!graph->nodes[node].expanded);
        for (size_t i = 0; i < count; i++) {
                indexes[i] = mvs_node(graph, requires[i]);
                if (indexes[i] == UINT32_MAX)
                        return false;
                select_version(graph, requires[i]);
        }
        graph->nodes[node].requires = indexes;
        graph->nodes[node].require_count = count;
        graph->nodes[node].expanded = true;
        return true;
}

bool mvs_selected(const struct mvs_graph *graph, struct str path, struct str *ret_version) {
        void **value = map_get(&graph->paths, path);
        const struct path *found = value ? *value : NULL;

        if (!found || !found->is_selected)
                return false;
        *ret_version = found->selected;
        return true;
}

static int compare_mods(const void *a, const void *b) {
        return mod_version_cmp(*(const struct mod_version *)a, *(const struct mod_version *)b);
}

struct mod_version *mvs_build_list(const struct mvs_graph *graph, struct arena *arena,
                                   size_t *ret_count) {
        struct mod_version *list = ARENA_ARRAY(arena, struct mod_version, graph->paths.count);
        struct map listed = map_make(arena);
        size_t count = 0, first;

        for (size_t i = 0; i < graph->root_count; i++) {
                struct str path = graph->nodes[graph->roots[i]].mod.path, version;

                if (map_has(&listed, path) || !mvs_selected(graph, path, &version))
                        continue;
                map_put(&listed, path);
                list[count++] = (struct mod_version){ path, version };
        }
        first = count;
        for (size_t i = 0; i < graph->paths.count; i++) {
                const struct path *path = graph->paths.entries[i].value;

                if (path->is_selected && !path->is_root)
                        list[count++] =
                                (struct mod_version){ graph->paths.entries[i].key, path->selected };
        }
        if (count > first)
                qsort(list + first, count - first, sizeof(*list), compare_mods);
        *ret_count = count;
        return list;
}

/* A breadth-first walk: the nodes in the order they are met, and who led to each. */
struct walk {
        uint32_t *queue, *parents;
        size_t count;
};

static void meet(struct walk *walk, uint32_t node, uint32_t parent) {
        if (walk->parents[node])
                return;
        walk->parents[node] = parent + 1;
        walk->queue[walk->count++] = node;
}

/* The way back from node to a root (its own parent), turned round. */
static uint32_t *path_to(const struct walk *walk, struct arena *arena, uint32_t node,
                         size_t *ret_count) {
        uint32_t *path;
        size_t count = 1;

        for (uint32_t at = node; walk->parents[at] - 1 != at; at = walk->parents[at] - 1)
                count++;
        path = ARENA_ARRAY(arena, uint32_t, count);
        for (size_t i = count; i > 0; node = walk->parents[node] - 1)
                path[--i] = node;
        *ret_count = count;
        return path;
}

uint32_t *mvs_find_path(const struct mvs_graph *graph, struct arena *arena,
                        bool (*wanted)(void *ctx, uint32_t node), void *ctx, size_t *ret_count) {
        struct walk walk = { .queue = ARENA_ARRAY(arena, uint32_t, graph->count),
                             .parents = ARENA_ARRAY(arena, uint32_t, graph->count) };

        for (size_t i = 0; i < graph->root_count; i++)
                meet(&walk, graph->roots[i], graph->roots[i]);
        for (size_t i = 0; i < walk.count; i++) {
                const struct mvs_node *node = &graph->nodes[walk.queue[i]];

                if (wanted(ctx, walk.queue[i]))
                        return path_to(&walk, arena, walk.queue[i], ret_count);
                for (size_t j = 0; j < node->require_count; j++)
                        meet(&walk, node->requires[j], walk.queue[i]);
        }
        return NULL;
}
