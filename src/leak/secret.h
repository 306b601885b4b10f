/* leak/secret.h: what may be known of a secret once its bytes are gone.
 *
 * Outside of leak/ a secret is its place, its length, the few characters that a person may see, and
 * an HMAC that tells whether two are the same. The bytes never leave leak/ (a test looks for them
 * in everything that weir writes).
 *
 * HMAC-SHA256 (RFC 2104) and not a plain hash: who has a report could try words against that. */
#pragma once

#include "base/str.h"
#include "data/digest.h"

#define SECRET_KEY_SIZE 32
#define SECRET_SHOWN_MAX 4 /* bytes of it that are ever shown */

struct secret_key {
        unsigned char bytes[SECRET_KEY_SIZE];
};

struct secret {
        uint32_t line, column; /* 1-based, where its value starts; the column in bytes */
        size_t length;         /* bytes */
        size_t shown_count;
        char shown[SECRET_SHOWN_MAX]; /* its first bytes, printable ASCII */
        struct digest hmac;
};

/* All but the place. */
struct secret secret_make(const struct secret_key *key, struct str bytes);

/* "ghp_… (40 bytes)"; in the arena. */
struct str secret_redacted(struct arena *arena, const struct secret *secret);

/* The HMAC of several secrets that stand for one: that of the only one, or one over all in their
 * order. */
struct digest secret_hmac_of(const struct secret_key *key, const struct digest *hmacs,
                             size_t count);
