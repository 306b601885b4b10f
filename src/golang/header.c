#include "golang/header.h"

#include "base/vec.h"
#include "golang/rune.h"

#include <string.h>

#define BOM STR("\xEF\xBB\xBF")

/* ---- the end of the import section ----
 *
 * The go command first looks for it byte by byte, without tokens, and parses only what lies
 * before. That decides which errors it sees at all, so the same is done here. */

enum reader_fault { READER_OK, READER_SYNTAX, READER_NUL };

struct reader {
        struct str bytes;
        size_t at;
        unsigned char peeked; /* 0: nothing */
        bool eof;
        enum reader_fault fault;
};

static void reader_fail(struct reader *reader, enum reader_fault fault) {
        if (reader->fault == READER_OK)
                reader->fault = fault;
}

static bool reader_stopped(const struct reader *reader) {
        return reader->fault != READER_OK || reader->eof;
}

static unsigned char reader_byte(struct reader *reader) {
        unsigned char c;

        if (reader->at >= reader->bytes.len) {
                reader->eof = true;
                return 0;
        }
        c = (unsigned char)reader->bytes.ptr[reader->at++];
        if (c == 0)
                reader_fail(reader, READER_NUL);
        return c;
}

static void skip_line_comment(struct reader *reader) {
        const char *from = reader->bytes.ptr + reader->at;
        size_t left = reader->bytes.len - reader->at;
        const char *lf = left ? memchr(from, '\n', left) : NULL;
        size_t size = lf ? (size_t)(lf - from) + 1 : left;

        reader->at += size;
        reader->eof = !lf;
        if (size && memchr(from, 0, size))
                reader_fail(reader, READER_NUL);
}

static void skip_block_comment(struct reader *reader) {
        unsigned char last = 0, c = 0;

        while (reader->fault == READER_OK && (last != '*' || c != '/')) {
                if (reader->eof)
                        reader_fail(reader, READER_SYNTAX);
                last = c;
                c = reader_byte(reader);
        }
}

/* After a slash: moves over the comment and returns the byte that follows. */
static unsigned char skip_comment(struct reader *reader) {
        unsigned char c = reader_byte(reader);

        if (c == '/')
                skip_line_comment(reader);
        else if (c == '*')
                skip_block_comment(reader);
        else
                reader_fail(reader, READER_SYNTAX);
        return reader_byte(reader);
}

static bool is_reader_blank(unsigned char c) {
        return c == ' ' || c == '\f' || c == '\t' || c == '\r' || c == '\n' || c == ';';
}

static unsigned char reader_peek(struct reader *reader) {
        if (reader->fault != READER_OK)
                return 0;
        if (!reader->peeked)
                reader->peeked = reader_byte(reader);
        return reader->peeked;
}

static unsigned char reader_peek_past_space(struct reader *reader) {
        unsigned char c = reader_peek(reader);

        while (!reader_stopped(reader)) {
                if (is_reader_blank(c))
                        c = reader_byte(reader);
                else if (c == '/')
                        c = skip_comment(reader);
                else
                        break;
        }
        return reader->peeked = c;
}

static unsigned char reader_take(struct reader *reader) {
        unsigned char c = reader_peek(reader);

        reader->peeked = 0;
        return c;
}

static bool is_reader_ident(unsigned char c) {
        return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 ||
               c == '_' || c >= 0x80;
}

static void reader_keyword(struct reader *reader, struct str keyword) {
        reader_peek_past_space(reader);
        for (size_t i = 0; i < keyword.len; i++)
                if (reader_take(reader) != (unsigned char)keyword.ptr[i]) {
                        reader_fail(reader, READER_SYNTAX);
                        return;
                }
        if (is_reader_ident(reader_peek(reader)))
                reader_fail(reader, READER_SYNTAX);
}

static void reader_ident(struct reader *reader) {
        if (!is_reader_ident(reader_peek_past_space(reader)))
                reader_fail(reader, READER_SYNTAX);
        while (is_reader_ident(reader_peek(reader)))
                reader->peeked = 0;
}

static void reader_raw_string(struct reader *reader) {
        while (reader->fault == READER_OK && reader_take(reader) != '`')
                if (reader->eof)
                        reader_fail(reader, READER_SYNTAX);
}

