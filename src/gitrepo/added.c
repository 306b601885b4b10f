#include "gitrepo/added.h"

#include "base/map.h"
#include "base/vec.h"
#include "gitrepo/odb_impl.h"

#include <stdlib.h>
#include <string.h>

#define TAGS_MAX 64 /* of tags */

/* Commits of the known side are followed as long as they are at most this much older than the
 * oldest commit of the range: clocks are not always right. */
#define CLOCK_SKEW (int64_t)(7 * 24 * 3600)

enum { SEEN = 1, KNOWN = 2, SHOWN = 4 };

struct commit_state {
        uint32_t number;
        unsigned flags;
        int64_t time;
        bool is_shallow, is_read;
        uint32_t *parents;
        size_t parent_count;
};

struct walk {
        const struct odb *odb;
        struct arena *arena;
        struct odb_reader *reader;
        const struct added_range *range;
        struct map states;                /* number to struct commit_state */
        VEC(struct commit_state *) heap;  /* the newest first */
        VEC(struct commit_state *) order; /* as they were taken */
        size_t fresh;                     /* of the heap: not known */
        int64_t oldest;                   /* of the range so far */
        added_visit *visit;
        void *ctx;
        struct arena scratch; /* of one commit */
        VEC(struct added_file) files;
        VEC(struct added_file) old;
        struct err *err;
};

/* ---- commits ---- */

static bool is_shallow(const struct walk *w, uint32_t number) {
        for (size_t i = 0; i < w->range->shallow->count; i++)
                if (!memcmp(w->range->shallow->items[i].id, odb_id(w->odb, number),
                            w->odb->id_size))
                        return true;
        return false;
}

static struct commit_state *state_of(struct walk *w, uint32_t number) {
        struct str key = { (const char *)&number, sizeof(number) };
        void **known = map_get(&w->states, key);
        struct commit_state *state;

        if (known)
                return *known;
        state = ARENA_NEW(w->arena, struct commit_state);
        state->number = number;
        *map_put(&w->states, str_dup(w->arena, key)) = state;
        return state;
}

/* A parent that is not here may only lie on the known side of things that nobody needs. */
static bool add_parents(struct walk *w, struct commit_state *state, struct str parents) {
        unsigned char id[PACK_ID_SIZE_MAX];
        VEC(uint32_t) numbers = { 0 };
        struct str hex;

        while (!state->is_shallow && commit_next_parent(&parents, &hex)) {
                uint32_t number = ODB_NONE;

                if (odb_parse_id(w->odb, hex, id))
                        number = odb_find(w->odb, id);
                if (number != ODB_NONE)
                        *VEC_ADD(w->arena, &numbers) = number;
                else if (!(state->flags & KNOWN))
                        return odb_missing(w->odb, w->err, id);
        }
        state->parents = numbers.items;
        state->parent_count = numbers.count;
        return true;
}

static bool read_state(struct walk *w, struct commit_state *state) {
        struct odb_object object;
        struct commit_parts parts;

        if (state->is_read)
                return true;
        if (!odb_read(w->reader, state->number, &object, w->err))
                return false;
        if (object.type != OBJECT_COMMIT || !commit_parse(object.bytes, &parts))
                return odb_damaged(w->odb, w->err, state->number);
        state->is_read = true;
        state->time = parts.time;
        state->is_shallow = w->range->shallow->count && is_shallow(w, state->number);
        return add_parents(w, state, parts.parents);
}

/* ---- the newest first ---- */

static bool is_newer(const struct commit_state *a, const struct commit_state *b) {
        return a->time > b->time;
}

static void heap_push(struct walk *w, struct commit_state *state) {
        size_t at = w->heap.count;

        *VEC_ADD(w->arena, &w->heap) = state;
        while (at && is_newer(state, w->heap.items[(at - 1) / 2])) {
                w->heap.items[at] = w->heap.items[(at - 1) / 2];
                at = (at - 1) / 2;
        }
        w->heap.items[at] = state;
        w->fresh += !(state->flags & KNOWN);
}

static struct commit_state *heap_pop(struct walk *w) {
        struct commit_state *top = w->heap.items[0], *last = w->heap.items[--w->heap.count];
        size_t at = 0;

