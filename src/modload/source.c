#include "modload/source.h"

#include "base/vec.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

typedef VEC(struct source_name) name_vec;

static int compare_names(const void *a, const void *b) {
        const struct source_name *left = a, *right = b;

        return str_cmp(left->name, right->name);
}

static struct source_names sorted(name_vec *names) {
        if (names->count)
                qsort(names->items, names->count, sizeof(*names->items), compare_names);
        return (struct source_names){ names->items, names->count };
}

const struct source_name *source_find(const struct source_names *names, struct str name) {
        struct source_name key = { .name = name };

        if (names->count == 0)
                return NULL;
        return bsearch(&key, names->items, names->count, sizeof(key), compare_names);
}

bool source_is_file(const struct source_name *name) {
        return name && (name->kind == SOURCE_FILE || name->kind == SOURCE_LINK_TO_FILE);
}

/* ---- a folder of the host ---- */

struct folder_source {
        struct str root;
};

struct host_listing {
        struct arena *arena;
        struct str folder;
        name_vec names;
        bool too_many;
};

static enum source_kind kind_of_target(struct str path) {
        if (file_is_dir(path))
                return SOURCE_LINK_TO_FOLDER;
        return file_is_regular(path) ? SOURCE_LINK_TO_FILE : SOURCE_OTHER;
}

static enum source_kind kind_of_mode(mode_t mode, struct str path) {
        if (S_ISREG(mode))
                return SOURCE_FILE;
        if (S_ISDIR(mode))
                return SOURCE_FOLDER;
        return S_ISLNK(mode) ? kind_of_target(path) : SOURCE_OTHER;
}

static enum source_kind host_kind(struct str path, unsigned char d_type) {
        struct stat stat;

        if (d_type == DT_REG)
                return SOURCE_FILE;
        if (d_type == DT_DIR)
                return SOURCE_FOLDER;
        return file_lstat(path, &stat) ? kind_of_mode(stat.st_mode, path) : SOURCE_OTHER;
}

static bool visit_name(void *ctx, struct str name, unsigned char d_type) {
        struct host_listing *listing = ctx;

        if (listing->names.count >= SOURCE_FOLDER_MAX) {
                listing->too_many = true;
                return false;
        }
        *VEC_ADD(listing->arena, &listing->names) = (struct source_name){
                str_dup(listing->arena, name),
                host_kind(str_join_path(listing->arena, listing->folder, name), d_type),
        };
        return true;
}

static bool list_host_folder(struct arena *arena, struct str folder, struct source_names *ret_names,
                             struct err *err) {
        struct host_listing listing = { .arena = arena, .folder = folder };

        if (!file_list(folder, visit_name, &listing, err))
                return false;
        if (listing.too_many)
                return err_at(err, ERR_LIMIT, folder, 0, 0, "over %d names in one folder",
                              SOURCE_FOLDER_MAX);
        *ret_names = sorted(&listing.names);
        return true;
}

static bool folder_list(void *ctx, struct arena *arena, struct str folder,
                        struct source_names *ret_names, struct err *err) {
        const struct folder_source *source = ctx;

        return list_host_folder(arena, str_join_path(arena, source->root, folder), ret_names, err);
}

static bool folder_read(void *ctx, struct arena *arena, struct str path, size_t max,
                        struct str *ret_bytes, struct err *err) {
        const struct folder_source *source = ctx;

        return file_read(arena, str_join_path(arena, source->root, path), max, ret_bytes, err);
}

struct package_source source_of_folder(struct arena *arena, struct str path) {
        struct folder_source *source = ARENA_NEW(arena, struct folder_source);

        source->root = str_dup(arena, path);
        return (struct package_source){ .ctx = source, .list = folder_list, .read = folder_read };
}

/* ---- a folder of a tree ---- */

struct tree_source {
        const struct tree *tree;
        struct str root;
};

/* Removes "." and ".." by their meaning; false where the path leaves the tree. */
static bool clean_path(struct arena *arena, struct str path, struct str *ret_clean) {
        struct str clean = STR(""), first, none;

        for (bool more = true; more;) {
                more = str_cut(path, '/', &first, &path);
                if (!more)
                        first = path;
                if (first.len == 0 || str_eq(first, STR(".")))
                        continue;
                if (!str_eq(first, STR("..")))
                        clean = str_join_path(arena, clean, first);
                else if (clean.len == 0)
                        return false;
                else if (!str_cut_last(clean, '/', &clean, &none))
                        clean = STR("");
        }
        *ret_clean = clean;
        return true;
}

