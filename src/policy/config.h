/* policy/config.h: weir.yaml.
 *
 * One table of keys says everything about each: its type, default, meaning in both languages, and
 * which way it loosens. Reading, `weir config show`, the JSON Schema, the documentation, the merge
 * with a site's policy and the comparison of two revisions all walk that table. Pure: bytes in,
 * values out. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"
#include "check/check.h"

#define CONFIG_FILE STR("weir.yaml")
#define CONFIG_BASELINE_FILE "weir-baseline.json" /* where `baseline` names no other */
#define CONFIG_SIZE_MAX ((size_t)1 << 20)
#define CONFIG_ITEMS_MAX 10000 /* of one list */
#define CONFIG_REASON_MAX 1000 /* bytes of a reason, owner or path */

/* Where a value comes from. Nothing set: it is the default. */
struct origin {
        struct str file; /* as the user knows it: "weir.yaml", the path given to --policy */
        uint32_t line;
};

struct config_number {
        int64_t value;
        struct origin origin;
};

struct config_flag {
        bool value;
        struct origin origin;
};

struct config_text {
        struct str value; /* empty: none */
        struct origin origin;
};

/* Words, or patterns. */
struct config_list {
        VEC(struct config_text) list;
};

/* From which stage on a checkpoint runs. */
struct config_check {
        const struct check *check;
        bool is_off;
        enum stage from; /* never before the checkpoint's own stage */
        struct origin origin;
};

struct config_checks {
        VEC(struct config_check) list; /* those that are named; others: on, from their own stage */
};

struct config_rule {
        const struct rule *rule;
        enum severity severity;
        struct origin origin;
};

struct config_rules {
        VEC(struct config_rule) list; /* those that are named */
};

struct waiver {
        struct str rule; /* id */
        struct str path; /* a glob (data/glob.h) */
        struct str reason;
        struct str owner;
        struct str expires;  /* YYYY-MM-DD, the last day on which it holds */
        int64_t expires_day; /* days since 1970-01-01 */
        struct origin origin;
};

struct config_waivers {
        VEC(struct waiver) list;
};

/* Which of the words of its key, which stand in order from the loosest to the strictest. */
struct config_choice {
        size_t value;
        struct origin origin;
};

/* What hook.commit_message and hook.unjudged are set to: indexes of their words. */
enum config_message_form { MESSAGE_FORM_NONE, MESSAGE_FORM_CONVENTIONAL };
enum config_unjudged { UNJUDGED_WARN, UNJUDGED_REFUSE };

struct config {
        struct arena *arena; /* what lists grow in */
        struct config_checks checks;
        struct config_rules rules;
        struct config_list ignored_paths;
        struct config_waivers waivers;
        struct config_text baseline;
        struct config_list require;
        struct config_text vulndb_path;
        struct config_number vulndb_max_age_days;
        struct config_flag modules_stdlib;
        struct config_number coverage_total, coverage_package, coverage_patch; /* 8000: 80 % */
        struct config_number coverage_ratchet;                                 /* 100: one point */
        struct config_list coverage_exclude;
        struct config_flag coverage_exclude_generated;
        struct config_choice hook_commit_message; /* enum config_message_form */
        struct config_list hook_ticket;           /* patterns; any of them will do */
        struct config_choice hook_unjudged;       /* enum config_unjudged */
        struct config_text init_weir_url;
        struct config_text secrets_key; /* 64 hex digits, or empty */
        struct config_list tests_args, tests_packages, tests_tags, tests_env;
        struct config_number tests_timeout, tests_deadline, tests_count, tests_disk;
        struct config_flag tests_short, tests_network, tests_race, tests_shuffle;
};

enum config_type {
        CONFIG_CHECKS,
        CONFIG_RULES,
        CONFIG_GLOBS,
        CONFIG_WAIVERS,
        CONFIG_TEXT,
        CONFIG_WORDS,
        CONFIG_TEXTS,
        CONFIG_NUMBER,
        CONFIG_PERCENT, /* a config_number in hundredths */
        CONFIG_FLAG,
        CONFIG_CHOICE,   /* one word; the default is the first */
        CONFIG_PATTERNS, /* regular expressions of which one must match; one alone or a list */
        CONFIG_TYPE_COUNT
};

enum config_looser {
        LOOSER_BY_TYPE, /* the type alone says which way: less judged is looser */
        LOOSER_NEVER,
        LOOSER_CHANGED, /* any other value may be looser */
        LOOSER_HIGHER,
        LOOSER_LOWER,
        LOOSER_FALSE,
        LOOSER_TRUE,
};

struct config_key {
        struct str section; /* empty: at the top */
        struct str name;
        enum config_type type;
        enum config_looser looser;
        size_t offset;              /* of its member in struct config */
        int64_t fallback, min, max; /* of numbers, percentages and flags */
        struct str fallback_text;   /* of text */
        const char *const *words; /* those allowed, NULL at the end; CONFIG_CHOICE: loosest first */
        /* CONFIG_TEXTS: what is wrong with an item, a sentence part; NULL: nothing */
        const char *(*wrong)(struct str item);
        struct text help;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* The member of a key. */
void *config_member(struct config *config, const struct config_key *key);
const void *config_value(const struct config *config, const struct config_key *key);

/* "section.name", or the name alone. */
struct str config_key_path(const struct config_key *key, struct arena *arena);

/* Everything at its default. */
struct config config_default(struct arena *arena);

/* Reads text on top of *config: what it does not name, or names with no value, stays. file is what
 * errors and origins call it. Errors: ERR_SYNTAX with line and column for bad YAML, an unknown key,
 * checkpoint or rule (with the nearest known one), a wrong type or value; *config is then in part
 * changed. */
MUST_USE bool config_read(struct config *config, struct str file, struct str text, struct err *err);

/* Reads a policy from outside the repository on top of *config. It can only tighten: the stricter
 * of both values holds, and keys that can only loosen (waivers, paths.ignore, baseline) are
 * refused. */
MUST_USE bool config_tighten(struct config *config, struct str file, struct str text,
                             struct err *err);

/* What holds. */
enum severity config_severity(const struct config *config, const struct rule *rule);
/* Changes *severity, which a finding has of itself, where the configuration names the rule. */
void config_override(const struct config *config, const struct rule *rule, enum severity *severity);
bool config_runs(const struct config *config, const struct check *check, enum stage stage);
bool config_requires(const struct config *config, struct str word);

/* The effective configuration as YAML, each value with its origin in a comment. */
void config_show(const struct config *config, struct buf *out);

/* The JSON Schema of weir.yaml (draft-07). */
void config_schema(struct buf *out);

/* The keys as a Markdown section: name, type, default, meaning. */
void config_document(enum lang lang, struct buf *out);

/* "default", "weir.yaml:3" or "site.yaml:3". */
struct str origin_text(struct origin origin, struct arena *arena);
