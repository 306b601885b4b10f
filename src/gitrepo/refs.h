/* gitrepo/refs.h: every name by which a repository holds on to objects.
 *
 * Read by weir itself, since libgit2 knows ids of SHA-1 only: loose refs, packed-refs, HEAD and the
 * own refs of every working tree, and the stash with all its entries (of which `git log --all`
 * shows the newest). Other reflogs keep objects too, but nobody who clones gets those. Source:
 * gitrepository-layout(5), git-pack-refs(1). */
#pragma once

#include "gitrepo/odb.h"

#define REFS_MAX 10000000
#define REFS_DEPTH_MAX 64 /* folders below refs/ */
#define REFS_FILE_MAX ((size_t)1 << 30)

struct ref {
        struct str name; /* "refs/heads/main", "HEAD", "refs/stash@{1}", "worktrees/w/HEAD" */
        unsigned char id[PACK_ID_SIZE_MAX];
};

struct refs {
        const struct ref *items; /* sorted by name */
        size_t count;
};

/* Symbolic refs count by what they point at, which is a ref of its own. Errors: ERR_UNSUPPORTED
 * where refs are kept in a reftable; ERR_SYNTAX for one that holds no id; ERR_IO; ERR_LIMIT. */
MUST_USE bool refs_read(struct repo *repo, const struct odb *odb, struct arena *arena,
                        struct refs *ret_refs, struct err *err);

/* The commits whose parents were left out of a shallow clone; none elsewhere. */
MUST_USE bool refs_read_shallow(struct repo *repo, const struct odb *odb, struct arena *arena,
                                struct refs *ret_commits, struct err *err);

/* The object that a revision names (gitrevisions(7)). Where ids are SHA-256, which libgit2 cannot
 * read, that is a ref's name, HEAD or a whole id, without operators. Errors: those of repo_resolve.
 */
MUST_USE bool refs_resolve(struct repo *repo, const struct odb *odb, const struct refs *refs,
                           struct str revision, unsigned char ret_id[PACK_ID_SIZE_MAX],
                           struct err *err);
