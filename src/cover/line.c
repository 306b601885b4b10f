#include "cover/line.h"

#include <string.h>

#define DIGITS_MAX 19 /* of INT64_MAX */

static const char *const mode_words[] = { [COVER_MODE_NONE] = "",
                                          [COVER_SET] = "set",
                                          [COVER_COUNT] = "count",
                                          [COVER_ATOMIC] = "atomic" };

const char *cover_mode_word(enum cover_mode mode) {
        return mode_words[mode];
}

bool cover_mode_line(struct str line, enum cover_mode *ret_mode) {
        struct str word = str_drop_prefix(line, STR("mode: "));

        for (size_t i = COVER_SET; word.len < line.len && i < COUNT_OF(mode_words); i++)
                if (str_eq(word, str_of(mode_words[i]))) {
                        *ret_mode = (enum cover_mode)i;
                        return true;
                }
        return false;
}

const char *cover_fault_words(enum cover_fault fault) {
        static const char *const words[] = {
                [COVER_FAULT_NONE] = "",
                [COVER_FAULT_FORM] =
                        "is no line of a coverage profile (FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS "
                        "COUNT)",
                [COVER_FAULT_LARGE] = "has a number that no source file and no run can have",
                [COVER_FAULT_NAME] = "names no file",
                [COVER_FAULT_CUT] = "has no line end: the profile was cut off",
                [COVER_FAULT_LONG] = "is longer than any line of a coverage profile",
                [COVER_FAULT_MODE] = "is another mode than before: counts of different modes "
                                     "cannot be added",
        };

        return words[fault];
}

/* Takes a number and the separator before it off the end of the line. Read from the end, since a
 * file name may hold any of the separators. */
static enum cover_fault take_back(struct str *line, char separator, uint64_t max,
                                  uint64_t *ret_value) {
        uint64_t value = 0, unit = 1;
        size_t at = line->len;

        for (; at && line->ptr[at - 1] >= '0' && line->ptr[at - 1] <= '9'; at--) {
                if (line->len - at == DIGITS_MAX)
                        return COVER_FAULT_LARGE;
                value += unit * (uint64_t)(line->ptr[at - 1] - '0');
                unit *= 10;
        }
        if (at == line->len || !at || line->ptr[at - 1] != separator)
                return COVER_FAULT_FORM;
        if (value > max)
                return COVER_FAULT_LARGE;
        line->len = at - 1;
        *ret_value = value;
        return COVER_FAULT_NONE;
}

enum cover_fault cover_line_parse(struct str line, struct str *ret_name,
                                  struct cover_block *ret_block) {
        static const struct {
                char separator;
                uint64_t max;
        } fields[] = { { ' ', INT64_MAX },  { ' ', UINT32_MAX }, { '.', UINT32_MAX },
                       { ',', UINT32_MAX }, { '.', UINT32_MAX }, { ':', UINT32_MAX } };
        uint64_t values[COUNT_OF(fields)];

        for (size_t i = 0; i < COUNT_OF(fields); i++) {
                enum cover_fault fault =
                        take_back(&line, fields[i].separator, fields[i].max, &values[i]);

                if (fault != COVER_FAULT_NONE)
                        return fault;
        }
        if (!line.len)
                return COVER_FAULT_NAME;
        *ret_name = line;
        *ret_block = (struct cover_block){ .count = values[0],
                                           .statements = (uint32_t)values[1],
                                           .end = COVER_PLACE(values[3], values[2]),
                                           .start = COVER_PLACE(values[5], values[4]) };
        return COVER_FAULT_NONE;
}

#define PLAIN_DIGITS 9 /* so many never overflow 32 bits */

/* Takes digits and the byte behind them; NULL where there is no digit, too many, or another byte. A
 * line end follows somewhere, so no end is looked for. */
static const char *take_plain(const char *at, char behind, uint32_t *ret_value) {
        const char *start = at;
        uint32_t value = 0, digit;

        while ((digit = (uint32_t)(unsigned char)*at - '0') <= 9) {
                value = value * 10 + digit;
                at++;
        }
        *ret_value = value;
        return at == start || at - start > PLAIN_DIGITS || *at != behind ? NULL : at + 1;
}

bool cover_line_parse_next(struct str *rest, struct str name, struct cover_block *ret_block) {
        uint32_t line, column, end_line, end_column, statements, count;
        const char *at = rest->ptr + name.len;

        if (rest->len <= name.len || *at != ':' || memcmp(rest->ptr, name.ptr, name.len) != 0 ||
            !(at = take_plain(at + 1, '.', &line)) || !(at = take_plain(at, ',', &column)) ||
            !(at = take_plain(at, '.', &end_line)) || !(at = take_plain(at, ' ', &end_column)) ||
            !(at = take_plain(at, ' ', &statements)) || !(at = take_plain(at, '\n', &count)))
                return false;
        rest->len -= (size_t)(at - rest->ptr);
        rest->ptr = at;
        *ret_block = (struct cover_block){ .start = COVER_PLACE(line, column),
                                           .end = COVER_PLACE(end_line, end_column),
                                           .statements = statements,
                                           .count = count };
        return true;
}
