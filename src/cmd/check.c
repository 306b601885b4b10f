/* weir check: judges a repository. */
#include "cmd/check_command.h"

#include "report/report_schema.h"
#include "sys/file.h"
#include "sys/interrupt.h"

static bool write_trace(struct cmd_context *context, const struct check_options *options,
                        struct err *err) {
        if (!options->trace_file.len)
                return true;
        return file_write_to(options->trace_file, trace_json(options->facts.trace, context->arena),
                             0666, err);
}

static int exit_of(enum verdict verdict) {
        static const int statuses[] = { [VERDICT_NONE] = EXIT_UNJUDGED,
                                        [VERDICT_PASS] = EXIT_PASS,
                                        [VERDICT_UNJUDGED] = EXIT_UNJUDGED,
                                        [VERDICT_FAIL] = EXIT_FAIL };

        return statuses[verdict];
}

static int outcome(struct cmd_context *context, const struct check_options *options,
                   const struct check_outputs *outputs, enum verdict verdict) {
        struct err err;
        int status;

        if (check_outputs_ok(outputs, &err) && write_trace(context, options, &err))
                return exit_of(verdict);
        status = cmd_fail(context, &err);
        return verdict == VERDICT_FAIL ? EXIT_FAIL : status;
}

/* The base is judged by the same checkpoints, only to know what it has too. */
static struct engine_request base_request(struct cmd_context *context,
                                          struct check_subject *subject) {
        return (struct engine_request){ .arena = context->arena,
                                        .facts = &subject->base_facts,
                                        .report = &subject->base_report };
}

static int judge(struct cmd_context *context, const struct check_options *options,
                 struct check_subject *subject) {
        struct check_outputs *outputs = check_outputs_make(context, options);
        struct engine_request before = base_request(context, subject);
        struct engine_request request = { .arena = context->arena,
                                          .facts = &subject->facts,
                                          .report = &subject->report,
                                          .policy = &subject->policy,
                                          .before = subject->facts.base ? &before : NULL,
                                          .checks = options->checks.items,
                                          .check_count = options->checks.count };
        int status;

        request.sinks = check_outputs_sinks(outputs, &request.sink_count);
        engine_run(&request);
        status = outcome(context, options, outputs, subject->report.verdict);
        engine_close(&request);
        return status;
}

static bool tells_text(const struct check_options *options) {
        for (size_t i = 0; i < options->outputs.count; i++)
                if (!options->outputs.items[i].file.len &&
                    options->outputs.items[i].format->check_finished)
                        return true;
        return false;
}

/* Where people read the report they need no second telling: one line for the log is enough. */
static void complain(struct cmd_context *context, const struct check_options *options,
                     const struct err *err) {
        struct err told = *err;

        if (tells_text(options))
                *told.context = *told.mend = '\0';
        cmd_complain(context, &told);
}

/* Why nothing could be judged, in all the words there are. */
static struct gap unopened_gap(struct cmd_context *context, const struct err *err) {
        static const struct text why = { "{detail}", "{detail}" };
        static const struct text why_while = { "{detail} (while {doing})",
                                               "{detail}（当时正在：{doing}）" };
        struct gap gap = gap_of_err(context->arena, err);

        gap.why = message_make(*err->context ? &why_while : &why);
        message_arg(&gap.why, "detail", str_dup(context->arena, err_line(err, context->arena)));
        message_arg(&gap.why, "doing", str_dup(context->arena, str_of(err->context)));
        return gap;
}

/* A report that says why there is nothing in it, so that who reads reports reads one. */
static int report_unopened(struct cmd_context *context, const struct check_options *options,
                           struct check_subject *subject, const struct err *err) {
        struct check_outputs *outputs = check_outputs_make(context, options);
        struct report *report = &subject->report;
        const struct sink *sinks;
        size_t count;

        complain(context, options, err);
        report->verdict = VERDICT_UNJUDGED;
        report->interrupted = interrupt_requested();
        report->unjudged.count = 0;
        *VEC_ADD(context->arena, &report->unjudged) =
                (struct report_gap){ .gap = unopened_gap(context, err) };
        sinks = check_outputs_sinks(outputs, &count);
        for (size_t i = 0; i < count; i++)
                sinks[i].finished(sinks[i].ctx, report);
        return outcome(context, options, outputs, report->verdict);
}

static int tell_unopened(struct cmd_context *context, const struct check_options *options,
                         struct check_subject *subject, const struct err *err) {
        return err->code == ERR_USAGE ? cmd_fail(context, err)
                                      : report_unopened(context, options, subject, err);
}

int check_judge(struct cmd_context *context, struct check_options *options) {
        struct check_subject subject = { 0 };
        int status = EXIT_UNJUDGED;
        struct err err;
        bool opened;

        options->facts.progress = progress_start();
        progress_say(options->facts.progress, "files");
        opened = check_subject_open(context, options, &subject, &err);
        if (opened)
                status = judge(context, options, &subject);
        progress_stop(&options->facts.progress);
        if (!opened)
                status = tell_unopened(context, options, &subject, &err);
        repo_close(&subject.repo);
        return status;
}

