/* weir hook: git hooks that judge a commit before it exists. */
#include "cmd/hook_command.h"

#include "gitrepo/diff.h"
#include "sys/file.h"

static bool is_wanted(const struct cmd_line *line, const struct hook_home *home, enum hook hook) {
        bool on_server = cmd_has(line, "server") || repo_info(home->repo)->is_bare;

        return hook_is_of_server(hook) == on_server;
}

/* ---- edited scripts ---- */

/* Told on standard error: what stands there against what this weir writes. */
static void tell_edited(struct cmd_context *context, const struct hook_state *state) {
        bool zh = context->lang == LANG_ZH;
        struct str name = str_fmt(context->arena, "%s", hook_name(state->hook)), diff;
        struct err err;

        hook_say(context, str_fmt(context->arena,
                                  zh ? "weir: %.*s 是 weir 的钩子，但被改动过："
                                     : "weir: %.*s is weir's hook, but it was edited:",
                                  STR_ARG(state->path)));
        if (diff_texts(context->arena, name, &state->script, state->text, &diff, &err))
                hook_say(context, str_drop_suffix(diff, STR("\n")));
        else
                cmd_complain(context, &err);
}

/* What a user wrote into weir's script is lost by no command without a word and a copy. */
static bool may_write_over(struct cmd_context *context, const struct cmd_line *line,
                           const struct hook_home *home) {
        size_t edited = 0;

        for (size_t i = 0; i < HOOK_COUNT && !cmd_has(line, "force"); i++) {
                struct hook_state state;

                if (!is_wanted(line, home, (enum hook)i))
                        continue;
                state = hook_look(&home->place, context->arena, (enum hook)i, home->weir);
                if (state.condition == HOOK_EDITED && ++edited)
                        tell_edited(context, &state);
        }
        if (edited)
                hook_say(context,
                         str_of(context->lang == LANG_ZH
                                        ? "weir: 未做任何改动；--force 会将改动过的文件另存为 "
                                          "NAME.weir-edited，然后继续"
                                        : "weir: nothing was changed; --force keeps the edited "
                                          "file as NAME.weir-edited and goes on"));
        return !edited;
}

static bool keep_edited(struct cmd_context *context, const struct hook_home *home, enum hook hook,
                        struct err *err) {
        struct str copy;

        if (!hook_keep_edited(&home->place, context->arena, hook, &copy, err))
                return false;
        if (copy.len)
                hook_say(context,
                         str_fmt(context->arena,
                                 context->lang == LANG_ZH ? "weir: 改动过的文件已另存为 %.*s"
                                                          : "weir: the edited file is kept as %.*s",
                                 STR_ARG(copy)));
        return true;
}

/* ---- install ---- */

static bool refuse_manager(struct cmd_context *context, const struct hook_place *place,
                           struct err *err) {
        const char *name = hook_manager_name(place->manager);

        err_set(err, ERR_USAGE, "%s looks after the hooks of this repository%s%.*s%s", name,
                place->manager_file.len ? " (" : "", STR_ARG(place->manager_file),
                place->manager_file.len ? ")" : "");
        if (context->lang == LANG_ZH)
                return err_mend(err,
                                "运行 weir hook print %s，把输出的内容加入它的配置文件；"
                                "或用 --force 仍然安装",
                                name);
        return err_mend(err,
                        "add the lines of `weir hook print %s` to its file, or install beside it "
                        "all the same with --force",
                        name);
}

/* A folder that the user's own settings name serves all repositories of the user. */
static bool refuse_outside(const struct hook_place *place, struct err *err) {
        if (!place->setting.len) {
                err_at(err, ERR_USAGE, place->dir, 0, 0,
                       "the folder of hooks is a link that leads out of the repository: hooks "
                       "there run for other repositories too");
                return err_mend(err, "make .git/hooks a folder, or --force, to write there");
        }
        err_at(err, ERR_USAGE, place->dir, 0, 0,
               "core.hooksPath%s leads out of the repository: hooks there run for other "
               "repositories too",
               place->is_of_user ? ", from your own git settings," : "");
        return err_mend(err, "git config core.hooksPath .git/hooks, for this repository alone; or "
                             "--force, to write there");
}

static bool refuse_bare(struct err *err) {
        err_set(err, ERR_USAGE, "a bare repository: nobody commits here");
        return err_mend(err, "weir hook install --server, to judge what is pushed here");
}