/* The first part of path, up to a slash or the end, that is a symlink of the tree. */
static const struct tree_entry *first_link(const struct tree *tree, struct str path) {
        for (size_t end = 1; end <= path.len; end++) {
                const struct tree_entry *entry;

                if (end < path.len && path.ptr[end] != '/')
                        continue;
                entry = tree_find(tree, str_slice(path, 0, end));
                if (entry && entry->kind == TREE_SYMLINK)
                        return entry;
        }
        return NULL;
}

static struct str folder_of(struct str path) {
        struct str folder = STR(""), name;

        (void)str_cut_last(path, '/', &folder, &name);
        return folder;
}

/* Where a path lies after its symlinks. False where it leaves the tree, or they go in circles. */
static bool follow_links(const struct tree *tree, struct arena *arena, struct str path,
                         struct str *ret_path) {
        for (int links = 0; links <= SOURCE_LINKS_MAX; links++) {
                const struct tree_entry *link = first_link(tree, path);
                struct str target, rest;
                struct err err;

                if (!link) {
                        *ret_path = path;
                        return true;
                }
                rest = str_slice(path, link->path.len, path.len);
                if (!tree_read(tree, link, arena, 4096, &target, &err))
                        return false;
                if (target.len == 0 || *target.ptr == '/')
                        return false;
                path = str_join_path(arena, folder_of(link->path), target);
                path = str_fmt(arena, "%.*s%.*s", STR_ARG(path), STR_ARG(rest));
                if (!clean_path(arena, path, &path))
                        return false;
        }
        return false;
}

/* Where the host has it: only a working tree has such a place. */
static bool host_path(const struct tree_source *source, struct arena *arena, struct str path,
                      struct str *ret_path) {
        struct str root = tree_root(source->tree);

        if (tree_kind_of(source->tree) != TREE_WORKTREE)
                return false;
        *ret_path = str_join_path(arena, root, path);
        return true;
}

static enum source_kind link_kind(const struct tree_source *source, struct arena *arena,
                                  const struct tree_entry *entry) {
        struct str path;
        const struct tree_entry *target;

        if (host_path(source, arena, entry->path, &path))
                return kind_of_target(path);
        if (!follow_links(source->tree, arena, entry->path, &path))
                return SOURCE_OTHER;
        target = tree_find(source->tree, path);
        if (target)
                return target->kind == TREE_FILE ? SOURCE_LINK_TO_FILE : SOURCE_OTHER;
        return tree_has_dir(source->tree, path) ? SOURCE_LINK_TO_FOLDER : SOURCE_OTHER;
}

static enum source_kind entry_kind(const struct tree_source *source, struct arena *arena,
                                   const struct tree_entry *entry) {
        if (entry->kind == TREE_FILE)
                return SOURCE_FILE;
        if (entry->kind == TREE_UNREADABLE)
                return SOURCE_FOLDER;
        return entry->kind == TREE_SYMLINK ? link_kind(source, arena, entry) : SOURCE_OTHER;
}

/* Takes the name that entries[at] gives the folder, and returns the index after it: one past the
 * entry, or past all that lies in the same folder below. */
static size_t add_tree_name(const struct tree_source *source, struct arena *arena, size_t at,
                            size_t prefix, name_vec *names) {
        size_t count;
        const struct tree_entry *entries = tree_entries(source->tree, &count);
        struct str rest = str_slice(entries[at].path, prefix, entries[at].path.len), first, below;
        size_t from, to;

        if (!str_cut(rest, '/', &first, &below)) {
                *VEC_ADD(arena, names) =
                        (struct source_name){ rest, entry_kind(source, arena, &entries[at]) };
                return at + 1;
        }
        *VEC_ADD(arena, names) = (struct source_name){ first, SOURCE_FOLDER };
        tree_range(source->tree, str_slice(entries[at].path, 0, prefix + first.len), &from, &to);
        return to;
}

/* A folder that could not be listed stands in the tree under its own name. */
static bool refuse_absent(const struct tree *tree, struct str folder, struct err *err) {
        const struct tree_entry *entry = tree_find(tree, folder);

        if (!entry || entry->kind != TREE_UNREADABLE)
                return err_at(err, ERR_NOT_FOUND, folder, 0, 0, "no such folder");
        errno = entry->why;
        return err_errno(err, folder, "cannot list");
}

