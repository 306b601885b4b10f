/* Languages that are read line by line: each sign of assignment is asked what name stands before
 * and what value behind it. Every byte is looked at a bounded number of times, so that one line of
 * any length is read in linear time. */
#include "leak/generic_impl.h"

#include "leak/words.h"

#include <string.h>

#define SIGN_MAX 3         /* bytes of a sign: === => =~ */
#define SPACES_MAX 40      /* between a name, its sign and its value */
#define BARE_MAX 512       /* bytes of a value without quotes */
#define PAIR_NAME_MAX 64   /* bytes of a name that stands where a value does */
#define PAIR_DISTANCE 300  /* bytes between a name and its value that stand in two assignments */
#define LINE_LOOK_BACK 120 /* bytes before a flag in which its command is looked for */
#define OPERAND_MAX 80     /* bytes of an expression that has a default behind it */

struct lines {
        struct generic_scan *scan;
        struct str text;
        const struct line_rules *rules;
        size_t at;
        size_t next_quote[3]; /* of each kind: the first at or behind where was asked; memory of
                                 what was searched already */
        size_t asked[3];
        struct str pair_name; /* "name": "DB_PASSWORD" */
        size_t pair_at;
        size_t bare_max;
        bool line_has_name;
};

static const char quotes[] = "\"'`";

static char byte_at(const struct lines *lines, size_t at) {
        return at < lines->text.len ? lines->text.ptr[at] : '\n';
}

static bool is_quote(char c) {
        return c && strchr(quotes, c);
}

static bool is_name_byte(char c) {
        return is_letter(c) || is_digit(c) || (c && strchr("_.$@-", c));
}

/* The next quote of this kind at or behind from, none in between searched twice. SIZE_MAX: none. */
static size_t find_quote(struct lines *lines, char quote, size_t from) {
        size_t kind = (size_t)(strchr(quotes, quote) - quotes);
        const char *found;

        if (lines->asked[kind] <= from && from <= lines->next_quote[kind] &&
            lines->asked[kind] != SIZE_MAX)
                return lines->next_quote[kind];
        found = from < lines->text.len
                        ? memchr(lines->text.ptr + from, quote, lines->text.len - from)
                        : NULL;
        lines->asked[kind] = from;
        return lines->next_quote[kind] = found ? (size_t)(found - lines->text.ptr) : SIZE_MAX;
}

static size_t skip_back(const struct lines *lines, size_t at, const char *set) {
        size_t limit = at > SPACES_MAX ? at - SPACES_MAX : 0;

        while (at > limit && lines->text.ptr[at - 1] && strchr(set, lines->text.ptr[at - 1]))
                at--;
        return at;
}

static size_t skip_spaces(const struct lines *lines, size_t at) {
        size_t limit = at + SPACES_MAX;

        while (at < limit && (byte_at(lines, at) == ' ' || byte_at(lines, at) == '\t'))
                at++;
        return at;
}

/* The name in quotes that ends before end (the place of the closing quote); escaped ones of a text
 * within a text too. */
static struct str quoted_name(const struct lines *lines, size_t end) {
        char quote = lines->text.ptr[end];
        size_t stop = end, limit, start;

        if (stop && lines->text.ptr[stop - 1] == '\\')
                stop--;
        limit = stop > NAME_LOOK_BACK ? stop - NAME_LOOK_BACK : 0;
        for (start = stop; start > limit && lines->text.ptr[start - 1] != quote; start--)
                if (lines->text.ptr[start - 1] == '\n')
                        return STR_NONE;
        return start > limit ? str_slice(lines->text, start, stop) : STR_NONE;
}

static struct str bare_name(const struct lines *lines, size_t end, size_t *ret_start) {
        size_t limit = end > NAME_LOOK_BACK ? end - NAME_LOOK_BACK : 0, start = end;

        while (start > limit && is_name_byte(lines->text.ptr[start - 1]))
                start--;
        *ret_start = start;
        return start > limit || !limit ? str_slice(lines->text, start, end) : STR_NONE;
}

