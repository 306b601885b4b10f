#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text) {
        for (; *text; text++)
                if ((unsigned char)*text < 0x20 || *text == 0x7f)
                        *text = *text == '\n' || *text == '\t' ? ' ' : '?';
}

PRINTF_LIKE(3, 0)
static void fill(char *out, size_t size, const char *format, va_list args) {
        vsnprintf(out, size, format, args);
        make_printable(out);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...) {
        va_list args;

        *err = (struct err){ .code = code };
        va_start(args, format);
        fill(err->message, sizeof(err->message), format, args);
        va_end(args);
        return false;
}

bool err_at(struct err *err, enum err_code code, struct str file, uint32_t line, uint32_t column,
            const char *format, ...) {
        va_list args;

        *err = (struct err){ .code = code, .line = line, .column = column };
        snprintf(err->file, sizeof(err->file), "%.*s", STR_ARG(file));
        make_printable(err->file);
        va_start(args, format);
        fill(err->message, sizeof(err->message), format, args);
        va_end(args);
        return false;
}

bool err_errno(struct err *err, struct str file, const char *doing) {
        int number = errno;
        bool absent = number == ENOENT || number == ENOTDIR;

        return err_at(err, absent ? ERR_NOT_FOUND : ERR_IO, file, 0, 0, "%s: %s", doing,
                      strerrordesc_np(number));
}

bool err_place(struct err *err, struct str file) {
        if (!*err->file) {
                snprintf(err->file, sizeof(err->file), "%.*s", STR_ARG(file));
                make_printable(err->file);
        }
        return false;
}

bool err_context(struct err *err, const char *format, ...) {
        size_t used = strlen(err->context);
        va_list args;

        if (used && used + 3 < sizeof(err->context))
                used += (size_t)snprintf(err->context + used, sizeof(err->context) - used, "; ");
        va_start(args, format);
        fill(err->context + used, sizeof(err->context) - used, format, args);
        va_end(args);
        return false;
}

bool err_mend(struct err *err, const char *format, ...) {
        va_list args;

        va_start(args, format);
        fill(err->mend, sizeof(err->mend), format, args);
        va_end(args);
        return false;
}

struct str err_line(const struct err *err, struct arena *arena) {
        if (!*err->file)
                return str_fmt(arena, "%s", err->message);
        if (!err->line)
                return str_fmt(arena, "%s: %s", err->file, err->message);
        if (!err->column)
                return str_fmt(arena, "%s:%u: %s", err->file, err->line, err->message);
        return str_fmt(arena, "%s:%u:%u: %s", err->file, err->line, err->column, err->message);
}
