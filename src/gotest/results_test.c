/* What went wrong in a run of go test. */
#include "gotest/results.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = give_up };

/* "/r/" is the repository; a bare name lies in the folder of its package. */
static bool find(void *ctx UNUSED, struct str package, const struct test_frame *frame,
                 struct str *ret_file) {
        if (str_has_prefix(frame->path, STR("/r/"))) {
                *ret_file = str_slice(frame->path, 3, frame->path.len);
                return true;
        }
        if (!package.len || str_find(frame->path, '/') != SIZE_MAX)
                return false;
        *ret_file = frame->path;
        return true;
}

static bool is_failure(void *ctx UNUSED, struct str file UNUSED, uint32_t line) {
        return line == 9;
}

static bool find_test(void *ctx UNUSED, struct str package UNUSED, struct str test UNUSED,
                      struct str *ret_file, uint32_t *ret_line) {
        *ret_file = STR("t_test.go");
        *ret_line = 1;
        return true;
}

struct run {
        struct arena arena;
        struct buf text;
        struct test_results *results;
        const struct test_problem *problems;
        size_t count;
};

static struct run *run_make(struct arena *arena) {
        struct run *run = ARENA_NEW(arena, struct run);

        run->text = buf_make(arena);
        run->results = test_results_make(arena,
                                         (struct test_places){ .find = find,
                                                               .is_failure = is_failure,
                                                               .find_test = find_test },
                                         STR("weir-leaks 1"));
        return run;
}

static void add(struct run *run, const char *action, const char *test, const char *output) {
        buf_printf(&run->text, "{\"Action\":\"%s\",\"Package\":\"m/p\"", action);
        if (*test)
                buf_printf(&run->text, ",\"Test\":\"%s\"", test);
        if (*output)
                buf_printf(&run->text, ",\"Output\":\"%s\\n\"", output);
        buf_add(&run->text, STR("}\n"));
}

/* Each line of text as an output of the test. */
static void add_lines(struct run *run, const char *test, const char *text) {
        struct str rest = str_of(text), line;

        while (str_next_line(&rest, &line)) {
                char words[400];

                snprintf(words, sizeof(words), "%.*s", STR_ARG(line));
                add(run, "output", test, words);
        }
}

static void finish(struct run *run) {
        test_results_feed(run->results, buf_str(&run->text));
        test_results_end_stream(run->results);
        run->problems = test_results_finish(run->results, &run->count);
}

static void expect_place(const struct test_problem *problem, enum test_problem_kind kind,
                         const char *file, uint32_t line) {
        assert_int_equal(problem->kind, kind);
        if (!str_eq(problem->file, str_of(file)) || problem->line != line)
                fail_msg("at %.*s:%u", STR_ARG(problem->file), problem->line);
}

static void a_failing_test_has_its_own_output_only(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "start", "", "");
        add(run, "run", "A", "");
        add(run, "run", "B", "");
        add(run, "output", "A", "=== RUN   A");
        add(run, "output", "B", "noise of B");
        add(run, "output", "A", "    a_test.go:3: looking");
        add(run, "output", "A", "    a_test.go:9: want 1");
        add(run, "output", "A", "    a_test.go:12: cleaning");
        add(run, "pass", "B", "");
        add(run, "output", "A", "--- FAIL: A (0.00s)");
        add(run, "fail", "A", "");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_FAILS, "a_test.go", 9);
        assert_true(str_eq(run->problems[0].output,
                           STR("    a_test.go:3: looking\n    a_test.go:9: want 1\n"
                               "    a_test.go:12: cleaning")));
}

static void a_parent_that_fails_by_its_child_is_not_told(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add(run, "run", "A/b/c", "");
        add(run, "output", "A/b/c", "    a_test.go:9: no");
        add(run, "fail", "A/b/c", "");
        add(run, "fail", "A", "");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        assert_true(str_eq(run->problems[0].test, STR("A/b/c")));
}

static void a_test_that_passes_too_is_flaky(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (int pass_first = 0; pass_first < 2; pass_first++) {
                struct run *run = run_make(&arena);

                for (int i = 0; i < 2; i++) {
                        add(run, "run", "A", "");
                        add(run, i == pass_first ? "fail" : "pass", "A", "");
                }
                add(run, "fail", "", "");
                finish(run);
                assert_int_equal(run->count, 1);
                assert_int_equal(run->problems[0].kind, TEST_PROBLEM_FLAKY);
        }
}

