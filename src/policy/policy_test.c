/* weir.yaml, ignore comments, the baseline, and what they make of findings. */
#include "check/policy_rules.h"
#include "data/json.h"
#include "data/nearest.h"
#include "policy/loosen.h"
#include "policy/verdict.h"
#include "sys/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME STR("weir.yaml")
#define PRINT(s) STR_ARG(s)

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = stop_when_full };

static struct config read_config(struct arena *arena, const char *text) {
        struct config config = config_default(arena);
        struct err err;

        if (!config_read(&config, FILE_NAME, str_of(text), &err))
                fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
        return config;
}

static const struct rule *rule(const char *id) {
        const struct check *check;
        const struct rule *found = rule_find(str_of(id), &check);

        assert_non_null(found);
        return found;
}

static int64_t day(const char *date) {
        int64_t days;

        assert_true(clock_parse_date(str_of(date), &days));
        return days;
}

/* ---- weir.yaml ---- */

static void defaults_hold_without_a_file(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct config config = read_config(&arena, "");
        const struct check *check = check_find(STR("modules"));

        assert_int_equal(config.vulndb_max_age_days.value, 30);
        assert_false(config.modules_stdlib.value);
        assert_int_equal(config_severity(&config, rule("MOD003")), SEV_ERROR);
        assert_true(config_runs(&config, check, STAGE_COMMIT));
        assert_false(config_requires(&config, STR("vulndb")));
        assert_true(str_eq(config.baseline.value, STR(CONFIG_BASELINE_FILE)));
}

static const char whole[] = "checks:\n"
                            "  modules: merge\n"
                            "rules:\n"
                            "  MOD003: warning\n"
                            "  MOD004: off\n"
                            "paths:\n"
                            "  ignore: [\"gen/**\", '*.pb.go']\n"
                            "waivers:\n"
                            "  - rule: MOD005\n"
                            "    path: go.mod\n"
                            "    reason: rolled back by hand\n"
                            "    owner: platform\n"
                            "    expires: 2026-12-31\n"
                            "baseline: weir-baseline.json\n"
                            "require: [vulndb]\n"
                            "vulndb:\n"
                            "  path: /srv/vulndb\n"
                            "  max_age_days: 7\n"
                            "modules:\n"
                            "  stdlib: true\n";

static void check_whole(const struct config *config) {
        const struct waiver *waiver = &config->waivers.list.items[0];

        assert_false(config_runs(config, check_find(STR("modules")), STAGE_COMMIT));
        assert_true(config_runs(config, check_find(STR("modules")), STAGE_MERGE));
        assert_int_equal(config_severity(config, rule("MOD003")), SEV_WARNING);
        assert_int_equal(config_severity(config, rule("MOD004")), SEV_OFF);
        assert_int_equal(config_severity(config, rule("MOD005")), SEV_ERROR);
        assert_int_equal(config->ignored_paths.list.count, 2);
        assert_int_equal(config->waivers.list.count, 1);
        assert_true(str_eq(waiver->owner, STR("platform")));
        assert_int_equal(waiver->expires_day, day("2026-12-31"));
        assert_true(str_eq(config->baseline.value, STR("weir-baseline.json")));
        assert_true(config_requires(config, STR("vulndb")));
        assert_false(config_requires(config, STR("online")));
        assert_true(str_eq(config->vulndb_path.value, STR("/srv/vulndb")));
        assert_int_equal(config->vulndb_max_age_days.value, 7);
        assert_true(config->modules_stdlib.value);
}

static void every_key_is_read_with_its_origin(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct config config = read_config(&arena, whole);

        check_whole(&config);
        assert_int_equal(config.waivers.list.items[0].origin.line, 9);
        assert_int_equal(config.vulndb_max_age_days.origin.line, 18);
        assert_int_equal(config.rules.list.items[1].origin.line, 5);
        assert_true(str_eq(origin_text(config.baseline.origin, &arena), STR("weir.yaml:14")));
        assert_true(str_eq(origin_text((struct origin){ 0 }, &arena), STR("default")));
}