static void reader_quoted_string(struct reader *reader) {
        while (reader->fault == READER_OK) {
                unsigned char c = reader_take(reader);

                if (c == '"')
                        return;
                if (reader->eof || c == '\n')
                        reader_fail(reader, READER_SYNTAX);
                if (c == '\\')
                        reader_take(reader);
        }
}

static void reader_string(struct reader *reader) {
        unsigned char c;

        reader_peek_past_space(reader);
        c = reader_take(reader);
        if (c == '`')
                reader_raw_string(reader);
        else if (c == '"')
                reader_quoted_string(reader);
        else
                reader_fail(reader, READER_SYNTAX);
}

static void reader_import(struct reader *reader) {
        unsigned char c = reader_peek_past_space(reader);

        if (c == '.')
                reader->peeked = 0;
        else if (is_reader_ident(c))
                reader_ident(reader);
        reader_string(reader);
}

static void reader_import_declaration(struct reader *reader) {
        reader_keyword(reader, STR("import"));
        if (reader_peek_past_space(reader) != '(') {
                reader_import(reader);
                return;
        }
        reader_take(reader);
        while (reader_peek_past_space(reader) != ')' && reader->fault == READER_OK)
                reader_import(reader);
        reader_take(reader);
}

/* The bytes up to the end of the imports; all of them after a syntax error. */
static struct str header_bytes(struct str bytes, enum reader_fault *ret_fault) {
        struct reader reader = { .bytes = bytes };

        reader_keyword(&reader, STR("package"));
        reader_ident(&reader);
        while (reader_peek_past_space(&reader) == 'i')
                reader_import_declaration(&reader);
        *ret_fault = reader.fault;
        if (reader.fault != READER_OK)
                return bytes;
        return str_slice(bytes, 0, reader.at - !reader.eof);
}

/* The leading comments of a file that is not Go. */
static struct str comment_bytes(struct str bytes, enum reader_fault *ret_fault) {
        struct reader reader = { .bytes = bytes };

        reader_peek_past_space(&reader);
        *ret_fault = reader.fault;
        return str_slice(bytes, 0, reader.at - (reader.fault == READER_OK && !reader.eof));
}

/* ---- constraint lines ---- */

/* A walk over the lines of a header up to its first text that is no comment. */
struct constraint_scan {
        struct str bytes;
        struct header_line go_build;
        size_t end;     /* `// +build` lines count before this offset */
        bool code_seen; /* a line that is neither blank nor a line comment */
        bool in_block;  /* inside a block comment */
        bool two_go_builds;
};

static bool is_go_build(struct str line) {
        struct str rest = str_drop_prefix(line, STR("//go:build"));
        size_t size;

        return rest.len < line.len && (rest.len == 0 || rune_is_space(rune_decode(rest, &size)));
}

static bool is_plus_build(struct str line) {
        struct str text = rune_trim_space(str_drop_prefix(line, STR("//")));
        struct str rest = str_drop_prefix(text, STR("+build"));
        size_t size;

        return str_has_prefix(line, STR("//")) && rest.len < text.len &&
               (rest.len == 0 || rune_is_space(rune_decode(rest, &size)));
}

/* Whether only comments, or parts of them, stand on the line. */
static bool line_is_comment(struct constraint_scan *scan, struct str line) {
        while (line.len) {
                size_t end;

                if (scan->in_block) {
                        end = str_find_str(line, STR("*/"));
                        if (end == SIZE_MAX)
                                return true;
                        scan->in_block = false;
                        line = rune_trim_space(str_slice(line, end + 2, line.len));
                        continue;
                }
                if (str_has_prefix(line, STR("//")))
                        return true;
                if (!str_has_prefix(line, STR("/*")))
                        return false;
                scan->in_block = true;
                line = rune_trim_space(str_slice(line, 2, line.len));
        }
        return true;
}

static struct source_pos pos_in_line(uint32_t number, struct str line, struct str part) {
        return (struct source_pos){ number, (uint32_t)(part.ptr - line.ptr) + 1 };
}

