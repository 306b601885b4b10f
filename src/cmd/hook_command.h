/* cmd/hook_command.h: the parts of `weir hook`. */
#pragma once

#include "cmd/check_command.h"
#include "hook/install.h"

/* ---- hook_status.c ---- */

/* The repository of the process's folder and where its hooks lie; repo is the caller's to close. */
struct hook_home {
        struct repo *repo;
        struct hook_place place;
        struct str weir; /* absolute path of this program, as scripts name it */
};

MUST_USE bool hook_home_open(struct cmd_context *context, struct hook_home *ret_home,
                             struct err *err);

int hook_status(struct cmd_context *context, const struct cmd_line *line);
int hook_print(struct cmd_context *context, const struct cmd_line *line);

/* Prints the lines that make another tool's hooks call weir. */
void hook_print_lines(struct cmd_context *context, enum hook_manager manager);

/* ---- hook_judge.c ---- */

/* The checkpoints that WEIR_SKIP names; ids of `checks`. */
struct hook_skips {
        VEC(const struct check *) list;
};

/* ERR_USAGE names the word that is no checkpoint, and those that there are. */
MUST_USE bool hook_skips_read(struct cmd_context *context, struct hook_skips *ret_skips,
                              struct err *err);
void hook_skips_tell(struct cmd_context *context, const struct hook_skips *skips);

/* What a hook judges. */
struct hook_case {
        const char *hook;  /* its name: of the report file too */
        struct text what;  /* that is refused: "the commit" */
        struct str commit; /* empty: the index */
        struct str base;   /* a revision; empty: everything is new */
        bool base_is_exact;
        bool on_server; /* all findings are told, and no file is written */
        struct hook_skips skips;
};

/* Judges, tells what is wrong on standard error, and says whether it may pass. */
bool hook_judge(struct cmd_context *context, const struct hook_case *c);

/* The configuration that holds for what is about to be committed: weir.yaml of HEAD, and without a
 * HEAD that of the index (as `weir check --staged --base HEAD` takes it). */
MUST_USE bool hook_config(struct cmd_context *context, struct repo *repo, struct config *ret_config,
                          struct err *err);

/* weir.yaml of one revision; of the index where it is empty. */
MUST_USE bool hook_config_at(struct cmd_context *context, struct repo *repo, struct str revision,
                             struct config *ret_config, struct err *err);

/* ---- hook_tell.c ---- */

/* Says what was found, and whether it may pass: without errors, and without gaps where the
 * configuration refuses those. */
bool hook_tell_outcome(struct cmd_context *context, const struct hook_case *c,
                       const struct check_subject *subject);

/* Nothing could be judged. */
void hook_tell_unopened(struct cmd_context *context, const struct hook_case *c, bool refused,
                        const struct err *err);

/* A line on standard error. */
void hook_say(struct cmd_context *context, struct str text);

/* ---- hook_form.c ---- */

/* A message that is held against the form that the configuration asks for. */
struct hook_form {
        struct cmd_context *context;
        const struct config *config;
        struct str cleaned; /* as it will be, or is, committed */
        const char *commit; /* its id; NULL: it is not made yet */
        size_t faults;      /* told on standard error */
};

/* Tells every fault. Nothing is asked of a message that is empty, or that git or a forge made. */
bool hook_form_fits(struct hook_form *form);

/* ---- hook_message.c, hook_push.c ---- */

int hook_run_commit_msg(struct cmd_context *context, struct str file);
int hook_run_pre_push(struct cmd_context *context, const struct cmd_line *line);
int hook_run_pre_receive(struct cmd_context *context);

/* ---- hook_run.c ---- */

/* `weir hook run NAME [ARG]...`: what the scripts call. */
int hook_run(struct cmd_context *context, const struct cmd_line *line);
