#include "gotest/test2json.h"

#include <string.h>

struct test2json {
        struct test2json_sink sink;
        char *line; /* the beginning of a line whose end has not come */
        size_t line_len;
        bool line_is_cut;
        char *text; /* where escaped strings are unescaped; TEST2JSON_LINE_MAX bytes */
        size_t text_len;
};

/* A walk over one line. */
struct scan {
        const char *at, *end;
        bool ran_out; /* the line ended inside a value */
};

enum member {
        MEMBER_ACTION,
        MEMBER_PACKAGE,
        MEMBER_TEST,
        MEMBER_OUTPUT,
        MEMBER_IMPORT_PATH,
        MEMBER_FAILED_BUILD,
        MEMBER_COUNT
};

static const struct str member_names[MEMBER_COUNT] = {
        [MEMBER_ACTION] = STR_INIT("Action"),
        [MEMBER_PACKAGE] = STR_INIT("Package"),
        [MEMBER_TEST] = STR_INIT("Test"),
        [MEMBER_OUTPUT] = STR_INIT("Output"),
        [MEMBER_IMPORT_PATH] = STR_INIT("ImportPath"),
        [MEMBER_FAILED_BUILD] = STR_INIT("FailedBuild"),
};

static const struct str action_words[TEST_ACTION_COUNT] = {
#define X(name, word) [name] = STR_INIT(word),
        TEST_ACTIONS(X)
#undef X
};

struct test2json *test2json_make(struct arena *arena, struct test2json_sink sink) {
        struct test2json *reader = ARENA_NEW(arena, struct test2json);

        reader->sink = sink;
        reader->line = arena_alloc(arena, TEST2JSON_LINE_MAX);
        reader->text = arena_alloc(arena, TEST2JSON_LINE_MAX);
        return reader;
}

/* ---- one line ---- */

static void skip_space(struct scan *scan) {
        while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r'))
                scan->at++;
}

static bool take(struct scan *scan, char c) {
        skip_space(scan);
        if (scan->at == scan->end)
                scan->ran_out = true;
        if (scan->at == scan->end || *scan->at != c)
                return false;
        scan->at++;
        return true;
}

/* The quote at `at` ends a string where an even number of backslashes stands before it. */
static bool is_escaped(const char *start, const char *at) {
        size_t count = 0;

        while (at > start && *--at == '\\')
                count++;
        return count % 2 != 0;
}

/* The bytes between the quotes, as they stand. Where the line ends first: what there is. */
static bool take_string(struct scan *scan, struct str *ret_raw) {
        const char *start, *at;

        if (!take(scan, '"'))
                return false;
        start = scan->at;
        for (at = start;; at++) {
                at = memchr(at, '"', (size_t)(scan->end - at));
                if (!at || !is_escaped(start, at))
                        break;
        }
        scan->ran_out = !at;
        *ret_raw = (struct str){ start, (size_t)((at ? at : scan->end) - start) };
        scan->at = at ? at + 1 : scan->end;
        return true;
}

/* Passes over a value that is no string: a number or word, or anything in brackets. */
static bool skip_other(struct scan *scan) {
        size_t depth = 0;
        struct str inner;

        for (; scan->at < scan->end; scan->at++) {
                char c = *scan->at;

                if (c == '"') {
                        if (!take_string(scan, &inner))
                                return false;
                        scan->at--;
                } else if (c == '{' || c == '[') {
                        depth++;
                } else if (depth == 0 && (c == ',' || c == '}')) {
                        return true;
                } else if (c == '}' || c == ']') {
                        if (depth == 0)
                                return false;
                        depth--;
                }
        }
        scan->ran_out = true;
        return false;
}

static bool is_string_next(struct scan *scan) {
        skip_space(scan);
        return scan->at < scan->end && *scan->at == '"';
}

static void keep(struct str members[MEMBER_COUNT], struct str key, struct str raw) {
        for (size_t i = 0; i < MEMBER_COUNT; i++)
                if (str_eq(key, member_names[i])) {
                        members[i] = raw;
                        return;
                }
}

