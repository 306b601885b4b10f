/* Unfolding whole packs: from each object that is stored whole down to all that stands on it.
 *
 * Of the deltas of one base the one with the most below it comes last and takes the base's place,
 * so that a worker keeps at most log2(objects) of them at a time, however long the chains are. */
#include "gitrepo/delta.h"
#include "gitrepo/odb_impl.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 34      /* log2(PACK_OBJECTS_MAX) and some */
#define ROOTS_AT_A_TIME 16 /* taken by one worker, so that it reads the file in order */
#define WORKERS_MAX 64

/* An object whose deltas are being visited. */
struct frame {
        uint32_t entry, next; /* next: the delta to look at */
        uint32_t heavy;       /* the delta that comes last */
        struct str bytes;     /* owned */
        void *state;
};

struct pack_walk {
        const struct odb *odb;
        const struct odb_walk *walk;
        const struct odb_pack *pack;
        const uint32_t *weights; /* wanted objects among an entry and all that stands on it */
        const uint32_t *roots;
        size_t root_count;
        _Atomic size_t next;
        _Atomic bool is_out_of_memory;
};

struct worker {
        struct pack_walk *walk;
        unsigned number;
        struct pack_inflater *inflater;
        struct odb_reader *reader; /* for bases in other places */
        char *delta;
        size_t delta_room;
        struct frame frames[FRAMES_MAX];
        size_t depth;
};

static uint32_t number_of(const struct pack_walk *walk, uint32_t entry) {
        return walk->pack->first + walk->pack->pack.entries[entry].position;
}

static bool number_is_wanted(const struct odb *odb, const struct odb_walk *walk, uint32_t number) {
        return (!walk->wanted || walk->wanted[number]) && !odb_is_copy(odb, number);
}

static bool is_wanted(const struct pack_walk *walk, uint32_t entry) {
        unsigned type = walk->pack->pack.entries[entry].type;

        /* What has no type is damaged, or its base is: it may be anything. */
        return (!type || walk->walk->types & ODB_TYPES(type)) &&
               number_is_wanted(walk->odb, walk->walk, number_of(walk, entry));
}

static void *tell(struct worker *worker, struct odb_visit *visit, uint32_t entry) {
        const struct odb_walk *walk = worker->walk->walk;

        visit->number = number_of(worker->walk, entry);
        visit->type = (enum object_type)worker->walk->pack->pack.entries[entry].type;
        visit->worker = worker->number;
        visit->is_wanted = is_wanted(worker->walk, entry);
        return visit->is_wanted || walk->visits_bases ? walk->visit(walk->ctx, visit) : NULL;
}

static void release(struct worker *worker, struct frame *frame) {
        const struct odb_walk *walk = worker->walk->walk;

        if (walk->release && frame->state)
                walk->release(walk->ctx, frame->state);
        free((char *)(uintptr_t)frame->bytes.ptr);
}

/* Nothing that stands on a damaged object can be read. Without recursion: down to the first delta,
 * on to the next, up where there is none. */
static void tell_failure(struct worker *worker, uint32_t top, const struct err *err) {
        const struct pack *pack = &worker->walk->pack->pack;
        uint32_t at = top;

        for (;;) {
                if (is_wanted(worker->walk, at))
                        tell(worker, &(struct odb_visit){ .err = err }, at);
                if (pack->entries[at].is_reached && pack->child[at] != PACK_NONE) {
                        at = pack->child[at];
                        continue;
                }
                while (at != top && pack->sibling[at] == PACK_NONE)
                        at = pack->entries[at].base;
                if (at == top)
                        return;
                at = pack->sibling[at];
        }
}

static void fail(struct worker *worker, uint32_t entry) {
        struct err err = { 0 };

        odb_damaged(worker->walk->odb, &err, number_of(worker->walk, entry));
        tell_failure(worker, entry, &err);
}

static char *delta_room(struct worker *worker, size_t size) {
        if (size > worker->delta_room || !worker->delta) {
                free(worker->delta);
                worker->delta_room = MAX_OF(size * 2, (size_t)4096);
                worker->delta = malloc(worker->delta_room);
        }
        return worker->delta;
}

static uint32_t heaviest(const struct pack_walk *walk, uint32_t entry) {
        const struct pack *pack = &walk->pack->pack;
        uint32_t best = PACK_NONE;

        for (uint32_t i = pack->child[entry]; i != PACK_NONE; i = pack->sibling[i])
                if (walk->weights[i] &&
                    (best == PACK_NONE || walk->weights[i] > walk->weights[best]))
                        best = i;
        return best;
}

/* Visits an object and makes a frame of it. */
static struct frame enter(struct worker *worker, uint32_t entry, struct odb_visit *visit) {
        struct frame frame = { .entry = entry, .bytes = visit->bytes };

