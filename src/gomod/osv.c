#include "gomod/osv.h"

#include "gomod/semver.h"

#include <jansson.h>
#include <string.h>

static void release(json_t **json) {
        json_decref(*json);
}

#define AUTO_JSON __attribute__((cleanup(release))) json_t

struct reader {
        struct arena *arena;
        struct str name;
        struct err *err;
};

static bool wrong_type(const struct reader *r, const char *key, const char *want) {
        return err_at(r->err, ERR_SYNTAX, r->name, 0, 0, "\"%s\" is not %s", key, want);
}

/* The text of a member; empty where it is absent or null. */
static bool read_text(const struct reader *r, const json_t *object, const char *key,
                      struct str *ret_text) {
        const json_t *value = json_object_get(object, key);

        *ret_text = STR_NONE;
        if (!value || json_is_null(value))
                return true;
        if (!json_is_string(value))
                return wrong_type(r, key, "a string");
        *ret_text = str_dup(r->arena,
                            (struct str){ json_string_value(value), json_string_length(value) });
        return true;
}

/* The array of a member; NULL, which counts as empty, where it is absent or null. */
static bool get_array(const struct reader *r, const json_t *object, const char *key,
                      const json_t **ret_array) {
        const json_t *value = json_object_get(object, key);

        *ret_array = json_is_null(value) ? NULL : value;
        return !*ret_array || json_is_array(*ret_array) || wrong_type(r, key, "an array");
}

/* A member of an object that may be absent: json_object_get takes NULL. */
static const json_t *get_object(const json_t *object, const char *key) {
        const json_t *value = json_object_get(object, key);

        return json_is_object(value) ? value : NULL;
}

struct str osv_version(struct arena *arena, struct str version) {
        version = str_drop_prefix(str_drop_prefix(version, STR("v")), STR("go"));
        return str_fmt(arena, "v%.*s", STR_ARG(version));
}

static const struct {
        const char *key;
        enum osv_event_kind kind;
} event_keys[] = {
        { "introduced", OSV_INTRODUCED },
        { "fixed", OSV_FIXED },
        { "last_affected", OSV_LAST_AFFECTED },
};

/* An event is an object with one of these members; one with several is taken as several events. */
static bool read_event(const struct reader *r, const json_t *json, struct osv_range *range) {
        for (size_t i = 0; i < COUNT_OF(event_keys); i++) {
                struct str version;

                if (!read_text(r, json, event_keys[i].key, &version))
                        return false;
                if (version.len == 0)
                        continue;
                if (!str_eq(version, STR("0")))
                        version = osv_version(r->arena, version);
                range->events[range->event_count++] =
                        (struct osv_event){ event_keys[i].kind, version };
        }
        return true;
}

static bool read_events(const struct reader *r, const json_t *json, struct osv_range *ret_range) {
        const json_t *events;

        if (!get_array(r, json, "events", &events))
                return false;
        *ret_range = (struct osv_range){
                ARENA_ARRAY(r->arena, struct osv_event,
                            json_array_size(events) * COUNT_OF(event_keys)),
                0,
        };
        for (size_t i = 0; i < json_array_size(events); i++) {
                const json_t *event = json_array_get(events, i);

                if (!json_is_object(event))
                        return wrong_type(r, "events", "an array of objects");
                if (!read_event(r, event, ret_range))
                        return false;
        }
        osv_sort_events(ret_range->events, ret_range->event_count);
        return true;
}

static bool read_range(const struct reader *r, const json_t *json, struct osv_affected *affected) {
        struct str type;

        if (!json_is_object(json))
                return wrong_type(r, "ranges", "an array of objects");
        if (!read_text(r, json, "type", &type))
                return false;
        if (!str_eq(type, STR("SEMVER")))
                return true;
        return read_events(r, json, &affected->ranges[affected->range_count++]);
}

static bool read_ranges(const struct reader *r, const json_t *json, struct osv_affected *affected) {
        const json_t *ranges;

        if (!get_array(r, json, "ranges", &ranges))
                return false;
        affected->ranges = ARENA_ARRAY(r->arena, struct osv_range, json_array_size(ranges));
        for (size_t i = 0; i < json_array_size(ranges); i++)
                if (!read_range(r, json_array_get(ranges, i), affected))
                        return false;
        return true;
}

/* Custom ranges speak of versions that the go command does not know the module by: they say that
 * something is known, and at most where it was mended. */
static bool read_custom_ranges(const struct reader *r, const json_t *json,
                               struct osv_affected *affected) {
        const json_t *ranges;

        if (!get_array(r, get_object(json, "ecosystem_specific"), "custom_ranges", &ranges))
                return false;
        for (size_t i = 0; i < json_array_size(ranges); i++) {
                struct osv_range range;

                if (!read_events(r, json_array_get(ranges, i), &range))
                        return false;
                affected->has_custom_ranges = true;
                for (size_t e = 0; e < range.event_count; e++)
                        if (range.events[e].kind == OSV_FIXED)
                                affected->custom_fixed = range.events[e].version;
        }
        return true;
}

static bool read_affected(const struct reader *r, const json_t *json, struct osv_entry *entry) {
        struct osv_affected *affected = &entry->affected[entry->affected_count];
        const json_t *package = get_object(json, "package");
        struct str ecosystem;

        if (!package)
                return wrong_type(r, "package", "an object");
        if (!read_text(r, package, "ecosystem", &ecosystem) ||
            !read_text(r, package, "name", &affected->module))
                return false;
        if (!str_eq(ecosystem, STR("Go")))
                return true;
        if (affected->module.len == 0)
                return wrong_type(r, "name", "the path of a module");
        entry->affected_count++;
        return read_ranges(r, json, affected) && read_custom_ranges(r, json, affected);
}

