/* weir secrets: looks for credentials, in files, in the index, in the history or in an image. */
#include "cmd/check_command.h"

#include "base/buf.h"
#include "check/policy_rules.h"
#include "check/secrets.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#include <sys/resource.h>

/* What is searched: the options that say so exclude each other. */
static const struct subject {
        const char *option;
        enum secrets_source source;
} subjects[] = {
        { "staged", SECRETS_CHANGES },  { "commit", SECRETS_TREE },     { "range", SECRETS_RANGE },
        { "history", SECRETS_HISTORY }, { "archive", SECRETS_ARCHIVE }, { "image", SECRETS_IMAGE },
        { "stdin", SECRETS_BYTES },
};

static bool read_source(const struct cmd_line *line, struct secrets_options *secrets,
                        struct err *err) {
        const char *chosen = NULL;

        if (line->operands.count && str_eq(line->operands.items[0], STR("-"))) {
                secrets->source = SECRETS_BYTES;
                chosen = "stdin";
        }
        for (size_t i = 0; i < COUNT_OF(subjects); i++) {
                if (!cmd_has(line, subjects[i].option))
                        continue;
                if (chosen && str_eq(str_of(chosen), str_of(subjects[i].option)))
                        continue;
                if (chosen)
                        return err_set(err, ERR_USAGE, "--%s and --%s: only one can be searched",
                                       chosen, subjects[i].option);
                chosen = subjects[i].option;
                secrets->source = subjects[i].source;
        }
        return true;
}

/* "A..B"; without B it is HEAD. */
static bool read_range(const struct cmd_line *line, struct secrets_options *secrets,
                       struct err *err) {
        struct str value;
        size_t at;

        if (!cmd_value(line, "range", &value))
                return true;
        at = str_find_str(value, STR(".."));
        if (at == SIZE_MAX || at == 0 ||
            str_has_prefix(str_slice(value, at, value.len), STR("..."))) {
                err_set(err, ERR_USAGE, "--range %.*s: no range of commits", STR_ARG(value));
                return err_mend(err,
                                "--range A..B: what the commits of B add that A does not have");
        }
        secrets->from = str_slice(value, 0, at);
        secrets->to = str_slice(value, at + 2, value.len);
        if (!secrets->to.len)
                secrets->to = STR("HEAD");
        return true;
}

static bool read_stdin(struct cmd_context *context, struct str *ret_bytes, struct err *err) {
        struct buf bytes = buf_make(context->arena);
        char piece[65536];
        size_t count;

        while ((count = fread(piece, 1, sizeof(piece), stdin)) > 0 &&
               bytes.len <= DATABASE_TEXT_MAX)
                buf_add(&bytes, (struct str){ piece, count });
        if (ferror(stdin))
                return err_set(err, ERR_IO, "standard input cannot be read");
        if (bytes.len > DATABASE_TEXT_MAX)
                return err_set(err, ERR_LIMIT, "standard input has over %zu bytes",
                               DATABASE_TEXT_MAX);
        *ret_bytes = buf_str(&bytes);
        return true;
}

/* A rule file that cannot be used is wrong usage: nothing is searched then. */
static bool read_rules(struct cmd_context *context, const struct cmd_line *line,
                       struct check_options *options, struct err *err) {
        struct str file;

        if (!cmd_value(line, "config", &file) ||
            secrets_rules_read(context->arena, &context->env, options->facts.no_cache, file,
                               &options->facts.secrets.rules, err))
                return true;
        err->code = ERR_USAGE;
        return err_context(err, "reading --config %.*s", STR_ARG(file));
}

static void take_checks(struct cmd_context *context, struct check_options *options) {
        const struct ruleset *rules = options->facts.secrets.rules;

        options->checks.count = 0;
        *VEC_ADD(context->arena, &options->checks) =
                rules ? secrets_check_of(context->arena, rules) : &check_secrets;
        *VEC_ADD(context->arena, &options->checks) = &check_policy;
        options->only = options->needs_no_module = true;
}

/* What has a place of its own takes no PATH. */
static bool check_operand(const struct cmd_line *line, enum secrets_source source,
                          struct err *err) {
        if (!line->operands.count || str_eq(line->operands.items[0], STR("-")) ||
            (source != SECRETS_BYTES && source != SECRETS_ARCHIVE && source != SECRETS_IMAGE))
                return true;
        return err_set(err, ERR_USAGE, "%.*s: what is searched is named already",
                       STR_ARG(line->operands.items[0]));
}

/* PATH may be a single file. */
static void take_file(struct check_options *options) {
        struct secrets_options *secrets = &options->facts.secrets;

        if (secrets->source != SECRETS_TREE || options->commit.len ||
            !file_is_regular(options->path))
                return;
        secrets->source = SECRETS_FILE;
        secrets->path = options->path;
        options->path = STR_NONE;
}

