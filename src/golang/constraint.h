/* golang/constraint.h: whether a file belongs to a build.
 *
 * Source: `go help buildconstraint`; go/build, "Build Constraints". */
#pragma once

#include "base/err.h"
#include "golang/header.h"

/* Parentheses and operators nest no deeper, and no line is longer. */
#define CONSTRAINT_DEPTH_MAX 1000
#define CONSTRAINT_LINE_MAX 65536

/* What a build is made for. */
struct build_context {
        struct str goos, goarch;
        bool cgo;               /* CGO_ENABLED */
        uint32_t release;       /* N of the toolchain's go1.N: tags go1.1 .. go1.N hold */
        const struct str *tags; /* of -tags */
        size_t tag_count;
        const struct str *tool_tags; /* goexperiment.X, amd64.v1 */
        size_t tool_tag_count;
        /* Every tag but "ignore" counts as true and as false, whichever lets a file in, and file
         * names always match: how `go mod vendor` and `go mod tidy` look at files. */
        bool any;
};

/* The tool tags that hold by default for a target under go1.N (regabi, dwarf5, amd64.v1 ...). goexp
 * is the value of GOEXPERIMENT (comma-separated), level that of GOAMD64, GOARM ... or empty for its
 * default. */
void constraint_tool_tags(struct arena *arena, struct str goos, struct str goarch, struct str goexp,
                          struct str level, uint32_t release, const struct str **ret_tags,
                          size_t *ret_count);

/* Whether one tag holds. */
bool constraint_tag_holds(const struct build_context *context, struct str tag);

/* Whether the _GOOS, _GOARCH and _test parts of a file's base name let it in. */
bool constraint_name_matches(const struct build_context *context, struct str base_name);

/* Evaluates one constraint line ("//go:build ..." or "// +build ..."). err: what is wrong with the
 * line; column is 1-based within the line. */
MUST_USE bool constraint_eval(const struct build_context *context, struct str line, bool *ret_holds,
                              struct err *err);

/* Whether the constraint lines of a header let the file in (its name is not looked at). Errors:
 * ERR_SYNTAX for a //go:build line that cannot be parsed, or two of them (with context->any such a
 * file is just not let in). A `// +build` line that cannot be parsed does not count. */
MUST_USE bool constraint_header_matches(const struct build_context *context,
                                        const struct header *header, bool *ret_matches,
                                        struct err *err);

/* Names that the go command knows as GOOS or GOARCH in file names, past and present. */
bool constraint_is_known_os(struct str name);
bool constraint_is_known_arch(struct str name);
