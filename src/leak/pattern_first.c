#include "leak/pattern_parts.h"

#include <math.h>
#include <string.h>

/* A part of the expression that every match contains is sought, one that is rare in text and cheap
 * to look for. The expression is taken apart into pieces that stand one behind the other; of each
 * run of pieces it is guessed how rare it is, in bits: one place in two to the power of it. */
#define PIECES_MAX 1500
#define COPIES_MAX 40     /* of what is repeated, taken apart */
#define BITS_MIN 6.0      /* less: the text could as well be searched whole */
#define BITS_ENOUGH 44.0  /* rarer is no gain */
#define COST_MAX 600.0    /* of a part; in states of an automaton, about */
#define COST_ENDLESS 300.0 /* of a part with no maximum */
#define COST_WEIGHT 0.06  /* bits that one state has to bring in */
#define WORD_BITS_MAX 1.5 /* of a letter behind a letter: words are no random letters */
#define RUN_DECAY 0.8     /* of each further one of a set of many: long words and digests exist */
#define LENGTH_WEIGHT                                                                              \
        0.3 /* bits of a piece where no word or the like stands in the part: the longer the better \
             */
#define FEW 4 /* code points of ASCII: what the first stage finds without an automaton */
#define POINT_BITS_MAX 6.0

/* How often a byte stands in source text, of 10000. */
static const uint16_t frequencies[ASCII_MAX + 1] = {
        67,   9,   7,   7,   5,   4,   10,  3,  4,   315, 307, 2,  2,   2,   2,   2,
        2,    2,   2,   2,   2,   2,   3,   3,  2,   3,   1,   1,  2,   2,   2,   1,
        1599, 12,  83,  4,   7,   10,  12,  10, 104, 104, 20,  12, 199, 33,  126, 109,
        288,  118, 86,  68,  68,  47,  61,  36, 54,  39,  119, 10, 11,  76,  10,  2,
        2,    70,  31,  48,  41,  66,  32,  20, 17,  45,  3,   10, 35,  34,  33,  45,
        45,   12,  51,  70,  64,  21,  48,  12, 16,  11,  6,   22, 22,  22,  2,   59,
        5,    318, 78,  183, 155, 520, 150, 94, 90,  279, 7,   40, 198, 112, 301, 257,
        128,  8,   322, 265, 389, 157, 56,  35, 162, 67,  11,  54, 13,  53,  1,   1,
};
#define FREQUENCY_BEYOND_ASCII 156.0

/* A node, or a repeat of it of which nothing is taken apart any more. */
struct piece {
        const struct node *node;
        uint32_t min, max;
        bool is_wordy; /* mostly letters and digits */
        double bits, cost;
        uint32_t literal; /* how many characters stand together of which each is one of few */
        size_t width_max;
};

struct pieces {
        struct piece *items;
        size_t count, capacity;
};

/* What was chosen: pieces, or one of several others. */
struct factor {
        double bits, cost;
        uint32_t literal;
        size_t length; /* pieces, the least of the branches */
        size_t before;
        const struct piece *pieces; /* NULL: branches */
        size_t piece_count;
        const struct factor *branches;
        size_t branch_count;
};

/* Guesses. */

static double share_of(struct point_set set) {
        double sum = 0;

        for (size_t i = 0; i < set.count; i++) {
                for (uint32_t c = set.items[i].first; c <= MIN_OF(set.items[i].last, ASCII_MAX);
                     c++)
                        sum += frequencies[c];
                /* Few look for certain ones; a set that holds many holds the frequent ones. */
                if (set.items[i].last > ASCII_MAX &&
                    set.items[i].last - set.items[i].first > ASCII_MAX)
                        sum += FREQUENCY_BEYOND_ASCII;
        }
        return MIN_OF(MAX_OF(sum, 1.0), 10000.0) / 10000;
}

static bool set_is_wordy(struct point_set set) {
        for (size_t i = 0; i < set.count; i++) {
                uint32_t first = set.items[i].first | 0x20;

                if ((first >= 'a' && first <= 'z') ||
                    (set.items[i].first >= '0' && set.items[i].first <= '9'))
                        return true;
        }
        return false;
}

static bool node_is_wordy(const struct node *node) {
        if (node->kind == NODE_SET)
                return set_is_wordy(node->set);
        return node->count && node_is_wordy(node->items[node->count - 1]);
}

