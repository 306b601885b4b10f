#include "data/tar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes = { (const char *)data, size };
        struct tar_entry entry;
        struct tar tar;
        bool more = true;
        struct err err;

        if (gzip_is(bytes) && !gzip_unpack(&arena, bytes, 1 << 20, &bytes, &err))
                return 0;
        tar = tar_open(bytes);
        while (more && tar_next(&tar, &arena, &entry, &more, &err))
                continue;
        return 0;
}
