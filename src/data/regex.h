/* data/regex.h: regular expressions (PCRE2, UTF-8 where the pattern and the text are) that a
 * configuration names and that input is held against. Pure. Matching is bounded, so that no pattern
 * can stop weir. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define REGEX_SIZE_MAX 1000                    /* bytes of a pattern */
#define REGEX_MATCH_LIMIT 1000000              /* PCRE2's count of internal steps */
#define REGEX_HEAP_LIMIT_KIB ((uint32_t)20480) /* of one match */

/* ERR_SYNTAX says what is wrong and after how many bytes; ERR_LIMIT. */
MUST_USE bool regex_check(struct str pattern, struct err *err);

/* Whether the pattern matches somewhere in text; ^ and $ match at each line. Errors: those of
 * regex_check; ERR_LIMIT where the match takes too long. */
MUST_USE bool regex_matches(struct str pattern, struct str text, bool *ret_matches,
                            struct err *err);
