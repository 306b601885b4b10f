/* check/finding.h: one thing that a rule has seen. */
#pragma once

#include "base/message.h"
#include "base/vec.h"

struct rule;
struct check;

#define SEVERITIES(X)                                                                              \
        X(SEV_OFF, "off")                                                                          \
        X(SEV_NOTE, "note")                                                                        \
        X(SEV_WARNING, "warning")                                                                  \
        X(SEV_ERROR, "error")

enum severity {
#define X(name, word) name,
        SEVERITIES(X)
#undef X
};

const char *severity_word(enum severity severity);
bool severity_parse(struct str word, enum severity *ret_severity);

struct finding_step {
        struct str file;
        uint32_t line;
        struct message message;
};

struct finding {
        const struct rule *rule;
        const struct check *check;
        enum severity severity; /* the rule's own until policy says otherwise */
        struct str file;        /* relative to the tree's root; may name a file that is missing */
        uint32_t line, column;  /* 1-based, 0: the whole file */
        struct message message, mend;
        struct str key; /* what identifies it for the fingerprint; empty: the source line */
        struct str main_module, module, version, vulnerability; /* empty where they do not apply */
        struct str blob, commit, author; /* of a history: full ids, "Name <address>"; else empty */
        bool go_refuses;
        VEC(struct finding_step) steps;
        struct str output; /* what ran has printed about it, several lines; usually empty */

        /* Filled after the rule has run. */
        struct str fingerprint;     /* 64 hex digits */
        bool waived;                /* by a waiver, an ignore comment or the baseline */
        struct str waived_why;      /* the reason given */
        struct str tool, tool_rule; /* EXT findings: where they come from */
};

struct findings {
        struct arena *arena;
        const struct check *check;
        struct str main_module;
        VEC(struct finding *) list;
};

/* A new finding of rule at a place, with the rule's own words; the caller fills in the rest. The
 * pointer stays valid. */
struct finding *finding_add(struct findings *out, const struct rule *rule, struct str file,
                            uint32_t line, uint32_t column);

/* Gives a value to a place in the words (message and mend alike). */
void finding_fill(struct finding *finding, const char *name, struct str value);

/* Says it in other words than the rule's own; values are filled in alike. */
void finding_say(struct finding *finding, const struct text *message);

/* Adds a step, with words whose values the caller fills in; the pointer is valid until the next. */
struct message *finding_step(struct findings *out, struct finding *finding, struct str file,
                             uint32_t line, const struct text *message);

/* The dependency that is judged, also as {module} and {version}. */
void finding_module(struct finding *finding, struct str path, struct str version);

/* Order of reports: file, line, column, rule. For qsort over struct finding *. */
int finding_cmp_qsort(const void *a, const void *b);
