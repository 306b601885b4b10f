/* The report for a person at a terminal: appears checkpoint by checkpoint, the verdict last. */
#include "data/utf8.h"
#include "facts/coverage.h"
#include "report/report_format.h"

#define OUTPUT_LINES_MAX 12 /* of one finding */

enum paint { PAINT_NONE, PAINT_RED, PAINT_GREEN, PAINT_YELLOW, PAINT_BOLD, PAINT_DIM };

static const char *const paints[] = {
        [PAINT_NONE] = "",           [PAINT_RED] = "\033[31m", [PAINT_GREEN] = "\033[32m",
        [PAINT_YELLOW] = "\033[33m", [PAINT_BOLD] = "\033[1m", [PAINT_DIM] = "\033[2m",
};

struct page {
        struct buf *out;
        const struct format_style *style;
};

static void paint(const struct page *page, enum paint paint, struct str text) {
        bool on = page->style->colour && paint != PAINT_NONE;

        if (on)
                buf_add(page->out, str_of(paints[paint]));
        buf_add(page->out, text);
        if (on)
                buf_add(page->out, STR("\033[0m"));
}

static void spaces(const struct page *page, size_t count) {
        while (count--)
                buf_add_char(page->out, ' ');
}

/* Where the line that fits into `columns` ends: at a space where there is one, else behind a slash,
 * else wherever it fits, so that Chinese and long paths wrap as well. */
static struct str line_that_fits(struct str text, size_t columns) {
        struct str line = utf8_cut(text, columns, NULL);
        size_t space, slash;

        if (line.len == text.len)
                return line;
        space = text.ptr[line.len] == ' ' ? line.len : str_find_last(line, ' ');
        if (space != SIZE_MAX && space > line.len / 3)
                return str_slice(line, 0, space);
        slash = str_find_last(line, '/');
        if (slash != SIZE_MAX && slash > line.len / 3)
                return str_slice(line, 0, slash + 1);
        return line.len ? line : str_slice(text, 0, 1);
}

/* text from column `at` on, wrapped so that further lines begin at column `indent`. */
static void wrapped(const struct page *page, struct str text, size_t at, size_t indent) {
        size_t width = page->style->width;

        text = utf8_printable(page->out->arena, text);
        while (text.len) {
                struct str line = line_that_fits(text, width > at + 8 ? width - at : 8);

                buf_add(page->out, line);
                buf_add_char(page->out, '\n');
                text = str_trim(str_slice(text, line.len, text.len));
                at = indent;
                if (text.len)
                        spaces(page, indent);
        }
}

static const char *word(const struct page *page, const char *en, const char *zh) {
        return page->style->lang == LANG_ZH ? zh : en;
}

static void place(const struct page *page, const struct finding *finding) {
        struct buf text = buf_make(page->out->arena);

        buf_add(&text, finding->file);
        if (finding->line)
                buf_printf(&text, ":%u", finding->line);
        if (finding->line && finding->column)
                buf_printf(&text, ":%u", finding->column);
        spaces(page, 2);
        if (page->style->colour)
                buf_add(page->out, str_of(paints[PAINT_BOLD]));
        wrapped(page, buf_str(&text), 2, 4);
        if (page->style->colour)
                buf_add(page->out, STR("\033[0m"));
}

static const struct {
        enum paint paint;
        const char *en, *zh;
} severities[] = {
        [SEV_OFF] = { PAINT_NONE, "off", "关闭" },
        [SEV_NOTE] = { PAINT_DIM, "note", "提示" },
        [SEV_WARNING] = { PAINT_YELLOW, "warning", "警告" },
        [SEV_ERROR] = { PAINT_RED, "error", "错误" },
};

static void labelled(const struct page *page, const char *label, struct str text) {
        size_t at = 6 + utf8_width(str_of(label));

        if (!text.len)
                return;
        spaces(page, 6);
        paint(page, PAINT_DIM, str_of(label));
        wrapped(page, text, at, 8);
}

