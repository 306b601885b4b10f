/* SARIF 2.1.0 (OASIS Standard, errata 01). */
#include "data/json_write.h"
#include "data/markup.h"
#include "report/report_format.h"

#define SCHEMA_URI "https://json.schemastore.org/sarif-2.1.0.json"
#define ROOT_ID "SRCROOT"

struct writer {
        struct json_writer json;
        struct arena *arena;
        enum lang lang;
        const struct report *report;
};

static void key(struct writer *w, const char *name) {
        json_key(&w->json, str_of(name));
}

static void member(struct writer *w, const char *name, struct str value) {
        key(w, name);
        json_put_string(&w->json, value);
}

static void member_text(struct writer *w, const char *name, struct str text) {
        key(w, name);
        json_begin_object(&w->json);
        member(w, "text", text);
        json_end_object(&w->json);
}

static const char *level(enum severity severity) {
        static const char *const levels[] = { [SEV_OFF] = "none",
                                              [SEV_NOTE] = "note",
                                              [SEV_WARNING] = "warning",
                                              [SEV_ERROR] = "error" };

        return levels[severity];
}

static void write_rule(struct writer *w, const struct rule *rule, const struct check *check) {
        json_begin_object(&w->json);
        member(w, "id", str_of(rule->id));
        member_text(w, "shortDescription", str_of(text_in(&rule->title, w->lang)));
        member_text(w, "fullDescription", str_of(text_in(&rule->why, w->lang)));
        member_text(w, "help", str_of(text_in(&rule->mend, w->lang)));
        key(w, "defaultConfiguration");
        json_begin_object(&w->json);
        member(w, "level", str_of(level(rule->severity)));
        json_end_object(&w->json);
        key(w, "properties");
        json_begin_object(&w->json);
        key(w, "tags");
        json_begin_array(&w->json);
        json_put_string(&w->json, str_of(check->id));
        json_end_array(&w->json);
        json_end_object(&w->json);
        json_end_object(&w->json);
}

/* The rules of the checkpoints that ran, in table order: ruleIndex counts the same way. */
static void write_rules(struct writer *w) {
        key(w, "rules");
        json_begin_array(&w->json);
        for (size_t i = 0; i < w->report->checks.count; i++) {
                const struct check *check = w->report->checks.items[i].check;

                for (size_t j = 0; j < check->rule_count; j++)
                        write_rule(w, &check->rules[j], check);
        }
        json_end_array(&w->json);
}

static size_t rule_index(const struct report *report, const struct finding *finding) {
        size_t index = 0;

        for (size_t i = 0; i < report->checks.count; i++) {
                const struct check *check = report->checks.items[i].check;

                if (check == finding->check)
                        return index + (size_t)(finding->rule - check->rules);
                index += check->rule_count;
        }
        return index;
}

static void write_artifact(struct writer *w, struct str file) {
        struct buf uri = buf_make(w->arena);

        markup_uri_path(&uri, file);
        key(w, "artifactLocation");
        json_begin_object(&w->json);
        member(w, "uri", buf_str(&uri));
        member(w, "uriBaseId", STR(ROOT_ID));
        json_end_object(&w->json);
}

static void write_region(struct writer *w, uint32_t line, uint32_t column) {
        if (!line)
                return;
        key(w, "region");
        json_begin_object(&w->json);
        key(w, "startLine");
        json_put_uint(&w->json, line);
        if (column) {
                key(w, "startColumn");
                json_put_uint(&w->json, column);
        }
        json_end_object(&w->json);
}

static void write_location(struct writer *w, struct str file, uint32_t line, uint32_t column,
                           const struct message *message) {
        json_begin_object(&w->json);
        key(w, "physicalLocation");
        json_begin_object(&w->json);
        write_artifact(w, file);
        write_region(w, line, column);
        json_end_object(&w->json);
        if (message)
                member_text(w, "message", message_render(message, w->lang, w->arena));
        json_end_object(&w->json);
}

static void write_places(struct writer *w, const struct finding *finding) {
        key(w, "locations");
        json_begin_array(&w->json);
        if (finding->file.len)
                write_location(w, finding->file, finding->line, finding->column, NULL);
        json_end_array(&w->json);
        if (!finding->steps.count)
                return;
        key(w, "relatedLocations");
        json_begin_array(&w->json);
        for (size_t i = 0; i < finding->steps.count; i++)
                write_location(w, finding->steps.items[i].file, finding->steps.items[i].line, 0,
                               &finding->steps.items[i].message);
        json_end_array(&w->json);
}

static void property(struct writer *w, const char *name, struct str value) {
        if (value.len)
                member(w, name, value);
}

static void write_properties(struct writer *w, const struct finding *finding) {
        key(w, "properties");
        json_begin_object(&w->json);
        property(w, "fix", message_render(&finding->mend, w->lang, w->arena));
        property(w, "mainModule", finding->main_module);
        property(w, "module", finding->module);
        property(w, "version", finding->version);
        property(w, "vulnerability", finding->vulnerability);
        key(w, "goRefuses");
        json_put_bool(&w->json, finding->go_refuses);
        json_end_object(&w->json);
}

