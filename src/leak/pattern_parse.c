#include "golang/rune.h"
#include "leak/pattern_parts.h"

#include <string.h>

#define RANGES_MAX ((size_t)1 << 20)            /* of all sets of an expression together */
#define SIZE_LIMIT ((uint64_t)(128 << 20) / 40) /* instructions; Go's limit */

enum { FOLD = 1, MULTILINE = 2, DOT_ALL = 4, UNGREEDY = 8 };

struct nodes {
        struct node **items;
        size_t count, capacity;
};

/* An open parenthesis, or the whole. */
struct frame {
        struct frame *outer;
        uint32_t group; /* 0: it captures nothing */
        unsigned flags; /* to go back to */
        struct nodes concat, branches;
};

struct parser {
        struct arena *arena;
        struct err *err;
        struct str whole, rest;
        unsigned flags;
        uint32_t groups;
        size_t ranges;
        struct frame *frame;
        const char *repeat, *last_repeat; /* where an operator starts that was just read, or NULL */
};

static bool fail(struct parser *p, const char *what, struct str where) {
        return err_set(p->err, ERR_SYNTAX, "%s: `%.*s`", what, STR_ARG(where));
}

/* What was read from `from` on. */
static struct str since(const struct parser *p, const char *from) {
        return (struct str){ from, (size_t)(p->rest.ptr - from) };
}

static void skip(struct parser *p, size_t count) {
        p->rest = str_slice(p->rest, count, p->rest.len);
}

static bool starts(const struct parser *p, const char *text) {
        return str_has_prefix(p->rest, str_of(text));
}