/* Further ones stand in the JSON report. */
#define STEPS_SHOWN 10

static void show_step(const struct page *page, const struct finding_step *step) {
        struct arena *arena = page->out->arena;
        struct buf line = buf_make(arena);
        struct str words = message_render(&step->message, page->style->lang, arena);

        buf_add(&line, step->file);
        if (step->line)
                buf_printf(&line, ":%u", step->line);
        if (words.len)
                buf_printf(&line, " %.*s", STR_ARG(words));
        spaces(page, 6);
        wrapped(page, buf_str(&line), 6, 8);
}

static struct str with_spaces(const struct page *page, struct str line) {
        struct buf out = buf_make(page->out->arena);

        for (size_t i = 0; i < line.len; i++)
                if (line.ptr[i] == '\t')
                        buf_add(&out, STR("    "));
                else
                        buf_add_char(&out, line.ptr[i]);
        return buf_str(&out);
}

static void show_steps(const struct page *page, const struct finding *finding) {
        for (size_t i = 0; i < finding->steps.count && i < STEPS_SHOWN; i++)
                show_step(page, &finding->steps.items[i]);
        if (finding->steps.count <= STEPS_SHOWN)
                return;
        spaces(page, 6);
        buf_printf(page->out, "%s %zu %s", word(page, "and", "另有"),
                   finding->steps.count - STEPS_SHOWN, word(page, "more", "处"));
        buf_add_char(page->out, '\n');
}

/* As it was printed, cut at the end of the page: what was printed in columns stays in columns. */
static struct str output_line(const struct page *page, struct str line) {
        struct str shown = utf8_printable(page->out->arena, with_spaces(page, line));
        struct str cut = utf8_cut(shown, page->style->width - 9, NULL);

        return cut.len == shown.len ? shown : str_fmt(page->out->arena, "%.*s…", STR_ARG(cut));
}

/* The first lines. */
static void show_output(const struct page *page, const struct finding *finding) {
        struct str rest = finding->output, line;
        size_t lines = 0, left_out = 0;

        while (str_next_line(&rest, &line)) {
                if (++lines > OUTPUT_LINES_MAX) {
                        left_out++;
                        continue;
                }
                spaces(page, 6);
                paint(page, PAINT_DIM, STR("| "));
                buf_add(page->out, output_line(page, line));
                buf_add_char(page->out, '\n');
        }
        if (!left_out)
                return;
        spaces(page, 6);
        buf_printf(page->out,
                   page->style->lang == LANG_ZH ? "| 另有 %zu 行，见 --format json\n"
                                                : "| lines left out: %zu, see --format json\n",
                   left_out);
}

static void show_finding(const struct page *page, const struct finding *finding) {
        struct arena *arena = page->out->arena;
        const char *label = page->style->lang == LANG_ZH ? severities[finding->severity].zh
                                                         : severities[finding->severity].en;
        size_t at = 4 + utf8_width(str_of(label)) + 1 + utf8_width(str_of(finding->rule->id)) + 1;

        place(page, finding);
        spaces(page, 4);
        paint(page, severities[finding->severity].paint, str_of(label));
        buf_printf(page->out, " %s ", finding->rule->id);
        wrapped(page, message_render(&finding->message, page->style->lang, arena), at, 6);
        show_steps(page, finding);
        if (!finding->steps.count)
                show_output(page, finding);
        labelled(page, word(page, "mend: ", "修复："),
                 message_render(&finding->mend, page->style->lang, arena));
}

static enum paint paint_of(enum verdict verdict) {
        static const enum paint of[] = { [VERDICT_NONE] = PAINT_DIM,
                                         [VERDICT_PASS] = PAINT_GREEN,
                                         [VERDICT_UNJUDGED] = PAINT_YELLOW,
                                         [VERDICT_FAIL] = PAINT_RED };

        return of[verdict];
}

