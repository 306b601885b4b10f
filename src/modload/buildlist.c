#include "modload/buildlist.h"

#include "base/buf.h"
#include "base/vec.h"
#include "gomod/gover.h"

#include <assert.h>
#include <stdlib.h>

/* How a node is enqueued; each way at most once. */
enum pruning { PRUNED = 1, UNPRUNED = 2, WORKSPACE = 4 };

/* The replaces of one path, in the order of their files. */
struct replacement {
        struct str version;         /* "": every version */
        struct mod_version new_mod; /* a folder is cleaned and relative to the root folder */
        size_t file;                /* 0: go.work; else the main module's number plus one */
        struct replacement *next;
};

struct exclusion {
        struct str version;
        struct exclusion *next;
};

struct buildlist {
        struct arena *arena;
        struct buildlist_input input;
        struct map replacements, exclusions, mains; /* by path */
        struct mod_version *roots;
        size_t root_count;
        struct map root_versions; /* path to the highest version, as struct str */
        enum pruning pruning;
        struct map modules; /* path to struct version_list */
        struct mvs_graph graph;
        VEC(unsigned char) enqueued; /* per node, bits of enum pruning */
        bool loaded;
};

struct version_list {
        VEC(struct buildlist_module *) items;
};

/* ---- folders ---- */

/* a/./b//c/../d is a/b/d; "" is the folder itself; leading ".." stay. */
static struct str clean_path(struct arena *arena, struct str path) {
        VEC(struct str) parts = { 0 };
        bool absolute = str_has_prefix(path, STR("/"));
        struct buf out = buf_make(arena);

        while (path.len) {
                struct str part = path;

                if (!str_cut(path, '/', &part, &path))
                        path = STR_NONE;
                if (part.len == 0 || str_eq(part, STR(".")))
                        continue;
                if (!str_eq(part, STR("..")))
                        *VEC_ADD(arena, &parts) = part;
                else if (parts.count && !str_eq(parts.items[parts.count - 1], part))
                        parts.count--;
                else if (!absolute)
                        *VEC_ADD(arena, &parts) = part;
        }
        for (size_t i = 0; i < parts.count; i++) {
                if (i || absolute)
                        buf_add_char(&out, '/');
                buf_add(&out, parts.items[i]);
        }
        return absolute && parts.count == 0 ? STR("/") : buf_str(&out);
}

static struct str folder_of(struct arena *arena, struct str dir, struct str path) {
        if (str_has_prefix(path, STR("/")) || dir.len == 0)
                return clean_path(arena, path);
        return clean_path(arena, str_fmt(arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(path)));
}

/* ---- what the main modules say ---- */

static void add_replaces(struct buildlist *list, const struct modfile *mod, struct str dir,
                         size_t file) {
        for (size_t i = 0; i < mod->replace_count; i++) {
                const struct modfile_replace *replace = &mod->replaces[i];
                struct replacement *item = ARENA_NEW(list->arena, struct replacement);
                void **first = map_put(&list->replacements, replace->old_mod.path);

                *item = (struct replacement){ .version = replace->old_mod.version,
                                              .new_mod = replace->new_mod,
                                              .file = file,
                                              .next = *first };
                if (item->new_mod.version.len == 0)
                        item->new_mod.path = folder_of(list->arena, dir, item->new_mod.path);
                *first = item;
        }
}

static void add_excludes(struct buildlist *list, const struct modfile *mod) {
        for (size_t i = 0; i < mod->exclude_count; i++) {
                struct exclusion *item = ARENA_NEW(list->arena, struct exclusion);
                void **first = map_put(&list->exclusions, mod->excludes[i].mod.path);

                *item = (struct exclusion){ mod->excludes[i].mod.version, *first };
                *first = item;
        }
}

static void *first_of(const struct map *map, struct str path) {
        void **value = map_get(map, path);

        return value ? *value : NULL;
}

