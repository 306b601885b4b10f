/* gomod/sumfile.h: go.sum.
 *
 * One line per hash: module path, version or version/go.mod, "h1:" and base64. Source: Go Modules
 * Reference, "go.sum files"; cmd/go/internal/modfetch (readGoSum). Views of the file. */
#pragma once

#include "base/map.h"
#include "gomod/modpath.h"

#define SUMFILE_FILE_MAX (64u << 20) /* bytes */

struct sum_line {
        struct mod_version mod; /* version without "/go.mod" */
        bool go_mod;            /* the hash is that of the go.mod file alone */
        struct str hash;
        uint32_t line; /* 1-based */
        size_t next;   /* index of the next line for the same thing, plus one; 0: none */
};

struct sumfile {
        struct sum_line *lines; /* in order; empty lines are left out */
        size_t count;
        struct map chains; /* "path version[/go.mod]" to the lines for it; private */
};

/* Errors: ERR_SYNTAX at a line that has not exactly three fields (the go command stops there),
 * ERR_LIMIT. An empty text is a file without lines. */
MUST_USE bool sumfile_parse(struct arena *arena, struct str name, struct str text,
                            struct sumfile *ret_sum, struct err *err);

/* The first line for the module's zip, or for its go.mod; NULL where there is none. A line that the
 * go command drops (the hash of an empty go.mod, an old bug) is never given. */
const struct sum_line *sumfile_find(const struct sumfile *sum, struct mod_version mod, bool go_mod);
const struct sum_line *sumfile_next(const struct sumfile *sum, const struct sum_line *line);

/* Whether a line for it has a hash of a kind that the go command knows ("h1:"). */
bool sumfile_has(const struct sumfile *sum, struct mod_version mod, bool go_mod);
