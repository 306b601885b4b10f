/* weir completion: shell completion, made from the command tables. */
#include "base/buf.h"
#include "check/check.h"
#include "cmd/cmd.h"
#include "report/report_format.h"

/* What may stand after an option or as first operand; "" where anything may. */
static struct str choices_of(struct arena *arena, const struct cmd_option *option) {
        struct buf out = buf_make(arena);
        struct str rest = str_of(option->choices), word;

        if (str_eq(str_of(option->name), STR("format")))
                for (size_t i = 0; i < report_format_count; i++)
                        buf_printf(&out, "%s%s", i ? " " : "", report_formats[i]->name);
        if (str_eq(str_of(option->name), STR("only")) || str_eq(str_of(option->name), STR("skip")))
                for (size_t i = 0; i < check_count; i++)
                        buf_printf(&out, "%s%s", i ? " " : "", checks[i]->id);
        while (str_cut(rest, '|', &word, &rest))
                buf_printf(&out, "%.*s ", STR_ARG(word));
        buf_add(&out, rest);
        return buf_str(&out);
}

static void option_names(struct buf *out, const struct cmd_option *options, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (!options[i].hidden)
                        buf_printf(out, " --%s", options[i].name);
}

static struct str words_of(struct arena *arena, const struct command *command) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; command->verbs && command->verbs[i]; i++)
                buf_printf(&out, " %s", command->verbs[i]);
        option_names(&out, command->options, command->option_count);
        option_names(&out, common_options, common_option_count);
        return str_drop_prefix(buf_str(&out), STR(" "));
}

static struct str command_names(struct arena *arena) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < command_count; i++)
                buf_printf(&out, "%s%s", i ? " " : "", commands[i]->name);
        return buf_str(&out);
}

static void bash_values(struct cmd_context *context, const struct command *command,
                        const struct cmd_option *options, size_t count) {
        for (size_t i = 0; i < count; i++) {
                struct str choices = choices_of(context->arena, &options[i]);

                if (choices.len)
                        fprintf(context->out,
                                "        %s:--%s) COMPREPLY=($(compgen -W '%.*s' -- \"$cur\")); return;;\n",
                                command ? command->name : "*", options[i].name, STR_ARG(choices));
        }
}

static void bash(struct cmd_context *context) {
        fprintf(context->out,
                "# bash completion for weir\n_weir() {\n"
                "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    local command=${COMP_WORDS[1]}\n"
                "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                "        COMPREPLY=($(compgen -W '%.*s --help --version' -- \"$cur\"))\n"
                "        return\n    fi\n    case $command:$prev in\n",
                STR_ARG(command_names(context->arena)));
        for (size_t i = 0; i < command_count; i++)
                bash_values(context, commands[i], commands[i]->options, commands[i]->option_count);
        bash_values(context, NULL, common_options, common_option_count);
        fprintf(context->out, "    esac\n    case $command in\n");
        for (size_t i = 0; i < command_count; i++)
                fprintf(context->out,
                        "        %s) COMPREPLY=($(compgen -W '%.*s' -- \"$cur\"));;\n",
                        commands[i]->name, STR_ARG(words_of(context->arena, commands[i])));
        fprintf(context->out,
                "    esac\n"
                "    case $cur in -*) ;; *) COMPREPLY+=($(compgen -f -- \"$cur\"));; esac\n"
                "}\ncomplete -o filenames -F _weir weir\n");
}

/* Text between single quotes of a zsh specification: brackets and colons are its own. */
static struct str zsh_text(struct arena *arena, struct str text) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < text.len; i++) {
                if (text.ptr[i] == '\'')
                        buf_add(&out, STR("'\\'"));
                if (text.ptr[i] == '[' || text.ptr[i] == ']' || text.ptr[i] == ':')
                        buf_add_char(&out, '\\');
                buf_add_char(&out, text.ptr[i]);
        }
        return buf_str(&out);
}

static void zsh_options(struct cmd_context *context, const struct cmd_option *options,
                        size_t count) {
        for (size_t i = 0; i < count; i++) {
                struct str choices = choices_of(context->arena, &options[i]);
                struct str help =
                        zsh_text(context->arena, str_of(text_in(&options[i].help, context->lang)));

                if (options[i].hidden)
                        continue;
                fprintf(context->out, "                '*--%s[%.*s]", options[i].name,
                        STR_ARG(help));
                if (choices.len)
                        fprintf(context->out, ":value:(%.*s)", STR_ARG(choices));
                else if (options[i].value)
                        fprintf(context->out, ":value:_files");
                fprintf(context->out, "' \\\n");
        }
}

