/* data/yaml.h: a YAML 1.2 document as a tree of values with their places, through libfyaml.
 *
 * Bytes in, values out; nothing is read from anywhere else. One document only. Duplicate keys,
 * aliases that multiply (more than YAML_NODES_MAX nodes once they are followed), merge keys and
 * keys that are no scalars are refused. Scalars stay text: whoever reads them says what they are.
 */
#pragma once

#include "base/err.h"

#define YAML_SIZE_MAX ((size_t)4 << 20) /* bytes of a document */
#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 200000

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_pair;

struct yaml_node {
        enum yaml_kind kind;
        uint32_t line, column; /* 1-based; columns count characters */
        bool is_plain;         /* a scalar without quotes: only these can be null, bool or number */
        struct str text;       /* YAML_SCALAR: its value, UTF-8 */
        const struct yaml_node *items; /* YAML_SEQUENCE */
        const struct yaml_pair *pairs; /* YAML_MAPPING, in the order of the file */
        size_t count;                  /* items or pairs */
        size_t weight;                 /* nodes in it, itself too, aliases followed */
};

struct yaml_pair {
        struct yaml_node key, value;
};

/* Reads the document in text; file is for errors. An empty document is YAML_NULL at 1:1. Errors:
 * ERR_SYNTAX with line and column, ERR_LIMIT. */
MUST_USE bool yaml_parse(struct arena *arena, struct str file, struct str text,
                         struct yaml_node *ret_root, struct err *err);

/* The same for a file that is another program's, such as a pipeline file: tags are passed over, a
 * merge key (`<<`) takes in the pairs it names that are not there, of a key that stands twice the
 * last holds, and so does the last of several documents. The limits are the same. */
MUST_USE bool yaml_parse_foreign(struct arena *arena, struct str file, struct str text,
                                 struct yaml_node *ret_root, struct err *err);

/* The value of a key of a mapping; NULL where there is none or node is no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *node, struct str key);

/* Core schema of YAML 1.2 (section 10.3): plain true/false; plain decimal integers. False where
 * the node is something else. */
bool yaml_to_bool(const struct yaml_node *node, bool *ret_value);
bool yaml_to_int(const struct yaml_node *node, int64_t *ret_value);
/* A decimal number with or without a fraction. */
bool yaml_to_number(const struct yaml_node *node, double *ret_value);

/* What the node is, for messages: "a mapping", "a list", "a string", "nothing". */
const char *yaml_kind_name(const struct yaml_node *node);
