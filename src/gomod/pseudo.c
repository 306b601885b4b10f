#include "gomod/semver.h"

#include <assert.h>
#include <time.h>

#define TIME_LEN 14 /* yyyymmddhhmmss */

/* The parts of a pseudo-version: base "-" or "." time "-" revision build. */
struct pseudo {
        struct str base; /* vX.0.0, vX.Y.Z-0 or vX.Y.Z-PRE.0 */
        struct str time, revision, build;
};

static bool is_time(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        return false;
        return s.len == TIME_LEN;
}

/* In vX.0.0-TIME-REV the time is the whole middle part; else it follows ".0." or "-0.". */
static bool pseudo_parse(struct str version, struct pseudo *ret_pseudo) {
        struct pseudo p;
        struct semver v;
        struct str before, middle, rest;

        if (!semver_parse(version, &v) || v.missing.len || v.prerelease.len == 0)
                return false;
        p.build = v.build;
        before = str_slice(version, 0, version.len - v.build.len);
        if (!str_cut_last(before, '-', &before, &p.revision) || p.revision.len == 0 ||
            str_find(p.revision, '.') != SIZE_MAX ||
            before.len <= version.len - v.build.len - v.prerelease.len)
                return false;
        middle = str_slice(v.prerelease, 1, v.prerelease.len - p.revision.len - 1);
        if (is_time(middle)) {
                p.time = middle;
                p.base = str_slice(before, 0, before.len - middle.len - 1);
                if (!str_eq(v.minor, STR("0")) || !str_eq(v.patch, STR("0")))
                        return false;
        } else {
                if (!str_cut_last(middle, '.', &rest, &p.time) || !is_time(p.time) ||
                    !(str_eq(rest, STR("0")) || str_has_suffix(rest, STR(".0"))))
                        return false;
                p.base = str_slice(before, 0, before.len - TIME_LEN - 1);
        }
        *ret_pseudo = p;
        return true;
}

bool semver_is_pseudo(struct str version) {
        struct pseudo p;

        return pseudo_parse(version, &p);
}

/* The decimal plus one. */
static struct str increment(struct arena *arena, struct str decimal) {
        struct str result = str_fmt(arena, "0%.*s", STR_ARG(decimal));
        char *digits = str_to_c(arena, result);
        size_t i = result.len - 1;

        for (; digits[i] == '9'; i--)
                digits[i] = '0';
        digits[i]++;
        return str_slice((struct str){ digits, result.len }, *digits == '0', result.len);
}

/* The decimal minus one; empty for zero. */
static struct str decrement(struct arena *arena, struct str decimal) {
        char *digits = str_to_c(arena, decimal);
        size_t i = decimal.len;

        while (i > 0 && digits[i - 1] == '0')
                digits[--i] = '9';
        if (i == 0)
                return STR_NONE;
        digits[i - 1]--;
        return str_slice((struct str){ digits, decimal.len }, *digits == '0' && decimal.len > 1,
                         decimal.len);
}

struct str semver_make_pseudo(struct arena *arena, struct str major, struct str older,
                              struct str time, struct str revision) {
        struct semver v;
        struct str base = semver_canonical(arena, older);

        if (!semver_parse(older, &v))
                return str_fmt(arena, "%.*s.0.0-%.*s-%.*s", STR_ARG(major.len ? major : STR("v0")),
                               STR_ARG(time), STR_ARG(revision));
        if (v.prerelease.len)
                return str_fmt(arena, "%.*s.0.%.*s-%.*s%.*s", STR_ARG(base), STR_ARG(time),
                               STR_ARG(revision), STR_ARG(v.build));
        return str_fmt(arena, "v%.*s.%.*s.%.*s-0.%.*s-%.*s%.*s", STR_ARG(v.major), STR_ARG(v.minor),
                       STR_ARG(increment(arena, v.patch)), STR_ARG(time), STR_ARG(revision),
                       STR_ARG(v.build));
}

