/* The TOML reader, and what it promises: places inside the text, no key twice. */
#include "base/map.h"
#include "data/toml.h"
#include "data/utf8.h"

#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void require(bool holds) {
        if (!holds)
                abort();
}

static void check_node(struct arena *arena, const struct toml_node *node, unsigned depth,
                       uint32_t lines);

static void check_table(struct arena *arena, const struct toml_node *node, unsigned depth,
                        uint32_t lines) {
        struct map seen = map_make(arena);

        for (size_t i = 0; i < node->count; i++) {
                const struct toml_pair *pair = &node->pairs[i];

                require(!map_has(&seen, pair->key));
                *map_put(&seen, pair->key) = arena;
                require(utf8_is_valid(pair->key));
                require(pair->line && pair->line <= lines && pair->column);
                check_node(arena, &pair->value, depth + 1, lines);
        }
}

static void check_node(struct arena *arena, const struct toml_node *node, unsigned depth,
                       uint32_t lines) {
        require(depth <= TOML_DEPTH_MAX + 1);
        require(node->line && node->line <= lines && node->column);
        if (node->kind == TOML_TABLE)
                check_table(arena, node, depth, lines);
        else if (node->kind == TOML_ARRAY)
                for (size_t i = 0; i < node->count; i++)
                        check_node(arena, &node->items[i], depth + 1, lines);
        else
                require(utf8_is_valid(node->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 512 << 20, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = { (const char *)data, size };
        struct toml_node root;
        struct err err;
        uint32_t lines = 1;

        for (size_t i = 0; i < size; i++)
                lines += data[i] == '\n';
        if (toml_parse(&arena, STR("f"), text, &root, &err))
                check_node(&arena, &root, 0, lines);
        else
                require(err.code == ERR_LIMIT ||
                        (err.code == ERR_SYNTAX && err.line && err.line <= lines && err.column));
        return 0;
}
