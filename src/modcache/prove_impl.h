/* modcache/prove_impl.h: one module while it is proved. Only prove*.c include this. */
#pragma once

#include "base/vec.h"
#include "modcache/prove.h"

#include <pthread.h>

#define PROVE_BUFFER_SIZE ((size_t)128 << 10)

/* What one thread reuses from module to module. */
struct prove_worker {
        struct prove_worker *next_free;
        struct arena scratch; /* emptied after each module */
        struct zip_inflater *inflater;
        char buffer[PROVE_BUFFER_SIZE];
};

/* One module of a run, with what is known before any work is shared out. */
struct prove_task {
        const struct modcache_claim *claim;
        struct modcache_proof *proof;
        struct file_stamp stamp; /* of the zip */
        bool has_stamp;
};

struct prove_run {
        const struct modcache *cache;
        const struct modcache_prove_options *options;
        struct prove_task *tasks; /* largest zip first: no thread ends with a large one alone */
        pthread_mutex_t lock;     /* guards what follows */
        struct arena *arena;
        struct prove_worker *free_workers;
};

/* One module while it is proved: everything is in the worker's scratch until it is kept. */
struct proving {
        struct prove_run *run;
        struct prove_worker *worker;
        struct arena *scratch;
        const struct modcache_claim *claim;
        struct prove_task *task;
        struct modcache_proof proof;
        VEC(struct modcache_damage) damages;
        struct str prefix, ziphash_path, ziphash;
        bool has_ziphash;
        struct digest tree;
        struct modcache_record record; /* what memory had, then what it shall have */
        bool has_record, learnt;
        struct file_map map;
};

/* The sum of the zip against .ziphash and go.sum; then the extracted folder against the zip. */
void prove_zip(struct proving *p);
void prove_folder(struct proving *p);

/* Adds a damage; NULL where there are too many to keep. file and name must live in p->scratch. */
struct modcache_damage *prove_add_damage(struct proving *p, enum modcache_damage_kind kind,
                                         struct str file, struct str name);
void prove_add_sums(struct proving *p, enum modcache_damage_kind kind, struct str file,
                    struct str got, struct str want);
void prove_add_detail(struct proving *p, enum modcache_damage_kind kind, struct str file,
                      struct str name, const char *detail);

/* Notes why something was not judged; the first reason stays. */
void prove_unjudged(struct proving *p, const struct err *why);

/* A file that changes twice within one tick of the file system's clock keeps its stamp, so what is
 * younger than two seconds is hashed again next time. */
bool prove_is_settled(int64_t ctime_ns);
