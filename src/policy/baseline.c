#include "policy/baseline.h"

#include "check/check.h"
#include "data/json.h"
#include "data/json_write.h"

#include <stdlib.h>

static int cmp_entries(const void *a, const void *b) {
        return str_cmp(((const struct baseline_entry *)a)->fingerprint,
                       ((const struct baseline_entry *)b)->fingerprint);
}

/* Sorts, and keeps the first of equals. */
static size_t sort_entries(struct baseline_entry *entries, size_t count) {
        size_t kept = 0;

        if (count)
                qsort(entries, count, sizeof(*entries), cmp_entries);
        for (size_t i = 0; i < count; i++)
                if (!kept || cmp_entries(&entries[kept - 1], &entries[i]))
                        entries[kept++] = entries[i];
        return kept;
}

static bool is_fingerprint(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (!(text.ptr[i] >= '0' && text.ptr[i] <= '9') &&
                    !(text.ptr[i] >= 'a' && text.ptr[i] <= 'f'))
                        return false;
        return text.len == BASELINE_FINGERPRINT_LEN;
}

static bool read_entries(struct arena *arena, struct str file, const struct json *list,
                         struct baseline *baseline, struct err *err) {
        baseline->entries = ARENA_ARRAY(arena, struct baseline_entry, list->count);
        for (size_t i = 0; i < list->count; i++) {
                struct baseline_entry *entry = &baseline->entries[i];

                entry->fingerprint = json_get_string(&list->items[i], STR("fingerprint"));
                entry->rule = json_get_string(&list->items[i], STR("rule"));
                entry->file = json_get_string(&list->items[i], STR("file"));
                if (!is_fingerprint(entry->fingerprint))
                        return err_at(err, ERR_SYNTAX, file, 0, 0,
                                      "finding %zu has no fingerprint of %d hex digits", i + 1,
                                      BASELINE_FINGERPRINT_LEN);
        }
        baseline->count = sort_entries(baseline->entries, list->count);
        return true;
}

static bool read_count(const struct json *value, uint64_t *ret_count) {
        bool ok = value && value->kind == JSON_KIND_NUMBER && value->is_integer &&
                  value->integer >= 0 && value->integer <= BASELINE_STATEMENTS_MAX;

        if (ok)
                *ret_count = (uint64_t)value->integer;
        return ok;
}

static bool read_coverage(struct str file, const struct json *coverage, struct baseline *baseline,
                          struct err *err) {
        if (!coverage || coverage->kind == JSON_KIND_NULL)
                return true;
        if (!read_count(json_get(coverage, STR("statements")), &baseline->statements) ||
            !read_count(json_get(coverage, STR("covered")), &baseline->covered) ||
            baseline->covered > baseline->statements) {
                err_at(err, ERR_SYNTAX, file, 0, 0,
                       "coverage has no numbers of statements and of those covered");
                return err_mend(err, "weir baseline write --profile FILE");
        }
        baseline->has_coverage = baseline->statements > 0;
        return true;
}

bool baseline_parse(struct arena *arena, struct str file, struct str text,
                    struct baseline *ret_baseline, struct err *err) {
        struct baseline baseline = { 0 };
        const struct json *list;
        struct str schema;
        struct json root;

        if (text.len > BASELINE_SIZE_MAX)
                return err_at(err, ERR_LIMIT, file, 0, 0, "has over %zu bytes", BASELINE_SIZE_MAX);
        if (!json_parse(arena, file, text, &root, err))
                return err_mend(err, "weir baseline write");
        schema = json_get_string(&root, STR("schema"));
        if (!str_eq(schema, BASELINE_SCHEMA)) {
                err_at(err, schema.len ? ERR_UNSUPPORTED : ERR_SYNTAX, file, 0, 0,
                       "is no baseline of this weir (schema %.*s)", STR_ARG(BASELINE_SCHEMA));
                return err_mend(err, "weir baseline write");
        }
        list = json_get(&root, STR("findings"));
        if (!list || list->kind != JSON_KIND_ARRAY)
                return err_at(err, ERR_SYNTAX, file, 0, 0, "has no list of findings");
        if (!read_entries(arena, file, list, &baseline, err) ||
            !read_coverage(file, json_get(&root, STR("coverage")), &baseline, err))
                return false;
        *ret_baseline = baseline;
        return true;
}

static void write_entry(const struct baseline_entry *entry, struct buf *out) {
        struct json_writer w = json_write(out, JSON_COMPACT);

        json_begin_object(&w);
        json_key(&w, STR("fingerprint"));
        json_put_string(&w, entry->fingerprint);
        json_key(&w, STR("rule"));
        json_put_string(&w, entry->rule);
        json_key(&w, STR("file"));
        json_put_string(&w, entry->file);
        json_end_object(&w);
}

void baseline_write(struct arena *arena, struct finding *const *findings, size_t count,
                    const struct baseline *kept, struct buf *out) {
        struct baseline_entry *entries = ARENA_ARRAY(arena, struct baseline_entry, count);

        for (size_t i = 0; i < count; i++)
                entries[i] = (struct baseline_entry){
                        .fingerprint = findings[i]->fingerprint,
                        .rule = str_of(findings[i]->rule->id),
                        .file = findings[i]->file,
                };
        count = sort_entries(entries, count);
        buf_printf(out, "{\"schema\":\"%.*s\",", STR_ARG(BASELINE_SCHEMA));
        if (kept && kept->has_coverage)
                buf_printf(out, "\n\"coverage\":{\"statements\":%llu,\"covered\":%llu},\n",
                           (unsigned long long)kept->statements, (unsigned long long)kept->covered);
        buf_add(out, STR("\"findings\":["));
        for (size_t i = 0; i < count; i++) {
                buf_add(out, i ? STR(",\n") : STR("\n"));
                write_entry(&entries[i], out);
        }
        buf_add(out, count ? STR("\n]}\n") : STR("]}\n"));
}

struct baseline_entry *baseline_find(const struct baseline *baseline, struct str fingerprint) {
        struct baseline_entry wanted = { .fingerprint = fingerprint };

        if (!baseline->count)
                return NULL;
        return bsearch(&wanted, baseline->entries, baseline->count, sizeof(wanted), cmp_entries);
}
