/* pipeline/place.h: from a text that YAML has decoded back to its place in the file. */
#pragma once

#include "base/vec.h"
#include "data/yaml.h"

/* The file, and where its lines begin. */
struct source {
        struct str text;
        VEC(size_t) lines; /* offsets */
};

struct place {
        uint32_t line, column; /* 1-based; columns count characters */
};

void source_make(struct arena *arena, struct str text, struct source *ret_source);

/* The offset of a place; the text's length where there is no such line. */
size_t source_offset(const struct source *source, uint32_t line, uint32_t column);
struct place source_place(const struct source *source, size_t offset);

/* A script that stands in a node (or, node NULL, in the file itself from offset on), and where each
 * of its lines does. */
struct script {
        const struct source *source;
        struct str text;
        struct place start; /* of the node: for what cannot be found again */
        size_t start_offset;
        VEC(size_t) lines;   /* offset of each line's first character that is no space, in text */
        VEC(size_t) origins; /* the same character in the file; SIZE_MAX: not found */
};

void script_of_node(struct arena *arena, const struct source *source, const struct yaml_node *node,
                    struct script *ret_script);
void script_of_file(struct arena *arena, const struct source *source, size_t offset, size_t length,
                    struct script *ret_script);

/* Where the part of the script's text stands in the file. part is a view into it. */
struct place script_place(const struct script *script, struct str part);
