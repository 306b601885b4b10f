/* weir hook status and print: what is installed where, and the lines for the files of others. */
#include "cmd/hook_command.h"

#include "data/json_write.h"
#include "sys/file.h"

#define STATUS_SCHEMA "weir.hooks/1"
#define MANAGER_FILE_MAX ((size_t)4 << 20)

/* The program itself, also where it was called by a name in PATH. */
static bool own_path(struct cmd_context *context, struct str *ret_path, struct err *err) {
        return file_read_link(context->arena, STR("/proc/self/exe"), ret_path, err) ||
               err_context(err, "finding the path of weir itself");
}

bool hook_home_open(struct cmd_context *context, struct hook_home *ret_home, struct err *err) {
        if (!own_path(context, &ret_home->weir, err) ||
            !repo_open(context->arena, &context->env, STR_NONE, &ret_home->repo, err))
                return false;
        if (!ret_home->repo) {
                err_set(err, ERR_USAGE, "no git repository here, so there are no hooks");
                return err_mend(err, "cd into the repository, or git init");
        }
        return hook_place_find(ret_home->repo, &context->env, context->arena, &ret_home->place,
                               err);
}

/* ---- print ---- */

static const char lefthook_lines[] = "pre-commit:\n"
                                     "  commands:\n"
                                     "    weir:\n"
                                     "      run: weir hook run pre-commit\n"
                                     "pre-merge-commit:\n"
                                     "  commands:\n"
                                     "    weir:\n"
                                     "      run: weir hook run pre-merge-commit\n"
                                     "commit-msg:\n"
                                     "  commands:\n"
                                     "    weir:\n"
                                     "      run: weir hook run commit-msg {1}\n"
                                     "pre-push:\n"
                                     "  commands:\n"
                                     "    weir:\n"
                                     "      run: weir hook run pre-push {0}\n"
                                     "      use_stdin: true\n";

static const char pre_commit_lines[] =
        "default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, pre-push]\n"
        "repos:\n"
        "  - repo: local\n"
        "    hooks:\n"
        "      - id: weir-pre-commit\n"
        "        name: weir\n"
        "        entry: weir hook run pre-commit\n"
        "        language: system\n"
        "        stages: [pre-commit]\n"
        "        pass_filenames: false\n"
        "        always_run: true\n"
        "      - id: weir-pre-merge-commit\n"
        "        name: weir pre-merge-commit\n"
        "        entry: weir hook run pre-merge-commit\n"
        "        language: system\n"
        "        stages: [pre-merge-commit]\n"
        "        pass_filenames: false\n"
        "        always_run: true\n"
        "      - id: weir-commit-msg\n"
        "        name: weir commit-msg\n"
        "        entry: weir hook run commit-msg\n"
        "        language: system\n"
        "        stages: [commit-msg]\n"
        "      - id: weir-pre-push\n"
        "        name: weir pre-push\n"
        "        entry: weir hook run pre-push\n"
        "        language: system\n"
        "        stages: [pre-push]\n"
        "        pass_filenames: false\n"
        "        always_run: true\n";

static const char shell_lines[] = "weir hook run pre-commit || exit    # in %spre-commit\n"
                                  "weir hook run pre-merge-commit || exit    # in "
                                  "%spre-merge-commit\n"
                                  "weir hook run commit-msg \"$1\" || exit    # in %scommit-msg\n"
                                  "weir hook run pre-push \"$@\" || exit    # in %spre-push\n";

void hook_print_lines(struct cmd_context *context, enum hook_manager manager) {
        bool zh = context->lang == LANG_ZH;

        if (manager == HOOK_MANAGER_LEFTHOOK)
                fprintf(context->out, "# %s\n%s",
                        zh ? "加入 lefthook.yml，然后运行 lefthook install"
                           : "into lefthook.yml; then: lefthook install",
                        lefthook_lines);
        if (manager == HOOK_MANAGER_PRE_COMMIT)
                fprintf(context->out, "# %s\n%s",
                        zh ? "加入 .pre-commit-config.yaml，然后运行 pre-commit install"
                           : "into .pre-commit-config.yaml; then: pre-commit install",
                        pre_commit_lines);
}

