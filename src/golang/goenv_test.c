/* The go command's settings: where each comes from, defaults, GOFLAGS. */
#include "golang/goenv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = abort_when_full };

#define assert_str(got, want) assert_true(str_eq((got), STR(want)))

static struct goenv read_env(struct arena *arena, const struct goenv_input *input) {
        struct goenv goenv;
        struct err err;

        assert_true(goenv_read(arena, input, &goenv, &err));
        return goenv;
}

static void the_environment_goes_before_the_files(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *const vars[] = { "HOME=/h", "GOPROXY=env", "GOSUMDB=", NULL };
        struct goenv_input input = { .env = { vars },
                                     .user_file = STR("# c\nGOPROXY=user\nGOSUMDB=user\n"
                                                      "GOVCS=a\nGOVCS=b\nGOPRIVATE=\nbroken\n"),
                                     .goroot_file = STR("GOSUMDB=root\nGOPRIVATE=root\n"
                                                        "GOTOOLCHAIN=auto\n") };
        struct goenv goenv = read_env(&arena, &input);

        assert_str(goenv_get(&goenv, GOENV_GOPROXY), "env");
        assert_int_equal(goenv.values[GOENV_GOPROXY].origin, GOENV_ENVIRONMENT);
        assert_str(goenv_get(&goenv, GOENV_GOSUMDB), "user");
        assert_str(goenv_get(&goenv, GOENV_GOVCS), "b");
        assert_str(goenv_get(&goenv, GOENV_GOPRIVATE), "");
        assert_str(goenv_get(&goenv, GOENV_GOTOOLCHAIN), "auto");
        assert_int_equal(goenv.values[GOENV_GOTOOLCHAIN].origin, GOENV_GOROOT_FILE);
        assert_str(goenv_get(&goenv, GOENV_GOMODCACHE), "/h/go/pkg/mod");
}

static void private_modules_need_no_proxy_and_no_sums(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *const vars[] = { "GOPRIVATE=a.b/*", "GONOSUMDB=c", NULL };
        struct goenv goenv = read_env(&arena, &(struct goenv_input){ .env = { vars } });

        assert_str(goenv_get(&goenv, GOENV_GONOPROXY), "a.b/*");
        assert_str(goenv_get(&goenv, GOENV_GONOSUMDB), "c");
        assert_str(goenv_get(&goenv, GOENV_GOPATH), "");
        assert_str(goenv_get(&goenv, GOENV_GOMODCACHE), "");
}

static struct str cgo_of(struct arena *arena, const char *const *vars, bool compiler) {
        struct goenv_input input = { .env = { vars },
                                     .host_arch = STR("amd64"),
                                     .has_c_compiler = compiler };
        struct goenv goenv = read_env(arena, &input);

        return goenv_get(&goenv, GOENV_CGO_ENABLED);
}

static void cgo_is_on_for_the_host_with_a_compiler(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *const none[] = { NULL }, *const windows[] = { "GOOS=windows", NULL };
        const char *const off[] = { "CGO_ENABLED=0", NULL };
        const char *const on[] = { "CGO_ENABLED=1", "GOARCH=arm64", NULL };
        const char *const odd[] = { "CGO_ENABLED=yes", NULL };

        assert_str(cgo_of(&arena, none, true), "1");
        assert_str(cgo_of(&arena, none, false), "0");
        assert_str(cgo_of(&arena, windows, true), "0");
        assert_str(cgo_of(&arena, off, true), "0");
        assert_str(cgo_of(&arena, on, false), "1");
        assert_str(cgo_of(&arena, odd, true), "1");
}

static void goflags_are_words(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *const vars[] = { "GOFLAGS=-mod=vendor --tags=x '-ldflags=-s -w' -v -tags=a,,b",
                                     NULL };
        struct goenv goenv = read_env(&arena, &(struct goenv_input){ .env = { vars } });
        struct str value;

        assert_int_equal(goenv.flag_count, 5);
        assert_true(goenv_flag(&goenv, STR("mod"), &value) && str_eq(value, STR("vendor")));
        assert_true(goenv_flag(&goenv, STR("ldflags"), &value) && str_eq(value, STR("-s -w")));
        assert_true(goenv_flag(&goenv, STR("v"), &value) && value.len == 0);
        assert_false(goenv_flag(&goenv, STR("modfile"), &value));
        assert_int_equal(goenv.tag_count, 2);
        assert_str(goenv.tags[1], "b");
}

static void bad_goflags_are_refused(void **state UNUSED) {
        const char *const bad[] = { "GOFLAGS=mod", "GOFLAGS=-", "GOFLAGS=---x", "GOFLAGS=-=a",
                                    "GOFLAGS='-a" };

        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                const char *const vars[] = { bad[i], NULL };
                struct goenv_input input = { .env = { vars } };
                struct goenv goenv;
                struct err err;

                assert_false(goenv_read(&arena, &input, &goenv, &err));
                assert_int_equal(err.code, ERR_SYNTAX);
        }
}

static void the_user_file_lies_in_the_configuration_folder(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *const home[] = { "HOME=/h", NULL }, *const off[] = { "HOME=/h", "GOENV=off",
                                                                         NULL };
        const char *const xdg[] = { "HOME=/h", "XDG_CONFIG_HOME=/x", NULL };
        const char *const set[] = { "GOENV=/e", NULL }, *const none[] = { NULL };
        struct str path;

        assert_true(goenv_user_file(&(struct env){ home }, &arena, &path));
        assert_str(path, "/h/.config/go/env");
        assert_true(goenv_user_file(&(struct env){ xdg }, &arena, &path));
        assert_str(path, "/x/go/env");
        assert_true(goenv_user_file(&(struct env){ set }, &arena, &path));
        assert_str(path, "/e");
        assert_false(goenv_user_file(&(struct env){ off }, &arena, &path));
        assert_false(goenv_user_file(&(struct env){ none }, &arena, &path));
}

static void versions_are_read_from_their_file(void **state UNUSED) {
        struct str version;
        uint32_t release;

        assert_true(goenv_parse_version(STR("go1.26.8\ntime 2026\n"), &version, &release));
        assert_str(version, "go1.26.8");
        assert_int_equal(release, 26);
        assert_true(goenv_parse_version(STR("go1.21rc2"), &version, &release));
        assert_int_equal(release, 21);
        assert_false(goenv_parse_version(STR("devel +abc"), &version, &release));
        assert_false(goenv_parse_version(STR(""), &version, &release));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_environment_goes_before_the_files),
                cmocka_unit_test(private_modules_need_no_proxy_and_no_sums),
                cmocka_unit_test(cgo_is_on_for_the_host_with_a_compiler),
                cmocka_unit_test(goflags_are_words),
                cmocka_unit_test(bad_goflags_are_refused),
                cmocka_unit_test(the_user_file_lies_in_the_configuration_folder),
                cmocka_unit_test(versions_are_read_from_their_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
