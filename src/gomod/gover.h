/* gomod/gover.h: versions of Go itself, "1.21.3", "1.21rc1", "1.21".
 *
 * MAJOR[.MINOR[.PATCH]] or MAJOR.MINOR followed by alpha, beta, rc (any lower-case word) and a
 * number. From 1.21 on "1.21" is the language and less than "1.21rc1", which is less than
 * "1.21.0"; before it "1.20" is "1.20.0". Sources: package internal/gover, cmd/go/internal/gover,
 * Go Modules Reference, "go directive"; Go Toolchains. */
#pragma once

#include "base/str.h"

#define GOVER_STRICT STR("1.21")          /* from here on a newer go line stops an older go */
#define GOVER_PRUNED STR("1.17")          /* from here on module graphs are pruned */
#define GOVER_WITHOUT_GO_LINE STR("1.16") /* what a go.mod without a go line means */
#define GOVER_WORK_WITHOUT_GO_LINE STR("1.18")

bool gover_is_valid(struct str version);

/* <0, 0, >0; a malformed version is less than any other, and equal to a malformed one. */
int gover_compare(struct str a, struct str b);

/* True for a language version, one that names no release ("1.21", but not "1.20"). */
bool gover_is_language(struct str version);

/* True for "1.21rc1" and its like. */
bool gover_is_prerelease(struct str version);

/* "1.21" of "1.21.3"; a view; empty for a malformed version. A lone number stays as it is. */
struct str gover_language(struct str version);

/* "1.21.3" of the toolchain name "go1.21.3-custom"; a view; empty where the name has another form.
 */
struct str gover_of_toolchain(struct str name);

/* True for the two pseudo-modules "go" and "toolchain", which stand for go and toolchain lines in a
 * module graph. */
bool gover_is_pseudo_module(struct str path);

/* Whether the version has the form that versions of the module have, and their order: gover for
 * "go", toolchain names for "toolchain", semantic versions for all others. */
bool gover_module_is_valid(struct str path, struct str version);
int gover_module_compare(struct str path, struct str a, struct str b);

/* The value of the first line of a go.mod or go.work that begins with the key ("go", "toolchain"),
 * read as the go command does before it parses the file; empty where there is none. */
struct str gover_lookup(struct str file, struct str key);