/* Takes one line; false where the header ends. */
static bool scan_constraint_line(struct constraint_scan *scan, struct str line, uint32_t number,
                                 size_t line_end) {
        struct str text = rune_trim_space(line);

        if (text.len == 0 && !scan->code_seen) {
                scan->end = line_end;
                return true;
        }
        scan->code_seen |= !str_has_prefix(text, STR("//"));
        if (!scan->in_block && is_go_build(text)) {
                scan->two_go_builds |= scan->go_build.text.len > 0;
                scan->go_build = (struct header_line){ text, pos_in_line(number, line, text) };
        }
        return line_is_comment(scan, text);
}

static void scan_constraints(struct constraint_scan *scan) {
        struct str rest = scan->bytes, line;

        for (uint32_t number = 1; !scan->two_go_builds && str_next_line(&rest, &line); number++)
                if (!scan_constraint_line(scan, line, number, scan->bytes.len - rest.len))
                        return;
}

static void collect_plus_builds(struct arena *arena, const struct constraint_scan *scan,
                                struct header *header) {
        VEC(struct header_line) lines = { 0 };
        struct str rest = str_slice(scan->bytes, 0, scan->end), line;

        for (uint32_t number = 1; str_next_line(&rest, &line); number++) {
                struct str text = rune_trim_space(line);

                if (is_plus_build(text))
                        *VEC_ADD(arena, &lines) =
                                (struct header_line){ text, pos_in_line(number, line, text) };
        }
        header->plus_build = lines.items;
        header->plus_build_count = lines.count;
}

static void header_fail(struct header *header, enum header_state state, struct source_pos pos,
                        struct str fault) {
        header->state = state;
        header->fault_pos = pos;
        header->fault = fault;
}

static void read_constraints(struct arena *arena, struct str bytes, struct header *header) {
        struct constraint_scan scan = { .bytes = bytes };

        scan_constraints(&scan);
        header->go_build = scan.go_build;
        if (scan.two_go_builds)
                header_fail(header, HEADER_BAD_CONSTRAINT, scan.go_build.pos,
                            STR("multiple //go:build comments"));
        else if (scan.go_build.text.len == 0)
                collect_plus_builds(arena, &scan, header);
}

/* ---- package clause and imports ---- */

struct group {
        size_t from, to; /* offsets; from == to: none */
        uint32_t first_line, first_column, last_line;
};

struct parser {
        struct arena *arena;
        struct lexer lexer;
        struct token token; /* the next one */
        struct group lead;  /* the comment group that ends on the line above token, or on its own */
        struct header *header;
        VEC(struct header_import) imports;
        VEC(struct header_line) directives;
        bool failed;
        size_t failed_at;
        struct source_pos failed_pos;
        struct str failed_text;
};

static void parser_fail(struct parser *parser, struct str text) {
        if (parser->failed)
                return;
        parser->failed = true;
        parser->failed_at = parser->token.offset;
        parser->failed_pos = parser->token.pos;
        parser->failed_text = text;
}

static struct str found_text(struct parser *parser) {
        const struct token *token = &parser->token;

        if (token->implied)
                return STR("newline");
        if (token->kind >= TOKEN_IDENT && token->kind <= TOKEN_STRING)
                return token->text;
        return str_fmt(parser->arena, "'%.*s'", STR_ARG(token_kind_text(token->kind)));
}

static void parser_expected(struct parser *parser, const char *what) {
        parser_fail(parser, str_fmt(parser->arena, "expected %s, found %.*s", what,
                                    STR_ARG(found_text(parser))));
}

/* Comments above the package clause may mark the file. */
static void note_comment(struct parser *parser, const struct token *comment) {
        struct str rest = comment->text, line;

        if (parser->header->package_pos.line)
                return;
        if (str_has_prefix(comment->text, STR("//go:")))
                *VEC_ADD(parser->arena, &parser->directives) =
                        (struct header_line){ comment->text, comment->pos };
        while (str_next_line(&rest, &line)) {
                line = str_drop_suffix(line, STR("\r"));
                if (str_has_prefix(line, STR("// Code generated ")) &&
                    str_has_suffix(line, STR(" DO NOT EDIT.")))
                        parser->header->generated = true;
        }
}

static void add_to_group(struct group *group, const struct token *comment, uint32_t last_line) {
        if (group->from == group->to || comment->pos.line > group->last_line + 1)
                *group = (struct group){ .from = comment->offset,
                                         .first_line = comment->pos.line,
                                         .first_column = comment->pos.column };
        group->to = comment->offset + comment->text.len;
        group->last_line = last_line;
}

