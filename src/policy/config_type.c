/* Reading, showing and describing one value of each type. With only_tightens, reading keeps the
 * stricter of the value that is there and the one that is read. */
#include "policy/config_type.h"

#include "data/nearest.h"
#include "data/utf8.h"

#include <stdio.h>

#define COMMENT_COLUMN 40
#define REFUSAL_MAX 400

/* ---- refusals ---- */

bool config_refuse(struct config_reader *r, const struct yaml_node *node, const char *format, ...) {
        char words[REFUSAL_MAX];
        va_list args;

        va_start(args, format);
        vsnprintf(words, sizeof(words), format, args);
        va_end(args);
        return err_at(r->err, ERR_SYNTAX, r->file, node->line, node->column, "%s", words);
}

bool config_refuse_name(struct config_reader *r, const struct yaml_node *node, const char *what,
                        struct str nearest) {
        if (!nearest.len)
                return config_refuse(r, node, "unknown %s %.*s", what, STR_ARG(node->text));
        config_refuse(r, node, "unknown %s %.*s; did you mean %.*s?", what, STR_ARG(node->text),
                      STR_ARG(nearest));
        return err_mend(r->err, "write %.*s", STR_ARG(nearest));
}

struct origin config_origin(const struct config_reader *r, const struct yaml_node *node) {
        return (struct origin){ r->file, node->line };
}

bool config_want(struct config_reader *r, const struct yaml_node *node, enum yaml_kind kind,
                 const struct config_key *key, const char *what) {
        if (node->kind != kind)
                return config_refuse(r, node, "%.*s wants %s, not %s", STR_ARG(key->name), what,
                                     yaml_kind_name(node));
        if (node->count > CONFIG_ITEMS_MAX)
                return config_refuse(r, node, "%.*s has over %d items", STR_ARG(key->name),
                                     CONFIG_ITEMS_MAX);
        return true;
}

/* ---- showing ---- */

void config_show_origin(struct buf *out, size_t line_start, struct origin origin,
                        struct arena *arena) {
        struct str line = str_slice(buf_str(out), line_start, out->len);
        struct str text = origin_text(origin, arena);

        for (size_t width = utf8_width(line); width < COMMENT_COLUMN; width++)
                buf_add_char(out, ' ');
        buf_printf(out, "  # %.*s\n", STR_ARG(text));
}

void config_show_line(struct buf *out, unsigned indent, struct str name, struct str value,
                      struct origin origin, struct arena *arena) {
        size_t start = out->len;

        buf_printf(out, "%*s%.*s: %.*s", (int)indent, "", STR_ARG(name), STR_ARG(value));
        config_show_origin(out, start, origin, arena);
}

unsigned config_indent(const struct config_key *key) {
        return key->section.len ? 2 : 0;
}

/* A name whose value follows on lines of its own, or is `empty` where nothing does. */
void config_show_heading(struct buf *out, const struct config_key *key, bool has_items,
                         const char *empty, struct arena *arena) {
        if (has_items)
                buf_printf(out, "%*s%.*s:\n", (int)config_indent(key), "", STR_ARG(key->name));
        else
                config_show_line(out, config_indent(key), key->name, str_of(empty),
                                 (struct origin){ 0 }, arena);
}

/* As a YAML scalar in double quotes; JSON's escapes are YAML's too. */
struct str config_quoted(struct arena *arena, struct str text) {
        struct buf out = buf_make(arena);

        buf_add_char(&out, '"');
        json_escape(&out, text);
        buf_add_char(&out, '"');
        return buf_str(&out);
}

/* ---- describing ---- */

void schema_enum(struct json_writer *w, const char *const *words) {
        json_key(w, STR("enum"));
        json_begin_array(w);
        for (; *words; words++)
                json_put_string(w, str_of(*words));
        json_end_array(w);
}

void schema_word(struct json_writer *w, const char *name, const char *value) {
        json_key(w, str_of(name));
        json_put_string(w, str_of(value));
}

void schema_begin_closed(struct json_writer *w) {
        schema_word(w, "type", "object");
        json_key(w, STR("additionalProperties"));
        json_put_bool(w, false);
        json_key(w, STR("properties"));
        json_begin_object(w);
}

/* ---- text, number, flag ---- */

