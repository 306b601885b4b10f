/* Everything that the refs of a repository hold on to.
 *
 * First every text goes through the first stage of the scan; what it suspects (a few blobs) gets
 * its paths and its first commit from the graph, and is judged under each path by the function that
 * judges files. */
#include "facts/secrets_objects.h"

#include "data/archive.h"
#include "facts/secrets_delta.h"
#include "gitrepo/reach.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <stdlib.h>
#include <string.h>

/* What nothing has a path for, called as `git fsck --lost-found` would. */
#define LOST_FORMAT ".git/lost-found/other/%.*s"

static const struct text shallow = {
        "the repository is a shallow clone: what lies behind its end was not looked into",
        "仓库是浅克隆：其边界之后的历史未检查"
};
static const struct text shallow_mend = { "git fetch --unshallow", "git fetch --unshallow" };

struct suspect {
        uint32_t blob, commit; /* commit: the first that has it; ODB_NONE */
        const struct str *paths;
        size_t path_count;
};

struct history_search {
        struct objects_search objects;
        struct reach *reach;
        bool uses_deltas;  /* the rules are prepared for them */
        uint8_t *marks;    /* by number: what is looked into */
        uint8_t *suspects; /* by number: the blobs that the first stage picks out */
        VEC(struct suspect) list;
        struct secrets_worker *workers[SECRETS_WORKERS_MAX];
        unsigned worker_count;
};

static void told_trouble(void *ctx, const struct err *err) {
        objects_gap(ctx, err);
}

/* ---- messages ---- */

/* The commit that a message belongs to. */
static void scan_commit_message(struct history_search *h, const struct odb_visit *visit,
                                struct secrets_worker *worker) {
        struct commit_parts parts;
        struct secrets_origin origin;
        struct scan_text text = { .path = COMMIT_MESSAGE_FILE };

        if (!commit_parse(visit->bytes, &parts) ||
            !scanner_suspects(worker->scanner, parts.message))
                return;
        origin.blob = origin.commit = odb_hex(h->objects.odb, &worker->arena, visit->number);
        origin.author = parts.author;
        text.commit = origin.commit;
        text.bytes = parts.message;
        secrets_scan(h->objects.search, worker, &text, &origin);
}

static void scan_tag_message(struct history_search *h, const struct odb_visit *visit,
                             struct secrets_worker *worker) {
        struct tag_parts parts;
        struct secrets_origin origin;
        struct scan_text text = { 0 };

        if (!tag_parse(visit->bytes, &parts) || !scanner_suspects(worker->scanner, parts.message))
                return;
        origin.blob = odb_hex(h->objects.odb, &worker->arena, visit->number);
        origin.commit = parts.object;
        origin.author = parts.tagger;
        text.path = str_fmt(&worker->arena, "refs/tags/%.*s", STR_ARG(parts.name));
        text.bytes = parts.message;
        secrets_scan(h->objects.search, worker, &text, &origin);
}

/* ---- first stage ---- */

/* By what its delta inserts, where that can tell; a blob that only stands below a wanted one is
 * looked at for that one's sake. */
static void *look_at_blob(struct history_search *h, const struct odb_visit *visit,
                          struct secrets_worker *worker) {
        struct delta_state *state = NULL;
        bool suspect;

        if (h->uses_deltas)
                suspect = delta_suspects(worker->scanner, visit, &state);
        else
                suspect = scanner_suspects(worker->scanner, visit->bytes);
        if (visit->is_wanted)
                h->suspects[visit->number] = suspect || archive_is(visit->bytes);
        return state;
}

static void *look_at(void *ctx, const struct odb_visit *visit) {
        struct history_search *h = ctx;
        struct secrets_worker *worker = h->workers[visit->worker];
        void *state = NULL;

        if (visit->err && visit->is_wanted)
                objects_gap(&h->objects, visit->err);
        if (visit->err)
                return NULL;
        if (visit->type == OBJECT_BLOB)
                state = look_at_blob(h, visit, worker);
        else if (visit->type == OBJECT_COMMIT && visit->is_wanted)
                scan_commit_message(h, visit, worker);
        else if (visit->type == OBJECT_TAG && visit->is_wanted)
                scan_tag_message(h, visit, worker);
        arena_drop(&worker->arena);
        return state;
}

/* ---- second stage ---- */

static bool has_suspicious_path(struct history_search *h, const struct reach_place *place) {
        for (size_t i = 0; i < place->path_count; i++)
                if (scanner_suspects_path(h->workers[0]->scanner, place->paths[i]))
                        return true;
        return false;
}

static void add_suspect(void *ctx, uint32_t blob, const struct reach_place *place) {
        struct history_search *h = ctx;

        if (!h->suspects[blob]) {
                if (!has_suspicious_path(h, place))
                        return;
                h->suspects[blob] = 1;
        }
        *VEC_ADD(h->objects.search->job->arena, &h->list) =
                (struct suspect){ blob, place->first_commit, place->paths, place->path_count };
}

static int cmp_suspect(const void *a, const void *b) {
        const struct suspect *one = a, *other = b;

        return (one->blob > other->blob) - (one->blob < other->blob);
}

static const struct suspect *find_suspect(const struct history_search *h, uint32_t blob) {
        struct suspect key = { .blob = blob };

        return bsearch(&key, h->list.items, h->list.count, sizeof(key), cmp_suspect);
}

