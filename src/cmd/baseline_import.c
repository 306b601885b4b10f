/* weir baseline import: what other tools' baselines name.
 *
 * gitleaks: a JSON array of findings with File and StartLine. detect-secrets: an object whose
 * `results` has for each file a list with line_number. Neither tells the secret itself in a form
 * that could be compared, so that a finding is known by its place. */
#include "base/map.h"
#include "cmd/baseline_command.h"
#include "data/json.h"
#include "sys/file.h"

#define IMPORT_SIZE_MAX ((size_t)256 << 20)

struct baseline_import {
        struct arena *arena;
        struct map places; /* "file:line"; the value is not NULL once it was found */
};

static void add(struct baseline_import *import, struct str file, const struct json *line) {
        if (!file.len || !line || line->kind != JSON_KIND_NUMBER || !line->is_integer)
                return;
        map_put(&import->places,
                str_fmt(import->arena, "%.*s:%lld", STR_ARG(file), (long long)line->integer));
}

static void add_gitleaks(struct baseline_import *import, const struct json *list) {
        for (size_t i = 0; i < list->count; i++)
                add(import, json_get_string(&list->items[i], STR("File")),
                    json_get(&list->items[i], STR("StartLine")));
}

static void add_detect_secrets(struct baseline_import *import, const struct json *results) {
        for (size_t i = 0; i < results->count; i++) {
                const struct json *list = &results->members[i].value;

                for (size_t j = 0; list->kind == JSON_KIND_ARRAY && j < list->count; j++)
                        add(import, results->members[i].name,
                            json_get(&list->items[j], STR("line_number")));
        }
}

bool baseline_import_read(struct cmd_context *context, struct str file,
                          struct baseline_import **ret_import, struct err *err) {
        struct baseline_import *import = ARENA_NEW(context->arena, struct baseline_import);
        const struct json *results;
        struct str text;
        struct json json;

        if (!file.len) {
                err_set(err, ERR_USAGE, "baseline import: which file?");
                return err_mend(err, "weir baseline import gitleaks-report.json");
        }
        if (!file_read(context->arena, file, IMPORT_SIZE_MAX, &text, err) ||
            !json_parse(context->arena, file, text, &json, err))
                return err_context(err, "reading the baseline to import");
        *import = (struct baseline_import){ context->arena, map_make(context->arena) };
        results = json_get(&json, STR("results"));
        if (json.kind == JSON_KIND_ARRAY)
                add_gitleaks(import, &json);
        else if (results && results->kind == JSON_KIND_OBJECT)
                add_detect_secrets(import, results);
        else
                return err_at(err, ERR_UNSUPPORTED, file, 0, 0,
                              "neither a JSON report of gitleaks nor a baseline of detect-secrets");
        *ret_import = import;
        return true;
}

bool baseline_import_has(const struct baseline_import *import, const struct finding *finding) {
        AUTO_ARENA arena = arena_make(import->arena->budget);
        void **found = map_get(&import->places,
                               str_fmt(&arena, "%.*s:%u", STR_ARG(finding->file), finding->line));

        if (found)
                *found = import->arena;
        return found;
}

void baseline_import_tell(struct cmd_context *context, const struct baseline_import *import) {
        size_t lost = 0;

        for (size_t i = 0; i < import->places.count; i++)
                lost += !import->places.entries[i].value;
        if (lost)
                fprintf(context->out,
                        context->lang == LANG_ZH ? "%zu 个条目现在已找不到，未接管\n"
                                                 : "entries that are not found any more: %zu\n",
                        lost);
}
