#include "policy/loosen.h"

#include "base/map.h"
#include "check/policy_rules.h"
#include "policy/config_type.h"

#define OFF STR("off")

/* A comparison that is under way. */
struct loosening {
        const struct config *before, *after;
        struct findings *out;
};

static struct finding *add(struct findings *out, enum policy_rule rule, struct origin origin) {
        struct finding *finding =
                finding_add(out, policy_rule(rule), origin.file.len ? origin.file : CONFIG_FILE,
                            origin.line, 0);

        finding->check = &check_policy;
        return finding;
}

static void add_change(struct findings *out, enum policy_rule rule, struct origin origin,
                       struct str name, struct str before, struct str after) {
        struct finding *finding = add(out, rule, origin);

        finding_fill(finding, "name", name);
        finding_fill(finding, "before", before);
        finding_fill(finding, "after", after);
        finding->key = name;
}

static const struct config_check *named_check(const struct config *config,
                                              const struct check *check) {
        for (size_t i = 0; i < config->checks.list.count; i++)
                if (config->checks.list.items[i].check == check)
                        return &config->checks.list.items[i];
        return NULL;
}

static struct config_check effective_check(const struct config *config, const struct check *check) {
        const struct config_check *named = named_check(config, check);

        return named ? *named : (struct config_check){ .check = check, .from = check->stage };
}

static struct str check_word(const struct config_check *row) {
        return row->is_off ? OFF : str_of(stage_word(row->from));
}

static void compare_checks(struct loosening *l, const struct config_key *key UNUSED) {
        for (size_t i = 0; i < check_count; i++) {
                struct config_check before = effective_check(l->before, checks[i]);
                struct config_check after = effective_check(l->after, checks[i]);
                bool is_off = after.is_off && !before.is_off;
                bool is_later = !after.is_off && !before.is_off && after.from > before.from;

                if (is_off || is_later)
                        add_change(l->out, POL_CHECK_LOOSENED, after.origin, str_of(checks[i]->id),
                                   check_word(&before), check_word(&after));
        }
}

static struct origin rule_origin(const struct config *config, const struct rule *rule) {
        for (size_t i = 0; i < config->rules.list.count; i++)
                if (config->rules.list.items[i].rule == rule)
                        return config->rules.list.items[i].origin;
        return (struct origin){ 0 };
}

static void compare_rule(struct loosening *l, const struct rule *rule) {
        enum severity before = config_severity(l->before, rule);
        enum severity after = config_severity(l->after, rule);

        if (after < before)
                add_change(l->out, POL_RULE_LOOSENED, rule_origin(l->after, rule), str_of(rule->id),
                           str_of(severity_word(before)), str_of(severity_word(after)));
}

static void compare_rules(struct loosening *l, const struct config_key *key UNUSED) {
        for (size_t i = 0; i < check_count; i++)
                for (size_t j = 0; j < checks[i]->rule_count; j++)
                        compare_rule(l, &checks[i]->rules[j]);
}

static bool list_has(const struct config_list *list, struct str value) {
        for (size_t i = 0; i < list->list.count; i++)
                if (str_eq(list->list.items[i].value, value))
                        return true;
        return false;
}

static void compare_globs(struct loosening *l, const struct config_key *key) {
        const struct config_list *before = config_value(l->before, key);
        const struct config_list *after = config_value(l->after, key);

        for (size_t i = 0; i < after->list.count; i++) {
                const struct config_text *item = &after->list.items[i];
                struct finding *finding;

                if (list_has(before, item->value))
                        continue;
                if (!str_eq(key->section, STR("paths"))) {
                        add_change(l->out, POL_VALUE_LOOSENED, item->origin,
                                   config_key_path(key, l->out->arena), STR("-"), item->value);
                        continue;
                }
                finding = add(l->out, POL_PATH_IGNORED, item->origin);
                finding_fill(finding, "path", item->value);
                finding->key = item->value;
        }
}

/* Words require something: fewer are looser. */
static void compare_words(struct loosening *l, const struct config_key *key) {
        const struct config_list *before = config_value(l->before, key);
        const struct config_list *after = config_value(l->after, key);

        for (size_t i = 0; i < before->list.count; i++)
                if (!list_has(after, before->list.items[i].value))
                        add_change(l->out, POL_VALUE_LOOSENED, (struct origin){ 0 }, key->name,
                                   before->list.items[i].value, STR("-"));
}

static struct str joined(struct arena *arena, const struct config_list *list) {
        struct str text = STR("-");

        for (size_t i = 0; i < list->list.count; i++)
                text = i ? str_fmt(arena, "%.*s, %.*s", STR_ARG(text),
                                   STR_ARG(list->list.items[i].value))
                         : list->list.items[i].value;
        return text;
}

