#include "cmd/cmd.h"

#include "base/buf.h"
#include "data/nearest.h"
#include "data/utf8.h"

#define COMMAND(name) extern const struct command command_##name;
#include "cmd/commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cmd/commands.def"
#undef COMMAND
};
const size_t command_count = COUNT_OF(commands);

const struct cmd_option common_options[] = {
        { "lang",
          "en|zh",
          "en|zh",
          false,
          { "language of what is printed (else LANG)", "输出语言（默认取自 LANG）" } },
        { "help", NULL, NULL, false, { "show this help", "显示本帮助" } },
};
const size_t common_option_count = COUNT_OF(common_options);

const struct command *command_find(struct str name) {
        for (size_t i = 0; i < command_count; i++)
                if (str_eq(name, str_of(commands[i]->name)))
                        return commands[i];
        return NULL;
}

static const struct cmd_option *find_in(const struct cmd_option *options, size_t count,
                                        struct str name) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(name, str_of(options[i].name)))
                        return &options[i];
        return NULL;
}

static const struct cmd_option *find_option(const struct command *command, struct str name) {
        const struct cmd_option *option = find_in(command->options, command->option_count, name);

        return option ? option : find_in(common_options, common_option_count, name);
}

/* Whether the value may be left out: then it is only taken after `=`. */
static bool value_is_optional(const struct cmd_option *option) {
        return option->value && option->value[0] == '[';
}

static void offer_options(const struct cmd_option *options, size_t count, struct str word,
                          struct str *best) {
        for (size_t i = 0; i < count; i++)
                nearest_offer(word, str_of(options[i].name), best);
}

static bool unknown(const struct command *command, struct str word, struct err *err) {
        struct str name = word, rest, best = STR_NONE;

        str_cut(word, '=', &name, &rest);
        name = str_drop_prefix(str_drop_prefix(name, STR("-")), STR("-"));
        offer_options(command->options, command->option_count, name, &best);
        offer_options(common_options, common_option_count, name, &best);
        err_set(err, ERR_USAGE, "%s: unknown option %.*s", command->name, STR_ARG(word));
        if (best.len)
                return err_mend(err, "--%.*s, or see weir %s --help", STR_ARG(best), command->name);
        return err_mend(err, "weir %s --help", command->name);
}

/* Reads the option at argv[*at] and moves *at to its last word. */
static bool parse_option(struct arena *arena, const struct command *command,
                         const char *const *argv, size_t *at, struct cmd_line *line,
                         struct err *err) {
        struct str word = str_of(argv[*at]), name = str_drop_prefix(word, STR("--")), value;
        bool has_value = str_cut(name, '=', &name, &value);
        const struct cmd_option *option = find_option(command, name);

        if (!option)
                return unknown(command, word, err);
        if (has_value && !option->value)
                return err_set(err, ERR_USAGE, "--%s takes no value", option->name);
        if (!has_value && option->value && !value_is_optional(option)) {
                if (!argv[*at + 1])
                        return err_set(err, ERR_USAGE, "--%s needs a value (%s)", option->name,
                                       option->value);
                value = str_of(argv[++*at]);
                has_value = true;
        }
        /* `--base "$BASE"` with BASE unset must not judge something else. */
        if (has_value && !value.len)
                return err_set(err, ERR_USAGE, "--%s: the value is empty", option->name);
        *VEC_ADD(arena, &line->options) =
                (struct cmd_given){ option, has_value ? value : STR_NONE };
        return true;
}

static bool add_operand(struct arena *arena, const struct command *command, const char *word,
                        struct cmd_line *line, struct err *err) {
        if (line->operands.count == command->operand_max) {
                err_set(err, ERR_USAGE, "%s: one word too many: %s", command->name, word);
                return err_mend(err, "weir %s --help", command->name);
        }
        if (!*word)
                return err_set(err, ERR_USAGE, "%s: an empty word", command->name);
        *VEC_ADD(arena, &line->operands) = str_of(word);
        return true;
}

bool cmd_parse(struct arena *arena, const struct command *command, const char *const *argv,
               struct cmd_line *ret_line, struct err *err) {
        struct cmd_line line = { 0 };
        bool options_end = false;

        for (size_t i = 0; argv[i]; i++) {
                struct str word = str_of(argv[i]);
                bool ok;

                if (!options_end && str_eq(word, STR("--"))) {
                        options_end = true;
                        continue;
                }
                if (!options_end && str_eq(word, STR("-h")))
                        ok = parse_option(arena, command, (const char *const[]){ "--help", NULL },
                                          &(size_t){ 0 }, &line, err);
                else if (!options_end && str_has_prefix(word, STR("--")))
                        ok = parse_option(arena, command, argv, &i, &line, err);
                else if (!options_end && word.len > 1 && word.ptr[0] == '-')
                        ok = unknown(command, word, err);
                else
                        ok = add_operand(arena, command, argv[i], &line, err);
                if (!ok)
                        return false;
        }
        *ret_line = line;
        return true;
}

