/* gomod/modsyntax.h: the syntax that go.mod and go.work share, before directives have a meaning.
 *
 * A file is a list of lines. A block "verb ( ... )" gives its lines the verb. Comments run from //
 * to the end of the line; a comment that stands above a line without an empty line between, or
 * behind it, belongs to it. Source: Go Modules Reference, "Lexical elements" and "Grammar";
 * golang.org/x/mod/modfile (read.go). Everything is a view of the file or lives in the arena. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define MODSYNTAX_FILE_MAX (16u << 20) /* bytes */

/* 1-based; the column counts characters. */
struct mod_pos {
        uint32_t line, column;
};

struct mod_token {
        struct str text; /* as it stands in the file, with its quotes */
        struct mod_pos pos;
        bool quoted;
};

/* Whole-line comments above something, and the one behind it; each with its "//". Above a line in
 * a block, empty lines stand as empty comments. */
struct mod_comments {
        struct str *before;
        size_t before_count;
        struct str suffix; /* empty where there is none */
};

struct mod_block {
        struct mod_token *tokens; /* what stands before the "(" */
        size_t token_count;
        struct mod_comments comments;
        struct mod_pos pos;
};

struct mod_line {
        struct mod_token *tokens; /* at least one; in a block the verb is not among them */
        size_t token_count;
        struct mod_comments comments;
        struct mod_block *block; /* NULL: a line of its own, its verb is the first token */
        struct mod_pos pos;      /* of the first token */
};

struct modsyntax {
        struct mod_line *lines;
        size_t line_count;
        struct mod_block **blocks; /* in order, empty ones too */
        size_t block_count;
};

/* name is the file's name in errors. Errors: ERR_SYNTAX with place, ERR_LIMIT over
 * MODSYNTAX_FILE_MAX. */
MUST_USE bool modsyntax_parse(struct arena *arena, struct str name, struct str text,
                              struct modsyntax *ret_syntax, struct err *err);

/* The value of a token: quotes and escapes undone as in Go's interpreted strings. False where a
 * quote stands where none may, or the string is malformed; *ret_why says which. */
bool modsyntax_value(struct arena *arena, struct mod_token token, struct str *ret_value,
                     const char **ret_why);

/* The comments of the line (or, where it has none, of its block) as text: one line each, without
 * "//" and blanks around. */
struct str modsyntax_comment_text(struct arena *arena, const struct mod_line *line);
