#include "gomod/sumfile.h"

#include "base/vec.h"
#include "data/unicode.h"

#include <string.h>

/* "path version", or "path version/go.mod". */
#define KEY_MAX 2048

#define EMPTY_GO_MOD_HASH STR("h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=")

struct reader {
        struct arena *arena;
        struct sumfile *sum;
        size_t capacity;
};

/* The lines under one key, as indexes plus one. */
struct chain {
        size_t first, last;
};

static void link_line(struct reader *r, struct str key) {
        void **value = map_put(&r->sum->chains, key);
        struct chain *chain = *value;

        if (!chain) {
                chain = ARENA_NEW(r->arena, struct chain);
                chain->first = r->sum->count;
                *value = chain;
        } else {
                r->sum->lines[chain->last - 1].next = r->sum->count;
        }
        chain->last = r->sum->count;
}

static void add_line(struct reader *r, uint32_t number, const struct str fields[3]) {
        struct str version = str_drop_suffix(fields[1], STR("/go.mod"));
        struct sum_line *line;

        r->sum->lines = vec_reserve(r->arena, r->sum->lines, r->sum->count, &r->capacity,
                                    sizeof(*r->sum->lines));
        line = &r->sum->lines[r->sum->count++];
        *line = (struct sum_line){ .mod = { fields[0], version },
                                   .go_mod = version.len < fields[1].len,
                                   .hash = fields[2],
                                   .line = number };
        if (!str_eq(line->hash, EMPTY_GO_MOD_HASH))
                link_line(r,
                          str_fmt(r->arena, "%.*s %.*s", STR_ARG(fields[0]), STR_ARG(fields[1])));
}

bool sumfile_parse(struct arena *arena, struct str name, struct str text, struct sumfile *ret_sum,
                   struct err *err) {
        struct sumfile sum = { .chains = map_make(arena) };
        struct reader r = { .arena = arena, .sum = &sum };
        struct str line;

        if (text.len > SUMFILE_FILE_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "larger than %u bytes", SUMFILE_FILE_MAX);
        for (uint32_t number = 1; str_next_line(&text, &line); number++) {
                struct str fields[3], field;
                size_t count = 0;

                for (; unicode_next_field(&line, &field); count++)
                        if (count < COUNT_OF(fields))
                                fields[count] = field;
                if (count != 0 && count != COUNT_OF(fields))
                        return err_at(err, ERR_SYNTAX, name, number, 0,
                                      "malformed go.sum: wrong number of fields %zu", count);
                if (count)
                        add_line(&r, number, fields);
        }
        *ret_sum = sum;
        return true;
}

const struct sum_line *sumfile_find(const struct sumfile *sum, struct mod_version mod,
                                    bool go_mod) {
        char text[KEY_MAX];
        struct str suffix = go_mod ? STR("/go.mod") : STR(""),
                   parts[] = { mod.path, STR(" "), mod.version, suffix };
        size_t len = 0;
        void **chain;

        for (size_t i = 0; i < COUNT_OF(parts); i++) {
                if (parts[i].len > sizeof(text) - len)
                        return NULL;
                if (parts[i].len)
                        memcpy(text + len, parts[i].ptr, parts[i].len);
                len += parts[i].len;
        }
        chain = map_get(&sum->chains, (struct str){ text, len });
        return chain ? &sum->lines[((struct chain *)*chain)->first - 1] : NULL;
}

const struct sum_line *sumfile_next(const struct sumfile *sum, const struct sum_line *line) {
        return line->next ? &sum->lines[line->next - 1] : NULL;
}

bool sumfile_has(const struct sumfile *sum, struct mod_version mod, bool go_mod) {
        const struct sum_line *line = sumfile_find(sum, mod, go_mod);

        for (; line; line = sumfile_next(sum, line))
                if (str_has_prefix(line->hash, STR("h1:")))
                        return true;
        return false;
}