static void write_suppressions(struct writer *w, const struct finding *finding) {
        if (!finding->waived)
                return;
        key(w, "suppressions");
        json_begin_array(&w->json);
        json_begin_object(&w->json);
        member(w, "kind", STR("external"));
        property(w, "justification", finding->waived_why);
        json_end_object(&w->json);
        json_end_array(&w->json);
}

static void write_result(struct writer *w, const struct finding *finding) {
        json_begin_object(&w->json);
        member(w, "ruleId", str_of(finding->rule->id));
        key(w, "ruleIndex");
        json_put_uint(&w->json, rule_index(w->report, finding));
        member(w, "level", str_of(level(finding->severity)));
        member_text(w, "message", message_render(&finding->message, w->lang, w->arena));
        write_places(w, finding);
        key(w, "partialFingerprints");
        json_begin_object(&w->json);
        member(w, "weir/v1", finding->fingerprint);
        json_end_object(&w->json);
        write_suppressions(w, finding);
        write_properties(w, finding);
        json_end_object(&w->json);
}

static struct str gap_words(struct writer *w, const struct gap *gap) {
        struct str why = message_render(&gap->why, w->lang, w->arena);
        struct str mend = message_render(&gap->mend, w->lang, w->arena);

        return mend.len ? str_fmt(w->arena, "%.*s (%.*s)", STR_ARG(why), STR_ARG(mend)) : why;
}

static void write_notice(struct writer *w, const struct report_gap *gap, const char *notice_level) {
        json_begin_object(&w->json);
        member(w, "level", str_of(notice_level));
        member_text(w, "message", gap_words(w, &gap->gap));
        if (gap->rule) {
                key(w, "associatedRule");
                json_begin_object(&w->json);
                member(w, "id", str_of(gap->rule->id));
                json_end_object(&w->json);
        }
        json_end_object(&w->json);
}

/* What could not be judged is a warning of the run, what was not run a note. */
static void write_invocation(struct writer *w) {
        const struct report *report = w->report;

        key(w, "invocations");
        json_begin_array(&w->json);
        json_begin_object(&w->json);
        key(w, "executionSuccessful");
        json_put_bool(&w->json, !report->interrupted && report->verdict != VERDICT_UNJUDGED);
        member(w, "startTimeUtc", report->started_utc);
        key(w, "toolExecutionNotifications");
        json_begin_array(&w->json);
        for (size_t i = 0; i < report->unjudged.count; i++)
                write_notice(w, &report->unjudged.items[i], "warning");
        for (size_t i = 0; i < report->not_run.count; i++)
                write_notice(w, &report->not_run.items[i], "note");
        for (size_t i = 0; i < report->bypasses.count; i++) {
                struct report_gap skip = {
                        .gap.why = report_bypass_words(&report->bypasses.items[i]),
                };

                write_notice(w, &skip, "note");
        }
        json_end_array(&w->json);
        json_end_object(&w->json);
        json_end_array(&w->json);
}

static void write_driver(struct writer *w) {
        key(w, "tool");
        json_begin_object(&w->json);
        key(w, "driver");
        json_begin_object(&w->json);
        member(w, "name", STR("weir"));
        member(w, "version", STR(WEIR_VERSION));
        member(w, "semanticVersion", STR(WEIR_VERSION));
        member(w, "language", w->lang == LANG_ZH ? STR("zh-CN") : STR("en-US"));
        write_rules(w);
        json_end_object(&w->json);
        json_end_object(&w->json);
}

static void write_root(struct writer *w) {
        struct buf uri = buf_make(w->arena);

        buf_add(&uri, STR("file://"));
        markup_uri_path(&uri, w->report->path);
        if (!str_has_suffix(w->report->path, STR("/")))
                buf_add_char(&uri, '/');
        key(w, "originalUriBaseIds");
        json_begin_object(&w->json);
        key(w, ROOT_ID);
        json_begin_object(&w->json);
        member(w, "uri", buf_str(&uri));
        json_end_object(&w->json);
        json_end_object(&w->json);
}

static void write_run(struct writer *w) {
        json_begin_object(&w->json);
        write_driver(w);
        write_invocation(w);
        write_root(w);
        member(w, "columnKind", STR("unicodeCodePoints"));
        key(w, "results");
        json_begin_array(&w->json);
        for (size_t i = 0; i < w->report->findings.count; i++)
                write_result(w, w->report->findings.items[i]);
        json_end_array(&w->json);
        key(w, "properties");
        json_begin_object(&w->json);
        member(w, "verdict", str_of(verdict_word(w->report->verdict)));
        json_end_object(&w->json);
        json_end_object(&w->json);
}

static void sarif_finished(struct buf *out, const struct format_style *style,
                           const struct report *report) {
        struct writer w = { json_write(out, JSON_INDENTED), out->arena, style->lang, report };

        json_begin_object(&w.json);
        member(&w, "$schema", STR(SCHEMA_URI));
        member(&w, "version", STR("2.1.0"));
        key(&w, "runs");
        json_begin_array(&w.json);
        write_run(&w);
        json_end_array(&w.json);
        json_end_object(&w.json);
        buf_add_char(out, '\n');
}

const struct report_format format_sarif = {
        .name = "sarif",
        .title = { "SARIF 2.1.0, for code scanning", "SARIF 2.1.0，用于代码扫描平台" },
        .finished = sarif_finished,
};
