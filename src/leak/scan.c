#include "leak/scan.h"

#include "leak/generic.h"
#include "leak/scan_impl.h"
#include "leak/utf16.h"

#include <stdlib.h>
#include <string.h>

#define RANGE_GAP 64 /* ends that are nearer than this are looked at together */

struct scanner *scanner_open(const struct scan_set *set, struct arena_budget *budget) {
        struct scanner *scanner = calloc(1, sizeof(*scanner));

        if (!scanner)
                return NULL;
        scanner->set = set;
        scanner->arena = arena_make(budget);
        scanner->ranges = calloc(set->rules->count + 1, sizeof(*scanner->ranges));
        scanner->matcher = pattern_matcher_open();
        if (set->database)
                scanner->scratch = database_scratch_open(set->database);
        if (!scanner->ranges || !scanner->matcher || (set->database && !scanner->scratch))
                scanner_close(&scanner);
        return scanner;
}

void scanner_close(struct scanner **scanner) {
        if (!*scanner)
                return;
        pattern_matcher_close(&(*scanner)->matcher);
        database_scratch_close(&(*scanner)->scratch);
        database_scratch_close(&(*scanner)->wide_scratch);
        arena_drop(&(*scanner)->arena);
        free((*scanner)->ranges);
        free(*scanner);
        *scanner = NULL;
}

/* Ready for the next text. */
static void forget_ranges(struct scanner *scanner) {
        for (size_t i = 0; i < scanner->touched.count; i++)
                scanner->ranges[scanner->touched.items[i]] = (struct scan_ranges){ 0 };
        scanner->touched.count = 0;
        scanner->triggers = 0;
}

static void forget(struct scanner *scanner) {
        forget_ranges(scanner);
        memset(&scanner->touched, 0, sizeof(scanner->touched));
        arena_drop(&scanner->arena);
}

static struct scan_range *add_range(struct scanner *scanner, uint32_t rule, size_t end) {
        struct scan_ranges *ranges = &scanner->ranges[rule];
        struct scan_range *range;

        if (!ranges->list.count)
                *VEC_ADD(&scanner->arena, &scanner->touched) = rule;
        range = VEC_ADD(&scanner->arena, &ranges->list);
        range->first = end;
        return range;
}

static bool note_end(void *ctx, unsigned expression, size_t end) {
        struct scanner *scanner = ctx;
        struct scan_ranges *ranges;
        struct scan_range *range = NULL;

        if (expression >= scanner->set->rules->count) {
                scanner->triggers |= (uint64_t)1 << (expression - scanner->set->rules->count);
                return true;
        }
        ranges = &scanner->ranges[expression];
        if (ranges->list.count)
                range = &ranges->list.items[ranges->list.count - 1];
        if (!range || end - range->last > RANGE_GAP)
                range = add_range(scanner, expression, end);
        range->last = end;
        return true;
}

/* Leftmost matches that do not overlap; `from` moves behind each. A match that starts in the
 * range's reach and before `*from` was taken by the one before. False where a search was given up:
 * an expression that is too slow once is so on the rest of the text, too. */
static bool search_range(struct scan *scan, const struct secret_rule *rule,
                         const struct scan_range *range, size_t *from) {
        size_t reach = range->first - MIN_OF(range->first, rule->regex->before);
        struct pattern_match match;

        *from = MAX_OF(*from, reach);
        while (*from <= range->last) {
                enum pattern_outcome outcome =
                        pattern_search(rule->regex->code, scan->scanner->matcher, scan->bytes,
                                       *from, range->last, &match);

                if (outcome == PATTERN_LIMIT)
                        scan->gave_up = rule;
                if (outcome != PATTERN_FOUND)
                        return outcome == PATTERN_NONE;
                *from = MAX_OF(match.groups[0].end, match.groups[0].start + 1);
                if (scan->raws.count < SCAN_HITS_MAX)
                        scan_add(scan, rule, &match);
                else
                        scan->gave_up = rule;
        }
        return true;
}

static bool path_fits(struct scan *scan, const struct secret_rule *rule) {
        struct pattern_match match;
        enum pattern_outcome outcome;

        if (!rule->path)
                return true;
        outcome = pattern_search(rule->path->code, scan->scanner->matcher, scan->path, 0,
                                 scan->path.len, &match);
        if (outcome == PATTERN_LIMIT)
                scan->gave_up = rule;
        return outcome == PATTERN_FOUND;
}

