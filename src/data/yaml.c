#include "data/yaml.h"

#include "base/map.h"
#include "base/vec.h"
#include "data/utf8.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#define TAG_STR "tag:yaml.org,2002:str"
#define NUMBER_TEXT_MAX 64

/* An anchored node; NULL node while it is still being read. */
struct anchor {
        struct yaml_node *node;
};

struct builder {
        struct arena *arena;
        struct str file;
        struct fy_parser *parser;
        struct fy_diag *diag;
        struct map anchors;
        bool is_foreign; /* yaml_parse_foreign */
        size_t nodes;    /* aliases followed */
        struct err *err;
};

/* What an event says, copied out of it. */
struct event {
        enum fy_event_type type;
        uint32_t line, column;
        struct str text, anchor, tag;
        bool is_plain;
};

static bool fail(struct builder *b, enum err_code code, const struct event *at, const char *why) {
        return err_at(b->err, code, b->file, at->line, at->column, "%s", why);
}

static bool parser_error(struct builder *b) {
        void *at = NULL;
        const struct fy_diag_error *error = fy_diag_errors_iterate(b->diag, &at);

        if (!error)
                return err_at(b->err, ERR_SYNTAX, b->file, 0, 0, "is no YAML");
        return err_at(b->err, ERR_SYNTAX, b->file, (uint32_t)MAX_OF(error->line, 0),
                      (uint32_t)MAX_OF(error->column, 0), "%s", error->msg);
}

static struct str text_of(struct builder *b, struct fy_token *token) {
        size_t len = 0;
        const char *text = token ? fy_token_get_text(token, &len) : NULL;

        return text ? str_dup(b->arena, (struct str){ text, len }) : STR_NONE;
}

/* libfyaml marks the first character inside the quotes. */
static bool is_quoted(const struct fy_event *from) {
        enum fy_scalar_style style = FYSS_PLAIN;

        if (from->type == FYET_SCALAR && from->scalar.value)
                style = fy_token_scalar_style(from->scalar.value);
        return style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
}

static void take_tokens(struct builder *b, struct fy_event *from, struct event *event) {
        switch ((int)from->type) {
        case FYET_SCALAR:
                event->text = text_of(b, from->scalar.value);
                event->anchor = text_of(b, from->scalar.anchor);
                event->tag = text_of(b, from->scalar.tag);
                event->is_plain = !from->scalar.value ||
                                  fy_token_scalar_style(from->scalar.value) == FYSS_PLAIN;
                break;
        case FYET_ALIAS:
                event->text = text_of(b, from->alias.anchor);
                break;
        case FYET_SEQUENCE_START:
                event->anchor = text_of(b, from->sequence_start.anchor);
                event->tag = text_of(b, from->sequence_start.tag);
                break;
        case FYET_MAPPING_START:
                event->anchor = text_of(b, from->mapping_start.anchor);
                event->tag = text_of(b, from->mapping_start.tag);
                break;
        default:
                break;
        }
}

/* The next event; libfyaml says the end of a broken stream by giving none. */
static bool next(struct builder *b, struct event *ret_event) {
        struct fy_event *from = fy_parser_parse(b->parser);
        const struct fy_mark *mark;

        *ret_event = (struct event){ .type = FYET_NONE };
        if (!from)
                return parser_error(b);
        mark = fy_event_start_mark(from);
        ret_event->type = from->type;
        ret_event->line = mark ? (uint32_t)mark->line + 1 : 0;
        ret_event->column = mark ? (uint32_t)mark->column + !is_quoted(from) : 0;
        take_tokens(b, from, ret_event);
        fy_parser_event_free(b->parser, from);
        return true;
}

static bool build(struct builder *b, const struct event *event, unsigned depth,
                  struct yaml_node *ret_node);

static bool is_null(const struct event *event) {
        static const struct str words[] = { STR_INIT(""), STR_INIT("~"), STR_INIT("null"),
                                            STR_INIT("Null"), STR_INIT("NULL") };

        for (size_t i = 0; event->is_plain && i < COUNT_OF(words); i++)
                if (str_eq(event->text, words[i]))
                        return true;
        return false;
}

