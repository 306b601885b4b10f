#include "modcache/folder.h"

#include "base/vec.h"

#include <stdlib.h>

struct walk {
        struct arena *arena;
        struct str root;
        VEC(struct folder_file) files;
        VEC(struct str) dirs; /* names still to be listed, "" the root first */
        struct str dir;       /* the one that is being listed */
        int64_t newest_ctime_ns;
        struct err *err;
        bool failed;
};

static size_t depth_of(struct str name) {
        size_t depth = 0;

        for (size_t i = 0; i < name.len; i++)
                depth += name.ptr[i] == '/';
        return depth;
}

static bool fail(struct walk *walk) {
        walk->failed = true;
        return false;
}

static bool add_dir(struct walk *walk, struct str name) {
        if (depth_of(name) >= MODCACHE_DEPTH_MAX) {
                err_at(walk->err, ERR_LIMIT, walk->root, 0, 0, "folders over %d deep",
                       MODCACHE_DEPTH_MAX);
                return fail(walk);
        }
        *VEC_ADD(walk->arena, &walk->dirs) = name;
        return true;
}

static bool add_file(struct walk *walk, struct str name, const struct stat *st) {
        struct folder_file file = { name, S_ISREG(st->st_mode), file_stamp_of_stat(st) };

        if (walk->files.count == MODCACHE_FILES_MAX) {
                err_at(walk->err, ERR_LIMIT, walk->root, 0, 0, "over %zu files",
                       MODCACHE_FILES_MAX);
                return fail(walk);
        }
        *VEC_ADD(walk->arena, &walk->files) = file;
        walk->newest_ctime_ns = MAX_OF(walk->newest_ctime_ns, file.stamp.ctime_ns);
        return true;
}

static bool add(void *ctx, struct str base, unsigned char d_type UNUSED) {
        struct walk *walk = ctx;
        struct str name = walk->dir.len ? str_join_path(walk->arena, walk->dir, base)
                                        : str_dup(walk->arena, base);
        struct str path = str_join_path(walk->arena, walk->root, name);
        struct stat st;

        if (!file_lstat(path, &st)) {
                err_errno(walk->err, path, "cannot look at");
                return fail(walk);
        }
        return S_ISDIR(st.st_mode) ? add_dir(walk, name) : add_file(walk, name, &st);
}

static int cmp_files(const void *a, const void *b) {
        return str_cmp(((const struct folder_file *)a)->name,
                       ((const struct folder_file *)b)->name);
}

bool folder_read(struct arena *arena, struct str path, struct folder *ret_folder, struct err *err) {
        struct walk walk = { .arena = arena, .root = path, .err = err };

        *VEC_ADD(arena, &walk.dirs) = STR_NONE;
        for (size_t i = 0; i < walk.dirs.count; i++) {
                walk.dir = walk.dirs.items[i];
                if (!file_list(str_join_path(arena, path, walk.dir), add, &walk, err) ||
                    walk.failed)
                        return false;
        }
        if (walk.files.count)
                qsort(walk.files.items, walk.files.count, sizeof(struct folder_file), cmp_files);
        *ret_folder = (struct folder){
                .path = path,
                .files = walk.files.items,
                .file_count = walk.files.count,
                .newest_ctime_ns = walk.newest_ctime_ns,
        };
        return true;
}

struct digest folder_identity(const struct folder *folder) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        digest_add(&hasher, folder->path);
        for (size_t i = 0; i < folder->file_count; i++) {
                const struct folder_file *file = &folder->files[i];

                digest_add(&hasher, STR("\0"));
                digest_add(&hasher, file->name);
                digest_add(&hasher, STR("\0"));
                digest_add(&hasher,
                           (struct str){ (const char *)&file->stamp, sizeof(file->stamp) });
        }
        return digest_end(&hasher);
}
