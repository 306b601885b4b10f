/* Judging for a hook: in the same process as the hook, over git's objects, and told in a few lines.
 */
#include "cmd/hook_command.h"

#include "check/policy_rules.h"
#include "data/digest.h"
#include "data/utf8.h"
#include "gitrepo/questions.h"
#include "sys/file.h"

#include <unistd.h>

#define SHOWN_MAX 3        /* findings and gaps that a hook tells */
#define SHOWN_ON_SERVER 50 /* the person who pushes sees no other report */
#define CONFIG_MAX ((size_t)4 << 20)
#define HASH_DIGITS 12 /* of a repository's path, in the name of its folder of reports */

extern const struct command command_check;

/* ---- WEIR_SKIP ---- */

static struct str check_names(struct arena *arena) {
        struct buf names = buf_make(arena);

        for (size_t i = 0; i < check_count; i++)
                buf_printf(&names, "%s%s", i ? ", " : "", checks[i]->id);
        return buf_str(&names);
}

static bool skips(const struct hook_skips *skips, const struct check *check) {
        for (size_t i = 0; i < skips->list.count; i++)
                if (skips->list.items[i] == check)
                        return true;
        return false;
}

bool hook_skips_read(struct cmd_context *context, struct hook_skips *ret_skips, struct err *err) {
        struct str rest = env_get_or(&context->env, STR("WEIR_SKIP"), STR_NONE), id;
        bool more = rest.len > 0;

        *ret_skips = (struct hook_skips){ 0 };
        while (more) {
                const struct check *check;

                more = str_cut(rest, ',', &id, &rest);
                id = str_trim(more ? id : rest);
                if (!id.len)
                        continue;
                check = check_find(id);
                if (!check) {
                        err_set(err, ERR_USAGE, "WEIR_SKIP: no checkpoint %.*s", STR_ARG(id));
                        return err_mend(err, "%.*s", STR_ARG(check_names(context->arena)));
                }
                if (!skips(ret_skips, check))
                        *VEC_ADD(context->arena, &ret_skips->list) = check;
        }
        return true;
}

void hook_skips_tell(struct cmd_context *context, const struct hook_skips *list) {
        for (size_t i = 0; i < list->list.count; i++)
                fprintf(context->log, "skipped: %s\n", list->list.items[i]->id);
}

/* ---- the configuration ---- */

static bool read_config(struct cmd_context *context, struct repo *repo, struct str revision,
                        struct config *ret_config, struct err *err) {
        struct str text;
        bool found;

        *ret_config = config_default(context->arena);
        if (!repo_read_at(repo, context->arena, revision, CONFIG_FILE, CONFIG_MAX, &found, &text,
                          err))
                return false;
        return !found || config_read(ret_config, CONFIG_FILE, text, err);
}

bool hook_config(struct cmd_context *context, struct repo *repo, struct config *ret_config,
                 struct err *err) {
        struct repo_head head;

        if (!repo_head(repo, context->arena, &head, err))
                return false;
        if (*head.oid && read_config(context, repo, STR("HEAD"), ret_config, err))
                return true;
        /* What HEAD has cannot be read: the correction that is about to be committed holds. */
        return read_config(context, repo, STR_NONE, ret_config, err);
}

/* ---- telling ---- */

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

