#include "check/check.h"

#define CHECK(name) extern const struct check check_##name;
#include "check/checks.def"
#undef CHECK

const struct check *const checks[] = {
#define CHECK(name) &check_##name,
#include "check/checks.def"
#undef CHECK
};
const size_t check_count = COUNT_OF(checks);

static const char *const stage_words[] = {
#define X(name, word) [name] = word,
        STAGES(X)
#undef X
};

const char *stage_word(enum stage stage) {
        return stage_words[stage];
}

bool stage_parse(struct str word, enum stage *ret_stage) {
        for (size_t i = 0; i < COUNT_OF(stage_words); i++)
                if (str_eq(word, str_of(stage_words[i]))) {
                        *ret_stage = (enum stage)i;
                        return true;
                }
        return false;
}

const struct check *check_find(struct str id) {
        for (size_t i = 0; i < check_count; i++)
                if (str_eq(id, str_of(checks[i]->id)))
                        return checks[i];
        return NULL;
}

static const struct rule *rule_in(const struct check *check, struct str id) {
        for (size_t i = 0; i < check->rule_count; i++)
                if (str_eq_fold(id, str_of(check->rules[i].id)))
                        return &check->rules[i];
        return NULL;
}

const struct rule *rule_find(struct str id, const struct check **ret_check) {
        for (size_t i = 0; i < check_count; i++) {
                const struct rule *rule = rule_in(checks[i], id);

                if (rule) {
                        *ret_check = checks[i];
                        return rule;
                }
        }
        return NULL;
}
