/* Any bytes are a profile or an error with its place, and the same whatever pieces they are read
 * in. */
#include "base/buf.h"
#include "cover/profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = abort_when_full };

static void describe(const struct cover_file *file, struct buf *out) {
        struct cover_cursor cursor = cover_run_walk(&file->run);
        struct cover_block block, before = { 0 };

        buf_printf(out, "%.*s:%u\n", STR_ARG(file->name), file->line);
        for (size_t i = 0; cover_cursor_next(&cursor, &block); i++) {
                assert(i == 0 || cover_block_cmp(&before, &block) < 0);
                assert(block.count <= COVER_COUNT_MAX);
                before = block;
                buf_printf(out, "%llx,%llx %u %llu\n", (unsigned long long)block.start,
                           (unsigned long long)block.end, block.statements,
                           (unsigned long long)block.count);
        }
}

/* What the bytes mean, in words. */
static struct str outcome(struct arena *arena, struct str bytes, struct cover_workers workers) {
        AUTO_COVER_PROFILE *profile = cover_profile_make(arena, workers, COVER_COUNT_MAX);
        struct buf out = buf_make(arena);
        const struct cover_file *files;
        struct err err;
        size_t count;

        if (!cover_profile_add_bytes(profile, STR("p"), bytes, &err)) {
                assert(err.code != ERR_NONE && *err.file && *err.message);
                return err_line(&err, arena);
        }
        if (!cover_profile_finish(profile, &files, &count, &err)) {
                assert(err.code == ERR_MISMATCH);
                return STR("mismatch");
        }
        for (size_t i = 0; i < count; i++)
                describe(&files[i], &out);
        return buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const struct cover_workers pieces[] = { { .threads = 3, .piece_size = 7 },
                                                       { .threads = 2, .piece_size = 100 } };
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes = { (const char *)data, size };
        struct str want = outcome(&arena, bytes, (struct cover_workers){ 0 });

        for (size_t i = 0; i < COUNT_OF(pieces); i++)
                assert(str_eq(outcome(&arena, bytes, pieces[i]), want));
        return 0;
}
