#include "gotest/results.h"

#include "base/buf.h"
#include "gotest/results_parts.h"

#include <string.h>

#define UNFINISHED_SHOWN 5

/* ---- packages ---- */

static struct test_package *find_package(struct test_results *results, struct str name) {
        struct test_package *last = results->last_package;
        void **value;

        if (last && str_eq(last->name, name))
                return last;
        value = map_get(&results->packages, name);
        if (!value && results->packages.count >= TEST_PACKAGES_MAX) {
                results->counts.packages_left_out++;
                return NULL;
        }
        if (!value) {
                last = ARENA_NEW(results->arena, struct test_package);
                last->name = str_dup(results->arena, name);
                last->crash_problem = NOT_ADDED;
                *map_put(&results->packages, last->name) = last;
                results->counts.packages++;
        } else {
                last = *value;
        }
        results->last_package = last;
        return last;
}

static void forget_running(struct test_results *results, struct test_package *package) {
        while (package->running)
                running_end(results, package->running);
        kept_give_back(results, &package->output);
        capture_give_back(results, &package->capture);
}

/* A package may run more than once: with several streams, or a tool that tries again. */
static void begin_package(struct test_results *results, struct test_package *package) {
        if (package->is_done)
                results->counts.packages_done--;
        results->counts.packages_running++;
        forget_running(results, package);
        package->has_begun = true;
        package->is_done = package->test_failed = package->build_failed = false;
        package->has_ok_line = package->has_fail_line = false;
        package->told = package->races = 0;
        package->first_problem = results->problems.count;
        package->crash_problem = NOT_ADDED;
}

/* A race that was only printed, in a package that does not fail, is none. */
static void drop_printed_races(struct test_results *results, const struct test_package *package) {
        for (size_t i = package->first_problem; i < results->problems.count; i++) {
                struct test_problem *problem = &results->problems.items[i];

                if (problem->kind == TEST_PROBLEM_RACE && str_eq(problem->package, package->name))
                        problem->times = 0;
        }
}

static void close_capture(struct test_results *results, struct test_package *package, bool failed) {
        struct capture *capture = package->capture;

        if (!capture)
                return;
        if (capture->kind == CAPTURE_RACE)
                report_race(results, package);
        else if (capture->kind == CAPTURE_LEAK)
                report_leaks(results, package);
        else if (failed && capture->is_confirmed)
                report_crash(results, package);
        capture_give_back(results, &package->capture);
}

static void end_package(struct test_results *results, struct test_package *package, bool failed) {
        close_capture(results, package, failed || package->test_failed);
        if (failed && !package->told)
                report_package(results, package);
        if (!failed && !package->test_failed && package->races)
                drop_printed_races(results, package);
        if ((failed || package->test_failed) && !package->has_failed) {
                package->has_failed = true;
                results->counts.packages_failed++;
        }
        forget_running(results, package);
        package->is_done = true;
        results->counts.packages_done++;
        results->counts.packages_running--;
}

/* ---- lines of output ---- */

static bool is_framing(struct str line) {
        static const struct str words[] = { STR_INIT("=== RUN"),  STR_INIT("=== PAUSE"),
                                            STR_INIT("=== CONT"), STR_INIT("=== NAME"),
                                            STR_INIT("--- PASS"), STR_INIT("--- FAIL"),
                                            STR_INIT("--- SKIP"), STR_INIT("--- BENCH") };

        while (line.len && line.ptr[0] == ' ')
                line = str_slice(line, 1, line.len);
        if (!str_has_prefix(line, STR("===")) && !str_has_prefix(line, STR("---")))
                return false;
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_has_prefix(line, words[i]))
                        return true;
        return false;
}

static bool begins_crash(struct str line) {
        static const struct str words[] = {
                STR_INIT("panic: "),
                STR_INIT("fatal error: "),
                STR_INIT("SIGQUIT: quit"),
                STR_INIT("runtime: goroutine stack exceeds"),
        };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_has_prefix(line, words[i]))
                        return true;
        return false;
}

static bool is_race_rule(struct str line) {
        return str_eq(str_trim(line), STR("=================="));
}

static bool begins_leaks(const struct test_results *results, struct str line) {
        return results->leak_mark.len && str_eq(str_trim(line), results->leak_mark);
}

