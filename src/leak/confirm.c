#include "leak/confirm.h"

#include "base/macros.h"

#include <assert.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>
#include <zlib.h>

#define JSON_TEXT_MAX 8192 /* bytes of a decoded part of a JWT; a longer one is not looked into */
#define KEY_TEXT_MAX 24576 /* base64 digits of a private key: RSA of 16384 bits has 12,800 */
#define KEY_TEXT_LEAST 48  /* digits; the shortest key, Ed25519, has 64 */
#define KEY_DIGITS_LEAST 9 /* different ones; less is one character over and over */
#define CHECKSUM_DIGITS 6
#define AWS_ACCOUNT_MAX 999999999999u /* twelve decimal digits */

static bool none(struct str secret UNUSED, enum confirm_answer *ret_answer UNUSED) {
        return false;
}

static uint32_t checksum_of(struct str text) {
        return (uint32_t)crc32_z(0, (const unsigned char *)text.ptr, text.len);
}

/* --- digits --- */

/* The value of a digit among 0-9A-Za-z, -1 where it is none. */
static int base62_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'A' && c <= 'Z')
                return c - 'A' + 10;
        return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

static bool read_base62(struct str digits, uint64_t *ret_value) {
        uint64_t value = 0;
        for (size_t i = 0; i < digits.len; i++) {
                int digit = base62_value(digits.ptr[i]);
                if (digit < 0)
                        return false;
                value = value * 62 + (uint64_t)digit;
        }
        *ret_value = value;
        return true;
}

static int base64_value(char c) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int base32_value(char c) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* Whole bytes out of digits of `width` bits; bits that are left over are dropped. SIZE_MAX where
 * a digit is none or there is no room. */
static size_t read_digits(struct str text, int width, uint8_t *bytes, size_t room) {
        uint32_t bits = 0;
        int held = 0;
        size_t count = 0;
        for (size_t i = 0; i < text.len; i++) {
                int digit = width == 6 ? base64_value(text.ptr[i]) : base32_value(text.ptr[i]);
                if (digit < 0)
                        return SIZE_MAX;
                bits = bits << width | (uint32_t)digit;
                held += width;
                if (held < 8)
                        continue;
                held -= 8;
                if (count == room)
                        return SIZE_MAX;
                bytes[count++] = (uint8_t)(bits >> held);
        }
        return count;
}

/* --- GitHub, npm, Grafana --- */

static bool has_base62_checksum(struct str random, struct str digits) {
        uint64_t value;
        return read_base62(digits, &value) && value == checksum_of(random);
}

/* A prefix that ends in `_`, random digits, six digits of checksum. The checksum of a refresh
 * token (76 digits) is known to no public source: it can only speak for it. */
static bool github(struct str secret, enum confirm_answer *ret_answer) {
        size_t underscore = str_find(secret, '_');
        struct str digits =
                str_slice(secret, underscore == SIZE_MAX ? secret.len : underscore + 1, secret.len);
        if (digits.len <= CHECKSUM_DIGITS)
                return false;
        size_t random = digits.len - CHECKSUM_DIGITS;
        bool holds = has_base62_checksum(str_slice(digits, 0, random),
                                         str_slice(digits, random, digits.len));
        if (!holds && digits.len != 36)
                return false;
        *ret_answer = holds ? CONFIRM_RAISE : CONFIRM_SILENCE;
        return true;
}

/* glsa_, 32 digits, `_`, the CRC-32 of all before as hexadecimal, its lowest byte first. */
static bool grafana(struct str secret, enum confirm_answer *ret_answer) {
        struct str key, digits;
        if (!str_has_prefix(secret, STR("glsa_")) || !str_cut_last(secret, '_', &key, &digits) ||
            digits.len != 8)
                return false;
        uint32_t crc = checksum_of(key);
        bool holds = true;
        for (size_t i = 0; i < 8; i++) {
                uint32_t nibble = crc >> (i / 2 * 8) >> (i % 2 ? 0 : 4) & 15;
                char c = "0123456789abcdef"[nibble];
                holds = holds && (c == digits.ptr[i] || (c >= 'a' && c - 32 == digits.ptr[i]));
        }
        *ret_answer = holds ? CONFIRM_RAISE : CONFIRM_SILENCE;
        return true;
}

/* --- JWT --- */

static json_t *read_part(struct str part) {
        uint8_t bytes[JSON_TEXT_MAX];
        while (part.len > 0 && part.ptr[part.len - 1] == '=')
                part.len--;
        size_t count = read_digits(part, 6, bytes, sizeof(bytes));
        return count == SIZE_MAX ? NULL : json_loadb((char *)bytes, count, 0, NULL);
}

