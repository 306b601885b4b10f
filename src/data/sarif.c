#include "data/sarif.h"

#include "base/buf.h"
#include "base/vec.h"
#include "data/json.h"

struct reader {
        struct arena *arena;
        struct str tool;
        const struct json *driver, *rules; /* rules: of the driver; NULL: none */
        VEC(struct sarif_result) results;
        VEC(struct sarif_failure) failures;
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

/* Section 3.11.7: a message that has only an id stands in the rule, else in the driver. */
static struct str message_by_id(const struct reader *reader, struct str id,
                                const struct json *rule) {
        const struct json *own = json_get(rule, STR("messageStrings"));
        const struct json *global = json_get(reader->driver, STR("globalMessageStrings"));
        struct str text = json_get_string(json_get(own, id), STR("text"));

        return text.len ? text : json_get_string(json_get(global, id), STR("text"));
}

/* Where the log has no words at all, the names that it gives are the words. */
static struct str message_of(const struct reader *reader, const struct json *result,
                             const struct json *rule) {
        const struct json *message = json_get(result, STR("message"));
        struct str id = json_get_string(message, STR("id"));
        const struct str words[] = {
                json_get_string(message, STR("text")),
                id.len ? message_by_id(reader, id, rule) : STR_NONE,
                json_get_string(message, STR("markdown")),
                rule_id(result, rule),
                id,
        };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (words[i].len)
                        return words[i];
        return STR_NONE;
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
        taken.message = message_of(reader, result, rule);
        taken.suppressed = first(json_get(result, STR("suppressions"))) != NULL;
        take_place(reader, result, &taken);
        *VEC_ADD(reader->arena, &reader->results) = taken;
}

static bool is_false(const struct json *value) {
        return value && value->kind == JSON_KIND_BOOL && !value->boolean;
}

static struct str notification(const struct json *invocation, struct str list, bool only_errors) {
        const struct json *all = json_get(invocation, list);

        for (size_t i = 0; all && all->kind == JSON_KIND_ARRAY && i < all->count; i++) {
                struct str text =
                        json_get_string(json_get(&all->items[i], STR("message")), STR("text"));
                struct str level = json_get_string(&all->items[i], STR("level"));

                if (text.len && (!only_errors || str_eq(level, STR("error"))))
                        return text;
        }
        return STR_NONE;
}

/* Why the tool did not finish: its first error, else whatever it says first. */
static struct str failure_words(const struct json *invocation) {
        const struct str words[] = {
                notification(invocation, STR("toolExecutionNotifications"), true),
                notification(invocation, STR("toolConfigurationNotifications"), true),
                notification(invocation, STR("toolExecutionNotifications"), false),
                json_get_string(invocation, STR("processStartFailureMessage")),
                json_get_string(invocation, STR("exitCodeDescription")),
                json_get_string(invocation, STR("exitSignalName")),
        };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (words[i].len)
                        return words[i];
        return STR_NONE;
}

/* Section 3.20.14. */
static void take_invocations(struct reader *reader, const struct json *invocations) {
        for (size_t i = 0;
             invocations && invocations->kind == JSON_KIND_ARRAY && i < invocations->count; i++)
                if (is_false(json_get(&invocations->items[i], STR("executionSuccessful"))))
                        *VEC_ADD(reader->arena, &reader->failures) =
                                (struct sarif_failure){ reader->tool,
                                                        failure_words(&invocations->items[i]) };
}

static bool take_run(struct reader *reader, struct str file, const struct json *run,
                     struct err *err) {
        const struct json *driver = json_get(json_get(run, STR("tool")), STR("driver"));
        const struct json *results = json_get(run, STR("results"));

        reader->tool = json_get_string(driver, STR("name"));
        if (!reader->tool.len)
                return err_at(err, ERR_SYNTAX, file, 0, 0, "a run without tool.driver.name");
        reader->driver = driver;
        reader->rules = json_get(driver, STR("rules"));
        take_invocations(reader, json_get(run, STR("invocations")));
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
        *ret_log = (struct sarif_log){ reader.results.items, reader.results.count,
                                       reader.failures.items, reader.failures.count };
        return true;
}
