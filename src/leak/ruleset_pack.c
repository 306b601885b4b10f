#include "leak/ruleset_pack.h"

#include <string.h>

/* ---- writing ---- */

static void put(struct buf *out, const void *value, size_t size) {
        buf_add(out, (struct str){ value, size });
}

static void put_number(struct buf *out, uint64_t value) {
        put(out, &value, sizeof(value));
}

static void put_str(struct buf *out, struct str s) {
        put_number(out, s.len);
        buf_add(out, s);
}

static void put_words(struct buf *out, const struct words *words) {
        put_number(out, words->count);
        for (size_t i = 0; i < words->count; i++)
                put_str(out, words->items[i]);
}

static void put_pattern(struct buf *out, const struct pattern *pattern) {
        put_number(out, pattern != NULL);
        if (!pattern)
                return;
        put_str(out, pattern->source);
        put_str(out, pattern->pcre);
        put_str(out, pattern->first);
        put_number(out, pattern->before);
        put_number(out, pattern->group_count);
        put_number(out, pattern->has_maximum);
}

static void put_patterns(struct buf *out, const struct patterns *patterns) {
        put_number(out, patterns->count);
        for (size_t i = 0; i < patterns->count; i++)
                put_pattern(out, &patterns->items[i]);
}

static void put_lists(struct buf *out, const struct allowlists *lists) {
        put_number(out, lists->count);
        for (size_t i = 0; i < lists->count; i++) {
                put_number(out, lists->items[i].all);
                put_number(out, lists->items[i].target);
                put_words(out, &lists->items[i].commits);
                put_patterns(out, &lists->items[i].paths);
                put_patterns(out, &lists->items[i].regexes);
                put_words(out, &lists->items[i].stopwords);
        }
}

static void put_required(struct buf *out, const struct secret_rule *rule) {
        put_number(out, rule->required_count);
        for (size_t i = 0; i < rule->required_count; i++) {
                put_str(out, rule->required[i].id);
                put_number(out, rule->required[i].rule);
                put_number(out, rule->required[i].has_lines);
                put_number(out, rule->required[i].has_columns);
                put_number(out, rule->required[i].within_lines);
                put_number(out, rule->required[i].within_columns);
        }
}

static void put_rule(struct buf *out, const struct secret_rule *rule) {
        put_str(out, rule->id);
        put_str(out, rule->alias);
        put_str(out, rule->description);
        put_str(out, rule->zh);
        put_str(out, rule->provider);
        put_str(out, rule->revoke);
        put_number(out, rule->severity);
        put_number(out, rule->detector);
        put_number(out, rule->confirm);
        put_pattern(out, rule->regex);
        put_pattern(out, rule->path);
        put_number(out, rule->secret_group);
        put(out, &rule->entropy, sizeof(rule->entropy));
        put_words(out, &rule->keywords);
        put_words(out, &rule->tags);
        put_number(out, rule->skip_report);
        put_lists(out, &rule->allowlists);
        put_required(out, rule);
        put_number(out, rule->line);
}

void ruleset_pack(const struct ruleset *ruleset, struct buf *out) {
        put_str(out, ruleset->file);
        put_str(out, ruleset->title);
        put_number(out, ruleset->is_own);
        put_lists(out, &ruleset->allowlists);
        put_number(out, ruleset->count);
        for (size_t i = 0; i < ruleset->count; i++)
                put_rule(out, &ruleset->rules[i]);
}

/* ---- reading ---- */

/* Past the end everything is empty, and the reader says so. */
struct unpacker {
        struct arena *arena;
        struct str rest;
        bool is_cut;
};

static void take(struct unpacker *u, void *ret_value, size_t size) {
        memset(ret_value, 0, size);
        u->is_cut |= size > u->rest.len;
        if (u->is_cut)
                return;
        memcpy(ret_value, u->rest.ptr, size);
        u->rest = str_slice(u->rest, size, u->rest.len);
}

static uint64_t take_number(struct unpacker *u) {
        uint64_t value;

        take(u, &value, sizeof(value));
        return value;
}

/* Of things that take at least a byte each. */
static size_t take_count(struct unpacker *u) {
        uint64_t count = take_number(u);

        u->is_cut |= count > u->rest.len;
        return u->is_cut ? 0 : (size_t)count;
}

