/* report/html_coverage.h: the part of the page that shows what tests cover: a map of the packages,
 * tables, and the source lines in colour. Static HTML and CSS. Its size is bounded: so many
 * packages and functions, and the source files that the facts have chosen. */
#pragma once

#include "base/buf.h"
#include "check/report.h"

#define HTML_TILES_MAX 200    /* packages in the map; the rest is one tile */
#define HTML_PACKAGES_MAX 300 /* rows of the table */
#define HTML_FUNCTIONS_MAX 30

/* Rules of the style sheet, for the head of the page. */
extern const char html_coverage_style[];

/* Nothing where coverage was not judged. */
void html_coverage(struct buf *out, enum lang lang, const struct report *report);
