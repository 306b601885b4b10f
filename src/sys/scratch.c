#include "sys/scratch.h"

#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MOVED_NAME_SIZE 40
#define REMOVE_ROUNDS_MAX 1000000 /* folders of one scratch */

/* ---- removing ---- */

/* A walk that removes: folders inside folders are moved to the top first, so that no depth, no
 * path length and no number of open folders matters. */
struct removal {
        int top;
        unsigned moved;
};

static bool is_dots(const char *name) {
        return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static DIR *open_dir(int at, const char *name) {
        int fd;

        fchmodat(at, name, 0700, 0);
        fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? NULL : fdopendir(fd);
}

static void move_up(struct removal *removal, int at, const char *name) {
        char moved[MOVED_NAME_SIZE];

        fchmodat(at, name, 0700, 0);
        snprintf(moved, sizeof(moved), ".weir-removed-%u", removal->moved++);
        renameat(at, name, removal->top, moved);
}

static void empty_dir(struct removal *removal, const char *name) {
        DIR *dir = open_dir(removal->top, name);
        struct dirent *entry;

        while (dir && (entry = readdir(dir)))
                if (!is_dots(entry->d_name) && unlinkat(dirfd(dir), entry->d_name, 0) < 0)
                        move_up(removal, dirfd(dir), entry->d_name);
        if (dir)
                closedir(dir);
        unlinkat(removal->top, name, AT_REMOVEDIR);
}

/* True where something was there to remove. */
static bool remove_round(struct removal *removal, DIR *top) {
        struct dirent *entry;
        bool any = false;

        rewinddir(top);
        while ((entry = readdir(top))) {
                if (is_dots(entry->d_name))
                        continue;
                any = true;
                if (unlinkat(removal->top, entry->d_name, 0) < 0)
                        empty_dir(removal, entry->d_name);
        }
        return any;
}

static void remove_tree(const char *path) {
        struct removal removal = { .moved = 0 };
        DIR *top = open_dir(AT_FDCWD, path);

        if (!top)
                return;
        removal.top = dirfd(top);
        for (int i = 0; i < REMOVE_ROUNDS_MAX && remove_round(&removal, top); i++)
                continue;
        closedir(top);
        rmdir(path);
}

/* ---- opening and closing ---- */

static bool try_lock(struct arena *arena, struct str path, int *ret_lock) {
        const char *name = str_to_c(arena, str_fmt(arena, "%.*s.lock", STR_ARG(path)));
        int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

        if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &whole) < 0)
                file_close(&fd);
        *ret_lock = fd;
        return fd >= 0;
}

static struct str name_of(struct arena *arena, struct str parent, struct str name, int number) {
        struct str path = str_join_path(arena, parent, name);

        return number == 1 ? path : str_fmt(arena, "%.*s-%d", STR_ARG(path), number);
}

bool scratch_open(struct arena *arena, struct str parent, struct str name,
                  struct scratch *ret_scratch, struct err *err) {
        if (!file_make_dirs(parent, err) || !file_real_path(arena, parent, &parent, err))
                return false;
        for (int number = 1; number <= SCRATCH_NAMES_MAX; number++) {
                struct str path = name_of(arena, parent, name, number);
                int lock;

                if (!try_lock(arena, path, &lock))
                        continue;
                remove_tree(str_to_c(arena, path));
                if (mkdir(str_to_c(arena, path), 0700) < 0) {
                        file_close(&lock);
                        return err_errno(err, path, "cannot be made");
                }
                *ret_scratch = (struct scratch){ path, lock };
                return true;
        }
        return err_at(err, ERR_IO, parent, 0, 0, "no folder here can be locked");
}

void scratch_close(struct scratch *scratch) {
        char path[4096];

        if (scratch->lock < 0 || scratch->path.len >= sizeof(path))
                return;
        memcpy(path, scratch->path.ptr, scratch->path.len);
        path[scratch->path.len] = '\0';
        remove_tree(path);
        file_close(&scratch->lock);
}

/* ---- filling ---- */

bool scratch_make_dir(const struct scratch *scratch, struct arena *arena, struct str path,
                      struct err *err) {
        return file_make_dirs(str_join_path(arena, scratch->path, path), err);
}

static bool write_all(int fd, struct str bytes) {
        while (bytes.len) {
                ssize_t n = write(fd, bytes.ptr, bytes.len);

                if (n < 0 && errno != EINTR)
                        return false;
                bytes = str_slice(bytes, n > 0 ? (size_t)n : 0, bytes.len);
        }
        return true;
}

bool scratch_write(const struct scratch *scratch, struct arena *arena, struct str path,
                   struct str bytes, unsigned mode, struct err *err) {
        struct str full = str_join_path(arena, scratch->path, path);
        AUTO_FD fd = open(str_to_c(arena, full), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

        return (fd >= 0 && write_all(fd, bytes)) || err_errno(err, full, "cannot be written");
}

bool scratch_link(const struct scratch *scratch, struct arena *arena, struct str path,
                  struct str target, struct err *err) {
        struct str full = str_join_path(arena, scratch->path, path);

        return symlink(str_to_c(arena, target), str_to_c(arena, full)) == 0 ||
               err_errno(err, full, "cannot be made");
}

/* ---- measuring ---- */

uint64_t scratch_free(const struct scratch *scratch) {
        struct statvfs st;

        return fstatvfs(scratch->lock, &st) == 0 ? (uint64_t)st.f_bavail * st.f_frsize : UINT64_MAX;
}

static uint64_t size_of_dir(int at, const char *name, uint64_t max, unsigned depth) {
        int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;
        struct stat st;
        uint64_t sum = 0;

        while (dir && sum < max && (entry = readdir(dir))) {
                if (is_dots(entry->d_name) ||
                    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                sum += (uint64_t)st.st_blocks * 512;
                if (S_ISDIR(st.st_mode) && depth < 200)
                        sum += size_of_dir(dirfd(dir), entry->d_name, max - MIN_OF(sum, max),
                                           depth + 1);
        }
        if (dir)
                closedir(dir);
        return sum;
}

uint64_t scratch_size(const struct scratch *scratch, uint64_t max) {
        char path[4096];

        if (scratch->path.len >= sizeof(path))
                return 0;
        memcpy(path, scratch->path.ptr, scratch->path.len);
        path[scratch->path.len] = '\0';
        return size_of_dir(AT_FDCWD, path, max, 0);
}
