/* Languages that configure: what each looks like, and where values in base64 stand in them.
 *
 * Sources: kubernetes.io/docs/concepts/configuration/secret ("data" is base64, "stringData" is
 * not); Docker's config.json ("auth" is base64 of user:password); netrc(5); libpq's password file;
 * Apache's htpasswd. */
#include "leak/generic_impl.h"

#include "leak/place.h"
#include "leak/words.h"

#include <string.h>

#define LINE_NAME_MAX 120

static const struct line_rules yaml_rules = { .equals = true,
                                              .colon = true,
                                              .bare = true,
                                              .bare_line = true,
                                              .bare_names = true,
                                              .flags = true,
                                              .hash_comments = true,
                                              .demand = DEMAND_WORD };

static const struct line_rules json_rules = { .colon = true,
                                              .slash_comments = true,
                                              .demand = DEMAND_WORD };

static const struct line_rules toml_rules = { .equals = true,
                                              .colon = true,
                                              .bare_names = true,
                                              .hash_comments = true,
                                              .slash_comments = true,
                                              .demand = DEMAND_WORD };

static const struct line_rules dotenv_rules = { .equals = true,
                                                .colon = true,
                                                .bare = true,
                                                .bare_line = true,
                                                .bare_names = true,
                                                .line_start = true,
                                                .hash_comments = true,
                                                .demand = DEMAND_WORD };

static const struct line_rules properties_rules = { .equals = true,
                                                    .colon = true,
                                                    .bare = true,
                                                    .bare_line = true,
                                                    .bare_names = true,
                                                    .line_start = true,
                                                    .hash_comments = true,
                                                    .semicolon_comments = true,
                                                    .demand = DEMAND_WORD };

static const struct line_rules shell_rules = { .equals = true,
                                               .bare = true,
                                               .bare_names = true,
                                               .flags = true,
                                               .hash_comments = true,
                                               .demand = DEMAND_WORD };

static const struct line_rules markup_rules = { .equals = true,
                                                .colon = true,
                                                .bare_names = true,
                                                .flags = true,
                                                .elements = true,
                                                .demand = DEMAND_MIXED };

static const struct line_rules text_rules = {
        .equals = true, .colon = true, .bare = true, .bare_names = true, .demand = DEMAND_RANDOM
};

static const struct line_rules script_rules = { .equals = true,
                                                .colon = true,
                                                .arrow = true,
                                                .comma = true,
                                                .bare_names = true,
                                                .hash_comments = true,
                                                .slash_comments = true,
                                                .demand = DEMAND_MIXED };

/* Lines of YAML with their indentation; a dash of a list counts as a space. */
struct yaml_line {
        struct str text; /* without indentation and line end */
        size_t indent, start, end;
        bool is_empty; /* blank or a comment */
};

static bool next_line(struct str text, size_t *at, struct yaml_line *ret_line) {
        const char *end;
        size_t first = *at;

        if (first >= text.len)
                return false;
        end = memchr(text.ptr + first, '\n', text.len - first);
        ret_line->start = first;
        ret_line->end = end ? (size_t)(end - text.ptr) : text.len;
        while (first < ret_line->end && strchr(" -\t", text.ptr[first]) &&
               !str_has_prefix(str_slice(text, first, ret_line->end), STR("---")))
                first++;
        ret_line->text = str_trim(str_slice(text, first, ret_line->end));
        ret_line->indent = first - ret_line->start;
        ret_line->is_empty = !ret_line->text.len || ret_line->text.ptr[0] == '#';
        *at = ret_line->end + 1;
        return true;
}

static struct str without_quotes(struct str value) {
        value = str_trim(value);
        if (value.len >= 2 && strchr("\"'", value.ptr[0]) &&
            value.ptr[value.len - 1] == value.ptr[0])
                return str_slice(value, 1, value.len - 1);
        return value;
}

static bool is_secret_kind(struct str line) {
        struct str name, value;

        return str_cut(line, ':', &name, &value) && str_eq(without_quotes(name), STR("kind")) &&
               str_eq(without_quotes(value), STR("Secret"));
}

static bool is_marker(const struct yaml_line *line) {
        return !line->indent && str_has_prefix(line->text, STR("---"));
}

/* Where the document that begins at `at` ends, and whether it is or has a Secret. */
static size_t document_end(struct str text, size_t at, bool *ret_secret) {
        struct yaml_line line;

        *ret_secret = false;
        while (next_line(text, &at, &line)) {
                if (is_marker(&line))
                        return line.start;
                *ret_secret |= is_secret_kind(line.text);
        }
        return text.len;
}

static void read_data_line(struct generic_scan *scan, struct str line) {
        struct str name, value;

        if (str_cut(line, ':', &name, &value))
                generic_encoded(scan, without_quotes(name), without_quotes(value));
}

