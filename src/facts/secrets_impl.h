/* facts/secrets_impl.h: one search for secrets, by several threads. Each source of facts/secrets.h
 * is a file of its own that feeds texts in. */
#pragma once

#include "facts/facts.h"
#include "facts/secrets.h"

#include <pthread.h>

#define SECRETS_WORKERS_MAX 64
#define SECRETS_BUFFER_SIZE ((size_t)1 << 20) /* of each thread, for files up to this size */

/* Where a text comes from, beside its path. */
struct secrets_origin {
        struct str blob, commit, author;
};

/* What one thread works with. */
struct secrets_worker {
        struct scanner *scanner;
        struct arena arena;                  /* of one text */
        char *buffer;                        /* SECRETS_BUFFER_SIZE bytes */
        const struct secrets_origin *origin; /* of texts that name none; may be NULL */
};

struct secrets_search {
        struct fact_job *job;
        const struct secrets_options *options;
        struct scan_set *set;
        pthread_mutex_t lock; /* around what follows */
        struct secrets_worker workers[SECRETS_WORKERS_MAX];
        struct secrets_worker *idle[SECRETS_WORKERS_MAX];
        size_t worker_count, idle_count;
        VEC(struct found_secret) found;
        VEC(struct secrets_skip) skips;
};

/* The rules that hold, made ready. On false a gap says why nothing can be looked for. */
MUST_USE bool secrets_rules_open(struct secrets_search *search, struct err *err);

/* A worker of one's own until it is given back; NULL: there is no memory (a gap says so). */
struct secrets_worker *secrets_worker_take(struct secrets_search *search);
void secrets_worker_give(struct secrets_search *search, struct secrets_worker *worker);

/* Looks through one text; any thread, with a worker of its own. The path is copied. */
void secrets_scan(struct secrets_search *search, struct secrets_worker *worker,
                  const struct scan_text *text, const struct secrets_origin *origin);

/* The same for a part of a text that begins behind so many line ends. Parts may overlap. */
void secrets_scan_part(struct secrets_search *search, struct secrets_worker *worker,
                       const struct scan_text *text, uint32_t lines_before);

/* A regular file of the disk of any size, in pieces; path is absolute, file is its name in
 * reports. */
MUST_USE bool secrets_scan_large(struct secrets_search *search, struct secrets_worker *worker,
                                 struct str file, struct str path, struct err *err);

/* Any thread: something is passed over, or could not be looked into. The file is copied; the words
 * are static. */
void secrets_skip(struct secrets_search *search, struct str file, const struct text *why);
void secrets_gap(struct secrets_search *search, struct str file, const struct err *err);

/* Fills `pushed` of what was found in a tree; sorted by file. */
void secrets_ask_pushed(struct secrets_search *search);

/* The sources. */
void secrets_feed_tree(struct secrets_search *search);
void secrets_feed_bytes(struct secrets_search *search);
void secrets_feed_history(struct secrets_search *search);
void secrets_feed_range(struct secrets_search *search);
void secrets_feed_file(struct secrets_search *search);
void secrets_feed_image(struct secrets_search *search);

/* Every file in the archive in bytes (data/archive.h), which is called path. */
void secrets_scan_archive(struct secrets_search *search, struct secrets_worker *worker,
                          struct str path, struct str bytes);
