/* The profiles that --profile names, else those that the tests have just written. */
#include "facts/coverage_impl.h"
#include "sys/file.h"

#include <string.h>

static const struct text none_given = { "there is no coverage profile to judge",
                                        "没有可检查的覆盖率文件" };
static const struct text none_given_mend = {
        "--profile FILE judges a profile that exists; --stage merge runs the tests",
        "用 --profile FILE 检查已有的覆盖率文件；--stage merge 会运行测试"
};
static const struct text nothing_in_it = { "{file} names no source file",
                                           "{file} 中没有任何源文件" };
static const struct text nothing_in_it_mend = {
        "run the tests with go test -coverprofile over packages that have code",
        "用 go test -coverprofile 对含代码的包运行测试"
};

struct open_file {
        struct str path;
        int fd;
};

static bool read_at(void *ctx, uint64_t offset, char *buffer, size_t size, size_t *ret_read,
                    struct err *err) {
        struct open_file *file = ctx;

        return file_read_at(file->fd, file->path, offset, buffer, size, ret_read, err);
}

static bool add_file(struct cover_profile *profile, struct str path, struct err *err) {
        struct open_file file = { path, -1 };
        struct cover_input input = { .ctx = &file, .read = read_at };
        bool ok = file_open(path, &file.fd, &input.size, err) &&
                  cover_profile_add(profile, path, &input, err);

        file_close(&file.fd);
        return ok;
}

static bool add_files(struct fact_job *job, struct cover_profile *profile, struct err *err) {
        const struct coverage_options *options = &job->repo->options.coverage;
        struct str *folders = ARENA_ARRAY(job->arena, struct str, options->profile_count);
        size_t folder_count = 0;

        for (size_t i = 0; i < options->profile_count; i++) {
                if (file_is_dir(options->profiles[i]))
                        folders[folder_count++] = options->profiles[i];
                else if (!add_file(profile, options->profiles[i], err))
                        return false;
        }
        return !folder_count ||
               coverage_add_folders(job->arena, folders, folder_count, profile, err);
}

static bool add_run(struct fact_job *job, struct cover_profile *profile, struct err *err) {
        const struct test_run *run = job->repo->test_run;

        for (size_t i = 0; i < run->profile_count; i++)
                if (!cover_profile_add_bytes(profile, STR("the profile of go test"),
                                             run->profiles[i], err))
                        return false;
        return true;
}

static bool fail_without_profile(struct fact_job *job) {
        fact_fail(job, (struct gap){ message_make(&none_given), message_make(&none_given_mend) });
        return false;
}

/* Figures of a part of the tests are no figures: what was not run would count as not covered. */
static bool fail_with_run(struct fact_job *job) {
        const struct fact_state *run = &job->repo->states[FACT_TEST_RUN];

        for (size_t i = 0; i < run->gaps.count; i++)
                fact_fail(job, run->gaps.items[i]);
        return false;
}

static bool fail_empty(struct fact_job *job, struct str file) {
        struct gap gap = { message_make(&nothing_in_it), message_make(&nothing_in_it_mend) };

        message_arg(&gap.why, "file", file);
        fact_fail(job, gap);
        return false;
}

bool coverage_read_profiles(struct fact_job *job, struct cover_profile *profile,
                            const struct cover_file **ret_files, size_t *ret_count) {
        const struct coverage_options *options = &job->repo->options.coverage;
        bool given = options->profile_count > 0;
        struct err err;

        if (!given && job->repo->options.may_execute && job->repo->states[FACT_TEST_RUN].gaps.count)
                return fail_with_run(job);
        if (!given && !job->repo->test_run->profile_count)
                return fail_without_profile(job);
        if (!(given ? add_files(job, profile, &err) : add_run(job, profile, &err)) ||
            !cover_profile_finish(profile, ret_files, ret_count, &err)) {
                err_context(&err, "reading the coverage profile");
                fact_fail(job, gap_of_err(job->arena, &err));
                return false;
        }
        return *ret_count ||
               fail_empty(job, given ? options->profiles[0] : STR("the profile of go test"));
}
