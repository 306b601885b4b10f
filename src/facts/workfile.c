/* The go.work that is in force for a module. */
#include "facts/facts.h"
#include "modload/modsource.h"

#define WORKFILE_MAX ((size_t)4 << 20) /* bytes */

static const struct text outside = { "GOWORK names {file}, which is not in what is judged",
                                     "GOWORK 指定的 {file} 不在检查范围内" };
static const struct text outside_mend = { "judge the folder that holds it, or unset GOWORK",
                                          "检查包含该文件的目录，或取消 GOWORK 设置" };

/* The nearest go.work in the folder or above it, within the tree. */
static bool find_above(const struct tree *tree, struct arena *arena, struct str dir,
                       struct str *ret_dir) {
        for (;;) {
                struct str name = STR_NONE;

                if (tree_find(tree, str_join_path(arena, dir, STR("go.work")))) {
                        *ret_dir = dir;
                        return true;
                }
                if (!dir.len)
                        return false;
                if (!str_cut_last(dir, '/', &dir, &name))
                        dir = STR_NONE;
        }
}

/* GOWORK as a path: inside the tree, or else nothing that can be judged. */
static bool find_named(struct fact_job *job, struct str path, struct str *ret_dir) {
        struct str root = tree_root(job->repo->tree), inside = str_drop_prefix(path, root);
        struct gap gap = { message_make(&outside), message_make(&outside_mend) };

        if (root.len && inside.len < path.len && str_has_suffix(inside, STR("/go.work"))) {
                *ret_dir = str_drop_prefix(str_drop_suffix(inside, STR("/go.work")), STR("/"));
                return true;
        }
        message_arg(&gap.why, "file", path);
        fact_fail(job, gap);
        return false;
}

static bool find(struct fact_job *job, struct str *ret_dir) {
        struct str setting = goenv_get(job->repo->goenv, GOENV_GOWORK);

        if (str_eq(setting, STR("off")))
                return false;
        if (setting.len && !str_eq(setting, STR("auto")))
                return find_named(job, setting, ret_dir);
        return find_above(job->repo->tree, job->arena, job->module->dir, ret_dir);
}

/* The folder of a use, relative to the tree's root; false where it lies outside the tree. */
static bool use_dir(struct fact_job *job, struct str use, struct str *ret_dir) {
        struct modsource place = { .tree = job->repo->tree, .dir = job->module->work_dir };
        bool is_inside;

        return modsource_folder(&place, job->arena, use, &is_inside, ret_dir) && is_inside;
}

static bool uses_module(struct fact_job *job, const struct modfile *work) {
        struct str dir;

        for (size_t i = 0; i < work->use_count; i++)
                if (use_dir(job, work->uses[i].value, &dir) && str_eq(dir, job->module->dir))
                        return true;
        return false;
}

/* A go.work that does not parse is what the go command refuses; it is in force all the same. */
void fact_build_workfile(struct fact_job *job) {
        struct modfile *work = ARENA_NEW(job->arena, struct modfile);
        struct module_facts *module = job->module;
        struct str path, text;
        struct err err;

        if (!find(job, &module->work_dir))
                return;
        module->in_workspace = true;
        path = str_join_path(job->arena, module->work_dir, STR("go.work"));
        if (!tree_read(job->repo->tree, tree_find(job->repo->tree, path), job->arena, WORKFILE_MAX,
                       &text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        module->work_path = path;
        if (!modfile_parse(job->arena, MODFILE_WORK, path, text, work, &err))
                return;
        module->is_left_out = !uses_module(job, work);
        if (!module->is_left_out)
                module->work = work;
}

/* ---- the modules of a workspace ---- */

static struct module_facts *find_module(const struct repo_facts *repo, struct str dir) {
        for (size_t i = 0; i < repo->known_count; i++)
                if (str_eq(repo->modules[i].dir, dir))
                        return &repo->modules[i];
        return NULL;
}

static bool is_taken(const struct main_module *mains, size_t count,
                     const struct module_facts *facts) {
        for (size_t i = 0; i < count; i++)
                if (mains[i].facts == facts)
                        return true;
        return false;
}

/* dir relative to go.work; of a folder that does not lie below it, as the use line names it. */
static struct str dir_from_work(struct str work_dir, struct str dir, struct str use) {
        struct str rest = str_drop_prefix(dir, work_dir);

        if (!work_dir.len || str_eq(dir, work_dir))
                return rest;
        return rest.len < dir.len && str_has_prefix(rest, STR("/"))
                       ? str_drop_prefix(rest, STR("/"))
                       : use;
}

static void take_uses(struct fact_job *job, struct main_module *mains) {
        struct module_facts *module = job->module;

        for (size_t i = 0; i < module->work->use_count; i++) {
                struct str use = module->work->uses[i].value, dir;
                struct module_facts *found =
                        use_dir(job, use, &dir) ? find_module(job->repo, dir) : NULL;

                if (!found || !found->modfile || is_taken(mains, module->main_count, found))
                        continue;
                mains[module->main_count++] = (struct main_module){
                        found,
                        dir_from_work(module->work_dir, dir, use),
                };
        }
}

void fact_build_workspace(struct fact_job *job) {
        struct module_facts *module = job->module;
        size_t most = module->work ? module->work->use_count : 1;
        struct main_module *mains = ARENA_ARRAY(job->arena, struct main_module, most);

        module->mains = mains;
        if (module->work)
                take_uses(job, mains);
        else
                mains[module->main_count++] = (struct main_module){ module, STR_NONE };
}