static double set_bits(struct point_set set, bool is_behind_word) {
        double bits = -log2(share_of(set));

        return MIN_OF(bits, is_behind_word && set_is_wordy(set) ? WORD_BITS_MAX : POINT_BITS_MAX);
}

static bool set_is_few(struct point_set set) {
        uint32_t count = 0;

        for (size_t i = 0; i < set.count && set.items[i].first <= ASCII_MAX; i++)
                count += set.items[i].last - set.items[i].first + 1;
        return count && count <= FEW;
}

/* The longest run of single characters of few choices that the node contains in every case. */
static uint32_t node_literal(const struct node *node) {
        uint32_t least = UINT32_MAX, most = 0, run = 0;

        if (node->kind == NODE_SET)
                return set_is_few(node->set);
        if (node->kind == NODE_REPEAT && !node->min)
                return 0;
        for (size_t i = 0; i < node->count; i++) {
                uint32_t literal = node_literal(node->items[i]);

                run = node->items[i]->kind == NODE_SET && literal ? run + 1 : 0;
                most = MAX_OF(most, MAX_OF(run, literal));
                least = MIN_OF(least, literal);
        }
        return node->kind == NODE_ALTERNATE ? least : most;
}

static double node_bits(const struct node *node, bool is_behind_word);

static double concat_bits(const struct node *node, bool is_behind_word) {
        double bits = 0;

        for (size_t i = 0; i < node->count; i++) {
                bits += node_bits(node->items[i], is_behind_word);
                is_behind_word = node_is_wordy(node->items[i]);
        }
        return bits;
}

static double alternate_bits(const struct node *node, bool is_behind_word) {
        double share = 0;

        for (size_t i = 0; i < node->count; i++)
                share += exp2(-node_bits(node->items[i], is_behind_word));
        return MAX_OF(0, -log2(share));
}

static double repeat_bits(const struct node *item, uint32_t min, bool is_behind_word) {
        double more = node_bits(item, is_behind_word || node_is_wordy(item));
        double decay = item->kind == NODE_SET && set_is_few(item->set) ? 1 : RUN_DECAY;
        double bits = min ? node_bits(item, is_behind_word) : 0;

        for (uint32_t i = 1; i < MIN_OF(min, COPIES_MAX); i++)
                bits += more *= decay;
        return bits;
}

static double node_bits(const struct node *node, bool is_behind_word) {
        switch (node->kind) {
        case NODE_SET:
                return set_bits(node->set, is_behind_word);
        case NODE_GROUP:
                return node_bits(node->items[0], is_behind_word);
        case NODE_CONCAT:
                return concat_bits(node, is_behind_word);
        case NODE_ALTERNATE:
                return alternate_bits(node, is_behind_word);
        case NODE_REPEAT:
                return repeat_bits(node->items[0], node->min, is_behind_word);
        case NODE_EMPTY:
        case NODE_ASSERT:
                break;
        }
        return 0;
}

static double node_cost(const struct node *node) {
        double cost = node->kind == NODE_SET;

        for (size_t i = 0; i < node->count; i++)
                cost += node_cost(node->items[i]);
        if (node->kind != NODE_REPEAT)
                return cost;
        return node->max == REPEAT_NO_MAX ? cost * (node->min + 1) + COST_ENDLESS
                                          : cost * node->max;
}

/* Pieces. */

static size_t times(size_t width, uint32_t count) {
        size_t product;

        if (!width || !count)
                return 0;
        return count == REPEAT_NO_MAX || __builtin_mul_overflow(width, (size_t)count, &product)
                       ? SIZE_MAX
                       : product;
}

