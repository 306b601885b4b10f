/* go.sum, as it is and as it was at the base. */
#include "facts/facts.h"

#define SUMFILE_MAX ((size_t)64 << 20) /* bytes */

/* An absent go.sum is one without lines. False where it is there and cannot be read. */
static bool read_sums(const struct tree *tree, struct arena *arena, struct str path,
                      struct str *ret_text, struct err *err) {
        *ret_text = STR_NONE;
        return !tree_find(tree, path) ||
               fact_read_file(tree, arena, path, SUMFILE_MAX, ret_text, err);
}

static const struct err *keep_err(struct arena *arena, const struct err *err) {
        struct err *kept = ARENA_NEW(arena, struct err);

        *kept = *err;
        return kept;
}

/* A file that is no go.sum is a finding; one that cannot be read is a gap. */
void fact_build_sumfile(struct fact_job *job) {
        struct sumfile *sums = ARENA_NEW(job->arena, struct sumfile);
        struct module_facts *module = job->module;
        struct str text;
        struct err err;

        if (!read_sums(job->repo->tree, job->arena, module->sumfile_path, &text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        if (!sumfile_parse(job->arena, module->sumfile_path, text, sums, &err)) {
                module->sumfile_err = keep_err(job->arena, &err);
                return;
        }
        module->sumfile = sums;
}

/* A malformed one is a finding, as of go.sum. */
void fact_build_work_sumfile(struct fact_job *job) {
        struct sumfile *sums = ARENA_NEW(job->arena, struct sumfile);
        struct module_facts *module = job->module;
        struct str text;
        struct err err;

        if (!module->work)
                return;
        module->work_sumfile_path = str_join_path(job->arena, module->work_dir, STR("go.work.sum"));
        if (!read_sums(job->repo->tree, job->arena, module->work_sumfile_path, &text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        if (sumfile_parse(job->arena, module->work_sumfile_path, text, sums, &err))
                module->work_sumfile = sums;
        else
                module->work_sumfile_err = keep_err(job->arena, &err);
}

void fact_build_base_sumfile(struct fact_job *job) {
        struct sumfile *sums = ARENA_NEW(job->arena, struct sumfile);
        struct str text;
        struct err err;

        if (!job->repo->base) {
                fact_absent(job);
                return;
        }
        if (!read_sums(job->repo->base, job->arena, job->module->sumfile_path, &text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        if (!sumfile_parse(job->arena, job->module->sumfile_path, text, sums, &err))
                fact_absent(job);
        else
                job->module->base_sumfile = sums;
}
