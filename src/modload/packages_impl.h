/* modload/packages_impl.h: what the files of modload/packages share. */
#pragma once

#include "modload/packages.h"

/* A module while the graph is loaded. */
struct opened_module {
        bool tried, is_open;
        struct package_source source;
        struct err *err; /* why it could not be opened */
};

struct resolver {
        const struct packages_world *world;
        struct map by_path;            /* module path -> its index plus one */
        struct opened_module *modules; /* one for each of world->modules */
};

/* Where an import path leads. */
struct resolved {
        uint32_t module; /* PACKAGE_NONE: std, or the problem says why nowhere */
        bool is_std, from_vendor, past_roots;
        struct package_source
                source; /* list is NULL: a leaf without files (std without a GOROOT) */
        struct str folder;
        struct source_names names;
        enum package_problem_kind problem;
        struct str message;
        uint32_t unopened; /* PACKAGE_MODULE_UNOPENED: index of the module */
};

struct resolver resolver_make(const struct packages_world *world, struct arena *arena);

/* Opens every module that resolver_find might look into for the path. Not from several threads. */
void resolver_open_for(struct resolver *resolver, struct str path, struct arena *arena);
void resolver_open(struct resolver *resolver, uint32_t module, struct arena *arena);

/* Finds an import path; may be called from several threads. The result lives in arena. */
struct resolved resolver_find(const struct resolver *resolver, struct str path,
                              struct arena *arena);

/* The path that an import in a package of the standard library means: GOROOT/src/vendor comes
 * before modules. */
struct str resolver_std_path(const struct resolver *resolver, struct str path, struct arena *arena);

/* Problems that only the whole graph shows: internal packages, programs that are imported, cycles.
 */
void packages_check(const struct packages_world *world, struct packages *packages,
                    struct arena *arena);