static struct str take_str(struct unpacker *u) {
        size_t size = take_count(u);
        struct str s = str_slice(u->rest, 0, size);

        u->rest = str_slice(u->rest, size, u->rest.len);
        return s;
}

static struct words take_words(struct unpacker *u) {
        size_t count = take_count(u);
        struct str *items = ARENA_ARRAY(u->arena, struct str, count);

        for (size_t i = 0; i < count; i++)
                items[i] = take_str(u);
        return (struct words){ items, count };
}

static bool take_pattern(struct unpacker *u, struct pattern *ret_pattern) {
        if (!take_number(u))
                return false;
        ret_pattern->source = take_str(u);
        ret_pattern->pcre = take_str(u);
        ret_pattern->first = take_str(u);
        ret_pattern->before = take_number(u);
        ret_pattern->group_count = (uint32_t)take_number(u);
        ret_pattern->has_maximum = take_number(u);
        ret_pattern->code = pattern_code_make(u->arena, ret_pattern->pcre);
        return true;
}

static const struct pattern *take_one_pattern(struct unpacker *u) {
        struct pattern *pattern = ARENA_NEW(u->arena, struct pattern);

        return take_pattern(u, pattern) ? pattern : NULL;
}

static struct patterns take_patterns(struct unpacker *u) {
        size_t count = take_count(u);
        struct pattern *items = ARENA_ARRAY(u->arena, struct pattern, count);

        for (size_t i = 0; i < count; i++)
                u->is_cut |= !take_pattern(u, &items[i]);
        return (struct patterns){ items, count };
}

static struct allowlists take_lists(struct unpacker *u) {
        size_t count = take_count(u);
        struct allowlist *items = ARENA_ARRAY(u->arena, struct allowlist, count);

        for (size_t i = 0; i < count; i++) {
                items[i].all = take_number(u);
                items[i].target = (enum allowlist_target)take_number(u);
                items[i].commits = take_words(u);
                items[i].paths = take_patterns(u);
                items[i].regexes = take_patterns(u);
                items[i].stopwords = take_words(u);
        }
        return (struct allowlists){ items, count };
}

static void take_required(struct unpacker *u, struct secret_rule *rule) {
        size_t count = take_count(u);
        struct required_rule *required = ARENA_ARRAY(u->arena, struct required_rule, count);

        for (size_t i = 0; i < count; i++) {
                required[i].id = take_str(u);
                required[i].rule = take_number(u);
                required[i].has_lines = take_number(u);
                required[i].has_columns = take_number(u);
                required[i].within_lines = (uint32_t)take_number(u);
                required[i].within_columns = (uint32_t)take_number(u);
        }
        rule->required = required;
        rule->required_count = count;
}

static void take_rule(struct unpacker *u, struct secret_rule *rule) {
        rule->id = take_str(u);
        rule->alias = take_str(u);
        rule->description = take_str(u);
        rule->zh = take_str(u);
        rule->provider = take_str(u);
        rule->revoke = take_str(u);
        rule->severity = (enum rule_severity)take_number(u);
        rule->detector = (enum detector)take_number(u);
        rule->confirm = (enum confirm_kind)take_number(u);
        rule->regex = take_one_pattern(u);
        rule->path = take_one_pattern(u);
        rule->secret_group = (uint32_t)take_number(u);
        take(u, &rule->entropy, sizeof(rule->entropy));
        rule->keywords = take_words(u);
        rule->tags = take_words(u);
        rule->skip_report = take_number(u);
        rule->allowlists = take_lists(u);
        take_required(u, rule);
        rule->line = (uint32_t)take_number(u);
}

bool ruleset_unpack(struct arena *arena, struct str bytes, struct ruleset *ret_ruleset,
                    struct err *err) {
        struct unpacker u = { .arena = arena, .rest = bytes };
        struct ruleset set = { 0 };

        set.file = take_str(&u);
        set.title = take_str(&u);
        set.is_own = take_number(&u);
        set.allowlists = take_lists(&u);
        set.count = take_count(&u);
        set.rules = ARENA_ARRAY(arena, struct secret_rule, set.count);
        for (size_t i = 0; i < set.count; i++)
                take_rule(&u, &set.rules[i]);
        if (u.is_cut || u.rest.len)
                return err_set(err, ERR_SYNTAX, "the packed rules are damaged");
        *ret_ruleset = set;
        return true;
}
