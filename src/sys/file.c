#include "sys/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEMP_MARK ".weir-"
#define TEMP_SUFFIX TEMP_MARK "XXXXXX"

/* A path as C wants it. Fails where it is too long or holds a NUL: neither names a file. */
static bool c_path(struct str path, char out[static PATH_MAX]) {
        if (path.len == 0 || path.len >= PATH_MAX || str_find(path, '\0') != SIZE_MAX) {
                errno = path.len >= PATH_MAX ? ENAMETOOLONG : ENOENT;
                return false;
        }
        memcpy(out, path.ptr, path.len);
        out[path.len] = '\0';
        return true;
}

void file_close(int *fd) {
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

/* O_NONBLOCK: opening a FIFO for reading must not wait for a writer. */
static bool open_regular(struct str path, size_t max, int *ret_fd, size_t *ret_size,
                         struct err *err) {
        char name[PATH_MAX];
        AUTO_FD fd = -1;
        struct stat st;

        if (!c_path(path, name) || (fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0 ||
            fstat(fd, &st) < 0)
                return err_errno(err, path, "cannot open");
        if (!S_ISREG(st.st_mode))
                return err_at(err, ERR_UNSUPPORTED, path, 0, 0, "not a regular file");
        if ((uint64_t)st.st_size > max)
                return err_at(err, ERR_LIMIT, path, 0, 0, "%lld bytes, over the limit of %zu",
                              (long long)st.st_size, max);
        *ret_fd = fd;
        *ret_size = (size_t)st.st_size;
        fd = -1;
        return true;
}

/* A file may grow or shrink while it is read: what is there up to `max` counts. */
static bool read_all(int fd, char *to, size_t size, size_t *ret_read) {
        size_t done = 0;

        while (done < size) {
                ssize_t n = read(fd, to + done, size - done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        *ret_read = done;
        return true;
}

bool file_read(struct arena *arena, struct str path, size_t max, struct str *ret_bytes,
               struct err *err) {
        AUTO_FD fd = -1;
        size_t size = 0, done;
        char *bytes;

        if (!open_regular(path, max, &fd, &size, err))
                return false;
        bytes = arena_alloc(arena, size);
        if (!read_all(fd, bytes, size, &done))
                return err_errno(err, path, "cannot read");
        *ret_bytes = (struct str){ bytes, done };
        return true;
}

bool file_pieces(struct str path, char *buffer, size_t size,
                 void (*piece)(void *ctx, struct str bytes), void *ctx, struct err *err) {
        AUTO_FD fd = -1;
        size_t total, done;

        if (!open_regular(path, SIZE_MAX, &fd, &total, err))
                return false;
        do {
                if (!read_all(fd, buffer, size, &done))
                        return err_errno(err, path, "cannot read");
                piece(ctx, (struct str){ buffer, done });
        } while (done == size);
        return true;
}

bool file_open(struct str path, int *ret_fd, uint64_t *ret_size, struct err *err) {
        size_t size;

        if (!open_regular(path, SIZE_MAX, ret_fd, &size, err))
                return false;
        *ret_size = size;
        return true;
}

bool file_next_data(int fd, uint64_t offset, uint64_t *ret_start, uint64_t *ret_end) {
        off_t start = lseek(fd, (off_t)offset, SEEK_DATA), end;

        if (start < 0)
                return false;
        end = lseek(fd, start, SEEK_HOLE);
        if (end <= start)
                return false;
        *ret_start = (uint64_t)start;
        *ret_end = (uint64_t)end;
        return true;
}

bool file_read_at(int fd, struct str path, uint64_t offset, char *buffer, size_t size,
                  size_t *ret_read, struct err *err) {
        size_t done = 0;

        while (done < size) {
                ssize_t n = pread(fd, buffer + done, size - done, (off_t)(offset + done));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, path, "cannot read");
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        *ret_read = done;
        return true;
}

bool file_map_open(struct str path, size_t max, struct file_map *ret_map, struct err *err) {
        AUTO_FD fd = -1;
        size_t size = 0;
        void *bytes;

        if (!open_regular(path, max, &fd, &size, err))
                return false;
        if (size == 0) {
                *ret_map = (struct file_map){ STR_NONE };
                return true;
        }
        bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
                return err_errno(err, path, "cannot map");
        *ret_map = (struct file_map){ { bytes, size } };
        return true;
}

void file_map_close(struct file_map *map) {
        if (map->bytes.len)
                munmap((void *)(uintptr_t)map->bytes.ptr, map->bytes.len);
        map->bytes = STR_NONE;
}

static bool write_all(int fd, struct str bytes) {
        while (bytes.len) {
                ssize_t n = write(fd, bytes.ptr, bytes.len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                bytes = str_slice(bytes, (size_t)n, bytes.len);
        }
        return true;
}

static unsigned current_umask(void) {
        mode_t mask = umask(0);

        umask(mask);
        return (unsigned)mask;
}

/* Everything that may fail with a full disk happens before the file gets its name. */
static bool fill(int fd, struct str bytes, unsigned mode) {
        return fchmod(fd, (mode_t)(mode & ~current_umask())) == 0 && write_all(fd, bytes) &&
               fsync(fd) == 0;
}

/* A file without a name in the folder of name: the system takes it away with the process, so that
 * a kill leaves nothing. -1 where the file system has no such thing. */
static int open_nameless(const char *name) {
        struct str folder = STR("."), base;
        char path[PATH_MAX];

        if (str_cut_last(str_of(name), '/', &folder, &base) && !folder.len)
                folder = STR("/");
        return c_path(folder, path) ? open(path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
}

static bool give_name(int fd, const char *name) {
        char from[sizeof("/proc/self/fd/") + 16];

        snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
        return linkat(AT_FDCWD, from, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

/* A name beside the file for as long as one rename takes. */
static bool write_nameless(const char *name, int fd, struct str bytes, unsigned mode) {
        char temp[PATH_MAX + sizeof(TEMP_SUFFIX)];

        snprintf(temp, sizeof(temp), "%s" TEMP_MARK "%06x", name, (unsigned)getpid() & 0xffffff);
        unlink(temp);
        if (!fill(fd, bytes, mode) || !give_name(fd, temp))
                return false;
        if (rename(temp, name) == 0)
                return true;
        unlink(temp);
        return false;
}

static bool write_temp(const char *name, struct str bytes, unsigned mode) {
        char temp[PATH_MAX + sizeof(TEMP_SUFFIX)];
        AUTO_FD fd = -1;
        int number;

        snprintf(temp, sizeof(temp), "%s" TEMP_SUFFIX, name);
        fd = mkostemp(temp, O_CLOEXEC);
        if (fd < 0)
                return false;
        if (fill(fd, bytes, mode) && rename(temp, name) == 0)
                return true;
        number = errno;
        unlink(temp);
        errno = number;
        return false;
}

/* Whether an error says that this file system or system has no nameless files. */
static bool is_unsupported(int number) {
        return number == EOPNOTSUPP || number == EISDIR || number == EINVAL || number == ENOENT;
}

bool file_write(struct str path, struct str bytes, unsigned mode, struct err *err) {
        char name[PATH_MAX];
        AUTO_FD fd = -1;

        if (!c_path(path, name))
                return err_errno(err, path, "cannot write");
        fd = open_nameless(name);
        if (fd >= 0 && write_nameless(name, fd, bytes, mode))
                return true;
        if (!is_unsupported(errno) || !write_temp(name, bytes, mode))
                return err_errno(err, path, "cannot write");
        return true;
}

bool file_write_new(struct str path, struct str bytes, unsigned mode, struct err *err) {
        char name[PATH_MAX];
        AUTO_FD fd = -1;
        struct stat st;

        if (!c_path(path, name))
                return err_errno(err, path, "cannot write");
        fd = open_nameless(name);
        if (fd >= 0 && fill(fd, bytes, mode) && give_name(fd, name))
                return true;
        if (!is_unsupported(errno))
                return err_errno(err, path, "cannot write");
        if (lstat(name, &st) == 0) {
                errno = EEXIST;
                return err_errno(err, path, "cannot write");
        }
        return write_temp(name, bytes, mode) || err_errno(err, path, "cannot write");
}

bool file_rename(struct str from, struct str to, struct err *err) {
        char a[PATH_MAX], b[PATH_MAX];

        return (c_path(from, a) && c_path(to, b) && rename(a, b) == 0) ||
               err_errno(err, from, "cannot rename");
}

bool file_exchange(struct str one, struct str other, struct err *err) {
        char a[PATH_MAX], b[PATH_MAX];

        if (!c_path(one, a) || !c_path(other, b))
                return err_errno(err, one, "cannot exchange");
        if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0)
                return true;
        if (errno == EINVAL || errno == ENOSYS)
                return err_at(err, ERR_UNSUPPORTED, one, 0, 0, "cannot be exchanged here");
        return err_errno(err, one, "cannot exchange");
}

/* A device or a pipe: renaming a file over it would take it away from everybody else. */
static bool is_no_file(const char *name) {
        struct stat st;

        return stat(name, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool write_in_place(const char *name, struct str bytes) {
        AUTO_FD fd = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC);

        return fd >= 0 && write_all(fd, bytes);
}

bool file_write_to(struct str path, struct str bytes, unsigned mode, struct err *err) {
        char name[PATH_MAX], real[PATH_MAX];

        if (!c_path(path, name))
                return err_errno(err, path, "cannot write");
        if (is_no_file(name))
                return write_in_place(name, bytes) || err_errno(err, path, "cannot write");
        return file_write(realpath(name, real) ? str_of(real) : path, bytes, mode, err);
}

bool file_make_dirs(struct str path, struct err *err) {
        char name[PATH_MAX];

        if (!c_path(path, name))
                return err_errno(err, path, "cannot make the folder");
        for (char *at = name + 1;; at++) {
                char was = *at;

                if (was != '/' && was != '\0')
                        continue;
                *at = '\0';
                if (mkdir(name, 0777) < 0 && errno != EEXIST)
                        return err_errno(err, path, "cannot make the folder");
                *at = was;
                if (was == '\0')
                        return true;
        }
}

bool file_lstat(struct str path, struct stat *ret_stat) {
        char name[PATH_MAX];

        return c_path(path, name) && lstat(name, ret_stat) == 0;
}

static bool stat_path(struct str path, struct stat *ret_stat) {
        char name[PATH_MAX];

        return c_path(path, name) && stat(name, ret_stat) == 0;
}

static int64_t in_ns(struct timespec time) {
        return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

bool file_stamp_of(struct str path, struct file_stamp *ret_stamp) {
        struct stat st;

        if (!stat_path(path, &st) || !S_ISREG(st.st_mode))
                return false;
        *ret_stamp = file_stamp_of_stat(&st);
        return true;
}

struct file_stamp file_stamp_of_stat(const struct stat *st) {
        return (struct file_stamp){
                .size = (uint64_t)st->st_size,
                .inode = st->st_ino,
                .device = st->st_dev,
                .mtime_ns = in_ns(st->st_mtim),
                .ctime_ns = in_ns(st->st_ctim),
        };
}

bool file_stamp_eq(const struct file_stamp *a, const struct file_stamp *b) {
        return a->size == b->size && a->inode == b->inode && a->device == b->device &&
               a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

bool file_is_dir(struct str path) {
        struct stat st;

        return stat_path(path, &st) && S_ISDIR(st.st_mode);
}

bool file_is_regular(struct str path) {
        struct stat st;

        return stat_path(path, &st) && S_ISREG(st.st_mode);
}

static void close_dir(DIR **dir) {
        if (*dir)
                closedir(*dir);
}

static bool is_dot(const char *name) {
        return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

bool file_list(struct str path, file_visit *visit, void *ctx, struct err *err) {
        char name[PATH_MAX];
        __attribute__((cleanup(close_dir))) DIR *dir = NULL;
        struct dirent *entry;

        if (!c_path(path, name) || !(dir = opendir(name)))
                return err_errno(err, path, "cannot list");
        while ((errno = 0, entry = readdir(dir)))
                if (!is_dot(entry->d_name) && !visit(ctx, str_of(entry->d_name), entry->d_type))
                        return true;
        return errno ? err_errno(err, path, "cannot list") : true;
}

bool file_read_link(struct arena *arena, struct str path, struct str *ret_target, struct err *err) {
        char name[PATH_MAX], target[PATH_MAX];
        ssize_t len;

        if (!c_path(path, name) || (len = readlink(name, target, sizeof(target))) < 0)
                return err_errno(err, path, "cannot read the link");
        *ret_target = str_dup(arena, (struct str){ target, (size_t)len });
        return true;
}

bool file_real_path(struct arena *arena, struct str path, struct str *ret_path, struct err *err) {
        char name[PATH_MAX], real[PATH_MAX];

        if (!c_path(path, name) || !realpath(name, real))
                return err_errno(err, path, "cannot find");
        *ret_path = str_dup(arena, str_of(real));
        return true;
}

static bool is_program(struct str path) {
        char name[PATH_MAX];

        return str_has_prefix(path, STR("/")) && file_is_regular(path) && c_path(path, name) &&
               access(name, X_OK) == 0;
}

bool file_find_program(struct arena *arena, struct str search_path, struct str name,
                       struct str *ret_path) {
        struct str rest = search_path, dir;
        struct err ignored;
        bool more = true;

        while (more) {
                struct str path;

                more = str_cut(rest, ':', &dir, &rest);
                path = str_join_path(arena, more ? dir : rest, name);
                if (is_program(path) && file_real_path(arena, path, ret_path, &ignored))
                        return true;
        }
        return false;
}

bool file_current_dir(struct arena *arena, struct str *ret_path, struct err *err) {
        char path[PATH_MAX];

        if (!getcwd(path, sizeof(path)))
                return err_errno(err, STR("."), "cannot tell the current folder");
        *ret_path = str_dup(arena, str_of(path));
        return true;
}

bool file_make_link(struct str path, struct str target, struct err *err) {
        char name[PATH_MAX], text[PATH_MAX];

        return (c_path(path, name) && c_path(target, text) &&
                (symlink(text, name) == 0 || errno == EEXIST)) ||
               err_errno(err, path, "cannot make the link");
}

bool file_delete(struct str path, struct err *err) {
        char name[PATH_MAX];

        return (c_path(path, name) && (unlink(name) == 0 || errno == ENOENT)) ||
               err_errno(err, path, "cannot remove");
}

void file_remove(struct str path) {
        char name[PATH_MAX];

        if (c_path(path, name))
                unlink(name);
}

void file_remove_dir(struct str path) {
        char name[PATH_MAX];

        if (c_path(path, name))
                rmdir(name);
}
