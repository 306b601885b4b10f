#include "data/toml.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "data/toml_impl.h"
#include "data/utf8.h"

#include <assert.h>
#include <string.h>

#define PARTS_MAX TOML_DEPTH_MAX
#define INDEX_FROM 8 /* values of a table; fewer are looked at one by one */

struct place {
        uint32_t line, column;
};

struct key {
        struct str text;
        struct place place;
};

struct path {
        struct key parts[PARTS_MAX];
        size_t count; /* at least one */
};

/* How a table or an array came to be, which says what may be added to it. */
enum origin {
        ORIGIN_IMPLIED, /* a table above one that a header opened: may be opened once */
        ORIGIN_HEADER,  /* a table that a header opened; an array of such */
        ORIGIN_DOTTED,  /* a table above a dotted key: further dotted keys may add */
        ORIGIN_VALUE    /* an inline table, an array in brackets: closed */
};

struct container;

struct value {
        struct key key; /* in a table */
        struct toml_node node;
        struct container *in; /* TOML_ARRAY, TOML_TABLE */
};

struct container {
        enum origin origin;
        unsigned depth; /* 0 for the root */
        VEC(struct value *) values;
        struct map index; /* of a table with INDEX_FROM values: key to struct value */
};

struct reader {
        struct arena *arena;
        struct str file, text;
        size_t at; /* byte that is read next */
        uint32_t line;
        size_t counted; /* bytes of the text whose characters are in column */
        uint32_t column;
        size_t values;
        struct buf scratch; /* the string that is being read */
        struct err *err;
};

/* ---- characters ---- */

/* The byte that is offset bytes ahead; 0 behind the end (the text has no such byte). */
static char ahead(const struct reader *r, size_t offset) {
        return offset < r->text.len - r->at ? r->text.ptr[r->at + offset] : '\0';
}

static char peek(const struct reader *r) {
        return ahead(r, 0);
}

static bool looks_at(const struct reader *r, const char *what) {
        return str_has_prefix(str_slice(r->text, r->at, r->text.len), str_of(what));
}

static bool take(struct reader *r, const char *what) {
        if (!looks_at(r, what))
                return false;
        r->at += strlen(what);
        return true;
}

static uint32_t characters(struct str text) {
        uint32_t count = 0;

        for (size_t i = 0; i < text.len; i++)
                count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
        return count;
}

/* What was counted is kept: a line may be as long as the document. */
static struct place here(struct reader *r) {
        r->column += characters(str_slice(r->text, r->counted, r->at));
        r->counted = r->at;
        return (struct place){ r->line, r->column };
}

static bool fail(struct reader *r, struct place at, const char *why) {
        return err_at(r->err, ERR_SYNTAX, r->file, at.line, at.column, "%s", why);
}

static bool fail_limit(struct reader *r, struct place at, const char *what, size_t most) {
        return err_at(r->err, ERR_LIMIT, r->file, at.line, at.column, "%s (at most %zu are read)",
                      what, most);
}

static bool take_newline(struct reader *r) {
        if (!take(r, "\n") && !take(r, "\r\n"))
                return false;
        r->line++;
        r->column = 1;
        r->counted = r->at;
        return true;
}

static bool is_newline(const struct reader *r) {
        return peek(r) == '\n' || peek(r) == '\r';
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t';
}

static void skip_blanks(struct reader *r) {
        while (is_blank(peek(r)))
                r->at++;
}

static void skip_comment(struct reader *r) {
        if (peek(r) == '#')
                while (peek(r) && !is_newline(r))
                        r->at++;
}

static void skip_lines(struct reader *r) {
        do {
                skip_blanks(r);
                skip_comment(r);
        } while (take_newline(r));
}

/* ---- tables and arrays ---- */

static bool make_value(struct reader *r, struct place at, struct value **ret_value) {
        if (r->values++ >= TOML_VALUES_MAX)
                return fail_limit(r, at, "the document has too many values", TOML_VALUES_MAX);
        *ret_value = ARENA_NEW(r->arena, struct value);
        (*ret_value)->node.line = at.line;
        (*ret_value)->node.column = at.column;
        return true;
}

