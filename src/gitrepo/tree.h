/* gitrepo/tree.h: the files that are judged, from wherever they come.
 *
 * A tree is a sorted list of files and a way to read each: a working tree (what lies on disk,
 * tracked or not, `.git` left out), an index, a commit, or bytes in memory for tests and fuzzing.
 * It is immutable once open and may be read from several threads. Paths are relative to the
 * tree's root with `/`, never with a leading slash, and may hold any byte but NUL. */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum tree_kind { TREE_WORKTREE, TREE_INDEX, TREE_COMMIT, TREE_MEMORY };

enum tree_entry_kind {
        TREE_FILE,
        TREE_SYMLINK,
        TREE_SUBMODULE, /* a commit of another repository (index and commit only) */
        TREE_SPECIAL,   /* FIFO, socket, device: never opened */
        TREE_UNREADABLE /* a folder that could not be listed; tree_read says why */
};

#define TREE_DEPTH_MAX 200       /* folder levels; a deeper one is TREE_UNREADABLE */
#define TREE_ENTRIES_MAX 4000000 /* entries of one tree; more is ERR_LIMIT */
#define TREE_OID_SIZE 20         /* bytes of an object id */

struct tree_entry {
        struct str path;
        enum tree_entry_kind kind;
        bool executable;
        int why;       /* errno of a TREE_UNREADABLE folder (ELOOP: too deep); else 0 */
        uint64_t size; /* bytes; 0 where the kind has none or it is not known yet */
        unsigned char oid[TREE_OID_SIZE]; /* object id in index and commit; zero elsewhere */
};

struct tree;

enum tree_kind tree_kind_of(const struct tree *tree);

/* All entries, sorted by path (bytes). Folders have no entry of their own. */
const struct tree_entry *tree_entries(const struct tree *tree, size_t *ret_count);

/* The entry with exactly this path; NULL where there is none. */
const struct tree_entry *tree_find(const struct tree *tree, struct str path);

/* The half-open range of entries below the folder dir ("" is the root). Empty range: no such folder
 * (or, on disk, an empty one). */
void tree_range(const struct tree *tree, struct str dir, size_t *ret_from, size_t *ret_to);
bool tree_has_dir(const struct tree *tree, struct str dir);

/* The bytes of a file, or the target of a symlink. In index and commit these are the bytes of the
 * blob, without any end-of-line conversion. Errors: ERR_LIMIT over max bytes, ERR_IO,
 * ERR_NOT_FOUND (a file that is gone; a missing object, named with what mends it),
 * ERR_UNSUPPORTED (special, submodule, a file that became something else meanwhile). On disk no
 * symlink is followed, in no part of the path. */
MUST_USE bool tree_read(const struct tree *tree, const struct tree_entry *entry,
                        struct arena *arena, size_t max, struct str *ret_bytes, struct err *err);

/* For a working tree the absolute path of its root; empty for the other kinds. */
struct str tree_root(const struct tree *tree);

/* Walks the folder root of the disk: everything in it but `.git` (file or folder, at any depth).
 * Symlinks are entries and are not followed. The tree holds no descriptor and lives in arena. A
 * folder below root that cannot be listed is an entry; root itself must be a folder that can
 * (ERR_NOT_FOUND, ERR_IO). */
MUST_USE bool tree_open_worktree(struct arena *arena, struct str root, struct tree **ret_tree,
                                 struct err *err);

/* Index and commit trees come from gitrepo/repo.h. */

/* A tree of bytes in memory, for tests and fuzzing: paths[i] holds contents[i]. */
struct tree *tree_of_memory(struct arena *arena, const struct str *paths,
                            const struct str *contents, size_t count);
