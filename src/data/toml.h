/* data/toml.h: a TOML 1.0 document as a tree of values with their places.
 *
 * Bytes in, values out. Source: https://toml.io/en/v1.0.0, its rules about what may be defined
 * twice too. A byte order mark at the start is passed over. Bytes that are no UTF-8 and control
 * characters are refused. In strings of several lines CRLF is read as LF.
 *
 * The time is linear in the size of the text. The tree lives in the arena; the text may go. */
#pragma once

#include "base/err.h"

#define TOML_SIZE_MAX ((size_t)4 << 20) /* bytes of a document */
#define TOML_DEPTH_MAX 64               /* tables and arrays in each other; parts of a key */
#define TOML_VALUES_MAX 200000          /* of a document; tables and arrays count too */
#define TOML_KEYS_MAX 150000            /* of one table */
#define TOML_ITEMS_MAX 100000           /* of one array */
#define TOML_NUMBER_MAX 1000            /* bytes of a number, date or time */

enum toml_kind {
        TOML_STRING,
        TOML_INTEGER,
        TOML_FLOAT,
        TOML_BOOLEAN,
        TOML_OFFSET_DATE_TIME,
        TOML_LOCAL_DATE_TIME,
        TOML_LOCAL_DATE,
        TOML_LOCAL_TIME,
        TOML_ARRAY,
        TOML_TABLE
};

struct toml_pair;

struct toml_node {
        enum toml_kind kind;
        /* 1-based; columns count characters. A table that a header opens stands at its bracket, one
         * that only a longer header or a dotted key speaks of at its part of that key; an array of
         * tables stands where its first table does. */
        uint32_t line, column;
        struct str text; /* TOML_STRING: its value; scalars of other kinds: as they are written */
        bool boolean;
        int64_t integer;
        double number;                 /* TOML_FLOAT */
        const struct toml_node *items; /* TOML_ARRAY */
        const struct toml_pair *pairs; /* TOML_TABLE, in the order of the file */
        size_t count;                  /* items or pairs */
};

struct toml_pair {
        struct str key;
        uint32_t line, column; /* of the key, or of its part of a dotted one */
        struct toml_node value;
};

/* Reads the document in text; file is for errors. The root is a table at 1:1. Dates and times are
 * checked (there is no February 30) and kept as they are written. Errors: ERR_SYNTAX with line and
 * column, ERR_LIMIT. */
MUST_USE bool toml_parse(struct arena *arena, struct str file, struct str text,
                         struct toml_node *ret_root, struct err *err);

/* The value of a key of a table; NULL where there is none or node is no table (or NULL itself), so
 * that calls can be chained. */
const struct toml_node *toml_get(const struct toml_node *node, struct str key);

/* What a value of the kind is, for messages: "a table", "an array", "a string". */
const char *toml_kind_name(enum toml_kind kind);
