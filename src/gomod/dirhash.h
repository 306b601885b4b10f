/* gomod/dirhash.h: the "h1:" sums of go.sum.
 *
 * SHA-256 over one line per file, "HEX  NAME\n", names sorted bytewise, then base64. The names
 * begin with "PATH@VERSION/". Source: Go Modules Reference, "go.sum files";
 * golang.org/x/mod/sumdb/dirhash. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "data/digest.h"

struct dirhash_file {
        struct str name; /* without the prefix */
        uint64_t size;
        struct digest digest; /* SHA-256 of the bytes */
};

/* Sorts files by name (bytes), as the sum and a binary search need them. */
void dirhash_sort(struct dirhash_file *files, size_t count);

/* The file of this name in sorted files; NULL where there is none. */
const struct dirhash_file *dirhash_find(const struct dirhash_file *files, size_t count,
                                        struct str name);

/* The tree hash of files, which must be sorted, each name preceded by prefix. ERR_SYNTAX where a
 * name has a newline. */
MUST_USE bool dirhash_tree(struct str prefix, const struct dirhash_file *files, size_t count,
                           struct digest *ret_tree, struct err *err);

/* "h1:" and base64. */
struct str dirhash_sum(struct arena *arena, const struct digest *tree);

/* The digest in "h1:..."; false where sum has no such form. arena is for scratch. */
bool dirhash_parse(struct arena *arena, struct str sum, struct digest *ret_tree);

/* The sum of a "/go.mod" line: a tree with the one file "go.mod". */
struct digest dirhash_go_mod(struct str go_mod);
