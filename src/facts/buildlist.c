/* The build list: which version of every module is built. */
#include "modload/buildlist.h"

#include "facts/facts.h"
#include "gomod/gover.h"
#include "modload/modsource.h"

static const struct text not_known = { "the build list of {module} is not known: {detail}",
                                       "{module} 的构建列表未知：{detail}" };
static const struct text not_known_mend = { "{mend}", "{mend}" };

static void add_fault(struct fact_job *job, const struct err *err) {
        struct gap gap = { message_make(&not_known),
                           message_make(*err->mend ? &not_known_mend : NULL) };

        message_arg(&gap.why, "module", job->module->path);
        message_arg(&gap.why, "detail", err_line(err, job->arena));
        if (*err->mend)
                message_arg(&gap.mend, "mend", str_dup(job->arena, str_of(err->mend)));
        fact_fail(job, gap);
}

static void take_mains(struct fact_job *job, struct buildlist_input *input) {
        const struct module_facts *module = job->module;
        struct buildlist_main *mains =
                ARENA_ARRAY(job->arena, struct buildlist_main, module->main_count);

        for (size_t i = 0; i < module->main_count; i++)
                mains[i] = (struct buildlist_main){ module->mains[i].facts->modfile,
                                                    module->mains[i].dir };
        input->mains = mains;
        input->main_count = module->main_count;
        input->work = module->work;
}

static struct buildlist *make(struct fact_job *job) {
        const struct module_facts *module = job->module;
        struct modsource *source = ARENA_NEW(job->arena, struct modsource);
        struct buildlist_input input = { 0 };

        *source = (struct modsource){ job->repo->modcache, job->repo->tree,
                                      module->work ? module->work_dir : module->dir };
        input.source = modsource_of(source);
        take_mains(job, &input);
        return buildlist_make(job->arena, &input);
}

/* Where the graph is pruned the go command itself goes by the roots as long as they are enough: a
 * go.mod further down that is not in the cache changes nothing then. */
static bool roots_are_enough(const struct buildlist *list,
                             const struct buildlist_module *const *faults, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (faults[i]->fault != BUILDLIST_ABSENT)
                        return false;
        return buildlist_is_pruned(list);
}

static void take_modules(struct fact_job *job, const struct buildlist *list,
                         const struct mod_version *modules, size_t count) {
        VEC(struct selected_module) selected = { 0 };

        for (size_t i = 0; i < count; i++)
                if (modules[i].version.len && !gover_is_pseudo_module(modules[i].path))
                        *VEC_ADD(job->arena, &selected) =
                                (struct selected_module){ modules[i],
                                                          buildlist_actual(list, modules[i]) };
        job->module->build_list = selected.items;
        job->module->build_list_count = selected.count;
}

void fact_build_buildlist(struct fact_job *job) {
        struct buildlist *list = make(job);
        const struct buildlist_module **faults;
        const struct mod_version *modules;
        size_t fault_count, count;
        struct err err;

        if (!buildlist_load(list, &err)) {
                add_fault(job, &err);
                return;
        }
        faults = buildlist_faults(list, job->arena, &fault_count);
        modules = buildlist_modules(list, job->arena, &count);
        job->module->list = list;
        if (!fault_count)
                job->module->graph = list;
        if (fault_count && roots_are_enough(list, faults, fault_count))
                modules = buildlist_roots(list, &count);
        else if (fault_count)
                for (size_t i = 0; i < fault_count; i++)
                        add_fault(job, &faults[i]->err);
        take_modules(job, list, modules, count);
}
