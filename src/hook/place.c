#include "hook/place.h"

#include "gitrepo/questions.h"
#include "sys/file.h"

/* Their documentation's lists of names under which the configuration may stand. */
static const struct {
        enum hook_manager manager;
        struct str file;
} manager_files[] = {
        { HOOK_MANAGER_LEFTHOOK, STR_INIT("lefthook.yml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT("lefthook.yaml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT("lefthook.toml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT("lefthook.json") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT("lefthook.jsonc") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".lefthook.yml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".lefthook.yaml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".lefthook.toml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".lefthook.json") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".config/lefthook.yml") },
        { HOOK_MANAGER_LEFTHOOK, STR_INIT(".config/lefthook.yaml") },
        { HOOK_MANAGER_PRE_COMMIT, STR_INIT(".pre-commit-config.yaml") },
};

const char *hook_manager_name(enum hook_manager manager) {
        static const char *const names[] = { [HOOK_MANAGER_NONE] = "",
                                             [HOOK_MANAGER_LEFTHOOK] = "lefthook",
                                             [HOOK_MANAGER_PRE_COMMIT] = "pre-commit" };

        return names[manager];
}

static bool is_below(struct str path, struct str dir) {
        return dir.len &&
               (str_eq(path, dir) || (str_has_prefix(path, dir) && path.ptr[dir.len] == '/'));
}

/* With symlinks resolved as far as folders exist, and without "." and "..", which for what does not
 * exist mean what they say. */
static struct str resolved(struct arena *arena, struct str path) {
        struct str real, parent, name;
        struct err ignored;

        if (!path.len)
                return path;

        path = str_drop_suffix(path, STR("/"));
        if (!path.len)
                return STR("/");
        if (file_real_path(arena, path, &real, &ignored))
                return real;
        if (!str_cut_last(path, '/', &parent, &name))
                return path;
        parent = resolved(arena, parent);
        if (!name.len || str_eq(name, STR(".")))
                return parent;
        if (!str_eq(name, STR("..")))
                return str_join_path(arena, parent, name);
        return str_cut_last(parent, '/', &parent, &name) && parent.len ? parent : STR("/");
}

static struct str root_of(const struct repo_info *info) {
        return info->work_dir.len ? info->work_dir : info->git_dir;
}

static bool absolute(const struct repo_info *info, const struct env *env, struct arena *arena,
                     struct str value, struct str *ret_dir, struct err *err) {
        struct str home = env_get_or(env, STR("HOME"), STR_NONE);

        if (str_eq(value, STR("~")) || str_has_prefix(value, STR("~/"))) {
                if (!home.len)
                        return err_set(err, ERR_USAGE,
                                       "core.hooksPath is %.*s, and HOME is not set",
                                       STR_ARG(value));
                value = str_join_path(arena, home, str_slice(value, 2, value.len));
        } else if (str_has_prefix(value, STR("~")) || str_has_prefix(value, STR("%("))) {
                err_set(err, ERR_USAGE, "core.hooksPath is %.*s, which weir does not expand",
                        STR_ARG(value));
                return err_mend(err, "git config core.hooksPath PATH, with a plain path");
        }
        if (!str_has_prefix(value, STR("/")))
                value = str_join_path(arena, root_of(info), value);
        *ret_dir = str_drop_suffix(value, STR("/"));
        return true;
}

bool hook_place_usable(const struct hook_place *place, struct err *err) {
        if (!place->is_off)
                return true;
        if (place->is_set && !place->setting.len) {
                err_set(err, ERR_USAGE, "core.hooksPath is set to nothing");
                return err_mend(err, "git config --unset core.hooksPath");
        }
        err_at(err, ERR_USAGE, place->dir, 0, 0, "is no folder, so git runs no hooks at all%s",
               place->is_set ? " (core.hooksPath)" : "");
        return err_mend(err, place->is_set
                                     ? "git config --unset core.hooksPath, or point it at a folder"
                                     : "move it away");
}

