/* How the tests went: read from streams that exist already, or run now. */
#include "facts/test_run.h"

#include "base/buf.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#define PIECE_SIZE ((size_t)256 << 10)

static const struct text unreadable = { "{file} could not be read: {detail}",
                                        "无法读取 {file}：{detail}" };
static const struct text unreadable_mend = {
        "run go test -json again and give the file that it writes",
        "重新运行 go test -json，并指定其写出的文件"
};
static const struct text no_events = { "{file} holds no events of go test -json",
                                       "{file} 中没有 go test -json 的事件" };
static const struct text cut_off = { "{file} ends in the middle of an event",
                                     "{file} 在事件中间截断" };
static const struct text unfinished = {
        "packages without a result in this run: {count} ({packages})",
        "本次运行缺少 {count} 个包的结果：{packages}"
};
static const struct text gave_up = { "the go command gave up: {detail}",
                                     "go 命令未能继续：{detail}" };
static const struct text gave_up_mend = { "mend what it says and run the tests again",
                                          "按提示修复后重新运行测试" };
static const struct text foreign = { "{file} tells of no package of this repository",
                                     "{file} 中没有属于本仓库的包" };
static const struct text foreign_mend = { "give the stream of a run of this repository's tests",
                                          "指定本仓库测试运行的事件流" };
static const struct text too_many = { "{count} problems over the maximum of {maximum} are not told",
                                      "超出上限 {maximum} 的 {count} 个问题未列出" };
static const struct text too_many_mend = { "mend those that are told first", "先修复已列出的问题" };

static struct gap gap_at(const struct text *why, const struct text *mend, struct str file) {
        struct gap gap = { message_make(why), message_make(mend) };

        message_arg(&gap.why, "file", file);
        return gap;
}

static void feed(void *ctx, struct str bytes) {
        test_results_feed(ctx, bytes);
}

static void read_stream(struct test_job *tests, struct str file) {
        struct fact_job *job = tests->job;
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        char *buffer = arena_alloc(&scratch, PIECE_SIZE);
        const struct test_counts *counts = test_results_counts(tests->results);
        size_t events = counts->events, cut = counts->streams_cut_off;
        struct err err;

        if (!file_pieces(file, buffer, PIECE_SIZE, feed, tests->results, &err)) {
                struct gap gap = gap_at(&unreadable, &unreadable_mend, file);

                message_arg(&gap.why, "detail", str_dup(job->arena, str_of(err.message)));
                fact_gap(job, gap);
                return;
        }
        test_results_end_stream(tests->results);
        if (counts->events == events)
                fact_gap(job, gap_at(&no_events, &unreadable_mend, file));
        else if (counts->streams_cut_off > cut)
                fact_gap(job, gap_at(&cut_off, &unreadable_mend, file));
}

struct package_search {
        struct test_job *tests;
        bool found;
};

static void look_at_package(void *ctx, struct str package) {
        struct package_search *search = ctx;
        AUTO_ARENA scratch = arena_make(search->tests->job->arena->budget);
        struct str dir;

        search->found |= test_package_dir(search->tests->job->repo, &scratch, package, &dir);
}

static void read_streams(struct test_job *tests) {
        const struct test_options *options = &tests->job->repo->options.tests;
        struct package_search search = { tests, false };

        for (size_t i = 0; i < options->stream_count && !interrupt_requested(); i++)
                read_stream(tests, options->streams[i]);
        test_results_packages(tests->results, look_at_package, &search);
        if (!search.found && test_results_counts(tests->results)->packages)
                fact_gap(tests->job, gap_at(&foreign, &foreign_mend, options->streams[0]));
}

/* ---- what has no result ---- */

static void tell_unfinished(struct test_job *tests) {
        struct gap gap = { message_make(&unfinished), message_make(&gave_up_mend) };
        size_t count;
        struct str packages = test_results_unfinished(tests->results, &count);

        if (!count)
                return;
        message_arg(&gap.why, "count", str_fmt(tests->job->arena, "%zu", count));
        message_arg(&gap.why, "packages", packages);
        fact_gap(tests->job, gap);
}

/* "go: updates to go.mod needed" and the like: nothing was tested, so nothing passes. */
static void tell_complaints(struct test_job *tests) {
        struct gap gap = { message_make(&gave_up), message_make(&gave_up_mend) };
        struct str words = str_trim(test_results_complaints(tests->results)), line, rest = words;

        if (!words.len || test_results_counts(tests->results)->packages)
                return;
        str_next_line(&rest, &line);
        message_arg(&gap.why, "detail", str_dup(tests->job->arena, line));
        fact_gap(tests->job, gap);
}

