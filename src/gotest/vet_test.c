/* The output of go vet -json. */
#include "gotest/vet.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = give_up };

static void note(void *ctx, const struct vet_finding *finding) {
        buf_printf(ctx, "%.*s %.*s %.*s:%u:%u %.*s;", STR_ARG(finding->package),
                   STR_ARG(finding->analyzer), STR_ARG(finding->path), finding->line,
                   finding->column, STR_ARG(finding->message));
}

static void objects_in_a_row_are_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena);
        struct err err;

        assert_true(vet_parse(
                &arena,
                STR("{}\n# m/q\n{\n\t\"m/q\": {\n\t\t\"assign\": [\n\t\t\t{\n"
                    "\t\t\t\t\"posn\": \"/r/q.go:4:17\",\n\t\t\t\t\"message\": \"self\"\n\t\t\t}\n"
                    "\t\t],\n\t\t\"broken\": {\"error\": \"no\"}\n\t}\n}\nvet: x.go:1:2: no\n{}\n"),
                note, &out, &err));
        assert_true(str_eq(buf_str(&out), STR("m/q assign /r/q.go:4:17 self;")));
        assert_false(vet_parse(&arena, STR("go: no such tool\n"), note, &out, &err));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(objects_in_a_row_are_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