static const char *verdict_label(const struct page *page, enum verdict verdict) {
        static const struct text labels[] = { [VERDICT_NONE] = { "nothing to judge", "无可检查" },
                                              [VERDICT_PASS] = { "pass", "通过" },
                                              [VERDICT_UNJUDGED] = { "unjudged", "无法判定" },
                                              [VERDICT_FAIL] = { "fail", "不通过" } };

        return text_in(&labels[verdict], page->style->lang);
}

static void show_gap(const struct page *page, const struct report_gap *gap, const char *label) {
        struct arena *arena = page->out->arena;

        spaces(page, 2);
        paint(page, PAINT_YELLOW, str_of(label));
        wrapped(page, message_render(&gap->gap.why, page->style->lang, arena),
                2 + utf8_width(str_of(label)), 6);
        labelled(page, word(page, "mend: ", "修复："),
                 message_render(&gap->gap.mend, page->style->lang, arena));
}

static void show_sum(const struct page *page, const char *label, struct coverage_sum sum) {
        struct arena *arena = page->out->arena;
        struct str percent = coverage_words(arena, sum);

        spaces(page, 2);
        buf_printf(page->out,
                   page->style->lang == LANG_ZH ? "%s：%.*s%%（%llu/%llu 条语句）\n"
                                                : "%s %.*s%% (%llu of %llu statements)\n",
                   label, STR_ARG(percent), (unsigned long long)sum.covered,
                   (unsigned long long)sum.statements);
}

/* The figures, be they enough or not. */
static void show_coverage(const struct page *page, const struct repo_facts *facts) {
        const struct coverage_options *options = &facts->options.coverage;
        struct coverage_sum before = { options->stored_statements, options->stored_covered };

        if (!facts->coverage)
                return;
        show_sum(page, word(page, "total", "总计"), facts->coverage->total);
        if (options->has_stored)
                show_sum(page, word(page, "before", "变更前"), before);
        if (facts->coverage->patch.statements)
                show_sum(page, word(page, "this change", "本次变更"), facts->coverage->patch);
        else if (facts->coverage->has_patch) {
                spaces(page, 2);
                buf_printf(
                        page->out, "%s\n",
                        word(page, "this change touches no statement", "本次变更未触及任何语句"));
        }
}

static void text_check_finished(struct buf *out, const struct format_style *style,
                                const struct report *report, const struct report_check *check) {
        struct page page = { out, style };

        if (check->verdict == VERDICT_NONE)
                return;
        buf_printf(out, "%-10s", check->check->id);
        paint(&page, paint_of(check->verdict), str_of(verdict_label(&page, check->verdict)));
        buf_add_char(out, '\n');
        if (check->check == &check_coverage)
                show_coverage(&page, report->facts);
        for (size_t i = 0; i < report->findings.count; i++)
                if (report->findings.items[i]->check == check->check &&
                    !report->findings.items[i]->waived)
                        show_finding(&page, report->findings.items[i]);
        for (size_t i = 0; i < report->unjudged.count; i++)
                if (report->unjudged.items[i].check == check->check)
                        show_gap(&page, &report->unjudged.items[i],
                                 word(&page, "could not judge: ", "无法判定："));
}

/* Rules that were not run for one reason are named together. */
static void show_not_run(const struct page *page, const struct report *report) {
        struct arena *arena = page->out->arena;

        for (size_t i = 0; i < report->not_run.count; i++) {
                const struct gap *gap = &report->not_run.items[i].gap;
                struct buf rules = buf_make(arena);
                bool told = false;

                for (size_t j = 0; j < report->not_run.count; j++) {
                        if (report->not_run.items[j].gap.why.text != gap->why.text)
                                continue;
                        told |= j < i;
                        buf_printf(&rules, "%s%s", rules.len ? ", " : "",
                                   report->not_run.items[j].rule->id);
                }
                if (told)
                        continue;
                paint(page, PAINT_DIM, str_of(word(page, "not run: ", "未运行：")));
                wrapped(page,
                        str_fmt(arena, "%.*s%s%.*s%s",
                                STR_ARG(message_render(&gap->why, page->style->lang, arena)),
                                word(page, " (", "（"), STR_ARG(buf_str(&rules)),
                                word(page, ")", "）")),
                        9, 2);
                labelled(page, word(page, "to run: ", "启用："),
                         message_render(&gap->mend, page->style->lang, arena));
        }
}

