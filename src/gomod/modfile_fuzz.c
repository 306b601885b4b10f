#include "gomod/modfile.h"

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
        struct modfile mod;
        struct err err;

        for (int kind = MODFILE_MAIN; kind <= MODFILE_WORK; kind++) {
                if (!modfile_parse(&arena, (enum modfile_kind)kind, STR("go.mod"), text, &mod,
                                   &err))
                        assert(err.code != ERR_NONE && *err.message);
                else if (mod.require_count)
                        assert(modfile_find_require(&mod, mod.requires[0].mod.path));
        }
        return 0;
}
