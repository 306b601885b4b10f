/* Profiles: merging as the go command's tools do, and what is refused where. */
#include "cover/profile.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = abort_when_full };

static void print_file(const struct cover_file *file, struct buf *out) {
        struct cover_cursor cursor = cover_run_walk(&file->run);
        struct cover_block block;

        while (cover_cursor_next(&cursor, &block))
                buf_printf(out, "%.*s:%u.%u,%u.%u %u %llu\n", STR_ARG(file->name),
                           COVER_LINE(block.start), COVER_COLUMN(block.start),
                           COVER_LINE(block.end), COVER_COLUMN(block.end), block.statements,
                           (unsigned long long)block.count);
}

/* The merged profiles as text, or the error. NULL ends the list. */
static char *merged(struct arena *arena, uint64_t count_max, const char *const *profiles) {
        AUTO_COVER_PROFILE *profile =
                cover_profile_make(arena, (struct cover_workers){ .piece_size = 16 }, count_max);
        struct buf out = buf_make(arena);
        const struct cover_file *files;
        struct err err;
        size_t count;

        for (size_t i = 0; profiles[i]; i++)
                if (!cover_profile_add_bytes(profile, str_fmt(arena, "%zu.out", i + 1),
                                             str_of(profiles[i]), &err))
                        return str_to_c(arena, err_line(&err, arena));
        if (!cover_profile_finish(profile, &files, &count, &err))
                return str_to_c(arena, err_line(&err, arena));
        for (size_t i = 0; i < count; i++)
                print_file(&files[i], &out);
        return str_to_c(arena, buf_str(&out));
}

#define assert_merged(want, ...)                                                                   \
        do {                                                                                       \
                AUTO_ARENA arena_ = arena_make(&budget);                                           \
                const char *const profiles_[] = { __VA_ARGS__, NULL };                             \
                assert_string_equal(merged(&arena_, COVER_COUNT_MAX, profiles_), want);            \
        } while (0)

static void test_sorts_by_file_and_place(void **state UNUSED) {
        assert_merged("a/x.go:1.2,3.4 5 6\na/x.go:2.1,2.9 1 0\nb/y.go:1.1,1.2 1 1\n",
                      "mode: count\nb/y.go:1.1,1.2 1 1\na/x.go:2.1,2.9 1 0\na/x.go:1.2,3.4 5 6\n");
}

static void test_set_is_or(void **state UNUSED) {
        assert_merged("x.go:1.2,3.4 5 1\nx.go:4.1,5.1 1 0\n",
                      "mode: set\nx.go:1.2,3.4 5 0\nx.go:1.2,3.4 5 1\nx.go:4.1,5.1 1 0\n",
                      "mode: set\nx.go:1.2,3.4 5 1\nx.go:4.1,5.1 1 0\n");
}

static void test_count_and_atomic_add_up(void **state UNUSED) {
        assert_merged("x.go:1.2,3.4 5 7\n", "mode: count\nx.go:1.2,3.4 5 3\nx.go:1.2,3.4 5 4\n");
        assert_merged("x.go:1.2,3.4 5 7\n", "mode: atomic\nx.go:1.2,3.4 5 3\n",
                      "mode: atomic\nx.go:1.2,3.4 5 4\n");
}

static void test_sums_stay_at_the_ceiling(void **state UNUSED) {
        static const char *const profiles[] = {
                "mode: count\nx.go:1.2,3.4 5 9223372036854775807\nx.go:1.2,3.4 5 4\n", NULL
        };
        static const char *const small[] = {
                "mode: count\nx.go:1.2,3.4 5 4294967290\nx.go:1.2,3.4 5 9\n", NULL
        };
        AUTO_ARENA arena = arena_make(&budget);

        assert_string_equal(merged(&arena, COVER_COUNT_MAX, profiles),
                            "x.go:1.2,3.4 5 9223372036854775807\n");
        assert_string_equal(merged(&arena, UINT32_MAX, small), "x.go:1.2,3.4 5 4294967295\n");
}

