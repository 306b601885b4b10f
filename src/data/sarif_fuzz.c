/* Any bytes as a SARIF log. */
#include "data/sarif.h"

#include <stdlib.h>

static void full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = full };
        AUTO_ARENA arena = arena_make(&budget);
        struct sarif_log log;
        struct err err;

        if (sarif_parse(&arena, STR("log"), (struct str){ (const char *)data, size }, &log, &err))
                for (size_t i = 0; i < log.count; i++)
                        if (!log.results[i].tool.len)
                                abort();
        return 0;
}
