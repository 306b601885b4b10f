#include "facts/secrets.h"

#include "facts/secrets_impl.h"

#include <assert.h>
#include <stdlib.h>

static const struct text gave_up = {
        "{file}: the expression of rule {rule} takes too long on this file",
        "{file}：规则 {rule} 的表达式在该文件上耗时过长"
};
static const struct text gave_up_mend = { "make the expression simpler, or disable the rule",
                                          "简化该表达式，或停用该规则" };
static const struct text no_rules = { "the secrets rules could not be made ready: {detail}",
                                      "无法准备密钥规则：{detail}" };
static const struct text no_memory = { "there was no memory to search all of it for secrets",
                                       "内存不足，未能完整查找密钥" };
static const struct text no_memory_mend = { "run weir where more memory is free",
                                            "在有更多可用内存的环境中运行 weir" };
static const struct text unread = { "{file} could not be read: {detail}",
                                    "无法读取 {file}：{detail}" };
static const struct text unread_mend = { "let the user who runs weir read it",
                                         "允许运行 weir 的用户读取" };

static struct gap gap_for(struct secrets_search *search, const struct text *why,
                          const struct text *mend, struct str file) {
        struct gap gap = { message_make(why), message_make(mend) };

        message_arg(&gap.why, "file", str_dup(search->job->arena, file));
        return gap;
}

static void add_gave_up(struct secrets_search *search, struct str file,
                        const struct secret_rule *rule) {
        struct gap gap = gap_for(search, &gave_up, &gave_up_mend, file);

        message_arg(&gap.why, "rule", rule->id);
        fact_gap(search->job, gap);
}

void secrets_gap(struct secrets_search *search, struct str file, const struct err *err) {
        struct gap gap;

        pthread_mutex_lock(&search->lock);
        gap = gap_for(search, &unread, &unread_mend, file);
        message_arg(&gap.why, "detail", str_dup(search->job->arena, str_of(err->message)));
        if (*err->mend)
                gap.mend = gap_of_err(search->job->arena, err).mend;
        fact_gap(search->job, gap);
        pthread_mutex_unlock(&search->lock);
}

void secrets_skip(struct secrets_search *search, struct str file, const struct text *why) {
        pthread_mutex_lock(&search->lock);
        *VEC_ADD(search->job->arena, &search->skips) =
                (struct secrets_skip){ str_dup(search->job->arena, file), message_make(why) };
        pthread_mutex_unlock(&search->lock);
}

static bool worker_open(struct secrets_search *search, struct secrets_worker *worker) {
        struct arena_budget *budget = search->job->arena->budget;

        worker->arena = arena_make(budget);
        worker->buffer = malloc(SECRETS_BUFFER_SIZE);
        worker->scanner = scanner_open(search->set, budget);
        return worker->buffer && worker->scanner;
}

static void worker_close(struct secrets_worker *worker) {
        scanner_close(&worker->scanner);
        arena_drop(&worker->arena);
        free(worker->buffer);
}

struct secrets_worker *secrets_worker_take(struct secrets_search *search) {
        struct secrets_worker *worker = NULL;

        pthread_mutex_lock(&search->lock);
        if (search->idle_count)
                worker = search->idle[--search->idle_count];
        else if (search->worker_count < SECRETS_WORKERS_MAX) {
                worker = &search->workers[search->worker_count++];
                if (!worker_open(search, worker)) {
                        worker = NULL;
                        fact_gap(search->job, (struct gap){ message_make(&no_memory),
                                                            message_make(&no_memory_mend) });
                }
        }
        pthread_mutex_unlock(&search->lock);
        return worker;
}

void secrets_worker_give(struct secrets_search *search, struct secrets_worker *worker) {
        pthread_mutex_lock(&search->lock);
        search->idle[search->idle_count++] = worker;
        pthread_mutex_unlock(&search->lock);
}

static void keep(struct secrets_search *search, const struct scan_text *text,
                 const struct secrets_origin *origin, const struct scan_result *result,
                 uint32_t lines_before) {
        struct arena *arena = search->job->arena;
        struct found_secret found = { .file = str_dup(arena, text->path) };

        if (origin) {
                found.blob = str_dup(arena, origin->blob);
                found.commit = str_dup(arena, origin->commit);
                found.author = str_dup(arena, origin->author);
        }
        for (size_t i = 0; i < result->count; i++) {
                found.hit = result->hits[i];
                found.hit.secret.line += lines_before;
                *VEC_ADD(arena, &search->found) = found;
        }
        if (result->gave_up)
                add_gave_up(search, text->path, result->gave_up);
}

void secrets_scan(struct secrets_search *search, struct secrets_worker *worker,
                  const struct scan_text *text, const struct secrets_origin *origin) {
        struct scan_result result;

        scanner_scan(worker->scanner, text, &worker->arena, &result);
        if (!result.count && !result.gave_up)
                return;
        pthread_mutex_lock(&search->lock);
        keep(search, text, origin ? origin : worker->origin, &result, 0);
        pthread_mutex_unlock(&search->lock);
}

