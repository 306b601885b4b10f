/* cmd/cmd.h: what a command of weir is.
 *
 * A command is one file here and one row in commands.def. Its options are a table, from which
 * parsing, --help, the man page and the completions are made. Only this layer prints and decides
 * exit statuses. */
#pragma once

#include "base/err.h"
#include "base/message.h"
#include "base/vec.h"
#include "sys/env.h"

#include <stdio.h>

enum exit_status {
        EXIT_PASS = 0,
        EXIT_FAIL = 1,
        EXIT_UNJUDGED = 2,
        EXIT_USAGE = 64,
};

#define CMD_CEILING ((size_t)4 << 30) /* bytes that one run may take */

/* What every command gets. */
struct cmd_context {
        struct arena *arena;
        struct env env;
        enum lang lang;
        FILE *out, *log; /* standard output and standard error */
};

struct cmd_option {
        const char *name;    /* without the dashes */
        const char *value;   /* what the value is called in help; NULL: a switch */
        const char *choices; /* "a|b|c" for completion, or NULL */
        bool hidden;         /* not in help */
        struct text help;
};

/* One option as it was given. */
struct cmd_given {
        const struct cmd_option *option;
        struct str value;
};

/* What the words after the command mean. */
struct cmd_line {
        VEC(struct cmd_given) options;
        VEC(struct str) operands;
};

struct command {
        const char *name;
        const char *operands; /* "[PATH]", as help shows it */
        size_t operand_max;
        struct text title;        /* one line */
        struct text about;        /* a paragraph, or "" */
        const char *const *verbs; /* NULL-terminated first operands, or NULL */
        const struct cmd_option *options;
        size_t option_count;
        int (*run)(struct cmd_context *context, const struct cmd_line *line);
        void (*more_help)(struct cmd_context *context); /* after the options; may be NULL */
};

extern const struct command *const commands[];
extern const size_t command_count;

/* Options that every command takes (--help, --lang). */
extern const struct cmd_option common_options[];
extern const size_t common_option_count;

const struct command *command_find(struct str name);

/* Reads argv (after the command's name). ERR_USAGE names the word that is wrong and the nearest
 * option. `--` ends the options; `--name=value` and `--name value` are the same. An option whose
 * value is optional is written with `=`: its value name begins with "[". */
MUST_USE bool cmd_parse(struct arena *arena, const struct command *command, const char *const *argv,
                        struct cmd_line *ret_line, struct err *err);

bool cmd_has(const struct cmd_line *line, const char *option);
/* The last value given; false where the option was not. */
bool cmd_value(const struct cmd_line *line, const char *option, struct str *ret_value);

/* Prints text wrapped to 80 columns, each line after indent spaces. */
void cmd_print_wrapped(struct cmd_context *context, struct str text, size_t indent);

/* Prints an err as three lines at most, to the log. */
void cmd_complain(struct cmd_context *context, const struct err *err);
/* The same, and gives the exit status that fits (EXIT_USAGE, else EXIT_UNJUDGED). */
int cmd_fail(struct cmd_context *context, const struct err *err);

/* Prints help for one command, or (NULL) for weir as a whole. */
void cmd_help(struct cmd_context *context, const struct command *command);
