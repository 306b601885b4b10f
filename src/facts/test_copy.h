/* facts/test_copy.h: the tree that is judged, as files in a folder of our own.
 *
 * Whatever the tree is (a folder, the index, a commit), the tests run on a copy: what they write
 * changes nothing of the user's. Symlinks that leave the tree are left out, so that neither the
 * compiler nor a test reads files of the host through them. */
#pragma once

#include "facts/facts.h"
#include "sys/scratch.h"

#define TEST_COPY_MAX ((uint64_t)8 << 30)    /* bytes of the whole tree */
#define TEST_COPY_FILE_MAX ((size_t)1 << 30) /* bytes of one file */

/* Writes the tree below the folder `under` of the scratch. ERR_IO, ERR_LIMIT, ERR_INTERRUPTED. */
MUST_USE bool test_copy(struct arena *arena, const struct tree *tree, const struct scratch *scratch,
                        struct str under, struct err *err);
