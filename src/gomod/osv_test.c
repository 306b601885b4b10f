/* OSV entries: reading them, and the matching of versions. */
#include "gomod/osv.h"
#include "gomod/semver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

static struct osv_entry parsed(struct arena *arena, struct str text) {
        struct osv_entry entry;
        struct err err;

        if (!osv_parse(arena, STR("t.json"), text, &entry, &err))
                fail_msg("%s", err.message);
        return entry;
}

static enum osv_answer answer(struct arena *arena, const char *affected, const char *version,
                              struct str *ret_fixed) {
        struct str text = str_fmt(arena,
                                  "{\"id\":\"X\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\","
                                  "\"name\":\"m.test\"},%s}]}",
                                  affected);
        struct osv_entry entry = parsed(arena, text);

        assert_int_equal(entry.affected_count, 1);
        return osv_affects(&entry.affected[0], str_of(version), ret_fixed);
}

static void entries_are_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct osv_entry entry = parsed(
                &arena,
                STR("{\"id\":\"GO-1\",\"summary\":\"s\",\"published\":\"2024-01-01T00:00:00Z\","
                    "\"aliases\":[\"CVE-1\",\"GHSA-2\"],\"withdrawn\":null,\"unheard_of\":[1],"
                    "\"database_specific\":{\"url\":\"https://u\"},"
                    "\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"x\"}},"
                    "{\"package\":{\"ecosystem\":\"Go\",\"name\":\"a.test/m\"},\"ranges\":["
                    "{\"type\":\"GIT\",\"events\":[{\"introduced\":\"abc\"}]},"
                    "{\"type\":\"SEMVER\",\"events\":[{\"fixed\":\"1.2.0\"},{\"introduced\":\"0\"}]}"
                    "]}]}"));

        assert_true(str_eq(entry.id, STR("GO-1")) && str_eq(entry.summary, STR("s")));
        assert_true(str_eq(entry.url, STR("https://u")) && entry.withdrawn.len == 0);
        assert_int_equal(entry.alias_count, 2);
        assert_true(str_eq(entry.aliases[1], STR("GHSA-2")));
        assert_int_equal(entry.affected_count, 1);
        assert_int_equal(entry.affected[0].range_count, 1);
        assert_true(str_eq(entry.affected[0].ranges[0].events[0].version, STR("0")));
        assert_true(str_eq(entry.affected[0].ranges[0].events[1].version, STR("v1.2.0")));
}

static void other_shapes_are_refused(void **state UNUSED) {
        static const char *const refused[] = {
                "",
                "[]",
                "{}",
                "nul",
                "{\"id\":1}",
                "{\"id\":\"\"}",
                "{\"id\":\"A\",}",
                "{\"id\":\"A\",\"affected\":{}}",
                "{\"id\":\"A\",\"affected\":[1]}",
                "{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\"}}]}",
                "{\"id\":\"A\",\"aliases\":[1]}",
                "{\"id\":\"A\",\"summary\":[]}",
                ("{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\",\"name\":\"m\"},"
                 "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[\"1\"]}]}]}"),
        };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(refused); i++) {
                struct osv_entry entry;
                struct err err = { 0 };

                if (osv_parse(&arena, STR("t.json"), str_of(refused[i]), &entry, &err))
                        fail_msg("%s", refused[i]);
                assert_int_equal(err.code, ERR_SYNTAX);
                assert_string_equal(err.file, "t.json");
        }
}

#define SEMVER(events) "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" events "]}]"

