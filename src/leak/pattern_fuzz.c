/* Any bytes as an expression, and any as a text: what is read can be searched for, and a match lies
 * where it was asked for. The first byte says how long the expression is. */
#include "leak/pattern.h"

#include <stdlib.h>

#define SEARCHES_MAX 8

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void require(bool holds) {
        if (!holds)
                abort();
}

static void check_match(const struct pattern *pattern, const struct pattern_match *match,
                        size_t from, size_t text_size) {
        struct pattern_span whole = match->groups[0];

        require(match->count >= 1 && match->count <= pattern->group_count + 1);
        require(whole.start >= from && whole.start <= whole.end && whole.end <= text_size);
        for (uint32_t i = 1; i < match->count; i++) {
                struct pattern_span group = match->groups[i];

                require(group.start == SIZE_MAX ||
                        (group.start >= whole.start && group.start <= group.end &&
                         group.end <= whole.end));
        }
}

static void search(const struct pattern *pattern, struct str text) {
        struct pattern_matcher *matcher = pattern_matcher_open();
        struct pattern_match match;
        size_t from = 0;

        for (int i = 0; i < SEARCHES_MAX && from <= text.len; i++) {
                if (pattern_search(pattern->code, matcher, text, from, text.len, &match) !=
                    PATTERN_FOUND)
                        break;
                check_match(pattern, &match, from, text.len);
                from = match.groups[0].end + (match.groups[0].end == match.groups[0].start);
        }
        pattern_matcher_close(&matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct str all = { (const char *)data, size };
        struct pattern pattern;
        struct err err;
        size_t split;

        if (!size)
                return 0;
        split = MIN_OF(size, (size_t)data[0] + 1);
        if (!pattern_parse(&arena, str_slice(all, 1, split), &pattern, &err)) {
                require(err.code == ERR_SYNTAX || err.code == ERR_LIMIT);
                return 0;
        }
        require(pattern.before || !pattern.first.len);
        search(&pattern, str_slice(all, split, size));
        pattern_code_free(pattern.code);
        return 0;
}
