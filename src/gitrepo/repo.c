#include "gitrepo/repo.h"

#include "gitrepo/odb.h"
#include "gitrepo/repo_opening.h"
#include "sys/file.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
/* libgit2 1.5 forgets what PCRE2 gave it for each name that its check of extensions passes over. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) {
        return "leak:_pcre2_memctl_malloc_8\nleak:pcre2_match_8\n";
}
const char *__lsan_default_options(void) __attribute__((visibility("default")));
const char *__lsan_default_options(void) {
        return "print_suppressions=0";
}
#endif

/* Extensions that change nothing for a reader. */
static const char *const known_extensions[] = { "partialclone", "preciousobjects", "worktreeconfig",
                                                "objectformat" };

/* libgit2's own owner check knows no `safe.directory = *` and no GIT_CONFIG_GLOBAL; ours, after
 * the opening, does. */
static bool start_library(struct err *err) {
        int status = git_libgit2_init();

        if (status < 0)
                return repo_git_error(err, status, "starting libgit2");
        git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known_extensions, COUNT_OF(known_extensions));
        return true;
}

bool repo_git_error(struct err *err, int status, const char *doing) {
        static const struct {
                int status;
                enum err_code code;
        } codes[] = {
                { GIT_ENOTFOUND, ERR_NOT_FOUND }, { GIT_EAMBIGUOUS, ERR_USAGE },
                { GIT_EINVALIDSPEC, ERR_USAGE },  { GIT_EPEEL, ERR_USAGE },
                { GIT_EMISMATCH, ERR_MISMATCH },
        };
        const git_error *error = git_error_last();
        enum err_code code = error && error->klass == GIT_ERROR_OS ? ERR_IO : ERR_SYNTAX;

        for (size_t i = 0; i < COUNT_OF(codes); i++)
                if (codes[i].status == status)
                        code = codes[i].code;
        return err_set(err, code, "%s: %s", doing, error ? error->message : "unknown failure");
}

static struct str without_slash(struct str path) {
        return path.len > 1 ? str_drop_suffix(path, STR("/")) : path;
}

/* The folder's path without a final slash; libgit2 gives one always. */
static struct str folder(struct opening *o, const char *path) {
        return path ? without_slash(str_dup(o->arena, str_of(path))) : STR_NONE;
}

bool path_is_at_or_below(struct str path, struct str dir) {
        if (str_eq(dir, STR("/")) || str_eq(path, dir))
                return true;
        return str_has_prefix(path, dir) && path.ptr[dir.len] == '/';
}

struct str opening_absolute(const struct opening *o, struct str base, struct str path) {
        struct str joined =
                path.len && path.ptr[0] == '/' ? path : str_join_path(o->arena, base, path);
        struct str real;
        struct err ignored;

        return file_real_path(o->arena, joined, &real, &ignored) ? real : joined;
}

const char *opening_config(struct opening *o, const char *name) {
        AUTO_GIT(git_config) *config = NULL;
        const char *value = NULL;

        if (git_repository_config_snapshot(&config, o->repo->git) ||
            git_config_get_string(&value, config, name))
                return NULL;
        return str_to_c(o->arena, str_of(value));
}

/* libgit2 1.5 knows object ids of SHA-1 only, and would take the others for damage. */
static bool check_object_format(struct opening *o, struct err *err) {
        const char *format = opening_config(o, "extensions.objectformat");

        if (!format || !strcmp(format, "sha1"))
                return true;
        o->repo->has_other_ids = true;
        if (o->takes_any_format)
                return true;
        err_at(err, ERR_UNSUPPORTED, str_of(git_repository_path(o->repo->git)), 0, 0,
               "the repository names its objects by %s; weir reads SHA-1 repositories only",
               format);
        return err_mend(err, "judge the folder without git: copy it to a place outside the "
                             "repository, or convert the repository to SHA-1");
}

static bool find_git_dir(struct opening *o, const char *start, struct str *ret_dir) {
        git_buf found = { 0 };
        bool ok = git_repository_discover(&found, start, 1, NULL) == 0;

        if (ok)
                *ret_dir = without_slash(str_dup(o->arena, str_of(found.ptr)));
        git_buf_dispose(&found);
        return ok;
}

static bool opening_error(int status, struct err *err) {
        repo_git_error(err, status, "opening the repository");
        if (strstr(err->message, "unsupported"))
                err->code = ERR_UNSUPPORTED;
        return false;
}

