/* report/report_format.h: the formats of a report, one row each in formats.def.
 *
 * A format writes what it has to say into a buf when the run ends (and text, which is read while
 * the work goes on, also after each checkpoint). Who opens the file is not its concern. */
#pragma once

#include "base/buf.h"
#include "check/report.h"

struct format_style {
        enum lang lang;
        bool colour;    /* a terminal reads it */
        unsigned width; /* columns, at least 40 */
};

struct report_format {
        const char *name;
        struct text title;  /* for help */
        bool shows_sources; /* coverage line by line: the sources are read for it */
        /* Either may be NULL. Both add to out. */
        void (*check_finished)(struct buf *out, const struct format_style *style,
                               const struct report *report, const struct report_check *check);
        void (*finished)(struct buf *out, const struct format_style *style,
                         const struct report *report);
};

extern const struct report_format *const report_formats[];
extern const size_t report_format_count;

/* NULL where there is no such format. */
const struct report_format *report_format_find(struct str name);
