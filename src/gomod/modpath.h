/* gomod/modpath.h: module paths, import paths, file paths and their escaped forms.
 *
 * Sources: golang.org/x/mod/module (CheckPath, CheckImportPath, CheckFilePath, EscapePath, ...),
 * Go Modules Reference, "Module paths" and "Module cache". Errors are ERR_SYNTAX with the words of
 * what is wrong. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* A module at a version. The version is empty for a main module and for a replacement by a folder,
 * whose path is then that folder. Views. */
struct mod_version {
        struct str path, version;
};

bool mod_version_eq(struct mod_version a, struct mod_version b);

/* By path (bytes), then by version (gover_module_compare, then bytes). */
int mod_version_cmp(struct mod_version a, struct mod_version b);

/* path, or path@version where there is a version. */
struct str mod_version_text(struct arena *arena, struct mod_version mod);

/* A path that a module can be required by: a domain with a dot first, ASCII, no /v0, /v1, /v02. */
MUST_USE bool modpath_check(struct str path, struct err *err);

/* A path that a package can be imported by. */
MUST_USE bool modpath_check_import(struct str path, struct err *err);

/* A path that a file in a module zip can have. */
MUST_USE bool modpath_check_file(struct str path, struct err *err);

/* A valid path, a semantic version, and the two belong together. */
MUST_USE bool modpath_check_version(struct mod_version mod, struct err *err);

/* Splits "/v2" (or ".v2" of gopkg.in paths) off. False where the path ends in something that looks
 * like a version and must not; *ret_major is empty where there is none. */
bool modpath_split_major(struct str path, struct str *ret_prefix, struct str *ret_major);

/* Whether the version may stand with a path that ends in major ("/v2", ".v2", ""). */
bool modpath_major_allows(struct str version, struct str major);
/* The same, with what it should be. */
MUST_USE bool modpath_check_major(struct str version, struct str major, struct err *err);

/* As in the module cache and the proxy protocol: "!a" for "A". Unescaping refuses what escaping
 * never writes. */
MUST_USE bool modpath_escape(struct arena *arena, struct str path, struct str *ret_escaped,
                             struct err *err);
MUST_USE bool modpath_unescape(struct arena *arena, struct str escaped, struct str *ret_path,
                               struct err *err);
MUST_USE bool modpath_escape_version(struct arena *arena, struct str version,
                                     struct str *ret_escaped, struct err *err);
MUST_USE bool modpath_unescape_version(struct arena *arena, struct str escaped,
                                       struct str *ret_version, struct err *err);

/* Whether one of the comma-separated patterns of GOPRIVATE, GONOSUMDB, GONOPROXY matches a prefix
 * of the path that ends at a slash or at its end. */
bool modpath_matches_patterns(struct str patterns, struct str path);

/* A replacement that is a folder: "./x", "../x", "/x", ".", "..", or the same in the Windows way.
 */
bool modpath_is_directory(struct str path);
