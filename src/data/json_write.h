/* data/json_write.h: JSON written piece by piece (RFC 8259), used by every report.
 *
 * The order of calls is the order of the text. Calls that would make no JSON (a value in an object
 * without a key, an end without its begin, depth over JSON_WRITE_DEPTH_MAX) are bugs and stop at an
 * assert. Strings may hold any bytes: what is not UTF-8 is written as U+FFFD. The writer owns
 * nothing; it lives as long as the buf behind it. The text ends without a newline. */
#pragma once

#include "base/buf.h"

#define JSON_WRITE_DEPTH_MAX 64

enum json_layout {
        JSON_COMPACT,  /* no space at all */
        JSON_INDENTED, /* one member or item per line, two spaces per level */
};

struct json_writer {
        struct buf *out;
        enum json_layout layout;
        unsigned depth;
        bool after_key;
        struct {
                bool is_object, has_items;
        } levels[JSON_WRITE_DEPTH_MAX + 1]; /* levels[0] is the whole text: one value */
};

struct json_writer json_write(struct buf *out, enum json_layout layout);

void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);

/* The name of the next member; a value, an object or an array must follow. */
void json_key(struct json_writer *w, struct str name);

void json_put_string(struct json_writer *w, struct str value);
void json_put_int(struct json_writer *w, int64_t value);
void json_put_uint(struct json_writer *w, uint64_t value);
/* With `decimals` digits (at most 9) after the point; a value that is not finite is null. */
void json_put_fixed(struct json_writer *w, double value, unsigned decimals);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);

/* A string that may be absent: null where it is empty. */
void json_put_string_or_null(struct json_writer *w, struct str value);
/* A number that may be absent: null where it is 0. */
void json_put_uint_or_null(struct json_writer *w, uint64_t value);

/* Text that is JSON already, taken as it is (the caller vouches for it). */
void json_put_raw(struct json_writer *w, struct str json);

/* Only the escaped characters of a string, without the quotes: for formats that are no JSON as a
 * whole but quote the same way. */
void json_escape(struct buf *out, struct str value);
