/* leak/generic.h: credentials that no provider's format gives away: a value that stands under a
 * credential's name.
 *
 * Go is read by the tokens of golang/lexer.h, the other languages line by line by their own rules.
 * Bytes in, candidates out; a candidate has passed every test for placeholders (leak/quiet.h). */
#pragma once

#include "base/arena.h"
#include "leak/place.h"

enum generic_kind {
        GENERIC_ASSIGNMENT, /* password = "..." and its kin */
        GENERIC_URL,        /* scheme://user:PASSWORD@host */
        GENERIC_DSN,        /* user:PASSWORD@tcp(host)/db and key=value connection strings */
        GENERIC_DERIVED, /* no candidate: a text that the source only spells in parts or in base64
                            (constants joned over lines, Secret `data`, docker `auth`); every rule
                            of a provider is to be run over it */
};

struct generic_candidate {
        enum generic_kind kind;
        /* The value, as it is after unquoting. A view into the text, or in the arena. */
        struct str value;
        struct str name; /* what names it; empty for URLs and derived texts */
        uint32_t line;   /* 1-based, where the value starts in the text */
        uint32_t column; /* 1-based, bytes */
        size_t offset;   /* of the value in the text, as it is written */
        size_t written;  /* bytes that it takes up there */
};

typedef void generic_sink(void *ctx, const struct generic_candidate *candidate);

/* Expressions (Go syntax, for the first stage) of which at least one matches in every text that
 * has a candidate, so that a text where none does is never read: reading is dearer than the first
 * stage by far, so these have to be selective (a word like "token" alone is in every third file).
 */
extern const struct str generic_triggers[];
extern const size_t generic_trigger_count;

/* Whether a text of this path, in which the triggers of these bits were seen, may have a candidate:
 * in a language that quotes every value bare ones say nothing. */
bool generic_wants(struct str path, uint64_t triggers);

/* Tells every candidate in text, in which the triggers of these bits were seen, in the order of
 * lines. The arena is for this call: the caller resets it. */
void generic_scan(struct arena *arena, struct str path, struct str text, uint64_t triggers,
                  generic_sink *sink, void *ctx);
