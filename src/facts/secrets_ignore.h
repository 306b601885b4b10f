/* facts/secrets_ignore.h: .gitleaksignore, findings that somebody has looked at and lets be. */
#pragma once

#include "facts/secrets.h"

#define SECRETS_IGNORE_FILE STR(".gitleaksignore")
#define SECRETS_IGNORE_SIZE_MAX ((size_t)16 << 20)

/* Reads lines of the forms `file:rule-id:line` and `commit:file:rule-id:line`; empty lines,
 * comments
 * (#) and lines of no such form are passed over, as gitleaks does. Views into text. */
void secrets_ignore_parse(struct arena *arena, struct str text, struct secrets_options *options);
