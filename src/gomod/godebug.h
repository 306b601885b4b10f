/* gomod/godebug.h: godebug lines of go.mod and go.work, as the go command checks them.
 *
 * Source: https://go.dev/doc/godebug; cmd/go/internal/modload (CheckGodebug). */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* go_version is that of the toolchain ("1.26.8"); empty: none, no version is too new. Errors
 * (ERR_SYNTAX): a space or comma, a setting that the toolchain does not know or knows no more, a
 * bad value of `default`. */
MUST_USE bool godebug_check(struct str key, struct str value, struct str go_version,
                            struct err *err);
