#include "leak/generic_impl.h"

#include "leak/quiet.h"
#include "leak/words.h"

#include <string.h>

#define SECRET_SIZE_MIN 8
#define KEY_SIZE_MIN 16
#define NUMBER_SIZE_MIN 6    /* of a password in digits */
#define SENTENCE_SIZE_MAX 40 /* of a password with spaces */
#define SALT_SIZE_MIN 32     /* of a key with spaces */
#define ENTROPY_OF_SALT 4.5  /* bits a byte */
#define ENTROPY_OF_KEY 3.5
#define ENTROPY_OF_HEX 2.5
#define ENTROPY_OF_RANDOM 3.0
#define NAME_SAID_MIN 5   /* letters */
#define PIECE_SIZE_MIN 12 /* of a random part between dashes */

/* What the bytes of a value are. */
struct makeup {
        size_t digits, lower, upper, symbols, spaces;
        bool hex;
};

static struct makeup makeup_of(struct str value) {
        struct makeup makeup = { .hex = true };
        size_t start = str_has_prefix(value, STR("0x")) ? 2 : 0;

        for (size_t i = start; i < value.len; i++) {
                char c = value.ptr[i];

                if (is_digit(c))
                        makeup.digits++;
                else if (is_lower(c))
                        makeup.lower++;
                else if (is_upper(c))
                        makeup.upper++;
                else if (c == ' ' || c == '\t')
                        makeup.spaces++;
                else
                        makeup.symbols++;
                makeup.hex &= is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
        }
        return makeup;
}

static bool contains_fold(struct str text, struct str part) {
        for (size_t i = 0; i + part.len <= text.len; i++)
                if (str_eq_fold(str_slice(text, i, i + part.len), part))
                        return true;
        return false;
}

/* "theNewPassword", "bad-secret": says what it stands for. */
static bool names_itself(struct str value) {
        static const struct str words[] = { STR_INIT("password"), STR_INIT("passwd"),
                                            STR_INIT("secret"), STR_INIT("passphrase"),
                                            STR_INIT("credential") };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (contains_fold(value, words[i]))
                        return true;
        return words_name_credential(value);
}

static bool has_any(struct str value, const char *set) {
        for (size_t i = 0; i < value.len; i++)
                if (value.ptr[i] && strchr(set, value.ptr[i]))
                        return true;
        return false;
}

static bool is_random_text(struct str value, const struct makeup *makeup) {
        return makeup->digits && makeup->lower + makeup->upper > 2 && !words_only(value) &&
               words_entropy(value) >= ENTROPY_OF_RANDOM;
}

/* One part between the separators is long and mixed, so that it cannot be one of an address. */
static bool has_random_piece(struct str value) {
        size_t start = 0;

        for (size_t i = 0; i <= value.len; i++) {
                struct str piece = str_slice(value, start, i);
                struct makeup makeup = makeup_of(piece);

                if (i < value.len && !strchr("-_.", value.ptr[i]))
                        continue;
                if (piece.len >= PIECE_SIZE_MIN && is_random_text(piece, &makeup))
                        return true;
                start = i + 1;
        }
        return false;
}

/* a=b is no key; == at the end is padding. */
static bool has_inner_equals(struct str value) {
        size_t at = str_find(value, '=');

        return at != SIZE_MAX && value.len - at > 2;
}

static bool is_drawn_key(struct str value, const struct makeup *makeup) {
        if (words_are_noise(value) && makeup->digits > 2 && makeup->symbols)
                return true;
        if (value.len < KEY_SIZE_MIN || makeup->hex || makeup->digits < 2 ||
            has_any(value, ":,;()<>[]{}'\"\\ ") || has_inner_equals(value))
                return false;
        return words_entropy(value) >= ENTROPY_OF_KEY && is_random_text(value, makeup) &&
               (!has_any(value, "-_.") || has_random_piece(value));
}