int hook_print(struct cmd_context *context, const struct cmd_line *line) {
        static const struct {
                struct str name;
                enum hook_manager manager;
                const char *folder;
        } kinds[] = {
                { STR_INIT("lefthook"), HOOK_MANAGER_LEFTHOOK, NULL },
                { STR_INIT("pre-commit"), HOOK_MANAGER_PRE_COMMIT, NULL },
                { STR_INIT("husky"), HOOK_MANAGER_NONE, ".husky/" },
                { STR_INIT("sh"), HOOK_MANAGER_NONE, ".git/hooks/" },
        };
        struct hook_home home = { 0 };
        struct str kind = STR("sh");
        struct err err;

        if (line->operands.count > 1)
                kind = line->operands.items[1];
        else if (hook_home_open(context, &home, &err) && home.place.manager)
                kind = str_of(hook_manager_name(home.place.manager));
        else if (home.place.for_husky)
                kind = STR("husky");
        repo_close(&home.repo);
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (!str_eq(kind, kinds[i].name))
                        continue;
                hook_print_lines(context, kinds[i].manager);
                if (kinds[i].folder)
                        fprintf(context->out, shell_lines, kinds[i].folder, kinds[i].folder,
                                kinds[i].folder, kinds[i].folder);
                return EXIT_PASS;
        }
        err_set(&err, ERR_USAGE, "hook print: no lines for %.*s", STR_ARG(kind));
        err_mend(&err, "lefthook, pre-commit, husky or sh");
        return cmd_fail(context, &err);
}

/* ---- status ---- */

/* What is known of one hook, in words. */
struct shown {
        struct hook_state state;
        bool is_managed; /* the file of a hook manager calls weir for it */
};

static bool manager_calls_weir(struct cmd_context *context, const struct hook_home *home,
                               enum hook hook) {
        struct str call = str_fmt(context->arena, "weir hook run %s", hook_name(hook)), text;
        struct str root = repo_info(home->repo)->work_dir;
        struct err ignored;

        if (!home->place.manager_file.len)
                return false;
        return file_read(context->arena,
                         str_join_path(context->arena, root, home->place.manager_file),
                         MANAGER_FILE_MAX, &text, &ignored) &&
               str_contains(text, call);
}

static struct shown look(struct cmd_context *context, const struct hook_home *home,
                         enum hook hook) {
        return (struct shown){
                hook_look(&home->place, context->arena, hook, home->weir),
                manager_calls_weir(context, home, hook),
        };
}

static const struct {
        const char *word;
        struct text text;
} conditions[] = {
        [HOOK_ABSENT] = { "absent", { "not installed", "未安装" } },
        [HOOK_INSTALLED] = { "installed", { "installed", "已安装" } },
        [HOOK_OUTDATED] = { "outdated",
                            { "of another weir, or not executable: weir hook install writes it anew",
                              "来自其他版本或不可执行：运行 weir hook install 重写" } },
        [HOOK_EDITED] = { "edited",
                          { "edited: weir hook install --force keeps a copy and writes it anew",
                            "已被改动：weir hook install --force 另存副本并重写" } },
        [HOOK_OTHER] = { "other",
                         { "another hook, without weir: weir hook install chains to it",
                           "其他钩子，不含 weir：运行 weir hook install 与之串联" } },
        [HOOK_UNREADABLE] = { "unreadable", { "cannot be read", "无法读取" } },
};
static const struct text managed_text = { "called by the hook manager", "由钩子管理工具调用" };

static void show_hook(struct cmd_context *context, const struct shown *shown) {
        const struct hook_state *state = &shown->state;
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, "%-18s%s  %.*s\n", hook_name(state->hook),
                text_in(shown->is_managed ? &managed_text : &conditions[state->condition].text,
                        context->lang),
                STR_ARG(state->path));
        if (state->old_path.len)
                fprintf(context->out, "%18s%s%.*s%s\n", "",
                        zh ? "先运行 " : "runs first: ", STR_ARG(state->old_path),
                        state->old_runs ? ""
                        : zh            ? "（不可执行，不运行）"
                                        : " (not executable: not run)");
        if (state->condition == HOOK_UNREADABLE)
                fprintf(context->out, "%18s%s\n", "", state->why.message);
}

static void show_off(struct cmd_context *context, const struct hook_place *place) {
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, zh ? "钩子已停用：" : "hooks are switched off: ");
        if (!place->is_set)
                fprintf(context->out, zh ? "%.*s 不是目录\n" : "%.*s is no folder\n",
                        STR_ARG(place->dir));
        else if (!place->setting.len)
                fprintf(context->out, zh ? "core.hooksPath 为空\n" : "core.hooksPath is empty\n");
        else
                fprintf(context->out,
                        zh ? "core.hooksPath 为 %.*s%s\n" : "core.hooksPath is %.*s%s\n",
                        STR_ARG(place->setting),
                        !place->is_of_user ? ""
                        : zh               ? "（来自用户设置）"
                                           : " (from the user's settings)");
}

