/* gomod/modzip.h: what a module zip may hold, and its sum.
 *
 * Source: golang.org/x/mod/zip (package documentation and CheckZip) and Go Modules Reference,
 * "Module zip files": every name begins with PATH@VERSION/, is clean and made of allowed
 * characters, no two names differ only in case, no file is a folder at the same time, go.mod stands
 * only in the root and in lower case, and sizes stay under the limits. */
#pragma once

#include "data/zip.h"
#include "gomod/dirhash.h"

#define MODZIP_SIZE_MAX ((uint64_t)500 << 20) /* bytes of the zip, and of its files unpacked */
#define MODZIP_GO_MOD_MAX ((uint64_t)16 << 20)
#define MODZIP_LICENSE_MAX ((uint64_t)16 << 20)
#define MODZIP_ENTRIES_MAX ((size_t)1 << 18)

/* Opens a zip with the limits of module zips. Errors as zip_open. */
MUST_USE bool modzip_open(struct arena *arena, struct str bytes, struct zip *ret_zip,
                          struct err *err);

/* Checks the names and sizes of the zip's directory for prefix "PATH@VERSION/". ERR_SYNTAX or
 * ERR_LIMIT names the first file that breaks a rule and the rule. */
MUST_USE bool modzip_check(struct arena *scratch, const struct zip *zip, struct str prefix,
                           struct err *err);

/* Hashes every file of a zip that modzip_check has passed: the files, sorted by name without
 * prefix, in arena (names view the zip), and the tree hash. Entries for folders count, as in
 * dirhash.HashZip. Errors as zip_stream. */
MUST_USE bool modzip_hash(struct arena *arena, const struct zip *zip, struct str prefix,
                          struct zip_inflater *inflater, struct dirhash_file **ret_files,
                          size_t *ret_count, struct digest *ret_tree, struct err *err);

/* Text in the form in which two names that differ only in case are equal (any letters; Go's
 * unicode.SimpleFold). name itself where it is in that form already. */
struct str modzip_fold(struct arena *arena, struct str name);
