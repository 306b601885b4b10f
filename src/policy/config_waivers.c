/* Waivers: exceptions with a reason, an owner and an end. */
#include "policy/config_type.h"

#include "data/glob.h"
#include "data/nearest.h"
#include "sys/clock.h"

#include <string.h>

static bool read_waiver_text(struct config_reader *r, const struct yaml_node *node,
                             struct str *ret_value) {
        if (node->kind != YAML_SCALAR || !str_trim(node->text).len)
                return config_refuse(r, node, "a waiver wants words here, not %s",
                                     yaml_kind_name(node));
        if (node->text.len > CONFIG_REASON_MAX)
                return config_refuse(r, node, "has over %d bytes", CONFIG_REASON_MAX);
        *ret_value = node->text;
        return true;
}

static const struct {
        struct str name;
        size_t offset;
} waiver_keys[] = {
        { STR_INIT("rule"), offsetof(struct waiver, rule) },
        { STR_INIT("path"), offsetof(struct waiver, path) },
        { STR_INIT("reason"), offsetof(struct waiver, reason) },
        { STR_INIT("owner"), offsetof(struct waiver, owner) },
        { STR_INIT("expires"), offsetof(struct waiver, expires) },
};

static struct str *waiver_member(struct waiver *waiver, size_t key) {
        return (struct str *)(void *)((char *)waiver + waiver_keys[key].offset);
}

static bool read_waiver_pair(struct config_reader *r, const struct yaml_pair *pair,
                             struct waiver *waiver) {
        struct str best = STR_NONE;

        for (size_t i = 0; i < COUNT_OF(waiver_keys); i++) {
                if (str_eq(pair->key.text, waiver_keys[i].name))
                        return read_waiver_text(r, &pair->value, waiver_member(waiver, i));
                nearest_offer(pair->key.text, waiver_keys[i].name, &best);
        }
        return config_refuse_name(r, &pair->key, "key of a waiver", best);
}

static bool check_waiver(struct config_reader *r, const struct yaml_node *node,
                         struct waiver *waiver) {
        struct err why;

        for (size_t i = 0; i < COUNT_OF(waiver_keys); i++)
                if (!waiver_member(waiver, i)->len)
                        return config_refuse(r, node, "the waiver has no %.*s",
                                             STR_ARG(waiver_keys[i].name));
        if (!config_rule_named(waiver->rule))
                return config_refuse_name(r, yaml_get(node, STR("rule")), "rule",
                                          config_nearest_rule(waiver->rule));
        if (str_has_prefix(waiver->rule, STR("POL")))
                return config_refuse(r, yaml_get(node, STR("rule")),
                                     "rules on the policy itself cannot be waived");
        if (!glob_check(waiver->path, &why))
                return config_refuse(r, yaml_get(node, STR("path")), "%s", why.message);
        if (waiver->expires.len != strlen("YYYY-MM-DD") ||
            !clock_parse_date(waiver->expires, &waiver->expires_day))
                return config_refuse(r, yaml_get(node, STR("expires")),
                                     "expires wants a date, YYYY-MM-DD");
        return true;
}

bool config_read_waivers(struct config_reader *r, const struct config_key *key,
                         const struct yaml_node *node, void *member) {
        struct config_waivers *waivers = member;

        if (!config_want(r, node, YAML_SEQUENCE, key, "a list"))
                return false;
        *waivers = (struct config_waivers){ 0 };
        for (size_t i = 0; i < node->count; i++) {
                const struct yaml_node *item = &node->items[i];
                struct waiver waiver = { .origin = config_origin(r, item) };

                if (item->kind != YAML_MAPPING)
                        return config_refuse(r, item, "a waiver is a mapping, not %s",
                                             yaml_kind_name(item));
                for (size_t j = 0; j < item->count; j++)
                        if (!read_waiver_pair(r, &item->pairs[j], &waiver))
                                return false;
                if (!check_waiver(r, item, &waiver))
                        return false;
                *VEC_ADD(r->config->arena, &waivers->list) = waiver;
        }
        return true;
}

void config_show_waivers(const struct config_key *key, const void *member, struct arena *arena,
                         struct buf *out) {
        const struct config_waivers *waivers = member;

        config_show_heading(out, key, waivers->list.count > 0, "[]", arena);
        for (size_t i = 0; i < waivers->list.count; i++) {
                struct waiver waiver = waivers->list.items[i];

                for (size_t j = 0; j < COUNT_OF(waiver_keys); j++) {
                        struct str value = config_quoted(arena, *waiver_member(&waiver, j));
                        struct str name = str_fmt(arena, "%s%.*s", j ? "  " : "- ",
                                                  STR_ARG(waiver_keys[j].name));

                        config_show_line(out, config_indent(key) + 2, name, value, waiver.origin,
                                         arena);
                }
        }
}

void config_schema_waivers(const struct config_key *key UNUSED, struct json_writer *w) {
        schema_word(w, "type", "array");
        json_key(w, STR("items"));
        json_begin_object(w);
        schema_begin_closed(w);
        for (size_t i = 0; i < COUNT_OF(waiver_keys); i++) {
                json_key(w, waiver_keys[i].name);
                json_begin_object(w);
                schema_word(w, "type", "string");
                json_key(w, STR("minLength"));
                json_put_int(w, 1);
                if (str_eq(waiver_keys[i].name, STR("expires")))
                        schema_word(w, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
                json_end_object(w);
        }
        json_end_object(w);
        json_key(w, STR("required"));
        json_begin_array(w);
        for (size_t i = 0; i < COUNT_OF(waiver_keys); i++)
                json_put_string(w, waiver_keys[i].name);
        json_end_array(w);
        json_end_object(w);
}
