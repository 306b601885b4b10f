/* check/rule_examples.h: a bad and a good example of every rule, made at build time from the cases
 * under testdata that the tests run, so that what `weir explain` shows is what weir does. */
#pragma once

#include "base/str.h"

struct rule_example {
        const char *rule; /* id */
        const char *bad, *good;
};

extern const struct rule_example rule_examples[];
extern const size_t rule_example_count;

/* NULL where the rule has none. */
const struct rule_example *rule_example_find(struct str id);
