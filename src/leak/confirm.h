/* leak/confirm.h: what can be told of a secret by its own bytes: checksums, structure.
 *
 * Only a checksum of GitHub, npm and Grafana tokens may silence a finding; all else only raises or
 * lowers its severity. */
#pragma once

#include "base/str.h"

#define CONFIRMS(X)                                                                                \
        X(CONFIRM_NONE, "")                                                                        \
        X(CONFIRM_GITHUB, "github")   /* CRC-32 in base62 at the end */                            \
        X(CONFIRM_NPM, "npm")         /* the same */                                               \
        X(CONFIRM_GRAFANA, "grafana") /* CRC-32 in hex at the end of glsa_ */                      \
        X(CONFIRM_JWT, "jwt")         /* header and payload are JSON, the header has alg */        \
        X(CONFIRM_NKEY, "nkey")       /* CRC-16 of NATS seeds */                                   \
        X(CONFIRM_AWS, "aws")         /* the account id in an access key id */                     \
        X(CONFIRM_PEM, "pem")         /* a private key that parses; one left out is dropped */

enum confirm_kind {
#define X(name, word) name,
        CONFIRMS(X)
#undef X
};

enum confirm_answer {
        CONFIRM_KEEP,    /* nothing to say */
        CONFIRM_RAISE,   /* the structure holds: an error, whatever the rule says */
        CONFIRM_LOWER,   /* it does not: a warning at most */
        CONFIRM_SILENCE, /* proven not to be one */
};

/* The kind with this word ("" too); false where there is none. */
bool confirm_parse(struct str word, enum confirm_kind *ret_kind);

enum confirm_answer confirm_secret(enum confirm_kind kind, struct str secret);
