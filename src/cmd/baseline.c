/* weir baseline: what is there now no longer blocks. */
#include "cmd/baseline_command.h"

#include "check/policy_rules.h"
#include "check/secrets.h"
#include "cmd/check_command.h"
#include "facts/coverage.h"
#include "sys/file.h"
#include "sys/interrupt.h"

/* Findings on the policy itself are mended, not kept; what is waived already needs no entry. With
 * an imported baseline what it names is kept, and what the old one had. */
static size_t keep_entries(struct report *report, const struct baseline_import *import,
                           const struct baseline *old) {
        struct finding **list = report->findings.items;
        size_t kept = 0;

        for (size_t i = 0; i < report->findings.count; i++)
                if (list[i]->check != &check_policy && !list[i]->waived &&
                    (!import || baseline_import_has(import, list[i]) ||
                     (old && baseline_find(old, list[i]->fingerprint))))
                        list[kept++] = list[i];
        return kept;
}

static bool has_secrets(const struct report *report, size_t kept) {
        for (size_t i = 0; i < kept; i++)
                if (report->findings.items[i]->check == &check_secrets)
                        return true;
        return false;
}

static struct str baseline_path(struct cmd_context *context, const struct check_subject *subject) {
        return str_join_path(context->arena, subject->report.path,
                             subject->policy.config.baseline.value);
}

/* weir.yaml comes with the delivery: the file it names must not lie elsewhere, by `..` or through a
 * symlink, nor among git's own. */
static bool check_inside(struct cmd_context *context, struct str root, struct str path,
                         struct err *err) {
        struct str folder = root, name = path, below;

        str_cut_last(path, '/', &folder, &name);
        if (!file_real_path(context->arena, root, &root, err) ||
            !file_real_path(context->arena, folder, &folder, err))
                return false;
        below = str_fmt(context->arena, "%.*s/%.*s/", STR_ARG(str_drop_prefix(folder, root)),
                        STR_ARG(name));
        if (str_has_prefix(folder, root) && *below.ptr == '/' &&
            !str_contains(below, STR("/.git/")))
                return true;
        err_at(err, ERR_UNSUPPORTED, path, 0, 0, "lies outside the repository");
        return err_mend(err, "name a file of the repository as baseline in weir.yaml");
}

/* What is covered now, or, where that was not judged, what was stored before. */
static struct baseline coverage_to_keep(const struct check_subject *subject,
                                        const struct baseline *old) {
        const struct coverage *coverage = subject->facts.coverage;
        struct baseline kept = { 0 };

        if (coverage) {
                kept.statements = coverage->total.statements;
                kept.covered = coverage->total.covered;
                kept.has_coverage = kept.statements > 0;
        } else if (old && old->has_coverage) {
                kept = *old;
        }
        return kept;
}

/* A profile that was named and could not be judged leaves the file as it is. */
static bool check_profile(const struct check_subject *subject, struct arena *arena,
                          struct err *err) {
        const struct fact_state *state = &subject->facts.states[FACT_COVERAGE];

        if (!subject->facts.options.coverage.profile_count || !state->gaps.count)
                return true;
        err_set(err, ERR_MISMATCH, "%.*s",
                STR_ARG(message_render(&state->gaps.items[0].why, LANG_EN, arena)));
        return err_mend(err, "%.*s",
                        STR_ARG(message_render(&state->gaps.items[0].mend, LANG_EN, arena)));
}

static bool write_baseline(struct cmd_context *context, struct check_subject *subject,
                           const struct baseline_import *import, const struct baseline *old,
                           struct err *err) {
        struct baseline kept = coverage_to_keep(subject, old);
        struct str path = baseline_path(context, subject);
        size_t count = keep_entries(&subject->report, import, old);
        struct buf out = buf_make(context->arena);

        baseline_write(context->arena, subject->report.findings.items, count, &kept, &out);
        if (!check_profile(subject, context->arena, err) ||
            !check_inside(context, subject->report.path, path, err) ||
            (has_secrets(&subject->report, count) &&
             !baseline_keep_key(context, &subject->report, &subject->facts.options.secrets, err)) ||
            !file_write(path, buf_str(&out), 0666, err))
                return err_context(err, "writing the baseline");
        fprintf(context->out,
                context->lang == LANG_ZH ? "%.*s：%zu 个问题不再阻断\n"
                                         : "%.*s: findings that no longer block: %zu\n",
                STR_ARG(path), count);
        return true;
}

