/* A small module cache on disk: names, contents, and the same answers from folder and from zip. */
#include "data/zip_fixture.h"
#include "modcache/modcache.h"
#include "modcache/module.h"
#include "sys/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

#define MODULE STR("example.com/Up/case")
#define VERSION STR("v1.0.0-RC1")

static const struct {
        struct str name, bytes;
} files[] = {
        { STR_INIT("go.mod"), STR_INIT("module example.com/Up/case\n") },
        { STR_INIT("a.go"), STR_INIT("package a\n") },
        { STR_INIT("a/a.go"), STR_INIT("package a\n") },
        { STR_INIT("a/b/c/c.go"), STR_INIT("package c\n") },
        { STR_INIT("a-b/x.go"), STR_INIT("package x\n") },
};

static struct modcache cache;
static struct arena fixture;

static void put(struct str name, struct str bytes) {
        struct str path = str_join_path(&fixture, cache.root, name), folder, base;
        struct err err;

        assert_true(str_cut_last(path, '/', &folder, &base));
        if (!file_make_dirs(folder, &err) || !file_write(path, bytes, 0644, &err))
                fail_msg("%s", err.message);
}

static void put_module(struct str version, struct str escaped, bool as_zip) {
        struct zip_fixture zip = zip_fixture_make(&fixture);
        struct str download =
                str_fmt(&fixture, "cache/download/example.com/!up/case/@v/%.*s", STR_ARG(escaped));

        put(str_fmt(&fixture, "%.*s.mod", STR_ARG(download)), files[0].bytes);
        put(str_fmt(&fixture, "%.*s.info", STR_ARG(download)), STR("{}"));
        for (size_t i = 0; i < COUNT_OF(files); i++) {
                if (as_zip)
                        zip_fixture_add(&zip,
                                        str_fmt(&fixture, "%.*s@%.*s/%.*s", STR_ARG(MODULE),
                                                STR_ARG(version), STR_ARG(files[i].name)),
                                        files[i].bytes, true);
                else
                        put(str_fmt(&fixture, "example.com/!up/case@%.*s/%.*s", STR_ARG(escaped),
                                    STR_ARG(files[i].name)),
                            files[i].bytes);
        }
        if (as_zip)
                put(str_fmt(&fixture, "%.*s.zip", STR_ARG(download)),
                    zip_fixture_end(&zip, STR_NONE));
        else
                put(str_fmt(&fixture, "%.*s.ziphash", STR_ARG(download)), STR("h1:"));
}

static int make_cache(void **state UNUSED) {
        char root[] = "/tmp/weir-modcache-XXXXXX";
        struct err err;

        fixture = arena_make(&budget);
        if (!mkdtemp(root) || !modcache_open(str_dup(&fixture, str_of(root)), &cache, &err))
                return -1;
        put_module(VERSION, STR("v1.0.0-!r!c1"), true);
        put_module(STR("v0.9.0"), STR("v0.9.0"), false);
        put(STR("cache/download/example.com/!up/case/@v/main.info"), STR("{}"));
        put(STR("cache/download/example.com/!up/case/@v/list"), STR("v0.9.0\n"));
        return 0;
}

static bool remove_entry(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct str path = str_join_path(&fixture, *(struct str *)ctx, name);
        struct err err;

        if (file_is_dir(path)) {
                (void)!file_list(path, remove_entry, &path, &err);
                rmdir(str_to_c(&fixture, path));
        } else {
                file_remove(path);
        }
        return true;
}

static int drop_cache(void **state UNUSED) {
        struct err err;

        (void)!file_list(cache.root, remove_entry, &cache.root, &err);
        rmdir(str_to_c(&fixture, cache.root));
        arena_drop(&fixture);
        return 0;
}

