#include "check/report.h"

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
