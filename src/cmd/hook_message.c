/* The commit-msg hook: the form of the message, and the trailer that says what was skipped. */
#include "cmd/hook_command.h"

#include "data/regex.h"
#include "data/utf8.h"
#include "gitrepo/questions.h"
#include "hook/conventional.h"
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
        size_t faults;
};

static bool is_zh(const struct letter *letter) {
        return letter->context->lang == LANG_ZH;
}

static const char *in(const struct letter *letter, const char *en, const char *zh) {
        return is_zh(letter) ? zh : en;
}

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

static void tell_fault(struct letter *letter, struct str what, struct str wanted) {
        struct cmd_context *context = letter->context;

        if (!letter->faults++)
                hook_say(context, str_of(in(letter, "weir: the commit message is refused",
                                            "weir: 提交说明被拒绝")));
        hook_say(context, str_fmt(context->arena, "  %.*s", STR_ARG(what)));
        hook_say(context, str_fmt(context->arena, "      %.*s", STR_ARG(wanted)));
}

static struct str line_number(struct str text, unsigned number) {
        struct str line = STR_NONE;

        while (number-- && str_next_line(&text, &line))
                continue;
        return line;
}

static void check_conventional(struct letter *letter) {
        struct arena *arena = letter->context->arena;
        unsigned number;
        const struct text *fault = conventional_fault(letter->cleaned, &number);
        struct str line;

        if (!fault)
                return;
        line = utf8_cut(line_number(letter->cleaned, number), 60, NULL);
        tell_fault(letter,
                   str_fmt(arena, is_zh(letter) ? "第 %u 行：“%.*s”：%s" : "line %u: \"%.*s\" %s",
                           number, STR_ARG(line), text_in(fault, letter->context->lang)),
                   str_of(in(letter,
                             "expected: type(scope): description, as in fix(ledger): round half up",
                             "应为：类型(范围): 描述，例如 fix(ledger): round half up")));
}

/* A pattern that takes too long has not matched; that is said. */
static bool matches(struct letter *letter, struct str pattern) {
        bool found = false;
        struct err err;

        if (!regex_matches(pattern, letter->cleaned, &found, &err))
                cmd_complain(letter->context, &err);
        return found;
}

static void check_ticket(struct letter *letter) {
        const struct config_list *patterns = &letter->config.hook_ticket;
        struct arena *arena = letter->context->arena;
        struct buf all = buf_make(arena);

        for (size_t i = 0; i < patterns->list.count; i++) {
                if (matches(letter, patterns->list.items[i].value))
                        return;
                buf_printf(&all, "%s%.*s", i ? in(letter, "  or  ", " 或 ") : "",
                           STR_ARG(patterns->list.items[i].value));
        }
        if (!patterns->list.count)
                return;
        tell_fault(letter, str_of(in(letter, "no line names a ticket", "没有任何一行包含工单编号")),
                   str_fmt(arena, "%s%.*s",
                           in(letter, "expected somewhere, as weir.yaml says (hook.ticket): ",
                              "按 weir.yaml（hook.ticket）的要求，应包含："),
                           STR_ARG(buf_str(&all))));
}

static bool is_merge(const struct letter *letter) {
        struct str path = str_join_path(letter->context->arena, repo_info(letter->repo)->git_dir,
                                        STR("MERGE_HEAD"));

        return file_is_regular(path);
}

static bool check_form(struct letter *letter) {
        /* git refuses an empty message by itself. */
        if (!letter->cleaned.len || commit_message_is_made(letter->cleaned) || is_merge(letter))
                return true;
        if (letter->config.hook_commit_message.value == MESSAGE_FORM_CONVENTIONAL)
                check_conventional(letter);
        check_ticket(letter);
        if (!letter->faults)
                return true;
        hook_say(
                letter->context,
                str_fmt(letter->context->arena,
                        is_zh(letter)
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
                 str_of(in(letter, "weir: warning: the form of the message was not judged",
                           "weir: 警告：未检查提交说明的格式")));
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