/* let password: string = "..." has its name before the colon. */
static struct str name_before_type(const struct lines *lines, size_t start) {
        size_t at = skip_back(lines, start, " \t&"), unused;

        if (!at || lines->text.ptr[at - 1] != ':')
                return STR_NONE;
        at = skip_back(lines, at - 1, " \t?");
        return bare_name(lines, at, &unused);
}

static struct str name_before(const struct lines *lines, size_t sign) {
        size_t at = skip_back(lines, sign, " \t"), start;
        struct str name, typed;

        at = skip_back(lines, at, "]*?!+:");
        if (!at)
                return STR_NONE;
        if (is_quote(lines->text.ptr[at - 1]))
                return quoted_name(lines, at - 1);
        if (!lines->rules->bare_names)
                return STR_NONE;
        at = skip_back(lines, at, "[] ");
        name = bare_name(lines, at, &start);
        if (lines->text.ptr[sign] == '=' && name.len) {
                typed = name_before_type(lines, start);
                if (name_class_of(typed) >= NAME_KEY)
                        return typed;
        }
        return name;
}

struct value {
        struct str text;
        bool quoted, escaped;
        size_t end; /* where reading goes on */
};

static size_t quoted_end(struct lines *lines, char quote, size_t start) {
        size_t end = find_quote(lines, quote, start);

        while (end != SIZE_MAX && end > start && lines->text.ptr[end - 1] == '\\' &&
               end - start < VALUE_SIZE_MAX)
                end = find_quote(lines, quote, end + 1);
        return end;
}

static bool has_line_end(struct str text) {
        return text.len && memchr(text.ptr, '\n', text.len);
}

/* A value in quotes from the quote at `at` on. */
static bool take_quoted(struct lines *lines, size_t at, struct value *ret_value) {
        char quote = byte_at(lines, at);
        bool escaped = at && lines->text.ptr[at - 1] == '\\';
        size_t end = escaped ? find_quote(lines, quote, at + 1) : quoted_end(lines, quote, at + 1);

        if (end == SIZE_MAX || end - at > VALUE_SIZE_MAX)
                return false;
        ret_value->end = end + 1;
        if (escaped && lines->text.ptr[end - 1] == '\\')
                end--;
        ret_value->text = str_slice(lines->text, at + 1, end);
        ret_value->quoted = true;
        ret_value->escaped = !escaped && str_find(ret_value->text, '\\') != SIZE_MAX;
        return !has_line_end(ret_value->text);
}

static bool ends_word(char c) {
        return strchr(" \t;,&|)\"'<>", c) != NULL;
}

/* A value without quotes: a word, or what stands before the end of the line or a comment. */
static bool take_bare(struct lines *lines, size_t at, struct value *ret_value) {
        size_t end = at;
        char c;

        while (end - at < lines->bare_max && (c = byte_at(lines, end)) != '\n') {
                if (!lines->rules->bare_line && ends_word(c))
                        break;
                if (end > at && (c == '#' || c == ';') && strchr(" \t", lines->text.ptr[end - 1]))
                        break;
                end++;
        }
        ret_value->text = str_trim(str_slice(lines->text, at, end));
        ret_value->quoted = ret_value->escaped = false;
        ret_value->end = MAX_OF(end, at + 1);
        return end - at < lines->bare_max;
}

/* b"..", r"..", @"..", new String("..") */
static size_t skip_prefix(const struct lines *lines, size_t at) {
        static const struct str prefixes[] = { STR_INIT("b"), STR_INIT("r"), STR_INIT("u"),
                                               STR_INIT("@"), STR_INIT("L"), STR_INIT("String("),
                                               STR_INIT("(") };
        struct str rest = str_slice(lines->text, at, at + 16);

        for (size_t i = 0; i < COUNT_OF(prefixes); i++)
                if (str_has_prefix(rest, prefixes[i]) &&
                    is_quote(byte_at(lines, at + prefixes[i].len)))
                        return at + prefixes[i].len;
        return at;
}

