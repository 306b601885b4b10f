#include "gitrepo/questions.h"

#include "base/map.h"
#include "base/vec.h"
#include "gitrepo/repo_impl.h"

AUTO_GIT_DEFINE(git_config_entry)
AUTO_GIT_DEFINE(git_revwalk)
AUTO_GIT_DEFINE(git_reference_iterator)
AUTO_GIT_DEFINE(git_tree_entry)

struct wanted_value {
        struct str name, value;
        bool found;
};

static void see_value(void *ctx, struct str key, struct str value) {
        struct wanted_value *wanted = ctx;

        if (!str_eq_fold(key, wanted->name))
                return;
        wanted->value = value;
        wanted->found = true;
}

bool repo_setting(struct repo *repo, struct arena *arena, const char *name,
                  struct repo_setting *ret_setting) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_config) *config = NULL;
        AUTO_GIT(git_config_entry) *entry = NULL;
        struct wanted_value wanted = { .name = str_of(name) };

        environment_config(repo->env, arena, see_value, &wanted);
        if (wanted.found) {
                *ret_setting = (struct repo_setting){ .value = wanted.value };
                return true;
        }
        if (git_repository_config(&config, repo->git) || git_config_get_entry(&entry, config, name))
                return false;
        ret_setting->value = str_dup(arena, str_of(entry->value));
        ret_setting->is_of_the_repository = entry->level >= GIT_CONFIG_LEVEL_LOCAL;
        return true;
}

/* ---- one file ---- */

static bool find_in_commit(struct repo *repo, struct arena *arena, struct str revision,
                           struct str path, git_oid *ret_id, bool *ret_found, struct err *err) {
        AUTO_GIT(git_commit) *commit = NULL;
        AUTO_GIT(git_tree) *tree = NULL;
        AUTO_GIT(git_tree_entry) *entry = NULL;
        int status;

        if (!repo_lookup_commit(repo, arena, revision, &commit, err))
                return false;
        status = git_commit_tree(&tree, commit);
        if (status)
                return repo_object_error(repo, err, status, git_commit_tree_id(commit),
                                         "reading a folder");
        status = git_tree_entry_bypath(&entry, tree, str_to_c(arena, path));
        *ret_found = status == 0 && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
        if (*ret_found)
                *ret_id = *git_tree_entry_id(entry);
        return true;
}

static bool find_in_index(struct repo *repo, struct arena *arena, struct str path, git_oid *ret_id,
                          bool *ret_found, struct err *err) {
        AUTO_GIT(git_index) *index = NULL;
        const git_index_entry *entry;

        if (!repo_open_index(repo, &index, err))
                return false;
        entry = git_index_get_bypath(index, str_to_c(arena, path), 0);
        *ret_found = entry != NULL;
        if (entry)
                *ret_id = entry->id;
        return true;
}

static bool find_at(struct repo *repo, struct arena *arena, struct str revision, struct str path,
                    git_oid *ret_id, bool *ret_found, struct err *err) {
        REPO_LOCKED(repo);

        return revision.len ? find_in_commit(repo, arena, revision, path, ret_id, ret_found, err)
                            : find_in_index(repo, arena, path, ret_id, ret_found, err);
}

bool repo_read_at(struct repo *repo, struct arena *arena, struct str revision, struct str path,
                  size_t max, bool *ret_found, struct str *ret_text, struct err *err) {
        git_oid id;

        if (!find_at(repo, arena, revision, path, &id, ret_found, err))
                return false;
        return !*ret_found || repo_read_blob(repo, &id, path, arena, max, ret_text, err);
}

/* ---- what is new ---- */

static bool ref_commit(struct repo *repo, const char *name, git_oid *ret_id) {
        AUTO_GIT(git_object) *object = NULL, *commit = NULL;

        if (git_revparse_single(&object, repo->git, name) ||
            git_object_peel(&commit, object, GIT_OBJECT_COMMIT))
                return false;
        *ret_id = *git_object_id(commit);
        return true;
}

struct new_commits {
        struct repo *repo;
        struct arena *arena;
        repo_commit_visit *visit;
        void *ctx;
        struct err *err;
};