static bool jwt(struct str secret, enum confirm_answer *ret_answer) {
        struct str header, payload, signature;
        if (!str_cut(secret, '.', &header, &payload))
                return false;
        (void)str_cut(payload, '.', &payload, &signature);
        if (MAX_OF(header.len, payload.len) > JSON_TEXT_MAX)
                return false;
        json_t *first = read_part(header), *second = read_part(payload);
        bool holds = json_is_string(json_object_get(first, "alg")) && json_is_object(second);
        json_decref(first);
        json_decref(second);
        *ret_answer = holds ? CONFIRM_RAISE : CONFIRM_LOWER;
        return true;
}

/* --- NATS --- */

#define NKEY_BYTES 36 /* two of prefix, 32 of seed, two of checksum */

static uint16_t crc16_xmodem(const uint8_t *bytes, size_t count) {
        unsigned value = 0;
        for (size_t i = 0; i < count; i++) {
                value ^= (unsigned)bytes[i] << 8;
                for (int bit = 0; bit < 8; bit++)
                        value = value & 0x8000 ? value << 1 ^ 0x1021 : value << 1;
        }
        return (uint16_t)value;
}

static bool nkey(struct str secret, enum confirm_answer *ret_answer) {
        uint8_t bytes[NKEY_BYTES];
        bool holds = read_digits(secret, 5, bytes, sizeof(bytes)) == NKEY_BYTES &&
                     crc16_xmodem(bytes, NKEY_BYTES - 2) ==
                             (bytes[NKEY_BYTES - 2] | bytes[NKEY_BYTES - 1] << 8);
        *ret_answer = holds ? CONFIRM_RAISE : CONFIRM_LOWER;
        return true;
}

/* --- AWS --- */

/* The 39 bits behind the first one of the base32 digits are the account's number. Ids of before
 * 2019 (fifth character up to P) do not hold it. */
static bool aws(struct str secret, enum confirm_answer *ret_answer) {
        uint8_t bytes[10];
        if (secret.len != 20 || base32_value(secret.ptr[4]) < base32_value('Q'))
                return false;
        if (read_digits(str_slice(secret, 4, 20), 5, bytes, sizeof(bytes)) != sizeof(bytes))
                return false;
        uint64_t number = 0;
        for (size_t i = 0; i < 6; i++)
                number = number << 8 | bytes[i];
        number = (number & 0x7fffffffff80) >> 7;
        *ret_answer = number <= AWS_ACCOUNT_MAX ? CONFIRM_RAISE : CONFIRM_LOWER;
        return true;
}

/* --- private keys --- */

struct key {
        struct str label; /* between BEGIN and the dashes */
        struct str body;
        bool has_end;
        bool has_header; /* Proc-Type and its kin: the body is encrypted or of OpenPGP */
        bool is_elided;  /* ..., <...>, ${...}: its writer left it out */
        size_t count;    /* of digits */
        char digits[KEY_TEXT_MAX];
};

static bool cut_at(struct str text, struct str mark, struct str *ret_before,
                   struct str *ret_after) {
        size_t at = str_find_str(text, mark);
        if (at == SIZE_MAX)
                return false;
        *ret_before = str_slice(text, 0, at);
        *ret_after = str_slice(text, at + mark.len, text.len);
        return true;
}

static bool open_key(struct str text, struct key *key) {
        struct str before, rest;
        if (!cut_at(text, STR("-----BEGIN "), &before, &rest) ||
            !cut_at(rest, STR("-----"), &key->label, &key->body))
                return false;
        struct str tail;
        key->has_end = cut_at(key->body, STR("-----END"), &key->body, &tail);
        return true;
}

static bool is_quote(char c) {
        return c == '"' || c == '\'' || c == '`';
}

static bool is_margin(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ';' || c == '\\' ||
               c == ')' || is_quote(c);
}

/* Where text[0] is a `+` between two strings, not a digit. */
static bool is_operator(struct str text, size_t at, size_t neighbour) {
        return text.ptr[at] == '+' && neighbour < text.len &&
               (is_quote(text.ptr[neighbour]) || text.ptr[neighbour] == ' ');
}

/* A line of a body without what stands around it in source: quotes, `+`, marks of a comment. */
static struct str bare_line(struct str line) {
        while (line.len > 0 &&
               (is_margin(line.ptr[line.len - 1]) || is_operator(line, line.len - 1, line.len - 2)))
                line.len--;
        while (line.len > 0 && (is_margin(line.ptr[0]) || is_operator(line, 0, 1)))
                line = str_slice(line, 1, line.len);
        static const struct str marks[] = { STR_INIT("// "), STR_INIT("# "), STR_INIT("* "),
                                            STR_INIT("> ") };
        for (size_t i = 0; i < COUNT_OF(marks); i++)
                line = str_drop_prefix(line, marks[i]);
        return str_trim(line);
}

