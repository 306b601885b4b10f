/* golang/header.h: what the go command reads of a Go file before it compiles it.
 *
 * The scanner stops at the end of the import section (unless the file imports "embed", or the
 * caller asks for functions), accepts and refuses what go/build accepts and refuses, and names the
 * same place. Positions honour no //line comments.
 *
 * Source: go/build's documentation, "Build Constraints"; cmd/go's `go help packages`, the embed
 * package's documentation; golang.org/s/generatedcode. */
#pragma once

#include "golang/lexer.h"

/* How far a file can be used. */
enum header_state {
        HEADER_OK,
        HEADER_BAD_SYNTAX,     /* the go command lists the file, without imports, and reports it */
        HEADER_BAD_PACKAGE,    /* as HEADER_BAD_SYNTAX; not even the package name could be read */
        HEADER_BAD_CONSTRAINT, /* two //go:build lines: the file belongs to no list */
        HEADER_UNREADABLE      /* a NUL byte before the end of the imports: belongs to no list */
};

struct header_import {
        struct str path;       /* unquoted */
        struct str name;       /* "", ".", "_" or an identifier */
        struct source_pos pos; /* of the name where there is one, else of the path */
        struct source_pos path_pos;
        struct str doc; /* `import "C"` only: the comment above it with its markers, else empty */
};

struct header_line {
        struct str text; /* the comment, trimmed of white space, "//" kept */
        struct source_pos pos;
};

struct header_embed {
        struct str pattern; /* unquoted; "all:" kept */
        struct source_pos pos;
};

struct header {
        enum header_state state;
        struct source_pos fault_pos; /* where state is not HEADER_OK; 0 where there is no place */
        struct str fault;            /* what is wrong, in English */

        struct str package_name;       /* "" where it could not be read */
        struct source_pos package_pos; /* of the keyword */
        struct source_pos doc_pos;     /* of the package comment; line 0 where there is none */
        uint32_t header_end;           /* offset after the import section */

        const struct header_import *imports; /* in order of the file; empty unless HEADER_OK */
        size_t import_count;
        const struct header_embed *embeds; /* only where the file imports "embed" */
        size_t embed_count;

        struct header_line go_build; /* the one //go:build line; text empty if none */
        const struct header_line
                *plus_build; /* `// +build` lines that count (none where go_build) */
        size_t plus_build_count;
        const struct header_line *directives; /* `//go:` comments before the package clause */
        size_t directive_count;

        bool imports_c;     /* has import "C" */
        bool has_cgo_lines; /* a #cgo line stands in the comment of an import "C" */
        bool generated;     /* has the line "// Code generated ... DO NOT EDIT." above package */
};

struct header_function {
        struct str name;
        struct str receiver; /* the receiver's type name, without `*` and type parameters; or "" */
        bool pointer_receiver;
        bool has_body;                /* else it is written elsewhere, in assembly say */
        struct source_pos start, end; /* of `func`, and after the last byte of the body (or line) */
        uint32_t start_offset, end_offset; /* the same in bytes of the source */
};

/* Scans a Go file of at most LEXER_SOURCE_MAX bytes. Views into bytes and arena memory. */
struct header header_scan(struct arena *arena, struct str bytes);

/* The constraint lines of any file that the go command matches (assembly, C): only go_build,
 * plus_build and state are filled. */
struct header header_scan_comments(struct arena *arena, struct str bytes);

/* The top-level functions and methods, in order of the file. Function literals belong to what
 * surrounds them. A file with syntax errors gives those that could be told apart. */
void header_functions(struct arena *arena, struct str bytes,
                      const struct header_function **ret_functions, size_t *ret_count);

/* Whether an import path has only characters that the go command takes in an import. */
bool header_import_path_is_valid(struct str path);