static const char race[] = "==================\n"
                           "WARNING: DATA RACE\n"
                           "Read at 0x00c000094198 by goroutine 8:\n"
                           "  m/p.(*T).Get()\n"
                           "      /r/p/a.go:5 +0x35\n"
                           "  m/p.F.func1()\n"
                           "      /r/p/a.go:10 +0xe\n"
                           "\n"
                           "Previous write at 0x00c000094198 by goroutine 7:\n"
                           "  runtime.mapassign()\n"
                           "      /usr/local/go/src/runtime/map.go:1 +0x1\n"
                           "  m/p.(*T).Set()\n"
                           "      /r/p/a.go:7 +0x116\n"
                           "\n"
                           "Goroutine 8 (running) created at:\n"
                           "  m/p.F()\n"
                           "      /r/p/a.go:20 +0x1\n"
                           "==================\n";

static void a_race_is_told_once(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add_lines(run, "A", race);
        add_lines(run, "A", race);
        add(run, "output", "A", "    testing.go:1712: race detected during execution of test");
        add(run, "output", "A", "--- FAIL: A (0.00s)");
        add(run, "fail", "A", "");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_RACE, "p/a.go", 7);
        assert_int_equal(run->problems[0].other_line, 5);
        assert_int_equal(run->problems[0].times, 2);
        assert_int_equal(run->problems[0].stacks.count, 3);
}

static void a_race_that_is_only_printed_is_none(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add_lines(run, "A", race);
        add(run, "pass", "A", "");
        add(run, "pass", "", "");
        finish(run);
        for (size_t i = 0; i < run->count; i++)
                assert_int_equal(run->problems[i].times, 0);
}

static const char trace[] = "panic: oh\n"
                            "\tno [recovered, repanicked]\n"
                            "\n"
                            "goroutine 19 [running]:\n"
                            "m/p.deferred()\n"
                            "\t/r/p/a.go:2 +0x1\n"
                            "panic({0x6129a0?, 0x6591d0?})\n"
                            "\t/usr/local/go/src/runtime/panic.go:860 +0x13a\n"
                            "sort.Slice({0x610a20, 0xc000098330}, 0x657998)\n"
                            "\t/usr/local/go/src/sort/slice.go:29 +0xab\n"
                            "m/p.boom(...)\n"
                            "\t/r/p/a.go:33\n"
                            "testing.tRunner(0xc0000a8488, 0x6578f0)\n"
                            "\t/usr/local/go/src/testing/testing.go:2036 +0x21d\n"
                            "created by testing.(*T).Run in goroutine 1\n"
                            "\t/usr/local/go/src/testing/testing.go:2101 +0xb13\n";

static void a_panic_is_told_at_the_own_frame(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add(run, "output", "A", "    a_test.go:9: before");
        add(run, "output", "A", "--- FAIL: A (0.00s)");
        add_lines(run, "A", trace);
        add(run, "fail", "A", "");
        add(run, "output", "", "FAIL\\tm/p\\t0.01s");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_PANIC, "p/a.go", 33);
        assert_true(str_eq(run->problems[0].headline, STR("panic: oh")));
        assert_true(str_eq(run->problems[0].output, STR("    a_test.go:9: before")));
}

static void a_trace_that_was_only_printed_is_none(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add_lines(run, "A", trace);
        add(run, "output", "A", "--- PASS: A (0.00s)");
        add(run, "pass", "A", "");
        add(run, "run", "B", "");
        add(run, "output", "B", "    a_test.go:9: no");
        add(run, "fail", "B", "");
        add(run, "output", "", "FAIL");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_FAILS, "a_test.go", 9);
}

static void a_time_limit_names_the_stuck_goroutine(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add_lines(
                run, "A",
                "panic: test timed out after 1s\n\trunning tests:\n\t\tA/sub (1s)\n\n"
                "goroutine 8 [running]:\n"
                "testing.(*M).startAlarm.func1()\n"
                "\t/usr/local/go/src/testing/testing.go:2802 +0x605\n\n"
                "goroutine 9 [select]:\nm/p.worker()\n\t/r/p/w.go:3 +0x1\n"
                "created by m/p.start in goroutine 7\n\t/r/p/w.go:1 +0x1\n\n"
                "goroutine 7 [chan receive]:\nm/p.A()\n\t/r/p/a_test.go:4 +0x3c\n"
                "testing.tRunner(0xc0, 0x65)\n\t/usr/local/go/src/testing/testing.go:2036 +0x1\n");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_TIMEOUT, "p/a_test.go", 4);
        assert_true(str_eq(run->problems[0].test, STR("A/sub")));
}

