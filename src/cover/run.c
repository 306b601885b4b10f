#include "cover/run.h"

#include <string.h>

#define PACKED_MAX                                                                                 \
        48 /* bytes of one block: six numbers of at most ten bytes, four of them of five */

struct cover_segment {
        struct cover_segment *next;
        uint64_t last_start, last_end; /* of its last block */
        uint64_t first_start, first_end;
        size_t size;
        unsigned char bytes[];
};

uint64_t cover_sum_counts(struct cover_sum sum, uint64_t a, uint64_t b) {
        if (sum.is_set)
                return a | b;
        return b > sum.max - MIN_OF(a, sum.max) ? sum.max : a + b;
}

int cover_block_cmp(const struct cover_block *a, const struct cover_block *b) {
        if (a->start != b->start)
                return a->start < b->start ? -1 : 1;
        return (a->end > b->end) - (a->end < b->end);
}

struct cover_packer cover_packer_make(struct arena *arena) {
        return (struct cover_packer){ .bytes = arena_alloc(arena, (size_t)COVER_SEGMENT_BLOCKS *
                                                                          PACKED_MAX) };
}

static void put(struct cover_packer *packer, uint64_t value) {
        while (value >= 0x80) {
                packer->bytes[packer->size++] = (unsigned char)(value | 0x80);
                value >>= 7;
        }
        packer->bytes[packer->size++] = (unsigned char)value;
}

