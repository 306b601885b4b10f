/* The working tree: a walk of the disk that follows no symlink and opens nothing but folders and
 * regular files. Calls go through descriptors (openat), so that a folder that is swapped for a
 * symlink meanwhile leads nowhere else. */
#include "gitrepo/tree_impl.h"

#include "base/vec.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct walk {
        struct arena *arena;
        VEC(struct tree_entry) entries;
        char *path; /* of the folder that is being listed, with its slash; PATH_SIZE bytes */
        size_t path_len;
        bool is_full;
};

#define PATH_SIZE ((TREE_DEPTH_MAX + 1) * (NAME_MAX + 1) + 1)

static struct tree_entry *add_entry(struct walk *w, const char *name, enum tree_entry_kind kind) {
        struct tree_entry *entry = VEC_ADD(w->arena, &w->entries);
        size_t len = strlen(name);
        char *path = arena_alloc(w->arena, w->path_len + len);

        memcpy(path, w->path, w->path_len);
        memcpy(path + w->path_len, name, len);
        entry->path = (struct str){ path, w->path_len + len };
        entry->kind = kind;
        w->is_full |= w->entries.count > TREE_ENTRIES_MAX;
        return entry;
}

static enum tree_entry_kind kind_of_mode(mode_t mode) {
        if (S_ISREG(mode))
                return TREE_FILE;
        return S_ISLNK(mode) ? TREE_SYMLINK : TREE_SPECIAL;
}

static void add_file(struct walk *w, const char *name, const struct stat *st) {
        struct tree_entry *entry = add_entry(w, name, kind_of_mode(st->st_mode));

        entry->executable = entry->kind == TREE_FILE && st->st_mode & S_IXUSR;
        entry->size = entry->kind == TREE_SPECIAL ? 0 : (uint64_t)st->st_size;
}

/* A name that vanished between listing and asking is no error: it is not in the tree. */
static void add_unreadable(struct walk *w, const char *name, int why) {
        if (why != ENOENT)
                add_entry(w, name, TREE_UNREADABLE)->why = why;
}

static void walk_dir(struct walk *w, int fd, const char *name, unsigned depth);

static void visit_dir(struct walk *w, int parent, const char *name, unsigned depth) {
        size_t len = strlen(name), before = w->path_len;
        int fd;

        if (depth >= TREE_DEPTH_MAX) {
                add_unreadable(w, name, ELOOP);
                return;
        }
        fd = openat(parent, name, OPEN_DIR);
        if (fd < 0) {
                add_unreadable(w, name, errno);
                return;
        }
        memcpy(w->path + before, name, len);
        w->path[before + len] = '/';
        w->path_len = before + len + 1;
        walk_dir(w, fd, name, depth);
        w->path_len = before;
}

static void visit(struct walk *w, int dir, const struct dirent *item, unsigned depth) {
        struct stat st;

        if (item->d_type == DT_DIR)
                visit_dir(w, dir, item->d_name, depth + 1);
        else if (fstatat(dir, item->d_name, &st, AT_SYMLINK_NOFOLLOW))
                add_unreadable(w, item->d_name, errno);
        else if (S_ISDIR(st.st_mode))
                visit_dir(w, dir, item->d_name, depth + 1);
        else
                add_file(w, item->d_name, &st);
}

static bool is_left_out(const char *name) {
        return !strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, ".git");
}

/* The folder's own entry: its path without the slash. */
static void add_unlisted(struct walk *w, const char *name, int why) {
        size_t before = w->path_len;

        w->path_len -= MIN_OF(before, strlen(name) + 1);
        add_unreadable(w, name, why);
        w->path_len = before;
}

/* Lists the folder open at fd (closed here); name is its own name. */
static void walk_dir(struct walk *w, int fd, const char *name, unsigned depth) {
        DIR *dir = fdopendir(fd);
        const struct dirent *item;

        if (!dir) {
                add_unlisted(w, name, errno);
                close(fd);
                return;
        }
        while (errno = 0, !w->is_full && (item = readdir(dir)))
                if (!is_left_out(item->d_name))
                        visit(w, dirfd(dir), item, depth);
        if (errno)
                add_unlisted(w, name, errno);
        closedir(dir);
}

/* Opens the folder that holds path's last part, below root, through no symlink; returns that part
 * in name. -1 with errno where a part is missing, no folder or a symlink. */