static void tell_rest(const struct teller *t, const struct repo *repo, const struct report *report,
                      size_t more) {
        struct arena *arena = t->context->arena;
        struct str dir, path;
        struct err ignored;

        if (more)
                fprintf(t->context->log, is_zh(t) ? "  另有 %zu 个\n" : "  and %zu more\n", more);
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

/* ---- judging ---- */

/* The very words of a person who would type it, so that nothing is judged differently. */
static bool read_options(struct cmd_context *context, const struct hook_case *c,
                         struct check_options *ret_options, struct err *err) {
        const char *argv[8] = { NULL };
        struct buf skipped = buf_make(context->arena);
        struct cmd_line line;
        size_t count = 0;

        if (c->commit.len) {
                argv[count++] = "--commit";
                argv[count++] = str_to_c(context->arena, c->commit);
        } else {
                argv[count++] = "--staged";
        }
        if (c->base.len) {
                argv[count++] = "--base";
                argv[count++] = str_to_c(context->arena, c->base);
        }
        for (size_t i = 0; i < c->skips.list.count; i++)
                buf_printf(&skipped, "%s%s", i ? "," : "", c->skips.list.items[i]->id);
        if (skipped.len) {
                argv[count++] = "--skip";
                argv[count++] = str_to_c(context->arena, buf_str(&skipped));
        }
        if (!cmd_parse(context->arena, &command_check, argv, &line, err) ||
            !check_options_read(context, &line, ret_options, err))
                return false;
        ret_options->base_is_exact = c->base_is_exact;
        return true;
}

/* Where the policy of the base cannot be read, no commit could mend it: then that of the change
 * holds. */
static bool open_subject(struct cmd_context *context, struct check_options *options,
                         struct check_subject *subject, struct err *err) {
        struct check_options plain = *options;

        if (check_subject_open(context, options, subject, err))
                return true;
        if (!options->base.len)
                return false;
        repo_close(&subject->repo);
        *subject = (struct check_subject){ 0 };
        *options = plain;
        options->policy_from_head = true;
        return check_subject_open(context, options, subject, err);
}

static bool refuses_unjudged(struct cmd_context *context, const struct check_subject *subject) {
        struct config config;
        struct err ignored;

        return subject->repo && hook_config(context, subject->repo, &config, &ignored) &&
               config.hook_unjudged.value == UNJUDGED_REFUSE;
}

/* Nothing could be judged at all. A weir.yaml that is wrong where it stands is a fault of what is
 * judged; anything else is a lack of the host. */
static bool tell_unopened(const struct teller *t, const struct check_subject *subject,
                          const struct err *err) {
        bool is_fault = err->code == ERR_SYNTAX && *err->file;
        bool refused = is_fault || refuses_unjudged(t->context, subject);

        if (refused)
                tell_refusal(t, in(t, "it could not be judged", "无法判定"));
        else
                hook_say(t->context,
                         str_of(in(t, "weir: warning: not judged", "weir: 警告：未能检查")));
        cmd_complain(t->context, err);
        return !refused;
}

static bool tell_outcome(const struct teller *t, const struct check_subject *subject) {
        const struct report *report = &subject->report;
        size_t errors = report_count(report, SEV_ERROR);
        bool refuses = subject->policy.config.hook_unjudged.value == UNJUDGED_REFUSE;
        struct str why;

        tell_bypasses(t, report);
        if (report->interrupted) {
                tell_refusal(t, in(t, "interrupted", "已中断"));
                return false;
        }
        if (errors) {
                why = is_zh(t) ? str_fmt(t->context->arena, "%zu 个%s错误", errors,
                                         t->c->base.len ? "新" : "")
                               : str_fmt(t->context->arena, "%zu %serror%s", errors,
                                         t->c->base.len ? "new " : "", errors > 1 ? "s" : "");
                tell_refusal(t, str_to_c(t->context->arena, why));
                size_t more = tell_findings(t, report);

                tell_gaps(t, report);
                tell_rest(t, subject->repo, report, more);
                return false;
        }
        if (!report->unjudged.count)
                return true;
        if (refuses)
                tell_refusal(t, in(t, "not all of it could be judged", "部分内容无法判定"));
        else
                hook_say(t->context, str_of(in(t, "weir: warning: not all could be judged",
                                               "weir: 警告：部分内容无法判定")));
        tell_gaps(t, report);
        if (refuses)
                tell_rest(t, subject->repo, report, 0);
        return !refuses;
}

static bool judge(const struct teller *t, const struct check_options *options,
                  struct check_subject *subject) {
        struct engine_request before = { .arena = t->context->arena,
                                         .facts = &subject->base_facts,
                                         .report = &subject->base_report };
        struct engine_request request = { .arena = t->context->arena,
                                          .facts = &subject->facts,
                                          .report = &subject->report,
                                          .policy = &subject->policy,
                                          .before = subject->facts.base ? &before : NULL,
                                          .only_errors_count = true,
                                          .may_be_empty = t->c->skips.list.count > 0,
                                          .checks = options->checks.items,
                                          .check_count = options->checks.count };
        bool passes;

        engine_run(&request);
        progress_stop(&subject->facts.options.progress);
        passes = tell_outcome(t, subject);
        engine_close(&request);
        return passes;
}

bool hook_judge(struct cmd_context *context, const struct hook_case *c) {
        struct teller t = teller_make(context, c);
        struct check_subject subject = { 0 };
        struct check_options options;
        struct progress *progress;
        struct err err;
        bool passes;

        if (!read_options(context, c, &options, &err)) {
                cmd_complain(context, &err);
                return false;
        }
        if (!options.checks.count)
                return true;
        options.facts.progress = progress = progress_start();
        if (open_subject(context, &options, &subject, &err)) {
                passes = judge(&t, &options, &subject);
        } else {
                progress_stop(&progress);
                passes = tell_unopened(&t, &subject, &err);
        }
        repo_close(&subject.repo);
        return passes;
}