/* What `config show` prints is itself a weir.yaml that says the same. */
static void what_is_shown_reads_back(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct config config = read_config(&arena, whole), again = config_default(&arena);
        struct buf out = buf_make(&arena), plain = buf_make(&arena);
        struct err err;

        config_show(&config, &out);
        assert_true(str_contains(buf_str(&out), STR("# weir.yaml:18\n")));
        if (!config_read(&again, STR("shown"), buf_str(&out), &err))
                fail_msg("%u: %s in\n%.*s", err.line, err.message, PRINT(buf_str(&out)));
        check_whole(&again);
        config = config_default(&arena);
        config_show(&config, &plain);
        assert_true(config_read(&again, STR("shown"), buf_str(&plain), &err));
        assert_true(str_contains(buf_str(&plain), STR("max_age_days: 30")));
}

static void what_is_wrong_has_its_place_and_the_nearest_name(void **state UNUSED) {
        static const struct {
                const char *text;
                uint32_t line, column;
                const char *words;
        } cases[] = {
                { "rulez: {}\n", 1, 1, "did you mean rules?" },
                { "vuldb:\n  path: x\n", 1, 1, "did you mean vulndb?" },
                { "vulndb:\n  max_age: 3\n", 2, 3, "unknown key max_age" },
                { "vulndb:\n  max_agedays: 3\n", 2, 3, "did you mean max_age_days?" },
                { "vulndb:\n  max_age_days: soon\n", 2, 17, "whole number" },
                { "vulndb:\n  max_age_days: 0\n", 2, 17, "from 1 to 3650" },
                { "vulndb:\n  max_age_days: [1]\n", 2, 17, "whole number" },
                { "vulndb: 3\n", 1, 9, "wants a mapping, not a word" },
                { "modules:\n  stdlib: maybe\n", 2, 11, "true or false" },
                { "modules:\n  stdlib: \"true\"\n", 2, 11, "true or false" },
                { "rules:\n  MOD03: off\n", 2, 3, "did you mean MOD003?" },
                { "rules:\n  mod003: off\n", 2, 3, "did you mean MOD003?" },
                { "rules:\n  XYZ777: off\n", 2, 3, "unknown rule XYZ777" },
                { "rules:\n  MOD003: fatal\n", 2, 11, "error, warning, note or off" },
                { "rules: [MOD003]\n", 1, 8, "not a list" },
                { "checks:\n  module: off\n", 2, 3, "did you mean modules?" },
                { "checks:\n  modules: later\n", 2, 12, "wants on, off" },
                { "require: [vulnd]\n", 1, 11, "did you mean vulndb?" },
                { "require: vulndb\n", 1, 10, "wants a list, not a word" },
                { "paths:\n  ignore: ['a[']\n", 2, 12, "without its ]" },
                { "paths:\n  ignore: [[a]]\n", 2, 12, "not a list" },
                { "baseline: [a]\n", 1, 11, "wants a path" },
                { "waivers: [x]\n", 1, 11, "mapping" },
                { "waivers:\n  - rule: MOD003\n", 2, 5, "has no path" },
                { "waivers:\n  - {rule: MOD03, path: a, reason: b, owner: c, expires: 2026-01-01}\n",
                  2, 12, "did you mean MOD003?" },
                { "waivers:\n  - {rule: MOD003, path: a, reason: b, owner: c, expires: soon}\n", 2,
                  59, "YYYY-MM-DD" },
                { "waivers:\n  - {rule: MOD003, path: a, reason: b, owner: c, until: soon}\n", 2,
                  50, "unknown key of a waiver until" },
                { "waivers:\n  - {rule: MOD003, path: a, reason: '', owner: c, expires: soon}\n", 2,
                  37, "wants words" },
                { "- a\n", 1, 0, "wants keys and values" },
                { "rules:\n  MOD003: off\n  MOD003: error\n", 3, 3, "twice" },
                { "rules: {MOD003: off\n", 2, 0, "" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct config config = config_default(&arena);
                struct err err;

                if (config_read(&config, FILE_NAME, str_of(cases[i].text), &err))
                        fail_msg("taken: %s", cases[i].text);
                if (err.line != cases[i].line ||
                    (cases[i].column && err.column != cases[i].column) ||
                    !strstr(err.message, cases[i].words))
                        fail_msg("%s -> %u:%u %s", cases[i].text, err.line, err.column,
                                 err.message);
                assert_string_equal(err.file, "weir.yaml");
        }
}

static void names_without_a_value_change_nothing(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct config config = read_config(&arena, "rules:\nvulndb:\nbaseline: ~\nwaivers:\n");

        assert_int_equal(config.vulndb_max_age_days.value, 30);
        assert_true(str_eq(config.baseline.value, STR(CONFIG_BASELINE_FILE)));
}

static void a_site_can_only_tighten(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct config config = read_config(&arena, "checks: {modules: off}\n"
                                                   "rules: {MOD003: note, MOD004: error}\n"
                                                   "vulndb: {max_age_days: 60}\n");
        struct err err;

        assert_true(config_tighten(&config, STR("/etc/weir/site.yaml"),
                                   STR("checks: {modules: on}\n"
                                       "rules: {MOD003: error, MOD004: off, MOD005: off}\n"
                                       "require: [vulndb]\nvulndb: {max_age_days: 14}\n"
                                       "modules: {stdlib: true}\n"),
                                   &err));
        assert_true(config_runs(&config, check_find(STR("modules")), STAGE_COMMIT));
        assert_int_equal(config_severity(&config, rule("MOD003")), SEV_ERROR);
        assert_int_equal(config_severity(&config, rule("MOD004")), SEV_ERROR);
        assert_int_equal(config_severity(&config, rule("MOD005")), SEV_ERROR);
        assert_int_equal(config.vulndb_max_age_days.value, 14);
        assert_true(config.modules_stdlib.value);
        assert_true(config_requires(&config, STR("vulndb")));
        assert_true(str_eq(origin_text(config.vulndb_max_age_days.origin, &arena),
                           STR("/etc/weir/site.yaml:4")));
        assert_true(config_tighten(&config, STR("s"),
                                   STR("vulndb: {max_age_days: 90}\nmodules: {stdlib: false}\n"
                                       "checks: {modules: off}\n"),
                                   &err));
        assert_int_equal(config.vulndb_max_age_days.value, 14);
        assert_true(config.modules_stdlib.value);
        assert_true(config_runs(&config, check_find(STR("modules")), STAGE_COMMIT));
}

static void a_site_cannot_loosen(void **state UNUSED) {
        static const char *const texts[] = { "waivers: []\n", "paths: {ignore: [a]}\n",
                                             "baseline: x\n" };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct config config = config_default(&arena);
                struct err err;

                assert_false(config_tighten(&config, STR("s"), str_of(texts[i]), &err));
                assert_non_null(strstr(err.message, "can only tighten"));
        }
}

