/* What has no format of its own: values under a credential's name, and texts that a source spells
 * in parts. */
#include "leak/generic.h"
#include "leak/quiet.h"
#include "leak/scan_impl.h"

#define DERIVED_MAX 10000 /* texts that one file derives */

struct generic_scan {
        struct scan *scan;
        VEC(struct generic_candidate) derived;
};

static const struct secret_rule *rule_of(const struct ruleset *rules, enum generic_kind kind) {
        static const enum detector detectors[] = { [GENERIC_ASSIGNMENT] = DETECTOR_ASSIGNMENT,
                                                   [GENERIC_URL] = DETECTOR_URL,
                                                   [GENERIC_DSN] = DETECTOR_DSN,
                                                   [GENERIC_DERIVED] = DETECTOR_REGEX };

        for (size_t i = 0; kind != GENERIC_DERIVED && i < rules->count; i++)
                if (rules->rules[i].detector == detectors[kind])
                        return &rules->rules[i];
        return NULL;
}

static struct scan_raw raw_of(const struct generic_candidate *candidate) {
        return (struct scan_raw){ .match_start = candidate->offset,
                                  .match_end = candidate->offset + candidate->written,
                                  .offset = candidate->offset,
                                  .size = candidate->written,
                                  .value = candidate->value,
                                  .line = candidate->line,
                                  .column = candidate->column };
}

static bool is_generic_place(enum place_kind place) {
        return place == PLACE_CODE || place == PLACE_EXAMPLE;
}

/* Entropy and allowlists of the detector's row hold as for any rule. */
static void add_candidate(struct scan *scan, const struct generic_candidate *candidate) {
        const struct ruleset *rules = scan->scanner->set->rules;
        struct scan_raw raw = raw_of(candidate);
        struct allow_subject subject = {
                .path = scan->path, .commit = scan->commit, .secret = raw.value, .match = raw.value
        };
        bool gave_up = false;

        raw.rule = rule_of(rules, candidate->kind);
        if (!raw.rule || !is_generic_place(scan->place) || scan_is_own_key(scan, raw.value))
                return;
        subject.line = scan_lines_of(scan->bytes, raw.match_start, raw.match_end);
        raw.severity = scan->place == PLACE_EXAMPLE ? RULE_NOTE : raw.rule->severity;
        if (quiet_line_is_allowed(subject.line) ||
            (raw.rule->entropy > 0 && scan_entropy(raw.value) <= raw.rule->entropy) ||
            allowlists_allow(&raw.rule->allowlists, &subject, scan->scanner->matcher, &gave_up) ||
            allowlists_allow(&rules->allowlists, &subject, scan->scanner->matcher, &gave_up))
                return;
        if (gave_up)
                scan->gave_up = raw.rule;
        *VEC_ADD(&scan->scanner->arena, &scan->raws) = raw;
}

static void take_candidate(void *ctx, const struct generic_candidate *candidate) {
        struct generic_scan *generic = ctx;
        struct arena *arena = &generic->scan->scanner->arena;

        if (candidate->kind != GENERIC_DERIVED)
                add_candidate(generic->scan, candidate);
        else if (generic->derived.count < DERIVED_MAX)
                *VEC_ADD(arena, &generic->derived) = *candidate;
        else
                generic->scan->gave_up =
                        rule_of(generic->scan->scanner->set->rules, GENERIC_ASSIGNMENT);
}

/* Every provider's rule over a text that the source does not spell in one piece. */
static void scan_derived(struct scan *scan, const struct generic_candidate *candidate) {
        const struct scan_raw whole = raw_of(candidate);
        struct scan inner = *scan;

        inner.bytes = candidate->value;
        inner.derived_from = &whole;
        inner.raws.items = NULL;
        inner.raws.count = inner.raws.capacity = 0;
        scan_run(&inner);
        scan->gave_up = inner.gave_up;
        for (size_t i = 0; i < inner.raws.count; i++) {
                struct scan_raw raw = inner.raws.items[i];

                raw.match_start = whole.match_start;
                raw.match_end = whole.match_end;
                raw.offset = whole.offset;
                raw.size = whole.size;
                raw.line = whole.line;
                raw.column = whole.column;
                if (!quiet_line_is_allowed(
                            scan_lines_of(scan->bytes, raw.match_start, raw.match_end)))
                        *VEC_ADD(&scan->scanner->arena, &scan->raws) = raw;
        }
}

void scan_generic(struct scan *scan) {
        struct generic_scan generic = { .scan = scan };

        generic_scan(&scan->scanner->arena, scan->path, scan->bytes, scan->scanner->triggers,
                     take_candidate, &generic);
        for (size_t i = 0; i < generic.derived.count; i++)
                scan_derived(scan, &generic.derived.items[i]);
}
