#include "data/zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void ignore(void *ctx UNUSED, struct str piece UNUSED) {
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_limits limits = { 1000, 16 << 20, 2000 };
        struct zip zip;
        struct err err;

        if (!inflater ||
            !zip_open(&arena, (struct str){ (const char *)data, size }, &limits, &zip, &err))
                return 0;
        for (size_t i = 0; i < zip.entry_count; i++)
                (void)!zip_stream(&zip, &zip.entries[i], inflater, ignore, NULL, &err);
        return 0;
}
