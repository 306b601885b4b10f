#include "gitrepo/reach.h"

#include "gitrepo/reach_impl.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading the graph ---- */

static void add_hex(struct reach *reach, struct reach_worker *worker, struct str hex) {
        unsigned char id[PACK_ID_SIZE_MAX];

        *VEC_ADD(&worker->arena, &worker->links) =
                odb_parse_id(reach->odb, hex, id) ? odb_find(reach->odb, id) : ODB_NONE;
}

static bool read_commit(struct reach *reach, struct reach_worker *worker, struct str bytes,
                        int64_t *ret_time) {
        struct commit_parts parts;
        struct str parent;

        if (!commit_parse(bytes, &parts))
                return false;
        add_hex(reach, worker, parts.tree);
        while (commit_next_parent(&parts.parents, &parent))
                add_hex(reach, worker, parent);
        *ret_time = parts.time;
        return true;
}

static bool read_tree(struct reach *reach, struct reach_worker *worker, struct str bytes) {
        struct tree_part part;

        while (tree_next(&bytes, reach->odb->id_size, &part))
                if (!part.is_commit)
                        *VEC_ADD(&worker->arena, &worker->links) = odb_find(reach->odb, part.id);
        return !bytes.len;
}

static bool read_tag(struct reach *reach, struct reach_worker *worker, struct str bytes) {
        struct tag_parts parts;

        if (!tag_parse(bytes, &parts))
                return false;
        add_hex(reach, worker, parts.object);
        return true;
}

static bool read_links(struct reach *reach, struct reach_worker *worker,
                       const struct odb_visit *visit, int64_t *ret_time) {
        if (visit->type == OBJECT_COMMIT)
                return read_commit(reach, worker, visit->bytes, ret_time);
        if (visit->type == OBJECT_TREE)
                return read_tree(reach, worker, visit->bytes);
        return read_tag(reach, worker, visit->bytes);
}

static void *see_object(void *ctx, const struct odb_visit *visit) {
        struct reach *reach = ctx;
        struct reach_worker *worker = &reach->workers[visit->worker];
        struct reach_node *node;
        int64_t time = 0;
        size_t size;

        worker->links.count = 0;
        if (visit->err || !read_links(reach, worker, visit, &time)) {
                reach->kinds[visit->number] = REACH_DAMAGED;
                return NULL;
        }
        size = worker->links.count * sizeof(*node->links);
        node = arena_alloc(&worker->arena, sizeof(*node) + size);
        *node = (struct reach_node){ .time = time, .count = (uint32_t)worker->links.count };
        if (size)
                memcpy(node->links, worker->links.items, size);
        reach->nodes[visit->number] = node;
        reach->kinds[visit->number] = (uint8_t)visit->type;
        return NULL;
}

bool reach_make(struct odb *odb, struct arena *arena, unsigned workers, struct reach **ret_reach,
                struct err *err) {
        AUTO_REACH *reach = ARENA_NEW(arena, struct reach);
        struct odb_walk walk = {
                .types = ODB_TYPES(OBJECT_COMMIT) | ODB_TYPES(OBJECT_TREE) | ODB_TYPES(OBJECT_TAG),
                .workers = MIN_OF(workers, (unsigned)REACH_WORKERS_MAX),
                .visit = see_object,
                .ctx = reach,
        };

        reach->odb = odb;
        reach->arena = arena;
        for (size_t i = 0; i < REACH_WORKERS_MAX; i++)
                reach->workers[i].arena = arena_make(arena->budget);
        if (!odb_index(odb, err))
                return false;
        reach->nodes = ARENA_ARRAY(arena, struct reach_node *, odb->count);
        reach->kinds = arena_alloc(arena, odb->count);
        reach->shallow = arena_alloc(arena, odb->count);
        if (!odb_walk(odb, &walk, err))
                return false;
        *ret_reach = reach;
        reach = NULL;
        return true;
}

void reach_close(struct reach **reach) {
        if (!*reach)
                return;
        for (size_t i = 0; i < REACH_WORKERS_MAX; i++)
                arena_drop(&(*reach)->workers[i].arena);
        *reach = NULL;
}

/* ---- marking ---- */

struct marking {
        struct reach *reach;
        uint8_t *marks;
        VEC(uint32_t) queue;
        reach_trouble *trouble;
        void *ctx;
        struct arena scratch;
        struct odb_reader *reader;
};

static void push(struct marking *m, uint32_t number) {
        if (m->marks[number])
                return;
        m->marks[number] = 1;
        *VEC_ADD(&m->scratch, &m->queue) = number;
}

static void tell_missing(struct marking *m, const unsigned char *id, uint32_t wanted_by) {
        AUTO_ARENA scratch = arena_make(m->reach->arena->budget);
        struct err err = { 0 };

        if (odb_find(m->reach->odb, id) != ODB_NONE)
                return;
        odb_missing(m->reach->odb, &err, id);
        err_context(&err, "reading what %.*s has",
                    STR_ARG(odb_hex(m->reach->odb, &scratch, wanted_by)));
        m->trouble(m->ctx, &err);
}

static void tell_missing_hex(struct marking *m, struct str hex, uint32_t wanted_by) {
        unsigned char id[PACK_ID_SIZE_MAX];

        if (odb_parse_id(m->reach->odb, hex, id))
                tell_missing(m, id, wanted_by);
}

static void tell_missing_of_commit(struct marking *m, uint32_t number, struct str bytes) {
        struct commit_parts parts;
        struct str parent;

        if (!commit_parse(bytes, &parts))
                return;
        tell_missing_hex(m, parts.tree, number);
        while (!m->reach->shallow[number] && commit_next_parent(&parts.parents, &parent))
                tell_missing_hex(m, parent, number);
}

