/* Commits: what a name means, where HEAD stands, where two histories meet. */
#include "gitrepo/repo_impl.h"

#include "base/map.h"
#include "base/vec.h"

#include <string.h>

static struct str label_of(struct arena *arena, struct str name, const char *hex) {
        if (!name.len || str_has_prefix(str_of(hex), name))
                return str_fmt(arena, "%.*s", REPO_SHORT_HEX, hex);
        return str_fmt(arena, "%.*s@%.*s", STR_ARG(name), REPO_SHORT_HEX, hex);
}

void repo_describe_commit(git_commit *commit, struct arena *arena, struct str revision,
                          struct repo_commit *ret_commit) {
        git_oid_tostr(ret_commit->oid, sizeof(ret_commit->oid), git_commit_id(commit));
        ret_commit->label = label_of(arena, revision, ret_commit->oid);
        ret_commit->time = git_commit_time(commit);
        ret_commit->summary = str_dup(arena, str_of(git_commit_summary(commit)));
}

static bool refuse_name(const struct repo *repo, struct str revision, int status, struct err *err) {
        repo_git_error(err, status, "no such revision");
        if (status == GIT_EAMBIGUOUS)
                return err_set(err, ERR_USAGE, "the revision %.*s is ambiguous", STR_ARG(revision));
        if (status == GIT_EPEEL || status == GIT_EINVALIDSPEC)
                return err_set(err, ERR_USAGE, "%.*s names no commit", STR_ARG(revision));
        if (status == GIT_ENOTFOUND)
                err_set(err, ERR_NOT_FOUND, "no such revision: %.*s", STR_ARG(revision));
        if (status == GIT_ENOTFOUND && repo->info.is_shallow)
                err_mend(err, "git fetch --unshallow");
        return false;
}

static bool is_range(struct str revision) {
        return str_contains(revision, STR("..")) && !str_contains(revision, STR("/"));
}

bool repo_lookup_commit(struct repo *repo, struct arena *arena, struct str revision,
                        git_commit **ret_commit, struct err *err) {
        AUTO_GIT(git_object) *object = NULL, *peeled = NULL;
        int status;

        if (repo->has_other_ids)
                return err_set(err, ERR_UNSUPPORTED, "object ids of SHA-256 are not read here");
        if (!revision.len || str_find(revision, '\0') != SIZE_MAX)
                return err_set(err, ERR_USAGE, "the name of a revision is empty");
        status = git_revparse_single(&object, repo->git, str_to_c(arena, revision));
        if (status && is_range(revision))
                return err_set(err, ERR_USAGE, "%.*s is a range; one commit is wanted",
                               STR_ARG(revision));
        if (!status)
                status = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT);
        if (status)
                return refuse_name(repo, revision, status, err);
        *ret_commit = (git_commit *)peeled;
        peeled = NULL;
        return true;
}

bool repo_resolve(struct repo *repo, struct arena *arena, struct str revision,
                  struct repo_commit *ret_commit, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_commit) *commit = NULL;

        if (!repo_lookup_commit(repo, arena, revision, &commit, err))
                return false;
        repo_describe_commit(commit, arena, revision, ret_commit);
        return true;
}

/* The branch that HEAD names, whether or not it has a commit. */
static struct str branch_of_head(struct repo *repo, struct arena *arena) {
        AUTO_GIT(git_reference) *head = NULL;
        const char *target;

        if (git_reference_lookup(&head, repo->git, "HEAD") ||
            git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
                return STR_NONE;
        target = git_reference_symbolic_target(head);
        return str_dup(arena, str_drop_prefix(str_of(target), STR("refs/heads/")));
}

bool repo_head(struct repo *repo, struct arena *arena, struct repo_head *ret_head,
               struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_reference) *head = NULL;
        int status = git_repository_head(&head, repo->git);
        struct repo_head result = { .branch = branch_of_head(repo, arena) };

        if (status && status != GIT_EUNBORNBRANCH)
                return repo_git_error(err, status, "reading HEAD");
        if (!status)
                git_oid_tostr(result.oid, sizeof(result.oid), git_reference_target(head));
        result.label = *result.oid ? label_of(arena, result.branch, result.oid) : result.branch;
        *ret_head = result;
        return true;
}

bool repo_is_shallow_boundary(const struct repo *repo, const git_oid *id) {
        for (size_t i = 0; i < repo->shallow_count; i++)
                if (git_oid_equal(&repo->shallow[i], id))
                        return true;
        return false;
}

