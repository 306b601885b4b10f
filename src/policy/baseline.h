/* policy/baseline.h: findings that were there before, and so do not block.
 *
 * A JSON file, one finding per line, sorted by fingerprint so that two branches merge well:
 *     {"schema": "weir.baseline/1", "findings": [
 *       {"fingerprint": "64 hex digits", "rule": "MOD004", "file": "go.mod"} ]}
 * Only the fingerprint counts; rule and file are for people and for counting. A member "coverage":
 * {"statements": 1000, "covered": 812} holds what was covered when it was written, which the total
 * may not fall far below. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "check/finding.h"

#define BASELINE_SCHEMA STR("weir.baseline/1")
#define BASELINE_SIZE_MAX ((size_t)64 << 20)
#define BASELINE_FINGERPRINT_LEN 64
#define BASELINE_STATEMENTS_MAX ((int64_t)1 << 31) /* so that products fit */

struct baseline_entry {
        struct str fingerprint, rule, file;
        bool used; /* a finding has it */
};

struct baseline {
        struct baseline_entry *entries; /* sorted by fingerprint, each once */
        size_t count;
        bool has_coverage;
        uint64_t statements, covered;
};

/* Reads a baseline. Errors: ERR_SYNTAX with the place; ERR_UNSUPPORTED for another schema. */
MUST_USE bool baseline_parse(struct arena *arena, struct str file, struct str text,
                             struct baseline *ret_baseline, struct err *err);

/* The file that holds exactly these findings, and the coverage of `kept` where it has one. */
void baseline_write(struct arena *arena, struct finding *const *findings, size_t count,
                    const struct baseline *kept, struct buf *out);

/* The entry of a fingerprint; NULL where there is none. */
struct baseline_entry *baseline_find(const struct baseline *baseline, struct str fingerprint);
