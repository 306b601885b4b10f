/* What of a change no profile speaks of. */
#include "base/buf.h"
#include "data/glob.h"
#include "facts/coverage_impl.h"
#include "golang/constraint.h"

#include <stdlib.h>

#define NAMED_MAX 5 /* files in the message */

static const struct text unknown = {
        "how much of the change is covered is not known, no profile names these files of it: {files}",
        "无法确定变更的覆盖率，覆盖率文件中没有这些已变更的文件：{files}"
};
static const struct text unknown_mend = {
        "make the profile of all packages: go test -coverprofile=FILE ./...",
        "对所有包生成覆盖率文件：go test -coverprofile=FILE ./..."
};

static bool is_of_module(const struct fact_job *job, struct str path) {
        for (size_t i = 0; i < job->repo->module_count; i++) {
                struct str dir = job->repo->modules[i].dir;

                if (!dir.len ||
                    (str_has_prefix(path, dir) && path.len > dir.len && path.ptr[dir.len] == '/'))
                        return true;
        }
        return false;
}

/* Folders and files that `./...` passes over. */
static bool is_passed_over(struct str path) {
        struct str dir = STR_NONE, name = path;

        str_cut_last(path, '/', &dir, &name);
        return fact_is_passed_over(dir) || str_has_prefix(name, STR("_")) ||
               str_has_prefix(name, STR("."));
}

static bool is_excluded(const struct fact_job *job, struct str path) {
        const struct coverage_options *options = &job->repo->options.coverage;

        for (size_t i = 0; i < options->exclude_count; i++)
                if (glob_match(options->exclude[i], path))
                        return true;
        return false;
}

/* A file of some platforms only may be none of those that were tested. */
static bool is_of_some_platforms(const struct header *header, struct str path) {
        struct build_context none = { 0 };
        struct str folder, name = path;

        str_cut_last(path, '/', &folder, &name);
        return header->go_build.text.len || header->plus_build_count || header->imports_c ||
               !constraint_name_matches(&none, name);
}

static bool touches_function(struct arena *arena, struct str source,
                             const struct line_ranges *lines) {
        const struct header_function *functions;
        size_t count;

        header_functions(arena, source, &functions, &count);
        for (size_t i = 0; i < count; i++)
                for (uint32_t line = functions[i].start.line;
                     functions[i].has_body && line <= functions[i].end.line; line++)
                        if (line_ranges_have(lines, line))
                                return true;
        return false;
}

static bool has_code_that_changed(struct fact_job *job, const struct changed_file *file) {
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        struct header header;
        struct str source;
        struct err ignored;

        if (!fact_read_file(job->repo->tree, &scratch, file->path, COVERAGE_GO_FILE_MAX, &source,
                            &ignored))
                return false;
        header = header_scan(&scratch, source);
        if (is_of_some_platforms(&header, file->path) ||
            (header.generated && job->repo->options.coverage.exclude_generated))
                return false;
        return touches_function(&scratch, source, &file->lines);
}

static int cmp_work(const void *path, const void *item) {
        return str_cmp(*(const struct str *)path, ((const struct coverage_work *)item)->file.path);
}

static bool is_unknown(struct fact_job *job, const struct changed_file *file,
                       const struct coverage_work *work, size_t count) {
        if (!str_has_suffix(file->path, STR(".go")) ||
            str_has_suffix(file->path, STR("_test.go")) || !is_of_module(job, file->path) ||
            is_passed_over(file->path) || is_excluded(job, file->path) ||
            (count && bsearch(&file->path, work, count, sizeof(*work), cmp_work)))
                return false;
        return has_code_that_changed(job, file);
}

void coverage_mind_changes(struct fact_job *job, const struct coverage_work *work, size_t count) {
        const struct changed_files *changes = job->repo->changes;
        struct gap gap = { message_make(&unknown), message_make(&unknown_mend) };
        struct buf names = buf_make(job->arena);
        size_t found = 0;

        if (!changes || !job->repo->options.coverage.patch)
                return;
        for (size_t i = 0; i < changes->count; i++) {
                if (!is_unknown(job, &changes->items[i], work, count))
                        continue;
                if (found++ < NAMED_MAX)
                        buf_printf(&names, "%s%.*s", found > 1 ? ", " : "",
                                   STR_ARG(changes->items[i].path));
        }
        if (!found)
                return;
        if (found > NAMED_MAX)
                buf_printf(&names, ", +%zu", found - NAMED_MAX);
        message_arg(&gap.why, "files", buf_str(&names));
        fact_gap(job, gap);
}