static int check_run(struct cmd_context *context, const struct cmd_line *line) {
        struct check_options options;
        struct err err;

        if (cmd_has(line, "schema")) {
                fputs(report_schema, context->out);
                return EXIT_PASS;
        }
        interrupt_watch();
        if (!check_options_read(context, line, &options, &err))
                return cmd_fail(context, &err);
        return check_judge(context, &options);
}

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "stage", "STAGE", "commit|merge|build|release", false,
          { "the checkpoints of this stage and the earlier ones (commit)", "运行该阶段及更早阶段的检查点（默认 commit）" } },
        { "staged", NULL, NULL, false,
          { "judge the index", "检查暂存区" } },
        { "commit", "REV", NULL, false,
          { "judge a commit without checking it out", "检查某个提交，无需检出" } },
        { "base", "REV", NULL, false,
          { "compare with the merge base: downgrades, new findings only", "与合并基对比：降级，仅报告新问题" } },
        { "import", "FILE", NULL, false,
          { "another tool's SARIF results in the same verdict; may be repeated",
            "将其他工具的 SARIF 结果并入同一结论，可重复" } },
        { "profile", "FILE", NULL, false,
          { "judge a coverage profile (or a GOCOVERDIR folder) that exists; may be repeated",
            "检查已有的覆盖率文件（或 GOCOVERDIR 目录），可重复" } },
        { "test-json", "FILE", NULL, false,
          { "judge this run of go test -json instead of running the tests; may be repeated",
            "检查已有的 go test -json 输出，而不运行测试，可重复" } },
        { "shuffle", "on|SEED", NULL, false,
          { "run the tests in another order, to find flaky ones",
            "以随机顺序运行测试，以发现不稳定的测试" } },
        { "count", "N", NULL, false,
          { "run each test N times, to find flaky ones (1)",
            "每个测试运行 N 次，以发现不稳定的测试（默认 1）" } },
        { "unsandboxed", NULL, NULL, false,
          { "run tests without isolation; only where something else isolates them",
            "不隔离地运行测试；仅当外部环境已隔离时使用" } },
        { "policy", "FILE", NULL, false,
          { "a site's policy; it can only tighten; may be repeated",
            "站点策略文件，只能收紧，可重复" } },
        { "policy-from", "base|head", "base|head", false,
          { "with --base: whose weir.yaml holds (base)", "与 --base 合用：以哪一方的 weir.yaml 为准（默认 base）" } },
        { "only", "LIST", NULL, false,
          { "only these checkpoints, comma-separated", "仅运行这些检查点（逗号分隔）" } },
        { "skip", "LIST", NULL, false,
          { "not these checkpoints", "跳过这些检查点" } },
        { "format", "FORMAT[=FILE]", NULL, false,
          { "how and where to report; may be repeated (text)", "报告格式与去向，可重复（默认 text）" } },
        { "schema", NULL, NULL, false,
          { "print the JSON Schema of --format json", "输出 --format json 的 JSON Schema" } },
        { "vulndb", "FILE", NULL, false,
          { "the vulnerability snapshot to use", "使用的漏洞库快照" } },
        { "online", NULL, NULL, false,
          { "may ask the configured GOPROXY", "允许访问所配置的 GOPROXY" } },
        { "no-cache", NULL, NULL, false,
          { "prove everything again", "不使用缓存，全部重新验证" } },
        { "trace", "FILE", NULL, false,
          { "write where the time went (Chrome trace)", "写出耗时记录（Chrome trace）" } },
        { "color", "WHEN", "auto|always|never", false,
          { "colours in text (auto)", "文本着色（默认 auto）" } },
};
/* clang-format on */

static void list_checks_and_formats(struct cmd_context *context) {
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, "\n%s\n", zh ? "检查点：" : "checkpoints:");
        for (size_t i = 0; i < check_count; i++)
                fprintf(context->out, "  %-12s%s\n", checks[i]->id,
                        text_in(&checks[i]->title, context->lang));
        fprintf(context->out, "\n%s\n",
                zh ? "检查点 tests 会执行仓库中的代码（其测试）：仅在 --stage merge 及之后，且在 bubblewrap 隔离环境中。"
                   : "The checkpoint tests executes code of the repository (its tests): from --stage merge on\n"
                     "only, and isolated by bubblewrap.");
        fprintf(context->out, "\n%s\n", zh ? "格式：" : "formats:");
        for (size_t i = 0; i < report_format_count; i++)
                fprintf(context->out, "  %-12s%s\n", report_formats[i]->name,
                        text_in(&report_formats[i]->title, context->lang));
        fprintf(context->out, "\n%s\n",
                zh ? "退出状态：0 通过，1 不通过，2 无法判定，64 用法错误。"
                   : "Exit status: 0 pass, 1 fail, 2 could not judge, 64 wrong usage.");
}

const struct command command_check = {
        .name = "check",
        .operands = "[PATH]",
        .operand_max = 1,
        .title = { "judge a Go repository", "检查一个 Go 仓库" },
        .about = { "PATH is a repository, a folder in one, or any folder with Go modules: the modules at or\n"
                   "under it are judged. Without it the repository that you stand in is.",
                   "PATH 是仓库、仓库中的目录，或任何含 Go 模块的目录：检查其中及其下的模块。省略时检查当前所在的仓库。" },
        .options = options,
        .option_count = COUNT_OF(options),
        .run = check_run,
        .more_help = list_checks_and_formats,
};
