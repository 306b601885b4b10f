/* policy/loosen.h: a change that loosens the policy it is judged by.
 *
 * The judged party writes weir.yaml, so with --base the policy of the base holds, and each way in
 * which the change would loosen it is a finding. */
#pragma once

#include "policy/baseline.h"
#include "policy/config.h"
#include "policy/ignore.h"

/* Adds a finding for each value of `after` that is looser than in `before`: a checkpoint off or
 * later, a severity lowered, a setting loosened, a waiver new or prolonged, a path ignored. */
void loosen_config(const struct config *before, const struct config *after, struct findings *out);

/* Adds a finding for each comment of `after` that has none like it (file, rule, reason, as often)
 * in `before`: lines may move. Such a comment then covers nothing: it takes effect once merged. */
void loosen_ignores(const struct ignores *before, struct ignores *after, struct findings *out);

/* Adds one finding where `after` has entries that `before` has not, and one where it has stored
 * less coverage. Either may be NULL: empty. file
 * is the baseline of the change. */
void loosen_baseline(const struct baseline *before, const struct baseline *after, struct str file,
                     struct findings *out);
