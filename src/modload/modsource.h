/* modload/modsource.h: the go.mod files of dependencies, from the module cache and the judged tree.
 *
 * A module of a version is looked up in the module cache (cache/download). A replacement by a
 * folder is looked up in the judged tree where it lies inside it, so that an old commit is judged
 * by its own files; outside it, and only for a working tree, on the disk. */
#pragma once

#include "gitrepo/tree.h"
#include "modcache/modcache.h"
#include "modload/buildlist.h"

struct modsource {
        const struct modcache *cache; /* NULL: there is none */
        const struct tree *tree;
        struct str dir; /* folder that relative replacements start from: of go.mod, or of go.work */
};

/* The interface for buildlist_make; source must live as long as the list. */
struct mod_source modsource_of(struct modsource *source);

/* Where a folder that a replace or use names lies: *ret_inside, relative to the tree's root, where
 * it is in the tree; else *ret_outside, absolute, where the tree is a working tree. False where it
 * is neither. */
bool modsource_folder(const struct modsource *source, struct arena *arena, struct str path,
                      bool *ret_is_inside, struct str *ret_folder);
