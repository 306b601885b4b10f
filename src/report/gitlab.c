/* GitLab code quality: an array of issues. Waived findings are left out; severities are those that
 * GitLab's documentation names. */
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

static void write_issue(struct json_writer *w, struct arena *arena, enum lang lang,
                        const struct finding *finding) {
        json_begin_object(w);
        member(w, "description", message_render(&finding->message, lang, arena));
        member(w, "check_name", str_of(finding->rule->id));
        member(w, "fingerprint", finding->fingerprint);
        member(w, "severity", str_of(gitlab_severity(finding->severity)));
        json_key(w, STR("location"));
        json_begin_object(w);
        member(w, "path", finding->file);
        json_key(w, STR("lines"));
        json_begin_object(w);
        json_key(w, STR("begin"));
        json_put_uint(w, MAX_OF(finding->line, 1u));
        json_end_object(w);
        json_end_object(w);
        json_end_object(w);
}

static void gitlab_finished(struct buf *out, const struct format_style *style,
                            const struct report *report) {
        struct json_writer w = json_write(out, JSON_INDENTED);

        json_begin_array(&w);
        for (size_t i = 0; i < report->findings.count; i++)
                if (!report->findings.items[i]->waived)
                        write_issue(&w, out->arena, style->lang, report->findings.items[i]);
        json_end_array(&w);
        buf_add_char(out, '\n');
}

const struct report_format format_gitlab = {
        .name = "gitlab",
        .title = { "GitLab code quality", "GitLab 代码质量报告" },
        .finished = gitlab_finished,
};
