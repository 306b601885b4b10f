/* modcache/memory.h: what was hashed before, so that it need not be hashed again.
 *
 * One file of our own (weir/modcache.memory under XDG_CACHE_HOME). A zip is known again by its
 * path, size, mtime, ctime, inode and device; an extracted folder by the same of every file in it.
 * What is remembered are digests, never verdicts: sums are compared anew in each run. A file that
 * is absent, of another format or corrupt counts as empty. It is written whole or not at all; what
 * a run at the same time has written before is kept.
 *
 * Format, in the byte order of the host, as the file is never carried elsewhere: struct file_head,
 * then for each module, newest first, struct record_head, the zip's path, for each file struct
 * record_file, the names; each part padded to 8 bytes (memory.c). */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "gomod/dirhash.h"
#include "sys/file.h"

#define MODCACHE_MEMORY_MAX ((size_t)16 << 20) /* bytes of the file; the oldest records go */

struct modcache_memory;

/* What is remembered about one module. */
struct modcache_record {
        struct str zip;             /* absolute path */
        struct file_stamp stamp;    /* of the zip */
        struct digest tree;         /* h1 of the zip, before base64 */
        struct dirhash_file *files; /* sorted by name */
        size_t file_count;
        struct digest folder; /* identity of an extracted folder equal to the zip; zero: none */
};

/* Opens the memory file at path; never fails (an unreadable file counts as empty). Close before
 * arena is dropped. */
struct modcache_memory *modcache_memory_open(struct arena *arena, struct str path);
void modcache_memory_close(struct modcache_memory **memory);
#define AUTO_MODCACHE_MEMORY __attribute__((cleanup(modcache_memory_close)))

/* The record of the zip, where its stamp is still the same. Its files are made in arena, their
 * names view the memory. Safe from several threads. */
bool modcache_memory_find(const struct modcache_memory *memory, struct arena *arena, struct str zip,
                          const struct file_stamp *stamp, struct modcache_record *ret_record);

/* Remembers a record, in place of an older one of the same zip. What it points to must live until
 * the memory is saved. One thread at a time. */
void modcache_memory_add(struct modcache_memory *memory, const struct modcache_record *record);

/* Writes the file where something was added; makes its folder. */
MUST_USE bool modcache_memory_save(struct modcache_memory *memory, struct err *err);