bool buildlist_excludes(const struct buildlist *list, struct mod_version mod) {
        const struct exclusion *item = first_of(&list->exclusions, mod.path);

        for (; item; item = item->next)
                if (str_eq(item->version, mod.version))
                        return true;
        return false;
}

bool buildlist_is_main(const struct buildlist *list, struct str path) {
        return map_has(&list->mains, path);
}

/* A file's replace of the version itself goes before its replace of every version; go.work goes
 * before all go.mod files; of several go.mod files the last one's counts. Chains begin with what
 * was written last. */
static const struct replacement *find_replacement(const struct buildlist *list,
                                                  struct mod_version mod) {
        const struct replacement *item = first_of(&list->replacements, mod.path), *best = NULL;

        for (; item; item = item->next) {
                bool exact = str_eq(item->version, mod.version);

                if (!exact && item->version.len)
                        continue;
                if (!best || (item->file == 0 && best->file != 0) ||
                    (item->file == best->file && exact && best->version.len == 0))
                        best = item;
        }
        return best;
}

struct mod_version buildlist_actual(const struct buildlist *list, struct mod_version mod) {
        const struct replacement *replacement;

        if (mod.version.len == 0 && buildlist_is_main(list, mod.path))
                return mod;
        replacement = find_replacement(list, mod);
        return replacement ? replacement->new_mod : mod;
}

static void add_root(struct buildlist *list, size_t *capacity, struct mod_version mod) {
        list->roots = vec_reserve(list->arena, list->roots, list->root_count, capacity,
                                  sizeof(*list->roots));
        list->roots[list->root_count++] = mod;
}

static void add_go_roots(struct buildlist *list, size_t *capacity, const struct modfile *mod) {
        add_root(list, capacity, (struct mod_version){ STR("go"), modfile_go_version(mod) });
        if (mod->toolchain.value.len)
                add_root(list, capacity,
                         (struct mod_version){ STR("toolchain"), mod->toolchain.value });
}

static int compare_mods(const void *a, const void *b) {
        return mod_version_cmp(*(const struct mod_version *)a, *(const struct mod_version *)b);
}

static void note_root_version(struct buildlist *list, struct mod_version mod) {
        void **value = map_put(&list->root_versions, mod.path);
        struct str *version = *value;

        if (!version) {
                *value = version = ARENA_NEW(list->arena, struct str);
                *version = mod.version;
        } else if (gover_module_compare(mod.path, *version, mod.version) < 0) {
                *version = mod.version;
        }
}

static void collect_roots(struct buildlist *list) {
        const struct buildlist_input *input = &list->input;
        size_t capacity = 0;

        for (size_t i = 0; input->work && i < input->main_count; i++)
                add_root(list, &capacity,
                         (struct mod_version){ .path = input->mains[i].mod->module.path });
        for (size_t i = 0; !input->work && i < input->mains[0].mod->require_count; i++) {
                struct mod_version mod = input->mains[0].mod->requires[i].mod;

                if (!buildlist_excludes(list, mod))
                        add_root(list, &capacity, mod);
        }
        add_go_roots(list, &capacity, input->work ? input->work : input->mains[0].mod);
        qsort(list->roots, list->root_count, sizeof(*list->roots), compare_mods);
        for (size_t i = 0; i < list->root_count; i++)
                note_root_version(list, list->roots[i]);
}

static enum pruning pruning_of(struct str go_version) {
        return gover_compare(go_version, GOVER_PRUNED) < 0 ? UNPRUNED : PRUNED;
}

struct buildlist *buildlist_make(struct arena *arena, const struct buildlist_input *input) {
        struct buildlist *list = ARENA_NEW(arena, struct buildlist);