/* process.env.X || "default": from the expression on, the place of the default's quote. */
static size_t skip_to_default(const struct lines *lines, size_t at) {
        static const struct str signs[] = { STR_INIT("|| "), STR_INIT("?? "),  STR_INIT(" or "),
                                            STR_INIT("?: "), STR_INIT("\", "), STR_INIT("', ") };
        struct str rest = str_slice(lines->text, at, at + OPERAND_MAX), line;

        if (!str_cut(rest, '\n', &line, &rest))
                line = rest;
        for (size_t i = 0; i < COUNT_OF(signs); i++) {
                size_t found = str_find_str(line, signs[i]);

                if (found != SIZE_MAX && is_quote(byte_at(lines, at + found + signs[i].len)))
                        return at + found + signs[i].len;
        }
        return SIZE_MAX;
}

static bool take_value(struct lines *lines, size_t at, struct value *ret_value) {
        at = skip_prefix(lines, skip_spaces(lines, at));
        if (byte_at(lines, at) == '\\' && is_quote(byte_at(lines, at + 1)))
                at++;
        if (is_quote(byte_at(lines, at)))
                return take_quoted(lines, at, ret_value);
        if (lines->rules->bare)
                return take_bare(lines, at, ret_value);
        at = skip_to_default(lines, at);
        return at != SIZE_MAX && take_quoted(lines, at, ret_value);
}

/* Escapes that stand before a byte of itself; others stay. */
static struct str unescaped(struct arena *arena, const struct value *value) {
        char *bytes;
        size_t len = 0;

        if (!value->escaped)
                return value->text;
        bytes = arena_alloc(arena, value->text.len);
        for (size_t i = 0; i < value->text.len; i++) {
                if (value->text.ptr[i] == '\\' && i + 1 < value->text.len &&
                    strchr("\\\"'/`", value->text.ptr[i + 1]))
                        i++;
                bytes[len++] = value->text.ptr[i];
        }
        return (struct str){ bytes, len };
}

static bool is_any_of(struct str name, const struct str *words, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(name, words[i]))
                        return true;
        return false;
}

/* name: X and value: Y next to each other are X: Y. */
static struct str paired_name(struct lines *lines, struct str name, size_t at) {
        static const struct str values[] = { STR_INIT("value"), STR_INIT("default"),
                                             STR_INIT("defaultValue"), STR_INIT("content") };

        if (lines->pair_name.len && at - lines->pair_at < PAIR_DISTANCE &&
            is_any_of(name, values, COUNT_OF(values)))
                return lines->pair_name;
        return name;
}

static void note_pair(struct lines *lines, struct str name, size_t at) {
        static const struct str names[] = { STR_INIT("name"), STR_INIT("key"), STR_INIT("variable"),
                                            STR_INIT("parameterKey") };
        struct value value = { .quoted = false };

        if (!is_any_of(name, names, COUNT_OF(names)))
                return;
        lines->bare_max = PAIR_NAME_MAX;
        if (!take_value(lines, at, &value))
                value.text = STR_NONE;
        lines->bare_max = BARE_MAX;
        lines->pair_name = name_class_of(value.text) >= NAME_SECRET ? value.text : STR_NONE;
        lines->pair_at = at;
}

static enum demand demand_of(const struct lines *lines, const struct value *value) {
        return value->quoted || lines->rules->demand != DEMAND_WORD || lines->rules->bare_line
                       ? lines->rules->demand
                       : DEMAND_MIXED;
}

/* YAML's tags, anchors, aliases, collections and block scalars. */
static bool is_reference(const struct lines *lines, const struct value *value) {
        return !value->quoted && lines->rules->colon && value->text.len &&
               strchr("!&*[{|>", value->text.ptr[0]);
}

