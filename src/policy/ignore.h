/* policy/ignore.h: comments that silence a rule where they stand.
 *
 *     x := legacy() //weir:ignore ERR001 the legacy call cannot fail
 *     # weir:ignore CFG002,CFG003 only used in the test cluster
 *
 * In Go, go.mod and go.work the comment begins with `//`, elsewhere with `#`. It covers its own
 * line; where it stands alone, the next line that is no such comment. A reason is required. */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "check/finding.h"

#define IGNORE_RULES_MAX 16 /* of one comment */

struct ignore {
        struct str file;
        uint32_t line, column; /* of the comment */
        uint32_t covers;       /* the line it covers, if it has an effect; 0: none yet */
        struct str rule;       /* id, as written */
        struct str reason;
        const struct text *wrong; /* that it has no effect, and why; NULL where it has one */
        bool used;                /* a finding was silenced */
};

struct ignores {
        VEC(struct ignore) list;
};

/* Adds the ignore comments of one file; text must live as long as the list. Files of other kinds
 * than text, go.sum and vendor/modules.txt hold none. */
void ignore_scan(struct arena *arena, struct str file, struct str text, struct ignores *ignores);

/* Marks the first comment that covers the finding as used; NULL where none does. */
struct ignore *ignore_cover(struct ignores *ignores, const struct finding *finding);