static bool read_options(struct cmd_context *context, const struct cmd_line *line,
                         struct check_options *options, struct err *err) {
        struct secrets_options *secrets = &options->facts.secrets;

        if (!check_options_read(context, line, options, err) || !read_source(line, secrets, err) ||
            !read_range(line, secrets, err) || !check_operand(line, secrets->source, err) ||
            !read_rules(context, line, options, err))
                return false;
        take_checks(context, options);
        if (secrets->source == SECRETS_BYTES)
                options->path = STR_NONE;
        else if (secrets->source == SECRETS_TREE && !options->commit.len && !options->path.len)
                options->path = STR(".");
        secrets->ignored = cmd_has(line, "ignored");
        secrets->unreachable = cmd_has(line, "unreachable");
        if (secrets->unreachable && secrets->source != SECRETS_HISTORY)
                return err_set(err, ERR_USAGE, "--unreachable belongs to --history");
        cmd_value(line, "archive", &secrets->path);
        take_file(options);
        cmd_value(line, "image", &options->path);
        if (secrets->source == SECRETS_CHANGES) {
                options->base = STR("HEAD");
                options->base_is_exact = options->base_may_be_missing = true;
        }
        return secrets->source != SECRETS_BYTES || read_stdin(context, &secrets->bytes, err);
}

/* What is in memory while secrets are looked for belongs in no file. */
static void forbid_core_dumps(void) {
        const struct rlimit none = { 0, 0 };

        (void)setrlimit(RLIMIT_CORE, &none);
}

static int secrets_run_command(struct cmd_context *context, const struct cmd_line *line) {
        struct check_options options;
        struct err err;

        forbid_core_dumps();
        interrupt_watch();
        if (!read_options(context, line, &options, &err))
                return cmd_fail(context, &err);
        return check_judge(context, &options);
}

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "stdin", NULL, NULL, false,
          { "search standard input (also: -)", "检查标准输入（也可写 -）" } },
        { "staged", NULL, NULL, false,
          { "search what the index adds against HEAD", "检查暂存区相对 HEAD 新增的内容" } },
        { "commit", "REV", NULL, false,
          { "search the whole tree of a commit", "检查某个提交的完整目录树" } },
        { "range", "A..B", NULL, false,
          { "search what the commits of a range add; A of zeros: commits that no ref has yet",
            "检查一段提交新增的内容；A 全为零表示尚无引用包含的提交" } },
        { "history", NULL, NULL, false,
          { "search everything behind every branch, tag, note and stash",
            "检查所有分支、标签、注释和 stash 的全部历史" } },
        { "unreachable", NULL, NULL, false,
          { "with --history: what nothing refers to any more too", "与 --history 合用：也检查已无引用的对象" } },
        { "archive", "FILE", NULL, false,
          { "search an archive (tar, tgz, zip, docker save)", "检查归档文件（tar、tgz、zip、docker save）" } },
        { "image", "DIR", NULL, false,
          { "search an OCI image layout", "检查 OCI 镜像目录" } },
        { "ignored", NULL, NULL, false,
          { "what .gitignore keeps out too", "也检查 .gitignore 排除的文件" } },
        { "config", "FILE", NULL, false,
          { "the rules of this gitleaks.toml instead of weir's own",
            "使用该 gitleaks.toml 中的规则，代替 weir 自带规则" } },
        { "policy", "FILE", NULL, false,
          { "a site's policy; it can only tighten; may be repeated",
            "站点策略文件，只能收紧，可重复" } },
        { "format", "FORMAT[=FILE]", NULL, false,
          { "how and where to report; may be repeated (text)", "报告格式与去向，可重复（默认 text）" } },
        { "no-cache", NULL, NULL, false,
          { "make the rules of --config ready again", "不使用缓存，重新编译 --config 的规则" } },
        { "trace", "FILE", NULL, false,
          { "write where the time went (Chrome trace)", "写出耗时记录（Chrome trace）" } },
        { "color", "WHEN", "auto|always|never", false,
          { "colours in text (auto)", "文本着色（默认 auto）" } },
};
/* clang-format on */

const struct command command_secrets = {
        .name = "secrets",
        .operands = "[PATH]",
        .operand_max = 1,
        .title = { "look for credentials that leak", "查找泄露的凭据" },
        .about = { "Without an option the files at or under PATH (the current folder) are searched: in a git\n"
                   "working tree those that are tracked and those that are not, without what .gitignore keeps\n"
                   "out. No report shows a secret: its first bytes and its length tell which one it is.\n"
                   "Exit status: 0 pass, 1 fail, 2 could not judge, 64 wrong usage.",
                   "不带选项时检查 PATH（默认当前目录）下的文件：\n"
                   "在 git 工作区中包括已跟踪和未跟踪的文件，不含 .gitignore 排除的文件。\n"
                   "任何报告都不会显示密钥本身，仅显示开头几个字节和长度。\n"
                   "退出状态：0 通过，1 不通过，2 无法判定，64 用法错误。" },
        .options = options,
        .option_count = COUNT_OF(options),
        .run = secrets_run_command,
};
