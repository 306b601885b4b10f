/* pipeline/services.h: the services that tests of a module are likely to talk to, known by the
 * drivers that go.mod requires. */
#pragma once

#include "base/buf.h"

struct service {
        const char *name;
        const char *image;
        unsigned port;
        const char *settings;   /* "NAME: value" of its container, or NULL */
        const char *health;     /* a command in it that succeeds once it serves, or NULL */
        const char *test_vars;  /* "NAME=value" lines for the tests; @HOST@ is where it listens */
        const char *modules[6]; /* paths, of any major version, NULL at the end */
};

extern const struct service services[];
extern const size_t service_count; /* at most 32: a set of them is a uint32_t of bits */

/* The services that a requirement of this module asks for; 0: none. */
uint32_t services_of_module(struct str path);

/* Whether tests start their services themselves. */
bool services_are_started_by(struct str path);
