#include "data/sarif.h"

#include "base/buf.h"
#include "base/vec.h"
#include "data/json.h"

struct reader {
        struct arena *arena;
        struct str tool;
        const struct json *rules; /* of the driver; NULL: none */
        VEC(struct sarif_result) results;
};

static uint32_t get_number(const struct json *value, struct str name) {
        const struct json *number = json_get(value, name);

        return number && number->kind == JSON_KIND_NUMBER && number->is_integer &&
                               number->integer > 0 && number->integer <= UINT32_MAX
                       ? (uint32_t)number->integer
                       : 0;
}

static const struct json *first(const struct json *array) {
        return array && array->kind == JSON_KIND_ARRAY && array->count ? &array->items[0] : NULL;
}

/* The rule that a result names: by index, else by id; NULL where the log describes none. */
static const struct json *rule_of(const struct reader *reader, const struct json *result) {
        const struct json *index = json_get(result, STR("ruleIndex"));
        struct str id = json_get_string(result, STR("ruleId"));

        if (!reader->rules || reader->rules->kind != JSON_KIND_ARRAY)
                return NULL;
        if (index && index->kind == JSON_KIND_NUMBER && index->integer >= 0 &&
            (uint64_t)index->integer < reader->rules->count)
                return &reader->rules->items[index->integer];
        for (size_t i = 0; i < reader->rules->count; i++)
                if (id.len && str_eq(json_get_string(&reader->rules->items[i], STR("id")), id))
                        return &reader->rules->items[i];
        return NULL;
}

static struct str rule_id(const struct json *result, const struct json *rule) {
        struct str id = json_get_string(result, STR("ruleId"));

        if (!id.len)
                id = json_get_string(json_get(result, STR("rule")), STR("id"));
        return id.len ? id : json_get_string(rule, STR("id"));
}

/* Section 3.27.10: the result's level, else the rule's, else "warning". "none" is no problem. */
static bool level_of(const struct json *result, const struct json *rule,
                     enum sarif_level *ret_level) {
        struct str level = json_get_string(result, STR("level"));

        if (!level.len)
                level = json_get_string(json_get(rule, STR("defaultConfiguration")), STR("level"));
        *ret_level = str_eq(level, STR("error"))  ? SARIF_ERROR
                     : str_eq(level, STR("note")) ? SARIF_NOTE
                                                  : SARIF_WARNING;
        return !str_eq(level, STR("none"));
}

static struct str message_of(const struct json *result, const struct json *rule) {
        const struct json *message = json_get(result, STR("message"));
        struct str text = json_get_string(message, STR("text"));
        struct str id = json_get_string(message, STR("id"));

        if (text.len || !id.len)
                return text;
        return json_get_string(json_get(json_get(rule, STR("messageStrings")), id), STR("text"));
}

static int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                return (c | 0x20) - 'a' + 10;
        return -1;
}

static struct str decode_uri(struct arena *arena, struct str uri) {
        struct buf out = buf_make(arena);

        uri = str_drop_prefix(uri, STR("file://"));
        for (size_t i = 0; i < uri.len; i++) {
                int high = i + 2 < uri.len ? hex_digit(uri.ptr[i + 1]) : -1;
                int low = i + 2 < uri.len ? hex_digit(uri.ptr[i + 2]) : -1;

                if (uri.ptr[i] == '%' && high >= 0 && low >= 0) {
                        buf_add_char(&out, (char)(high << 4 | low));
                        i += 2;
                } else {
                        buf_add_char(&out, uri.ptr[i]);
                }
        }
        return buf_str(&out);
}

static void take_place(struct reader *reader, const struct json *result,
                       struct sarif_result *into) {
        const struct json *place =
                json_get(first(json_get(result, STR("locations"))), STR("physicalLocation"));
        const struct json *region = json_get(place, STR("region"));

        into->uri =
                decode_uri(reader->arena,
                           json_get_string(json_get(place, STR("artifactLocation")), STR("uri")));
        into->line = get_number(region, STR("startLine"));
        into->column = get_number(region, STR("startColumn"));
}

static void take_result(struct reader *reader, const struct json *result) {
        const struct json *rule = rule_of(reader, result);
        struct str kind = json_get_string(result, STR("kind"));
        struct sarif_result taken = { .tool = reader->tool };

        if ((kind.len && !str_eq(kind, STR("fail"))) || !level_of(result, rule, &taken.level))
                return;
        taken.rule = rule_id(result, rule);
        taken.message = message_of(result, rule);
        taken.suppressed = first(json_get(result, STR("suppressions"))) != NULL;
        take_place(reader, result, &taken);
        *VEC_ADD(reader->arena, &reader->results) = taken;
}

static bool take_run(struct reader *reader, struct str file, const struct json *run,
                     struct err *err) {
        const struct json *driver = json_get(json_get(run, STR("tool")), STR("driver"));
        const struct json *results = json_get(run, STR("results"));

        reader->tool = json_get_string(driver, STR("name"));
        if (!reader->tool.len)
                return err_at(err, ERR_SYNTAX, file, 0, 0, "a run without tool.driver.name");
        reader->rules = json_get(driver, STR("rules"));
        for (size_t i = 0; results && results->kind == JSON_KIND_ARRAY && i < results->count; i++)
                take_result(reader, &results->items[i]);
        return true;
}

bool sarif_parse(struct arena *arena, struct str file, struct str text, struct sarif_log *ret_log,
                 struct err *err) {
        struct reader reader = { .arena = arena };
        const struct json *runs;
        struct json log;

        if (!json_parse(arena, file, text, &log, err))
                return false;
        runs = json_get(&log, STR("runs"));
        if (!runs || runs->kind != JSON_KIND_ARRAY)
                return err_at(err, ERR_SYNTAX, file, 0, 0, "no SARIF log: it has no runs");
        if (!str_eq(json_get_string(&log, STR("version")), STR("2.1.0")))
                return err_at(err, ERR_SYNTAX, file, 0, 0, "SARIF version is not 2.1.0");
        for (size_t i = 0; i < runs->count; i++)
                if (!take_run(&reader, file, &runs->items[i], err))
                        return false;
        *ret_log = (struct sarif_log){ reader.results.items, reader.results.count };
        return true;
}
