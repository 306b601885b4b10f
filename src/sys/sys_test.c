/* The system layer, on the real system. */
#include "base/arena.h"
#include "sys/clock.h"
#include "sys/env.h"
#include "sys/file.h"
#include "sys/pool.h"
#include "sys/spawn.h"
#include "sys/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void never_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = never_full };
static char dir[] = "/tmp/weir-sys-test-XXXXXX";

static struct str at(struct arena *arena, const char *name) {
        return str_join_path(arena, str_of(dir), str_of(name));
}

static void a_new_file_takes_no_ones_place(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str one = at(&arena, "new-one"), other = at(&arena, "new-other"), bytes;
        struct stat st;
        struct err err;

        assert_true(file_write_new(one, STR("1"), 0640, &err));
        assert_true(file_lstat(one, &st) && (st.st_mode & 0777) == (0640 & ~022));
        assert_false(file_write_new(one, STR("2"), 0640, &err));
        assert_int_equal(err.code, ERR_IO);
        assert_true(file_write(other, STR("2"), 0644, &err));
        assert_true(file_exchange(one, other, &err) || err.code == ERR_UNSUPPORTED);
        assert_true(file_rename(other, one, &err));
        assert_true(file_read(&arena, one, 10, &bytes, &err) && bytes.len == 1);
        assert_false(file_rename(other, one, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void files_are_written_whole_and_read_back(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_FILE_MAP map = { STR_NONE };
        struct str bytes;
        struct err err;

        assert_true(file_make_dirs(at(&arena, "a/b"), &err));
        assert_true(file_write(at(&arena, "a/b/f"), STR("one\0two"), 0644, &err));
        assert_true(file_read(&arena, at(&arena, "a/b/f"), 100, &bytes, &err));
        assert_true(str_eq(bytes, STR("one\0two")));
        assert_true(file_map_open(at(&arena, "a/b/f"), 100, &map, &err));
        assert_true(str_eq(map.bytes, STR("one\0two")));
}

static void reading_refuses_what_is_no_file_or_too_large(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes;
        struct err err;

        assert_false(file_read(&arena, at(&arena, "absent"), 100, &bytes, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
        assert_int_equal(mkfifo(str_to_c(&arena, at(&arena, "fifo")), 0600), 0);
        assert_false(file_read(&arena, at(&arena, "fifo"), 100, &bytes, &err));
        assert_int_equal(err.code, ERR_UNSUPPORTED);
        assert_true(file_write(at(&arena, "large"), STR("12345"), 0600, &err));
        assert_false(file_read(&arena, at(&arena, "large"), 4, &bytes, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        assert_false(file_read(&arena, STR("/tmp\0/x"), 4, &bytes, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void children_get_input_and_give_output(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *argv[] = { "sh", "-c", "cat; echo to-err >&2; exit 3", NULL };
        const char *env[] = { "PATH=/usr/bin:/bin", NULL };
        struct spawn_request request = { .argv = argv,
                                         .env = env,
                                         .input = STR("hello"),
                                         .deadline_ms = 20000,
                                         .output_max = 100 };
        struct spawn_result result;
        struct err err;

        assert_true(spawn_run(&arena, &request, &result, &err));
        assert_int_equal(result.status, 3);
        assert_true(str_eq(result.out, STR("hello")) && str_eq(result.err, STR("to-err\n")));
}

static void children_are_killed_with_all_that_they_started(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *argv[] = { "sh", "-c", "trap '' TERM; sleep 100 & sleep 100", NULL };
        struct spawn_request request = { .argv = argv, .deadline_ms = 200, .output_max = 100 };
        struct spawn_result result;
        struct err err;
        uint64_t start = clock_now_ns();

        assert_false(spawn_run(&arena, &request, &result, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        assert_true(clock_now_ns() - start < 20000000000u);
}

static void children_that_print_too_much_are_stopped(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *argv[] = { "yes", NULL };
        const char *none[] = { "no-such-program-here", NULL };
        struct spawn_request request = { .argv = argv, .deadline_ms = 60000, .output_max = 1000 };
        struct spawn_result result;
        struct err err;

        assert_false(spawn_run(&arena, &request, &result, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        request.argv = none;
        assert_false(spawn_run(&arena, &request, &result, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void add_one(void *ctx, size_t index) {
        _Atomic int *hits = ctx;

        hits[index]++;
}

static void a_pool_does_each_index_once(void **state UNUSED) {
        static _Atomic int hits[1000];

        pool_each(1000, 8, add_one, hits);
        pool_each(0, 8, add_one, hits);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(hits[i], 1);
}

static void xdg_folders_fall_back_to_home(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const char *vars[] = { "HOME=/h", "XDG_CACHE_HOME=relative", "XDG_DATA_HOME=/d/", NULL };
        struct env env = { vars }, none = { NULL };
        struct str path;

        assert_true(env_weir_dir(&env, &arena, ENV_DIR_CACHE, &path));
        assert_true(str_eq(path, STR("/h/.cache/weir")));
        assert_true(env_weir_dir(&env, &arena, ENV_DIR_DATA, &path));
        assert_true(str_eq(path, STR("/d/weir")));
        assert_false(env_weir_dir(&none, &arena, ENV_DIR_DATA, &path));
}

static void dates_are_checked(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        int64_t days;

        assert_true(clock_parse_date(STR("2026-11-24T09:57:02Z"), &days));
        assert_true(days == 20781);
        assert_true(clock_parse_date(STR("1970-01-01"), &days) && days == 0);
        assert_false(clock_parse_date(STR("2026-02-30"), &days));
        assert_false(clock_parse_date(STR("2026/02/03"), &days));
        assert_true(str_eq(clock_format_utc(&arena, 0), STR("1970-01-01T00:00:00Z")));
}

static void spans_become_chrome_events(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct trace *trace = trace_make(&arena);
        struct str json;

        {
                TRACE_SPAN(trace, "outer", STR("a\"b"));
        }
        json = trace_json(trace, &arena);
        assert_true(str_contains(json, STR("\"name\":\"outer\",\"ph\":\"X\"")));
        assert_true(str_contains(json, STR("a?b")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(files_are_written_whole_and_read_back),
                cmocka_unit_test(a_new_file_takes_no_ones_place),
                cmocka_unit_test(reading_refuses_what_is_no_file_or_too_large),
                cmocka_unit_test(children_get_input_and_give_output),
                cmocka_unit_test(children_are_killed_with_all_that_they_started),
                cmocka_unit_test(children_that_print_too_much_are_stopped),
                cmocka_unit_test(a_pool_does_each_index_once),
                cmocka_unit_test(xdg_folders_fall_back_to_home),
                cmocka_unit_test(dates_are_checked),
                cmocka_unit_test(spans_become_chrome_events),
        };

        if (!mkdtemp(dir))
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
