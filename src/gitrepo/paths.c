/* What git says of one path: ignored, tracked, attributes. */
#include "gitrepo/repo_impl.h"

#include <assert.h>
#include <git2/sys/repository.h>
#include <limits.h>
#include <string.h>

#define ATTR_NAMES_MAX 16

/* path as a C string, with `/` behind it for a folder. */
static bool c_path(struct str path, bool is_dir, char out[static PATH_MAX], struct err *err) {
        if (path.len + 2 > PATH_MAX || str_find(path, '\0') != SIZE_MAX)
                return err_at(err, ERR_LIMIT, path, 0, 0, "is no path that git can hold");
        memcpy(out, path.ptr, path.len);
        memcpy(out + path.len, is_dir ? "/" : "", is_dir ? 2 : 1);
        return true;
}

bool repo_is_tracked(struct repo *repo, struct str path, bool *ret_tracked, struct err *err) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_index) *index = NULL;
        char name[PATH_MAX];
        int status;

        if (!c_path(path, false, name, err))
                return false;
        status = git_repository_index(&index, repo->git);
        if (status)
                return repo_index_error(err, status);
        *ret_tracked = git_index_find(NULL, index, name) == 0;
        return true;
}

/* An index in memory with the files of a commit: libgit2 looks for attributes in an index, and
 * would mix the repository's own with those of a commit. */
static bool load_attr_index(struct repo *repo, const git_oid *commit_id, struct err *err) {
        AUTO_GIT(git_commit) *commit = NULL;
        AUTO_GIT(git_tree) *tree = NULL;
        int status = 0;

        if (repo->attr_index && git_oid_equal(&repo->attr_commit, commit_id))
                return true;
        if (!repo->attr_index)
                status = git_index_new(&repo->attr_index);
        if (!status)
                status = git_commit_lookup(&commit, repo->git, commit_id);
        if (!status)
                status = git_commit_tree(&tree, commit);
        if (!status)
                status = git_index_read_tree(repo->attr_index, tree);
        if (status)
                return repo_object_error(repo, err, status, commit_id, "reading attributes");
        repo->attr_commit = *commit_id;
        return true;
}

static int ask_attributes(struct repo *repo, const char **values, unsigned flags, const char *path,
                          const char *const *names, size_t count) {
        const char *copy[ATTR_NAMES_MAX];
        git_attr_options options = { .version = GIT_ATTR_OPTIONS_VERSION, .flags = flags };

        memcpy(copy, names, count * sizeof(*names));
        return git_attr_get_many_ext(values, repo->git, &options, path, count, copy);
}

/* Asks while the repository seems to have another index than its own. */
static int ask_beside(struct repo *repo, git_index *index, unsigned flags, const char **values,
                      const char *path, const char *const *names, size_t count) {
        git_index *own = NULL;
        int status = git_repository_index(&own, repo->git);

        if (status)
                return status;
        git_repository_set_index(repo->git, index);
        status = ask_attributes(repo, values, flags, path, names, count);
        git_repository_set_index(repo->git, own);
        git_index_free(own);
        return status;
}

/* libgit2 adds to the files on disk those of the index; git takes those of the index only where
 * there is none on disk. Here the disk alone counts. */
static int ask_disk(struct repo *repo, const char **values, const char *path,
                    const char *const *names, size_t count) {
        AUTO_GIT(git_index) *empty = NULL;
        int status = git_index_new(&empty);

        return status ? status : ask_beside(repo, empty, 0, values, path, names, count);
}

static struct attr attr_of(struct arena *arena, const char *value) {
        switch (git_attr_value(value)) {
        case GIT_ATTR_VALUE_TRUE:
                return (struct attr){ .state = ATTR_SET };
        case GIT_ATTR_VALUE_FALSE:
                return (struct attr){ .state = ATTR_UNSET };
        case GIT_ATTR_VALUE_STRING:
                return (struct attr){ ATTR_VALUE, str_dup(arena, str_of(value)) };
        case GIT_ATTR_VALUE_UNSPECIFIED:
                break;
        }
        return (struct attr){ .state = ATTR_UNSPECIFIED };
}

bool repo_attributes(struct repo *repo, struct arena *arena, const struct tree *tree,
                     struct str path, const char *const *names, size_t count,
                     struct attr *ret_attrs, struct err *err) {
        REPO_LOCKED(repo);
        const char *values[ATTR_NAMES_MAX] = { NULL };
        char name[PATH_MAX];
        git_oid id;
        int status;

        assert(count <= ATTR_NAMES_MAX);
        git_oid_fromraw(&id, tree->commit_id);
        if (!c_path(path, false, name, err) ||
            (tree->kind == TREE_COMMIT && !load_attr_index(repo, &id, err)))
                return false;
        if (tree->kind == TREE_COMMIT)
                status = ask_beside(repo, repo->attr_index, GIT_ATTR_CHECK_INDEX_ONLY, values, name,
                                    names, count);
        else if (tree->kind == TREE_INDEX)
                status =
                        ask_attributes(repo, values, GIT_ATTR_CHECK_INDEX_ONLY, name, names, count);
        else
                status = ask_disk(repo, values, name, names, count);
        if (status)
                return repo_git_error(err, status, "reading the attributes");
        for (size_t i = 0; i < count; i++)
                ret_attrs[i] = attr_of(arena, values[i]);
        return true;
}

static bool config_converts(struct repo *repo) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_config) *config = NULL;
        const char *value = NULL;
        int truth = 0;

        if (git_repository_config_snapshot(&config, repo->git) ||
            git_config_get_string(&value, config, "core.autocrlf"))
                return false;
        return !strcmp(value, "input") || (!git_config_parse_bool(&truth, value) && truth);
}

/* The order of the questions is that of gitattributes(5), "text", "eol" and "crlf". */
static bool attrs_convert(struct repo *repo, const struct attr *text, const struct attr *crlf,
                          const struct attr *eol) {
        if (text->state != ATTR_UNSPECIFIED)
                return text->state != ATTR_UNSET;
        if (crlf->state != ATTR_UNSPECIFIED)
                return crlf->state != ATTR_UNSET;
        return eol->state == ATTR_VALUE || config_converts(repo);
}

bool repo_converts_eol(struct repo *repo, struct arena *arena, const struct tree *tree,
                       struct str path, bool *ret_converts, struct err *err) {
        static const char *const names[] = { "text", "crlf", "eol" };
        struct attr attrs[COUNT_OF(names)];

        if (!repo_attributes(repo, arena, tree, path, names, COUNT_OF(names), attrs, err))
                return false;
        *ret_converts = attrs_convert(repo, &attrs[0], &attrs[1], &attrs[2]);
        return true;
}