/* Takes a line off *rest: up to a line feed or the escape \n (as \\n, too). */
static bool next_line(struct str *rest, struct str *ret_line) {
        if (rest->len == 0)
                return false;
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != '\n' &&
               !(rest->ptr[end] == '\\' && end + 1 < rest->len &&
                 (rest->ptr[end + 1] == 'n' || rest->ptr[end + 1] == 'r')))
                end++;
        bool escape = end < rest->len && rest->ptr[end] == '\\';
        *ret_line = str_slice(*rest, 0, end);
        *rest = str_slice(*rest, end + 1 + escape, rest->len);
        return true;
}

static bool is_elision(struct str line) {
        static const struct str marks[] = { STR_INIT("..."), STR_INIT("\xe2\x80\xa6"),
                                            STR_INIT("<"),   STR_INIT("${"),
                                            STR_INIT("$("),  STR_INIT("{{"),
                                            STR_INIT("***"), STR_INIT("%s") };
        for (size_t i = 0; i < COUNT_OF(marks); i++)
                if (str_contains(line, marks[i]))
                        return true;
        return false;
}

static bool add_line(struct key *key, struct str line) {
        if (is_elision(line)) {
                key->is_elided = true;
                return true;
        }
        if (str_contains(line, STR(": "))) {
                key->has_header = true;
                return true;
        }
        if (line.len > sizeof(key->digits) - key->count)
                return false;
        for (size_t i = 0; i < line.len; i++)
                if (base64_value(line.ptr[i]) >= 0)
                        key->digits[key->count++] = line.ptr[i];
        return true;
}

static bool read_body(struct key *key) {
        struct str rest = key->body, line;
        while (next_line(&rest, &line))
                if (!add_line(key, bare_line(line)))
                        return false;
        return true;
}

static size_t kinds_of_digits(const struct key *key) {
        bool seen[256] = { false };
        size_t count = 0;
        for (size_t i = 0; i < key->count; i++) {
                bool *mark = &seen[(unsigned char)key->digits[i]];
                count += !*mark;
                *mark = true;
        }
        return count;
}

static bool parses(const struct key *key, const uint8_t *bytes, size_t count) {
        static const char openssh[] = "openssh-key-v1";
        if (str_contains(key->label, STR("OPENSSH")))
                return count > sizeof(openssh) && memcmp(bytes, openssh, sizeof(openssh)) == 0;
        const unsigned char *at = bytes;
        EVP_PKEY *made = d2i_AutoPrivateKey(NULL, &at, (long)count);
        EVP_PKEY_free(made);
        return made != NULL;
}

static bool judge_key(struct key *key, enum confirm_answer *ret_answer) {
        if (!read_body(key))
                return false;
        if (key->is_elided || key->count < KEY_TEXT_LEAST ||
            kinds_of_digits(key) < KEY_DIGITS_LEAST) {
                *ret_answer = CONFIRM_SILENCE;
                return true;
        }
        if (!key->has_end || key->has_header || str_contains(key->label, STR("ENCRYPTED")) ||
            str_contains(key->label, STR("BLOCK")))
                return false;
        uint8_t bytes[KEY_TEXT_MAX];
        size_t count =
                read_digits((struct str){ key->digits, key->count }, 6, bytes, sizeof(bytes));
        *ret_answer =
                count != SIZE_MAX && parses(key, bytes, count) ? CONFIRM_RAISE : CONFIRM_LOWER;
        return true;
}

static bool pem(struct str secret, enum confirm_answer *ret_answer) {
        struct key key = { .count = 0 };
        return open_key(secret, &key) && judge_key(&key, ret_answer);
}

/* --- all of them --- */

typedef bool judge(struct str secret, enum confirm_answer *ret_answer);

static const struct {
        struct str word;
        judge *judge; /* false: it has nothing to say */
} kinds[] = {
        [CONFIRM_NONE] = { STR_INIT(""), none },
        [CONFIRM_GITHUB] = { STR_INIT("github"), github },
        [CONFIRM_NPM] = { STR_INIT("npm"), github },
        [CONFIRM_GRAFANA] = { STR_INIT("grafana"), grafana },
        [CONFIRM_JWT] = { STR_INIT("jwt"), jwt },
        [CONFIRM_NKEY] = { STR_INIT("nkey"), nkey },
        [CONFIRM_AWS] = { STR_INIT("aws"), aws },
        [CONFIRM_PEM] = { STR_INIT("pem"), pem },
};

bool confirm_parse(struct str word, enum confirm_kind *ret_kind) {
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (!str_eq(word, kinds[i].word))
                        continue;
                *ret_kind = (enum confirm_kind)i;
                return true;
        }
        return false;
}

enum confirm_answer confirm_secret(enum confirm_kind kind, struct str secret) {
        assert((size_t)kind < COUNT_OF(kinds));
        enum confirm_answer answer = CONFIRM_KEEP;
        return kinds[kind].judge(secret, &answer) ? answer : CONFIRM_KEEP;
}
