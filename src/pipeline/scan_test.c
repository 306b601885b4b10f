/* Shell, expressions, and the places of what is found. */
#include "base/buf.h"
#include "pipeline/expression.h"
#include "pipeline/scan.h"
#include "pipeline/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = stop_when_full };

static void write_command(void *ctx, const struct shell_command *command) {
        struct buf *out = ctx;

        buf_add(out, command->is_piped ? STR("|") : STR(";"));
        buf_add(out, command->is_substituted ? STR("$") : STR(""));
        for (size_t i = command->first; i < command->count; i++)
                buf_printf(out, "<%.*s>", STR_ARG(shell_word(command->words[i])));
}

static void shell(const char *script, const char *want) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena);

        shell_each(str_of(script), write_command, &out);
        if (!str_eq(buf_str(&out), str_of(want)))
                fail_msg("%s: %.*s, not %s", script, STR_ARG(buf_str(&out)), want);
}

static void commands_are_split(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        shell("a b; c && d || e", ";<a><b>;<c>;<d>;<e>");
        shell("a | b |& c", ";<a>|<b>|<c>");
        shell("X=1 sudo -E env Y=2 go test # not this", ";<go><test>");
        shell("a \\\n  b 'c d' \"e;f\"", ";<a><b><c d><e;f>");
        shell("a 2>&1 | b &> log", ";<a><2>&1>|<b><&>><log>");
        shell("cat <<'EOF' >x\nrm y\nEOF\nz", ";<cat><>x>;<z>");
        shell("if a; then b; fi", ";<a>;<b>;<fi>");
        shell("bash <(c d)", ";<bash><<>;$<c><d>");
        shell("x=$(a b) c", ";;$<a><b>;<c>");
        shell("echo ${{ a || b }} ${x:-y z}", ";<echo><${{ a || b }}><${x:-y z}>");
        shell("", "");
        shell("'open", ";<'open>");
        shell("a \\", ";<a><\\>");
        shell("cat <<", ";<cat>");
        shell_each(STR("a\0b"), write_command, &(struct buf){ .arena = &arena });
}

static bool untrusted(const char *inside) {
        struct str what;

        return expression_is_untrusted(str_of(inside), NULL, NULL, &what);
}

static void expressions(void **state UNUSED) {
        assert_true(untrusted(" github.event.issue.title "));
        assert_true(untrusted("GitHub.Event.Issue.Title"));
        assert_true(untrusted("github.event['issue']['title']"));
        assert_true(untrusted("github.event.commits[0].message"));
        assert_true(untrusted("github.event.commits.*.author.name"));
        assert_true(untrusted("format('x {0}', github.head_ref)"));
        assert_true(untrusted("github.base_ref || github.head_ref"));
        assert_true(untrusted("toJSON(github.event)"));
        assert_true(untrusted("contains(github.head_ref, ')') || github.head_ref"));
        assert_false(untrusted("github.event.issue.number"));
        assert_false(untrusted("'github.head_ref'"));
        assert_false(untrusted("github.head_ref == 'x' && 'y'"));
        assert_false(untrusted("startsWith(github.head_ref, 'a')"));
        assert_false(untrusted("github.event_name"));
        assert_false(untrusted("github.event"));
        assert_false(untrusted("mygithub.head_ref"));
        assert_false(untrusted("steps.github.head_ref"));
        assert_false(untrusted(""));
        assert_false(untrusted("github.event['"));
}

static void place(enum scan_platform platform, const char *text, enum flaw_kind kind, unsigned line,
                  unsigned column) {
        AUTO_ARENA arena = arena_make(&budget);
        struct scan_file file;
        struct err err;

        if (!scan_read(&arena, STR("f"), platform, str_of(text), &file, &err))
                fail_msg("%s: %s", text, err.message);
        for (size_t i = 0; i < file.flaws.count; i++)
                if (file.flaws.items[i].kind == kind) {
                        assert_int_equal(file.flaws.items[i].line, line);
                        assert_int_equal(file.flaws.items[i].column, column);
                        return;
                }
        fail_msg("kind %d not found in %s", (int)kind, text);
}

#define STEP "on: push\npermissions: {}\njobs:\n  a:\n    timeout-minutes: 1\n    steps:\n"

