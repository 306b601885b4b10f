/* policy/baseline.h: findings that were there before, and so do not block.
 *
 * A JSON file, one finding per line, sorted by fingerprint so that two branches merge well:
 *     {"schema": "weir.baseline/1", "findings": [
 *       {"fingerprint": "64 hex digits", "rule": "MOD004", "file": "go.mod"} ]}
 * Only the fingerprint counts; rule and file are for people and for counting. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "check/finding.h"

#define BASELINE_SCHEMA STR("weir.baseline/1")
#define BASELINE_SIZE_MAX ((size_t)64 << 20)
#define BASELINE_FINGERPRINT_LEN 64

struct baseline_entry {
        struct str fingerprint, rule, file;
        bool used; /* a finding has it */
};

struct baseline {
        struct baseline_entry *entries; /* sorted by fingerprint, each once */
        size_t count;
};

/* Reads a baseline. Errors: ERR_SYNTAX with the place; ERR_UNSUPPORTED for another schema. */
MUST_USE bool baseline_parse(struct arena *arena, struct str file, struct str text,
                             struct baseline *ret_baseline, struct err *err);

/* The file that holds exactly these findings. */
void baseline_write(struct arena *arena, struct finding *const *findings, size_t count,
                    struct buf *out);

/* The entry of a fingerprint; NULL where there is none. */
struct baseline_entry *baseline_find(const struct baseline *baseline, struct str fingerprint);
