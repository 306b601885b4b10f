/* gitrepo/repo_impl.h: what a repo is made of. Only gitrepo/ includes this. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "gitrepo/repo.h"
#include "gitrepo/tree_impl.h"

#include <git2.h>
#include <pthread.h>

#define REPO_SHORT_HEX 7
#define REPO_OBJECT_DIRS_MAX 64 /* of GIT_ALTERNATE_OBJECT_DIRECTORIES */
#define REPO_LEASES_MAX 64      /* object databases that are kept open for later readers */

struct repo {
        struct repo_info info;
        const struct env *env;
        git_repository *git;
        bool has_other_ids;     /* than those of SHA-1: only an odb can be asked */
        bool is_partial;        /* a partial clone: objects may be absent on purpose */
        const char *index_path; /* of the index in use */
        const char *object_dirs[REPO_OBJECT_DIRS_MAX]; /* the repository's own first */
        size_t object_dir_count;
        const git_oid *shallow; /* commits whose parents are not here */
        size_t shallow_count;
        pthread_mutex_t lock; /* around every question to `git`, and around what follows */
        struct arena ignore_arena;
        struct map ignore_files;      /* path to struct ignore_file, as read */
        const char *default_excludes; /* where core.excludesFile points if it is not set */
        git_oid attr_commit;          /* whose files attr_index holds */
        git_index *attr_index; /* of a commit, for its attributes; NULL before the first question */
        pthread_mutex_t lease_lock;
        git_odb *idle[REPO_LEASES_MAX];
        size_t idle_count;
};

/* The file a value comes from, lowest precedence first. */
struct git_config_file {
        const char *path;
        git_config_level_t level;
};

#define GIT_CONFIG_FILES_MAX 6

/* The configuration files of the host and the user that git would read under env. Returns how
 * many. */
size_t host_config_files(const struct env *env, struct arena *arena,
                         struct git_config_file files[static GIT_CONFIG_FILES_MAX]);

/* Called for each value that the environment sets (`git -c`, GIT_CONFIG_COUNT), in git's order: a
 * later one wins. */
typedef void git_env_value(void *ctx, struct str key, struct str value);
void environment_config(const struct env *env, struct arena *arena, git_env_value *visit,
                        void *ctx);

/* As git's safe.directory: whether the repository may be read although another user owns it. */
MUST_USE bool repo_check_owner(const struct env *env, struct arena *arena,
                               const struct repo_info *info, struct err *err);

/* Holds the lock while the variable is in scope. */
static inline pthread_mutex_t *repo_lock(struct repo *repo) {
        pthread_mutex_lock(&repo->lock);
        return &repo->lock;
}

static inline void repo_unlock(pthread_mutex_t **lock) {
        pthread_mutex_unlock(*lock);
}
#define REPO_LOCKED(repo)                                                                          \
        __attribute__((cleanup(repo_unlock))) UNUSED pthread_mutex_t *locked_ = repo_lock(repo)

/* Fills err with libgit2's words for its status code; returns false. */
bool repo_git_error(struct err *err, int status, const char *doing);

/* As repo_git_error for an object that could not be read: says what would mend it. */
bool repo_object_error(const struct repo *repo, struct err *err, int status, const git_oid *id,
                       const char *doing);

/* An object database of one's own; NULL with err set. Give it back. */
git_odb *repo_lease(struct repo *repo, struct err *err);
void repo_give_back(struct repo *repo, git_odb *odb);

/* Reads a blob; path is for errors. */
MUST_USE bool repo_read_blob(struct repo *repo, const git_oid *id, struct str path,
                             struct arena *arena, size_t max, struct str *ret_bytes,
                             struct err *err);

/* The reader of index and commit trees. */
tree_reader repo_tree_read;

/* The commit of a revision, under the lock. */
MUST_USE bool repo_lookup_commit(struct repo *repo, struct arena *arena, struct str revision,
                                 git_commit **ret_commit, struct err *err);
void repo_describe_commit(git_commit *commit, struct arena *arena, struct str revision,
                          struct repo_commit *ret_commit);

/* As repo_git_error for an index, with the mend for forms that this libgit2 cannot read. */
bool repo_index_error(struct err *err, int status);

/* Opens the index file; the caller frees it. */
MUST_USE bool repo_open_index(struct repo *repo, git_index **ret_index, struct err *err);

/* In a shallow clone libgit2 1.5 stumbles over the parents that are not there, so the histories,
 * short by nature, are walked whole. `order` is also the queue of the walk. */
struct repo_history {
        struct repo *repo;
        struct arena *arena;
        struct map seen;
        VEC(git_oid) order;
        size_t walked; /* of order: their parents are in it too */
};

struct repo_history repo_history_make(struct repo *repo, struct arena *arena);
/* Adds id and all commits that it has behind it. */
MUST_USE bool repo_history_walk(struct repo_history *h, const git_oid *id, struct err *err);
bool repo_history_has(const struct repo_history *h, const git_oid *id);

/* The best common commit of two, in a shallow clone too; the caller holds the lock. */
MUST_USE bool repo_find_merge_base(struct repo *repo, struct arena *arena, const git_oid ends[2],
                                   git_oid *ret_base, bool *ret_found, struct err *err);

/* Whether the parents of a commit are left out of a shallow clone. */
bool repo_is_shallow_boundary(const struct repo *repo, const git_oid *id);

#define AUTO_GIT(type) __attribute__((cleanup(auto_##type##_free))) type
#define AUTO_GIT_DEFINE(type)                                                                      \
        static inline void auto_##type##_free(type **object) {                                     \
                type##_free(*object);                                                              \
        }
AUTO_GIT_DEFINE(git_commit)
AUTO_GIT_DEFINE(git_config)
AUTO_GIT_DEFINE(git_index)
AUTO_GIT_DEFINE(git_object)
AUTO_GIT_DEFINE(git_odb_object)
AUTO_GIT_DEFINE(git_reference)
AUTO_GIT_DEFINE(git_tree)
