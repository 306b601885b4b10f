/* Listed and needed packages, on plans made by hand. */
#include "base/buf.h"
#include "modload/vendorneed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

#define LIST                                                                                       \
        "# a.test/m v1.0.0\n## explicit; go 1.20\na.test/m\na.test/m/x\n"                          \
        "# b.test/n v0.1.0\n## go 1.20\nb.test/n\n"

static const struct str a_packages[] = { STR_INIT("a.test/m"), STR_INIT("a.test/m/x") };
static const struct str b_packages[] = { STR_INIT("b.test/n") };

static const struct vendorplan_module modules[] = {
        { .mod = { STR_INIT("a.test/m"), STR_INIT("v1.0.0") },
          .go_version = STR_INIT("1.20"),
          .is_explicit = true,
          .packages = a_packages,
          .package_count = 2 },
        { .mod = { STR_INIT("b.test/n"), STR_INIT("v0.1.0") },
          .go_version = STR_INIT("1.20"),
          .packages = b_packages,
          .package_count = 1 },
};

/* What differs between a list and the plan: kinds with what they are about. */
static struct str compared(struct arena *arena, struct str text, struct package *packages,
                           size_t package_count) {
        static const char *const names[] = {
#define X(name) #name,
                VENDOR_DIFFERENCES(X)
#undef X
        };
        struct vendorplan plan = { .modules = modules,
                                   .module_count = COUNT_OF(modules),
                                   .modules_txt = STR(LIST),
                                   .packages = { .items = packages, .count = package_count } };
        struct modulestxt txt;
        struct vendorlist_input input = { .file = STR("vendor/modules.txt"), .txt = &txt };
        vendor_differences out = { 0 };
        struct buf said = buf_make(arena);
        struct err err;

        assert_true(modulestxt_parse(arena, input.file, text, &txt, &err));
        vendorneed_compare(&input, text, &plan, arena, &out);
        for (size_t i = 0; i < out.count; i++)
                buf_printf(&said, "%s:%u:%.*s:%.*s>%.*s ", names[out.items[i].kind],
                           out.items[i].line, STR_ARG(out.items[i].package),
                           STR_ARG(out.items[i].got), STR_ARG(out.items[i].want));
        return buf_str(&said);
}

static const struct {
        const char *list, *said;
} rows[] = {
        { LIST, "" },
        /* listed and not needed; needed and not listed */
        { "# a.test/m v1.0.0\n## explicit; go 1.20\na.test/m\na.test/m/x\na.test/m/y\n"
          "# b.test/n v0.1.0\n## go 1.20\nb.test/n\n",
          "VENDOR_PACKAGE_NOT_NEEDED:5:a.test/m/y:> " },
        { "# a.test/m v1.0.0\n## explicit; go 1.20\na.test/m\n# b.test/n v0.1.0\n## go 1.20\nb.test/n\n",
          "VENDOR_PACKAGE_NOT_VENDORED:1:a.test/m/x:> " },
        { "# a.test/m v1.0.0\n## explicit; go 1.20\na.test/m\na.test/m/x\n",
          "VENDOR_PACKAGE_NOT_VENDORED:0:b.test/n:> " },
        /* an indirect module at another version, said once */
        { "# a.test/m v1.0.1\n## explicit; go 1.20\na.test/m\na.test/m/x\n"
          "# b.test/n v0.1.0\n## go 1.20\nb.test/n\n",
          "VENDOR_OTHER_VERSION:1::v1.0.1>v1.0.0 " },
        { "# a.test v1.0.0\na.test/m\n# a.test/m v1.0.0\n## explicit; go 1.20\na.test/m/x\n"
          "# b.test/n v0.1.0\n## go 1.20\nb.test/n\n",
          "VENDOR_PACKAGE_OTHER_MODULE:2:a.test/m:a.test@v1.0.0>a.test/m@v1.0.0 " },
        /* the same in other words */
        { "# a.test/m v1.0.0\n## explicit;  go 1.20\na.test/m\na.test/m/x\n"
          "# b.test/n v0.1.0\n## go 1.20\nb.test/n\n",
          "VENDOR_LIST_DIFFERS:2::> " },
        { LIST "\n", "VENDOR_LIST_DIFFERS:8::> " },
        { "## workspace\n# a.test/m v9.0.0\na.test/m\n", "" },
};

static void differences_are_named(void **state UNUSED) {
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str said = compared(&arena, str_of(rows[i].list), NULL, 0);

                if (!str_eq(said, str_of(rows[i].said)))
                        fail_msg("row %zu says %.*s", i, STR_ARG(said));
        }
}

/* Where a package could not be followed, what it imports is not known. */
static void an_incomplete_plan_calls_nothing_unneeded(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct package broken = { .problem = { .kind = PACKAGE_MISSING } };
        struct vendorplan plan = { .packages = { .items = &broken, .count = 1 } };

        assert_ptr_equal(vendorneed_problem(&plan), &broken);
        assert_int_equal(compared(&arena, str_of(rows[1].list), &broken, 1).len, 0);
        assert_true(
                str_eq(compared(&arena, str_of(rows[2].list), &broken, 1), str_of(rows[2].said)));
        broken.problem.kind = PACKAGE_MISSING_STD;
        assert_null(vendorneed_problem(&plan));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(differences_are_named),
                cmocka_unit_test(an_incomplete_plan_calls_nothing_unneeded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