/* Reads the next token and the comments before it. A comment on the line of the token before
 * belongs to that one, so it begins no group for the next. */
static void parser_next(struct parser *parser) {
        uint32_t before = parser->token.pos.line;
        struct group group = { 0 };

        while ((parser->token = lexer_next(&parser->lexer)).kind == TOKEN_COMMENT) {
                note_comment(parser, &parser->token);
                if (parser->token.pos.line != before)
                        add_to_group(&group, &parser->token, parser->lexer.line);
        }
        parser->lead = group.last_line + 1 >= parser->token.pos.line ? group : (struct group){ 0 };
}

static void expect_semicolon(struct parser *parser) {
        if (parser->token.kind == TOKEN_RPAREN || parser->token.kind == TOKEN_RBRACE)
                return;
        if (parser->token.kind != TOKEN_SEMICOLON)
                parser_expected(parser, "';'");
        else
                parser_next(parser);
}

static struct str import_name(struct parser *parser) {
        struct str name = parser->token.text;

        if (parser->token.kind != TOKEN_IDENT && parser->token.kind != TOKEN_PERIOD)
                return STR_NONE;
        parser_next(parser);
        return name;
}

static struct str group_text(const struct parser *parser, struct group group) {
        return str_slice(parser->lexer.source, group.from, group.to);
}

static void parse_import_spec(struct parser *parser, struct group outer) {
        struct group doc = parser->lead.to ? parser->lead : outer;
        struct header_import import = { .pos = parser->token.pos };

        import.name = import_name(parser);
        import.path_pos = parser->token.pos;
        if (parser->token.kind != TOKEN_STRING) {
                bool literal =
                        parser->token.kind >= TOKEN_IDENT && parser->token.kind < TOKEN_STRING;

                parser_fail(parser, literal ? STR("import path must be a string")
                                            : STR("missing import path; require quoted string"));
                return;
        }
        if (!token_unquote(parser->arena, parser->token.text, &import.path))
                import.path = STR_NONE;
        if (str_eq(import.path, STR("C")))
                import.doc = group_text(parser, doc);
        parser_next(parser);
        *VEC_ADD(parser->arena, &parser->imports) = import;
        expect_semicolon(parser);
}

static bool has_one_spec(const struct parser *parser) {
        struct lexer ahead = parser->lexer;

        for (size_t strings = 0;;) {
                struct token token = lexer_next(&ahead);

                if (token.kind == TOKEN_RPAREN || token.kind == TOKEN_EOF)
                        return strings < 2;
                strings += token.kind == TOKEN_STRING;
        }
}

static void parse_import(struct parser *parser) {
        struct group doc = parser->lead;

        parser_next(parser);
        if (parser->token.kind != TOKEN_LPAREN) {
                parse_import_spec(parser, doc);
                return;
        }
        if (doc.to && !has_one_spec(parser))
                doc = (struct group){ 0 };
        parser_next(parser);
        while (parser->token.kind != TOKEN_RPAREN && parser->token.kind != TOKEN_EOF &&
               !parser->failed)
                parse_import_spec(parser, doc);
        if (parser->token.kind != TOKEN_RPAREN)
                parser_expected(parser, "')'");
        parser_next(parser);
        expect_semicolon(parser);
}

static bool is_ascii_text(char c) {
        return c > 0;
}

/* Whether the lexer failed so far, the character after the token included: go/scanner reads one
 * ahead, and go/parser gives up where the package clause had such an error. Adds that one. */
static bool has_bad_text(struct parser *parser) {
        struct lexer ahead = parser->lexer;

        if (ahead.error_count)
                return true;
        (void)lexer_next(&ahead);
        if (ahead.error_count == 0 || ahead.first_error_at != parser->lexer.at ||
            is_ascii_text(parser->lexer.source.ptr[parser->lexer.at]))
                return false;
        parser->lexer.error_count = 1;
        parser->lexer.first_error = ahead.first_error;
        parser->lexer.first_error_at = ahead.first_error_at;
        return true;
}

