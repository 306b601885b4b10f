/* leak/scan_impl.h: the parts of leak/scan.h. */
#pragma once

#include "base/vec.h"
#include "leak/place.h"
#include "leak/scan.h"

struct scan_set {
        const struct ruleset *rules;
        struct secret_key key;
        struct str known_key;
        struct database *database;
        struct database *wide; /* of scan_set_prepare_parts; NULL: none */
        /* Expressions of the database: one for each rule, then the triggers of the generic
         * detector. */
        size_t expression_count;
        const bool *left_out;    /* of the rules: the whole text has to be searched */
        const bool *is_required; /* of the rules: by another one, whatever its own keywords say */
        bool has_generic;
};

/* Ends of one rule that lie close to each other. */
struct scan_range {
        size_t first, last;
};

/* What the first stage saw of one rule. */
struct scan_ranges {
        VEC(struct scan_range) list;
        bool was_asked, has_keyword; /* of the text: a keyword is looked for once */
};

struct scanner {
        const struct scan_set *set;
        struct database_scratch *scratch;
        struct database_scratch *wide_scratch; /* made at the first use */
        struct pattern_matcher *matcher;
        struct arena arena;         /* of one text */
        struct scan_ranges *ranges; /* one for each rule */
        VEC(uint32_t) touched;      /* rules that have ranges */
        uint64_t triggers;          /* of the generic detector, a bit for each that was seen */
        bool gave_up;               /* an allowlist's search was given up */
};

/* A secret that a rule has found, still with its bytes. */
struct scan_raw {
        const struct secret_rule *rule;
        size_t match_start, match_end;     /* in the text */
        size_t offset, size;               /* of the secret, as it is written in the text */
        struct str value;                  /* its bytes */
        uint32_t line, column;             /* 1-based */
        uint32_t match_line, match_column; /* as gitleaks counts; 0 of a rule of a path alone */
        enum rule_severity severity;
        bool confirmed;
        bool only_required; /* its keywords are not in the text: another rule may ask for it */
        bool dropped;
};

/* One text while it is scanned. */
struct scan {
        struct scanner *scanner;
        struct str path, commit;
        struct str bytes;
        enum place_kind place;
        VEC(struct scan_raw) raws;
        const struct secret_rule *gave_up;

        /* Of a text that the source only spells in parts: where that stands. NULL: the text itself.
         */
        const struct scan_raw *derived_from;
};

/* Runs every rule over the text; fills raws, in no order and without lines. */
void scan_run(struct scan *scan);

/* Adds what the rule found unless the rule, its allowlists or what weir knows of such values let it
 * pass. The match and the secret are in scan->bytes. */
void scan_add(struct scan *scan, const struct secret_rule *rule, const struct pattern_match *match);

/* The generic detector, and the texts that it derives. */
void scan_generic(struct scan *scan);

/* Lines, the order of reports, rules that need others, one secret found twice. */
void scan_settle(struct scan *scan);

bool scan_is_own_key(const struct scan *scan, struct str value);

/* The whole lines that a match lies on. */
struct str scan_lines_of(struct str text, size_t start, size_t end);

/* Whether value has more entropy (Shannon, bits a byte) than the threshold; of characters where it
 * is UTF-8. */
double scan_entropy(struct str value);

/* Whether one of the words (in lower case) is in the text, whatever its case. */
bool scan_has_word(const struct words *words, struct str text);
