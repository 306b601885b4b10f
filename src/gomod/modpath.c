#include "gomod/modpath.h"

#include "data/unicode.h"
#include "data/utf8.h"
#include "gomod/gover.h"
#include "gomod/pathmatch.h"
#include "gomod/semver.h"

#include <assert.h>
#include <string.h>

enum path_kind { PATH_MODULE, PATH_IMPORT, PATH_FILE };

static const char *const kind_names[] = { "module", "import", "file" };

/* File names that Windows keeps for itself, in any case and with any extension. */
static const struct str windows_names[] = {
        STR_INIT("CON"),  STR_INIT("PRN"),  STR_INIT("AUX"),  STR_INIT("NUL"),  STR_INIT("COM1"),
        STR_INIT("COM2"), STR_INIT("COM3"), STR_INIT("COM4"), STR_INIT("COM5"), STR_INIT("COM6"),
        STR_INIT("COM7"), STR_INIT("COM8"), STR_INIT("COM9"), STR_INIT("LPT1"), STR_INIT("LPT2"),
        STR_INIT("LPT3"), STR_INIT("LPT4"), STR_INIT("LPT5"), STR_INIT("LPT6"), STR_INIT("LPT7"),
        STR_INIT("LPT8"), STR_INIT("LPT9"),
};

/* ASCII punctuation that may stand in a path element, by kind. */
static const char *const punctuation[] = { "-._~", "-._~+", "!#$%&()+,-.=@[]^_{}~ " };

bool mod_version_eq(struct mod_version a, struct mod_version b) {
        return str_eq(a.path, b.path) && str_eq(a.version, b.version);
}

int mod_version_cmp(struct mod_version a, struct mod_version b) {
        int order = str_cmp(a.path, b.path);

        if (!order)
                order = gover_module_compare(a.path, a.version, b.version);
        return order ? order : str_cmp(a.version, b.version);
}