static bool may_install(struct cmd_context *context, const struct cmd_line *line,
                        const struct hook_home *home, struct err *err) {
        if (repo_info(home->repo)->is_bare && !cmd_has(line, "server"))
                return refuse_bare(err);
        if (cmd_has(line, "force"))
                return true;
        if (home->place.is_outside)
                return refuse_outside(&home->place, err);
        /* Neither of them has anything to do on a server. */
        return !home->place.manager || cmd_has(line, "server") ||
               refuse_manager(context, &home->place, err);
}

static void tell(struct cmd_context *context, struct str path, enum hook_change change) {
        static const struct text words[] = {
                [HOOK_UNCHANGED] = { "unchanged", "未改动" },
                [HOOK_WRITTEN] = { "installed", "已安装" },
                [HOOK_CHAINED] = { "installed; the hook that was there is kept and runs first",
                                   "已安装；原有钩子已保留，并先运行" },
                [HOOK_RESTORED] = { "the hook that was there before is back", "已恢复原有钩子" },
                [HOOK_REMOVED] = { "removed", "已移除" },
        };

        fprintf(context->out, context->lang == LANG_ZH ? "%.*s：%s\n" : "%.*s: %s\n", STR_ARG(path),
                text_in(&words[change], context->lang));
}

/* What the user should know of the hook that weir now runs first. */
static void warn_of_old(struct cmd_context *context, const struct hook_home *home,
                        const struct hook_state *state) {
        bool zh = context->lang == LANG_ZH;

        if (state->old_path.len && !state->old_runs)
                fprintf(context->log,
                        zh ? "weir: %.*s 不可执行：git 此前不运行它，weir 也不运行\n"
                           : "weir: %.*s is not executable: git did not run it, nor does weir\n",
                        STR_ARG(state->old_path));
        else if (state->old_has_crlf)
                fprintf(context->log,
                        zh ? "weir: %.*s 的首行以 CR 结尾，系统无法运行它，提交会因此失败\n"
                           : "weir: the first line of %.*s ends in CR: the system cannot run it, "
                             "and commits fail as before\n",
                        STR_ARG(state->old_path));
        if (state->old_path.len && (home->place.is_in_tree || home->place.for_husky))
                fprintf(context->log,
                        zh ? "weir: 该目录可提交：请将 %.*s 与新钩子一并提交\n"
                           : "weir: the folder can be committed: %.*s belongs to the same commit\n",
                        STR_ARG(state->old_path));
}

/* A script that can be committed names no path of this machine. */
static void warn_of_path(struct cmd_context *context, const struct hook_home *home) {
        struct str path = env_get_or(&context->env, STR("PATH"), STR_NONE), found;

        if (!(home->place.is_in_tree || home->place.for_husky) ||
            file_find_program(context->arena, path, STR("weir"), &found))
                return;
        hook_say(context,
                 str_of(context->lang == LANG_ZH
                                ? "weir: 该目录可提交，钩子只在 PATH 中查找 weir，而 PATH 中没有："
                                  "在加入之前，提交会被拒绝"
                                : "weir: the folder can be committed, so its hooks look for weir "
                                  "in PATH alone, and it is not there: commits are refused until "
                                  "it is"));
}

static bool install_all(struct cmd_context *context, const struct cmd_line *line,
                        const struct hook_home *home, struct err *err) {
        struct arena *arena = context->arena;

        for (size_t i = 0; i < HOOK_COUNT; i++)
                if (is_wanted(line, home, (enum hook)i) &&
                    !hook_install_check(&home->place, arena, (enum hook)i, err))
                        return false;
        for (size_t i = 0; i < HOOK_COUNT; i++) {
                enum hook_change change;
                struct hook_state state;

                if (!is_wanted(line, home, (enum hook)i))
                        continue;
                if (!keep_edited(context, home, (enum hook)i, err) ||
                    !hook_install(&home->place, arena, (enum hook)i, home->weir, &change, err))
                        return false;
                state = hook_look(&home->place, arena, (enum hook)i, home->weir);
                tell(context, state.path, change);
                warn_of_old(context, home, &state);
        }
        warn_of_path(context, home);
        return true;
}

static int install(struct cmd_context *context, const struct cmd_line *line) {
        struct hook_home home = { 0 };
        struct err err;
        bool ok = hook_home_open(context, &home, &err) && hook_place_usable(&home.place, &err) &&
                  may_install(context, line, &home, &err);
        bool edited = ok && !may_write_over(context, line, &home);

        ok = ok && (edited || install_all(context, line, &home, &err));
        repo_close(&home.repo);
        return edited ? EXIT_FAIL : ok ? EXIT_PASS : cmd_fail(context, &err);
}

/* ---- uninstall ---- */

