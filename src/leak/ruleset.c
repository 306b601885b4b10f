#include "leak/ruleset.h"

#include "base/buf.h"
#include "base/vec.h"
#include "leak/ruleset_impl.h"

#include <string.h>

/* Rules in the making. */
struct draft {
        struct secret_rule *items;
        size_t count, capacity;
};

struct list {
        struct allowlist *items;
        size_t count, capacity;
};

static bool has_name(const struct secret_rule *rule, struct str id) {
        return id.len && (str_eq(rule->id, id) || str_eq(rule->alias, id));
}

static size_t find_rule(const struct secret_rule *rules, size_t count, struct str id) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(rules[i].id, id))
                        return i;
        for (size_t i = 0; i < count; i++)
                if (has_name(&rules[i], id))
                        return i;
        return SIZE_MAX;
}

const struct secret_rule *ruleset_find(const struct ruleset *ruleset, struct str id) {
        size_t at = find_rule(ruleset->rules, ruleset->count, id);

        return at == SIZE_MAX ? NULL : &ruleset->rules[at];
}

/* Of rules with the same id the last one counts. */
static void add_rule(struct arena *arena, struct draft *draft, const struct secret_rule *rule) {
        for (size_t i = 0; i < draft->count; i++)
                if (rule->id.len && str_eq(draft->items[i].id, rule->id)) {
                        draft->items[i] = *rule;
                        return;
                }
        *VEC_ADD(arena, draft) = *rule;
}

static struct words join_words(struct arena *arena, struct words a, struct words b) {
        struct str *all = ARENA_ARRAY(arena, struct str, a.count + b.count);

        if (a.count)
                memcpy(all, a.items, a.count * sizeof(*all));
        if (b.count)
                memcpy(all + a.count, b.items, b.count * sizeof(*all));
        return (struct words){ all, a.count + b.count };
}

static struct allowlists join_lists(struct arena *arena, struct allowlists a, struct allowlists b) {
        struct allowlist *all = ARENA_ARRAY(arena, struct allowlist, a.count + b.count);

        if (a.count)
                memcpy(all, a.items, a.count * sizeof(*all));
        if (b.count)
                memcpy(all + a.count, b.items, b.count * sizeof(*all));
        return (struct allowlists){ all, a.count + b.count };
}

/* What a rule of the extending file leaves of the one with its name in the extended file. */
static struct secret_rule merge_rules(struct arena *arena, const struct secret_rule *base,
                                      const struct secret_rule *own) {
        struct secret_rule rule = *base;

        if (!str_eq(own->id, base->id)) {
                rule.id = own->id;
                rule.alias = base->id;
        }
        rule.line = own->line;
        if (own->description.len)
                rule.description = own->description;
        if (own->entropy != 0)
                rule.entropy = own->entropy;
        if (own->secret_group)
                rule.secret_group = own->secret_group;
        if (own->regex) {
                rule.regex = own->regex;
                rule.detector = DETECTOR_REGEX;
        }
        if (own->path)
                rule.path = own->path;
        rule.tags = join_words(arena, base->tags, own->tags);
        rule.keywords = join_words(arena, base->keywords, own->keywords);
        rule.allowlists = join_lists(arena, base->allowlists, own->allowlists);
        return rule;
}

/* Files. */

static bool is_disabled(const struct rule_file *file, const struct secret_rule *rule) {
        for (size_t i = 0; i < file->disabled.count; i++)
                if (has_name(rule, file->disabled.items[i].text))
                        return true;
        return false;
}

static bool check_disabled(struct reader *reader, const struct rule_file *file,
                           const struct ruleset *base) {
        for (size_t i = 0; i < file->disabled.count; i++) {
                const struct named *name = &file->disabled.items[i];

                if (find_rule(base->rules, base->count, name->text) == SIZE_MAX)
                        return rule_error(reader, name->line, name->column,
                                          "disabledRules names %.*s, which no rule is called",
                                          STR_ARG(name->text));
        }
        return true;
}

static void extend_rule(struct arena *arena, struct draft *rules, size_t own_count,
                        const struct secret_rule *base) {
        for (size_t i = 0; i < own_count; i++)
                if (has_name(base, rules->items[i].id)) {
                        rules->items[i] = merge_rules(arena, base, &rules->items[i]);
                        return;
                }
        add_rule(arena, rules, base);
}

