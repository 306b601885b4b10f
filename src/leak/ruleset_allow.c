#include "leak/ruleset.h"

struct asking {
        const struct allow_subject *subject;
        struct pattern_matcher *matcher;
        bool *gave_up;
};

static bool any_matches(const struct patterns *patterns, struct str text,
                        const struct asking *asking) {
        struct pattern_match match;

        for (size_t i = 0; text.len && i < patterns->count; i++) {
                enum pattern_outcome outcome = pattern_search(
                        patterns->items[i].code, asking->matcher, text, 0, text.len, &match);

                if (outcome == PATTERN_FOUND)
                        return true;
                *asking->gave_up |= outcome == PATTERN_LIMIT;
        }
        return false;
}

static bool names_commit(const struct words *commits, struct str commit) {
        for (size_t i = 0; commit.len && i < commits->count; i++)
                if (str_eq_fold(commits->items[i], commit))
                        return true;
        return false;
}

static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool has_word(struct str text, struct str word) {
        for (size_t at = 0; at + word.len <= text.len; at++) {
                size_t same = 0;

                while (same < word.len && lower(text.ptr[at + same]) == word.ptr[same])
                        same++;
                if (same == word.len)
                        return true;
        }
        return false;
}

static bool has_stopword(const struct words *words, struct str secret) {
        for (size_t i = 0; i < words->count; i++)
                if (has_word(secret, words->items[i]))
                        return true;
        return false;
}

static struct str target_of(const struct allowlist *list, const struct allow_subject *subject) {
        switch (list->target) {
        case TARGET_MATCH:
                return subject->match;
        case TARGET_LINE:
                return subject->line;
        case TARGET_SECRET:
                break;
        }
        return subject->secret;
}

/* Each part that the list has is asked about until the answer is known. */
static bool allows(const struct allowlist *list, const struct asking *asking) {
        const struct allow_subject *subject = asking->subject;

        if (list->commits.count && names_commit(&list->commits, subject->commit) != list->all)
                return !list->all;
        if (list->stopwords.count && has_stopword(&list->stopwords, subject->secret) != list->all)
                return !list->all;
        if (list->paths.count && any_matches(&list->paths, subject->path, asking) != list->all)
                return !list->all;
        if (list->regexes.count &&
            any_matches(&list->regexes, target_of(list, subject), asking) != list->all)
                return !list->all;
        return list->all;
}

bool allowlists_allow(const struct allowlists *lists, const struct allow_subject *subject,
                      struct pattern_matcher *matcher, bool *ret_gave_up) {
        struct asking asking = { subject, matcher, ret_gave_up };

        for (size_t i = 0; i < lists->count; i++)
                if (allows(&lists->items[i], &asking))
                        return true;
        return false;
}

static bool allows_file(const struct allowlist *list, const struct asking *asking) {
        bool needs_more = list->regexes.count || list->stopwords.count;
        struct allowlist file = { .all = list->all,
                                  .commits = list->commits,
                                  .paths = list->paths };

        return !(list->all && needs_more) && (file.commits.count || file.paths.count) &&
               allows(&file, asking);
}

bool allowlists_allow_file(const struct allowlists *lists, struct str path, struct str commit,
                           struct pattern_matcher *matcher, bool *ret_gave_up) {
        struct allow_subject subject = { .path = path, .commit = commit };
        struct asking asking = { &subject, matcher, ret_gave_up };

        for (size_t i = 0; i < lists->count; i++)
                if (allows_file(&lists->items[i], &asking))
                        return true;
        return false;
}
