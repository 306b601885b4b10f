/* facts/redact.h: text that a report shows, without its secrets.
 *
 * What tests print, what other tools say and the source lines of coverage may hold a token; every
 * report gets them through this. The rules are weir's own, whatever --config says. */
#pragma once

#include "facts/facts.h"

struct redactor;

/* NULL where the rules cannot be made ready on this host: then nothing that it would have looked at
 * may be shown. Close it before the arena goes. */
struct redactor *redactor_open(struct arena *arena, struct repo_facts *repo);
void redactor_close(struct redactor **redactor);
#define AUTO_REDACTOR __attribute__((cleanup(redactor_close))) struct redactor

/* text with each byte of a secret as `*`; "" where redactor is NULL. path tells what language it is
 * in, and may be empty. A view of text where there is nothing to hide, else in the arena. */
struct str redact(struct redactor *redactor, struct arena *arena, struct str path, struct str text);