static const struct {
        const char *affected, *version;
        enum osv_answer answer;
        const char *fixed; /* NULL: not asked */
} answers[] = {
        /* left-closed, right-open */
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}"), "v0.9.9", OSV_NOT_AFFECTED,
          NULL },
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}"), "v1.0.0", OSV_AFFECTED,
          "v1.2.0" },
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}"), "v1.2.0-rc.1", OSV_AFFECTED,
          "v1.2.0" },
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}"), "v1.2.0", OSV_NOT_AFFECTED,
          NULL },
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}"), "v1.1.0+incompatible",
          OSV_AFFECTED, "v1.2.0" },
        /* the fixed version of the part that it lies in */
        { SEMVER("{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.3.0\"},{\"introduced\":\"0\"},"
                 "{\"fixed\":\"1.5.0\"}"),
          "v1.4.0", OSV_AFFECTED, "v1.5.0" },
        { SEMVER("{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.3.0\"},{\"introduced\":\"0\"},"
                 "{\"fixed\":\"1.5.0\"}"),
          "v2.0.1", OSV_AFFECTED, "v2.3.0" },
        { SEMVER("{\"introduced\":\"0\"}"), "v1.0.0", OSV_AFFECTED, "" },
        /* last_affected counts itself, also where it is where the part begins */
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"last_affected\":\"1.2.0\"}"), "v1.2.0",
          OSV_AFFECTED, "" },
        { SEMVER("{\"introduced\":\"1.0.0\"},{\"last_affected\":\"1.2.0\"}"), "v1.2.1",
          OSV_NOT_AFFECTED, NULL },
        { SEMVER("{\"last_affected\":\"1.0.0\"},{\"introduced\":\"1.0.0\"}"), "v1.0.0",
          OSV_AFFECTED, "" },
        { SEMVER("{\"last_affected\":\"1.0.0\"},{\"introduced\":\"1.0.0\"}"), "v1.0.1",
          OSV_NOT_AFFECTED, NULL },
        /* an unknown version is not judged */
        { SEMVER("{\"introduced\":\"0\"}"), "", OSV_NOT_AFFECTED, NULL },
        { SEMVER("{\"introduced\":\"0\"}"), "(devel)", OSV_NOT_AFFECTED, NULL },
        { "\"ranges\":[]", "v1.0.0", OSV_AFFECTED, "" },
        { "\"ranges\":null", "v1.0.0", OSV_AFFECTED, "" },
        /* custom ranges only, and beside ranges that tell */
        { SEMVER("{\"introduced\":\"0\"}") ",\"ecosystem_specific\":{\"custom_ranges\":["
                                           "{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"9.0\"}]}]}",
          "v1.0.0", OSV_UNKNOWN, NULL },
        { SEMVER("{\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"}") ",\"ecosystem_specific\":{\"custom_ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[]}]}",
          "v1.0.0", OSV_NOT_AFFECTED, NULL },
};

static void versions_are_matched(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(answers); i++) {
                struct str fixed = STR("untouched");
                enum osv_answer got =
                        answer(&arena, answers[i].affected, answers[i].version, &fixed);

                if (got != answers[i].answer)
                        fail_msg("%s at %s: %d", answers[i].affected, answers[i].version, got);
                if (answers[i].fixed && !str_eq(fixed, str_of(answers[i].fixed)))
                        fail_msg("%s at %s: fixed %.*s", answers[i].affected, answers[i].version,
                                 STR_ARG(fixed));
        }
}

static json_t *load_shared(const char *name) {
        const char *shared = getenv("WEIR_SHARED");
        char path[4096];
        json_error_t error;
        json_t *json;

        snprintf(path, sizeof(path), "%s/data/%s", shared ? shared : "../shared", name);
        json = json_load_file(path, 0, &error);
        if (!json)
                fail_msg("%s: %s", path, error.text);
        return json;
}

/* The table of golang.org/x/vuln's own test. */
static void answers_are_those_of_govulncheck(void **state UNUSED) {
        json_t *cases = load_shared("osv-cases/affects.json");

        assert_int_equal(json_array_size(cases), 17);
        for (size_t i = 0; i < json_array_size(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                const json_t *row = json_array_get(cases, i);
                char *ranges = json_dumps(json_object_get(row, "ranges"), JSON_COMPACT);
                struct str version = osv_version(
                        &arena, str_of(json_string_value(json_object_get(row, "version"))));
                struct str member = str_fmt(&arena, "\"ranges\":%s", ranges);
                enum osv_answer got =
                        answer(&arena, str_to_c(&arena, member), str_to_c(&arena, version), NULL);

                free(ranges);
                if (got != (json_is_true(json_object_get(row, "affected")) ? OSV_AFFECTED
                                                                           : OSV_NOT_AFFECTED))
                        fail_msg("case %zu", i);
        }
        json_decref(cases);
}

/* Lines "A < B", of which some have words that are no Go version: those must be refused. */
static void versions_are_ordered(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *shared = getenv("WEIR_SHARED");
        char path[4096], line[512], a[200], b[200], order;
        size_t compared = 0, refused = 0;
        FILE *file;

        snprintf(path, sizeof(path), "%s/data/osv-cases/semver-versions.txt",
                 shared ? shared : "../shared");
        file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
                struct str left, right;
                int got;

                if (sscanf(line, "%199s %c %199s", a, &order, b) != 3 || a[0] == '/')
                        continue;
                left = osv_version(&arena, str_of(a));
                right = osv_version(&arena, str_of(b));
                if (!semver_is_valid(left) || !semver_is_valid(right)) {
                        refused++;
                        continue;
                }
                got = semver_compare(left, right);
                compared++;
                if ((got > 0) - (got < 0) != (order == '>') - (order == '<'))
                        fail_msg("%s", line);
        }
        fclose(file);
        assert_int_equal(compared + refused, 86);
        assert_true(refused > 0 && refused < 10);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(entries_are_read),
                cmocka_unit_test(other_shapes_are_refused),
                cmocka_unit_test(versions_are_matched),
                cmocka_unit_test(answers_are_those_of_govulncheck),
                cmocka_unit_test(versions_are_ordered),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
