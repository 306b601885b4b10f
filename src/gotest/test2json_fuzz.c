/* The event stream and what is read out of it, in chunks that end anywhere. */
#include "gotest/results.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static bool find(void *ctx UNUSED, struct str package UNUSED, const struct test_frame *frame,
                 struct str *ret_file) {
        if (!str_has_prefix(frame->path, STR("/r/")))
                return false;
        *ret_file = STR("own.go");
        return true;
}

static bool is_failure(void *ctx UNUSED, struct str file UNUSED, uint32_t line) {
        return line % 2 != 0;
}

static bool find_test(void *ctx UNUSED, struct str package UNUSED, struct str test,
                      struct str *ret_file, uint32_t *ret_line) {
        *ret_file = STR("own_test.go");
        *ret_line = (uint32_t)test.len;
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct test_results *results = test_results_make(
                &arena,
                (struct test_places){
                        .find = find, .is_failure = is_failure, .find_test = find_test },
                STR("weir-leaks"));
        size_t step = size ? (size_t)data[0] + 1 : 1, count;
        const struct test_problem *problems;

        for (size_t at = 0; at < size; at += step)
                test_results_feed(results,
                                  (struct str){ (const char *)data + at, MIN_OF(step, size - at) });
        test_results_end_stream(results);
        problems = test_results_finish(results, &count);
        for (size_t i = 0; i < count; i++)
                assert(problems[i].file.len || problems[i].line == 0);
        return 0;
}