/* Opens what lies at (or, without GIT_REPOSITORY_OPEN_NO_SEARCH, above) start. No repository there
 * leaves repo->git NULL and is no error. */
static bool open_at(struct opening *o, struct str start, unsigned flags, const char *ceilings,
                    struct err *err) {
        const char *at = str_to_c(o->arena, start);
        int status = git_repository_open_ext(NULL, at, flags, ceilings);
        const git_error *error = git_error_last();

        /* Other classes of "not found" are a damaged `.git` file, not the absence of one. */
        if (status == GIT_ENOTFOUND && error && error->klass == GIT_ERROR_REPOSITORY)
                return true;
        if (!status)
                status = git_repository_open_ext(&o->repo->git, at, flags, ceilings);
        return status == 0 ? check_object_format(o, err) : opening_error(status, err);
}

bool git_truth(struct str value) {
        int truth;
        char text[16];

        if (!value.len || value.len >= sizeof(text))
                return false;
        memcpy(text, value.ptr, value.len);
        text[value.len] = '\0';
        return git_config_parse_bool(&truth, text) == 0 && truth;
}

static bool discover(struct opening *o, struct str start, struct err *err) {
        struct str ceilings = env_get_or(o->env, STR("GIT_CEILING_DIRECTORIES"), STR_NONE);
        struct str across = env_get_or(o->env, STR("GIT_DISCOVERY_ACROSS_FILESYSTEM"), STR_NONE);

        return open_at(o, start, git_truth(across) ? GIT_REPOSITORY_OPEN_CROSS_FS : 0,
                       ceilings.len ? str_to_c(o->arena, ceilings) : NULL, err);
}

static void close_git(struct opening *o) {
        git_repository_free(o->repo->git);
        o->repo->git = NULL;
        o->repo->info = (struct repo_info){ 0 };
}

/* With extensions.worktreeConfig, core.bare may stand in config.worktree, which libgit2 1.5 does
 * not read: it would take the folder above a bare repository for its working tree. */
static bool is_bare(struct opening *o) {
        AUTO_GIT(git_config) *config = NULL;
        struct str file = str_join_path(o->arena, folder(o, git_repository_path(o->repo->git)),
                                        STR("config.worktree"));
        int bare = git_repository_is_bare(o->repo->git);

        if (!bare && !git_repository_is_worktree(o->repo->git) &&
            git_truth(str_of(opening_config(o, "extensions.worktreeconfig"))) &&
            !git_config_open_ondisk(&config, str_to_c(o->arena, file)))
                git_config_get_bool(&bare, config, "core.bare");
        return bare;
}

static void fill_info(struct opening *o) {
        struct repo_info *info = &o->repo->info;
        git_repository *git = o->repo->git;

        info->git_dir = folder(o, git_repository_path(git));
        info->common_dir = folder(o, git_repository_commondir(git));
        info->is_bare = is_bare(o);
        info->work_dir = info->is_bare ? STR_NONE : folder(o, git_repository_workdir(git));
        info->is_linked_worktree = git_repository_is_worktree(git);
        info->is_shallow = git_repository_is_shallow(git) == 1;
}

/* With GIT_DIR and without GIT_WORK_TREE and core.worktree, git takes the process's folder for the
 * working tree (setup.c of git, "explicit git dir"). */
static bool set_work_dir(struct opening *o, bool is_explicit, struct err *err) {
        struct str named = env_get_or(o->env, STR("GIT_WORK_TREE"), STR_NONE);
        struct str dir;
        int status;

        if (!named.len && (!is_explicit || is_bare(o) || opening_config(o, "core.worktree")))
                return true;
        dir = named.len ? opening_absolute(o, o->cwd, named) : o->cwd;
        if (str_eq(dir, folder(o, git_repository_workdir(o->repo->git))))
                return true;
        status = git_repository_set_workdir(o->repo->git, str_to_c(o->arena, dir), 0);
        return status == 0 || repo_git_error(err, status, "taking GIT_WORK_TREE");
}

