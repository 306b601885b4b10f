/* sys/scratch.h: a folder of our own that is filled, used and thrown away.
 *
 * It has a fixed name below weir's cache folder, so that what is built in it keeps its paths and
 * the go command its cached results from run to run; a lock keeps two runs apart, and the second
 * takes another name. What a killed run left is removed by the next. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define SCRATCH_NAMES_MAX 16 /* runs of one name at the same time */

struct scratch {
        struct str path; /* absolute */
        int lock;        /* -1: not open */
};

/* Makes parent/name, or parent/name-2 and so on where that is in use, empty. */
MUST_USE bool scratch_open(struct arena *arena, struct str parent, struct str name,
                           struct scratch *ret_scratch, struct err *err);

/* Removes all of it, folders that were made unreadable or deeper than any path too. */
void scratch_close(struct scratch *scratch);
#define AUTO_SCRATCH __attribute__((cleanup(scratch_close))) struct scratch

/* Makes a folder in it, with its parents. */
MUST_USE bool scratch_make_dir(const struct scratch *scratch, struct arena *arena, struct str path,
                               struct err *err);

/* Writes one new file (parents must exist), not synced. */
MUST_USE bool scratch_write(const struct scratch *scratch, struct arena *arena, struct str path,
                            struct str bytes, unsigned mode, struct err *err);

/* Makes a symlink with that target. */
MUST_USE bool scratch_link(const struct scratch *scratch, struct arena *arena, struct str path,
                           struct str target, struct err *err);

/* Bytes that the file system still has. */
uint64_t scratch_free(const struct scratch *scratch);

/* Bytes on disk below it; stops counting at max. */
uint64_t scratch_size(const struct scratch *scratch, uint64_t max);
