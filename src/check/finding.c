#include "check/finding.h"

#include "check/check.h"

static const char *const severity_words[] = {
#define X(name, word) [name] = word,
        SEVERITIES(X)
#undef X
};

const char *severity_word(enum severity severity) {
        return severity_words[severity];
}

bool severity_parse(struct str word, enum severity *ret_severity) {
        for (size_t i = 0; i < COUNT_OF(severity_words); i++)
                if (str_eq(word, str_of(severity_words[i]))) {
                        *ret_severity = (enum severity)i;
                        return true;
                }
        return false;
}

struct finding *finding_add(struct findings *out, const struct rule *rule, struct str file,
                            uint32_t line, uint32_t column) {
        struct finding *finding = ARENA_NEW(out->arena, struct finding);

        *finding = (struct finding){
                .rule = rule,
                .check = out->check,
                .severity = rule->severity,
                .file = file,
                .line = line,
                .column = column,
                .message = message_make(&rule->text),
                .mend = message_make(&rule->mend),
                .main_module = out->main_module,
        };
        *VEC_ADD(out->arena, &out->list) = finding;
        return finding;
}

void finding_fill(struct finding *finding, const char *name, struct str value) {
        message_arg(&finding->message, name, value);
        message_arg(&finding->mend, name, value);
}

void finding_say(struct finding *finding, const struct text *message) {
        finding->message.text = message;
}

struct message *finding_step(struct findings *out, struct finding *finding, struct str file,
                             uint32_t line, const struct text *message) {
        struct finding_step *step = VEC_ADD(out->arena, &finding->steps);

        *step = (struct finding_step){ file, line, message_make(message) };
        return &step->message;
}

void finding_module(struct finding *finding, struct str path, struct str version) {
        finding->module = path;
        finding->version = version;
        finding_fill(finding, "module", path);
        finding_fill(finding, "version", version);
}

static int by_number(uint32_t a, uint32_t b) {
        return (a > b) - (a < b);
}

int finding_cmp_qsort(const void *a, const void *b) {
        const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
        int order = str_cmp(x->file, y->file);

        if (!order)
                order = by_number(x->line, y->line);
        if (!order)
                order = by_number(x->column, y->column);
        if (!order)
                order = str_cmp(str_of(x->rule->id), str_of(y->rule->id));
        return order ? order : str_cmp(x->key, y->key);
}