struct str mod_version_text(struct arena *arena, struct mod_version mod) {
        if (mod.version.len == 0)
                return mod.path;
        return str_fmt(arena, "%.*s@%.*s", STR_ARG(mod.path), STR_ARG(mod.version));
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_alphanumeric(uint32_t c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool point_is_allowed(uint32_t point, enum path_kind kind) {
        if (point >= 0x80)
                return kind == PATH_FILE && unicode_is_letter(point);
        return is_alphanumeric(point) || (point && strchr(punctuation[kind], (int)point));
}

static bool check_characters(struct str element, enum path_kind kind, struct err *err) {
        while (element.len) {
                uint32_t point;
                size_t size = unicode_next(element, &point);

                if (!point_is_allowed(point, kind))
                        return err_set(err, ERR_SYNTAX, "invalid char '%.*s'",
                                       STR_ARG(str_slice(element, 0, size)));
                element = str_slice(element, size, element.len);
        }
        return true;
}

static bool check_windows_name(struct str name, struct err *err) {
        for (size_t i = 0; i < COUNT_OF(windows_names); i++)
                if (str_eq_fold(name, windows_names[i]))
                        return err_set(err, ERR_SYNTAX,
                                       "\"%.*s\" disallowed as path element component on Windows",
                                       STR_ARG(name));
        return true;
}

/* "PROGRA~1" and its like. */
static bool looks_like_short_name(struct str name) {
        struct str before, digits;

        if (!str_cut_last(name, '~', &before, &digits) || digits.len == 0)
                return false;
        for (size_t i = 0; i < digits.len; i++)
                if (!is_digit(digits.ptr[i]))
                        return false;
        return true;
}

static bool is_all_dots(struct str element) {
        for (size_t i = 0; i < element.len; i++)
                if (element.ptr[i] != '.')
                        return false;
        return true;
}

static bool check_element(struct str element, enum path_kind kind, struct err *err) {
        struct str name = element, rest;

        if (element.len == 0)
                return err_set(err, ERR_SYNTAX, "empty path element");
        if (is_all_dots(element))
                return err_set(err, ERR_SYNTAX, "invalid path element \"%.*s\"", STR_ARG(element));
        if (*element.ptr == '.' && kind == PATH_MODULE)
                return err_set(err, ERR_SYNTAX, "leading dot in path element");
        if (element.ptr[element.len - 1] == '.')
                return err_set(err, ERR_SYNTAX, "trailing dot in path element");
        if (!check_characters(element, kind, err))
                return false;
        str_cut(element, '.', &name, &rest);
        if (!check_windows_name(name, err))
                return false;
        if (kind != PATH_FILE && looks_like_short_name(name))
                return err_set(err, ERR_SYNTAX, "trailing tilde and digits in path element");
        return true;
}

static bool check_elements(struct str path, enum path_kind kind, struct err *err) {
        struct str element, rest = path;

        if (!utf8_is_valid(path))
                return err_set(err, ERR_SYNTAX, "invalid UTF-8");
        if (path.len == 0)
                return err_set(err, ERR_SYNTAX, "empty string");
        if (*path.ptr == '-' && kind != PATH_FILE)
                return err_set(err, ERR_SYNTAX, "leading dash");
        if (str_contains(path, STR("//")))
                return err_set(err, ERR_SYNTAX, "double slash");
        if (path.ptr[path.len - 1] == '/')
                return err_set(err, ERR_SYNTAX, "trailing slash");
        while (str_cut(rest, '/', &element, &rest))
                if (!check_element(element, kind, err))
                        return false;
        return check_element(rest, kind, err);
}

static bool check_domain(struct str path, struct err *err) {
        struct str domain = path, rest;

        str_cut(path, '/', &domain, &rest);
        if (domain.len == 0)
                return err_set(err, ERR_SYNTAX, "leading slash");
        if (str_find(domain, '.') == SIZE_MAX)
                return err_set(err, ERR_SYNTAX, "missing dot in first path element");
        for (size_t i = 0; i < domain.len; i++) {
                char c = domain.ptr[i];

                if (c != '-' && c != '.' && !is_digit(c) && !(c >= 'a' && c <= 'z'))
                        return err_set(err, ERR_SYNTAX, "invalid char '%c' in first path element",
                                       c);
        }
        return true;
}

static bool check_module(struct str path, struct err *err) {
        struct str prefix, major;

        if (!check_elements(path, PATH_MODULE, err) || !check_domain(path, err))
                return false;
        if (!modpath_split_major(path, &prefix, &major))
                return err_set(err, ERR_SYNTAX, "invalid version");
        return true;
}

/* Puts the kind and the path before what is wrong. */
static bool name_path(enum path_kind kind, struct str path, struct err *err) {
        struct err cause = *err;

        return err_set(err, ERR_SYNTAX, "malformed %s path \"%.*s\": %s", kind_names[kind],
                       STR_ARG(str_slice(path, 0, 300)), cause.message);
}

bool modpath_check(struct str path, struct err *err) {
        return check_module(path, err) || name_path(PATH_MODULE, path, err);
}

bool modpath_check_import(struct str path, struct err *err) {
        return check_elements(path, PATH_IMPORT, err) || name_path(PATH_IMPORT, path, err);
}

bool modpath_check_file(struct str path, struct err *err) {
        return check_elements(path, PATH_FILE, err) || name_path(PATH_FILE, path, err);
}

bool modpath_check_version(struct mod_version mod, struct err *err) {
        struct str prefix, major;

        if (!modpath_check(mod.path, err))
                return false;
        if (!semver_is_valid(mod.version))
                return err_set(err, ERR_SYNTAX, "version \"%.*s\" invalid: not a semantic version",
                               STR_ARG(mod.version));
        modpath_split_major(mod.path, &prefix, &major);
        return modpath_check_major(mod.version, major, err);
}

/* The number of bytes at the end of s that are digits (or dots, where dots is set). */
static size_t count_version_tail(struct str s, bool dots) {
        size_t count = 0;

        while (count < s.len &&
               (is_digit(s.ptr[s.len - 1 - count]) || (dots && s.ptr[s.len - 1 - count] == '.')))
                count++;
        return count;
}

/* gopkg.in paths end in ".vN" or ".vN-unstable" always. */
static bool split_gopkg_in(struct str path, struct str *ret_prefix, struct str *ret_major) {
        struct str stem = str_drop_suffix(path, STR("-unstable"));
        size_t start = stem.len - count_version_tail(stem, false);

        *ret_prefix = path;
        *ret_major = STR_NONE;
        if (start <= 1 || path.ptr[start - 1] != 'v' || path.ptr[start - 2] != '.')
                return false;
        if (path.len == start || (path.ptr[start] == '0' && path.len != start + 1))
                return false;
        *ret_prefix = str_slice(path, 0, start - 2);
        *ret_major = str_slice(path, start - 2, path.len);
        return true;
}

bool modpath_split_major(struct str path, struct str *ret_prefix, struct str *ret_major) {
        size_t tail = count_version_tail(path, true), start = path.len - tail;
        struct str number = str_slice(path, start, path.len);

        if (str_has_prefix(path, STR("gopkg.in/")))
                return split_gopkg_in(path, ret_prefix, ret_major);
        *ret_prefix = path;
        *ret_major = STR_NONE;
        if (start <= 1 || tail == 0 || path.ptr[start - 1] != 'v' || path.ptr[start - 2] != '/')
                return true;
        if (str_find(number, '.') != SIZE_MAX || *number.ptr == '0' || str_eq(number, STR("1")))
                return false;
        *ret_prefix = str_slice(path, 0, start - 2);
        *ret_major = str_slice(path, start - 2, path.len);
        return true;
}

bool modpath_check_major(struct str version, struct str major, struct err *err) {
        struct str have = semver_major(version);
        struct str want = str_slice(major, 1, major.len);

        if (str_has_prefix(major, STR(".v")))
                want = str_drop_suffix(want, STR("-unstable"));
        /* gopkg.in/NAME.v1 once got pseudo-versions of v0; the go command takes them still. */
        if (str_has_prefix(version, STR("v0.0.0-")) && str_eq(major, STR(".v1")))
                return true;
        if (major.len ? str_eq(have, want)
                      : str_eq(have, STR("v0")) || str_eq(have, STR("v1")) ||
                                semver_is_incompatible(version))
                return true;
        return err_set(err, ERR_SYNTAX, "version \"%.*s\" invalid: should be %.*s, not %.*s",
                       STR_ARG(version), STR_ARG(major.len ? want : STR("v0 or v1")),
                       STR_ARG(have));
}

bool modpath_major_allows(struct str version, struct str major) {
        struct err err;

        return modpath_check_major(version, major, &err);
}

static struct str escape(struct arena *arena, struct str s) {
        char *out = arena_alloc(arena, s.len * 2);
        size_t len = 0;

        for (size_t i = 0; i < s.len; i++) {
                bool upper = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z';

                if (upper)
                        out[len++] = '!';
                out[len++] = (char)(upper ? s.ptr[i] | 0x20 : s.ptr[i]);
        }
        return (struct str){ out, len };
}

static bool unescape(struct arena *arena, struct str s, struct str *ret) {
        char *out = arena_alloc(arena, s.len);
        size_t len = 0;

        for (size_t i = 0; i < s.len; i++) {
                bool bang = s.ptr[i] == '!';
                char c = bang ? (++i < s.len ? s.ptr[i] : '\0') : s.ptr[i];

                if ((unsigned char)c >= 0x80 || (c >= 'A' && c <= 'Z') ||
                    (bang && !(c >= 'a' && c <= 'z')))
                        return false;
                out[len++] = (char)(bang ? c & ~0x20 : c);
        }
        *ret = (struct str){ out, len };
        return true;
}

bool modpath_escape(struct arena *arena, struct str path, struct str *ret_escaped,
                    struct err *err) {
        if (!modpath_check(path, err))
                return false;
        *ret_escaped = escape(arena, path);
        return true;
}

bool modpath_unescape(struct arena *arena, struct str escaped, struct str *ret_path,
                      struct err *err) {
        struct str path;

        if (!unescape(arena, escaped, &path))
                return err_set(err, ERR_SYNTAX, "invalid escaped module path \"%.*s\"",
                               STR_ARG(escaped));
        if (!modpath_check(path, err))
                return false;
        *ret_path = path;
        return true;
}

static bool is_ascii_without_bang(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if ((unsigned char)s.ptr[i] >= 0x80 || s.ptr[i] == '!')
                        return false;
        return true;
}

bool modpath_escape_version(struct arena *arena, struct str version, struct str *ret_escaped,
                            struct err *err) {
        struct err cause;

        if (!utf8_is_valid(version) || !check_element(version, PATH_FILE, &cause) ||
            !is_ascii_without_bang(version))
                return err_set(err, ERR_SYNTAX,
                               "version \"%.*s\" invalid: disallowed version string",
                               STR_ARG(version));
        *ret_escaped = escape(arena, version);
        return true;
}

bool modpath_unescape_version(struct arena *arena, struct str escaped, struct str *ret_version,
                              struct err *err) {
        struct str version;
        struct err cause;

        if (!unescape(arena, escaped, &version) || !check_element(version, PATH_FILE, &cause))
                return err_set(err, ERR_SYNTAX, "invalid escaped version \"%.*s\"",
                               STR_ARG(escaped));
        *ret_version = version;
        return true;
}

static size_t count_slashes(struct str s) {
        size_t count = 0;

        for (size_t i = 0; i < s.len; i++)
                count += s.ptr[i] == '/';
        return count;
}

/* The first elements of the path, as many as the pattern has. False where the path has fewer. */
static bool prefix_like(struct str pattern, struct str path, struct str *ret_prefix) {
        size_t slashes = count_slashes(pattern), end = 0;

        for (; end < path.len && (path.ptr[end] != '/' || slashes > 0); end++)
                slashes -= path.ptr[end] == '/';
        *ret_prefix = str_slice(path, 0, end);
        return slashes == 0;
}

bool modpath_matches_patterns(struct str patterns, struct str path) {
        while (patterns.len) {
                struct str pattern = patterns, prefix;

                if (!str_cut(patterns, ',', &pattern, &patterns))
                        patterns = STR_NONE;
                pattern = str_drop_suffix(pattern, STR("/"));
                if (pattern.len && prefix_like(pattern, path, &prefix) &&
                    pathmatch(pattern, prefix))
                        return true;
        }
        return false;
}

static bool starts_with_drive(struct str path) {
        return path.len >= 2 && path.ptr[1] == ':' && (path.ptr[0] | 0x20) >= 'a' &&
               (path.ptr[0] | 0x20) <= 'z';
}

bool modpath_is_directory(struct str path) {
        static const struct str prefixes[] = { STR_INIT("./"),   STR_INIT(".\\"), STR_INIT("../"),
                                               STR_INIT("..\\"), STR_INIT("/"),   STR_INIT("\\") };

        for (size_t i = 0; i < COUNT_OF(prefixes); i++)
                if (str_has_prefix(path, prefixes[i]))
                        return true;
        return str_eq(path, STR(".")) || str_eq(path, STR("..")) || starts_with_drive(path);
}
