/* base/err.h: why something failed, where, and what would mend it.
 *
 * A fallible function returns bool and takes a struct err last. On false the err is filled; on
 * true it is untouched. The err holds its own bytes, so it outlives every arena. Text that comes
 * from input is made printable on its way in (control bytes become '?'). */
#pragma once

#include "base/str.h"

#define ERR_CODES(X)                                                                               \
        X(ERR_NONE)        /* nothing failed */                                                    \
        X(ERR_SYNTAX)      /* bytes do not have the form they should */                            \
        X(ERR_IO)          /* the system refused; message has its words */                         \
        X(ERR_NOT_FOUND)   /* the thing named does not exist */                                    \
        X(ERR_LIMIT)       /* larger, deeper or longer than weir reads */                          \
        X(ERR_UNSUPPORTED) /* exists, and weir cannot read that form */                            \
        X(ERR_OFFLINE)     /* only the network could tell, and it was not allowed or failed */     \
        X(ERR_MISMATCH)    /* a digest differs from the one that was recorded */                   \
        X(ERR_USAGE)       /* the caller's words are wrong */                                      \
        X(ERR_INTERRUPTED) /* a signal asked to stop */

enum err_code {
#define X(name) name,
        ERR_CODES(X)
#undef X
};

struct err {
        enum err_code code;
        uint32_t line, column; /* 1-based; 0 where there is none */
        char file[512];
        char message[768];
        char context[512]; /* "while ...", outermost last, joined with "; " */
        char mend[512];
};

/* Fills err and returns false, so that a function can `return err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As err_set, with a place. line and column 0: the whole file. */
bool err_at(struct err *err, enum err_code code, struct str file, uint32_t line, uint32_t column,
            const char *format, ...) PRINTF_LIKE(6, 7);

/* As err_set with code ERR_IO (ERR_NOT_FOUND for ENOENT and ENOTDIR) and the words for errno. */
bool err_errno(struct err *err, struct str file, const char *doing);

/* Names the file where err names none yet; returns false. */
bool err_place(struct err *err, struct str file);

/* Adds what was being done; returns false. */
bool err_context(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets what would mend it (a command or a short sentence); returns false. */
bool err_mend(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* "file:line:col: message" with what is known. */
struct str err_line(const struct err *err, struct arena *arena);
