/* cmd/test_exec.h: `weir test-exec SPEC BINARY [ARG]...`, which the go command starts each test
 * binary through (go test -exec). No command of the user's: what follows are the binary's words,
 * whatever they look like. */
#pragma once

#include "cmd/cmd.h"

#define TEST_EXEC_NAME "test-exec"

/* argv: SPEC, BINARY, its arguments, NULL. Becomes the binary; returns only on failure. */
int cmd_test_exec(struct cmd_context *context, const char *const *argv);