/* A Secret: its `data` is read decoded, the rest as any YAML. */
static void read_secret(struct generic_scan *scan, struct str text) {
        size_t at = 0, plain = 0, data = SIZE_MAX;
        struct yaml_line line;

        while (next_line(text, &at, &line)) {
                if (line.is_empty)
                        continue;
                if (data != SIZE_MAX && line.indent <= data) {
                        plain = line.start;
                        data = SIZE_MAX;
                }
                if (data != SIZE_MAX) {
                        read_data_line(scan, line.text);
                } else if (str_eq(line.text, STR("data:"))) {
                        generic_lines(scan, str_slice(text, plain, line.start), &yaml_rules);
                        data = line.indent;
                }
        }
        if (data == SIZE_MAX)
                generic_lines(scan, str_slice(text, plain, text.len), &yaml_rules);
}

void generic_yaml(struct generic_scan *scan) {
        struct str rest = scan->text;

        while (rest.len) {
                bool secret;
                size_t end = document_end(rest, 0, &secret);
                struct str document = str_slice(rest, 0, end);

                if (secret)
                        read_secret(scan, document);
                else
                        generic_lines(scan, document, &yaml_rules);
                /* The marker's line is over with its dashes. */
                rest = str_slice(rest, end + 3, rest.len);
        }
        generic_text(scan, scan->text, scan->text);
}

/* The place behind the value of a JSON string that begins at the quote at `at`. */
static size_t string_end(struct str text, size_t at) {
        while (++at < text.len && text.ptr[at] != '"')
                at += text.ptr[at] == '\\';
        return at;
}

static size_t skip_blank(struct str text, size_t at) {
        while (at < text.len && strchr(" \t\r\n:,", text.ptr[at]))
                at++;
        return at;
}

/* The pairs of a flat object, from behind its { on; each value is base64. Gives the place of the
 * first byte that is no such pair. */
static size_t read_data_object(struct generic_scan *scan, struct str text, size_t at) {
        for (;;) {
                size_t name = skip_blank(text, at), name_end, value, value_end;

                if (name >= text.len || text.ptr[name] != '"')
                        return name;
                name_end = string_end(text, name);
                value = skip_blank(text, name_end + 1);
                if (value >= text.len || text.ptr[value] != '"')
                        return name;
                value_end = string_end(text, value);
                generic_encoded(scan, str_slice(text, name + 1, name_end),
                                str_slice(text, value + 1, value_end));
                at = value_end + 1;
        }
}

static bool has_secret_kind(struct str text) {
        size_t at = 0;

        for (;;) {
                size_t found = str_find_str(str_slice(text, at, text.len), STR("\"kind\"")), value;

                if (found == SIZE_MAX)
                        return false;
                at += found + 6;
                value = skip_blank(text, at);
                if (str_has_prefix(str_slice(text, value, text.len), STR("\"Secret\"")))
                        return true;
        }
}

static void read_secret_json(struct generic_scan *scan) {
        struct str text = scan->text, mark = STR("\"data\"");
        size_t plain = 0, at = 0, found;

        while ((found = str_find_str(str_slice(text, at, text.len), mark)) != SIZE_MAX) {
                size_t object = skip_blank(text, at + found + mark.len);

                at += found + mark.len;
                if (object >= text.len || text.ptr[object] != '{')
                        continue;
                generic_lines(scan, str_slice(text, plain, at), &json_rules);
                plain = at = read_data_object(scan, text, object + 1);
        }
        generic_lines(scan, str_slice(text, plain, text.len), &json_rules);
}

void generic_json(struct generic_scan *scan) {
        if (has_secret_kind(scan->text))
                read_secret_json(scan);
        else
                generic_lines(scan, scan->text, &json_rules);
        generic_auths(scan, scan->text);
        generic_text(scan, scan->text, scan->text);
}

/* "auth": "dXNlcjpwYXNz..." of Docker, _auth = ... of npm. */
void generic_auths(struct generic_scan *scan, struct str text) {
        static const struct str marks[] = { STR_INIT("\"auth\""), STR_INIT("\"_auth\""),
                                            STR_INIT("_auth") };

        for (size_t i = 0; i < COUNT_OF(marks); i++)
                for (size_t at = 0, found;
                     (found = str_find_str(str_slice(text, at, text.len), marks[i])) != SIZE_MAX;) {
                        struct str rest, value;
                        size_t start = at += found + marks[i].len;

                        while (start < text.len && start - at < 16 &&
                               strchr(" \t:=\"'", text.ptr[start]))
                                start++;
                        rest = str_slice(text, start, start + 4096);
                        for (start = 0; start < rest.len &&
                                        (is_letter(rest.ptr[start]) || is_digit(rest.ptr[start]) ||
                                         strchr("+/=", rest.ptr[start]));)
                                start++;
                        value = str_slice(rest, 0, start);
                        generic_login(scan, value);
                }
}

