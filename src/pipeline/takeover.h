/* pipeline/takeover.h: what other tools' files of a repository already ask for, in weir's words.
 *
 * Read are codecov.yml (Codecov Docs, "codecov.yml reference", "Status checks"), .golangci.yml
 * (golangci-lint, "Configuration file", versions 1 and 2; YAML, JSON and TOML), .testcoverage.yml
 * (go-test-coverage) and thresholds in Makefiles and pipeline files. Pure: a tree in, values out.
 */
#pragma once

#include "base/message.h"
#include "base/vec.h"
#include "gitrepo/tree.h"

#define TAKEOVER_ITEMS_MAX 500 /* of one file; further ones are passed over */

struct takeover_item {
        struct str file;
        uint32_t line;
        struct str what;  /* the setting there, as it is written: "coverage.status.patch 90%" */
        const char *key;  /* of weir.yaml, "section.name"; NULL: it was not taken over */
        struct str value; /* as YAML; keys with lists have an item for each member */
        const struct text *why; /* why it was not, or what is different; may be NULL */
};

struct takeover {
        VEC(struct takeover_item) items; /* files in a fixed order, each from top to bottom */
};

/* A file that cannot be read is an item that was not taken over. */
void takeover_read(struct arena *arena, const struct tree *tree, struct takeover *ret_takeover);

/* The same for one file's text; the name says which reader. For tests and fuzzing. */
void takeover_read_text(struct arena *arena, struct str file, struct str text,
                        struct takeover *takeover);

/* The first item of a key that was taken over; NULL where there is none. */
const struct takeover_item *takeover_find(const struct takeover *takeover, const char *key);

/* Whether a key of weir.yaml holds a list. */
bool takeover_is_list(const char *key);

/* A regular expression that says no more than a glob does, as one; false for all others. */
bool takeover_glob_of_regex(struct arena *arena, struct str regex, struct str *ret_glob);
