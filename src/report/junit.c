/* JUnit XML, in the strict form of Ant that every reader takes: a suite for each checkpoint, a case
 * for each rule. Error findings are failures, gaps are errors, rules that were not run are skipped.
 */
#include "data/markup.h"
#include "report/report_format.h"

struct page {
        struct buf *out;
        enum lang lang;
        const struct report *report;
        const struct check *check;
};

static void attribute(struct page *page, const char *name, struct str value) {
        buf_printf(page->out, " %s=\"", name);
        markup_xml(page->out, value);
        buf_add_char(page->out, '"');
}

static struct str words(struct page *page, const struct message *message) {
        return message_render(message, page->lang, page->out->arena);
}

static bool fails(const struct page *page, const struct finding *finding, const struct rule *rule) {
        return finding->check == page->check && finding->rule == rule && !finding->waived &&
               finding->severity == SEV_ERROR;
}

static const struct finding *first_failure(const struct page *page, const struct rule *rule) {
        for (size_t i = 0; i < page->report->findings.count; i++)
                if (fails(page, page->report->findings.items[i], rule))
                        return page->report->findings.items[i];
        return NULL;
}

static const struct report_gap *skipped(const struct page *page, const struct rule *rule) {
        for (size_t i = 0; i < page->report->not_run.count; i++)
                if (page->report->not_run.items[i].rule == rule)
                        return &page->report->not_run.items[i];
        return NULL;
}

static void add_finding(struct page *page, const struct finding *finding) {
        struct str at = finding->line ? str_fmt(page->out->arena, ":%u", finding->line) : STR_NONE;
        struct str line =
                str_fmt(page->out->arena, "%.*s%.*s: %s: %.*s\n", STR_ARG(finding->file),
                        STR_ARG(at), finding->rule->id, STR_ARG(words(page, &finding->message)));
        struct str mend = words(page, &finding->mend);

        markup_xml(page->out, line);
        if (mend.len)
                markup_xml(page->out, str_fmt(page->out->arena, "    %.*s\n", STR_ARG(mend)));
        if (finding->output.len)
                markup_xml(page->out,
                           str_fmt(page->out->arena, "%.*s\n", STR_ARG(finding->output)));
}

static void add_failure(struct page *page, const struct rule *rule, const struct finding *first) {
        buf_add(page->out, STR("<failure"));
        attribute(page, "type", str_of(rule->id));
        attribute(page, "message", words(page, &first->message));
        buf_add(page->out, STR(">"));
        for (size_t i = 0; i < page->report->findings.count; i++)
                if (fails(page, page->report->findings.items[i], rule))
                        add_finding(page, page->report->findings.items[i]);
        buf_add(page->out, STR("</failure>"));
}

static void open_case(struct page *page, struct str name) {
        buf_add(page->out, STR("    <testcase"));
        attribute(page, "name", name);
        attribute(page, "classname", str_fmt(page->out->arena, "weir.%s", page->check->id));
        attribute(page, "time", STR("0.000"));
        buf_add(page->out, STR(">"));
}

static void add_rule(struct page *page, const struct rule *rule) {
        const struct finding *failure = first_failure(page, rule);
        const struct report_gap *gap = skipped(page, rule);

        open_case(page,
                  str_fmt(page->out->arena, "%s %s", rule->id, text_in(&rule->title, page->lang)));
        if (failure) {
                add_failure(page, rule, failure);
        } else if (gap) {
                buf_add(page->out, STR("<skipped"));
                attribute(page, "message", words(page, &gap->gap.why));
                buf_add(page->out, STR("/>"));
        }
        buf_add(page->out, STR("</testcase>\n"));
}

static void add_gap(struct page *page, const struct report_gap *gap) {
        struct str why = words(page, &gap->gap.why);

        open_case(page, str_fmt(page->out->arena, "%s: %.*s",
                                page->lang == LANG_ZH ? "无法判定" : "could not judge",
                                STR_ARG(str_trim(why))));
        buf_add(page->out, STR("<error"));
        attribute(page, "type", STR("unjudged"));
        attribute(page, "message", why);
        buf_add(page->out, STR(">"));
        markup_xml(page->out, words(page, &gap->gap.mend));
        buf_add(page->out, STR("</error></testcase>\n"));
}

