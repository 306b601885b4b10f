/* leak/pattern_parts.h: a parsed expression, between the reader of Go's syntax (pattern_parse.c)
 * and its translations (pattern_pcre.c, pattern_first.c). Only leak/pattern*.c includes this. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"
#include "leak/pattern.h"

#define POINT_MAX 0x10FFFFu
#define POINT_ERROR 0xFFFDu /* what Go takes a byte for that is no UTF-8 */
#define ASCII_MAX 0x7Fu

struct point_range {
        uint32_t first, last;
};

/* Code points: ranges in order, apart from each other. */
struct point_set {
        const struct point_range *items;
        size_t count;
};

/* A set that is being put together; ranges in any order. */
struct point_vec {
        struct point_range *items;
        size_t count, capacity;
};

void points_add(struct arena *arena, struct point_vec *vec, uint32_t first, uint32_t last);
void points_add_set(struct arena *arena, struct point_vec *vec, struct point_set set);
/* The set of the ranges; sorts vec. */
struct point_set points_close(struct point_vec *vec);
struct point_set points_negate(struct arena *arena, struct point_set set);
/* With every code point that Go's simple folding takes for the same. */
struct point_set points_fold(struct arena *arena, struct point_set set);
bool points_have(struct point_set set, uint32_t point);
/* Those from first to last. */
struct point_set points_clip(struct arena *arena, struct point_set set, uint32_t first,
                             uint32_t last);
bool points_eq(struct point_set a, struct point_set b);

/* \d \s \w, [:alpha:], and \p{NAME} (its canonical form is sought); false where there is no such
 * name. */
bool points_perl(char letter, struct point_set *ret_set);
bool points_posix(struct str name, struct point_set *ret_set);
bool points_unicode(struct arena *arena, struct str name, struct point_set *ret_set);

enum node_kind {
        NODE_EMPTY,
        NODE_SET,
        NODE_ASSERT,
        NODE_GROUP,
        NODE_CONCAT,
        NODE_ALTERNATE,
        NODE_REPEAT
};

enum assertion { AT_TEXT_START, AT_TEXT_END, AT_LINE_START, AT_LINE_END, AT_WORD, AT_NO_WORD };

#define REPEAT_NO_MAX UINT32_MAX

struct node {
        enum node_kind kind;
        enum assertion assertion; /* NODE_ASSERT */
        struct point_set set;     /* NODE_SET */
        uint32_t group;           /* NODE_GROUP: its number, from 1 */
        uint32_t min, max;        /* NODE_REPEAT */
        bool is_lazy;             /* NODE_REPEAT */
        uint32_t height;          /* 1 for a leaf */
        struct node **items;      /* NODE_CONCAT, NODE_ALTERNATE; one of NODE_GROUP, NODE_REPEAT */
        size_t count;
        size_t width_min, width_max; /* bytes; SIZE_MAX: no maximum */
        uint64_t size;               /* instructions of Go's program, roughly */
};

/* The expression as a tree; ret_groups: capturing groups. Errors: those of pattern_parse. */
MUST_USE bool pattern_read(struct arena *arena, struct str source, struct node **ret_root,
                           uint32_t *ret_groups, struct err *err);

/* pattern.pcre. */
struct str pattern_to_pcre(struct arena *arena, const struct node *root, uint32_t groups);

/* pattern.first and pattern.before. */
struct str pattern_to_first(struct arena *arena, const struct node *root, size_t *ret_before);

/* One way to write code points in UTF-8: a range of each byte in turn. */
struct byte_sequence {
        uint8_t first[4], last[4];
        unsigned size;
};

#define BYTE_SEQUENCES_MAX 32 /* of one range */

/* The sequences of the code points of a range that have UTF-8 (surrogates have none), in order;
 * returns how many. */
size_t utf8_sequences(struct point_range range, struct byte_sequence *ret_sequences);

/* Bytes of the UTF-8 of a code point. */
unsigned utf8_size(uint32_t point);

/* A class of bytes, "[\x00-\x1f...]". */
void byte_class_write(struct buf *out, const bool bytes[static 256]);