static void test_mode_lines_in_between_and_crlf(void **state UNUSED) {
        assert_merged("x.go:1.2,3.4 5 3\n",
                      "mode: count\r\nx.go:1.2,3.4 5 1\r\nmode: count\r\nx.go:1.2,3.4 5 2\r\n");
}

static void test_names_may_hold_separators(void **state UNUSED) {
        assert_merged("C:/a b,c.d/x.go:1.2,3.4 5 1\n", "mode: set\nC:/a b,c.d/x.go:1.2,3.4 5 1\n");
}

static void test_only_a_mode_line(void **state UNUSED) {
        assert_merged("", "mode: set\n");
}

static void test_names_the_line_that_is_wrong(void **state UNUSED) {
        static const struct {
                const char *profile, *want;
        } cases[] = {
                { "", "1.out: is empty: no coverage profile" },
                { "mode: sometimes\n", "1.out:1: \"mode: sometimes\" is not the first line of a "
                                       "coverage profile (mode: set, count or atomic)" },
                { "x.go:1.2,3.4 5 1\n", "1.out:1: \"x.go:1.2,3.4 5 1\" is not the first line of a "
                                        "coverage profile (mode: set, count or atomic)" },
                { "mode: set\nx.go:1.2,3.4 5 1\nx.go:1.2,3.4 5\n",
                  "1.out:3: \"x.go:1.2,3.4 5\" is no line of a coverage profile "
                  "(FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT)" },
                { "mode: set\n\n", "1.out:2: \"\" is no line of a coverage profile "
                                   "(FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT)" },
                { "mode: set\nx.go:1.2,3.4 5 9223372036854775808\n",
                  "1.out:2: \"x.go:1.2,3.4 5 9223372036854775808\" has a number that no source "
                  "file and no run can have" },
                { "mode: set\nx.go:1.2,3.4 4294967296 1\n",
                  "1.out:2: \"x.go:1.2,3.4 4294967296 1\" has a number that no source file and no "
                  "run can have" },
                { "mode: set\nx.go:1.2,3.4 -1 1\n",
                  "1.out:2: \"x.go:1.2,3.4 -1 1\" is no line of a coverage profile "
                  "(FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT)" },
                { "mode: set\n:1.2,3.4 1 1\n", "1.out:2: \":1.2,3.4 1 1\" names no file" },
                { "mode: set\nx.go:1.2,3.4 5 1\nmode: count\n",
                  "1.out:3: \"mode: count\" is another mode than before: counts of different modes "
                  "cannot be added" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_merged(cases[i].want, cases[i].profile);
}

static void test_modes_do_not_mix(void **state UNUSED) {
        assert_merged("2.out:1: mode atomic, but 1.out has mode count: counts of different modes "
                      "cannot be added",
                      "mode: count\nx.go:1.2,3.4 5 1\n", "mode: atomic\nx.go:1.2,3.4 5 1\n");
}

static void test_statements_must_agree(void **state UNUSED) {
        static const char want[] =
                "x.go:1: block 1.2,3.4 is given with 5 and with 6 statements: the profiles are of "
                "different sources (1.out:2 names the file first)";

        assert_merged(want, "mode: set\nx.go:1.2,3.4 5 1\nx.go:1.2,3.4 6 1\n");
        assert_merged(want, "mode: set\nx.go:1.2,3.4 5 1\n", "mode: set\nx.go:1.2,3.4 6 1\n");
}

static void test_a_long_line(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);

        buf_add(&text, STR("mode: set\nx.go:1.2,3.4 5 1\n"));
        for (size_t i = 0; i < 70000; i++)
                buf_add_char(&text, 'a');
        buf_add(&text, STR(":1.2,3.4 5 1\n"));
        assert_merged("1.out:3: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" is "
                      "longer than any line of a coverage profile",
                      str_to_c(&arena, buf_str(&text)));
}

/* Numbers that repeat in the same order in every run. */
static uint32_t next_random(uint32_t *seed) {
        *seed = *seed * 1664525 + 1013904223;
        return *seed >> 8;
}

/* Blocks in any order, many of them again and again, give each place once with the sum of its
 * counts: as a table of all places says. */
static void test_any_order_gives_the_sums(void **state UNUSED) {
        enum { FILES = 3, LINES = 3000, ROUNDS = 60000 };
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_COVER_PROFILE *profile =
                cover_profile_make(&arena, (struct cover_workers){ 0 }, COVER_COUNT_MAX);
        uint64_t(*counts)[LINES] = arena_array(&arena, FILES, sizeof(*counts));
        struct buf text = buf_make(&arena);
        const struct cover_file *files;
        uint32_t seed = 1;
        struct err err;
        size_t count;

        buf_add(&text, STR("mode: count\n"));
        for (size_t i = 0; i < ROUNDS; i++) {
                uint32_t file = next_random(&seed) % FILES, line = next_random(&seed) % LINES;
                uint32_t times = 1 + next_random(&seed) % 9;

                counts[file][line] += times;
                buf_printf(&text, "%u.go:%u.1,%u.2 1 %u\n", file, line + 1, line + 2, times);
        }
        assert_true(cover_profile_add_bytes(profile, STR("p"), buf_str(&text), &err));
        assert_true(cover_profile_finish(profile, &files, &count, &err));
        assert_int_equal(count, FILES);
        for (size_t i = 0; i < FILES; i++) {
                struct cover_cursor cursor = cover_run_walk(&files[i].run);
                struct cover_block block;

                for (size_t line = 0; line < LINES; line++) {
                        if (!counts[i][line])
                                continue;
                        assert_true(cover_cursor_next(&cursor, &block));
                        assert_int_equal(COVER_LINE(block.start), line + 1);
                        assert_int_equal(block.count, counts[i][line]);
                }
                assert_false(cover_cursor_next(&cursor, &block));
        }
}

static void test_tells_where_a_file_is_named_first(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_COVER_PROFILE *profile = cover_profile_make(
                &arena, (struct cover_workers){ .piece_size = 20, .threads = 2 }, COVER_COUNT_MAX);
        const struct cover_file *files;
        struct err err;
        size_t count;

        assert_true(cover_profile_add_bytes(
                profile, STR("one"), STR("mode: set\na.go:1.1,2.2 1 1\na.go:3.1,4.2 1 1\n"), &err));
        assert_true(cover_profile_add_bytes(
                profile, STR("two"),
                STR("mode: set\na.go:1.1,2.2 1 1\na.go:3.1,4.2 1 1\nb.go:1.1,2.2 1 1\n"), &err));
        assert_true(cover_profile_finish(profile, &files, &count, &err));
        assert_int_equal(count, 2);
        assert_true(str_eq(files[0].source, STR("one")));
        assert_int_equal(files[0].line, 2);
        assert_true(str_eq(files[1].source, STR("two")));
        assert_int_equal(files[1].line, 4);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sorts_by_file_and_place),
                cmocka_unit_test(test_set_is_or),
                cmocka_unit_test(test_count_and_atomic_add_up),
                cmocka_unit_test(test_sums_stay_at_the_ceiling),
                cmocka_unit_test(test_mode_lines_in_between_and_crlf),
                cmocka_unit_test(test_names_may_hold_separators),
                cmocka_unit_test(test_only_a_mode_line),
                cmocka_unit_test(test_names_the_line_that_is_wrong),
                cmocka_unit_test(test_modes_do_not_mix),
                cmocka_unit_test(test_statements_must_agree),
                cmocka_unit_test(test_a_long_line),
                cmocka_unit_test(test_any_order_gives_the_sums),
                cmocka_unit_test(test_tells_where_a_file_is_named_first),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