/* A sentence is none; "S3cure pass phrase" may be. */
static bool spaced_is_secret(enum name_class class, struct str value, const struct makeup *makeup,
                             enum demand demand) {
        if (class >= NAME_KEY && value.len >= SALT_SIZE_MIN && makeup->symbols >= SECRET_SIZE_MIN)
                return makeup->spaces <= 4 && words_entropy(value) > ENTROPY_OF_SALT;
        return class == NAME_PASSWORD && demand == DEMAND_WORD && value.len <= SENTENCE_SIZE_MAX &&
               makeup->digits && !names_itself(value) && !has_any(value, ".?:,=()<>");
}

static bool password_is_secret(struct str value, const struct makeup *makeup, enum demand demand) {
        size_t letters = makeup->lower + makeup->upper;

        if (demand == DEMAND_RANDOM)
                return value.len >= SECRET_SIZE_MIN && is_random_text(value, makeup);
        if (names_itself(value) && makeup->digits < 3 && !has_any(value, "!@#$%^&*+=~"))
                return false;
        if (has_any(value, "<>\"`\\") ||
            (has_any(value, "(") && has_any(value, ")") && !has_any(value, "!@#$%^&*:")))
                return false;
        if (makeup->digits)
                return value.len > 3 && (letters || makeup->symbols ||
                                         (demand == DEMAND_WORD && value.len >= NUMBER_SIZE_MIN));
        if (makeup->symbols)
                return letters && has_any(value, "!@#$%^&*+=~?|:") && value.len >= 6;
        if (demand == DEMAND_WORD && letters == makeup->lower && value.len > 3)
                return true;
        return value.len >= SECRET_SIZE_MIN && !words_only(value);
}

static bool secret_is_secret(struct str value, const struct makeup *makeup, enum demand demand) {
        if (words_are_noise(value) && makeup->digits > 2 && makeup->symbols)
                return true;
        if (value.len < SECRET_SIZE_MIN || has_any(value, "()<>{}[]\"'`;,\\"))
                return false;
        if (makeup->hex)
                return value.len >= KEY_SIZE_MIN && words_entropy(value) >= ENTROPY_OF_HEX &&
                       makeup->digits && makeup->lower + makeup->upper;
        if (demand == DEMAND_RANDOM || names_itself(value))
                return value.len >= KEY_SIZE_MIN && makeup->digits > 2 &&
                       is_random_text(value, makeup) && has_random_piece(value);
        return !words_only(value) && !words_in_disguise(value) &&
               makeup->lower + makeup->upper > 2 &&
               (makeup->digits || (makeup->lower && makeup->upper) ||
                has_any(value, "!@#$%^&*+=~")) &&
               words_entropy(value) >= ENTROPY_OF_HEX;
}

/* TOKEN_KIND = "token-kind", irc_pass = "irc-pass": the value only says the name again. */
static bool says_name(struct str name, struct str value) {
        size_t at = value.len, of = name.len, same = 0;

        while (at && of) {
                char a = to_lower(value.ptr[at - 1]), b = to_lower(name.ptr[of - 1]);

                if (strchr("-_. ", a))
                        at--;
                else if (strchr("-_. ", b))
                        of--;
                else if (a != b)
                        return false;
                else
                        at--, of--, same++;
        }
        return same >= NAME_SAID_MIN;
}

bool generic_is_secret(enum name_class class, struct str name, struct str value,
                       enum demand demand) {
        struct makeup makeup;

        if (value.len < VALUE_SIZE_MIN || value.len > VALUE_SIZE_MAX ||
            quiet_is_no_secret(name, value) || says_name(name, value))
                return false;
        makeup = makeup_of(value);
        if (words_are_uuid(value))
                return class != NAME_KEY;
        if (makeup.hex && name_is_derived(name))
                return false;
        if (makeup.spaces)
                return spaced_is_secret(class, value, &makeup, demand);
        switch (class) {
        case NAME_PASSWORD:
                return password_is_secret(value, &makeup, demand);
        case NAME_SECRET:
                return secret_is_secret(value, &makeup, demand);
        case NAME_KEY:
                return is_drawn_key(value, &makeup);
        case NAME_SESSION:
                return value.len >= KEY_SIZE_MIN && is_random_text(value, &makeup);
        case NAME_NONE:
                break;
        }
        return false;
}
