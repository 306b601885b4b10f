#include "gomod/gover.h"

#include "gomod/semver.h"

/* All parts empty: malformed. */
struct gover {
        struct str major, minor, patch;
        struct str kind; /* "", alpha, beta, rc */
        struct str pre;
};

static bool take_number(struct str *rest, struct str *ret_number) {
        size_t len = 0;

        while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9')
                len++;
        if (len == 0 || (len > 1 && *rest->ptr == '0'))
                return false;
        *ret_number = str_slice(*rest, 0, len);
        *rest = str_slice(*rest, len, rest->len);
        return true;
}

static int compare_numbers(struct str a, struct str b) {
        return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : str_cmp(a, b);
}

/* rest follows MAJOR.MINOR and begins with neither a digit nor a dot. */
static bool parse_prerelease(struct str rest, struct gover *v) {
        size_t len = 0;

        while (len < rest.len && rest.ptr[len] >= 'a' && rest.ptr[len] <= 'z')
                len++;
        v->kind = str_slice(rest, 0, len);
        rest = str_slice(rest, len, rest.len);
        return len > 0 && (rest.len == 0 || (take_number(&rest, &v->pre) && rest.len == 0));
}

static bool parse_after_major(struct str rest, struct gover *v) {
        if (*rest.ptr != '.')
                return false;
        rest = str_slice(rest, 1, rest.len);
        if (!take_number(&rest, &v->minor))
                return false;
        if (rest.len == 0) {
                if (compare_numbers(v->minor, STR("21")) < 0)
                        v->patch = STR("0");
                return true;
        }
        if (*rest.ptr != '.')
                return parse_prerelease(rest, v);
        rest = str_slice(rest, 1, rest.len);
        return take_number(&rest, &v->patch) && rest.len == 0;
}

static struct gover parse(struct str version) {
        struct gover v = { 0 };

        if (!take_number(&version, &v.major))
                return (struct gover){ 0 };
        if (version.len == 0)
                v.minor = v.patch = STR("0");
        else if (!parse_after_major(version, &v))
                return (struct gover){ 0 };
        return v;
}

bool gover_is_valid(struct str version) {
        return parse(version).major.len > 0;
}

int gover_compare(struct str a, struct str b) {
        struct gover va = parse(a), vb = parse(b);
        int order = compare_numbers(va.major, vb.major);

        if (!order)
                order = compare_numbers(va.minor, vb.minor);
        if (!order)
                order = compare_numbers(va.patch, vb.patch);
        if (!order)
                order = str_cmp(va.kind, vb.kind);
        return order ? order : compare_numbers(va.pre, vb.pre);
}

bool gover_is_language(struct str version) {
        struct gover v = parse(version);

        return v.major.len && !v.patch.len && !v.kind.len && !v.pre.len;
}

bool gover_is_prerelease(struct str version) {
        return parse(version).kind.len > 0;
}

struct str gover_language(struct str version) {
        struct gover v = parse(version);
        size_t dot = v.minor.ptr && version.len > v.major.len ? 1 : 0;

        if (str_eq(v.major, STR("1")) && str_eq(v.minor, STR("0")))
                return v.major;
        return str_slice(version, 0, v.major.len + (dot ? 1 + v.minor.len : 0));
}

static bool has_path_separator(struct str name) {
        return str_find(name, '/') != SIZE_MAX || str_find(name, '\\') != SIZE_MAX;
}

struct str gover_of_toolchain(struct str name) {
        struct str version = str_drop_prefix(name, STR("go"));
        size_t len = 0;

        if (!str_has_prefix(name, STR("go")) || has_path_separator(name))
                return STR_NONE;
        while (len < version.len && version.ptr[len] != ' ' && version.ptr[len] != '\t' &&
               version.ptr[len] != '-')
                len++;
        version = str_slice(version, 0, len);
        return gover_is_valid(version) ? version : STR_NONE;
}

bool gover_is_pseudo_module(struct str path) {
        return str_eq(path, STR("go")) || str_eq(path, STR("toolchain"));
}

bool gover_module_is_valid(struct str path, struct str version) {
        if (str_eq(path, STR("go")))
                return gover_is_valid(version);
        if (str_eq(path, STR("toolchain")))
                return gover_of_toolchain(version).len > 0;
        return semver_is_valid(version);
}

static struct str without_toolchain_prefix(struct str name) {
        return gover_is_valid(name) ? name : gover_of_toolchain(name);
}

int gover_module_compare(struct str path, struct str a, struct str b) {
        if (str_eq(path, STR("go")))
                return gover_compare(a, b);
        if (str_eq(path, STR("toolchain")))
                return gover_compare(without_toolchain_prefix(a), without_toolchain_prefix(b));
        return semver_compare(a, b);
}

struct str gover_lookup(struct str file, struct str key) {
        struct str line, value;
        size_t comment;

        while (str_next_line(&file, &line)) {
                line = str_trim(line);
                value = str_drop_prefix(line, key);
                if (!str_has_prefix(line, key) || value.len == 0 ||
                    (*value.ptr != ' ' && *value.ptr != '\t'))
                        continue;
                comment = str_find_str(value, STR("//"));
                return str_trim(str_slice(value, 0, MIN_OF(comment, value.len)));
        }
        return STR_NONE;
}