static char peek(const struct parser *p, size_t at) {
        return at < p->rest.len ? p->rest.ptr[at] : '\0';
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_alnum(uint32_t c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool require_utf8(struct parser *p, struct str text) {
        while (text.len) {
                size_t size;

                if (rune_decode(text, &size) == RUNE_ERROR && size == 1)
                        return fail(p, "invalid UTF-8", text);
                text = str_slice(text, size, text.len);
        }
        return true;
}

/* RUNE_ERROR at the end. */
static bool take_rune(struct parser *p, uint32_t *ret_rune) {
        size_t size;

        *ret_rune = rune_decode(p->rest, &size);
        if (*ret_rune == RUNE_ERROR && size == 1)
                return fail(p, "invalid UTF-8", p->rest);
        skip(p, size);
        return true;
}

/* Nodes. */

static struct node *node_new(struct parser *p, enum node_kind kind) {
        struct node *node = ARENA_NEW(p->arena, struct node);

        node->kind = kind;
        node->height = 1;
        node->size = 1;
        return node;
}

static void push(struct parser *p, struct node *node) {
        *VEC_ADD(p->arena, &p->frame->concat) = node;
}

static void push_assertion(struct parser *p, enum assertion assertion) {
        struct node *node = node_new(p, NODE_ASSERT);

        node->assertion = assertion;
        push(p, node);
}

static bool push_set(struct parser *p, struct point_set set) {
        struct node *node = node_new(p, NODE_SET);

        p->ranges += set.count;
        if (p->ranges > RANGES_MAX)
                return err_set(p->err, ERR_LIMIT, "expression too large");
        node->set = set;
        node->width_min = set.count ? utf8_size(set.items[0].first) : 1;
        node->width_max = set.count ? utf8_size(set.items[set.count - 1].last) : 1;
        if (points_have(set, POINT_ERROR))
                node->width_min = 1;
        push(p, node);
        return true;
}

static struct point_set fold_where_asked(struct parser *p, struct point_set set) {
        return p->flags & FOLD ? points_fold(p->arena, set) : set;
}

static bool push_literal(struct parser *p, uint32_t point) {
        struct point_vec vec = { 0 };

        points_add(p->arena, &vec, point, point);
        return push_set(p, fold_where_asked(p, points_close(&vec)));
}

static bool push_dot(struct parser *p) {
        static const struct point_range all[] = { { 0, POINT_MAX } };
        static const struct point_range no_newline[] = { { 0, '\n' - 1 }, { '\n' + 1, POINT_MAX } };

        return push_set(p, p->flags & DOT_ALL
                                   ? (struct point_set){ all, COUNT_OF(all) }
                                   : (struct point_set){ no_newline, COUNT_OF(no_newline) });
}

static size_t add_width(size_t a, size_t b) {
        return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t multiply_width(size_t width, uint32_t count) {
        size_t product;

        if (!width || !count)
                return 0;
        if (count == REPEAT_NO_MAX || __builtin_mul_overflow(width, (size_t)count, &product))
                return SIZE_MAX;
        return product;
}

static void measure_concat(struct node *node) {
        node->size = 0;
        for (size_t i = 0; i < node->count; i++) {
                const struct node *item = node->items[i];

                node->width_min = add_width(node->width_min, item->width_min);
                node->width_max = add_width(node->width_max, item->width_max);
                node->size += item->size;
        }
}

static void measure_alternate(struct node *node) {
        node->width_min = SIZE_MAX;
        for (size_t i = 0; i < node->count; i++) {
                const struct node *item = node->items[i];

                node->width_min = MIN_OF(node->width_min, item->width_min);
                node->width_max = MAX_OF(node->width_max, item->width_max);
                node->size += item->size + 1;
        }
}

static bool check_limits(struct parser *p, struct node *node) {
        for (size_t i = 0; i < node->count; i++)
                node->height = MAX_OF(node->height, node->items[i]->height + 1);
        if (node->height > PATTERN_DEPTH_MAX)
                return err_set(p->err, ERR_SYNTAX, "expression nests too deeply: `%.*s`",
                               STR_ARG(p->whole));
        if (node->size > SIZE_LIMIT)
                return err_set(p->err, ERR_SYNTAX, "expression too large: `%.*s`",
                               STR_ARG(p->whole));
        return true;
}

/* The items one behind the other, or one of them; what is of the same kind is taken apart. */
static bool join(struct parser *p, enum node_kind kind, const struct nodes *items,
                 struct node **ret_node) {
        struct nodes all = { 0 };
        struct node *node;

        if (items->count == 1) {
                *ret_node = items->items[0];
                return true;
        }
        for (size_t i = 0; i < items->count; i++) {
                struct node *item = items->items[i];

                if (item->kind == kind)
                        for (size_t k = 0; k < item->count; k++)
                                *VEC_ADD(p->arena, &all) = item->items[k];
                else
                        *VEC_ADD(p->arena, &all) = item;
        }
        *ret_node = node = node_new(p, all.count ? kind : NODE_EMPTY);
        node->items = all.items;
        node->count = all.count;
        if (node->kind == NODE_CONCAT)
                measure_concat(node);
        else if (node->kind == NODE_ALTERNATE)
                measure_alternate(node);
        return check_limits(p, node);
}

static bool end_branch(struct parser *p) {
        struct node *node;

        if (!join(p, NODE_CONCAT, &p->frame->concat, &node))
                return false;
        *VEC_ADD(p->arena, &p->frame->branches) = node;
        p->frame->concat = (struct nodes){ 0 };
        return true;
}

static void open_frame(struct parser *p, uint32_t group) {
        struct frame *frame = ARENA_NEW(p->arena, struct frame);

        frame->outer = p->frame;
        frame->group = group;
        frame->flags = p->flags;
        p->frame = frame;
}

static struct node *with_one(struct parser *p, enum node_kind kind, struct node *item) {
        struct node *node = node_new(p, kind);

        node->items = ARENA_NEW(p->arena, struct node *);
        node->items[0] = item;
        node->count = 1;
        return node;
}

static bool close_frame(struct parser *p) {
        struct frame *frame = p->frame;
        struct node *node, *inner;

        if (!end_branch(p) || !join(p, NODE_ALTERNATE, &frame->branches, &inner))
                return false;
        if (!frame->outer)
                return fail(p, "unexpected )", p->whole);
        node = inner;
        if (frame->group) {
                node = with_one(p, NODE_GROUP, inner);
                node->group = frame->group;
                node->width_min = inner->width_min;
                node->width_max = inner->width_max;
                node->size = inner->size + 2;
        }
        p->frame = frame->outer;
        p->flags = frame->flags;
        push(p, node);
        skip(p, 1);
        return check_limits(p, node);
}

/* Repetition. */

/* Whether no nested repeats come to more than left together. */
static bool repeats_fit(const struct node *node, uint32_t left) {
        if (node->kind == NODE_REPEAT &&
            (node->min > 1 || (node->max > 1 && node->max != REPEAT_NO_MAX))) {
                uint32_t most = node->max == REPEAT_NO_MAX ? node->min : node->max;

                if (most > left)
                        return false;
                left /= most;
        } else if (node->kind == NODE_REPEAT && node->max == 0) {
                return true;
        }
        for (size_t i = 0; i < node->count; i++)
                if (!repeats_fit(node->items[i], left))
                        return false;
        return true;
}

static uint64_t repeat_size(const struct node *item, uint32_t min, uint32_t max) {
        if (max == REPEAT_NO_MAX)
                return min ? 1 + min * item->size : 2 + item->size;
        return MAX_OF(1, max * item->size + (max - min));
}

/* The operator from `start` on was read but for what makes it lazy. */
static bool repeat(struct parser *p, const char *start, uint32_t min, uint32_t max) {
        struct nodes *concat = &p->frame->concat;
        struct node *node, *item;
        bool is_lazy = p->flags & UNGREEDY;

        if (peek(p, 0) == '?') {
                is_lazy = !is_lazy;
                skip(p, 1);
        }
        if (p->last_repeat)
                return fail(p, "invalid nested repetition operator", since(p, p->last_repeat));
        if (!concat->count)
                return fail(p, "missing argument to repetition operator", since(p, start));
        item = concat->items[concat->count - 1];
        concat->items[concat->count - 1] = node = with_one(p, NODE_REPEAT, item);
        node->min = min;
        node->max = max;
        node->is_lazy = is_lazy;
        node->width_min = multiply_width(item->width_min, min);
        node->width_max = multiply_width(item->width_max, max);
        node->size = repeat_size(item, min, max);
        p->repeat = start;
        if ((min > 1 || max > 1) && !repeats_fit(node, PATTERN_REPEAT_MAX))
                return fail(p, "invalid repeat count", since(p, start));
        return check_limits(p, node);
}

#define NUMBER_TOO_BIG 100000000u

/* A decimal number without needless zeros at *at; too big a one is NUMBER_TOO_BIG. */
static bool read_number(const struct parser *p, size_t *at, uint32_t *ret_number) {
        uint32_t number = 0;

        if (!is_digit(peek(p, *at)) || (peek(p, *at) == '0' && is_digit(peek(p, *at + 1))))
                return false;
        for (; is_digit(peek(p, *at)); (*at)++)
                number = MIN_OF(NUMBER_TOO_BIG, number * 10 + (uint32_t)(peek(p, *at) - '0'));
        *ret_number = number;
        return true;
}

/* {min}, {min,} or {min,max}; false where it is none of them. *ret_size: how long it is. */
static bool read_counts(const struct parser *p, uint32_t *ret_min, uint32_t *ret_max,
                        size_t *ret_size) {
        size_t at = 1;

        if (!read_number(p, &at, ret_min))
                return false;
        *ret_max = *ret_min;
        if (peek(p, at) == ',') {
                at++;
                if (peek(p, at) == '}')
                        *ret_max = REPEAT_NO_MAX;
                else if (!read_number(p, &at, ret_max))
                        return false;
        }
        *ret_size = at + 1;
        return peek(p, at) == '}';
}

static bool parse_counts(struct parser *p) {
        const char *start = p->rest.ptr;
        uint32_t min, max;
        size_t size;

        if (!read_counts(p, &min, &max, &size)) {
                skip(p, 1);
                return push_literal(p, '{');
        }
        skip(p, size);
        if (min > PATTERN_REPEAT_MAX ||
            (max != REPEAT_NO_MAX && (max > PATTERN_REPEAT_MAX || min > max)))
                return fail(p, "invalid repeat count", since(p, start));
        return repeat(p, start, min, max);
}

static bool parse_operator(struct parser *p) {
        const char *start = p->rest.ptr;

        skip(p, 1);
        return repeat(p, start, *start == '+', *start == '?' ? 1 : REPEAT_NO_MAX);
}

/* Escapes. */

static uint32_t hex_value(uint32_t c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : UINT32_MAX;
}

static bool bad_escape(struct parser *p, const char *start) {
        return fail(p, "invalid escape sequence", since(p, start));
}

/* Behind \x{ */
static bool take_braced_hex(struct parser *p, const char *start, uint32_t *ret_point) {
        uint32_t c, point = 0, digits = 0;

        for (;; digits++) {
                if (!p->rest.len)
                        return bad_escape(p, start);
                if (!take_rune(p, &c))
                        return false;
                if (c == '}')
                        break;
                if (hex_value(c) == UINT32_MAX)
                        return bad_escape(p, start);
                point = point * 16 + hex_value(c);
                if (point > POINT_MAX)
                        return bad_escape(p, start);
        }
        *ret_point = point;
        return digits ? true : bad_escape(p, start);
}

/* Behind \x */
static bool take_hex(struct parser *p, const char *start, uint32_t *ret_point) {
        uint32_t high, low;

        if (!p->rest.len)
                return bad_escape(p, start);
        if (!take_rune(p, &high))
                return false;
        if (high == '{')
                return take_braced_hex(p, start, ret_point);
        if (!take_rune(p, &low))
                return false;
        high = hex_value(high);
        low = hex_value(low);
        *ret_point = high * 16 + low;
        return high == UINT32_MAX || low == UINT32_MAX ? bad_escape(p, start) : true;
}

static bool is_octal(char c) {
        return c >= '0' && c <= '7';
}

/* \1 to \7 need a second digit, since they would be backreferences elsewhere. */
static bool take_octal(struct parser *p, const char *start, uint32_t point, uint32_t *ret_point) {
        if (point && !is_octal(peek(p, 0)))
                return bad_escape(p, start);
        for (int i = 0; i < 2 && is_octal(peek(p, 0)); i++) {
                point = point * 8 + (uint32_t)(peek(p, 0) - '0');
                skip(p, 1);
        }
        *ret_point = point;
        return true;
}

static bool take_escape(struct parser *p, uint32_t *ret_point) {
        static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
        const char *start = p->rest.ptr, *letter;
        uint32_t c;

        skip(p, 1);
        if (!p->rest.len)
                return fail(p, "trailing backslash at end of expression", STR_NONE);
        if (!take_rune(p, &c))
                return false;
        if (c >= '0' && c <= '7')
                return take_octal(p, start, c - '0', ret_point);
        if (c == 'x')
                return take_hex(p, start, ret_point);
        letter = c && c <= ASCII_MAX ? strchr(letters, (int)c) : NULL;
        if (!letter && (c > ASCII_MAX || is_alnum(c)))
                return bad_escape(p, start);
        *ret_point = letter ? (unsigned char)values[letter - letters] : c;
        return true;
}

/* Classes. */

/* \d and its kin. */
static bool take_perl_class(struct parser *p, struct point_set *ret_set) {
        char letter = peek(p, 1);

        if (peek(p, 0) != '\\' || !letter || !strchr("dswDSW", letter))
                return false;
        points_perl((char)(letter | 0x20), ret_set);
        *ret_set = fold_where_asked(p, *ret_set);
        if (!(letter & 0x20))
                *ret_set = points_negate(p->arena, *ret_set);
        skip(p, 2);
        return true;
}

static bool starts_unicode_class(const struct parser *p) {
        return peek(p, 0) == '\\' && (peek(p, 1) == 'p' || peek(p, 1) == 'P');
}

/* The name behind \p: a letter, or what stands in braces. */
static bool take_class_name(struct parser *p, struct str *ret_name) {
        const char *start = p->rest.ptr;
        struct str rest = p->rest;
        uint32_t c;
        size_t end;

        skip(p, 2);
        if (!take_rune(p, &c))
                return false;
        *ret_name = str_slice(since(p, start), 2, SIZE_MAX);
        if (c != '{')
                return true;
        end = str_find(rest, '}');
        if (end == SIZE_MAX)
                return require_utf8(p, rest) && fail(p, "invalid character class range", rest);
        *ret_name = str_slice(rest, 3, end);
        p->rest = str_slice(rest, end + 1, rest.len);
        return require_utf8(p, *ret_name);
}

static bool take_unicode_class(struct parser *p, struct point_set *ret_set) {
        const char *start = p->rest.ptr;
        bool is_negated = start[1] == 'P';
        struct str name;

        if (!take_class_name(p, &name))
                return false;
        if (str_has_prefix(name, STR("^"))) {
                is_negated = !is_negated;
                name = str_slice(name, 1, name.len);
        }
        if (!points_unicode(p->arena, name, ret_set))
                return fail(p, "invalid character class range", since(p, start));
        *ret_set = fold_where_asked(p, *ret_set);
        if (is_negated)
                *ret_set = points_negate(p->arena, *ret_set);
        return true;
}

/* [:name:] within a class. *ret_is: whether it was one. */
static bool take_posix_class(struct parser *p, struct point_set *ret_set, bool *ret_is) {
        struct str inner = str_slice(p->rest, 2, p->rest.len), name;
        bool is_negated;
        size_t end = str_find_str(inner, STR(":]"));

        *ret_is = p->rest.len > 2 && starts(p, "[:") && end != SIZE_MAX;
        if (!*ret_is)
                return true;
        name = str_slice(inner, 0, end);
        is_negated = str_has_prefix(name, STR("^"));
        if (!points_posix(str_slice(name, is_negated, name.len), ret_set))
                return fail(p, "invalid character class range", str_slice(p->rest, 0, end + 4));
        skip(p, end + 4);
        *ret_set = fold_where_asked(p, *ret_set);
        if (is_negated)
                *ret_set = points_negate(p->arena, *ret_set);
        return true;
}

static bool take_class_point(struct parser *p, struct str class, uint32_t *ret_point) {
        if (!p->rest.len)
                return fail(p, "missing closing ]", class);
        return peek(p, 0) == '\\' ? take_escape(p, ret_point) : take_rune(p, ret_point);
}

/* One point, or a range of them. */
static bool take_class_range(struct parser *p, struct str class, struct point_set *ret_set) {
        const char *start = p->rest.ptr;
        struct point_vec vec = { 0 };
        uint32_t first, last;

        if (!take_class_point(p, class, &first))
                return false;
        last = first;
        if (peek(p, 0) == '-' && p->rest.len > 1 && peek(p, 1) != ']') {
                skip(p, 1);
                if (!take_class_point(p, class, &last))
                        return false;
                if (last < first)
                        return fail(p, "invalid character class range", since(p, start));
        }
        points_add(p->arena, &vec, first, last);
        *ret_set = fold_where_asked(p, points_close(&vec));
        return true;
}

static bool take_class_item(struct parser *p, struct str class, struct point_set *ret_set) {
        bool is_posix;

        if (!take_posix_class(p, ret_set, &is_posix))
                return false;
        if (is_posix)
                return true;
        if (starts_unicode_class(p))
                return take_unicode_class(p, ret_set);
        return take_perl_class(p, ret_set) || take_class_range(p, class, ret_set);
}

static bool parse_class(struct parser *p) {
        struct str class = p->rest;
        struct point_vec vec = { 0 };
        struct point_set set;
        bool is_negated = peek(p, 1) == '^';

        skip(p, is_negated ? 2 : 1);
        for (bool is_first = true; is_first || peek(p, 0) != ']'; is_first = false) {
                if (!take_class_item(p, class, &set))
                        return false;
                points_add_set(p->arena, &vec, set);
                if (vec.count > RANGES_MAX)
                        return err_set(p->err, ERR_LIMIT, "expression too large");
        }
        skip(p, 1);
        set = points_close(&vec);
        return push_set(p, is_negated ? points_negate(p->arena, set) : set);
}

/* Groups and flags. */

static bool is_group_name(struct str name) {
        for (size_t i = 0; i < name.len; i++)
                if (!is_alnum((unsigned char)name.ptr[i]) && name.ptr[i] != '_')
                        return false;
        return name.len;
}

static bool open_group(struct parser *p, size_t size) {
        skip(p, size);
        open_frame(p, ++p->groups);
        if (p->groups >= PATTERN_GROUPS_MAX)
                return err_set(p->err, ERR_LIMIT, "over %d groups", PATTERN_GROUPS_MAX - 1);
        return true;
}

/* (?P<name> or (?<name>, which has this many bytes before the name. */
static bool open_named_group(struct parser *p, size_t before) {
        size_t end = str_find(p->rest, '>');
        struct str name = str_slice(p->rest, before, end);

        if (end == SIZE_MAX)
                return require_utf8(p, p->rest) && fail(p, "invalid named capture", p->rest);
        if (!require_utf8(p, name))
                return false;
        if (!is_group_name(name))
                return fail(p, "invalid named capture", str_slice(p->rest, 0, end + 1));
        return open_group(p, end + 1);
}

static unsigned flag_of(uint32_t letter) {
        switch (letter) {
        case 'i':
                return FOLD;
        case 'm':
                return MULTILINE;
        case 's':
                return DOT_ALL;
        default:
                return letter == 'U' ? UNGREEDY : 0;
        }
}

/* (?flags), (?flags:, (?flags-flags) and the like; lookaround and the rest of Perl end here. */
static bool parse_flags(struct parser *p) {
        const char *start = p->rest.ptr;
        unsigned on = 0, off = 0;
        bool is_off = false, has_flag = false;
        uint32_t c = 0;

        skip(p, 2);
        while (p->rest.len) {
                if (!take_rune(p, &c))
                        return false;
                if (c == ':' || c == ')' || (c == '-' && is_off) || (c != '-' && !flag_of(c)))
                        break;
                if (c == '-') {
                        is_off = true;
                        has_flag = false;
                        continue;
                }
                has_flag = true;
                *(is_off ? &off : &on) |= flag_of(c);
        }
        if ((c != ':' && c != ')') || (is_off && !has_flag))
                return fail(p, "invalid or unsupported Perl syntax", since(p, start));
        if (c == ':')
                open_frame(p, 0);
        p->flags = (p->flags | on) & ~off;
        return true;
}

static bool parse_open(struct parser *p) {
        if (peek(p, 1) != '?')
                return open_group(p, 1);
        if (starts(p, "(?P<") && p->rest.len > 4)
                return open_named_group(p, 4);
        if (starts(p, "(?<") && p->rest.len > 3)
                return open_named_group(p, 3);
        return parse_flags(p);
}

/* \Q...\E */
static bool parse_quoted(struct parser *p) {
        struct str rest = str_slice(p->rest, 2, p->rest.len);
        size_t end = str_find_str(rest, STR("\\E"));
        struct str after = end == SIZE_MAX ? STR_NONE : str_slice(rest, end + 2, rest.len);

        p->rest = str_slice(rest, 0, end);
        while (p->rest.len) {
                uint32_t point;

                if (!take_rune(p, &point) || !push_literal(p, point))
                        return false;
        }
        p->rest = after.ptr ? after : (struct str){ rest.ptr + rest.len, 0 };
        return true;
}

static bool parse_assertion(struct parser *p, size_t size, enum assertion assertion) {
        skip(p, size);
        push_assertion(p, assertion);
        return true;
}

static bool parse_set_or_point(struct parser *p) {
        struct point_set set;
        uint32_t point;

        if (starts_unicode_class(p))
                return take_unicode_class(p, &set) && push_set(p, set);
        if (take_perl_class(p, &set))
                return push_set(p, set);
        return take_escape(p, &point) && push_literal(p, point);
}

static bool parse_backslash(struct parser *p) {
        switch (peek(p, 1)) {
        case 'A':
                return parse_assertion(p, 2, AT_TEXT_START);
        case 'b':
                return parse_assertion(p, 2, AT_WORD);
        case 'B':
                return parse_assertion(p, 2, AT_NO_WORD);
        case 'z':
                return parse_assertion(p, 2, AT_TEXT_END);
        case 'C':
                return fail(p, "invalid escape sequence", str_slice(p->rest, 0, 2));
        case 'Q':
                return parse_quoted(p);
        default:
                return parse_set_or_point(p);
        }
}

static bool parse_bar(struct parser *p) {
        skip(p, 1);
        return end_branch(p);
}

static bool parse_plain(struct parser *p) {
        uint32_t point;

        return take_rune(p, &point) && push_literal(p, point);
}

static bool parse_next(struct parser *p) {
        switch (p->rest.ptr[0]) {
        case '(':
                return parse_open(p);
        case ')':
                return close_frame(p);
        case '|':
                return parse_bar(p);
        case '^':
                return parse_assertion(p, 1, p->flags & MULTILINE ? AT_LINE_START : AT_TEXT_START);
        case '$':
                return parse_assertion(p, 1, p->flags & MULTILINE ? AT_LINE_END : AT_TEXT_END);
        case '.':
                skip(p, 1);
                return push_dot(p);
        case '[':
                return parse_class(p);
        case '*':
        case '+':
        case '?':
                return parse_operator(p);
        case '{':
                return parse_counts(p);
        case '\\':
                return parse_backslash(p);
        default:
                return parse_plain(p);
        }
}

bool pattern_read(struct arena *arena, struct str source, struct node **ret_root,
                  uint32_t *ret_groups, struct err *err) {
        struct parser p = { .arena = arena, .err = err, .whole = source, .rest = source };

        open_frame(&p, 0);
        while (p.rest.len) {
                p.repeat = NULL;
                if (!parse_next(&p))
                        return false;
                p.last_repeat = p.repeat;
        }
        if (p.frame->outer)
                return fail(&p, "missing closing )", source);
        *ret_groups = p.groups;
        return end_branch(&p) && join(&p, NODE_ALTERNATE, &p.frame->branches, ret_root);
}
