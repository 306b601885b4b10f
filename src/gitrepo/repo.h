/* gitrepo/repo.h: a git repository, read only.
 *
 * Everything is read through libgit2; nothing is written, refreshed or locked in the git folder.
 * A repo may be asked from several threads: reading objects runs in parallel, the other questions
 * take turns. Trees that come from a repo must not outlive it. Paths inside a repository are
 * relative to its root with `/`. */
#pragma once

#include "gitrepo/tree.h"
#include "sys/env.h"

#define REPO_OID_HEX 40 /* hex digits of an object id (SHA-1 repositories only) */

struct repo;

/* What a repository is. All strs live in the arena of repo_open. */
struct repo_info {
        struct str git_dir;    /* absolute, without a trailing slash */
        struct str common_dir; /* the same, but for a linked worktree: its main repository's */
        struct str work_dir;   /* absolute root of the working tree; empty for a bare repository */
        struct str prefix;     /* where the path of repo_open lies below work_dir; "" at its root */
        bool is_bare, is_shallow;
        bool is_linked_worktree; /* made by `git worktree add` */
        bool from_environment;   /* GIT_DIR named it, not its place */
};

/* Opens the repository of path as git does: GIT_DIR and GIT_WORK_TREE where they are set, else
 * upwards from path (GIT_CEILING_DIRECTORIES and GIT_DISCOVERY_ACROSS_FILESYSTEM hold). path is a
 * file or folder; empty means that the user named none, and the process's folder counts. A named
 * path that lies outside the repository of GIT_DIR is looked up by its own place, and then no GIT_
 * variable that belongs to one repository is used. GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY and
 * GIT_ALTERNATE_OBJECT_DIRECTORIES (quarantine folders of a push) hold as in git. GIT_PREFIX
 * changes nothing, as in git: paths are relative to the process's folder.
 *
 * *ret_repo is NULL, and that is no error, where path lies in no repository. Errors: ERR_IO with
 * the mend where it belongs to another user and `safe.directory` does not name it;
 * ERR_UNSUPPORTED for SHA-256 repositories and unknown extensions; ERR_SYNTAX or ERR_IO where it
 * is damaged. env must outlive the repo. */
MUST_USE bool repo_open(struct arena *arena, const struct env *env, struct str path,
                        struct repo **ret_repo, struct err *err);

/* Closes *repo unless it is NULL, and sets it to NULL. */
void repo_close(struct repo **repo);
#define AUTO_REPO __attribute__((cleanup(repo_close))) struct repo

const struct repo_info *repo_info(const struct repo *repo);

/* Where HEAD stands. */
struct repo_head {
        struct str branch;          /* short name; empty where HEAD is detached */
        char oid[REPO_OID_HEX + 1]; /* "" where the branch has no commit yet */
        struct str label;           /* for people: "main@1a2b3c4", "1a2b3c4", "main" (no commit) */
};

MUST_USE bool repo_head(struct repo *repo, struct arena *arena, struct repo_head *ret_head,
                        struct err *err);

/* The URL of a remote, as the configuration has it; empty where there is no such remote. */
struct str repo_remote_url(struct repo *repo, struct arena *arena, const char *remote);

/* A commit. */
struct repo_commit {
        char oid[REPO_OID_HEX + 1];
        struct str label;   /* the revision as it was named and the short id: "main@1a2b3c4" */
        int64_t time;       /* of the committer, seconds since 1970 UTC */
        struct str summary; /* first line of the message, any bytes */
};

/* What a revision means (gitrevisions(7): branch, tag, HEAD~2, abbreviated id, ...). Errors:
 * ERR_NOT_FOUND where nothing has that name (with the mend `git fetch --unshallow` in a shallow
 * clone), ERR_USAGE where it is ambiguous, a range, or names no commit. */
MUST_USE bool repo_resolve(struct repo *repo, struct arena *arena, struct str revision,
                           struct repo_commit *ret_commit, struct err *err);

/* The tree of a commit, by any revision. Submodules stand as TREE_SUBMODULE. */
MUST_USE bool repo_commit_tree(struct repo *repo, struct arena *arena, struct str revision,
                               struct repo_commit *ret_commit, struct tree **ret_tree,
                               struct err *err);

/* The tree that `git commit` would make now: the index (GIT_INDEX_FILE where it is set), without
 * intent-to-add entries. Errors: ERR_UNSUPPORTED for unmerged paths and for split and sparse
 * indexes, each with its mend; ERR_SYNTAX for a damaged index. */
MUST_USE bool repo_index_tree(struct repo *repo, struct arena *arena, struct tree **ret_tree,
                              struct err *err);

/* The best common ancestor of two revisions. Errors: those of repo_resolve; ERR_NOT_FOUND where
 * the histories share none, with the mend `git fetch --unshallow` where a shallow clone hides it.
 */
MUST_USE bool repo_merge_base(struct repo *repo, struct arena *arena, struct str one,
                              struct str other, struct repo_commit *ret_commit, struct err *err);

/* Whether .gitignore, info/exclude and core.excludesFile keep path out (is_dir: it is a folder), by
 * a rule for path or for a folder above it. An answer about the rules alone: a tracked file may be
 * ignored too. Rule files are those on disk, read once; one that cannot be read has no rules. */
bool repo_is_ignored(struct repo *repo, struct str path, bool is_dir);

/* Whether path is in the index. */
MUST_USE bool repo_is_tracked(struct repo *repo, struct str path, bool *ret_tracked,
                              struct err *err);

/* What gitattributes(5) says of one name for one path. */
enum attr_state { ATTR_UNSPECIFIED, ATTR_SET, ATTR_UNSET, ATTR_VALUE };

struct attr {
        enum attr_state state;
        struct str value; /* of ATTR_VALUE */
};

/* The attributes of path, as the .gitattributes files of the working tree say (TREE_WORKTREE),
 * or those of the index (TREE_INDEX) or of the commit that tree was made of (TREE_COMMIT). */
MUST_USE bool repo_attributes(struct repo *repo, struct arena *arena, const struct tree *tree,
                              struct str path, const char *const *names, size_t count,
                              struct attr *ret_attrs, struct err *err);

/* Whether git may convert the line ends of path: `text` set or auto, `eol` or `crlf` given, or
 * core.autocrlf with nothing that says no. */
MUST_USE bool repo_converts_eol(struct repo *repo, struct arena *arena, const struct tree *tree,
                                struct str path, bool *ret_converts, struct err *err);
