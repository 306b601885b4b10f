/* gomod/semver.h: module versions and pseudo-versions.
 *
 * Semantic Versioning 2.0.0 with a leading "v"; "v1" and "v1.2" stand for "v1.0.0" and "v1.2.0".
 * Sources: golang.org/x/mod/semver, golang.org/x/mod/module (pseudo.go), Go Modules Reference,
 * "Versions" and "Pseudo-versions". Numbers are compared as decimal text, so none is too long. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* Views into the version. */
struct semver {
        struct str major, minor, patch; /* decimal; "0" where the version leaves them out */
        struct str prerelease;          /* with its "-"; empty where there is none */
        struct str build;               /* with its "+"; empty where there is none */
        struct str missing;             /* what makes the version full: "", ".0" or ".0.0" */
};

bool semver_parse(struct str version, struct semver *ret_semver);
bool semver_is_valid(struct str version);

/* <0, 0, >0 by precedence. An invalid version is less than a valid one; two invalid ones are equal.
 * Build suffixes do not count. */
int semver_compare(struct str a, struct str b);

/* "v1" of "v1.2.3", "-pre" of "v1.2.3-pre+x", "+x" of "v1.2.3-pre+x"; empty for an invalid
 * version. */
struct str semver_major(struct str version);
struct str semver_prerelease(struct str version);
struct str semver_build(struct str version);

/* vMAJOR.MINOR.PATCH[-PRERELEASE] without the build suffix; empty for an invalid version. */
struct str semver_canonical(struct arena *arena, struct str version);

/* The same with the build suffix "+incompatible" kept: what a go.mod may hold. */
struct str semver_module_canonical(struct arena *arena, struct str version);
bool semver_is_module_canonical(struct str version);

/* True for a version with the build suffix "+incompatible". */
bool semver_is_incompatible(struct str version);

/* True for vX.0.0-TIME-REV, vX.Y.Z-0.TIME-REV and vX.Y.Z-PRE.0.TIME-REV, TIME as yyyymmddhhmmss. */
bool semver_is_pseudo(struct str version);

/* The pseudo-version after the tagged version older ("": none) of the major version ("v1"; "" is
 * v0). time has 14 digits. */
struct str semver_make_pseudo(struct arena *arena, struct str major, struct str older,
                              struct str time, struct str revision);

/* What a pseudo-version is made of. base is the tagged version before it, empty where there is
 * none; *ret_unix_seconds is its time. Errors (ERR_SYNTAX): no pseudo-version; no version can be
 * before it; the time is no time. */
MUST_USE bool semver_pseudo_base(struct arena *arena, struct str version, struct str *ret_base,
                                 struct err *err);
MUST_USE bool semver_pseudo_time(struct str version, int64_t *ret_unix_seconds, struct err *err);
MUST_USE bool semver_pseudo_revision(struct str version, struct str *ret_revision, struct err *err);
