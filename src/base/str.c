#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct str str_of(const char *text) {
        return text ? (struct str){ text, strlen(text) } : STR_NONE;
}

bool str_eq(struct str a, struct str b) {
        return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int str_cmp(struct str a, struct str b) {
        size_t common = MIN_OF(a.len, b.len);
        int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_eq_fold(struct str a, struct str b) {
        return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_has_prefix(struct str s, struct str prefix) {
        return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_has_suffix(struct str s, struct str suffix) {
        return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool str_contains(struct str s, struct str part) {
        return str_find_str(s, part) != SIZE_MAX;
}

struct str str_drop_prefix(struct str s, struct str prefix) {
        return str_has_prefix(s, prefix) ? str_slice(s, prefix.len, s.len) : s;
}

struct str str_drop_suffix(struct str s, struct str suffix) {
        return str_has_suffix(s, suffix) ? str_slice(s, 0, s.len - suffix.len) : s;
}

struct str str_slice(struct str s, size_t from, size_t to) {
        to = MIN_OF(to, s.len);
        from = MIN_OF(from, to);
        return (struct str){ s.ptr ? s.ptr + from : NULL, to - from };
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s) {
        while (s.len && is_blank(s.ptr[s.len - 1]))
                s.len--;
        while (s.len && is_blank(*s.ptr))
                s = str_slice(s, 1, s.len);
        return s;
}

size_t str_find(struct str s, char c) {
        const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

        return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_find_last(struct str s, char c) {
        const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;

        return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_find_str(struct str s, struct str part) {
        const char *at;

        if (part.len == 0)
                return 0;
        at = s.len ? memmem(s.ptr, s.len, part.ptr, part.len) : NULL;
        return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

static bool cut_at(struct str s, size_t at, struct str *ret_before, struct str *ret_after) {
        if (at == SIZE_MAX)
                return false;
        *ret_before = str_slice(s, 0, at);
        *ret_after = str_slice(s, at + 1, s.len);
        return true;
}

bool str_cut(struct str s, char sep, struct str *ret_before, struct str *ret_after) {
        return cut_at(s, str_find(s, sep), ret_before, ret_after);
}

bool str_cut_last(struct str s, char sep, struct str *ret_before, struct str *ret_after) {
        return cut_at(s, str_find_last(s, sep), ret_before, ret_after);
}

bool str_next_line(struct str *rest, struct str *ret_line) {
        if (rest->len == 0)
                return false;
        if (!str_cut(*rest, '\n', ret_line, rest)) {
                *ret_line = *rest;
                *rest = STR_NONE;
        }
        return true;
}

bool str_next_word(struct str *rest, struct str *ret_word) {
        size_t start = 0, end;

        while (start < rest->len && (rest->ptr[start] == ' ' || rest->ptr[start] == '\t'))
                start++;
        if (start == rest->len)
                return false;
        for (end = start; end < rest->len && rest->ptr[end] != ' ' && rest->ptr[end] != '\t';)
                end++;
        *ret_word = str_slice(*rest, start, end);
        *rest = str_slice(*rest, end, rest->len);
        return true;
}

bool str_to_u64(struct str s, uint64_t *ret_value) {
        uint64_t value = 0;

        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value))
                        return false;
        }
        if (s.len == 0)
                return false;
        *ret_value = value;
        return true;
}

struct str str_dup(struct arena *arena, struct str s) {
        char *copy = arena_alloc(arena, s.len);

        if (s.len)
                memcpy(copy, s.ptr, s.len);
        return (struct str){ copy, s.len };
}

char *str_to_c(struct arena *arena, struct str s) {
        char *copy = arena_alloc(arena, s.len + 1);

        if (s.len)
                memcpy(copy, s.ptr, s.len);
        return copy;
}

struct str str_vfmt(struct arena *arena, const char *format, va_list args) {
        va_list again;
        char *text;
        int len;

        va_copy(again, args);
        len = vsnprintf(NULL, 0, format, args);
        assert(len >= 0);
        text = arena_alloc(arena, (size_t)len + 1);
        vsnprintf(text, (size_t)len + 1, format, again);
        va_end(again);
        return (struct str){ text, (size_t)len };
}

struct str str_fmt(struct arena *arena, const char *format, ...) {
        va_list args;
        struct str text;

        va_start(args, format);
        text = str_vfmt(arena, format, args);
        va_end(args);
        return text;
}

struct str str_join_path(struct arena *arena, struct str a, struct str b) {
        if (a.len == 0)
                return b;
        if (b.len == 0)
                return a;
        a = str_drop_suffix(a, STR("/"));
        b = str_drop_prefix(b, STR("/"));
        return str_fmt(arena, "%.*s/%.*s", STR_ARG(a), STR_ARG(b));
}

int str_cmp_qsort(const void *a, const void *b) {
        return str_cmp(*(const struct str *)a, *(const struct str *)b);
}
