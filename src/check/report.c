#include "check/report.h"

#define SHORT_HEX 7 /* of a commit id, for people */

const char *verdict_word(enum verdict verdict) {
        static const char *const words[] = {
#define X(name, word) [name] = word,
                VERDICTS(X)
#undef X
        };

        return words[verdict];
}

size_t report_count(const struct report *report, enum severity severity) {
        size_t count = 0;

        for (size_t i = 0; i < report->findings.count; i++)
                count += !report->findings.items[i]->waived &&
                         report->findings.items[i]->severity == severity;
        return count;
}

struct message report_bypass_words(const struct report_bypass *bypass) {
        static const struct text words = {
                "{check} was skipped when commit {commit} was made (Weir-Skip)",
                "提交 {commit} 时跳过了 {check}（Weir-Skip）"
        };
        struct message message = message_make(&words);

        message_arg(&message, "check", bypass->check);
        message_arg(&message, "commit", str_slice(bypass->commit, 0, SHORT_HEX));
        return message;
}
