#include "base/message.h"

#include "base/buf.h"

#include <assert.h>
#include <string.h>

struct message message_make(const struct text *text) {
        return (struct message){ .text = text };
}

static const struct message_arg *find_arg(const struct message *message, struct str name) {
        for (size_t i = 0; i < message->arg_count; i++)
                if (str_eq(str_of(message->args[i].name), name))
                        return &message->args[i];
        return NULL;
}

void message_arg(struct message *message, const char *name, struct str value) {
        assert(message->arg_count < MESSAGE_ARGS_MAX);
        assert(!find_arg(message, str_of(name)));
        message->args[message->arg_count++] = (struct message_arg){ name, value };
}

struct str message_value(const struct message *message, const char *name) {
        const struct message_arg *arg = find_arg(message, str_of(name));

        return arg ? arg->value : STR_NONE;
}

const char *text_in(const struct text *text, enum lang lang) {
        return lang == LANG_ZH ? text->zh : text->en;
}

struct str message_render(const struct message *message, enum lang lang, struct arena *arena) {
        struct buf out = buf_make(arena);
        struct str rest = message->text ? str_of(text_in(message->text, lang)) : STR_NONE;
        struct str before, name;

        while (str_cut(rest, '{', &before, &rest)) {
                const struct message_arg *arg;

                buf_add(&out, before);
                if (!str_cut(rest, '}', &name, &rest)) {
                        buf_add_char(&out, '{');
                        break;
                }
                arg = find_arg(message, name);
                if (arg)
                        buf_add(&out, arg->value);
                else
                        buf_printf(&out, "{%.*s}", STR_ARG(name));
        }
        buf_add(&out, rest);
        return buf_str(&out);
}
