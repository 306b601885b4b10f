/* gotest/results_parts.h: what the files of results share. Only gotest/ includes this. */
#pragma once

#include "base/map.h"
#include "gotest/results.h"
#include "gotest/test2json.h"

#define TEST_NAME_MAX 240 /* bytes of a test's name that are kept while it runs */
#define NOT_ADDED SIZE_MAX

/* The first and last bytes of something; from a pool. */
struct kept_output {
        struct kept_output *next_free;
        size_t total; /* bytes given, kept or not */
        char head[TEST_OUTPUT_HEAD_MAX];
        char tail[TEST_OUTPUT_TAIL_MAX]; /* a ring: byte n of the rest is at n % size */
};

enum capture_kind { CAPTURE_CRASH, CAPTURE_RACE, CAPTURE_LEAK };

/* A report of the runtime that is coming in, line by line; from a pool. */
struct capture {
        struct capture *next_free;
        enum capture_kind kind;
        bool is_confirmed; /* a crash: the trace of a goroutine has been seen */
        bool is_over;   /* a crash: the tests went on, so it is none unless the package says so */
        uint64_t owner; /* the test that printed it; 0: none */
        size_t len;
        char text[TEST_CAPTURE_MAX];
};

struct test_package {
        struct str name;
        bool has_begun, is_done, has_failed;
        bool has_ok_line, has_fail_line; /* the go command's own last line */
        bool build_failed, test_failed;
        size_t told; /* failures of this run of it, whether told alone or with their cause */
        size_t races;
        size_t first_problem; /* of this run of it */
        size_t crash_problem; /* the failing test that a crash may be the cause of */
        struct capture *capture;
        struct kept_output *output; /* what stands outside of tests */
        struct running_test *running;
};

/* A test that has begun and has no result. */
struct running_test {
        struct running_test *next_in_slot;
        struct running_test *next, *before; /* of the package; next also in the free list */
        struct test_package *package;
        uint64_t key;
        struct kept_output *output;
        bool child_failed, race_noted;
        uint16_t name_len;
        char name[TEST_NAME_MAX];
};

/* A set of hashes, or a map from a hash to an index; open addressing. */
struct hash_slot {
        uint64_t key; /* 0: free */
        size_t value;
};

struct build_lines {
        struct str package; /* of the last "# package" line; memory of the results */
        bool is_vet;
        struct str words; /* the first line without a place; memory of the results */
        size_t last;      /* the problem that a line which is indented belongs to */
};

struct test_results {
        struct arena *arena;
        struct arena scratch; /* dropped after each report */
        struct test_places places;
        struct str leak_mark;
        struct test2json *reader;
        struct test_counts counts;

        struct map packages;
        struct test_package *last_package;

        struct running_test **slots;
        struct running_test *free_running;
        size_t running_made;
        struct kept_output *free_output;
        size_t outputs_made;
        struct capture *free_capture;
        size_t captures_made;

        struct arena passed_arena;
        uint64_t *passed;
        size_t passed_count, passed_capacity;
        struct hash_slot *failed; /* test to problem */
        VEC(struct test_problem) problems;
        size_t output_total;

        struct build_lines build;
        char complaints[1024];
        size_t complaints_len;
        struct str unfinished;
        size_t unfinished_count;
        bool is_finished;
};

/* ---- pools (results_pool.c) ---- */

/* NULL where too many are in use. */
struct kept_output *kept_take(struct test_results *results);
void kept_add(struct kept_output *kept, struct str text);
void kept_give_back(struct test_results *results, struct kept_output **kept);
/* What is kept, whole lines; "[... N bytes left out ...]" between head and tail. In arena. */
struct str kept_text(const struct kept_output *kept, struct arena *arena);

struct capture *capture_take(struct test_results *results, enum capture_kind kind);
void capture_add(struct capture *capture, struct str text);
void capture_give_back(struct test_results *results, struct capture **capture);

/* Tests are known by a hash of package and name, never 0. */
uint64_t test_key(const struct test_package *package, struct str test);
struct running_test *running_find(const struct test_results *results, uint64_t key);
/* NULL where too many run. */
struct running_test *running_begin(struct test_results *results, struct test_package *package,
                                   struct str test, uint64_t key);
void running_end(struct test_results *results, struct running_test *test);

void passed_add(struct test_results *results, uint64_t key);
bool passed_has(const struct test_results *results, uint64_t key);

/* The problem of a test that has failed; NOT_ADDED where there is none. */
size_t failed_find(const struct test_results *results, uint64_t key);
void failed_add(struct test_results *results, uint64_t key, size_t problem);

/* ---- problems (results_problem.c) ---- */

/* Copies the problem into the results; its index, or NOT_ADDED where there are too many. */
size_t problem_add(struct test_results *results, const struct test_problem *problem);

/* A report that is complete: told where it is new. */
void report_race(struct test_results *results, struct test_package *package);
void report_leaks(struct test_results *results, struct test_package *package);
/* The trace of the crash that ended the package. */
void report_crash(struct test_results *results, struct test_package *package);

/* A test that fails; run may be NULL. */
void report_failure(struct test_results *results, struct test_package *package, struct str test,
                    struct running_test *run);
/* A package that fails and nothing says why yet. */
void report_package(struct test_results *results, struct test_package *package);

/* A line of the compiler, the linker or vet, for the package last named. */
void build_line(struct test_results *results, struct str line);
bool build_is_told(const struct test_results *results); /* of whichever package it was */
void build_package(struct test_results *results, struct str import_path);
