/* One self-contained page without script: readable on a phone and on paper, light and dark. */
#include "data/markup.h"
#include "report/html_coverage.h"
#include "report/report_format.h"

struct page {
        struct buf *out;
        enum lang lang;
        const struct report *report;
};

static const char style_sheet[] =
        ":root{color-scheme:light dark;--fg:#1c2024;--bg:#fff;--dim:#60666d;--line:#d9dde1;"
        "--card:#f6f7f8;--bad:#b3261e;--good:#17693a;--warn:#8a5a00}"
        "@media(prefers-color-scheme:dark){:root{--fg:#e6e8ea;--bg:#15181b;--dim:#9aa1a8;"
        "--line:#343a40;--card:#1e2226;--bad:#ff8a80;--good:#7fd6a0;--warn:#ffc861}}"
        "*{box-sizing:border-box}body{margin:0 auto;max-width:60rem;padding:1rem;color:var(--fg);"
        "background:var(--bg);font:1rem/1.5 system-ui,-apple-system,'Noto Sans CJK SC',"
        "'Microsoft YaHei',sans-serif;overflow-wrap:anywhere}"
        "h1{font-size:1.1rem;font-weight:600;margin:.5rem 0 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}"
        ".answer{font-size:2rem;font-weight:700;margin:0 0 .25rem;line-height:1.2}"
        ".fail,.error{color:var(--bad)}.pass{color:var(--good)}.unjudged,.warning{color:var(--warn)}"
        ".none,.note,.dim{color:var(--dim)}"
        "table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.35rem .5rem;"
        "border-bottom:1px solid var(--line);vertical-align:top}"
        "th{font-weight:600}th,th+td{white-space:nowrap}"
        "article{background:var(--card);border:1px solid var(--line);border-radius:.5rem;"
        "padding:.75rem 1rem;margin:.75rem 0}article p{margin:.25rem 0}"
        "code{font:.9em/1.4 ui-monospace,'DejaVu Sans Mono',monospace}"
        ".place{color:var(--dim)}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;"
        "margin:.5rem 0}dt{color:var(--dim)}dd{margin:0}"
        "@media(max-width:34rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}"
        "th+td{white-space:normal}td+td{display:none}"
        ".answer{font-size:1.6rem}}";

static const char *word(const struct page *page, const char *en, const char *zh) {
        return page->lang == LANG_ZH ? zh : en;
}

static void raw(const struct page *page, const char *html) {
        buf_add(page->out, str_of(html));
}

static void text(const struct page *page, struct str plain) {
        markup_xml(page->out, plain);
}

static void label(const struct page *page, const char *en, const char *zh) {
        text(page, str_of(word(page, en, zh)));
}

/* What stands between backticks is code. */
static void rendered(const struct page *page, const struct message *message) {
        struct str rest = message_render(message, page->lang, page->out->arena), part;
        struct str code, after;

        while (str_cut(rest, '`', &part, &after) && str_cut(after, '`', &code, &rest)) {
                text(page, part);
                raw(page, "<code>");
                text(page, code);
                raw(page, "</code>");
        }
        text(page, rest);
}

static const struct text answers[] = {
        [VERDICT_NONE] = { "Nothing to judge", "无可检查" },
        [VERDICT_PASS] = { "Yes", "可以" },
        [VERDICT_UNJUDGED] = { "Not known: it could not be judged", "未知：无法判定" },
        [VERDICT_FAIL] = { "No", "不可以" },
};

static const struct text verdict_words[] = {
        [VERDICT_NONE] = { "nothing to judge", "无可检查" },
        [VERDICT_PASS] = { "pass", "通过" },
        [VERDICT_UNJUDGED] = { "unjudged", "无法判定" },
        [VERDICT_FAIL] = { "fail", "不通过" },
};

static const struct text severity_words[] = {
        [SEV_OFF] = { "off", "关闭" },
        [SEV_NOTE] = { "note", "提示" },
        [SEV_WARNING] = { "warning", "警告" },
        [SEV_ERROR] = { "error", "错误" },
};

static void head(const struct page *page) {
        raw(page, "<!DOCTYPE html>\n<html lang=\"");
        raw(page, word(page, "en", "zh-CN"));
        raw(page, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" "
                  "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>weir: ");
        raw(page, text_in(&verdict_words[page->report->verdict], page->lang));
        raw(page, "</title>\n<style>");
        raw(page, style_sheet);
        if (page->report->facts->coverage)
                raw(page, html_coverage_style);
        raw(page, "</style>\n</head>\n<body>\n");
}