static bool parse_package(struct parser *parser) {
        struct header *header = parser->header;

        if (has_bad_text(parser))
                return false;
        if (parser->token.kind != TOKEN_PACKAGE) {
                parser_expected(parser, "'package'");
                return false;
        }
        header->package_pos = parser->token.pos;
        if (parser->lead.to)
                header->doc_pos =
                        (struct source_pos){ parser->lead.first_line, parser->lead.first_column };
        parser_next(parser);
        header->package_name = parser->token.text;
        if (parser->token.kind != TOKEN_IDENT)
                parser_expected(parser, "'IDENT'");
        else
                parser_next(parser);
        if (!parser->failed)
                expect_semicolon(parser);
        if (!has_bad_text(parser) && !parser->failed)
                return true;
        header->package_name = STR_NONE;
        return false;
}

/* The first of the lexer's and the parser's errors in order of the file. */
static void take_fault(struct parser *parser, enum header_state state) {
        const struct lexer *lexer = &parser->lexer;
        const struct lexer_error *error = &lexer->first_error;

        if (lexer->error_count && (!parser->failed || lexer->first_error_at <= parser->failed_at))
                header_fail(parser->header, state, error->pos,
                            error->detail.len ? str_fmt(parser->arena, "%s '%.*s'", error->what,
                                                        STR_ARG(error->detail))
                                              : str_of(error->what));
        else if (parser->failed)
                header_fail(parser->header, state, parser->failed_pos, parser->failed_text);
}

static bool has_cgo_line(struct str doc) {
        struct str line;

        while (str_next_line(&doc, &line)) {
                line = str_trim(str_drop_prefix(line, STR("//")));
                line = str_trim(str_drop_prefix(line, STR("/*")));
                if (str_has_prefix(line, STR("#cgo ")) || str_has_prefix(line, STR("#cgo\t")))
                        return true;
        }
        return false;
}

/* Paths are judged only where nothing else is wrong, as the go command does. */
static bool refuse_bad_path(struct parser *parser) {
        for (size_t i = 0; i < parser->imports.count; i++) {
                const struct header_import *import = &parser->imports.items[i];

                if (header_import_path_is_valid(import->path))
                        continue;
                header_fail(
                        parser->header, HEADER_BAD_SYNTAX, import->pos,
                        str_fmt(parser->arena, "invalid import path: %.*s", STR_ARG(import->path)));
                return true;
        }
        return false;
}

static void keep_imports(struct parser *parser) {
        struct header *header = parser->header;

        header->imports = parser->imports.items;
        header->import_count = parser->imports.count;
        header->directives = parser->directives.items;
        header->directive_count = parser->directives.count;
        for (size_t i = 0; i < header->import_count; i++) {
                header->imports_c |= str_eq(header->imports[i].path, STR("C"));
                header->has_cgo_lines |= has_cgo_line(header->imports[i].doc);
        }
}

static void parse_header(struct parser *parser) {
        enum header_state state = HEADER_BAD_PACKAGE;

        parser_next(parser);
        if (parse_package(parser)) {
                state = HEADER_BAD_SYNTAX;
                while (parser->token.kind == TOKEN_IMPORT && !parser->failed)
                        parse_import(parser);
        }
        (void)has_bad_text(parser);
        take_fault(parser, state);
        if (parser->header->state == HEADER_OK && !refuse_bad_path(parser))
                keep_imports(parser);
}

/* ---- embeds ---- */

/* The size of the quoted string that s begins with; 0 where there is none. */
static size_t quoted_size(struct str s) {
        struct lexer lexer = { .source = s, .line = 1 };
        struct token token = lexer_next(&lexer);
        struct str rest = str_slice(s, token.text.len, s.len);
        size_t size;

        if (token.kind != TOKEN_STRING || lexer.error_count)
                return 0;
        return rest.len == 0 || rune_is_space(rune_decode(rest, &size)) ? token.text.len : 0;
}