/* The end may lie before the start where a line directive stands in between. */
static uint64_t zigzag(int64_t value) {
        return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static int64_t unzigzag(uint64_t value) {
        return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static void pack(struct cover_packer *packer, const struct cover_block *block) {
        put(packer, COVER_LINE(block->start) - COVER_LINE(packer->before.start));
        put(packer, COVER_COLUMN(block->start));
        put(packer, zigzag((int64_t)COVER_LINE(block->end) - COVER_LINE(block->start)));
        put(packer, COVER_COLUMN(block->end));
        put(packer, block->statements);
        put(packer, block->count);
        packer->before = *block;
        packer->count++;
}

static void link_segment(struct cover_run *run, struct cover_segment *segment) {
        if (run->last)
                run->last->next = segment;
        else
                run->first = segment;
        run->last = segment;
}

/* Moves what is packed into a segment of its own. */
static void flush(struct cover_run *run, struct cover_packer *packer, struct arena *arena,
                  const struct cover_block *first) {
        struct cover_segment *segment =
                arena_alloc(arena, sizeof(struct cover_segment) + packer->size);

        *segment = (struct cover_segment){ .last_start = packer->before.start,
                                           .last_end = packer->before.end,
                                           .first_start = first->start,
                                           .first_end = first->end,
                                           .size = packer->size };
        memcpy(segment->bytes, packer->bytes, packer->size);
        link_segment(run, segment);
        run->count += packer->count;
        run->size += packer->size + sizeof(struct cover_segment);
        packer->size = packer->count = 0;
        packer->before = (struct cover_block){ 0 };
}

void cover_run_add(struct cover_run *run, struct cover_packer *packer, struct arena *arena,
                   const struct cover_block *blocks, size_t count) {
        for (size_t i = 0; i < count; i += COVER_SEGMENT_BLOCKS) {
                size_t end = MIN_OF(count, i + COVER_SEGMENT_BLOCKS);

                for (size_t j = i; j < end; j++)
                        pack(packer, &blocks[j]);
                flush(run, packer, arena, &blocks[i]);
        }
}

static uint64_t take(struct cover_cursor *cursor) {
        uint64_t value = 0;
        unsigned shift = 0;

        while (*cursor->at >= 0x80) {
                value |= (uint64_t)(*cursor->at++ & 0x7f) << shift;
                shift += 7;
        }
        return value | (uint64_t)*cursor->at++ << shift;
}

static void enter(struct cover_cursor *cursor, const struct cover_segment *segment) {
        *cursor = (struct cover_cursor){ .segment = segment };
        if (!segment)
                return;
        cursor->at = segment->bytes;
        cursor->end = segment->bytes + segment->size;
}

struct cover_cursor cover_run_walk(const struct cover_run *run) {
        struct cover_cursor cursor;

        enter(&cursor, run->first);
        return cursor;
}

bool cover_cursor_next(struct cover_cursor *cursor, struct cover_block *ret_block) {
        struct cover_block *block = &cursor->block;
        uint32_t line;

        if (cursor->left) {
                cursor->left--;
                *ret_block = *cursor->blocks++;
                return true;
        }
        while (cursor->segment && cursor->at == cursor->end)
                enter(cursor, cursor->segment->next);
        if (!cursor->segment)
                return false;
        line = COVER_LINE(block->start) + (uint32_t)take(cursor);
        block->start = COVER_PLACE(line, take(cursor));
        line = (uint32_t)((int64_t)line + unzigzag(take(cursor)));
        block->end = COVER_PLACE(line, take(cursor));
        block->statements = (uint32_t)take(cursor);
        block->count = take(cursor);
        *ret_block = *block;
        return true;
}

bool cover_run_ends_before(const struct cover_run *run, const struct cover_block *block) {
        return run->last->last_start < block->start ||
               (run->last->last_start == block->start && run->last->last_end < block->end);
}

bool cover_run_is_before(const struct cover_run *a, const struct cover_run *b) {
        struct cover_block first = { .start = b->first->first_start, .end = b->first->first_end };

        return cover_run_ends_before(a, &first);
}

static struct cover_run linked(struct cover_run a, struct cover_run b) {
        a.last->next = b.first;
        a.last = b.last;
        a.count += b.count;
        a.size += b.size;
        return a;
}

/* The writing end of a merge. */
struct output {
        struct cover_run run;
        struct cover_packer *packer;
        struct arena *arena;
        struct cover_block first; /* of the segment that is packed */
};

static void output_add(struct output *out, const struct cover_block *block) {
        if (out->packer->count == COVER_SEGMENT_BLOCKS)
                flush(&out->run, out->packer, out->arena, &out->first);
        if (!out->packer->count)
                out->first = *block;
        pack(out->packer, block);
}

static bool interleave(struct cover_cursor *left, struct cover_cursor *right, struct cover_sum sum,
                       struct output *out, struct cover_block *x, struct cover_block *y) {
        bool has_x = cover_cursor_next(left, x), has_y = cover_cursor_next(right, y);

        while (has_x || has_y) {
                int order = !has_y ? -1 : !has_x ? 1 : cover_block_cmp(x, y);

                if (order == 0) {
                        if (x->statements != y->statements)
                                return false;
                        x->count = cover_sum_counts(sum, x->count, y->count);
                }
                output_add(out, order <= 0 ? x : y);
                if (order <= 0)
                        has_x = cover_cursor_next(left, x);
                if (order >= 0)
                        has_y = cover_cursor_next(right, y);
        }
        return true;
}

static bool merge(struct cover_cursor left, struct cover_cursor right, struct cover_sum sum,
                  struct cover_packer *packer, struct arena *arena, struct cover_run *ret_run,
                  struct cover_block *ret_a, struct cover_block *ret_b) {
        struct output out = { .packer = packer, .arena = arena };

        if (!interleave(&left, &right, sum, &out, ret_a, ret_b)) {
                packer->size = packer->count = 0;
                packer->before = (struct cover_block){ 0 };
                return false;
        }
        if (packer->count)
                flush(&out.run, packer, arena, &out.first);
        *ret_run = out.run;
        return true;
}

bool cover_run_merge(struct cover_run a, struct cover_run b, struct cover_sum sum,
                     struct cover_packer *packer, struct arena *arena, struct cover_run *ret_run,
                     struct cover_block *ret_a, struct cover_block *ret_b) {
        if (!a.count || !b.count) {
                *ret_run = a.count ? a : b;
                return true;
        }
        if (cover_run_is_before(&a, &b) || cover_run_is_before(&b, &a)) {
                *ret_run = cover_run_is_before(&a, &b) ? linked(a, b) : linked(b, a);
                return true;
        }
        return merge(cover_run_walk(&a), cover_run_walk(&b), sum, packer, arena, ret_run, ret_a,
                     ret_b);
}

bool cover_run_merge_blocks(struct cover_run run, const struct cover_block *blocks, size_t count,
                            struct cover_sum sum, struct cover_packer *packer, struct arena *arena,
                            struct cover_run *ret_run, struct cover_block *ret_a,
                            struct cover_block *ret_b) {
        struct cover_cursor unpacked = { .blocks = blocks, .left = count };

        return merge(cover_run_walk(&run), unpacked, sum, packer, arena, ret_run, ret_a, ret_b);
}

struct cover_run cover_run_copy(const struct cover_run *run, struct arena *arena) {
        struct cover_run copy = { .count = run->count, .size = run->size };

        for (const struct cover_segment *from = run->first; from; from = from->next) {
                size_t size = sizeof(*from) + from->size;
                struct cover_segment *to = arena_alloc(arena, size);

                memcpy(to, from, size);
                to->next = NULL;
                link_segment(&copy, to);
        }
        return copy;
}
