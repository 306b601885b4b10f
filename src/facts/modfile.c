/* go.mod, as it is and as it was at the base. */
#include "facts/facts.h"

static const struct text no_parse = { "{file} could not be read", "无法读取 {file}" };
static const struct text no_parse_mend = { "mend what MOD001 says", "先修复 MOD001 指出的问题" };

/* A file that is there but is no go.mod is a finding; one that cannot be read is a gap. */
void fact_build_modfile_syntax(struct fact_job *job) {
        struct module_facts *module = job->module;
        struct modfile *mod = ARENA_NEW(job->arena, struct modfile);
        struct str text;
        struct err err;

        if (!fact_read_file(job->repo->tree, job->arena, module->modfile_path, MODSYNTAX_FILE_MAX,
                            &text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        if (!modfile_parse(job->arena, MODFILE_MAIN, module->modfile_path, text, mod, &err)) {
                struct err *kept = ARENA_NEW(job->arena, struct err);

                *kept = err;
                module->modfile_err = kept;
                return;
        }
        module->modfile = mod;
        module->path = mod->module.path;
}

void fact_build_modfile(struct fact_job *job) {
        struct gap gap = { message_make(&no_parse), message_make(&no_parse_mend) };

        if (!job->module->modfile_err)
                return;
        message_arg(&gap.why, "file", job->module->modfile_path);
        fact_fail(job, gap);
}

/* A module that is new since the base, or was broken there, has nothing to compare with. */
void fact_build_base_modfile(struct fact_job *job) {
        const struct tree *base = job->repo->base;
        const struct tree_entry *entry = base ? tree_find(base, job->module->modfile_path) : NULL;
        struct modfile *mod = ARENA_NEW(job->arena, struct modfile);
        struct str text;
        struct err err;

        if (!entry) {
                fact_absent(job);
                return;
        }
        if (!fact_read_file(base, job->arena, job->module->modfile_path, MODSYNTAX_FILE_MAX, &text,
                            &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        if (!modfile_parse(job->arena, MODFILE_MAIN, job->module->modfile_path, text, mod, &err)) {
                fact_absent(job);
                return;
        }
        job->module->base_modfile = mod;
}
