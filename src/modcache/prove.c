#include "modcache/prove.h"

#include "data/zip.h"
#include "modcache/prove_impl.h"
#include "sys/clock.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <stdlib.h>

#define SETTLED_NS INT64_C(2000000000)

/* ---- workers ---- */

static struct prove_worker *take_worker(struct prove_run *run) {
        struct prove_worker *worker;

        pthread_mutex_lock(&run->lock);
        worker = run->free_workers;
        if (worker) {
                run->free_workers = worker->next_free;
        } else {
                worker = ARENA_NEW(run->arena, struct prove_worker);
                worker->scratch = arena_make(run->arena->budget);
        }
        pthread_mutex_unlock(&run->lock);
        if (!worker->inflater)
                worker->inflater = zip_inflater_open();
        return worker;
}

static void give_worker(struct prove_run *run, struct prove_worker *worker) {
        arena_drop(&worker->scratch);
        pthread_mutex_lock(&run->lock);
        worker->next_free = run->free_workers;
        run->free_workers = worker;
        pthread_mutex_unlock(&run->lock);
}

static void close_workers(struct prove_run *run) {
        for (struct prove_worker *worker = run->free_workers; worker; worker = worker->next_free)
                zip_inflater_close(&worker->inflater);
}

/* ---- damages ---- */

struct modcache_damage *prove_add_damage(struct proving *p, enum modcache_damage_kind kind,
                                         struct str file, struct str name) {
        static const struct modcache_damage empty;
        struct modcache_damage *damage;

        if (p->damages.count == MODCACHE_DAMAGES_MAX) {
                p->proof.more_damages++;
                return NULL;
        }
        damage = VEC_ADD(p->scratch, &p->damages);
        *damage = empty;
        damage->kind = kind;
        damage->file = file;
        damage->name = name;
        return damage;
}

void prove_add_sums(struct proving *p, enum modcache_damage_kind kind, struct str file,
                    struct str got, struct str want) {
        struct modcache_damage *damage = prove_add_damage(p, kind, file, STR_NONE);

        if (damage) {
                damage->got = got;
                damage->want = want;
        }
}

void prove_add_detail(struct proving *p, enum modcache_damage_kind kind, struct str file,
                      struct str name, const char *detail) {
        struct modcache_damage *damage = prove_add_damage(p, kind, file, name);

        if (damage)
                damage->detail = str_dup(p->scratch, str_of(detail));
}

void prove_unjudged(struct proving *p, const struct err *why) {
        if (p->proof.state == MODCACHE_UNJUDGED)
                return;
        p->proof.state = MODCACHE_UNJUDGED;
        p->proof.why = *why;
}

bool prove_is_settled(int64_t ctime_ns) {
        return ctime_ns < clock_unix_seconds() * INT64_C(1000000000) - SETTLED_NS;
}

/* ---- keeping what was found ---- */

static struct dirhash_file *keep_files(struct arena *arena, const struct proving *p) {
        struct dirhash_file *files = ARENA_ARRAY(arena, struct dirhash_file, p->proof.file_count);

        for (size_t i = 0; i < p->proof.file_count; i++) {
                files[i] = p->proof.files[i];
                if (!p->proof.remembered)
                        files[i].name = str_dup(arena, files[i].name);
        }
        return files;
}

static struct modcache_damage *keep_damages(struct arena *arena, const struct proving *p) {
        struct modcache_damage *damages =
                ARENA_ARRAY(arena, struct modcache_damage, p->damages.count);

        for (size_t i = 0; i < p->damages.count; i++) {
                const struct modcache_damage *from = &p->damages.items[i];

                damages[i] = (struct modcache_damage){
                        .kind = from->kind,
                        .file = str_dup(arena, from->file),
                        .name = str_dup(arena, from->name),
                        .got = str_dup(arena, from->got),
                        .want = str_dup(arena, from->want),
                        .detail = str_dup(arena, from->detail),
                };
        }
        return damages;
}

