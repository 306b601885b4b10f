#include "data/glob.h"

static bool is_special_part(struct str part) {
        return str_eq(part, STR("**"));
}

/* The end of the class that starts at `at` (its '['): the index of its ']', or SIZE_MAX. A ']'
 * right after the '[' or '[!' is a member, as in fnmatch(3). */
static size_t class_end(struct str pattern, size_t at) {
        size_t i = at + 1;

        if (i < pattern.len && (pattern.ptr[i] == '!' || pattern.ptr[i] == '^'))
                i++;
        for (size_t first = i; i < pattern.len; i++) {
                if (pattern.ptr[i] == ']' && i > first)
                        return i;
                if (pattern.ptr[i] == '\\')
                        i++;
        }
        return SIZE_MAX;
}

static bool check_escapes(struct str pattern, struct err *err) {
        for (size_t i = 0; i < pattern.len; i++) {
                if (pattern.ptr[i] == '\\') {
                        if (++i == pattern.len)
                                return err_set(err, ERR_SYNTAX, "the pattern ends in a single \\");
                } else if (pattern.ptr[i] == '[') {
                        i = class_end(pattern, i);
                        if (i == SIZE_MAX)
                                return err_set(err, ERR_SYNTAX,
                                               "the pattern has a [ without its ]");
                }
        }
        return true;
}

static bool check_parts(struct str pattern, struct err *err) {
        struct str rest = pattern, part;
        bool more = true;

        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                if (!more)
                        part = rest;
                if (str_contains(part, STR("**")) && !is_special_part(part))
                        return err_set(err, ERR_SYNTAX,
                                       "** stands for whole folders: write a/**/b, not a**b");
        }
        return true;
}

bool glob_check(struct str pattern, struct err *err) {
        if (!pattern.len || str_eq(pattern, STR("/")))
                return err_set(err, ERR_SYNTAX, "the pattern is empty");
        if (pattern.len > GLOB_PATTERN_MAX)
                return err_set(err, ERR_LIMIT, "the pattern has over %d bytes", GLOB_PATTERN_MAX);
        if (pattern.ptr[0] == '!')
                return err_set(
                        err, ERR_SYNTAX,
                        "a pattern cannot take back others with !: write \\! for the letter");
        return check_escapes(pattern, err) && check_parts(pattern, err);
}

/* One unit of a pattern part and the byte it is to match. */
static bool class_has(struct str class, unsigned char byte) {
        bool negated = class.len && (class.ptr[0] == '!' || class.ptr[0] == '^');
        bool found = false;

        for (size_t i = negated; i < class.len; i++) {
                unsigned char low, high;

                if (class.ptr[i] == '\\' && i + 1 < class.len)
                        i++;
                low = high = (unsigned char)class.ptr[i];
                if (i + 2 < class.len && class.ptr[i + 1] == '-') {
                        i += 2;
                        if (class.ptr[i] == '\\' && i + 1 < class.len)
                                i++;
                        high = (unsigned char)class.ptr[i];
                }
                found |= byte >= low && byte <= high;
        }
        return found != negated;
}

/* Whether the unit of pattern at *at takes byte; moves *at behind the unit. */
static bool unit_takes(struct str pattern, size_t *at, char byte) {
        char unit = pattern.ptr[*at];
        size_t end;

        if (unit == '[' && (end = class_end(pattern, *at)) != SIZE_MAX) {
                struct str class = str_slice(pattern, *at + 1, end);

                *at = end + 1;
                return class_has(class, (unsigned char)byte);
        }
        if (unit == '\\' && *at + 1 < pattern.len)
                unit = pattern.ptr[++*at];
        else if (unit == '?') {
                ++*at;
                return true;
        }
        ++*at;
        return unit == byte;
}

/* One part against one name. Only the last `*` is ever gone back to, so the time is bounded by the
 * product of the lengths. */
static bool part_matches(struct str pattern, struct str name) {
        size_t p = 0, n = 0, star = SIZE_MAX, star_n = 0;

        while (n < name.len) {
                size_t after = p;

                if (p < pattern.len && pattern.ptr[p] == '*') {
                        star = ++p;
                        star_n = n;
                } else if (p < pattern.len && unit_takes(pattern, &after, name.ptr[n])) {
                        p = after;
                        n++;
                } else if (star != SIZE_MAX) {
                        p = star;
                        n = ++star_n;
                } else {
                        return false;
                }
        }
        while (p < pattern.len && pattern.ptr[p] == '*')
                p++;
        return p == pattern.len;
}

/* Takes the part before the next slash off *rest; false at the end. */
static bool next_part(struct str *rest, struct str *ret_part) {
        if (!rest->len)
                return false;
        if (!str_cut(*rest, '/', ret_part, rest)) {
                *ret_part = *rest;
                *rest = STR_NONE;
        }
        return true;
}

/* What a pattern may leave of the path when it is used up: nothing, or what lies below a folder. */
struct end {
        bool takes_all, takes_below;
};

static bool ends_well(struct end end, struct str rest) {
        return rest.len ? end.takes_below : end.takes_all;
}

/* A trailing `**` takes at least one part. */
static bool all_below_ends_well(struct end end, struct str rest) {
        bool is_deep = str_find(rest, '/') != SIZE_MAX;

        return rest.len && (end.takes_all || (end.takes_below && is_deep));
}

/* The parts of an anchored pattern against the parts of a path. As with `*` in a part, only the
 * last
 * `**` is gone back to. */
static bool anchored_matches(struct str pattern, struct str path, struct end end) {
        struct str p = pattern, n = path, star_p = STR_NONE, star_n = STR_NONE;
        struct str part, name;
        bool has_star = false;

        for (;;) {
                struct str after_p = p, after_n = n;

                if (!next_part(&after_p, &part)) {
                        if (ends_well(end, n))
                                return true;
                } else if (is_special_part(part)) {
                        if (!after_p.len)
                                return all_below_ends_well(end, n);
                        has_star = true;
                        star_p = p = after_p;
                        star_n = n;
                        continue;
                } else if (next_part(&after_n, &name) && part_matches(part, name)) {
                        p = after_p;
                        n = after_n;
                        continue;
                }
                if (!has_star || !next_part(&star_n, &name) || !star_n.len)
                        return false;
                p = star_p;
                n = star_n;
        }
}

/* A pattern without a slash matches any part of the path. */
static bool floating_matches(struct str pattern, struct str path, struct end end) {
        struct str rest = path, name;

        while (next_part(&rest, &name))
                if (ends_well(end, rest) && part_matches(pattern, name))
                        return true;
        return false;
}

static bool matches(struct str pattern, struct str path, bool takes_below, bool is_dir) {
        struct str body = str_drop_suffix(pattern, STR("/"));
        struct end end = { is_dir || body.len == pattern.len, takes_below };

        if (!body.len || body.len > GLOB_PATTERN_MAX)
                return false;
        if (str_find(body, '/') == SIZE_MAX && !is_special_part(body))
                return floating_matches(body, path, end);
        return anchored_matches(str_drop_prefix(body, STR("/")), path, end);
}

bool glob_match(struct str pattern, struct str path) {
        return matches(pattern, path, true, false);
}

bool glob_match_entry(struct str pattern, struct str path, bool is_dir) {
        return matches(pattern, path, false, is_dir);
}
