/* golang/lexer.h: the tokens of a Go source file.
 *
 * Every token of Go up to 1.26, with automatic semicolons. The tokens, the errors and their places
 * are those of the Go standard library's go/scanner, so that what weir refuses is what the go
 * command refuses. A lexer never stops at an error: it remembers the first one, counts the others
 * and goes on, so a parser may recover.
 *
 * Source: The Go Programming Language Specification, "Lexical elements". */
#pragma once

#include "base/str.h"

/* Larger files are refused by the callers that read them. */
#define LEXER_SOURCE_MAX ((size_t)1 << 30)

/* X(name, text): text is the token's fixed spelling, or what errors call it. Operators and
 * keywords are contiguous. */
#define TOKEN_KINDS(X)                                                                             \
        X(TOKEN_EOF, "EOF")                                                                        \
        X(TOKEN_ILLEGAL, "ILLEGAL")                                                                \
        X(TOKEN_COMMENT, "COMMENT")                                                                \
        X(TOKEN_IDENT, "IDENT")                                                                    \
        X(TOKEN_INT, "INT")                                                                        \
        X(TOKEN_FLOAT, "FLOAT")                                                                    \
        X(TOKEN_IMAG, "IMAG")                                                                      \
        X(TOKEN_CHAR, "CHAR")                                                                      \
        X(TOKEN_STRING, "STRING")                                                                  \
        TOKEN_OPERATORS(X)                                                                         \
        TOKEN_KEYWORDS(X)

#define TOKEN_OPERATORS(X)                                                                         \
        X(TOKEN_ADD, "+")                                                                          \
        X(TOKEN_SUB, "-")                                                                          \
        X(TOKEN_MUL, "*")                                                                          \
        X(TOKEN_QUO, "/")                                                                          \
        X(TOKEN_REM, "%")                                                                          \
        X(TOKEN_AND, "&")                                                                          \
        X(TOKEN_OR, "|")                                                                           \
        X(TOKEN_XOR, "^")                                                                          \
        X(TOKEN_SHL, "<<")                                                                         \
        X(TOKEN_SHR, ">>")                                                                         \
        X(TOKEN_AND_NOT, "&^")                                                                     \
        X(TOKEN_ADD_ASSIGN, "+=")                                                                  \
        X(TOKEN_SUB_ASSIGN, "-=")                                                                  \
        X(TOKEN_MUL_ASSIGN, "*=")                                                                  \
        X(TOKEN_QUO_ASSIGN, "/=")                                                                  \
        X(TOKEN_REM_ASSIGN, "%=")                                                                  \
        X(TOKEN_AND_ASSIGN, "&=")                                                                  \
        X(TOKEN_OR_ASSIGN, "|=")                                                                   \
        X(TOKEN_XOR_ASSIGN, "^=")                                                                  \
        X(TOKEN_SHL_ASSIGN, "<<=")                                                                 \
        X(TOKEN_SHR_ASSIGN, ">>=")                                                                 \
        X(TOKEN_AND_NOT_ASSIGN, "&^=")                                                             \
        X(TOKEN_LAND, "&&")                                                                        \
        X(TOKEN_LOR, "||")                                                                         \
        X(TOKEN_ARROW, "<-")                                                                       \
        X(TOKEN_INC, "++")                                                                         \
        X(TOKEN_DEC, "--")                                                                         \
        X(TOKEN_EQL, "==")                                                                         \
        X(TOKEN_LSS, "<")                                                                          \
        X(TOKEN_GTR, ">")                                                                          \
        X(TOKEN_ASSIGN, "=")                                                                       \
        X(TOKEN_NOT, "!")                                                                          \
        X(TOKEN_TILDE, "~")                                                                        \
        X(TOKEN_NEQ, "!=")                                                                         \
        X(TOKEN_LEQ, "<=")                                                                         \
        X(TOKEN_GEQ, ">=")                                                                         \
        X(TOKEN_DEFINE, ":=")                                                                      \
        X(TOKEN_ELLIPSIS, "...")                                                                   \
        X(TOKEN_LPAREN, "(")                                                                       \
        X(TOKEN_LBRACK, "[")                                                                       \
        X(TOKEN_LBRACE, "{")                                                                       \
        X(TOKEN_COMMA, ",")                                                                        \
        X(TOKEN_PERIOD, ".")                                                                       \
        X(TOKEN_RPAREN, ")")                                                                       \
        X(TOKEN_RBRACK, "]")                                                                       \
        X(TOKEN_RBRACE, "}")                                                                       \
        X(TOKEN_SEMICOLON, ";")                                                                    \
        X(TOKEN_COLON, ":")

