/* sys/file.h: files and folders of the host. Paths are str; a path with a NUL inside is refused. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#include <sys/stat.h>

/* A file mapped read-only. bytes is empty for an empty file. Mapped rather than read so that large
 * files cost no anonymous memory; a file that another process truncates meanwhile raises SIGBUS,
 * so files of the judged working tree are read with file_read instead. */
struct file_map {
        struct str bytes;
};

/* What tells one state of a file from another without reading it. */
struct file_stamp {
        uint64_t size, inode, device;
        int64_t mtime_ns, ctime_ns;
};

/* Called for each name of a folder, "." and ".." left out. False stops the walk. */
typedef bool file_visit(void *ctx, struct str name, unsigned char d_type);

/* Reads a regular file whole. ERR_NOT_FOUND, ERR_IO, ERR_LIMIT where it has over max bytes,
 * ERR_UNSUPPORTED where it is not a regular file (never blocks on a FIFO). */
MUST_USE bool file_read(struct arena *arena, struct str path, size_t max, struct str *ret_bytes,
                        struct err *err);

/* Reads a regular file piece by piece through the caller's buffer (size bytes, not 0), so that a
 * file of any length costs no other memory. Errors as file_read. */
MUST_USE bool file_pieces(struct str path, char *buffer, size_t size,
                          void (*piece)(void *ctx, struct str bytes), void *ctx, struct err *err);

/* Opens a regular file to be read from any place in it, by several threads at once; errors as
 * file_read. The descriptor is the caller's to close (AUTO_FD). */
MUST_USE bool file_open(struct str path, int *ret_fd, uint64_t *ret_size, struct err *err);
/* The bytes from offset on, at most size of them: fewer only at the end of the file. path is for
 * errors. */
MUST_USE bool file_read_at(int fd, struct str path, uint64_t offset, char *buffer, size_t size,
                           size_t *ret_read, struct err *err);

/* Where the data of a file begins and ends, at or behind offset: what lies between is no hole.
 * False where there is none up to the end. A file system without holes has data everywhere. */
bool file_next_data(int fd, uint64_t offset, uint64_t *ret_start, uint64_t *ret_end);

/* Maps a regular file; errors as file_read. The map is the caller's to close. */
MUST_USE bool file_map_open(struct str path, size_t max, struct file_map *ret_map, struct err *err);
void file_map_close(struct file_map *map);
#define AUTO_FILE_MAP __attribute__((cleanup(file_map_close))) struct file_map

/* Writes bytes under path so that the file appears whole or not at all (written without a name in
 * the same folder, synced, named, renamed). Parent folders must exist. mode as chmod(2), less the
 * umask. What was there is replaced, be it a symlink or a device. */
MUST_USE bool file_write(struct str path, struct str bytes, unsigned mode, struct err *err);

/* The same where nothing may be there yet (ERR_IO), in one step: a kill leaves no other name. */
MUST_USE bool file_write_new(struct str path, struct str bytes, unsigned mode, struct err *err);

/* Renames within one file system; what is there is replaced. */
MUST_USE bool file_rename(struct str from, struct str to, struct err *err);

/* Swaps two names in one step. ERR_UNSUPPORTED where the file system cannot. */
MUST_USE bool file_exchange(struct str one, struct str other, struct err *err);

/* As file_write for a path that the user typed: a symlink stays and the file behind it is replaced;
 * a device or a pipe is written to as it is. */
MUST_USE bool file_write_to(struct str path, struct str bytes, unsigned mode, struct err *err);

/* Makes the folder and its parents (mode 0755 less the umask); one that exists is fine. */
MUST_USE bool file_make_dirs(struct str path, struct err *err);

/* lstat. False where there is nothing there or it cannot be asked. */
bool file_lstat(struct str path, struct stat *ret_stat);
/* The stamp of a regular file (symlinks followed); false where there is none. */
bool file_stamp_of(struct str path, struct file_stamp *ret_stamp);
struct file_stamp file_stamp_of_stat(const struct stat *st);
bool file_stamp_eq(const struct file_stamp *a, const struct file_stamp *b);
bool file_is_dir(struct str path);
bool file_is_regular(struct str path);

/* Visits the names of one folder, in no order. */
MUST_USE bool file_list(struct str path, file_visit *visit, void *ctx, struct err *err);

/* The target of a symlink, as it stands in it. */
MUST_USE bool file_read_link(struct arena *arena, struct str path, struct str *ret_target,
                             struct err *err);

/* Makes a symlink; what is there already stays as it is, and that is fine. */
MUST_USE bool file_make_link(struct str path, struct str target, struct err *err);

/* Absolute, with every symlink resolved. */
MUST_USE bool file_real_path(struct arena *arena, struct str path, struct str *ret_path,
                             struct err *err);

/* The first program of that name in the folders of search_path (as PATH has them; relative ones are
 * left out), with its symlinks resolved. */
bool file_find_program(struct arena *arena, struct str search_path, struct str name,
                       struct str *ret_path);

/* The folder the process stands in. */
MUST_USE bool file_current_dir(struct arena *arena, struct str *ret_path, struct err *err);

/* Removes one file; absent is fine. file_remove is for what may as well stay. */
MUST_USE bool file_delete(struct str path, struct err *err);
void file_remove(struct str path);
/* Removes a folder where it is empty. */
void file_remove_dir(struct str path);

/* Closes a descriptor that is not -1 and sets it to -1. */
void file_close(int *fd);
#define AUTO_FD __attribute__((cleanup(file_close))) int