/* Takes one pattern off *args. False at the end, or where it is malformed (*ret_bad then). */
static bool next_pattern(struct arena *arena, struct str *args, struct str *ret_raw,
                         struct str *ret_pattern, bool *ret_bad) {
        struct str rest = *args, field;
        size_t size;

        if (!rune_next_field(&rest, &field))
                return false;
        if (*field.ptr != '"' && *field.ptr != '`') {
                *args = rest;
                *ret_raw = *ret_pattern = field;
                return true;
        }
        rest = str_slice(*args, (size_t)(field.ptr - args->ptr), args->len);
        size = quoted_size(rest);
        *ret_raw = str_slice(rest, 0, size);
        *ret_bad = size == 0 || !token_unquote(arena, *ret_raw, ret_pattern);
        *args = str_slice(rest, size, rest.len);
        return !*ret_bad;
}

/* The arguments of a //go:embed comment; false where it is another comment. */
static bool embed_args(struct str comment, struct str *ret_args) {
        struct str rest = str_drop_prefix(comment, STR("//go:embed"));
        size_t size;

        if (rest.len == comment.len || (rest.len && !rune_is_space(rune_decode(rest, &size))))
                return false;
        *ret_args = rest;
        return true;
}

typedef VEC(struct header_embed) embed_vec;

/* A line with a malformed pattern gives none: the compiler will report it. */
static void add_embeds(struct arena *arena, const struct token *comment, embed_vec *embeds) {
        size_t before = embeds->count;
        struct str args, raw, pattern;
        bool bad = false;

        if (!embed_args(comment->text, &args))
                return;
        while (next_pattern(arena, &args, &raw, &pattern, &bad)) {
                struct source_pos pos = comment->pos;

                pos.column += (uint32_t)(raw.ptr - comment->text.ptr);
                *VEC_ADD(arena, embeds) = (struct header_embed){ pattern, pos };
        }
        if (bad)
                embeds->count = before;
}

static bool imports_embed(const struct header *header) {
        for (size_t i = 0; i < header->import_count; i++)
                if (str_eq(header->imports[i].path, STR("embed")))
                        return true;
        return false;
}

static void read_embeds(struct arena *arena, struct str bytes, struct header *header) {
        struct lexer lexer = lexer_make(bytes, true);
        embed_vec embeds = { 0 };

        if (!imports_embed(header) || !str_contains(bytes, STR("//go:embed")))
                return;
        for (struct token token; (token = lexer_next(&lexer)).kind != TOKEN_EOF;)
                if (token.kind == TOKEN_COMMENT)
                        add_embeds(arena, &token, &embeds);
        header->embeds = embeds.items;
        header->embed_count = embeds.count;
}

/* ---- entry points ---- */

static bool refuse_nul(struct header *header, enum reader_fault fault) {
        if (fault != READER_NUL)
                return false;
        header_fail(header, HEADER_UNREADABLE, (struct source_pos){ 0 },
                    STR("unexpected NUL in input"));
        return true;
}

struct header header_scan(struct arena *arena, struct str bytes) {
        struct str text = str_drop_prefix(bytes, BOM), head;
        struct header header = { 0 };
        struct parser parser = { .arena = arena, .header = &header };
        enum reader_fault fault;

        head = header_bytes(text, &fault);
        header.header_end = (uint32_t)(bytes.len - text.len + head.len);
        if (refuse_nul(&header, fault))
                return header;
        read_constraints(arena, head, &header);
        if (header.state != HEADER_OK)
                return header;
        parser.lexer = lexer_make(head, true);
        parse_header(&parser);
        read_embeds(arena, text, &header);
        return header;
}

struct header header_scan_comments(struct arena *arena, struct str bytes) {
        struct header header = { 0 };
        enum reader_fault fault;
        struct str head = comment_bytes(str_drop_prefix(bytes, BOM), &fault);

        if (fault == READER_SYNTAX)
                header_fail(&header, HEADER_UNREADABLE, (struct source_pos){ 0 },
                            STR("syntax error"));
        else if (!refuse_nul(&header, fault))
                read_constraints(arena, head, &header);
        return header;
}

static bool path_rune_is_valid(uint32_t rune) {
        return rune_is_graphic(rune) && !rune_is_space(rune) && rune != RUNE_ERROR &&
               (rune >= 0x80 || !strchr("!\"#$%&'()*,:;<=>?[\\]^`{|}", (int)rune));
}

bool header_import_path_is_valid(struct str path) {
        size_t size;

        for (size_t at = 0; at < path.len; at += size)
                if (!path_rune_is_valid(rune_decode(str_slice(path, at, path.len), &size)))
                        return false;
        return path.len > 0;
}

