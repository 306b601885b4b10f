#include "gomod/modsyntax.h"

#include "base/buf.h"
#include "base/vec.h"
#include "data/unicode.h"

enum token_kind {
        TOKEN_END,
        TOKEN_NEWLINE,
        TOKEN_COMMENT,     /* alone on its line; its newline is part of it */
        TOKEN_END_COMMENT, /* behind something; ends the line */
        TOKEN_WORD,        /* identifiers and punctuation other than ( and ) */
        TOKEN_STRING,
        TOKEN_OPEN,
        TOKEN_CLOSE,
};

struct token {
        enum token_kind kind;
        struct str text;
        struct mod_pos pos;
};

/* One token is read ahead, so that a bad character is reported before what the parser makes of the
 * token in front of it: the order in which the go command reports. */
struct parser {
        struct arena *arena;
        struct str name;
        struct str rest;     /* not read yet */
        struct mod_pos pos;  /* where rest begins */
        bool line_has_token; /* something other than blanks stands on this line before rest */
        struct token next;
        struct err *err;
        VEC(struct mod_line) lines;
        VEC(struct mod_block *) blocks;
};

typedef VEC(struct mod_token) token_vec;
typedef VEC(struct str) comment_vec;

static bool fail(struct parser *p, const char *what) {
        return err_at(p->err, ERR_SYNTAX, p->name, p->pos.line, p->pos.column, "%s", what);
}

/* Takes one character. */
static uint32_t take(struct parser *p) {
        uint32_t point;
        size_t size = unicode_next(p->rest, &point);

        p->rest = str_slice(p->rest, size, p->rest.len);
        if (point == '\n')
                p->pos = (struct mod_pos){ p->pos.line + 1, 1 };
        else
                p->pos.column++;
        return point;
}

static bool is_word_point(uint32_t point) {
        switch (point) {
        case ' ':
        case '(':
        case ')':
        case '[':
        case ']':
        case '{':
        case '}':
        case ',':
                return false;
        default:
                return unicode_is_printable(point);
        }
}

static bool at_word(const struct parser *p) {
        uint32_t point;

        if (p->rest.len == 0)
                return false;
        unicode_next(p->rest, &point);
        return is_word_point(point);
}

static bool at(const struct parser *p, const char *text) {
        return str_has_prefix(p->rest, str_of(text));
}

/* The bytes between start and what is left. */
static struct str taken_since(const struct parser *p, struct str start) {
        return str_slice(start, 0, start.len - p->rest.len);
}

static bool read_comment(struct parser *p) {
        struct str start = p->rest;

        p->next.kind = p->line_has_token ? TOKEN_END_COMMENT : TOKEN_COMMENT;
        while (p->rest.len && take(p) != '\n')
                ;
        p->line_has_token = false;
        p->next.text = str_drop_suffix(taken_since(p, start), STR("\n"));
        if (p->next.text.len < start.len - p->rest.len)
                p->next.text = str_drop_suffix(p->next.text, STR("\r"));
        return true;
}

static bool string_without_end(struct parser *p) {
        p->pos = p->next.pos;
        return fail(p, "unexpected EOF in string");
}

static bool read_string(struct parser *p) {
        struct str start = p->rest;
        uint32_t quote = take(p), point;

        p->next.kind = TOKEN_STRING;
        do {
                if (p->rest.len == 0)
                        return string_without_end(p);
                if (*p->rest.ptr == '\n')
                        return fail(p, "unexpected newline in string");
                point = take(p);
                if (point == '\\' && quote != '`') {
                        if (p->rest.len == 0)
                                return string_without_end(p);
                        take(p);
                }
        } while (point != quote);
        p->next.text = taken_since(p, start);
        return true;
}

static bool read_word(struct parser *p) {
        struct str start = p->rest;

        p->next.kind = TOKEN_WORD;
        if (!at_word(p)) {
                uint32_t point;
                size_t size = unicode_next(p->rest, &point);

                return err_at(p->err, ERR_SYNTAX, p->name, p->pos.line, p->pos.column,
                              "unexpected input character '%.*s' (U+%04X)",
                              STR_ARG(str_slice(p->rest, 0, size)), point);
        }
        while (at_word(p) && !at(p, "//")) {
                if (at(p, "/*"))
                        return fail(p, "mod files must use // comments (not /* */ comments)");
                take(p);
        }
        p->next.text = taken_since(p, start);
        return true;
}

