/* Checkpoint imports: what other tools have found, in the same verdict. */
#include "check/check.h"
#include "data/sarif.h"

/* Its line says nothing about a file of what is judged. */
static const struct text elsewhere = { "{message} ({tool} {rule}, {uri})",
                                       "{message}（{tool} {rule}，{uri}）" };

static void report(struct findings *out, const struct rule *rule,
                   const struct sarif_result *result) {
        bool is_elsewhere = result->uri.len && !result->file.len;
        struct finding *finding =
                finding_add(out, rule, result->file, is_elsewhere ? 0 : result->line,
                            is_elsewhere ? 0 : result->column);

        if (is_elsewhere) {
                finding_say(finding, &elsewhere);
                finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(result->uri),
                                       STR_ARG(result->message));
        }

        finding->tool = result->tool;
        finding->tool_rule = result->rule;
        finding->waived = result->suppressed;
        if (result->suppressed)
                finding->waived_why = STR("suppressed in the imported log");
        finding_fill(finding, "message", result->message);
        finding_fill(finding, "tool", result->tool);
        finding_fill(finding, "rule", result->rule);
        finding_fill(finding, "uri", result->uri);
}

static void report_level(const struct rule *rule, const struct repo_facts *repo,
                         enum sarif_level level, struct findings *out) {
        for (size_t i = 0; i < repo->import_count; i++)
                if (repo->imports[i].level == level)
                        report(out, rule, &repo->imports[i]);
}

static void run_errors(const struct rule *rule, const struct repo_facts *repo,
                       const struct module_facts *module UNUSED, struct findings *out) {
        report_level(rule, repo, SARIF_ERROR, out);
}

static void run_warnings(const struct rule *rule, const struct repo_facts *repo,
                         const struct module_facts *module UNUSED, struct findings *out) {
        report_level(rule, repo, SARIF_WARNING, out);
}

static void run_notes(const struct rule *rule, const struct repo_facts *repo,
                      const struct module_facts *module UNUSED, struct findings *out) {
        report_level(rule, repo, SARIF_NOTE, out);
}

/* words in two languages, side by side */
/* clang-format off */
#define IMPORTED_TEXT { "{message} ({tool} {rule})", "{message}（{tool} {rule}）" }
#define IMPORTED_WHY \
        { "One verdict over all tools: what another tool reports with --import counts as weir's " \
          "own findings do, and waivers, baseline and severities apply to it alike.", \
          "所有工具合为一个结论：通过 --import 导入的问题与 weir 自身的问题同等对待，" \
          "豁免、基线和级别同样适用。" }
#define IMPORTED_MEND { "see the documentation of {tool}", "参见 {tool} 的文档" }
/* clang-format on */

static const struct rule rules[] = {
        { .id = "EXT001",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(IMPORTS),
          .title = { "another tool reports an error", "其他工具报告了错误" },
          .text = IMPORTED_TEXT,
          .why = IMPORTED_WHY,
          .mend = IMPORTED_MEND,
          .run = run_errors },
        { .id = "EXT002",
          .severity = SEV_WARNING,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(IMPORTS),
          .title = { "another tool reports a warning", "其他工具报告了警告" },
          .text = IMPORTED_TEXT,
          .why = IMPORTED_WHY,
          .mend = IMPORTED_MEND,
          .run = run_warnings },
        { .id = "EXT003",
          .severity = SEV_NOTE,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(IMPORTS),
          .title = { "another tool reports a note", "其他工具给出了提示" },
          .text = IMPORTED_TEXT,
          .why = IMPORTED_WHY,
          .mend = IMPORTED_MEND,
          .run = run_notes },
};

const struct check check_imports = {
        .id = "imports",
        .stage = STAGE_COMMIT,
        .quotes = true,
        .title = { "results of other tools, given with --import",
                   "通过 --import 给出的其他工具的结果" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
