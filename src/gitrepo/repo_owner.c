/* Whose repository it is: git's safe.directory (git-config(1)), and the files it may stand in. */
#include "gitrepo/repo_impl.h"

#include "base/buf.h"
#include "sys/file.h"

#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_ENV_MAX 1000 /* GIT_CONFIG_COUNT */

static void add_config(struct arena *arena, struct str path, git_config_level_t level,
                       struct git_config_file *files, size_t *count) {
        files[*count] = (struct git_config_file){ str_to_c(arena, path), level };
        ++*count;
}

size_t host_config_files(const struct env *env, struct arena *arena,
                         struct git_config_file files[static GIT_CONFIG_FILES_MAX]) {
        struct str home = env_get_or(env, STR("HOME"), STR_NONE);
        struct str xdg = env_get_or(env, STR("XDG_CONFIG_HOME"), STR_NONE);
        struct str path;
        size_t count = 0;

        if (!env_get_or(env, STR("GIT_CONFIG_NOSYSTEM"), STR_NONE).len)
                add_config(arena, env_get_or(env, STR("GIT_CONFIG_SYSTEM"), STR("/etc/gitconfig")),
                           GIT_CONFIG_LEVEL_SYSTEM, files, &count);
        if (env_get(env, STR("GIT_CONFIG_GLOBAL"), &path)) {
                if (path.len)
                        add_config(arena, path, GIT_CONFIG_LEVEL_GLOBAL, files, &count);
                return count;
        }
        if (!xdg.len && home.len)
                xdg = str_join_path(arena, home, STR(".config"));
        if (xdg.len)
                add_config(arena, str_join_path(arena, xdg, STR("git/config")),
                           GIT_CONFIG_LEVEL_XDG, files, &count);
        if (home.len)
                add_config(arena, str_join_path(arena, home, STR(".gitconfig")),
                           GIT_CONFIG_LEVEL_GLOBAL, files, &count);
        return count;
}

struct safe {
        const struct env *env;
        struct arena *arena;
        struct str path; /* of the repository */
        bool is_safe;
};

static struct str expand_home(const struct safe *safe, struct str value) {
        struct str home = env_get_or(safe->env, STR("HOME"), STR_NONE);

        if (!str_has_prefix(value, STR("~/")) || !home.len)
                return value;
        return str_join_path(safe->arena, home, str_slice(value, 2, value.len));
}

/* One value: an empty one forgets those before, `*` allows all, `DIR/` + `*` all below DIR. */
static void take_value(struct safe *safe, struct str value) {
        struct str real, dir = expand_home(safe, value);
        struct err ignored;

        if (!value.len)
                safe->is_safe = false;
        else if (str_eq(value, STR("*")))
                safe->is_safe = true;
        else if (str_has_suffix(dir, STR("/*")))
                safe->is_safe |= str_has_prefix(safe->path, str_slice(dir, 0, dir.len - 1));
        else if (file_real_path(safe->arena, dir, &real, &ignored))
                safe->is_safe |= str_eq(real, safe->path);
}

static int take_entry(const git_config_entry *entry, void *ctx) {
        take_value(ctx, str_of(entry->value));
        return 0;
}

static void take_file(struct safe *safe, const char *path) {
        AUTO_GIT(git_config) *config = NULL;

        if (git_config_open_ondisk(&config, path) == 0)
                git_config_get_multivar_foreach(config, "safe.directory", NULL, take_entry, safe);
}

/* Takes the next word off what `git -c` leaves for its children in GIT_CONFIG_PARAMETERS: words
 * between spaces, quoted for a shell, 'key'='value' or (before git 2.31) 'key=value'. */
static bool next_parameter(struct arena *arena, struct str *rest, struct str *ret_word) {
        struct buf word = buf_make(arena);
        struct str text = str_trim(*rest);
        bool is_quoted = false;
        size_t at = 0;

        for (; at < text.len && (is_quoted || text.ptr[at] != ' '); at++) {
                if (text.ptr[at] == '\'')
                        is_quoted = !is_quoted;
                else if (is_quoted || text.ptr[at] != '\\')
                        buf_add_char(&word, text.ptr[at]);
                else if (++at < text.len)
                        buf_add_char(&word, text.ptr[at]);
        }
        *rest = str_slice(text, at, text.len);
        *ret_word = buf_str(&word);
        return text.len > 0;
}

/* GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n (git-config(1), "ENVIRONMENT"). */
static void visit_counted(const struct env *env, struct arena *arena, git_env_value *visit,
                          void *ctx) {
        struct str key, value;
        uint64_t count;

        if (!str_to_u64(env_get_or(env, STR("GIT_CONFIG_COUNT"), STR("0")), &count))
                return;
        for (uint64_t i = 0; i < MIN_OF(count, (uint64_t)CONFIG_ENV_MAX); i++) {
                struct str key_name = str_fmt(arena, "GIT_CONFIG_KEY_%zu", (size_t)i);
                struct str value_name = str_fmt(arena, "GIT_CONFIG_VALUE_%zu", (size_t)i);

                if (env_get(env, key_name, &key) && env_get(env, value_name, &value))
                        visit(ctx, key, value);
        }
}

void environment_config(const struct env *env, struct arena *arena, git_env_value *visit,
                        void *ctx) {
        struct str rest = env_get_or(env, STR("GIT_CONFIG_PARAMETERS"), STR_NONE);
        struct str word, key, value;

        visit_counted(env, arena, visit, ctx);
        while (next_parameter(arena, &rest, &word))
                if (str_cut(word, '=', &key, &value))
                        visit(ctx, key, value);
}

static void take_safe(void *ctx, struct str key, struct str value) {
        if (str_eq_fold(key, STR("safe.directory")))
                take_value(ctx, value);
}

/* As git, root under sudo may read what the user behind sudo owns. */
static bool is_mine(const struct env *env, struct str path) {
        struct str sudo = env_get_or(env, STR("SUDO_UID"), STR_NONE);
        struct stat st;
        uint64_t uid;

        if (!path.len || !file_lstat(path, &st) || st.st_uid == geteuid())
                return true;
        return geteuid() == 0 && str_to_u64(sudo, &uid) && uid == st.st_uid;
}

static bool owns_all(const struct env *env, struct arena *arena, const struct repo_info *info) {
        struct str link =
                info->work_dir.len ? str_join_path(arena, info->work_dir, STR(".git")) : STR_NONE;

        return is_mine(env, info->work_dir) && is_mine(env, link) && is_mine(env, info->git_dir);
}

bool repo_check_owner(const struct env *env, struct arena *arena, const struct repo_info *info,
                      struct err *err) {
        struct str path = info->work_dir.len ? info->work_dir : info->git_dir;
        struct safe safe = { .env = env, .arena = arena, .path = path };
        struct git_config_file files[GIT_CONFIG_FILES_MAX];
        size_t count;

        if (owns_all(env, arena, info))
                return true;
        count = host_config_files(env, arena, files);
        for (size_t i = 0; i < count; i++)
                take_file(&safe, files[i].path);
        environment_config(env, arena, take_safe, &safe);
        if (safe.is_safe)
                return true;
        err_at(err, ERR_IO, path, 0, 0, "the repository belongs to another user");
        return err_mend(err, "git config --global --add safe.directory %.*s", STR_ARG(path));
}