/* Reads the object once more for the ids of what it lacks. */
static void tell_all_missing(struct marking *m, uint32_t number) {
        struct odb_object object;
        struct tree_part part;
        struct tag_parts tag;
        struct err err = { 0 };

        if (!m->reader || !odb_read(m->reader, number, &object, &err)) {
                m->trouble(m->ctx, &err);
                return;
        }
        if (object.type == OBJECT_COMMIT)
                tell_missing_of_commit(m, number, object.bytes);
        else if (object.type == OBJECT_TAG && tag_parse(object.bytes, &tag))
                tell_missing_hex(m, tag.object, number);
        else
                while (tree_next(&object.bytes, m->reach->odb->id_size, &part))
                        if (!part.is_commit)
                                tell_missing(m, part.id, number);
}

static void tell_damaged(struct marking *m, uint32_t number) {
        struct err err = { 0 };

        odb_damaged(m->reach->odb, &err, number);
        m->trouble(m->ctx, &err);
}

static void follow(struct marking *m, uint32_t number) {
        const struct reach_node *node = m->reach->nodes[number];
        size_t count;
        bool lacks = false;

        if (m->reach->kinds[number] == REACH_DAMAGED)
                tell_damaged(m, number);
        if (!node)
                return;
        count = m->reach->shallow[number] ? 1 : node->count;
        for (size_t i = 0; i < count; i++) {
                if (node->links[i] == ODB_NONE)
                        lacks = true;
                else
                        push(m, node->links[i]);
        }
        if (lacks)
                tell_all_missing(m, number);
}

static void push_refs(struct marking *m, const struct refs *refs) {
        for (size_t i = 0; i < refs->count; i++) {
                uint32_t number = odb_find(m->reach->odb, refs->items[i].id);
                struct err err = { 0 };

                if (number != ODB_NONE) {
                        push(m, number);
                        continue;
                }
                odb_missing(m->reach->odb, &err, refs->items[i].id);
                err_context(&err, "reading %.*s", STR_ARG(refs->items[i].name));
                m->trouble(m->ctx, &err);
        }
}

static void push_all(struct marking *m) {
        for (uint32_t i = 0; i < m->reach->odb->count; i++)
                if (!odb_is_copy(m->reach->odb, i))
                        push(m, i);
}

/* ---- order ---- */

struct by_time {
        int64_t time;
        uint32_t number;
};

static int cmp_time(const void *a, const void *b) {
        const struct by_time *one = a, *other = b;

        if (one->time != other->time)
                return one->time < other->time ? -1 : 1;
        return (one->number > other->number) - (one->number < other->number);
}

/* Takes the commit and, before it, all parents that were not taken yet. done: 1 on the way, 2
 * taken. */
static void take_commit(struct marking *m, uint32_t commit, uint8_t *done) {
        m->queue.count = 0;
        *VEC_ADD(&m->scratch, &m->queue) = commit;
        while (m->queue.count) {
                uint32_t at = m->queue.items[m->queue.count - 1];
                size_t count;
                const uint32_t *parents = reach_parents(m->reach, at, &count);

                if (done[at]) {
                        m->queue.count--;
                        if (done[at] == 1)
                                *VEC_ADD(m->reach->arena, &m->reach->commits) = at;
                        done[at] = 2;
                        continue;
                }
                done[at] = 1;
                for (size_t i = 0; i < count; i++)
                        if (parents[i] != ODB_NONE && !done[parents[i]] &&
                            m->reach->kinds[parents[i]] == OBJECT_COMMIT)
                                *VEC_ADD(&m->scratch, &m->queue) = parents[i];
        }
}

static void order_commits(struct marking *m) {
        const struct reach *reach = m->reach;
        uint8_t *done = arena_alloc(&m->scratch, reach->odb->count);
        VEC(struct by_time) commits = { 0 };

        for (uint32_t i = 0; i < reach->odb->count; i++)
                if (m->marks[i] && reach->kinds[i] == OBJECT_COMMIT)
                        *VEC_ADD(&m->scratch, &commits) =
                                (struct by_time){ reach->nodes[i]->time, i };
        if (commits.count)
                qsort(commits.items, commits.count, sizeof(*commits.items), cmp_time);
        for (size_t i = 0; i < commits.count; i++)
                take_commit(m, commits.items[i].number, done);
}

void reach_mark(struct reach *reach, const struct refs *refs, const struct refs *shallow, bool all,
                uint8_t *marks, reach_trouble *trouble, void *ctx) {
        struct marking m = { .reach = reach, .marks = marks, .trouble = trouble, .ctx = ctx };

        m.scratch = arena_make(reach->arena->budget);
        m.reader = odb_reader_open(reach->odb);
        for (size_t i = 0; i < shallow->count; i++) {
                uint32_t number = odb_find(reach->odb, shallow->items[i].id);

                if (number != ODB_NONE)
                        reach->shallow[number] = 1;
        }
        push_refs(&m, refs);
        if (all)
                push_all(&m);
        for (size_t at = 0; at < m.queue.count; at++)
                follow(&m, m.queue.items[at]);
        order_commits(&m);
        odb_reader_close(&m.reader);
        arena_drop(&m.scratch);
}

const uint32_t *reach_commits(const struct reach *reach, size_t *ret_count) {
        *ret_count = reach->commits.count;
        return reach->commits.items;
}

bool reach_is_blob(const struct reach *reach, uint32_t number) {
        return !reach->kinds[number];
}
