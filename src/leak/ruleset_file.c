#include "leak/ruleset_impl.h"

#include "base/buf.h"
#include "base/vec.h"
#include "data/toml.h"

#include <stdarg.h>

bool rule_error(const struct reader *reader, uint32_t line, uint32_t column, const char *format,
                ...) {
        va_list args;
        struct str message;

        va_start(args, format);
        message = str_vfmt(reader->arena, format, args);
        va_end(args);
        return err_at(reader->err, ERR_SYNTAX, reader->file, line, column, "%.*s",
                      STR_ARG(message));
}

static bool node_error(const struct reader *reader, const struct toml_node *node, const char *key,
                       const char *want) {
        return rule_error(reader, node->line, node->column, "%s has to be %s, not %s", key, want,
                          toml_kind_name(node->kind));
}

/* Keys are taken in any case, as gitleaks does. */
static const struct toml_node *get(const struct toml_node *table, const char *key) {
        for (size_t i = 0; i < table->count; i++)
                if (str_eq_fold(table->pairs[i].key, str_of(key)))
                        return &table->pairs[i].value;
        return NULL;
}

/* Values; what is missing leaves the output alone. */

static bool take_string(struct reader *reader, const struct toml_node *table, const char *key,
                        struct str *ret_text) {
        const struct toml_node *node = get(table, key);

        if (!node)
                return true;
        if (node->kind != TOML_STRING)
                return node_error(reader, node, key, "a string");
        *ret_text = node->text;
        return true;
}

static bool take_bool(struct reader *reader, const struct toml_node *table, const char *key,
                      bool *ret_value) {
        const struct toml_node *node = get(table, key);

        if (!node)
                return true;
        if (node->kind != TOML_BOOLEAN)
                return node_error(reader, node, key, "true or false");
        *ret_value = node->boolean;
        return true;
}

static bool take_count(struct reader *reader, const struct toml_node *table, const char *key,
                       uint32_t *ret_value, bool *ret_has) {
        const struct toml_node *node = get(table, key);

        *ret_has = node != NULL;
        if (!node)
                return true;
        if (node->kind != TOML_INTEGER)
                return node_error(reader, node, key, "an integer");
        if (node->integer < 0 || node->integer > INT32_MAX)
                return rule_error(reader, node->line, node->column, "%s has to be from 0 to %d",
                                  key, INT32_MAX);
        *ret_value = (uint32_t)node->integer;
        return true;
}

static bool take_number(struct reader *reader, const struct toml_node *table, const char *key,
                        double *ret_value) {
        const struct toml_node *node = get(table, key);

        if (!node)
                return true;
        if (node->kind != TOML_INTEGER && node->kind != TOML_FLOAT)
                return node_error(reader, node, key, "a number");
        *ret_value = node->kind == TOML_FLOAT ? node->number : (double)node->integer;
        return true;
}

static bool take_names(struct reader *reader, const struct toml_node *table, const char *key,
                       struct names *ret_names) {
        const struct toml_node *node = get(table, key);
        struct named *names;

        *ret_names = (struct names){ 0 };
        if (!node)
                return true;
        if (node->kind != TOML_ARRAY)
                return node_error(reader, node, key, "an array of strings");
        names = ARENA_ARRAY(reader->arena, struct named, node->count);
        for (size_t i = 0; i < node->count; i++) {
                const struct toml_node *item = &node->items[i];

                if (item->kind != TOML_STRING)
                        return node_error(reader, item, key, "an array of strings");
                names[i] = (struct named){ item->text, item->line, item->column };
        }
        *ret_names = (struct names){ names, node->count };
        return true;
}

static struct str lower(struct arena *arena, struct str text) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < text.len; i++) {
                bool is_capital = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';

                buf_add_char(&out, is_capital ? (char)(text.ptr[i] | 0x20) : text.ptr[i]);
        }
        return buf_str(&out);
}

