/* cmd/check_command.h: the parts of `weir check`. */
#pragma once

#include "check/report.h"
#include "cmd/cmd.h"
#include "engine/engine.h"
#include "gitrepo/repo.h"
#include "report/report_format.h"

/* Where one --format goes. */
struct check_output {
        const struct report_format *format;
        struct str file; /* empty: standard output */
};

/* The words of the command line, understood. */
struct check_options {
        struct str path;    /* empty: the current folder */
        struct str commit;  /* --commit; empty: not given */
        struct str base;    /* --base */
        bool base_is_exact; /* base is what is compared with, and not the merge base with it */
        bool base_may_be_missing; /* HEAD without a commit: then everything is new */
        bool all_bypasses;        /* without a base, those of the whole history are told */
        bool staged;
        bool needs_no_module; /* a folder without Go is judged too */
        enum stage stage;
        VEC(const struct check *) checks; /* of the stage, or named by --only */
        bool only;                        /* --only names them: the policy cannot switch them off */
        VEC(struct str) policy_files;     /* --policy */
        bool policy_from_head;
        VEC(struct check_output) outputs;
        struct str trace_file;
        bool colour;
        struct fact_options facts;
};

/* Reads the words. ERR_USAGE says which one is wrong and what would be right. */
MUST_USE bool check_options_read(struct cmd_context *context, const struct cmd_line *line,
                                 struct check_options *ret_options, struct err *err);

/* What is judged: opened from the options; lives in the context's arena. */
struct check_subject {
        struct repo *repo; /* NULL outside any repository; the caller closes it */
        struct repo_facts facts;
        struct report report;
        struct policy_files policy;

        /* The base as a subject of its own, for what was there before; used with --base only. */
        struct repo_facts base_facts;
        struct report base_report;
};

/* Opens the tree, then the policy, which may change the options (checkpoints, snapshot). On false
 * the report's subject is named as far as it is known, and the repository still to be closed. */
MUST_USE bool check_subject_open(struct cmd_context *context, struct check_options *options,
                                 struct check_subject *ret_subject, struct err *err);

/* The sinks of the outputs; *ret_count of them, in the arena. A failure to write is kept and told
 * by check_outputs_ok. */
struct check_outputs;
struct check_outputs *check_outputs_make(struct cmd_context *context,
                                         const struct check_options *options);
const struct sink *check_outputs_sinks(struct check_outputs *outputs, size_t *ret_count);
MUST_USE bool check_outputs_ok(const struct check_outputs *outputs, struct err *err);

/* Opens what the options name, judges it and reports. Gives the exit status; prints what failed. */
int check_judge(struct cmd_context *context, struct check_options *options);
