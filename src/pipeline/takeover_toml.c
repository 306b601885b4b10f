#include "data/toml.h"
#include "pipeline/takeover_impl.h"

static void convert(struct arena *arena, const struct toml_node *from, struct yaml_node *to);

static void convert_items(struct arena *arena, const struct toml_node *from, struct yaml_node *to) {
        struct yaml_node *items = ARENA_ARRAY(arena, struct yaml_node, from->count);

        to->kind = YAML_SEQUENCE;
        to->items = items;
        for (size_t i = 0; i < from->count; i++) {
                convert(arena, &from->items[i], &items[i]);
                to->weight += items[i].weight;
        }
}

static void convert_pairs(struct arena *arena, const struct toml_node *from, struct yaml_node *to) {
        struct yaml_pair *pairs = ARENA_ARRAY(arena, struct yaml_pair, from->count);

        to->kind = YAML_MAPPING;
        to->pairs = pairs;
        for (size_t i = 0; i < from->count; i++) {
                pairs[i].key = (struct yaml_node){ .kind = YAML_SCALAR,
                                                   .line = from->pairs[i].line,
                                                   .column = from->pairs[i].column,
                                                   .text = from->pairs[i].key,
                                                   .weight = 1 };
                convert(arena, &from->pairs[i].value, &pairs[i].value);
                to->weight += 1 + pairs[i].value.weight;
        }
}

/* No deeper than TOML_DEPTH_MAX. */
static void convert(struct arena *arena, const struct toml_node *from, struct yaml_node *to) {
        *to = (struct yaml_node){ .kind = YAML_SCALAR,
                                  .line = from->line,
                                  .column = from->column,
                                  .is_plain = from->kind != TOML_STRING,
                                  .text = from->text,
                                  .count = from->count,
                                  .weight = 1 };
        if (from->kind == TOML_ARRAY)
                convert_items(arena, from, to);
        else if (from->kind == TOML_TABLE)
                convert_pairs(arena, from, to);
}

bool takeover_parse_toml(struct arena *arena, struct str file, struct str text,
                         struct yaml_node *ret_root, struct err *err) {
        struct toml_node root;

        if (!toml_parse(arena, file, text, &root, err))
                return false;
        convert(arena, &root, ret_root);
        return true;
}