static void build_failures_have_their_lines(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        buf_add(&run->text, STR("{\"ImportPath\":\"m/p [m/p.test]\",\"Action\":\"build-output\","
                                "\"Output\":\"# m/p [m/p.test]\\n\"}\n"
                                "{\"ImportPath\":\"m/p [m/p.test]\",\"Action\":\"build-output\","
                                "\"Output\":\"/r/p/b.go:2:23: undefined: x\\n\"}\n"
                                "# m/q\n# [m/q]\n/r/q/v.go:4:5: self-assignment\n"));
        add(run, "output", "", "FAIL\\tm/p [build failed]");
        add(run, "fail", "", "");
        finish(run);
        assert_int_equal(run->count, 2);
        expect_place(&run->problems[0], TEST_PROBLEM_BUILD, "p/b.go", 2);
        assert_int_equal(run->problems[0].column, 23);
        assert_true(str_eq(run->problems[0].headline, STR("undefined: x")));
        expect_place(&run->problems[1], TEST_PROBLEM_VET, "q/v.go", 4);
}

static void a_process_that_goes_away_is_no_pass(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "start", "", "");
        add(run, "run", "A", "");
        add(run, "output", "A", "ok  \\tm/p\\t0.020s");
        add(run, "pass", "A", "");
        finish(run);
        assert_int_equal(run->count, 1);
        assert_int_equal(run->problems[0].kind, TEST_PROBLEM_NO_RESULT);
        run = run_make(&arena);
        add(run, "run", "A", "");
        add(run, "output", "A", "gone");
        add(run, "fail", "", "");
        finish(run);
        expect_place(&run->problems[0], TEST_PROBLEM_NO_RESULT, "t_test.go", 1);
        assert_true(str_eq(run->problems[0].output, STR("gone")));
}

static void a_later_pass_changes_nothing(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add(run, "run", "A", "");
        add(run, "fail", "A", "");
        add(run, "pass", "", "");
        add(run, "pass", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        assert_int_equal(test_results_counts(run->results)->packages_failed, 1);
}

static void long_output_keeps_head_and_tail(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);
        struct str output;

        add(run, "run", "A", "");
        for (int i = 0; i < 5000; i++) {
                char words[40];

                snprintf(words, sizeof(words), "line %d", i);
                add(run, "output", "A", words);
        }
        add(run, "fail", "A", "");
        add(run, "fail", "", "");
        finish(run);
        output = run->problems[0].output;
        assert_true(str_has_prefix(output, STR("line 0\nline 1\n")));
        assert_true(str_has_suffix(output, STR("\nline 4998\nline 4999")));
        assert_true(str_contains(output, STR(" bytes left out ...]\nline ")));
        assert_true(output.len < TEST_OUTPUT_HEAD_MAX + TEST_OUTPUT_TAIL_MAX + 100);
}

static void goroutines_left_behind_are_told_where_they_began(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct run *run = run_make(&arena);

        add_lines(run, "",
                  "PASS\nweir-leaks 1\n"
                  "goroutine 9 [select]:\nm/p.worker()\n\t/r/p/w.go:3 +0x1\n"
                  "created by m/p.start in goroutine 7\n\t/r/p/w.go:1 +0x1\n\n"
                  "goroutine 10 [select]:\nnet/http.serve()\n\t/usr/local/go/src/net/http/s.go:3\n"
                  "created by net/http.x in goroutine 7\n\t/usr/local/go/src/net/http/s.go:1\n"
                  "weir-leaks 1\n");
        add(run, "pass", "", "");
        finish(run);
        assert_int_equal(run->count, 1);
        expect_place(&run->problems[0], TEST_PROBLEM_LEAK, "p/w.go", 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_failing_test_has_its_own_output_only),
                cmocka_unit_test(a_parent_that_fails_by_its_child_is_not_told),
                cmocka_unit_test(a_test_that_passes_too_is_flaky),
                cmocka_unit_test(a_race_is_told_once),
                cmocka_unit_test(a_race_that_is_only_printed_is_none),
                cmocka_unit_test(a_panic_is_told_at_the_own_frame),
                cmocka_unit_test(a_trace_that_was_only_printed_is_none),
                cmocka_unit_test(a_time_limit_names_the_stuck_goroutine),
                cmocka_unit_test(build_failures_have_their_lines),
                cmocka_unit_test(a_process_that_goes_away_is_no_pass),
                cmocka_unit_test(a_later_pass_changes_nothing),
                cmocka_unit_test(long_output_keeps_head_and_tail),
                cmocka_unit_test(goroutines_left_behind_are_told_where_they_began),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