static void the_schema_is_json_and_names_every_key(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena), text = buf_make(&arena);
        const struct json *properties;
        struct json root;
        struct err err;

        config_schema(&out);
        assert_true(json_parse(&arena, STR("schema"), buf_str(&out), &root, &err));
        properties = json_get(&root, STR("properties"));
        config_document(LANG_ZH, &text);
        for (size_t i = 0; i < config_key_count; i++) {
                const struct config_key *key = &config_keys[i];
                const struct json *in = properties;

                if (key->section.len)
                        in = json_get(json_get(properties, key->section), STR("properties"));
                assert_non_null(json_get(json_get(in, key->name), STR("description")));
                assert_true(str_contains(buf_str(&text), config_key_path(key, &arena)));
                assert_true(*key->help.en && *key->help.zh);
        }
        assert_non_null(json_get(json_get(json_get(properties, STR("rules")), STR("properties")),
                                 STR("MOD003")));
}

/* ---- ignore comments ---- */

static void comments_are_found_where_they_are_comments(void **state UNUSED) {
        static const struct {
                const char *file, *text;
                uint32_t line, covers; /* line 0: none is found */
                const char *rule, *reason;
                bool is_wrong;
        } cases[] = {
                { "a.go", "package a\nvar x = 1 //weir:ignore MOD003 it is fine\n", 2, 2, "MOD003",
                  "it is fine", false },
                { "a.go", "package a\n\n\t// weir:ignore MOD003 why\n\tvar x = 1\n", 3, 4, "MOD003",
                  "why", false },
                { "a.go", "package a\nvar x = \"//weir:ignore MOD003 no\"\n", 0, 0, "", "", false },
                { "a.go", "package a\nvar x = `\n//weir:ignore MOD003 no\n`\n", 0, 0, "", "",
                  false },
                { "a.go", "package a\n/*\n//weir:ignore MOD003 no\n*/\n", 0, 0, "", "", false },
                { "a.go", "package a //weir:ignored MOD003 no\n", 0, 0, "", "", false },
                { "a.go", "package a\n# weir:ignore MOD003 no\n", 0, 0, "", "", false },
                { "a.go", "package a //weir:ignore MOD003\n", 1, 1, "MOD003", "", true },
                { "a.go", "package a //weir:ignore\n", 1, 1, "", "", true },
                { "a.go", "package a //weir:ignore MOD999 why\n", 1, 1, "MOD999", "why", true },
                { "a.go", "package a //weir:ignore POL013 why\n", 1, 1, "POL013", "why", true },
                { "x/go.mod", "module a\nreplace b => ../b //weir:ignore MOD003 local\n", 2, 2,
                  "MOD003", "local", false },
                { "go.mod", "module a\n//weir:ignore MOD003 local\r\nreplace b => ../b\n", 2, 3,
                  "MOD003", "local", false },
                { "ci.yml", "a: 1\nimage: x # weir:ignore MOD003 pinned later\n", 2, 2, "MOD003",
                  "pinned later", false },
                { "ci.yml", "  # weir:ignore MOD003 pinned\nimage: x\n", 1, 2, "MOD003", "pinned",
                  false },
                { "run.sh", "echo $#weir:ignore MOD003 no\n", 0, 0, "", "", false },
                { "run.sh", "// weir:ignore MOD003 no\n", 0, 0, "", "", false },
                { "go.sum", "# weir:ignore MOD003 no\n", 0, 0, "", "", false },
                { "vendor/modules.txt", "# weir:ignore MOD003 no\n", 0, 0, "", "", false },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct ignores ignores = { 0 };
                const struct ignore *found;

                ignore_scan(&arena, str_of(cases[i].file), str_of(cases[i].text), &ignores);
                if (ignores.list.count != (cases[i].line ? 1 : 0))
                        fail_msg("%zu comments in %s", ignores.list.count, cases[i].text);
                if (!cases[i].line)
                        continue;
                found = &ignores.list.items[0];
                if (found->line != cases[i].line || found->covers != cases[i].covers ||
                    !str_eq(found->rule, str_of(cases[i].rule)) ||
                    !str_eq(found->reason, str_of(cases[i].reason)) ||
                    (found->wrong != NULL) != cases[i].is_wrong)
                        fail_msg("case %zu: line %u covers %u", i, found->line, found->covers);
        }
}

