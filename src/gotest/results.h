/* gotest/results.h: what went wrong in a run of `go test`, read out of its event stream.
 *
 * Memory is bounded whatever the stream is (about 12 MB): of each test that is running the first
 * and last bytes of its output are kept, and given up where it passes; problems have a maximum and
 * what is over it is counted. A failure once seen stays one, whatever a later event says, since
 * whoever writes to the stream can write "pass" too.
 *
 * What is a problem:
 * - A test that fails, with its own output. One that only fails because a subtest does, because the
 *   race detector or a panic ended it, is not told beside the cause.
 * - A race, once for each pair of places. A printed report counts only where the package fails:
 *   the detector makes it fail, and a test may print what it likes.
 * - A panic or fatal error likewise: the trace that was printed last, in a package that fails.
 * - A package that fails, or ends, without any of these. */
#pragma once

#include "base/vec.h"
#include "gotest/stack.h"

#define TEST_PROBLEMS_MAX 2000                  /* of one run */
#define TEST_PACKAGES_MAX 20000                 /* of one run */
#define TEST_OUTPUT_HEAD_MAX ((size_t)2 << 10)  /* bytes kept of the beginning of an output */
#define TEST_OUTPUT_TAIL_MAX ((size_t)6 << 10)  /* and of its end */
#define TEST_OUTPUT_TOTAL_MAX ((size_t)4 << 20) /* of all problems */
#define TEST_CAPTURE_MAX ((size_t)64 << 10)     /* bytes kept of one trace or race report */
#define TEST_CAPTURES_MAX 48                    /* at the same time */
#define TEST_OUTPUTS_MAX 640                    /* tests whose output is kept at the same time */
#define TEST_RUNNING_MAX 8192                   /* tests that are followed at the same time */
#define TEST_PASSED_MAX ((size_t)192 << 10)     /* passed tests remembered, to tell flaky ones */

enum test_problem_kind {
        TEST_PROBLEM_FAILS,
        TEST_PROBLEM_FLAKY, /* it passed too */
        TEST_PROBLEM_RACE,
        TEST_PROBLEM_PANIC, /* or another fatal error of the runtime */
        TEST_PROBLEM_DEADLOCK,
        TEST_PROBLEM_TIMEOUT,
        TEST_PROBLEM_BUILD,
        TEST_PROBLEM_VET,
        TEST_PROBLEM_LEAK,
        TEST_PROBLEM_PACKAGE,   /* the package fails outside of its tests */
        TEST_PROBLEM_NO_RESULT, /* the process ended and a test has no result */
        TEST_PROBLEM_NO_TESTS,
};

struct test_problem {
        enum test_problem_kind kind;
        struct str package, test; /* either may be empty */
        struct str file;          /* relative to the root; empty: no place in the repository */
        uint32_t line, column;
        struct str headline; /* the panic's words, the compiler's message; one line */
        struct str output;   /* several lines; may be empty */
        struct test_stacks stacks;
        uint32_t other_line; /* the second place of a race */
        struct str other_file;
        size_t times; /* seen so often; 0: not to be told */
};

/* Where a place that was printed lies in the repository; the caller knows its modules. */
struct test_places {
        void *ctx;
        /* Fills *ret_file (valid until the next call, or a view of the frame) where frame, printed
         * while package was tested, is a file of the repository. frame->function may be empty,
         * frame->path a bare name. */
        bool (*find)(void *ctx, struct str package, const struct test_frame *frame,
                     struct str *ret_file);
        /* Whether that line of the file tells a failure (t.Error, t.Fatal), as against a log. */
        bool (*is_failure)(void *ctx, struct str file, uint32_t line);
        /* Where a test function stands. */
        bool (*find_test)(void *ctx, struct str package, struct str test, struct str *ret_file,
                          uint32_t *ret_line);
};

struct test_counts {
        size_t packages, packages_done, packages_failed, packages_running;
        size_t tests, tests_failed, tests_skipped; /* results seen; subtests count */
        size_t problems_left_out, packages_left_out;
        size_t events;
        size_t overlay_faults;  /* failures that name what weir has added (overlay.h) */
        size_t streams_cut_off; /* streams that ended in the middle of a line */
};

struct test_results;

/* All memory is in arena. leak_mark is the line that begins a report of goroutines left behind, and
 * ends it (see overlay.h); empty: none are expected. */
struct test_results *test_results_make(struct arena *arena, struct test_places places,
                                       struct str leak_mark);

/* Takes the next bytes of a stream; several streams one after the other are one run. */
void test_results_feed(struct test_results *results, struct str bytes);
/* The stream is over. */
void test_results_end_stream(struct test_results *results);

/* Adds a problem that was found elsewhere (vet). Its strings must live as long as the results. */
void test_results_add(struct test_results *results, const struct test_problem *problem);

/* Ends the run: packages without an end are told. Problems in the order in which they were seen. */
const struct test_problem *test_results_finish(struct test_results *results, size_t *ret_count);

const struct test_counts *test_results_counts(const struct test_results *results);

/* Lines between the events that tell why the go command itself gave up ("go: ..."); the first few.
 * Empty where there are none. */
struct str test_results_complaints(const struct test_results *results);

/* The packages that were begun and have no result: names, comma-separated, the first few. */
struct str test_results_unfinished(const struct test_results *results, size_t *ret_count);

/* Calls visit for each package that was seen. */
void test_results_packages(const struct test_results *results,
                           void (*visit)(void *ctx, struct str package), void *ctx);
