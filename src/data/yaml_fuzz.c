#include "data/glob.h"
#include "data/json.h"
#include "data/yaml.h"

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
        struct str text = { (const char *)data, size }, pattern, path;
        struct yaml_node node;
        struct json value;
        struct err err;

        (void)!yaml_parse(&arena, STR("f"), text, &node, &err);
        (void)!yaml_parse_foreign(&arena, STR("f"), text, &node, &err);
        (void)!json_parse(&arena, STR("f"), text, &value, &err);
        if (str_cut(text, '\n', &pattern, &path)) {
                (void)!glob_check(pattern, &err);
                (void)glob_match(pattern, path);
        }
        return 0;
}
