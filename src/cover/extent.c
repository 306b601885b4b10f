#include "cover/extent.h"

#include "base/vec.h"

#include <string.h>

#define PLACE_MAX ((uint64_t)(1 << 30) - 1) /* of a line or column in a directive */
#define PREFIX_LEN 7                        /* of "//line " */

/* ---- line directives ---- */

/* The number behind the last colon, and what stands before that colon. */
static bool take_number(struct str *text, uint64_t *ret_number) {
        struct str before, digits;

        if (!str_cut_last(*text, ':', &before, &digits) || !str_to_u64(digits, ret_number))
                return false;
        *text = before;
        return true;
}

/* "file:line" or "file:line:column". */
static bool read_directive(struct str text, struct cover_shift *shift) {
        uint64_t last, line;

        if (!take_number(&text, &last))
                return false;
        line = last;
        if (take_number(&text, &line)) {
                if (!last || last > PLACE_MAX)
                        return false;
                shift->to_column = (uint32_t)last;
        }
        shift->to_line = (uint32_t)MIN_OF(line, UINT32_MAX);
        return line && line <= PLACE_MAX;
}

static bool is_block(struct str comment) {
        return str_has_prefix(comment, STR("/*"));
}

/* Whether a comment is a directive: `//line` only at the very beginning of a line. */
static bool is_directive(const struct token *token) {
        return str_has_prefix(str_slice(token->text, 2, PREFIX_LEN), STR("line ")) &&
               (is_block(token->text) || token->pos.column == 1);
}

/* The place right behind a comment: of a line comment, the next line. */
static void put_behind(const struct token *token, struct str source, struct cover_shift *shift) {
        size_t end = token->offset + token->text.len;

        shift->line = token->pos.line;
        shift->column = token->pos.column + (uint32_t)token->text.len;
        if (!is_block(token->text)) {
                size_t line_end = str_find(str_slice(source, end, source.len), '\n');

                end = line_end == SIZE_MAX ? source.len : end + line_end + 1;
                shift->line++;
                shift->column = 1;
        }
        for (size_t i = 0; is_block(token->text) && i < token->text.len; i++)
                if (token->text.ptr[i] == '\n') {
                        shift->line++;
                        shift->column = (uint32_t)(token->text.len - i);
                }
        shift->offset = (uint32_t)end;
}

struct cover_shifts cover_shifts_read(struct arena *arena, struct str source) {
        VEC(struct cover_shift) found = { 0 };
        struct lexer lexer = lexer_make(source, true);
        struct token token;

        /* Hardly any file has one, and asking the lexer costs more than all the rest. */
        if (!str_contains(source, STR("//line ")) && !str_contains(source, STR("/*line ")))
                return (struct cover_shifts){ 0 };
        while ((token = lexer_next(&lexer)).kind != TOKEN_EOF) {
                struct cover_shift shift = { 0 };
                struct str text = str_slice(token.text, PREFIX_LEN, token.text.len);

                if (token.kind != TOKEN_COMMENT || !is_directive(&token))
                        continue;
                if (is_block(token.text))
                        text = str_drop_suffix(text, STR("*/"));
                put_behind(&token, source, &shift);
                if (read_directive(text, &shift) && shift.offset < source.len)
                        *VEC_ADD(arena, &found) = shift;
        }
        return (struct cover_shifts){ found.items, found.count };
}

uint64_t cover_place(const struct cover_shifts *shifts, uint32_t offset, struct source_pos pos) {
        size_t low = 0, high = shifts->count;
        const struct cover_shift *shift;
        uint32_t down;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (shifts->items[middle].offset <= offset)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (!low)
                return COVER_PLACE(pos.line, pos.column);
        shift = &shifts->items[low - 1];
        down = pos.line - shift->line;
        if (!shift->to_column)
                return COVER_PLACE(shift->to_line + down, 0);
        return COVER_PLACE(shift->to_line + down,
                           down ? pos.column : shift->to_column + (offset - shift->offset));
}

/* ---- functions ---- */

struct cover_functions cover_functions_read(struct arena *arena, struct str source,
                                            const struct cover_shifts *shifts) {
        struct cover_functions functions = { .is_ordered = true };
        const struct header_function *all;
        size_t count;

        header_functions(arena, source, &all, &count);
        functions.items = ARENA_ARRAY(arena, struct cover_function, count);
        for (size_t i = 0; i < count; i++) {
                struct cover_function *function = &functions.items[functions.count];

                if (!all[i].has_body)
                        continue;
                *function = (struct cover_function){
                        .name = all[i].name,
                        .start = cover_place(shifts, all[i].start_offset, all[i].start),
                        .end = cover_place(shifts, all[i].end_offset, all[i].end),
                        .source_line = all[i].start.line,
                };
                if (function->end < function->start ||
                    (functions.count && function[-1].end > function->start))
                        functions.is_ordered = false;
                functions.count++;
        }
        return functions;
}

/* The first function that ends behind a place. */
static size_t first_behind(const struct cover_functions *functions, uint64_t place) {
        size_t low = 0, high = functions->count;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (functions->items[middle].end <= place)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

void cover_functions_count(struct cover_functions *functions, const struct cover_block *block) {
        /* A block whose end lies before its start touches what lies between all the same. */
        bool ordered = functions->is_ordered && block->start <= block->end;
        size_t i = ordered ? first_behind(functions, block->start) : 0;

        for (; i < functions->count; i++) {
                struct cover_function *function = &functions->items[i];

                if (ordered && function->start >= block->end)
                        return;
                if (block->start >= function->end || block->end <= function->start)
                        continue;
                function->has_block = true;
                function->statements += block->statements;
                function->covered += block->count ? block->statements : 0;
        }
}

/* ---- the ends of lines ---- */

struct cover_ends cover_ends_read(struct arena *arena, struct str source) {
        VEC(uint32_t) lengths = { 0 };
        struct str rest = source, line;

        while (str_next_line(&rest, &line))
                *VEC_ADD(arena, &lengths) = (uint32_t)line.len;
        /* The end of the file is a place too, behind the last line end. */
        *VEC_ADD(arena, &lengths) = 0;
        return (struct cover_ends){ lengths.items, lengths.count };
}

static bool has_place(const struct cover_ends *ends, uint64_t place) {
        uint32_t line = COVER_LINE(place);

        return line && line <= ends->count && COVER_COLUMN(place) &&
               COVER_COLUMN(place) <= ends->lengths[line - 1] + 2;
}

bool cover_ends_have(const struct cover_ends *ends, const struct cover_block *block) {
        return has_place(ends, block->start) && has_place(ends, block->end);
}