static bool take_words(struct reader *reader, const struct toml_node *table, const char *key,
                       bool is_lowered, struct words *ret_words) {
        struct names names;
        struct str *words;
        size_t count = 0;

        if (!take_names(reader, table, key, &names))
                return false;
        words = ARENA_ARRAY(reader->arena, struct str, names.count);
        for (size_t i = 0; i < names.count; i++)
                if (names.items[i].text.len)
                        words[count++] = is_lowered ? lower(reader->arena, names.items[i].text)
                                                    : names.items[i].text;
        *ret_words = (struct words){ words, count };
        return true;
}

/* Expressions. */

static bool read_pattern(struct reader *reader, const struct named *source, const char *key,
                         struct pattern *ret_pattern) {
        struct err err;

        if (pattern_parse(reader->arena, source->text, ret_pattern, &err))
                return true;
        return err_at(reader->err, err.code, reader->file, source->line, source->column, "%s: %s",
                      key, err.message);
}

static bool take_pattern(struct reader *reader, const struct toml_node *table, const char *key,
                         const struct pattern **ret_pattern) {
        const struct toml_node *node = get(table, key);
        struct named source = { 0 };
        struct pattern *pattern;

        if (!take_string(reader, table, key, &source.text))
                return false;
        if (!source.text.len)
                return true;
        source.line = node->line;
        source.column = node->column;
        pattern = ARENA_NEW(reader->arena, struct pattern);
        *ret_pattern = pattern;
        return read_pattern(reader, &source, key, pattern);
}

/* gitleaks makes one expression of those of a list, so that a flag like (?i) reaches over the ones
 * behind it. */
static bool join_patterns(struct reader *reader, const struct names *sources,
                          struct pattern *ret_pattern) {
        struct buf joined = buf_make(reader->arena);
        struct err ignored;

        for (size_t i = 0; i < sources->count; i++) {
                buf_add(&joined, i ? STR("|") : STR("(?:"));
                buf_add(&joined, sources->items[i].text);
        }
        buf_add_char(&joined, ')');
        return pattern_parse(reader->arena, buf_str(&joined), ret_pattern, &ignored);
}

static bool take_patterns(struct reader *reader, const struct toml_node *table, const char *key,
                          struct patterns *ret_patterns) {
        struct pattern *patterns;
        struct names sources;

        if (!take_names(reader, table, key, &sources))
                return false;
        patterns = ARENA_ARRAY(reader->arena, struct pattern, sources.count);
        for (size_t i = 0; i < sources.count; i++)
                if (!read_pattern(reader, &sources.items[i], key, &patterns[i]))
                        return false;
        *ret_patterns = (struct patterns){ patterns, sources.count };
        /* Where the whole is too large for one, each stands alone. */
        if (sources.count > 1 && join_patterns(reader, &sources, &patterns[0]))
                ret_patterns->count = 1;
        return true;
}

/* Tables: one, or an array of them. */

static const struct toml_node *table_at(const struct toml_node *node, size_t i) {
        return node->kind == TOML_TABLE ? node : &node->items[i];
}

static bool take_tables(struct reader *reader, const struct toml_node *table, const char *key,
                        const struct toml_node **ret_node, size_t *ret_count) {
        const struct toml_node *node = get(table, key);

        *ret_node = node;
        *ret_count = !node ? 0 : node->kind == TOML_TABLE ? 1 : node->count;
        if (node && node->kind != TOML_TABLE && node->kind != TOML_ARRAY)
                return node_error(reader, node, key, "a table");
        for (size_t i = 0; i < *ret_count; i++)
                if (table_at(node, i)->kind != TOML_TABLE)
                        return node_error(reader, table_at(node, i), key, "an array of tables");
        return true;
}

/* Allowlists. */

