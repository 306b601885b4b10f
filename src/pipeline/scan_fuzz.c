/* Pipeline files of every platform. The first byte says which. */
#include "pipeline/scan.h"

#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = stop_when_full };

static void check_places(const struct scan_file *file, struct str text) {
        uint32_t lines = 1;

        for (size_t i = 0; i < text.len; i++)
                lines += text.ptr[i] == '\n';
        for (size_t i = 0; i < file->flaws.count; i++)
                if (!file->flaws.items[i].line || file->flaws.items[i].line > lines ||
                    !file->flaws.items[i].column)
                        abort();
}

/* libfyaml 0.7.12 forgets a buffer of its own for some broken quotes. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) {
        return "leak:fy_\nleak:libfyaml\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO_ARENA arena = arena_make(&budget);
        struct scan_file file;
        struct str text;
        struct err err;

        if (!size)
                return 0;
        text = str_dup(&arena, (struct str){ (const char *)data + 1, size - 1 });
        if (scan_read(&arena, STR("f"), (enum scan_platform)(data[0] % (SCAN_JENKINS + 1)), text,
                      &file, &err))
                check_places(&file, text);
        return 0;
}
