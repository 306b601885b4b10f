/* Reading objects. libgit2 lets no two threads share an object database without care, so each
 * reader takes one of its own and gives it back. */
#include "gitrepo/repo_impl.h"

#include <string.h>

static git_odb *open_odb(struct repo *repo, struct err *err) {
        git_odb *odb = NULL;
        int status = git_odb_open(&odb, repo->object_dirs[0]);

        for (size_t i = 1; !status && i < repo->object_dir_count; i++)
                status = git_odb_add_disk_alternate(odb, repo->object_dirs[i]);
        if (!status)
                return odb;
        git_odb_free(odb);
        repo_git_error(err, status, "opening the object folders");
        return NULL;
}

git_odb *repo_lease(struct repo *repo, struct err *err) {
        git_odb *odb = NULL;

        pthread_mutex_lock(&repo->lease_lock);
        if (repo->idle_count)
                odb = repo->idle[--repo->idle_count];
        pthread_mutex_unlock(&repo->lease_lock);
        return odb ? odb : open_odb(repo, err);
}

void repo_give_back(struct repo *repo, git_odb *odb) {
        pthread_mutex_lock(&repo->lease_lock);
        if (repo->idle_count < REPO_LEASES_MAX) {
                repo->idle[repo->idle_count++] = odb;
                odb = NULL;
        }
        pthread_mutex_unlock(&repo->lease_lock);
        git_odb_free(odb);
}

bool repo_object_error(const struct repo *repo, struct err *err, int status, const git_oid *id,
                       const char *doing) {
        char hex[REPO_OID_HEX + 1];

        if (status != GIT_ENOTFOUND) {
                repo_git_error(err, status, doing);
                return err_mend(err, "git fsck --full");
        }
        git_oid_tostr(hex, sizeof(hex), id);
        err_set(err, ERR_NOT_FOUND, "%s: object %s is missing from the repository", doing, hex);
        if (repo->is_partial)
                return err_mend(err, "git fetch --refetch --no-filter");
        if (repo->info.is_shallow)
                return err_mend(err, "git fetch --unshallow");
        return err_mend(err, "git fsck --full");
}

static bool copy_blob(git_odb_object *object, struct arena *arena, struct str *ret_bytes) {
        size_t size = git_odb_object_size(object);
        char *bytes = arena_alloc(arena, size);

        memcpy(bytes, git_odb_object_data(object), size);
        *ret_bytes = (struct str){ bytes, size };
        return true;
}

/* The header first: a blob over the limit must not be inflated. */
static bool read_from(struct repo *repo, git_odb *odb, const git_oid *id, struct str path,
                      struct arena *arena, size_t max, struct str *ret_bytes, struct err *err) {
        AUTO_GIT(git_odb_object) *object = NULL;
        git_object_t type;
        size_t size;
        int status = git_odb_read_header(&size, &type, odb, id);

        if (!status && size > max)
                return err_at(err, ERR_LIMIT, path, 0, 0, "has over %zu bytes", max);
        if (!status)
                status = git_odb_read(&object, odb, id);
        if (!status)
                return copy_blob(object, arena, ret_bytes);
        return repo_object_error(repo, err, status, id,
                                 str_to_c(arena, str_fmt(arena, "reading %.*s", STR_ARG(path))));
}

bool repo_read_blob(struct repo *repo, const git_oid *id, struct str path, struct arena *arena,
                    size_t max, struct str *ret_bytes, struct err *err) {
        git_odb *odb = repo_lease(repo, err);
        bool ok;

        if (!odb)
                return false;
        ok = read_from(repo, odb, id, path, arena, max, ret_bytes, err);
        if (!ok && err->code != ERR_LIMIT)
                err_context(err, "reading %.*s", STR_ARG(path));
        repo_give_back(repo, odb);
        return ok;
}

bool repo_tree_read(const struct tree *tree, const struct tree_entry *entry, struct arena *arena,
                    size_t max, struct str *ret_bytes, struct err *err) {
        git_oid id;

        git_oid_fromraw(&id, entry->oid);
        return repo_read_blob(tree->repo, &id, entry->path, arena, max, ret_bytes, err);
}
