/* leak/own.h: weir's own rules, as they were made ready when weir was built. */
#pragma once

#include "base/str.h"

/* What ruleset_pack made of leak/rules.toml. */
struct str own_rules_packed(void);

/* What scan_set_database gave for them. */
struct str own_rules_database(void);