static bool list_tree_folder(const struct tree_source *source, struct arena *arena,
                             struct str folder, struct source_names *ret_names, struct err *err) {
        size_t prefix = folder.len ? folder.len + 1 : 0, from, to;
        name_vec names = { 0 };

        tree_range(source->tree, folder, &from, &to);
        if (from == to && folder.len)
                return refuse_absent(source->tree, folder, err);
        while (from < to) {
                if (names.count >= SOURCE_FOLDER_MAX)
                        return err_at(err, ERR_LIMIT, folder, 0, 0, "over %d names in one folder",
                                      SOURCE_FOLDER_MAX);
                from = add_tree_name(source, arena, from, prefix, &names);
        }
        *ret_names = sorted(&names);
        return true;
}

static bool tree_source_list(void *ctx, struct arena *arena, struct str folder,
                             struct source_names *ret_names, struct err *err) {
        const struct tree_source *source = ctx;
        struct str path = str_join_path(arena, source->root, folder), host;

        if (first_link(source->tree, path)) {
                if (host_path(source, arena, path, &host))
                        return list_host_folder(arena, host, ret_names, err);
                if (!follow_links(source->tree, arena, path, &path))
                        return err_at(err, ERR_NOT_FOUND, folder, 0, 0, "no such folder");
        }
        return list_tree_folder(source, arena, path, ret_names, err);
}

static bool tree_source_read(void *ctx, struct arena *arena, struct str path, size_t max,
                             struct str *ret_bytes, struct err *err) {
        const struct tree_source *source = ctx;
        const struct tree_entry *entry;
        struct str full = str_join_path(arena, source->root, path), host;

        if (first_link(source->tree, full)) {
                if (host_path(source, arena, full, &host))
                        return file_read(arena, host, max, ret_bytes, err);
                if (!follow_links(source->tree, arena, full, &full))
                        return err_at(err, ERR_NOT_FOUND, path, 0, 0, "no such file");
        }
        entry = tree_find(source->tree, full);
        if (!entry)
                return err_at(err, ERR_NOT_FOUND, path, 0, 0, "no such file");
        return tree_read(source->tree, entry, arena, max, ret_bytes, err);
}

struct package_source source_of_tree(struct arena *arena, const struct tree *tree,
                                     struct str folder) {
        struct tree_source *source = ARENA_NEW(arena, struct tree_source);

        *source = (struct tree_source){ tree, str_dup(arena, folder) };
        return (struct package_source){ .ctx = source,
                                        .list = tree_source_list,
                                        .read = tree_source_read,
                                        .has_nested_modules = true };
}

/* ---- a module of the cache ---- */

static enum source_kind module_kind(const struct modcache_name *name) {
        if (name->is_dir)
                return SOURCE_FOLDER;
        return name->is_regular ? SOURCE_FILE : SOURCE_OTHER;
}

static bool module_list(void *ctx, struct arena *arena, struct str folder,
                        struct source_names *ret_names, struct err *err) {
        struct modcache_name *found;
        struct source_name *names;
        size_t count;

        if (!modcache_module_list(ctx, arena, folder, &found, &count, err))
                return false;
        if (count == 0)
                return err_at(err, ERR_NOT_FOUND, folder, 0, 0, "no such folder");
        names = ARENA_ARRAY(arena, struct source_name, count);
        for (size_t i = 0; i < count; i++)
                names[i] = (struct source_name){ found[i].name, module_kind(&found[i]) };
        *ret_names = (struct source_names){ names, count };
        return true;
}

static bool module_read(void *ctx, struct arena *arena, struct str path, size_t max,
                        struct str *ret_bytes, struct err *err) {
        return modcache_module_read(ctx, arena, path, max, ret_bytes, err);
}

struct package_source source_of_module(struct modcache_module *module) {
        return (struct package_source){ .ctx = module, .list = module_list, .read = module_read };
}

/* ---- a folder of another source ---- */

struct below_source {
        struct package_source source;
        struct str folder;
};

static bool below_list(void *ctx, struct arena *arena, struct str folder,
                       struct source_names *ret_names, struct err *err) {
        const struct below_source *below = ctx;

        return below->source.list(below->source.ctx, arena,
                                  str_join_path(arena, below->folder, folder), ret_names, err);
}

static bool below_read(void *ctx, struct arena *arena, struct str path, size_t max,
                       struct str *ret_bytes, struct err *err) {
        const struct below_source *below = ctx;

        return below->source.read(below->source.ctx, arena,
                                  str_join_path(arena, below->folder, path), max, ret_bytes, err);
}

struct package_source source_below(struct arena *arena, const struct package_source *source,
                                   struct str folder) {
        struct below_source *below = ARENA_NEW(arena, struct below_source);

        *below = (struct below_source){ *source, str_dup(arena, folder) };
        return (struct package_source){ .ctx = below,
                                        .list = below_list,
                                        .read = below_read,
                                        .has_nested_modules = source->has_nested_modules };
}
