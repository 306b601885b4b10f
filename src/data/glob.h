/* data/glob.h: path patterns as .gitignore has them (gitignore(5), "PATTERN FORMAT").
 *
 * `*` and `?` stop at `/`, `[a-z]` and `[!a-z]` are classes, `\` takes the next byte as it is, and
 * a whole part `**` stands for any number of folders. A pattern without a slash (but for a
 * trailing one) matches at any depth; one with a slash is anchored at the root. What matches a
 * folder matches all in it; a trailing slash matches folders only. Matching is by bytes, case
 * counts. Time is at most the length of the pattern times the length of the path. */
#pragma once

#include "base/err.h"

#define GLOB_PATTERN_MAX 1024 /* bytes of a pattern */

/* Says what is wrong with a pattern: empty, over GLOB_PATTERN_MAX, an open class, a `\` at the end,
 * a leading `!`, or `**` beside other characters in one part. */
MUST_USE bool glob_check(struct str pattern, struct err *err);

/* Whether the file path (relative, `/` between parts) or a folder above it matches. Takes the
 * patterns that glob_check refuses as git does: an open class is a letter, `a**b` is `a*b`; the
 * empty pattern and one over GLOB_PATTERN_MAX match nothing. */
bool glob_match(struct str pattern, struct str path);

/* The same for this very file or folder; what lies above it does not count. */
bool glob_match_entry(struct str pattern, struct str path, bool is_dir);
