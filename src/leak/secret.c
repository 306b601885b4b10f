#include "leak/secret.h"

/* An eighth of a secret at most is shown: of a short password nothing that helps to guess it. */
#define SHOWN_PART 8

static bool is_plain(char c) {
        return c > ' ' && c < 0x7f;
}

struct secret secret_make(const struct secret_key *key, struct str bytes) {
        struct secret secret = { .length = bytes.len };

        while (secret.shown_count < MIN_OF(bytes.len / SHOWN_PART, (size_t)SECRET_SHOWN_MAX) &&
               is_plain(bytes.ptr[secret.shown_count])) {
                secret.shown[secret.shown_count] = bytes.ptr[secret.shown_count];
                secret.shown_count++;
        }
        secret.hmac = digest_hmac((struct str){ (const char *)key->bytes, SECRET_KEY_SIZE }, bytes);
        return secret;
}

struct str secret_redacted(struct arena *arena, const struct secret *secret) {
        return str_fmt(arena, "%.*s… (%zu bytes)", (int)secret->shown_count, secret->shown,
                       secret->length);
}

struct digest secret_hmac_of(const struct secret_key *key, const struct digest *hmacs,
                             size_t count) {
        if (count == 1)
                return hmacs[0];
        return digest_hmac((struct str){ (const char *)key->bytes, SECRET_KEY_SIZE },
                           (struct str){ (const char *)hmacs, count * sizeof(*hmacs) });
}