        for (;;) {
                size_t child = 2 * at + 1;

                if (child >= w->heap.count)
                        break;
                if (child + 1 < w->heap.count &&
                    is_newer(w->heap.items[child + 1], w->heap.items[child]))
                        child++;
                if (!is_newer(w->heap.items[child], last))
                        break;
                w->heap.items[at] = w->heap.items[child];
                at = child;
        }
        if (w->heap.count)
                w->heap.items[at] = last;
        w->fresh -= !(top->flags & KNOWN);
        return top;
}

static bool enter(struct walk *w, uint32_t number, unsigned flags) {
        struct commit_state *state = state_of(w, number);

        if (state->flags & SEEN)
                return true;
        state->flags |= SEEN | flags;
        if (!read_state(w, state))
                return false;
        heap_push(w, state);
        return true;
}

/* What was seen as new turns out to be known: so is all behind it that was seen. */
static void mark_known(struct walk *w, struct commit_state *from) {
        VEC(struct commit_state *) queue = { 0 };

        *VEC_ADD(&w->scratch, &queue) = from;
        while (queue.count) {
                struct commit_state *at = queue.items[--queue.count];

                for (size_t i = 0; i < at->parent_count; i++) {
                        struct commit_state *parent = state_of(w, at->parents[i]);

                        if (!(parent->flags & SEEN) || parent->flags & KNOWN)
                                continue;
                        parent->flags |= KNOWN;
                        *VEC_ADD(&w->scratch, &queue) = parent;
                }
        }
        arena_drop(&w->scratch);
        w->fresh = 0;
        for (size_t i = 0; i < w->heap.count; i++)
                w->fresh += !(w->heap.items[i]->flags & KNOWN);
}

static bool must_go_on(const struct walk *w) {
        return w->heap.count &&
               (w->fresh || (w->order.count && w->heap.items[0]->time >= w->oldest - CLOCK_SKEW));
}

static bool take(struct walk *w, struct commit_state *state) {
        if (state->flags & KNOWN)
                mark_known(w, state);
        else {
                if (w->order.count == ADDED_COMMITS_MAX)
                        return err_set(w->err, ERR_LIMIT, "over %d new commits", ADDED_COMMITS_MAX);
                w->oldest = w->order.count ? MIN_OF(w->oldest, state->time) : state->time;
                *VEC_ADD(w->arena, &w->order) = state;
        }
        for (size_t i = 0; i < state->parent_count; i++)
                if (!enter(w, state->parents[i], state->flags & KNOWN))
                        return false;
        return true;
}

static bool find_commits(struct walk *w) {
        while (must_go_on(w))
                if (!take(w, heap_pop(w)))
                        return false;
        return true;
}

/* ---- what a commit adds ---- */

struct folder_pair {
        uint32_t tree; /* ODB_NONE: not there */
        uint32_t others[ADDED_PARENTS_MAX];
        size_t other_count;
};

struct entry {
        struct str name, id;
        bool is_tree;
};

struct entries {
        VEC(struct entry) list;
};