static void run_rule(struct scan *scan, uint32_t number) {
        const struct secret_rule *rule = &scan->scanner->set->rules->rules[number];
        const struct scan_ranges *ranges = &scan->scanner->ranges[number];
        size_t from = 0;

        if (!path_fits(scan, rule))
                return;
        for (size_t i = 0; i < ranges->list.count; i++)
                if (!search_range(scan, rule, &ranges->list.items[i], &from))
                        return;
}

/* The file is let pass by its path or commit. */
static bool is_let_pass(struct scan *scan, const struct allowlists *lists) {
        bool gave_up = false;

        return allowlists_allow_file(lists, scan->path, scan->commit, scan->scanner->matcher,
                                     &gave_up);
}

/* A rule that names a path and no expression: the file itself is the finding. */
static bool is_path_rule(const struct secret_rule *rule) {
        return !rule->regex && rule->path && rule->detector == DETECTOR_REGEX;
}

static void run_path_rule(struct scan *scan, const struct secret_rule *rule) {
        if (!is_path_rule(rule) || scan->derived_from || !path_fits(scan, rule) ||
            is_let_pass(scan, &rule->allowlists))
                return;
        *VEC_ADD(&scan->scanner->arena, &scan->raws) = (struct scan_raw){
                .rule = rule, .line = 1, .column = 1, .severity = rule->severity
        };
}

/* Rules that the first stage cannot look for. */
static void run_whole(struct scan *scan, uint32_t number) {
        const struct scan_set *set = scan->scanner->set;
        const struct secret_rule *rule = &set->rules->rules[number];
        const struct scan_range all = { 0, scan->bytes.len };
        size_t from = 0;

        if (set->left_out[number] && rule->regex && path_fits(scan, rule) &&
            (set->is_required[number] || scan_has_word(&rule->keywords, scan->bytes)))
                (void)search_range(scan, rule, &all, &from);
        run_path_rule(scan, rule);
}

void scan_run(struct scan *scan) {
        struct scanner *scanner = scan->scanner;

        forget_ranges(scanner);
        if (scanner->set->database)
                (void)database_scan(scanner->set->database, scanner->scratch, scan->bytes, note_end,
                                    scanner);
        for (size_t i = 0; i < scanner->touched.count; i++)
                run_rule(scan, scanner->touched.items[i]);
        for (size_t i = 0; i < scanner->set->rules->count; i++)
                run_whole(scan, (uint32_t)i);
}

static void scan_all(struct scan *scan) {
        if (is_let_pass(scan, &scan->scanner->set->rules->allowlists))
                return;
        scan_run(scan);
        if (scan->scanner->triggers && generic_wants(scan->path, scan->scanner->triggers))
                scan_generic(scan);
        scan_settle(scan);
}

/* Several secrets of a rule on one line are one finding. */
static size_t same_place(const struct scan *scan, size_t at) {
        const struct scan_raw *raws = scan->raws.items;
        size_t count = 1;

        while (at + count < scan->raws.count && raws[at + count].rule == raws[at].rule &&
               raws[at + count].line == raws[at].line)
                count++;
        return count;
}

static struct scan_hit hit_of(const struct scan *scan, size_t at, size_t count,
                              struct digest *hmacs) {
        const struct secret_key *key = &scan->scanner->set->key;
        const struct scan_raw *raw = &scan->raws.items[at];
        struct scan_hit hit = { .rule = raw->rule,
                                .severity = raw->severity,
                                .confirmed = raw->confirmed,
                                .secret = secret_make(key, raw->value),
                                .more = (uint32_t)(count - 1) };

        hit.secret.line = raw->line;
        hit.secret.column = raw->column;
        for (size_t i = 0; i < count; i++)
                hmacs[i] = secret_make(key, raw[i].value).hmac;
        hit.hmac = secret_hmac_of(key, hmacs, count);
        return hit;
}

static void fill_result(struct scan *scan, struct arena *arena, struct scan_result *ret_result) {
        struct digest *hmacs = ARENA_ARRAY(&scan->scanner->arena, struct digest, scan->raws.count);
        VEC(struct scan_hit) hits = { 0 };

        for (size_t i = 0, count; i < scan->raws.count; i += count) {
                count = same_place(scan, i);
                *VEC_ADD(arena, &hits) = hit_of(scan, i, count, hmacs);
        }
        *ret_result = (struct scan_result){ hits.items, hits.count, scan->gave_up };
}

