/* base/str.h: text and bytes as pointer and length, passed by value.
 *
 * A str is a view: it owns nothing and lives as long as the bytes behind it (an arena, a
 * mapped file, a literal). It is not NUL-terminated; only sys/ makes C strings. An empty str may
 * have a NULL pointer. Comparison is by bytes. */
#pragma once

#include "base/arena.h"
#include "base/macros.h"

#include <stdarg.h>

struct str {
        const char *ptr;
        size_t len;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit)                                                                              \
        { "" lit, sizeof(lit) - 1 } /* the same where C asks for a constant */
#define STR_NONE ((struct str){ NULL, 0 })

/* For printf: printf("%.*s", STR_ARG(s)). Cut at INT_MAX bytes. */
#define STR_ARG(s) (int)MIN_OF((s).len, (size_t)INT32_MAX), (s).ptr ? (s).ptr : ""

/* A view of the NUL-terminated text; NULL gives the empty str. */
struct str str_of(const char *text);

bool str_eq(struct str a, struct str b);
/* <0, 0, >0 as memcmp; a prefix sorts before what it is a prefix of. */
int str_cmp(struct str a, struct str b);
/* ASCII letters only are folded. */
bool str_eq_fold(struct str a, struct str b);
bool str_has_prefix(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
bool str_contains(struct str s, struct str part);

/* s without the prefix or suffix; s itself where it has none. */
struct str str_drop_prefix(struct str s, struct str prefix);
struct str str_drop_suffix(struct str s, struct str suffix);

/* Bytes from .. to (exclusive), both clipped to the length of s. */
struct str str_slice(struct str s, size_t from, size_t to);

/* Without leading and trailing space, tab, CR, LF. */
struct str str_trim(struct str s);

/* Index of the first or last byte c, or of the first part; SIZE_MAX where there is none. */
size_t str_find(struct str s, char c);
size_t str_find_last(struct str s, char c);
size_t str_find_str(struct str s, struct str part);

/* Splits s at the first (last) sep. Returns false, and leaves the outputs alone, where s has no
 * sep. The outputs may be the address of s itself. */
bool str_cut(struct str s, char sep, struct str *ret_before, struct str *ret_after);
bool str_cut_last(struct str s, char sep, struct str *ret_before, struct str *ret_after);

/* Takes the next line off *rest: without its LF, with a CR before it kept. False at the end. */
bool str_next_line(struct str *rest, struct str *ret_line);

/* Takes the next word (a run of bytes other than space and tab) off *rest. False at the end. */
bool str_next_word(struct str *rest, struct str *ret_word);

/* Decimal digits only, no sign. False where s is empty, has another byte or overflows. */
bool str_to_u64(struct str s, uint64_t *ret_value);

/* Copies in the arena. str_to_c adds the NUL; bytes after an inner NUL are lost to C. */
struct str str_dup(struct arena *arena, struct str s);
char *str_to_c(struct arena *arena, struct str s);

/* Formatted text in the arena; the format is always a literal of ours. */
struct str str_fmt(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct str str_vfmt(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* a/b with exactly one slash between; the other alone where one is empty. */
struct str str_join_path(struct arena *arena, struct str a, struct str b);

/* For qsort over arrays of struct str. */
int str_cmp_qsort(const void *a, const void *b);
