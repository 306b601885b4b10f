#include "sys/clock.h"

#include <time.h>

uint64_t clock_now_ns(void) {
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t clock_unix_seconds(void) {
        return (int64_t)time(NULL);
}

struct str clock_format_utc(struct arena *arena, int64_t unix_seconds) {
        time_t when = (time_t)unix_seconds;
        struct tm tm;
        char text[32];

        if (!gmtime_r(&when, &tm))
                return STR_NONE;
        return str_dup(arena, (struct str){ text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
                                                           &tm) });
}

static bool number_at(struct str text, size_t from, size_t to, int *ret_value) {
        uint64_t value;

        if (text.len < to || !str_to_u64(str_slice(text, from, to), &value))
                return false;
        *ret_value = (int)value;
        return true;
}

bool clock_parse_date(struct str text, int64_t *ret_days) {
        int year, month, day;
        struct tm tm = { 0 };
        time_t seconds;

        if (!number_at(text, 0, 4, &year) || !number_at(text, 5, 7, &month) ||
            !number_at(text, 8, 10, &day) || text.ptr[4] != '-' || text.ptr[7] != '-')
                return false;
        tm = (struct tm){ .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
        seconds = timegm(&tm);
        /* timegm turns 30 February into 2 March: then it was no date. */
        if (tm.tm_mon != month - 1 || tm.tm_mday != day)
                return false;
        *ret_days = (int64_t)seconds / 86400 - ((int64_t)seconds % 86400 < 0);
        return true;
}