/* The repository that GIT_DIR names; repo->git stays NULL where the named path is not its. */
static bool open_from_environment(struct opening *o, struct str git_dir, struct err *err) {
        unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT |
                         GIT_REPOSITORY_OPEN_CROSS_FS;
        const struct repo_info *info = &o->repo->info;

        if (!open_at(o, opening_absolute(o, o->cwd, git_dir), flags, NULL, err))
                return false;
        if (!o->repo->git)
                return err_at(err, ERR_NOT_FOUND, git_dir, 0, 0, "GIT_DIR names no git repository");
        if (!set_work_dir(o, true, err))
                return false;
        fill_info(o);
        if (o->is_named &&
            !path_is_at_or_below(o->path, info->work_dir.len ? info->work_dir : info->git_dir))
                close_git(o);
        o->repo->info.from_environment = o->repo->git != NULL;
        return true;
}

/* Whether the process stands in the repository too, so that variables such as GIT_INDEX_FILE are
 * meant for it. */
static bool process_is_in_same(struct opening *o) {
        struct str mine = folder(o, git_repository_path(o->repo->git)), other;

        if (!o->is_named)
                return true;
        return find_git_dir(o, str_to_c(o->arena, o->cwd), &other) && str_eq(mine, other);
}

static bool open_by_place(struct opening *o, bool *ret_uses_env, struct err *err) {
        struct arena *arena = o->arena;

        if (!discover(o, o->path, err))
                return false;
        if (!o->repo->git)
                return true;
        *ret_uses_env = process_is_in_same(o);
        fill_info(o);
        if (!repo_check_owner(o->env, arena, &o->repo->info, err))
                return false;
        if (*ret_uses_env && !set_work_dir(o, false, err))
                return false;
        fill_info(o);
        return true;
}

static bool open_repo(struct opening *o, struct err *err) {
        struct str git_dir = env_get_or(o->env, STR("GIT_DIR"), STR_NONE);
        bool uses_env = true;

        if (git_dir.len && !open_from_environment(o, git_dir, err))
                return false;
        if (!o->repo->git && !open_by_place(o, &uses_env, err))
                return false;
        return !o->repo->git || opening_finish(o, uses_env, err);
}

static bool open_any(struct arena *arena, const struct env *env, struct str path,
                     bool takes_any_format, struct repo **ret_repo, struct err *err) {
        AUTO_REPO *repo = ARENA_NEW(arena, struct repo);
        struct opening o = { .arena = arena,
                             .env = env,
                             .is_named = path.len > 0,
                             .takes_any_format = takes_any_format,
                             .repo = repo };

        repo->env = env;
        pthread_mutex_init(&repo->lock, NULL);
        pthread_mutex_init(&repo->lease_lock, NULL);
        repo->ignore_arena = arena_make(arena->budget);
        repo->ignore_files = map_make(&repo->ignore_arena);
        if (!start_library(err)) {
                repo = NULL;
                return false;
        }
        if (!file_current_dir(arena, &o.cwd, err) ||
            !file_real_path(arena, path.len ? path : o.cwd, &o.path, err) || !open_repo(&o, err))
                return false;
        *ret_repo = NULL;
        if (repo->git) {
                *ret_repo = repo;
                repo = NULL;
        }
        return true;
}

bool repo_open(struct arena *arena, const struct env *env, struct str path, struct repo **ret_repo,
               struct err *err) {
        return open_any(arena, env, path, false, ret_repo, err);
}

bool repo_open_any(struct arena *arena, const struct env *env, struct str path,
                   struct repo **ret_repo, struct err *err) {
        return open_any(arena, env, path, true, ret_repo, err);
}

void repo_close(struct repo **repo) {
        if (!*repo)
                return;
        for (size_t i = 0; i < (*repo)->idle_count; i++)
                git_odb_free((*repo)->idle[i]);
        arena_drop(&(*repo)->ignore_arena);
        git_index_free((*repo)->attr_index);
        git_repository_free((*repo)->git);
        pthread_mutex_destroy(&(*repo)->lock);
        pthread_mutex_destroy(&(*repo)->lease_lock);
        git_libgit2_shutdown();
        *repo = NULL;
}

const struct repo_info *repo_info(const struct repo *repo) {
        return &repo->info;
}

struct str repo_remote_url(struct repo *repo, struct arena *arena, const char *remote) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_config) *config = NULL;
        struct str name = str_fmt(arena, "remote.%s.url", remote);
        const char *value = NULL;

        if (git_repository_config_snapshot(&config, repo->git) ||
            git_config_get_string(&value, config, str_to_c(arena, name)))
                return STR_NONE;
        return str_dup(arena, str_of(value));
}
