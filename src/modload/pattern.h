/* modload/pattern.h: the packages that `./...` means.
 *
 * Source: `go help packages`; cmd/go/internal/modload (matchPackages), cmd/go/internal/search
 * (ignore patterns). */
#pragma once

#include "modload/package.h"

/* Deepest folder that is looked into. */
#define PATTERN_FOLDERS_MAX 256

/* The `ignore` directives of a go.mod, as written ("./node_modules", "static"). */
struct pattern_ignores {
        const struct str *items;
        size_t count;
};

/* Whether the ignore directives leave out a folder of the module: "./x" the one at the root, "x"
 * one of that name anywhere, and all below. */
bool pattern_ignores_folder(const struct pattern_ignores *ignores, struct str folder);

/* The folders at and below `from` ("" is the module's root) that `./...` from there means, sorted:
 * those with at least one Go file that context lets in (also where it cannot be parsed). Left out
 * are testdata, names that begin with `_` or `.`, what lies in a folder vendor, ignored folders,
 * nested modules (where the source has them) and symlinks to folders; `from` itself is never left
 * out. Errors: ERR_LIMIT, ERR_IO; an absent `from` is an empty list. */
MUST_USE bool pattern_match(const struct package_source *source, struct str from,
                            const struct pattern_ignores *ignores,
                            const struct build_context *context, struct arena *arena,
                            struct str_list *ret_folders, struct err *err);
