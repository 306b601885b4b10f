/* The profiles that --profile names, or those of the tests that were run. */
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

static bool read_bytes(void *ctx, uint64_t offset, char *buffer, size_t size, size_t *ret_read,
                       struct err *err UNUSED) {
        struct str part = str_slice(*(struct str *)ctx, offset, offset + size);

        if (part.len)
                memcpy(buffer, part.ptr, part.len);
        *ret_read = part.len;
        return true;
}

static bool add_run(struct cover_profile *profile, const struct test_run *run, struct err *err) {
        for (size_t i = 0; i < run->profile_count; i++) {
                struct str bytes = run->profiles[i];
                struct cover_input input = { &bytes, bytes.len, read_bytes };

                if (!cover_profile_add(profile, STR("go test -coverprofile"), &input, err))
                        return false;
        }
        return true;
}

static bool add_all(struct fact_job *job, struct cover_profile *profile, struct err *err) {
        const struct coverage_options *options = &job->repo->options.coverage;

        if (!options->profile_count)
                return add_run(profile, job->repo->test_run, err);

        for (size_t i = 0; i < options->profile_count; i++)
                if (!add_file(profile, options->profiles[i], err))
                        return false;
        return true;
}

/* Where the tests were to run and did not, what kept them from it is why. */
static void fail_without(struct fact_job *job) {
        const struct fact_state *run = &job->repo->states[FACT_TEST_RUN];

        if (!job->repo->options.may_execute || !run->gaps.count)
                fact_fail(job, (struct gap){ message_make(&none_given),
                                             message_make(&none_given_mend) });
        for (size_t i = 0; job->repo->options.may_execute && i < run->gaps.count; i++)
                fact_fail(job, run->gaps.items[i]);
}

bool coverage_read_profiles(struct fact_job *job, struct cover_profile *profile,
                            const struct cover_file **ret_files, size_t *ret_count) {
        const struct coverage_options *options = &job->repo->options.coverage;
        struct gap gap;
        struct err err;

        if (!options->profile_count && !job->repo->test_run->profile_count) {
                fail_without(job);
                return false;
        }
        if (!add_all(job, profile, &err) ||
            !cover_profile_finish(profile, ret_files, ret_count, &err)) {
                err_context(&err, "reading --profile");
                fact_fail(job, gap_of_err(job->arena, &err));
                return false;
        }
        if (*ret_count)
                return true;
        gap = (struct gap){ message_make(&nothing_in_it), message_make(&nothing_in_it_mend) };
        message_arg(&gap.why, "file",
                    options->profile_count ? options->profiles[0] : STR("go test -coverprofile"));
        fact_fail(job, gap);
        return false;
}
