/* Lets the scripts of test/ ask the TOML reader.
 *
 *     toml_probe FILE...
 * prints a line for each file: "ok " and the document as JSON with types, the form of toml-test
 * (its README, "JSON encoding"; dates and times as they are written), or "no " and what is wrong.
 */
#include "data/json_write.h"
#include "data/toml.h"
#include "sys/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("out of memory\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = end_when_full };

static const char *const types[] = {
        [TOML_STRING] = "string",
        [TOML_INTEGER] = "integer",
        [TOML_FLOAT] = "float",
        [TOML_BOOLEAN] = "bool",
        [TOML_OFFSET_DATE_TIME] = "datetime",
        [TOML_LOCAL_DATE_TIME] = "datetime-local",
        [TOML_LOCAL_DATE] = "date-local",
        [TOML_LOCAL_TIME] = "time-local",
};

static struct str float_text(struct arena *arena, double number) {
        if (isnan(number))
                return STR("nan");
        if (isinf(number))
                return number < 0 ? STR("-inf") : STR("inf");
        return str_fmt(arena, "%.17g", number);
}

static struct str value_text(struct arena *arena, const struct toml_node *node) {
        switch ((int)node->kind) {
        case TOML_INTEGER:
                return str_fmt(arena, "%lld", (long long)node->integer);
        case TOML_FLOAT:
                return float_text(arena, node->number);
        case TOML_BOOLEAN:
                return node->boolean ? STR("true") : STR("false");
        default:
                return node->text;
        }
}

static void write_node(struct arena *arena, struct json_writer *w, const struct toml_node *node);

static void write_array(struct arena *arena, struct json_writer *w, const struct toml_node *node) {
        json_begin_array(w);
        for (size_t i = 0; i < node->count; i++)
                write_node(arena, w, &node->items[i]);
        json_end_array(w);
}

static void write_table(struct arena *arena, struct json_writer *w, const struct toml_node *node) {
        json_begin_object(w);
        for (size_t i = 0; i < node->count; i++) {
                json_key(w, node->pairs[i].key);
                write_node(arena, w, &node->pairs[i].value);
        }
        json_end_object(w);
}

static void write_scalar(struct arena *arena, struct json_writer *w, const struct toml_node *node) {
        json_begin_object(w);
        json_key(w, STR("type"));
        json_put_string(w, str_of(types[node->kind]));
        json_key(w, STR("value"));
        json_put_string(w, value_text(arena, node));
        json_end_object(w);
}

static void write_node(struct arena *arena, struct json_writer *w, const struct toml_node *node) {
        if (node->kind == TOML_ARRAY)
                write_array(arena, w, node);
        else if (node->kind == TOML_TABLE)
                write_table(arena, w, node);
        else
                write_scalar(arena, w, node);
}

static bool answer(struct arena *arena, struct str path, struct buf *out, struct err *err) {
        struct json_writer writer = json_write(out, JSON_COMPACT);
        struct toml_node root;
        struct str text;

        if (!file_read(arena, path, TOML_SIZE_MAX + 1, &text, err) ||
            !toml_parse(arena, path, text, &root, err))
                return false;
        write_node(arena, &writer, &root);
        return true;
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct buf out = buf_make(&arena);
                struct err err;

                if (answer(&arena, str_of(argv[i]), &out, &err))
                        printf("ok %.*s\n", STR_ARG(buf_str(&out)));
                else
                        printf("no %.*s\n", STR_ARG(err_line(&err, &arena)));
        }
        return 0;
}
