/* leak/ruleset_impl.h: one rule file as it is written, before others are laid under it. Only
 * leak/ruleset*.c includes this. */
#pragma once

#include "leak/ruleset.h"

struct reader {
        struct arena *arena;
        const struct ruleset_source *source;
        struct err *err;
        struct str file;
        unsigned depth; /* how many extend.path lead to the file */
};

/* A word and where it stands. */
struct named {
        struct str text;
        uint32_t line, column;
};

struct names {
        const struct named *items;
        size_t count;
};

struct global_list {
        struct allowlist list;
        struct names targets; /* none: every rule */
};

struct rule_file {
        struct str title, extend_path;
        bool use_default;
        uint32_t extend_line, extend_column;
        struct names disabled;
        struct secret_rule *rules; /* required[].rule is not known yet */
        size_t rule_count;
        struct global_list *allowlists;
        size_t allowlist_count;
};

/* Reads reader->file, whose bytes are text. */
MUST_USE bool rule_file_read(struct reader *reader, struct str text, struct rule_file *ret_file);

/* ERR_SYNTAX at a place of the file; false. */
bool rule_error(const struct reader *reader, uint32_t line, uint32_t column, const char *format,
                ...) PRINTF_LIKE(4, 5);