static bool read_text(struct config_reader *r, const struct config_key *key,
                      const struct yaml_node *node, void *member) {
        if (node->kind != YAML_SCALAR || !str_trim(node->text).len)
                return config_refuse(r, node, "%.*s wants a path, not %s", STR_ARG(key->name),
                                     yaml_kind_name(node));
        if (node->text.len > CONFIG_REASON_MAX || str_find(node->text, '\0') != SIZE_MAX)
                return config_refuse(r, node, "%.*s is no path", STR_ARG(key->name));
        *(struct config_text *)member = (struct config_text){ node->text, config_origin(r, node) };
        return true;
}

static void show_text(const struct config_key *key, const void *member, struct arena *arena,
                      struct buf *out) {
        const struct config_text *text = member;

        config_show_line(out, config_indent(key), key->name,
                         text->value.len ? config_quoted(arena, text->value) : STR("null"),
                         text->origin, arena);
}

static void schema_text(const struct config_key *key UNUSED, struct json_writer *w) {
        schema_word(w, "type", "string");
        json_key(w, STR("minLength"));
        json_put_int(w, 1);
}

/* Whether a site's value may stand in place of what is there. */
static bool is_stricter(const struct config_key *key, int64_t value, int64_t before) {
        return (key->looser == LOOSER_HIGHER && value < before) ||
               (key->looser == LOOSER_LOWER && value > before);
}

static bool read_number(struct config_reader *r, const struct config_key *key,
                        const struct yaml_node *node, void *member) {
        struct config_number *number = member;
        int64_t value;

        if (!yaml_to_int(node, &value))
                return config_refuse(r, node, "%.*s wants a whole number", STR_ARG(key->name));
        if (value < key->min || value > key->max)
                return config_refuse(r, node, "%.*s wants a number from %lld to %lld",
                                     STR_ARG(key->name), (long long)key->min, (long long)key->max);
        if (!r->only_tightens || is_stricter(key, value, number->value))
                *number = (struct config_number){ value, config_origin(r, node) };
        return true;
}

static void show_number(const struct config_key *key, const void *member, struct arena *arena,
                        struct buf *out) {
        const struct config_number *number = member;

        config_show_line(out, config_indent(key), key->name,
                         str_fmt(arena, "%lld", (long long)number->value), number->origin, arena);
}

static void schema_number(const struct config_key *key, struct json_writer *w) {
        schema_word(w, "type", "integer");
        json_key(w, STR("minimum"));
        json_put_int(w, key->min);
        json_key(w, STR("maximum"));
        json_put_int(w, key->max);
        json_key(w, STR("default"));
        json_put_int(w, key->fallback);
}

struct str config_percent(struct arena *arena, int64_t hundredths) {
        if (hundredths % 100 == 0)
                return str_fmt(arena, "%lld", (long long)(hundredths / 100));
        return str_fmt(arena, "%lld.%02lld", (long long)(hundredths / 100),
                       (long long)(hundredths % 100));
}

/* "80", "79.5", "79.96", each with or without "%". */
static bool parse_percent(struct str text, int64_t *ret_hundredths) {
        struct str whole = str_drop_suffix(text, STR("%")), part = STR_NONE;
        uint64_t value, hundredths = 0;

        if (str_cut(whole, '.', &whole, &part) && (part.len > 2 || !str_to_u64(part, &hundredths)))
                return false;
        if (!str_to_u64(whole, &value) || value > INT32_MAX)
                return false;
        *ret_hundredths = (int64_t)(value * 100 + (part.len == 1 ? hundredths * 10 : hundredths));
        return true;
}

static bool read_percent(struct config_reader *r, const struct config_key *key,
                         const struct yaml_node *node, void *member) {
        struct config_number *number = member;
        int64_t value;

        if (node->kind != YAML_SCALAR || !parse_percent(node->text, &value) || value < key->min ||
            value > key->max)
                return config_refuse(r, node,
                                     "%.*s wants a percentage from 0 to 100 with at most two "
                                     "digits behind the point",
                                     STR_ARG(key->name));
        if (!r->only_tightens || is_stricter(key, value, number->value))
                *number = (struct config_number){ value, config_origin(r, node) };
        return true;
}

static void show_percent(const struct config_key *key, const void *member, struct arena *arena,
                         struct buf *out) {
        const struct config_number *number = member;

        config_show_line(out, config_indent(key), key->name, config_percent(arena, number->value),
                         number->origin, arena);
}

