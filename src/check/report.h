/* check/report.h: the outcome of one run, as every report format shows it, and the events by which
 * it comes about. Built by the engine, read by sinks; all of it lives in the run's arenas. */
#pragma once

#include "check/check.h"

#define VERDICTS(X)                                                                                \
        X(VERDICT_NONE, "none") /* nothing to judge */                                             \
        X(VERDICT_PASS, "pass")                                                                    \
        X(VERDICT_UNJUDGED, "unjudged")                                                            \
        X(VERDICT_FAIL, "fail")

enum verdict {
#define X(name, word) name,
        VERDICTS(X)
#undef X
};

const char *verdict_word(enum verdict verdict);

struct report_gap {
        const struct check *check; /* NULL: the run as a whole */
        const struct rule *rule;   /* not_run only */
        struct gap gap;
};

struct report_skip {
        struct str file;
        struct message why;
};

struct report_check {
        const struct check *check;
        enum verdict verdict;
        double seconds;
};

/* A checkpoint that was left out when a commit was made, as the commit itself says (its trailer
 * Weir-Skip). It changes no verdict: it is shown. */
struct report_bypass {
        struct str check; /* as it stands there: any bytes */
        struct str commit;
};

struct report {
        enum verdict verdict;
        bool interrupted;

        enum tree_kind kind;
        struct str path;                /* the root, as an absolute path */
        struct str revision;            /* commit id; empty for a working tree without one */
        struct str base;                /* commit id of the merge base; empty without --base */
        const struct repo_facts *facts; /* its modules */

        struct str policy_sha256; /* of the effective policy; empty for the defaults */
        struct str vulndb_date;   /* empty: no snapshot */
        size_t vulndb_entries;
        enum stage stage;
        struct str started_utc; /* "2026-11-24T09:57:02Z" */

        VEC(struct report_check) checks;
        VEC(struct finding *) findings; /* in the order of reports once finished */
        VEC(struct report_gap) unjudged;
        VEC(struct report_gap) not_run;
        VEC(struct report_skip) skipped;
        VEC(struct report_bypass) bypasses; /* of the commits since the base, newest first */
};

/* "modules was skipped when commit 1a2b3c4 was made (Weir-Skip)". */
struct message report_bypass_words(const struct report_bypass *bypass);

/* Counts of findings that are not waived. */
size_t report_count(const struct report *report, enum severity severity);

/* A receiver of a run. Any member may be NULL. */
struct sink {
        void *ctx;
        void (*check_finished)(void *ctx, const struct report *report,
                               const struct report_check *check);
        void (*finished)(void *ctx, const struct report *report);
};
