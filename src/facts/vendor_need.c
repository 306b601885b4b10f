/* The packages that vendor should hold, as `go mod vendor` would choose them. */
#include "modload/vendorneed.h"

#include "facts/facts.h"
#include "modload/modsource.h"
#include "modload/vendorproof.h"

struct need {
        struct fact_job *job;
        struct modsource folders; /* where replacements by a folder start from */
        VEC(struct packages_module) modules;
        VEC(struct modcache_module *) opened;
};

static bool open_main(void *ctx, const struct packages_module *module UNUSED, struct arena *arena,
                      struct package_source *ret_source, struct err *err UNUSED) {
        const struct module_facts *main_module = ctx;

        *ret_source = source_of_tree(arena, main_module->repo->tree, main_module->dir);
        return true;
}

static bool open_folder(struct need *need, struct str path, struct arena *arena,
                        struct package_source *ret_source, struct err *err) {
        struct str folder;
        bool inside;

        if (!modsource_folder(&need->folders, arena, path, &inside, &folder))
                return err_set(err, ERR_NOT_FOUND, "the folder %.*s lies outside what is judged",
                               STR_ARG(path));
        *ret_source = inside ? source_of_tree(arena, need->folders.tree, folder)
                             : source_of_folder(arena, folder);
        ret_source->has_nested_modules = true;
        return true;
}

static bool open_dependency(void *ctx, const struct packages_module *module, struct arena *arena,
                            struct package_source *ret_source, struct err *err) {
        struct need *need = ctx;
        struct mod_version mod = buildlist_actual(
                need->job->module->list, (struct mod_version){ module->path, module->version });
        struct modcache_module *opened;

        if (!mod.version.len)
                return open_folder(need, mod.path, arena, ret_source, err);
        if (!need->folders.cache) {
                err_set(err, ERR_NOT_FOUND, "there is no module cache");
                return modcache_mend_absent(err, mod.path, mod.version);
        }
        if (!modcache_module_open(need->folders.cache, arena, mod.path, mod.version, &opened, err))
                return false;
        *VEC_ADD(need->job->arena, &need->opened) = opened;
        *ret_source = source_of_module(opened);
        return true;
}

static void add_mains(struct need *need) {
        const struct module_facts *module = need->job->module;

        for (size_t i = 0; i < module->main_count; i++)
                *VEC_ADD(need->job->arena, &need->modules) =
                        (struct packages_module){ .path = module->mains[i].facts->path,
                                                  .is_main = true,
                                                  .is_root = true,
                                                  .open = open_main,
                                                  .ctx = module->mains[i].facts };
}

static void add_dependencies(struct need *need) {
        const struct module_facts *module = need->job->module;

        for (size_t i = 0; i < module->build_list_count; i++) {
                struct mod_version mod = module->build_list[i].mod;
                struct str root;

                *VEC_ADD(need->job->arena, &need->modules) = (struct packages_module){
                        .path = mod.path,
                        .version = mod.version,
                        .is_root = buildlist_root_selected(module->list, mod.path, &root) &&
                                   str_eq(root, mod.version),
                        .open = open_dependency,
                        .ctx = need
                };
        }
}

static struct str go_version_of(void *ctx, struct str path) {
        const struct need *need = ctx;
        const struct module_facts *module = need->job->module;

        /* One main module may require another; modules.txt lists it then. */
        for (size_t i = 0; i < module->main_count; i++)
                if (str_eq(module->mains[i].facts->path, path))
                        return module->mains[i].facts->modfile->go.value;
        for (size_t i = 0; i < module->build_list_count; i++)
                if (str_eq(module->build_list[i].mod.path, path))
                        return buildlist_read(module->list, module->build_list[i].mod)->go_version;
        return STR_NONE;
}

static const struct text incomplete = {
        "what vendor should hold is not known: package {package}: {detail}",
        "无法确定 vendor 应包含的内容：包 {package}：{detail}"
};
static const struct text incomplete_mend = { "go mod download, and mend what modules says",
                                             "运行 go mod download，并修复 modules 指出的问题" };

static void add_incomplete(struct fact_job *job, const struct package *package) {
        struct gap gap = { message_make(&incomplete), message_make(&incomplete_mend) };

        message_arg(&gap.why, "package", package->path);
        message_arg(&gap.why, "detail", package->problem.message);
        fact_gap(job, gap);
}

/* What the list itself says is told already; only what the plan adds is kept. */
static void compare(struct fact_job *job, const struct vendorplan *plan, struct str text) {
        const struct vendorproof *proof = job->module->vendor;
        vendor_differences *all = ARENA_NEW(job->arena, vendor_differences);
        size_t known = proof->differences.count;

        for (size_t i = 0; i < known; i++)
                *VEC_ADD(job->arena, all) = proof->differences.items[i];
        vendorneed_compare(&job->module->vendor_list, text, plan, job->arena, all);
        job->module->vendor_needs = all->items + known;
        job->module->vendor_need_count = all->count - known;
}

static bool plan(struct need *need, struct vendorplan *ret_plan, struct err *err) {
        struct build_context *any = ARENA_NEW(need->job->arena, struct build_context);
        struct packages_world *world = ARENA_NEW(need->job->arena, struct packages_world);
        struct vendorplan_input input = { .list = &need->job->module->vendor_list,
                                          .world = world,
                                          .go_version_of = go_version_of,
                                          .ctx = need };

        *any = (struct build_context){ .any = true, .release = need->job->repo->goenv->release };
        *world = (struct packages_world){ .modules = need->modules.items,
                                          .module_count = need->modules.count,
                                          .lazy = buildlist_is_pruned(need->job->module->list),
                                          .skip_dependency_tests = true,
                                          .context = any };
        return vendorplan_make(&input, need->job->arena, ret_plan, err);
}

void fact_build_vendor_need(struct fact_job *job) {
        const struct module_facts *module = job->module;
        struct need *need = ARENA_NEW(job->arena, struct need);
        struct vendorplan made;
        struct err err;

        if (!module->vendor_list.txt) {
                fact_absent(job);
                return;
        }
        *need = (struct need){ .job = job,
                               .folders = { job->repo->modcache, job->repo->tree,
                                            module->work ? module->work_dir : module->dir } };
        add_mains(need);
        add_dependencies(need);
        if (!plan(need, &made, &err))
                fact_fail(job, gap_of_err(job->arena, &err));
        else
                compare(job, &made, module->vendor_text);
        if (job->state->status == FACT_STATUS_BUILT && vendorneed_problem(&made))
                add_incomplete(job, vendorneed_problem(&made));
        for (size_t i = 0; i < need->opened.count; i++)
                modcache_module_close(&need->opened.items[i]);
}
