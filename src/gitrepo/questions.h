/* gitrepo/questions.h: what a hook asks of a repository beside its trees. Read only, as repo.h. */
#pragma once

#include "gitrepo/repo.h"

/* What git's configuration says of one name. */
struct repo_setting {
        struct str value;          /* as it is written, in the arena */
        bool is_of_the_repository; /* else of the user or the host: it holds for other repositories
                                    */
};

/* The value that holds for name ("core.hookspath"), `git -c` included; false where none is set. */
bool repo_setting(struct repo *repo, struct arena *arena, const char *name,
                  struct repo_setting *ret_setting);

/* The bytes of one file of a commit, or (revision empty) of the index, without opening the whole
 * tree. *ret_found is false, and that is no error, where there is no such file. Errors: those of
 * repo_resolve, of repo_index_tree, and ERR_LIMIT over max bytes. */
MUST_USE bool repo_read_at(struct repo *repo, struct arena *arena, struct str revision,
                           struct str path, size_t max, bool *ret_found, struct str *ret_text,
                           struct err *err);

#define REPO_NEW_COMMITS_MAX 100000 /* commits that one question looks at */

/* Commits that `head` has behind it, itself included, and neither `base` nor any ref matching
 * `known_refs` has. */
struct repo_range {
        struct str head, base;  /* revisions; base may be empty */
        const char *known_refs; /* a pattern as of git for-each-ref, or NULL */
};

struct repo_new_commit {
        const char *oid;
        struct str message; /* raw bytes */
        bool is_merge;
};

/* Called for each commit, newest first; false stops. It must ask the repo nothing. */
typedef bool repo_commit_visit(void *ctx, const struct repo_new_commit *commit);

/* In a shallow clone only what is there is visited. ERR_LIMIT past REPO_NEW_COMMITS_MAX. */
MUST_USE bool repo_new_commits(struct repo *repo, struct arena *arena,
                               const struct repo_range *range, repo_commit_visit *visit, void *ctx,
                               struct err *err);

/* Of all refs matching the pattern, the merge base with `head` that lies closest to it. *ret_found
 * is false where no ref shares a commit with it. At most REPO_REFS_MAX refs are looked at. */
#define REPO_REFS_MAX 512
MUST_USE bool repo_closest_base(struct repo *repo, struct arena *arena, struct str head,
                                const char *refs, bool *ret_found, struct repo_commit *ret_commit,
                                struct err *err);

/* The names of the remote-tracking branches ("refs/remotes/origin/main"), those with the newest
 * commits first, at most max. */
MUST_USE bool repo_remote_branches(struct repo *repo, struct arena *arena, size_t max,
                                   const struct str **ret_names, size_t *ret_count,
                                   struct err *err);

/* Whether the object of this id is here and, seen through tags, is a commit. */
bool repo_has_commit(struct repo *repo, struct arena *arena, struct str revision);
