/* Whether what an expression matched is a secret. */
#include "golang/rune.h"
#include "leak/quiet.h"
#include "leak/scan_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct str scan_lines_of(struct str text, size_t start, size_t end) {
        const char *before = start ? memrchr(text.ptr, '\n', start) : NULL;
        const char *after = end < text.len ? memchr(text.ptr + end, '\n', text.len - end) : NULL;
        size_t from = before ? (size_t)(before - text.ptr) + 1 : 0;

        return str_slice(text, from, after ? (size_t)(after - text.ptr) : text.len);
}

static int cmp_point(const void *a, const void *b) {
        const uint32_t *one = a, *other = b;

        return (*one > *other) - (*one < *other);
}

#define ENTROPY_POINTS_MAX 4096 /* characters of a value that count, outside of ASCII */

static double entropy_of_runs(const uint32_t *points, size_t count, size_t size) {
        double sum = 0;

        for (size_t i = 0, run; i < count; i += run) {
                for (run = 1; i + run < count && points[i + run] == points[i];)
                        run++;
                sum -= (double)run / (double)size * log2((double)run / (double)size);
        }
        return sum;
}

double scan_entropy(struct str value) {
        uint32_t points[ENTROPY_POINTS_MAX];
        size_t count = 0, size = value.len;

        for (; value.len && count < ENTROPY_POINTS_MAX; count++) {
                size_t took;

                points[count] = rune_decode(value, &took);
                value = str_slice(value, took, value.len);
        }
        size -= value.len;
        qsort(points, count, sizeof(*points), cmp_point);
        return entropy_of_runs(points, count, size);
}

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool is_word_at(const char *at, struct str word) {
        for (size_t i = 0; i < word.len; i++)
                if (lower(at[i]) != word.ptr[i])
                        return false;
        return true;
}

/* Where the word begins with the letter c: memchr is many times faster than looking at each byte.
 */
static bool has_word_with(struct str word, struct str text, char c) {
        const char *at = text.ptr, *last = text.ptr + text.len - word.len;

        while (at <= last && (at = memchr(at, c, (size_t)(last - at) + 1))) {
                if (is_word_at(at, word))
                        return true;
                at++;
        }
        return false;
}

static bool has_word(struct str word, struct str text) {
        char other;

        if (!word.len || word.len > text.len)
                return !word.len;
        other = upper(word.ptr[0]);
        return has_word_with(word, text, word.ptr[0]) ||
               (other != word.ptr[0] && has_word_with(word, text, other));
}

bool scan_has_word(const struct words *words, struct str text) {
        for (size_t i = 0; i < words->count; i++)
                if (has_word(words->items[i], text))
                        return true;
        return !words->count;
}

/* The keyword nearly always stands in the match, which is shorter than the file. */
static bool has_keyword(const struct scan *scan, const struct secret_rule *rule, struct str match) {
        struct scan_ranges *ranges =
                &scan->scanner->ranges[rule - scan->scanner->set->rules->rules];

        if (scan_has_word(&rule->keywords, match))
                return true;
        /* What the first stage leaves out has no ranges, which are what is forgotten. */
        if (!ranges->was_asked || !ranges->list.count)
                ranges->has_keyword = scan_has_word(&rule->keywords, scan->bytes);
        ranges->was_asked = true;
        return ranges->has_keyword;
}

static bool took_part(const struct pattern_match *match, uint32_t group) {
        return group < match->count && match->groups[group].start != SIZE_MAX;
}

/* A secretGroup that took no part is an empty secret; without secretGroup it is the first group
 * that is not empty, else the whole. */
static struct pattern_span secret_span(const struct secret_rule *rule,
                                       const struct pattern_match *match,
                                       struct pattern_span whole) {
        if (rule->secret_group)
                return took_part(match, rule->secret_group)
                               ? match->groups[rule->secret_group]
                               : (struct pattern_span){ whole.start, whole.start };
        for (uint32_t i = 1; i < match->count; i++)
                if (took_part(match, i) && match->groups[i].end > match->groups[i].start)
                        return match->groups[i];
        return whole;
}