void scanner_scan(struct scanner *scanner, const struct scan_text *text, struct arena *arena,
                  struct scan_result *ret_result) {
        struct scan scan = { .scanner = scanner,
                             .path = text->path,
                             .commit = text->commit,
                             .bytes = utf16_to_utf8(&scanner->arena, text->bytes),
                             .place = place_kind_of(text->path) };

        scan_all(&scan);
        fill_result(&scan, arena, ret_result);
        forget(scanner);
}

static bool stop_at_first(void *ctx, unsigned expression UNUSED, size_t end UNUSED) {
        *(bool *)ctx = true;
        return false;
}

/* Rules that the first stage leaves out. */
static bool may_match_unseen(const struct scan_set *set, struct str bytes) {
        for (size_t i = 0; i < set->rules->count; i++)
                if (set->left_out[i] && set->rules->rules[i].regex &&
                    scan_has_word(&set->rules->rules[i].keywords, bytes))
                        return true;
        return false;
}

struct ends_sink {
        bool (*end)(void *ctx, size_t at);
        void *ctx;
};

static bool tell_end(void *ctx, unsigned expression UNUSED, size_t end) {
        const struct ends_sink *sink = ctx;

        return sink->end(sink->ctx, end);
}

bool scanner_ends(struct scanner *scanner, struct str bytes, bool (*end)(void *ctx, size_t at),
                  void *ctx) {
        struct ends_sink sink = { end, ctx };

        return !scanner->set->database ||
               database_scan(scanner->set->database, scanner->scratch, bytes, tell_end, &sink);
}

/* Without memory for it, everything is suspect. */
bool scanner_suspects_wide(struct scanner *scanner, struct str bytes) {
        const struct scan_set *set = scanner->set;
        bool found = may_match_unseen(set, bytes);

        if (found || !set->wide)
                return found;
        if (!scanner->wide_scratch)
                scanner->wide_scratch = database_scratch_open(set->wide);
        return !scanner->wide_scratch ||
               !database_scan(set->wide, scanner->wide_scratch, bytes, stop_at_first, &found) ||
               found;
}

bool scanner_is_utf16(struct scanner *scanner, struct str bytes) {
        bool is_other = utf16_to_utf8(&scanner->arena, bytes).ptr != bytes.ptr;

        arena_drop(&scanner->arena);
        return is_other;
}

bool scanner_suspects_path(struct scanner *scanner, struct str path) {
        const struct ruleset *rules = scanner->set->rules;
        struct scan scan = { .scanner = scanner, .path = path };

        for (size_t i = 0; i < rules->count; i++)
                if (is_path_rule(&rules->rules[i]) &&
                    (path_fits(&scan, &rules->rules[i]) || scan.gave_up))
                        return true;
        return false;
}

bool scan_set_asks_paths(const struct scan_set *set) {
        for (size_t i = 0; i < set->rules->count; i++)
                if (is_path_rule(&set->rules->rules[i]))
                        return true;
        return false;
}

bool scanner_suspects(struct scanner *scanner, struct str bytes) {
        const struct scan_set *set = scanner->set;
        struct str text = utf16_to_utf8(&scanner->arena, bytes);
        bool found = may_match_unseen(set, text);

        if (!found && set->database)
                (void)database_scan(set->database, scanner->scratch, text, stop_at_first, &found);
        arena_drop(&scanner->arena);
        return found;
}

static void blot(char *copy, const struct scan_raw *raw) {
        for (size_t i = raw->offset; i < raw->offset + raw->size; i++)
                if (copy[i] != '\n' && copy[i] != '\r')
                        copy[i] = '*';
}

/* Byte for byte, so that the columns of coverage stay where they are. */
struct str scanner_redact(struct scanner *scanner, struct str path, struct str bytes,
                          struct arena *arena) {
        struct scan scan = {
                .scanner = scanner, .path = path, .bytes = bytes, .place = place_kind_of(path)
        };
        char *copy = NULL;

        scan_all(&scan);
        if (scan.raws.count) {
                copy = arena_alloc(arena, bytes.len);
                memcpy(copy, bytes.ptr, bytes.len);
        }
        for (size_t i = 0; i < scan.raws.count; i++)
                blot(copy, &scan.raws.items[i]);
        forget(scanner);
        return copy ? (struct str){ copy, bytes.len } : bytes;
}