static void show_place(struct cmd_context *context, const struct hook_home *home) {
        const struct hook_place *place = &home->place;
        bool zh = context->lang == LANG_ZH;

        if (place->is_off) {
                show_off(context, place);
                return;
        }
        fprintf(context->out, "%s%.*s\n",
                zh ? "钩子目录：" : "hooks run from: ", STR_ARG(place->dir));
        if (place->setting.len)
                fprintf(context->out, "  core.hooksPath = %.*s%s%s\n", STR_ARG(place->setting),
                        place->is_of_user
                                ? (zh ? "（来自用户设置）" : " (from the user's settings)")
                                : "",
                        place->is_outside ? (zh ? "（位于仓库之外）" : " (outside the repository)")
                                          : "");
        if (place->manager)
                fprintf(context->out,
                        zh ? "  由 %s 管理%s%.*s；所需内容：weir hook print %s\n"
                           : "  looked after by %s%s%.*s; its lines: weir hook print %s\n",
                        hook_manager_name(place->manager), place->manager_file.len ? " " : "",
                        STR_ARG(place->manager_file), hook_manager_name(place->manager));
        else if (place->for_husky)
                fprintf(context->out, "  %s\n", zh ? "由 husky 管理" : "run by husky");
}

static void put(struct json_writer *w, const char *name, struct str value) {
        json_key(w, str_of(name));
        json_put_string_or_null(w, value);
}

static void put_bool(struct json_writer *w, const char *name, bool value) {
        json_key(w, str_of(name));
        json_put_bool(w, value);
}

static void write_hook(struct json_writer *w, const struct shown *shown, bool is_off) {
        const struct hook_state *state = &shown->state;

        json_begin_object(w);
        put(w, "name", str_of(hook_name(state->hook)));
        put(w, "path", is_off ? STR_NONE : state->path);
        put(w, "state", str_of(shown->is_managed ? "managed" : conditions[state->condition].word));
        put(w, "old", state->old_path);
        put_bool(w, "old_runs", state->old_runs);
        json_end_object(w);
}

static void write_place(struct json_writer *w, const struct hook_home *home) {
        const struct hook_place *place = &home->place;

        put(w, "schema", STR(STATUS_SCHEMA));
        put(w, "folder", place->is_off ? STR_NONE : place->dir);
        put_bool(w, "switched_off", place->is_off);
        put(w, "hooks_path", place->setting);
        put_bool(w, "hooks_path_of_user", place->is_of_user);
        put_bool(w, "outside", place->is_outside);
        put_bool(w, "husky", place->for_husky);
        put(w, "manager", str_of(hook_manager_name(place->manager)));
        put(w, "manager_file", place->manager_file);
        put(w, "weir", home->weir);
}

static bool is_shown(const struct cmd_line *line, const struct hook_home *home, enum hook hook) {
        return hook_is_of_server(hook) ==
               (cmd_has(line, "server") || repo_info(home->repo)->is_bare);
}

static void write_json(struct cmd_context *context, const struct cmd_line *line,
                       const struct hook_home *home) {
        struct buf out = buf_make(context->arena);
        struct json_writer w = json_write(&out, JSON_INDENTED);

        json_begin_object(&w);
        write_place(&w, home);
        json_key(&w, STR("hooks"));
        json_begin_array(&w);
        for (size_t i = 0; i < HOOK_COUNT; i++)
                if (is_shown(line, home, (enum hook)i)) {
                        struct shown shown = look(context, home, (enum hook)i);

                        write_hook(&w, &shown, home->place.is_off);
                }
        json_end_array(&w);
        json_end_object(&w);
        fprintf(context->out, "%.*s\n", STR_ARG(buf_str(&out)));
}

static void write_text(struct cmd_context *context, const struct cmd_line *line,
                       const struct hook_home *home) {
        show_place(context, home);
        for (size_t i = 0; i < HOOK_COUNT && !home->place.is_off; i++)
                if (is_shown(line, home, (enum hook)i)) {
                        struct shown shown = look(context, home, (enum hook)i);

                        show_hook(context, &shown);
                }
}

int hook_status(struct cmd_context *context, const struct cmd_line *line) {
        struct hook_home home = { 0 };
        struct str format = STR("text");
        struct err err;
        bool ok = true;

        cmd_value(line, "format", &format);
        if (!str_eq(format, STR("text")) && !str_eq(format, STR("json")))
                ok = err_set(&err, ERR_USAGE, "hook status: --format takes text or json, not %.*s",
                             STR_ARG(format));
        ok = ok && hook_home_open(context, &home, &err);
        if (ok && str_eq(format, STR("json")))
                write_json(context, line, &home);
        else if (ok)
                write_text(context, line, &home);
        repo_close(&home.repo);
        return ok ? EXIT_PASS : cmd_fail(context, &err);
}
