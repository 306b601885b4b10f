/* facts/secrets_delta.h: the first stage over the deltas of a pack.
 *
 * What a delta copies was looked through in its base, so only what it inserts is new, with as many
 * bytes around each seam as a match of the first stage can have. The places where the first stage
 * saw an end are carried from base to delta; so the answer for every blob is the one that looking
 * through all of it gives (or "suspect" where an end lies in what is copied and its start does
 * not). Expressions with longer matches are looked for in the whole blob. */
#pragma once

#include "gitrepo/odb.h"
#include "leak/scan.h"

#define DELTA_ENDS_MAX 4096 /* of one blob that are carried; with more its deltas are read whole   \
                             */

/* What is known of a blob, for its deltas. */
struct delta_state;
void delta_state_free(void *ctx, void *state);

/* Looks through a blob. The set is prepared (scan_set_prepare_parts). *ret_state may be NULL: there
 * is no memory, or too much is known; what stands on the blob is read whole then. */
bool delta_suspects(struct scanner *scanner, const struct odb_visit *visit,
                    struct delta_state **ret_state);
