/* leak/ruleset_pack.h: a ruleset as bytes, so that a start costs no reading of TOML and no analysis
 * of expressions.
 *
 * The form is that of the weir that wrote it, on the machine that wrote it: bytes of another
 * version are refused by whoever keeps them (a build, a cache file named after the version). */
#pragma once

#include "base/buf.h"
#include "leak/ruleset.h"

/* Everything but examples. */
void ruleset_pack(const struct ruleset *ruleset, struct buf *out);

/* The ruleset in bytes, whose strs are views. ERR_SYNTAX where they are not whole. */
MUST_USE bool ruleset_unpack(struct arena *arena, struct str bytes, struct ruleset *ret_ruleset,
                             struct err *err);
