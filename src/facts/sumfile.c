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
                struct err *kept = ARENA_NEW(job->arena, struct err);

                *kept = err;
                module->sumfile_err = kept;
                return;
        }
        module->sumfile = sums;
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
