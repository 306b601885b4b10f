#include "gomod/modulestxt.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = { (const char *)data, size };
        struct modulestxt txt;
        struct err err;

        if (!modulestxt_parse(&arena, STR("vendor/modules.txt"), text, &txt, &err))
                return 0;
        for (size_t i = 0; i < txt.package_count; i++)
                assert(txt.packages[i].module < txt.module_count);
        for (size_t i = 0; i < txt.module_count; i++)
                assert(modulestxt_find(&txt, txt.modules[i].mod).line);
        return 0;
}
