/* Markdown for a pull request: the verdict first, then a table of findings. */
#include "data/markup.h"
#include "facts/coverage.h"
#include "report/report_format.h"

#define PACKAGES_SHOWN 50

struct page {
        struct buf *out;
        enum lang lang;
        const struct report *report;
};

static const char *word(const struct page *page, const char *en, const char *zh) {
        return page->lang == LANG_ZH ? zh : en;
}

static void escaped(const struct page *page, struct str text) {
        markup_markdown(page->out, text);
}

static void rendered(const struct page *page, const struct message *message) {
        escaped(page, message_render(message, page->lang, page->out->arena));
}

static const struct text answers[] = {
        [VERDICT_NONE] = { "Nothing to judge", "无可检查" },
        [VERDICT_PASS] = { "Pass: this can be delivered", "通过：可以交付" },
        [VERDICT_UNJUDGED] = { "Could not judge: this is no pass", "无法判定：不等于通过" },
        [VERDICT_FAIL] = { "Fail: this cannot be delivered", "不通过：不能交付" },
};

static void add_finding(const struct page *page, const struct finding *finding) {
        buf_printf(page->out, "| %s | %s | ", severity_word(finding->severity), finding->rule->id);
        escaped(page, finding->file);
        if (finding->line)
                buf_printf(page->out, ":%u", finding->line);
        buf_add(page->out, STR(" | "));
        rendered(page, &finding->message);
        buf_add(page->out, STR(" | "));
        rendered(page, &finding->mend);
        buf_add(page->out, STR(" |\n"));
}

static void add_findings(const struct page *page) {
        const struct report *report = page->report;

        if (!report_count(report, SEV_ERROR) && !report_count(report, SEV_WARNING) &&
            !report_count(report, SEV_NOTE))
                return;
        buf_add(page->out, str_of(word(page, "| severity | rule | place | what | mend |\n",
                                       "| 级别 | 规则 | 位置 | 问题 | 修复 |\n")));
        buf_add(page->out, STR("|---|---|---|---|---|\n"));
        for (size_t i = 0; i < report->findings.count; i++)
                if (!report->findings.items[i]->waived)
                        add_finding(page, report->findings.items[i]);
        buf_add_char(page->out, '\n');
}

static void add_gap(const struct page *page, const char *name, const struct gap *gap) {
        buf_printf(page->out, "- %s: ", name);
        rendered(page, &gap->why);
        if (gap->mend.text) {
                buf_add(page->out, STR(" ("));
                rendered(page, &gap->mend);
                buf_add_char(page->out, ')');
        }
        buf_add_char(page->out, '\n');
}

static void add_gaps(const struct page *page) {
        const struct report *report = page->report;

        if (report->unjudged.count)
                buf_printf(page->out, "**%s**\n\n", word(page, "Could not be judged", "无法判定"));
        for (size_t i = 0; i < report->unjudged.count; i++)
                add_gap(page,
                        report->unjudged.items[i].check ? report->unjudged.items[i].check->id
                                                        : "weir",
                        &report->unjudged.items[i].gap);
        if (report->not_run.count)
                buf_printf(page->out, "\n**%s**\n\n", word(page, "Not run", "未运行"));
        for (size_t i = 0; i < report->not_run.count; i++)
                add_gap(page, report->not_run.items[i].rule->id, &report->not_run.items[i].gap);
}

/* "75.00% (6 of 8)"; a dash where there is nothing to cover. */
static void add_sum(const struct page *page, struct coverage_sum sum) {
        struct str percent = coverage_words(page->out->arena, sum);

        if (!sum.statements)
                buf_add(page->out, STR("–"));
        else if (page->lang == LANG_ZH)
                buf_printf(page->out, "%.*s%%（%llu/%llu）", STR_ARG(percent),
                           (unsigned long long)sum.covered, (unsigned long long)sum.statements);
        else
                buf_printf(page->out, "%.*s%% (%llu of %llu)", STR_ARG(percent),
                           (unsigned long long)sum.covered, (unsigned long long)sum.statements);
}

