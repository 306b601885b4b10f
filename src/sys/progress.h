/* sys/progress.h: one line on a terminal that says what takes so long.
 *
 * Shown on standard error where that is a terminal, after a second, and wiped before anything else
 * is printed. Where it is no terminal every call does nothing. */
#pragma once

#include "base/macros.h"

struct progress;

/* Starts the line; NULL where there is no terminal or no thread. Stop it before the process ends.
 */
struct progress *progress_start(void);
void progress_stop(struct progress **progress);

/* What is being done now: a literal. Any thread may call it; progress may be NULL. */
void progress_say(struct progress *progress, const char *doing);

/* The same with words made on the spot; the first PROGRESS_TEXT_MAX bytes are copied. */
#define PROGRESS_TEXT_MAX 160
void progress_tell(struct progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);

/* Wipes the line, so that the caller can print; it comes back by itself. */
void progress_hide(struct progress *progress);
