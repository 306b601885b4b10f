/* gitrepo/tree_impl.h: what a tree is made of. Only gitrepo/ includes this. */
#pragma once

#include "gitrepo/tree.h"

struct repo;

/* Reads one TREE_FILE or TREE_SYMLINK; as tree_read. */
typedef bool tree_reader(const struct tree *tree, const struct tree_entry *entry,
                         struct arena *arena, size_t max, struct str *ret_bytes, struct err *err);

struct tree {
        enum tree_kind kind;
        struct str root;                        /* TREE_WORKTREE: absolute path */
        unsigned char commit_id[TREE_OID_SIZE]; /* TREE_COMMIT */
        const struct tree_entry *entries;       /* sorted by path */
        size_t count;
        tree_reader *read;
        struct repo *repo;          /* TREE_INDEX and TREE_COMMIT */
        const struct str *contents; /* TREE_MEMORY: the bytes of each entry */
};

/* Sorts entries by path and wraps them. */
struct tree *tree_make(struct arena *arena, enum tree_kind kind, struct tree_entry *entries,
                       size_t count, tree_reader *read);
