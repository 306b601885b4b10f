#include "leak/quiet.h"

#include "leak/words.h"

#include <string.h>

#define SAME_RUN_MAX 6 /* of one character: what is random has none as long */
#define ASCENT_MAX 9   /* of characters each one above the one before */

/* Values that providers' documents print, and whole values that everybody writes for "none". */
static const struct str documented[] = {
        STR_INIT("AKIAIOSFODNN7"
                 "EXAMPLE"),
        STR_INIT("AKIAI44QH8DHB"
                 "EXAMPLE"),
        STR_INIT("ASIAIOSFODNN7"
                 "EXAMPLE"),
        STR_INIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCY"
                 "EXAMPLEKEY"),
        STR_INIT("je7MtGbClwBF/2Zp9Utk/h3yCo8nvb"
                 "EXAMPLEKEY"),
        STR_INIT("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        STR_INIT("QWxhZGRpbjpPcGVuU2VzYW1l"),
        STR_INIT("dXNlcm5hbWU6cGFzc3dvcmQ="),
        STR_INIT("dXNlcjpwYXNzd29yZA=="),
        STR_INIT("Aladdin:open sesame"),
        STR_INIT("550e8400-e29b-41d4-a716-446655440000"),
        STR_INIT("123e4567-e89b-12d3-a456-426614174000"),
        STR_INIT("123e4567-e89b-12d3-a456-426655440000"),
        STR_INIT("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        STR_INIT("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        STR_INIT("dGhlIHNhbXBsZSBub25jZQ=="),
        STR_INIT("asdf"),
        STR_INIT("YWxhZGRpbjpvcGVuc2VzYW1l"),
        STR_INIT("Zm9vOmJhcg=="),
        STR_INIT("opensesame"),
        STR_INIT("open sesame"),
        STR_INIT("correct horse battery staple"),
        STR_INIT("correcthorsebatterystaple"),
        STR_INIT("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        STR_INIT("d41d8cd98f00b204e9800998ecf8427e"),
        STR_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        STR_INIT("5f4dcc3b5aa765d61d8327deb882cf99"), /* MD5 of a word that stands below */
};

/* Parts that stand in documented values of several forms: the payloads of the token that jwt.io
 * shows and of that of RFC 7519. */
static const struct str documented_parts[] = {
        STR_INIT("eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI"),
        STR_INIT("eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"),
        STR_INIT("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"),
        STR_INIT("9876543210"),
        STR_INIT("deadbeefdeadbeef"),
        STR_INIT("cafebabecafebabe"),
};

struct fence {
        struct str open, close;
};

/* What another program fills in. */
static const struct fence references[] = {
        { STR_INIT("${"), STR_INIT("}") },  { STR_INIT("$("), STR_INIT(")") },
        { STR_INIT("{{"), STR_INIT("}}") }, { STR_INIT("<%"), STR_INIT("%>") },
        { STR_INIT("#{"), STR_INIT("}") },  { STR_INIT("%("), STR_INIT(")s") },
        { STR_INIT("{%"), STR_INIT("%}") }, { STR_INIT("$["), STR_INIT("]") },
        { STR_INIT("[["), STR_INIT("]]") }, { STR_INIT("__"), STR_INIT("__") },
        { STR_INIT("@@"), STR_INIT("@@") }, { STR_INIT("`"), STR_INIT("`") },
        { STR_INIT("\\("), STR_INIT(")") },
};

/* The same where it is the whole value. */
static const struct fence enclosures[] = {
        { STR_INIT("<"), STR_INIT(">") },       { STR_INIT("["), STR_INIT("]") },
        { STR_INIT("{"), STR_INIT("}") },       { STR_INIT("("), STR_INIT(")") },
        { STR_INIT("%"), STR_INIT("%") },       { STR_INIT("@"), STR_INIT("@") },
        { STR_INIT("&lt;"), STR_INIT("&gt;") }, { STR_INIT("*"), STR_INIT("*") },
};

static const struct str allow_marks[] = {
        STR_INIT("gitleaks:allow"),          STR_INIT("pragma: allowlist secret"),
        STR_INIT("pragma:allowlist secret"), STR_INIT("pragma: whitelist secret"),
        STR_INIT("trufflehog:ignore"),
};

static bool is_documented(struct str value) {
        for (size_t i = 0; i < COUNT_OF(documented); i++)
                if (str_eq_fold(value, documented[i]))
                        return true;
        for (size_t i = 0; i < COUNT_OF(documented_parts); i++)
                if (str_contains(value, documented_parts[i]))
                        return true;
        return false;
}

static bool has_reference(struct str value) {
        for (size_t i = 0; i < COUNT_OF(references); i++) {
                size_t at = str_find_str(value, references[i].open);

                if (at == SIZE_MAX)
                        continue;
                at += references[i].open.len;
                if (str_contains(str_slice(value, at, value.len), references[i].close))
                        return true;
        }
        return false;
}

static bool is_enclosed(struct str value) {
        for (size_t i = 0; i < COUNT_OF(enclosures); i++)
                if (value.len > enclosures[i].open.len + enclosures[i].close.len &&
                    str_has_prefix(value, enclosures[i].open) &&
                    str_has_suffix(value, enclosures[i].close))
                        return true;
        return false;
}

static bool is_variable(struct str value) {
        struct str rest = str_drop_prefix(value, STR("$"));

        if (rest.len == value.len || !rest.len)
                return false;
        for (size_t i = 0; i < rest.len; i++)
                if (!is_letter(rest.ptr[i]) && !strchr("_:.", rest.ptr[i]) &&
                    !(i && is_digit(rest.ptr[i])))
                        return false;
        return true;
}

/* A run of A is what base64 makes of bytes of zero (private keys of OpenSSH, tokens of Dropbox and
 * Twitter have them): it has to be most of the value. */
static bool is_filler_run(struct str value, char c, size_t run) {
        return run >= SAME_RUN_MAX && (c != 'A' || run * 2 > value.len);
}

/* A filler (x, *, ., 0 ...) that runs through a part of the value, or one run of anything that is
 * all of it. */
static bool has_filler(struct str value) {
        size_t run = 1, ascent = 1;

        for (size_t i = 1; i < value.len; i++) {
                run = value.ptr[i] == value.ptr[i - 1] ? run + 1 : 1;
                ascent = value.ptr[i] == value.ptr[i - 1] + 1 ? ascent + 1 : 1;
                if (is_filler_run(value, value.ptr[i], run) || ascent >= ASCENT_MAX ||
                    run == value.len)
                        return true;
                if (run >= 3 && strchr("*.#?", value.ptr[i]))
                        return true;
        }
        return false;
}

/* "$(", "${" that do not end here: a part of a longer expression. */
static bool begins_reference(struct str value) {
        return str_has_prefix(value, STR("$(")) || str_has_prefix(value, STR("${"));
}

static bool is_filler_only(struct str value) {
        for (size_t i = 0; i < value.len; i++)
                if (!strchr("xX*.-_#?0 ", value.ptr[i]))
                        return false;
        return true;
}

static bool ends_in_example(struct str value) {
        return str_has_suffix(value, STR("EXAMPLE")) || str_has_suffix(value, STR("EXAMPLEKEY"));
}

bool quiet_is_placeholder(struct str value) {
        value = str_trim(value);
        return !value.len || is_filler_only(value) || has_filler(value) || is_variable(value) ||
               begins_reference(value) || has_reference(value) || is_enclosed(value) ||
               is_documented(value) || ends_in_example(value) || words_are_placeholder(value);
}

bool quiet_line_is_allowed(struct str line) {
        for (size_t i = 0; i < COUNT_OF(allow_marks); i++)
                if (str_contains(line, allow_marks[i]))
                        return true;
        return false;
}
