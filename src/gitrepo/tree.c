#include "gitrepo/tree.h"

#include "gitrepo/tree_impl.h"

#include <stdlib.h>
#include <string.h>

enum tree_kind tree_kind_of(const struct tree *tree) {
        return tree->kind;
}

const struct tree_entry *tree_entries(const struct tree *tree, size_t *ret_count) {
        *ret_count = tree->count;
        return tree->entries;
}

struct str tree_root(const struct tree *tree) {
        return tree->root;
}

/* The first entry whose path is not before path. */
static size_t lower_bound(const struct tree *tree, struct str path) {
        size_t low = 0, high = tree->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (str_cmp(tree->entries[middle].path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const struct tree_entry *tree_find(const struct tree *tree, struct str path) {
        size_t at = lower_bound(tree, path);

        if (at < tree->count && str_eq(tree->entries[at].path, path))
                return &tree->entries[at];
        return NULL;
}

/* <0, 0, >0 where path lies before, below or after the folder dir. */
static int cmp_to_dir(struct str path, struct str dir) {
        int order = str_cmp(str_slice(path, 0, dir.len), dir);

        if (order)
                return order;
        if (path.len <= dir.len)
                return -1;
        return (unsigned char)path.ptr[dir.len] - '/';
}

/* The first entry after (or, with `below`, in or after) the folder dir. */
static size_t dir_bound(const struct tree *tree, struct str dir, bool below) {
        size_t low = 0, high = tree->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = cmp_to_dir(tree->entries[middle].path, dir);

                if (order < 0 || (order == 0 && !below))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

void tree_range(const struct tree *tree, struct str dir, size_t *ret_from, size_t *ret_to) {
        *ret_from = dir.len ? dir_bound(tree, dir, true) : 0;
        *ret_to = dir.len ? dir_bound(tree, dir, false) : tree->count;
}

bool tree_has_dir(const struct tree *tree, struct str dir) {
        size_t from, to;

        tree_range(tree, dir, &from, &to);
        return from < to;
}

static bool refuse_kind(const struct tree_entry *entry, struct err *err) {
        static const char *const words[] = {
                [TREE_SUBMODULE] = "is a submodule, not a file",
                [TREE_SPECIAL] = "is no regular file (FIFO, socket or device)",
        };

        if (entry->kind == TREE_UNREADABLE)
                return err_at(err, ERR_IO, entry->path, 0, 0, "listing the folder: %s",
                              strerrordesc_np(entry->why));
        return err_at(err, ERR_UNSUPPORTED, entry->path, 0, 0, "%s", words[entry->kind]);
}

bool tree_read(const struct tree *tree, const struct tree_entry *entry, struct arena *arena,
               size_t max, struct str *ret_bytes, struct err *err) {
        if (entry->kind != TREE_FILE && entry->kind != TREE_SYMLINK)
                return refuse_kind(entry, err);
        return tree->read(tree, entry, arena, max, ret_bytes, err);
}

static int cmp_entries(const void *a, const void *b) {
        return str_cmp(((const struct tree_entry *)a)->path, ((const struct tree_entry *)b)->path);
}

static bool is_sorted(const struct tree_entry *entries, size_t count) {
        for (size_t i = 1; i < count; i++)
                if (str_cmp(entries[i - 1].path, entries[i].path) > 0)
                        return false;
        return true;
}

struct tree *tree_make(struct arena *arena, enum tree_kind kind, struct tree_entry *entries,
                       size_t count, tree_reader *read) {
        struct tree *tree = ARENA_NEW(arena, struct tree);

        if (!is_sorted(entries, count))
                qsort(entries, count, sizeof(*entries), cmp_entries);
        *tree = (struct tree){ .kind = kind, .entries = entries, .count = count, .read = read };
        return tree;
}

/* A memory tree keeps each file's bytes beside its entry. */
struct memory_entry {
        struct tree_entry entry;
        struct str bytes;
};

static int cmp_memory(const void *a, const void *b) {
        return cmp_entries(&((const struct memory_entry *)a)->entry,
                           &((const struct memory_entry *)b)->entry);
}

static bool read_memory(const struct tree *tree, const struct tree_entry *entry,
                        struct arena *arena UNUSED, size_t max, struct str *ret_bytes,
                        struct err *err) {
        struct str bytes = tree->contents[entry - tree->entries];

        if (bytes.len > max)
                return err_at(err, ERR_LIMIT, entry->path, 0, 0, "has over %zu bytes", max);
        *ret_bytes = bytes;
        return true;
}

struct tree *tree_of_memory(struct arena *arena, const struct str *paths,
                            const struct str *contents, size_t count) {
        struct memory_entry *pairs = ARENA_ARRAY(arena, struct memory_entry, count);
        struct tree_entry *entries = ARENA_ARRAY(arena, struct tree_entry, count);
        struct str *bytes = ARENA_ARRAY(arena, struct str, count);
        struct tree *tree;

        for (size_t i = 0; i < count; i++) {
                pairs[i].entry.path = paths[i];
                pairs[i].entry.kind = TREE_FILE;
                pairs[i].entry.size = contents[i].len;
                pairs[i].bytes = contents[i];
        }
        qsort(pairs, count, sizeof(*pairs), cmp_memory);
        for (size_t i = 0; i < count; i++) {
                entries[i] = pairs[i].entry;
                bytes[i] = pairs[i].bytes;
        }
        tree = tree_make(arena, TREE_MEMORY, entries, count, read_memory);
        tree->contents = bytes;
        return tree;
}
