/* data/json.h: JSON read into a tree of values, through jansson (RFC 8259).
 *
 * Duplicate member names and invalid UTF-8 are refused. The tree lives in the arena. */
#pragma once

#include "base/err.h"

#define JSON_DEPTH_MAX 256
#define JSON_NODES_MAX 20000000

enum json_kind {
        JSON_KIND_NULL,
        JSON_KIND_BOOL,
        JSON_KIND_NUMBER,
        JSON_KIND_STRING,
        JSON_KIND_ARRAY,
        JSON_KIND_OBJECT
};

struct json_member;

struct json {
        enum json_kind kind;
        bool boolean;
        bool is_integer; /* JSON_KIND_NUMBER: integer holds it exactly */
        int64_t integer;
        double number;
        struct str string;
        const struct json *items;          /* JSON_KIND_ARRAY */
        const struct json_member *members; /* JSON_KIND_OBJECT, in the order of the text */
        size_t count;                      /* items or members */
};

struct json_member {
        struct str name;
        struct json value;
};

/* Reads one JSON value and nothing after it; file is for errors. Errors: ERR_SYNTAX with line and
 * column, ERR_LIMIT. */
MUST_USE bool json_parse(struct arena *arena, struct str file, struct str text,
                         struct json *ret_value, struct err *err);

/* The value of a member; NULL where there is none or value is no object (or NULL itself), so that
 * calls can be chained. */
const struct json *json_get(const struct json *value, struct str name);

/* The string of a member; the empty str where there is none. */
struct str json_get_string(const struct json *value, struct str name);
