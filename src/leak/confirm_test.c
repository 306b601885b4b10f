/* What is told of a secret by its own bytes. Values are drawn here, or are published ones. */
#include "base/buf.h"
#include "base/macros.h"
#include "leak/confirm.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DRAWS 200
#define BASE62 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define BASE32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

static enum confirm_answer ask(enum confirm_kind kind, const char *text) {
        return confirm_secret(kind, str_of(text));
}

static unsigned draw(unsigned limit) {
        unsigned char bytes[2];
        assert_int_equal(RAND_bytes(bytes, sizeof(bytes)), 1);
        return ((unsigned)bytes[0] << 8 | bytes[1]) % limit;
}

static void draw_text(char *text, size_t count, const char *digits) {
        for (size_t i = 0; i < count; i++)
                text[i] = digits[draw((unsigned)strlen(digits))];
        text[count] = 0;
}

/* CRC-32 (IEEE) bit by bit. */
static uint32_t crc32_of(const char *text) {
        uint32_t value = ~0u;
        for (; *text; text++) {
                value ^= (unsigned char)*text;
                for (int bit = 0; bit < 8; bit++)
                        value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
        }
        return ~value;
}

static void add_base62(char *text, uint32_t value) {
        char digits[7] = "";
        for (int i = 5; i >= 0; i--, value /= 62)
                digits[i] = BASE62[value % 62];
        strncat(text, digits, 6);
}

static void words_name_kinds(void **state UNUSED) {
        enum confirm_kind kind = CONFIRM_PEM;
        assert_true(confirm_parse(STR(""), &kind) && kind == CONFIRM_NONE);
        assert_true(confirm_parse(STR("nkey"), &kind) && kind == CONFIRM_NKEY);
        assert_false(confirm_parse(STR("nkeys"), &kind));
        assert_int_equal(ask(CONFIRM_NONE, "anything"), CONFIRM_KEEP);
}

static void published_token_of_github_holds(void **state UNUSED) {
        assert_int_equal(ask(CONFIRM_GITHUB, "ghp"
                                             "_zQWBuTSOoRi4A9spHcVY5n"
                                             "cnsDkxkJ0mLq17"),
                         CONFIRM_RAISE);
}

static void checksums_in_base62(void **state UNUSED) {
        for (int i = 0; i < DRAWS; i++) {
                char token[64] = "ghs_";
                draw_text(token + 4, 30, BASE62);
                add_base62(token, crc32_of(token + 4));
                assert_int_equal(ask(CONFIRM_GITHUB, token), CONFIRM_RAISE);
                assert_int_equal(ask(CONFIRM_NPM, token), CONFIRM_RAISE);
                token[4 + draw(36)] ^= 1;
                assert_int_equal(ask(CONFIRM_NPM, token), CONFIRM_SILENCE);
        }
}

static void refresh_tokens_are_never_silenced(void **state UNUSED) {
        char token[96] = "ghr_";
        draw_text(token + 4, 76, BASE62);
        assert_int_equal(ask(CONFIRM_GITHUB, token), CONFIRM_KEEP);
        assert_int_equal(ask(CONFIRM_GITHUB, "ghp_"), CONFIRM_KEEP);
        assert_int_equal(ask(CONFIRM_GITHUB, ""), CONFIRM_KEEP);
}

static void checksums_of_grafana(void **state UNUSED) {
        for (int i = 0; i < DRAWS; i++) {
                char token[64] = "glsa_", digits[16];
                draw_text(token + 5, 32, BASE62);
                uint32_t crc = crc32_of(token);
                (void)snprintf(digits, sizeof(digits), "_%02x%02x%02x%02x", crc & 255,
                               crc >> 8 & 255, crc >> 16 & 255, crc >> 24);
                strncat(token, digits, 9);
                assert_int_equal(ask(CONFIRM_GRAFANA, token), CONFIRM_RAISE);
                token[5 + draw(32)] ^= 1;
                assert_int_equal(ask(CONFIRM_GRAFANA, token), CONFIRM_SILENCE);
        }
        assert_int_equal(ask(CONFIRM_GRAFANA, "glsa_short"), CONFIRM_KEEP);
}

