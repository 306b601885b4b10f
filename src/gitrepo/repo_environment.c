/* What the environment adds to a repository: configuration files, object folders, the index. */
#include "gitrepo/repo_opening.h"

#include "sys/file.h"

#include <git2/sys/repository.h>

#define SHALLOW_FILE_MAX ((size_t)16 << 20)

/* Relative names in the environment are relative to where git would stand: the root of the working
 * tree where the process is inside it, else the process's folder. */
static struct str environment_base(const struct opening *o) {
        struct str work_dir = o->repo->info.work_dir;

        return work_dir.len && path_is_at_or_below(o->cwd, work_dir) ? work_dir : o->cwd;
}

static void add_object_dir(struct opening *o, struct str dir) {
        struct repo *repo = o->repo;

        if (dir.len && repo->object_dir_count < REPO_OBJECT_DIRS_MAX)
                repo->object_dirs[repo->object_dir_count++] = str_to_c(
                        o->arena, dir.ptr[0] == '/'
                                          ? dir
                                          : str_join_path(o->arena, environment_base(o), dir));
}

/* Takes the next folder off a list like PATH, in which a name that starts with a quote is quoted
 * as in C (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES). */
static struct str next_object_dir(struct arena *arena, struct str *rest) {
        struct str part;
        char *out;
        size_t at = 1, len = 0;

        if (!rest->len || rest->ptr[0] != '"') {
                if (!str_cut(*rest, ':', &part, rest)) {
                        part = *rest;
                        *rest = STR_NONE;
                }
                return part;
        }
        out = arena_alloc(arena, rest->len);
        for (; at < rest->len && rest->ptr[at] != '"'; at++) {
                if (rest->ptr[at] == '\\' && at + 1 < rest->len)
                        at++;
                out[len++] = rest->ptr[at];
        }
        *rest = str_drop_prefix(str_slice(*rest, at + 1, rest->len), STR(":"));
        return (struct str){ out, len };
}

static bool add_object_dirs(struct opening *o, bool uses_env, struct err *err) {
        struct str own = str_join_path(o->arena, o->repo->info.common_dir, STR("objects"));
        struct str others = env_get_or(o->env, STR("GIT_ALTERNATE_OBJECT_DIRECTORIES"), STR_NONE);
        git_odb *odb = NULL;
        int status;

        add_object_dir(o, own);
        if (!uses_env)
                return true;
        add_object_dir(o, env_get_or(o->env, STR("GIT_OBJECT_DIRECTORY"), STR_NONE));
        while (others.len)
                add_object_dir(o, next_object_dir(o->arena, &others));
        status = git_repository_odb(&odb, o->repo->git);
        for (size_t i = 1; !status && i < o->repo->object_dir_count; i++)
                status = git_odb_add_disk_alternate(odb, o->repo->object_dirs[i]);
        git_odb_free(odb);
        return status == 0 || repo_git_error(err, status, "opening the object folders");
}

/* The index that git would use, also for questions that libgit2 answers by itself. */
static bool set_index(struct opening *o, bool uses_env, struct err *err) {
        struct str named =
                uses_env ? env_get_or(o->env, STR("GIT_INDEX_FILE"), STR_NONE) : STR_NONE;
        AUTO_GIT(git_index) *index = NULL;
        struct str path = str_join_path(o->arena, o->repo->info.git_dir, STR("index"));
        int status;

        if (named.len)
                path = opening_absolute(o, environment_base(o), named);
        o->repo->index_path = str_to_c(o->arena, path);
        if (!named.len)
                return true;
        status = git_index_open(&index, o->repo->index_path);
        if (!status)
                status = git_repository_set_index(o->repo->git, index);
        return status == 0 || repo_git_error(err, status, "opening GIT_INDEX_FILE");
}

/* The same values as git reads, from the files that the environment names. */
static bool set_config(struct opening *o, struct err *err) {
        const struct repo_info *info = &o->repo->info;
        struct git_config_file files[GIT_CONFIG_FILES_MAX];
        size_t count = host_config_files(o->env, o->arena, files);
        AUTO_GIT(git_config) *config = NULL;
        int status = git_config_new(&config);
        const char *local =
                str_to_c(o->arena, str_join_path(o->arena, info->common_dir, STR("config")));
        const char *mine =
                str_to_c(o->arena, str_join_path(o->arena, info->git_dir, STR("config.worktree")));

        files[count++] = (struct git_config_file){ local, GIT_CONFIG_LEVEL_LOCAL };
        if (git_truth(str_of(opening_config(o, "extensions.worktreeconfig"))))
                files[count++] = (struct git_config_file){ mine, GIT_CONFIG_LEVEL_APP };
        for (size_t i = 0; !status && i < count; i++)
                status = git_config_add_file_ondisk(config, files[i].path, files[i].level,
                                                    o->repo->git, 0);
        if (!status)
                status = git_repository_set_config(o->repo->git, config);
        return status == 0 || repo_git_error(err, status, "reading the git configuration");
}

static bool read_shallow(struct opening *o, struct err *err) {
        struct repo *repo = o->repo;
        struct str text, line;
        git_oid *ids;

        if (!repo->info.is_shallow)
                return true;
        if (!file_read(o->arena, str_join_path(o->arena, repo->info.common_dir, STR("shallow")),
                       SHALLOW_FILE_MAX, &text, err))
                return false;
        ids = ARENA_ARRAY(o->arena, git_oid, text.len / REPO_OID_HEX + 1);
        while (str_next_line(&text, &line))
                if (line.len == REPO_OID_HEX &&
                    git_oid_fromstrn(&ids[repo->shallow_count], line.ptr, line.len) == 0)
                        repo->shallow_count++;
        repo->shallow = ids;
        return true;
}

static void set_prefix(struct opening *o) {
        struct repo_info *info = &o->repo->info;

        if (info->work_dir.len && path_is_at_or_below(o->path, info->work_dir))
                info->prefix = str_drop_prefix(str_slice(o->path, info->work_dir.len, o->path.len),
                                               STR("/"));
}

/* A remote that promises the objects that are not here (git-config(1), remote.NAME.promisor). */
static bool has_promisor(struct opening *o) {
        AUTO_GIT(git_config) *config = NULL;
        git_config_iterator *entries = NULL;
        git_config_entry *entry;
        bool found = false;

        if (!git_repository_config_snapshot(&config, o->repo->git) &&
            !git_config_iterator_new(&entries, config))
                while (!found && !git_config_next(&entry, entries))
                        found = str_has_prefix(str_of(entry->name), STR("remote.")) &&
                                str_has_suffix(str_of(entry->name), STR(".promisor"));
        git_config_iterator_free(entries);
        return found;
}

/* git-config(1), core.excludesFile. */
static const char *default_excludes(struct opening *o) {
        struct str home = env_get_or(o->env, STR("HOME"), STR_NONE);
        struct str base = env_get_or(o->env, STR("XDG_CONFIG_HOME"), STR_NONE);

        if (!base.len && home.len)
                base = str_join_path(o->arena, home, STR(".config"));
        return str_to_c(o->arena,
                        base.len ? str_join_path(o->arena, base, STR("git/ignore")) : base);
}

bool opening_finish(struct opening *o, bool uses_env, struct err *err) {
        if (!set_config(o, err) || !add_object_dirs(o, uses_env, err) ||
            !set_index(o, uses_env, err) || !read_shallow(o, err))
                return false;
        o->repo->is_partial = has_promisor(o);
        o->repo->default_excludes = default_excludes(o);
        set_prefix(o);
        return true;
}
