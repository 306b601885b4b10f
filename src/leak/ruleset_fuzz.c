/* Any bytes as a rule file that extends itself and weir's own rules: what is read holds together,
 * and an error names a line of the file. */
#include "leak/ruleset.h"

#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void require(bool holds) {
        if (!holds)
                abort();
}

static bool load_itself(void *ctx, struct arena *arena UNUSED, struct str path UNUSED,
                        struct str *ret_text, struct err *err UNUSED) {
        *ret_text = *(const struct str *)ctx;
        return true;
}

static void check_lists(const struct allowlists *lists) {
        for (size_t i = 0; i < lists->count; i++) {
                const struct allowlist *list = &lists->items[i];

                require(list->commits.count || list->paths.count || list->regexes.count ||
                        list->stopwords.count);
        }
}

static void check_rule(const struct ruleset *set, const struct secret_rule *rule) {
        require(rule->id.len && rule->line);
        require(rule->regex || rule->path || rule->detector != DETECTOR_REGEX);
        require(!rule->regex || rule->secret_group <= rule->regex->group_count);
        require(ruleset_find(set, rule->id));
        for (size_t i = 0; i < rule->required_count; i++)
                require(rule->required[i].rule < set->count);
        check_lists(&rule->allowlists);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct ruleset own = { 0 };
        struct ruleset_source own_source = {
                .file = STR("own"),
                .text = STR("rules = [{ id = 'KEY001', alias = 'one', regex = '(a)b' }]")
        };
        struct ruleset_source source = { .file = STR("f"),
                                         .text = { (const char *)data, size },
                                         .own = &own,
                                         .load = load_itself,
                                         .ctx = &source.text };
        struct ruleset set;
        struct err err;

        require(ruleset_parse(&arena, &own_source, &own, &err));
        if (!ruleset_parse(&arena, &source, &set, &err)) {
                require(err.code == ERR_LIMIT ||
                        (err.code == ERR_SYNTAX && err.line && err.file[0]));
                return 0;
        }
        for (size_t i = 0; i < set.count; i++)
                check_rule(&set, &set.rules[i]);
        check_lists(&set.allowlists);
        ruleset_free_codes(&set);
        return 0;
}
