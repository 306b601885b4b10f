/* Checkpoints and rules, named one by one. */
#include "policy/config_type.h"

#include "data/nearest.h"

/* ---- checks ---- */

static struct config_check *check_row(struct config *config, const struct check *check) {
        for (size_t i = 0; i < config->checks.list.count; i++)
                if (config->checks.list.items[i].check == check)
                        return &config->checks.list.items[i];
        return NULL;
}

static bool parse_check(struct config_reader *r, const struct yaml_node *node,
                        struct config_check *row) {
        bool truth;

        row->from = row->check->stage;
        if (str_eq(node->text, STR("on")) || (yaml_to_bool(node, &truth) && truth))
                return true;
        if (str_eq(node->text, STR("off")) || yaml_to_bool(node, &truth)) {
                row->is_off = true;
                return true;
        }
        if (node->kind != YAML_SCALAR || !stage_parse(node->text, &row->from))
                return config_refuse(r, node, "%s wants on, off, commit, merge, build or release",
                                     row->check->id);
        if (row->from < row->check->stage)
                return config_refuse(r, node, "%s cannot run before stage %s", row->check->id,
                                     stage_word(row->check->stage));
        return true;
}

static bool is_stricter_check(const struct config_check *a, const struct config_check *b) {
        if (a->is_off != b->is_off)
                return b->is_off;
        return a->from < b->from;
}

static void put_check(struct config_reader *r, const struct config_check *row) {
        struct config_check *old = check_row(r->config, row->check);
        struct config_check plain = { .check = row->check, .from = row->check->stage };

        if (r->only_tightens && !is_stricter_check(row, old ? old : &plain))
                return;
        if (!old)
                old = VEC_ADD(r->config->arena, &r->config->checks.list);
        *old = *row;
}

static struct str nearest_check(struct str id) {
        struct str best = STR_NONE;

        for (size_t i = 0; i < check_count; i++)
                nearest_offer(id, str_of(checks[i]->id), &best);
        return best;
}

bool config_read_checks(struct config_reader *r, const struct config_key *key,
                        const struct yaml_node *node, void *member UNUSED) {
        if (!config_want(r, node, YAML_MAPPING, key, "checkpoints and their stages"))
                return false;
        for (size_t i = 0; i < node->count; i++) {
                const struct yaml_pair *pair = &node->pairs[i];
                struct config_check row = { .check = check_find(pair->key.text) };

                if (!row.check)
                        return config_refuse_name(r, &pair->key, "checkpoint",
                                                  nearest_check(pair->key.text));
                if (!parse_check(r, &pair->value, &row))
                        return false;
                row.origin = config_origin(r, &pair->key);
                put_check(r, &row);
        }
        return true;
}

void config_show_checks(const struct config_key *key, const void *member, struct arena *arena,
                        struct buf *out) {
        const struct config_checks *named = member;

        config_show_heading(out, key, true, "", arena);
        for (size_t i = 0; i < check_count; i++) {
                struct config_check row = { .check = checks[i], .from = checks[i]->stage };

                for (size_t j = 0; j < named->list.count; j++)
                        if (named->list.items[j].check == checks[i])
                                row = named->list.items[j];
                config_show_line(out, config_indent(key) + 2, str_of(checks[i]->id),
                                 str_of(row.is_off ? "off" : stage_word(row.from)), row.origin,
                                 arena);
        }
}

void config_schema_checks(const struct config_key *key UNUSED, struct json_writer *w) {
        static const char *const words[] = { "on",    "off",     "commit", "merge",
                                             "build", "release", NULL };

        schema_begin_closed(w);
        for (size_t i = 0; i < check_count; i++) {
                json_key(w, str_of(checks[i]->id));
                json_begin_object(w);
                schema_word(w, "description", checks[i]->title.en);
                json_key(w, STR("anyOf"));
                json_begin_array(w);
                json_begin_object(w);
                schema_enum(w, words);
                json_end_object(w);
                json_begin_object(w);
                schema_word(w, "type", "boolean");
                json_end_object(w);
                json_end_array(w);
                json_end_object(w);
        }
        json_end_object(w);
}

/* ---- rules ---- */

static struct config_rule *rule_row(struct config *config, const struct rule *rule) {
        for (size_t i = 0; i < config->rules.list.count; i++)
                if (config->rules.list.items[i].rule == rule)
                        return &config->rules.list.items[i];
        return NULL;
}

static void put_rule(struct config_reader *r, const struct config_rule *row) {
        struct config_rule *old = rule_row(r->config, row->rule);

        if (r->only_tightens && row->severity <= config_severity(r->config, row->rule))
                return;
        if (!old)
                old = VEC_ADD(r->config->arena, &r->config->rules.list);
        *old = *row;
}

struct str config_nearest_rule(struct str id) {
        struct str best = STR_NONE;

        for (size_t i = 0; i < check_count; i++)
                for (size_t j = 0; j < checks[i]->rule_count; j++)
                        nearest_offer(id, str_of(checks[i]->rules[j].id), &best);
        return best;
}

/* Ids are written as they are listed: in capitals. */
const struct rule *config_rule_named(struct str id) {
        const struct check *check;
        const struct rule *rule = rule_find(id, &check);

        return rule && str_eq(id, str_of(rule->id)) ? rule : NULL;
}

static bool read_severity(struct config_reader *r, const struct yaml_node *node,
                          enum severity *ret_severity) {
        bool truth;

        if (node->kind == YAML_SCALAR && severity_parse(node->text, ret_severity))
                return true;
        if (yaml_to_bool(node, &truth) && !truth) {
                *ret_severity = SEV_OFF;
                return true;
        }
        return config_refuse(r, node, "a rule wants error, warning, note or off");
}

bool config_read_rules(struct config_reader *r, const struct config_key *key,
                       const struct yaml_node *node, void *member UNUSED) {
        if (!config_want(r, node, YAML_MAPPING, key, "rules and their severities"))
                return false;
        for (size_t i = 0; i < node->count; i++) {
                const struct yaml_pair *pair = &node->pairs[i];
                struct config_rule row = { .rule = config_rule_named(pair->key.text) };

                if (!row.rule)
                        return config_refuse_name(r, &pair->key, "rule",
                                                  config_nearest_rule(pair->key.text));
                if (!read_severity(r, &pair->value, &row.severity))
                        return false;
                row.origin = config_origin(r, &pair->key);
                put_rule(r, &row);
        }
        return true;
}

void config_show_rules(const struct config_key *key, const void *member, struct arena *arena,
                       struct buf *out) {
        const struct config_rules *rules = member;

        config_show_heading(out, key, rules->list.count > 0, "{}", arena);
        for (size_t i = 0; i < rules->list.count; i++) {
                const struct config_rule *row = &rules->list.items[i];

                config_show_line(out, config_indent(key) + 2, str_of(row->rule->id),
                                 str_of(severity_word(row->severity)), row->origin, arena);
        }
}

void config_schema_rules(const struct config_key *key UNUSED, struct json_writer *w) {
        static const char *const words[] = { "error", "warning", "note", "off", NULL };

        schema_begin_closed(w);
        for (size_t i = 0; i < check_count; i++)
                for (size_t j = 0; j < checks[i]->rule_count; j++) {
                        json_key(w, str_of(checks[i]->rules[j].id));
                        json_begin_object(w);
                        schema_word(w, "description", checks[i]->rules[j].title.en);
                        schema_enum(w, words);
                        json_end_object(w);
                }
        json_end_object(w);
}
