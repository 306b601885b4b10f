/* The form that the configuration asks of a commit message. */
#include "cmd/hook_command.h"
#include "data/regex.h"
#include "data/utf8.h"
#include "hook/commit_message.h"
#include "hook/conventional.h"

#define LABEL_HEX 7

static bool is_zh(const struct hook_form *form) {
        return form->context->lang == LANG_ZH;
}

static const char *in(const struct hook_form *form, const char *en, const char *zh) {
        return is_zh(form) ? zh : en;
}

static void tell_head(struct hook_form *form) {
        struct arena *arena = form->context->arena;

        if (!form->commit)
                hook_say(form->context, str_of(in(form, "weir: the commit message is refused",
                                                  "weir: 提交说明被拒绝")));
        else
                hook_say(form->context,
                         str_fmt(arena,
                                 is_zh(form) ? "weir: 提交 %.*s 的说明被拒绝"
                                             : "weir: the message of commit %.*s is refused",
                                 LABEL_HEX, form->commit));
}

static void tell_fault(struct hook_form *form, struct str what, struct str wanted) {
        struct cmd_context *context = form->context;

        if (!form->faults++)
                tell_head(form);
        hook_say(context, str_fmt(context->arena, "  %.*s", STR_ARG(what)));
        hook_say(context, str_fmt(context->arena, "      %.*s", STR_ARG(wanted)));
}

static struct str line_number(struct str text, unsigned number) {
        struct str line = STR_NONE;

        while (number-- && str_next_line(&text, &line))
                continue;
        return line;
}

static void check_conventional(struct hook_form *form) {
        struct arena *arena = form->context->arena;
        unsigned number;
        const struct text *fault = conventional_fault(form->cleaned, &number);
        struct str line;

        if (!fault)
                return;
        line = utf8_cut(line_number(form->cleaned, number), 60, NULL);
        tell_fault(form,
                   str_fmt(arena, is_zh(form) ? "第 %u 行：“%.*s”：%s" : "line %u: \"%.*s\" %s",
                           number, STR_ARG(line), text_in(fault, form->context->lang)),
                   str_of(in(form,
                             "expected: type(scope): description, as in fix(ledger): round half up",
                             "应为：类型(范围): 描述，例如 fix(ledger): round half up")));
}

/* A pattern that takes too long has not matched; that is said. */
static bool matches(struct hook_form *form, struct str pattern) {
        bool found = false;
        struct err err;

        if (!regex_matches(pattern, form->cleaned, &found, &err))
                cmd_complain(form->context, &err);
        return found;
}

static void check_ticket(struct hook_form *form) {
        const struct config_list *patterns = &form->config->hook_ticket;
        struct arena *arena = form->context->arena;
        struct buf all = buf_make(arena);

        for (size_t i = 0; i < patterns->list.count; i++) {
                if (matches(form, patterns->list.items[i].value))
                        return;
                buf_printf(&all, "%s%.*s", i ? in(form, "  or  ", " 或 ") : "",
                           STR_ARG(patterns->list.items[i].value));
        }
        if (!patterns->list.count)
                return;
        tell_fault(form, str_of(in(form, "no line names a ticket", "没有任何一行包含工单编号")),
                   str_fmt(arena, "%s%.*s",
                           in(form, "expected somewhere, as weir.yaml says (hook.ticket): ",
                              "按 weir.yaml（hook.ticket）的要求，应包含："),
                           STR_ARG(buf_str(&all))));
}

bool hook_form_fits(struct hook_form *form) {
        if (!form->cleaned.len || commit_message_is_made(form->cleaned))
                return true;
        if (form->config->hook_commit_message.value == MESSAGE_FORM_CONVENTIONAL)
                check_conventional(form);
        check_ticket(form);
        return !form->faults;
}