static bool uninstall_all(struct cmd_context *context, const struct cmd_line *line,
                          const struct hook_home *home, struct err *err) {
        for (size_t i = 0; i < HOOK_COUNT; i++) {
                enum hook hook = (enum hook)i;
                enum hook_change change;

                if (!is_wanted(line, home, hook))
                        continue;
                if (!keep_edited(context, home, hook, err) ||
                    !hook_uninstall(&home->place, context->arena, hook, &change, err))
                        return false;
                tell(context, hook_look(&home->place, context->arena, hook, home->weir).path,
                     change);
        }
        return true;
}

static int uninstall(struct cmd_context *context, const struct cmd_line *line) {
        struct hook_home home = { 0 };
        struct err err;
        bool ok = hook_home_open(context, &home, &err) && hook_place_usable(&home.place, &err);
        bool edited = ok && !may_write_over(context, line, &home);

        ok = ok && (edited || uninstall_all(context, line, &home, &err));
        repo_close(&home.repo);
        return edited ? EXIT_FAIL : ok ? EXIT_PASS : cmd_fail(context, &err);
}

/* ---- the command ---- */

static int pre_receive(struct cmd_context *context, const struct cmd_line *line UNUSED) {
        return hook_run_pre_receive(context);
}

static const struct verb {
        const char *name;
        size_t operand_max; /* after the verb */
        int (*run)(struct cmd_context *context, const struct cmd_line *line);
} table[] = {
        { "install", 0, install },  { "uninstall", 0, uninstall },     { "status", 0, hook_status },
        { "print", 1, hook_print }, { "pre-receive", 0, pre_receive }, { "run", 4, hook_run },
};

static int hook_command(struct cmd_context *context, const struct cmd_line *line) {
        struct str verb = line->operands.count ? line->operands.items[0] : STR_NONE;
        struct err err;

        for (size_t i = 0; i < COUNT_OF(table); i++) {
                if (!str_eq(verb, str_of(table[i].name)))
                        continue;
                if (line->operands.count - 1 <= table[i].operand_max)
                        return table[i].run(context, line);
                err_set(&err, ERR_USAGE, "hook %s: one word too many: %.*s", table[i].name,
                        STR_ARG(line->operands.items[line->operands.count - 1]));
                return cmd_fail(context, &err);
        }
        if (verb.len)
                err_set(&err, ERR_USAGE, "hook: no verb %.*s", STR_ARG(verb));
        else
                err_set(&err, ERR_USAGE, "hook: what to do?");
        err_mend(&err, "weir hook install, uninstall, status, print or pre-receive");
        return cmd_fail(context, &err);
}

static const char *const verbs[] = {
        "install", "uninstall", "status", "print", "pre-receive", NULL
};

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "server", NULL, NULL, false,
          { "the hook of a repository that is pushed to: pre-receive", "用于接收推送的仓库：pre-receive 钩子" } },
        { "force", NULL, NULL, false,
          { "also beside lefthook or pre-commit, or outside; over an edited script (a copy is kept)",
            "允许与 lefthook、pre-commit 并存、装到仓库之外，或覆盖改动过的脚本（另存副本）" } },
        { "format", "FORMAT", "text|json", false,
          { "of status (text)", "status 的输出格式（默认 text）" } },
};
/* clang-format on */

const struct command command_hook = {
        .name = "hook",
        .operands = "install|uninstall|status|print|pre-receive",
        .operand_max = 5,
        .title = { "git hooks that judge what is staged", "用 git 钩子检查暂存的内容" },
        .about = { "install      write pre-commit, pre-merge-commit, commit-msg, pre-push; hooks there run first\n"
                   "uninstall    put back what was there\n"
                   "status       what is installed where\n"
                   "print        [lefthook|pre-commit|husky|sh] the lines for a tool that has its own file\n"
                   "pre-receive  judge what is pushed here: the hook of a server calls it\n"
                   "\n"
                   "WEIR_SKIP=modules,vendor git commit ... leaves these checkpoints out; the commit then\n"
                   "says so (trailer Weir-Skip), and the merge gate shows it.",
                   "install      写入 pre-commit、pre-merge-commit、commit-msg、pre-push；原有钩子先运行\n"
                   "uninstall    恢复原有钩子\n"
                   "status       已安装的钩子及其位置\n"
                   "print        [lefthook|pre-commit|husky|sh] 输出应加入其他工具配置文件的内容\n"
                   "pre-receive  检查推送到此处的内容，由服务器的钩子调用\n"
                   "\n"
                   "WEIR_SKIP=modules,vendor git commit ... 跳过这些检查点；提交说明会记录（Weir-Skip\n"
                   "尾注），合并关卡会显示。" },
        .verbs = verbs,
        .options = options,
        .option_count = COUNT_OF(options),
        .run = hook_command,
};