/* The members of the object on this line. False where it is none; ran_out where it has no end. */
static bool scan_object(struct scan *scan, struct str members[MEMBER_COUNT]) {
        struct str key, raw;

        if (!take(scan, '{'))
                return false;
        do {
                if (!take_string(scan, &key) || scan->ran_out || !take(scan, ':'))
                        return false;
                if (!is_string_next(scan)) {
                        if (!skip_other(scan))
                                return false;
                        continue;
                }
                if (!take_string(scan, &raw))
                        return false;
                keep(members, key, raw);
                if (scan->ran_out)
                        return false;
        } while (take(scan, ','));
        if (!take(scan, '}'))
                return false;
        skip_space(scan);
        return scan->at == scan->end;
}

/* ---- unescaping ---- */

static bool hex4(struct str s, uint32_t *ret_value) {
        uint32_t value = 0;

        if (s.len < 4)
                return false;
        for (size_t i = 0; i < 4; i++) {
                char c = s.ptr[i];
                int digit = c >= '0' && c <= '9'   ? c - '0'
                            : c >= 'a' && c <= 'f' ? c - 'a' + 10
                            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                   : -1;

                if (digit < 0)
                        return false;
                value = value << 4 | (uint32_t)digit;
        }
        *ret_value = value;
        return true;
}

static size_t put_utf8(char *out, uint32_t rune) {
        if (rune < 0x80) {
                out[0] = (char)rune;
                return 1;
        }
        if (rune < 0x800) {
                out[0] = (char)(0xc0 | rune >> 6);
                out[1] = (char)(0x80 | (rune & 0x3f));
                return 2;
        }
        if (rune < 0x10000) {
                out[0] = (char)(0xe0 | rune >> 12);
                out[1] = (char)(0x80 | (rune >> 6 & 0x3f));
                out[2] = (char)(0x80 | (rune & 0x3f));
                return 3;
        }
        out[0] = (char)(0xf0 | rune >> 18);
        out[1] = (char)(0x80 | (rune >> 12 & 0x3f));
        out[2] = (char)(0x80 | (rune >> 6 & 0x3f));
        out[3] = (char)(0x80 | (rune & 0x3f));
        return 4;
}

static bool is_high(uint32_t rune) {
        return rune >= 0xd800 && rune < 0xdc00;
}

static bool is_low(uint32_t rune) {
        return rune >= 0xdc00 && rune < 0xe000;
}

/* The rune of the escape whose four digits *rest begins with, its second half too. A half alone is
 * U+FFFD, as Go has it. */
