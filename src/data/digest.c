/* The SHA256_* functions are deprecated in favour of EVP, but they alone need no provider, no fetch
 * and no openssl.cnf of the host, cannot fail, and run the same assembly. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "data/digest.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_hasher), "the state must fit");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct digest_hasher), "the state must be aligned");
_Static_assert(SHA256_DIGEST_LENGTH == DIGEST_SIZE, "a SHA-256");

static SHA256_CTX *context(struct digest_hasher *hasher) {
        return (SHA256_CTX *)(void *)hasher->state;
}

void digest_begin(struct digest_hasher *hasher) {
        SHA256_Init(context(hasher));
}

void digest_add(struct digest_hasher *hasher, struct str bytes) {
        if (bytes.len)
                SHA256_Update(context(hasher), bytes.ptr, bytes.len);
}

struct digest digest_end(struct digest_hasher *hasher) {
        struct digest digest;

        SHA256_Final(digest.bytes, context(hasher));
        return digest;
}

struct digest digest_of(struct str bytes) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        digest_add(&hasher, bytes);
        return digest_end(&hasher);
}

#define HMAC_BLOCK 64 /* bytes that SHA-256 takes at a time */

static struct digest hmac_half(const unsigned char *key, unsigned char pad, struct str bytes) {
        struct digest_hasher hasher;
        unsigned char block[HMAC_BLOCK];

        for (size_t i = 0; i < HMAC_BLOCK; i++)
                block[i] = key[i] ^ pad;
        digest_begin(&hasher);
        digest_add(&hasher, (struct str){ (const char *)block, HMAC_BLOCK });
        digest_add(&hasher, bytes);
        return digest_end(&hasher);
}

struct digest digest_hmac(struct str key, struct str bytes) {
        unsigned char padded[HMAC_BLOCK] = { 0 };
        struct digest inner;

        if (key.len > HMAC_BLOCK) {
                inner = digest_of(key);
                memcpy(padded, inner.bytes, DIGEST_SIZE);
        } else if (key.len) {
                memcpy(padded, key.ptr, key.len);
        }
        inner = hmac_half(padded, 0x36, bytes);
        return hmac_half(padded, 0x5c, (struct str){ (const char *)inner.bytes, DIGEST_SIZE });
}

bool digest_eq(const struct digest *a, const struct digest *b) {
        return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

bool digest_is_zero(const struct digest *digest) {
        static const struct digest zero;

        return digest_eq(digest, &zero);
}

static void to_hex(const unsigned char *bytes, size_t count, char *out) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < count; i++) {
                out[2 * i] = digits[bytes[i] >> 4];
                out[2 * i + 1] = digits[bytes[i] & 15];
        }
}

void digest_to_hex(const struct digest *digest, char ret_hex[DIGEST_HEX_SIZE]) {
        to_hex(digest->bytes, DIGEST_SIZE, ret_hex);
}

struct str digest_hex(struct arena *arena, const struct digest *digest) {
        return hex_encode(arena, (struct str){ (const char *)digest->bytes, DIGEST_SIZE });
}

struct str hex_encode(struct arena *arena, struct str bytes) {
        char *out = arena_array(arena, bytes.len, 2);

        to_hex((const unsigned char *)bytes.ptr, bytes.len, out);
        return (struct str){ out, bytes.len * 2 };
}

static int digit_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct arena *arena, struct str text, struct str *ret_bytes) {
        char *out;

        if (text.len % 2)
                return false;
        out = arena_alloc(arena, text.len / 2);
        for (size_t i = 0; i < text.len / 2; i++) {
                int high = digit_value(text.ptr[2 * i]), low = digit_value(text.ptr[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                out[i] = (char)(high << 4 | low);
        }
        *ret_bytes = (struct str){ out, text.len / 2 };
        return true;
}

/* libcrypto counts in int; longer input is cut into parts that are whole groups of three. */
#define BASE64_PART ((size_t)3 << 20)

struct str base64_encode(struct arena *arena, struct str bytes) {
        size_t groups = bytes.len / 3 + (bytes.len % 3 != 0), done = 0;
        char *out = arena_array(arena, groups + 1, 4);

        for (size_t at = 0; at < bytes.len; at += BASE64_PART) {
                struct str part = str_slice(bytes, at, at + BASE64_PART);

                done += (size_t)EVP_EncodeBlock((unsigned char *)out + done,
                                                (const unsigned char *)part.ptr, (int)part.len);
        }
        return (struct str){ out, done };
}

static int base64_value(char c) {
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* EVP_DecodeBlock takes spaces, line breaks and stray padding; RFC 4648 section 3.3 and 3.5 refuse
 * them, and two texts must never stand for the same sum. */
static bool is_canonical_base64(struct str text, size_t padding) {
        size_t digits = text.len - padding;

        for (size_t i = 0; i < digits; i++)
                if (base64_value(text.ptr[i]) < 0)
                        return false;
        return padding == 0 || (base64_value(text.ptr[digits - 1]) & (padding == 1 ? 3 : 15)) == 0;
}

static size_t padding_of(struct str text) {
        if (str_has_suffix(text, STR("==")))
                return 2;
        return str_has_suffix(text, STR("=")) ? 1 : 0;
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes) {
        size_t padding = padding_of(text), done = 0;
        unsigned char *out;

        if (text.len % 4 || !is_canonical_base64(text, padding))
                return false;
        out = arena_array(arena, text.len / 4 + 1, 3);
        for (size_t at = 0; at < text.len; at += BASE64_PART / 3 * 4) {
                struct str part = str_slice(text, at, at + BASE64_PART / 3 * 4);

                done += (size_t)EVP_DecodeBlock(out + done, (const unsigned char *)part.ptr,
                                                (int)part.len);
        }
        *ret_bytes = (struct str){ (char *)out, done - padding };
        return true;
}
