/* sys/spawn_parts.h: what both ways of starting a child share. Only sys/ includes this. */
#pragma once

#include "sys/spawn.h"

/* Everything that is needed after a fork, so that no memory is asked for then. */
struct spawn_start {
        const struct spawn_request *request;
        const char *path; /* of the program */
        const char *dir;  /* NULL: this process's */
};

/* Looks the program up. ERR_NOT_FOUND. */
MUST_USE bool spawn_prepare(struct arena *arena, const struct spawn_request *request,
                            struct spawn_start *ret_start, struct err *err);

/* Becomes the program, with fds as its standard input, output and error. */
_Noreturn void spawn_become(const struct spawn_start *start, const int fds[3]);