/* A sign whose name says credential: at is behind the sign. Reading goes on behind the value. */
static void look_at_value(struct lines *lines, struct str name, size_t at) {
        struct value value = { .end = 0 };

        if (!take_value(lines, at, &value)) {
                lines->at = MAX_OF(lines->at, value.end);
                return;
        }
        if (is_reference(lines, &value))
                return;
        if (name_class_of(name) != NAME_NONE && (!lines->scan->recorded || words_only(name))) {
                lines->at = MAX_OF(lines->at, value.end);
                generic_offer(lines->scan, name, unescaped(lines->scan->arena, &value), value.text,
                              demand_of(lines, &value));
        }
}

static size_t sign_end(const struct lines *lines, size_t at) {
        size_t limit = at + SIGN_MAX;

        while (at < limit && (byte_at(lines, at) == '=' || byte_at(lines, at) == '>' ||
                              byte_at(lines, at) == '~'))
                at++;
        return at;
}

static void look_at_sign(struct lines *lines, size_t sign) {
        size_t behind = sign_end(lines, sign + 1);
        struct str name;

        /* The first of === was asked. */
        if ((sign && lines->text.ptr[sign - 1] == lines->text.ptr[sign]) ||
            (lines->rules->line_start && lines->line_has_name))
                return;
        name = name_before(lines, sign);
        if (!name.len)
                return;
        lines->line_has_name = true;
        name = paired_name(lines, name, sign);
        note_pair(lines, name, behind);
        if (name_class_of(name) != NAME_NONE)
                look_at_value(lines, name, behind);
}

/* define('DB_PASSWORD', 'x') */
static void look_at_comma(struct lines *lines, size_t comma) {
        size_t end = skip_back(lines, comma, " \t"), value_at = skip_spaces(lines, comma + 1);
        struct str name;

        if (!end || !is_quote(lines->text.ptr[end - 1]) || !is_quote(byte_at(lines, value_at)))
                return;
        name = quoted_name(lines, end - 1);
        if (name.len && name.ptr - lines->text.ptr >= 2 && name.ptr[-2] == '(')
                look_at_value(lines, name, value_at);
}

/* <password>x</password>; at is the > of the first tag. */
static void look_at_element(struct lines *lines, size_t at) {
        size_t limit = at > NAME_LOOK_BACK ? at - NAME_LOOK_BACK : 0, start = at, end;
        struct str name, rest;

        while (start > limit && !strchr("<>\n", lines->text.ptr[start - 1]))
                start--;
        if (start == limit || lines->text.ptr[start - 1] != '<' || byte_at(lines, start) == '/')
                return;
        name = str_slice(lines->text, start, at);
        str_cut(name, ' ', &name, &rest);
        rest = str_slice(lines->text, at + 1, at + 1 + BARE_MAX);
        end = str_find(rest, '<');
        if (end == SIZE_MAX || !str_has_prefix(str_slice(rest, end, rest.len), STR("</")))
                return;
        generic_offer(lines->scan, name, str_slice(rest, 0, end), str_slice(rest, 0, end),
                      DEMAND_WORD);
}

static bool is_comment(const struct lines *lines, size_t at) {
        const struct line_rules *rules = lines->rules;
        char c;

        while (byte_at(lines, at) == ' ' || byte_at(lines, at) == '\t')
                at++;
        c = byte_at(lines, at);
        return (rules->hash_comments && c == '#') || (rules->semicolon_comments && c == ';') ||
               (rules->slash_comments &&
                (c == '*' || (c == '/' && strchr("/*", byte_at(lines, at + 1)))));
}

static size_t line_end(struct str text, size_t at) {
        const char *end = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;

        return end ? (size_t)(end - text.ptr) : text.len;
}

/* What the line says before at, at most LINE_LOOK_BACK bytes of it. */
static struct str line_before(const struct lines *lines, size_t at) {
        size_t limit = at > LINE_LOOK_BACK ? at - LINE_LOOK_BACK : 0, start = at;

        while (start > limit && lines->text.ptr[start - 1] != '\n')
                start--;
        return str_slice(lines->text, start, at);
}

