/* What the go command on this host would refuse. */
#include "modload/refusal.h"

#include "facts/facts.h"
#include "golang/constraint.h"

static const struct build_context *make_context(struct fact_job *job) {
        struct build_context *context = ARENA_NEW(job->arena, struct build_context);

        *context = goenv_build_context(job->arena, job->repo->goenv);
        return context;
}

static struct refusal_input make_input(struct fact_job *job) {
        const struct goenv *goenv = job->repo->goenv;
        struct refusal_input input = {
                .tree = job->repo->tree,
                .dir = job->module->dir,
                .in_workspace = job->module->in_workspace,
                .work_dir = job->module->work_dir,
                .cache = job->repo->modcache,
                .go_version = str_drop_prefix(goenv->version, STR("go")),
                .gotoolchain = goenv_get(goenv, GOENV_GOTOOLCHAIN),
                .search_path = env_get_or(job->repo->options.env, STR("PATH"), STR_NONE),
                .sum_database = goenv_get(goenv, GOENV_GOSUMDB),
                .no_sum_database = goenv_get(goenv, GOENV_GONOSUMDB),
                .context = make_context(job),
        };

        if (goenv->goroot.len)
                input.std = source_of_folder(job->arena,
                                             str_join_path(job->arena, goenv->goroot, STR("src")));
        return input;
}

static const struct text cannot_tell = { "{why}", "{why}" };
static const struct text cannot_tell_mend = { "{mend}", "{mend}" };

/* What would have to be downloaded first matters only where nothing is refused in any case. */
static void add_unjudged(struct fact_job *job, const struct refusal_report *report) {
        for (size_t i = 0; !report->refusal_count && i < report->unjudged_count; i++) {
                const struct refusal_unjudged *unjudged = &report->unjudged[i];
                struct gap gap = { message_make(&cannot_tell),
                                   message_make(unjudged->mend.len ? &cannot_tell_mend : NULL) };

                message_arg(&gap.why, "why", unjudged->why);
                if (unjudged->mend.len)
                        message_arg(&gap.mend, "mend", unjudged->mend);
                fact_gap(job, gap);
        }
}

void fact_build_refusals(struct fact_job *job) {
        struct refusal_report *report = ARENA_NEW(job->arena, struct refusal_report);
        struct refusal_input *input = ARENA_NEW(job->arena, struct refusal_input);
        struct err err;

        *input = make_input(job);
        if (!refusal_judge(job->arena, input, report, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        job->module->refusals = report;
        add_unjudged(job, report);
}
