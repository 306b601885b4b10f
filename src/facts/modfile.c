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

static bool read_base(struct fact_job *job, enum modfile_kind kind, struct str path,
                      struct modfile *ret_mod) {
        struct str text;
        struct err err;

        return fact_read_file(job->repo->base, job->arena, path, MODSYNTAX_FILE_MAX, &text, &err) &&
               modfile_parse(job->arena, kind, path, text, ret_mod, &err);
}

/* Where the folder is new: a module of the same path that stood elsewhere, and stands there no
 * more. */
static bool find_moved(struct fact_job *job, struct modfile *ret_mod) {
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(job->repo->base, &count);
        for (size_t i = 0; i < count; i++) {
                struct str path = entries[i].path;

                if ((str_eq(path, STR("go.mod")) || str_has_suffix(path, STR("/go.mod"))) &&
                    !tree_find(job->repo->tree, path) &&
                    read_base(job, MODFILE_MAIN, path, ret_mod) &&
                    str_eq(ret_mod->module.path, job->module->path))
                        return true;
        }
        return false;
}

static void read_base_work(struct fact_job *job) {
        struct modfile *work = ARENA_NEW(job->arena, struct modfile);

        if (job->module->work_path.len && tree_find(job->repo->base, job->module->work_path) &&
            read_base(job, MODFILE_WORK, job->module->work_path, work))
                job->module->base_work = work;
}

/* A module that is new since the base, or was broken there, has nothing to compare with. */
void fact_build_base_modfile(struct fact_job *job) {
        const struct tree *base = job->repo->base;
        struct modfile *mod = ARENA_NEW(job->arena, struct modfile);
        struct str path = job->module->modfile_path, text;
        struct err err;

        if (!base || (!tree_find(base, path) && !find_moved(job, mod))) {
                fact_absent(job);
                return;
        }
        if (tree_find(base, path)) {
                if (!fact_read_file(base, job->arena, path, MODSYNTAX_FILE_MAX, &text, &err)) {
                        fact_fail(job, gap_of_err(job->arena, &err));
                        return;
                }
                if (!modfile_parse(job->arena, MODFILE_MAIN, path, text, mod, &err)) {
                        fact_absent(job);
                        return;
                }
        }
        job->module->base_modfile = mod;
        read_base_work(job);
}
