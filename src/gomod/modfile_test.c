/* go.mod and go.work. */
#include "gomod/modfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = give_up };

static struct modfile parse(struct arena *arena, enum modfile_kind kind, const char *text) {
        struct modfile mod;
        struct err err;

        if (!modfile_parse(arena, kind, STR("go.mod"), str_of(text), &mod, &err))
                fail_msg("%u:%u: %s", err.line, err.column, err.message);
        return mod;
}

static const char whole[] = "// Deprecated: use v2.\n"
                            "module \"example.com/m\" // here\n"
                            "\n"
                            "go 1.21.3\n"
                            "toolchain go1.22.1\n"
                            "godebug default=go1.21\n"
                            "require (\n"
                            "\ta.b/c v1.2.3\n"
                            "\ta.b/d v1.0.0 // indirect; why not\n"
                            "\ta.b/c v1.2.4\n"
                            ")\n"
                            "exclude a.b/c v1.2.5\n"
                            "// a fork\n"
                            "replace a.b/c v1.2.3 => ../c\n"
                            "replace a.b/d => a.b/e v1.1.1 // moved\n"
                            "retract (\n"
                            "\t// bad\n"
                            "\t[v1.0.0, v1.1.0]\n"
                            "\tv1.3.0 // worse\n"
                            ")\n"
                            "tool a.b/c/cmd\n"
                            "ignore ./web\n";

static void every_directive_is_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modfile mod = parse(&arena, MODFILE_MAIN, whole);

        assert_true(str_eq(mod.module.path, STR("example.com/m")));
        assert_true(str_eq(mod.module.deprecated, STR("use v2.\nhere")));
        assert_true(str_eq(mod.go.value, STR("1.21.3")) && mod.go.place.pos.line == 4);
        assert_true(str_eq(mod.toolchain.value, STR("go1.22.1")));
        assert_true(str_eq(mod.godebugs[0].value, STR("go1.21")));
        assert_int_equal(mod.require_count, 3);
        assert_true(mod.requires[1].indirect && !mod.requires[0].indirect);
        assert_true(mod.requires[2].place.pos.line == 10 && mod.requires[2].place.pos.column == 2);
        assert_true(str_eq(mod.replaces[0].place.comment, STR("a fork")));
        assert_true(str_eq(mod.replaces[1].place.comment, STR("moved")));
        assert_true(str_eq(mod.retracts[0].place.comment, STR("bad")));
        assert_true(str_eq(mod.retracts[1].low, STR("v1.3.0")));
        assert_true(mod.tool_count == 1 && mod.ignore_count == 1 && mod.exclude_count == 1);
}

static void lookups(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modfile mod = parse(&arena, MODFILE_MAIN, whole);
        struct mod_version c = { STR("a.b/c"), STR("v1.2.3") };
        struct mod_version d = { STR("a.b/d"), STR("v9.9.9") };

        assert_true(str_eq(modfile_find_replace(&mod, c)->new_mod.path, STR("../c")));
        assert_true(str_eq(modfile_find_replace(&mod, d)->new_mod.path, STR("a.b/e")));
        c.version = STR("v1.2.5");
        assert_null(modfile_find_replace(&mod, c));
        assert_true(modfile_excludes(&mod, c));
        assert_int_equal(modfile_find_require(&mod, c.path)->place.pos.line, 8);
        mod = parse(&arena, MODFILE_WORK, "use ./a\n");
        assert_true(str_eq(modfile_go_version(&mod), STR("1.18")));
        assert_int_equal(mod.use_count, 1);
}

static void errors_have_a_place(void **state UNUSED) {
        static const struct {
                const char *text;
                uint32_t line, column;
                const char *message;
        } cases[] = {
                { "module m\nmodule n\n", 2, 1, "repeated module statement" },
                { "go 1.x\n", 1, 1, "invalid go version '1.x': must match format 1.23.0" },
                { "surprise\n", 1, 1, "unknown directive: surprise" },
                { "go (\n1.21\n)\n", 1, 1, "unknown block type: go" },
                { "x y ()\n", 1, 1, "unknown block type: x y" },
                { "require a.b/c\n", 1, 1, "usage: require module/path v1.2.3" },
                { "require (\n\ta.b/c v2.0.0\n)\n", 2, 2,
                  "require a.b/c: version \"v2.0.0\" invalid: should be v0 or v1, not v2" },
                { "require a.b/c master\n", 1, 1,
                  "require a.b/c: version \"master\" invalid: must be of the form v1.2.3" },
                { "module \"m\n", 1, 10, "unexpected newline in string" },
                { "module m /* x */\n", 1, 10,
                  "mod files must use // comments (not /* */ comments)" },
                { "require (\n", 2, 1, "syntax error (unterminated block started at go.mod:1:1)" },
                { "module m\x01\n", 1, 9, "unexpected input character '?' (U+0001)" },
                { "replace a => b\n", 1, 1,
                  "replacement module without version must be directory path (rooted or starting "
                  "with . or ..)" },
                { "retract v1.0.0\n", 1, 1,
                  "no module directive found, so retract cannot be used" },
        };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct modfile mod;
                struct err err;

                assert_false(modfile_parse(&arena, MODFILE_MAIN, STR("go.mod"),
                                           str_of(cases[i].text), &mod, &err));
                assert_string_equal(err.message, cases[i].message);
                assert_int_equal(err.line, cases[i].line);
                assert_int_equal(err.column, cases[i].column);
        }
}

static void dependencies_are_read_leniently(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modfile mod = parse(&arena, MODFILE_DEPENDENCY,
                                   "module m\ngo 1.2.x\nsurprise (\n a\n)\nreplace a\n"
                                   "require a.b/c v1.2\nretract later\ntoolchain x\n");

        assert_true(str_eq(mod.go.value, STR("1.2")));
        assert_true(str_eq(mod.requires[0].mod.version, STR("v1.2.0")));
        assert_int_equal(mod.replace_count + mod.retract_count + mod.toolchain.place.pos.line, 0);
}

static void versions_to_mend_are_noted(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modfile mod = parse(&arena, MODFILE_MAIN, "module m\nrequire a.b/c v1.2\n");

        assert_true(str_eq(mod.noncanonical, STR("v1.2")));
        assert_int_equal(mod.noncanonical_pos.line, 2);
        assert_int_equal(parse(&arena, MODFILE_MAIN, whole).noncanonical_pos.line, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_directive_is_read),
                cmocka_unit_test(lookups),
                cmocka_unit_test(errors_have_a_place),
                cmocka_unit_test(dependencies_are_read_leniently),
                cmocka_unit_test(versions_to_mend_are_noted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
