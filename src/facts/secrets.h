/* facts/secrets.h: the secrets in what is judged (FACT_SECRETS): where they are, never their bytes.
 */
#pragma once

#include "base/message.h"
#include "leak/scan.h"
#include "sys/env.h"

#define SECRETS_STDIN STR("-") /* how reports name standard input */

/* Where secrets are looked for. */
enum secrets_source {
        SECRETS_NONE,    /* nowhere: a base whose part is known already */
        SECRETS_TREE,    /* every file of the tree that is judged */
        SECRETS_CHANGES, /* of those, what the base does not have in the same place */
        SECRETS_BYTES,   /* what was read from standard input */
        SECRETS_RANGE,   /* what the commits of a range add */
        SECRETS_HISTORY, /* every object behind every ref, and the messages */
        SECRETS_FILE,    /* one file, opened where it is an archive */
        SECRETS_ARCHIVE, /* one file that has to be an archive */
        SECRETS_IMAGE,   /* an OCI layout */
};

/* A line of .gitleaksignore: `file:rule-id:line` or `commit:file:rule-id:line`. */
struct secrets_ignore {
        struct str commit, file, rule; /* commit is empty in the short form */
        uint32_t line;
};

struct secrets_options {
        enum secrets_source source;
        struct str under;    /* folder below the tree's root: only what lies in it; "": all */
        bool ignored;        /* what .gitignore keeps out too */
        struct str bytes;    /* SECRETS_BYTES */
        struct str from, to; /* SECRETS_RANGE: revisions; `from` of zeros: no ref has it */
        bool unreachable;    /* SECRETS_HISTORY: what no ref reaches too */
        struct str path;     /* SECRETS_FILE, SECRETS_ARCHIVE: on disk */
        const struct ruleset *rules; /* of --config; NULL: weir's own */
        bool has_key;
        struct secret_key key; /* of fingerprints that are shared; else the user's own */
        struct str known_key;  /* the same as weir.yaml spells it */
        const struct secrets_ignore *ignores;
        size_t ignore_count;
};

/* Whether others may have it already. */
enum pushed { PUSHED_UNKNOWN, PUSHED_NO, PUSHED_YES };

struct found_secret {
        struct scan_hit hit;
        struct str file; /* as reports have it */
        /* Of a history or a range, else empty. */
        struct str blob, commit, author; /* full ids; "Name <address>" */
        enum pushed pushed;
        struct str pushed_ref; /* PUSHED_YES: a remote branch that has it */
};

/* Something that was not looked into and does not have to be. */
struct secrets_skip {
        struct str file;
        struct message why;
};

struct secrets {
        const struct ruleset *rules;
        const struct found_secret *items; /* sorted by file, line, rule, blob */
        size_t count;
        const struct secrets_skip *skips;
        size_t skip_count;
};

/* weir's own rules, not made ready yet; in the arena. */
MUST_USE bool secrets_own_rules(struct arena *arena, const struct ruleset **ret_rules,
                                struct err *err);

/* Reads a user's rule file, which may extend weir's own rules and files beside it. What was read
 * once is kept in the user's cache (unless no_cache). Errors: those of ruleset_parse and file_read.
 */
MUST_USE bool secrets_rules_read(struct arena *arena, const struct env *env, bool no_cache,
                                 struct str file, const struct ruleset **ret_rules,
                                 struct err *err);
