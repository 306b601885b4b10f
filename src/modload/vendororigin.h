/* modload/vendororigin.h: the files of a vendored module, as they were published.
 *
 * A module of a version has them in its zip in the module cache, which is proved; a module that is
 * replaced by a folder has them in that folder, in the judged tree or, for a working tree, outside.
 */
#pragma once

#include "modload/modsource.h"
#include "modload/source.h"
#include "modload/vendorproof.h"

struct vendor_origin {
        const struct modulestxt_module *listed;
        struct mod_version actual; /* what stands for it; a folder as the list names it */
        bool is_known;
        struct err why;             /* where it is not known: words and mend */
        struct dirhash_file *files; /* sorted by name; of a folder without digests */
        size_t file_count;
        bool is_folder; /* digests are made when they are asked for */

        /* where contents are read */
        const struct modcache *cache;
        struct modcache_claim claim;
        const struct tree *tree;
        struct str folder; /* relative to the tree's root, or absolute */
        bool is_outside;   /* folder is absolute */
};

/* The origins of all modules of the list that have packages, by their index in it; those without
 * packages have is_known false and no why. Proves zips. */
struct vendor_origin *vendor_origins_make(const struct vendorproof_input *input,
                                          struct arena *arena);

/* The file of this name; NULL where the module has none. */
const struct dirhash_file *vendor_origin_find(const struct vendor_origin *origin, struct str name);

/* The half-open range of files below a folder ("" is the root). */
void vendor_origin_range(const struct vendor_origin *origin, struct str folder, size_t *ret_from,
                         size_t *ret_to);

MUST_USE bool vendor_origin_read(const struct vendor_origin *origin,
                                 const struct dirhash_file *file, struct arena *arena,
                                 struct str *ret_bytes, struct err *err);
/* scratch is for the bytes of a folder's file. */
MUST_USE bool vendor_origin_digest(const struct vendor_origin *origin,
                                   const struct dirhash_file *file, struct arena *scratch,
                                   struct digest *ret_digest, struct err *err);

/* The same files for those who read packages. */
struct package_source vendor_origin_source(const struct vendor_origin *origin);
