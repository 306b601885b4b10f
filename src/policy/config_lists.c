/* Lists of words and of patterns. */
#include "policy/config_type.h"

#include "data/glob.h"
#include "data/nearest.h"
#include "data/regex.h"

static bool list_has(const struct config_list *list, struct str value) {
        for (size_t i = 0; i < list->list.count; i++)
                if (str_eq(list->list.items[i].value, value))
                        return true;
        return false;
}

/* Reads a list of scalars that `accept` takes. A file's list stands in place of the default; a
 * site's is added. */
static bool read_list(struct config_reader *r, const struct config_key *key,
                      const struct yaml_node *node, struct config_list *list,
                      bool (*accept)(struct config_reader *, const struct config_key *,
                                     const struct yaml_node *)) {
        if (!config_want(r, node, YAML_SEQUENCE, key, "a list"))
                return false;
        if (!r->only_tightens)
                *list = (struct config_list){ 0 };
        for (size_t i = 0; i < node->count; i++) {
                const struct yaml_node *item = &node->items[i];

                if (item->kind != YAML_SCALAR)
                        return config_refuse(r, item, "%.*s wants words, not %s",
                                             STR_ARG(key->name), yaml_kind_name(item));
                if (!accept(r, key, item))
                        return false;
                if (!list_has(list, item->text))
                        *VEC_ADD(r->config->arena, &list->list) =
                                (struct config_text){ item->text, config_origin(r, item) };
        }
        return true;
}

static bool accept_word(struct config_reader *r, const struct config_key *key,
                        const struct yaml_node *node) {
        struct str best = STR_NONE;

        for (const char *const *word = key->words; *word; word++) {
                if (str_eq(node->text, str_of(*word)))
                        return true;
                nearest_offer(node->text, str_of(*word), &best);
        }
        return config_refuse_name(r, node, "word", best);
}

static bool accept_glob(struct config_reader *r, const struct config_key *key UNUSED,
                        const struct yaml_node *node) {
        struct err why;

        return glob_check(node->text, &why) || config_refuse(r, node, "%s", why.message);
}

static bool accept_text(struct config_reader *r, const struct config_key *key,
                        const struct yaml_node *node) {
        const char *wrong = key->wrong ? key->wrong(node->text) : NULL;

        if (!node->text.len || node->text.len > CONFIG_REASON_MAX ||
            str_find(node->text, '\0') != SIZE_MAX)
                return config_refuse(r, node, "%.*s has an item that is empty or too long",
                                     STR_ARG(key->name));
        return !wrong || config_refuse(r, node, "%.*s: %.*s %s", STR_ARG(key->name),
                                       STR_ARG(node->text), wrong);
}

/* What it does is for the repository to say; a site's policy adds nothing to it. */
bool config_read_texts(struct config_reader *r, const struct config_key *key,
                       const struct yaml_node *node, void *member) {
        if (r->only_tightens)
                return config_refuse(r, node,
                                     "%.*s does not tighten; it is the repository's to say",
                                     STR_ARG(key->name));
        return read_list(r, key, node, member, accept_text);
}

bool config_read_words(struct config_reader *r, const struct config_key *key,
                       const struct yaml_node *node, void *member) {
        return read_list(r, key, node, member, accept_word);
}

bool config_read_globs(struct config_reader *r, const struct config_key *key,
                       const struct yaml_node *node, void *member) {
        return read_list(r, key, node, member, accept_glob);
}

static bool accept_pattern(struct config_reader *r, const struct config_key *key,
                           const struct yaml_node *node) {
        struct err why;

        if (!node->text.len)
                return config_refuse(r, node, "%.*s: an empty pattern matches everything",
                                     STR_ARG(key->name));
        return regex_check(node->text, &why) || config_refuse(r, node, "%s", why.message);
}

/* Any one of the patterns will do, so a site's stand in place of the file's: more of them would be
 * looser. */
bool config_read_patterns(struct config_reader *r, const struct config_key *key,
                          const struct yaml_node *node, void *member) {
        struct config_list *list = member;
        bool only_tightens = r->only_tightens;
        struct yaml_node alone = *node;
        bool ok;

        if (node->kind == YAML_SCALAR)
                alone = (struct yaml_node){ .kind = YAML_SEQUENCE,
                                            .line = node->line,
                                            .column = node->column,
                                            .items = node,
                                            .count = 1 };
        /* An empty list would ask for nothing. */
        if (only_tightens && alone.kind == YAML_SEQUENCE && !alone.count)
                return true;
        r->only_tightens = false;
        ok = read_list(r, key, &alone, list, accept_pattern);
        r->only_tightens = only_tightens;
        return ok;
}

void config_schema_patterns(const struct config_key *key UNUSED, struct json_writer *w) {
        json_key(w, STR("anyOf"));
        json_begin_array(w);
        json_begin_object(w);
        schema_word(w, "type", "string");
        json_key(w, STR("minLength"));
        json_put_int(w, 1);
        json_end_object(w);
        json_begin_object(w);
        schema_word(w, "type", "array");
        json_key(w, STR("items"));
        json_begin_object(w);
        schema_word(w, "type", "string");
        json_key(w, STR("minLength"));
        json_put_int(w, 1);
        json_end_object(w);
        json_end_object(w);
        json_end_array(w);
}

void config_show_list(const struct config_key *key, const void *member, struct arena *arena,
                      struct buf *out) {
        const struct config_list *list = member;

        config_show_heading(out, key, list->list.count > 0, "[]", arena);
        for (size_t i = 0; i < list->list.count; i++) {
                struct str value = config_quoted(arena, list->list.items[i].value);
                size_t start = out->len;

                buf_printf(out, "%*s- %.*s", (int)config_indent(key) + 2, "", STR_ARG(value));
                config_show_origin(out, start, list->list.items[i].origin, arena);
        }
}

void config_schema_list(const struct config_key *key, struct json_writer *w) {
        schema_word(w, "type", "array");
        json_key(w, STR("items"));
        json_begin_object(w);
        if (key->words)
                schema_enum(w, key->words);
        else
                schema_word(w, "type", "string");
        json_end_object(w);
}
