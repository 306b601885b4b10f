/* What gives itself away wherever it stands: user information in URLs, DSNs of database drivers,
 * connection strings, Authorization headers.
 *
 * Sources: RFC 3986 section 3.2.1; RFC 7617; RFC 6750; github.com/go-sql-driver/mysql "DSN (Data
 * Source Name)"; libpq "Connection Strings". */
#include "leak/generic_impl.h"

#include "leak/quiet.h"
#include "leak/words.h"

#include <string.h>

#define AUTHORITY_MAX 512 /* bytes of user, password and host */
#define USERINFO_MAX 160  /* bytes of user and password of a DSN */
#define BARE_TOKEN_MIN 20 /* of a token that stands where the user would */
#define WORD_SIZE_MIN 6   /* of a filler: shorter ones are what servers in tests are given */
#define RUN_SIZE_MIN 8    /* of words run together that a real host is given ("testpass") */
#define PAIR_NAME_MAX 40
#define SECRET_PAIR_MIN 8 /* bytes of user:password in base64 */
#define HEADER_VALUE_MAX 2048

static bool is_url_byte(char c) {
        switch (c) {
        case '"':
        case '\'':
        case '`':
        case '<':
        case '>':
        case '|':
        case '{':
        case '}':
        case '\\':
                return false;
        default:
                return (unsigned char)c > ' ';
        }
}

static bool ends_user(char c) {
        return c == '=' || c == ',' || c == ';';
}

static size_t find_from(struct str text, struct str part, size_t from) {
        const char *found;

        if (from >= text.len)
                return SIZE_MAX;
        found = memmem(text.ptr + from, text.len - from, part.ptr, part.len);
        return found ? (size_t)(found - text.ptr) : SIZE_MAX;
}

/* The part of a text that written spells: the same view where text is one of the file's. */
static struct str place_of(struct str text, struct str part, struct str written) {
        return text.ptr == written.ptr || !written.len ? part : written;
}

static bool is_one_of(struct str value, const struct str *words, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(value, words[i]))
                        return true;
        return false;
}

/* What documents write for a password. */
static bool is_documented_password(struct str value) {
        static const struct str words[] = {
                STR_INIT("pass"),          STR_INIT("password"),   STR_INIT("passwd"),
                STR_INIT("pwd"),           STR_INIT("pw"),         STR_INIT("p"),
                STR_INIT("passw0rd"),      STR_INIT("x"),          STR_INIT("mypass"),
                STR_INIT("changeme"),      STR_INIT("mypassword"), STR_INIT("token"),
                STR_INIT("abc"),           STR_INIT("xyz"),        STR_INIT("123"),
                STR_INIT("x-oauth-basic"), STR_INIT("port"),       STR_INIT("b"),
        };

        return is_one_of(value, words, COUNT_OF(words));
}

static bool is_example_host(struct str host) {
        static const struct str domains[] = { STR_INIT(".example.com"), STR_INIT(".example.org"),
                                              STR_INIT(".example.net"), STR_INIT(".example"),
                                              STR_INIT(".invalid"),     STR_INIT(".domain.com"),
                                              STR_INIT(".foo.com"),     STR_INIT(".bar.com") };
        static const struct str hosts[] = { STR_INIT("host"),   STR_INIT("hostname"),
                                            STR_INIT("server"), STR_INIT("foo"),
                                            STR_INIT("bar"),    STR_INIT("example"),
                                            STR_INIT("domain") };
        struct str name = host, port;

        str_cut(host, ':', &name, &port);
        for (size_t i = 0; i < COUNT_OF(domains); i++)
                if (str_has_suffix(name, domains[i]) ||
                    str_eq(name, str_slice(domains[i], 1, domains[i].len)))
                        return true;
        return is_one_of(name, hosts, COUNT_OF(hosts));
}

/* A name with a dot, no address. */
static bool is_domain(struct str host) {
        struct str name = host, port, last;

        str_cut(host, ':', &name, &port);
        return str_cut_last(name, '.', &name, &last) && name.len && last.len > 1 &&
               is_letter(last.ptr[0]);
}

/* A word of several ("invalid-password") or of the kind that documents use. A "secret" in a URL is
 * taken for one: it is the password that the server was given. */
