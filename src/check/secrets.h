/* check/secrets.h: the checkpoint `secrets` for rules that a user brings. */
#pragma once

#include "check/check.h"
#include "leak/ruleset.h"

/* One row a rule of leak/rules.toml, in its order; made from it when weir is built. */
extern const struct rule secret_rules[];

extern const struct check check_secrets;

/* What the rows run. */
void secrets_run(const struct rule *rule, const struct repo_facts *repo,
                 const struct module_facts *module, struct findings *out);

/* The checkpoint with the rules of a set in place of weir's own; in the arena. */
const struct check *secrets_check_of(struct arena *arena, const struct ruleset *rules);
