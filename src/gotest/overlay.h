/* gotest/overlay.h: source that finds goroutines which a package's tests leave behind.
 *
 * The go command is given replacements for files (`go help build`, -overlay), so nothing of the
 * user's is changed: one more test file in the package with two functions, one that notes which
 * goroutines there are before m.Run and one that looks afterwards until those that are new and
 * stand in the tree are gone, or OVERLAY_SETTLE_MS have passed. A package without TestMain gets one
 * in that file. In one with TestMain every call of Run on a *testing.M parameter is wrapped, on its
 * line, so that line numbers stay. Where m.Run is called by another package (goleak) it is left
 * alone. */
#pragma once

#include "base/str.h"

#define OVERLAY_HELPER "weir_leaks_test.go"
#define OVERLAY_SETTLE_MS 2000

/* A test file that takes part in the build; its package clause and its bytes. */
struct overlay_file {
        struct str name; /* base name */
        struct str package_name;
        struct str text;
};

struct overlay_input {
        const struct overlay_file *files; /* of one folder: foo's and foo_test's tests */
        size_t count;
        struct str mark; /* a line that begins and ends the report; no quotes in it */
        struct str tree; /* the folder that the tests run in: goroutines elsewhere do not count */
};

struct overlay {
        struct str helper;           /* the text of OVERLAY_HELPER */
        struct overlay_file *copies; /* files to replace */
        size_t copy_count;
};

/* False where the package is better left alone: no tests, a helper of that name, a TestMain that
 * does not call Run itself. */
bool overlay_make(struct arena *arena, const struct overlay_input *input,
                  struct overlay *ret_overlay);
