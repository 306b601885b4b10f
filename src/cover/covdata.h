/* cover/covdata.h: the files that a program built with -cover leaves in its GOCOVERDIR.
 *
 * covmeta.HASH says which packages, functions and blocks a program has; covcounters.HASH.PID.TIME
 * says how often each block ran in one process. What comes out equals `go tool covdata textfmt`:
 * counters of one block are OR-ed in mode set, else summed up to 2^32-1; counters without their
 * covmeta are left out; of a counter file the first segment counts.
 *
 * Source: internal/coverage (defs.go, decodemeta, decodecounter, pods, cformat) and cmd/covdata of
 * Go 1.26; version 1 of both formats. */
#pragma once

#include "cover/profile.h"

#define COVDATA_FILE_MAX ((size_t)1 << 30)    /* bytes of one file */
#define COVDATA_UNITS_MAX ((uint32_t)1 << 20) /* blocks of one function */
#define COVDATA_PACKAGES_MAX ((uint64_t)1 << 20)

enum covdata_kind { COVDATA_OTHER, COVDATA_META, COVDATA_COUNTERS };

/* What a file name of the folder says: its kind, and the hash that ties counters to their covmeta.
 */
enum covdata_kind covdata_kind_of(struct str name, struct str *ret_hash);

/* One covmeta and the counters that belong to it. */
struct covdata;

/* Reads a covmeta. file is what errors call it; bytes must outlive the result. Errors: ERR_SYNTAX
 * where it is damaged or cut short, ERR_UNSUPPORTED for a newer version or a mode that counts
 * nothing, ERR_LIMIT. */
MUST_USE bool covdata_open(struct arena *arena, struct str file, struct str bytes,
                           struct covdata **ret_data, struct err *err);

/* Adds the counters of one process; bytes may be dropped afterwards. Errors as above, also where
 * they are of another program. */
MUST_USE bool covdata_add(struct covdata *data, struct str file, struct str bytes, struct err *err);

/* Adds all blocks to a profile, which must have been made for counts up to UINT32_MAX. Errors:
 * ERR_SYNTAX for a damaged covmeta, ERR_MISMATCH where the mode is another than the profile's. */
MUST_USE bool covdata_emit(const struct covdata *data, struct cover_profile *profile,
                           struct err *err);
