/* data/tar.h: reading tar archives that lie in memory.
 *
 * Source: POSIX.1-2017, pax (ustar and pax interchange format), and the GNU long name and long link
 * records. Contents are views into the archive; sparse files are refused. Names are bytes, as they
 * stand there: what they mean is the caller's to judge. */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum tar_kind { TAR_FILE, TAR_DIR, TAR_SYMLINK, TAR_HARDLINK, TAR_OTHER };

struct tar_entry {
        struct str name;
        struct str link; /* target of a symlink or hard link */
        struct str bytes;
        enum tar_kind kind;
        uint32_t mode;
        int64_t mtime_seconds; /* since 1970 */
};

#define TAR_ENTRIES_MAX ((size_t)1 << 20)
#define TAR_NAME_MAX ((size_t)1 << 16) /* bytes of a long name or a pax record */

/* Walks an archive: tar_open, then tar_next until it gives no entry. */
struct tar {
        struct str bytes;
        size_t at;
        size_t count;
};

struct tar tar_open(struct str bytes);

/* The next entry, or *ret_more false at the end. Names put together from parts are in arena.
 * ERR_SYNTAX for a bad checksum or a cut archive, ERR_LIMIT, ERR_UNSUPPORTED (sparse). */
MUST_USE bool tar_next(struct tar *tar, struct arena *arena, struct tar_entry *ret_entry,
                       bool *ret_more, struct err *err);

/* Whether bytes begin like gzip (RFC 1952). */
bool gzip_is(struct str bytes);

/* All members of a gzip file, unpacked into arena. ERR_LIMIT over max bytes, ERR_SYNTAX. */
MUST_USE bool gzip_unpack(struct arena *arena, struct str bytes, size_t max, struct str *ret_bytes,
                          struct err *err);