/* --password VALUE; --password=VALUE is an assignment. */
static void look_at_long_flag(struct lines *lines, size_t dash) {
        size_t start = dash + 1, end = start;
        struct str name;

        while (end - start < NAME_LOOK_BACK && is_name_byte(byte_at(lines, end)))
                end++;
        name = str_slice(lines->text, start, end);
        if (end > start && byte_at(lines, end) == ' ' && name_class_of(name) >= NAME_SECRET)
                look_at_value(lines, name, end + 1);
}

/* Short flags that take a password, by the command that has them. */
static const struct flag {
        char letter;
        bool spaced; /* a word of its own: -p VALUE; else -pVALUE */
        bool pair;   /* user:password */
        struct str command;
} flags[] = {
        { 'u', true, true, STR_INIT("curl") },       { 'u', true, true, STR_INIT("http") },
        { 'p', false, false, STR_INIT("mysql") },    { 'p', false, false, STR_INIT("mariadb") },
        { 'p', true, false, STR_INIT("sshpass") },   { 'p', true, false, STR_INIT("login") },
        { 'a', true, false, STR_INIT("redis-cli") }, { 'p', true, false, STR_INIT("mongo") },
        { 'w', true, false, STR_INIT("ldap") },      { 'P', true, false, STR_INIT("sqlcmd") },
};

static void look_at_flag_value(struct lines *lines, const struct flag *flag, size_t at) {
        struct value value;
        struct str user, password;

        if (flag->spaced != (byte_at(lines, at) == ' ') ||
            !take_value(lines, at + flag->spaced, &value))
                return;
        password = value.text;
        if (flag->pair && !str_cut(value.text, ':', &user, &password))
                return;
        generic_offer(lines->scan, STR("password"), password, password, DEMAND_MIXED);
}

static void look_at_short_flag(struct lines *lines, size_t dash) {
        struct str before = STR_NONE;

        for (size_t i = 0; i < COUNT_OF(flags); i++) {
                if (byte_at(lines, dash + 1) != flags[i].letter)
                        continue;
                if (!before.len)
                        before = line_before(lines, dash);
                if (!str_contains(before, flags[i].command))
                        continue;
                look_at_flag_value(lines, &flags[i], dash + 2);
                return;
        }
}

static void look_at_flag(struct lines *lines, size_t dash) {
        char before = dash ? lines->text.ptr[dash - 1] : '\n';

        if (before == '-')
                look_at_long_flag(lines, dash);
        else if (before == ' ')
                look_at_short_flag(lines, dash);
}

/* What the place of reading says of the line it is in. True: the line is not read. */
static bool begin_line(struct lines *lines) {
        lines->line_has_name = false;
        if (!is_comment(lines, lines->at))
                return false;
        lines->at = line_end(lines->text, lines->at);
        return true;
}

static void look_at_byte(struct lines *lines, size_t at) {
        const struct line_rules *rules = lines->rules;

        switch (lines->text.ptr[at]) {
        case '=':
                if (rules->equals || (rules->arrow && byte_at(lines, at + 1) == '>'))
                        look_at_sign(lines, at);
                break;
        case ':':
                if (rules->colon && byte_at(lines, at + 1) != '/')
                        look_at_sign(lines, at);
                break;
        case ',':
                if (rules->comma)
                        look_at_comma(lines, at);
                break;
        case '>':
                if (rules->elements)
                        look_at_element(lines, at);
                break;
        case '-':
                if (rules->flags)
                        look_at_flag(lines, at);
                break;
        default:
                break;
        }
}

void generic_lines(struct generic_scan *scan, struct str text, const struct line_rules *rules) {
        struct lines lines = { .scan = scan,
                               .text = text,
                               .rules = rules,
                               .bare_max = BARE_MAX,
                               .asked = { SIZE_MAX, SIZE_MAX, SIZE_MAX } };

        if (begin_line(&lines))
                lines.at++;
        while (lines.at < text.len) {
                size_t at = lines.at++;

                if (text.ptr[at] != '\n')
                        look_at_byte(&lines, at);
                else if (begin_line(&lines))
                        continue;
        }
}
