/* The snapshot: made from every form of a database, read back, and never believed when damaged. */
#include "data/zip_fixture.h"
#include "gomod/vulndb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = fail_when_full };

#define GO_PACKAGE(name) "\"package\":{\"ecosystem\":\"Go\",\"name\":\"" name "\"}"
#define EVENTS(events) "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" events "]}]"

static const struct {
        struct str name, bytes;
} files[] = {
        { STR_INIT("ID/GO-2.json"),
          STR_INIT(
                  "{\"id\":\"GO-2\",\"summary\":\"two\",\"modified\":\"2024-02-02T00:00:00Z\","
                  "\"aliases\":[\"CVE-2\"],\"database_specific\":{\"url\":\"https://two\"},"
                  "\"affected\":[{" GO_PACKAGE("b.test/m") "," EVENTS("{\"introduced\":\"0\"},{\"fixed\":\"1.2.0\"}") "},{" GO_PACKAGE(
                          "a.test/m") "," EVENTS("{\"introduced\":\"1.0.0\"}") "}]}") },
        { STR_INIT("ID/GO-1.json"),
          STR_INIT(
                  "{\"id\":\"GO-1\",\"summary\":\"one\",\"modified\":\"0001-01-01T00:00:00Z\","
                  "\"published\":\"2024-01-01T00:00:00Z\",\"affected\":[{" GO_PACKAGE("b.test/m") "," EVENTS(
                          "{\"introduced\":\"0\"}") ",\"ecosystem_specific\":{\"custom_ranges\":[{\"type\":\"ECOSYSTEM\","
                                                    "\"events\":[{\"fixed\":\"7.0\"}]}]}}]}") },
        { STR_INIT("ID/GO-3.json"),
          STR_INIT(
                  "{\"id\":\"GO-3\",\"withdrawn\":\"2024-01-03T00:00:00Z\",\"affected\":[{" GO_PACKAGE(
                          "b.test/m") "," EVENTS("{\"introduced\":\"0\"}") "}]}") },
        { STR_INIT("ID/GO-4.json"),
          STR_INIT("{\"id\":\"GO-4\",\"affected\":[{" GO_PACKAGE("stdlib") "," EVENTS(
                  "{\"introduced\":\"1.22.0-0\"},{\"fixed\":\"1.22.3\"}") "}]}") },
        { STR_INIT("LICENSE"), STR_INIT("no json") },
};

static struct vulndb_builder *filled(struct arena *arena) {
        struct vulndb_builder *builder = vulndb_builder_make(arena);
        struct err err;

        for (size_t i = 0; i < COUNT_OF(files); i++)
                if (!vulndb_builder_add(builder, files[i].name, files[i].bytes, &err))
                        fail_msg("%s: %s", err.file, err.message);
        return builder;
}

static struct str made(struct vulndb_builder *builder, struct arena *arena) {
        struct str bytes;
        struct err err;

        if (!vulndb_builder_end(builder, arena, &bytes, &err))
                fail_msg("%s", err.message);
        return bytes;
}

static struct vulndb opened(struct str bytes) {
        struct vulndb db;
        struct err err;

        if (!vulndb_open(bytes, &db, &err))
                fail_msg("%s", err.message);
        return db;
}