static void places_are_exact(void **state UNUSED) {
        place(SCAN_GITHUB, STEP "      - uses: \"a/b@v1\"\n", FLAW_UNPINNED, 7, 15);
        place(SCAN_GITHUB, STEP "      - run: echo 中 ${{ github.head_ref }}\n", FLAW_INJECTION, 7,
              21);
        place(SCAN_GITHUB,
              STEP "      - run: |\n          # ${{ 1 }}\n\n          x ${{ github.head_ref }}\n",
              FLAW_INJECTION, 10, 13);
        place(SCAN_GITHUB, STEP "      - run: >-\n          x\n          ${{ github.head_ref }}\n",
              FLAW_INJECTION, 9, 11);
        place(SCAN_GITHUB, STEP "      - run: \"x ${{ github.head_ref }}\"\n", FLAW_INJECTION, 7,
              17);
        place(SCAN_GITHUB, STEP "      - run: |\n          x\n          curl a |\n            sh\n",
              FLAW_CURL_SH, 10, 13);
        place(SCAN_GITLAB, "a:\n  script:\n    - x\n    - curl a | sh\n", FLAW_CURL_SH, 4, 16);
        place(SCAN_JENKINS, "node {\n  sh '''\n    curl a | sh\n  '''\n}\n", FLAW_CURL_SH, 3, 14);
        place(SCAN_JENKINS, "environment {\n GOFLAGS = '-mod=mod'\n}\n", FLAW_MOD, 2, 13);
        place(SCAN_JENKINS, "withEnv(['A=b', 'GOFLAGS=-mod=mod']) {}\n", FLAW_MOD, 1, 18);
        place(SCAN_JENKINS, "// node {\n  node { sh 'x' }\n", FLAW_NO_TIMEOUT, 2, 3);
        place(SCAN_JENKINS, "sh \"\"\"a\n ${env.CHANGE_TITLE}\"\"\"", FLAW_INJECTION, 2, 2);
}

/* Every alias costs what its anchor has. */
static void bombs_are_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct scan_file file;
        struct err err;

        buf_add(&text, STR("a: &s |\n"));
        for (size_t i = 0; i < 20000; i++)
                buf_add(&text, STR("  echo x\n"));
        buf_add(&text, STR("b:\n  script:\n"));
        for (size_t i = 0; i < 5000; i++)
                buf_add(&text, STR("    - *s\n"));
        assert_false(scan_read(&arena, STR("f"), SCAN_GITLAB, buf_str(&text), &file, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        text.len = 0;
        for (size_t i = 0; i < 100; i++)
                buf_add(&text, STR("["));
        assert_false(scan_read(&arena, STR("f"), SCAN_GITHUB, buf_str(&text), &file, &err));
}

static void ignore_command(void *ctx UNUSED, const struct shell_command *command UNUSED) {
}

/* What is opened 200 000 times and never closed is looked for once: seconds, not minutes. */
static void open_expressions_take_no_time(void **state UNUSED) {
        static const char *const parts[] = {
                "${{ ", "${x ", "${{${", "$(", "\"${{ ", "<<", "`", "$"
        };
        clock_t start = clock();

        for (size_t i = 0; i < COUNT_OF(parts); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct buf text = buf_make(&arena), yaml = buf_make(&arena);
                struct str whole, inside;
                struct scan_file file;
                struct err err;
                size_t at = 0;

                for (size_t j = 0; j < 200000; j++)
                        buf_add(&text, str_of(parts[i]));
                shell_each(buf_str(&text), ignore_command, NULL);
                while (expression_next(buf_str(&text), &at, &whole, &inside))
                        assert_true(false);
                buf_printf(&yaml, STEP "      - run: |\n          %.*s\n", STR_ARG(buf_str(&text)));
                assert_true(scan_read(&arena, STR("f"), SCAN_GITHUB, buf_str(&yaml), &file, &err));
                yaml.len = 0;
                buf_printf(&yaml, "sh \"\"\"%.*s\"\"\"", STR_ARG(buf_str(&text)));
                assert_true(scan_read(&arena, STR("f"), SCAN_JENKINS, buf_str(&yaml), &file, &err));
        }
        assert_true((clock() - start) / CLOCKS_PER_SEC < 30);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(commands_are_split),
                cmocka_unit_test(expressions),
                cmocka_unit_test(places_are_exact),
                cmocka_unit_test(bombs_are_refused),
                cmocka_unit_test(open_expressions_take_no_time),
        };

        return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
