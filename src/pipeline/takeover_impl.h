/* pipeline/takeover_impl.h: one file that is being taken over. Only pipeline/ includes this. */
#pragma once

#include "data/yaml.h"
#include "pipeline/takeover.h"

struct taking {
        struct arena *arena;
        struct str file;
        struct takeover *takeover;
        size_t count; /* items of this file */
};

/* Whole percentages times 100: "80%", 80, "79.5". False where the text is none between 0 and 100.
 */
bool takeover_percent(struct str text, int64_t *ret_value);
struct str takeover_percent_text(struct arena *arena, int64_t value);

/* what is "PATH VALUE". A key that has a value from another file stays as it is, and that is said.
 */
void takeover_take(struct taking *t, const struct yaml_node *at, struct str what, const char *key,
                   struct str value, const struct text *note);
void takeover_leave(struct taking *t, const struct yaml_node *at, struct str what,
                    const struct text *why);

/* A list of regular expressions of paths, as globs. */
void takeover_paths(struct taking *t, const struct yaml_node *list, const char *name,
                    const char *key);

/* Whether the pattern is one that weir.yaml takes, in double quotes. */
bool takeover_glob_holds(struct str glob);

/* A TOML document as the tree that the readers below take: keys, values and places are the same. */
MUST_USE bool takeover_parse_toml(struct arena *arena, struct str file, struct str text,
                                  struct yaml_node *ret_root, struct err *err);

const struct yaml_node *takeover_at(const struct yaml_node *node, const char *path);

void takeover_codecov(struct taking *t, const struct yaml_node *root);
void takeover_golangci(struct taking *t, const struct yaml_node *root);
void takeover_testcoverage(struct taking *t, const struct yaml_node *root);