static void answer(const struct page *page) {
        enum verdict verdict = page->report->verdict;

        raw(page, "<h1>");
        label(page, "Can this be delivered?", "可以交付吗？");
        buf_printf(page->out, "</h1>\n<p class=\"answer %s\">", verdict_word(verdict));
        raw(page, text_in(&answers[verdict], page->lang));
        raw(page, "</p>\n<p class=\"dim\">");
        buf_printf(page->out,
                   page->lang == LANG_ZH ? "错误 %zu，警告 %zu，提示 %zu，无法判定 %zu"
                                         : "errors %zu, warnings %zu, notes %zu, not judged %zu",
                   report_count(page->report, SEV_ERROR), report_count(page->report, SEV_WARNING),
                   report_count(page->report, SEV_NOTE), page->report->unjudged.count);
        if (page->report->interrupted)
                label(page, " (interrupted: not complete)", "（已中断：结果不完整）");
        raw(page, "</p>\n");
}

static void item(const struct page *page, const char *en, const char *zh, struct str value) {
        if (!value.len)
                return;
        raw(page, "<dt>");
        label(page, en, zh);
        raw(page, "</dt><dd><code>");
        text(page, value);
        raw(page, "</code></dd>\n");
}

static const struct text kinds[] = {
        [TREE_WORKTREE] = { "the files as they lie there", "磁盘上的文件" },
        [TREE_INDEX] = { "the index (what is staged)", "暂存区" },
        [TREE_COMMIT] = { "a commit", "提交" },
        [TREE_MEMORY] = { "files in memory", "内存中的文件" },
};

static void subject(const struct page *page) {
        const struct report *report = page->report;

        raw(page, "<dl>\n");
        item(page, "judged", "检查对象", report->path);
        item(page, "as", "形式", str_of(text_in(&kinds[report->kind], page->lang)));
        item(page, "revision", "版本", report->revision);
        item(page, "base", "基线", report->base);
        for (size_t i = 0; i < report->facts->module_count; i++)
                item(page, "module", "模块", report->facts->modules[i].path);
        item(page, "vulnerabilities of", "漏洞库日期", report->vulndb_date);
        item(page, "time", "时间", report->started_utc);
        item(page, "weir", "weir", STR(WEIR_VERSION));
        raw(page, "</dl>\n");
}

static void checks_table(const struct page *page) {
        raw(page, "<h2>");
        label(page, "Checkpoints", "检查点");
        raw(page, "</h2>\n<table>\n<tbody>\n");
        for (size_t i = 0; i < page->report->checks.count; i++) {
                const struct report_check *check = &page->report->checks.items[i];

                buf_printf(page->out, "<tr><th scope=\"row\">%s</th><td class=\"%s\">%s</td><td>",
                           check->check->id, verdict_word(check->verdict),
                           text_in(&verdict_words[check->verdict], page->lang));
                raw(page, text_in(&check->check->title, page->lang));
                raw(page, "</td></tr>\n");
        }
        raw(page, "</tbody>\n</table>\n");
}

static void place(const struct page *page, struct str file, uint32_t line, uint32_t column) {
        raw(page, "<code>");
        text(page, file);
        if (line)
                buf_printf(page->out, ":%u", line);
        if (line && column)
                buf_printf(page->out, ":%u", column);
        raw(page, "</code>");
}

/* Further ones stand in the JSON report. */
#define STEPS_SHOWN 50

static void steps(const struct page *page, const struct finding *finding) {
        if (!finding->steps.count)
                return;
        raw(page, "<ol>\n");
        for (size_t i = 0; i < finding->steps.count && i < STEPS_SHOWN; i++) {
                raw(page, "<li>");
                place(page, finding->steps.items[i].file, finding->steps.items[i].line, 0);
                raw(page, " ");
                rendered(page, &finding->steps.items[i].message);
                raw(page, "</li>\n");
        }
        raw(page, "</ol>\n");
        if (finding->steps.count > STEPS_SHOWN)
                buf_printf(page->out, "<p>%s %zu %s</p>\n", page->lang == LANG_ZH ? "另有" : "and",
                           finding->steps.count - STEPS_SHOWN,
                           page->lang == LANG_ZH ? "处" : "more");
}