static void show_skipped(const struct page *page, const struct report *report) {
        struct arena *arena = page->out->arena;

        for (size_t i = 0; i < report->skipped.count; i++) {
                const struct report_skip *skip = &report->skipped.items[i];

                paint(page, PAINT_DIM, str_of(word(page, "skipped: ", "跳过：")));
                wrapped(page,
                        str_fmt(arena, "%.*s: %.*s", STR_ARG(skip->file),
                                STR_ARG(message_render(&skip->why, page->style->lang, arena))),
                        9, 2);
        }
}

static void show_bypasses(const struct page *page, const struct report *report) {
        struct arena *arena = page->out->arena;

        for (size_t i = 0; i < report->bypasses.count; i++) {
                struct message words = report_bypass_words(&report->bypasses.items[i]);

                paint(page, PAINT_YELLOW, str_of(word(page, "note: ", "提示：")));
                wrapped(page, message_render(&words, page->style->lang, arena), 6, 2);
        }
}

static size_t count_waived(const struct report *report) {
        size_t count = 0;

        for (size_t i = 0; i < report->findings.count; i++)
                count += report->findings.items[i]->waived;
        return count;
}

static void show_count(const struct page *page, size_t count, const char *en, const char *zh) {
        if (page->style->lang == LANG_ZH)
                buf_printf(page->out, "%zu 个%s", count, zh);
        else
                buf_printf(page->out, "%zu %s%s", count, en, count == 1 ? "" : "s");
}

static void show_counts(const struct page *page, const struct report *report) {
        const char *comma = word(page, ", ", "，");
        size_t waived = count_waived(report);

        show_count(page, report_count(report, SEV_ERROR), "error", "错误");
        buf_add(page->out, str_of(comma));
        show_count(page, report_count(report, SEV_WARNING), "warning", "警告");
        buf_add(page->out, str_of(comma));
        show_count(page, report_count(report, SEV_NOTE), "note", "提示");
        if (waived)
                buf_printf(page->out, "%s%zu %s", comma, waived, word(page, "waived", "个已豁免"));
        if (report->unjudged.count)
                buf_printf(page->out, "%s%zu %s", comma, report->unjudged.count,
                           word(page, "not judged", "项无法判定"));
}

static void text_finished(struct buf *out, const struct format_style *style,
                          const struct report *report) {
        struct page page = { out, style };

        for (size_t i = 0; i < report->unjudged.count; i++)
                if (!report->unjudged.items[i].check)
                        show_gap(&page, &report->unjudged.items[i],
                                 word(&page, "could not judge: ", "无法判定："));
        show_not_run(&page, report);
        show_skipped(&page, report);
        show_bypasses(&page, report);
        if (report->interrupted)
                buf_printf(out, "%s\n",
                           word(&page, "interrupted: what follows is not complete",
                                "已中断：以下结果不完整"));
        paint(&page, paint_of(report->verdict),
              str_fmt(out->arena, "%s", word(&page, "verdict: ", "结论：")));
        paint(&page, paint_of(report->verdict), str_of(verdict_label(&page, report->verdict)));
        buf_add(out, str_of(word(&page, " (", "（")));
        show_counts(&page, report);
        buf_add(out, str_of(word(&page, ")\n", "）\n")));
}

const struct report_format format_text = {
        .name = "text",
        .title = { "for a person at a terminal (the default)", "供终端阅读（默认）" },
        .check_finished = text_check_finished,
        .finished = text_finished,
};
