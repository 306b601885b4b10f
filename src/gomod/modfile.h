/* gomod/modfile.h: go.mod and go.work.
 *
 * Every directive up to Go 1.26, with its place and its comments. What is accepted and refused, and
 * in which words, is as golang.org/x/mod/modfile (Parse, ParseLax, ParseWork) has it where the go
 * command calls it: with cmd/go/internal/modload's fixVersion for the main module. Source: Go
 * Modules Reference, "go.mod files" and "Workspaces". Views of the file, or in the arena. */
#pragma once

#include "gomod/modpath.h"
#include "gomod/modsyntax.h"

enum modfile_kind {
        MODFILE_MAIN,       /* the go.mod of a main module: all directives, strictly */
        MODFILE_DEPENDENCY, /* any other go.mod: unknown directives are passed over */
        MODFILE_WORK        /* a go.work */
};

/* What every directive has. */
struct modfile_place {
        struct mod_pos pos; /* of the line's first token; line 0: the directive is absent */
        struct str comment; /* text of its own comments, else of its block's; lines without "//" */
};

struct modfile_word { /* go, toolchain, tool, ignore, use */
        struct str value;
        struct modfile_place place;
};

struct modfile_module {
        struct str path;
        struct str deprecated; /* the message after "Deprecated:"; empty where there is none */
        struct modfile_place place;
};

struct modfile_godebug {
        struct str key, value;
        struct modfile_place place;
};

struct modfile_require {
        struct mod_version mod;
        bool indirect; /* has the comment "// indirect" */
        struct modfile_place place;
};

struct modfile_exclude {
        struct mod_version mod;
        struct modfile_place place;
};

struct modfile_replace {
        struct mod_version old_mod; /* without a version: every version */
        struct mod_version new_mod; /* without a version: a folder */
        struct modfile_place place;
};

/* All versions from low to high; the comment is the rationale. */
struct modfile_retract {
        struct str low, high;
        struct modfile_place place;
};

struct modfile {
        enum modfile_kind kind;
        struct modfile_module module;
        struct modfile_word go, toolchain;
        struct modfile_godebug *godebugs;
        size_t godebug_count;
        struct modfile_require *requires; /* in order; duplicates are kept */
        size_t require_count;
        struct modfile_exclude *excludes;
        size_t exclude_count;
        struct modfile_replace *replaces;
        size_t replace_count;
        struct modfile_retract *retracts;
        size_t retract_count;
        struct modfile_word *tools;
        size_t tool_count;
        struct modfile_word *ignores;
        size_t ignore_count;
        struct modfile_word *uses; /* go.work only */
        size_t use_count;
        /* The first version that is not canonical ("v1.2", "v1.2.3+meta"): the go command would
         * write another in its place. line 0: none. */
        struct mod_pos noncanonical_pos;
        struct str noncanonical;
};

/* Parses text; name is the file's name in errors. The first error is given, in the order of the go
 * command: syntax first, then directives from top to bottom, then retracted versions. Errors:
 * ERR_SYNTAX with place, ERR_LIMIT. */
MUST_USE bool modfile_parse(struct arena *arena, enum modfile_kind kind, struct str name,
                            struct str text, struct modfile *ret_mod, struct err *err);

/* The value of the go line; what its absence means where there is none. */
struct str modfile_go_version(const struct modfile *mod);

/* The replacement for a module at a version: the replace of exactly this version, else the one of
 * every version; of several the last, as the go command has it. NULL where there is none. */
const struct modfile_replace *modfile_find_replace(const struct modfile *mod,
                                                   struct mod_version version);

bool modfile_excludes(const struct modfile *mod, struct mod_version version);

/* The first require of the path; NULL where there is none. */
const struct modfile_require *modfile_find_require(const struct modfile *mod, struct str path);