        frame.state = tell(worker, visit, entry);
        frame.next = worker->walk->pack->pack.child[entry];
        frame.heavy = heaviest(worker->walk, entry);
        return frame;
}

/* ---- making bytes ---- */

static bool no_room(struct worker *worker) {
        worker->walk->is_out_of_memory = true;
        return false;
}

static bool inflate_entry(struct worker *worker, uint32_t entry, const struct pack_header *header,
                          char *to) {
        const struct pack *pack = &worker->walk->pack->pack;

        return pack_inflate(pack, pack->entries[entry].at, header, worker->inflater, to);
}

/* Whether the entry can be read at all; fills the header. */
static bool is_readable(struct worker *worker, uint32_t entry, struct pack_header *ret_header) {
        const struct pack *pack = &worker->walk->pack->pack;
        const struct pack_entry *e = &pack->entries[entry];

        return !e->is_damaged && pack_header_at(pack, e->at, ret_header) &&
               ret_header->size <= PACK_OBJECT_MAX;
}

/* The object that a delta makes of base. */
static bool unfold(struct worker *worker, uint32_t entry, struct str base,
                   struct odb_visit *visit) {
        struct pack_header header;
        struct delta delta;
        char *bytes, *to;

        if (!is_readable(worker, entry, &header)) {
                fail(worker, entry);
                return false;
        }
        bytes = delta_room(worker, header.size);
        if (!bytes)
                return no_room(worker);
        visit->delta = (struct str){ bytes, header.size };
        if (!inflate_entry(worker, entry, &header, bytes) || !delta_open(visit->delta, &delta) ||
            delta.target_size > PACK_OBJECT_MAX) {
                fail(worker, entry);
                return false;
        }
        to = malloc(delta.target_size + 1);
        if (!to)
                return no_room(worker);
        visit->base = base;
        visit->bytes = (struct str){ to, delta.target_size };
        if (delta_apply(visit->delta, base, to, delta.target_size))
                return true;
        free(to);
        fail(worker, entry);
        return false;
}

/* A root that is a delta of something elsewhere, or damaged: as one object alone. */
static bool read_alone(struct worker *worker, uint32_t entry, struct odb_visit *visit) {
        struct odb_object object;
        struct err err = { 0 };
        char *to;

        if (!odb_read(worker->reader, number_of(worker->walk, entry), &object, &err)) {
                tell_failure(worker, entry, &err);
                return false;
        }
        to = malloc(object.bytes.len + 1);
        if (!to)
                return no_room(worker);
        memcpy(to, object.bytes.ptr, object.bytes.len);
        visit->bytes = (struct str){ to, object.bytes.len };
        return true;
}

static bool read_root(struct worker *worker, uint32_t entry, struct odb_visit *visit) {
        struct pack_header header;
        char *to;

        if (!is_readable(worker, entry, &header) || !header.type)
                return read_alone(worker, entry, visit);
        to = malloc(header.size + 1);
        if (!to)
                return no_room(worker);
        visit->bytes = (struct str){ to, header.size };
        if (inflate_entry(worker, entry, &header, to))
                return true;
        free(to);
        fail(worker, entry);
        return false;
}

/* ---- the walk ---- */

/* The next delta of the frame that is needed and is not the last one; PACK_NONE: only that is left.
 */
static uint32_t next_light(const struct pack_walk *walk, struct frame *frame) {
        const struct pack *pack = &walk->pack->pack;

        while (frame->next != PACK_NONE) {
                uint32_t at = frame->next;

                frame->next = pack->sibling[at];
                if (at != frame->heavy && walk->weights[at])
                        return at;
        }
        return PACK_NONE;
}

/* One step: a delta of the topmost frame is unfolded, or the frame is done. */
static void step(struct worker *worker) {
        struct frame *top = &worker->frames[worker->depth - 1];
        uint32_t light = next_light(worker->walk, top);
        uint32_t entry = light != PACK_NONE ? light : top->heavy;
        struct odb_visit visit = { .base_state = top->state };
        struct frame frame = { 0 };
        bool made = entry != PACK_NONE && unfold(worker, entry, top->bytes, &visit);

        if (made)
                frame = enter(worker, entry, &visit);
        if (light == PACK_NONE) {
                release(worker, top);
                worker->depth--;
        }
        if (made)
                worker->frames[worker->depth++] = frame;
}

static void walk_root(struct worker *worker, uint32_t root) {
        struct odb_visit visit = { 0 };

        if (!read_root(worker, root, &visit))
                return;
        worker->frames[worker->depth++] = enter(worker, root, &visit);
        while (worker->depth)
                step(worker);
}

static bool must_stop(const struct pack_walk *walk) {
        return walk->is_out_of_memory || interrupt_requested();
}

