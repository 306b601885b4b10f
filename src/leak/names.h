/* leak/names.h: whether a name promises a credential.
 *
 * Names are judged by their words, so that camelCase, snake_case, kebab-case and dotted keys are
 * one. The last word decides: a passwordField, a TOKEN_URL, a secretName hold no secret. */
#pragma once

#include "base/str.h"

enum name_class {
        NAME_NONE,
        NAME_SESSION,  /* session ids: credentials only where a program has written them down */
        NAME_KEY,      /* some key: only what looks drawn at random is one */
        NAME_SECRET,   /* secret, token, api key: what is no word */
        NAME_PASSWORD, /* password: even a word is one */
};

enum name_class name_class_of(struct str name);

/* Whether the name is that of a secret that a protocol derives, as test vectors list them. */
bool name_is_derived(struct str name);