static bool build_scalar(struct builder *b, const struct event *event, struct yaml_node *node) {
        bool is_string = str_eq(event->tag, STR(TAG_STR)) || str_eq(event->tag, STR("!!str")) ||
                         str_eq(event->tag, STR("!"));

        if (event->tag.len && !is_string && !b->is_foreign)
                return fail(b, ERR_SYNTAX, event, "tags are not understood here");
        node->kind = !is_string && is_null(event) ? YAML_NULL : YAML_SCALAR;
        node->is_plain = event->is_plain && !is_string;
        node->text = event->text;
        return true;
}

static bool build_sequence(struct builder *b, unsigned depth, struct yaml_node *node) {
        VEC(struct yaml_node) items = { 0 };
        struct event event;

        for (;;) {
                struct yaml_node item;

                if (!next(b, &event))
                        return false;
                if (event.type == FYET_SEQUENCE_END)
                        break;
                if (!build(b, &event, depth + 1, &item))
                        return false;
                node->weight += item.weight;
                *VEC_ADD(b->arena, &items) = item;
        }
        node->kind = YAML_SEQUENCE;
        node->items = items.items;
        node->count = items.count;
        return true;
}

struct pairs {
        VEC(struct yaml_pair) list;
        struct map seen; /* key to index plus one, as a pointer */
};

static bool is_merge(const struct yaml_node *key) {
        return key->is_plain && str_eq(key->text, STR("<<"));
}

static bool check_key(struct builder *b, const struct yaml_node *key, const struct map *seen) {
        struct event at = { .line = key->line, .column = key->column };

        if (key->kind != YAML_SCALAR)
                return fail(b, ERR_SYNTAX, &at, "a key must be a word");
        if (b->is_foreign)
                return true;
        if (is_merge(key))
                return fail(b, ERR_SYNTAX, &at, "merge keys are not understood here");
        if (map_has(seen, key->text))
                return err_at(b->err, ERR_SYNTAX, b->file, key->line, key->column,
                              "the key %.*s stands here twice", STR_ARG(key->text));
        return true;
}

/* A pair whose key is there already takes its place where it replaces. */
static void add_pair(struct builder *b, struct pairs *pairs, const struct yaml_pair *pair,
                     bool replaces) {
        void **slot = map_put(&pairs->seen, pair->key.text);
        uintptr_t at = (uintptr_t)*slot;

        if (at && replaces)
                pairs->list.items[at - 1] = *pair;
        if (at)
                return;
        *VEC_ADD(b->arena, &pairs->list) = *pair;
        *slot = (void *)(uintptr_t)pairs->list.count;
}

/* The mapping that `<<` names, or each of a list of them; what is there already stays. */
static void merge(struct builder *b, struct pairs *pairs, const struct yaml_node *node) {
        const struct yaml_node *maps = node->kind == YAML_SEQUENCE ? node->items : node;
        size_t count = node->kind == YAML_SEQUENCE ? node->count : 1;

        for (size_t i = 0; i < count; i++)
                for (size_t j = 0; maps[i].kind == YAML_MAPPING && j < maps[i].count; j++)
                        add_pair(b, pairs, &maps[i].pairs[j], false);
}

static bool build_pair(struct builder *b, const struct event *event, unsigned depth,
                       const struct map *seen, struct yaml_pair *ret_pair) {
        struct event value;

        return build(b, event, depth + 1, &ret_pair->key) && check_key(b, &ret_pair->key, seen) &&
               next(b, &value) && build(b, &value, depth + 1, &ret_pair->value);
}

static bool build_mapping(struct builder *b, unsigned depth, struct yaml_node *node) {
        struct pairs pairs = { .seen = map_make(b->arena) };
        struct event event;

        for (;;) {
                struct yaml_pair pair;

                if (!next(b, &event))
                        return false;
                if (event.type == FYET_MAPPING_END)
                        break;
                if (!build_pair(b, &event, depth, &pairs.seen, &pair))
                        return false;
                node->weight += pair.key.weight + pair.value.weight;
                if (is_merge(&pair.key))
                        merge(b, &pairs, &pair.value);
                else
                        add_pair(b, &pairs, &pair, true);
        }
        node->kind = YAML_MAPPING;
        node->pairs = pairs.list.items;
        node->count = pairs.list.count;
        return true;
}

