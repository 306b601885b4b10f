/* From what every rule found by itself to what is told. */
#include "leak/scan_impl.h"

#include <stdlib.h>
#include <string.h>

static int cmp_size(size_t a, size_t b) {
        return (a > b) - (a < b);
}

static int cmp_offset(const void *a, const void *b) {
        const struct scan_raw *one = a, *other = b;
        int order = cmp_size(one->offset, other->offset);

        return order ? order : cmp_size((size_t)one->rule, (size_t)other->rule);
}

static int cmp_report(const void *a, const void *b) {
        const struct scan_raw *one = a, *other = b;
        int order = cmp_size(one->line, other->line);

        if (!order)
                order = cmp_size((size_t)one->rule, (size_t)other->rule);
        return order ? order : cmp_size(one->column, other->column);
}

static void sort(struct scan *scan, int (*cmp)(const void *, const void *)) {
        if (scan->raws.count)
                qsort(scan->raws.items, scan->raws.count, sizeof(*scan->raws.items), cmp);
}

/* A path alone has found it: there is no match. */
static bool is_of_path(const struct scan_raw *raw) {
        return !raw->rule->regex && raw->rule->detector == DETECTOR_REGEX;
}

/* gitleaks measures distances between matches; the line end before a line counts in its column. */
static void place_match(const struct scan *scan, struct scan_raw *raw) {
        const char *text = scan->bytes.ptr;
        const char *end = memrchr(text, '\n', raw->match_start);
        size_t column = raw->match_start - (end ? (size_t)(end - text) : 0) + 1;

        raw->match_line = raw->line;
        raw->match_column = (uint32_t)MIN_OF(column, (size_t)UINT32_MAX);
        for (size_t at = raw->match_start; at < raw->offset; at++)
                raw->match_line -= text[at] == '\n';
}

static void place_matches(struct scan *scan) {
        for (size_t i = 0; i < scan->raws.count; i++)
                if (!is_of_path(&scan->raws.items[i]))
                        place_match(scan, &scan->raws.items[i]);
}

/* In the order of offsets, so that each line end is counted once. */
static void count_lines(struct scan *scan) {
        const char *text = scan->bytes.ptr;
        size_t at = 0, line_start = 0;
        uint32_t line = 1;

        for (size_t i = 0; i < scan->raws.count; i++) {
                struct scan_raw *raw = &scan->raws.items[i];
                const char *end;

                while (at < raw->offset && (end = memchr(text + at, '\n', raw->offset - at))) {
                        at = line_start = (size_t)(end - text) + 1;
                        line++;
                }
                at = MAX_OF(at, raw->offset);
                if (raw->line)
                        continue;
                raw->line = line;
                raw->column = (uint32_t)MIN_OF(raw->offset - line_start + 1, (size_t)UINT32_MAX);
        }
}

static uint32_t distance(uint32_t a, uint32_t b) {
        return a > b ? a - b : b - a;
}

static bool is_near(const struct scan_raw *raw, const struct scan_raw *other,
                    const struct required_rule *required) {
        return (!required->has_lines ||
                distance(raw->match_line, other->match_line) <= required->within_lines) &&
               (!required->has_columns ||
                distance(raw->match_column, other->match_column) <= required->within_columns);
}

static bool has_partner(const struct scan *scan, const struct scan_raw *raw,
                        const struct required_rule *required) {
        const struct secret_rule *partner = &scan->scanner->set->rules->rules[required->rule];

        for (size_t i = 0; i < scan->raws.count; i++)
                if (scan->raws.items[i].rule == partner &&
                    is_near(raw, &scan->raws.items[i], required))
                        return true;
        return false;
}

/* Of several demands for the same rule one is enough, as in gitleaks. */
static bool has_required(const struct scan *scan, const struct scan_raw *raw, size_t rule) {
        for (size_t i = 0; i < raw->rule->required_count; i++)
                if (raw->rule->required[i].rule == rule &&
                    has_partner(scan, raw, &raw->rule->required[i]))
                        return true;
        return false;
}

/* Looked up by everything that was found; what is dropped goes afterwards. A rule of a path alone
 * has what it needs, as in gitleaks. */
