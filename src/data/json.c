#include "data/json.h"

#include "data/utf8.h"

#include <jansson.h>
#include <string.h>

/* Turns jansson's tree into ours. */
struct converter {
        struct arena *arena;
        struct str file;
        size_t nodes;
        struct err *err;
};

static bool convert(struct converter *c, const json_t *from, unsigned depth, struct json *ret);

static struct str copy(struct converter *c, const char *text, size_t len) {
        return str_dup(c->arena, (struct str){ text, len });
}

static bool convert_array(struct converter *c, const json_t *from, unsigned depth,
                          struct json *ret) {
        size_t count = json_array_size(from);
        struct json *items = ARENA_ARRAY(c->arena, struct json, count);

        for (size_t i = 0; i < count; i++)
                if (!convert(c, json_array_get(from, i), depth, &items[i]))
                        return false;
        ret->kind = JSON_KIND_ARRAY;
        ret->items = items;
        ret->count = count;
        return true;
}

static bool convert_object(struct converter *c, json_t *from, unsigned depth, struct json *ret) {
        struct json_member *members =
                ARENA_ARRAY(c->arena, struct json_member, json_object_size(from));
        void *at = json_object_iter(from);

        for (; at; at = json_object_iter_next(from, at)) {
                struct json_member *member = &members[ret->count++];

                member->name = copy(c, json_object_iter_key(at), json_object_iter_key_len(at));
                if (!convert(c, json_object_iter_value(at), depth, &member->value))
                        return false;
        }
        ret->kind = JSON_KIND_OBJECT;
        ret->members = members;
        return true;
}

static void convert_scalar(struct converter *c, const json_t *from, struct json *ret) {
        static const enum json_kind kinds[] = {
                [JSON_STRING] = JSON_KIND_STRING, [JSON_INTEGER] = JSON_KIND_NUMBER,
                [JSON_REAL] = JSON_KIND_NUMBER,   [JSON_TRUE] = JSON_KIND_BOOL,
                [JSON_FALSE] = JSON_KIND_BOOL,    [JSON_NULL] = JSON_KIND_NULL,
        };

        ret->kind = kinds[json_typeof(from)];
        ret->boolean = json_is_true(from);
        ret->is_integer = json_is_integer(from);
        ret->integer = json_integer_value(from);
        ret->number = json_number_value(from);
        if (json_is_string(from))
                ret->string = copy(c, json_string_value(from), json_string_length(from));
}

static bool convert(struct converter *c, const json_t *from, unsigned depth, struct json *ret) {
        if (depth > JSON_DEPTH_MAX)
                return err_at(c->err, ERR_LIMIT, c->file, 0, 0, "is nested over %d levels deep",
                              JSON_DEPTH_MAX);
        if (++c->nodes > JSON_NODES_MAX)
                return err_at(c->err, ERR_LIMIT, c->file, 0, 0, "has over %d values",
                              JSON_NODES_MAX);
        if (json_is_array(from))
                return convert_array(c, from, depth + 1, ret);
        if (json_is_object(from))
                return convert_object(c, (json_t *)(uintptr_t)from, depth + 1, ret);
        convert_scalar(c, from, ret);
        return true;
}

/* jansson adds "near '...'" with bytes of the file to its words; the place says as much. */
static bool syntax_error(struct str file, const json_error_t *error, struct err *err) {
        struct str words = str_of(error->text);
        size_t near = str_find_str(words, STR(" near "));

        if (near != SIZE_MAX)
                words = str_slice(words, 0, near);
        return err_at(err, ERR_SYNTAX, file, (uint32_t)MAX_OF(error->line, 0),
                      (uint32_t)MAX_OF(error->column, 0), "%.*s", STR_ARG(words));
}

/* jansson keeps members in no order of their own before 2.8, in that of the text since then. */
bool json_parse(struct arena *arena, struct str file, struct str text, struct json *ret_value,
                struct err *err) {
        struct converter converter = { .arena = arena, .file = file, .err = err };
        json_error_t error;
        struct json value = { 0 };
        json_t *root =
                json_loadb(text.ptr ? text.ptr : "", text.len,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
        bool ok;

        if (!root)
                return syntax_error(file, &error, err);
        ok = convert(&converter, root, 0, &value);
        json_decref(root);
        if (ok)
                *ret_value = value;
        return ok;
}

const struct json *json_get(const struct json *value, struct str name) {
        if (!value || value->kind != JSON_KIND_OBJECT)
                return NULL;
        for (size_t i = 0; i < value->count; i++)
                if (str_eq(value->members[i].name, name))
                        return &value->members[i].value;
        return NULL;
}

struct str json_get_string(const struct json *value, struct str name) {
        const struct json *member = json_get(value, name);

        return member && member->kind == JSON_KIND_STRING ? member->string : STR_NONE;
}