static void comments_that_follow_each_other_cover_one_line(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct ignores ignores = { 0 };

        ignore_scan(&arena, STR("go.mod"),
                    STR("//weir:ignore MOD003,MOD004 a\n//weir:ignore MOD005 b\nreplace x => y\n"
                        "//weir:ignore MOD006 c\n\nx //weir:ignore MOD006 d\n"),
                    &ignores);
        assert_int_equal(ignores.list.count, 5);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(ignores.list.items[i].covers, 3);
        assert_int_equal(ignores.list.items[3].covers, 5);
        assert_int_equal(ignores.list.items[4].covers, 6);
}

static void many_comments_take_little_time(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct ignores ignores = { 0 };

        for (int i = 0; i < 50000; i++)
                buf_add(&text, STR("//weir:ignore MOD003 a\n"));
        ignore_scan(&arena, STR("go.mod"), buf_str(&text), &ignores);
        assert_int_equal(ignores.list.items[0].covers, 50001);
}

/* ---- baseline ---- */

#define FINGERPRINT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static struct finding make_finding(const char *id, const char *file, uint32_t line,
                                   const char *fingerprint) {
        return (struct finding){ .rule = rule(id),
                                 .check = check_find(STR("modules")),
                                 .severity = rule(id)->severity,
                                 .file = str_of(file),
                                 .line = line,
                                 .fingerprint = str_of(fingerprint) };
}

static void a_baseline_reads_back_sorted(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct finding b = make_finding("MOD003", "go.mod", 3, FINGERPRINT "b");
        struct finding a = make_finding("MOD004", "x\"\xff/go.mod", 4, FINGERPRINT "a");
        struct finding *list[] = { &b, &a, &b };
        struct buf out = buf_make(&arena), empty = buf_make(&arena);
        struct baseline baseline;
        struct err err;

        baseline_write(&arena, list, COUNT_OF(list), NULL, &out);
        assert_true(baseline_parse(&arena, STR("b"), buf_str(&out), &baseline, &err));
        assert_int_equal(baseline.count, 2);
        assert_true(str_eq(baseline.entries[0].rule, STR("MOD004")));
        assert_non_null(baseline_find(&baseline, STR(FINGERPRINT "b")));
        assert_null(baseline_find(&baseline, STR(FINGERPRINT "c")));
        baseline_write(&arena, NULL, 0, NULL, &empty);
        assert_true(baseline_parse(&arena, STR("b"), buf_str(&empty), &baseline, &err));
        assert_null(baseline_find(&baseline, STR(FINGERPRINT "b")));
}

