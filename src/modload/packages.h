/* modload/packages.h: everything that some packages import, directly and not.
 *
 * Each import is resolved to the standard library, a main module, a module of the build list or the
 * vendor folder, and each package is read once, several at a time. The graph equals `go list -deps
 * -test -json`. Sources: Go Modules Reference, "Resolving a package to a module"; cmd/go's
 * internal/modload (import.go, load.go) and internal/load (pkg.go, test.go). */
#pragma once

#include "base/map.h"
#include "modload/package.h"

#define PACKAGES_MAX 200000 /* packages of one graph */

struct packages_module {
        struct str path, version; /* version "" for a main module */
        bool is_main;
        bool is_root; /* a main module, or named by a go.mod of theirs at this version */
        /* Gives the module's files (its replacement's, where it is replaced). Called at most once,
         * by one thread at a time; arena is the graph's. Errors become PACKAGE_MODULE_UNOPENED. */
        bool (*open)(void *ctx, const struct packages_module *module, struct arena *arena,
                     struct package_source *ret_source, struct err *err);
        void *ctx;
};

/* The vendor folder, in vendor mode: dependencies lie there and nowhere else. */
struct packages_vendor {
        struct package_source source; /* list is NULL: not in vendor mode */
        /* The index of the module that modules.txt lists a package under; false where it lists the
         * package nowhere. */
        bool (*module_of)(void *ctx, struct str import_path, uint32_t *ret_module);
        void *ctx;
        bool unlisted_allowed; /* the main module's go line is below 1.23 */
};

struct packages_world {
        const struct packages_module *modules; /* the build list, each path once; in vendor mode the
                                                   main modules at least */
        size_t module_count;
        bool lazy; /* the module graph is pruned: root requirements are looked through first */
        struct package_source std; /* GOROOT/src; list is NULL where there is none: the packages of
                                      the standard library are leaves then, and stdlib.h says which
                                      exist */
        struct packages_vendor vendor;
        const struct build_context *context;
        bool skip_dependency_tests; /* do not even read test files whose imports are not followed */
        unsigned threads;           /* 0: one per processor */
};

/* A package to start from: a folder of a main module, or an import path where folder is not used.
 */
struct packages_root {
        uint32_t module; /* PACKAGE_NONE: path is an import path (a tool, say) */
        struct str folder, path;
};

enum packages_tests {
        PACKAGES_TESTS_NONE,
        PACKAGES_TESTS_OF_ROOTS, /* `go list -test` */
        PACKAGES_TESTS_OF_MAIN   /* of every package of a main module: what "all" means */
};

struct packages {
        struct package *items; /* roots first, in their order, then as they were met */
        size_t count;
        struct map by_path;     /* import path -> struct package */
        bool looked_past_roots; /* an import was not found in the root requirements */
};

/* Follows all imports from the roots. The graph lives in arena, and needs the modules opened for as
 * long as it is loaded only. A package that the go command would refuse is no error here: it has a
 * problem. Errors: ERR_LIMIT (PACKAGES_MAX). */
MUST_USE bool packages_load(const struct packages_world *world, const struct packages_root *roots,
                            size_t root_count, enum packages_tests tests, struct arena *arena,
                            struct packages *ret_packages, struct err *err);

const struct package *packages_find(const struct packages *packages, struct str import_path);
