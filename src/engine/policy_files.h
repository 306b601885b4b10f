/* engine/policy_files.h: the policy of a run, read from where it may be read.
 *
 * The judged party writes weir.yaml. With a base, weir.yaml, the baseline and ignore comments are
 * those of the base; what the change itself would loosen has no effect and is a finding. A policy
 * from outside the repository can only tighten. */
#pragma once

#include "gitrepo/tree.h"
#include "policy/baseline.h"
#include "policy/config.h"
#include "policy/ignore.h"
#include "policy/verdict.h"

struct policy_files {
        struct config config; /* what holds */
        struct policy policy; /* over config */
        struct ignores ignores;
        bool is_set;                /* there is a policy file, a baseline or an ignore comment */
        struct str sha256;          /* of the files that hold; empty: the defaults */
        struct findings loosenings; /* of the change: POL findings */
};

struct policy_files_request {
        const struct tree *tree;
        const struct tree *base;      /* NULL without --base */
        bool from_head;               /* --policy-from head: the change's own policy holds */
        const struct str *site_files; /* --policy, on the host's disk */
        size_t site_file_count;
        int64_t now_seconds;
};

/* Everything lives in arena; ret is pointed to by its own policy and must not move. Errors:
 * ERR_SYNTAX with the place for a policy that cannot be read, whichever revision it is of. */
MUST_USE bool policy_files_load(struct arena *arena, const struct policy_files_request *request,
                                struct policy_files *ret_files, struct err *err);