/* Without line ends at either end. */
static struct pattern_span trimmed(struct str text, struct pattern_span span) {
        while (span.start < span.end && text.ptr[span.start] == '\n')
                span.start++;
        while (span.start < span.end && text.ptr[span.end - 1] == '\n')
                span.end--;
        return span;
}

static bool is_allowed(struct scan *scan, const struct secret_rule *rule,
                       const struct allow_subject *subject) {
        struct scanner *scanner = scan->scanner;
        bool gave_up = false;
        bool allowed = allowlists_allow(&rule->allowlists, subject, scanner->matcher, &gave_up) ||
                       allowlists_allow(&scanner->set->rules->allowlists, subject, scanner->matcher,
                                        &gave_up);

        if (gave_up)
                scan->gave_up = rule;
        return allowed;
}

/* What weir knows of its own rules' secrets; a user's rules find what they say. */
static bool judge_own(const struct scan *scan, struct scan_raw *raw) {
        static const enum rule_severity lowered[] = {
                [RULE_ERROR] = RULE_WARNING, [RULE_WARNING] = RULE_WARNING, [RULE_NOTE] = RULE_NOTE
        };
        enum confirm_answer answer;

        if (quiet_is_placeholder(raw->value))
                return false;
        answer = confirm_secret(raw->rule->confirm, raw->value);
        if (answer == CONFIRM_SILENCE)
                return false;
        if (answer == CONFIRM_RAISE)
                raw->severity = RULE_ERROR;
        if (answer == CONFIRM_LOWER)
                raw->severity = lowered[raw->severity];
        raw->confirmed = answer == CONFIRM_RAISE;
        if (scan->place == PLACE_EXAMPLE)
                raw->severity = RULE_NOTE;
        return true;
}

/* The key of fingerprints is no secret: what it protects is in the same repository. */
bool scan_is_own_key(const struct scan *scan, struct str value) {
        struct str key = scan->scanner->set->known_key;

        return key.len && str_eq(key, value);
}

/* What regexTarget = "line" is held against: the lines of the match, as in gitleaks with the line
 * end before them. */
static struct str target_lines(const struct scan *scan, struct str lines) {
        bool has_end = lines.ptr && lines.ptr > scan->bytes.ptr;

        return has_end ? (struct str){ lines.ptr - 1, lines.len + 1 } : lines;
}

static bool passes(struct scan *scan, const struct scan_raw *raw, struct str match) {
        struct str lines = scan_lines_of(scan->bytes, raw->match_start, raw->match_end);
        struct allow_subject subject = { .path = scan->path,
                                         .commit = scan->commit,
                                         .secret = raw->value,
                                         .match = match,
                                         .line = target_lines(scan, lines) };

        return (raw->rule->entropy > 0 && scan_entropy(raw->value) <= raw->rule->entropy) ||
               quiet_line_is_allowed(lines) || scan_is_own_key(scan, raw->value) ||
               is_allowed(scan, raw->rule, &subject);
}

/* Whether the rule may look at the text at all; what only another rule asks for is marked so. */
static bool is_asked(const struct scan *scan, struct scan_raw *raw, struct str match) {
        const struct scan_set *set = scan->scanner->set;

        raw->only_required = !has_keyword(scan, raw->rule, match);
        return !raw->only_required || set->is_required[raw->rule - set->rules->rules];
}

void scan_add(struct scan *scan, const struct secret_rule *rule,
              const struct pattern_match *match) {
        struct pattern_span whole = trimmed(scan->bytes, match->groups[0]);
        struct pattern_span span = secret_span(rule, match, whole);
        struct scan_raw raw = { .rule = rule,
                                .match_start = whole.start,
                                .match_end = whole.end,
                                .offset = span.start,
                                .size = span.end - span.start,
                                .value = str_slice(scan->bytes, span.start, span.end),
                                .severity = rule->severity };
        struct str text = str_slice(scan->bytes, whole.start, whole.end);

        if (!is_asked(scan, &raw, text) || passes(scan, &raw, text) ||
            (scan->scanner->set->rules->is_own && !judge_own(scan, &raw)))
                return;
        *VEC_ADD(&scan->scanner->arena, &scan->raws) = raw;
}
