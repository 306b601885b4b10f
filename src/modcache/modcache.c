#include "modcache/modcache.h"

#include "base/vec.h"
#include "gomod/dirhash.h"
#include "gomod/modpath.h"
#include "gomod/semver.h"
#include "sys/file.h"

#include <stdlib.h>

bool modcache_open(struct str root, struct modcache *ret_cache, struct err *err) {
        if (!str_has_prefix(root, STR("/")))
                return err_at(err, ERR_USAGE, root, 0, 0, "GOMODCACHE is not an absolute path");
        if (!file_is_dir(root)) {
                err_at(err, ERR_NOT_FOUND, root, 0, 0, "no module cache there");
                return err_mend(err, "go mod download");
        }
        ret_cache->root = root;
        return true;
}

bool modcache_mend_absent(struct err *err, struct str path, struct str version) {
        return err_mend(err, "go mod download %.*s@%.*s", STR_ARG(path), STR_ARG(version));
}

static bool versions_dir(const struct modcache *cache, struct arena *arena, struct str path,
                         struct str *ret_dir, struct err *err) {
        struct str escaped;

        if (!modpath_escape(arena, path, &escaped, err))
                return false;
        *ret_dir = str_fmt(arena, "%.*s/cache/download/%.*s/@v", STR_ARG(cache->root),
                           STR_ARG(escaped));
        return true;
}

bool modcache_download_path(const struct modcache *cache, struct arena *arena, struct str path,
                            struct str version, struct str suffix, struct str *ret_file,
                            struct err *err) {
        struct str dir, escaped;

        if (!versions_dir(cache, arena, path, &dir, err) ||
            !modpath_escape_version(arena, version, &escaped, err))
                return false;
        *ret_file =
                str_fmt(arena, "%.*s/%.*s%.*s", STR_ARG(dir), STR_ARG(escaped), STR_ARG(suffix));
        return true;
}

bool modcache_dir_path(const struct modcache *cache, struct arena *arena, struct str path,
                       struct str version, struct str *ret_dir, struct err *err) {
        struct str escaped_path, escaped_version;

        if (!modpath_escape(arena, path, &escaped_path, err) ||
            !modpath_escape_version(arena, version, &escaped_version, err))
                return false;
        *ret_dir = str_fmt(arena, "%.*s/%.*s@%.*s", STR_ARG(cache->root), STR_ARG(escaped_path),
                           STR_ARG(escaped_version));
        return true;
}

bool modcache_dir_is_whole(const struct modcache *cache, struct arena *arena, struct str path,
                           struct str version) {
        struct str dir, partial, ziphash;
        struct stat st;
        struct err err;

        return modcache_dir_path(cache, arena, path, version, &dir, &err) &&
               modcache_download_path(cache, arena, path, version, STR(".partial"), &partial,
                                      &err) &&
               modcache_download_path(cache, arena, path, version, STR(".ziphash"), &ziphash,
                                      &err) &&
               file_is_dir(dir) && !file_lstat(partial, &st) && file_is_regular(ziphash);
}

static bool read_download(const struct modcache *cache, struct arena *arena, struct str path,
                          struct str version, struct str suffix, size_t max, struct str *ret_bytes,
                          struct err *err) {
        struct str file;

        if (!modcache_download_path(cache, arena, path, version, suffix, &file, err))
                return false;
        if (file_read(arena, file, max, ret_bytes, err))
                return true;
        if (err->code == ERR_NOT_FOUND) {
                err_at(err, ERR_NOT_FOUND, file, 0, 0, "not in the module cache");
                modcache_mend_absent(err, path, version);
        }
        return false;
}

bool modcache_go_mod(const struct modcache *cache, struct arena *arena, struct str path,
                     struct str version, struct str *ret_bytes, struct err *err) {
        return read_download(cache, arena, path, version, STR(".mod"), MODCACHE_GO_MOD_MAX,
                             ret_bytes, err);
}

bool modcache_go_mod_sum(const struct modcache *cache, struct arena *arena, struct str path,
                         struct str version, struct str *ret_sum, struct err *err) {
        struct digest tree;
        struct str bytes;

        if (!modcache_go_mod(cache, arena, path, version, &bytes, err))
                return false;
        tree = dirhash_go_mod(bytes);
        *ret_sum = dirhash_sum(arena, &tree);
        return true;
}

bool modcache_zip_sum(const struct modcache *cache, struct arena *arena, struct str path,
                      struct str version, struct str *ret_sum, struct err *err) {
        struct str bytes;

        if (!read_download(cache, arena, path, version, STR(".ziphash"), MODCACHE_INFO_MAX, &bytes,
                           err))
                return false;
        if (!str_has_prefix(bytes, STR("h1:")))
                return err_set(err, ERR_SYNTAX, "the .ziphash of %.*s %.*s holds no hash",
                               STR_ARG(path), STR_ARG(version));
        *ret_sum = str_trim(bytes);
        return true;
}

bool modcache_info(const struct modcache *cache, struct arena *arena, struct str path,
                   struct str version, struct str *ret_bytes, struct err *err) {
        return read_download(cache, arena, path, version, STR(".info"), MODCACHE_INFO_MAX,
                             ret_bytes, err);
}

struct version_list {
        struct arena *arena;
        VEC(struct str) names;
        bool over;
};

static bool is_version_file(struct str name, struct str *ret_escaped) {
        static const struct str suffixes[] = { STR_INIT(".mod"), STR_INIT(".info"),
                                               STR_INIT(".zip") };

        for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
                if (str_has_suffix(name, suffixes[i])) {
                        *ret_escaped = str_drop_suffix(name, suffixes[i]);
                        return true;
                }
        }
        return false;
}

/* Files of branches and revisions that were asked for lie there too: they are no versions. */
static bool add_version(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct version_list *list = ctx;
        struct str escaped, version;
        struct err err;

        list->over = list->names.count == MODCACHE_FILES_MAX;
        if (list->over)
                return false;
        if (is_version_file(name, &escaped) &&
            modpath_unescape_version(list->arena, escaped, &version, &err) &&
            semver_is_module_canonical(version))
                *VEC_ADD(list->arena, &list->names) = str_dup(list->arena, version);
        return true;
}

static size_t drop_repeated(struct str *sorted, size_t count) {
        size_t kept = 0;

        for (size_t i = 0; i < count; i++)
                if (i == 0 || !str_eq(sorted[i], sorted[kept - 1]))
                        sorted[kept++] = sorted[i];
        return kept;
}

bool modcache_versions(const struct modcache *cache, struct arena *arena, struct str path,
                       struct str **ret_versions, size_t *ret_count, struct err *err) {
        struct version_list list = { .arena = arena };
        struct str dir;

        if (!versions_dir(cache, arena, path, &dir, err))
                return false;
        if (!file_list(dir, add_version, &list, err) && err->code != ERR_NOT_FOUND)
                return false;
        if (list.over)
                return err_at(err, ERR_LIMIT, dir, 0, 0, "over %zu files", MODCACHE_FILES_MAX);
        if (list.names.count)
                qsort(list.names.items, list.names.count, sizeof(struct str), str_cmp_qsort);
        *ret_versions = list.names.items;
        *ret_count = drop_repeated(list.names.items, list.names.count);
        return true;
}