void secrets_scan_part(struct secrets_search *search, struct secrets_worker *worker,
                       const struct scan_text *text, uint32_t lines_before) {
        struct scan_result result;

        scanner_scan(worker->scanner, text, &worker->arena, &result);
        pthread_mutex_lock(&search->lock);
        keep(search, text, NULL, &result, lines_before);
        pthread_mutex_unlock(&search->lock);
}

static int cmp_found(const void *a, const void *b) {
        const struct found_secret *one = a, *other = b;
        int order = str_cmp(one->file, other->file);

        if (!order)
                order = (one->hit.secret.line > other->hit.secret.line) -
                        (one->hit.secret.line < other->hit.secret.line);
        if (!order)
                order = str_cmp(one->hit.rule->id, other->hit.rule->id);
        return order ? order : str_cmp(one->blob, other->blob);
}

static int cmp_skip(const void *a, const void *b) {
        return str_cmp(((const struct secrets_skip *)a)->file,
                       ((const struct secrets_skip *)b)->file);
}

static bool is_ignored_by(const struct secrets_ignore *ignore, const struct found_secret *found) {
        return str_eq(ignore->file, found->file) && ignore->line == found->hit.secret.line &&
               (str_eq(ignore->rule, found->hit.rule->id) ||
                (found->hit.rule->alias.len && str_eq(ignore->rule, found->hit.rule->alias))) &&
               (!ignore->commit.len || str_eq(ignore->commit, found->commit));
}

static bool is_ignored(const struct secrets_options *options, const struct found_secret *found) {
        for (size_t i = 0; i < options->ignore_count; i++)
                if (is_ignored_by(&options->ignores[i], found))
                        return true;
        return false;
}

static void drop_ignored(struct secrets_search *search) {
        size_t kept = 0;

        for (size_t i = 0; i < search->found.count; i++)
                if (!is_ignored(search->options, &search->found.items[i]))
                        search->found.items[kept++] = search->found.items[i];
        search->found.count = kept;
}

/* What two parts of a file that overlap have both told. Sorted. */
static void drop_doubles(struct secrets_search *search) {
        size_t kept = 0;

        for (size_t i = 0; i < search->found.count; i++) {
                const struct found_secret *now = &search->found.items[i];

                if (!kept || cmp_found(now, &search->found.items[kept - 1]) ||
                    !digest_eq(&now->hit.hmac, &search->found.items[kept - 1].hit.hmac))
                        search->found.items[kept++] = *now;
        }
        search->found.count = kept;
}

static void finish(struct secrets_search *search) {
        struct secrets *secrets = ARENA_NEW(search->job->arena, struct secrets);

        drop_ignored(search);
        if (search->found.count)
                qsort(search->found.items, search->found.count, sizeof(*search->found.items),
                      cmp_found);
        drop_doubles(search);
        if (search->skips.count)
                qsort(search->skips.items, search->skips.count, sizeof(*search->skips.items),
                      cmp_skip);
        if (search->options->source == SECRETS_TREE || search->options->source == SECRETS_CHANGES)
                secrets_ask_pushed(search);
        *secrets = (struct secrets){ .rules = scan_set_rules(search->set),
                                     .items = search->found.items,
                                     .count = search->found.count,
                                     .skips = search->skips.items,
                                     .skip_count = search->skips.count };
        search->job->repo->secrets = secrets;
}

static void run(struct secrets_search *search) {
        static void (*const feeds[])(struct secrets_search * search) = {
                [SECRETS_TREE] = secrets_feed_tree,    [SECRETS_CHANGES] = secrets_feed_tree,
                [SECRETS_BYTES] = secrets_feed_bytes,  [SECRETS_FILE] = secrets_feed_file,
                [SECRETS_RANGE] = secrets_feed_range,  [SECRETS_HISTORY] = secrets_feed_history,
                [SECRETS_ARCHIVE] = secrets_feed_file, [SECRETS_IMAGE] = secrets_feed_image,
        };

        assert(search->options->source == SECRETS_NONE || feeds[search->options->source]);
        if (feeds[search->options->source])
                feeds[search->options->source](search);
        finish(search);
        for (size_t i = 0; i < search->worker_count; i++)
                worker_close(&search->workers[i]);
}

void fact_build_secrets(struct fact_job *job) {
        struct secrets_search *search = ARENA_NEW(job->arena, struct secrets_search);
        struct gap gap = { .why = message_make(&no_rules) };
        struct err err;

        search->job = job;
        search->options = &job->repo->options.secrets;
        pthread_mutex_init(&search->lock, NULL);
        if (secrets_rules_open(search, &err)) {
                run(search);
                scan_set_close(&search->set);
        } else {
                message_arg(&gap.why, "detail", str_dup(job->arena, str_of(err.message)));
                gap.mend = gap_of_err(job->arena, &err).mend;
                fact_fail(job, gap);
        }
        pthread_mutex_destroy(&search->lock);
}
