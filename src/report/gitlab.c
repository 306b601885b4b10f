/* GitLab code quality: an array of issues. Waived findings are left out; severities are those that
 * GitLab's documentation names. */
#include "data/digest.h"
#include "data/json_write.h"
#include "report/report_format.h"

static const char *gitlab_severity(enum severity severity) {
        static const char *const names[] = { [SEV_OFF] = "info",
                                             [SEV_NOTE] = "info",
                                             [SEV_WARNING] = "minor",
                                             [SEV_ERROR] = "critical" };

        return names[severity];
}

static void member(struct json_writer *w, const char *name, struct str value) {
        json_key(w, str_of(name));
        json_put_string(w, value);
}

static void write_place(struct json_writer *w, struct str path, uint32_t line) {
        json_key(w, STR("location"));
        json_begin_object(w);
        member(w, "path", path);
        json_key(w, STR("lines"));
        json_begin_object(w);
        json_key(w, STR("begin"));
        json_put_uint(w, MAX_OF(line, 1u));
        json_end_object(w);
        json_end_object(w);
}

/* The format has no issue without a file: what has none is at the module that was judged. */
static struct str module_file(const struct report *report) {
        return report->facts->module_count ? report->facts->modules[0].modfile_path : STR("go.mod");
}

/* The format has nothing but issues: what was skipped is one of information, at the module that
 * would have been judged. */
static void write_bypass(struct json_writer *w, struct arena *arena, enum lang lang,
                         const struct report *report, const struct report_bypass *bypass) {
        struct message words = report_bypass_words(bypass);
        struct digest digest = digest_of(str_fmt(arena, "Weir-Skip %.*s %.*s",
                                                 STR_ARG(bypass->commit), STR_ARG(bypass->check)));

        json_begin_object(w);
        member(w, "description", message_render(&words, lang, arena));
        member(w, "check_name", STR("Weir-Skip"));
        member(w, "fingerprint", digest_hex(arena, &digest));
        member(w, "severity", str_of(gitlab_severity(SEV_NOTE)));
        write_place(w, module_file(report), 1);
        json_end_object(w);
}

static void write_issue(struct json_writer *w, struct arena *arena, enum lang lang,
                        const struct report *report, const struct finding *finding) {
        json_begin_object(w);
        member(w, "description", message_render(&finding->message, lang, arena));
        member(w, "check_name", str_of(finding->rule->id));
        member(w, "fingerprint", finding->fingerprint);
        member(w, "severity", str_of(gitlab_severity(finding->severity)));
        write_place(w, finding->file.len ? finding->file : module_file(report), finding->line);
        json_end_object(w);
}

static void gitlab_finished(struct buf *out, const struct format_style *style,
                            const struct report *report) {
        struct json_writer w = json_write(out, JSON_INDENTED);

        json_begin_array(&w);
        for (size_t i = 0; i < report->findings.count; i++)
                if (!report->findings.items[i]->waived)
                        write_issue(&w, out->arena, style->lang, report, report->findings.items[i]);
        for (size_t i = 0; i < report->bypasses.count; i++)
                write_bypass(&w, out->arena, style->lang, report, &report->bypasses.items[i]);
        json_end_array(&w);
        buf_add_char(out, '\n');
}

const struct report_format format_gitlab = {
        .name = "gitlab",
        .title = { "GitLab code quality", "GitLab 代码质量报告" },
        .finished = gitlab_finished,
};
