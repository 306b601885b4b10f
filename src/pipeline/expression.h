/* pipeline/expression.h: the expressions `${{ ... }}` of GitHub Actions and its kin.
 *
 * Source: GitHub Docs, "Contexts reference", "Expressions", and "Security hardening: understanding
 * the risk of script injections", which lists what anybody who opens an issue or a pull request can
 * write. */
#pragma once

#include "base/str.h"

/* Takes the next expression off the text: *ret_whole with its braces, *ret_inside without. *at is
 * the reading position, 0 at first. False where no more stands there. */
bool expression_next(struct str text, size_t *at, struct str *ret_whole, struct str *ret_inside);

/* Asks whether a context that is not listed, as env.NAME or steps.ID.outputs.NAME (indexes as
 * members, case kept), holds what an outsider can write. */
typedef bool expression_holds(void *ctx, struct str path);

/* Whether the value of the expression can hold text that an outsider wrote, so that a shell would
 * run it; *ret_what is the part that does. holds may be NULL. */
bool expression_is_untrusted(struct str inside, expression_holds *holds, void *ctx,
                             struct str *ret_what);

/* Whether the text (of an input such as `ref`) names the code of a pull request or of the run that
 * was started by one. */
bool expression_names_head(struct str text);
