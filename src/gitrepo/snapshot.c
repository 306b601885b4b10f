/* The trees that git holds: of a commit and of the index. */
#include "gitrepo/repo_impl.h"

#include "base/vec.h"

#include <errno.h>
#include <string.h>

#define GIT_MODE_EXECUTABLE 0100

struct snapshot {
        struct repo *repo;
        struct arena *arena;
        VEC(struct tree_entry) entries;
};

static enum tree_entry_kind kind_of_mode(unsigned mode) {
        if (mode == GIT_FILEMODE_COMMIT)
                return TREE_SUBMODULE;
        return mode == GIT_FILEMODE_LINK ? TREE_SYMLINK : TREE_FILE;
}

static bool add(struct snapshot *s, struct str path, unsigned mode, const git_oid *id,
                struct err *err) {
        struct tree_entry *entry;

        if (s->entries.count >= TREE_ENTRIES_MAX)
                return err_set(err, ERR_LIMIT, "the tree has over %d files", TREE_ENTRIES_MAX);
        entry = VEC_ADD(s->arena, &s->entries);
        entry->path = path;
        entry->kind = kind_of_mode(mode);
        entry->executable = entry->kind == TREE_FILE && mode & GIT_MODE_EXECUTABLE;
        memcpy(entry->oid, id->id, TREE_OID_SIZE);
        return true;
}

static struct tree *finish(struct snapshot *s, enum tree_kind kind) {
        struct tree *tree =
                tree_make(s->arena, kind, s->entries.items, s->entries.count, repo_tree_read);

        tree->repo = s->repo;
        return tree;
}

static bool add_tree(struct snapshot *s, struct str dir, const git_oid *id, unsigned depth,
                     struct err *err);

static bool add_tree_entry(struct snapshot *s, struct str dir, const git_tree_entry *item,
                           unsigned depth, struct err *err) {
        struct str path = str_join_path(s->arena, dir, str_of(git_tree_entry_name(item)));
        const git_oid *id = git_tree_entry_id(item);

        if (git_tree_entry_type(item) == GIT_OBJECT_TREE)
                return add_tree(s, path, id, depth + 1, err);
        return add(s, str_dup(s->arena, path), git_tree_entry_filemode(item), id, err);
}

static bool add_tree(struct snapshot *s, struct str dir, const git_oid *id, unsigned depth,
                     struct err *err) {
        AUTO_GIT(git_tree) *tree = NULL;
        int status;

        if (depth > TREE_DEPTH_MAX)
                return err_at(err, ERR_LIMIT, dir, 0, 0, "is over %d folders deep", TREE_DEPTH_MAX);
        status = git_tree_lookup(&tree, s->repo->git, id);
        if (status)
                return repo_object_error(s->repo, err, status, id, "reading a folder");
        for (size_t i = 0; i < git_tree_entrycount(tree); i++)
                if (!add_tree_entry(s, dir, git_tree_entry_byindex(tree, i), depth, err))
                        return false;
        return true;
}

bool repo_commit_tree(struct repo *repo, struct arena *arena, struct str revision,
                      struct repo_commit *ret_commit, struct tree **ret_tree, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_commit) *commit = NULL;
        struct snapshot snapshot = { .repo = repo, .arena = arena };

        if (!repo_lookup_commit(repo, arena, revision, &commit, err))
                return false;
        if (!add_tree(&snapshot, STR_NONE, git_commit_tree_id(commit), 0, err))
                return err_context(err, "reading the commit %.*s", STR_ARG(revision));
        repo_describe_commit(commit, arena, revision, ret_commit);
        *ret_tree = finish(&snapshot, TREE_COMMIT);
        memcpy((*ret_tree)->commit_id, git_commit_id(commit)->id, TREE_OID_SIZE);
        return true;
}

bool repo_index_error(struct err *err, int status) {
        static const struct {
                const char *mark, *what, *mend;
        } forms[] = {
                { "'link'", "the index is split", "git update-index --no-split-index" },
                { "'sdir'", "the index is sparse",
                  "git sparse-checkout reapply --no-sparse-index" },
        };
        const git_error *error = git_error_last();

        for (size_t i = 0; error && i < COUNT_OF(forms); i++)
                if (strstr(error->message, forms[i].mark)) {
                        err_set(err, ERR_UNSUPPORTED, "%s, a form that weir cannot read",
                                forms[i].what);
                        return err_mend(err, "%s", forms[i].mend);
                }
        repo_git_error(err, status, "reading the index");
        return err_mend(err, "see that .git/index can be read; git read-tree HEAD makes it anew");
}

bool repo_open_index(struct repo *repo, git_index **ret_index, struct err *err) {
        int status = git_index_open(ret_index, repo->index_path);

        return status == 0 || repo_index_error(err, status);
}

static bool refuse_unmerged(struct str path, struct err *err) {
        err_at(err, ERR_UNSUPPORTED, path, 0, 0, "is unmerged in the index");
        return err_mend(err, "resolve the conflict, then git add %.*s", STR_ARG(path));
}

/* An intent to add (git add -N) is no part of the next commit. */
static bool add_index_entry(struct snapshot *s, const git_index_entry *item, struct err *err) {
        struct str path = str_dup(s->arena, str_of(item->path));

        if (GIT_INDEX_ENTRY_STAGE(item))
                return refuse_unmerged(path, err);
        if (item->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
                return true;
        return add(s, path, item->mode, &item->id, err);
}

bool repo_index_tree(struct repo *repo, struct arena *arena, struct tree **ret_tree,
                     struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_index) *index = NULL;
        struct snapshot snapshot = { .repo = repo, .arena = arena };

        if (!repo_open_index(repo, &index, err))
                return false;
        for (size_t i = 0; i < git_index_entrycount(index); i++)
                if (!add_index_entry(&snapshot, git_index_get_byindex(index, i), err))
                        return false;
        *ret_tree = finish(&snapshot, TREE_INDEX);
        return true;
}
