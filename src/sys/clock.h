/* sys/clock.h: time. */
#pragma once

#include "base/str.h"

/* Nanoseconds of the monotonic clock. */
uint64_t clock_now_ns(void);

/* Seconds since 1970 UTC. SOURCE_DATE_EPOCH is not looked at. */
int64_t clock_unix_seconds(void);

/* "2026-11-24T09:57:02Z" of seconds since 1970, in the arena. */
struct str clock_format_utc(struct arena *arena, int64_t unix_seconds);

/* Days since 1970-01-01 of "YYYY-MM-DD" (the rest is ignored); false where it is no such date. */
bool clock_parse_date(struct str text, int64_t *ret_days);
