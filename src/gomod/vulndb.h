/* gomod/vulndb.h: weir's own snapshot of a vulnerability database.
 *
 * One file, made once by `weir vulndb update` and mapped by every check. Withdrawn entries are left
 * out; versions stand in Go's form, events are sorted, modules are sorted by path, so that the same
 * entries give the same bytes but for the date. Numbers are little-endian.
 *
 *     header                 magic, sizes, CRC-32 of the rest, date, counts
 *     modules                path, first block, blocks; sorted by path
 *     blocks                 one per affected module of an entry: entry, flags, first event, events
 *     events                 kind and version; a bit marks the first of each range
 *     entries                id, summary, url, first alias, aliases; sorted by id
 *     aliases
 *     text                   every string, each once
 *
 * vulndb_open checks all of it, so a damaged or hostile file gives an error and never a wrong read.
 */
#pragma once

#include "base/map.h"
#include "gomod/osv.h"

#define VULNDB_FILE_MAX ((size_t)256 << 20) /* bytes of a snapshot */
#define VULNDB_ENTRIES_MAX ((size_t)1 << 20)
#define VULNDB_ARCHIVE_MAX ((size_t)512 << 20) /* bytes of an archive, packed or not */

/* ---- making ---- */

struct vulndb_builder;

struct vulndb_builder *vulndb_builder_make(struct arena *arena);

/* Takes a file of a database by its name: `index/db.json`, `index/vulns.json` of the v1 layout (a
 * folder may stand before), any other *.json as an entry; other files are passed over. Bytes need
 * not live on. Errors: as osv_parse; ERR_SYNTAX where an id comes twice. */
MUST_USE bool vulndb_builder_add(struct vulndb_builder *builder, struct str name, struct str bytes,
                                 struct err *err);

/* The same for every file of a zip, tar or tar.gz archive. Errors: also those of the archive. */
MUST_USE bool vulndb_builder_add_archive(struct vulndb_builder *builder, struct str bytes,
                                         struct err *err);

/* The snapshot's bytes, in arena. ERR_NOT_FOUND where there was no entry at all; ERR_SYNTAX where
 * the index lists an entry that is missing. */
MUST_USE bool vulndb_builder_end(struct vulndb_builder *builder, struct arena *arena,
                                 struct str *ret_bytes, struct err *err);

/* ---- reading ---- */

/* An open snapshot: views of its bytes, which must live as long. Safe from several threads. */
struct vulndb {
        struct str bytes;
        struct str date; /* RFC 3339: when the database was last changed; may be empty */
        size_t entry_count, module_count, withdrawn_count;
};

/* ERR_UNSUPPORTED for another version of the format, ERR_SYNTAX for what is no snapshot or damaged;
 * both with the mend `weir vulndb update`. */
MUST_USE bool vulndb_open(struct str bytes, struct vulndb *ret_db, struct err *err);

struct vulndb_hit {
        struct str id, summary, url;
        struct str fixed; /* the version that mends it, with "v"; empty where none is known */
        bool unknown;     /* OSV_UNKNOWN: listed apart, never a finding by itself */
        struct str *aliases;
        size_t alias_count;
};

/* The entries that affect a module at a version ("v1.2.3"), sorted by id, each once; none is no
 * error. For the standard library path is "stdlib", for the go command "toolchain", and version is
 * vulndb_go_version's. Hits are in arena, their text views the snapshot. */
void vulndb_find(const struct vulndb *db, struct arena *arena, struct str path, struct str version,
                 struct vulndb_hit **ret_hits, size_t *ret_count);

/* The semantic version of a Go release: "v1.22.0-rc.1" of "1.22rc1" or "go1.22rc1", "v1.21.0" of
 * "go1.21". Empty for what is no release. */
struct str vulndb_go_version(struct arena *arena, struct str release);
