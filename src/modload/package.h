/* modload/package.h: the Go package in one folder.
 *
 * A folder is read once, without a build context; package_select then says what a build makes of
 * it. The answers are those of `go list -json`. Sources: `go help packages`, `go help
 * buildconstraint`; go/build (ImportDir); cmd/go/internal/imports for contexts with `any`. */
#pragma once

#include "golang/constraint.h"
#include "golang/header.h"
#include "modload/source.h"

/* Largest source file that is read, in bytes. */
#define PACKAGE_FILE_MAX ((size_t)64 << 20)

struct str_list {
        const struct str *items;
        size_t count;
};

/* ---- one folder ---- */

struct package_file {
        struct str name; /* base name */
        bool is_go, is_test;
        struct header header;       /* Go files: all of it; others: the constraint lines */
        const struct err *read_err; /* why it could not be read; NULL where it could */
};

struct package_folder {
        struct source_names names;
        const struct package_file *files; /* sorted by name; those the go command may take */
        size_t file_count;
};

/* A regular .go file of any name and constraint is there: the folder counts as a package where the
 * module is looked for that provides an import. */
bool package_folder_has_go(const struct source_names *names);

/* Whether it has a Go file that cannot be one (a link that leads nowhere, a FIFO): no import finds
 * a package in the folder by it, but the go command opens it for ./... and fails. */
bool package_folder_has_broken_go(const struct source_names *names);

/* Reads the source files among the names of a folder: .go, and those in C, C++, Objective-C,
 * Fortran, assembly and SWIG. Left out are names that begin with `_` or `.`, those whose name rules
 * them out under context (NULL: none is), and with tests false those that end in _test.go. A file
 * that cannot be read has a read_err. The folder lives in arena, and so do the bytes. */
struct package_folder package_folder_read(const struct package_source *source, struct str path,
                                          const struct source_names *names,
                                          const struct build_context *context, bool tests,
                                          struct arena *arena);

/* ---- one package ---- */

#define PACKAGE_NONE UINT32_MAX

struct package_import {
        struct str path; /* as written */
        struct str file; /* base name of the first file that has it; "" where the build adds it */
        struct source_pos pos;
        uint32_t target; /* index in a graph's packages; PACKAGE_NONE: "C", or not followed */
};

struct package_imports {
        struct package_import *items; /* sorted by path, each once */
        size_t count;
};

struct package_embed {
        struct str pattern;
        struct str file;
        struct source_pos pos;
};

struct package_embeds {
        struct package_embed *items; /* sorted by pattern, each once */
        size_t count;
};

/* Why the go command refuses a package. */
#define PACKAGE_PROBLEMS(X)                                                                        \
        X(PACKAGE_OK)                                                                              \
        X(PACKAGE_NO_GO_FILES)     /* no Go file, or build constraints exclude all */              \
        X(PACKAGE_MIXED_NAMES)     /* files of two packages in one folder */                       \
        X(PACKAGE_BAD_FILE)        /* a Go file with a syntax error, or that cannot be read */     \
        X(PACKAGE_FOREIGN_FILE)    /* C, C++, Objective-C or Fortran without cgo */                \
        X(PACKAGE_BAD_CGO)         /* a #cgo line that is malformed */                             \
        X(PACKAGE_BAD_NAME)        /* a file or folder name that could be taken for a flag */      \
        X(PACKAGE_SAME_FOLDED)     /* names or import paths that differ only in case */            \
        X(PACKAGE_EMBED)           /* a //go:embed pattern that is malformed or matches nothing */ \
        X(PACKAGE_MISSING)         /* no module of the build list provides it */                   \
        X(PACKAGE_MISSING_STD)     /* reserved for the standard library, which lacks it */         \
        X(PACKAGE_AMBIGUOUS)       /* more than one module provides it */                          \
        X(PACKAGE_BAD_PATH)        /* an import path the go command refuses */                     \
        X(PACKAGE_MODULE_UNOPENED) /* a module that might provide it could not be opened */        \
        X(PACKAGE_INTERNAL)        /* imports an internal package of another tree */               \
        X(PACKAGE_IMPORTS_MAIN)    /* imports a program */                                         \
        X(PACKAGE_CYCLE)           /* is part of an import cycle */

enum package_problem_kind {
#define X(name) name,
        PACKAGE_PROBLEMS(X)
#undef X
};

struct package_problem {
        enum package_problem_kind kind;
        struct str file; /* base name, in the folder of the package that has it (for an import that
                            cannot be resolved: of the importer); "" for none */
        struct source_pos pos;
        struct str message; /* English, in the go command's words */
        uint32_t importer;  /* where file lies in another package's folder: its index, that of the
                               first package with an import that cannot be resolved, or that
                               closes a cycle; else PACKAGE_NONE */
        uint32_t module;    /* PACKAGE_MODULE_UNOPENED: index of the module; else PACKAGE_NONE */
        const struct err
                *cause; /* PACKAGE_MODULE_UNOPENED: what opening said; PACKAGE_BAD_FILE:
                           what reading said, where the file could not be read; else NULL */
};

struct package {
        struct str path;   /* import path; std's own vendored ones begin with "vendor/" */
        struct str folder; /* in its module's source */
        uint32_t module;   /* index in a graph's modules; PACKAGE_NONE: std, or unresolved */
        struct str name;
        struct str_list go_files, cgo_files, test_go_files, xtest_go_files;
        struct str_list ignored_go_files; /* constraints exclude them */
        struct str_list invalid_go_files; /* broken, or of another package */
        struct str_list other_files;      /* C, assembly ... that the build takes */
        struct package_imports imports, test_imports, xtest_imports;
        struct package_imports implied; /* what cgo and the linker add to a build */
        struct package_embeds embeds, test_embeds, xtest_embeds;
        struct package_problem problem; /* the first one */
        bool is_std;
        bool is_root;       /* the caller asked for it */
        bool follows_tests; /* the imports of its tests are in the graph */
        bool past_roots;    /* looking for it had to go past the root requirements */
        bool from_vendor;   /* lies in the vendor folder */
};

/* What context makes of a folder. With context->any every file that could ever be built counts:
 * all Go files stand in go_files or test_go_files, mixed package names are no problem, broken files
 * give no imports. path and targets are left for the caller. Names are views into the folder. */
struct package package_select(const struct package_folder *folder,
                              const struct build_context *context, struct arena *arena);

/* A copy that needs nothing but arena. cause is kept as it is. */
struct package package_dup(struct arena *arena, const struct package *package);
