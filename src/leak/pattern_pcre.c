#include "leak/pattern_parts.h"

#include <string.h>

/* The translation works on bytes, without PCRE2's UTF mode: there, a byte that is no UTF-8 is
 * matched by nothing, while Go takes it for one U+FFFD. So a set is spelled as the byte sequences
 * of its code points, and where it holds U+FFFD also as a byte at which no code point starts.
 * Matches begin where Go's may, between code points: what needs it is guarded by AT_BOUNDARY.
 *
 * Parts that are used often are groups of a DEFINE at the end, numbered behind the expression's
 * own. */
enum part { PART_CHARACTER, PART_LONG, PART_LONGEST, PART_NO_UTF8, PART_BEYOND_ASCII, PART_COUNT };

#define TWO "[\\xc2-\\xdf][\\x80-\\xbf]"
#define THREE                                                                                      \
        "\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|"                 \
        "\\xed[\\x80-\\x9f][\\x80-\\xbf]"
#define FOUR                                                                                       \
        "\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|"                        \
        "\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}"

struct writer {
        struct arena *arena;
        struct buf out;
        uint32_t first_part; /* group number of part 0 */
        bool needs_parts;
        struct point_set *sets; /* those that have a part of their own, behind the others */
        size_t set_count, set_capacity;
};

static void call(struct writer *w, size_t part) {
        w->needs_parts = true;
        buf_printf(&w->out, "(?%u)", w->first_part + (uint32_t)part);
}

/* Bytes. */

