#include "leak/pattern_parts.h"

#include <stdlib.h>
#include <string.h>

static const struct point_range class_ranges[] = {
#define CLASS_RANGE(first, last) { first, last },
#define CLASS_NAME(name, first, count)
#include "leak/pattern_class.def"
#undef CLASS_RANGE
#undef CLASS_NAME
};

static const struct class_name {
        const char *name;
        uint16_t first, count; /* in class_ranges */
} class_names[] = {
#define CLASS_RANGE(first, last)
#define CLASS_NAME(name, first, count) { name, first, count },
#include "leak/pattern_class.def"
#undef CLASS_RANGE
#undef CLASS_NAME
};

/* Where a code point folds to: to the one that stands for all that are the same. */
static const struct fold_range {
        uint32_t first, last, stride;
        int32_t delta;
} fold_ranges[] = {
        { 'A', 'Z', 1, 'a' - 'A' },
#define FOLD_RANGE(first, last, stride, delta) { first, last, stride, delta },
#include "gomod/fold.def"
#undef FOLD_RANGE
};

void points_add(struct arena *arena, struct point_vec *vec, uint32_t first, uint32_t last) {
        *VEC_ADD(arena, vec) = (struct point_range){ first, last };
}

void points_add_set(struct arena *arena, struct point_vec *vec, struct point_set set) {
        for (size_t i = 0; i < set.count; i++)
                points_add(arena, vec, set.items[i].first, set.items[i].last);
}

static int compare_ranges(const void *a, const void *b) {
        const struct point_range *x = a, *y = b;

        return x->first < y->first ? -1 : x->first > y->first;
}

struct point_set points_close(struct point_vec *vec) {
        size_t count = 0;

        if (vec->count > 1)
                qsort(vec->items, vec->count, sizeof(*vec->items), compare_ranges);
        for (size_t i = 0; i < vec->count; i++) {
                struct point_range range = vec->items[i];

                if (count && range.first <= vec->items[count - 1].last + 1)
                        vec->items[count - 1].last = MAX_OF(vec->items[count - 1].last, range.last);
                else
                        vec->items[count++] = range;
        }
        vec->count = count;
        return (struct point_set){ vec->items, count };
}

struct point_set points_negate(struct arena *arena, struct point_set set) {
        struct point_vec out = { 0 };
        uint32_t next = 0;

        for (size_t i = 0; i < set.count; i++) {
                if (set.items[i].first > next)
                        points_add(arena, &out, next, set.items[i].first - 1);
                next = set.items[i].last + 1;
        }
        if (next <= POINT_MAX)
                points_add(arena, &out, next, POINT_MAX);
        return (struct point_set){ out.items, out.count };
}

/* The first range that ends at or behind point. */
static size_t range_from(struct point_set set, uint32_t point) {
        size_t low = 0, high = set.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (set.items[middle].last < point)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

bool points_have(struct point_set set, uint32_t point) {
        size_t at = range_from(set, point);

        return at < set.count && set.items[at].first <= point;
}

struct point_set points_clip(struct arena *arena, struct point_set set, uint32_t first,
                             uint32_t last) {
        struct point_vec out = { 0 };

        for (size_t i = range_from(set, first); i < set.count && set.items[i].first <= last; i++)
                points_add(arena, &out, MAX_OF(set.items[i].first, first),
                           MIN_OF(set.items[i].last, last));
        return (struct point_set){ out.items, out.count };
}

bool points_eq(struct point_set a, struct point_set b) {
        if (a.count != b.count)
                return false;
        for (size_t i = 0; i < a.count; i++)
                if (a.items[i].first != b.items[i].first || a.items[i].last != b.items[i].last)
                        return false;
        return true;
}

/* Adds what the points of set between first and last (one in stride of them) are moved to. */
static void add_moved(struct arena *arena, struct point_vec *vec, struct point_set set,
                      const struct fold_range *fold, bool backwards) {
        int32_t there = backwards ? fold->delta : 0, move = backwards ? -fold->delta : fold->delta;
        uint32_t first = fold->first + (uint32_t)there, last = fold->last + (uint32_t)there;

        for (size_t i = range_from(set, first); i < set.count && set.items[i].first <= last; i++) {
                uint32_t from = MAX_OF(set.items[i].first, first);
                uint32_t to = MIN_OF(set.items[i].last, last);

                from += (fold->stride - (from - first) % fold->stride) % fold->stride;
                if (fold->stride == 1)
                        points_add(arena, vec, from + (uint32_t)move, to + (uint32_t)move);
                else
                        for (; from <= to; from += fold->stride)
                                points_add(arena, vec, from + (uint32_t)move,
                                           from + (uint32_t)move);
        }
}

static struct point_set add_all_moved(struct arena *arena, struct point_set set, bool backwards) {
        struct point_vec out = { 0 };

        points_add_set(arena, &out, set);
        for (size_t i = 0; i < COUNT_OF(fold_ranges); i++)
                add_moved(arena, &out, set, &fold_ranges[i], backwards);
        return points_close(&out);
}

struct point_set points_fold(struct arena *arena, struct point_set set) {
        return add_all_moved(arena, add_all_moved(arena, set, false), true);
}

static const struct point_range digit[] = { { '0', '9' } };
static const struct point_range space[] = { { '\t', '\n' }, { '\f', '\r' }, { ' ', ' ' } };
static const struct point_range word[] = { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } };
static const struct point_range alnum[] = { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' } };
static const struct point_range alpha[] = { { 'A', 'Z' }, { 'a', 'z' } };
static const struct point_range ascii[] = { { 0, ASCII_MAX } };
static const struct point_range blank[] = { { '\t', '\t' }, { ' ', ' ' } };
static const struct point_range cntrl[] = { { 0, 0x1F }, { 0x7F, 0x7F } };
static const struct point_range graph[] = { { '!', '~' } };
static const struct point_range lower[] = { { 'a', 'z' } };
static const struct point_range print[] = { { ' ', '~' } };
static const struct point_range punct[] = {
        { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' }
};
static const struct point_range posix_space[] = { { '\t', '\r' }, { ' ', ' ' } };
static const struct point_range upper[] = { { 'A', 'Z' } };
static const struct point_range xdigit[] = { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' } };

#define NAMED(name, ranges)                                                                        \
        {                                                                                          \
                STR_INIT(name), {                                                                  \
                        ranges, COUNT_OF(ranges)                                                   \
                }                                                                                  \
        }

static const struct named_set {
        struct str name;
        struct point_set set;
} perl_sets[] = { NAMED("d", digit), NAMED("s", space), NAMED("w", word) }, posix_sets[] = {
        NAMED("alnum", alnum), NAMED("alpha", alpha),       NAMED("ascii", ascii),
        NAMED("blank", blank), NAMED("cntrl", cntrl),       NAMED("digit", digit),
        NAMED("graph", graph), NAMED("lower", lower),       NAMED("print", print),
        NAMED("punct", punct), NAMED("space", posix_space), NAMED("upper", upper),
        NAMED("word", word),   NAMED("xdigit", xdigit),
};

static bool find_named(const struct named_set *sets, size_t count, struct str name,
                       struct point_set *ret_set) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(sets[i].name, name)) {
                        *ret_set = sets[i].set;
                        return true;
                }
        return false;
}

bool points_perl(char letter, struct point_set *ret_set) {
        return find_named(perl_sets, COUNT_OF(perl_sets), (struct str){ &letter, 1 }, ret_set);
}

bool points_posix(struct str name, struct point_set *ret_set) {
        return find_named(posix_sets, COUNT_OF(posix_sets), name, ret_set);
}

/* One capital letter, then small ones, without what separates words. */
static struct str canonical_name(struct arena *arena, struct str name) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];

                if (c == '_' || c == '-' || c == ' ')
                        continue;
                if (out.len == 0 && c >= 'a' && c <= 'z')
                        c = (char)(c - 'a' + 'A');
                else if (out.len && c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                buf_add_char(&out, c);
        }
        return buf_str(&out);
}

