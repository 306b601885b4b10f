#include "modload/modsource.h"

#include "modload/source.h"

#define PARTS_MAX 256 /* parts of a folder's path */

/* The parts of path with "." and ".." resolved against what came before. False where ".." leaves
 * the start or there are too many. */
static bool clean_parts(struct str path, struct str parts[static PARTS_MAX], size_t *ret_count) {
        struct str rest = path, part;
        size_t count = 0;
        bool more = true;

        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                if (!more)
                        part = rest;
                if (part.len == 0 || str_eq(part, STR(".")))
                        continue;
                if (str_eq(part, STR(".."))) {
                        if (count-- == 0)
                                return false;
                } else if (count == PARTS_MAX) {
                        return false;
                } else {
                        parts[count++] = part;
                }
        }
        *ret_count = count;
        return true;
}

static bool clean(struct arena *arena, struct str path, struct str *ret_path) {
        struct str parts[PARTS_MAX], joined = STR_NONE;
        size_t count;

        if (!clean_parts(path, parts, &count))
                return false;
        for (size_t i = 0; i < count; i++)
                joined = str_join_path(arena, joined, parts[i]);
        *ret_path = joined;
        return true;
}

static bool is_absolute(struct str path) {
        return str_has_prefix(path, STR("/"));
}

/* An absolute path that leads back into the tree is inside it. */
static bool inside_root(const struct tree *tree, struct str absolute, struct str *ret_inside) {
        struct str root = tree_root(tree);

        if (!root.len || !str_has_prefix(absolute, root))
                return false;
        if (absolute.len > root.len && absolute.ptr[root.len] != '/')
                return false;
        *ret_inside = str_drop_prefix(str_slice(absolute, root.len, absolute.len), STR("/"));
        return true;
}

bool modsource_folder(const struct modsource *source, struct arena *arena, struct str path,
                      bool *ret_is_inside, struct str *ret_folder) {
        struct str root = tree_root(source->tree), full, cleaned;

        *ret_is_inside = true;
        if (!is_absolute(path) && clean(arena, str_join_path(arena, source->dir, path), ret_folder))
                return true;
        if (!root.len)
                return false;
        full = is_absolute(path) ? path
                                 : str_fmt(arena, "%.*s/%.*s/%.*s", STR_ARG(root),
                                           STR_ARG(source->dir), STR_ARG(path));
        if (!clean(arena, full, &cleaned))
                return false;
        cleaned = str_fmt(arena, "/%.*s", STR_ARG(cleaned));
        *ret_is_inside = inside_root(source->tree, cleaned, ret_folder);
        if (!*ret_is_inside)
                *ret_folder = cleaned;
        return true;
}

static enum mod_answer absent_folder(struct str path, struct err *err) {
        err_set(err, ERR_NOT_FOUND, "replacement directory %.*s has no go.mod", STR_ARG(path));
        return MOD_FAILED;
}

/* A symlink to a folder is as good as the folder. */
static enum mod_answer folder_go_mod(const struct modsource *source, struct arena *arena,
                                     struct str path, struct str *ret_bytes, struct err *err) {
        struct package_source files;
        struct str folder;
        bool inside;

        if (!modsource_folder(source, arena, path, &inside, &folder))
                return absent_folder(path, err);
        files = inside ? source_of_tree(arena, source->tree, STR_NONE)
                       : source_of_folder(arena, folder);
        if (files.read(files.ctx, arena,
                       inside ? str_join_path(arena, folder, STR("go.mod")) : STR("go.mod"),
                       MODSYNTAX_FILE_MAX, ret_bytes, err))
                return MOD_ANSWERED;
        return err->code == ERR_NOT_FOUND ? absent_folder(path, err) : MOD_FAILED;
}

static enum mod_answer go_mod(void *ctx, struct arena *arena, struct mod_version mod,
                              struct str *ret_bytes, struct err *err) {
        const struct modsource *source = ctx;

        if (!mod.version.len)
                return folder_go_mod(source, arena, mod.path, ret_bytes, err);
        if (!source->cache) {
                err_set(err, ERR_NOT_FOUND, "there is no module cache");
                modcache_mend_absent(err, mod.path, mod.version);
                return MOD_ABSENT;
        }
        if (modcache_go_mod(source->cache, arena, mod.path, mod.version, ret_bytes, err))
                return MOD_ANSWERED;
        return err->code == ERR_NOT_FOUND ? MOD_ABSENT : MOD_FAILED;
}

struct mod_source modsource_of(struct modsource *source) {
        return (struct mod_source){ source, go_mod };
}