/* Gaps of the run as a whole stand in the first suite. */
static bool gap_is_here(const struct page *page, const struct report_gap *gap, size_t id) {
        return gap->check == page->check || (!gap->check && id == 0);
}

static void count_suite(const struct page *page, size_t id, size_t *ret_failures,
                        size_t *ret_errors, size_t *ret_skipped) {
        *ret_failures = *ret_errors = *ret_skipped = 0;
        for (size_t i = 0; i < page->check->rule_count; i++) {
                bool failed = first_failure(page, &page->check->rules[i]) != NULL;

                *ret_failures += failed;
                *ret_skipped += !failed && skipped(page, &page->check->rules[i]) != NULL;
        }
        for (size_t i = 0; i < page->report->unjudged.count; i++)
                *ret_errors += gap_is_here(page, &page->report->unjudged.items[i], id);
}

static void open_suite(struct page *page, const struct report_check *check, size_t id) {
        size_t failures, errors, skips;

        count_suite(page, id, &failures, &errors, &skips);
        buf_add(page->out, STR("  <testsuite"));
        attribute(page, "name", str_fmt(page->out->arena, "weir.%s", check->check->id));
        attribute(page, "package", STR("weir"));
        attribute(page, "timestamp", str_drop_suffix(page->report->started_utc, STR("Z")));
        attribute(page, "hostname", STR("localhost"));
        buf_printf(page->out,
                   " id=\"%zu\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
                   "time=\"%.3f\">\n",
                   id, check->check->rule_count + errors, failures, errors, skips, check->seconds);
}

static void add_warnings(struct page *page) {
        for (size_t i = 0; i < page->report->findings.count; i++) {
                const struct finding *finding = page->report->findings.items[i];

                if (finding->check == page->check && !finding->waived &&
                    finding->severity != SEV_ERROR)
                        add_finding(page, finding);
        }
}

/* With the suite of the checkpoint; with the first where it did not run. */
static bool is_bypass_here(const struct page *page, const struct report_bypass *bypass, size_t id) {
        for (size_t i = 0; i < page->report->checks.count; i++)
                if (str_eq(bypass->check, str_of(page->report->checks.items[i].check->id)))
                        return i == id;
        return id == 0;
}

static void add_bypasses(struct page *page, size_t id) {
        for (size_t i = 0; i < page->report->bypasses.count; i++) {
                const struct report_bypass *bypass = &page->report->bypasses.items[i];
                struct message words = report_bypass_words(bypass);

                if (!is_bypass_here(page, bypass, id))
                        continue;
                buf_add(page->out, STR("      <property name=\"weir-skip\""));
                attribute(page, "value", message_render(&words, page->lang, page->out->arena));
                buf_add(page->out, STR("/>\n"));
        }
}

static void add_suite(struct page *page, const struct report_check *check, size_t id) {
        page->check = check->check;
        open_suite(page, check, id);
        buf_add(page->out, STR("    <properties>\n      <property name=\"verdict\" value=\""));
        buf_add(page->out, str_of(verdict_word(check->verdict)));
        buf_add(page->out, STR("\"/>\n"));
        add_bypasses(page, id);
        buf_add(page->out, STR("    </properties>\n"));
        for (size_t i = 0; i < check->check->rule_count; i++)
                add_rule(page, &check->check->rules[i]);
        for (size_t i = 0; i < page->report->unjudged.count; i++)
                if (gap_is_here(page, &page->report->unjudged.items[i], id))
                        add_gap(page, &page->report->unjudged.items[i]);
        buf_add(page->out, STR("    <system-out>"));
        add_warnings(page);
        buf_add(page->out, STR("</system-out>\n    <system-err></system-err>\n  </testsuite>\n"));
}

static void junit_finished(struct buf *out, const struct format_style *style,
                           const struct report *report) {
        struct page page = { .out = out, .lang = style->lang, .report = report };

        buf_add(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
        for (size_t i = 0; i < report->checks.count; i++)
                add_suite(&page, &report->checks.items[i], i);
        buf_add(out, STR("</testsuites>\n"));
}

const struct report_format format_junit = {
        .name = "junit",
        .title = { "JUnit XML", "JUnit XML" },
        .finished = junit_finished,
};