void generic_login(struct generic_scan *scan, struct str value) {
        struct str text, user, password;

        if (!generic_decode(scan->arena, value, &text) || !str_cut(text, ':', &user, &password) ||
            !password.len || !user.len)
                return;
        generic_add(scan, GENERIC_DERIVED, STR("auth"), text, value);
        generic_add(scan, GENERIC_ASSIGNMENT, STR("auth"), value, value);
}

void generic_toml(struct generic_scan *scan) {
        generic_lines(scan, scan->text, &toml_rules);
        generic_text(scan, scan->text, scan->text);
}

void generic_dotenv(struct generic_scan *scan) {
        generic_lines(scan, scan->text, &dotenv_rules);
        generic_text(scan, scan->text, scan->text);
}

/* "machine h login u password p", "requirepass p": a name, a blank, a value. */
static void read_words(struct generic_scan *scan, struct str line) {
        struct str name = STR_NONE, word, trimmed = str_trim(line);

        if (!trimmed.len || strchr("#;", trimmed.ptr[0]))
                return;
        while (str_next_word(&trimmed, &word)) {
                struct str value = without_quotes(word);

                if (name_class_of(name) == NAME_PASSWORD && name.len < LINE_NAME_MAX &&
                    !strchr("=:", value.len ? value.ptr[0] : '='))
                        generic_offer(scan, name, value, value, DEMAND_WORD);
                name = word;
        }
}

/* Fields of a line between colons, the last of which (of five) is a password: libpq's file. */
static void read_fields(struct generic_scan *scan, struct str line) {
        struct str field, rest = str_trim(line);

        if (str_has_prefix(rest, STR("#")))
                return;
        for (size_t i = 0; i < 4; i++)
                if (!str_cut(rest, ':', &field, &rest))
                        return;
        if (!str_eq(rest, STR("password")))
                generic_offer(scan, STR("password"), rest, rest, DEMAND_WORD);
}

/* user:$6$salt$hash, of shadow(5) and htpasswd files. */
static void read_hash(struct generic_scan *scan, struct str line) {
        struct str user, hash, rest;

        if (!str_cut(str_trim(line), ':', &user, &hash) || !str_has_prefix(hash, STR("$")))
                return;
        str_cut(hash, ':', &hash, &rest);
        generic_add(scan, GENERIC_ASSIGNMENT, user, hash, hash);
}

static const struct file_format {
        struct str name; /* of the file, or what it ends in */
        void (*read)(struct generic_scan *scan, struct str line);
} formats[] = {
        { STR_INIT("netrc"), read_words },         { STR_INIT(".esmtprc"), read_words },
        { STR_INIT(".msmtprc"), read_words },      { STR_INIT("redis.conf"), read_words },
        { STR_INIT("sentinel.conf"), read_words }, { STR_INIT(".pgpass"), read_fields },
        { STR_INIT("pgpass.conf"), read_fields },  { STR_INIT("htpasswd"), read_hash },
        { STR_INIT("shadow"), read_hash },         { STR_INIT("proftpdpasswd"), read_hash },
        { STR_INIT("passwd"), read_hash },
};

static void read_lines(struct generic_scan *scan,
                       void (*read)(struct generic_scan *scan, struct str line)) {
        struct str rest = scan->text, line;

        while (str_next_line(&rest, &line))
                read(scan, line);
}

void generic_properties(struct generic_scan *scan) {
        for (size_t i = 0; i < COUNT_OF(formats); i++)
                if (str_has_suffix(scan->path, formats[i].name)) {
                        read_lines(scan, formats[i].read);
                        generic_text(scan, scan->text, scan->text);
                        return;
                }
        generic_lines(scan, scan->text, &properties_rules);
        generic_auths(scan, scan->text);
        generic_text(scan, scan->text, scan->text);
}

void generic_shell(struct generic_scan *scan) {
        generic_lines(scan, scan->text, &shell_rules);
        generic_text(scan, scan->text, scan->text);
}

void generic_markup(struct generic_scan *scan) {
        generic_lines(scan, scan->text, &markup_rules);
        generic_text(scan, scan->text, scan->text);
}

void generic_script(struct generic_scan *scan) {
        generic_lines(scan, scan->text, &script_rules);
        generic_text(scan, scan->text, scan->text);
}

/* What a program wrote down: session ids count. */
void generic_text_file(struct generic_scan *scan) {
        scan->recorded = true;
        generic_lines(scan, scan->text, &text_rules);
        generic_text(scan, scan->text, scan->text);
}