static bool make_container(struct reader *r, struct value *value, enum toml_kind kind,
                           enum origin origin, unsigned depth) {
        struct place at = { value->node.line, value->node.column };

        if (depth > TOML_DEPTH_MAX)
                return fail_limit(r, at, "tables and arrays are nested too deep", TOML_DEPTH_MAX);
        value->node.kind = kind;
        value->in = ARENA_NEW(r->arena, struct container);
        value->in->origin = origin;
        value->in->depth = depth;
        value->in->index = map_make(r->arena);
        return true;
}

static struct value *find(const struct container *table, struct str key) {
        void **found = map_get(&table->index, key);

        if (found)
                return *found;
        for (size_t i = 0; !table->index.count && i < table->values.count; i++)
                if (str_eq(table->values.items[i]->key.text, key))
                        return table->values.items[i];
        return NULL;
}

static bool add_to_array(struct reader *r, struct container *array, struct value *value) {
        struct place at = { value->node.line, value->node.column };

        if (array->values.count >= TOML_ITEMS_MAX)
                return fail_limit(r, at, "the array is too long", TOML_ITEMS_MAX);
        *VEC_ADD(r->arena, &array->values) = value;
        return true;
}

/* The key must not be there. */
static bool add_to_table(struct reader *r, struct container *table, const struct key *key,
                         struct value *value) {
        if (table->values.count >= TOML_KEYS_MAX)
                return fail_limit(r, key->place, "the table has too many keys", TOML_KEYS_MAX);
        value->key = *key;
        *VEC_ADD(r->arena, &table->values) = value;
        if (table->values.count < INDEX_FROM)
                return true;
        for (size_t i = table->index.count; i < table->values.count; i++)
                *map_put(&table->index, table->values.items[i]->key.text) = table->values.items[i];
        return true;
}

static bool add_table(struct reader *r, struct container *to, const struct key *key,
                      enum origin origin, struct value **ret_value) {
        return make_value(r, key->place, ret_value) &&
               make_container(r, *ret_value, TOML_TABLE, origin, to->depth + 1) &&
               add_to_table(r, to, key, *ret_value);
}

static bool refuse(struct reader *r, const struct key *key, const struct value *there,
                   const char *why) {
        return err_at(r->err, ERR_SYNTAX, r->file, key->place.line, key->place.column,
                      "%.*s is %s already, in line %u%s", STR_ARG(key->text),
                      toml_kind_name(there->node.kind), there->node.line, why);
}

/* ---- strings ---- */

static bool is_scalar_value(uint32_t point) {
        return point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
}

static void add_point(struct buf *out, uint32_t point) {
        if (point < 0x80) {
                buf_add_char(out, (char)point);
        } else if (point < 0x800) {
                buf_add_char(out, (char)(0xc0 | point >> 6));
        } else if (point < 0x10000) {
                buf_add_char(out, (char)(0xe0 | point >> 12));
                buf_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
        } else {
                buf_add_char(out, (char)(0xf0 | point >> 18));
                buf_add_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
                buf_add_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
        }
        if (point >= 0x80)
                buf_add_char(out, (char)(0x80 | (point & 0x3f)));
}

static bool read_point(struct reader *r, struct place at, size_t digits, struct buf *out) {
        static const char hex[] = "0123456789abcdef0123456789ABCDEF";
        uint32_t point = 0;

        for (size_t i = 0; i < digits; i++, r->at++) {
                const char *digit = peek(r) ? strchr(hex, peek(r)) : NULL;

                if (!digit)
                        return fail(r, at,
                                    digits == 4 ? "\\u wants four hexadecimal digits"
                                                : "\\U wants eight hexadecimal digits");
                point = point << 4 | (uint32_t)((digit - hex) % 16);
        }
        if (!is_scalar_value(point))
                return fail(r, at, "there is no character with this number");
        add_point(out, point);
        return true;
}

/* A backslash at the end of a line takes the white space up to the next text with it. */
static bool skip_line_end(struct reader *r) {
        size_t blanks = 0;

        while (is_blank(ahead(r, blanks)))
                blanks++;
        if (ahead(r, blanks) != '\n' && ahead(r, blanks) != '\r')
                return false;
        do
                skip_blanks(r);
        while (take_newline(r));
        return true;
}