static void what_was_put_in_is_found(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb db = opened(made(filled(&arena), &arena));
        struct vulndb_hit *hits;
        size_t count;

        assert_true(str_eq(db.date, STR("2024-02-02T00:00:00Z")));
        assert_int_equal(db.entry_count, 3);
        assert_int_equal(db.withdrawn_count, 1);
        vulndb_find(&db, &arena, STR("b.test/m"), STR("v1.1.0"), &hits, &count);
        assert_int_equal(count, 2);
        assert_true(str_eq(hits[0].id, STR("GO-1")) && hits[0].unknown);
        assert_true(str_eq(hits[0].fixed, STR("v7.0")));
        assert_true(str_eq(hits[1].id, STR("GO-2")) && !hits[1].unknown);
        assert_true(str_eq(hits[1].fixed, STR("v1.2.0")) && str_eq(hits[1].summary, STR("two")));
        assert_true(str_eq(hits[1].url, STR("https://two")));
        assert_true(hits[1].alias_count == 1 && str_eq(hits[1].aliases[0], STR("CVE-2")));
        vulndb_find(&db, &arena, STR("a.test/m"), STR("v0.9.0"), &hits, &count);
        assert_int_equal(count, 0);
        vulndb_find(&db, &arena, STR("a.test"), STR("v1.0.0"), &hits, &count);
        assert_int_equal(count, 0);
        vulndb_find(&db, &arena, STR("stdlib"), vulndb_go_version(&arena, STR("1.22rc1")), &hits,
                    &count);
        assert_int_equal(count, 1);
        vulndb_find(&db, &arena, STR("stdlib"), vulndb_go_version(&arena, STR("go1.22.3")), &hits,
                    &count);
        assert_int_equal(count, 0);
}

static void releases_of_go_have_semantic_versions(void **state UNUSED) {
        static const char *const pairs[][2] = {
                { "1.22.3", "v1.22.3" },
                { "go1.22.3", "v1.22.3" },
                { "1.22", "v1.22.0" },
                { "1", "v1.0.0" },
                { "1.22rc1", "v1.22.0-rc.1" },
                { "go1.9beta2", "v1.9.0-beta.2" },
                { "devel", "" },
                { "1.22.3-x", "" },
                { "", "" },
        };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(pairs); i++)
                if (!str_eq(vulndb_go_version(&arena, str_of(pairs[i][0])), str_of(pairs[i][1])))
                        fail_msg("%s", pairs[i][0]);
}

