/* Any bytes are a covmeta with its counters, or an error. The first four bytes say how long the
 * covmeta is. */
#include "cover/covdata.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = abort_when_full };

static bool read_all(struct arena *arena, struct str meta, struct str counters,
                     struct cover_profile *profile, struct err *err) {
        struct covdata *data;

        return covdata_open(arena, STR("covmeta"), meta, &data, err) &&
               (!counters.len || covdata_add(data, STR("covcounters"), counters, err)) &&
               covdata_emit(data, profile, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_COVER_PROFILE *profile =
                cover_profile_make(&arena, (struct cover_workers){ 0 }, UINT32_MAX);
        struct str bytes = { (const char *)data, size };
        const struct cover_file *files;
        uint32_t length = 0;
        struct err err;
        size_t count;

        if (size < 4)
                return 0;
        memcpy(&length, data, 4);
        bytes = str_slice(bytes, 4, bytes.len);
        if (!read_all(&arena, str_slice(bytes, 0, length), str_slice(bytes, length, bytes.len),
                      profile, &err)) {
                assert(err.code != ERR_NONE && *err.file);
                return 0;
        }
        if (!cover_profile_finish(profile, &files, &count, &err))
                assert(err.code == ERR_MISMATCH);
        return 0;
}
