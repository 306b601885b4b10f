/* weir explain: what a rule means. */
#include "base/buf.h"
#include "check/check.h"
#include "check/rule_examples.h"
#include "cmd/cmd.h"

static void heading(struct cmd_context *context, const char *en, const char *zh) {
        fprintf(context->out, "\n%s\n", context->lang == LANG_ZH ? zh : en);
}

static void show_example(struct cmd_context *context, const char *text) {
        struct str rest = str_of(text), line;

        while (str_next_line(&rest, &line))
                fprintf(context->out, line.len ? "    %.*s\n" : "%.*s\n", STR_ARG(line));
}

/* "{module}" stands for what a finding names: MODULE. */
static struct str with_names(struct arena *arena, const char *text) {
        struct buf out = buf_make(arena);
        bool in_name = false;

        for (; *text; text++) {
                if (*text == '{' || *text == '}')
                        in_name = *text == '{';
                else
                        buf_add_char(&out, in_name && *text >= 'a' && *text <= 'z'
                                                   ? (char)(*text - 'a' + 'A')
                                                   : *text);
        }
        return buf_str(&out);
}

static int explain(struct cmd_context *context, const struct rule *rule,
                   const struct check *check) {
        const struct rule_example *example = rule_example_find(str_of(rule->id));

        fprintf(context->out, "%s  %s\n", rule->id, text_in(&rule->title, context->lang));
        fprintf(context->out, "%s (%s, %s)\n", severity_word(rule->severity), check->id,
                stage_word(check->stage));
        heading(context, "Why it matters", "为什么重要");
        cmd_print_wrapped(context, str_of(text_in(&rule->why, context->lang)), 4);
        heading(context, "What to do", "如何修复");
        cmd_print_wrapped(context, with_names(context->arena, text_in(&rule->mend, context->lang)),
                          4);
        if (example) {
                heading(context, "Bad", "错误示例");
                show_example(context, example->bad);
                heading(context, "Good", "正确示例");
                show_example(context, example->good);
        }
        return EXIT_PASS;
}

static int list_rules(struct cmd_context *context) {
        for (size_t i = 0; i < check_count; i++)
                for (size_t j = 0; j < checks[i]->rule_count; j++) {
                        const struct rule *rule = &checks[i]->rules[j];

                        fprintf(context->out, "%s  %-8s %-10s %s\n", rule->id,
                                severity_word(rule->severity), checks[i]->id,
                                text_in(&rule->title, context->lang));
                }
        return EXIT_PASS;
}

static int explain_run(struct cmd_context *context, const struct cmd_line *line) {
        const struct check *check;
        const struct rule *rule;
        struct err err;

        if (cmd_has(line, "list"))
                return list_rules(context);
        if (!line->operands.count) {
                fprintf(context->out, "%s\n\n",
                        context->lang == LANG_ZH ? "weir explain 规则：解释一条规则。所有规则："
                                                 : "weir explain RULE: what a rule means. All "
                                                   "rules:");
                return list_rules(context);
        }
        rule = rule_find(line->operands.items[0], &check);
        if (!rule) {
                err_set(&err, ERR_USAGE, "explain: no rule %.*s", STR_ARG(line->operands.items[0]));
                err_mend(&err, "weir explain --list");
                return cmd_fail(context, &err);
        }
        return explain(context, rule, check);
}

static const struct cmd_option options[] = {
        { "list", NULL, NULL, false, { "every rule, a line each", "列出所有规则" } },
};

const struct command command_explain = {
        .name = "explain",
        .operands = "[RULE]",
        .operand_max = 1,
        .title = { "what a rule means and how to mend it", "解释规则含义与修复方法" },
        .about = { "", "" },
        .options = options,
        .option_count = COUNT_OF(options),
        .run = explain_run,
};