static void downloads_are_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes;
        struct err err;

        assert_true(modcache_go_mod(&cache, &arena, MODULE, VERSION, &bytes, &err));
        assert_true(str_eq(bytes, files[0].bytes));
        assert_true(modcache_info(&cache, &arena, MODULE, STR("main"), &bytes, &err));
        assert_true(modcache_go_mod_sum(&cache, &arena, MODULE, VERSION, &bytes, &err));
        assert_true(str_eq(bytes, STR("h1:FE483SniDHGam7OSMY3LuOTYzj/fmGjfFUWTkmuXlH0=")));
        assert_false(modcache_go_mod(&cache, &arena, MODULE, STR("v9.9.9"), &bytes, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_string_equal(err.mend, "go mod download example.com/Up/case@v9.9.9");
        assert_false(modcache_go_mod(&cache, &arena, STR("../up"), VERSION, &bytes, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_false(modcache_go_mod(&cache, &arena, MODULE, STR("../../x"), &bytes, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
}

static void versions_are_listed_once(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str *versions;
        struct err err;
        size_t count;

        assert_true(modcache_versions(&cache, &arena, MODULE, &versions, &count, &err));
        assert_int_equal(count, 2);
        assert_true(str_eq(versions[0], STR("v0.9.0")) && str_eq(versions[1], VERSION));
        assert_true(
                modcache_versions(&cache, &arena, STR("example.com/no"), &versions, &count, &err));
        assert_int_equal(count, 0);
}

static struct str names_in(struct modcache_module *module, struct arena *arena, struct str dir) {
        struct buf out = buf_make(arena);
        struct modcache_name *names;
        struct err err;
        size_t count;

        if (!modcache_module_list(module, arena, dir, &names, &count, &err))
                fail_msg("%s", err.message);
        for (size_t i = 0; i < count; i++)
                buf_printf(&out, "%.*s%s ", STR_ARG(names[i].name), names[i].is_dir ? "/" : "");
        return buf_str(&out);
}

static void folder_and_zip_give_the_same(void **state UNUSED) {
        static const struct str versions[] = { STR_INIT("v0.9.0"), STR_INIT("v1.0.0-RC1") };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(versions); i++) {
                AUTO_MODCACHE_MODULE struct modcache_module *module = NULL;
                struct str bytes;
                struct err err;

                assert_int_equal(modcache_dir_is_whole(&cache, &arena, MODULE, versions[i]),
                                 i == 0);
                if (!modcache_module_open(&cache, &arena, MODULE, versions[i], &module, &err))
                        fail_msg("%s", err.message);
                assert_true(
                        str_eq(names_in(module, &arena, STR_NONE), STR("a/ a-b/ a.go go.mod ")));
                assert_true(str_eq(names_in(module, &arena, STR("a")), STR("a.go b/ ")));
                assert_true(str_eq(names_in(module, &arena, STR("a/b")), STR("c/ ")));
                assert_int_equal(names_in(module, &arena, STR("a/no")).len, 0);
                for (size_t f = 0; f < COUNT_OF(files); f++) {
                        assert_true(modcache_module_read(module, &arena, files[f].name, 100, &bytes,
                                                         &err));
                        assert_true(str_eq(bytes, files[f].bytes));
                }
                assert_false(modcache_module_read(module, &arena, STR("a"), 100, &bytes, &err));
                assert_false(modcache_module_read(module, &arena, STR("no"), 100, &bytes, &err));
                assert_int_equal(err.code, ERR_NOT_FOUND);
                assert_false(modcache_module_read(module, &arena, STR("go.mod"), 5, &bytes, &err));
                assert_int_equal(err.code, ERR_LIMIT);
        }
}

static void absent_modules_name_the_mend(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modcache_module *module;
        struct modcache other;
        struct err err;

        assert_false(modcache_module_open(&cache, &arena, MODULE, STR("v5.0.0"), &module, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_string_equal(err.mend, "go mod download example.com/Up/case@v5.0.0");
        assert_false(modcache_open(STR("relative"), &other, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_false(modcache_open(STR("/no/such/cache"), &other, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(downloads_are_read),
                cmocka_unit_test(versions_are_listed_once),
                cmocka_unit_test(folder_and_zip_give_the_same),
                cmocka_unit_test(absent_modules_name_the_mend),
        };

        return cmocka_run_group_tests(tests, make_cache, drop_cache);
}
