/* GitHub Actions annotations: workflow commands, one a line. What stands in them must not end them:
 * %, CR and LF are escaped, and in properties : and , as well. */
#include "data/utf8.h"
#include "report/report_format.h"

static void add_escaped(struct buf *out, struct str text, bool property) {
        struct str special = property ? STR("%\r\n:,") : STR("%\r\n");

        while (text.len) {
                size_t plain = 0;

                while (plain < text.len && str_find(special, text.ptr[plain]) == SIZE_MAX)
                        plain++;
                buf_add(out, utf8_printable(out->arena, str_slice(text, 0, plain)));
                if (plain < text.len)
                        buf_printf(out, "%%%02X", (unsigned char)text.ptr[plain++]);
                text = str_slice(text, plain, text.len);
        }
}

static void add_place(struct buf *out, const struct finding *finding) {
        if (!finding->file.len)
                return;
        buf_add(out, STR("file="));
        add_escaped(out, finding->file, true);
        if (finding->line)
                buf_printf(out, ",line=%u", finding->line);
        if (finding->line && finding->column)
                buf_printf(out, ",col=%u", finding->column);
        buf_add_char(out, ',');
}

static void annotate(struct buf *out, enum lang lang, const struct finding *finding) {
        static const char *const commands[] = { [SEV_OFF] = "notice",
                                                [SEV_NOTE] = "notice",
                                                [SEV_WARNING] = "warning",
                                                [SEV_ERROR] = "error" };
        struct str mend = message_render(&finding->mend, lang, out->arena);

        buf_printf(out, "::%s ", commands[finding->severity]);
        add_place(out, finding);
        buf_add(out, STR("title="));
        add_escaped(out, str_of(finding->rule->id), true);
        buf_add(out, STR("::"));
        add_escaped(out, message_render(&finding->message, lang, out->arena), false);
        if (mend.len) {
                buf_add(out, STR("%0A"));
                add_escaped(out, mend, false);
        }
        buf_add_char(out, '\n');
}

static void github_finished(struct buf *out, const struct format_style *style,
                            const struct report *report) {
        for (size_t i = 0; i < report->findings.count; i++)
                if (!report->findings.items[i]->waived)
                        annotate(out, style->lang, report->findings.items[i]);
        for (size_t i = 0; i < report->unjudged.count; i++) {
                buf_add(out, STR("::warning title=weir::"));
                add_escaped(
                        out,
                        message_render(&report->unjudged.items[i].gap.why, style->lang, out->arena),
                        false);
                buf_add_char(out, '\n');
        }
        for (size_t i = 0; i < report->bypasses.count; i++) {
                struct message words = report_bypass_words(&report->bypasses.items[i]);

                buf_add(out, STR("::notice title=Weir-Skip::"));
                add_escaped(out, message_render(&words, style->lang, out->arena), false);
                buf_add_char(out, '\n');
        }
}

const struct report_format format_github = {
        .name = "github",
        .title = { "GitHub Actions annotations", "GitHub Actions 注解" },
        .finished = github_finished,
};
