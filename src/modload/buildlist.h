/* modload/buildlist.h: the module graph of a main module or a workspace, and its build list.
 *
 * Read lazily, as the go command reads it: a go.mod is asked for only where something needs it.
 * From go 1.17 on the graph is pruned: what a dependency that itself says go 1.17 requires is
 * taken, what those requirements require is not. Below, and for dependencies that say less, the
 * graph is read to its leaves. replace and exclude of the main modules (and go.work) are applied.
 * go and toolchain lines take part as the modules "go" and "toolchain". Source: Go Modules
 * Reference, "Module graph pruning", "Lazy module loading", "Workspaces"; cmd/go/internal/modload
 * (buildlist.go, modfile.go). Bytes come through a callback, so that a module cache, a proxy and a
 * table in memory are alike. */
#pragma once

#include "gomod/modfile.h"
#include "gomod/mvs.h"
#include "gomod/sumfile.h"

/* What a source says about the go.mod of a module. */
enum mod_answer {
        MOD_ANSWERED,
        MOD_NO_SUM, /* go.sum has no line for it: the go command does not look further */
        MOD_ABSENT, /* it would have to be downloaded; err says how (mend) */
        MOD_FAILED  /* it is there and cannot be used, or there is no such thing; err says why */
};

struct mod_source {
        void *ctx;
        /* mod is what stands after replacement. Without a version its path is a folder: absolute,
         * or relative to the folder of the go.work, else of the main module, and cleaned ("../x").
         */
        enum mod_answer (*go_mod)(void *ctx, struct arena *arena, struct mod_version mod,
                                  struct str *ret_bytes, struct err *err);
};

struct buildlist_main {
        const struct modfile *mod;
        struct str
                dir; /* of its go.mod, relative to the go.work's folder; "" outside a workspace */
};

struct buildlist_input {
        const struct buildlist_main *mains; /* exactly one outside a workspace */
        size_t main_count;
        const struct modfile *work; /* NULL outside a workspace */
        const struct sumfile
                *sums;         /* go.mod files without a line in it are refused, as -mod=readonly
                                  does; NULL: none is (workspaces, other modes) */
        struct str go_version; /* of the toolchain ("1.26.8"); empty: no module is too new */
        struct mod_source source;
};

/* Why the go.mod of a dependency cannot be used. */
#define BUILDLIST_FAULTS(X)                                                                        \
        X(BUILDLIST_OK)                                                                            \
        X(BUILDLIST_SUM_MISSING)    /* go.sum has no line for it */                                \
        X(BUILDLIST_ABSENT)         /* it would have to be downloaded */                           \
        X(BUILDLIST_UNREADABLE)     /* the source failed */                                        \
        X(BUILDLIST_SYNTAX)         /* the go command cannot parse it */                           \
        X(BUILDLIST_NO_MODULE_LINE) /* it names no module */                                       \
        X(BUILDLIST_OTHER_PATH)     /* it names another module than was required */                \
        X(BUILDLIST_TOO_NEW)        /* its go line is newer than the toolchain */

enum buildlist_fault {
#define X(name) name,
        BUILDLIST_FAULTS(X)
#undef X
};

/* One module version whose go.mod was asked for. */
struct buildlist_module {
        struct mod_version mod;    /* as required */
        struct mod_version actual; /* after replacement */
        enum buildlist_fault fault;
        struct err err;               /* for a fault: words, and perhaps a mend */
        struct str declared;          /* path in its module line; may be empty */
        struct str go_version;        /* its go line; empty where it has none */
        bool pruned;                  /* its own dependencies are pruned out */
        struct mod_version *requires; /* excluded ones left out; perhaps "go" at the end */
        size_t require_count;
};

struct buildlist;

/* input is copied; what it points to must live as long as the arena. */
struct buildlist *buildlist_make(struct arena *arena, const struct buildlist_input *input);

/* Where the graph is pruned (always in a workspace), the go command reads it only when the main
 * modules' own requirements are not enough. */
bool buildlist_is_pruned(const struct buildlist *list);

/* What the main module requires itself, excluded versions left out, with "go" and perhaps
 * "toolchain"; sorted, duplicates kept. In a workspace: the main modules, "go", "toolchain". */
const struct mod_version *buildlist_roots(const struct buildlist *list, size_t *ret_count);

/* The highest version that a root names for a path; "" for a main module. False where none does. */
bool buildlist_root_selected(const struct buildlist *list, struct str path,
                             struct str *ret_version);

bool buildlist_is_main(const struct buildlist *list, struct str path);

/* What stands for mod: its replacement, or mod itself. A folder's path as in struct mod_source. */
struct mod_version buildlist_actual(const struct buildlist *list, struct mod_version mod);

/* Whether a main module excludes the version. */
bool buildlist_excludes(const struct buildlist *list, struct mod_version mod);

/* The go.mod of one module version, read at the first call. Never NULL; not for main modules
 * outside a workspace. */
const struct buildlist_module *buildlist_read(struct buildlist *list, struct mod_version mod);

/* Reads the whole graph, at the first call. A go.mod that cannot be used is no error: it is a fault
 * of its module, and the graph lacks what it would bring. ERR_LIMIT: more than MVS_NODES_MAX. */
MUST_USE bool buildlist_load(struct buildlist *list, struct err *err);
bool buildlist_is_loaded(const struct buildlist *list);

/* The graph, for the selected versions and paths in it; empty before buildlist_load. */
const struct mvs_graph *buildlist_graph(const struct buildlist *list);

/* The modules of the graph that have a fault, nearest to the main modules first. */
const struct buildlist_module **buildlist_faults(const struct buildlist *list, struct arena *arena,
                                                 size_t *ret_count);

/* The selected version of every module of the loaded graph, main modules first. */
struct mod_version *buildlist_modules(const struct buildlist *list, struct arena *arena,
                                      size_t *ret_count);

/* The first root that the loaded graph selects in another version than the go.mod says: the go
 * command would have to change the go.mod. A root that names the main module counts only where the
 * graph is not pruned. False where all agree. */
bool buildlist_find_outdated_root(const struct buildlist *list, struct mod_version *ret_root,
                                  struct str *ret_selected);

/* Whether the roots are at least at the versions that mod itself requires. */
bool buildlist_roots_satisfy(struct buildlist *list, struct mod_version mod);
