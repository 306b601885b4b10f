#include "data/markup.h"

#include "data/utf8.h"

static const char *entity(char c) {
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

/* XML 1.0 allows DEL and the C1 controls, but a terminal would act on them. */
static bool xml_allows(uint32_t point) {
        return point == '\t' || point == '\n' || point == '\r' || (point >= 0x20 && point < 0x7f) ||
               (point >= 0xa0 && point != 0xfffe && point != 0xffff && point != UTF8_INVALID);
}

void markup_xml(struct buf *out, struct str text) {
        while (text.len) {
                uint32_t point;
                size_t size = utf8_next(text, &point);
                const char *name = size == 1 ? entity(*text.ptr) : NULL;

                if (name)
                        buf_add(out, str_of(name));
                else
                        buf_add(out,
                                xml_allows(point) ? str_slice(text, 0, size) : STR("\xef\xbf\xbd"));
                text = str_slice(text, size, text.len);
        }
}

void markup_markdown(struct buf *out, struct str text) {
        static const struct str special = STR_INIT("\\`*_{}[]<>()#|~&!");

        text = utf8_printable(out->arena, text);
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (str_find(special, c) != SIZE_MAX)
                        buf_add_char(out, '\\');
                buf_add_char(out, c);
        }
}

static bool is_unreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
}

void markup_uri_path(struct buf *out, struct str path) {
        for (size_t i = 0; i < path.len; i++) {
                if (is_unreserved(path.ptr[i]))
                        buf_add_char(out, path.ptr[i]);
                else
                        buf_printf(out, "%%%02X", (unsigned char)path.ptr[i]);
        }
}