static int open_parent(struct arena *arena, struct str root, struct str path, char *name) {
        int fd = open(str_to_c(arena, root), O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct str part, rest = path;

        for (;;) {
                bool more = str_cut(rest, '/', &part, &rest);

                part = more ? part : rest;
                if (fd < 0 || part.len > NAME_MAX) {
                        file_close(&fd);
                        errno = part.len > NAME_MAX ? ENAMETOOLONG : errno;
                        return -1;
                }
                memcpy(name, part.ptr, part.len);
                name[part.len] = '\0';
                if (!more)
                        return fd;
                int next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                int why = errno;

                close(fd);
                fd = next;
                errno = why;
        }
}

/* Opens a file below root in one call, where the kernel has openat2 and nothing in the way is a
 * symlink (root is resolved already). -1: try it part by part, which also says why it fails. */
static int open_at_once(struct str root, struct str path) {
        struct open_how how = { .flags = OPEN_FILE, .resolve = RESOLVE_NO_SYMLINKS };
        char whole[PATH_MAX];

        if (root.len + path.len + 2 > sizeof(whole))
                return -1;
        memcpy(whole, root.ptr, root.len);
        whole[root.len] = '/';
        memcpy(whole + root.len + 1, path.ptr, path.len);
        whole[root.len + 1 + path.len] = '\0';
        return (int)syscall(SYS_openat2, AT_FDCWD, whole, &how, sizeof(how));
}

static bool read_whole(int fd, struct str path, struct arena *arena, size_t size,
                       struct str *ret_bytes, struct err *err) {
        char *bytes = arena_alloc(arena, size);
        size_t len = 0;

        while (len < size) {
                ssize_t got = read(fd, bytes + len, size - len);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, path, "reading");
                if (got == 0)
                        break;
                len += (size_t)got;
        }
        *ret_bytes = (struct str){ bytes, len };
        return true;
}

static bool read_file(int fd, struct str path, struct arena *arena, size_t max,
                      struct str *ret_bytes, struct err *err) {
        struct stat st;

        if (fstat(fd, &st))
                return err_errno(err, path, "reading");
        if (!S_ISREG(st.st_mode))
                return err_at(err, ERR_UNSUPPORTED, path, 0, 0, "is no regular file any more");
        if ((uint64_t)st.st_size > max)
                return err_at(err, ERR_LIMIT, path, 0, 0, "has over %zu bytes", max);
        return read_whole(fd, path, arena, (size_t)st.st_size, ret_bytes, err);
}

static bool read_link(int parent, const char *name, struct str path, struct arena *arena,
                      size_t max, struct str *ret_bytes, struct err *err) {
        char *target = arena_alloc(arena, PATH_MAX);
        ssize_t len = readlinkat(parent, name, target, PATH_MAX);

        if (len < 0)
                return err_errno(err, path, "reading the link");
        if ((size_t)len > max)
                return err_at(err, ERR_LIMIT, path, 0, 0, "has over %zu bytes", max);
        *ret_bytes = (struct str){ target, (size_t)len };
        return true;
}

static bool read_worktree(const struct tree *tree, const struct tree_entry *entry,
                          struct arena *arena, size_t max, struct str *ret_bytes, struct err *err) {
        bool is_link = entry->kind == TREE_SYMLINK;
        AUTO_FD fd = is_link ? -1 : open_at_once(tree->root, entry->path);
        AUTO_FD parent = -1;
        char name[NAME_MAX + 1];

        if (fd < 0)
                parent = open_parent(arena, tree->root, entry->path, name);
        if (fd < 0 && parent < 0)
                return err_errno(err, entry->path, "reading");
        if (is_link)
                return read_link(parent, name, entry->path, arena, max, ret_bytes, err);
        if (fd < 0)
                fd = openat(parent, name, OPEN_FILE);
        if (fd < 0)
                return err_errno(err, entry->path, "reading");
        return read_file(fd, entry->path, arena, max, ret_bytes, err);
}

bool tree_open_worktree(struct arena *arena, struct str root, struct tree **ret_tree,
                        struct err *err) {
        struct walk walk = { .arena = arena, .path = arena_alloc(arena, PATH_SIZE) };
        struct str real;
        int fd;

        if (!file_real_path(arena, root, &real, err))
                return false;
        fd = open(str_to_c(arena, real), OPEN_DIR);
        if (fd < 0)
                return err_errno(err, root, "listing the folder");
        walk_dir(&walk, fd, ".", 0);
        if (walk.is_full)
                return err_at(err, ERR_LIMIT, root, 0, 0, "has over %d files", TREE_ENTRIES_MAX);
        *ret_tree = tree_make(arena, TREE_WORKTREE, walk.entries.items, walk.entries.count,
                              read_worktree);
        (*ret_tree)->root = real;
        return true;
}
