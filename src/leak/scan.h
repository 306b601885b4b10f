/* leak/scan.h: the secrets in one text.
 *
 * First stage: every rule's `first` at once (leak/database.h); second: the rule's expression where
 * the first stage saw one end, then its entropy, keywords and allowlists, and for rules of our own
 * placeholders, checksums and what kind of file it is. The generic detector reads a text only where
 * one of its triggers was seen.
 *
 * A set is immutable and shared by threads; each thread has a scanner. */
#pragma once

#include "leak/database.h"
#include "leak/ruleset.h"
#include "leak/secret.h"

#define SCAN_HITS_MAX 100000 /* of one text; more are counted as given up */

struct scan_set;

/* What a set is made of. */
struct scan_source {
        const struct ruleset *rules;
        struct str database; /* what scan_set_database gave once; empty: it is compiled */
        struct secret_key key;
        struct str known_key; /* as weir.yaml spells it: no secret. May be empty */
};

/* Makes a set; rules must outlive it. ERR_UNSUPPORTED where `database` cannot be loaded here or is
 * of other rules (make it again with none), and where the processor has no SSE4.2. */
MUST_USE bool scan_set_make(struct arena *arena, const struct scan_source *source,
                            struct scan_set **ret_set, struct err *err);
/* What was compiled for the rules goes too; they may be used for another set. */
void scan_set_close(struct scan_set **set);

/* The first stage's database as bytes for a cache file; in the arena. */
MUST_USE bool scan_set_database(struct arena *arena, const struct scan_set *set,
                                struct str *ret_bytes, struct err *err);
const struct ruleset *scan_set_rules(const struct scan_set *set);

struct scan_text {
        struct str path;   /* relative; "" for none (standard input) */
        struct str commit; /* full id, for allowlists; empty: none */
        struct str bytes;
};

/* One finding: a rule on a line, of one secret or of several. */
struct scan_hit {
        const struct secret_rule *rule;
        enum rule_severity severity;
        bool confirmed;       /* its structure was checked and holds */
        struct secret secret; /* the first on the line; length 0: the path alone is the finding */
        struct digest hmac;   /* of all on the line */
        uint32_t more;        /* further secrets of the rule on the line */
};

struct scan_result {
        const struct scan_hit *hits; /* sorted by line, rule, column */
        size_t count;
        const struct secret_rule *gave_up; /* a rule whose search was given up; NULL: none */
};

struct scanner;
/* NULL: there is no memory. budget is what its memory counts under. */
struct scanner *scanner_open(const struct scan_set *set, struct arena_budget *budget);
void scanner_close(struct scanner **scanner);

/* The hits, in the caller's arena; nothing of the text is kept. Text of more than
 * DATABASE_TEXT_MAX bytes is the caller's to cut. */
void scanner_scan(struct scanner *scanner, const struct scan_text *text, struct arena *arena,
                  struct scan_result *ret_result);

/* Whether the first stage sees anything in bytes, or a rule of a path alone fits the path: where
 * neither is, scanner_scan finds nothing. */
bool scanner_suspects(struct scanner *scanner, struct str bytes);
bool scanner_suspects_path(struct scanner *scanner, struct str path);

/* The first stage over parts of a text, for texts that differ little from one that is known.
 *
 * An end that an expression of at most SCAN_REACH_MAX bytes has depends on so many bytes before it;
 * scanner_ends tells those. The others are looked for in the whole text, by scanner_suspects_wide.
 * Both are for texts that are no UTF-16 (scanner_is_utf16), once the set is prepared. */
#define SCAN_REACH_MAX ((size_t)600)
MUST_USE bool scan_set_prepare_parts(struct arena *arena, struct scan_set *set, struct err *err);

/* Every end in bytes, in rising order; false where the sink stopped it. */
bool scanner_ends(struct scanner *scanner, struct str bytes, bool (*end)(void *ctx, size_t at),
                  void *ctx);
bool scanner_suspects_wide(struct scanner *scanner, struct str bytes);
bool scanner_is_utf16(struct scanner *scanner, struct str bytes);

/* Whether there is a rule of a path alone. */
bool scan_set_asks_paths(const struct scan_set *set);

/* The text with every byte of a secret replaced by `*`, so that columns and lines stay: the text
 * itself where it has none, else a copy in the arena. */
struct str scanner_redact(struct scanner *scanner, struct str path, struct str bytes,
                          struct arena *arena);