        assert(input->work || input->main_count == 1);
        *list = (struct buildlist){ .arena = arena,
                                    .input = *input,
                                    .replacements = map_make(arena),
                                    .exclusions = map_make(arena),
                                    .mains = map_make(arena),
                                    .root_versions = map_make(arena),
                                    .modules = map_make(arena),
                                    .graph = mvs_make(arena) };
        if (input->work)
                add_replaces(list, input->work, STR_NONE, 0);
        for (size_t i = 0; i < input->main_count; i++) {
                *map_put(&list->mains, input->mains[i].mod->module.path) =
                        (void *)(uintptr_t)(i + 1);
                add_replaces(list, input->mains[i].mod, input->mains[i].dir, i + 1);
                add_excludes(list, input->mains[i].mod);
        }
        list->pruning =
                input->work ? WORKSPACE : pruning_of(modfile_go_version(input->mains[0].mod));
        collect_roots(list);
        return list;
}

bool buildlist_is_pruned(const struct buildlist *list) {
        return list->pruning != UNPRUNED;
}

const struct mod_version *buildlist_roots(const struct buildlist *list, size_t *ret_count) {
        *ret_count = list->root_count;
        return list->roots;
}

bool buildlist_root_selected(const struct buildlist *list, struct str path,
                             struct str *ret_version) {
        const struct str *version = first_of(&list->root_versions, path);

        if (buildlist_is_main(list, path)) {
                *ret_version = STR_NONE;
                return true;
        }
        if (version)
                *ret_version = *version;
        return version != NULL;
}

/* ---- one go.mod ---- */

static bool fault(struct buildlist_module *module, enum buildlist_fault kind) {
        module->fault = kind;
        return false;
}

static bool has_sum(const struct buildlist *list, struct buildlist_module *module) {
        struct mod_version actual = module->actual;

        if (!list->input.sums || actual.version.len == 0 ||
            sumfile_has(list->input.sums, actual, true))
                return true;
        err_set(&module->err, ERR_NOT_FOUND, "missing go.sum entry for go.mod file of %.*s@%.*s",
                STR_ARG(actual.path), STR_ARG(actual.version));
        err_mend(&module->err, "go mod download %.*s", STR_ARG(module->mod.path));
        return fault(module, BUILDLIST_SUM_MISSING);
}

static bool fetch(struct buildlist *list, struct buildlist_module *module, struct str *ret_bytes) {
        const struct mod_source *source = &list->input.source;

        switch (source->go_mod(source->ctx, list->arena, module->actual, ret_bytes, &module->err)) {
        case MOD_ANSWERED:
                return true;
        case MOD_NO_SUM:
                return fault(module, BUILDLIST_SUM_MISSING);
        case MOD_ABSENT:
                return fault(module, BUILDLIST_ABSENT);
        case MOD_FAILED:
                break;
        }
        return fault(module, BUILDLIST_UNREADABLE);
}

static bool check_declared(struct buildlist_module *module) {
        if (module->actual.version.len == 0)
                return true;
        if (module->declared.len == 0) {
                err_set(&module->err, ERR_SYNTAX, "go.mod of %.*s@%.*s has no module line",
                        STR_ARG(module->actual.path), STR_ARG(module->actual.version));
                return fault(module, BUILDLIST_NO_MODULE_LINE);
        }
        if (str_eq(module->declared, module->mod.path) ||
            str_eq(module->declared, module->actual.path))
                return true;
        err_set(&module->err, ERR_SYNTAX,
                "go.mod of %.*s@%.*s declares its path as %.*s, but it was required as %.*s",
                STR_ARG(module->actual.path), STR_ARG(module->actual.version),
                STR_ARG(module->declared), STR_ARG(module->mod.path));
        return fault(module, BUILDLIST_OTHER_PATH);
}

static void take_requires(struct buildlist *list, struct buildlist_module *module,
                          const struct modfile *mod) {
        bool is_strict =
                module->go_version.len && gover_compare(module->go_version, GOVER_STRICT) >= 0;

        module->requires = ARENA_ARRAY(list->arena, struct mod_version, mod->require_count + 1);
        for (size_t i = 0; i < mod->require_count; i++)
                if (!buildlist_excludes(list, mod->requires[i].mod))
        module->requires[module->require_count++] = mod->requires[i].mod;
        if (is_strict)
        module->requires[module->require_count++] =
                (struct mod_version){ STR("go"), module->go_version };
}

