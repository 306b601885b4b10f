/* What a hook judged, told on standard error in a few lines, with the rest in a file. */
#include "cmd/hook_command.h"

#include "data/digest.h"
#include "data/utf8.h"
#include "sys/file.h"

#include <unistd.h>

#define SHOWN_MAX 3        /* findings and gaps that a hook tells */
#define SHOWN_ON_SERVER 50 /* the person who pushes sees no other report */
#define HASH_DIGITS 12     /* of a repository's path, in the name of its folder of reports */

struct teller {
        struct cmd_context *context;
        const struct hook_case *c;
        bool colour;
        size_t shown_max;
};

static struct teller teller_make(struct cmd_context *context, const struct hook_case *c) {
        struct str no_color = env_get_or(&context->env, STR("NO_COLOR"), STR_NONE);
        struct str term = env_get_or(&context->env, STR("TERM"), STR_NONE);

        return (struct teller){ context, c,
                                isatty(STDERR_FILENO) && !no_color.len &&
                                        !str_eq(term, STR("dumb")),
                                c->on_server ? SHOWN_ON_SERVER : SHOWN_MAX };
}

void hook_say(struct cmd_context *context, struct str text) {
        fprintf(context->log, "%.*s\n", STR_ARG(utf8_printable(context->arena, text)));
}

static bool is_zh(const struct teller *t) {
        return t->context->lang == LANG_ZH;
}

static const char *in(const struct teller *t, const char *en, const char *zh) {
        return is_zh(t) ? zh : en;
}

static void indented(const struct teller *t, struct str text, size_t indent) {
        struct cmd_context on_log = *t->context;

        on_log.out = on_log.log;
        cmd_print_wrapped(&on_log, utf8_printable(t->context->arena, text), indent);
}

static void tell_mend(const struct teller *t, const struct message *mend) {
        struct arena *arena = t->context->arena;
        struct str words = message_render(mend, t->context->lang, arena);

        if (words.len)
                indented(t, str_fmt(arena, "%s%.*s", in(t, "mend: ", "修复："), STR_ARG(words)), 6);
}

static void tell_finding(const struct teller *t, const struct finding *finding) {
        struct arena *arena = t->context->arena;
        struct buf head = buf_make(arena);

        buf_add(&head, finding->file);
        if (finding->line)
                buf_printf(&head, ":%u", finding->line);
        fprintf(t->context->log, "  %s%.*s%s %s\n", t->colour ? "\033[1m" : "",
                STR_ARG(utf8_printable(arena, buf_str(&head))), t->colour ? "\033[0m" : "",
                finding->rule->id);
        indented(t, message_render(&finding->message, t->context->lang, arena), 4);
        tell_mend(t, &finding->mend);
}

static bool is_live_error(const struct finding *finding) {
        return finding->severity == SEV_ERROR && !finding->waived;
}

/* What the go command would refuse comes first, then the order of reports. */
static size_t tell_findings(const struct teller *t, const struct report *report) {
        size_t told = 0, total = 0;

        for (size_t pass = 0; pass < 2; pass++)
                for (size_t i = 0; i < report->findings.count; i++) {
                        const struct finding *finding = report->findings.items[i];

                        if (!is_live_error(finding) || finding->go_refuses != (pass == 0))
                                continue;
                        if (total++ >= t->shown_max)
                                continue;
                        told++;
                        tell_finding(t, finding);
                }
        return total - told;
}

static void tell_gaps(const struct teller *t, const struct report *report) {
        struct arena *arena = t->context->arena;

        for (size_t i = 0; i < report->unjudged.count && i < t->shown_max; i++) {
                const struct report_gap *gap = &report->unjudged.items[i];

                indented(t,
                         str_fmt(arena, "%s%.*s", in(t, "could not judge: ", "无法判定："),
                                 STR_ARG(message_render(&gap->gap.why, t->context->lang, arena))),
                         2);
                tell_mend(t, &gap->gap.mend);
        }
        if (report->unjudged.count > t->shown_max)
                fprintf(t->context->log, is_zh(t) ? "  另有 %zu 项\n" : "  and %zu more\n",
                        report->unjudged.count - t->shown_max);
}

static void tell_bypasses(const struct teller *t, const struct report *report) {
        for (size_t i = 0; i < report->bypasses.count && t->c->commit.len; i++)
                hook_say(t->context,
                         str_fmt(t->context->arena,
                                 is_zh(t) ? "weir: 提示：%.*s 在提交 %.7s 中被跳过"
                                          : "weir: note: %.*s was skipped in commit %.7s",
                                 STR_ARG(report->bypasses.items[i].check),
                                 report->bypasses.items[i].commit.ptr));
}

/* ---- the report that has the rest ---- */

