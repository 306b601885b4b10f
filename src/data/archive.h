/* data/archive.h: every file in an archive, in archives inside it too.
 *
 * Archives are known by their first bytes, not by their name: zip, tar, gzip (of a tar or of one
 * file). Nothing is extracted to disk. A file's path is that of its archive, `!/` and its name in
 * it: `third_party/b.tgz!/x/a.env`. Members that are no regular files are passed over. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct archive_limits {
        unsigned depth_max;      /* archives in each other */
        size_t entries_max;      /* of all of them together */
        uint64_t total_size_max; /* bytes unpacked, of all of them together */
        size_t file_size_max;    /* bytes of one file */
};

extern const struct archive_limits archive_limits_default;

/* Who walks. `file` is called for each file, archives themselves left out; both strs live until it
 * returns, and false stops the walk. `failed` is called where a part could not be read: ERR_SYNTAX
 * (it only begins like an archive, or is cut), ERR_LIMIT, ERR_UNSUPPORTED (encryption, a method).
 */
struct archive_visitor {
        void *ctx;
        bool (*file)(void *ctx, struct str path, struct str bytes);
        void (*failed)(void *ctx, struct str path, const struct err *err);
};

/* Whether bytes begin like an archive. */
bool archive_is(struct str bytes);

/* Walks the archive in bytes, which is called path. Memory beyond that of one branch of archives in
 * each other is given back on the way. */
void archive_walk(struct arena_budget *budget, struct str path, struct str bytes,
                  const struct archive_limits *limits, const struct archive_visitor *visitor);
