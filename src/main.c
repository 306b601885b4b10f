/* Looks the command up, and nothing else. */
#include "cmd/cmd.h"
#include "cmd/test_exec.h"

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

static int dispatch(struct cmd_context *context, const char *const *argv) {
        const char *name = argv[1] ? argv[1] : "help";
        const struct command *command = command_find(str_of(name));

        if (command)
                return run(context, command, argv + 2);
        if (strcmp(name, TEST_EXEC_NAME) == 0)
                return cmd_test_exec(context, argv + 2);
        if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
                fprintf(context->out, "weir %s\n", WEIR_VERSION);
                return EXIT_PASS;
        }
        if (strcmp(name, "--help") && strcmp(name, "-h") && strcmp(name, "help"))
                return unknown_command(context, name);
        command = argv[1] && argv[2] ? command_find(str_of(argv[2])) : NULL;
        if (argv[1] && argv[2] && !command && argv[2][0] != '-')
                return unknown_command(context, argv[2]);
        cmd_help(context, command);
        return argv[1] ? EXIT_PASS : EXIT_USAGE;
}

/* What was printed must have arrived: a full disk under standard output is no pass. */
static int flush_output(int status) {
        if (fflush(stdout) != 0 || ferror(stdout)) {
                fputs("weir: standard output could not be written\n", stderr);
                return status == EXIT_PASS ? EXIT_UNJUDGED : status;
        }
        return status;
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
        return flush_output(dispatch(&context, (const char *const *)argv));
}