static void keep_line(struct test_results *results, struct kept_output **kept, struct str line) {
        if (!*kept)
                *kept = kept_take(results);
        kept_add(*kept, line);
}

static void begin_capture(struct test_results *results, struct test_package *package,
                          const struct running_test *run, enum capture_kind kind) {
        capture_give_back(results, &package->capture);
        package->capture = capture_take(results, kind);
        if (package->capture)
                package->capture->owner = run ? run->key : 0;
}

/* What looked like a crash and was none belongs to whoever printed it. */
static void release_crash(struct test_results *results, struct test_package *package) {
        struct capture *capture = package->capture;
        struct running_test *run = running_find(results, capture->owner);

        keep_line(results, run ? &run->output : &package->output,
                  (struct str){ capture->text, capture->len });
        if (package->crash_problem != NOT_ADDED) {
                struct test_problem *problem = &results->problems.items[package->crash_problem];

                if (!problem->output.len)
                        problem->output = str_dup(results->arena,
                                                  (struct str){ capture->text, capture->len });
                package->crash_problem = NOT_ADDED;
        }
        capture_give_back(results, &package->capture);
}

/* True where the line belongs to the report that is coming in. */
static bool take_captured(struct test_results *results, struct test_package *package,
                          struct str line) {
        struct capture *capture = package->capture;

        if (capture->kind == CAPTURE_CRASH) {
                if (is_framing(line))
                        capture->is_over = true;
                if (capture->is_over)
                        return false;
                capture->is_confirmed |= stack_is_goroutine_line(line);
                capture_add(capture, line);
                return true;
        }
        if (capture->kind == CAPTURE_LEAK && begins_leaks(results, line)) {
                report_leaks(results, package);
                return true;
        }
        if (capture->kind == CAPTURE_RACE && (is_race_rule(line) || is_framing(line))) {
                report_race(results, package);
                return is_race_rule(line);
        }
        capture_add(capture, line);
        return true;
}

static bool begin_captured(struct test_results *results, struct test_package *package,
                           struct running_test *run, struct str line) {
        enum capture_kind kind;

        if (str_has_prefix(line, STR("WARNING: DATA RACE")))
                kind = CAPTURE_RACE;
        else if (begins_leaks(results, line))
                kind = CAPTURE_LEAK;
        else if (begins_crash(line))
                kind = CAPTURE_CRASH;
        else
                return false;
        if (package->capture && package->capture->kind == CAPTURE_CRASH)
                release_crash(results, package);
        begin_capture(results, package, run, kind);
        if (package->capture && kind == CAPTURE_CRASH)
                capture_add(package->capture, line);
        return package->capture != NULL;
}

/* Lines of the package itself that end its tests, or come from the go command. */
static bool take_package_line(struct test_results *results, struct test_package *package,
                              struct str line) {
        struct str words = str_trim(line);

        if (str_eq(words, STR("PASS")) || str_eq(words, STR("FAIL"))) {
                if (package->capture && package->capture->kind == CAPTURE_CRASH)
                        release_crash(results, package);
                return true;
        }
        package->has_ok_line |= str_has_prefix(line, STR("ok  \t"));
        if (str_has_prefix(line, STR("FAIL\t"))) {
                package->has_fail_line = true;
                package->build_failed |= str_has_suffix(words, STR("[build failed]")) ||
                                         str_has_suffix(words, STR("[setup failed]"));
                return true;
        }
        return str_has_prefix(line, STR("ok  \t")) || str_has_prefix(line, STR("coverage: "));
}

static bool is_race_note(struct str line) {
        return str_contains(line, STR("race detected during execution of test"));
}

static void take_line(struct test_results *results, struct test_package *package,
                      struct running_test *run, struct str line) {
        if (!run && take_package_line(results, package, line))
                return;
        if (package->capture && take_captured(results, package, line))
                return;
        if (is_framing(line) || is_race_rule(line) || begin_captured(results, package, run, line))
                return;
        if (run && is_race_note(line))
                run->race_noted = true;
        else if (run)
                keep_line(results, &run->output, line);
        else
                keep_line(results, &package->output, line);
}