static void broken_baselines_are_refused(void **state UNUSED) {
        static const struct {
                const char *text;
                enum err_code code;
        } cases[] = {
                { "", ERR_SYNTAX },
                { "[]", ERR_SYNTAX },
                { "{}", ERR_SYNTAX },
                { "{\"schema\":\"weir.baseline/2\",\"findings\":[]}", ERR_UNSUPPORTED },
                { "{\"schema\":\"weir.baseline/1\"}", ERR_SYNTAX },
                { "{\"schema\":\"weir.baseline/1\",\"findings\":[{}]}", ERR_SYNTAX },
                { "{\"schema\":\"weir.baseline/1\",\"findings\":[{\"fingerprint\":\"abc\"}]}",
                  ERR_SYNTAX },
                { "{\"schema\":\"weir.baseline/1\",\"findings\":[3]}", ERR_SYNTAX },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct baseline baseline;
                struct err err;

                assert_false(baseline_parse(&arena, STR("weir-baseline.json"),
                                            str_of(cases[i].text), &baseline, &err));
                assert_int_equal(err.code, cases[i].code);
                assert_string_equal(err.file, "weir-baseline.json");
        }
}

/* ---- what they make of findings ---- */

static const char policy_text[] =
        "rules: {MOD004: error, MOD012: off}\n"
        "paths: {ignore: [gen/]}\n"
        "waivers:\n"
        "  - {rule: MOD003, path: old/go.mod, reason: r1, owner: o, expires: 2026-06-01}\n"
        "  - {rule: MOD003, path: new/go.mod, reason: r2, owner: o, expires: 2026-06-02}\n"
        "  - {rule: MOD005, path: nowhere, reason: r3, owner: o, expires: 2026-12-01}\n";

static const char baseline_text[] =
        "{\"schema\":\"weir.baseline/1\",\"findings\":["
        "{\"fingerprint\":\"" FINGERPRINT "b\",\"rule\":\"MOD003\",\"file\":\"go.mod\"},"
        "{\"fingerprint\":\"" FINGERPRINT "e\",\"rule\":\"MOD003\",\"file\":\"go.mod\"}]}";

struct setting {
        struct config config;
        struct baseline baseline;
        struct ignores ignores;
        struct policy policy;
};

static void make_setting(struct arena *arena, struct setting *s) {
        struct err err;

        *s = (struct setting){ .config = read_config(arena, policy_text) };
        assert_true(
                baseline_parse(arena, STR("b.json"), str_of(baseline_text), &s->baseline, &err));
        ignore_scan(arena, STR("go.mod"),
                    STR("replace a => b //weir:ignore MOD003 seen\n//weir:ignore MOD004 unused\n\n"
                        "x //weir:ignore MOD004\n"),
                    &s->ignores);
        s->policy = policy_make(arena, &s->config, &s->baseline, &s->ignores, day("2026-06-02"));
}

static void findings_are_waived_for_a_reason(void **state UNUSED) {
        static const struct {
                const char *rule, *file;
                uint32_t line;
                const char *fingerprint;
                enum severity severity;
                const char *why; /* NULL: not waived */
        } cases[] = {
                { "MOD003", "go.mod", 9, FINGERPRINT "0", SEV_ERROR, NULL },
                { "MOD003", "go.mod", 1, FINGERPRINT "0", SEV_ERROR, "seen" },
                { "MOD005", "go.mod", 1, FINGERPRINT "0", SEV_ERROR, NULL },
                { "MOD003", "go.mod", 9, FINGERPRINT "b", SEV_ERROR, "baseline" },
                { "MOD004", "go.mod", 9, FINGERPRINT "0", SEV_ERROR, NULL },
                { "MOD004", "go.mod", 4, FINGERPRINT "0", SEV_ERROR, NULL },
                { "MOD012", "go.mod", 9, FINGERPRINT "0", SEV_OFF, NULL },
                { "MOD003", "gen/x/go.mod", 1, FINGERPRINT "0", SEV_ERROR, "gen/" },
                { "MOD003", "old/go.mod", 1, FINGERPRINT "0", SEV_ERROR, NULL },
                { "MOD003", "new/go.mod", 1, FINGERPRINT "0", SEV_ERROR, "r2" },
                { "MOD004", "new/go.mod", 1, FINGERPRINT "0", SEV_ERROR, NULL },
        };
        AUTO_ARENA arena = arena_make(&budget);
        struct setting s;

        make_setting(&arena, &s);
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct finding finding = make_finding(cases[i].rule, cases[i].file, cases[i].line,
                                                      cases[i].fingerprint);

                policy_apply(&s.policy, &finding);
                if (finding.severity != cases[i].severity ||
                    finding.waived != (cases[i].why != NULL) ||
                    !str_eq(finding.waived_why, str_of(cases[i].why)))
                        fail_msg("case %zu: %.*s", i, PRINT(finding.waived_why));
        }
}