static void *judge(void *ctx, const struct odb_visit *visit) {
        struct history_search *h = ctx;
        struct secrets_worker *worker = h->workers[visit->worker];
        const struct suspect *suspect = find_suspect(h, visit->number);
        struct secrets_origin origin = { 0 };
        AUTO_ARENA scratch = arena_make(worker->arena.budget);

        if (!suspect || visit->err) /* told by the first stage */
                return NULL;
        origin.blob = odb_hex(h->objects.odb, &scratch, visit->number);
        if (suspect->commit != ODB_NONE)
                origin.commit = odb_hex(h->objects.odb, &scratch, suspect->commit);
        for (size_t i = 0; i < suspect->path_count && !interrupt_requested(); i++) {
                objects_scan_blob(&h->objects, worker, suspect->paths[i], visit->bytes, &origin);
                arena_drop(&worker->arena);
        }
        if (!suspect->path_count)
                objects_scan_blob(&h->objects, worker,
                                  str_fmt(&scratch, LOST_FORMAT, STR_ARG(origin.blob)),
                                  visit->bytes, &origin);
        arena_drop(&worker->arena);
        return NULL;
}

/* ---- authors ---- */

static void fill_author(struct history_search *h, struct odb_reader *reader,
                        struct found_secret *found) {
        unsigned char id[PACK_ID_SIZE_MAX];
        struct odb_object object;
        struct commit_parts parts;
        struct err ignored;

        if (odb_parse_id(h->objects.odb, found->commit, id) &&
            odb_read(reader, odb_find(h->objects.odb, id), &object, &ignored) &&
            commit_parse(object.bytes, &parts))
                found->author = str_dup(h->objects.search->job->arena, parts.author);
}

static void fill_authors(struct history_search *h) {
        struct secrets_search *search = h->objects.search;
        AUTO_ODB_READER *reader = odb_reader_open(h->objects.odb);

        for (size_t i = 0; reader && i < search->found.count; i++)
                if (search->found.items[i].commit.len && !search->found.items[i].author.len)
                        fill_author(h, reader, &search->found.items[i]);
}

/* ---- the whole ---- */

static bool walk(struct history_search *h, unsigned types, const uint8_t *wanted,
                 void *(*visit)(void *, const struct odb_visit *)) {
        struct odb_walk walk = { .types = types,
                                 .wanted = wanted,
                                 .workers = h->worker_count,
                                 .visits_bases = visit == look_at,
                                 .visit = visit,
                                 .release = delta_state_free,
                                 .ctx = h };
        struct err err = { 0 };

        if (odb_walk(h->objects.odb, &walk, &err))
                return true;
        if (err.code != ERR_INTERRUPTED)
                objects_gap(&h->objects, &err);
        return false;
}

/* Rules of a path alone make every path count. */
static const uint8_t *whose_paths(struct history_search *h) {
        uint8_t *blobs;

        if (!scan_set_asks_paths(h->objects.search->set))
                return h->suspects;
        blobs = arena_alloc(h->objects.search->job->arena, odb_count(h->objects.odb));
        for (uint32_t i = 0; i < odb_count(h->objects.odb); i++)
                blobs[i] = h->marks[i] && reach_is_blob(h->reach, i);
        return blobs;
}

static void look_and_judge(struct history_search *h) {
        AUTO_ARENA scratch = arena_make(h->objects.search->job->arena->budget);
        unsigned texts = ODB_TYPES(OBJECT_BLOB) | ODB_TYPES(OBJECT_COMMIT) | ODB_TYPES(OBJECT_TAG);
        struct err err = { 0 };

        h->uses_deltas = scan_set_prepare_parts(&scratch, h->objects.search->set, &err);
        if (!walk(h, texts, h->marks, look_at))
                return;
        if (!reach_find_places(h->reach, whose_paths(h), false, add_suspect, h, &err)) {
                objects_gap(&h->objects, &err);
                return;
        }
        if (h->list.count && walk(h, ODB_TYPES(OBJECT_BLOB), h->suspects, judge)) {
                objects_drop_copies(h->objects.search, 0);
                fill_authors(h);
        }
}

static bool take_workers(struct history_search *h) {
        unsigned wanted = MIN_OF(pool_processors(), (unsigned)SECRETS_WORKERS_MAX);

        while (h->worker_count < wanted) {
                struct secrets_worker *worker = secrets_worker_take(h->objects.search);

                if (!worker)
                        break;
                h->workers[h->worker_count++] = worker;
        }
        return h->worker_count > 0;
}

static void give_workers(struct history_search *h) {
        while (h->worker_count)
                secrets_worker_give(h->objects.search, h->workers[--h->worker_count]);
}

static bool make_graph(struct history_search *h) {
        struct objects_search *o = &h->objects;
        struct arena *arena = o->search->job->arena;
        struct err err = { 0 };

        if (!reach_make(o->odb, arena, h->worker_count, &h->reach, &err)) {
                if (err.code != ERR_INTERRUPTED)
                        objects_gap(o, &err);
                return false;
        }
        h->marks = arena_alloc(arena, odb_count(o->odb));
        h->suspects = arena_alloc(arena, odb_count(o->odb));
        reach_mark(h->reach, &o->refs, &o->shallow, o->search->options->unreachable, h->marks,
                   told_trouble, o);
        return true;
}

void secrets_feed_history(struct secrets_search *search) {
        struct history_search *h = ARENA_NEW(search->job->arena, struct history_search);

        if (!objects_open(&h->objects, search))
                return;
        if (h->objects.shallow.count)
                fact_gap(search->job,
                         (struct gap){ message_make(&shallow), message_make(&shallow_mend) });
        if (take_workers(h) && make_graph(h))
                look_and_judge(h);
        give_workers(h);
        reach_close(&h->reach);
        objects_close(&h->objects);
}
