/* engine/fingerprint.h: what makes a finding the same one after the code has moved.
 *
 * SHA-256, as 64 hex digits, over rule id, main module, the rule's own key (or, where it gave none,
 * the trimmed source line), for an imported finding the other tool's name and rule, and the number
 * of the occurrence among findings that are equal so far, each ended by a NUL. Neither path nor
 * line number enters. */
#pragma once

#include "check/finding.h"
#include "gitrepo/tree.h"

/* Fills the fingerprint of every finding in the list, which is put in the order of reports. */
void fingerprints_fill(struct arena *arena, const struct tree *tree, struct findings *findings);