static void expect_findings(struct arena *arena, const struct findings *found,
                            const char *const *wanted, size_t count) {
        for (size_t i = 0; i < found->list.count; i++) {
                const struct finding *finding = found->list.items[i];
                struct str line = str_fmt(arena, "%s %.*s:%u", finding->rule->id,
                                          STR_ARG(finding->file), finding->line);
                struct str en = message_render(&finding->message, LANG_EN, arena);
                struct str zh = message_render(&finding->message, LANG_ZH, arena);

                if (i >= count || !str_eq(line, str_of(wanted[i])))
                        fail_msg("finding %zu is %.*s (%.*s)", i, PRINT(line), PRINT(en));
                assert_false(str_contains(en, STR("{")) || str_contains(zh, STR("{")));
                assert_false(
                        str_contains(message_render(&finding->mend, LANG_EN, arena), STR("{")));
                assert_true(finding->key.len > 0);
                assert_ptr_equal(finding->check, &check_policy);
        }
        assert_int_equal(found->list.count, count);
}

static void what_is_wrong_with_the_policy_is_reported(void **state UNUSED) {
        static const char *const wanted[] = { "POL001 weir.yaml:4", "POL002 weir.yaml:5",
                                              "POL002 weir.yaml:6", "POL004 go.mod:2",
                                              "POL003 go.mod:4",    "POL005 weir-baseline.json:0" };
        AUTO_ARENA arena = arena_make(&budget);
        struct findings out = { .arena = &arena };
        struct setting s;
        struct finding silenced = make_finding("MOD003", "go.mod", 1, FINGERPRINT "b");
        const struct check *modules = check_find(STR("modules"));
        const struct rule *judged[100];

        make_setting(&arena, &s);
        policy_apply(&s.policy, &silenced);
        for (size_t i = 0; i < modules->rule_count; i++)
                judged[i] = &modules->rules[i];
        policy_report(&s.policy, judged, modules->rule_count, &out);
        expect_findings(&arena, &out, wanted, COUNT_OF(wanted));
}

/* A checkpoint that did not run says nothing of what is unused. */
static void unused_needs_a_judgement(void **state UNUSED) {
        static const char *const wanted[] = { "POL001 weir.yaml:4", "POL003 go.mod:4" };
        AUTO_ARENA arena = arena_make(&budget);
        struct findings out = { .arena = &arena };
        struct setting s;

        make_setting(&arena, &s);
        policy_report(&s.policy, NULL, 0, &out);
        expect_findings(&arena, &out, wanted, COUNT_OF(wanted));
}

/* ---- loosening ---- */

