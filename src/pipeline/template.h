/* pipeline/template.h: text with places to be filled.
 *
 * A line `@if NAME` begins lines that are kept only where NAME has a value that is not empty, up to
 * `@else` (then the others are) or `@end`; these nest. `@NAME@` in a line is replaced by its value.
 * A value of several lines stands on a line of its own: each of its lines gets the indentation that
 * the caller gave it (template_indent). Templates are our own, so a name without a value is a bug.
 */
#pragma once

#include "base/str.h"

struct template_value {
        const char *name; /* capitals, digits and _ */
        struct str text;
};

struct str template_expand(struct arena *arena, struct str text,
                           const struct template_value *values, size_t count);

/* Every line that is not empty after so many spaces; without the last line end. */
struct str template_indent(struct arena *arena, struct str text, unsigned spaces);
