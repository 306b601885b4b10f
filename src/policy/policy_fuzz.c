#include "policy/baseline.h"
#include "policy/config.h"
#include "policy/ignore.h"

#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

/* libfyaml 0.7.12 forgets a buffer of its own for some broken quotes. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) {
        return "leak:fy_\nleak:libfyaml\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 256 << 20, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = { (const char *)data, size };
        struct config config = config_default(&arena);
        struct buf out = buf_make(&arena);
        struct ignores ignores = { 0 };
        struct baseline baseline;
        struct err err;

        if (config_read(&config, STR("weir.yaml"), text, &err))
                config_show(&config, &out);
        (void)!config_tighten(&config, STR("site.yaml"), text, &err);
        (void)!baseline_parse(&arena, STR("baseline.json"), text, &baseline, &err);
        ignore_scan(&arena, STR("a.go"), text, &ignores);
        ignore_scan(&arena, STR("go.mod"), text, &ignores);
        ignore_scan(&arena, STR("ci.yml"), text, &ignores);
        return 0;
}