static void tell_left_out(struct test_job *tests) {
        const struct test_counts *counts = test_results_counts(tests->results);
        struct gap gap = { message_make(&too_many), message_make(&too_many_mend) };

        if (!counts->problems_left_out && !counts->packages_left_out)
                return;
        message_arg(&gap.why, "count",
                    str_fmt(tests->job->arena, "%zu",
                            counts->problems_left_out + counts->packages_left_out));
        message_arg(&gap.why, "maximum", str_fmt(tests->job->arena, "%d", TEST_PROBLEMS_MAX));
        fact_gap(tests->job, gap);
}

static const struct text not_in_cache = { "{package} was not tested: {detail}",
                                          "未测试 {package}：{detail}" };
static const struct text not_in_cache_mend = {
        "go mod download, or tests.network: true in weir.yaml",
        "go mod download，或在 weir.yaml 中设置 tests.network: true"
};

/* What is not on this machine is no fault of the code. */
static bool is_not_in_cache(struct test_job *tests, const struct test_problem *problem) {
        struct gap gap = { message_make(&not_in_cache), message_make(&not_in_cache_mend) };

        if (problem->kind != TEST_PROBLEM_BUILD ||
            !str_contains(problem->headline, STR("disabled by GOPROXY=off")))
                return false;
        message_arg(&gap.why, "package", problem->package);
        message_arg(&gap.why, "detail", problem->headline);
        fact_gap(tests->job, gap);
        return true;
}

/* Paths of the copy that the tests ran in are told as paths of the tree. */
static struct str without_copy(struct arena *arena, struct str output, struct str copy) {
        struct str folder = str_fmt(arena, "%.*s/", STR_ARG(copy));
        struct buf out = buf_make(arena);
        size_t at;

        if (!copy.len || !str_contains(output, folder))
                return output;
        while ((at = str_find_str(output, folder)) != SIZE_MAX) {
                buf_add(&out, str_slice(output, 0, at));
                output = str_slice(output, at + folder.len, output.len);
        }
        buf_add(&out, output);
        return buf_str(&out);
}

/* A test that was ended with the whole run has no result, and that is nobody's fault. */
static bool is_of_interruption(const struct test_problem *problem) {
        return interrupt_requested() &&
               (problem->kind == TEST_PROBLEM_NO_RESULT || problem->kind == TEST_PROBLEM_PACKAGE ||
                problem->kind == TEST_PROBLEM_TIMEOUT);
}

/* Each problem has a file, so that a person and a pull request have a place to look at. */
static void take_problems(struct test_job *tests) {
        struct fact_job *job = tests->job;
        VEC(struct test_problem) told = { 0 };
        const struct test_problem *problems;
        size_t count;

        problems = test_results_finish(tests->results, &count);
        for (size_t i = 0; i < count; i++) {
                struct test_problem *problem;

                if (!problems[i].times || is_not_in_cache(tests, &problems[i]) ||
                    is_of_interruption(&problems[i]))
                        continue;
                problem = VEC_ADD(job->arena, &told);
                *problem = problems[i];
                problem->output =
                        without_copy(job->arena, problem->output, tests->finder.copy_root);
                if (!problem->file.len)
                        problem->file = test_package_file(job->repo, job->arena, problem->package);
                if (!problem->file.len && job->repo->module_count)
                        problem->file = job->repo->modules[0].modfile_path;
        }
        tests->run->problems = told.items;
        tests->run->problem_count = told.count;
        tests->run->counts = *test_results_counts(tests->results);
}

static void finish(struct test_job *tests) {
        take_problems(tests);
        tell_unfinished(tests);
        tell_complaints(tests);
        tell_left_out(tests);
        if (!interrupt_requested())
                test_mind_missing(tests);
        tests->run->profiles = tests->profiles.items;
        tests->run->profile_count = tests->profiles.count;
        tests->job->repo->test_run = tests->run;
        test_places_close(&tests->finder);
}

void fact_build_test_run(struct fact_job *job) {
        const struct test_options *options = &job->repo->options.tests;
        struct test_job tests = { .job = job, .run = ARENA_NEW(job->arena, struct test_run) };

        job->repo->test_run = tests.run;
        if (!options->wanted)
                return;
        if (options->stream_count) {
                tests.places = test_places_make(&tests.finder, job->arena, job->repo, STR_NONE);
                tests.results = test_results_make(job->arena, tests.places, STR_NONE);
                read_streams(&tests);
        } else {
                test_execute(&tests);
        }
        if (tests.results)
                finish(&tests);
}