static bool check_go_line(const struct buildlist *list, struct buildlist_module *module) {
        struct str local = list->input.go_version;

        if (local.len == 0 || gover_compare(module->go_version, GOVER_STRICT) < 0 ||
            gover_compare(module->go_version, local) <= 0)
                return true;
        err_set(&module->err, ERR_UNSUPPORTED,
                "module %.*s@%.*s requires go >= %.*s (running go %.*s)", STR_ARG(module->mod.path),
                STR_ARG(module->mod.version), STR_ARG(module->go_version), STR_ARG(local));
        return fault(module, BUILDLIST_TOO_NEW);
}

static bool take_modfile(struct buildlist *list, struct buildlist_module *module,
                         const struct modfile *mod) {
        module->declared = mod->module.path;
        module->go_version = mod->go.value;
        module->pruned = mod->go.value.len && pruning_of(mod->go.value) == PRUNED;
        if (!check_go_line(list, module) || !check_declared(module))
                return false;
        take_requires(list, module, mod);
        return true;
}

static bool read_dependency(struct buildlist *list, struct buildlist_module *module) {
        struct modfile mod;
        struct str bytes, name = STR("go.mod");

        if (!has_sum(list, module) || !fetch(list, module, &bytes))
                return false;
        if (module->actual.version.len == 0)
                name = str_join_path(list->arena, module->actual.path, name);
        if (!modfile_parse(list->arena, MODFILE_DEPENDENCY, name, bytes, &mod, &module->err)) {
                err_context(&module->err, "reading %.*s@%.*s", STR_ARG(module->mod.path),
                            STR_ARG(module->mod.version));
                return fault(module, BUILDLIST_SYNTAX);
        }
        return take_modfile(list, module, &mod);
}

/* go 1.21.3 needs toolchain go1.21.3, so that the two move together. */
static void read_pseudo_module(struct buildlist *list, struct buildlist_module *module) {
        struct str version = module->mod.version;

        if (!str_eq(module->mod.path, STR("go")) || gover_compare(version, GOVER_STRICT) < 0)
                return;
        module->requires = ARENA_NEW(list->arena, struct mod_version);
        module->requires[0] = (struct mod_version){ STR("toolchain"), str_fmt(list->arena, "go%.*s",
                                                                              STR_ARG(version)) };
        module->require_count = 1;
}

static void read_module(struct buildlist *list, struct buildlist_module *module) {
        uintptr_t main = (uintptr_t)first_of(&list->mains, module->mod.path);

        module->actual = buildlist_actual(list, module->mod);
        if (gover_is_pseudo_module(module->mod.path)) {
                module->pruned = true;
                read_pseudo_module(list, module);
        } else if (module->mod.version.len == 0 && main) {
                take_modfile(list, module, list->input.mains[main - 1].mod);
        } else {
                read_dependency(list, module);
        }
}

const struct buildlist_module *buildlist_read(struct buildlist *list, struct mod_version mod) {
        void **value = map_put(&list->modules, mod.path);
        struct version_list *versions = *value;
        struct buildlist_module *module;

        if (!versions)
                *value = versions = ARENA_NEW(list->arena, struct version_list);
        for (size_t i = 0; i < versions->items.count; i++)
                if (str_eq(versions->items.items[i]->mod.version, mod.version))
                        return versions->items.items[i];
        module = ARENA_NEW(list->arena, struct buildlist_module);
        module->mod = mod;
        *VEC_ADD(list->arena, &versions->items) = module;
        read_module(list, module);
        return module;
}

/* ---- the whole graph ---- */

struct step {
        uint32_t node;
        enum pruning pruning;
};

struct loader {
        struct buildlist *list;
        VEC(struct step) queue;
        size_t next;
};

