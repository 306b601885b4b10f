/* Looks the command up, and nothing else. */
#include "cmd/cmd.h"
#include "cmd/test_exec.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void memory_full(struct arena_budget *budget, size_t wanted) {
        fprintf(stderr, "weir: %zu bytes more would pass the memory ceiling of %zu MiB\n", wanted,
                budget->ceiling >> 20);
        _exit(EXIT_UNJUDGED);
}

/* LC_ALL, LC_MESSAGES, LANG in the order of setlocale(3). */
static enum lang lang_of(const struct env *env) {
        struct str value = env_get_or(env, STR("LC_ALL"), STR_NONE);

        if (!value.len)
                value = env_get_or(env, STR("LC_MESSAGES"), STR_NONE);
        if (!value.len)
                value = env_get_or(env, STR("LANG"), STR_NONE);
        return str_has_prefix(value, STR("zh")) ? LANG_ZH : LANG_EN;
}

static bool take_lang(struct cmd_context *context, const struct cmd_line *line, struct err *err) {
        struct str value;

        if (!cmd_value(line, "lang", &value))
                return true;
        if (!str_eq(value, STR("en")) && !str_eq(value, STR("zh")))
                return err_set(err, ERR_USAGE, "--lang takes en or zh, not %.*s", STR_ARG(value));
        context->lang = str_eq(value, STR("zh")) ? LANG_ZH : LANG_EN;
        return true;
}

static int run(struct cmd_context *context, const struct command *command,
               const char *const *argv) {
        struct cmd_line line;
        struct err err;

        if (!cmd_parse(context->arena, command, argv, &line, &err) ||
            !take_lang(context, &line, &err))
                return cmd_fail(context, &err);
        if (cmd_has(&line, "help")) {
                cmd_help(context, command);
                return EXIT_PASS;
        }
        return command->run(context, &line);
}

static int unknown_command(struct cmd_context *context, const char *name) {
        struct err err;

        err_set(&err, ERR_USAGE, "unknown command %s", name);
        err_mend(&err, "weir --help");
        return cmd_fail(context, &err);
}

/* The words that help takes: one command, and the common options. */
static const struct command help_words = { .name = "help", .operand_max = 1 };

static int help(struct cmd_context *context, const char *const *argv, int status) {
        const struct command *command = NULL;
        struct cmd_line line;
        struct err err;

        if (!cmd_parse(context->arena, &help_words, argv, &line, &err) ||
            !take_lang(context, &line, &err))
                return cmd_fail(context, &err);
        if (line.operands.count)
                command = command_find(line.operands.items[0]);
        if (line.operands.count && !command)
                return unknown_command(context, str_to_c(context->arena, line.operands.items[0]));
        cmd_help(context, command);
        return status;
}

/* --lang may stand before the command too. */
static bool take_leading_lang(struct cmd_context *context, const char *const **argv,
                              struct err *err) {
        while (**argv && str_has_prefix(str_of(**argv), STR("--lang"))) {
                const char *words[3] = { (*argv)[0] };
                struct cmd_line line;

                if (strcmp(words[0], "--lang") == 0)
                        words[1] = (*argv)[1];
                if (!cmd_parse(context->arena, &help_words, words, &line, err) ||
                    !take_lang(context, &line, err))
                        return false;
                *argv += words[1] ? 2 : 1;
        }
        return true;
}

static int dispatch(struct cmd_context *context, const char *const *argv) {
        static const char *const nothing[] = { NULL };
        const struct command *command;
        struct err err;

        if (!take_leading_lang(context, &argv, &err))
                return cmd_fail(context, &err);
        if (!*argv)
                return help(context, nothing, EXIT_USAGE);
        command = command_find(str_of(*argv));
        if (command)
                return run(context, command, argv + 1);
        if (strcmp(*argv, TEST_EXEC_NAME) == 0)
                return cmd_test_exec(context, argv + 1);
        if (strcmp(*argv, "--version") == 0 || strcmp(*argv, "version") == 0) {
                fprintf(context->out, "weir %s\n", WEIR_VERSION);
                return EXIT_PASS;
        }
        if (strcmp(*argv, "--help") && strcmp(*argv, "-h") && strcmp(*argv, "help"))
                return unknown_command(context, *argv);
        return help(context, argv + 1, EXIT_PASS);
}

/* Whether standard output is a pipe that nobody reads any more (`weir check | head`). */
static bool reader_is_gone(void) {
        struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

        return poll(&out, 1, 0) == 1 && out.revents & POLLERR;
}

/* What was printed must have arrived: a full disk under standard output is no pass. Who has read
 * enough of a pipe has seen what they wanted. */
static int flush_output(int status) {
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        if (reader_is_gone())
                return status;
        fputs("weir: standard output could not be written\n", stderr);
        return status == EXIT_PASS ? EXIT_UNJUDGED : status;
}

int main(int argc UNUSED, char **argv) {
        struct arena_budget budget = { .ceiling = CMD_CEILING, .on_full = memory_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct cmd_context context = {
                .arena = &arena, .env = env_of_process(), .out = stdout, .log = stderr
        };

        /* A closed pipe and a file over the limit are errors of write(2), which are told. */
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        context.lang = lang_of(&context.env);
        return flush_output(dispatch(&context, (const char *const *)argv + (*argv != NULL)));
}
