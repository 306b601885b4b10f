/* The proof that the module cache holds what go.sum says. */
#include "base/buf.h"
#include "facts/facts.h"
#include "gomod/modpath.h"

#define MEMORY_FILE "modcache.memory"

struct modcache_memory *cache_memory_open(struct fact_job *job) {
        const struct fact_options *options = &job->repo->options;
        struct str dir;

        if (options->no_cache || !env_weir_dir(options->env, job->arena, ENV_DIR_CACHE, &dir))
                return NULL;
        return modcache_memory_open(job->arena, str_join_path(job->arena, dir, STR(MEMORY_FILE)));
}

void cache_memory_save(struct modcache_memory *memory) {
        struct err err;

        if (memory && !modcache_memory_save(memory, &err))
                err.code = ERR_NONE;
}

/* A module that go.sum names only by its go.mod was never loaded here: its zip is not needed. */
static bool is_claimed(const struct module_facts *module, const struct selected_module *selected) {
        return module->sumfile && selected->actual.version.len &&
               sumfile_has(module->sumfile, selected->actual, false);
}

static size_t make_claims(struct fact_job *job, struct modcache_claim *claims,
                          struct module_proof *proofs) {
        const struct module_facts *module = job->module;
        size_t count = 0;

        for (size_t i = 0; i < module->build_list_count; i++) {
                const struct selected_module *selected = &module->build_list[i];

                if (!is_claimed(module, selected))
                        continue;
                proofs[count].module = selected;
                claims[count++] = (struct modcache_claim){
                        .path = selected->actual.path,
                        .version = selected->actual.version,
                        .sum = sumfile_find(module->sumfile, selected->actual, false)->hash,
                };
        }
        return count;
}

static const struct text no_cache = { "there is no module cache to prove {module} against",
                                      "没有可用于验证 {module} 的模块缓存" };
static const struct text no_cache_mend = { "go mod download", "go mod download" };

static void add_absent_cache(struct fact_job *job) {
        struct gap gap = { message_make(&no_cache), message_make(&no_cache_mend) };

        message_arg(&gap.why, "module", job->module->path);
        fact_fail(job, gap);
}

static const struct text absent = {
        "whether these modules are what go.sum says is not known, their zips are not in the module "
        "cache: {modules}",
        "无法确认这些模块是否与 go.sum 一致，模块缓存中没有其 zip：{modules}"
};
static const struct text absent_mend = { "go mod download{modules}", "go mod download{modules}" };

/* Absent zips are told together, with the one command that brings them. */
static void add_gaps(struct fact_job *job, const struct modcache_claim *claims,
                     const struct modcache_proof *proofs, size_t count) {
        struct buf modules = buf_make(job->arena);
        struct gap gap = { message_make(&absent), message_make(&absent_mend) };

        for (size_t i = 0; i < count; i++) {
                if (proofs[i].state != MODCACHE_UNJUDGED)
                        continue;
                if (proofs[i].zip_absent)
                        buf_printf(&modules, " %.*s@%.*s", STR_ARG(claims[i].path),
                                   STR_ARG(claims[i].version));
                else
                        fact_gap(job, gap_of_err(job->arena, &proofs[i].why));
        }
        if (!modules.len)
                return;
        message_arg(&gap.why, "modules", str_drop_prefix(buf_str(&modules), STR(" ")));
        message_arg(&gap.mend, "modules", buf_str(&modules));
        fact_gap(job, gap);
}

static bool has_hash(const struct sumfile *sums, const struct sum_line *line, struct str hash) {
        bool go_mod = line->go_mod;

        for (line = sumfile_find(sums, line->mod, go_mod); line; line = sumfile_next(sums, line))
                if (str_eq(line->hash, hash))
                        return true;
        return false;
}

static bool is_claimed_too(const struct modcache_claim *claims, size_t count,
                           const struct sum_line *line) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(claims[i].path, line->mod.path) &&
                    str_eq(claims[i].version, line->mod.version))
                        return true;
        return false;
}

static bool has_other_hash(struct fact_job *job, const struct sum_line *line) {
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        bool (*read)(const struct modcache *cache, struct arena *arena, struct str path,
                     struct str version, struct str *ret_sum, struct err *err) =
                line->go_mod ? modcache_go_mod_sum : modcache_zip_sum;
        struct str hash;
        struct err err;

        return str_has_prefix(line->hash, STR("h1:")) &&
               read(job->repo->modcache, &scratch, line->mod.path, line->mod.version, &hash,
                    &err) &&
               !has_hash(job->module->sumfile, line, hash);
}

/* Lines are compared wherever the cache has the file, needed or not: `go mod tidy` and
 * `go list -m all` read them all. The zips of the build list have been proved by then. */
static void find_altered_sums(struct fact_job *job, const struct modcache_claim *claims,
                              size_t claim_count) {
        const struct sumfile *sums = job->module->sumfile;
        VEC(const struct sum_line *) altered = { 0 };

        for (size_t i = 0; sums && job->repo->modcache && i < sums->count; i++) {
                const struct sum_line *line = &sums->lines[i];

                if ((line->go_mod || !is_claimed_too(claims, claim_count, line)) &&
                    has_other_hash(job, line))
                        *VEC_ADD(job->arena, &altered) = line;
        }
        job->module->altered_sums = altered.items;
        job->module->altered_sum_count = altered.count;
}

void fact_build_cache_proof(struct fact_job *job) {
        size_t most = job->module->build_list_count, count;
        struct modcache_claim *claims = ARENA_ARRAY(job->arena, struct modcache_claim, most);
        struct modcache_proof *found = ARENA_ARRAY(job->arena, struct modcache_proof, most);
        struct module_proof *proofs = ARENA_ARRAY(job->arena, struct module_proof, most);
        struct modcache_prove_options options = { .folders = true,
                                                  .trace = job->repo->options.trace };

        count = make_claims(job, claims, proofs);
        if (count && !job->repo->modcache) {
                add_absent_cache(job);
                return;
        }
        options.memory = count ? cache_memory_open(job) : NULL;
        if (count)
                modcache_prove(job->repo->modcache, job->arena, claims, count, &options, found);
        for (size_t i = 0; i < count; i++)
                proofs[i].proof = &found[i];
        add_gaps(job, claims, found, count);
        find_altered_sums(job, claims, count);
        job->module->proofs = proofs;
        job->module->proof_count = count;
        cache_memory_save(options.memory);
}