/* False where the visitor wants no more, or (*failed) the commit cannot be read. */
static bool show_commit(struct new_commits *n, const git_oid *id, bool *failed) {
        AUTO_GIT(git_commit) *commit = NULL;
        char hex[REPO_OID_HEX + 1];
        int status = git_commit_lookup(&commit, n->repo->git, id);

        if (status) {
                *failed = true;
                return repo_object_error(n->repo, n->err, status, id, "reading the history");
        }
        git_oid_tostr(hex, sizeof(hex), id);
        return n->visit(n->ctx,
                        &(struct repo_new_commit){ hex, str_of(git_commit_message_raw(commit)),
                                                   git_commit_parentcount(commit) > 1 });
}

/* The two ends of a range, under the lock. base stays NULL where the range has none. */
struct range_ends {
        git_commit *head, *base;
};

static void free_ends(struct range_ends *ends) {
        git_commit_free(ends->head);
        git_commit_free(ends->base);
}

static bool find_ends(struct new_commits *n, const struct repo_range *range,
                      struct range_ends *ends) {
        return repo_lookup_commit(n->repo, n->arena, range->head, &ends->head, n->err) &&
               (!range->base.len ||
                repo_lookup_commit(n->repo, n->arena, range->base, &ends->base, n->err));
}

static bool start_walk(struct new_commits *n, const struct repo_range *range,
                       const struct range_ends *ends, git_revwalk **ret) {
        int status = git_revwalk_new(ret, n->repo->git);

        if (!status)
                status = git_revwalk_push(*ret, git_commit_id(ends->head));
        if (!status && ends->base)
                status = git_revwalk_hide(*ret, git_commit_id(ends->base));
        if (!status && range->known_refs)
                status = git_revwalk_hide_glob(*ret, range->known_refs);
        if (!status)
                status = git_revwalk_sorting(*ret, GIT_SORT_TOPOLOGICAL);
        return status == 0 || repo_git_error(n->err, status, "walking the history");
}

static bool refuse_many(struct err *err) {
        return err_set(err, ERR_LIMIT, "over %d new commits", REPO_NEW_COMMITS_MAX);
}

static bool walk(struct new_commits *n, const struct repo_range *range,
                 const struct range_ends *ends) {
        AUTO_GIT(git_revwalk) *commits = NULL;
        bool failed = false;
        git_oid id;
        int status;

        if (!start_walk(n, range, ends, &commits))
                return false;
        for (size_t i = 0; (status = git_revwalk_next(&id, commits)) == 0; i++) {
                if (i == REPO_NEW_COMMITS_MAX)
                        return refuse_many(n->err);
                if (!show_commit(n, &id, &failed))
                        return !failed;
        }
        return status == GIT_ITEROVER || repo_git_error(n->err, status, "walking the history");
}

static bool add_known_refs(struct new_commits *n, const char *refs, struct repo_history *known) {
        AUTO_GIT(git_reference_iterator) *all = NULL;
        const char *name;
        int status = git_reference_iterator_glob_new(&all, n->repo->git, refs);

        if (status)
                return repo_git_error(n->err, status, "listing the refs");
        while (git_reference_next_name(&name, all) == 0) {
                git_oid tip;

                if (ref_commit(n->repo, name, &tip) && !repo_history_walk(known, &tip, n->err))
                        return false;
        }
        return true;
}

static bool walk_shallow(struct new_commits *n, const struct repo_range *range,
                         const struct range_ends *ends) {
        struct repo_history mine = repo_history_make(n->repo, n->arena);
        struct repo_history known = repo_history_make(n->repo, n->arena);
        bool failed = false;

        if (!repo_history_walk(&mine, git_commit_id(ends->head), n->err) ||
            (ends->base && !repo_history_walk(&known, git_commit_id(ends->base), n->err)) ||
            (range->known_refs && !add_known_refs(n, range->known_refs, &known)))
                return false;
        for (size_t i = 0; i < mine.order.count; i++) {
                if (i == REPO_NEW_COMMITS_MAX)
                        return refuse_many(n->err);
                if (!repo_history_has(&known, &mine.order.items[i]) &&
                    !show_commit(n, &mine.order.items[i], &failed))
                        return !failed;
        }
        return true;
}

bool repo_new_commits(struct repo *repo, struct arena *arena, const struct repo_range *range,
                      repo_commit_visit *visit, void *ctx, struct err *err) {
        REPO_LOCKED(repo);
        __attribute__((cleanup(free_ends))) struct range_ends ends = { NULL, NULL };
        struct new_commits n = { repo, arena, visit, ctx, err };

        return find_ends(&n, range, &ends) &&
               (repo->info.is_shallow ? walk_shallow(&n, range, &ends) : walk(&n, range, &ends));
}

