/* check/check.h: what a checkpoint is.
 *
 * A checkpoint is one file here and one row in checks.def. Its rules are pure functions from facts
 * to findings; the engine builds the facts that a rule needs before it runs and leaves the rule
 * unjudged, with the fact's reason, where one could not be built. Help, `weir explain`,
 * configuration, SARIF and the documentation are made from these descriptors. */
#pragma once

#include "check/finding.h"
#include "facts/facts.h"

#define STAGES(X)                                                                                  \
        X(STAGE_COMMIT, "commit")                                                                  \
        X(STAGE_MERGE, "merge")                                                                    \
        X(STAGE_BUILD, "build")                                                                    \
        X(STAGE_RELEASE, "release")

enum stage {
#define X(name, word) name,
        STAGES(X)
#undef X
};

const char *stage_word(enum stage stage);
bool stage_parse(struct str word, enum stage *ret_stage);

struct rule {
        const char *id; /* prefix and three digits; never reused */
        enum severity severity;
        enum scope scope;
        uint64_t needs;    /* FACT_BIT()s */
        struct text title; /* what the rule forbids, a few words */
        struct text text;  /* the message, with named places */
        struct text why;   /* why it matters: one or two sentences */
        struct text mend;  /* what to do now, with named places */
        /* One call per module (SCOPE_MODULE) or one with module NULL. */
        void (*run)(const struct rule *rule, const struct repo_facts *repo,
                    const struct module_facts *module, struct findings *out);
};

struct check {
        const char *id;
        enum stage stage;  /* the earliest */
        bool executes;     /* runs code of the delivery: said in help, never below stage merge */
        bool quotes;       /* findings have text of the delivery in their words or output */
        bool judges_whole; /* what the base has too counts all the same */
        struct text title;
        const struct rule *rules;
        size_t rule_count;
};

/* All checkpoints, in the order of reports. */
extern const struct check *const checks[];
extern const size_t check_count;

/* The checkpoint that --profile asks for. */
extern const struct check check_coverage;

const struct check *check_find(struct str id);

/* The rule with this id and its checkpoint; NULL where there is none. */
const struct rule *rule_find(struct str id, const struct check **ret_check);