static void schema_percent(const struct config_key *key, struct json_writer *w) {
        json_key(w, STR("type"));
        json_begin_array(w);
        json_put_string(w, STR("number"));
        json_put_string(w, STR("string"));
        json_end_array(w);
        json_key(w, STR("minimum"));
        json_put_int(w, 0);
        json_key(w, STR("maximum"));
        json_put_int(w, 100);
        schema_word(w, "pattern", "^[0-9]{1,3}(\\.[0-9]{1,2})?%?$");
        json_key(w, STR("default"));
        json_put_fixed(w, (double)key->fallback / 100, key->fallback % 100 ? 2 : 0);
}

static bool read_flag(struct config_reader *r, const struct config_key *key,
                      const struct yaml_node *node, void *member) {
        struct config_flag *flag = member;
        bool value;

        if (!yaml_to_bool(node, &value))
                return config_refuse(r, node, "%.*s wants true or false", STR_ARG(key->name));
        if (!r->only_tightens || (key->looser == LOOSER_FALSE && value && !flag->value) ||
            (key->looser == LOOSER_TRUE && !value && flag->value))
                *flag = (struct config_flag){ value, config_origin(r, node) };
        return true;
}

static void show_flag(const struct config_key *key, const void *member, struct arena *arena,
                      struct buf *out) {
        const struct config_flag *flag = member;

        config_show_line(out, config_indent(key), key->name,
                         flag->value ? STR("true") : STR("false"), flag->origin, arena);
}

static void schema_flag(const struct config_key *key, struct json_writer *w) {
        schema_word(w, "type", "boolean");
        json_key(w, STR("default"));
        json_put_bool(w, key->fallback != 0);
}

/* ---- choice ---- */

static bool read_choice(struct config_reader *r, const struct config_key *key,
                        const struct yaml_node *node, void *member) {
        struct config_choice *choice = member;
        struct str best = STR_NONE;

        if (node->kind != YAML_SCALAR)
                return config_refuse(r, node, "%.*s wants a word, not %s", STR_ARG(key->name),
                                     yaml_kind_name(node));
        for (size_t i = 0; key->words[i]; i++) {
                if (!str_eq(node->text, str_of(key->words[i]))) {
                        nearest_offer(node->text, str_of(key->words[i]), &best);
                        continue;
                }
                if (!r->only_tightens || i > choice->value)
                        *choice = (struct config_choice){ i, config_origin(r, node) };
                return true;
        }
        return config_refuse_name(r, node, "word", best);
}

static void show_choice(const struct config_key *key, const void *member, struct arena *arena,
                        struct buf *out) {
        const struct config_choice *choice = member;

        config_show_line(out, config_indent(key), key->name, str_of(key->words[choice->value]),
                         choice->origin, arena);
}

static void schema_choice(const struct config_key *key, struct json_writer *w) {
        schema_enum(w, key->words);
        schema_word(w, "default", key->words[0]);
}

const struct config_type_row config_types[CONFIG_TYPE_COUNT] = {
        [CONFIG_CHECKS] = { "mapping", false, config_read_checks, config_show_checks,
                            config_schema_checks },
        [CONFIG_RULES] = { "mapping", false, config_read_rules, config_show_rules,
                           config_schema_rules },
        [CONFIG_GLOBS] = { "list of patterns", true, config_read_globs, config_show_list,
                           config_schema_list },
        [CONFIG_WAIVERS] = { "list of mappings", true, config_read_waivers, config_show_waivers,
                             config_schema_waivers },
        [CONFIG_TEXT] = { "path", false, read_text, show_text, schema_text },
        [CONFIG_WORDS] = { "list of words", false, config_read_words, config_show_list,
                           config_schema_list },
        [CONFIG_TEXTS] = { "list of words", false, config_read_texts, config_show_list,
                           config_schema_list },
        [CONFIG_NUMBER] = { "number", false, read_number, show_number, schema_number },
        [CONFIG_PERCENT] = { "percentage", false, read_percent, show_percent, schema_percent },
        [CONFIG_FLAG] = { "true or false", false, read_flag, show_flag, schema_flag },
        [CONFIG_CHOICE] = { "word", false, read_choice, show_choice, schema_choice },
        [CONFIG_PATTERNS] = { "pattern or list of patterns", false, config_read_patterns,
                              config_show_list, config_schema_patterns },
};
