/* golang/cgo.h: the #cgo lines in the comment above `import "C"`.
 *
 * Source: cmd/cgo's documentation, "Using cgo with the go command"; go/build (saveCgo). */
#pragma once

#include "golang/constraint.h"

/* Checks the lines as the go command does; doc is that of the import, with its comment markers.
 * False for the first line it refuses: *ret_why is a sentence in arena. Lines whose conditions do
 * not hold under context are not looked into further. */
bool cgo_check(const struct build_context *context, struct str doc, struct arena *arena,
               struct str *ret_why);
