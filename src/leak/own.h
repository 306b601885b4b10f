/* leak/own.h: weir's own rules, as they were made ready when weir was built. */
#pragma once

#include "base/str.h"

/* The bytes of leak/rules.toml. */
struct str own_rules_text(void);

/* What scan_set_database gave for them; empty where weir was built without. */
struct str own_rules_database(void);
