/* The JSON report, "weir.report/1": docs/report.schema.json is its contract. */
#include "data/json_write.h"
#include "facts/coverage.h"
#include "report/report_format.h"

#define REPORT_SCHEMA "weir.report/1"
#define PERCENT_DIGITS 6

struct writer {
        struct json_writer json;
        struct arena *arena;
        enum lang lang;
};

static void member(struct writer *w, const char *name, struct str value) {
        json_key(&w->json, str_of(name));
        json_put_string_or_null(&w->json, value);
}

static void member_words(struct writer *w, const char *name, const struct message *message) {
        member(w, name, message_render(message, w->lang, w->arena));
}

static void member_number(struct writer *w, const char *name, uint64_t value) {
        json_key(&w->json, str_of(name));
        json_put_uint_or_null(&w->json, value);
}

static void member_bool(struct writer *w, const char *name, bool value) {
        json_key(&w->json, str_of(name));
        json_put_bool(&w->json, value);
}

static void open_object(struct writer *w, const char *name) {
        json_key(&w->json, str_of(name));
        json_begin_object(&w->json);
}

static void open_array(struct writer *w, const char *name) {
        json_key(&w->json, str_of(name));
        json_begin_array(&w->json);
}

static void write_subject(struct writer *w, const struct report *report) {
        static const char *const kinds[] = { [TREE_WORKTREE] = "worktree",
                                             [TREE_INDEX] = "index",
                                             [TREE_COMMIT] = "commit",
                                             [TREE_MEMORY] = "worktree" };

        open_object(w, "subject");
        member(w, "kind", str_of(kinds[report->kind]));
        member(w, "path", report->path);
        member(w, "revision", report->revision);
        member(w, "base", report->base);
        open_array(w, "modules");
        for (size_t i = 0; i < report->facts->module_count; i++)
                json_put_string(&w->json, report->facts->modules[i].path);
        json_end_array(&w->json);
        json_end_object(&w->json);
}

static void write_head(struct writer *w, const struct report *report) {
        member(w, "schema", STR(REPORT_SCHEMA));
        member(w, "verdict", str_of(verdict_word(report->verdict)));
        open_object(w, "tool");
        member(w, "version", STR(WEIR_VERSION));
        json_end_object(&w->json);
        write_subject(w, report);
        open_object(w, "policy");
        member(w, "sha256", report->policy_sha256);
        json_end_object(&w->json);
        open_object(w, "vulndb");
        member(w, "date", report->vulndb_date);
        member_number(w, "entries", report->vulndb_entries);
        json_end_object(&w->json);
}

static void write_checks(struct writer *w, const struct report *report) {
        open_array(w, "checks");
        for (size_t i = 0; i < report->checks.count; i++) {
                const struct report_check *check = &report->checks.items[i];

                json_begin_object(&w->json);
                member(w, "id", str_of(check->check->id));
                member(w, "stage", str_of(stage_word(check->check->stage)));
                member(w, "verdict", str_of(verdict_word(check->verdict)));
                json_key(&w->json, STR("seconds"));
                json_put_fixed(&w->json, check->seconds, 6);
                json_end_object(&w->json);
        }
        json_end_array(&w->json);
}

static void write_steps(struct writer *w, const struct finding *finding) {
        open_array(w, "trace");
        for (size_t i = 0; i < finding->steps.count; i++) {
                json_begin_object(&w->json);
                member(w, "file", finding->steps.items[i].file);
                member_number(w, "line", finding->steps.items[i].line);
                member_words(w, "message", &finding->steps.items[i].message);
                json_end_object(&w->json);
        }
        json_end_array(&w->json);
}

static void write_finding(struct writer *w, const struct finding *finding) {
        json_begin_object(&w->json);
        member(w, "rule", str_of(finding->rule->id));
        member(w, "check", str_of(finding->check->id));
        member(w, "severity", str_of(severity_word(finding->severity)));
        member(w, "file", finding->file);
        member_number(w, "line", finding->line);
        member_number(w, "column", finding->column);
        member_words(w, "message", &finding->message);
        member_words(w, "fix", &finding->mend);
        member(w, "fingerprint", finding->fingerprint);
        member_bool(w, "waived", finding->waived);
        member(w, "main_module", finding->main_module);
        member(w, "module", finding->module);
        member(w, "version", finding->version);
        member(w, "vulnerability", finding->vulnerability);
        if (finding->blob.len) {
                member(w, "blob", finding->blob);
                member(w, "commit", finding->commit);
                member(w, "author", finding->author);
        }
        member_bool(w, "go_refuses", finding->go_refuses);
        member(w, "tool", finding->tool);
        member(w, "tool_rule", finding->tool_rule);
        write_steps(w, finding);
        member(w, "output", finding->output);
        json_end_object(&w->json);
}

static void write_gap(struct writer *w, const char *name, const char *what,
                      const struct report_gap *gap) {
        json_begin_object(&w->json);
        member(w, name, str_of(what));
        member_words(w, "why", &gap->gap.why);
        member_words(w, "mend", &gap->gap.mend);
        json_end_object(&w->json);
}

