#include "gitrepo/delta.h"

#include <string.h>

#define SIZE_BITS_MAX 56 /* a size that needs more cannot be of anything that is here */
#define COPY_SIZE_DEFAULT 0x10000

static bool take_byte(struct str *rest, unsigned char *ret_byte) {
        if (!rest->len)
                return false;
        *ret_byte = (unsigned char)*rest->ptr++;
        rest->len--;
        return true;
}

static bool take_size(struct str *rest, uint64_t *ret_size) {
        unsigned char byte = 0x80;
        unsigned shift = 0;

        *ret_size = 0;
        while (byte & 0x80) {
                if (shift > SIZE_BITS_MAX || !take_byte(rest, &byte))
                        return false;
                *ret_size |= (uint64_t)(byte & 0x7f) << shift;
                shift += 7;
        }
        return true;
}

bool delta_open(struct str bytes, struct delta *ret_delta) {
        struct delta delta = { .rest = bytes };

        if (!take_size(&delta.rest, &delta.base_size) ||
            !take_size(&delta.rest, &delta.target_size))
                return false;
        *ret_delta = delta;
        return true;
}

/* The bytes of a number that the flags say are there, lowest first. */
static bool take_number(struct str *rest, unsigned flags, unsigned count, uint64_t *ret_number) {
        *ret_number = 0;
        for (unsigned i = 0; i < count; i++) {
                unsigned char byte;

                if (!(flags & (1u << i)))
                        continue;
                if (!take_byte(rest, &byte))
                        return false;
                *ret_number |= (uint64_t)byte << (8 * i);
        }
        return true;
}

static enum delta_step take_copy(struct delta *delta, unsigned flags, struct delta_op *ret_op) {
        uint64_t from, size;

        if (!take_number(&delta->rest, flags, 4, &from) ||
            !take_number(&delta->rest, flags >> 4, 3, &size))
                return DELTA_DAMAGED;
        size = size ? size : COPY_SIZE_DEFAULT;
        if (from > delta->base_size || size > delta->base_size - from)
                return DELTA_DAMAGED;
        *ret_op = (struct delta_op){ .is_copy = true, .from = from, .size = size };
        return DELTA_OP;
}

enum delta_step delta_next(struct delta *delta, struct delta_op *ret_op) {
        unsigned char first;

        if (!take_byte(&delta->rest, &first))
                return DELTA_END;
        if (first & 0x80)
                return take_copy(delta, first & 0x7f, ret_op);
        if (!first || first > delta->rest.len)
                return DELTA_DAMAGED;
        *ret_op = (struct delta_op){ .bytes = str_slice(delta->rest, 0, first), .size = first };
        delta->rest = str_slice(delta->rest, first, delta->rest.len);
        return DELTA_OP;
}

bool delta_apply(struct str bytes, struct str base, char *target, size_t target_size) {
        enum delta_step step;
        struct delta_op op;
        struct delta delta;
        size_t at = 0;

        if (!delta_open(bytes, &delta) || delta.base_size != base.len ||
            delta.target_size != target_size)
                return false;
        while ((step = delta_next(&delta, &op)) == DELTA_OP) {
                if (op.size > target_size - at)
                        return false;
                memcpy(target + at, op.is_copy ? base.ptr + op.from : op.bytes.ptr, op.size);
                at += op.size;
        }
        return step == DELTA_END && at == target_size;
}
