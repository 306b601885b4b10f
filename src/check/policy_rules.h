/* check/policy_rules.h: the rules on the policy itself. Their findings are made by policy/, not by
 * a run over facts; here stand their words, so that they are explained and listed like all others.
 */
#pragma once

#include "check/check.h"

#define POLICY_RULES(X)                                                                            \
        X(POL_WAIVER_EXPIRED, "POL001")                                                            \
        X(POL_WAIVER_UNUSED, "POL002")                                                             \
        X(POL_IGNORE_WRONG, "POL003")                                                              \
        X(POL_IGNORE_UNUSED, "POL004")                                                             \
        X(POL_BASELINE_UNUSED, "POL005")                                                           \
        X(POL_CHECK_LOOSENED, "POL010")                                                            \
        X(POL_RULE_LOOSENED, "POL011")                                                             \
        X(POL_VALUE_LOOSENED, "POL012")                                                            \
        X(POL_WAIVER_ADDED, "POL013")                                                              \
        X(POL_PATH_IGNORED, "POL014")                                                              \
        X(POL_IGNORE_ADDED, "POL015")                                                              \
        X(POL_BASELINE_GROWN, "POL016")

enum policy_rule {
#define X(name, id) name,
        POLICY_RULES(X)
#undef X
                POLICY_RULE_COUNT
};

extern const struct check check_policy;

/* The row of a rule. */
const struct rule *policy_rule(enum policy_rule rule);
