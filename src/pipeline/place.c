#include "pipeline/place.h"

#include "data/utf8.h"

void source_make(struct arena *arena, struct str text, struct source *ret_source) {
        *ret_source = (struct source){ .text = text };
        *VEC_ADD(arena, &ret_source->lines) = 0;
        for (size_t i = 0; i < text.len; i++)
                if (text.ptr[i] == '\n')
                        *VEC_ADD(arena, &ret_source->lines) = i + 1;
}

static bool is_continuation(char c) {
        return ((unsigned char)c & 0xc0) == 0x80;
}

size_t source_offset(const struct source *source, uint32_t line, uint32_t column) {
        size_t at;

        if (!line || line > source->lines.count)
                return source->text.len;
        at = source->lines.items[line - 1];
        for (uint32_t i = 1; i < column && at < source->text.len; i++) {
                at++;
                while (at < source->text.len && is_continuation(source->text.ptr[at]))
                        at++;
        }
        return at;
}

struct place source_place(const struct source *source, size_t offset) {
        size_t low = 0, high = source->lines.count;
        uint32_t column = 1;

        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (source->lines.items[middle] <= offset)
                        low = middle;
                else
                        high = middle;
        }
        for (size_t i = source->lines.items[low]; i < offset && i < source->text.len; i++)
                column += !is_continuation(source->text.ptr[i]);
        return (struct place){ (uint32_t)low + 1, column };
}

#define LOOK_MAX ((size_t)64 << 10) /* bytes that are searched for one line */

/* Looks for the line from *cursor on, and moves it behind what was found. */
static size_t find_line(const struct source *source, struct str line, size_t *cursor) {
        struct str rest = str_slice(source->text, *cursor, *cursor + LOOK_MAX);
        size_t at = str_find_str(rest, line);

        if (at == SIZE_MAX || !line.len)
                return SIZE_MAX;
        at += *cursor;
        *cursor = at + line.len;
        return at;
}

static void add_line(struct arena *arena, struct script *script, struct str line, size_t *cursor) {
        struct str trimmed = str_trim(line);

        *VEC_ADD(arena, &script->lines) = trimmed.len ? (size_t)(trimmed.ptr - script->text.ptr)
                                                      : (size_t)(line.ptr - script->text.ptr);
        *VEC_ADD(arena, &script->origins) = find_line(script->source, trimmed, cursor);
}

void script_of_node(struct arena *arena, const struct source *source, const struct yaml_node *node,
                    struct script *ret_script) {
        struct str rest = node->text, line;
        size_t cursor = source_offset(source, node->line, node->column);

        *ret_script = (struct script){ .source = source,
                                       .text = node->text,
                                       .start = { node->line, node->column },
                                       .start_offset = cursor };
        while (str_next_line(&rest, &line))
                add_line(arena, ret_script, line, &cursor);
}

void script_of_file(struct arena *arena, const struct source *source, size_t offset, size_t length,
                    struct script *ret_script) {
        *ret_script = (struct script){ .source = source,
                                       .text = str_slice(source->text, offset, offset + length),
                                       .start = source_place(source, offset),
                                       .start_offset = offset };
        *VEC_ADD(arena, &ret_script->lines) = 0;
        *VEC_ADD(arena, &ret_script->origins) = offset;
}

static size_t line_of(const struct script *script, size_t at) {
        size_t line = SIZE_MAX;

        for (size_t i = 0; i < script->lines.count && script->lines.items[i] <= at; i++)
                line = i;
        return line;
}

/* A folded scalar has other lines than its text: there the part itself is looked for. */
static size_t find_part(const struct script *script, struct str part) {
        struct str rest = str_slice(script->source->text, script->start_offset,
                                    script->start_offset + LOOK_MAX);
        struct str line = part, more;
        size_t at;

        str_cut(part, '\n', &line, &more);
        at = str_find_str(rest, line);
        return at == SIZE_MAX || !line.len ? SIZE_MAX : at + script->start_offset;
}

struct place script_place(const struct script *script, struct str part) {
        size_t at = (size_t)(part.ptr - script->text.ptr);
        size_t line = line_of(script, at), origin = SIZE_MAX;

        if (line != SIZE_MAX && script->origins.items[line] != SIZE_MAX)
                origin = script->origins.items[line] + (at - script->lines.items[line]);
        else
                origin = find_part(script, part);
        return origin == SIZE_MAX ? script->start : source_place(script->source, origin);
}