/* ---- functions ---- */

struct function_scan {
        struct lexer lexer;
        struct token token;
        enum token_kind last; /* the last token taken, and the place after it */
        struct source_pos last_end;
        uint32_t last_end_offset;
};

static void take(struct function_scan *scan) {
        if (!scan->token.implied) {
                scan->last_end = scan->token.pos;
                scan->last_end.column += (uint32_t)scan->token.text.len;
                scan->last_end_offset = scan->token.offset + (uint32_t)scan->token.text.len;
                scan->last = scan->token.kind;
        }
        scan->token = lexer_next(&scan->lexer);
}

static bool opens(enum token_kind kind) {
        return kind == TOKEN_LPAREN || kind == TOKEN_LBRACK || kind == TOKEN_LBRACE;
}

static bool closes(enum token_kind kind) {
        return kind == TOKEN_RPAREN || kind == TOKEN_RBRACK || kind == TOKEN_RBRACE;
}

/* Moves over what a brace encloses, which is most of a file. */
static bool skip_body(struct function_scan *scan) {
        if (!lexer_skip_block(&scan->lexer, &scan->last_end))
                return false;
        scan->last_end_offset = (uint32_t)scan->lexer.at;
        scan->last = TOKEN_RBRACE;
        scan->token = lexer_next(&scan->lexer);
        return true;
}

/* Moves to the semicolon that ends a top-level declaration, or the end of the file. True where a
 * brace was met outside all others that belongs to no struct or interface: of a function, that is
 * its body. */
static bool skip_declaration(struct function_scan *scan) {
        bool has_body = false;

        for (size_t depth = 0; scan->token.kind != TOKEN_EOF; take(scan)) {
                while (scan->token.kind == TOKEN_LBRACE && depth == 0) {
                        has_body |= scan->last != TOKEN_STRUCT && scan->last != TOKEN_INTERFACE;
                        if (!skip_body(scan))
                                break;
                }
                if (scan->token.kind == TOKEN_SEMICOLON && depth == 0)
                        break;
                if (opens(scan->token.kind))
                        depth++;
                else if (closes(scan->token.kind) && depth)
                        depth--;
        }
        return has_body;
}

/* `(name *Type[Params])`: the type is the last identifier before a bracket or the end. */
static void scan_receiver(struct function_scan *scan, struct header_function *function) {
        size_t depth = 0, brackets = 0;

        do {
                enum token_kind kind = scan->token.kind;

                brackets += kind == TOKEN_LBRACK;
                depth += kind == TOKEN_LPAREN;
                depth -= kind == TOKEN_RPAREN;
                if (kind == TOKEN_MUL && brackets == 0)
                        function->pointer_receiver = true;
                if (kind == TOKEN_IDENT && brackets == 0)
                        function->receiver = scan->token.text;
                take(scan);
        } while (depth && scan->token.kind != TOKEN_EOF);
}

/* False where no function declaration follows `func`. */
static bool scan_function(struct function_scan *scan, struct header_function *ret_function) {
        struct header_function function = { .start = scan->token.pos,
                                            .start_offset = scan->token.offset };

        take(scan);
        if (scan->token.kind == TOKEN_LPAREN)
                scan_receiver(scan, &function);
        if (scan->token.kind != TOKEN_IDENT)
                return false;
        function.name = scan->token.text;
        function.has_body = skip_declaration(scan);
        function.end = scan->last_end;
        function.end_offset = scan->last_end_offset;
        *ret_function = function;
        return true;
}

void header_functions(struct arena *arena, struct str bytes,
                      const struct header_function **ret_functions, size_t *ret_count) {
        struct function_scan scan = { .lexer = lexer_make(bytes, false) };
        VEC(struct header_function) functions = { 0 };

        for (scan.token = lexer_next(&scan.lexer); scan.token.kind != TOKEN_EOF; take(&scan)) {
                struct header_function function;

                if (scan.token.kind == TOKEN_FUNC && scan_function(&scan, &function))
                        *VEC_ADD(arena, &functions) = function;
                else
                        skip_declaration(&scan);
        }
        *ret_functions = functions.items;
        *ret_count = functions.count;
}