/* A folder for each repository, whatever the name of its own folder. */
static bool report_folder(const struct teller *t, const struct repo *repo, struct str *ret_dir) {
        struct arena *arena = t->context->arena;
        const struct repo_info *info = repo_info(repo);
        struct digest digest = digest_of(info->git_dir);
        struct str state, root = info->work_dir.len ? info->work_dir : info->git_dir;
        struct str parent, name = root, hex = digest_hex(arena, &digest);

        if (!env_weir_dir(&t->context->env, arena, ENV_DIR_STATE, &state))
                return false;
        str_cut_last(root, '/', &parent, &name);
        *ret_dir = str_fmt(arena, "%.*s/hooks/%.*s-%.*s", STR_ARG(state), STR_ARG(name),
                           HASH_DIGITS, hex.ptr);
        return true;
}

static struct str report_text(const struct teller *t, const struct report *report) {
        const struct report_format *format = report_format_find(STR("text"));
        struct format_style style = { t->context->lang, false, 80 };
        struct buf out = buf_make(t->context->arena);

        for (size_t i = 0; i < report->checks.count; i++)
                format->check_finished(&out, &style, report, &report->checks.items[i]);
        format->finished(&out, &style, report);
        return buf_str(&out);
}

/* The words that show the same again. */
static struct str command_again(const struct teller *t) {
        const struct hook_case *c = t->c;
        struct arena *arena = t->context->arena;
        struct str base = c->base.len ? str_fmt(arena, " --base %.*s", STR_ARG(c->base)) : STR_NONE;

        return c->commit.len ? str_fmt(arena, "weir check --commit %.*s%.*s", STR_ARG(c->commit),
                                       STR_ARG(base))
                             : str_fmt(arena, "weir check --staged%.*s", STR_ARG(base));
}

static void tell_rest(const struct teller *t, const struct repo *repo,
                      const struct report *report) {
        struct arena *arena = t->context->arena;
        struct str dir, path;
        struct err ignored;

        if (!t->c->on_server && report_folder(t, repo, &dir) && file_make_dirs(dir, &ignored)) {
                path = str_fmt(arena, "%.*s/%s.txt", STR_ARG(dir), t->c->hook);
                if (file_write(path, report_text(t, report), 0666, &ignored))
                        hook_say(t->context,
                                 str_fmt(arena, "%s%.*s", in(t, "the whole report: ", "完整报告："),
                                         STR_ARG(path)));
        }
        hook_say(t->context, str_fmt(arena, "%s%.*s", in(t, "judge again: ", "再次检查："),
                                     STR_ARG(command_again(t))));
}

static void tell_refusal(const struct teller *t, const char *why) {
        fprintf(t->context->log,
                is_zh(t) ? "weir: %s%s%s被拒绝：%s\n" : "weir: %s%s%s is refused: %s\n",
                t->colour ? "\033[31m" : "", text_in(&t->c->what, t->context->lang),
                t->colour ? "\033[0m" : "", why);
}

/* ---- the outcome ---- */

void hook_tell_unopened(struct cmd_context *context, const struct hook_case *c, bool refused,
                        const struct err *err) {
        struct teller t = teller_make(context, c);

        if (refused)
                tell_refusal(&t, in(&t, "it could not be judged", "无法判定"));
        else
                hook_say(context,
                         str_of(in(&t, "weir: warning: not judged", "weir: 警告：未能检查")));
        cmd_complain(context, err);
}

static bool tell_errors(const struct teller *t, const struct check_subject *subject,
                        size_t errors) {
        struct arena *arena = t->context->arena;
        bool has_base = t->c->base.len > 0;
        struct str why = is_zh(t) ? str_fmt(arena, "%zu 个%s错误", errors, has_base ? "新" : "")
                                  : str_fmt(arena, "%zu %serror%s", errors, has_base ? "new " : "",
                                            errors > 1 ? "s" : "");
        size_t more;

        tell_refusal(t, str_to_c(arena, why));
        more = tell_findings(t, &subject->report);
        if (more)
                fprintf(t->context->log, is_zh(t) ? "  另有 %zu 个\n" : "  and %zu more\n", more);
        tell_gaps(t, &subject->report);
        tell_rest(t, subject->repo, &subject->report);
        return false;
}

static bool tell_unjudged(const struct teller *t, const struct check_subject *subject) {
        bool refuses = subject->policy.config.hook_unjudged.value == UNJUDGED_REFUSE;

        if (refuses)
                tell_refusal(t, in(t, "not all of it could be judged", "部分内容无法判定"));
        else
                hook_say(t->context, str_of(in(t, "weir: warning: not all could be judged",
                                               "weir: 警告：部分内容无法判定")));
        tell_gaps(t, &subject->report);
        if (refuses)
                tell_rest(t, subject->repo, &subject->report);
        return !refuses;
}

bool hook_tell_outcome(struct cmd_context *context, const struct hook_case *c,
                       const struct check_subject *subject) {
        struct teller teller = teller_make(context, c), *t = &teller;
        const struct report *report = &subject->report;
        size_t errors = report_count(report, SEV_ERROR);

        tell_bypasses(t, report);
        if (report->interrupted) {
                tell_refusal(t, in(t, "interrupted", "已中断"));
                return false;
        }
        if (errors)
                return tell_errors(t, subject, errors);
        return !report->unjudged.count || tell_unjudged(t, subject);
}