static void base64url(char *text, const char *json) {
        EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)json, (int)strlen(json));
        for (char *c = text; *c; c++)
                *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
        text[strcspn(text, "=")] = 0;
}

static enum confirm_answer ask_jwt(const char *header, const char *payload) {
        char first[256], second[256], token[600];
        base64url(first, header);
        base64url(second, payload);
        (void)snprintf(token, sizeof(token), "%s.%s.c2lnbmF0dXJl", first, second);
        return ask(CONFIRM_JWT, token);
}

static void web_tokens_are_objects_with_an_algorithm(void **state UNUSED) {
        assert_int_equal(ask_jwt("{\"alg\":\"HS256\"}", "{\"sub\":\"1\"}"), CONFIRM_RAISE);
        assert_int_equal(ask_jwt("{\"typ\":\"JWT\"}", "{\"sub\":\"1\"}"), CONFIRM_LOWER);
        assert_int_equal(ask_jwt("{\"alg\":\"HS256\"}", "[1]"), CONFIRM_LOWER);
        assert_int_equal(ask_jwt("{\"alg\":\"HS256\"", "{}"), CONFIRM_LOWER);
        assert_int_equal(ask(CONFIRM_JWT, "eyJ"), CONFIRM_KEEP);
}

static uint16_t crc16_of(const unsigned char *bytes, size_t count) {
        unsigned value = 0;
        for (size_t i = 0; i < count * 8; i++) {
                unsigned bit = bytes[i / 8] >> (7 - i % 8) & 1;
                unsigned top = value >> 15 & 1;
                value = (value << 1 & 0xffff) ^ (top ^ bit ? 0x1021 : 0);
        }
        return (uint16_t)value;
}

static void base32_of(char *text, const unsigned char *bytes, size_t count) {
        size_t digits = (count * 8 + 4) / 5;
        for (size_t i = 0; i < digits; i++) {
                unsigned value = 0;
                for (size_t bit = i * 5; bit < i * 5 + 5; bit++)
                        value = value << 1 |
                                (bit < count * 8 ? bytes[bit / 8] >> (7 - bit % 8) & 1 : 0);
                text[i] = BASE32[value];
        }
        text[digits] = 0;
}

static void seeds_of_nats(void **state UNUSED) {
        assert_int_equal(crc16_of((const unsigned char *)"123456789", 9), 0x31c3);
        for (int i = 0; i < DRAWS; i++) {
                unsigned char bytes[36] = { 18 << 3 | 20 >> 2, (20 & 3) << 6 }; /* S, U */
                assert_int_equal(RAND_bytes(bytes + 2, 32), 1);
                uint16_t crc = crc16_of(bytes, 34);
                bytes[34] = (unsigned char)crc;
                bytes[35] = (unsigned char)(crc >> 8);
                char seed[64];
                base32_of(seed, bytes, sizeof(bytes));
                assert_true(seed[0] == 'S' && seed[1] == 'U' && strlen(seed) == 58);
                assert_int_equal(ask(CONFIRM_NKEY, seed), CONFIRM_RAISE);
                seed[10 + draw(40)] ^= 1;
                assert_int_equal(ask(CONFIRM_NKEY, seed), CONFIRM_LOWER);
        }
}

static enum confirm_answer ask_account(uint64_t account) {
        unsigned char bytes[10] = { 0 };
        uint64_t number = account << 7 | 1ull << 47;
        for (int i = 0; i < 6; i++)
                bytes[i] = (unsigned char)(number >> (40 - 8 * i));
        char id[32] = "AKIA";
        base32_of(id + 4, bytes, sizeof(bytes));
        return ask(CONFIRM_AWS, id);
}

static void accounts_of_aws_have_twelve_digits(void **state UNUSED) {
        assert_int_equal(ask_account(123456789012), CONFIRM_RAISE);
        assert_int_equal(ask_account(999999999999), CONFIRM_RAISE);
        assert_int_equal(ask_account(1000000000000), CONFIRM_LOWER);
        assert_int_equal(ask(CONFIRM_AWS, "AKIA"
                                          "IAAAAAAAAAAAAAAA"),
                         CONFIRM_KEEP);
        assert_int_equal(ask(CONFIRM_AWS, "AKIA"), CONFIRM_KEEP);
}