static void extend(struct arena *arena, const struct rule_file *file, const struct ruleset *base,
                   struct ruleset *set) {
        struct draft rules = { 0 };

        for (size_t i = 0; i < set->count; i++)
                *VEC_ADD(arena, &rules) = set->rules[i];
        for (size_t i = 0; i < base->count; i++)
                if (!is_disabled(file, &base->rules[i]))
                        extend_rule(arena, &rules, set->count, &base->rules[i]);
        set->rules = rules.items;
        set->count = rules.count;
        set->allowlists = join_lists(arena, set->allowlists, base->allowlists);
        set->is_own |= base->is_own;
}

static bool parse_at_depth(struct reader *reader, struct str name, struct str text,
                           struct rule_file *ret_file, struct ruleset *ret_set);

static bool load_base(struct reader *reader, const struct rule_file *file,
                      struct ruleset *ret_base) {
        struct reader inner = *reader;
        struct rule_file inner_file;
        struct str text;
        struct err load_err;

        if (!reader->source->load)
                return rule_error(reader, file->extend_line, file->extend_column,
                                  "extend.path cannot be used here");
        if (!reader->source->load(reader->source->ctx, reader->arena, file->extend_path, &text,
                                  &load_err))
                return err_at(reader->err, load_err.code, reader->file, file->extend_line,
                              file->extend_column, "extend.path %.*s: %s",
                              STR_ARG(file->extend_path), load_err.message);
        inner.depth++;
        return parse_at_depth(&inner, file->extend_path, text, &inner_file, ret_base);
}

/* Deeper than RULESET_EXTEND_MAX nothing is asked for any more, as in gitleaks. */
static bool extend_as_asked(struct reader *reader, const struct rule_file *file,
                            struct ruleset *set) {
        struct ruleset base = { .rules = set->rules, .count = set->count };
        bool is_asked = reader->depth < RULESET_EXTEND_MAX;

        if (is_asked && file->extend_path.len && file->use_default)
                return rule_error(reader, file->extend_line, file->extend_column,
                                  "extend.path and extend.useDefault exclude each other");
        if (!is_asked || (!file->extend_path.len && !file->use_default))
                return check_disabled(reader, file, &base);
        base = (struct ruleset){ 0 };
        if (file->use_default && reader->source->own) {
                base = *reader->source->own;
                base.is_own = true;
        } else if (file->extend_path.len && !load_base(reader, file, &base)) {
                return false;
        }
        if (!check_disabled(reader, file, &base))
                return false;
        extend(reader->arena, file, &base, set);
        return true;
}

static struct ruleset ruleset_of(struct reader *reader, const struct rule_file *file) {
        struct list lists = { 0 };
        struct draft rules = { 0 };

        for (size_t i = 0; i < file->rule_count; i++)
                add_rule(reader->arena, &rules, &file->rules[i]);
        for (size_t i = 0; i < file->allowlist_count; i++)
                if (!file->allowlists[i].targets.count)
                        *VEC_ADD(reader->arena, &lists) = file->allowlists[i].list;
        return (struct ruleset){ .file = reader->file,
                                 .title = file->title,
                                 .rules = rules.items,
                                 .count = rules.count,
                                 .allowlists = { lists.items, lists.count } };
}

/* What the rules of the file itself require; theirs come first. */
static bool check_required(struct reader *reader, const struct ruleset *set, size_t own_count) {
        for (size_t i = 0; i < own_count; i++) {
                const struct secret_rule *rule = &set->rules[i];

                for (size_t k = 0; k < rule->required_count; k++)
                        if (find_rule(set->rules, set->count, rule->required[k].id) == SIZE_MAX)
                                return rule_error(reader, rule->line, 0,
                                                  "%.*s requires %.*s, which no rule is called",
                                                  STR_ARG(rule->id), STR_ARG(rule->required[k].id));
        }
        return true;
}

static bool parse_at_depth(struct reader *reader, struct str name, struct str text,
                           struct rule_file *ret_file, struct ruleset *ret_set) {
        size_t own_count;

        reader->file = name;
        if (!rule_file_read(reader, text, ret_file))
                return false;
        *ret_set = ruleset_of(reader, ret_file);
        own_count = ret_set->count;
        return extend_as_asked(reader, ret_file, ret_set) &&
               check_required(reader, ret_set, own_count);
}

