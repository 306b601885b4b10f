/* sys/spawn.h: child processes. No shell, ever. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct spawn_request {
        const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH of env */
        const char *const *env;  /* NULL-terminated NAME=value; NULL: an empty environment */
        struct str dir;          /* working folder; empty: this process's */
        struct str input;        /* written to standard input, then closed */
        uint32_t deadline_ms;    /* 0: none; past it the whole process group is killed */
        size_t output_max; /* bytes kept of each of stdout and stderr; more is a limit error */
};

struct spawn_result {
        int status; /* exit status; 128 + signal where a signal ended it */
        struct str out, err;
};

/* Runs the child in a process group of its own and waits for it. A child that exits with a status
 * other than 0 is no error here. Errors: ERR_NOT_FOUND (no such program), ERR_LIMIT (deadline or
 * output cap; the group is killed and reaped), ERR_IO. Output lives in arena. */
MUST_USE bool spawn_run(struct arena *arena, const struct spawn_request *request,
                        struct spawn_result *ret_result, struct err *err);