static bool read_escape(struct reader *r, bool is_long, struct buf *out) {
        static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
        struct place at = here(r);
        const char *name;

        r->at++;
        if (is_long && skip_line_end(r))
                return true;
        if (take(r, "u"))
                return read_point(r, at, 4, out);
        if (take(r, "U"))
                return read_point(r, at, 8, out);
        name = peek(r) ? strchr(names, peek(r)) : NULL;
        if (!name)
                return fail(r, at,
                            "there is no such escape (a backslash is \\\\ in double quotes, and "
                            "itself in single ones)");
        r->at++;
        buf_add_char(out, values[name - names]);
        return true;
}

/* Up to two quotes may stand before the three that end a long string. False at the end. */
static bool take_quotes(struct reader *r, char quote, struct buf *out) {
        size_t count = 0;

        while (count < 5 && ahead(r, count) == quote)
                count++;
        r->at += count;
        for (size_t i = 0; i < (count >= 3 ? count - 3 : count); i++)
                buf_add_char(out, quote);
        return count < 3;
}

/* Text that stands for itself. */
static void take_plain(struct reader *r, char quote, struct buf *out) {
        size_t from = r->at;

        while (peek(r) && peek(r) != quote && !is_newline(r) && (peek(r) != '\\' || quote == '\''))
                r->at++;
        buf_add(out, str_slice(r->text, from, r->at));
}

static bool read_short(struct reader *r, char quote, struct buf *out) {
        struct place start = here(r);

        for (r->at++;;) {
                take_plain(r, quote, out);
                if (!peek(r) || is_newline(r))
                        return fail(r, start,
                                    "the string that begins here does not end in its line");
                if (peek(r) == quote)
                        break;
                if (!read_escape(r, false, out))
                        return false;
        }
        r->at++;
        return true;
}

static bool read_long(struct reader *r, char quote, struct buf *out) {
        struct place start = here(r);

        r->at += 3;
        (void)take_newline(r);
        for (;;) {
                take_plain(r, quote, out);
                if (!peek(r))
                        return fail(r, start, "the string that begins here has no end");
                if (take_newline(r))
                        buf_add_char(out, '\n');
                else if (peek(r) == quote && !take_quotes(r, quote, out))
                        return true;
                else if (peek(r) == '\\' && quote == '"' && !read_escape(r, true, out))
                        return false;
        }
}

static bool is_quote(char c) {
        return c == '"' || c == '\'';
}

static bool read_string(struct reader *r, struct str *ret_text) {
        char quote = peek(r);
        bool is_long = ahead(r, 1) == quote && ahead(r, 2) == quote;

        r->scratch.len = 0;
        if (is_long ? !read_long(r, quote, &r->scratch) : !read_short(r, quote, &r->scratch))
                return false;
        *ret_text = str_dup(r->arena, buf_str(&r->scratch));
        return true;
}

/* ---- keys ---- */

static bool is_bare(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
}

static bool read_part(struct reader *r, struct key *ret_key) {
        size_t from = r->at;

        ret_key->place = here(r);
        if (looks_at(r, "\"\"\"") || looks_at(r, "'''"))
                return fail(r, ret_key->place,
                            "a key must be in one line, in single quotes or none");
        if (is_quote(peek(r)))
                return read_string(r, &ret_key->text);
        while (is_bare(peek(r)))
                r->at++;
        if (r->at == from)
                return fail(
                        r, ret_key->place,
                        "a key is missing here (bare keys have letters, digits, - and _; others "
                        "stand in quotes)");
        ret_key->text = str_dup(r->arena, str_slice(r->text, from, r->at));
        return true;
}

static bool read_path(struct reader *r, struct path *path) {
        path->count = 0;
        do {
                skip_blanks(r);
                if (path->count == PARTS_MAX)
                        return fail_limit(r, here(r), "the key has too many parts", PARTS_MAX);
                if (!read_part(r, &path->parts[path->count++]))
                        return false;
                skip_blanks(r);
        } while (take(r, "."));
        return true;
}

/* ---- values ---- */

static bool read_value(struct reader *r, unsigned depth, struct value **ret_value);
static bool read_pair(struct reader *r, struct container *table);

static bool is_word_char(char c) {
        return is_bare(c) || c == '+' || c == '.' || c == ':';
}

static struct str take_word(struct reader *r) {
        size_t from = r->at;

