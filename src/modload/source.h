/* modload/source.h: the files of one module, from wherever they come.
 *
 * Folders and paths are relative to the module's root, with `/`; "" is the root. A source is
 * read-only and may be used from several threads; what it returns lives in the arena given. */
#pragma once

#include "base/err.h"
#include "gitrepo/tree.h"
#include "modcache/module.h"

/* Links followed for one path; more count as a loop. Most names in one folder. */
#define SOURCE_LINKS_MAX 40
#define SOURCE_FOLDER_MAX 100000

enum source_kind {
        SOURCE_FILE,
        SOURCE_FOLDER,
        SOURCE_LINK_TO_FILE, /* a symlink; what it points to is a regular file */
        SOURCE_LINK_TO_FOLDER,
        SOURCE_OTHER /* a broken symlink, device, FIFO, submodule */
};

struct source_name {
        struct str name; /* one element */
        enum source_kind kind;
};

struct source_names {
        const struct source_name *items; /* sorted by name (bytes) */
        size_t count;
};

struct package_source {
        void *ctx;
        /* ERR_NOT_FOUND where there is no such folder, ERR_IO where it cannot be listed, ERR_LIMIT
         * over SOURCE_FOLDER_MAX. */
        bool (*list)(void *ctx, struct arena *arena, struct str folder,
                     struct source_names *ret_names, struct err *err);
        /* Symlinks are followed. ERR_NOT_FOUND, ERR_LIMIT over max bytes. */
        bool (*read)(void *ctx, struct arena *arena, struct str path, size_t max,
                     struct str *ret_bytes, struct err *err);
        /* Whether a go.mod in a folder below cuts that folder off: true for a main module and a
         * replacement by a folder; false for the module cache, a vendor folder and GOROOT. */
        bool has_nested_modules;
};

/* The folder `folder` of a tree ("" for all of it); has_nested_modules is true. In an index or a
 * commit symlinks are followed inside the tree; in a working tree wherever they lead. */
struct package_source source_of_tree(struct arena *arena, const struct tree *tree,
                                     struct str folder);

/* A folder of the host, absolute; has_nested_modules is false. */
struct package_source source_of_folder(struct arena *arena, struct str path);

/* A module of the cache, which must stay open; has_nested_modules is false. */
struct package_source source_of_module(struct modcache_module *module);

/* The folder `folder` of another source. */
struct package_source source_below(struct arena *arena, const struct package_source *source,
                                   struct str folder);

/* What stands under a name of a folder; NULL where nothing does. */
const struct source_name *source_find(const struct source_names *names, struct str name);

/* A regular file, also through a symlink. */
bool source_is_file(const struct source_name *name);
