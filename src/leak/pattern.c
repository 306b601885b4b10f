#include "leak/pattern.h"

#include "leak/pattern_parts.h"

bool pattern_parse(struct arena *arena, struct str source, struct pattern *ret_pattern,
                   struct err *err) {
        struct pattern pattern = { .source = source };
        struct node *root;

        if (source.len > PATTERN_SIZE_MAX)
                return err_set(err, ERR_LIMIT, "the expression has over %d bytes",
                               PATTERN_SIZE_MAX);
        if (!pattern_read(arena, source, &root, &pattern.group_count, err))
                return false;
        pattern.pcre = pattern_to_pcre(arena, root, pattern.group_count);
        pattern.first = pattern_to_first(arena, root, &pattern.before);
        pattern.has_maximum = root->width_max != SIZE_MAX;
        pattern.code = pattern_code_make(arena, pattern.pcre);
        *ret_pattern = pattern;
        return true;
}