#define TOKEN_KEYWORDS(X)                                                                          \
        X(TOKEN_BREAK, "break")                                                                    \
        X(TOKEN_CASE, "case")                                                                      \
        X(TOKEN_CHAN, "chan")                                                                      \
        X(TOKEN_CONST, "const")                                                                    \
        X(TOKEN_CONTINUE, "continue")                                                              \
        X(TOKEN_DEFAULT, "default")                                                                \
        X(TOKEN_DEFER, "defer")                                                                    \
        X(TOKEN_ELSE, "else")                                                                      \
        X(TOKEN_FALLTHROUGH, "fallthrough")                                                        \
        X(TOKEN_FOR, "for")                                                                        \
        X(TOKEN_FUNC, "func")                                                                      \
        X(TOKEN_GO, "go")                                                                          \
        X(TOKEN_GOTO, "goto")                                                                      \
        X(TOKEN_IF, "if")                                                                          \
        X(TOKEN_IMPORT, "import")                                                                  \
        X(TOKEN_INTERFACE, "interface")                                                            \
        X(TOKEN_MAP, "map")                                                                        \
        X(TOKEN_PACKAGE, "package")                                                                \
        X(TOKEN_RANGE, "range")                                                                    \
        X(TOKEN_RETURN, "return")                                                                  \
        X(TOKEN_SELECT, "select")                                                                  \
        X(TOKEN_STRUCT, "struct")                                                                  \
        X(TOKEN_SWITCH, "switch")                                                                  \
        X(TOKEN_TYPE, "type")                                                                      \
        X(TOKEN_VAR, "var")

enum token_kind {
#define X(name, text) name,
        TOKEN_KINDS(X)
#undef X
                TOKEN_KIND_COUNT
};

/* A place in a file: both 1-based, the column in bytes. A byte order mark at the start of the file
 * is no part of line 1. */
struct source_pos {
        uint32_t line, column;
};

struct token {
        enum token_kind kind;
        bool implied;    /* a semicolon that a line end or the end of the file stands for */
        uint32_t offset; /* of the first byte in the source */
        struct source_pos pos;
        struct str text; /* as written; empty for EOF and implied semicolons. A line comment has no
                            line end and no CR before it. An illegal token is one rune */
};

struct lexer_error {
        struct source_pos pos;
        const char *what;  /* words of ours, a literal */
        struct str detail; /* part of the source that goes with it, or empty */
};

struct lexer {
        struct str source;
        size_t at;           /* the next byte */
        size_t line_start;   /* offset of the first byte of the line `at` is in */
        uint32_t line;       /* 1-based line of `at` */
        bool want_comments;  /* comments come as tokens; else they are skipped */
        bool want_semicolon; /* a line end here is a semicolon */
        size_t pending;      /* offset of a line end inside a comment that stands for a semicolon */
        uint32_t error_count;           /* errors so far */
        struct lexer_error first_error; /* the one with the lowest offset */
        size_t first_error_at;
};

/* A lexer at the start of source (after a byte order mark), of at most LEXER_SOURCE_MAX bytes. The
 * tokens are views into source. */
struct lexer lexer_make(struct str source, bool want_comments);

/* The next token; TOKEN_EOF again and again at the end. */
struct token lexer_next(struct lexer *lexer);

/* For a lexer that stands right behind a `{`: moves behind the `}` that matches it, several times
 * faster than token by token, and gives the place there. False, and nothing changed, where the
 * bytes up to it are anything but plain Go (a literal or comment without an end, no match). */
bool lexer_skip_block(struct lexer *lexer, struct source_pos *ret_end);

/* The fixed spelling of a kind ("+", "func"), else its name ("IDENT"). */
struct str token_kind_text(enum token_kind kind);

/* The value of a string literal (interpreted or raw), which is a view where nothing had to be
 * unescaped, else in the arena. False where text is no whole, valid string literal. */
bool token_unquote(struct arena *arena, struct str text, struct str *ret_value);
