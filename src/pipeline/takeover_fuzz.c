/* codecov.yml, .golangci.yml and .toml, .testcoverage.yml and thresholds in lines. The first byte
 * says which.
 */
#include "pipeline/takeover.h"

#include "data/glob.h"

#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = stop_when_full };

/* What goes into weir.yaml must be one line that its reader takes. */
static void check_value(const struct takeover_item *item) {
        if (!item->key)
                return;
        if (!item->value.len || str_find(item->value, '\n') != SIZE_MAX)
                abort();
}

/* libfyaml 0.7.12 forgets a buffer of its own for some broken quotes. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) {
        return "leak:fy_\nleak:libfyaml\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const char *const files[] = { "codecov.yml", ".golangci.yml", ".testcoverage.yml",
                                             "Makefile", ".golangci.toml" };
        AUTO_ARENA arena = arena_make(&budget);
        struct takeover takeover = { 0 };

        if (!size)
                return 0;
        takeover_read_text(&arena, str_of(files[data[0] % COUNT_OF(files)]),
                           str_dup(&arena, (struct str){ (const char *)data + 1, size - 1 }),
                           &takeover);
        for (size_t i = 0; i < takeover.items.count; i++)
                check_value(&takeover.items.items[i]);
        return 0;
}
