/* #cgo lines: what is taken, passed over and refused. */
#include "golang/cgo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };
static const struct build_context linux_context = { .goos = STR_INIT("linux"),
                                                    .goarch = STR_INIT("amd64"),
                                                    .cgo = true };

struct doc_case {
        const char *doc, *why; /* why NULL: taken */
};

static void lines_are_judged_as_the_go_command_does(void **state UNUSED) {
        static const struct doc_case cases[] = {
                { "", NULL },
                { "// int x;", NULL },
                { "// #cgo LDFLAGS: -lm -L${SRCDIR}/lib", NULL },
                { "/*\n#cgo linux,amd64 darwin CFLAGS: -DX=\"a b\" 'c d'\n*/", NULL },
                { "// #cgo noescape f", NULL },
                { "// #cgo nonsense", "invalid #cgo line:  #cgo nonsense" },
                { "// #cgo : x", "invalid #cgo line:  #cgo : x" },
                { "// #cgo CFLAGS: \"x", "invalid #cgo line:  #cgo CFLAGS: \"x" },
                { "// #cgo CFLAGS: x\\", "invalid #cgo line:  #cgo CFLAGS: x\\" },
                { "// #cgo CFLAGS: $(ls)", "malformed #cgo argument: $(ls)" },
                { "// #cgo CFLAGS: ''", "malformed #cgo argument: " },
                { "// #cgo XFLAGS: x", "invalid #cgo verb:  #cgo XFLAGS: x" },
                { "// #cgo windows XFLAGS: $(ls)", NULL },
                { "// #cgo (linux&&cgo) XFLAGS: x",
                  "invalid #cgo verb:  #cgo (linux&&cgo) XFLAGS: x" },
                { "//#cgo XFLAGS: x", "invalid #cgo verb: #cgo XFLAGS: x" },
                { "//export f\n// #cgox", NULL },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str why;
                bool good = cgo_check(&linux_context, str_of(cases[i].doc), &arena, &why);

                assert_int_equal(good, cases[i].why == NULL);
                if (!good)
                        assert_string_equal(str_to_c(&arena, why), cases[i].why);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_judged_as_the_go_command_does),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
