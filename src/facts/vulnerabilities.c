/* The vulnerability snapshot, and what of it affects the build list. */
#include "modload/buildlist.h"

#include "base/map.h"
#include "facts/facts.h"
#include "gomod/gover.h"
#include "sys/clock.h"
#include "sys/file.h"

#define SNAPSHOT_FILE "vulndb.snapshot"

static const struct text no_snapshot = { "there is no vulnerability snapshot on this host",
                                         "本机没有漏洞库快照" };
static const struct text no_snapshot_mend = { "weir vulndb update DIR|FILE|URL",
                                              "weir vulndb update DIR|FILE|URL" };

static struct str snapshot_path(struct fact_job *job) {
        const struct fact_options *options = &job->repo->options;
        struct str dir;

        if (options->vulndb_path.len)
                return options->vulndb_path;
        if (!env_weir_dir(options->env, job->arena, ENV_DIR_DATA, &dir))
                return STR_NONE;
        return str_join_path(job->arena, dir, STR(SNAPSHOT_FILE));
}

/* The map stays for the life of the process: findings view its text. */
void fact_build_vulndb(struct fact_job *job) {
        struct vulndb *db = ARENA_NEW(job->arena, struct vulndb);
        struct str path = snapshot_path(job);
        struct file_map map = { STR_NONE };
        struct err err;

        if (path.len && file_map_open(path, VULNDB_FILE_MAX, &map, &err) &&
            (vulndb_open(map.bytes, db, &err) || err_place(&err, path))) {
                job->repo->vulndb = db;
                clock_parse_date(db->date, &job->repo->vulndb_day);
                return;
        }
        /* The user's own --vulndb that is not there is a gap, not something left undone. */
        if (path.len && (err.code != ERR_NOT_FOUND || job->repo->options.vulndb_path.len))
                fact_fail(job, gap_of_err(job->arena, &err));
        else
                fact_not_set_up(job, (struct gap){ message_make(&no_snapshot),
                                                   message_make(&no_snapshot_mend) });
}

/* The release that the toolchain line names, else the go line. */
static struct str release_of(const struct modfile *mod) {
        struct str toolchain = gover_of_toolchain(mod->toolchain.value);

        return toolchain.len ? toolchain : mod->go.value;
}

struct hits {
        VEC(struct module_hit) list;
        const struct map *reached; /* NULL: all of the build list */
};

/* ---- what a module of a workspace brings into it ---- */

struct reach {
        const struct module_facts *module;
        const struct mvs_graph *graph;
        struct arena *arena;
        bool *seen;          /* of each node */
        VEC(uint32_t) nodes; /* those that are reached, in the order of their discovery */
        struct map *paths;
};

static void reach_node(struct reach *reach, struct mod_version mod) {
        uint32_t node = mvs_find_node(reach->graph, mod);

        if (node == UINT32_MAX || reach->seen[node])
                return;
        reach->seen[node] = true;
        *VEC_ADD(reach->arena, &reach->nodes) = node;
        map_put(reach->paths, mod.path);
}

/* Of a main module of the workspace no version counts. */
static struct mod_version as_built(const struct reach *reach, struct mod_version mod) {
        for (size_t i = 0; i < reach->module->main_count; i++)
                if (str_eq(reach->module->mains[i].facts->path, mod.path))
                        mod.version = STR_NONE;
        return mod;
}

/* The paths of what the module requires, and of what follows from that. The build list is of the
 * whole workspace; what another module alone brings into it is told of that one. */
static const struct map *reached_by(struct fact_job *job) {
        const struct module_facts *module = job->module;
        const struct mvs_graph *graph = buildlist_graph(module->list);
        struct map *paths = ARENA_NEW(job->arena, struct map);
        struct reach reach = { .module = module,
                               .graph = graph,
                               .arena = job->arena,
                               .seen = ARENA_ARRAY(job->arena, bool, graph->count),
                               .paths = paths };

        *paths = map_make(job->arena);
        reach_node(&reach, (struct mod_version){ .path = module->path });
        for (size_t i = 0; i < reach.nodes.count; i++) {
                const struct mvs_node *node = &graph->nodes[reach.nodes.items[i]];

                for (size_t j = 0; j < node->require_count; j++)
                        reach_node(&reach, as_built(&reach, graph->nodes[node->requires[j]].mod));
        }
        return paths;
}

static bool is_reached(const struct hits *hits, struct str path) {
        return !hits->reached || map_has(hits->reached, path);
}

/* ---- what affects it ---- */

static void find_hits(struct fact_job *job, const struct selected_module *selected,
                      struct hits *hits) {
        struct vulndb_hit *found;
        size_t count;

        vulndb_find(job->repo->vulndb, job->arena, selected->actual.path, selected->actual.version,
                    &found, &count);
        for (size_t i = 0; i < count; i++)
                *VEC_ADD(job->arena, &hits->list) = (struct module_hit){ selected, &found[i] };
}

static void find_stdlib_hits(struct fact_job *job, struct hits *hits) {
        struct selected_module *stdlib = ARENA_NEW(job->arena, struct selected_module);
        struct str version = vulndb_go_version(job->arena, release_of(job->module->modfile));

        if (!job->repo->options.stdlib || !version.len)
                return;
        stdlib->mod = stdlib->actual = (struct mod_version){ STR("stdlib"), version };
        find_hits(job, stdlib, hits);
}

void fact_build_vulnerabilities(struct fact_job *job) {
        struct hits hits = { .reached = job->module->work ? reached_by(job) : NULL };

        for (size_t i = 0; i < job->module->build_list_count; i++) {
                const struct selected_module *selected = &job->module->build_list[i];

                if (selected->actual.version.len && is_reached(&hits, selected->mod.path))
                        find_hits(job, selected, &hits);
        }
        find_stdlib_hits(job, &hits);
        job->module->hits = hits.list.items;
        job->module->hit_count = hits.list.count;
}
