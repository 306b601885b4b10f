/* data/digest.h: SHA-256, hexadecimal and base64.
 *
 * SHA-256 is libcrypto's. A hasher is plain data on the caller's stack: it needs no memory, cannot
 * fail, fetches nothing from a provider and reads no configuration file. */
#pragma once

#include "base/str.h"

#define DIGEST_SIZE 32

struct digest {
        unsigned char bytes[DIGEST_SIZE];
};

/* A running SHA-256. Opaque; its size is checked against libcrypto's where it is compiled. */
struct digest_hasher {
        _Alignas(8) unsigned char state[128];
};

void digest_begin(struct digest_hasher *hasher);
void digest_add(struct digest_hasher *hasher, struct str bytes);
struct digest digest_end(struct digest_hasher *hasher);

/* The SHA-256 of bytes. */
struct digest digest_of(struct str bytes);

/* HMAC-SHA256 (RFC 2104). */
struct digest digest_hmac(struct str key, struct str bytes);

bool digest_eq(const struct digest *a, const struct digest *b);
bool digest_is_zero(const struct digest *digest);

/* 64 lower-case hexadecimal digits, without a NUL. */
#define DIGEST_HEX_SIZE 64
void digest_to_hex(const struct digest *digest, char ret_hex[DIGEST_HEX_SIZE]);
struct str digest_hex(struct arena *arena, const struct digest *digest);

/* Two digits for each byte, lower case. */
struct str hex_encode(struct arena *arena, struct str bytes);
/* Either case. False where text is no hexadecimal. */
bool hex_decode(struct arena *arena, struct str text, struct str *ret_bytes);

/* Base64 with the standard alphabet and padding (RFC 4648, section 4). */
struct str base64_encode(struct arena *arena, struct str bytes);
/* Strict: padding required, no line breaks, no other bytes, unused bits zero. */
bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes);