/* An alias shares what its anchor has; only the count of nodes grows. */
static bool follow_alias(struct builder *b, const struct event *event, struct yaml_node *ret_node) {
        void **found = map_get(&b->anchors, event->text);
        const struct anchor *anchor = found ? *found : NULL;

        if (!anchor)
                return fail(b, ERR_SYNTAX, event, "this alias has no anchor before it");
        if (!anchor->node)
                return fail(b, ERR_SYNTAX, event, "this alias stands inside its own anchor");
        *ret_node = *anchor->node;
        ret_node->line = event->line;
        ret_node->column = event->column;
        return true;
}

static bool build_content(struct builder *b, const struct event *event, unsigned depth,
                          struct yaml_node *node) {
        if (event->tag.len && event->type != FYET_SCALAR && !b->is_foreign)
                return fail(b, ERR_SYNTAX, event, "tags are not understood here");
        switch ((int)event->type) {
        case FYET_SCALAR:
                return build_scalar(b, event, node);
        case FYET_SEQUENCE_START:
                return build_sequence(b, depth, node);
        case FYET_MAPPING_START:
                return build_mapping(b, depth, node);
        default:
                return fail(b, ERR_SYNTAX, event, "a value is missing");
        }
}

static bool build_anchored(struct builder *b, const struct event *event, unsigned depth,
                           struct yaml_node *node) {
        struct anchor *anchor = ARENA_NEW(b->arena, struct anchor);

        if (event->anchor.len)
                *map_put(&b->anchors, event->anchor) = anchor;
        if (!build_content(b, event, depth, node))
                return false;
        anchor->node = ARENA_NEW(b->arena, struct yaml_node);
        *anchor->node = *node;
        return true;
}

static bool build(struct builder *b, const struct event *event, unsigned depth,
                  struct yaml_node *ret_node) {
        struct yaml_node node = { .line = event->line, .column = event->column, .weight = 1 };

        if (depth > YAML_DEPTH_MAX)
                return fail(b, ERR_LIMIT, event, "is nested too deep");
        if (event->type == FYET_ALIAS ? !follow_alias(b, event, &node)
                                      : !build_anchored(b, event, depth, &node))
                return false;
        b->nodes += event->type == FYET_ALIAS ? node.weight : 1;
        if (b->nodes > YAML_NODES_MAX)
                return fail(b, ERR_LIMIT, event, "has too many values, aliases counted");
        *ret_node = node;
        return true;
}

/* The document whose start was read, its end and the event behind it. */
static bool build_document(struct builder *b, struct yaml_node *root, struct event *event) {
        return next(b, event) && build(b, event, 0, root) && next(b, event) && next(b, event);
}

/* stream start, document start, the document, document end, stream end. */
static bool build_stream(struct builder *b, struct yaml_node *ret_root) {
        struct yaml_node root = { .kind = YAML_NULL, .line = 1, .column = 1, .weight = 1 };
        struct event event;
        bool is_second = false;

        if (!next(b, &event) || !next(b, &event))
                return false;
        while (event.type == FYET_DOCUMENT_START) {
                if (is_second && !b->is_foreign)
                        return fail(b, ERR_SYNTAX, &event, "a second document starts here");
                if (!build_document(b, &root, &event))
                        return false;
                is_second = true;
        }
        *ret_root = root;
        return true;
}

static struct fy_diag *make_diag(void) {
        struct fy_diag_cfg config;
        struct fy_diag *diag;

        fy_diag_cfg_default(&config);
        config.fp = NULL;
        diag = fy_diag_create(&config);
        if (diag)
                fy_diag_set_collect_errors(diag, true);
        return diag;
}

static bool parse(struct builder *b, struct str text, struct yaml_node *ret_root) {
        struct fy_parse_cfg config = {
                .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DISABLE_DEPTH_LIMIT |
                         FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
                .diag = b->diag,
        };
        bool ok;

        b->parser = fy_parser_create(&config);
        if (!b->parser || fy_parser_set_string(b->parser, text.ptr, text.len))
                ok = err_at(b->err, ERR_IO, b->file, 0, 0, "libfyaml has no memory");
        else
                ok = build_stream(b, ret_root);
        fy_parser_destroy(b->parser);
        return ok;
}

/* libfyaml lets bytes through that are no UTF-8, and takes a NUL for the end of the text, which
 * would hide what stands behind it. */
