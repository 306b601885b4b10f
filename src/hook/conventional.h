/* hook/conventional.h: Conventional Commits 1.0.0 (conventionalcommits.org/en/v1.0.0).
 *
 *     type(scope)!: description
 *
 *     body, after one blank line
 *
 * Any word may be a type; scope and `!` may be left out. Pure. */
#pragma once

#include "base/message.h"

/* What is wrong with a cleaned message, and on which line (from 1); NULL where nothing is. */
const struct text *conventional_fault(struct str message, unsigned *ret_line);
