/* The whole judgement of a module in memory: its files are the parts of the input between NULs. */
#include "modload/refusal.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const struct str paths[] = { STR_INIT("c/c.go"),     STR_INIT("c/go.mod"),
                                            STR_INIT("go.work"),    STR_INIT("m/go.mod"),
                                            STR_INIT("m/go.sum"),   STR_INIT("m/x.go"),
                                            STR_INIT("m/x_test.go") };
        static const struct build_context context = { .goos = STR_INIT("linux"),
                                                      .goarch = STR_INIT("amd64"),
                                                      .release = 26 };
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct str contents[COUNT_OF(paths)] = { 0 }, rest = { (const char *)data, size };
        struct refusal_input input = { .dir = STR("m"),
                                       .go_version = STR("1.26.8"),
                                       .gotoolchain = STR("auto"),
                                       .context = &context,
                                       .threads = 1 };
        struct refusal_report report;
        struct err err;

        for (size_t i = 0; i < COUNT_OF(paths); i++)
                if (!str_cut(rest, '\0', &contents[i], &rest)) {
                        contents[i] = rest;
                        rest = STR_NONE;
                }
        input.tree = tree_of_memory(&arena, paths, contents, COUNT_OF(paths));
        for (int i = 0; i < 2; i++, input.in_workspace = true) {
                if (!refusal_judge(&arena, &input, &report, &err))
                        continue;
                for (size_t j = 0; j < report.refusal_count; j++)
                        assert(report.refusals[j].detail.len);
        }
        return 0;
}