/* ---- where a new branch left what is known ---- */

static bool is_behind(struct repo *repo, struct arena *arena, const git_oid *commit,
                      const git_oid *tip) {
        struct repo_history history = repo_history_make(repo, arena);
        struct err ignored;

        if (!repo->info.is_shallow)
                return git_graph_descendant_of(repo->git, tip, commit) == 1;
        return repo_history_walk(&history, tip, &ignored) && repo_history_has(&history, commit);
}

/* The base that lies closest to the head: the other ones are behind it. */
static bool closest(struct repo *repo, struct arena *arena, const git_oid *head, const char *refs,
                    git_oid *ret_best, bool *ret_found, struct err *err) {
        AUTO_GIT(git_reference_iterator) *all = NULL;
        const char *name;
        int status = git_reference_iterator_glob_new(&all, repo->git, refs);

        if (status)
                return repo_git_error(err, status, "listing the refs");
        for (size_t i = 0; i < REPO_REFS_MAX && git_reference_next_name(&name, all) == 0; i++) {
                git_oid ends[2] = { *head }, base;
                struct err ignored;
                bool found;

                if (!ref_commit(repo, name, &ends[1]) ||
                    !repo_find_merge_base(repo, arena, ends, &base, &found, &ignored) || !found ||
                    (*ret_found && !is_behind(repo, arena, ret_best, &base)))
                        continue;
                *ret_best = base;
                *ret_found = true;
        }
        return true;
}

bool repo_closest_base(struct repo *repo, struct arena *arena, struct str head, const char *refs,
                       bool *ret_found, struct repo_commit *ret_commit, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_commit) *tip = NULL, *base = NULL;
        git_oid best;
        int status;

        *ret_found = false;
        if (!repo_lookup_commit(repo, arena, head, &tip, err) ||
            !closest(repo, arena, git_commit_id(tip), refs, &best, ret_found, err))
                return false;
        if (!*ret_found)
                return true;
        status = git_commit_lookup(&base, repo->git, &best);
        if (status)
                return repo_object_error(repo, err, status, &best, "reading the merge base");
        repo_describe_commit(base, arena, STR_NONE, ret_commit);
        return true;
}

bool repo_has_commit(struct repo *repo, struct arena *arena, struct str revision) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_commit) *commit = NULL;
        struct err ignored;

        return repo_lookup_commit(repo, arena, revision, &commit, &ignored);
}

/* ---- the remote branches ---- */

struct remote_branch {
        struct str name;
        int64_t time; /* of its newest commit */
};

static int cmp_newest(const void *a, const void *b) {
        const struct remote_branch *one = a, *other = b;

        return (one->time < other->time) - (one->time > other->time);
}

/* False where the ref names no commit. */
static bool time_of(struct repo *repo, const char *name, int64_t *ret_time) {
        AUTO_GIT(git_commit) *commit = NULL;
        git_oid id;

        if (!ref_commit(repo, name, &id) || git_commit_lookup(&commit, repo->git, &id))
                return false;
        *ret_time = git_commit_time(commit);
        return true;
}

bool repo_remote_branches(struct repo *repo, struct arena *arena, size_t max,
                          const struct str **ret_names, size_t *ret_count, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_reference_iterator) *all = NULL;
        VEC(struct remote_branch) branches = { 0 };
        struct str *names;
        const char *name;
        int status = git_reference_iterator_glob_new(&all, repo->git, "refs/remotes/*");

        if (status)
                return repo_git_error(err, status, "listing the refs");
        while (branches.count < REPO_REFS_MAX && git_reference_next_name(&name, all) == 0) {
                int64_t time;

                if (time_of(repo, name, &time))
                        *VEC_ADD(arena, &branches) =
                                (struct remote_branch){ str_dup(arena, str_of(name)), time };
        }
        if (branches.count)
                qsort(branches.items, branches.count, sizeof(*branches.items), cmp_newest);
        *ret_count = MIN_OF(branches.count, max);
        names = ARENA_ARRAY(arena, struct str, *ret_count);
        for (size_t i = 0; i < *ret_count; i++)
                names[i] = branches.items[i].name;
        *ret_names = names;
        return true;
}
