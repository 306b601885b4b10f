/* The generic detector over any bytes in every language, and what it promises: places inside the
 * text, in their order, and lines that are those of the places. The first byte names the file. */
#include "leak/generic.h"

#include <stdlib.h>

static const char *const paths[] = { "a.go",   "a.yaml", "a.json",       "a.toml",
                                     ".env",   "a.ini",  "a.sh",         "a.xml",
                                     "a.txt",  "a.js",   ".netrc",       ".pgpass",
                                     "shadow", ".npmrc", "i18n/en.json", "a.md" };

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void require(bool holds) {
        if (!holds)
                abort();
}

struct seen {
        struct str text;
        size_t offset;
};

static void check(void *ctx, const struct generic_candidate *candidate) {
        struct seen *seen = ctx;
        uint32_t lines = 1;

        require(candidate->offset >= seen->offset);
        require(candidate->offset + candidate->written <= seen->text.len);
        for (size_t i = 0; i < candidate->offset; i++)
                lines += seen->text.ptr[i] == '\n';
        require(candidate->line == lines && candidate->column);
        require(candidate->value.len);
        seen->offset = candidate->offset;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 512 << 20, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct seen seen = { .offset = 0 };

        if (!size)
                return 0;
        seen.text = (struct str){ (const char *)data + 1, size - 1 };
        generic_scan(&arena, str_of(paths[data[0] % COUNT_OF(paths)]), seen.text, UINT64_MAX, check,
                     &seen);
        return 0;
}
