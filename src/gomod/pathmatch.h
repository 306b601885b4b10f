/* gomod/pathmatch.h: shell patterns over slash-separated names, as Go's package path has them.
 *
 * `*` stands for a run of bytes other than '/', `?` for one character other than '/', `[a-z]` and
 * `[^a-z]` for one character of a class, `\x` for x. Source: package path, Match. */
#pragma once

#include "base/str.h"

/* True where the whole name matches. A malformed pattern matches nothing. */
bool pathmatch(struct str pattern, struct str name);