static bool read_punctuation(struct parser *p, enum token_kind kind) {
        struct str start = p->rest;

        take(p);
        p->line_has_token = kind != TOKEN_NEWLINE;
        p->next.kind = kind;
        p->next.text = taken_since(p, start);
        return true;
}

static void skip_blanks(struct parser *p) {
        while (at(p, " ") || at(p, "\t") || at(p, "\r"))
                take(p);
}

/* Reads the next token into p->next. */
static bool read_token(struct parser *p) {
        skip_blanks(p);
        p->next = (struct token){ .kind = TOKEN_END, .pos = p->pos };
        if (at(p, "//"))
                return read_comment(p);
        if (at(p, "/*"))
                return fail(p, "mod files must use // comments (not /* */ comments)");
        if (p->rest.len == 0)
                return true;
        switch (*p->rest.ptr) {
        case '\n':
                return read_punctuation(p, TOKEN_NEWLINE);
        case '(':
                return read_punctuation(p, TOKEN_OPEN);
        case ')':
                return read_punctuation(p, TOKEN_CLOSE);
        case '[':
        case ']':
        case '{':
        case '}':
        case ',':
                return read_punctuation(p, TOKEN_WORD);
        case '"':
        case '`':
                p->line_has_token = true;
                return read_string(p);
        default:
                p->line_has_token = true;
                return read_word(p);
        }
}

/* Gives the token that was read ahead and reads the one after it. */
static bool take_token(struct parser *p, struct token *ret_token) {
        *ret_token = p->next;
        return read_token(p);
}

static bool ends_line(enum token_kind kind) {
        return kind == TOKEN_END || kind == TOKEN_NEWLINE || kind == TOKEN_END_COMMENT;
}

static void add_token(struct parser *p, token_vec *tokens, const struct token *token) {
        *VEC_ADD(p->arena, tokens) = (struct mod_token){ .text = token->text,
                                                         .pos = token->pos,
                                                         .quoted = token->kind == TOKEN_STRING };
}

static struct str suffix_of(const struct token *end) {
        return end->kind == TOKEN_END_COMMENT ? end->text : STR_NONE;
}

static struct mod_line *add_line(struct parser *p, const token_vec *tokens,
                                 const comment_vec *before, struct str suffix) {
        struct mod_line *line = VEC_ADD(p->arena, &p->lines);

        *line = (struct mod_line){
                .tokens = tokens->items,
                .token_count = tokens->count,
                .comments = { before->items, before->count, suffix },
                .pos = tokens->items[0].pos,
        };
        return line;
}

static bool parse_block_line(struct parser *p, struct mod_block *block, comment_vec *before) {
        token_vec tokens = { 0 };
        struct token token;

        do {
                if (!take_token(p, &token))
                        return false;
                if (!ends_line(token.kind))
                        add_token(p, &tokens, &token);
        } while (!ends_line(token.kind));
        add_line(p, &tokens, before, suffix_of(&token))->block = block;
        *before = (comment_vec){ 0 };
        return true;
}

static bool close_block(struct parser *p) {
        struct token token;

        if (!take_token(p, &token))
                return false;
        if (!ends_line(p->next.kind))
                return fail(p, "syntax error (expected newline after closing paren)");
        return take_token(p, &token);
}

/* An empty line above a block's first line is dropped, further ones are joined. */
static void note_empty_line(struct parser *p, bool block_has_lines, comment_vec *before) {
        if (before->count ? before->items[before->count - 1].len > 0 : block_has_lines)
                *VEC_ADD(p->arena, before) = STR_NONE;
}

static bool unterminated(struct parser *p, const struct mod_block *block) {
        return err_at(p->err, ERR_SYNTAX, p->name, p->pos.line, p->pos.column,
                      "syntax error (unterminated block started at %.*s:%u:%u)", STR_ARG(p->name),
                      block->pos.line, block->pos.column);
}