static void take_output(struct test_results *results, struct test_package *package,
                        struct running_test *run, struct str output) {
        while (output.len) {
                const char *newline = memchr(output.ptr, '\n', output.len);
                size_t len = newline ? (size_t)(newline - output.ptr) + 1 : output.len;

                take_line(results, package, run, str_slice(output, 0, len));
                output = str_slice(output, len, output.len);
        }
}

/* ---- packages without tests ---- */

static void note_no_tests(struct test_results *results, struct test_package *package) {
        struct test_problem problem = { .kind = TEST_PROBLEM_NO_TESTS, .package = package->name };

        problem_add(results, &problem);
}

/* "?   pkg [no test files]"; with a coverage profile: "pkg  coverage: 0.0% of statements". */
static bool says_no_tests(const struct test_package *package, struct str output) {
        if (str_has_prefix(output, STR("?   \t")))
                return str_contains(output, STR("[no test files]"));
        return str_has_prefix(output, STR("\t")) &&
               str_has_prefix(str_slice(output, 1, output.len), package->name) &&
               str_contains(output, STR("\t\tcoverage: 0.0% of statements"));
}

/* ---- events ---- */

static void test_passes(struct test_results *results, uint64_t key, struct running_test *run) {
        size_t problem = failed_find(results, key);

        if (problem != NOT_ADDED && results->problems.items[problem].kind == TEST_PROBLEM_FAILS)
                results->problems.items[problem].kind = TEST_PROBLEM_FLAKY;
        passed_add(results, key);
        results->counts.tests++;
        if (run)
                running_end(results, run);
}

static void test_fails(struct test_results *results, struct test_package *package, struct str test,
                       struct running_test *run) {
        package->test_failed = true;
        results->counts.tests++;
        results->counts.tests_failed++;
        report_failure(results, package, test, run);
        if (run)
                running_end(results, run);
}

static void test_event(struct test_results *results, struct test_package *package,
                       const struct test_event *event) {
        uint64_t key = test_key(package, event->test);
        struct running_test *run = running_find(results, key);

        if (event->action == TEST_ACTION_PASS) {
                test_passes(results, key, run);
        } else if (event->action == TEST_ACTION_FAIL) {
                test_fails(results, package, event->test, run);
        } else if (event->action == TEST_ACTION_SKIP) {
                results->counts.tests++;
                results->counts.tests_skipped++;
                if (run)
                        running_end(results, run);
        } else if (event->action == TEST_ACTION_RUN || event->action == TEST_ACTION_OUTPUT) {
                if (!run)
                        run = running_begin(results, package, event->test, key);
                if (event->output.len && str_has_prefix(event->output, STR("ok  \t")))
                        package->has_ok_line = true;
                else if (event->output.len)
                        take_output(results, package, run, event->output);
        }
}

static void package_event(struct test_results *results, struct test_package *package,
                          const struct test_event *event) {
        if (event->action == TEST_ACTION_OUTPUT) {
                if (says_no_tests(package, event->output))
                        note_no_tests(results, package);
                else
                        take_output(results, package, NULL, event->output);
        } else if (event->action == TEST_ACTION_FAIL) {
                package->build_failed |= event->failed_build.len > 0;
                if (package->build_failed && build_is_told(results))
                        package->told++;
                end_package(results, package, true);
        } else if (event->action == TEST_ACTION_PASS || event->action == TEST_ACTION_SKIP) {
                end_package(results, package, false);
        }
}

static void build_event(struct test_results *results, const struct test_event *event) {
        struct str output = event->output, line;

        build_package(results, event->import_path);
        while (str_next_line(&output, &line))
                build_line(results, line);
}

/* What comes after a package's end counts only where it begins anew, or says that it fails. */
static bool takes_event(struct test_results *results, struct test_package *package,
                        const struct test_event *event) {
        bool begins = event->action == TEST_ACTION_START || event->action == TEST_ACTION_RUN ||
                      event->action == TEST_ACTION_FAIL;

        if (package->has_begun && !package->is_done)
                return true;
        if (package->is_done && !begins)
                return false;
        begin_package(results, package);
        return true;
}