/* What can only be told when all files were read. */

static bool check_rule(struct reader *reader, const struct secret_rule *rule) {
        if (!rule->regex && !rule->path && rule->detector == DETECTOR_REGEX)
                return rule_error(reader, rule->line, 0, "%.*s: neither regex nor path is given",
                                  STR_ARG(rule->id));
        if (rule->regex && rule->secret_group > rule->regex->group_count)
                return rule_error(reader, rule->line, 0,
                                  "%.*s: secretGroup is %u, but the regex has only %u groups",
                                  STR_ARG(rule->id), rule->secret_group, rule->regex->group_count);
        return true;
}

static bool check_rules(struct reader *reader, const struct ruleset *set) {
        if (set->count > RULESET_RULES_MAX)
                return err_at(reader->err, ERR_LIMIT, reader->file, 0, 0, "over %d rules",
                              RULESET_RULES_MAX);
        for (size_t i = 0; i < set->count; i++)
                if (!check_rule(reader, &set->rules[i]))
                        return false;
        return true;
}

static bool aim_list(struct reader *reader, const struct global_list *global, struct ruleset *set) {
        for (size_t i = 0; i < global->targets.count; i++) {
                const struct named *name = &global->targets.items[i];
                size_t at = find_rule(set->rules, set->count, name->text);

                if (at == SIZE_MAX)
                        return rule_error(reader, name->line, name->column,
                                          "targetRules names %.*s, which no rule is called",
                                          STR_ARG(name->text));
                set->rules[at].allowlists = join_lists(reader->arena, set->rules[at].allowlists,
                                                       (struct allowlists){ &global->list, 1 });
        }
        return true;
}

/* As in gitleaks, targetRules of an extended file aim at nothing. */
static bool aim_lists(struct reader *reader, const struct rule_file *file, struct ruleset *set) {
        for (size_t i = 0; i < file->allowlist_count; i++)
                if (!aim_list(reader, &file->allowlists[i], set))
                        return false;
        return true;
}

/* A rule that requires a disabled one reports nothing, but may be required itself. */
static void resolve_required(struct arena *arena, const struct ruleset *set,
                             struct secret_rule *rule) {
        struct required_rule *all = ARENA_ARRAY(arena, struct required_rule, rule->required_count);
        bool is_lame = false;

        for (size_t i = 0; i < rule->required_count; i++) {
                all[i] = rule->required[i];
                all[i].rule = find_rule(set->rules, set->count, all[i].id);
                is_lame |= all[i].rule == SIZE_MAX;
        }
        rule->required = all;
        if (is_lame) {
                rule->skip_report = true;
                rule->required_count = 0;
        }
}

bool ruleset_parse(struct arena *arena, const struct ruleset_source *source,
                   struct ruleset *ret_ruleset, struct err *err) {
        struct reader reader = { .arena = arena, .source = source, .err = err };
        struct rule_file file;
        struct ruleset set;

        if (!parse_at_depth(&reader, source->file, source->text, &file, &set) ||
            !check_rules(&reader, &set) || !aim_lists(&reader, &file, &set))
                return false;
        for (size_t i = 0; i < set.count; i++)
                resolve_required(arena, &set, &set.rules[i]);
        *ret_ruleset = set;
        return true;
}

static void free_pattern(const struct pattern *pattern) {
        if (pattern)
                pattern_code_free(pattern->code);
}

static void free_lists(const struct allowlists *lists) {
        for (size_t i = 0; i < lists->count; i++) {
                for (size_t k = 0; k < lists->items[i].paths.count; k++)
                        free_pattern(&lists->items[i].paths.items[k]);
                for (size_t k = 0; k < lists->items[i].regexes.count; k++)
                        free_pattern(&lists->items[i].regexes.items[k]);
        }
}

void ruleset_free_codes(const struct ruleset *ruleset) {
        free_lists(&ruleset->allowlists);
        for (size_t i = 0; i < ruleset->count; i++) {
                free_pattern(ruleset->rules[i].regex);
                free_pattern(ruleset->rules[i].path);
                free_lists(&ruleset->rules[i].allowlists);
        }
}
