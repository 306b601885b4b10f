/* base/message.h: a sentence in two languages with named places.
 *
 * The words stand in a table (`{module} {version} is retracted`); the values are filled in where
 * the thing was seen, and the sentence is made only where a report is written, so one finding can
 * be shown in English and in Chinese. */
#pragma once

#include "base/str.h"

enum lang { LANG_EN, LANG_ZH, LANG_COUNT };

/* Both languages, always. */
struct text {
        const char *en, *zh;
};

#define MESSAGE_ARGS_MAX 12

struct message_arg {
        const char *name; /* a literal, as between the braces */
        struct str value; /* may hold any bytes; renderers escape */
};

struct message {
        const struct text *text; /* NULL: no message */
        struct message_arg args[MESSAGE_ARGS_MAX];
        size_t arg_count;
};

struct message message_make(const struct text *text);

/* Adds a value; a bug (assert) where there are too many or the name is there already. */
void message_arg(struct message *message, const char *name, struct str value);

/* The value of a name; the empty str where it has none. */
struct str message_value(const struct message *message, const char *name);

const char *text_in(const struct text *text, enum lang lang);

/* The sentence in lang; a place without a value stays as `{name}`. "" for no message. */
struct str message_render(const struct message *message, enum lang lang, struct arena *arena);
