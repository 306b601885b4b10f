/* leak/utf16.h: UTF-16 as UTF-8, so that every rule sees one kind of text. */
#pragma once

#include "base/str.h"

/* Text that is UTF-16, by its byte order mark or by zeros at every second place of its start, as
 * UTF-8 in the arena (lone surrogates become U+FFFD); else the text itself. Lines stay lines. */
struct str utf16_to_utf8(struct arena *arena, struct str text);
