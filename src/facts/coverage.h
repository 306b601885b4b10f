/* facts/coverage.h: how much of the delivery its tests run, by the profiles that were given.
 *
 * The figures are those of `go tool cover -func`: a package and the total are the sums over their
 * functions. Statements outside functions (of function literals in package variables) are in no
 * function, and count in the patch only. */
#pragma once

#include "facts/facts.h"

#define COVERAGE_FILES_SHOWN 200                   /* source files that a report shows */
#define COVERAGE_SOURCE_SHOWN ((size_t)1500 << 10) /* bytes of them together */

struct coverage_sum {
        uint64_t statements, covered;
};

struct coverage_function {
        struct str name; /* without receiver */
        uint32_t line;   /* of `func`, as the go command's tools count: line directives hold */
        struct coverage_sum sum;
};

enum coverage_line {
        COVERAGE_LINE_NONE, /* no statement */
        COVERAGE_LINE_RAN,
        COVERAGE_LINE_MISSED,
        COVERAGE_LINE_PARTLY, /* some of its statements */
};

/* What a report shows of a file: one letter (enum coverage_line) for each line. */
struct coverage_source {
        struct str text;
        const unsigned char *lines;
        size_t line_count;
};

struct coverage_file {
        struct str path; /* in the tree */
        size_t package;
        const struct coverage_function *functions;
        size_t function_count;
        struct coverage_sum sum, patch;
        const struct changed_file *change;    /* NULL: not changed, or no base */
        const struct coverage_source *source; /* NULL: not shown */
};

struct coverage_package {
        struct str path; /* the import path */
        struct str dir;  /* in the tree */
        struct coverage_sum sum, patch;
};

/* Files that do not count, and why. */
struct coverage_excluded {
        struct str pattern; /* empty: generated files */
        size_t files;
        uint64_t statements;
};

struct coverage {
        const char *mode;
        struct coverage_sum total, patch;
        bool has_patch;                    /* there is a base */
        const struct coverage_file *files; /* sorted by path */
        size_t file_count;
        const struct coverage_package *packages; /* sorted by path */
        size_t package_count;
        const struct coverage_excluded *excluded;
        size_t excluded_count;
        size_t files_not_shown; /* with statements, for want of room */
};

/* In percent. Nothing to cover is 0, as the go command's tools say. */
double coverage_percent(struct coverage_sum sum);

/* Whether at least `hundredths` of a percent are covered; nothing to cover always is. Exact. */
bool coverage_reaches(struct coverage_sum sum, int64_t hundredths);

/* Whether less is covered than before, by more than `hundredths` of a point. Exact. */
bool coverage_falls(struct coverage_sum before, struct coverage_sum now, int64_t hundredths);

/* "79.96", cut off behind the second digit, never rounded up. */
struct str coverage_words(struct arena *arena, struct coverage_sum sum);
