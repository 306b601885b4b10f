#include "cover/parts.h"

#include <stdlib.h>

#define PENDING_MAX COVER_SEGMENT_BLOCKS
#define DEAD_MIN ((size_t)2 << 20) /* bytes that may be dead before the rest is moved */
#define MOVES_PER_BLOCK 8          /* of sorting by insertion before it is given up */

void cover_parts_init(struct cover_parts *parts, struct arena_budget *budget,
                      struct cover_sum sum) {
        *parts = (struct cover_parts){ .arena = arena_make(budget),
                                       .runs = arena_make(budget),
                                       .sum = sum };
        parts->packer = cover_packer_make(&parts->arena);
        parts->by_name = map_make(&parts->arena);
        parts->pending = ARENA_ARRAY(&parts->arena, struct cover_block, PENDING_MAX);
}

void cover_parts_drop(struct cover_parts *parts) {
        arena_drop(&parts->runs);
        arena_drop(&parts->arena);
}

void cover_parts_enter(struct cover_parts *parts, struct str name, struct cover_origin origin) {
        void **part;

        cover_parts_flush(parts);
        part = map_get(&parts->by_name, name);
        if (!part) {
                struct cover_part *made = ARENA_NEW(&parts->arena, struct cover_part);

                made->name = str_dup(&parts->arena, name);
                made->origin = origin;
                part = map_put(&parts->by_name, made->name);
                *part = made;
        }
        parts->current = *part;
}

/* The segments that are alive move together, and the rest is given back. */
static void move_live(struct cover_parts *parts) {
        struct arena fresh = arena_make(parts->runs.budget);

        for (size_t i = 0; i < parts->by_name.count; i++) {
                struct cover_part *part = parts->by_name.entries[i].value;

                for (size_t j = 0; j < part->runs.count; j++)
                        part->runs.items[j] = cover_run_copy(&part->runs.items[j], &fresh);
        }
        arena_drop(&parts->runs);
        parts->runs = fresh;
        parts->dead = 0;
}

static void note_clash(struct cover_parts *parts, const struct cover_part *part,
                       const struct cover_block *block, const struct cover_block *other) {
        if (parts->clash_file.len)
                return;
        parts->clash_file = part->name;
        parts->clash = *block;
        parts->clash_statements = other->statements;
}

static void merge_last_two(struct cover_parts *parts, struct cover_part *part) {
        struct cover_run *runs = &part->runs.items[part->runs.count - 2];
        size_t before = runs[0].size + runs[1].size;
        struct cover_block x = { 0 }, y = { 0 };
        struct cover_run merged = runs[0];

        if (!cover_run_merge(runs[0], runs[1], parts->sum, &parts->packer, &parts->runs, &merged,
                             &x, &y))
                note_clash(parts, part, &x, &y);
        runs[0] = merged;
        part->runs.count--;
        parts->live = parts->live - before + merged.size;
        if (merged.size != before)
                parts->dead += before;
}

static bool wants_merge(const struct cover_part *part) {
        const struct cover_run *last = part->runs.items + part->runs.count;

        return part->runs.count >= 2 &&
               (cover_run_is_before(&last[-2], &last[-1]) || last[-2].count <= 2 * last[-1].count);
}

/* Few runs, each half as long as the one before at most. */
static void keep_order(struct cover_parts *parts, struct cover_part *part) {
        while (wants_merge(part))
                merge_last_two(parts, part);
        if (parts->dead > DEAD_MIN && parts->dead > parts->live)
                move_live(parts);
}

void cover_parts_push(struct cover_parts *parts, struct cover_run run) {
        *VEC_ADD(&parts->arena, &parts->current->runs) = run;
        parts->live += run.size;
        keep_order(parts, parts->current);
}

/* Merges what is pending into the last run, where that would come next all the same: what repeats
 * is then packed once and not twice. */
static bool merge_into_last(struct cover_parts *parts, size_t count) {
        struct cover_part *part = parts->current;
        struct cover_block x = { 0 }, y = { 0 };
        struct cover_run *last, merged;

        if (!part->runs.count)
                return false;
        last = &part->runs.items[part->runs.count - 1];
        if (last->count > 2 * count || cover_run_ends_before(last, &parts->pending[0]))
                return false;
        merged = *last;
        if (!cover_run_merge_blocks(*last, parts->pending, count, parts->sum, &parts->packer,
                                    &parts->runs, &merged, &x, &y))
                note_clash(parts, part, &x, &y);
        parts->live = parts->live - last->size + merged.size;
        parts->dead += last->size;
        *last = merged;
        keep_order(parts, part);
        return true;
}

void cover_parts_settle(struct cover_parts *parts, struct cover_part *part) {
        while (part->runs.count >= 2)
                merge_last_two(parts, part);
}

/* By insertion, as blocks come nearly in order; false where that takes too many moves. */
static bool sort_nearly_sorted(struct cover_block *blocks, size_t count) {
        size_t moves = 0;

        for (size_t i = 1; i < count; i++) {
                struct cover_block block = blocks[i];
                size_t j = i;

                while (j && cover_block_cmp(&blocks[j - 1], &block) > 0) {
                        blocks[j] = blocks[j - 1];
                        j--;
                }
                blocks[j] = block;
                moves += i - j;
                if (moves > count * MOVES_PER_BLOCK)
                        return false;
        }
        return true;
}

static int cmp_blocks(const void *a, const void *b) {
        return cover_block_cmp(a, b);
}

/* Each place once. */
static size_t merge_equals(struct cover_parts *parts, struct cover_block *blocks, size_t count) {
        size_t kept = 0;

        for (size_t i = 0; i < count; i++) {
                struct cover_block *last = kept ? &blocks[kept - 1] : NULL;

                if (!last || cover_block_cmp(last, &blocks[i])) {
                        blocks[kept++] = blocks[i];
                        continue;
                }
                if (last->statements != blocks[i].statements)
                        note_clash(parts, parts->current, last, &blocks[i]);
                last->count = cover_sum_counts(parts->sum, last->count, blocks[i].count);
        }
        return kept;
}

void cover_parts_flush(struct cover_parts *parts) {
        struct cover_run run = { 0 };
        size_t count = parts->pending_count;

        parts->pending_count = 0;
        if (!count)
                return;
        if (!sort_nearly_sorted(parts->pending, count))
                qsort(parts->pending, count, sizeof(*parts->pending), cmp_blocks);
        count = merge_equals(parts, parts->pending, count);
        if (merge_into_last(parts, count))
                return;
        cover_run_add(&run, &parts->packer, &parts->runs, parts->pending, count);
        cover_parts_push(parts, run);
}

void cover_parts_add(struct cover_parts *parts, const struct cover_block *block) {
        if (parts->pending_count == PENDING_MAX)
                cover_parts_flush(parts);
        parts->pending[parts->pending_count++] = *block;
}
