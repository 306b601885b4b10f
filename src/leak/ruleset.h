/* leak/ruleset.h: a set of secrets rules, read from a file in gitleaks.toml's schema.
 *
 * The same reader serves our own rules (leak/rules.toml, read when weir is built) and a user's
 * --config. Semantics are those of gitleaks 8.30: every field of its configuration, the old
 * singular `[allowlist]` and `[rules.allowlist]` too. Keys of our own, documented in
 * docs/secrets-rules.md: alias, zh, provider, revoke, confirm, detector, severity, examples,
 * counterexamples.
 *
 * Bytes in, values out: what `extend.path` names is asked for through a function. */
#pragma once

#include "leak/confirm.h"
#include "leak/pattern.h"

#define RULESET_RULES_MAX 10000
#define RULESET_EXTEND_MAX 2 /* depth of extend.path */

enum allowlist_target { TARGET_SECRET, TARGET_MATCH, TARGET_LINE };

struct patterns {
        const struct pattern *items;
        size_t count;
};

struct words {
        const struct str *items;
        size_t count;
};

struct allowlist {
        bool all; /* condition AND: everything that it names has to hold; else one is enough */
        enum allowlist_target target; /* of regexes; stopwords are looked for in the secret */
        struct words commits;         /* in lower case */
        struct patterns paths, regexes;
        struct words stopwords; /* in lower case */
};

struct allowlists {
        const struct allowlist *items;
        size_t count;
};

/* A second rule that has to hit nearby. */
struct required_rule {
        struct str id; /* as it is written */
        size_t rule;   /* in ruleset.rules */
        bool has_lines, has_columns;
        uint32_t within_lines, within_columns;
};

/* Who finds the secret. */
enum detector {
        DETECTOR_REGEX,      /* the expression, or the path alone */
        DETECTOR_ASSIGNMENT, /* leak/generic.h, one for each of its kinds */
        DETECTOR_URL,
        DETECTOR_DSN,
};

enum rule_severity { RULE_ERROR, RULE_WARNING, RULE_NOTE };

struct secret_rule {
        struct str id, alias;       /* alias: the other name, else empty */
        struct str description, zh; /* what kind of secret; zh may be empty */
        struct str provider;        /* who issues it; may be empty */
        struct str revoke;          /* address of the console that revokes it; may be empty */
        enum rule_severity severity;
        enum detector detector;
        enum confirm_kind confirm;
        const struct pattern *regex; /* NULL: none */
        const struct pattern *path;  /* NULL: every path */
        uint32_t secret_group;       /* 0: the first group that is not empty, else the match */
        double entropy;              /* Shannon bits a byte; a finding has more. 0: not asked */
        struct words keywords;       /* in lower case; one has to be in the file. None: not asked */
        struct words tags;
        struct words examples, counterexamples; /* templates; only rule files of ours have them */
        bool skip_report;
        struct allowlists allowlists;
        const struct required_rule *required;
        size_t required_count;
        uint32_t line; /* of the rule in its file */
};

struct ruleset {
        struct str file, title;
        bool is_own; /* weir's own rules, or they are a part of it */
        struct secret_rule *rules;
        size_t count;
        struct allowlists allowlists; /* for every rule */
};

/* The bytes of a file that extend.path names, relative to the process's folder as gitleaks takes
 * it. */
typedef bool ruleset_load(void *ctx, struct arena *arena, struct str path, struct str *ret_text,
                          struct err *err);

struct ruleset_source {
        struct str file, text;
        const struct ruleset *own; /* what extend.useDefault means; NULL: there is nothing */
        ruleset_load *load;        /* NULL: extend.path is refused */
        void *ctx;
};

/* Reads a rule file; everything lives in the arena and may point into source.text. Of rules with
 * the same id the last one counts; targetRules of an extended file aim at nothing, and so does what
 * a file at depth RULESET_EXTEND_MAX extends (all as in gitleaks). A rule of the file that has the
 * id or the alias of an extended one changes that one and gives it its own id. Errors, each with
 * file:line: ERR_SYNTAX (TOML, an expression, a value of another type, a rule without id or with
 * nothing to seek, an unknown rule id in targetRules, disabledRules or required, extend.url),
 * ERR_LIMIT, those of load. */
MUST_USE bool ruleset_parse(struct arena *arena, const struct ruleset_source *source,
                            struct ruleset *ret_ruleset, struct err *err);

/* Frees what was compiled while the rules were used; they may be used again. */
void ruleset_free_codes(const struct ruleset *ruleset);

/* The rule with this id or alias; NULL where there is none. */
const struct secret_rule *ruleset_find(const struct ruleset *ruleset, struct str id);

/* What a list is asked about. */
struct allow_subject {
        struct str path, commit; /* empty: none */
        struct str secret, match, line;
};

/* Whether one of the lists lets it pass. A search that is given up counts as no match and sets
 * *ret_gave_up. Codes are compiled once, by whoever asks first; threads may ask at a time. */
bool allowlists_allow(const struct allowlists *lists, const struct allow_subject *subject,
                      struct pattern_matcher *matcher, bool *ret_gave_up);

/* Whether one of the lists lets every secret of a file pass, by its path or commit alone. */
bool allowlists_allow_file(const struct allowlists *lists, struct str path, struct str commit,
                           struct pattern_matcher *matcher, bool *ret_gave_up);
