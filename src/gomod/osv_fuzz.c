#include "gomod/osv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct osv_entry entry;
        struct err err;

        if (!osv_parse(&arena, STR("f"), (struct str){ (const char *)data, size }, &entry, &err))
                return 0;
        for (size_t i = 0; i < entry.affected_count; i++) {
                struct str fixed = STR_NONE;

                (void)osv_affects(&entry.affected[i], STR("v1.2.3"), &fixed);
        }
        return 0;
}