static bool judge_as_is(struct cmd_context *context, const struct check_options *options,
                        struct check_subject *subject, const struct baseline_import *import,
                        struct err *err) {
        struct engine_request request = { .arena = context->arena,
                                          .facts = &subject->facts,
                                          .report = &subject->report,
                                          .policy = &subject->policy,
                                          .checks = options->checks.items,
                                          .check_count = options->checks.count };
        const struct baseline *old = subject->policy.policy.baseline;
        bool ok;

        subject->policy.policy.baseline = NULL;
        subject->facts.options.coverage.has_stored = false;
        baseline_draw_key(context, &subject->facts.options.secrets);
        interrupt_watch();
        engine_run(&request);
        ok = !subject->report.interrupted || err_set(err, ERR_INTERRUPTED, "interrupted");
        ok = ok && write_baseline(context, subject, import, old, err);
        engine_close(&request);
        return ok;
}

/* Takes the first operand away. */
static struct str next_operand(struct cmd_line *line) {
        struct str first = line->operands.count ? line->operands.items[0] : STR_NONE;

        if (line->operands.count) {
                line->operands.items++;
                line->operands.count--;
        }
        return first;
}

static bool run_verb(struct cmd_context *context, struct cmd_line *line, struct err *err) {
        struct str verb = next_operand(line);
        struct baseline_import *import = NULL;
        struct check_options options;
        struct check_subject subject = { 0 };
        bool ok;

        if (str_eq(verb, STR("import"))) {
                if (!baseline_import_read(context, next_operand(line), &import, err))
                        return false;
        } else if (!str_eq(verb, STR("write"))) {
                err_set(err, ERR_USAGE, "baseline: what to do?");
                return err_mend(err, "weir baseline write [PATH], or weir baseline import FILE");
        }
        ok = check_options_read(context, line, &options, err) &&
             check_subject_open(context, &options, &subject, err) &&
             judge_as_is(context, &options, &subject, import, err);
        if (ok && import)
                baseline_import_tell(context, import);
        repo_close(&subject.repo);
        return ok;
}

static int baseline_run(struct cmd_context *context, const struct cmd_line *line) {
        struct cmd_line rest = *line;
        struct err err;

        return run_verb(context, &rest, &err) ? EXIT_PASS : cmd_fail(context, &err);
}

static const char *const verbs[] = { "write", "import", NULL };

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "stage",
          "STAGE",
          "commit|merge|build|release",
          false,
          { "the checkpoints of this stage and the earlier ones (commit)",
            "运行该阶段及更早阶段的检查点（默认 commit）" } },
        { "only",
          "LIST",
          NULL,
          false,
          { "only these checkpoints, comma-separated", "仅运行这些检查点（逗号分隔）" } },
        { "skip", "LIST", NULL, false, { "not these checkpoints", "跳过这些检查点" } },
        { "profile",
          "FILE",
          NULL,
          false,
          { "store what this coverage profile covers: it may not fall far below; may be repeated",
            "保存该覆盖率文件的覆盖率：此后不得明显低于它，可重复" } },
        { "vulndb",
          "FILE",
          NULL,
          false,
          { "the vulnerability snapshot to use", "使用的漏洞库快照" } },
};
/* clang-format on */

const struct command command_baseline = {
        .name = "baseline",
        .operands = "write [PATH] | import FILE [PATH]",
        .operand_max = 3,
        .title = { "write down what is found now: only newer findings block",
                   "记录当前问题：此后仅新问题阻断" },
        .about = { "The file is weir-baseline.json in the root of the repository, or the one that\n"
                   "weir.yaml names. Commit it. import takes over what a baseline of gitleaks (JSON) or of\n"
                   "detect-secrets names, as far as it is found now.",
                   "文件为仓库根目录下的 weir-baseline.json，或 weir.yaml 指定的文件。请提交该文件。\n"
                   "import 接管 gitleaks（JSON）或 detect-secrets 基线中当前仍能找到的条目。" },
        .verbs = verbs,
        .options = options,
        .option_count = COUNT_OF(options),
        .run = baseline_run,
};