static void drop_without_partner(struct scan *scan) {
        for (size_t i = 0; i < scan->raws.count; i++) {
                struct scan_raw *raw = &scan->raws.items[i];

                for (size_t j = 0; j < raw->rule->required_count && !is_of_path(raw); j++)
                        raw->dropped |= !has_required(scan, raw, raw->rule->required[j].rule);
        }
}

static void drop_unreported(struct scan *scan) {
        for (size_t i = 0; i < scan->raws.count; i++)
                scan->raws.items[i].dropped |=
                        scan->raws.items[i].rule->skip_report || scan->raws.items[i].only_required;
}

static bool is_generic(const struct scan_raw *raw) {
        return raw->rule->detector != DETECTOR_REGEX;
}

static bool overlaps(const struct scan_raw *one, const struct scan_raw *other) {
        return one->offset < other->offset + other->size && other->offset < one->offset + one->size;
}

/* One secret is told once: by a provider before the generic detector, else by the rule that comes
 * first in the file. */
static bool gives_way(const struct scan_raw *raw, const struct scan_raw *other) {
        if (is_generic(raw) != is_generic(other))
                return is_generic(raw) && (raw->line == other->line || overlaps(raw, other));
        return raw->rule > other->rule && overlaps(raw, other);
}

#define NEIGHBOURS 64 /* findings around one, in the order of places, that it may give way to */

/* A weak rule that takes a place must not weaken the verdict on it. */
static bool yields(struct scan_raw *raw, struct scan_raw *other) {
        if (!gives_way(raw, other))
                return false;
        if (is_generic(raw))
                other->severity = MIN_OF(other->severity, raw->severity);
        return true;
}

static void drop_doubles(struct scan *scan) {
        struct scan_raw *raws = scan->raws.items;

        for (size_t i = 0; i < scan->raws.count; i++) {
                size_t from = i - MIN_OF(i, (size_t)NEIGHBOURS);
                size_t to = MIN_OF(scan->raws.count, i + NEIGHBOURS);

                for (size_t j = from; j < to && !raws[i].dropped; j++)
                        raws[i].dropped = j != i && !raws[j].dropped && yields(&raws[i], &raws[j]);
        }
}

static bool names_generic(const struct scan_raw *raw) {
        struct str id = raw->rule->id;

        for (size_t at = 0; at < id.len; at++)
                if (str_eq_fold(str_slice(id, at, at + STR("generic").len), STR("generic")))
                        return true;
        return false;
}

/* gitleaks' own order among the rules of a user's file: one that is called generic gives way to
 * another that has found the same on the same line. */
static void drop_generic(struct scan *scan) {
        struct scan_raw *raws = scan->raws.items;

        for (size_t i = 0; i < scan->raws.count; i++) {
                size_t from = i - MIN_OF(i, (size_t)NEIGHBOURS);
                size_t to = MIN_OF(scan->raws.count, i + NEIGHBOURS);

                if (!names_generic(&raws[i]))
                        continue;
                for (size_t j = from; j < to && !raws[i].dropped; j++)
                        raws[i].dropped = raws[j].match_line == raws[i].match_line &&
                                          !names_generic(&raws[j]) &&
                                          str_contains(raws[j].value, raws[i].value);
        }
}

static void remove_dropped(struct scan *scan) {
        size_t kept = 0;

        for (size_t i = 0; i < scan->raws.count; i++)
                if (!scan->raws.items[i].dropped)
                        scan->raws.items[kept++] = scan->raws.items[i];
        scan->raws.count = kept;
}

/* Where the secret's group took no part the match stands for it. */
static void fill_empty(struct scan *scan) {
        for (size_t i = 0; i < scan->raws.count; i++) {
                struct scan_raw *raw = &scan->raws.items[i];

                if (raw->rule->regex && !raw->value.len)
                        raw->value = str_slice(scan->bytes, raw->match_start, raw->match_end);
        }
}

void scan_settle(struct scan *scan) {
        sort(scan, cmp_offset);
        count_lines(scan);
        place_matches(scan);
        drop_without_partner(scan);
        drop_unreported(scan);
        remove_dropped(scan);
        if (scan->scanner->set->rules->is_own)
                drop_doubles(scan);
        else
                drop_generic(scan);
        remove_dropped(scan);
        fill_empty(scan);
        sort(scan, cmp_report);
}
