/* weir config: the policy, checked and shown. */
#include "cmd/check_command.h"

static int show(struct cmd_context *context, const struct check_subject *subject) {
        struct buf out = buf_make(context->arena);

        config_show(&subject->policy.config, &out);
        fprintf(context->out, "%.*s", STR_ARG(buf_str(&out)));
        return EXIT_PASS;
}

static int say_fine(struct cmd_context *context, const struct check_subject *subject) {
        if (!subject->policy.is_set)
                fprintf(context->out, "%s\n",
                        context->lang == LANG_ZH ? "没有 weir.yaml：使用默认策略"
                                                 : "no weir.yaml: the defaults hold");
        else
                fprintf(context->out, "%s\n",
                        context->lang == LANG_ZH ? "策略有效" : "the policy is valid");
        return EXIT_PASS;
}

static int print_schema(struct cmd_context *context) {
        struct buf out = buf_make(context->arena);

        config_schema(&out);
        fprintf(context->out, "%.*s", STR_ARG(buf_str(&out)));
        return EXIT_PASS;
}

static int print_document(struct cmd_context *context) {
        struct buf out = buf_make(context->arena);

        config_document(context->lang, &out);
        fprintf(context->out, "%.*s", STR_ARG(buf_str(&out)));
        return EXIT_PASS;
}

static int with_policy(struct cmd_context *context, const struct cmd_line *line,
                       int (*then)(struct cmd_context *, const struct check_subject *)) {
        struct cmd_line rest = *line;
        struct check_subject subject = { 0 };
        struct check_options options;
        struct err err;
        int status;

        rest.operands.items++;
        rest.operands.count--;
        if (check_options_read(context, &rest, &options, &err) &&
            check_subject_open(context, &options, &subject, &err))
                status = then(context, &subject);
        else
                status = cmd_fail(context, &err);
        repo_close(&subject.repo);
        return status;
}

static int config_run(struct cmd_context *context, const struct cmd_line *line) {
        struct str verb = line->operands.count ? line->operands.items[0] : STR_NONE;
        struct err err;

        if (str_eq(verb, STR("check")))
                return with_policy(context, line, say_fine);
        if (str_eq(verb, STR("show")))
                return with_policy(context, line, show);
        if (str_eq(verb, STR("schema")))
                return print_schema(context);
        if (str_eq(verb, STR("keys")))
                return print_document(context);
        err_set(&err, ERR_USAGE, "config: what to do?");
        err_mend(&err, "weir config check, show, schema or keys");
        return cmd_fail(context, &err);
}

static const char *const verbs[] = { "check", "show", "schema", "keys", NULL };

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "policy",
          "FILE",
          NULL,
          false,
          { "a site's policy; it can only tighten; may be repeated",
            "站点策略文件，只能收紧，可重复" } },
        { "base",
          "REV",
          NULL,
          false,
          { "take weir.yaml from the merge base with REV", "使用与 REV 的合并基中的 weir.yaml" } },
};
/* clang-format on */

const struct command command_config = {
        .name = "config",
        .operands = "check|show|schema|keys [PATH]",
        .operand_max = 2,
        .title = { "check or show the policy in force", "检查或显示生效的策略" },
        .about = { "check   whether weir.yaml and the baseline can be read\n"
                   "show    every value with where it comes from\n"
                   "schema  the JSON Schema of weir.yaml, for editors\n"
                   "keys    what every key means, as Markdown",
                   "check   weir.yaml 与基线能否读取\n"
                   "show    每个值及其来源\n"
                   "schema  weir.yaml 的 JSON Schema，供编辑器使用\n"
                   "keys    每个键的含义（Markdown）" },
        .verbs = verbs,
        .options = options,
        .option_count = COUNT_OF(options),
        .run = config_run,
};
