/* Which files of a GOCOVERDIR belong together. What they hold is compared with the go command in
 * test/coverage_test.py. */
#include "cover/covdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void names_tell_kind_and_hash(void **state UNUSED) {
        static const struct {
                const char *name;
                enum covdata_kind kind;
                const char *hash;
        } cases[] = {
                { "covmeta.9bbf", COVDATA_META, "9bbf" },
                { "covcounters.9bbf.1677673.1662138360208416486", COVDATA_COUNTERS, "9bbf" },
                { "covcounters.a.b.1.2", COVDATA_COUNTERS, "a.b" },
                { "covmeta.", COVDATA_OTHER, "" },
                { "covmeta.a b", COVDATA_OTHER, "" },
                { "covcounters.9bbf.x.1", COVDATA_OTHER, "" },
                { "covcounters.1.2", COVDATA_OTHER, "" },
                { "covcounters.9bbf.1.", COVDATA_OTHER, "" },
                { "metafiles.txt", COVDATA_OTHER, "" },
                { "", COVDATA_OTHER, "" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str hash = STR_NONE;

                assert_int_equal(covdata_kind_of(str_of(cases[i].name), &hash), cases[i].kind);
                assert_true(str_eq(hash, str_of(cases[i].hash)));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_tell_kind_and_hash),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
