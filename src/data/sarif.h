/* data/sarif.h: the results in a SARIF 2.1.0 log of another tool.
 *
 * Read is what tells a finding: tool, rule, level, message, first place. A result whose kind is not
 * "fail" is no finding and left out. A run whose tool says that it did not finish is told too: what
 * it did not come to is not known. Source: SARIF 2.1.0 (OASIS), sections 3.11, 3.14, 3.20, 3.27,
 * 3.49. */
#pragma once

#include "base/err.h"

#define SARIF_FILE_MAX ((size_t)256 << 20) /* bytes */

enum sarif_level { SARIF_NOTE, SARIF_WARNING, SARIF_ERROR };

struct sarif_result {
        struct str tool, rule; /* rule may be empty */
        enum sarif_level level;
        struct str message;
        struct str uri;        /* as it stands, percent-decoded, without "file://"; may be empty */
        struct str file;       /* for the caller: the uri as a file of what is judged, or empty */
        uint32_t line, column; /* 0: none */
        bool suppressed;       /* the log itself says so */
};

/* An invocation with executionSuccessful false. */
struct sarif_failure {
        struct str tool, message; /* message: the tool's own words; may be empty */
};

struct sarif_log {
        struct sarif_result *results;
        size_t count;
        struct sarif_failure *failures;
        size_t failure_count;
};

/* Views and copies in arena. Errors: ERR_SYNTAX (no JSON, no runs, another version, a run without
 * a tool), ERR_LIMIT. */
MUST_USE bool sarif_parse(struct arena *arena, struct str file, struct str text,
                          struct sarif_log *ret_log, struct err *err);
