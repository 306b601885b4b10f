/* golang/citoolchain.h: the Go version that a line of a pipeline file asks for.
 *
 * Known forms: `go-version: '1.21'` and `go-version: [1.20.x, "1.21.3"]` (GitHub and Gitea
 * Actions), `GO_VERSION: 1.21`, and the container images `golang:1.21-alpine`. A range that the
 * newest release satisfies ("^1.21", ">=1.20", "stable") asks for no version. */
#pragma once

#include "base/str.h"

/* Whether a path is that of a pipeline file whose lines are worth reading. */
bool citoolchain_is_pipeline(struct str path);

/* Takes the next version ("1.21" or "1.21.3", never "1.21.x") off the line; false where no more
 * stands there. *at is the reading position in the line, 0 at first. */
bool citoolchain_next(struct str line, size_t *at, struct str *ret_version);
