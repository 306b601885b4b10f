#include "pipeline/template.h"

#include "base/buf.h"

#include <assert.h>

#define NESTED_MAX 8

struct expansion {
        const struct template_value *values;
        size_t count;
        struct buf out;
        bool kept[NESTED_MAX]; /* the lines of each open @if */
        size_t depth;
};

static struct str value_of(const struct expansion *e, struct str name) {
        size_t i = 0;

        while (i < e->count && !str_eq(str_of(e->values[i].name), name))
                i++;
        assert(i < e->count); /* a template names only what its writer gives */
        return e->values[i].text;
}

static bool is_kept(const struct expansion *e) {
        for (size_t i = 0; i < e->depth; i++)
                if (!e->kept[i])
                        return false;
        return true;
}

/* True where the line was one that asks. */
static bool take_condition(struct expansion *e, struct str line) {
        if (str_has_prefix(line, STR("@if "))) {
                assert(e->depth < NESTED_MAX);
                e->kept[e->depth++] = value_of(e, str_slice(line, 4, line.len)).len > 0;
                return true;
        }
        if (str_eq(line, STR("@else"))) {
                assert(e->depth);
                e->kept[e->depth - 1] = !e->kept[e->depth - 1];
                return true;
        }
        if (!str_eq(line, STR("@end")))
                return false;
        assert(e->depth);
        e->depth--;
        return true;
}

static bool is_name_byte(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The length of `@NAME@` at the start of text; 0 where none stands there. */
static size_t place_length(struct str text) {
        size_t i = 1;

        while (i < text.len && is_name_byte(text.ptr[i]))
                i++;
        return i > 1 && i < text.len && text.ptr[i] == '@' ? i + 1 : 0;
}

static void fill_line(struct expansion *e, struct str line) {
        for (size_t i = 0; i < line.len; i++) {
                struct str rest = str_slice(line, i, line.len);
                size_t length = line.ptr[i] == '@' ? place_length(rest) : 0;

                if (!length) {
                        buf_add_char(&e->out, line.ptr[i]);
                        continue;
                }
                buf_add(&e->out, value_of(e, str_slice(rest, 1, length - 1)));
                i += length - 1;
        }
        buf_add_char(&e->out, '\n');
}

struct str template_expand(struct arena *arena, struct str text,
                           const struct template_value *values, size_t count) {
        struct expansion e = { .values = values, .count = count, .out = buf_make(arena) };
        struct str line;

        while (str_next_line(&text, &line))
                if (!take_condition(&e, line) && is_kept(&e))
                        fill_line(&e, line);
        assert(!e.depth);
        return buf_str(&e.out);
}

struct str template_indent(struct arena *arena, struct str text, unsigned spaces) {
        struct buf out = buf_make(arena);
        struct str line;

        while (str_next_line(&text, &line)) {
                if (out.len)
                        buf_add_char(&out, '\n');
                if (line.len)
                        buf_printf(&out, "%*s%.*s", (int)spaces, "", STR_ARG(line));
        }
        return buf_str(&out);
}
