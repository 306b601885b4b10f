/* weir docs: the man page and the pages of the rules, made from the tables that the program uses.
 */
#include "base/buf.h"
#include "check/check.h"
#include "check/rule_examples.h"
#include "cmd/cmd.h"
#include "sys/file.h"

/* ---- man page (man(7)) ---- */

/* Text of a man page: a backslash and a leading dot or quote mean something to troff. */
static struct str troff(struct arena *arena, const char *text) {
        struct buf out = buf_make(arena);
        bool line_start = true;

        for (; *text; text++) {
                if (line_start && (*text == '.' || *text == '\''))
                        buf_add(&out, STR("\\&"));
                if (*text == '\\')
                        buf_add(&out, STR("\\e"));
                else if (*text == '-')
                        buf_add(&out, STR("\\-"));
                else
                        buf_add_char(&out, *text);
                line_start = *text == '\n';
        }
        return buf_str(&out);
}

static void man_option(struct cmd_context *context, const struct cmd_option *option) {
        struct arena *arena = context->arena;

        if (option->hidden)
                return;
        fprintf(context->out, ".TP\n\\fB\\-\\-%.*s\\fR", STR_ARG(troff(arena, option->name)));
        if (option->value)
                fprintf(context->out, " \\fI%.*s\\fR", STR_ARG(troff(arena, option->value)));
        fprintf(context->out, "\n%.*s\n",
                STR_ARG(troff(arena, text_in(&option->help, context->lang))));
}

static void man_command(struct cmd_context *context, const struct command *command) {
        struct arena *arena = context->arena;

        fprintf(context->out, ".SS weir %s %.*s\n%.*s.\n", command->name,
                STR_ARG(troff(arena, command->operands)),
                STR_ARG(troff(arena, text_in(&command->title, context->lang))));
        if (*text_in(&command->about, context->lang))
                fprintf(context->out, ".PP\n%.*s\n",
                        STR_ARG(troff(arena, text_in(&command->about, context->lang))));
        for (size_t i = 0; i < command->option_count; i++)
                man_option(context, &command->options[i]);
}

static const struct {
        struct text heading, body;
} man_tail[] = {
        { { "EXIT STATUS", "退出状态" },
          { "0 pass, 1 fail, 2 could not judge (and nothing failed), 64 wrong usage.",
            "0 通过，1 不通过，2 无法判定（且没有不通过项），64 用法错误。" } },
        { { "FILES", "文件" },
          { "weir.yaml in the root of the repository is the policy. The vulnerability snapshot lies "
            "under weir in XDG_DATA_HOME, what was proved before under weir in XDG_CACHE_HOME.",
            "仓库根目录的 weir.yaml 是策略文件。漏洞库快照位于 XDG_DATA_HOME 下的 weir 目录，"
            "已验证结果的缓存位于 XDG_CACHE_HOME 下的 weir 目录。" } },
        { { "ENVIRONMENT", "环境变量" },
          { "LANG chooses the language of messages. NO_COLOR turns colours off. WEIR_SKIP names "
            "checkpoints that git hooks leave out. The settings of the "
            "go command (GOMODCACHE, GOFLAGS, GOPROXY and the others) are taken as go env takes "
            "them.",
            "LANG 决定消息语言。NO_COLOR 关闭着色。WEIR_SKIP 列出 git 钩子要跳过的检查点。go 命令的设置（GOMODCACHE、GOFLAGS、GOPROXY 等）"
            "按 go env 的方式读取。" } },
};

static int write_man(struct cmd_context *context) {
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, ".TH WEIR 1 \"\" \"weir %s\"\n.SH %s\n%s\n", WEIR_VERSION,
                zh ? "名称" : "NAME",
                zh ? "weir \\- 在 Go 交付进入生产之前进行裁决"
                   : "weir \\- judge a Go delivery before it reaches production");
        fprintf(context->out, ".SH %s\n\\fBweir\\fR \\fI%s\\fR\n.SH %s\n", zh ? "概要" : "SYNOPSIS",
                zh ? "命令 [选项]" : "COMMAND [OPTION]...", zh ? "命令" : "COMMANDS");
        for (size_t i = 0; i < command_count; i++)
                man_command(context, commands[i]);
        fprintf(context->out, ".SH %s\n", zh ? "通用选项" : "COMMON OPTIONS");
        for (size_t i = 0; i < common_option_count; i++)
                man_option(context, &common_options[i]);
        for (size_t i = 0; i < COUNT_OF(man_tail); i++)
                fprintf(context->out, ".SH %s\n%.*s\n",
                        text_in(&man_tail[i].heading, context->lang),
                        STR_ARG(troff(context->arena, text_in(&man_tail[i].body, context->lang))));
        return EXIT_PASS;
}

/* ---- rules (Markdown) ---- */

static void add_fenced(struct buf *out, const char *heading, const char *text) {
        buf_printf(out, "**%s**\n\n```\n%s```\n\n", heading, text);
}

static void add_rule(struct buf *out, const struct rule *rule) {
        const struct rule_example *example = rule_example_find(str_of(rule->id));

        buf_printf(out, "## %s: %s\n\n%s\n\n", rule->id, rule->title.en, rule->title.zh);
        buf_printf(out, "Severity: %s\n\n", severity_word(rule->severity));
        buf_printf(out, "%s\n\n%s\n\n", rule->why.en, rule->why.zh);
        buf_printf(out, "**Mend:** %s\n\n**修复：** %s\n\n", rule->mend.en, rule->mend.zh);
        if (!example)
                return;
        add_fenced(out, "Bad", example->bad);
        add_fenced(out, "Good", example->good);
}

static bool write_page(struct cmd_context *context, struct str folder, const struct check *check,
                       struct err *err) {
        struct buf out = buf_make(context->arena);

        buf_printf(&out,
                   "# Checkpoint %s\n\n%s\n\n%s\n\nThis page is made by `weir docs rules DIR`.\n\n",
                   check->id, check->title.en, check->title.zh);
        for (size_t i = 0; i < check->rule_count; i++)
                add_rule(&out, &check->rules[i]);
        return file_write(str_fmt(context->arena, "%.*s/%s.md", STR_ARG(folder), check->id),
                          buf_str(&out), 0666, err);
}

static int write_rules(struct cmd_context *context, struct str folder) {
        struct err err;

        if (!file_make_dirs(folder, &err))
                return cmd_fail(context, &err);
        for (size_t i = 0; i < check_count; i++)
                if (!write_page(context, folder, checks[i], &err))
                        return cmd_fail(context, &err);
        return EXIT_PASS;
}

static int docs_run(struct cmd_context *context, const struct cmd_line *line) {
        struct str verb = line->operands.count ? line->operands.items[0] : STR_NONE;
        struct err err;

        if (str_eq(verb, STR("man")))
                return write_man(context);
        if (str_eq(verb, STR("rules")) && line->operands.count == 2)
                return write_rules(context, line->operands.items[1]);
        err_set(&err, ERR_USAGE, "docs: man, or rules and a folder");
        err_mend(&err, "weir docs --help");
        return cmd_fail(context, &err);
}

static const char *const verbs[] = { "man", "rules", NULL };

const struct command command_docs = {
        .name = "docs",
        .operands = "man | rules DIR",
        .operand_max = 2,
        .title = { "print the man page, or write a page for each checkpoint's rules",
                   "输出手册页，或为每个检查点写出规则页" },
        .about = { "", "" },
        .verbs = verbs,
        .run = docs_run,
};
