/* The commit-msg hook: the form of the message, and the trailer that says what was skipped. */
#include "cmd/hook_command.h"

#include "gitrepo/questions.h"
#include "hook/trailer.h"
#include "sys/file.h"

struct letter {
        struct cmd_context *context;
        struct repo *repo;
        struct str file;
        struct commit_message message;
        struct str cleaned; /* as it will be committed, in the main */
        struct config config;
        struct hook_skips skips;
};

static struct str setting(struct letter *letter, const char *name) {
        struct repo_setting found;

        return repo_setting(letter->repo, letter->context->arena, name, &found) ? found.value
                                                                                : STR_NONE;
}

/* git says by GIT_EDITOR=: that nobody edits the message (builtin/commit.c, run_commit_hook). */
static bool read_message(struct letter *letter, struct err *err) {
        struct str editor = env_get_or(&letter->context->env, STR("GIT_EDITOR"), STR_NONE);
        struct str comment = setting(letter, "core.commentstring"), text;

        if (!file_read(letter->context->arena, letter->file, COMMIT_MESSAGE_MAX, &text, err))
                return err_context(err, "reading the commit message");
        if (!comment.len)
                comment = setting(letter, "core.commentchar");
        letter->message = commit_message_read(text, setting(letter, "commit.cleanup"), comment,
                                              !str_eq(editor, STR(":")));
        letter->cleaned = commit_message_clean(&letter->message, letter->context->arena);
        return true;
}

/* ---- the form ---- */

static bool is_merge(const struct letter *letter) {
        struct str path = str_join_path(letter->context->arena, repo_info(letter->repo)->git_dir,
                                        STR("MERGE_HEAD"));

        return file_is_regular(path);
}

static bool check_form(struct letter *letter) {
        struct cmd_context *context = letter->context;
        struct hook_form form = { .context = context,
                                  .config = &letter->config,
                                  .cleaned = letter->cleaned };

        if (is_merge(letter) || hook_form_fits(&form))
                return true;
        hook_say(
                context,
                str_fmt(context->arena,
                        context->lang == LANG_ZH
                                ? "  你写的内容保存在 %.*s；继续编辑：git commit --edit --file=%.*s"
                                : "  your text is kept in %.*s; go on with: git commit --edit "
                                  "--file=%.*s",
                        STR_ARG(letter->file), STR_ARG(letter->file)));
        return false;
}

/* ---- the trailer ---- */

/* git refuses a template that nobody has edited; a trailer would be an edit. */
static bool is_untouched_template(struct letter *letter) {
        struct cmd_context *context = letter->context;
        struct str path = setting(letter, "commit.template"), text;
        struct str home = env_get_or(&context->env, STR("HOME"), STR_NONE);
        struct commit_message template = letter->message;
        struct err ignored;

        if (!path.len)
                return false;
        if (str_has_prefix(path, STR("~/")))
                path = str_join_path(context->arena, home, str_slice(path, 2, path.len));
        if (!file_read(context->arena, path, COMMIT_MESSAGE_MAX, &text, &ignored))
                return false;
        template.text = text;
        return str_eq(commit_message_clean(&template, context->arena), letter->cleaned);
}

static bool add_trailers(struct letter *letter, struct err *err) {
        struct arena *arena = letter->context->arena;
        struct commit_message message = letter->message;
        struct stat st;

        if (is_untouched_template(letter))
                return true;

        for (size_t i = 0; i < letter->skips.list.count; i++)
                message.text = trailer_add(&message, arena, TRAILER_SKIP,
                                           str_of(letter->skips.list.items[i]->id));
        if (message.text.ptr == letter->message.text.ptr)
                return true;
        if (!file_lstat(letter->file, &st))
                return err_errno(err, letter->file, "cannot read");
        return file_write_to(letter->file, message.text, st.st_mode & 0777, err) ||
               err_context(err, "adding the trailer Weir-Skip");
}

static bool open_repository(struct letter *letter, struct err *err) {
        struct cmd_context *context = letter->context;

        if (!repo_open(context->arena, &context->env, STR_NONE, &letter->repo, err))
                return false;
        return letter->repo || err_set(err, ERR_USAGE, "no git repository here");
}

/* What form is asked for cannot be told where weir.yaml cannot be read; the pre-commit hook has
 * refused that already, or somebody has passed it by. */
static void read_config(struct letter *letter) {
        struct err err;

        if (hook_config(letter->context, letter->repo, &letter->config, &err))
                return;
        letter->config = config_default(letter->context->arena);
        hook_say(letter->context,
                 str_of(letter->context->lang == LANG_ZH
                                ? "weir: 警告：未检查提交说明的格式"
                                : "weir: warning: the form of the message was not judged"));
        cmd_complain(letter->context, &err);
}

int hook_run_commit_msg(struct cmd_context *context, struct str file) {
        struct letter letter = { .context = context, .file = file };
        struct err err;
        bool passes = false;
        bool ok = hook_skips_read(context, &letter.skips, &err) && open_repository(&letter, &err) &&
                  read_message(&letter, &err);

        if (ok)
                read_config(&letter);
        if (ok && check_form(&letter)) {
                ok = add_trailers(&letter, &err);
                passes = ok;
        }
        repo_close(&letter.repo);
        if (!ok)
                return cmd_fail(context, &err);
        return passes ? EXIT_PASS : EXIT_FAIL;
}