struct repo_history repo_history_make(struct repo *repo, struct arena *arena) {
        return (struct repo_history){ .repo = repo, .arena = arena, .seen = map_make(arena) };
}

static struct str key_of(const git_oid *id) {
        return (struct str){ (const char *)id->id, TREE_OID_SIZE };
}

static void visit(struct repo_history *h, const git_oid *id) {
        if (map_has(&h->seen, key_of(id)))
                return;
        map_put(&h->seen, str_dup(h->arena, key_of(id)));
        *VEC_ADD(h->arena, &h->order) = *id;
}

static bool visit_parents(struct repo_history *h, const git_oid *id, struct err *err) {
        AUTO_GIT(git_commit) *commit = NULL;
        int status;

        if (repo_is_shallow_boundary(h->repo, id))
                return true;
        status = git_commit_lookup(&commit, h->repo->git, id);
        if (status)
                return repo_object_error(h->repo, err, status, id, "reading the history");
        for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
                visit(h, git_commit_parent_id(commit, i));
        return true;
}

bool repo_history_has(const struct repo_history *h, const git_oid *id) {
        return map_has(&h->seen, key_of(id));
}

bool repo_history_walk(struct repo_history *h, const git_oid *id, struct err *err) {
        visit(h, id);
        while (h->walked < h->order.count) {
                git_oid at = h->order.items[h->walked++];

                if (!visit_parents(h, &at, err))
                        return false;
        }
        return true;
}

/* The last common commit that no common commit before it in the walk has behind it: it is behind
 * no other common commit at all. */
static bool shallow_merge_base(struct repo *repo, struct arena *arena, const git_oid ends[2],
                               git_oid *ret_base, bool *ret_found, struct err *err) {
        struct repo_history mine = repo_history_make(repo, arena);
        struct repo_history theirs = repo_history_make(repo, arena);
        struct repo_history behind = repo_history_make(repo, arena);

        if (!repo_history_walk(&mine, &ends[0], err) || !repo_history_walk(&theirs, &ends[1], err))
                return false;
        *ret_found = false;
        for (size_t i = 0; i < mine.order.count; i++) {
                const git_oid *id = &mine.order.items[i];

                if (!repo_history_has(&theirs, id) || repo_history_has(&behind, id))
                        continue;
                if (!repo_history_walk(&behind, id, err))
                        return false;
                *ret_base = *id;
                *ret_found = true;
        }
        return true;
}

bool repo_find_merge_base(struct repo *repo, struct arena *arena, const git_oid ends[2],
                          git_oid *ret_base, bool *ret_found, struct err *err) {
        int status;

        if (repo->info.is_shallow)
                return shallow_merge_base(repo, arena, ends, ret_base, ret_found, err);
        status = git_merge_base(ret_base, repo->git, &ends[0], &ends[1]);
        *ret_found = status == 0;
        /* "Not found" is also what libgit2 says of a missing commit; only its class differs. */
        if (!status || (status == GIT_ENOTFOUND && git_error_last()->klass == GIT_ERROR_MERGE))
                return true;
        repo_git_error(err, status, "looking for the merge base");
        return err_mend(err, "git fsck --full");
}

static bool refuse_unrelated(const struct repo *repo, struct str one, struct str other,
                             struct err *err) {
        err_set(err, ERR_NOT_FOUND, "%.*s and %.*s have no common commit%s", STR_ARG(one),
                STR_ARG(other), repo->info.is_shallow ? " in this shallow clone" : "");
        if (repo->info.is_shallow)
                err_mend(err, "git fetch --unshallow");
        return false;
}

bool repo_merge_base(struct repo *repo, struct arena *arena, struct str one, struct str other,
                     struct repo_commit *ret_commit, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_commit) *first = NULL, *second = NULL, *base = NULL;
        git_oid ends[2], id;
        bool found;

        if (!repo_lookup_commit(repo, arena, one, &first, err) ||
            !repo_lookup_commit(repo, arena, other, &second, err))
                return false;
        ends[0] = *git_commit_id(first);
        ends[1] = *git_commit_id(second);
        if (!repo_find_merge_base(repo, arena, ends, &id, &found, err))
                return false;
        if (!found)
                return refuse_unrelated(repo, one, other, err);
        if (git_commit_lookup(&base, repo->git, &id))
                return repo_object_error(repo, err, GIT_ENOTFOUND, &id, "reading the merge base");
        repo_describe_commit(base, arena, STR_NONE, ret_commit);
        return true;
}