static void enqueue(struct loader *loader, uint32_t node, enum pruning pruning) {
        struct buildlist *list = loader->list;

        while (list->enqueued.count <= node)
                *VEC_ADD(list->arena, &list->enqueued) = 0;
        if (list->enqueued.items[node] & pruning)
                return;
        list->enqueued.items[node] |= (unsigned char)pruning;
        *VEC_ADD(list->arena, &loader->queue) = (struct step){ node, pruning };
}

/* The node's go.mod, its requirements added to the graph at the first call. */
static bool expand(struct buildlist *list, uint32_t node,
                   const struct buildlist_module **ret_module) {
        const struct buildlist_module *module;

        module = *ret_module = buildlist_read(list, list->graph.nodes[node].mod);
        if (module->fault != BUILDLIST_OK || list->graph.nodes[node].expanded)
                return true;
        return mvs_require(&list->graph, node, module->requires, module->require_count);
}

static bool load_step(struct loader *loader, struct step step) {
        const struct mvs_graph *graph = &loader->list->graph;
        const struct buildlist_module *module;
        enum pruning next;

        if (!expand(loader->list, step.node, &module))
                return false;
        next = step.pruning == UNPRUNED || !module->pruned ? UNPRUNED : PRUNED;
        if (module->fault != BUILDLIST_OK || (step.pruning == PRUNED && module->pruned))
                return true;
        for (size_t i = 0; i < graph->nodes[step.node].require_count; i++)
                enqueue(loader, graph->nodes[step.node].requires[i], next);
        return true;
}

static bool drain(struct loader *loader) {
        while (loader->next < loader->queue.count)
                if (!load_step(loader, loader->queue.items[loader->next++]))
                        return false;
        return true;
}

static bool is_enqueued(const struct buildlist *list, uint32_t node, enum pruning pruning) {
        return node < list->enqueued.count && (list->enqueued.items[node] & pruning);
}

/* Where a requirement of a module that matters is selected in a higher version, that version
 * matters too. */
static void enqueue_upgrades(struct loader *loader, struct map *relevant, uint32_t node) {
        struct mvs_graph *graph = &loader->list->graph;

        for (size_t i = 0; i < graph->nodes[node].require_count; i++) {
                struct mod_version required = graph->nodes[graph->nodes[node].requires[i]].mod;
                struct mod_version selected = { .path = required.path };
                uint32_t selected_node;

                if (!mvs_selected(graph, required.path, &selected.version) ||
                    selected.version.len == 0 ||
                    gover_module_compare(required.path, selected.version, required.version) <= 0)
                        continue;
                selected_node = mvs_node(graph, selected);
                if (is_enqueued(loader->list, selected_node, WORKSPACE))
                        continue;
                enqueue(loader, selected_node, WORKSPACE);
                map_put(relevant, required.path);
        }
}

/* In a workspace the requirements of the main modules' dependencies are read at the versions that
 * are selected, because only those tell what the packages need. */
static bool load_workspace(struct loader *loader) {
        struct buildlist *list = loader->list;
        struct map relevant = map_make(list->arena);
        size_t before;

        for (size_t i = 0; i < list->root_count; i++)
                map_put(&relevant, list->roots[i].path);
        do {
                before = loader->queue.count;
                for (size_t i = 0; i < relevant.count; i++) {
                        struct mod_version mod = { .path = relevant.entries[i].key };
                        uint32_t node;

                        if (!mvs_selected(&list->graph, mod.path, &mod.version))
                                continue;
                        node = mvs_node(&list->graph, mod);
                        enqueue(loader, node, WORKSPACE);
                        enqueue_upgrades(loader, &relevant, node);
                }
                if (!drain(loader))
                        return false;
        } while (loader->queue.count > before);
        return true;
}