static bool read_affecteds(const struct reader *r, const json_t *json, struct osv_entry *entry) {
        const json_t *affecteds;

        if (!get_array(r, json, "affected", &affecteds))
                return false;
        entry->affected =
                ARENA_ARRAY(r->arena, struct osv_affected, json_array_size(affecteds) + 1);
        for (size_t i = 0; i < json_array_size(affecteds); i++)
                if (!read_affected(r, json_array_get(affecteds, i), entry))
                        return false;
        return true;
}

static bool read_aliases(const struct reader *r, const json_t *json, struct osv_entry *entry) {
        const json_t *aliases;

        if (!get_array(r, json, "aliases", &aliases))
                return false;
        entry->aliases = ARENA_ARRAY(r->arena, struct str, json_array_size(aliases));
        for (size_t i = 0; i < json_array_size(aliases); i++) {
                const json_t *alias = json_array_get(aliases, i);

                if (!json_is_string(alias))
                        return wrong_type(r, "aliases", "an array of strings");
                entry->aliases[entry->alias_count++] =
                        str_dup(r->arena, (struct str){ json_string_value(alias),
                                                        json_string_length(alias) });
        }
        return true;
}

static bool read_entry(const struct reader *r, const json_t *json, struct osv_entry *entry) {
        if (!json_is_object(json))
                return err_at(r->err, ERR_SYNTAX, r->name, 0, 0, "not an OSV entry");
        if (!read_text(r, json, "id", &entry->id))
                return false;
        if (entry->id.len == 0)
                return err_at(r->err, ERR_SYNTAX, r->name, 0, 0, "not an OSV entry: no \"id\"");
        return read_text(r, json, "summary", &entry->summary) &&
               read_text(r, json, "published", &entry->published) &&
               read_text(r, json, "modified", &entry->modified) &&
               read_text(r, json, "withdrawn", &entry->withdrawn) &&
               read_text(r, get_object(json, "database_specific"), "url", &entry->url) &&
               read_aliases(r, json, entry) && read_affecteds(r, json, entry);
}

bool osv_parse(struct arena *arena, struct str name, struct str bytes, struct osv_entry *ret_entry,
               struct err *err) {
        struct reader r = { arena, name, err };
        struct osv_entry entry = { 0 };
        json_error_t error;
        AUTO_JSON *json = NULL;

        if (bytes.len > OSV_FILE_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "over %zu bytes", OSV_FILE_MAX);
        json = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_ALLOW_NUL, &error);
        if (!json)
                return err_at(err, ERR_SYNTAX, name, (uint32_t)error.line, (uint32_t)error.column,
                              "%s", error.text);
        if (!read_entry(&r, json, &entry))
                return false;
        *ret_entry = entry;
        return true;
}

/* The least of all: "0" as an introduced version. */
static bool is_beginning(const struct osv_event *event) {
        return event->kind == OSV_INTRODUCED && str_eq(event->version, STR("0"));
}

/* A version that is still affected closes behind one that begins there. */
static int cmp_events(const struct osv_event *a, const struct osv_event *b) {
        int order = is_beginning(b) - is_beginning(a);

        if (order == 0)
                order = semver_compare(a->version, b->version);
        return order ? order : (a->kind == OSV_LAST_AFFECTED) - (b->kind == OSV_LAST_AFFECTED);
}

/* Insertion: there are few events, and equal ones must keep their order. */
void osv_sort_events(struct osv_event *events, size_t count) {
        for (size_t i = 1; i < count; i++) {
                struct osv_event event = events[i];
                size_t at = i;

                for (; at > 0 && cmp_events(&events[at - 1], &event) > 0; at--)
                        events[at] = events[at - 1];
                events[at] = event;
        }
}

static bool closes(const struct osv_event *event, struct str version) {
        int order = semver_compare(version, event->version);

        return event->kind == OSV_LAST_AFFECTED ? order > 0 : order >= 0;
}

bool osv_range_has(const struct osv_range *range, struct str version, struct str *ret_fixed) {
        struct str fixed = STR_NONE;
        bool affected = range->event_count == 0;

        for (size_t i = 0; i < range->event_count; i++) {
                const struct osv_event *event = &range->events[i];

                if (event->kind == OSV_INTRODUCED) {
                        affected = affected || is_beginning(event) ||
                                   semver_compare(version, event->version) >= 0;
                } else if (affected && closes(event, version)) {
                        affected = false;
                } else if (affected) {
                        fixed = event->kind == OSV_FIXED ? event->version : STR_NONE;
                        break;
                }
        }
        if (affected && ret_fixed)
                *ret_fixed = fixed;
        return affected;
}

/* "Since ever and for ever" is what the Go database writes where only custom ranges tell. */
static bool says_something(const struct osv_affected *affected) {
        for (size_t i = 0; i < affected->range_count; i++) {
                const struct osv_range *range = &affected->ranges[i];

                if (range->event_count > 1 ||
                    (range->event_count == 1 && !is_beginning(range->events)))
                        return true;
        }
        return false;
}

enum osv_answer osv_affects(const struct osv_affected *affected, struct str version,
                            struct str *ret_fixed) {
        if (version.len == 0 || str_eq(version, STR("(devel)")))
                return OSV_NOT_AFFECTED;
        if (affected->has_custom_ranges && !says_something(affected))
                return OSV_UNKNOWN;
        if (affected->range_count == 0) {
                if (ret_fixed)
                        *ret_fixed = STR_NONE;
                return OSV_AFFECTED;
        }
        for (size_t i = 0; i < affected->range_count; i++)
                if (osv_range_has(&affected->ranges[i], version, ret_fixed))
                        return OSV_AFFECTED;
        return OSV_NOT_AFFECTED;
}
