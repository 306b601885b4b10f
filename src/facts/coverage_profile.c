/* The profiles that --profile names. */
#include "facts/coverage_impl.h"
#include "sys/file.h"

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

static bool add_all(struct fact_job *job, struct cover_profile *profile, struct err *err) {
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

bool coverage_read_profiles(struct fact_job *job, struct cover_profile *profile,
                            const struct cover_file **ret_files, size_t *ret_count) {
        const struct coverage_options *options = &job->repo->options.coverage;
        struct gap gap = { message_make(&none_given), message_make(&none_given_mend) };
        struct err err;

        if (!options->profile_count) {
                fact_fail(job, gap);
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
        message_arg(&gap.why, "file", options->profiles[0]);
        fact_fail(job, gap);
        return false;
}