/* --- private keys --- */

static char *key_text(EVP_PKEY *key, const char *password) {
        static char text[8192];
        BIO *out = BIO_new(BIO_s_mem());
        assert_int_equal(PEM_write_bio_PrivateKey(out, key, password ? EVP_aes_128_cbc() : NULL,
                                                  (const unsigned char *)password,
                                                  password ? (int)strlen(password) : 0, NULL, NULL),
                         1);
        int count = BIO_read(out, text, sizeof(text) - 1);
        assert_true(count > 0);
        text[count] = 0;
        BIO_free(out);
        EVP_PKEY_free(key);
        return text;
}

/* The text with before and after around each line, instead of the line feed. */
static const char *wrapped(const char *text, const char *before, const char *after) {
        static char out[16384];
        size_t used = 0;
        struct str rest = str_of(text), line;
        while (str_next_line(&rest, &line))
                used += (size_t)snprintf(out + used, sizeof(out) - used, "%s%.*s%s", before,
                                         STR_ARG(line), after);
        return out;
}

static void keys_that_parse(void **state UNUSED) {
        const char *text = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "        ", "\n")), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "", "\\n")), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "", "\\\\n")), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "\"", "\\n\" +\n")), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "// ", "\n")), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "", "\r\n")), CONFIRM_RAISE);
        text = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), NULL);
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_RAISE);
        text = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), NULL);
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_RAISE);
        assert_int_equal(ask(CONFIRM_PEM, wrapped(text, "  + \"", "\\n\"\n")), CONFIRM_RAISE);
}

static void keys_that_cannot_be_looked_into(void **state UNUSED) {
        const char *text = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), "secret");
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_KEEP);
        char *cut = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), NULL);
        cut[400] = 0;
        assert_int_equal(ask(CONFIRM_PEM, cut), CONFIRM_KEEP);
}

static void damaged_keys_are_lowered(void **state UNUSED) {
        char *text = key_text(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), NULL);
        memcpy(strchr(text, '\n') + 1, "QQQQQQQQ", 8);
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_LOWER);
}

#define BEGIN                                                                                      \
        "-----BEGIN RSA"                                                                           \
        " PRIVATE KEY-----"
#define END                                                                                        \
        "-----END RSA"                                                                             \
        " PRIVATE KEY-----"

static void bodies_that_are_left_out(void **state UNUSED) {
        static const char *const bodies[] = { "\n...\n",
                                              "\nMIIEpAIBAAKCAQEAx0b8vY2kQ9u5n1wz7\n...\n",
                                              "\n<your key>\n",
                                              "",
                                              "\n",
                                              "\nabc\n",
                                              "\n${PRIVATE_KEY}\n",
                                              "\n{{ .Values.key }}\n",
                                              "\", \"" };
        for (size_t i = 0; i < COUNT_OF(bodies); i++) {
                char text[300];
                (void)snprintf(text, sizeof(text), "%s%s%s", BEGIN, bodies[i], END);
                assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_SILENCE);
        }
        char text[300], same[129];
        memset(same, 'x', 128);
        same[128] = 0;
        (void)snprintf(text, sizeof(text), "%s\n%s\n%s", BEGIN, same, END);
        assert_int_equal(ask(CONFIRM_PEM, text), CONFIRM_SILENCE);
        assert_int_equal(ask(CONFIRM_PEM, "no key"), CONFIRM_KEEP);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_name_kinds),
                cmocka_unit_test(published_token_of_github_holds),
                cmocka_unit_test(checksums_in_base62),
                cmocka_unit_test(refresh_tokens_are_never_silenced),
                cmocka_unit_test(checksums_of_grafana),
                cmocka_unit_test(web_tokens_are_objects_with_an_algorithm),
                cmocka_unit_test(seeds_of_nats),
                cmocka_unit_test(accounts_of_aws_have_twelve_digits),
                cmocka_unit_test(keys_that_parse),
                cmocka_unit_test(keys_that_cannot_be_looked_into),
                cmocka_unit_test(damaged_keys_are_lowered),
                cmocka_unit_test(bodies_that_are_left_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