static bool parse_block(struct parser *p, struct mod_block *block) {
        comment_vec before = { 0 };
        size_t first_line = p->lines.count;
        struct token token;

        for (;;) {
                switch (p->next.kind) {
                case TOKEN_END:
                        return unterminated(p, block);
                case TOKEN_CLOSE:
                        return close_block(p);
                case TOKEN_END_COMMENT:
                        if (!take_token(p, &token))
                                return false;
                        break;
                case TOKEN_NEWLINE:
                        if (!take_token(p, &token))
                                return false;
                        note_empty_line(p, p->lines.count > first_line, &before);
                        break;
                case TOKEN_COMMENT:
                        if (!take_token(p, &token))
                                return false;
                        *VEC_ADD(p->arena, &before) = token.text;
                        break;
                case TOKEN_WORD:
                case TOKEN_STRING:
                case TOKEN_OPEN:
                        if (!parse_block_line(p, block, &before))
                                return false;
                        break;
                }
        }
}

static struct mod_block *add_block(struct parser *p, const token_vec *tokens,
                                   const comment_vec *before) {
        struct mod_block *block = ARENA_NEW(p->arena, struct mod_block);

        *block = (struct mod_block){
                .tokens = tokens->items,
                .token_count = tokens->count,
                .comments = { before->items, before->count, STR_NONE },
                .pos = tokens->items[0].pos,
        };
        *VEC_ADD(p->arena, &p->blocks) = block;
        return block;
}

/* After "(" inside a statement: is it the start of a block, or just a token? */
static bool parse_after_open(struct parser *p, token_vec *tokens, const struct token *open,
                             const comment_vec *before, bool *ret_done) {
        struct token close, end;

        *ret_done = true;
        if (ends_line(p->next.kind))
                return parse_block(p, add_block(p, tokens, before));
        if (p->next.kind != TOKEN_CLOSE) {
                add_token(p, tokens, open);
                *ret_done = false;
                return true;
        }
        if (!take_token(p, &close))
                return false;
        if (ends_line(p->next.kind)) {
                struct mod_block *block = add_block(p, tokens, before);

                block->comments.suffix = suffix_of(&p->next);
                return take_token(p, &end);
        }
        add_token(p, tokens, open);
        add_token(p, tokens, &close);
        *ret_done = false;
        return true;
}

static bool parse_statement(struct parser *p, const comment_vec *before) {
        token_vec tokens = { 0 };
        struct token token;
        bool done = false;

        if (!take_token(p, &token))
                return false;
        add_token(p, &tokens, &token);
        while (!done) {
                if (!take_token(p, &token))
                        return false;
                if (ends_line(token.kind)) {
                        add_line(p, &tokens, before, suffix_of(&token));
                        return true;
                }
                if (token.kind != TOKEN_OPEN)
                        add_token(p, &tokens, &token);
                else if (!parse_after_open(p, &tokens, &token, before, &done))
                        return false;
        }
        return true;
}

static bool parse_file(struct parser *p) {
        comment_vec before = { 0 };
        struct token token;

        if (!read_token(p))
                return false;
        while (p->next.kind != TOKEN_END) {
                bool is_comment = p->next.kind == TOKEN_COMMENT;

                if (is_comment || p->next.kind == TOKEN_NEWLINE) {
                        if (!take_token(p, &token))
                                return false;
                        if (is_comment)
                                *VEC_ADD(p->arena, &before) = token.text;
                } else if (!parse_statement(p, &before)) {
                        return false;
                }
                if (!is_comment)
                        before = (comment_vec){ 0 };
        }
        return true;
}

bool modsyntax_parse(struct arena *arena, struct str name, struct str text,
                     struct modsyntax *ret_syntax, struct err *err) {
        struct parser p = {
                .arena = arena, .name = name, .rest = text, .pos = { 1, 1 }, .err = err
        };

        if (text.len > MODSYNTAX_FILE_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "larger than %u bytes",
                              MODSYNTAX_FILE_MAX);
        if (!parse_file(&p))
                return false;
        *ret_syntax = (struct modsyntax){
                .lines = p.lines.items,
                .line_count = p.lines.count,
                .blocks = p.blocks.items,
                .block_count = p.blocks.count,
        };
        return true;
}

