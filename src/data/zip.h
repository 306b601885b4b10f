/* data/zip.h: reading zip archives that lie in memory.
 *
 * Source: APPNOTE.TXT 6.3.10 (PKWARE), with zip64. Stored and deflated files, no encryption, one
 * disk. The central directory is what counts, as in Go's archive/zip: a local header only says
 * where the bytes of a file begin. Nothing is ever extracted to disk, and names are bytes: what
 * they mean is the caller's to judge (gomod/modzip.h for modules). All offsets are checked against
 * the bytes.
 *
 * A zip is immutable once open and may be read from several threads, each with its own inflater. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct zip_entry {
        struct str name; /* any bytes, as they stand in the archive; a view */
        uint64_t size;   /* bytes, as the directory claims; checked when read */
        uint64_t packed_size;
        uint64_t header_offset;
        uint32_t crc32;
        uint16_t method; /* 0 stored, 8 deflated; others cannot be read */
        uint16_t flags;
        uint32_t mode; /* Unix mode where the archive was made on Unix, else 0 */
};

struct zip {
        struct str bytes;          /* must live as long as the zip */
        struct zip_entry *entries; /* in the order of the directory; duplicates are kept */
        size_t entry_count;
};

struct zip_limits {
        size_t entries_max;
        uint64_t total_size_max; /* of all files unpacked */
        uint64_t ratio_max;      /* of a file's size to its packed size, from 1 MiB on */
};

/* What an archive of unknown origin may hold at most. */
extern const struct zip_limits zip_limits_default;

/* Reads the directory. ERR_SYNTAX for what is no whole zip, ERR_LIMIT past the limits. */
MUST_USE bool zip_open(struct arena *arena, struct str bytes, const struct zip_limits *limits,
                       struct zip *ret_zip, struct err *err);

/* A folder: its name ends in a slash. */
bool zip_entry_is_dir(const struct zip_entry *entry);

/* Unpacks files one after another into the same memory. One thread at a time. */
struct zip_inflater;
struct zip_inflater *zip_inflater_open(void); /* NULL where there is no memory */
void zip_inflater_close(struct zip_inflater **inflater);
#define AUTO_ZIP_INFLATER __attribute__((cleanup(zip_inflater_close)))

/* The bytes of a file, checked against its size and CRC-32, in the inflater's own buffer (or in the
 * archive for a stored file): valid until the next call. ERR_LIMIT over max bytes, ERR_SYNTAX,
 * ERR_UNSUPPORTED (method, encryption), ERR_MISMATCH (checksum). */
MUST_USE bool zip_read(const struct zip *zip, const struct zip_entry *entry,
                       struct zip_inflater *inflater, size_t max, struct str *ret_bytes,
                       struct err *err);

/* The same in pieces, so that a large file needs no large buffer: sink is called for each piece. */
typedef void zip_sink(void *ctx, struct str piece);
MUST_USE bool zip_stream(const struct zip *zip, const struct zip_entry *entry,
                         struct zip_inflater *inflater, zip_sink *sink, void *ctx, struct err *err);