/* Whatever the texts mean, others may judge less. */
static void compare_texts(struct loosening *l, const struct config_key *key) {
        struct arena *arena = l->out->arena;
        const struct config_list *list = config_value(l->after, key);
        struct str before = joined(arena, config_value(l->before, key));
        struct str after = joined(arena, list);

        if (key->looser == LOOSER_CHANGED && !str_eq(before, after))
                add_change(l->out, POL_VALUE_LOOSENED,
                           list->list.count ? list->list.items[0].origin : (struct origin){ 0 },
                           config_key_path(key, arena), before, after);
}

/* A waiver of before with the same rule and path that holds as long. */
static bool is_granted(const struct config_waivers *before, const struct waiver *waiver) {
        for (size_t i = 0; i < before->list.count; i++) {
                const struct waiver *old = &before->list.items[i];

                if (str_eq(old->rule, waiver->rule) && str_eq(old->path, waiver->path) &&
                    old->expires_day >= waiver->expires_day)
                        return true;
        }
        return false;
}

static void compare_waivers(struct loosening *l, const struct config_key *key) {
        const struct config_waivers *before = config_value(l->before, key);
        const struct config_waivers *after = config_value(l->after, key);

        for (size_t i = 0; i < after->list.count; i++) {
                const struct waiver *waiver = &after->list.items[i];
                struct finding *finding;

                if (is_granted(before, waiver))
                        continue;
                finding = add(l->out, POL_WAIVER_ADDED, waiver->origin);
                finding_fill(finding, "rule", waiver->rule);
                finding_fill(finding, "path", waiver->path);
                finding_fill(finding, "expires", waiver->expires);
                finding_fill(finding, "reason", waiver->reason);
                finding->key = str_fmt(l->out->arena, "%.*s %.*s", STR_ARG(waiver->rule),
                                       STR_ARG(waiver->path));
        }
}

static void compare_text(struct loosening *l, const struct config_key *key) {
        const struct config_text *before = config_value(l->before, key);
        const struct config_text *after = config_value(l->after, key);

        if (key->looser == LOOSER_CHANGED && !str_eq(before->value, after->value))
                add_change(l->out, POL_VALUE_LOOSENED, after->origin,
                           config_key_path(key, l->out->arena),
                           before->value.len ? before->value : STR("-"),
                           after->value.len ? after->value : STR("-"));
}

static bool is_looser(const struct config_key *key, int64_t before, int64_t after) {
        return (key->looser == LOOSER_HIGHER && after > before) ||
               (key->looser == LOOSER_LOWER && after < before);
}

static void compare_number(struct loosening *l, const struct config_key *key) {
        const struct config_number *before = config_value(l->before, key);
        const struct config_number *after = config_value(l->after, key);

        if (is_looser(key, before->value, after->value))
                add_change(l->out, POL_VALUE_LOOSENED, after->origin,
                           config_key_path(key, l->out->arena),
                           str_fmt(l->out->arena, "%lld", (long long)before->value),
                           str_fmt(l->out->arena, "%lld", (long long)after->value));
}

static void compare_percent(struct loosening *l, const struct config_key *key) {
        const struct config_number *before = config_value(l->before, key);
        const struct config_number *after = config_value(l->after, key);

        if (is_looser(key, before->value, after->value))
                add_change(l->out, POL_VALUE_LOOSENED, after->origin,
                           config_key_path(key, l->out->arena),
                           config_percent(l->out->arena, before->value),
                           config_percent(l->out->arena, after->value));
}

static void compare_flag(struct loosening *l, const struct config_key *key) {
        const struct config_flag *before = config_value(l->before, key);
        const struct config_flag *after = config_value(l->after, key);
        bool looser = key->looser == LOOSER_FALSE ? before->value && !after->value
                                                  : !before->value && after->value;

        if (looser && (key->looser == LOOSER_FALSE || key->looser == LOOSER_TRUE))
                add_change(l->out, POL_VALUE_LOOSENED, after->origin,
                           config_key_path(key, l->out->arena),
                           before->value ? STR("true") : STR("false"),
                           after->value ? STR("true") : STR("false"));
}

static void compare_choice(struct loosening *l, const struct config_key *key) {
        const struct config_choice *before = config_value(l->before, key);
        const struct config_choice *after = config_value(l->after, key);

        if (after->value < before->value)
                add_change(l->out, POL_VALUE_LOOSENED, after->origin,
                           config_key_path(key, l->out->arena), str_of(key->words[before->value]),
                           str_of(key->words[after->value]));
}

/* One of the patterns must match: one more, another one or none at all may be looser; to ask for
 * one where none was asked for, or for fewer, is not. */