        while (is_word_char(peek(r)))
                r->at++;
        if (peek(r) == ' ' && ahead(r, 1) >= '0' && ahead(r, 1) <= '9' &&
            toml_is_date(str_slice(r->text, from, r->at)))
                for (r->at++; is_word_char(peek(r));)
                        r->at++;
        return str_slice(r->text, from, r->at);
}

static bool read_word(struct reader *r, struct toml_node *node) {
        struct place at = here(r);
        struct str word = take_word(r);
        const char *why;

        if (!word.len)
                return fail(r, at, "a value is missing here");
        if (word.len > TOML_NUMBER_MAX)
                return fail_limit(r, at, "the value has too many characters", TOML_NUMBER_MAX);
        if (!toml_read_word(word, node, &why))
                return fail(r, at, why);
        node->text = str_dup(r->arena, word);
        return true;
}

static bool read_item(struct reader *r, struct value *array) {
        struct value *item;

        return read_value(r, array->in->depth + 1, &item) && add_to_array(r, array->in, item);
}

static bool read_array(struct reader *r, struct value *array, unsigned depth) {
        struct place start = here(r);
        bool may_follow = true;

        if (!make_container(r, array, TOML_ARRAY, ORIGIN_VALUE, depth))
                return false;
        for (r->at++;;) {
                skip_lines(r);
                if (take(r, "]"))
                        return true;
                if (!peek(r))
                        return fail(r, start, "the array that begins here has no end");
                if (!may_follow)
                        return fail(r, here(r), "a comma or ] is missing here");
                if (!read_item(r, array))
                        return false;
                skip_lines(r);
                may_follow = take(r, ",");
        }
}

static bool lacks_brace(struct reader *r) {
        if (!peek(r) || is_newline(r) || peek(r) == '#')
                return fail(r, here(r), "an inline table must end in its line");
        return fail(r, here(r), "a comma or } is missing here");
}

static bool read_inline_table(struct reader *r, struct value *table, unsigned depth) {
        if (!make_container(r, table, TOML_TABLE, ORIGIN_VALUE, depth))
                return false;
        r->at++;
        skip_blanks(r);
        if (take(r, "}"))
                return true;
        do {
                skip_blanks(r);
                if (!read_pair(r, table->in))
                        return false;
                skip_blanks(r);
        } while (take(r, ","));
        return take(r, "}") || lacks_brace(r);
}

/* depth is that of a table or array that begins here. */
static bool read_value(struct reader *r, unsigned depth, struct value **ret_value) {
        if (!make_value(r, here(r), ret_value))
                return false;
        if (is_quote(peek(r))) {
                (*ret_value)->node.kind = TOML_STRING;
                return read_string(r, &(*ret_value)->node.text);
        }
        if (peek(r) == '[')
                return read_array(r, *ret_value, depth);
        if (peek(r) == '{')
                return read_inline_table(r, *ret_value, depth);
        return read_word(r, &(*ret_value)->node);
}

/* ---- pairs ---- */

/* The table that a part of a dotted key speaks of, made where it is not there. */
static bool enter_dotted(struct reader *r, struct container **table, const struct key *key) {
        struct value *there = find(*table, key->text);

        if (!there && !add_table(r, *table, key, ORIGIN_DOTTED, &there))
                return false;
        if (there->node.kind != TOML_TABLE)
                return refuse(r, key, there, ": no key can stand below it");
        if (there->in->origin == ORIGIN_HEADER)
                return refuse(r, key, there, ": a dotted key cannot add to a table with a header");
        if (there->in->origin == ORIGIN_VALUE)
                return refuse(r, key, there, ": an inline table is closed");
        there->in->origin = ORIGIN_DOTTED;
        *table = there->in;
        return true;
}

static bool read_pair(struct reader *r, struct container *table) {
        struct path path;
        const struct key *last;
        struct value *value;

        if (!read_path(r, &path))
                return false;
        last = &path.parts[path.count - 1];
        if (!take(r, "="))
                return fail(r, here(r), "a key must have = and a value after it");
        for (size_t i = 0; i + 1 < path.count; i++)
                if (!enter_dotted(r, &table, &path.parts[i]))
                        return false;
        value = find(table, last->text);
        if (value)
                return refuse(r, last, value, ": a key stands once");
        skip_blanks(r);
        return read_value(r, table->depth + 1, &value) && add_to_table(r, table, last, value);
}

