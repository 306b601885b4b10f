/* leak/pattern.h: a regular expression of a secrets rule: Go's (RE2 syntax), run by PCRE2.
 *
 * A rule file is written for Go's `regexp`, so its expressions mean what Go says: leftmost-first
 * matches, `$` only at the end without (?m), `.` one code point (a byte that is no UTF-8 counts as
 * one, too) but no newline without (?s), `\s` without VT, Perl classes in ASCII, \pN and [[:x:]]
 * classes, named groups (?P<n>) and (?<n>), \Q...\E, \z, \C refused, no lookaround and no
 * backreference. The oracle is Go itself, in test/pattern_test.py.
 *
 * A pattern has two forms. `pcre` is the whole of it, for PCRE2 with UTF, MATCH_INVALID_UTF and
 * DOLLAR_ENDONLY. `first` is for the first stage (leak/database.h), which scans bytes and tells
 * only where a match ends: a part of the expression that every match contains, as short and as
 * selective as can be (a leading or trailing part that may be empty is cut off, a repeat at either
 * end is cut to its least count; what counts `.` or a negated class is widened for text of several
 * bytes; K and S under (?i) have partners outside of ASCII).
 *
 * Source: https://pkg.go.dev/regexp/syntax; PCRE2 10.42. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define PATTERN_SIZE_MAX 20000            /* bytes of an expression */
#define PATTERN_REPEAT_MAX 1000           /* as in Go, of nested repeats together too */
#define PATTERN_DEPTH_MAX 1000            /* as in Go */
#define PATTERN_WINDOW ((size_t)64 << 10) /* bytes before an end, where a match has no maximum */
#define PATTERN_MATCH_LIMIT 2000000       /* PCRE2's count of steps from one place of a text */
#define PATTERN_HEAP_LIMIT_KIB ((uint32_t)20480) /* of one search */

struct pattern_code;

struct pattern {
        struct str source; /* as the rule file has it */
        struct str pcre;   /* the same for PCRE2 */
        /* For the first stage. Empty where there is none (the expression can match the empty
         * string, or nothing in it is selective): the whole text has to be searched then. */
        struct str first;
        /* A match that contains a `first` that ends at e starts at or behind e - before (bytes).
         * PATTERN_WINDOW where the expression has no maximum. */
        size_t before;
        uint32_t group_count; /* capturing groups, without the whole */
        bool has_maximum;
        struct pattern_code *code; /* of pcre */
};

/* Reads an expression. Everything lives in the arena. ERR_SYNTAX with the words of Go's error and
 * no place (the caller knows it), ERR_LIMIT. */
MUST_USE bool pattern_parse(struct arena *arena, struct str source, struct pattern *ret_pattern,
                            struct err *err);

/* The compiled form: made by whoever searches first (and JIT-compiled where that can be), immutable
 * then; any thread may use it. One that is never searched is never compiled. */
struct pattern_code *pattern_code_make(struct arena *arena, struct str pcre);
void pattern_code_free(struct pattern_code *code);

/* What one thread needs to search; good for every code. NULL: no memory. */
struct pattern_matcher;
struct pattern_matcher *pattern_matcher_open(void);
void pattern_matcher_close(struct pattern_matcher **matcher);

#define PATTERN_GROUPS_MAX 100

struct pattern_span {
        size_t start, end; /* bytes in the text; start == SIZE_MAX: the group took no part */
};

struct pattern_match {
        struct pattern_span groups[PATTERN_GROUPS_MAX]; /* [0] is the whole match */
        uint32_t count;                                 /* groups, the whole included */
};

/* PATTERN_LIMIT: the search was given up, so that it is not known. */
enum pattern_outcome { PATTERN_NONE, PATTERN_FOUND, PATTERN_LIMIT };

/* The leftmost match in text that starts at or behind `from` and at or before `last_start`. What
 * lies before `from` is seen by `^` and `\b`. text is any bytes. */
enum pattern_outcome pattern_search(struct pattern_code *code, struct pattern_matcher *matcher,
                                    struct str text, size_t from, size_t last_start,
                                    struct pattern_match *ret_match);
