/* What the vendor folder should hold and does not, or holds and should not. */
#include "modload/vendorproof.h"

#include "facts/facts.h"

static bool is_first_of_workspace(const struct repo_facts *repo,
                                  const struct module_facts *module) {
        for (size_t i = 0; i < repo->module_count; i++)
                if (repo->modules[i].work && str_eq(repo->modules[i].work_dir, module->work_dir))
                        return &repo->modules[i] == module;
        return false;
}

static bool has_vendor(const struct tree *tree, struct arena *arena, struct str dir) {
        struct str path = str_join_path(arena, dir, STR("vendor"));

        return tree_has_dir(tree, path) || tree_find(tree, path);
}

/* Of a workspace the vendor folder stands beside go.work and is judged once, with the first of its
 * modules; a module's own folder counts where no workspace is in force. */
static bool find_vendor(struct fact_job *job, struct str *ret_dir) {
        const struct module_facts *module = job->module;

        *ret_dir = module->work ? module->work_dir : module->dir;
        if (module->work && !is_first_of_workspace(job->repo, module))
                return false;
        return has_vendor(job->repo->tree, job->arena, *ret_dir);
}

static bool read_list(struct fact_job *job, struct str path, const struct modulestxt **ret_txt,
                      struct str *ret_text, struct err *err) {
        const struct tree_entry *entry = tree_find(job->repo->tree, path);
        struct modulestxt *txt = ARENA_NEW(job->arena, struct modulestxt);
        struct str text;

        *ret_txt = NULL;
        if (!entry)
                return true;
        if (!tree_read(job->repo->tree, entry, job->arena, MODULESTXT_FILE_MAX, &text, err) ||
            !modulestxt_parse(job->arena, path, text, txt, err))
                return false;
        *ret_txt = txt;
        *ret_text = text;
        return true;
}

static void take_mains(struct fact_job *job, struct vendorlist_input *list) {
        const struct module_facts *module = job->module;
        struct vendor_main *mains = ARENA_ARRAY(job->arena, struct vendor_main, module->main_count);

        for (size_t i = 0; i < module->main_count; i++)
                mains[i] = (struct vendor_main){ .mod = module->mains[i].facts->modfile,
                                                 .file = module->mains[i].facts->modfile_path,
                                                 .dir = module->mains[i].dir };
        list->mains = mains;
        list->main_count = module->main_count;
        list->work = module->work;
        list->work_file = module->work_path;
}

static void take_sums(struct fact_job *job, struct vendorproof_input *input) {
        const struct module_facts *module = job->module;
        const struct sumfile **sums =
                ARENA_ARRAY(job->arena, const struct sumfile *, module->main_count + 1);

        for (size_t i = 0; i < module->main_count; i++)
                if (module->mains[i].facts->sumfile)
                        sums[input->sum_count++] = module->mains[i].facts->sumfile;
        if (module->work && module->work_sumfile)
                sums[input->sum_count++] = module->work_sumfile;
        input->sums = sums;
}

/* A blob that git has normalised differs from the module only as .gitattributes asks for. */
static void excuse_conversions(struct fact_job *job, struct vendorproof *proof) {
        const struct repo_facts *repo = job->repo;
        enum tree_kind kind = tree_kind_of(repo->tree);

        if (!repo->repo || (kind != TREE_INDEX && kind != TREE_COMMIT))
                return;
        for (size_t i = 0; i < proof->differences.count; i++) {
                struct vendor_difference *difference = &proof->differences.items[i];
                bool converts = false;
                struct err err;

                if (difference->kind == VENDOR_CHANGED_EOL &&
                    repo_converts_eol(repo->repo, job->arena, repo->tree, difference->file,
                                      &converts, &err) &&
                    converts)
                        difference->kind = VENDOR_CONVERTED_EOL;
        }
}

static void prove(struct fact_job *job, struct vendorproof_input *input) {
        struct vendorproof *proof = ARENA_NEW(job->arena, struct vendorproof);
        struct err err;

        input->memory = cache_memory_open(job);
        if (!vendorproof_run(input, job->arena, proof, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        for (size_t i = 0; i < proof->gaps.count; i++)
                fact_gap(job, gap_of_err(job->arena, &proof->gaps.items[i].why));
        cache_memory_save(input->memory);
        excuse_conversions(job, proof);
        job->module->vendor = proof;
}

void fact_build_vendor(struct fact_job *job) {
        struct vendorproof_input input = { .tree = job->repo->tree,
                                           .cache = job->repo->modcache,
                                           .trace = job->repo->options.trace };
        struct err err;

        if (!find_vendor(job, &input.dir)) {
                fact_absent(job);
                return;
        }
        input.list.file = str_join_path(job->arena, input.dir, STR("vendor/modules.txt"));
        if (!read_list(job, input.list.file, &input.list.txt, &job->module->vendor_text, &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        take_mains(job, &input.list);
        take_sums(job, &input);
        job->module->vendor_list = input.list;
        prove(job, &input);
}

/* A file that lies there, is not tracked and never will be. False where git cannot tell. */
static bool is_kept_out(struct repo *repo, struct str path) {
        bool tracked = true;
        struct err err;

        return repo_is_tracked(repo, path, &tracked, &err) && !tracked &&
               repo_is_ignored(repo, path, false);
}

/* Only of files on disk can it be said that they will not be committed. */
void fact_build_vendor_unkept(struct fact_job *job) {
        const struct tree *tree = job->repo->tree;
        const struct tree_entry *entries;
        VEC(struct str) unkept = { 0 };
        size_t from, to, count;
        struct str dir;

        if (!job->repo->repo || tree_kind_of(tree) != TREE_WORKTREE || !find_vendor(job, &dir)) {
                fact_absent(job);
                return;
        }
        entries = tree_entries(tree, &count);
        tree_range(tree, str_join_path(job->arena, dir, STR("vendor")), &from, &to);
        for (size_t i = from; i < to; i++)
                if (is_kept_out(job->repo->repo, entries[i].path))
                        *VEC_ADD(job->arena, &unkept) = entries[i].path;
        job->module->unkept = unkept.items;
        job->module->unkept_count = unkept.count;
}