static void show_finding(const struct page *page, const struct finding *finding) {
        buf_printf(page->out,
                   "<article>\n<p><strong class=\"%s\">%s</strong> %s <span class=\"place\">",
                   severity_word(finding->severity),
                   text_in(&severity_words[finding->severity], page->lang), finding->rule->id);
        place(page, finding->file, finding->line, finding->column);
        raw(page, "</span></p>\n<p>");
        rendered(page, &finding->message);
        raw(page, "</p>\n");
        steps(page, finding);
        if (finding->output.len) {
                raw(page, "<pre>");
                text(page, finding->output);
                raw(page, "</pre>\n");
        }
        if (finding->mend.text && *finding->mend.text->en) {
                raw(page, "<p class=\"dim\">");
                label(page, "Mend: ", "修复：");
                rendered(page, &finding->mend);
                raw(page, "</p>\n");
        }
        if (finding->waived) {
                raw(page, "<p class=\"dim\">");
                label(page, "Waived: ", "已豁免：");
                text(page, finding->waived_why);
                raw(page, "</p>\n");
        }
        raw(page, "</article>\n");
}

static void findings(const struct page *page, bool waived, const char *en, const char *zh) {
        bool any = false;

        for (size_t i = 0; i < page->report->findings.count; i++) {
                if (page->report->findings.items[i]->waived != waived)
                        continue;
                if (!any) {
                        raw(page, "<h2>");
                        label(page, en, zh);
                        raw(page, "</h2>\n");
                }
                any = true;
                show_finding(page, page->report->findings.items[i]);
        }
}

static void gap(const struct page *page, const char *name, const struct gap *what) {
        buf_printf(page->out, "<article>\n<p><strong>%s</strong> ", name);
        rendered(page, &what->why);
        raw(page, "</p>\n");
        if (what->mend.text) {
                raw(page, "<p class=\"dim\">");
                label(page, "Mend: ", "修复：");
                rendered(page, &what->mend);
                raw(page, "</p>\n");
        }
        raw(page, "</article>\n");
}

static void gaps(const struct page *page) {
        const struct report *report = page->report;

        if (report->unjudged.count) {
                raw(page, "<h2>");
                label(page, "Could not be judged", "无法判定");
                raw(page, "</h2>\n");
        }
        for (size_t i = 0; i < report->unjudged.count; i++)
                gap(page,
                    report->unjudged.items[i].check ? report->unjudged.items[i].check->id : "weir",
                    &report->unjudged.items[i].gap);
        if (report->not_run.count) {
                raw(page, "<h2>");
                label(page, "Not run", "未运行");
                raw(page, "</h2>\n");
        }
        for (size_t i = 0; i < report->not_run.count; i++)
                gap(page, report->not_run.items[i].rule->id, &report->not_run.items[i].gap);
}

static void left_out(const struct page *page) {
        const struct report *report = page->report;

        if (!report->skipped.count)
                return;
        raw(page, "<h2>");
        label(page, "Left out", "未计入");
        raw(page, "</h2>\n<ul>\n");
        for (size_t i = 0; i < report->skipped.count; i++) {
                raw(page, "<li><code>");
                text(page, report->skipped.items[i].file);
                raw(page, "</code> ");
                rendered(page, &report->skipped.items[i].why);
                raw(page, "</li>\n");
        }
        raw(page, "</ul>\n");
}

static void bypasses(const struct page *page) {
        const struct report *report = page->report;

        if (!report->bypasses.count)
                return;
        raw(page, "<h2>");
        label(page, "Skipped when a commit was made", "提交时跳过的检查点");
        raw(page, "</h2>\n");
        for (size_t i = 0; i < report->bypasses.count; i++) {
                struct gap what = { .why = report_bypass_words(&report->bypasses.items[i]) };

                gap(page, "Weir-Skip", &what);
        }
}

static void html_finished(struct buf *out, const struct format_style *style,
                          const struct report *report) {
        struct page page = { out, style->lang, report };

        head(&page);
        answer(&page);
        subject(&page);
        checks_table(&page);
        findings(&page, false, "Findings", "问题");
        gaps(&page);
        left_out(&page);
        html_coverage(out, style->lang, report);
        bypasses(&page);
        findings(&page, true, "Waived", "已豁免");
        raw(&page, "</body>\n</html>\n");
}

const struct report_format format_html = {
        .name = "html",
        .title = { "one page for everyone, without script", "面向所有人的单页报告（无脚本）" },
        .shows_sources = true,
        .finished = html_finished,
};