static bool is_off(const struct hook_place *place) {
        struct stat st;

        return (place->is_set && !place->setting.len) ||
               (file_lstat(place->dir, &st) && !file_is_dir(place->dir));
}

static void see_kept(struct hook_place *place, struct arena *arena) {
        struct str parent = STR_NONE, name = place->dir;

        str_cut_last(place->dir, '/', &parent, &name);
        place->kept_name = str_fmt(arena, "%.*s" HOOK_KEPT_SUFFIX, STR_ARG(name));
        place->kept = str_fmt(arena, "%.*s/%.*s", STR_ARG(parent), STR_ARG(place->kept_name));
}

/* husky 9 makes the folder `_` with a file `h` in it; before the first `npm install` neither is
 * there. */
static void see_husky(struct hook_place *place, struct arena *arena) {
        struct str parent, name;

        if (!str_cut_last(place->dir, '/', &parent, &name) || !str_eq(name, STR("_")))
                return;
        if (!str_has_suffix(parent, STR("/.husky")) &&
            !file_is_regular(str_join_path(arena, place->dir, STR("h"))))
                return;
        place->for_husky = true;
        place->dir = parent;
}

static void see_config_files(struct hook_place *place, struct str root, struct arena *arena) {
        for (size_t i = 0; i < COUNT_OF(manager_files) && root.len; i++)
                if (file_is_regular(str_join_path(arena, root, manager_files[i].file))) {
                        place->manager = manager_files[i].manager;
                        place->manager_file = manager_files[i].file;
                        return;
                }
}

static void see_scripts(struct hook_place *place, struct arena *arena) {
        for (size_t i = 0; i < HOOK_COUNT && !place->manager; i++) {
                struct str path = str_join_path(arena, place->dir, str_of(hook_name((enum hook)i)));
                struct str text;
                struct err ignored;
                enum hook_owner owner;

                if (!file_read(arena, path, HOOK_TEXT_MAX, &text, &ignored))
                        continue;
                owner = hook_owner_of(text);
                if (owner == HOOK_OWNER_LEFTHOOK)
                        place->manager = HOOK_MANAGER_LEFTHOOK;
                if (owner == HOOK_OWNER_PRE_COMMIT)
                        place->manager = HOOK_MANAGER_PRE_COMMIT;
        }
}

/* Of a linked worktree: where the main one lies, whose `.git` this is. */
static struct str main_work_dir(struct str git_dir) {
        return str_has_suffix(git_dir, STR("/.git")) ? str_slice(git_dir, 0, git_dir.len - 5)
                                                     : STR_NONE;
}

bool hook_place_find(struct repo *repo, const struct env *env, struct arena *arena,
                     struct hook_place *ret_place, struct err *err) {
        const struct repo_info *info = repo_info(repo);
        struct hook_place place = { .dir = str_join_path(arena, info->common_dir, STR("hooks")) };
        struct str git_dir = resolved(arena, info->common_dir);
        struct repo_setting setting;
        struct err ignored;
        struct str where;

        if (repo_setting(repo, arena, "core.hookspath", &setting)) {
                place.setting = setting.value;
                place.is_of_user = !setting.is_of_the_repository;
                place.is_set = true;
                if (setting.value.len &&
                    !absolute(info, env, arena, setting.value, &place.dir, err))
                        return false;
        }
        (void)!file_real_path(arena, place.dir, &place.dir, &ignored);
        place.is_off = is_off(&place);
        see_husky(&place, arena);
        see_kept(&place, arena);
        where = resolved(arena, place.dir);
        place.is_root = str_eq(where, git_dir) || str_eq(where, resolved(arena, info->work_dir));
        place.is_in_tree =
                !is_below(where, git_dir) && (is_below(where, resolved(arena, info->work_dir)) ||
                                              is_below(where, main_work_dir(git_dir)));
        place.is_outside = !place.is_in_tree && !is_below(where, git_dir);
        see_config_files(&place, info->work_dir, arena);
        see_scripts(&place, arena);
        *ret_place = place;
        return true;
}