static void on_event(void *ctx, const struct test_event *event) {
        struct test_results *results = ctx;
        struct test_package *package;

        results->counts.events++;
        if (event->action == TEST_ACTION_BUILD_OUTPUT) {
                build_event(results, event);
                return;
        }
        if (!event->package.len || event->action == TEST_ACTION_BUILD_FAIL ||
            event->action == TEST_ACTION_OTHER)
                return;
        package = find_package(results, event->package);
        if (!package || !takes_event(results, package, event))
                return;
        if (event->test.len)
                test_event(results, package, event);
        else
                package_event(results, package, event);
}

static void add_complaint(struct test_results *results, struct str line) {
        size_t room = sizeof(results->complaints) - results->complaints_len;

        if (line.len + 1 > room)
                return;
        memcpy(results->complaints + results->complaints_len, line.ptr, line.len);
        results->complaints_len += line.len;
        results->complaints[results->complaints_len++] = '\n';
}

static bool is_complaint(struct str line) {
        return str_has_prefix(line, STR("go: ")) || str_has_prefix(line, STR("pattern ")) ||
               str_has_prefix(line, STR("no Go files")) ||
               str_contains(line, STR("go.mod file not found"));
}

/* Before Go 1.24 the compiler's words stand between the events. */
static void on_plain(void *ctx, struct str line) {
        struct test_results *results = ctx;

        build_line(results, line);
        if (is_complaint(line))
                add_complaint(results, line);
}

/* ---- the whole ---- */

struct test_results *test_results_make(struct arena *arena, struct test_places places,
                                       struct str leak_mark) {
        struct test_results *results = ARENA_NEW(arena, struct test_results);

        results->arena = arena;
        results->scratch = arena_make(arena->budget);
        results->passed_arena = arena_make(arena->budget);
        results->places = places;
        results->leak_mark = leak_mark;
        results->packages = map_make(arena);
        results->build.last = NOT_ADDED;
        results->reader = test2json_make(
                arena,
                (struct test2json_sink){ .ctx = results, .event = on_event, .plain = on_plain });
        return results;
}

void test_results_feed(struct test_results *results, struct str bytes) {
        test2json_feed(results->reader, bytes);
}

void test_results_end_stream(struct test_results *results) {
        results->counts.streams_cut_off += test2json_finish(results->reader);
        results->build = (struct build_lines){ .last = NOT_ADDED };
}

void test_results_add(struct test_results *results, const struct test_problem *problem) {
        problem_add(results, problem);
}

/* The go command wrote its last line for the package and no test said why it ended: the process
 * went away under the tests. */
static void end_without_result(struct test_results *results, struct test_package *package) {
        if (package->has_ok_line && !package->told) {
                struct test_problem problem = { .kind = TEST_PROBLEM_NO_RESULT,
                                                .package = package->name };

                problem_add(results, &problem);
                package->told++;
        }
        end_package(results, package, true);
}

static void list_unfinished(struct test_results *results) {
        struct buf names = buf_make(results->arena);

        for (size_t i = 0; i < results->packages.count; i++) {
                struct test_package *package = results->packages.entries[i].value;

                if (package->is_done)
                        continue;
                if (package->has_ok_line || package->has_fail_line) {
                        end_without_result(results, package);
                        continue;
                }
                if (results->unfinished_count++ < UNFINISHED_SHOWN)
                        buf_printf(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(package->name));
        }
        results->unfinished = buf_str(&names);
}

const struct test_problem *test_results_finish(struct test_results *results, size_t *ret_count) {
        if (!results->is_finished) {
                results->is_finished = true;
                list_unfinished(results);
                arena_drop(&results->scratch);
                arena_drop(&results->passed_arena);
                results->passed_capacity = results->passed_count = 0;
        }
        *ret_count = results->problems.count;
        return results->problems.items;
}

const struct test_counts *test_results_counts(const struct test_results *results) {
        return &results->counts;
}

struct str test_results_complaints(const struct test_results *results) {
        return (struct str){ results->complaints, results->complaints_len };
}

struct str test_results_unfinished(const struct test_results *results, size_t *ret_count) {
        *ret_count = results->unfinished_count;
        return results->unfinished;
}

void test_results_packages(const struct test_results *results,
                           void (*visit)(void *ctx, struct str package), void *ctx) {
        for (size_t i = 0; i < results->packages.count; i++)
                visit(ctx, results->packages.entries[i].key);
}