static int compare_name(const void *key, const void *item) {
        return str_cmp(*(const struct str *)key, str_of(((const struct class_name *)item)->name));
}

bool points_unicode(struct arena *arena, struct str name, struct point_set *ret_set) {
        struct str key = canonical_name(arena, name);
        const struct class_name *found = bsearch(&key, class_names, COUNT_OF(class_names),
                                                 sizeof(class_names[0]), compare_name);

        if (!found)
                return false;
        *ret_set = (struct point_set){ class_ranges + found->first, found->count };
        return true;
}

unsigned utf8_size(uint32_t point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static void encode(uint32_t point, unsigned size, uint8_t out[static 4]) {
        static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

        for (unsigned i = size; i-- > 1; point >>= 6)
                out[i] = (uint8_t)(0x80 | (point & 0x3F));
        out[0] = (uint8_t)(lead[size] | point);
}

/* The end of the longest run from first on that is one sequence: one in which each byte that is
 * free to vary is followed by bytes that take every value. */
static uint32_t sequence_end(uint32_t first, uint32_t last) {
        static const uint32_t size_last[] = { 0x7F, 0x7FF, 0xFFFF, POINT_MAX };
        unsigned size = utf8_size(first);

        last = MIN_OF(last, size_last[size - 1]);
        for (unsigned i = 1; i < size; i++) {
                uint32_t low = (1u << (6 * i)) - 1;

                if ((first | low) == (last | low))
                        return last;
                if (first & low)
                        return first | low;
                if ((last & low) != low)
                        last = (last & ~low) - 1;
        }
        return last;
}

size_t utf8_sequences(struct point_range range, struct byte_sequence *ret_sequences) {
        static const struct point_range halves[] = { { 0, 0xD7FF }, { 0xE000, POINT_MAX } };
        size_t count = 0;

        for (size_t i = 0; i < COUNT_OF(halves); i++) {
                uint32_t first = MAX_OF(range.first, halves[i].first);
                uint32_t last = MIN_OF(range.last, halves[i].last), end;

                for (; first <= last; first = end + 1) {
                        struct byte_sequence *s = &ret_sequences[count++];

                        end = sequence_end(first, last);
                        s->size = utf8_size(first);
                        encode(first, s->size, s->first);
                        encode(end, s->size, s->last);
                }
        }
        return count;
}

void byte_class_write(struct buf *out, const bool bytes[static 256]) {
        buf_add_char(out, '[');
        for (unsigned i = 0; i < 256; i++) {
                unsigned first = i;

                if (!bytes[i])
                        continue;
                while (i < 255 && bytes[i + 1])
                        i++;
                buf_printf(out, i > first ? "\\x%02x-\\x%02x" : "\\x%02x", first, i);
        }
        buf_add_char(out, ']');
}