static void the_index_is_believed_and_checked(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb_builder *builder = filled(&arena);
        struct str bytes;
        struct err err;

        assert_true(vulndb_builder_add(builder, STR("x/index/db.json"),
                                       STR("{\"modified\":\"2025-05-05T00:00:00Z\"}"), &err));
        assert_true(vulndb_builder_add(builder, STR("x/index/modules.json"), STR("any"), &err));
        assert_true(vulndb_builder_add(builder, STR("index/vulns.json"),
                                       STR("[{\"id\":\"GO-1\"},{\"id\":\"GO-3\"}]"), &err));
        assert_true(str_eq(opened(made(builder, &arena)).date, STR("2025-05-05T00:00:00Z")));
        assert_true(vulndb_builder_add(builder, STR("index/vulns.json"), STR("[{\"id\":\"GO-9\"}]"),
                                       &err));
        assert_false(vulndb_builder_end(builder, &arena, &bytes, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_false(vulndb_builder_add(builder, STR("index/vulns.json"), STR("{}"), &err));
        assert_false(vulndb_builder_add(builder, STR("index/db.json"), STR("{}"), &err));
        assert_false(vulndb_builder_add(builder, STR("again/GO-1.json"), files[1].bytes, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
}

static void nothing_is_no_database(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb_builder *builder = vulndb_builder_make(&arena);
        struct str bytes;
        struct err err;

        assert_true(vulndb_builder_add(builder, STR("README"), STR("x"), &err));
        assert_false(vulndb_builder_end(builder, &arena, &bytes, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void the_order_of_files_does_not_matter(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb_builder *backwards = vulndb_builder_make(&arena);
        struct zip_fixture zip = zip_fixture_make(&arena);
        struct vulndb_builder *archive = vulndb_builder_make(&arena);
        struct str want = made(filled(&arena), &arena);
        struct err err;

        for (size_t i = COUNT_OF(files); i-- > 0;) {
                assert_true(vulndb_builder_add(backwards, files[i].name, files[i].bytes, &err));
                zip_fixture_add(&zip, files[i].name, files[i].bytes, true);
        }
        assert_true(str_eq(made(backwards, &arena), want));
        assert_true(vulndb_builder_add_archive(archive, zip_fixture_end(&zip, STR_NONE), &err));
        assert_true(str_eq(made(archive, &arena), want));
}

static void damaged_snapshots_are_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str whole = made(filled(&arena), &arena);
        char *bytes = str_to_c(&arena, whole);
        struct vulndb db;
        struct err err;

        for (size_t i = 0; i < whole.len; i++) {
                bytes[i] ^= 4;
                assert_false(vulndb_open((struct str){ bytes, whole.len }, &db, &err));
                assert_string_equal(err.mend, "weir vulndb update");
                bytes[i] ^= 4;
        }
        for (size_t len = 0; len < whole.len; len++)
                assert_false(vulndb_open((struct str){ bytes, len }, &db, &err));
        assert_true(vulndb_open((struct str){ bytes, whole.len }, &db, &err));
}

static struct str read_shared(struct arena *arena, const char *name) {
        const char *shared = getenv("WEIR_SHARED");
        char path[4096];
        FILE *file;
        char *bytes = arena_alloc(arena, 16 << 20);
        size_t len;

        snprintf(path, sizeof(path), "%s/data/vulndb/%s", shared ? shared : "../shared", name);
        file = fopen(path, "rb");
        if (!file)
                fail_msg("%s cannot be read", path);
        len = fread(bytes, 1, 16 << 20, file);
        fclose(file);
        return (struct str){ bytes, len };
}

static struct str snapshot_of(struct arena *arena, const char *name) {
        struct vulndb_builder *builder = vulndb_builder_make(arena);
        struct err err;

        if (!vulndb_builder_add_archive(builder, read_shared(arena, name), &err))
                fail_msg("%s: %s: %s", name, err.file, err.message);
        return made(builder, arena);
}

/* The whole Go database, as a folder of OSV files and in the v1 layout: all but the date is the
 * same, which is the last text. */
static void both_layouts_give_the_same_snapshot(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str osv = snapshot_of(&arena, "osv.zip"), v1 = snapshot_of(&arena, "v1.zip");
        struct vulndb a = opened(osv), b = opened(v1);
        size_t header = 64, date = sizeof("2026-08-21T20:38:00Z") - 1;

        assert_int_equal(a.entry_count, 4291 - 17);
        assert_int_equal(a.withdrawn_count, 17);
        assert_int_equal(osv.len, v1.len);
        assert_true(str_eq(b.date, STR("2026-08-21T20:38:00Z")));
        assert_true(str_eq(str_slice(osv, header, osv.len - date),
                           str_slice(v1, header, v1.len - date)));
        assert_true(osv.len < (size_t)2 << 20);
}

static void known_holes_are_found(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb db = opened(snapshot_of(&arena, "v1.zip"));
        struct vulndb_hit *hits;
        size_t count;

        vulndb_find(&db, &arena, STR("mellium.im/sasl"), STR("v0.3.0"), &hits, &count);
        assert_int_equal(count, 1);
        assert_true(str_eq(hits[0].id, STR("GO-2023-1268")));
        assert_true(str_eq(hits[0].fixed, STR("v0.3.1")) && !hits[0].unknown);
        vulndb_find(&db, &arena, STR("mellium.im/sasl"), STR("v0.3.1"), &hits, &count);
        assert_int_equal(count, 0);
        vulndb_find(&db, &arena, STR("k8s.io/ingress-nginx"), STR("v0.1.0"), &hits, &count);
        assert_true(count > 0 && hits[0].unknown);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_put_in_is_found),
                cmocka_unit_test(releases_of_go_have_semantic_versions),
                cmocka_unit_test(the_index_is_believed_and_checked),
                cmocka_unit_test(nothing_is_no_database),
                cmocka_unit_test(the_order_of_files_does_not_matter),
                cmocka_unit_test(damaged_snapshots_are_refused),
                cmocka_unit_test(both_layouts_give_the_same_snapshot),
                cmocka_unit_test(known_holes_are_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
