/* Paths, patterns and versions. */
#include "gomod/gover.h"
#include "gomod/modpath.h"
#include "gomod/semver.h"

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
        struct str a = text, b = text, escaped, back;
        struct err err;

        str_cut(text, 0, &a, &b);
        if (modpath_escape(&arena, a, &escaped, &err)) {
                assert(modpath_unescape(&arena, escaped, &back, &err));
                assert(str_eq(back, a));
        }
        modpath_matches_patterns(a, b);
        assert(semver_compare(a, b) <= 0 || semver_compare(b, a) <= 0);
        assert((gover_compare(a, b) == 0) == (gover_compare(b, a) == 0));
        if (semver_is_pseudo(a) && semver_pseudo_base(&arena, a, &back, &err) && back.len)
                assert(semver_is_valid(back) && semver_compare(back, a) < 0);
        return 0;
}