static bool take_condition(struct reader *reader, const struct toml_node *table, bool *ret_all) {
        static const struct {
                struct str word;
                bool all;
        } words[] = { { STR_INIT(""), false },
                      { STR_INIT("or"), false },
                      { STR_INIT("||"), false },
                      { STR_INIT("and"), true },
                      { STR_INIT("&&"), true } };
        struct str word = STR_NONE;
        const struct toml_node *node = get(table, "condition");

        if (!take_string(reader, table, "condition", &word))
                return false;
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_eq_fold(words[i].word, word)) {
                        *ret_all = words[i].all;
                        return true;
                }
        return rule_error(reader, node->line, node->column, "condition is \"and\" or \"or\"");
}

static bool take_target(struct reader *reader, const struct toml_node *table,
                        enum allowlist_target *ret_target) {
        static const struct {
                struct str word;
                enum allowlist_target target;
        } words[] = { { STR_INIT(""), TARGET_SECRET },
                      { STR_INIT("secret"), TARGET_SECRET },
                      { STR_INIT("match"), TARGET_MATCH },
                      { STR_INIT("line"), TARGET_LINE } };
        struct str word = STR_NONE;
        const struct toml_node *node = get(table, "regexTarget");

        if (!take_string(reader, table, "regexTarget", &word))
                return false;
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_eq(words[i].word, word)) {
                        *ret_target = words[i].target;
                        return true;
                }
        return rule_error(reader, node->line, node->column,
                          "regexTarget is \"secret\", \"match\" or \"line\"");
}

static struct words trim_words(struct arena *arena, struct words words) {
        struct str *trimmed = ARENA_ARRAY(arena, struct str, words.count);

        for (size_t i = 0; i < words.count; i++)
                trimmed[i] = str_trim(words.items[i]);
        return (struct words){ trimmed, words.count };
}

static bool read_allowlist(struct reader *reader, const struct toml_node *table,
                           struct allowlist *list) {
        struct str description;

        if (!take_string(reader, table, "description", &description) ||
            !take_condition(reader, table, &list->all) ||
            !take_target(reader, table, &list->target) ||
            !take_words(reader, table, "commits", true, &list->commits) ||
            !take_patterns(reader, table, "paths", &list->paths) ||
            !take_patterns(reader, table, "regexes", &list->regexes) ||
            !take_words(reader, table, "stopwords", true, &list->stopwords))
                return false;
        list->commits = trim_words(reader->arena, list->commits);
        if (list->commits.count || list->paths.count || list->regexes.count ||
            list->stopwords.count)
                return true;
        return rule_error(reader, table->line, table->column,
                          "an allowlist names none of commits, paths, regexes and stopwords");
}

/* The tables of `allowlists`, or the one of the old `allowlist`. */
static bool take_list_tables(struct reader *reader, const struct toml_node *table,
                             const struct toml_node **ret_node, size_t *ret_count) {
        const struct toml_node *old = get(table, "allowlist");

        if (!take_tables(reader, table, "allowlists", ret_node, ret_count))
                return false;
        if (!old)
                return true;
        if (old->kind != TOML_TABLE)
                return node_error(reader, old, "allowlist", "a table");
        if (*ret_count)
                return rule_error(reader, old->line, old->column,
                                  "allowlist cannot be used beside allowlists");
        *ret_node = old;
        *ret_count = 1;
        return true;
}

static bool take_rule_lists(struct reader *reader, const struct toml_node *table,
                            struct allowlists *ret_lists) {
        const struct toml_node *node;
        struct allowlist *lists;
        size_t count;

        if (!take_list_tables(reader, table, &node, &count))
                return false;
        lists = ARENA_ARRAY(reader->arena, struct allowlist, count);
        for (size_t i = 0; i < count; i++)
                if (!read_allowlist(reader, table_at(node, i), &lists[i]))
                        return false;
        *ret_lists = (struct allowlists){ lists, count };
        return true;
}

