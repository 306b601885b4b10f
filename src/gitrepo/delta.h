/* gitrepo/delta.h: how git spells one object by parts of another. Bytes in, bytes out.
 *
 * Source: gitformat-pack(5), "Deltified representation". */
#pragma once

#include "base/str.h"

struct delta {
        struct str rest;                 /* instructions that were not taken yet */
        uint64_t base_size, target_size; /* bytes, as the delta says */
};

/* One instruction: a part of the base, or bytes of its own. */
struct delta_op {
        bool is_copy;
        uint64_t from;    /* in the base, of a copy */
        struct str bytes; /* of an insertion */
        uint64_t size;    /* bytes that it adds to the target */
};

enum delta_step { DELTA_OP, DELTA_END, DELTA_DAMAGED };

/* Reads the two sizes. False where bytes are no delta. */
bool delta_open(struct str bytes, struct delta *ret_delta);

/* Takes the next instruction. What a copy names lies inside of base_size. */
enum delta_step delta_next(struct delta *delta, struct delta_op *ret_op);

/* Writes the whole target, of exactly target_size bytes. False where the delta is damaged or is not
 * of this base. */
bool delta_apply(struct str bytes, struct str base, char *target, size_t target_size);
