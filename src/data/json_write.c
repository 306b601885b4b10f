#include "data/json_write.h"

#include "data/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#define DECIMALS_MAX 9

struct json_writer json_write(struct buf *out, enum json_layout layout) {
        return (struct json_writer){ .out = out, .layout = layout };
}

static void new_line(struct json_writer *w) {
        if (w->layout == JSON_COMPACT)
                return;
        buf_add_char(w->out, '\n');
        for (unsigned i = 0; i < w->depth; i++)
                buf_add(w->out, STR("  "));
}

/* What stands before an item of an array or a member of an object. */
static void separate(struct json_writer *w) {
        if (w->levels[w->depth].has_items)
                buf_add_char(w->out, ',');
        if (w->depth)
                new_line(w);
        w->levels[w->depth].has_items = true;
}

static void before_value(struct json_writer *w) {
        assert(w->after_key == w->levels[w->depth].is_object);
        assert(w->depth || !w->levels[0].has_items);
        if (!w->after_key)
                separate(w);
        w->after_key = false;
}

static void begin(struct json_writer *w, bool is_object) {
        before_value(w);
        assert(w->depth < JSON_WRITE_DEPTH_MAX);
        buf_add_char(w->out, is_object ? '{' : '[');
        w->depth++;
        w->levels[w->depth].is_object = is_object;
        w->levels[w->depth].has_items = false;
}

static void end(struct json_writer *w, bool is_object) {
        bool has_items = w->levels[w->depth].has_items;

        assert(w->depth && !w->after_key && w->levels[w->depth].is_object == is_object);
        w->depth--;
        if (has_items)
                new_line(w);
        buf_add_char(w->out, is_object ? '}' : ']');
}

void json_begin_object(struct json_writer *w) {
        begin(w, true);
}

void json_end_object(struct json_writer *w) {
        end(w, true);
}

void json_begin_array(struct json_writer *w) {
        begin(w, false);
}

void json_end_array(struct json_writer *w) {
        end(w, false);
}

/* The short escapes of RFC 8259, section 7; 0 where a character has none. */
static char short_escape(uint32_t point) {
        static const char escapes[] = {
                ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
        };

        return point < sizeof(escapes) ? escapes[point] : 0;
}

static void escape_point(struct buf *out, uint32_t point, struct str bytes) {
        char escape = short_escape(point);

        if (point == UTF8_INVALID)
                buf_add(out, UTF8_REPLACEMENT);
        else if (escape)
                buf_printf(out, "\\%c", escape);
        else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
                buf_printf(out, "\\u%04" PRIx32, point);
        else
                buf_add(out, bytes);
}

static bool is_plain(char c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void json_escape(struct buf *out, struct str value) {
        while (value.len) {
                uint32_t point;
                size_t size = 0;

                while (size < value.len && is_plain(value.ptr[size]))
                        size++;
                buf_add(out, str_slice(value, 0, size));
                value = str_slice(value, size, value.len);
                if (!value.len)
                        return;
                size = utf8_next(value, &point);
                escape_point(out, point, str_slice(value, 0, size));
                value = str_slice(value, size, value.len);
        }
}

static void quote(struct buf *out, struct str value) {
        buf_add_char(out, '"');
        json_escape(out, value);
        buf_add_char(out, '"');
}

void json_key(struct json_writer *w, struct str name) {
        assert(w->levels[w->depth].is_object && !w->after_key);
        separate(w);
        quote(w->out, name);
        buf_add(w->out, w->layout == JSON_COMPACT ? STR(":") : STR(": "));
        w->after_key = true;
}

void json_put_string(struct json_writer *w, struct str value) {
        before_value(w);
        quote(w->out, value);
}

void json_put_raw(struct json_writer *w, struct str json) {
        before_value(w);
        buf_add(w->out, json);
}

void json_put_int(struct json_writer *w, int64_t value) {
        before_value(w);
        buf_printf(w->out, "%" PRId64, value);
}

void json_put_uint(struct json_writer *w, uint64_t value) {
        before_value(w);
        buf_printf(w->out, "%" PRIu64, value);
}

void json_put_fixed(struct json_writer *w, double value, unsigned decimals) {
        assert(decimals <= DECIMALS_MAX);
        before_value(w);
        if (isfinite(value))
                buf_printf(w->out, "%.*f", (int)decimals, value);
        else
                buf_add(w->out, STR("null"));
}

void json_put_bool(struct json_writer *w, bool value) {
        json_put_raw(w, value ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *w) {
        json_put_raw(w, STR("null"));
}

void json_put_string_or_null(struct json_writer *w, struct str value) {
        if (value.len)
                json_put_string(w, value);
        else
                json_put_null(w);
}

void json_put_uint_or_null(struct json_writer *w, uint64_t value) {
        if (value)
                json_put_uint(w, value);
        else
                json_put_null(w);
}