static uint32_t take_rune(struct str *rest) {
        uint32_t rune, low;

        if (!hex4(*rest, &rune)) {
                *rest = STR_NONE;
                return 0xfffd;
        }
        *rest = str_slice(*rest, 4, rest->len);
        if (!is_high(rune))
                return is_low(rune) ? 0xfffd : rune;
        if (!str_has_prefix(*rest, STR("\\u")) || !hex4(str_slice(*rest, 2, rest->len), &low) ||
            !is_low(low))
                return 0xfffd;
        *rest = str_slice(*rest, 6, rest->len);
        return 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape, whose letter *rest begins with. Each is at least as long as what it stands for. */
static size_t unescape_one(char *out, struct str *rest) {
        static const char letters[] = "nrtbf", bytes[] = "\n\r\t\b\f";
        char letter = rest->ptr[0];
        const char *at = memchr(letters, letter, sizeof(letters) - 1);

        *rest = str_slice(*rest, 1, rest->len);
        if (letter == 'u')
                return put_utf8(out, take_rune(rest));
        *out = at ? bytes[at - letters] : letter;
        return 1;
}

/* raw without its escapes: raw itself where it has none, else bytes in the reader's text. All
 * strings of a line together are shorter than the line. */
static struct str unescape(struct test2json *reader, struct str raw) {
        char *out = reader->text + reader->text_len;
        size_t len = 0;
        struct str rest = raw;

        if (!raw.len || !memchr(raw.ptr, '\\', raw.len))
                return raw;
        while (rest.len) {
                const char *at = memchr(rest.ptr, '\\', rest.len);
                size_t plain = at ? (size_t)(at - rest.ptr) : rest.len;

                memcpy(out + len, rest.ptr, plain);
                len += plain;
                rest = str_slice(rest, plain + (at != NULL), rest.len);
                if (at && rest.len)
                        len += unescape_one(out + len, &rest);
        }
        reader->text_len += len;
        return (struct str){ out, len };
}

/* ---- lines to events ---- */

static enum test_action action_of(struct str word) {
        for (size_t i = 1; i < TEST_ACTION_COUNT; i++)
                if (str_eq(word, action_words[i]))
                        return (enum test_action)i;
        return TEST_ACTION_OTHER;
}

static void tell(struct test2json *reader, const struct str members[MEMBER_COUNT], bool is_cut) {
        struct test_event event = { .is_cut = is_cut };

        reader->text_len = 0;
        event.action = action_of(members[MEMBER_ACTION]);
        event.package = unescape(reader, members[MEMBER_PACKAGE]);
        event.test = unescape(reader, members[MEMBER_TEST]);
        event.import_path = unescape(reader, members[MEMBER_IMPORT_PATH]);
        event.failed_build = unescape(reader, members[MEMBER_FAILED_BUILD]);
        event.output = unescape(reader, members[MEMBER_OUTPUT]);
        reader->sink.event(reader->sink.ctx, &event);
}

/* True where the line is the beginning of an event that has no end. */
static bool read_line(struct test2json *reader, struct str line, bool is_cut) {
        struct scan scan = { line.ptr, line.ptr + line.len, false };
        struct str members[MEMBER_COUNT] = { 0 };
        bool is_whole = scan_object(&scan, members);
        bool is_event = members[MEMBER_ACTION].len > 0;

        if (is_event && (is_whole || (scan.ran_out && is_cut)))
                tell(reader, members, is_cut);
        else if (line.len && !(is_event && scan.ran_out))
                reader->sink.plain(reader->sink.ctx, str_drop_suffix(line, STR("\r")));
        return is_event && !is_whole && scan.ran_out && !is_cut;
}

static void hold(struct test2json *reader, struct str part) {
        size_t room = TEST2JSON_LINE_MAX - reader->line_len;
        size_t kept = MIN_OF(room, part.len);

        if (kept)
                memcpy(reader->line + reader->line_len, part.ptr, kept);
        reader->line_len += kept;
        reader->line_is_cut |= kept < part.len;
}

static bool read_held(struct test2json *reader) {
        struct str line = { reader->line, reader->line_len };
        bool ran_out = read_line(reader, line, reader->line_is_cut);

        reader->line_len = 0;
        reader->line_is_cut = false;
        return ran_out;
}

static void read_direct(struct test2json *reader, struct str line) {
        bool is_cut = line.len > TEST2JSON_LINE_MAX;

        read_line(reader, str_slice(line, 0, TEST2JSON_LINE_MAX), is_cut);
}

void test2json_feed(struct test2json *reader, struct str bytes) {
        while (bytes.len) {
                const char *newline = memchr(bytes.ptr, '\n', bytes.len);
                size_t len = newline ? (size_t)(newline - bytes.ptr) : bytes.len;
                struct str part = { bytes.ptr, len };

                if (!newline) {
                        hold(reader, part);
                        return;
                }
                if (reader->line_len) {
                        hold(reader, part);
                        read_held(reader);
                } else {
                        read_direct(reader, part);
                }
                bytes = str_slice(bytes, len + 1, bytes.len);
        }
}

bool test2json_finish(struct test2json *reader) {
        return reader->line_len && read_held(reader);
}