/* ---- headers ---- */

/* The table that a part of a header before its last speaks of; of an array of tables the last. */
static bool enter_header(struct reader *r, struct container **table, const struct key *key) {
        struct value *there = find(*table, key->text);

        if (!there && !add_table(r, *table, key, ORIGIN_IMPLIED, &there))
                return false;
        if (!there->in)
                return refuse(r, key, there, ": no table can stand below it");
        if (there->in->origin == ORIGIN_VALUE)
                return refuse(r, key, there, ": what is written as a value is closed");
        *table = there->in;
        if (there->node.kind == TOML_ARRAY)
                *table = there->in->values.items[there->in->values.count - 1]->in;
        return true;
}

static bool open_table(struct reader *r, struct container **table, const struct key *key,
                       struct place start) {
        struct value *there = find(*table, key->text);

        if (there && there->node.kind == TOML_ARRAY && there->in->origin == ORIGIN_HEADER)
                return refuse(r, key, there, ": its tables are written with [[ ]]");
        if (there && (!there->in || there->in->origin != ORIGIN_IMPLIED))
                return refuse(r, key, there, ": a table is defined once");
        if (!there && !add_table(r, *table, key, ORIGIN_HEADER, &there))
                return false;
        there->in->origin = ORIGIN_HEADER;
        there->node.line = start.line;
        there->node.column = start.column;
        *table = there->in;
        return true;
}

static bool add_array(struct reader *r, struct container *table, const struct key *key,
                      struct place start, struct value **ret_array) {
        return make_value(r, start, ret_array) &&
               make_container(r, *ret_array, TOML_ARRAY, ORIGIN_HEADER, table->depth + 1) &&
               add_to_table(r, table, key, *ret_array);
}

static bool open_item(struct reader *r, struct container **table, const struct key *key,
                      struct place start) {
        struct value *array = find(*table, key->text), *item;

        if (array && (array->node.kind != TOML_ARRAY || array->in->origin != ORIGIN_HEADER))
                return refuse(r, key, array, ": [[ ]] adds only to what [[ ]] began");
        if (!array && !add_array(r, *table, key, start, &array))
                return false;
        if (!make_value(r, start, &item) ||
            !make_container(r, item, TOML_TABLE, ORIGIN_HEADER, array->in->depth + 1) ||
            !add_to_array(r, array->in, item))
                return false;
        *table = item->in;
        return true;
}

/* table is the root first, and the one that the header opens afterwards. */
static bool read_header(struct reader *r, struct container **table) {
        struct place start = here(r);
        bool is_item = take(r, "[[");
        struct path path;
        const struct key *last;

        if ((!is_item && !take(r, "[")) || !read_path(r, &path))
                return false;
        last = &path.parts[path.count - 1];
        if (!take(r, is_item ? "]]" : "]"))
                return fail(r, here(r), is_item ? "]] is missing here" : "] is missing here");
        for (size_t i = 0; i + 1 < path.count; i++)
                if (!enter_header(r, table, &path.parts[i]))
                        return false;
        return is_item ? open_item(r, table, last, start) : open_table(r, table, last, start);
}

/* ---- the document ---- */

static bool end_line(struct reader *r) {
        skip_blanks(r);
        skip_comment(r);
        return take_newline(r) || !peek(r) ||
               fail(r, here(r), "the line must end here (one key or header in each line)");
}

static bool read_document(struct reader *r, struct container *root) {
        struct container *table = root;

        for (;;) {
                skip_lines(r);
                if (!peek(r))
                        return true;
                if (peek(r) == '[') {
                        table = root;
                        if (!read_header(r, &table))
                                return false;
                } else if (!read_pair(r, table)) {
                        return false;
                }
                if (!end_line(r))
                        return false;
        }
}

/* ---- what is handed over ---- */

static void hand_over(struct arena *arena, const struct value *value, struct toml_node *ret_node);

static void hand_over_items(struct arena *arena, const struct container *array,
                            struct toml_node *node) {
        struct toml_node *items = ARENA_ARRAY(arena, struct toml_node, array->values.count);

        for (size_t i = 0; i < array->values.count; i++)
                hand_over(arena, array->values.items[i], &items[i]);
        node->items = items;
        node->count = array->values.count;
}

