#include "facts/secrets_delta.h"

#include "gitrepo/delta.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT 8 /* bytes around a window that assertions such as \\b may look at */

struct delta_state {
        size_t count;
        uint32_t ends[]; /* rising */
};

/* The blob that is being looked through. */
struct looking {
        struct scanner *scanner;
        struct str bytes;
        size_t count;
        bool is_full; /* more ends than are carried */
        bool found;
        size_t from, to; /* the window that is open */
        bool has_window;
        size_t shift; /* of ends that are told */
        uint32_t ends[DELTA_ENDS_MAX];
};

void delta_state_free(void *ctx UNUSED, void *state) {
        free(state);
}

static bool add_end(void *ctx, size_t at) {
        struct looking *l = ctx;
        uint32_t end = (uint32_t)(at + l->shift);

        l->found = true;
        if (l->count && l->ends[l->count - 1] == end)
                return true;
        l->is_full = l->count == DELTA_ENDS_MAX;
        if (!l->is_full)
                l->ends[l->count++] = end;
        return !l->is_full;
}

static void look_through(struct looking *l, size_t from, size_t to) {
        if (l->is_full || from >= to)
                return;
        l->shift = from;
        (void)scanner_ends(l->scanner, str_slice(l->bytes, from, to), add_end, l);
        l->shift = 0;
}

static void close_window(struct looking *l) {
        if (l->has_window)
                look_through(l, l->from, l->to);
        l->has_window = false;
}

/* Windows come in rising order; those that touch are one. */
static void open_window(struct looking *l, size_t from, size_t to) {
        size_t around = SCAN_REACH_MAX + CONTEXT;

        from -= MIN_OF(from, around);
        to = MIN_OF(to + around, l->bytes.len);
        if (l->has_window && from <= l->to) {
                l->to = MAX_OF(l->to, to);
                return;
        }
        close_window(l);
        l->has_window = true;
        l->from = from;
        l->to = to;
}

/* The first end behind `from`. */
static size_t first_end(const struct delta_state *state, uint64_t from) {
        size_t low = 0, high = state->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (state->ends[middle] <= from)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void inherit(struct looking *l, const struct delta_state *base, const struct delta_op *op,
                    size_t at) {
        for (size_t i = first_end(base, op->from);
             i < base->count && base->ends[i] <= op->from + op->size && !l->is_full; i++)
                (void)add_end(l, base->ends[i] - op->from + at);
}

static int cmp_end(const void *a, const void *b) {
        uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

        return (one > other) - (one < other);
}

static void sort_ends(struct looking *l) {
        size_t kept = 0;

        qsort(l->ends, l->count, sizeof(*l->ends), cmp_end);
        for (size_t i = 0; i < l->count; i++)
                if (!kept || l->ends[kept - 1] != l->ends[i])
                        l->ends[kept++] = l->ends[i];
        l->count = kept;
}

/* False where the delta makes no sense: it was applied, so it does. */
static bool look_at_delta(struct looking *l, const struct odb_visit *visit) {
        const struct delta_state *base = visit->base_state;
        uint64_t behind = UINT64_MAX; /* what follows the last copy in the base */
        struct delta delta;
        struct delta_op op;
        size_t at = 0;

        if (!delta_open(visit->delta, &delta))
                return false;
        open_window(l, 0, 0);
        while (delta_next(&delta, &op) == DELTA_OP) {
                if (!op.is_copy)
                        open_window(l, at, at + op.size);
                else if (op.from != behind)
                        open_window(l, at, at);
                if (op.is_copy)
                        inherit(l, base, &op, at);
                at += op.size;
                behind = op.is_copy ? op.from + op.size : UINT64_MAX;
        }
        open_window(l, at, at);
        close_window(l);
        sort_ends(l);
        return true;
}

static struct delta_state *keep_state(const struct looking *l) {
        struct delta_state *state;

        if (l->is_full)
                return NULL;
        state = malloc(sizeof(*state) + l->count * sizeof(*state->ends));
        if (!state)
                return NULL;
        state->count = l->count;
        memcpy(state->ends, l->ends, l->count * sizeof(*state->ends));
        return state;
}

bool delta_suspects(struct scanner *scanner, const struct odb_visit *visit,
                    struct delta_state **ret_state) {
        struct looking l = { .scanner = scanner, .bytes = visit->bytes };

        *ret_state = NULL;
        if (scanner_is_utf16(scanner, visit->bytes))
                return scanner_suspects(scanner, visit->bytes);
        if (!visit->base_state || !look_at_delta(&l, visit)) {
                l.count = 0;
                look_through(&l, 0, l.bytes.len);
        }
        *ret_state = keep_state(&l);
        return l.found || scanner_suspects_wide(scanner, visit->bytes);
}
