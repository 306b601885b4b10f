/* pipeline/shell.h: the commands of a shell script, as far as rules on pipelines have to see them.
 *
 * Not a shell: words keep their quotes, nothing is expanded. Comments and here-documents are passed
 * over, continued lines joined. Source: POSIX.1-2017, Shell Command Language, 2.2 to 2.10. */
#pragma once

#include "base/str.h"

#define SHELL_WORDS_MAX 128     /* of one command; further ones are passed over */
#define SHELL_COMMANDS_MAX 5000 /* of one script; further ones too */

struct shell_command {
        struct str words[SHELL_WORDS_MAX]; /* views into the script */
        size_t count;
        size_t first;  /* the word that names the program: behind assignments, sudo, env and such */
        bool is_piped; /* its input is the output of the command before */
        bool is_substituted; /* it stands in $(...), <(...) or backquotes */
};

typedef void shell_visit(void *ctx, const struct shell_command *command);

/* Calls visit for each command, in order. */
void shell_each(struct str script, shell_visit *visit, void *ctx);

/* The word without quotes around it, and without the folders before a program's name. */
struct str shell_word(struct str word);
struct str shell_program(const struct shell_command *command);

/* The word at first + at, without quotes; empty where there are not so many. */
struct str shell_argument(const struct shell_command *command, size_t at);
bool shell_has(const struct shell_command *command, struct str argument);