static bool is_url_placeholder(struct str value, struct str host) {
        if (is_documented_password(value))
                return true;
        if (str_has_prefix(value, STR("secret")) && value.len < sizeof("secret") + 2)
                return is_example_host(host);
        if (is_example_host(host) && words_only(value))
                return true;
        return quiet_is_placeholder(value) &&
               (!words_are_placeholder(value) || !is_domain(host) || value.len < RUN_SIZE_MIN ||
                str_find(value, '-') != SIZE_MAX);
}

static bool has_any(struct str value, const char *set) {
        for (size_t i = 0; i < value.len; i++)
                if (value.ptr[i] && strchr(set, value.ptr[i]))
                        return true;
        return false;
}

static bool has_verb(struct str value) {
        static const char verbs[] = "sdvqxw+[";
        size_t at = str_find(value, '%');

        return at != SIZE_MAX && at + 1 < value.len && strchr(verbs, value.ptr[at + 1]) != NULL;
}

static int hex_value(char c) {
        if (is_digit(c))
                return c - '0';
        c = to_lower(c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Without percent signs that stand for bytes; others stay. */
static struct str percent_decoded(struct arena *arena, struct str value) {
        char *bytes;
        size_t len = 0;

        if (str_find(value, '%') == SIZE_MAX)
                return value;
        bytes = arena_alloc(arena, value.len);
        for (size_t i = 0; i < value.len; i++) {
                bool coded = value.ptr[i] == '%' && i + 2 < value.len &&
                             hex_value(value.ptr[i + 1]) >= 0 && hex_value(value.ptr[i + 2]) >= 0;

                bytes[len++] = coded ? (char)(hex_value(value.ptr[i + 1]) * 16 +
                                              hex_value(value.ptr[i + 2]))
                                     : value.ptr[i];
                i += coded ? 2 : 0;
        }
        return (struct str){ bytes, len };
}

static bool is_url_password(struct generic_scan *scan, struct str value, struct str host) {
        return value.len >= VALUE_SIZE_MIN && host.len && !has_any(value, "[]<>{}`|\\\" ()") &&
               !has_verb(value) && !str_has_prefix(value, STR("$")) &&
               !is_url_placeholder(percent_decoded(scan->arena, value), host);
}

/* A lone token in place of the user: https://TOKEN@github.com */
static bool is_url_token(struct str value) {
        return value.len >= BARE_TOKEN_MIN &&
               generic_is_secret(NAME_SECRET, STR("token"), value, DEMAND_RANDOM);
}

struct userinfo {
        struct str user, password, host;
        bool has_password;
};

/* user:password@host from the start of rest on. A password may hold @, # and more as it should not;
 * the last @ before the path is the one. */
static bool take_userinfo(struct str rest, struct userinfo *ret_info) {
        size_t end = 0, at = SIZE_MAX;
        struct str user;

        rest = str_slice(rest, 0, AUTHORITY_MAX);
        while (end < rest.len && is_url_byte(rest.ptr[end]) && !strchr("/?,", rest.ptr[end])) {
                if (rest.ptr[end] == '@')
                        at = end;
                end++;
        }
        if (at == SIZE_MAX || at + 1 >= end)
                return false;
        ret_info->host = str_slice(rest, at + 1, end);
        user = str_slice(rest, 0, at);
        ret_info->user = user;
        ret_info->has_password = str_cut(user, ':', &ret_info->user, &ret_info->password);
        return is_letter(ret_info->host.ptr[0]) || is_digit(ret_info->host.ptr[0]) ||
               ret_info->host.ptr[0] == '[';
}

/* Addresses of nodes, whose user is a public key. */
static bool has_public_user(struct str text, size_t at) {
        static const struct str schemes[] = { STR_INIT("enode"), STR_INIT("enrtree"),
                                              STR_INIT("enr") };

        for (size_t i = 0; i < COUNT_OF(schemes); i++)
                if (str_has_suffix(str_slice(text, 0, at), schemes[i]))
                        return true;
        return false;
}

static void look_at_url(struct generic_scan *scan, struct str text, size_t at, struct str written) {
        struct userinfo info = { .has_password = false };

        if (!at || !is_letter(text.ptr[at - 1]) || has_public_user(text, at) ||
            !take_userinfo(str_slice(text, at + 3, text.len), &info))
                return;
        if (info.has_password && is_url_password(scan, info.password, info.host))
                generic_add(scan, GENERIC_URL, STR_NONE, info.password,
                            place_of(text, info.password, written));
        else if (!info.has_password && is_url_token(info.user))
                generic_add(scan, GENERIC_URL, STR_NONE, info.user,
                            place_of(text, info.user, written));
}

void generic_urls(struct generic_scan *scan, struct str text, struct str written) {
        for (size_t at = 0; (at = find_from(text, STR("://"), at)) != SIZE_MAX; at += 3)
                look_at_url(scan, text, at, written);
}

/* Behind the password of user:password@tcp(host:3306)/name; at is the @. */
static void look_at_dsn(struct generic_scan *scan, struct str text, size_t at, struct str host,
                        struct str written) {
        size_t start = at;
        struct str user, password;

        while (start && at - start < USERINFO_MAX && is_url_byte(text.ptr[start - 1]) &&
               !ends_user(text.ptr[start - 1]))
                start--;
        if (start >= 2 && text.ptr[start] == '/' && text.ptr[start - 1] == '/')
                return;
        if (!str_cut(str_slice(text, start, at), ':', &user, &password) || !user.len ||
            str_contains(password, STR("://")) || str_has_prefix(password, STR("//")))
                return;
        if (is_url_password(scan, password, host))
                generic_add(scan, GENERIC_DSN, STR_NONE, password,
                            place_of(text, password, written));
}

static void look_for_dsns(struct generic_scan *scan, struct str text, struct str written) {
        static const struct str nets[] = { STR_INIT("@tcp("),      STR_INIT("@unix("),
                                           STR_INIT("@("),         STR_INIT("@udp("),
                                           STR_INIT("@cloudsql("), STR_INIT("@tcp4("),
                                           STR_INIT("@tcp6(") };

        for (size_t i = 0; i < COUNT_OF(nets); i++)
                for (size_t at = 0; (at = find_from(text, nets[i], at)) != SIZE_MAX;
                     at += nets[i].len) {
                        struct str host = str_slice(text, at + nets[i].len,
                                                    at + nets[i].len + AUTHORITY_MAX),
                                   after;

                        str_cut(host, ')', &host, &after);
                        look_at_dsn(scan, text, at, host.len ? host : STR("localhost"), written);
                }
}

static bool is_token_byte(char c) {
        return is_letter(c) || is_digit(c) || (c && strchr("+/=_-.~", c));
}

static struct str take_token(struct str text, size_t at) {
        size_t end = at;

        while (end < text.len && end - at < HEADER_VALUE_MAX && is_token_byte(text.ptr[end]))
                end++;
        return str_slice(text, at, end);
}

static bool is_basic(struct arena *arena, struct str value) {
        struct str decoded, user, password;

        return value.len >= SECRET_PAIR_MIN && !quiet_is_placeholder(value) &&
               generic_decode(arena, value, &decoded) && str_cut(decoded, ':', &user, &password) &&
               password.len && !has_any(password, "<>{}*") &&
               (password.len < WORD_SIZE_MIN || !quiet_is_placeholder(password));
}

static void look_for_headers(struct generic_scan *scan, struct str text, struct str written) {
        for (size_t at = 0; (at = find_from(text, STR("Basic "), at)) != SIZE_MAX;) {
                struct str value = take_token(text, at += 6);

                if (is_basic(scan->arena, value))
                        generic_add(scan, GENERIC_ASSIGNMENT, STR("Authorization"), value,
                                    place_of(text, value, written));
        }
        for (size_t at = 0; (at = find_from(text, STR("Bearer "), at)) != SIZE_MAX;) {
                struct str value = take_token(text, at += 7);

                if (generic_is_secret(NAME_SECRET, STR("bearer"), value, DEMAND_RANDOM))
                        generic_add(scan, GENERIC_ASSIGNMENT, STR("Authorization"), value,
                                    place_of(text, value, written));
        }
}

/* CREATE USER u IDENTIFIED BY 'x', ALTER ROLE u WITH PASSWORD 'x'; at is behind the words. */
static void look_at_clause(struct generic_scan *scan, struct str text, size_t at,
                           struct str written) {
        struct str rest = str_slice(text, at, at + AUTHORITY_MAX), value, after;
        char quote;

        while (rest.len && strchr(" \\(", rest.ptr[0]))
                rest = str_slice(rest, 1, rest.len);
        if (!rest.len || !strchr("'\"", rest.ptr[0]))
                return;
        quote = rest.ptr[0];
        if (!str_cut(str_slice(rest, 1, rest.len), quote, &value, &after))
                return;
        value = str_drop_suffix(value, STR("\\"));
        if (generic_is_secret(NAME_PASSWORD, STR("password"), value, DEMAND_WORD))
                generic_add(scan, GENERIC_ASSIGNMENT, STR("password"), value,
                            place_of(text, value, written));
}

static void look_for_clauses(struct generic_scan *scan, struct str text, struct str written) {
        static const struct str words[] = { STR_INIT("IDENTIFIED BY"), STR_INIT("identified by"),
                                            STR_INIT("Identified by"), STR_INIT(" PASSWORD '"),
                                            STR_INIT(" password '"),   STR_INIT(" PASSWORD('") };

        for (size_t i = 0; i < COUNT_OF(words); i++) {
                size_t size = words[i].len - str_has_suffix(words[i], STR("'"));

                for (size_t at = 0; (at = find_from(text, words[i], at)) != SIZE_MAX; at += size)
                        look_at_clause(scan, text, at + size, written);
        }
}

/* Whether the first stage has seen one of the triggers; it has not read what stands encoded. */
static bool was_seen(const struct generic_scan *scan, uint64_t triggers) {
        return scan->encoded.len || (scan->triggers & triggers);
}

void generic_text(struct generic_scan *scan, struct str text, struct str written) {
        if (was_seen(scan, TRIGGER_BIT(TRIGGER_URL) | TRIGGER_BIT(TRIGGER_URL_TOKEN)))
                generic_urls(scan, text, written);
        if (was_seen(scan, TRIGGER_BIT(TRIGGER_DSN)))
                look_for_dsns(scan, text, written);
        if (was_seen(scan, TRIGGER_BIT(TRIGGER_BASIC) | TRIGGER_BIT(TRIGGER_BEARER)))
                look_for_headers(scan, text, written);
        if (was_seen(scan, TRIGGER_BIT(TRIGGER_IDENTIFIED) | TRIGGER_BIT(TRIGGER_PASSWORD_CLAUSE)))
                look_for_clauses(scan, text, written);
}

static bool is_pair_end(char c) {
        return strchr(";&,\t\r\n\"'", c) != NULL;
}

static size_t value_end(struct str text, size_t at) {
        while (at < text.len && !is_pair_end(text.ptr[at]) && text.ptr[at] != ' ')
                at++;
        return at;
}

static struct str name_before(struct str text, size_t at) {
        size_t start = at;

        while (start && at - start < PAIR_NAME_MAX &&
               (is_letter(text.ptr[start - 1]) || is_digit(text.ptr[start - 1]) ||
                text.ptr[start - 1] == '_' || text.ptr[start - 1] == '-'))
                start--;
        return str_slice(text, start, at);
}

/* Two signs make a list of pairs: one alone may be a part of a sentence. */
void generic_pairs(struct generic_scan *scan, struct str text, struct str written) {
        size_t first = str_find(text, '=');

        if (first == SIZE_MAX || find_from(text, STR("="), first + 1) == SIZE_MAX)
                return;
        for (size_t at = first; at < text.len; at++) {
                struct str name, value;

                if (text.ptr[at] != '=')
                        continue;
                name = name_before(text, at);
                if (name_class_of(name) < NAME_SECRET)
                        continue;
                value = str_slice(text, at + 1, value_end(text, at + 1));
                if (generic_is_secret(name_class_of(name), name, value,
                                      scan->guarded ? DEMAND_RANDOM : DEMAND_WORD))
                        generic_add(scan, GENERIC_DSN, name, value, place_of(text, value, written));
                at += value.len;
        }
}
