/* cover/line.h: one line of a Go coverage profile. */
#pragma once

#include "cover/run.h"

#define COVER_LINE_LENGTH_MAX 65535 /* bytes of a line, as the go command's tools read */

enum cover_mode { COVER_MODE_NONE, COVER_SET, COVER_COUNT, COVER_ATOMIC };

const char *cover_mode_word(enum cover_mode mode);

/* Reads "mode: WORD"; false where the line is none, or of no known mode. */
bool cover_mode_line(struct str line, enum cover_mode *ret_mode);

/* What can be wrong with a line; the words are in cover_fault_words. */
enum cover_fault {
        COVER_FAULT_NONE,
        COVER_FAULT_FORM,  /* not "FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT" */
        COVER_FAULT_LARGE, /* a number that no source file and no run can have */
        COVER_FAULT_NAME,  /* no file name */
        COVER_FAULT_LONG,  /* over COVER_LINE_LENGTH_MAX */
        COVER_FAULT_MODE,  /* a mode line of another mode */
        COVER_FAULT_CUT,   /* the last line has no end */
};

const char *cover_fault_words(enum cover_fault fault);

/* Reads "FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT", without the line end. Lines, columns and
 * statements of at most 32 bits, a count of at most 63. The name is a view. */
enum cover_fault cover_line_parse(struct str line, struct str *ret_name,
                                  struct cover_block *ret_block);

/* The same for a line of the file `name`, read from the front, which is faster. *rest ends with a
 * line end; it begins with the line, and is moved behind it where this answers true. False, and
 * nothing changed, where the line is of another file or anything but plain. */
bool cover_line_parse_next(struct str *rest, struct str name, struct cover_block *ret_block);