bool cmd_value(const struct cmd_line *line, const char *option, struct str *ret_value) {
        for (size_t i = line->options.count; i-- > 0;)
                if (str_eq(str_of(line->options.items[i].option->name), str_of(option))) {
                        *ret_value = line->options.items[i].value;
                        return true;
                }
        return false;
}

bool cmd_has(const struct cmd_line *line, const char *option) {
        struct str value;

        return cmd_value(line, option, &value);
}

static void complain_line(struct cmd_context *context, const char *head, struct str text) {
        text = utf8_printable(context->arena, text);
        fprintf(context->log, "%s %.*s\n", head, STR_ARG(text));
}

/* Where a line of at most `columns` ends: at a space where there is one. */
static size_t line_end(struct str text, size_t columns) {
        struct str line = utf8_cut(text, columns, NULL);
        size_t space = line.len < text.len ? str_find_last(line, ' ') : SIZE_MAX;

        if (space != SIZE_MAX && space > line.len / 2)
                return space;
        return line.len ? line.len : text.len;
}

void cmd_print_wrapped(struct cmd_context *context, struct str text, size_t indent) {
        while (text.len) {
                size_t end = line_end(text, 80 - indent);

                fprintf(context->out, "%*s%.*s\n", (int)indent, "",
                        STR_ARG(str_slice(text, 0, end)));
                text = str_trim(str_slice(text, end, text.len));
        }
}

void cmd_complain(struct cmd_context *context, const struct err *err) {
        bool zh = context->lang == LANG_ZH;

        complain_line(context, "weir:", err_line(err, context->arena));
        if (*err->context)
                complain_line(context, zh ? "      当时正在" : "      while", str_of(err->context));
        if (*err->mend)
                complain_line(context, zh ? "      修复：" : "      mend:", str_of(err->mend));
}

int cmd_fail(struct cmd_context *context, const struct err *err) {
        cmd_complain(context, err);
        return err->code == ERR_USAGE ? EXIT_USAGE : EXIT_UNJUDGED;
}

static void help_option(struct cmd_context *context, const struct cmd_option *option) {
        struct str left = option->value
                                  ? str_fmt(context->arena, "--%s %s", option->name, option->value)
                                  : str_fmt(context->arena, "--%s", option->name);
        size_t width = utf8_width(left);

        if (option->hidden)
                return;
        fprintf(context->out, "  %.*s%*s%s\n", STR_ARG(left), width < 26 ? (int)(28 - width) : 2,
                "", text_in(&option->help, context->lang));
}

static void help_command(struct cmd_context *context, const struct command *command) {
        const char *about = text_in(&command->about, context->lang);
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, "%sweir %s%s%s%s%s\n\n%s\n", zh ? "用法：" : "usage: ", command->name,
                command->option_count ? (zh ? " [选项]" : " [OPTION]...") : "",
                *command->operands ? " " : "", command->operands, "",
                text_in(&command->title, context->lang));
        if (*about)
                fprintf(context->out, "\n%s\n", about);
        fprintf(context->out, "\n%s\n", zh ? "选项：" : "options:");
        for (size_t i = 0; i < command->option_count; i++)
                help_option(context, &command->options[i]);
        for (size_t i = 0; i < common_option_count; i++)
                help_option(context, &common_options[i]);
        if (command->more_help)
                command->more_help(context);
}

static void help_all(struct cmd_context *context) {
        bool zh = context->lang == LANG_ZH;

        fprintf(context->out, "%s\n\n%s\n",
                zh ? "weir：在 Go 交付进入生产之前进行裁决"
                   : "weir: judges a Go delivery before it reaches production",
                zh ? "用法：weir 命令 [选项]" : "usage: weir COMMAND [OPTION]...");
        fprintf(context->out, "\n%s\n", zh ? "命令：" : "commands:");
        for (size_t i = 0; i < command_count; i++)
                fprintf(context->out, "  %-12s%s\n", commands[i]->name,
                        text_in(&commands[i]->title, context->lang));
        fprintf(context->out, "\n%s\n",
                zh ? "weir 命令 --help 显示该命令的选项；weir --version 显示版本。\n"
                     "退出状态：0 通过，1 不通过，2 无法判定，64 用法错误。"
                   : "`weir COMMAND --help` shows a command's options, `weir --version` the version.\n"
                     "Exit status: 0 pass, 1 fail, 2 could not judge, 64 wrong usage.");
}

void cmd_help(struct cmd_context *context, const struct command *command) {
        if (command)
                help_command(context, command);
        else
                help_all(context);
}