static void keep(struct proving *p) {
        struct prove_run *run = p->run;
        struct modcache_proof *proof = p->task->proof;

        if (p->damages.count)
                p->proof.state = MODCACHE_DAMAGED;
        pthread_mutex_lock(&run->lock);
        *proof = p->proof;
        proof->zip = str_dup(run->arena, p->proof.zip);
        proof->sum = str_dup(run->arena, p->proof.sum);
        proof->files = keep_files(run->arena, p);
        proof->damages = keep_damages(run->arena, p);
        proof->damage_count = p->damages.count;
        if (p->learnt && run->options->memory) {
                p->record.zip = proof->zip;
                p->record.files = proof->files;
                modcache_memory_add(run->options->memory, &p->record);
        }
        pthread_mutex_unlock(&run->lock);
}

static bool find_places(struct proving *p, struct err *err) {
        const struct modcache_claim *claim = p->claim;

        p->prefix =
                str_fmt(p->scratch, "%.*s@%.*s/", STR_ARG(claim->path), STR_ARG(claim->version));
        return modcache_download_path(p->run->cache, p->scratch, claim->path, claim->version,
                                      STR(".zip"), &p->proof.zip, err) &&
               modcache_download_path(p->run->cache, p->scratch, claim->path, claim->version,
                                      STR(".ziphash"), &p->ziphash_path, err);
}

static void prove(struct proving *p) {
        struct err err;

        if (interrupt_requested()) {
                err_set(&err, ERR_INTERRUPTED, "interrupted");
                prove_unjudged(p, &err);
                return;
        }
        if (!find_places(p, &err)) {
                prove_unjudged(p, &err);
                return;
        }
        prove_zip(p);
        if (p->run->options->folders)
                prove_folder(p);
}

static void prove_task(void *ctx, size_t index) {
        struct prove_run *run = ctx;
        struct prove_task *task = &run->tasks[index];
        struct prove_worker *worker = take_worker(run);
        struct proving p = { .run = run,
                             .worker = worker,
                             .scratch = &worker->scratch,
                             .claim = task->claim,
                             .task = task };
        TRACE_SPAN(run->options->trace, "prove module", task->claim->path);

        prove(&p);
        keep(&p);
        file_map_close(&p.map);
        give_worker(run, worker);
}

/* ---- a run ---- */

static int cmp_largest_first(const void *a, const void *b) {
        uint64_t x = ((const struct prove_task *)a)->stamp.size,
                 y = ((const struct prove_task *)b)->stamp.size;

        return (x < y) - (x > y);
}

static struct prove_task *make_tasks(const struct modcache *cache, struct arena *arena,
                                     const struct modcache_claim *claims, size_t count,
                                     struct modcache_proof *proofs) {
        struct prove_task *tasks = ARENA_ARRAY(arena, struct prove_task, count);

        for (size_t i = 0; i < count; i++) {
                struct str zip;
                struct err err;

                tasks[i].claim = &claims[i];
                tasks[i].proof = &proofs[i];
                tasks[i].has_stamp =
                        modcache_download_path(cache, arena, claims[i].path, claims[i].version,
                                               STR(".zip"), &zip, &err) &&
                        file_stamp_of(zip, &tasks[i].stamp);
        }
        if (count)
                qsort(tasks, count, sizeof(*tasks), cmp_largest_first);
        return tasks;
}

void modcache_prove(const struct modcache *cache, struct arena *arena,
                    const struct modcache_claim *claims, size_t count,
                    const struct modcache_prove_options *options, struct modcache_proof *proofs) {
        unsigned threads = options->threads ? options->threads : pool_processors();
        struct prove_run run = { .cache = cache, .options = options, .arena = arena };
        TRACE_SPAN(options->trace, "prove module cache", cache->root);

        run.tasks = make_tasks(cache, arena, claims, count, proofs);
        pthread_mutex_init(&run.lock, NULL);
        pool_each(count, MIN_OF(threads, (unsigned)MODCACHE_PROVE_THREADS_MAX), prove_task, &run);
        pthread_mutex_destroy(&run.lock);
        close_workers(&run);
}

const struct dirhash_file *modcache_proof_find(const struct modcache_proof *proof,
                                               struct str name) {
        return dirhash_find(proof->files, proof->file_count, name);
}
