#include "gomod/sumfile.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = { (const char *)data, size };
        struct sumfile sum;
        struct err err;

        if (!sumfile_parse(&arena, STR("go.sum"), text, &sum, &err))
                return 0;
        for (size_t i = 0; i < sum.count; i++)
                sumfile_has(&sum, sum.lines[i].mod, sum.lines[i].go_mod);
        return 0;
}