static void write_byte(struct writer *w, uint8_t byte) {
        bool is_plain =
                (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');

        buf_printf(&w->out, is_plain ? "%c" : "\\x%02x", byte);
}

static void write_byte_range(struct writer *w, uint8_t first, uint8_t last) {
        if (first == last)
                write_byte(w, first);
        else
                buf_printf(&w->out, "[\\x%02x-\\x%02x]", first, last);
}

struct sequences {
        struct byte_sequence *items;
        size_t count, capacity;
};

static bool differ_at_last(const struct byte_sequence *a, const struct byte_sequence *b) {
        return a->size == b->size && memcmp(a->first, b->first, a->size - 1) == 0 &&
               memcmp(a->last, b->last, a->size - 1) == 0;
}

/* The sequence at `at` with those behind it that differ in their last byte alone; returns how many.
 */
static size_t write_sequences(struct writer *w, const struct sequences *all, size_t at) {
        const struct byte_sequence *s = &all->items[at];
        bool bytes[256] = { false };
        unsigned last = s->size - 1;
        size_t count = 0;

        for (unsigned i = 0; i < last; i++)
                write_byte_range(w, s->first[i], s->last[i]);
        for (; at + count < all->count && differ_at_last(s, &s[count]); count++)
                for (unsigned c = s[count].first[last]; c <= s[count].last[last]; c++)
                        bytes[c] = true;
        if (count == 1)
                write_byte_range(w, s->first[last], s->last[last]);
        else
                byte_class_write(&w->out, bytes);
        return count;
}

static void write_ascii(struct writer *w, struct point_set ascii) {
        bool bytes[256] = { false };

        for (size_t i = 0; i < ascii.count; i++)
                for (uint32_t c = ascii.items[i].first; c <= ascii.items[i].last; c++)
                        bytes[c] = true;
        if (ascii.count == 1 && ascii.items[0].first == ascii.items[0].last)
                write_byte(w, (uint8_t)ascii.items[0].first);
        else
                byte_class_write(&w->out, bytes);
}

/* Sets. */

static bool is_all_beyond_ascii(struct point_set set) {
        return set.count == 1 && set.items[0].first == ASCII_MAX + 1 &&
               set.items[0].last == POINT_MAX;
}

static struct sequences sequences_of(struct writer *w, struct point_set set) {
        struct sequences all = { 0 };

        for (size_t i = 0; i < set.count; i++) {
                struct byte_sequence sequences[BYTE_SEQUENCES_MAX];
                size_t count = utf8_sequences(set.items[i], sequences);

                for (size_t k = 0; k < count; k++)
                        *VEC_ADD(w->arena, &all) = sequences[k];
        }
        return all;
}

/* Alternatives for the code points beyond ASCII. */
static void write_beyond(struct writer *w, struct point_set set) {
        struct sequences all = sequences_of(w, set);

        for (size_t i = 0; i < all.count;) {
                if (i)
                        buf_add_char(&w->out, '|');
                i += write_sequences(w, &all, i);
        }
        if (points_have(set, POINT_ERROR)) {
                buf_add_char(&w->out, '|');
                call(w, PART_NO_UTF8);
        } else if (!all.count) {
                buf_add(&w->out, STR("(?!)")); /* surrogates: no text has them */
        }
}

static size_t part_of_set(struct writer *w, struct point_set set) {
        for (size_t i = 0; i < w->set_count; i++)
                if (points_eq(w->sets[i], set))
                        return PART_COUNT + i;
        w->sets = vec_reserve(w->arena, w->sets, w->set_count, &w->set_capacity, sizeof(*w->sets));
        w->sets[w->set_count] = set;
        return PART_COUNT + w->set_count++;
}

#define INLINE_RANGES_MAX 2 /* that are not worth a part of their own */

static void call_beyond(struct writer *w, struct point_set beyond) {
        if (is_all_beyond_ascii(beyond))
                call(w, PART_BEYOND_ASCII);
        else if (beyond.count <= INLINE_RANGES_MAX && !points_have(beyond, POINT_ERROR))
                write_beyond(w, beyond);
        else
                call(w, part_of_set(w, beyond));
}

struct halves {
        struct point_set ascii, beyond;
};

static struct halves split_set(struct writer *w, struct point_set set) {
        return (struct halves){ points_clip(w->arena, set, 0, ASCII_MAX),
                                points_clip(w->arena, set, ASCII_MAX + 1, POINT_MAX) };
}

static void write_set(struct writer *w, struct point_set set) {
        struct halves halves = split_set(w, set);

        if (!set.count) {
                buf_add(&w->out, STR("(?!)"));
        } else if (!halves.beyond.count) {
                write_ascii(w, halves.ascii);
        } else {
                buf_add(&w->out, STR("(?:"));
                if (halves.ascii.count) {
                        write_ascii(w, halves.ascii);
                        buf_add_char(&w->out, '|');
                }
                call_beyond(w, halves.beyond);
                buf_add_char(&w->out, ')');
        }
}

/* Nodes. */

static void write_node(struct writer *w, const struct node *node);

static const char *const assertions[] = {
        [AT_TEXT_START] = "\\A",  [AT_TEXT_END] = "\\z", [AT_LINE_START] = "(?m:^)",
        [AT_LINE_END] = "(?m:$)", [AT_WORD] = "\\b",     [AT_NO_WORD] = "\\B",
};

/* An ASCII letter in both cases and nothing else. */
static bool is_letter_pair(const struct node *node) {
        const struct point_range *r = node->set.items;

        return node->kind == NODE_SET && node->set.count == 2 && r[0].first == r[0].last &&
               r[1].first == r[1].last && r[0].first >= 'A' && r[0].first <= 'Z' &&
               r[1].first == (r[0].first | 0x20);
}

static size_t letter_run(const struct node *const *items, size_t count) {
        size_t run = 0;

        while (run < count && is_letter_pair(items[run]))
                run++;
        return run;
}

static void write_letters(struct writer *w, const struct node *const *items, size_t count) {
        buf_add(&w->out, STR("(?i:"));
        for (size_t i = 0; i < count; i++)
                buf_add_char(&w->out, (char)(items[i]->set.items[0].first | 0x20));
        buf_add_char(&w->out, ')');
}

static void write_concat(struct writer *w, const struct node *node) {
        const struct node *const *items = (const struct node *const *)node->items;

        for (size_t i = 0, run; i < node->count; i += MAX_OF(run, 1)) {
                run = letter_run(items + i, node->count - i);
                if (run)
                        write_letters(w, items + i, run);
                else if (items[i]->kind == NODE_ALTERNATE)
                        buf_add(&w->out, STR("(?:"));
                if (!run)
                        write_node(w, items[i]);
                if (!run && items[i]->kind == NODE_ALTERNATE)
                        buf_add_char(&w->out, ')');
        }
}

static void write_alternate(struct writer *w, const struct node *node) {
        for (size_t i = 0; i < node->count; i++) {
                if (i)
                        buf_add_char(&w->out, '|');
                write_node(w, node->items[i]);
        }
}

static void write_counts(struct writer *w, uint32_t min, uint32_t max, bool is_lazy) {
        if (max == REPEAT_NO_MAX)
                buf_printf(&w->out, "{%u,}", min);
        else if (min == max)
                buf_printf(&w->out, "{%u}", min);
        else
                buf_printf(&w->out, "{%u,%u}", min, max);
        if (is_lazy)
                buf_add_char(&w->out, '?');
}

/* An endless repeat of a set with characters beyond ASCII, as runs of ASCII with others between:
 * it tries the same ends in the same order, and PCRE2 keeps nothing for each character. */
static void write_endless(struct writer *w, const struct halves *halves, bool is_lazy) {
        const char *star = is_lazy ? "*?" : "*";

        write_ascii(w, halves->ascii);
        buf_printf(&w->out, "%s(?:(?:", star);
        call_beyond(w, halves->beyond);
        buf_add_char(&w->out, ')');
        write_ascii(w, halves->ascii);
        buf_printf(&w->out, "%s)%s", star, star);
}

static bool write_repeated_set(struct writer *w, const struct node *node) {
        const struct node *item = node->items[0];
        struct halves halves;

        if (item->kind != NODE_SET || node->max != REPEAT_NO_MAX)
                return false;
        halves = split_set(w, item->set);
        if (!halves.ascii.count || !halves.beyond.count)
                return false;
        if (node->min) {
                write_set(w, item->set);
                write_counts(w, node->min, node->min, false);
        }
        write_endless(w, &halves, node->is_lazy);
        return true;
}

static void write_repeat(struct writer *w, const struct node *node) {
        const struct node *item = node->items[0];

        if (write_repeated_set(w, node))
                return;
        /* PCRE2 repeats a single class far better than a group. */
        if (item->kind == NODE_GROUP || (item->kind == NODE_SET && item->set.count)) {
                write_node(w, item);
        } else {
                buf_add(&w->out, STR("(?:"));
                write_node(w, item);
                buf_add_char(&w->out, ')');
        }
        write_counts(w, node->min, node->max, node->is_lazy);
}

static void write_group(struct writer *w, const struct node *node) {
        buf_add_char(&w->out, '(');
        write_node(w, node->items[0]);
        buf_add_char(&w->out, ')');
}

static void write_node(struct writer *w, const struct node *node) {
        switch (node->kind) {
        case NODE_EMPTY:
                break;
        case NODE_SET:
                write_set(w, node->set);
                break;
        case NODE_ASSERT:
                buf_add(&w->out, str_of(assertions[node->assertion]));
                break;
        case NODE_GROUP:
                write_group(w, node);
                break;
        case NODE_CONCAT:
                write_concat(w, node);
                break;
        case NODE_ALTERNATE:
                write_alternate(w, node);
                break;
        case NODE_REPEAT:
                write_repeat(w, node);
                break;
        }
}

/* Whether a match may begin with nothing, or with a byte that is no UTF-8: then it could begin
 * within a character, too. */
static bool may_begin_within(const struct node *node) {
        if (node->kind == NODE_SET)
                return points_have(node->set, POINT_ERROR);
        for (size_t i = 0; i < node->count; i++) {
                if (may_begin_within(node->items[i]))
                        return true;
                if (node->kind == NODE_CONCAT && node->items[i]->width_min)
                        return false;
        }
        return false;
}

/* Not behind a byte that starts a character which goes on here. */
static void write_boundary(struct writer *w) {
        buf_add(&w->out, STR("(?(?=[\\x80-\\xbf])(?<!(?="));
        call(w, PART_CHARACTER);
        buf_add(&w->out, STR(")[\\xc2-\\xf4])(?<!(?="));
        call(w, PART_LONG);
        buf_add(&w->out, STR(")[\\xe0-\\xf4][\\x80-\\xbf])(?<!(?="));
        call(w, PART_LONGEST);
        buf_add(&w->out, STR(")[\\xf0-\\xf4][\\x80-\\xbf]{2}))"));
}

static void write_parts(struct writer *w) {
        buf_add(&w->out,
                STR("(?(DEFINE)(" TWO "|" THREE "|" FOUR ")(" THREE "|" FOUR ")(" FOUR ")((?!"));
        call(w, PART_CHARACTER);
        buf_add(&w->out, STR(")[\\x80-\\xff])((?>" TWO "|" THREE "|" FOUR "|[\\x80-\\xff]))"));
        for (size_t i = 0; i < w->set_count; i++) {
                buf_add_char(&w->out, '(');
                write_beyond(w, w->sets[i]);
                buf_add_char(&w->out, ')');
        }
        buf_add_char(&w->out, ')');
}

struct str pattern_to_pcre(struct arena *arena, const struct node *root, uint32_t groups) {
        struct writer w = { .arena = arena, .out = buf_make(arena), .first_part = groups + 1 };

        if (root->width_min == 0 || may_begin_within(root))
                write_boundary(&w);
        if (root->kind == NODE_ALTERNATE)
                buf_add(&w.out, STR("(?:"));
        write_node(&w, root);
        if (root->kind == NODE_ALTERNATE)
                buf_add_char(&w.out, ')');
        if (w.needs_parts)
                write_parts(&w);
        return buf_str(&w.out);
}
