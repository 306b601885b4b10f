/* gomod/modulestxt.h: vendor/modules.txt.
 *
 *     ## workspace                         (first line: made by go work vendor)
 *     # path version [=> path [version]]   a module
 *     ## explicit; go 1.21                 its marks
 *     path/of/package                      a package of it that is vendored
 *     # path => path [version]             a replacement of every version
 *
 * Source: Go Modules Reference, "Vendoring"; cmd/go/internal/modload (readVendorList). Lines that
 * the go command cannot interpret it passes over; here they are kept apart. Views of the file. */
#pragma once

#include "gomod/modpath.h"

#define MODULESTXT_FILE_MAX (16u << 20) /* bytes */

struct modulestxt_package {
        struct str path;
        uint32_t line;
        size_t module; /* index into modules */
};

/* One "# " line. A module may stand in two (itself, and again as a replacement of every version).
 */
struct modulestxt_module {
        struct mod_version mod;
        struct mod_version replacement; /* empty path: none; empty version: a folder */
        struct str go_version;          /* of its marks; empty where there is none */
        bool explicit_mark;             /* required by go.mod itself */
        uint32_t line;
        size_t first_package, package_count; /* its packages[] are consecutive */
};

struct modulestxt_line {
        struct str text;
        uint32_t line;
};

struct modulestxt {
        bool workspace;
        struct modulestxt_module *modules; /* in order */
        size_t module_count;
        struct modulestxt_package *packages; /* in order */
        size_t package_count;
        struct modulestxt_line *strange; /* not empty, and no line of any form above */
        size_t strange_count;
};

/* Errors: ERR_LIMIT. */
MUST_USE bool modulestxt_parse(struct arena *arena, struct str name, struct str text,
                               struct modulestxt *ret_txt, struct err *err);

/* What the lines for one module say together: marks of all, the last replacement that has a known
 * form. The result has no packages and line 0 where the module does not occur. */
struct modulestxt_module modulestxt_find(const struct modulestxt *txt, struct mod_version mod);
