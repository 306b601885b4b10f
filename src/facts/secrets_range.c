/* What the commits of a range add. A secret that a commit's parents have in what the commit
 * replaces or deletes is not added by it. */
#include "facts/secrets_objects.h"

#include "base/map.h"
#include "gitrepo/added.h"
#include "sys/interrupt.h"

#include <string.h>

struct range_search {
        struct objects_search objects;
        struct secrets_worker *worker;
        struct odb_reader *reader;
};

static bool is_zero(struct str id) {
        for (size_t i = 0; i < id.len; i++)
                if (id.ptr[i] != '0')
                        return false;
        return id.len > 0;
}

/* ---- one commit ---- */

static void scan_file(struct range_search *r, uint32_t blob, struct str path,
                      const struct secrets_origin *commit) {
        AUTO_ARENA scratch = arena_make(r->worker->arena.budget);
        struct secrets_origin origin = *commit;
        struct odb_object object;
        struct err err = { 0 };

        if (!odb_read(r->reader, blob, &object, &err)) {
                objects_gap(&r->objects, &err);
                return;
        }
        origin.blob = odb_hex(r->objects.odb, &scratch, blob);
        objects_scan_blob(&r->objects, r->worker, path, object.bytes, &origin);
        arena_drop(&r->worker->arena);
}

static struct str identity(struct arena *arena, const struct found_secret *found) {
        return str_fmt(arena, "%.*s %.*s", STR_ARG(found->hit.rule->id),
                       STR_ARG(digest_hex(arena, &found->hit.hmac)));
}

/* Of what was found from `fresh` on, those from `old` on are of the parents. */
static void drop_old(struct secrets_search *search, size_t fresh, size_t old) {
        AUTO_ARENA arena = arena_make(search->job->arena->budget);
        struct map known = map_make(&arena);
        size_t kept = fresh;

        for (size_t i = old; i < search->found.count; i++)
                map_put(&known, identity(&arena, &search->found.items[i]));
        for (size_t i = fresh; i < old; i++)
                if (!map_has(&known, identity(&arena, &search->found.items[i])))
                        search->found.items[kept++] = search->found.items[i];
        search->found.count = kept;
}

static void scan_message(struct range_search *r, const struct added_commit *commit,
                         const struct secrets_origin *origin) {
        struct secrets_origin own = *origin;
        struct scan_text text = { .path = COMMIT_MESSAGE_FILE,
                                  .commit = origin->commit,
                                  .bytes = commit->parts->message };

        own.blob = origin->commit;
        secrets_scan(r->objects.search, r->worker, &text, &own);
        arena_drop(&r->worker->arena);
}

static bool scan_commit(void *ctx, const struct added_commit *commit) {
        struct range_search *r = ctx;
        struct secrets_search *search = r->objects.search;
        AUTO_ARENA scratch = arena_make(search->job->arena->budget);
        struct secrets_origin origin = {
                .commit = odb_hex(r->objects.odb, &scratch, commit->number),
                .author = commit->parts->author,
        };
        size_t fresh = search->found.count, old;

        for (size_t i = 0; i < commit->file_count && !interrupt_requested(); i++)
                scan_file(r, commit->files[i].blob, commit->files[i].path, &origin);
        old = search->found.count;
        for (size_t i = 0; old > fresh && i < commit->old_count; i++)
                scan_file(r, commit->old[i].blob, commit->old[i].path, &origin);
        drop_old(search, fresh, old);
        scan_message(r, commit, &origin);
        return !interrupt_requested();
}

/* ---- ends ---- */

static const unsigned char *const *all_refs(const struct refs *refs, struct arena *arena) {
        const unsigned char **ids = ARENA_ARRAY(arena, const unsigned char *, refs->count);

        for (size_t i = 0; i < refs->count; i++)
                ids[i] = refs->items[i].id;
        return ids;
}

/* `to` may name several revisions, with spaces between: those of one push. */
static bool read_heads(struct range_search *r, struct str to, struct added_range *range,
                       struct err *err) {
        struct objects_search *o = &r->objects;
        struct arena *arena = o->search->job->arena;
        VEC(const unsigned char *) heads = { 0 };
        struct str word;

        while (str_next_word(&to, &word)) {
                unsigned char *id = arena_alloc(arena, PACK_ID_SIZE_MAX);

                if (!refs_resolve(o->search->job->repo->repo, o->odb, &o->refs, word, id, err))
                        return false;
                *VEC_ADD(arena, &heads) = id;
        }
        range->heads = heads.items;
        range->head_count = heads.count;
        return true;
}

static bool read_range(struct range_search *r, struct added_range *range, struct err *err) {
        const struct secrets_options *options = r->objects.search->options;
        struct objects_search *o = &r->objects;
        struct arena *arena = o->search->job->arena;
        unsigned char *id = arena_alloc(arena, PACK_ID_SIZE_MAX);
        const unsigned char **known;

        range->shallow = &o->shallow;
        if (!read_heads(r, options->to, range, err))
                return false;
        if (is_zero(options->from)) {
                range->known = all_refs(&o->refs, arena);
                range->known_count = o->refs.count;
                return true;
        }
        if (!refs_resolve(o->search->job->repo->repo, o->odb, &o->refs, options->from, id, err))
                return false;
        known = ARENA_NEW(arena, const unsigned char *);
        *known = id;
        range->known = known;
        range->known_count = 1;
        return true;
}

/* ---- the whole ---- */

static void scan_range(struct range_search *r) {
        struct added_range range = { 0 };
        struct err err = { 0 };

        if (!read_range(r, &range, &err) ||
            !added_each(r->objects.odb, r->objects.search->job->arena, &range, scan_commit, r,
                        &err))
                objects_gap(&r->objects, &err);
        objects_drop_copies(r->objects.search, 0);
}

void secrets_feed_range(struct secrets_search *search) {
        struct range_search r = { 0 };

        if (!objects_open(&r.objects, search))
                return;
        r.worker = secrets_worker_take(search);
        r.reader = odb_reader_open(r.objects.odb);
        if (r.worker && r.reader)
                scan_range(&r);
        if (r.worker)
                secrets_worker_give(search, r.worker);
        odb_reader_close(&r.reader);
        objects_close(&r.objects);
}