static void work(void *ctx, size_t index) {
        struct pack_walk *walk = ctx;
        struct worker worker = { .walk = walk, .number = (unsigned)index };
        size_t from;

        worker.inflater = pack_inflater_open();
        worker.reader = odb_reader_open(walk->odb);
        if (!worker.inflater || !worker.reader)
                walk->is_out_of_memory = true;
        while (!must_stop(walk) && (from = walk->next++ * ROOTS_AT_A_TIME) < walk->root_count) {
                size_t to = MIN_OF(from + ROOTS_AT_A_TIME, walk->root_count);

                for (size_t i = from; i < to && !must_stop(walk); i++)
                        walk_root(&worker, walk->roots[i]);
        }
        pack_inflater_close(&worker.inflater);
        odb_reader_close(&worker.reader);
        free(worker.delta);
}

static void weigh(struct pack_walk *walk, uint32_t *weights) {
        const struct pack *pack = &walk->pack->pack;

        for (size_t i = pack->count; i-- > 0;) {
                uint32_t entry = pack->down[i], base = pack->entries[entry].base;

                weights[entry] += is_wanted(walk, entry);
                if (base != PACK_NONE && pack->entries[entry].is_reached)
                        weights[base] += weights[entry];
        }
}

/* Whether a walk starts at the entry: it stands on none, or on itself. */
static bool is_root(const struct pack_entry *entry) {
        return entry->base == PACK_NONE || !entry->is_reached;
}

static bool end_of_walk(const struct pack_walk *walk, struct err *err) {
        if (walk->is_out_of_memory)
                return err_set(err, ERR_LIMIT, "no memory left for the objects");
        return !interrupt_requested() || err_set(err, ERR_INTERRUPTED, "interrupted");
}

static bool walk_pack(const struct odb *odb, const struct odb_walk *walk,
                      const struct odb_pack *pack, struct err *err) {
        AUTO_ARENA scratch = arena_make(odb->arena->budget);
        struct pack_walk pack_walk = { .odb = odb, .walk = walk, .pack = pack };
        uint32_t *weights = ARENA_ARRAY(&scratch, uint32_t, pack->pack.count);
        uint32_t *roots = ARENA_ARRAY(&scratch, uint32_t, pack->pack.count);

        weigh(&pack_walk, weights);
        for (uint32_t i = 0; i < pack->pack.count; i++)
                if (weights[i] && is_root(&pack->pack.entries[i]))
                        roots[pack_walk.root_count++] = i;
        pack_walk.weights = weights;
        pack_walk.roots = roots;
        pool_each(MIN_OF(walk->workers, (unsigned)WORKERS_MAX), walk->workers, work, &pack_walk);
        return end_of_walk(&pack_walk, err);
}

/* ---- loose objects ---- */

struct loose_walk {
        const struct odb *odb;
        const struct odb_walk *walk;
        _Atomic uint32_t next;
        _Atomic bool is_out_of_memory;
};

static void visit_loose(const struct loose_walk *walk, struct odb_reader *reader, uint32_t number,
                        unsigned worker) {
        struct odb_visit visit = { .number = number, .worker = worker, .is_wanted = true };
        struct odb_object object;
        struct err err = { 0 };
        void *state;

        if (odb_read(reader, number, &object, &err)) {
                visit.type = object.type;
                visit.bytes = object.bytes;
                if (!(walk->walk->types & ODB_TYPES(object.type)))
                        return;
        } else
                visit.err = &err;
        state = walk->walk->visit(walk->walk->ctx, &visit);
        if (state && walk->walk->release)
                walk->walk->release(walk->walk->ctx, state);
}

static void work_loose(void *ctx, size_t index) {
        struct loose_walk *walk = ctx;
        AUTO_ODB_READER *reader = odb_reader_open(walk->odb);
        uint32_t at;

        if (!reader)
                walk->is_out_of_memory = true;
        while (reader && !interrupt_requested() && (at = walk->next++) < walk->odb->loose_count) {
                uint32_t number = walk->odb->loose_first + at;

                if (number_is_wanted(walk->odb, walk->walk, number))
                        visit_loose(walk, reader, number, (unsigned)index);
        }
}

static bool walk_loose(const struct odb *odb, const struct odb_walk *walk, struct err *err) {
        struct loose_walk loose = { .odb = odb, .walk = walk };

        if (odb->loose_count)
                pool_each(MIN_OF(walk->workers, (unsigned)WORKERS_MAX), walk->workers, work_loose,
                          &loose);
        if (loose.is_out_of_memory)
                return err_set(err, ERR_LIMIT, "no memory left for the objects");
        return !interrupt_requested() || err_set(err, ERR_INTERRUPTED, "interrupted");
}

bool odb_walk(const struct odb *odb, const struct odb_walk *walk, struct err *err) {
        for (size_t i = 0; i < odb->packs.count; i++)
                if (!walk_pack(odb, walk, &odb->packs.items[i], err))
                        return false;
        return walk_loose(odb, walk, err);
}