static bool parse_or_err(struct str version, struct pseudo *ret_pseudo, struct err *err) {
        if (pseudo_parse(version, ret_pseudo))
                return true;
        return err_set(err, ERR_SYNTAX, "pseudo-version \"%.*s\" invalid: syntax error",
                       STR_ARG(version));
}

static bool no_base(struct str version, struct str build, struct str *ret_base, struct err *err) {
        if (build.len)
                return err_set(err, ERR_SYNTAX,
                               "pseudo-version \"%.*s\" invalid: lacks base version, but has build "
                               "metadata \"%.*s\"",
                               STR_ARG(version), STR_ARG(build));
        *ret_base = STR_NONE;
        return true;
}

/* vX.Y.(Z+1)-0.TIME-REV comes after vX.Y.Z. */
static bool base_before_patch(struct arena *arena, struct str version, const struct pseudo *p,
                              struct str *ret_base, struct err *err) {
        struct str release = str_drop_suffix(p->base, STR("-0")), before, patch;
        bool has_patch UNUSED = str_cut_last(release, '.', &before, &patch);

        assert(has_patch);
        patch = decrement(arena, patch);
        if (patch.len == 0)
                return err_set(err, ERR_SYNTAX,
                               "pseudo-version \"%.*s\" invalid: version before %.*s would have "
                               "negative patch number",
                               STR_ARG(version), STR_ARG(release));
        *ret_base =
                str_fmt(arena, "%.*s.%.*s%.*s", STR_ARG(before), STR_ARG(patch), STR_ARG(p->build));
        return true;
}

bool semver_pseudo_base(struct arena *arena, struct str version, struct str *ret_base,
                        struct err *err) {
        struct pseudo p;
        struct str prerelease;

        if (!parse_or_err(version, &p, err))
                return false;
        prerelease = semver_prerelease(p.base);
        if (prerelease.len == 0)
                return no_base(version, p.build, ret_base, err);
        if (str_eq(prerelease, STR("-0")))
                return base_before_patch(arena, version, &p, ret_base, err);
        *ret_base = str_fmt(arena, "%.*s%.*s", STR_ARG(str_drop_suffix(p.base, STR(".0"))),
                            STR_ARG(p.build));
        return true;
}

static int number_at(struct str digits, size_t at, size_t len) {
        int value = 0;

        for (size_t i = at; i < at + len; i++)
                value = value * 10 + (digits.ptr[i] - '0');
        return value;
}

/* timegm mends a 31st of February; a time that it has to mend is none. */
static bool time_to_unix(struct str time, int64_t *ret_unix_seconds) {
        struct tm read = { .tm_year = number_at(time, 0, 4) - 1900,
                           .tm_mon = number_at(time, 4, 2) - 1,
                           .tm_mday = number_at(time, 6, 2),
                           .tm_hour = number_at(time, 8, 2),
                           .tm_min = number_at(time, 10, 2),
                           .tm_sec = number_at(time, 12, 2) };
        struct tm mended = read;
        time_t seconds = timegm(&mended);

        if (mended.tm_mon != read.tm_mon || mended.tm_mday != read.tm_mday ||
            mended.tm_hour != read.tm_hour || mended.tm_min != read.tm_min ||
            mended.tm_sec != read.tm_sec)
                return false;
        *ret_unix_seconds = seconds;
        return true;
}

bool semver_pseudo_time(struct str version, int64_t *ret_unix_seconds, struct err *err) {
        struct pseudo p;

        if (!parse_or_err(version, &p, err))
                return false;
        if (!time_to_unix(p.time, ret_unix_seconds))
                return err_set(err, ERR_SYNTAX,
                               "pseudo-version \"%.*s\" invalid: malformed time \"%.*s\"",
                               STR_ARG(version), STR_ARG(p.time));
        return true;
}

bool semver_pseudo_revision(struct str version, struct str *ret_revision, struct err *err) {
        struct pseudo p;

        if (!parse_or_err(version, &p, err))
                return false;
        *ret_revision = p.revision;
        return true;
}