static bool add_roots_to_graph(struct loader *loader) {
        struct buildlist *list = loader->list;
        struct mvs_graph *graph = &list->graph;

        if (list->pruning != WORKSPACE) {
                struct mod_version main = { .path = list->input.mains[0].mod->module.path };
                uint32_t node = mvs_node(graph, main);

                mvs_add_root(graph, node);
                if (!mvs_require(graph, node, list->roots, list->root_count))
                        return false;
        }
        for (size_t i = 0; i < list->root_count; i++) {
                uint32_t node = mvs_node(graph, list->roots[i]);

                if (node == UINT32_MAX)
                        return false;
                if (list->pruning == WORKSPACE)
                        mvs_add_root(graph, node);
                enqueue(loader, node, list->pruning);
        }
        return true;
}

bool buildlist_load(struct buildlist *list, struct err *err) {
        struct loader loader = { .list = list };

        if (list->loaded)
                return true;
        if (!add_roots_to_graph(&loader) || !drain(&loader) ||
            (list->pruning == WORKSPACE && !load_workspace(&loader)))
                return err_set(err, ERR_LIMIT, "the module graph has more than %u module versions",
                               MVS_NODES_MAX);
        list->loaded = true;
        return true;
}

bool buildlist_is_loaded(const struct buildlist *list) {
        return list->loaded;
}

const struct mvs_graph *buildlist_graph(const struct buildlist *list) {
        return &list->graph;
}

/* What is known of a node's go.mod; NULL where nothing asked for it. */
static const struct buildlist_module *known_module(const struct buildlist *list,
                                                   struct mod_version mod) {
        const struct version_list *versions = first_of(&list->modules, mod.path);

        for (size_t i = 0; versions && i < versions->items.count; i++)
                if (str_eq(versions->items.items[i]->mod.version, mod.version))
                        return versions->items.items[i];
        return NULL;
}

struct fault_search {
        const struct buildlist *list;
        struct arena *arena;
        VEC(const struct buildlist_module *) found;
};

/* Never what is wanted, so that the walk goes on to the last node. */
static bool collect_fault(void *ctx, uint32_t node) {
        struct fault_search *search = ctx;
        const struct buildlist_module *module =
                known_module(search->list, search->list->graph.nodes[node].mod);

        if (module && module->fault != BUILDLIST_OK)
                *VEC_ADD(search->arena, &search->found) = module;
        return false;
}

const struct buildlist_module **buildlist_faults(const struct buildlist *list, struct arena *arena,
                                                 size_t *ret_count) {
        struct fault_search search = { .list = list, .arena = arena };
        size_t path_count;

        mvs_find_path(&list->graph, arena, collect_fault, &search, &path_count);
        *ret_count = search.found.count;
        return search.found.items;
}

struct mod_version *buildlist_modules(const struct buildlist *list, struct arena *arena,
                                      size_t *ret_count) {
        return mvs_build_list(&list->graph, arena, ret_count);
}

bool buildlist_find_outdated_root(const struct buildlist *list, struct mod_version *ret_root,
                                  struct str *ret_selected) {
        for (size_t i = 0; i < list->root_count; i++) {
                struct str selected;

                if (!mvs_selected(&list->graph, list->roots[i].path, &selected) ||
                    str_eq(selected, list->roots[i].version) ||
                    (list->pruning != UNPRUNED && buildlist_is_main(list, list->roots[i].path)))
                        continue;
                *ret_root = list->roots[i];
                *ret_selected = selected;
                return true;
        }
        return false;
}

bool buildlist_roots_satisfy(struct buildlist *list, struct mod_version mod) {
        const struct buildlist_module *module = buildlist_read(list, mod);

        if (module->fault != BUILDLIST_OK)
                return false;
        for (size_t i = 0; i < module->require_count; i++) {
                struct mod_version required = module->requires[i];
                struct str version;

                /* A requirement of a main module counts as not satisfied: the go command compares
                 * with its empty version, which is no version. */
                if (buildlist_root_selected(list, required.path, &version) &&
                    gover_module_compare(required.path, version, required.version) < 0)
                        return false;
        }
        return true;
}