static void add_coverage_row(const struct page *page, struct str name, struct coverage_sum before,
                             struct coverage_sum now, struct coverage_sum patch) {
        buf_add(page->out, STR("| "));
        escaped(page, name);
        buf_add(page->out, STR(" | "));
        add_sum(page, before);
        buf_add(page->out, STR(" | "));
        add_sum(page, now);
        buf_add(page->out, STR(" | "));
        add_sum(page, patch);
        buf_add(page->out, STR(" |\n"));
}

static void add_touched_packages(const struct page *page, const struct coverage *coverage) {
        size_t shown = 0, more = 0;

        for (size_t i = 0; i < coverage->package_count; i++) {
                const struct coverage_package *package = &coverage->packages[i];

                if (!package->patch.statements)
                        continue;
                if (shown++ < PACKAGES_SHOWN)
                        add_coverage_row(page, package->path, (struct coverage_sum){ 0 },
                                         package->sum, package->patch);
                else
                        more++;
        }
        if (more)
                buf_printf(page->out, "| %s: %zu | | | |\n",
                           word(page, "more packages", "其余的包"), more);
}

/* What this change did to coverage: the total, and the packages that it touches. */
static void add_coverage(const struct page *page) {
        const struct repo_facts *facts = page->report->facts;
        const struct coverage_options *options = &facts->options.coverage;
        struct coverage_sum before = { options->stored_statements, options->stored_covered };

        if (!facts->coverage)
                return;
        buf_add(page->out, str_of(word(page, "| coverage | before | now | of this change |\n",
                                       "| 覆盖率 | 变更前 | 现在 | 本次变更 |\n")));
        buf_add(page->out, STR("|---|---|---|---|\n"));
        add_coverage_row(page, str_of(word(page, "total", "总计")), before, facts->coverage->total,
                         facts->coverage->patch);
        add_touched_packages(page, facts->coverage);
        buf_add_char(page->out, '\n');
}

static void add_skipped(const struct page *page) {
        const struct report *report = page->report;

        if (report->skipped.count)
                buf_printf(page->out, "\n**%s**\n\n", word(page, "Left out", "未计入"));
        for (size_t i = 0; i < report->skipped.count; i++) {
                buf_add(page->out, STR("- "));
                escaped(page, report->skipped.items[i].file);
                buf_add(page->out, STR(": "));
                rendered(page, &report->skipped.items[i].why);
                buf_add_char(page->out, '\n');
        }
}

static void add_bypasses(const struct page *page) {
        const struct report *report = page->report;

        if (report->bypasses.count)
                buf_printf(page->out, "\n**%s**\n\n",
                           word(page, "Skipped when a commit was made", "提交时跳过的检查点"));
        for (size_t i = 0; i < report->bypasses.count; i++) {
                struct message words = report_bypass_words(&report->bypasses.items[i]);

                buf_add(page->out, STR("- "));
                rendered(page, &words);
                buf_add_char(page->out, '\n');
        }
}

static void add_checks(const struct page *page) {
        const char *gap = "";

        for (size_t i = 0; i < page->report->checks.count; i++) {
                const struct report_check *check = &page->report->checks.items[i];

                if (check->verdict == VERDICT_NONE)
                        continue;
                buf_printf(page->out, "%s%s %s", gap, check->check->id,
                           verdict_word(check->verdict));
                gap = " · ";
        }
        buf_add(page->out, STR("\n\n"));
}

static void markdown_finished(struct buf *out, const struct format_style *style,
                              const struct report *report) {
        struct page page = { out, style->lang, report };

        buf_printf(out, "## weir: %s\n\n", text_in(&answers[report->verdict], style->lang));
        add_checks(&page);
        add_findings(&page);
        add_coverage(&page);
        add_gaps(&page);
        add_skipped(&page);
        add_bypasses(&page);
}

const struct report_format format_markdown = {
        .name = "markdown",
        .title = { "Markdown, for a pull request", "Markdown，用于合并请求" },
        .finished = markdown_finished,
};