static const struct {
        const char *before, *after, *wanted[3];
} loosenings[] = {
        { "", "", { NULL } },
        { whole, whole, { NULL } },
        { "", "checks: {modules: off}\n", { "POL010 weir.yaml:1" } },
        { "", "checks: {modules: release}\n", { "POL010 weir.yaml:1" } },
        { "checks: {modules: off}\n", "", { NULL } },
        { "checks: {modules: merge}\n", "checks: {modules: build}\n", { "POL010 weir.yaml:1" } },
        { "checks: {modules: off}\n", "checks: {modules: merge}\n", { NULL } },
        { "", "\nrules: {MOD003: warning}\n", { "POL011 weir.yaml:2" } },
        { "", "rules: {MOD004: off}\n", { "POL011 weir.yaml:1" } },
        { "", "rules: {MOD004: error}\n", { NULL } },
        { "rules: {MOD004: error}\n", "", { "POL011 weir.yaml:0" } },
        { "rules: {MOD003: off}\n", "rules: {MOD003: note}\n", { NULL } },
        { "", "vulndb: {max_age_days: 31}\n", { "POL012 weir.yaml:1" } },
        { "", "vulndb: {max_age_days: 29}\n", { NULL } },
        { "vulndb: {max_age_days: 7}\n", "", { "POL012 weir.yaml:0" } },
        { "", "vulndb: {path: x}\n", { "POL012 weir.yaml:1" } },
        { "require: [vulndb, online]\n", "require: [online]\n", { "POL012 weir.yaml:0" } },
        { "", "require: [online]\n", { NULL } },
        { "modules: {stdlib: true}\n", "modules: {stdlib: false}\n", { "POL012 weir.yaml:1" } },
        { "paths: {ignore: [a]}\n", "paths: {ignore: [a, b]}\n", { "POL014 weir.yaml:1" } },
        { "paths: {ignore: [a, b]}\n", "paths: {ignore: [b]}\n", { NULL } },
        { "",
          "waivers: [{rule: MOD003, path: a, reason: r, owner: o, expires: "
          "2026-01-01}]\n",
          { "POL013 weir.yaml:1" } },
        { "waivers: [{rule: MOD003, path: a, reason: r, owner: o, expires: 2026-01-01}]\n",
          "waivers: [{rule: MOD003, path: a, reason: r, owner: o, expires: 2026-01-02}]\n",
          { "POL013 weir.yaml:1" } },
        { "waivers: [{rule: MOD003, path: a, reason: r, owner: o, expires: 2026-01-02}]\n",
          "waivers: [{rule: MOD003, path: a, reason: x, owner: y, expires: 2026-01-01}]\n",
          { NULL } },
        { "waivers: [{rule: MOD003, path: a, reason: r, owner: o, expires: 2026-01-01}]\n",
          "waivers: [{rule: MOD003, path: '**', reason: r, owner: o, expires: "
          "2026-01-01}]\n",
          { "POL013 weir.yaml:1" } },
        { "",
          "checks: {modules: off}\nrules: {MOD003: off}\n",
          { "POL010 weir.yaml:1", "POL011 weir.yaml:2" } },
        { "", "baseline: x.json\n", { NULL } },
};

static void each_loosening_is_a_finding(void **state UNUSED) {
        for (size_t i = 0; i < COUNT_OF(loosenings); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct config before = read_config(&arena, loosenings[i].before);
                struct config after = read_config(&arena, loosenings[i].after);
                struct findings out = { .arena = &arena };
                size_t count = 0;

                while (count < COUNT_OF(loosenings[i].wanted) && loosenings[i].wanted[count])
                        count++;
                loosen_config(&before, &after, &out);
                expect_findings(&arena, &out, loosenings[i].wanted, count);
        }
}

/* Each key can be loosened, or says that it cannot: a new row of the table has to choose. */
static void every_key_says_which_way_it_loosens(void **state UNUSED) {
        for (size_t i = 0; i < config_key_count; i++) {
                const struct config_key *key = &config_keys[i];
                bool needs_word = key->type == CONFIG_TEXT || key->type == CONFIG_TEXTS ||
                                  key->type == CONFIG_NUMBER || key->type == CONFIG_PERCENT ||
                                  key->type == CONFIG_FLAG;

                assert_int_equal(needs_word, key->looser != LOOSER_BY_TYPE);
        }
}

static void new_ignore_comments_are_loosening(void **state UNUSED) {
        static const char *const wanted[] = { "POL015 go.mod:4" };
        AUTO_ARENA arena = arena_make(&budget);
        struct findings out = { .arena = &arena };
        struct ignores before = { 0 }, after = { 0 };
        struct finding known;

        ignore_scan(&arena, STR("go.mod"), STR("x //weir:ignore MOD003 a\n"), &before);
        ignore_scan(&arena, STR("go.mod"),
                    STR("\n\nx //weir:ignore MOD003 a\ny //weir:ignore MOD003 a\n"
                        "z //weir:ignore MOD004\n"),
                    &after);
        loosen_ignores(&before, &after, &out);
        expect_findings(&arena, &out, wanted, COUNT_OF(wanted));
        known = make_finding("MOD003", "go.mod", 3, FINGERPRINT "0");
        assert_non_null(ignore_cover(&after, &known));
        known.line = 4;
        assert_null(ignore_cover(&after, &known));
        out.list.count = 0;
        loosen_ignores(&after, &before, &out);
        assert_int_equal(out.list.count, 0);
}