static bool check_encoding(struct str file, struct str text, struct err *err) {
        size_t good = MIN_OF(utf8_valid_prefix(text), str_find(text, '\0'));
        struct str before = str_slice(text, 0, MIN_OF(good, text.len)), line;
        uint32_t number = 1;

        if (before.len == text.len)
                return true;
        while (str_cut(before, '\n', &line, &before))
                number++;
        return err_at(err, ERR_SYNTAX, file, number, (uint32_t)utf8_width(before) + 1,
                      "a byte here is no text in UTF-8");
}

static bool parse_document(struct arena *arena, struct str file, struct str text, bool is_foreign,
                           struct yaml_node *ret_root, struct err *err) {
        struct builder builder = { .arena = arena,
                                   .file = file,
                                   .is_foreign = is_foreign,
                                   .err = err,
                                   .anchors = map_make(arena) };
        bool ok;

        if (text.len > YAML_SIZE_MAX)
                return err_at(err, ERR_LIMIT, file, 0, 0, "has over %zu bytes", YAML_SIZE_MAX);
        if (!check_encoding(file, text, err))
                return false;
        if (!str_trim(text).len) {
                *ret_root = (struct yaml_node){ .line = 1, .column = 1, .weight = 1 };
                return true;
        }
        builder.diag = make_diag();
        if (!builder.diag)
                return err_at(err, ERR_IO, file, 0, 0, "libfyaml has no memory");
        ok = parse(&builder, text, ret_root);
        fy_diag_destroy(builder.diag);
        return ok;
}

bool yaml_parse(struct arena *arena, struct str file, struct str text, struct yaml_node *ret_root,
                struct err *err) {
        return parse_document(arena, file, text, false, ret_root, err);
}

bool yaml_parse_foreign(struct arena *arena, struct str file, struct str text,
                        struct yaml_node *ret_root, struct err *err) {
        return parse_document(arena, file, text, true, ret_root, err);
}

const struct yaml_node *yaml_get(const struct yaml_node *node, struct str key) {
        if (node->kind != YAML_MAPPING)
                return NULL;
        for (size_t i = 0; i < node->count; i++)
                if (str_eq(node->pairs[i].key.text, key))
                        return &node->pairs[i].value;
        return NULL;
}

bool yaml_to_bool(const struct yaml_node *node, bool *ret_value) {
        static const struct {
                struct str word;
                bool value;
        } words[] = {
                { STR_INIT("true"), true },   { STR_INIT("True"), true },
                { STR_INIT("TRUE"), true },   { STR_INIT("false"), false },
                { STR_INIT("False"), false }, { STR_INIT("FALSE"), false },
        };

        for (size_t i = 0; node->kind == YAML_SCALAR && node->is_plain && i < COUNT_OF(words); i++)
                if (str_eq(node->text, words[i].word)) {
                        *ret_value = words[i].value;
                        return true;
                }
        return false;
}

static bool is_number_text(const struct yaml_node *node, bool with_point) {
        struct str digits = str_drop_prefix(node->text, STR("-"));
        size_t points = 0;

        if (node->kind != YAML_SCALAR || !node->is_plain || !digits.len ||
            node->text.len >= NUMBER_TEXT_MAX)
                return false;
        for (size_t i = 0; i < digits.len; i++) {
                bool is_inner = i > 0 && i + 1 < digits.len;

                if (digits.ptr[i] == '.' && with_point && is_inner)
                        points++;
                else if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
                        return false;
        }
        return points <= 1;
}

bool yaml_to_int(const struct yaml_node *node, int64_t *ret_value) {
        bool is_negative = str_has_prefix(node->text, STR("-"));
        uint64_t value;

        if (!is_number_text(node, false) ||
            !str_to_u64(str_drop_prefix(node->text, STR("-")), &value) ||
            value > (uint64_t)INT64_MAX)
                return false;
        *ret_value = is_negative ? -(int64_t)value : (int64_t)value;
        return true;
}

bool yaml_to_number(const struct yaml_node *node, double *ret_value) {
        char text[NUMBER_TEXT_MAX];

        if (!is_number_text(node, true))
                return false;
        memcpy(text, node->text.ptr, node->text.len);
        text[node->text.len] = '\0';
        *ret_value = strtod(text, NULL);
        return true;
}

const char *yaml_kind_name(const struct yaml_node *node) {
        static const char *const names[] = {
                [YAML_NULL] = "nothing",
                [YAML_SCALAR] = "a word",
                [YAML_SEQUENCE] = "a list",
                [YAML_MAPPING] = "a mapping",
        };

        return names[node->kind];
}
