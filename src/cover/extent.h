/* cover/extent.h: the functions of a source file, and what a profile says of them.
 *
 * Places are those of a profile: a line directive (`//line file:9`, with the old and the block
 * form) moves them, as it does for the go command's tools, which write and read profiles with the
 * positions that directives give. Sources: cmd/cover, func.go; go/scanner and go/token, "line
 * directives"; the Go compiler's documentation, "Line Directives". */
#pragma once

#include "cover/run.h"
#include "golang/header.h"

/* From a byte of the source on, lines and columns count otherwise. */
struct cover_shift {
        uint32_t offset;       /* of the first byte that it holds for */
        uint32_t line, column; /* of that byte, as the file lies there */
        uint32_t to_line;
        uint32_t to_column; /* 0: columns are not known */
};

struct cover_shifts {
        const struct cover_shift *items; /* ascending by offset */
        size_t count;
};

/* The line directives of a Go source; views of nothing. */
struct cover_shifts cover_shifts_read(struct arena *arena, struct str source);

/* Where a byte of the source is for a profile. */
uint64_t cover_place(const struct cover_shifts *shifts, uint32_t offset, struct source_pos pos);

struct cover_function {
        struct str name;      /* without receiver */
        uint64_t start, end;  /* places */
        uint32_t source_line; /* of `func`, as the file lies there */
        uint64_t statements, covered;
        bool has_block; /* some block of the profile lies in it, be it without statements */
};

struct cover_functions {
        struct cover_function *items; /* in order of the file; only those with a body */
        size_t count;
        bool is_ordered; /* places ascend too: no line directive turned them round */
};

/* The top-level functions and methods of a source; names are views of it. Function literals belong
 * to what surrounds them. */
struct cover_functions cover_functions_read(struct arena *arena, struct str source,
                                            const struct cover_shifts *shifts);

/* Adds a block to each function that it overlaps. */
void cover_functions_count(struct cover_functions *functions, const struct cover_block *block);

/* Where the lines of a source end, to tell blocks that cannot be of this source. */
struct cover_ends {
        const uint32_t *lengths; /* bytes of each line, without its line end */
        size_t count;
};

struct cover_ends cover_ends_read(struct arena *arena, struct str source);

/* Whether both ends of a block lie in the source; not for a source with line directives. */
bool cover_ends_have(const struct cover_ends *ends, const struct cover_block *block);