static void hand_over_pairs(struct arena *arena, const struct container *table,
                            struct toml_node *node) {
        struct toml_pair *pairs = ARENA_ARRAY(arena, struct toml_pair, table->values.count);

        for (size_t i = 0; i < table->values.count; i++) {
                const struct key *key = &table->values.items[i]->key;

                pairs[i].key = key->text;
                pairs[i].line = key->place.line;
                pairs[i].column = key->place.column;
                hand_over(arena, table->values.items[i], &pairs[i].value);
        }
        node->pairs = pairs;
        node->count = table->values.count;
}

/* No deeper than TOML_DEPTH_MAX. */
static void hand_over(struct arena *arena, const struct value *value, struct toml_node *ret_node) {
        *ret_node = value->node;
        if (value->node.kind == TOML_ARRAY)
                hand_over_items(arena, value->in, ret_node);
        else if (value->node.kind == TOML_TABLE)
                hand_over_pairs(arena, value->in, ret_node);
}

/* ---- bytes ---- */

/* Tabs and line ends alone are allowed; a CR is one only before LF. */
static bool is_control(struct str text, size_t at) {
        unsigned char c = (unsigned char)text.ptr[at];

        if (c == '\r')
                return at + 1 == text.len || text.ptr[at + 1] != '\n';
        return (c < ' ' && c != '\t' && c != '\n') || c == 0x7f;
}

static size_t find_control(struct str text) {
        size_t at = 0;

        while (at < text.len && !is_control(text, at))
                at++;
        return at;
}

static struct place place_of(struct str text, size_t at) {
        struct str before = str_slice(text, 0, at), line;
        uint32_t number = 1;

        while (str_cut(before, '\n', &line, &before))
                number++;
        return (struct place){ number, characters(before) + 1 };
}

static bool check_bytes(struct reader *r) {
        size_t valid = utf8_valid_prefix(r->text), control = find_control(r->text);
        struct place at = place_of(r->text, MIN_OF(valid, control));

        if (valid < control)
                return fail(r, at, "a byte here is no text in UTF-8");
        if (control < r->text.len)
                return err_at(r->err, ERR_SYNTAX, r->file, at.line, at.column,
                              "a control character (U+%04X) stands here; strings write it \\u%04X",
                              (unsigned)r->text.ptr[control], (unsigned)r->text.ptr[control]);
        return true;
}

bool toml_parse(struct arena *arena, struct str file, struct str text, struct toml_node *ret_root,
                struct err *err) {
        struct reader reader = { .arena = arena,
                                 .file = file,
                                 .text = str_drop_prefix(text, STR("\xEF\xBB\xBF")),
                                 .line = 1,
                                 .column = 1,
                                 .scratch = buf_make(arena),
                                 .err = err };
        struct value *root;

        if (text.len > TOML_SIZE_MAX)
                return err_at(err, ERR_LIMIT, file, 0, 0, "has over %zu bytes", TOML_SIZE_MAX);
        if (!check_bytes(&reader) || !make_value(&reader, (struct place){ 1, 1 }, &root) ||
            !make_container(&reader, root, TOML_TABLE, ORIGIN_HEADER, 0) ||
            !read_document(&reader, root->in))
                return false;
        hand_over(arena, root, ret_root);
        return true;
}

const struct toml_node *toml_get(const struct toml_node *node, struct str key) {
        if (!node || node->kind != TOML_TABLE)
                return NULL;
        for (size_t i = 0; i < node->count; i++)
                if (str_eq(node->pairs[i].key, key))
                        return &node->pairs[i].value;
        return NULL;
}

const char *toml_kind_name(enum toml_kind kind) {
        static const char *const names[] = {
                [TOML_STRING] = "a string",
                [TOML_INTEGER] = "an integer",
                [TOML_FLOAT] = "a float",
                [TOML_BOOLEAN] = "true or false",
                [TOML_OFFSET_DATE_TIME] = "a date with a time and its offset",
                [TOML_LOCAL_DATE_TIME] = "a date with a time",
                [TOML_LOCAL_DATE] = "a date",
                [TOML_LOCAL_TIME] = "a time",
                [TOML_ARRAY] = "an array",
                [TOML_TABLE] = "a table",
        };

        return names[kind];
}
