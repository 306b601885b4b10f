/* The pipeline files of the repository, and what each of them lacks. */
#include "base/map.h"
#include "facts/facts.h"

#define INCLUDES_MAX 200 /* files that GitLab CI files take in */
#define HELPERS_MAX 500  /* Makefiles and scripts that are looked into */
#define HELPER_SIZE_MAX ((size_t)1 << 20)

struct reading {
        struct fact_job *job;
        VEC(struct scan_file) files;
        struct map seen; /* paths */
};

static const struct text unreadable = { "{file} could not be judged: {detail}",
                                        "无法检查 {file}：{detail}" };
static const struct text unreadable_mend = {
        "mend the file: the platform would refuse it too, or take it for something else",
        "修复该文件：平台同样会拒绝它，或作别的理解"
};

static void add_unreadable(struct reading *r, struct str path, const struct err *err) {
        struct gap gap = { message_make(&unreadable), message_make(&unreadable_mend) };
        struct err there = *err;

        err_place(&there, path);
        message_arg(&gap.why, "file",
                    there.line ? str_fmt(r->job->arena, "%.*s:%u:%u", STR_ARG(path), there.line,
                                         there.column)
                               : path);
        message_arg(&gap.why, "detail", str_dup(r->job->arena, str_of(there.message)));
        fact_gap(r->job, gap);
}

static void read_pipeline(struct reading *r, struct str path, enum scan_platform platform) {
        struct fact_job *job = r->job;
        struct scan_file file;
        struct str text;
        struct err err;

        if (map_has(&r->seen, path))
                return;
        map_put(&r->seen, path);
        if (!fact_read_file(job->repo->tree, job->arena, path, SCAN_FILE_MAX, &text, &err) ||
            !scan_read(job->arena, path, platform, text, &file, &err))
                add_unreadable(r, path, &err);
        else
                *VEC_ADD(job->arena, &r->files) = file;
}

/* A file that is not there is the platform's to refuse. */
static void read_includes(struct reading *r) {
        for (size_t i = 0; i < r->files.count && r->files.count < INCLUDES_MAX; i++)
                for (size_t j = 0; j < r->files.items[i].includes.count && j < INCLUDES_MAX; j++) {
                        struct str path = r->files.items[i].includes.items[j];

                        if (tree_find(r->job->repo->tree, path))
                                read_pipeline(r, path, SCAN_GITLAB);
                }
}

static void link_calls(struct reading *r) {
        for (size_t i = 0; i < r->files.count; i++)
                for (size_t j = 0; r->files.items[i].calls.count && j < r->files.count; j++)
                        scan_link(r->job->arena, &r->files.items[i], &r->files.items[j]);
}

/* ---- the race detector, in what the pipelines call ---- */

static bool is_helper(const struct tree_entry *entry) {
        static const char *const names[] = { "Makefile",     "makefile",      "GNUmakefile",
                                             "Taskfile.yml", "Taskfile.yaml", "magefile.go",
                                             "justfile",     "Justfile",      "Dockerfile" };
        struct str path = entry->path, folder, name = path;

        if (str_contains(path, STR("vendor/")) || str_contains(path, STR("testdata/")))
                return false;
        str_cut_last(path, '/', &folder, &name);
        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(name, str_of(names[i])))
                        return true;
        return str_has_suffix(name, STR(".mk")) || str_has_suffix(name, STR(".sh")) ||
               (entry->executable && !str_contains(name, STR(".")));
}

static bool helper_races(struct reading *r, const struct tree_entry *entry) {
        struct str text;
        struct err err;

        return tree_read(r->job->repo->tree, entry, r->job->arena, HELPER_SIZE_MAX, &text, &err) &&
               scan_has_race(text);
}

static bool helpers_race(struct reading *r) {
        const struct tree_entry *entries;
        size_t count, looked = 0;

        entries = tree_entries(r->job->repo->tree, &count);
        for (size_t i = 0; i < count && looked < HELPERS_MAX; i++) {
                if (entries[i].kind != TREE_FILE || !is_helper(&entries[i]))
                        continue;
                looked++;
                if (helper_races(r, &entries[i]))
                        return true;
        }
        return false;
}

/* One pipeline with the race detector is enough; where none has it, the first that tests is told.
 */
static void judge_race(struct reading *r) {
        struct scan_file *first = NULL;

        for (size_t i = 0; i < r->files.count; i++) {
                if (r->files.items[i].races)
                        return;
                if (r->files.items[i].tests && !first)
                        first = &r->files.items[i];
        }
        if (first && !helpers_race(r))
                *VEC_ADD(r->job->arena, &first->flaws) = first->first_test;
}

void fact_build_pipelines(struct fact_job *job) {
        struct reading reading = { .job = job, .seen = map_make(job->arena) };
        const struct tree_entry *entries;
        enum scan_platform platform;
        size_t count;

        entries = tree_entries(job->repo->tree, &count);
        for (size_t i = 0; i < count; i++)
                if ((entries[i].kind == TREE_FILE || entries[i].kind == TREE_SYMLINK) &&
                    scan_is_pipeline(entries[i].path, &platform))
                        read_pipeline(&reading, entries[i].path, platform);
        read_includes(&reading);
        link_calls(&reading);
        judge_race(&reading);
        job->repo->pipelines = reading.files.items;
        job->repo->pipeline_count = reading.files.count;
        if (!reading.files.count && !job->state->gaps.count)
                fact_absent(job);
}
