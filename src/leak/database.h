/* leak/database.h: the first stage: every expression at once over the bytes, by Vectorscan.
 *
 * It tells where in a text one of the expressions may end, and the second stage looks there. Ends,
 * not starts: a third of real rules do not compile with the flag that gives starts. Made for any
 * x86-64 with SSE4.2 (cpu_features 0), since one made for more does not load elsewhere.
 *
 * A database is immutable and may be scanned with by several threads, each with a scratch of its
 * own. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct database;
struct database_scratch;

/* Compiles expressions (Vectorscan's syntax, matched in bytes); the number of an expression is its
 * place in the list. Empty ones, and those that Vectorscan refuses, are left out and
 * ret_left_out[i] is set (count members). ERR_UNSUPPORTED where nothing is left, ERR_LIMIT where
 * there is no memory. */
MUST_USE bool database_compile(const struct str *firsts, size_t count, bool *ret_left_out,
                               struct database **ret_database, struct err *err);

/* The bytes of a database, for a file; in the arena. */
MUST_USE bool database_serialize(struct arena *arena, const struct database *database,
                                 struct str *ret_bytes, struct err *err);

/* ERR_UNSUPPORTED where the bytes were made by another version or for another processor, or are
 * no database. They may go afterwards. */
MUST_USE bool database_load(struct str bytes, struct database **ret_database, struct err *err);
void database_close(struct database **database);

/* The most bytes that a match of the expression may have; SIZE_MAX where there is no maximum. */
size_t database_width(struct arena *arena, struct str first);

/* Whether this processor has what Vectorscan needs. */
bool database_can_scan(void);

/* What tells databases apart that must not be loaded for another: the library's version. */
struct str database_version(void);

/* Memory is taken for the largest of the databases given so far; NULL: there is none. */
struct database_scratch *database_scratch_open(const struct database *database);
void database_scratch_close(struct database_scratch **scratch);

/* Called for each end of each expression, ends in rising order. False stops the scan. */
typedef bool database_end(void *ctx, unsigned expression, size_t end);

#define DATABASE_TEXT_MAX ((size_t)1 << 31) /* bytes of one text */

/* False where the scan was stopped. */
bool database_scan(const struct database *database, struct database_scratch *scratch,
                   struct str text, database_end *end, void *ctx);
