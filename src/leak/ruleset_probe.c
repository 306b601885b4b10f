/* Lets the scripts of test/ ask the reader of rule files.
 *
 *     ruleset_probe [--own FILE] FILE...
 * prints a line for each file: "ok " and the rules as JSON, or "no " and what is wrong. --own: what
 * extend.useDefault means. */
#include "data/json_write.h"
#include "data/toml.h"
#include "leak/ruleset.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("out of memory\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = end_when_full };

static bool load(void *ctx UNUSED, struct arena *arena, struct str path, struct str *ret_text,
                 struct err *err) {
        return file_read(arena, path, TOML_SIZE_MAX, ret_text, err);
}

static void put_words(struct json_writer *w, const char *key, const struct words *words) {
        json_key(w, str_of(key));
        json_begin_array(w);
        for (size_t i = 0; i < words->count; i++)
                json_put_string(w, words->items[i]);
        json_end_array(w);
}

static void put_text(struct json_writer *w, const char *key, struct str text) {
        json_key(w, str_of(key));
        json_put_string(w, text);
}

static void put_patterns(struct json_writer *w, const char *key, const struct patterns *patterns) {
        struct str sources[1];
        struct words words = { sources, patterns->count > 0 };

        if (patterns->count)
                sources[0] = patterns->items[0].source;
        put_words(w, key, &words);
}

static void put_lists(struct json_writer *w, const struct allowlists *lists) {
        static const char *const targets[] = { "", "match", "line" };

        json_key(w, STR("allowlists"));
        json_begin_array(w);
        for (size_t i = 0; i < lists->count; i++) {
                const struct allowlist *list = &lists->items[i];

                json_begin_object(w);
                put_text(w, "condition", list->all ? STR("AND") : STR("OR"));
                put_text(w, "target", str_of(targets[list->target]));
                put_words(w, "commits", &list->commits);
                put_patterns(w, "paths", &list->paths);
                put_patterns(w, "regexes", &list->regexes);
                put_words(w, "stopwords", &list->stopwords);
                json_end_object(w);
        }
        json_end_array(w);
}

static void put_required(struct arena *arena, struct json_writer *w,
                         const struct secret_rule *rule) {
        json_key(w, STR("required"));
        json_begin_array(w);
        for (size_t i = 0; i < rule->required_count; i++) {
                const struct required_rule *r = &rule->required[i];

                json_put_string(w, str_fmt(arena, "%.*s %d %d", STR_ARG(r->id),
                                           r->has_lines ? (int)r->within_lines : -1,
                                           r->has_columns ? (int)r->within_columns : -1));
        }
        json_end_array(w);
}

static void put_rule(struct arena *arena, struct json_writer *w, const struct secret_rule *rule) {
        json_begin_object(w);
        put_text(w, "id", rule->id);
        put_text(w, "description", rule->description);
        put_text(w, "regex", rule->regex ? rule->regex->source : STR_NONE);
        put_text(w, "path", rule->path ? rule->path->source : STR_NONE);
        put_text(w, "group", str_fmt(arena, "%u", rule->secret_group));
        put_text(w, "entropy", str_fmt(arena, "%g", rule->entropy));
        put_text(w, "skip", rule->skip_report ? STR("true") : STR("false"));
        put_words(w, "keywords", &rule->keywords);
        put_words(w, "tags", &rule->tags);
        put_required(arena, w, rule);
        put_lists(w, &rule->allowlists);
        json_end_object(w);
}

static void put_set(struct arena *arena, struct json_writer *w, const struct ruleset *set) {
        json_begin_object(w);
        put_text(w, "title", set->title);
        json_key(w, STR("rules"));
        json_begin_array(w);
        for (size_t i = 0; i < set->count; i++)
                put_rule(arena, w, &set->rules[i]);
        json_end_array(w);
        put_lists(w, &set->allowlists);
        json_end_object(w);
}

static bool read_set(struct arena *arena, struct str path, const struct ruleset *own,
                     struct ruleset *ret_set, struct err *err) {
        struct ruleset_source source = { .file = path, .own = own, .load = load };

        return file_read(arena, path, TOML_SIZE_MAX, &source.text, err) &&
               ruleset_parse(arena, &source, ret_set, err);
}

static void answer(struct arena *arena, struct str path, const struct ruleset *own) {
        struct buf out = buf_make(arena);
        struct json_writer writer = json_write(&out, JSON_COMPACT);
        struct ruleset set;
        struct err err;

        if (!read_set(arena, path, own, &set, &err)) {
                printf("no %.*s\n", STR_ARG(err_line(&err, arena)));
                return;
        }
        put_set(arena, &writer, &set);
        printf("ok %.*s\n", STR_ARG(buf_str(&out)));
}

int main(int argc, char **argv) {
        AUTO_ARENA own_arena = arena_make(&budget);
        struct ruleset own = { 0 };
        struct err err;
        int first = 1;

        if (argc > 2 && strcmp(argv[1], "--own") == 0) {
                if (!read_set(&own_arena, str_of(argv[2]), NULL, &own, &err))
                        return 1;
                first = 3;
        }
        for (int i = first; i < argc; i++) {
                AUTO_ARENA arena = arena_make(&budget);

                answer(&arena, str_of(argv[i]), &own);
        }
        return 0;
}