static size_t plus(size_t a, size_t b) {
        return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static void add_piece(struct arena *arena, struct pieces *pieces, const struct node *node,
                      uint32_t min, uint32_t max) {
        bool is_behind_word = pieces->count && pieces->items[pieces->count - 1].is_wordy;
        struct piece *piece = VEC_ADD(arena, pieces);
        double cost = node_cost(node);

        piece->node = node;
        piece->min = min;
        piece->max = max;
        piece->is_wordy = node_is_wordy(node);
        piece->bits = repeat_bits(node, min, is_behind_word);
        piece->literal = min == 1 && max == 1 ? node_literal(node) : 0;
        piece->cost = max == REPEAT_NO_MAX ? cost * (min + 1) + COST_ENDLESS : cost * max;
        piece->width_max = times(node->width_max, max);
}

static void take_apart(struct arena *arena, struct pieces *pieces, const struct node *node);

/* Copies of what is repeated, with what may be more between them, so that the run can be cut at
 * either end. */
static void take_repeat_apart(struct arena *arena, struct pieces *pieces, const struct node *node) {
        const struct node *item = node->items[0];
        uint32_t copies = MIN_OF(node->min, COPIES_MAX);
        uint32_t more = node->max == REPEAT_NO_MAX ? REPEAT_NO_MAX : node->max - copies;

        for (uint32_t i = 0; i < copies - copies / 2; i++)
                take_apart(arena, pieces, item);
        if (more)
                add_piece(arena, pieces, item, node->min - copies, more);
        for (uint32_t i = 0; i < copies / 2; i++)
                take_apart(arena, pieces, item);
}

static void take_apart(struct arena *arena, struct pieces *pieces, const struct node *node) {
        switch (node->kind) {
        case NODE_EMPTY:
        case NODE_ASSERT:
                break;
        case NODE_SET:
        case NODE_ALTERNATE:
                add_piece(arena, pieces, node, 1, 1);
                break;
        case NODE_GROUP:
        case NODE_CONCAT:
                if (pieces->count > PIECES_MAX) {
                        add_piece(arena, pieces, node, 1, 1);
                        break;
                }
                for (size_t i = 0; i < node->count; i++)
                        take_apart(arena, pieces, node->items[i]);
                break;
        case NODE_REPEAT:
                if (pieces->count > PIECES_MAX)
                        add_piece(arena, pieces, node, 1, 1);
                else
                        take_repeat_apart(arena, pieces, node);
                break;
        }
}

/* Choosing. */

static bool has_no_word(const struct factor *factor) {
        return factor->literal < 3;
}

/* An automaton that nothing wakes runs over every byte. */
static double worth(const struct factor *factor) {
        static const double penalties[] = { 44, 38, 14, 4, 0 };

        double bits = MIN_OF(factor->bits, BITS_ENOUGH);

        if (has_no_word(factor))
                bits += LENGTH_WEIGHT * (double)factor->length;
        return bits - COST_WEIGHT * factor->cost -
               penalties[MIN_OF(factor->literal, COUNT_OF(penalties) - 1)];
}

static void take_better(struct factor *best, const struct factor *other) {
        if (other->bits >= BITS_MIN && other->cost <= COST_MAX &&
            (best->bits < BITS_MIN || worth(other) > worth(best)))
                *best = *other;
}

/* A run of pieces that grows at its end. */
struct run {
        struct factor factor;
        uint32_t literal; /* of few choices, at the end */
        double decay;     /* of a set of many, at the end */
};

static bool is_single(const struct piece *piece) {
        return piece->min == 1 && piece->max == 1 && piece->node->kind == NODE_SET;
}

static void grow_run(struct run *run, const struct piece *piece) {
        struct factor *factor = &run->factor;
        double bits =
                factor->piece_count ? piece->bits : repeat_bits(piece->node, piece->min, false);

        run->literal = is_single(piece) && piece->literal ? run->literal + 1 : 0;
        run->decay = is_single(piece) && !piece->literal ? run->decay * RUN_DECAY : 1;
        factor->bits += bits * run->decay;
        factor->cost += piece->cost;
        factor->before = plus(factor->before, piece->width_max);
        factor->literal = MAX_OF(factor->literal, MAX_OF(run->literal, piece->literal));
        factor->length = ++factor->piece_count;
}

/* The runs of pieces that begin with pieces[first]; before is what may stand before it. */
static void try_runs(const struct pieces *pieces, size_t first, size_t before,
                     struct factor *best) {
        struct run run = { .factor = { .pieces = pieces->items + first, .before = before },
                           .decay = 1 };

        for (size_t i = first; i < pieces->count; i++) {
                const struct piece *piece = &pieces->items[i];

                grow_run(&run, piece);
                if (piece->min && piece->node->width_min)
                        take_better(best, &run.factor);
                if ((run.factor.bits >= BITS_ENOUGH && !has_no_word(&run.factor)) ||
                    run.factor.cost > COST_MAX)
                        break;
        }
}

static struct factor choose(struct arena *arena, const struct node *node);

static struct factor choose_branches(struct arena *arena, const struct node *node) {
        struct factor *branches = ARENA_ARRAY(arena, struct factor, node->count);
        struct factor all = { .branches = branches,
                              .branch_count = node->count,
                              .literal = UINT32_MAX,
                              .length = SIZE_MAX };
        double share = 0;

        for (size_t i = 0; i < node->count; i++) {
                branches[i] = choose(arena, node->items[i]);
                if (branches[i].bits < BITS_MIN)
                        return (struct factor){ 0 };
                share += exp2(-branches[i].bits);
                all.cost += branches[i].cost;
                all.before = MAX_OF(all.before, branches[i].before);
                all.literal = MIN_OF(all.literal, branches[i].literal);
                all.length = MIN_OF(all.length, branches[i].length);
        }
        all.bits = -log2(share);
        return all;
}

static struct factor choose_run(struct arena *arena, const struct node *node) {
        struct pieces pieces = { 0 };
        struct factor best = { 0 }, inner;
        size_t before = 0;

        take_apart(arena, &pieces, node);
        for (size_t i = 0; i < pieces.count; i++) {
                const struct piece *piece = &pieces.items[i];

                if (piece->min)
                        try_runs(&pieces, i, before, &best);
                if (piece->min == 1 && piece->max == 1 && piece->node->kind == NODE_ALTERNATE) {
                        inner = choose_branches(arena, piece->node);
                        inner.before = plus(inner.before, before);
                        take_better(&best, &inner);
                }
                before = plus(before, piece->width_max);
        }
        return best;
}

static struct factor choose(struct arena *arena, const struct node *node) {
        while (node->kind == NODE_GROUP)
                node = node->items[0];
        return node->kind == NODE_ALTERNATE ? choose_branches(arena, node)
                                            : choose_run(arena, node);
}

/* Writing. */

/* The bytes that the code points of a set are written with. */
static void mark_bytes(struct point_set set, bool bytes[static 256]) {
        for (size_t i = 0; i < set.count; i++) {
                struct byte_sequence sequences[BYTE_SEQUENCES_MAX];
                size_t count = utf8_sequences(set.items[i], sequences);

                for (size_t k = 0; k < count; k++)
                        for (unsigned b = 0; b < sequences[k].size; b++)
                                for (unsigned c = sequences[k].first[b]; c <= sequences[k].last[b];
                                     c++)
                                        bytes[c] = true;
        }
        if (points_have(set, POINT_ERROR))
                for (unsigned c = ASCII_MAX + 1; c < 256; c++)
                        bytes[c] = true;
        /* What nothing matches may be sought in vain, but has to be spelled. */
        if (!memchr(bytes, true, 256))
                bytes[0] = true;
}

/* Code points beyond ASCII: exactly where they are few, else any bytes of theirs. */
static void write_beyond(struct buf *out, struct point_set set) {
        bool bytes[256] = { false };

        if (set.count == 1 && set.items[0].first == set.items[0].last &&
            set.items[0].first != POINT_ERROR) {
                struct byte_sequence s[BYTE_SEQUENCES_MAX];

                if (utf8_sequences(set.items[0], s))
                        for (unsigned i = 0; i < s->size; i++)
                                buf_printf(out, "\\x%02x", s->first[i]);
                return;
        }
        mark_bytes(set, bytes);
        byte_class_write(out, bytes);
        buf_printf(out, "{%u,4}", points_have(set, POINT_ERROR) ? 1 : 2);
}

static void write_set(struct arena *arena, struct buf *out, struct point_set set) {
        struct point_set ascii = points_clip(arena, set, 0, ASCII_MAX);
        struct point_set beyond = points_clip(arena, set, ASCII_MAX + 1, POINT_MAX);
        bool bytes[256] = { false };

        mark_bytes(ascii, bytes);
        if (!beyond.count) {
                byte_class_write(out, bytes);
                return;
        }
        buf_add(out, STR("(?:"));
        if (ascii.count) {
                byte_class_write(out, bytes);
                buf_add_char(out, '|');
        }
        write_beyond(out, beyond);
        buf_add_char(out, ')');
}

static void write_counts(struct buf *out, uint32_t min, uint32_t max) {
        if (max == REPEAT_NO_MAX)
                buf_printf(out, "{%u,}", min);
        else if (min != max)
                buf_printf(out, "{%u,%u}", min, max);
        else if (min != 1)
                buf_printf(out, "{%u}", min);
}

/* A repeat of a set, counted in bytes. is_cut: it stands at an end, so that the least will do. */
static void write_repeated_set(struct buf *out, struct point_set set, uint32_t min, uint32_t max,
                               bool is_cut) {
        uint32_t width = utf8_size(set.items[set.count - 1].last);
        bool bytes[256] = { false };

        mark_bytes(set, bytes);
        byte_class_write(out, bytes);
        if (is_cut)
                write_counts(out, min, min);
        else
                write_counts(out, min, max == REPEAT_NO_MAX ? max : max * width);
}

static void write_node(struct arena *arena, struct buf *out, const struct node *node);

static void write_repeat(struct arena *arena, struct buf *out, const struct node *item,
                         uint32_t min, uint32_t max) {
        if (item->kind == NODE_SET && item->set.count) {
                write_repeated_set(out, item->set, min, max, false);
                return;
        }
        buf_add(out, STR("(?:"));
        write_node(arena, out, item);
        buf_add_char(out, ')');
        write_counts(out, min, max);
}

static void write_alternate(struct arena *arena, struct buf *out, const struct node *node) {
        buf_add(out, STR("(?:"));
        for (size_t i = 0; i < node->count; i++) {
                if (i)
                        buf_add_char(out, '|');
                write_node(arena, out, node->items[i]);
        }
        buf_add_char(out, ')');
}

static void write_node(struct arena *arena, struct buf *out, const struct node *node) {
        switch (node->kind) {
        case NODE_SET:
                write_set(arena, out, node->set);
                break;
        case NODE_ALTERNATE:
                write_alternate(arena, out, node);
                break;
        case NODE_REPEAT:
                write_repeat(arena, out, node->items[0], node->min, node->max);
                break;
        case NODE_GROUP:
        case NODE_CONCAT:
                for (size_t i = 0; i < node->count; i++)
                        write_node(arena, out, node->items[i]);
                break;
        case NODE_EMPTY:
        case NODE_ASSERT:
                break;
        }
}

static bool is_same_set(const struct piece *a, const struct piece *b) {
        return a->node->kind == NODE_SET && b->node->kind == NODE_SET &&
               (a->node == b->node || points_eq(a->node->set, b->node->set));
}

/* Pieces of one set that stand together; returns how many. */
static size_t write_run(struct arena *arena, struct buf *out, const struct factor *factor,
                        size_t at) {
        const struct piece *piece = &factor->pieces[at];
        uint32_t min = 0, max = 0;
        size_t count = 0;

        for (; at + count < factor->piece_count && is_same_set(piece, &piece[count]); count++) {
                min += piece[count].min;
                max = max == REPEAT_NO_MAX || piece[count].max == REPEAT_NO_MAX
                              ? REPEAT_NO_MAX
                              : max + piece[count].max;
        }
        if (count == 0) {
                write_repeat(arena, out, piece->node, piece->min, piece->max);
                return 1;
        }
        if (min == 1 && max == 1)
                write_set(arena, out, piece->node->set);
        else
                write_repeated_set(out, piece->node->set, min, max,
                                   at == 0 || at + count == factor->piece_count);
        return count;
}

static void write_factor(struct arena *arena, struct buf *out, const struct factor *factor) {
        for (size_t i = 0; i < factor->piece_count;)
                i += write_run(arena, out, factor, i);
        for (size_t i = 0; i < factor->branch_count; i++) {
                buf_add(out, i ? STR("|") : STR("(?:"));
                write_factor(arena, out, &factor->branches[i]);
        }
        if (factor->branch_count)
                buf_add_char(out, ')');
}

struct str pattern_to_first(struct arena *arena, const struct node *root, size_t *ret_before) {
        struct factor factor = choose(arena, root);
        struct buf out = buf_make(arena);

        *ret_before = factor.before == SIZE_MAX ? PATTERN_WINDOW : factor.before;
        if (factor.bits < BITS_MIN)
                return STR_NONE;
        write_factor(arena, &out, &factor);
        return buf_str(&out);
}
