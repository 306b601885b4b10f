/* Lets the scripts of test/ ask the expressions of leak/pattern.h.
 *
 *     pattern_probe < CASES
 * reads records of a big-endian length of 4 bytes and as many bytes: an expression and a text in
 * turn, and answers a line each:
 *     no ERROR
 *     ok GROUPS BEFORE FIRST MATCHES   FIRST in hex or -; MATCHES: as Go's FindAllSubmatchIndex
 *                                      prints them, "limit" where a search was given up */
#include "base/buf.h"
#include "golang/rune.h"
#include "leak/pattern.h"

#include <stdio.h>
#include <stdlib.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("out of memory\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = end_when_full };

static bool read_record(struct arena *arena, struct str *ret_bytes) {
        unsigned char head[4];
        size_t size;
        char *bytes;

        if (fread(head, 1, sizeof(head), stdin) != sizeof(head))
                return false;
        size = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        bytes = arena_alloc(arena, size + 1);
        *ret_bytes = (struct str){ bytes, size };
        return fread(bytes, 1, size, stdin) == size;
}

static void put_match(struct buf *out, const struct pattern *pattern,
                      const struct pattern_match *match) {
        buf_add_char(out, '[');
        for (uint32_t i = 0; i <= pattern->group_count; i++) {
                bool is_set = i < match->count && match->groups[i].start != SIZE_MAX;

                if (is_set)
                        buf_printf(out, i ? " %zu %zu" : "%zu %zu", match->groups[i].start,
                                   match->groups[i].end);
                else
                        buf_add(out, STR(" -1 -1"));
        }
        buf_add_char(out, ']');
}

/* All matches, stepping as Go does. */
static void put_matches(struct buf *out, const struct pattern *pattern,
                        struct pattern_matcher *matcher, struct str text) {
        size_t from = 0, last_end = SIZE_MAX;
        struct pattern_match match;

        while (from <= text.len) {
                enum pattern_outcome outcome =
                        pattern_search(pattern->code, matcher, text, from, text.len, &match);
                struct pattern_span whole = match.groups[0];
                size_t size;

                if (outcome == PATTERN_LIMIT)
                        buf_add(out, STR("limit"));
                if (outcome != PATTERN_FOUND)
                        return;
                if (whole.end != from || whole.start != last_end)
                        put_match(out, pattern, &match);
                last_end = whole.end;
                rune_decode(str_slice(text, from, text.len), &size);
                from = whole.end > from ? whole.end : from + MAX_OF(size, (size_t)1);
        }
}

static void put_first(struct buf *out, struct str first) {
        if (!first.len)
                buf_add_char(out, '-');
        for (size_t i = 0; i < first.len; i++)
                buf_printf(out, "%02x", (unsigned char)first.ptr[i]);
}

static void answer(struct arena *arena, struct pattern_matcher *matcher, struct str source,
                   struct str text) {
        struct buf out = buf_make(arena);
        struct pattern pattern;
        struct err err;

        if (!pattern_parse(arena, source, &pattern, &err)) {
                printf("no %.*s\n", STR_ARG(err_line(&err, arena)));
                return;
        }
        buf_printf(&out, "ok %u %zu ", pattern.group_count, pattern.before);
        put_first(&out, pattern.first);
        buf_add_char(&out, ' ');
        put_matches(&out, &pattern, matcher, text);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
        pattern_code_free(pattern.code);
}

int main(void) {
        struct pattern_matcher *matcher = pattern_matcher_open();

        for (;;) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str source, text;

                if (!read_record(&arena, &source) || !read_record(&arena, &text))
                        break;
                answer(&arena, matcher, source, text);
        }
        pattern_matcher_close(&matcher);
        return 0;
}