static bool take_global_lists(struct reader *reader, const struct toml_node *root,
                              struct rule_file *file) {
        const struct toml_node *node;

        if (!take_list_tables(reader, root, &node, &file->allowlist_count))
                return false;
        file->allowlists = ARENA_ARRAY(reader->arena, struct global_list, file->allowlist_count);
        for (size_t i = 0; i < file->allowlist_count; i++) {
                struct global_list *global = &file->allowlists[i];

                if (!read_allowlist(reader, table_at(node, i), &global->list) ||
                    !take_names(reader, table_at(node, i), "targetRules", &global->targets))
                        return false;
        }
        return true;
}

/* Rules. */

static bool read_required(struct reader *reader, const struct toml_node *table,
                          struct required_rule *required) {
        if (!take_string(reader, table, "id", &required->id) ||
            !take_count(reader, table, "withinLines", &required->within_lines,
                        &required->has_lines) ||
            !take_count(reader, table, "withinColumns", &required->within_columns,
                        &required->has_columns))
                return false;
        return required->id.len ||
               rule_error(reader, table->line, table->column, "a required rule has no id");
}

static bool take_required(struct reader *reader, const struct toml_node *table,
                          struct secret_rule *rule) {
        const struct toml_node *node;
        struct required_rule *required;

        if (!take_tables(reader, table, "required", &node, &rule->required_count))
                return false;
        required = ARENA_ARRAY(reader->arena, struct required_rule, rule->required_count);
        rule->required = required;
        for (size_t i = 0; i < rule->required_count; i++)
                if (!read_required(reader, table_at(node, i), &required[i]))
                        return false;
        return true;
}

static bool take_choice(struct reader *reader, const struct toml_node *table, const char *key,
                        const struct str *words, size_t count, size_t *ret_choice) {
        const struct toml_node *node = get(table, key);
        struct str word = STR_NONE;

        if (!take_string(reader, table, key, &word))
                return false;
        if (!node)
                return true;
        for (size_t i = 0; i < count; i++)
                if (str_eq(words[i], word)) {
                        *ret_choice = i;
                        return true;
                }
        return rule_error(reader, node->line, node->column, "%s: unknown word %.*s", key,
                          STR_ARG(word));
}

static bool take_confirm(struct reader *reader, const struct toml_node *table,
                         enum confirm_kind *ret_kind) {
        const struct toml_node *node = get(table, "confirm");
        struct str word = STR_NONE;

        if (!take_string(reader, table, "confirm", &word))
                return false;
        return confirm_parse(word, ret_kind) ||
               rule_error(reader, node->line, node->column, "confirm: unknown word %.*s",
                          STR_ARG(word));
}

/* The keys that gitleaks does not have. */
static bool take_own_keys(struct reader *reader, const struct toml_node *table,
                          struct secret_rule *rule) {
        static const struct str severities[] = { [RULE_ERROR] = STR_INIT("error"),
                                                 [RULE_WARNING] = STR_INIT("warning"),
                                                 [RULE_NOTE] = STR_INIT("note") };
        static const struct str detectors[] = { [DETECTOR_REGEX] = STR_INIT("regex"),
                                                [DETECTOR_ASSIGNMENT] = STR_INIT("assignment"),
                                                [DETECTOR_URL] = STR_INIT("url"),
                                                [DETECTOR_DSN] = STR_INIT("dsn") };
        size_t severity = RULE_ERROR, detector = DETECTOR_REGEX;

        if (!take_string(reader, table, "alias", &rule->alias) ||
            !take_string(reader, table, "zh", &rule->zh) ||
            !take_string(reader, table, "provider", &rule->provider) ||
            !take_string(reader, table, "revoke", &rule->revoke) ||
            !take_confirm(reader, table, &rule->confirm) ||
            !take_choice(reader, table, "severity", severities, COUNT_OF(severities), &severity) ||
            !take_choice(reader, table, "detector", detectors, COUNT_OF(detectors), &detector) ||
            !take_words(reader, table, "examples", false, &rule->examples) ||
            !take_words(reader, table, "counterexamples", false, &rule->counterexamples))
                return false;
        rule->severity = (enum rule_severity)severity;
        rule->detector = (enum detector)detector;
        return true;
}