static void compare_patterns(struct loosening *l, const struct config_key *key) {
        const struct config_list *before = config_value(l->before, key);
        const struct config_list *after = config_value(l->after, key);
        bool is_looser = before->list.count && !after->list.count;

        for (size_t i = 0; i < after->list.count; i++)
                is_looser |= before->list.count && !list_has(before, after->list.items[i].value);
        if (is_looser)
                add_change(l->out, POL_VALUE_LOOSENED,
                           after->list.count ? after->list.items[0].origin : (struct origin){ 0 },
                           config_key_path(key, l->out->arena), joined(l->out->arena, before),
                           joined(l->out->arena, after));
}

void loosen_config(const struct config *before, const struct config *after, struct findings *out) {
        static void (*const compare[CONFIG_TYPE_COUNT])(struct loosening *,
                                                        const struct config_key *) = {
                [CONFIG_CHECKS] = compare_checks,   [CONFIG_RULES] = compare_rules,
                [CONFIG_GLOBS] = compare_globs,     [CONFIG_WAIVERS] = compare_waivers,
                [CONFIG_TEXT] = compare_text,       [CONFIG_WORDS] = compare_words,
                [CONFIG_TEXTS] = compare_texts,     [CONFIG_NUMBER] = compare_number,
                [CONFIG_PERCENT] = compare_percent, [CONFIG_FLAG] = compare_flag,
                [CONFIG_CHOICE] = compare_choice,   [CONFIG_PATTERNS] = compare_patterns,
        };
        struct loosening loosening = { before, after, out };

        for (size_t i = 0; i < config_key_count; i++)
                compare[config_keys[i].type](&loosening, &config_keys[i]);
}

/* ---- ignore comments ---- */

static struct str ignore_key(struct arena *arena, const struct ignore *ignore) {
        return str_fmt(arena, "%.*s\n%.*s\n%.*s", STR_ARG(ignore->file), STR_ARG(ignore->rule),
                       STR_ARG(ignore->reason));
}

static void count_ignores(struct arena *arena, const struct ignores *ignores, struct map *counts) {
        for (size_t i = 0; ignores && i < ignores->list.count; i++) {
                const struct ignore *ignore = &ignores->list.items[i];
                void **count;

                if (ignore->wrong)
                        continue;
                count = map_put(counts, ignore_key(arena, ignore));
                *count = (void *)((uintptr_t)*count + 1);
        }
}

void loosen_ignores(const struct ignores *before, struct ignores *after, struct findings *out) {
        struct map counts = map_make(out->arena);

        count_ignores(out->arena, before, &counts);
        for (size_t i = 0; after && i < after->list.count; i++) {
                struct ignore *ignore = &after->list.items[i];
                void **left = map_get(&counts, ignore_key(out->arena, ignore));
                struct finding *finding;

                if (ignore->wrong)
                        continue;
                if (left && *left) {
                        *left = (void *)((uintptr_t)*left - 1);
                        continue;
                }
                ignore->covers = 0;
                finding = add(out, POL_IGNORE_ADDED, (struct origin){ ignore->file, ignore->line });
                finding->column = ignore->column;
                finding_fill(finding, "rule", ignore->rule);
                finding_fill(finding, "reason", ignore->reason);
                finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(ignore->rule),
                                       STR_ARG(ignore->reason));
        }
}

/* ---- baseline ---- */

static struct str stored_words(struct arena *arena, const struct baseline *baseline) {
        if (!baseline || !baseline->has_coverage)
                return STR("-");
        return str_fmt(arena, "%llu/%llu", (unsigned long long)baseline->covered,
                       (unsigned long long)baseline->statements);
}

/* Less stored is less that the next change has to keep. */
static void compare_coverage(const struct baseline *before, const struct baseline *after,
                             struct str file, struct findings *out) {
        if (!before || !before->has_coverage)
                return;
        if (after && after->has_coverage &&
            after->covered * before->statements >= before->covered * after->statements)
                return;
        add_change(out, POL_VALUE_LOOSENED, (struct origin){ file, 0 }, STR("coverage"),
                   stored_words(out->arena, before), stored_words(out->arena, after));
}

void loosen_baseline(const struct baseline *before, const struct baseline *after, struct str file,
                     struct findings *out) {
        const struct baseline_entry *first = NULL;
        struct finding *finding;
        size_t count = 0;

        compare_coverage(before, after, file, out);
        for (size_t i = 0; after && i < after->count; i++) {
                if (before && baseline_find(before, after->entries[i].fingerprint))
                        continue;
                first = first ? first : &after->entries[i];
                count++;
        }
        if (!first)
                return;
        finding = add(out, POL_BASELINE_GROWN, (struct origin){ file, 0 });
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", count));
        finding_fill(finding, "rule", first->rule);
        finding_fill(finding, "path", first->file);
        finding->key = STR("baseline");
}
