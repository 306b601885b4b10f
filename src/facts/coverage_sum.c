#include "facts/coverage.h"

double coverage_percent(struct coverage_sum sum) {
        return sum.statements ? 100.0 * (double)sum.covered / (double)sum.statements : 0;
}

/* Products of the counts of a profile, which may be absurd, do not fit in 64 bits. */
__extension__ typedef __int128 wide;

bool coverage_reaches(struct coverage_sum sum, int64_t hundredths) {
        return (wide)sum.covered * 10000 >= (wide)sum.statements * hundredths;
}

bool coverage_falls(struct coverage_sum before, struct coverage_sum now, int64_t hundredths) {
        wide least = (wide)before.covered * 10000 - (wide)before.statements * hundredths;

        return now.statements && before.statements &&
               (wide)now.covered * 10000 * (wide)before.statements < least * (wide)now.statements;
}

struct str coverage_words(struct arena *arena, struct coverage_sum sum) {
        uint64_t hundredths =
                sum.statements ? (uint64_t)((wide)sum.covered * 10000 / (wide)sum.statements) : 0;

        return str_fmt(arena, "%llu.%02llu", (unsigned long long)(hundredths / 100),
                       (unsigned long long)(hundredths % 100));
}
