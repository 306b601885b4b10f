/* What is written, and why. */
#include "pipeline/platform.h"
#include "pipeline/services.h"
#include "pipeline/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = stop_when_full };

static void templates_are_filled(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        static const struct template_value values[] = { { "A", STR_INIT("1") }, { "B", { 0 } } };
        struct str text =
                template_expand(&arena,
                                STR("@if A\na @A@ b@\n@if B\nno\n@else\nelse\n@end\n@else\n"
                                    "no\n@end\nlast @x@ @\n"),
                                values, COUNT_OF(values));

        assert_true(str_eq(text, STR("a 1 b@\nelse\nlast @x@ @\n")));
        assert_true(str_eq(template_indent(&arena, STR("a\n\n b\n"), 2), STR("  a\n\n   b")));
}

static void hosts_of_remotes(void **state UNUSED) {
        static const struct {
                struct str url, host;
        } cases[] = {
                { STR_INIT("https://github.com/a/b.git"), STR_INIT("github.com") },
                { STR_INIT("git@gitlab.example.com:a/b.git"), STR_INIT("gitlab.example.com") },
                { STR_INIT("ssh://git@codeberg.org:22/a/b"), STR_INIT("codeberg.org") },
                { STR_INIT("https://user:secret@host/x"), STR_INIT("host") },
                { STR_INIT("../other"), { 0 } },
                { STR_INIT("/srv/git:x/y"), { 0 } },
                { STR_INIT("file:///srv/x"), { 0 } },
                { { 0 }, { 0 } },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_true(str_eq(remote_host(cases[i].url), cases[i].host));
}

static const char *chosen(struct arena *arena, const char *file, const char *remote) {
        struct str path = str_of(file), content = STR("x");
        struct tree *tree = tree_of_memory(arena, &path, &content, 1);

        return platform_choose(tree, str_of(remote)).platform->name;
}

static void platforms_are_chosen(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        assert_string_equal(chosen(&arena, "x", ""), "github");
        assert_string_equal(chosen(&arena, "x", "git@gitlab.com:a/b"), "gitlab");
        assert_string_equal(chosen(&arena, "x", "https://notgithub.com/a/b"), "github");
        assert_string_equal(chosen(&arena, ".gitlab-ci.yml", ""), "gitlab");
        assert_string_equal(chosen(&arena, ".gitea/workflows/a.yml", ""), "gitea");
        assert_string_equal(chosen(&arena, ".forgejo/workflows/a.yml", ""), "forgejo");
        assert_string_equal(chosen(&arena, "Jenkinsfile", "https://github.com/a/b"), "jenkins");
        assert_string_equal(chosen(&arena, ".github/CODEOWNERS", ""), "github");
}

#define HEX "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static bool is_refused(struct arena *arena, const char *text) {
        struct pipeline_weir weir;
        struct err err;

        return !pipeline_weir_parse(arena, str_of(text), &weir, &err) && err.code == ERR_USAGE;
}

static void weir_urls(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct pipeline_weir weir;
        struct err err;

        assert_true(
                pipeline_weir_parse(&arena, STR("https://h/v1.2.3/weir#sha256=" HEX), &weir, &err));
        assert_true(str_eq(weir.version, STR("1.2.3")));
        assert_true(str_eq(weir.url, STR("https://h/v1.2.3/weir")));
        assert_false(str_contains(weir.sha256, STR("A")));
        assert_true(is_refused(&arena, "https://h/weir"));
        assert_true(is_refused(&arena, "http://h/weir#sha256=" HEX));
        assert_true(is_refused(&arena, "http://127.0.0.1/weir#sha256=" HEX));
        assert_true(is_refused(&arena, "file:///weir#sha256=" HEX));
        assert_true(is_refused(&arena, "https://user:secret@h/weir#sha256=" HEX));
        assert_true(is_refused(&arena, "https://user@h/weir#sha256=" HEX));
        assert_true(is_refused(&arena, "https:///weir#sha256=" HEX));
        assert_true(
                pipeline_weir_parse(&arena, STR("https://h/a@1/weir#sha256=" HEX), &weir, &err));
        assert_true(is_refused(&arena, "https://h/weir#sha256=12"));
        assert_true(is_refused(&arena, "ftp://h/weir#sha256=" HEX));
        assert_true(is_refused(&arena, "https://h/$(id)#sha256=" HEX));
        assert_true(is_refused(&arena, "https://h/a\"b#sha256=" HEX));
        assert_true(is_refused(&arena, "https://h/a\nb#sha256=" HEX));
}

static const struct str files[] = { STR_INIT("Dockerfile"), STR_INIT("a/go.mod"),
                                    STR_INIT("a/x_test.go"), STR_INIT("go.mod"),
                                    STR_INIT("vendor/y_test.go") };
static const struct str contents[] = {
        STR_INIT("FROM scratch\n"),
        STR_INIT("module m/a\n\ngo 1.22.0\n\ntoolchain go1.24.3\n\nrequire (\n"
                 "\tgithub.com/jackc/pgx/v5 v5.0.0\n"
                 "\tgithub.com/redis/go-redis/v9 v9.0.0 // indirect\n)\n"),
        STR_INIT("package a\n"),
        STR_INIT("module m\n\ngo 1.23\n"),
        STR_INIT("package y\n"),
};

static void repositories_are_surveyed(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        static const struct str dirs[] = { { 0 }, STR_INIT("a"), STR_INIT("b;c") };
        struct tree *tree = tree_of_memory(&arena, files, contents, COUNT_OF(files));
        struct survey survey;

        survey_take(&arena, tree, dirs, COUNT_OF(dirs), &survey);
        assert_int_equal(survey.module_count, 2);
        assert_int_equal(survey.odd.count, 1);
        assert_true(survey.has_tests);
        assert_true(str_eq(survey.go_file, STR("a/go.mod")));
        assert_true(str_eq(survey.go_minor, STR("1.24")));
        assert_true(str_eq(survey.dockerfile, STR("Dockerfile")));
        assert_int_equal(survey.services, services_of_module(STR("github.com/lib/pq")));
        assert_int_equal(services_of_module(STR("github.com/lib/pqx")), 0);
}

static void every_platform_is_written_the_same_twice(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        static const struct str dirs[] = { { 0 }, STR_INIT("a") };
        struct tree *tree = tree_of_memory(&arena, files, contents, COUNT_OF(files));
        struct survey survey;
        struct pipeline_plan plan = { .survey = &survey };

        survey_take(&arena, tree, dirs, COUNT_OF(dirs), &survey);
        for (size_t i = 0; i < platform_count; i++) {
                struct str one = pipeline_write(&arena, &platforms[i], &plan);
                struct str two = pipeline_write(&arena, &platforms[i], &plan);

                assert_true(str_eq(one, two) && pipeline_is_ours(one));
                assert_true(str_contains(one, STR("--stage merge")));
                assert_true(str_contains(one, STR("--stage build")));
                assert_true(str_contains(one, STR("postgres")));
                assert_false(str_contains(one, STR("pull_request_target")));
        }
        assert_false(pipeline_is_ours(STR("on: push\n# Written by `weir init github`\n")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(templates_are_filled),
                cmocka_unit_test(hosts_of_remotes),
                cmocka_unit_test(platforms_are_chosen),
                cmocka_unit_test(weir_urls),
                cmocka_unit_test(repositories_are_surveyed),
                cmocka_unit_test(every_platform_is_written_the_same_twice),
        };

        return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
