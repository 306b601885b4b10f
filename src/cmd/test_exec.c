#include "cmd/test_exec.h"

#include "sys/file.h"
#include "sys/sandbox.h"

int cmd_test_exec(struct cmd_context *context, const char *const *argv) {
        struct str spec;
        struct err err;

        if (!argv[0] || !argv[1])
                err_set(&err, ERR_USAGE, "%s is what go test -exec calls", TEST_EXEC_NAME);
        else if (file_read(context->arena, str_of(argv[0]), SANDBOX_SPEC_MAX, &spec, &err))
                (void)sandbox_enter(context->arena, spec, argv + 1, &context->env, &err);
        return cmd_fail(context, &err);
}