static int by_name(const void *a, const void *b) {
        return str_cmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static bool read_folder(struct walk *w, uint32_t tree, struct entries *ret_entries) {
        struct odb_object object;
        struct tree_part part;

        if (tree == ODB_NONE)
                return true;
        if (!odb_read(w->reader, tree, &object, w->err))
                return false;
        while (tree_next(&object.bytes, w->odb->id_size, &part)) {
                if (part.is_commit)
                        continue;
                *VEC_ADD(&w->scratch, &ret_entries->list) =
                        (struct entry){ str_dup(&w->scratch, part.name),
                                        str_dup(&w->scratch, (struct str){ (const char *)part.id,
                                                                           w->odb->id_size }),
                                        part.is_tree };
        }
        if (object.bytes.len)
                return odb_damaged(w->odb, w->err, tree);
        if (ret_entries->list.count)
                qsort(ret_entries->list.items, ret_entries->list.count, sizeof(struct entry),
                      by_name);
        return true;
}

static const struct entry *find_entry(const struct entries *entries, struct str name) {
        struct entry key = { .name = name };

        return entries->list.count ? bsearch(&key, entries->list.items, entries->list.count,
                                             sizeof(key), by_name)
                                   : NULL;
}

static bool compare(struct walk *w, const struct folder_pair *pair, struct str path,
                    unsigned depth);

/* What is the same everywhere may be absent: only what is looked into has to be here. */
static bool number_of(struct walk *w, const struct entry *entry, uint32_t *ret_number) {
        const unsigned char *id = (const unsigned char *)entry->id.ptr;

        *ret_number = odb_find(w->odb, id);
        return *ret_number != ODB_NONE || odb_missing(w->odb, w->err, id);
}

/* One name of the folder. others: what it has elsewhere. */
static bool compare_entry(struct walk *w, const struct entry *entry, const struct entries *others,
                          size_t count, struct str path, unsigned depth) {
        struct folder_pair below = { .other_count = count };

        for (size_t i = 0; i < count; i++) {
                const struct entry *same = find_entry(&others[i], entry->name);

                below.others[i] = ODB_NONE;
                if (same && str_eq(same->id, entry->id))
                        return true;
                if (same && same->is_tree && !number_of(w, same, &below.others[i]))
                        return false;
        }
        if (!number_of(w, entry, &below.tree))
                return false;
        path = str_join_path(&w->scratch, path, entry->name);
        if (entry->is_tree)
                return compare(w, &below, path, depth + 1);
        *VEC_ADD(&w->scratch, &w->files) = (struct added_file){ path, below.tree };
        return true;
}

/* What another side has in this folder and the commit has not, or has otherwise. */
static bool note_old(struct walk *w, const struct entries *mine, const struct entries *other,
                     struct str folder, unsigned depth) {
        for (size_t i = 0; i < other->list.count; i++) {
                const struct entry *entry = &other->list.items[i];
                const struct entry *same = find_entry(mine, entry->name);
                struct folder_pair gone = { .tree = ODB_NONE, .other_count = 1 };
                struct str path;

                if (same && (str_eq(same->id, entry->id) || (same->is_tree && entry->is_tree)))
                        continue;
                if (!number_of(w, entry, &gone.others[0]))
                        return false;
                path = str_join_path(&w->scratch, folder, entry->name);
                if (!entry->is_tree)
                        *VEC_ADD(&w->scratch, &w->old) =
                                (struct added_file){ path, gone.others[0] };
                else if (!compare(w, &gone, path, depth + 1))
                        return false;
        }
        return true;
}

static bool compare(struct walk *w, const struct folder_pair *pair, struct str path,
                    unsigned depth) {
        struct entries mine = { 0 };
        struct entries *others = ARENA_ARRAY(&w->scratch, struct entries, pair->other_count);

        if (depth > ADDED_DEPTH_MAX) {
                return err_set(w->err, ERR_LIMIT, "folders lie over %d deep", ADDED_DEPTH_MAX);
        }
        if (!read_folder(w, pair->tree, &mine))
                return false;
        for (size_t i = 0; i < pair->other_count; i++)
                if (!read_folder(w, pair->others[i], &others[i]))
                        return false;
        for (size_t i = 0; i < mine.list.count; i++)
                if (!compare_entry(w, &mine.list.items[i], others, pair->other_count, path, depth))
                        return false;
        for (size_t i = 0; i < pair->other_count; i++)
                if (!note_old(w, &mine, &others[i], path, depth))
                        return false;
        return true;
}

static bool tree_of(struct walk *w, uint32_t commit, uint32_t *ret_tree) {
        unsigned char id[PACK_ID_SIZE_MAX];
        struct odb_object object;
        struct commit_parts parts;

        if (!odb_read(w->reader, commit, &object, w->err))
                return false;
        if (object.type != OBJECT_COMMIT || !commit_parse(object.bytes, &parts) ||
            !odb_parse_id(w->odb, parts.tree, id))
                return odb_damaged(w->odb, w->err, commit);
        *ret_tree = odb_find(w->odb, id);
        if (*ret_tree == ODB_NONE)
                return odb_missing(w->odb, w->err, id);
        return true;
}

static bool compare_commit(struct walk *w, const struct commit_state *state) {
        struct folder_pair roots = { 0 };

        if (!tree_of(w, state->number, &roots.tree))
                return false;
        for (size_t i = 0; i < MIN_OF(state->parent_count, (size_t)ADDED_PARENTS_MAX); i++) {
                if (!tree_of(w, state->parents[i], &roots.others[i]))
                        return false;
                roots.other_count++;
                if (roots.others[i] == roots.tree)
                        return true;
        }
        return compare(w, &roots, STR_NONE, 0);
}

static bool show(struct walk *w, const struct commit_state *state, bool *ret_more) {
        struct added_commit commit = { .number = state->number };
        struct commit_parts parts;
        struct odb_object object;

        if (state->is_shallow) {
                odb_missing(w->odb, w->err, odb_id(w->odb, state->number));
                err_set(w->err, ERR_NOT_FOUND,
                        "the range goes on behind the end of a shallow clone");
                return err_mend(w->err, "git fetch --unshallow");
        }
        memset(&w->files, 0, sizeof(w->files));
        memset(&w->old, 0, sizeof(w->old));
        if (!compare_commit(w, state) || !odb_read(w->reader, state->number, &object, w->err) ||
            !commit_parse(object.bytes, &parts))
                return false;
        commit.parts = &parts;
        commit.files = w->files.items;
        commit.file_count = w->files.count;
        commit.old = w->old.items;
        commit.old_count = w->old.count;
        *ret_more = w->visit(w->ctx, &commit);
        arena_drop(&w->scratch);
        return true;
}

static bool show_all(struct walk *w) {
        bool more = true;

        for (size_t i = 0; more && i < w->order.count; i++)
                if (!(w->order.items[i]->flags & KNOWN) && !show(w, w->order.items[i], &more))
                        return false;
        return true;
}

/* ---- ends ---- */

static bool peel(const struct odb *odb, struct odb_reader *reader, const unsigned char *id,
                 uint32_t *ret_number, enum object_type *ret_type, struct err *err) {
        unsigned char at[PACK_ID_SIZE_MAX];

        memcpy(at, id, odb->id_size);
        for (unsigned i = 0; i < TAGS_MAX; i++) {
                struct odb_object object;
                struct tag_parts tag;

                *ret_number = odb_find(odb, at);
                if (*ret_number == ODB_NONE)
                        return odb_missing(odb, err, at);
                if (!odb_read(reader, *ret_number, &object, err))
                        return false;
                *ret_type = object.type;
                if (object.type != OBJECT_TAG)
                        return true;
                if (!tag_parse(object.bytes, &tag) || !odb_parse_id(odb, tag.object, at))
                        return odb_damaged(odb, err, *ret_number);
        }
        return err_set(err, ERR_LIMIT, "over %d tags of tags", TAGS_MAX);
}

bool added_peel(const struct odb *odb, const unsigned char *id, uint32_t *ret_number,
                enum object_type *ret_type, struct err *err) {
        AUTO_ODB_READER *reader = odb_reader_open(odb);

        return reader ? peel(odb, reader, id, ret_number, ret_type, err)
                      : err_set(err, ERR_LIMIT, "no memory left for the history");
}

static bool enter_ends(struct walk *w) {
        const struct added_range *range = w->range;
        enum object_type type;
        uint32_t number;
        struct err ignored;

        for (size_t i = 0; i < range->known_count; i++)
                if (peel(w->odb, w->reader, range->known[i], &number, &type, &ignored) &&
                    type == OBJECT_COMMIT && !enter(w, number, KNOWN))
                        return false;
        for (size_t i = 0; i < range->head_count; i++) {
                if (!peel(w->odb, w->reader, range->heads[i], &number, &type, w->err))
                        return false;
                if (type == OBJECT_COMMIT && !enter(w, number, 0))
                        return false;
        }
        return true;
}

bool added_each(const struct odb *odb, struct arena *arena, const struct added_range *range,
                added_visit *visit, void *ctx, struct err *err) {
        struct walk w = { .odb = odb,
                          .arena = arena,
                          .range = range,
                          .states = map_make(arena),
                          .visit = visit,
                          .ctx = ctx,
                          .err = err };
        bool ok;

        w.scratch = arena_make(arena->budget);
        w.reader = odb_reader_open(odb);
        ok = w.reader ? enter_ends(&w) && find_commits(&w) && show_all(&w)
                      : err_set(err, ERR_LIMIT, "no memory left for the history");
        odb_reader_close(&w.reader);
        arena_drop(&w.scratch);
        return ok;
}