static bool read_rule(struct reader *reader, const struct toml_node *table,
                      struct secret_rule *rule) {
        bool has_group;

        rule->line = table->line;
        if (!take_string(reader, table, "id", &rule->id) ||
            !take_string(reader, table, "description", &rule->description) ||
            !take_pattern(reader, table, "regex", &rule->regex) ||
            !take_pattern(reader, table, "path", &rule->path) ||
            !take_count(reader, table, "secretGroup", &rule->secret_group, &has_group) ||
            !take_number(reader, table, "entropy", &rule->entropy) ||
            !take_words(reader, table, "keywords", true, &rule->keywords) ||
            !take_words(reader, table, "tags", false, &rule->tags) ||
            !take_bool(reader, table, "skipReport", &rule->skip_report) ||
            !take_rule_lists(reader, table, &rule->allowlists) ||
            !take_required(reader, table, rule) || !take_own_keys(reader, table, rule))
                return false;
        return str_trim(rule->id).len ||
               rule_error(reader, table->line, table->column, "a rule has no id");
}

static bool take_rules(struct reader *reader, const struct toml_node *root,
                       struct rule_file *file) {
        const struct toml_node *node;

        if (!take_tables(reader, root, "rules", &node, &file->rule_count))
                return false;
        if (file->rule_count > RULESET_RULES_MAX)
                return err_at(reader->err, ERR_LIMIT, reader->file, node->line, node->column,
                              "over %d rules", RULESET_RULES_MAX);
        file->rules = ARENA_ARRAY(reader->arena, struct secret_rule, file->rule_count);
        for (size_t i = 0; i < file->rule_count; i++)
                if (!read_rule(reader, table_at(node, i), &file->rules[i]))
                        return false;
        return true;
}

/* The whole. */

static bool take_extend(struct reader *reader, const struct toml_node *root,
                        struct rule_file *file) {
        const struct toml_node *node = get(root, "extend");
        struct str url = STR_NONE;

        if (!node)
                return true;
        if (node->kind != TOML_TABLE)
                return node_error(reader, node, "extend", "a table");
        file->extend_line = node->line;
        file->extend_column = node->column;
        if (!take_string(reader, node, "path", &file->extend_path) ||
            !take_string(reader, node, "url", &url) ||
            !take_bool(reader, node, "useDefault", &file->use_default) ||
            !take_names(reader, node, "disabledRules", &file->disabled))
                return false;
        if (!url.len)
                return true;
        node = get(node, "url");
        return rule_error(reader, node->line, node->column,
                          "extend.url: rules are not fetched from the network");
}

static size_t skip_digits(struct str text, size_t at) {
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
                at++;
        return at;
}

/* v1.2.3-x+y: as many numbers as it likes. */
static bool is_version(struct str text) {
        size_t at = str_has_prefix(text, STR("v")), end = skip_digits(text, at);

        while (end > at && end < text.len && text.ptr[end] == '.') {
                at = end + 1;
                end = skip_digits(text, at);
        }
        return end > at && (end == text.len || text.ptr[end] == '-' || text.ptr[end] == '+');
}

static bool take_version(struct reader *reader, const struct toml_node *root) {
        const struct toml_node *node = get(root, "minVersion");
        struct str version = STR_NONE;

        if (!take_string(reader, root, "minVersion", &version))
                return false;
        return !version.len || is_version(version) ||
               rule_error(reader, node->line, node->column, "minVersion is no version");
}

bool rule_file_read(struct reader *reader, struct str text, struct rule_file *ret_file) {
        struct toml_node root;
        struct str description;

        *ret_file = (struct rule_file){ 0 };
        return toml_parse(reader->arena, reader->file, text, &root, reader->err) &&
               take_string(reader, &root, "title", &ret_file->title) &&
               take_string(reader, &root, "description", &description) &&
               take_version(reader, &root) && take_extend(reader, &root, ret_file) &&
               take_rules(reader, &root, ret_file) && take_global_lists(reader, &root, ret_file);
}