static void zsh_operand(struct cmd_context *context, const struct command *command) {
        fprintf(context->out, "                '*:operand:");
        if (!command->verbs) {
                fprintf(context->out, "_files'\n            ;;\n");
                return;
        }
        fprintf(context->out, "(");
        for (size_t i = 0; command->verbs[i]; i++)
                fprintf(context->out, "%s%s", i ? " " : "", command->verbs[i]);
        fprintf(context->out, ")'\n            ;;\n");
}

static void zsh(struct cmd_context *context) {
        fprintf(context->out, "#compdef weir\n_weir() {\n    local -a commands=(\n");
        for (size_t i = 0; i < command_count; i++)
                fprintf(context->out, "        '%s:%.*s'\n", commands[i]->name,
                        STR_ARG(zsh_text(context->arena,
                                         str_of(text_in(&commands[i]->title, context->lang)))));
        fprintf(context->out, "    )\n    if (( CURRENT == 2 )); then\n"
                              "        _describe command commands\n        return\n    fi\n"
                              "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
                              "    case $command in\n");
        for (size_t i = 0; i < command_count; i++) {
                fprintf(context->out, "        %s)\n            _arguments \\\n",
                        commands[i]->name);
                zsh_options(context, commands[i]->options, commands[i]->option_count);
                zsh_options(context, common_options, common_option_count);
                zsh_operand(context, commands[i]);
        }
        fprintf(context->out, "    esac\n}\n_weir \"$@\"\n");
}

static struct str fish_text(struct arena *arena, const char *text) {
        struct buf out = buf_make(arena);

        for (; *text; text++) {
                if (*text == '\'' || *text == '\\')
                        buf_add_char(&out, '\\');
                buf_add_char(&out, *text);
        }
        return buf_str(&out);
}

static void fish_options(struct cmd_context *context, const char *name,
                         const struct cmd_option *options, size_t count) {
        for (size_t i = 0; i < count; i++) {
                struct str choices = choices_of(context->arena, &options[i]);

                if (options[i].hidden)
                        continue;
                fprintf(context->out,
                        "complete -c weir -n '__fish_seen_subcommand_from %s' -l %s%s", name,
                        options[i].name, options[i].value ? " -r" : "");
                if (choices.len)
                        fprintf(context->out, " -f -a '%.*s'", STR_ARG(choices));
                fprintf(context->out, " -d '%.*s'\n",
                        STR_ARG(fish_text(context->arena,
                                          text_in(&options[i].help, context->lang))));
        }
}

static void fish(struct cmd_context *context) {
        fprintf(context->out, "# fish completion for weir\n");
        for (size_t i = 0; i < command_count; i++) {
                const struct command *command = commands[i];

                fprintf(context->out,
                        "complete -c weir -n __fish_use_subcommand -f -a %s -d '%.*s'\n",
                        command->name,
                        STR_ARG(fish_text(context->arena,
                                          text_in(&command->title, context->lang))));
                for (size_t j = 0; command->verbs && command->verbs[j]; j++)
                        fprintf(context->out,
                                "complete -c weir -n '__fish_seen_subcommand_from %s' -f -a %s\n",
                                command->name, command->verbs[j]);
                fish_options(context, command->name, command->options, command->option_count);
                fish_options(context, command->name, common_options, common_option_count);
        }
}

static const struct {
        const char *name;
        void (*write)(struct cmd_context *context);
} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

static int completion_run(struct cmd_context *context, const struct cmd_line *line) {
        struct str shell = line->operands.count ? line->operands.items[0] : STR_NONE;
        struct err err;

        for (size_t i = 0; i < COUNT_OF(shells); i++)
                if (str_eq(shell, str_of(shells[i].name))) {
                        shells[i].write(context);
                        return EXIT_PASS;
                }
        err_set(&err, ERR_USAGE, "completion: for which shell?");
        err_mend(&err, "weir completion bash, zsh or fish");
        return cmd_fail(context, &err);
}

static const char *const verbs[] = { "bash", "zsh", "fish", NULL };

const struct command command_completion = {
        .name = "completion",
        .operands = "bash|zsh|fish",
        .operand_max = 1,
        .title = { "print shell completion", "输出 shell 补全脚本" },
        .about = { "source <(weir completion bash)", "source <(weir completion bash)" },
        .verbs = verbs,
        .run = completion_run,
};
