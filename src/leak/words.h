/* leak/words.h: what a value or a name is made of: words, numbers, or nothing that can be said.
 *
 * A word is a run of letters of one case, or a capital and small letters. Whether letters can be a
 * word of a language is told by their pairs: English text and the names in Go's own source use 419
 * of the 676 pairs, random letters all of them. */
#pragma once

#include "base/str.h"

static inline bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static inline bool is_upper(char c) {
        return c >= 'A' && c <= 'Z';
}

static inline bool is_lower(char c) {
        return c >= 'a' && c <= 'z';
}

static inline bool is_letter(char c) {
        return is_upper(c) || is_lower(c);
}

static inline char to_lower(char c) {
        return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Takes the next word or number off *rest, what lies before it too. camelCase and HTTPServer end
 * words as Go's names do. False at the end. */
bool words_next(struct str *rest, struct str *ret_word);

/* Whether the letters can be a word: at least two, nearly all of their pairs in use, and not only
 * consonants where they are more than three. */
bool words_can_be(struct str letters);

/* Whether nothing is in text but words that can be, short numbers, and separators (space . - _ / :
 * and their like): names, paths, sentences. */
bool words_only(struct str text);

/* The same of text in which digits and signs stand for letters: s3cr3t-k3y. */
bool words_in_disguise(struct str text);

/* How many words of three letters and more text has that can be. */
size_t words_count(struct str text);

/* Whether text is made only of the words that people write where a secret would stand ("your",
 * "password", "example", "changeme" ...), run together or in disguise (P@ssw0rd) or not, and at
 * most two digits. */
bool words_are_placeholder(struct str text);

/* Whether a word of text is one that names credentials ("password", "secret", "token" ...). */
bool words_name_credential(struct str text);

/* 8-4-4-4-12 hexadecimal digits, in braces or not. */
bool words_are_uuid(struct str text);

/* Shannon entropy, bits a byte. */
double words_entropy(struct str text);

/* Whether text has so many different bytes that a sign of code among them is chance. */
bool words_are_noise(struct str text);
