#include "gomod/semver.h"

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_identifier_char(char c) {
        return is_digit(c) || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_number(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (!is_digit(s.ptr[i]))
                        return false;
        return true;
}

/* Takes a decimal number without needless zeros. */
static bool take_number(struct str *rest, struct str *ret_number) {
        size_t len = 0;

        while (len < rest->len && is_digit(rest->ptr[len]))
                len++;
        if (len == 0 || (len > 1 && *rest->ptr == '0'))
                return false;
        *ret_number = str_slice(*rest, 0, len);
        *rest = str_slice(*rest, len, rest->len);
        return true;
}

static bool has_needless_zero(struct str number) {
        return number.len > 1 && *number.ptr == '0' && is_number(number);
}

/* Takes a mark ('-' or '+') and the dot-separated identifiers after it, up to stop. In a prerelease
 * a number has no needless zeros. */
static bool take_identifiers(struct str *rest, char stop, bool is_prerelease, struct str *ret) {
        size_t start = 1, i = 1;

        for (;; i++) {
                bool at_end = i == rest->len || rest->ptr[i] == stop;

                if (!at_end && rest->ptr[i] != '.' && !is_identifier_char(rest->ptr[i]))
                        return false;
                if (!at_end && rest->ptr[i] != '.')
                        continue;
                if (i == start || (is_prerelease && has_needless_zero(str_slice(*rest, start, i))))
                        return false;
                if (at_end)
                        break;
                start = i + 1;
        }
        *ret = str_slice(*rest, 0, i);
        *rest = str_slice(*rest, i, rest->len);
        return true;
}

static bool take_dot_number(struct str *rest, struct str *ret_number) {
        if (rest->len == 0 || *rest->ptr != '.')
                return false;
        *rest = str_slice(*rest, 1, rest->len);
        return take_number(rest, ret_number);
}

static bool take_suffixes(struct str rest, struct semver *v) {
        if (rest.len && *rest.ptr == '-' && !take_identifiers(&rest, '+', true, &v->prerelease))
                return false;
        if (rest.len && *rest.ptr == '+' && !take_identifiers(&rest, '\0', false, &v->build))
                return false;
        return rest.len == 0;
}

bool semver_parse(struct str version, struct semver *ret_semver) {
        struct semver v = { .minor = STR("0"), .patch = STR("0"), .missing = STR(".0.0") };
        struct str rest = str_slice(version, 1, version.len);

        if (version.len == 0 || *version.ptr != 'v' || !take_number(&rest, &v.major))
                return false;
        if (rest.len) {
                if (!take_dot_number(&rest, &v.minor))
                        return false;
                v.missing = STR(".0");
        }
        if (rest.len) {
                if (!take_dot_number(&rest, &v.patch) || !take_suffixes(rest, &v))
                        return false;
                v.missing = STR("");
        }
        *ret_semver = v;
        return true;
}

bool semver_is_valid(struct str version) {
        struct semver v;

        return semver_parse(version, &v);
}

static int compare_numbers(struct str a, struct str b) {
        return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : str_cmp(a, b);
}

static int compare_identifiers(struct str a, struct str b) {
        bool a_is_number = is_number(a), b_is_number = is_number(b);

        if (a_is_number != b_is_number)
                return a_is_number ? -1 : 1;
        return a_is_number ? compare_numbers(a, b) : str_cmp(a, b);
}

/* Takes the identifier after the '-' or '.' that *rest begins with. */
static struct str next_identifier(struct str *rest) {
        struct str s = str_slice(*rest, 1, rest->len), identifier;

        if (!str_cut(s, '.', &identifier, &s))
                identifier = s;
        *rest = str_slice(*rest, 1 + identifier.len, rest->len);
        return identifier;
}

static int compare_prereleases(struct str a, struct str b) {
        if (a.len == 0 || b.len == 0)
                return (a.len == 0) - (b.len == 0);
        while (a.len && b.len) {
                struct str a_identifier = next_identifier(&a), b_identifier = next_identifier(&b);
                int order = compare_identifiers(a_identifier, b_identifier);

                if (order)
                        return order;
        }
        return (a.len > 0) - (b.len > 0);
}

int semver_compare(struct str a, struct str b) {
        struct semver va, vb;
        bool a_valid = semver_parse(a, &va), b_valid = semver_parse(b, &vb);
        int order;

        if (!a_valid || !b_valid)
                return a_valid - b_valid;
        order = compare_numbers(va.major, vb.major);
        if (!order)
                order = compare_numbers(va.minor, vb.minor);
        if (!order)
                order = compare_numbers(va.patch, vb.patch);
        return order ? order : compare_prereleases(va.prerelease, vb.prerelease);
}

struct str semver_major(struct str version) {
        struct semver v;

        return semver_parse(version, &v) ? str_slice(version, 0, 1 + v.major.len) : STR_NONE;
}

struct str semver_prerelease(struct str version) {
        struct semver v;

        return semver_parse(version, &v) ? v.prerelease : STR_NONE;
}

struct str semver_build(struct str version) {
        struct semver v;

        return semver_parse(version, &v) ? v.build : STR_NONE;
}

struct str semver_canonical(struct arena *arena, struct str version) {
        struct semver v;

        if (!semver_parse(version, &v))
                return STR_NONE;
        if (v.missing.len)
                return str_fmt(arena, "%.*s%.*s", STR_ARG(version), STR_ARG(v.missing));
        return str_slice(version, 0, version.len - v.build.len);
}

struct str semver_module_canonical(struct arena *arena, struct str version) {
        return semver_is_module_canonical(version) ? version : semver_canonical(arena, version);
}

bool semver_is_module_canonical(struct str version) {
        struct semver v;

        return semver_parse(version, &v) && v.missing.len == 0 &&
               (v.build.len == 0 || str_eq(v.build, STR("+incompatible")));
}

bool semver_is_incompatible(struct str version) {
        return str_eq(semver_build(version), STR("+incompatible"));
}
