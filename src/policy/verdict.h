/* policy/verdict.h: what the policy makes of findings. */
#pragma once

#include "policy/baseline.h"
#include "policy/config.h"
#include "policy/ignore.h"

/* What holds in one run. */
struct policy {
        const struct config *config;
        struct baseline *baseline; /* NULL: none */
        struct ignores *ignores;   /* NULL: none */
        int64_t today;             /* days since 1970-01-01 */
        bool *waivers_used;        /* one for each waiver of the config; made by policy_make */
};

struct policy policy_make(struct arena *arena, const struct config *config,
                          struct baseline *baseline, struct ignores *ignores, int64_t today);

/* Gives the finding its severity and says whether it is waived and why: by an ignored path, an
 * ignore comment, a waiver that has not expired, or the baseline. Rules on the policy itself (POL)
 * can be given another severity but not be waived. A rule that is off makes the severity SEV_OFF:
 * the caller drops the finding. */
void policy_apply(struct policy *policy, struct finding *finding);

/* Adds what is wrong with the policy itself, after every finding was applied: waivers that have
 * expired, comments without effect, and, for the rules in `judged` (those that were judged in
 * full), waivers, comments and baseline entries that cover nothing. */
void policy_report(struct policy *policy, const struct rule *const *judged, size_t judged_count,
                   struct findings *out);