static void write_gaps(struct writer *w, const struct report *report) {
        open_array(w, "unjudged");
        for (size_t i = 0; i < report->unjudged.count; i++)
                write_gap(w, "check",
                          report->unjudged.items[i].check ? report->unjudged.items[i].check->id
                                                          : NULL,
                          &report->unjudged.items[i]);
        json_end_array(&w->json);
        open_array(w, "not_run");
        for (size_t i = 0; i < report->not_run.count; i++)
                write_gap(w, "rule", report->not_run.items[i].rule->id, &report->not_run.items[i]);
        json_end_array(&w->json);
}

static void write_skipped(struct writer *w, const struct report *report) {
        open_array(w, "skipped");
        for (size_t i = 0; i < report->skipped.count; i++) {
                json_begin_object(&w->json);
                member(w, "file", report->skipped.items[i].file);
                member_words(w, "why", &report->skipped.items[i].why);
                json_end_object(&w->json);
        }
        json_end_array(&w->json);
}

static void write_bypasses(struct writer *w, const struct report *report) {
        open_array(w, "skips");
        for (size_t i = 0; i < report->bypasses.count; i++) {
                json_begin_object(&w->json);
                member(w, "check", report->bypasses.items[i].check);
                member(w, "commit", report->bypasses.items[i].commit);
                json_end_object(&w->json);
        }
        json_end_array(&w->json);
}

static void write_sum(struct writer *w, struct coverage_sum sum, double percent) {
        json_key(&w->json, STR("total"));
        json_put_fixed(&w->json, percent, PERCENT_DIGITS);
        json_key(&w->json, STR("statements"));
        json_put_uint(&w->json, sum.statements);
        json_key(&w->json, STR("covered"));
        json_put_uint(&w->json, sum.covered);
}

static void write_packages(struct writer *w, const struct coverage *coverage) {
        open_array(w, "packages");
        for (size_t i = 0; i < coverage->package_count; i++) {
                const struct coverage_package *package = &coverage->packages[i];

                json_begin_object(&w->json);
                member(w, "path", package->path);
                write_sum(w, package->sum, coverage_percent(package->sum));
                json_end_object(&w->json);
        }
        json_end_array(&w->json);
}

/* A line for each: there may be hundreds of thousands. */
static void write_functions(struct writer *w, const struct coverage_file *file) {
        enum json_layout layout = w->json.layout;

        for (size_t i = 0; i < file->function_count; i++) {
                const struct coverage_function *function = &file->functions[i];

                json_begin_object(&w->json);
                w->json.layout = JSON_COMPACT;
                member(w, "file", file->path);
                member_number(w, "line", function->line);
                member(w, "name", function->name);
                json_key(&w->json, STR("total"));
                json_put_fixed(&w->json, coverage_percent(function->sum), PERCENT_DIGITS);
                json_end_object(&w->json);
                w->json.layout = layout;
        }
}

static void write_patch(struct writer *w, const struct coverage *coverage) {
        json_key(&w->json, STR("patch"));
        if (!coverage->has_patch) {
                json_put_null(&w->json);
                return;
        }
        json_begin_object(&w->json);
        /* A change that touches no statement leaves none of its own uncovered. */
        write_sum(w, coverage->patch,
                  coverage->patch.statements ? coverage_percent(coverage->patch) : 100);
        json_end_object(&w->json);
}

static void write_coverage(struct writer *w, const struct coverage *coverage) {
        json_key(&w->json, STR("coverage"));
        if (!coverage) {
                json_put_null(&w->json);
                return;
        }
        json_begin_object(&w->json);
        write_sum(w, coverage->total, coverage_percent(coverage->total));
        write_packages(w, coverage);
        open_array(w, "functions");
        for (size_t i = 0; i < coverage->file_count; i++)
                write_functions(w, &coverage->files[i]);
        json_end_array(&w->json);
        write_patch(w, coverage);
        json_end_object(&w->json);
}

static void json_finished(struct buf *out, const struct format_style *style,
                          const struct report *report) {
        struct writer w = { json_write(out, JSON_INDENTED), out->arena, style->lang };

        json_begin_object(&w.json);
        write_head(&w, report);
        write_checks(&w, report);
        open_array(&w, "findings");
        for (size_t i = 0; i < report->findings.count; i++)
                write_finding(&w, report->findings.items[i]);
        json_end_array(&w.json);
        write_gaps(&w, report);
        write_skipped(&w, report);
        write_coverage(&w, report->facts->coverage);
        write_bypasses(&w, report);
        member_bool(&w, "interrupted", report->interrupted);
        json_end_object(&w.json);
        buf_add_char(out, '\n');
}

const struct report_format format_json = {
        .name = "json",
        .title = { "one JSON object, weir.report/1", "一个 JSON 对象，weir.report/1" },
        .finished = json_finished,
};
