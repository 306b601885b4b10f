#include "hook/trailer.h"

#include "base/buf.h"

#include <string.h>

/* Part of a text, as offsets. */
struct block {
        size_t from, to;
};

static bool is_space(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_blank(struct str line) {
        for (size_t i = 0; i < line.len; i++)
                if (!is_space(line.ptr[i]))
                        return false;
        return true;
}

static bool is_comment(struct str mark, struct str line) {
        return mark.len && str_has_prefix(line, mark);
}

/* The line at `at`, with its line end. */
static struct str line_at(struct str text, size_t at) {
        struct str rest = str_slice(text, at, text.len);
        size_t end = str_find(rest, '\n');

        return end == SIZE_MAX ? rest : str_slice(rest, 0, end + 1);
}

/* Where the line before `at` begins. */
static size_t line_before(struct str text, size_t at) {
        size_t newline = at < 2 ? SIZE_MAX : str_find_last(str_slice(text, 0, at - 1), '\n');

        return newline == SIZE_MAX ? 0 : newline + 1;
}

/* Blank lines, comments and the old form of "Conflicts:" at the end are no part of the message. */
static size_t end_of_trailers(struct str text, struct str mark) {
        bool in_conflicts = false;
        size_t end = SIZE_MAX;

        for (size_t at = 0; at < text.len;) {
                struct str line = line_at(text, at);

                if (is_comment(mark, line) || line.ptr[0] == '\n' ||
                    str_has_prefix(line, STR("Conflicts:\n"))) {
                        in_conflicts |= str_has_prefix(line, STR("Conflicts:\n"));
                        end = MIN_OF(end, at);
                } else if (!in_conflicts || line.ptr[0] != '\t') {
                        in_conflicts = false;
                        end = SIZE_MAX;
                }
                at += line.len;
        }
        return MIN_OF(end, text.len);
}

/* The colon of "Token: value": after letters, digits and dashes, spaces before it allowed. */
static size_t separator_of(struct str line) {
        bool in_spaces = false;

        for (size_t i = 0; i < line.len; i++) {
                char c = line.ptr[i];
                bool is_token =
                        (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-';

                if (c == ':')
                        return i;
                if (is_token && !in_spaces)
                        continue;
                if (!i || (c != ' ' && c != '\t'))
                        break;
                in_spaces = true;
        }
        return SIZE_MAX;
}

static bool is_written_by_git(struct str line) {
        return str_has_prefix(line, STR("Signed-off-by: ")) ||
               str_has_prefix(line, STR("(cherry picked from commit "));
}

static bool is_trailer(struct str line) {
        size_t separator = separator_of(line);

        return separator != SIZE_MAX && separator > 0;
}

/* What was counted of a paragraph, from its end. */
struct count {
        size_t trailers, others, continued;
        bool by_git, began;
};

static void count_line(struct count *count, struct str line) {
        count->began = true;
        if (is_written_by_git(line) || is_trailer(line)) {
                count->by_git |= is_written_by_git(line);
                count->trailers++;
                count->continued = 0;
        } else if (is_space(line.ptr[0])) {
                count->continued++;
        } else {
                count->others += 1 + count->continued;
                count->continued = 0;
        }
}

static bool is_block(struct count *count) {
        count->others += count->continued;
        return (count->by_git && count->trailers * 3 >= count->others) ||
               (count->trailers && !count->others);
}

/* The first paragraph is the title, behind what will be stripped before it. */
static size_t end_of_title(struct str text, struct str mark) {
        bool began = false;
        size_t at = 0;

        while (at < text.len) {
                struct str line = line_at(text, at);

                if (!is_comment(mark, line) && is_blank(line) && began)
                        break;
                began |= !is_comment(mark, line) && !is_blank(line);
                at += line.len;
        }
        return at;
}

/* The trailers of text, which holds no comments or cut part behind them; from == to where there
 * are none. */
static struct block find_block(struct str text, struct str mark) {
        size_t title = end_of_title(text, mark), at = text.len;
        struct block none = { text.len, text.len };
        struct count count = { 0 };

        while (at > title) {
                struct str line;

                at = line_before(text, at);
                if (at < title)
                        break;
                line = line_at(text, at);
                if (is_comment(mark, line)) {
                        count.others += count.continued;
                        count.continued = 0;
                } else if (!is_blank(line)) {
                        count_line(&count, line);
                } else if (count.began) {
                        return is_block(&count) ? (struct block){ at + line.len, text.len } : none;
                }
        }
        return none;
}

/* ---- reading ---- */

struct reading {
        struct str token;
        trailer_visit *visit;
        void *ctx;
};

/* A trailer with the lines that go on with it. */
static void read_one(const struct reading *reading, struct str lines) {
        size_t separator = separator_of(lines);

        if (separator != SIZE_MAX &&
            str_eq_fold(str_trim(str_slice(lines, 0, separator)), reading->token))
                reading->visit(reading->ctx, str_trim(str_slice(lines, separator + 1, lines.len)));
}

static void read_block(struct str text, struct block block, const struct reading *reading) {
        size_t start = block.from;

        for (size_t at = block.from; at < block.to;) {
                at += line_at(text, at).len;
                if (at < block.to && is_space(text.ptr[at]))
                        continue;
                read_one(reading, str_slice(text, start, at));
                start = at;
        }
}

void trailer_each(struct str committed, struct str token, trailer_visit *visit, void *ctx) {
        struct str text = str_slice(committed, 0, end_of_trailers(committed, STR_NONE));
        struct reading reading = { token, visit, ctx };

        read_block(text, find_block(text, STR_NONE), &reading);
}

/* ---- writing ---- */

struct wanted {
        struct str value;
        bool found;
};

static void see_value(void *ctx, struct str value) {
        struct wanted *wanted = ctx;

        wanted->found |= str_eq(value, wanted->value);
}

static bool ends_with_blank_line(struct str text) {
        return text.len && is_blank(line_at(text, line_before(text, text.len)));
}

struct str trailer_add(const struct commit_message *message, struct arena *arena, struct str token,
                       struct str value) {
        struct str mark = message->strips_comments ? message->comment : STR_NONE;
        struct str kept = str_slice(message->text, 0, commit_message_end(message)), body;
        struct wanted wanted = { .value = value };
        struct reading reading = { token, see_value, &wanted };
        struct buf out = buf_make(arena);
        struct block block;

        if (!commit_message_clean(message, arena).len)
                return message->text;
        body = str_slice(kept, 0, end_of_trailers(kept, mark));
        if (is_blank(body))
                return message->text;
        block = find_block(body, mark);
        read_block(body, block, &reading);
        if (wanted.found)
                return message->text;
        buf_add(&out, body);
        if (!str_has_suffix(body, STR("\n")))
                buf_add_char(&out, '\n');
        if (block.from == block.to && !ends_with_blank_line(buf_str(&out)))
                buf_add_char(&out, '\n');
        buf_printf(&out, "%.*s: %.*s\n", STR_ARG(token), STR_ARG(value));
        buf_add(&out, str_slice(message->text, body.len, message->text.len));
        return buf_str(&out);
}
