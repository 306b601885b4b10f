/* engine/engine.h: from a tree to a report.
 *
 * Builds the facts that the enabled rules need (in parallel, each once), runs the rules, applies
 * the policy and tells the sinks as it goes. Nothing here prints or exits. */
#pragma once

#include "check/report.h"
#include "engine/policy_files.h"

struct engine_request {
        struct arena *arena;
        struct repo_facts *facts;          /* tree, base, options and modules are filled */
        struct report *report;             /* the subject's members are filled */
        const struct check *const *checks; /* the enabled ones, in report order */
        size_t check_count;
        const struct sink *sinks;
        size_t sink_count;

        bool only_errors_count; /* the base is not judged for the sake of warnings and notes */
        bool may_be_empty;      /* the user left out every checkpoint on purpose: that is no gap */

        struct policy_files *policy; /* NULL: every rule as it is, nothing waived */

        /* The same over the base, to tell what was there before; NULL without a base. Its facts are
         * built and its rules run only where something was found; it needs no report and no sinks.
         */
        struct engine_request *before;

        const struct findings *asked; /* of the base: only rules that found one of these matter */
        uint64_t facts_done;          /* which facts are built */
        VEC(struct arena *) fact_arenas; /* what the facts live in; dropped by engine_close */
};

/* Runs to the end or to the interruption; the report is valid either way, until engine_close. */
void engine_run(struct engine_request *request);

/* Drops the facts, and with them what the report's findings point to. */
void engine_close(struct engine_request *request);
