/* golang/stdlib.h: the packages of the standard library, by release.
 *
 * The embedded table answers where no Go is installed; with a GOROOT its folders answer better.
 * Source: GOROOT/api/go1.N.txt and `go list std`, turned into stdlib.def by
 * test/make_stdlib_table.py. */
#pragma once

#include "base/map.h"

/* The newest release the table knows: N of go1.N. */
#define STDLIB_RELEASE_MAX 26

struct stdlib_package {
        struct str path;
        uint16_t since; /* N of the go1.N it came with */
        uint16_t until; /* the first go1.N without it; 0 where it is there still */
};

/* All public packages that any release had, sorted by path. Those under internal/ and vendor/,
 * and cmd, are not listed: no other module can import them. */
const struct stdlib_package *stdlib_packages(size_t *ret_count);

/* Whether go1.N had the package. A release past the table's counts as the newest it knows. */
bool stdlib_has(struct str path, uint32_t release);

/* The row of a package; NULL where no release had it. */
const struct stdlib_package *stdlib_find(struct str path);

/* Whether the go command takes an import path for one of the standard library, whether it exists or
 * not: its first element has no dot. */
bool stdlib_path_is_reserved(struct str path);

/* The packages of one GOROOT, from the files below GOROOT/src. */
struct stdlib_set {
        struct map paths;
};

/* dirs: the folders below GOROOT/src with at least one .go file, relative, `/`-separated. Left out
 * are those the go command leaves out: testdata, names that begin with `_` or `.`. */
struct stdlib_set stdlib_set_of_dirs(struct arena *arena, const struct str *dirs, size_t count);
bool stdlib_set_has(const struct stdlib_set *set, struct str path);
