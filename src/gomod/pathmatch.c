#include "gomod/pathmatch.h"

#include "data/unicode.h"

/* The pattern is matched piece by piece: a run of stars, then the text up to the next star. */
struct piece {
        bool star;
        struct str text;
};

enum match { MATCH_NO, MATCH_YES, MATCH_MALFORMED };

/* Takes the next piece off the pattern; a star inside brackets or after a backslash is text. */
static struct piece next_piece(struct str *pattern) {
        struct piece piece = { 0 };
        bool in_class = false;
        size_t i = 0;

        for (; pattern->len && *pattern->ptr == '*'; piece.star = true)
                *pattern = str_slice(*pattern, 1, pattern->len);
        for (; i < pattern->len; i++) {
                char c = pattern->ptr[i];

                if (c == '\\' && i + 1 < pattern->len)
                        i++;
                else if (c == '[')
                        in_class = true;
                else if (c == ']')
                        in_class = false;
                else if (c == '*' && !in_class)
                        break;
        }
        piece.text = str_slice(*pattern, 0, i);
        *pattern = str_slice(*pattern, i, pattern->len);
        return piece;
}

static uint32_t take(struct str *s) {
        uint32_t point;
        size_t size = unicode_next(*s, &point);

        *s = str_slice(*s, size, s->len);
        return point;
}

/* One end of a range; false where the class is malformed. A class needs a byte after it, its `]`.
 */
static bool take_class_point(struct str *class, uint32_t *ret_point) {
        size_t size;

        if (class->len == 0 || *class->ptr == '-' || *class->ptr == ']')
                return false;
        if (*class->ptr == '\\')
                *class = str_slice(*class, 1, class->len);
        if (class->len == 0)
                return false;
        size = unicode_next(*class, ret_point);
        *class = str_slice(*class, size, class->len);
        return class->len > 0 && (*ret_point != UNICODE_ERROR || size > 1);
}

/* *text stands after '['; is left after ']'. */
static enum match match_class(struct str *text, uint32_t point) {
        bool negated = text->len && *text->ptr == '^';
        bool found = false;
        size_t range_count = 0;

        if (negated)
                *text = str_slice(*text, 1, text->len);
        for (;; range_count++) {
                uint32_t low, high;

                if (text->len && *text->ptr == ']' && range_count > 0)
                        break;
                if (!take_class_point(text, &low))
                        return MATCH_MALFORMED;
                high = low;
                if (*text->ptr == '-') {
                        *text = str_slice(*text, 1, text->len);
                        if (!take_class_point(text, &high))
                                return MATCH_MALFORMED;
                }
                found = found || (low <= point && point <= high);
        }
        *text = str_slice(*text, 1, text->len);
        return found != negated ? MATCH_YES : MATCH_NO;
}

/* Matches text at the start of *name and takes what it matched. After a mismatch the rest of text
 * is still read, so that a malformed pattern is noticed wherever it is. */
static enum match match_text(struct str text, struct str *name) {
        struct str rest = *name;
        bool failed = false;

        while (text.len) {
                char c = *text.ptr;

                failed = failed || rest.len == 0;
                if (c == '[') {
                        uint32_t point = failed ? 0 : take(&rest);
                        enum match match;

                        text = str_slice(text, 1, text.len);
                        match = match_class(&text, point);
                        if (match == MATCH_MALFORMED)
                                return match;
                        failed = failed || match == MATCH_NO;
                        continue;
                }
                if (c == '?') {
                        failed = failed || *rest.ptr == '/';
                        if (!failed)
                                take(&rest);
                        text = str_slice(text, 1, text.len);
                        continue;
                }
                if (c == '\\') {
                        text = str_slice(text, 1, text.len);
                        if (text.len == 0)
                                return MATCH_MALFORMED;
                }
                failed = failed || *text.ptr != *rest.ptr;
                if (!failed)
                        rest = str_slice(rest, 1, rest.len);
                text = str_slice(text, 1, text.len);
        }
        if (failed)
                return MATCH_NO;
        *name = rest;
        return MATCH_YES;
}

/* Tries text at every place that a star may reach. The last piece must end the name. */
static enum match match_after_star(struct str text, struct str *name, bool is_last) {
        for (size_t i = 0; i < name->len && name->ptr[i] != '/'; i++) {
                struct str rest = str_slice(*name, i + 1, name->len);
                enum match match = match_text(text, &rest);

                if (match == MATCH_MALFORMED)
                        return match;
                if (match == MATCH_YES && (!is_last || rest.len == 0)) {
                        *name = rest;
                        return match;
                }
        }
        return MATCH_NO;
}

bool pathmatch(struct str pattern, struct str name) {
        while (pattern.len) {
                struct piece piece = next_piece(&pattern);
                struct str rest = name;
                enum match match;

                if (piece.star && piece.text.len == 0)
                        return str_find(name, '/') == SIZE_MAX;
                match = match_text(piece.text, &rest);
                if (match == MATCH_YES && (rest.len == 0 || pattern.len)) {
                        name = rest;
                        continue;
                }
                if (match == MATCH_MALFORMED || !piece.star)
                        return false;
                if (match_after_star(piece.text, &name, pattern.len == 0) != MATCH_YES)
                        return false;
        }
        return name.len == 0;
}