static int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char)(c | 0x20);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes count digits of the base off *rest. */
static bool take_digits(struct str *rest, size_t count, uint32_t base, uint32_t *ret_value) {
        uint32_t value = 0;

        if (rest->len < count)
                return false;
        for (size_t i = 0; i < count; i++) {
                int digit = hex_digit(rest->ptr[i]);

                if (digit < 0 || (uint32_t)digit >= base)
                        return false;
                value = value * base + (uint32_t)digit;
        }
        *rest = str_slice(*rest, count, rest->len);
        *ret_value = value;
        return true;
}

static void put_point(struct buf *out, uint32_t point) {
        char bytes[4];

        buf_add(out, (struct str){ bytes, unicode_put(point, bytes) });
}

/* \u and \U: a code point that is no surrogate. */
static bool unescape_point(struct buf *out, struct str *rest, size_t digits) {
        uint32_t point;

        if (!take_digits(rest, digits, 16, &point) || point > 0x10FFFF ||
            (point >= 0xD800 && point <= 0xDFFF))
                return false;
        put_point(out, point);
        return true;
}

/* \x and octal: a byte. */
static bool unescape_byte(struct buf *out, struct str *rest, size_t digits, uint32_t base) {
        uint32_t byte;

        if (!take_digits(rest, digits, base, &byte) || byte > 0xFF)
                return false;
        buf_add_char(out, (char)byte);
        return true;
}

/* *rest stands after the backslash. */
static bool unescape(struct buf *out, struct str *rest) {
        static const char from[] = "abfnrtv\\\"", to[] = "\a\b\f\n\r\t\v\\\"";
        char c = rest->len ? *rest->ptr : '\0';

        if (c >= '0' && c <= '7')
                return unescape_byte(out, rest, 3, 8);
        *rest = str_slice(*rest, 1, rest->len);
        switch (c) {
        case 'x':
                return unescape_byte(out, rest, 2, 16);
        case 'u':
                return unescape_point(out, rest, 4);
        case 'U':
                return unescape_point(out, rest, 8);
        default:
                break;
        }
        for (size_t i = 0; i < sizeof(from) - 1; i++)
                if (c == from[i]) {
                        buf_add_char(out, to[i]);
                        return true;
                }
        return false;
}

static bool unquote(struct arena *arena, struct str quoted, struct str *ret_value) {
        struct buf out = buf_make(arena);
        struct str rest = str_slice(quoted, 1, quoted.len - 1);

        if (quoted.len < 2 || quoted.ptr[quoted.len - 1] != '"')
                return false;
        while (rest.len) {
                uint32_t point;
                size_t size = unicode_next(rest, &point);

                rest = str_slice(rest, size, rest.len);
                if (point == '\n' || point == '"')
                        return false;
                if (point != '\\')
                        put_point(&out, point);
                else if (!unescape(&out, &rest))
                        return false;
        }
        *ret_value = buf_str(&out);
        return true;
}

bool modsyntax_value(struct arena *arena, struct mod_token token, struct str *ret_value,
                     const char **ret_why) {
        if (str_has_prefix(token.text, STR("\""))) {
                *ret_why = "invalid syntax";
                return unquote(arena, token.text, ret_value);
        }
        *ret_why = "unquoted string cannot contain quote";
        for (size_t i = 0; i < token.text.len; i++)
                if (token.text.ptr[i] == '"' || token.text.ptr[i] == '\'' ||
                    token.text.ptr[i] == '`')
                        return false;
        *ret_value = token.text;
        return true;
}

static void add_comment(struct buf *out, struct str comment, bool *first) {
        if (!str_has_prefix(comment, STR("//")))
                return;
        if (!*first)
                buf_add_char(out, '\n');
        *first = false;
        buf_add(out, str_trim(str_slice(comment, 2, comment.len)));
}

struct str modsyntax_comment_text(struct arena *arena, const struct mod_line *line) {
        const struct mod_comments *comments = &line->comments;
        struct buf out = buf_make(arena);
        bool first = true;

        if (line->block && comments->before_count == 0 && comments->suffix.len == 0)
                comments = &line->block->comments;
        for (size_t i = 0; i < comments->before_count; i++)
                add_comment(&out, comments->before[i], &first);
        add_comment(&out, comments->suffix, &first);
        return buf_str(&out);
}
