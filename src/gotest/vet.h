/* gotest/vet.h: the findings in the output of `go vet -json`.
 *
 * The output is a row of objects, package to analyzer to a list of findings, with comment lines
 * ("# package") between them; an analyzer that failed has an object with "error" in place of its
 * list. Source: golang.org/x/tools/go/analysis/internal/checker, cmd/go's vet -json. */
#pragma once

#include "base/err.h"

#define VET_OBJECTS_MAX 100000 /* in one output */

struct vet_finding {
        struct str package, analyzer;
        struct str path; /* as printed, absolute */
        uint32_t line, column;
        struct str message;
};

/* Calls visit for each finding. ERR_SYNTAX where the output is no such row. Views are in arena. */
MUST_USE bool vet_parse(struct arena *arena, struct str text,
                        void (*visit)(void *ctx, const struct vet_finding *finding), void *ctx,
                        struct err *err);
