/* modload/refusal.h: what the go command would refuse.
 *
 * The answer is that of `GOPROXY=off go list -mod=readonly -deps -test ./...` in the folder of a
 * module, case for case: refused where it exits 1, accepted where it exits 0. Where it would first
 * have to download something (which GOPROXY=off makes an error), or ask the checksum database, the
 * answer is that this is unjudged, with what would mend it, unless something else is refused in any
 * case. What the go command does not look at, because it does not need it, is not looked at here.
 *
 * Stages, each ending the judgement where it refuses: the choice of a toolchain (GOTOOLCHAIN), the
 * files go.work and go.mod, the module graph (go < 1.17), the packages and what they import, the
 * versions that these demand, the go.mod that the go command would write. One thing is not seen:
 * the go command parses test files whole, and of their syntax errors only bad tokens, brackets that
 * do not pair and wrong signatures of test functions are found here. Source: Go Modules Reference;
 * Go Toolchains; cmd/go/internal/{toolchain,modload,load,list}. */
#pragma once

#include "gitrepo/tree.h"
#include "modcache/modcache.h"
#include "modload/buildlist.h"
#include "modload/packages.h"

/* X(kind, name): name is the kind in lower case with dashes, for tests and traces. */
#define REFUSALS(X)                                                                                \
        X(REFUSAL_GOTOOLCHAIN, "gotoolchain")   /* GOTOOLCHAIN or toolchain line is malformed */   \
        X(REFUSAL_WORK_SYNTAX, "work-syntax")   /* go.work does not parse */                       \
        X(REFUSAL_WORK_GODEBUG, "work-godebug") /* a godebug line of go.work */                    \
        X(REFUSAL_WORK_USE, "work-use")         /* a use that is doubled or has no module */       \
        X(REFUSAL_WORK_OLD, "work-old")         /* its go line is less than a module's */          \
        X(REFUSAL_WORK_REPLACE, "work-replace") /* replaces a module that it uses */               \
        X(REFUSAL_WORK_OUTSIDE, "work-outside") /* the module is not among its uses */             \
        X(REFUSAL_MOD_SYNTAX, "mod-syntax")     /* go.mod does not parse */                        \
        X(REFUSAL_MOD_VERSION, "mod-version")   /* a version that is not canonical */              \
        X(REFUSAL_MOD_PATH, "mod-path")         /* no module line, or a path that none may have */ \
        X(REFUSAL_MOD_GODEBUG, "mod-godebug")   /* a godebug line of go.mod */                     \
        X(REFUSAL_MOD_TOOL, "mod-tool")         /* a malformed tool path */                        \
        X(REFUSAL_REPLACE_CONFLICT, "replace-conflict") /* two replacements of one version */      \
        X(REFUSAL_TWO_PATHS, "two-paths")               /* one module stands for two */            \
        X(REFUSAL_GO_TOO_NEW, "go-too-new")           /* a go line is newer than the toolchain */  \
        X(REFUSAL_SUM_SYNTAX, "sum-syntax")           /* go.sum is malformed */                    \
        X(REFUSAL_SUM_MISSING, "sum-missing")         /* go.sum has no line for what is loaded */  \
        X(REFUSAL_SUM_MISMATCH, "sum-mismatch")       /* go.sum has another hash */                \
        X(REFUSAL_DEPENDENCY, "dependency")           /* a dependency's go.mod cannot be used */   \
        X(REFUSAL_DEPENDENCY_PATH, "dependency-path") /* it names another module */                \
        X(REFUSAL_REPLACE_FOLDER,                                                                  \
          "replace-folder")               /* a folder that is missing or has no go.mod */          \
        X(REFUSAL_UPDATE, "update")       /* "updates to go.mod needed" */                         \
        X(REFUSAL_IMPLICIT, "implicit")   /* imports from a module go.mod does not name */         \
        X(REFUSAL_IMPORT, "import")       /* no module provides an imported package */             \
        X(REFUSAL_AMBIGUOUS, "ambiguous") /* several modules provide it */                         \
        X(REFUSAL_PACKAGE, "package")     /* anything else wrong with a package */

/* Most refusals, and most things unjudged, of one report; further ones are not listed. */
#define REFUSAL_LIST_MAX 1000

enum refusal_kind {
#define X(kind, name) kind,
        REFUSALS(X)
#undef X
};

struct refusal {
        enum refusal_kind kind;
        struct str file; /* relative to the tree's root; empty where no file of the tree is meant */
        uint32_t line, column;      /* 0: none */
        struct str module, version; /* the dependency meant; may be empty */
        struct str package;         /* the package meant; may be empty */
        struct str detail;          /* English, the go command's words where that is possible */
        struct str mend;            /* may be empty */
};

struct refusal_unjudged {
        struct str module, version; /* may be empty */
        struct str why, mend;
};

struct refusal_input {
        const struct tree *tree;
        struct str dir; /* of the module, relative to the tree's root */
        bool in_workspace;
        struct str work_dir;          /* of the go.work in force, relative to the tree's root */
        const struct modcache *cache; /* NULL: there is none */
        struct str go_version;        /* of the toolchain: "1.26.8"; empty: there is none, and no go
                                         line is too new */
        struct str gotoolchain;       /* GOTOOLCHAIN; empty counts as "local" */
        struct str search_path;       /* PATH, where GOTOOLCHAIN=path looks */
        struct str sum_database;      /* GOSUMDB; empty counts as "sum.golang.org" */
        struct str no_sum_database; /* GONOSUMDB: patterns of paths that are not asked for there */
        const struct build_context *context;
        struct package_source std; /* as in struct packages_world */
        unsigned threads;          /* 0: one per processor */
};

struct refusal_report {
        struct refusal *refusals;
        size_t refusal_count;
        struct refusal_unjudged *unjudged; /* matters only where nothing is refused */
        size_t unjudged_count;
        struct buildlist *list;                /* NULL where the files themselves are refused */
        const struct packages *packages;       /* NULL where the packages were not reached */
        const struct packages_module *modules; /* those that packages speak of */
        size_t module_count;
};

/* Judges one module. Everything lives in arena; tree, cache and std must live as long. Errors: a
 * file of the tree that cannot be read (ERR_IO, ERR_LIMIT, ERR_NOT_FOUND), ERR_LIMIT. */
MUST_USE bool refusal_judge(struct arena *arena, const struct refusal_input *input,
                            struct refusal_report *ret_report, struct err *err);

const char *refusal_name(enum refusal_kind kind);