static void a_grown_baseline_is_loosening(void **state UNUSED) {
        static const char *const wanted[] = { "POL016 b.json:0" };
        AUTO_ARENA arena = arena_make(&budget);
        struct findings out = { .arena = &arena };
        struct baseline small = { 0 }, large;
        struct err err;

        assert_true(baseline_parse(&arena, STR("b"), str_of(baseline_text), &large, &err));
        small.entries = large.entries;
        small.count = 1;
        loosen_baseline(&large, &small, STR("b.json"), &out);
        loosen_baseline(&large, NULL, STR("b.json"), &out);
        loosen_baseline(&large, &large, STR("b.json"), &out);
        assert_int_equal(out.list.count, 0);
        loosen_baseline(&small, &large, STR("b.json"), &out);
        expect_findings(&arena, &out, wanted, COUNT_OF(wanted));
        loosen_baseline(NULL, &large, STR("b.json"), &out);
        assert_true(str_eq(message_value(&out.list.items[1]->message, "count"), STR("2")));
}

/* ---- rules on the policy, nearest words ---- */

static void policy_rules_are_whole(void **state UNUSED) {
        static const char *const ids[] = {
#define X(name, id) [name] = id,
                POLICY_RULES(X)
#undef X
        };

        for (size_t i = 0; i < POLICY_RULE_COUNT; i++) {
                const struct rule *row = policy_rule((enum policy_rule)i);

                assert_string_equal(row->id, ids[i]);
                assert_true(*row->title.en && *row->title.zh && *row->text.en && *row->text.zh);
                assert_true(*row->why.en && *row->why.zh && *row->mend.en && *row->mend.zh);
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(row->id, policy_rule((enum policy_rule)j)->id);
        }
        assert_int_equal(check_policy.rule_count, POLICY_RULE_COUNT);
}

static void near_words_are_offered(void **state UNUSED) {
        static const struct {
                const char *word, *best;
        } cases[] = {
                { "modules", "modules" }, { "module", "modules" },
                { "MODULES", "modules" }, { "mdoules", "modules" },
                { "vendro", "vendor" },   { "x", "" },
                { "secrets", "" },        { "", "" },
        };
        static const struct str known[] = { STR_INIT("modules"), STR_INIT("vendor") };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str best = STR_NONE;

                for (size_t j = 0; j < COUNT_OF(known); j++)
                        nearest_offer(str_of(cases[i].word), known[j], &best);
                if (!str_eq(best, str_of(cases[i].best)))
                        fail_msg("%s: %.*s", cases[i].word, PRINT(best));
        }
        assert_int_equal(nearest_distance(STR("kitten"), STR("sitting")), 3);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(defaults_hold_without_a_file),
                cmocka_unit_test(every_key_is_read_with_its_origin),
                cmocka_unit_test(what_is_shown_reads_back),
                cmocka_unit_test(what_is_wrong_has_its_place_and_the_nearest_name),
                cmocka_unit_test(names_without_a_value_change_nothing),
                cmocka_unit_test(a_site_can_only_tighten),
                cmocka_unit_test(a_site_cannot_loosen),
                cmocka_unit_test(the_schema_is_json_and_names_every_key),
                cmocka_unit_test(comments_are_found_where_they_are_comments),
                cmocka_unit_test(comments_that_follow_each_other_cover_one_line),
                cmocka_unit_test(many_comments_take_little_time),
                cmocka_unit_test(a_baseline_reads_back_sorted),
                cmocka_unit_test(broken_baselines_are_refused),
                cmocka_unit_test(findings_are_waived_for_a_reason),
                cmocka_unit_test(what_is_wrong_with_the_policy_is_reported),
                cmocka_unit_test(unused_needs_a_judgement),
                cmocka_unit_test(each_loosening_is_a_finding),
                cmocka_unit_test(every_key_says_which_way_it_loosens),
                cmocka_unit_test(new_ignore_comments_are_loosening),
                cmocka_unit_test(a_grown_baseline_is_loosening),
                cmocka_unit_test(policy_rules_are_whole),
                cmocka_unit_test(near_words_are_offered),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
