#include "leak/words.h"

#include <math.h>
#include <string.h>

#define RUN_MAX 48         /* letters of a run that is taken apart into words */
#define SHORT_NUMBER 4     /* digits of a number between words: years, ports, counters */
#define PLACEHOLDER_MAX 64 /* bytes of one in disguise */
#define NOISE_SIZE_MIN 40
#define ENTROPY_OF_NOISE 4.8 /* bits a byte; patterns, markup and code stay below */
#define UUID_SIZE 36
#define TRAILING_DIGITS 2 /* of a filler: password1, key02 */

/* Pairs of letters that occur: bit b of row a is the pair ab. Counted over the words of the
 * comments of Go's standard library (48,711 words, those of at least eight uses; a pair of at least
 * twelve words counts). */
static const uint32_t pairs[26] = {
        0x1febd7e, 0x11ecb3f, 0x13efdff, 0x1fff97f, 0x1fffdff, 0x11ef93d, 0x01ef9d5,
        0x01e5911, 0x2aef87f, 0x0144011, 0x014a95d, 0x17ffd7f, 0x01cfd3f, 0x17efdff,
        0x0fefd7f, 0x15eddff, 0x0141004, 0x17ffd7f, 0x1dffdff, 0x3fef9ff, 0x08ef97f,
        0x04fd9bf, 0x006e19d, 0x0acc137, 0x00eb110, 0x0000111,
};

static const struct str credential_words[] = {
        STR_INIT("password"),   STR_INIT("passwords"),   STR_INIT("passwd"),
        STR_INIT("passphrase"), STR_INIT("secret"),      STR_INIT("secrets"),
        STR_INIT("token"),      STR_INIT("tokens"),      STR_INIT("apikey"),
        STR_INIT("credential"), STR_INIT("credentials"), STR_INIT("pass"),
        STR_INIT("pwd"),        STR_INIT("passcode"),
};

/* What people write where a secret would stand. Whole values are made of these. */
static const struct str filler_words[] = {
        STR_INIT("a"),
        STR_INIT("access"),
        STR_INIT("account"),
        STR_INIT("actual"),
        STR_INIT("add"),
        STR_INIT("admin"),
        STR_INIT("an"),
        STR_INIT("any"),
        STR_INIT("api"),
        STR_INIT("apikey"),
        STR_INIT("app"),
        STR_INIT("auth"),
        STR_INIT("aws"),
        STR_INIT("bad"),
        STR_INIT("bar"),
        STR_INIT("baz"),
        STR_INIT("be"),
        STR_INIT("bearer"),
        STR_INIT("blah"),
        STR_INIT("bogus"),
        STR_INIT("change"),
        STR_INIT("changed"),
        STR_INIT("changeit"),
        STR_INIT("changeme"),
        STR_INIT("client"),
        STR_INIT("code"),
        STR_INIT("credential"),
        STR_INIT("credentials"),
        STR_INIT("data"),
        STR_INIT("db"),
        STR_INIT("default"),
        STR_INIT("demo"),
        STR_INIT("dev"),
        STR_INIT("disabled"),
        STR_INIT("dummy"),
        STR_INIT("empty"),
        STR_INIT("enabled"),
        STR_INIT("enter"),
        STR_INIT("error"),
        STR_INIT("example"),
        STR_INIT("expected"),
        STR_INIT("fake"),
        STR_INIT("false"),
        STR_INIT("field"),
        STR_INIT("fill"),
        STR_INIT("fixme"),
        STR_INIT("foo"),
        STR_INIT("foobar"),
        STR_INIT("for"),
        STR_INIT("from"),
        STR_INIT("generated"),
        STR_INIT("github"),
        STR_INIT("gitlab"),
        STR_INIT("goes"),
        STR_INIT("good"),
        STR_INIT("google"),
        STR_INIT("got"),
        STR_INIT("guest"),
        STR_INIT("hash"),
        STR_INIT("hello"),
        STR_INIT("here"),
        STR_INIT("hidden"),
        STR_INIT("id"),
        STR_INIT("in"),
        STR_INIT("input"),
        STR_INIT("insert"),
        STR_INIT("invalid"),
        STR_INIT("is"),
        STR_INIT("it"),
        STR_INIT("jwt"),
        STR_INIT("key"),
        STR_INIT("keys"),
        STR_INIT("local"),
        STR_INIT("login"),
        STR_INIT("masked"),
        STR_INIT("me"),
        STR_INIT("missing"),
        STR_INIT("mock"),
        STR_INIT("my"),
        STR_INIT("name"),
        STR_INIT("new"),
        STR_INIT("nil"),
        STR_INIT("no"),
        STR_INIT("none"),
        STR_INIT("not"),
        STR_INIT("null"),
        STR_INIT("of"),
        STR_INIT("old"),
        STR_INIT("only"),
        STR_INIT("optional"),
        STR_INIT("or"),
        STR_INIT("other"),
        STR_INIT("our"),
        STR_INIT("pass"),
        STR_INIT("passcode"),
        STR_INIT("passphrase"),
        STR_INIT("passwd"),
        STR_INIT("password"),
        STR_INIT("passwords"),
        STR_INIT("paste"),
        STR_INIT("personal"),
        STR_INIT("place"
                 "holder"),
        STR_INIT("please"),
        STR_INIT("private"),
        STR_INIT("prod"),
        STR_INIT("production"),
        STR_INIT("public"),
        STR_INIT("put"),
        STR_INIT("pwd"),
        STR_INIT("random"),
        STR_INIT("real"),
        STR_INIT("redacted"),
        STR_INIT("refresh"),
        STR_INIT("removed"),
        STR_INIT("replace"),
        STR_INIT("replaced"),
        STR_INIT("replaceme"),
        STR_INIT("required"),
        STR_INIT("sample"),
        STR_INIT("secret"),
        STR_INIT("secrets"),
        STR_INIT("secure"),
        STR_INIT("service"),
        STR_INIT("session"),
        STR_INIT("set"),
        STR_INIT("signing"),
        STR_INIT("some"),
        STR_INIT("something"),
        STR_INIT("staging"),
        STR_INIT("string"),
        STR_INIT("strong"),
        STR_INIT("super"),
        STR_INIT("tbd"),
        STR_INIT("test"),
        STR_INIT("tester"),
        STR_INIT("testing"),
        STR_INIT("text"),
        STR_INIT("that"),
        STR_INIT("the"),
        STR_INIT("this"),
        STR_INIT("to"),
        STR_INIT("todo"),
        STR_INIT("token"),
        STR_INIT("tokens"),
        STR_INIT("top"),
        STR_INIT("true"),
        STR_INIT("type"),
        STR_INIT("undefined"),
        STR_INIT("unknown"),
        STR_INIT("unset"),
        STR_INIT("unused"),
        STR_INIT("update"),
        STR_INIT("use"),
        STR_INIT("user"),
        STR_INIT("username"),
        STR_INIT("valid"),
        STR_INIT("value"),
        STR_INIT("very"),
        STR_INIT("want"),
        STR_INIT("was"),
        STR_INIT("webhook"),
        STR_INIT("with"),
        STR_INIT("wrong"),
        STR_INIT("xxx"),
        STR_INIT("xxxx"),
        STR_INIT("yes"),
        STR_INIT("you"),
        STR_INIT("your"),
        STR_INIT("yours"),
        STR_INIT("yourself"),
};

static size_t word_end_capital(struct str s) {
        size_t end = 1;

        while (end < s.len && is_upper(s.ptr[end]))
                end++;
        if (end > 1 && end < s.len && is_lower(s.ptr[end]))
                return end - 1;
        if (end == 1)
                while (end < s.len && is_lower(s.ptr[end]))
                        end++;
        return end;
}

static size_t run_end(struct str s, bool (*is_part)(char c)) {
        size_t end = 0;

        while (end < s.len && is_part(s.ptr[end]))
                end++;
        return end;
}

static bool lower_part(char c) {
        return is_lower(c);
}

static bool digit_part(char c) {
        return is_digit(c);
}

static bool letter_part(char c) {
        return is_letter(c);
}

bool words_next(struct str *rest, struct str *ret_word) {
        struct str s = *rest;
        size_t start = 0, length;

        while (start < s.len && !is_letter(s.ptr[start]) && !is_digit(s.ptr[start]))
                start++;
        s = str_slice(s, start, s.len);
        if (!s.len)
                return false;
        if (is_upper(s.ptr[0]))
                length = word_end_capital(s);
        else
                length = run_end(s, is_digit(s.ptr[0]) ? digit_part : lower_part);
        *ret_word = str_slice(s, 0, length);
        *rest = str_slice(s, length, s.len);
        return true;
}

static bool is_vowel(char c) {
        return strchr("aeiouy", to_lower(c)) != NULL;
}

bool words_can_be(struct str letters) {
        size_t strange = 0, vowels = 0;

        for (size_t i = 0; i < letters.len; i++) {
                vowels += is_vowel(letters.ptr[i]);
                if (i)
                        strange += !(pairs[to_lower(letters.ptr[i - 1]) - 'a'] >>
                                             (to_lower(letters.ptr[i]) - 'a') &
                                     1);
        }
        return letters.len > 1 && strange <= letters.len / 8 + (letters.len > 3) &&
               (vowels || letters.len <= 3);
}

static bool is_separator(char c) {
        return strchr(" .-_/:,=", c) != NULL && c;
}

static bool is_ordinary(struct str word) {
        if (is_digit(word.ptr[0]))
                return word.len <= SHORT_NUMBER;
        return words_can_be(word);
}

/* Single letters and numbers between words are ordinary too, where words outnumber them. */
bool words_only(struct str text) {
        struct str rest = text, word;
        size_t words = 0, others = 0;

        for (size_t i = 0; i < text.len; i++)
                if (!is_letter(text.ptr[i]) && !is_digit(text.ptr[i]) && !is_separator(text.ptr[i]))
                        return false;
        while (words_next(&rest, &word)) {
                if (word.len > 3 && !is_ordinary(word))
                        return false;
                if (word.len >= 3 && is_letter(word.ptr[0]) && words_can_be(word))
                        words++;
                else
                        others++;
        }
        return words && others <= words;
}

size_t words_count(struct str text) {
        struct str word;
        size_t count = 0;

        while (words_next(&text, &word))
                count += word.len >= 3 && is_letter(word.ptr[0]) && words_can_be(word);
        return count;
}

static bool fold_prefix(struct str s, struct str word) {
        return s.len >= word.len && str_eq_fold(str_slice(s, 0, word.len), word);
}

/* The first filler word with this letter; they are sorted. */
static size_t first_filler(char letter) {
        size_t low = 0, high = COUNT_OF(filler_words);

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (filler_words[middle].ptr[0] < letter)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void reach(struct str rest, bool *reached) {
        char letter = to_lower(rest.ptr[0]);

        for (size_t k = first_filler(letter);
             k < COUNT_OF(filler_words) && filler_words[k].ptr[0] == letter; k++)
                if (fold_prefix(rest, filler_words[k]))
                        reached[filler_words[k].len] = true;
}

/* Whether the run can be cut into filler words without a rest. */
static bool run_is_filler(struct str run) {
        bool reached[RUN_MAX + 1] = { true };

        if (run.len > RUN_MAX)
                return false;
        for (size_t i = 0; i < run.len; i++)
                if (reached[i])
                        reach(str_slice(run, i, run.len), reached + i);
        return reached[run.len];
}

static bool take_run(struct str *rest, bool *ret_letters, struct str *ret_run) {
        size_t start = 0, length;

        while (start < rest->len && !is_letter(rest->ptr[start]) && !is_digit(rest->ptr[start]))
                start++;
        *rest = str_slice(*rest, start, rest->len);
        if (!rest->len)
                return false;
        *ret_letters = is_letter(rest->ptr[0]);
        length = run_end(*rest, *ret_letters ? letter_part : digit_part);
        *ret_run = str_slice(*rest, 0, length);
        *rest = str_slice(*rest, length, rest->len);
        return true;
}

static bool is_wordy(char c) {
        return is_letter(c) || is_digit(c) || strchr(" .-_/:,'!?", c);
}

static char without_disguise(char c) {
        static const char from[] = "03@$54", to[] = "oeassa";
        const char *found = c ? strchr(from, c) : NULL;

        return found ? to[found - from] : c;
}

/* P@ssw0rd is the word that it looks like: digits and signs beside letters, but not those at the
 * end, stand for letters. Gives the length; bytes has room for text. */
static size_t undisguise(struct str text, char *bytes) {
        size_t end = text.len;

        while (end && (is_digit(text.ptr[end - 1]) || text.ptr[end - 1] == '!'))
                end--;
        for (size_t i = 0; i < end; i++)
                bytes[i] = without_disguise(text.ptr[i]);
        for (size_t i = end; i < text.len; i++)
                bytes[i] = text.ptr[i];
        return text.len;
}

static bool are_placeholder(struct str text) {
        struct str rest = text, run;
        size_t digits = 0, runs = 0;
        bool letters;

        for (size_t i = 0; i < text.len; i++)
                if (!text.ptr[i] || !is_wordy(text.ptr[i]))
                        return false;
        while (take_run(&rest, &letters, &run)) {
                if (letters && !run_is_filler(run))
                        return false;
                runs += letters;
                digits += letters ? 0 : run.len;
        }
        return runs && digits <= TRAILING_DIGITS;
}

bool words_in_disguise(struct str text) {
        char bytes[PLACEHOLDER_MAX];

        return text.len <= sizeof(bytes) &&
               words_only((struct str){ bytes, undisguise(text, bytes) });
}

bool words_are_placeholder(struct str text) {
        char bytes[PLACEHOLDER_MAX];

        if (are_placeholder(text))
                return true;
        if (text.len > sizeof(bytes))
                return false;
        return are_placeholder((struct str){ bytes, undisguise(text, bytes) });
}

bool words_name_credential(struct str text) {
        struct str word;

        while (words_next(&text, &word))
                for (size_t i = 0; i < COUNT_OF(credential_words); i++)
                        if (str_eq_fold(word, credential_words[i]))
                                return true;
        return false;
}

static bool is_hex(char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

bool words_are_uuid(struct str text) {
        if (str_has_prefix(text, STR("{")) && str_has_suffix(text, STR("}")))
                text = str_slice(text, 1, text.len - 1);
        if (text.len != UUID_SIZE)
                return false;
        for (size_t i = 0; i < text.len; i++)
                if ((i == 8 || i == 13 || i == 18 || i == 23) ? text.ptr[i] != '-'
                                                              : !is_hex(text.ptr[i]))
                        return false;
        return true;
}

double words_entropy(struct str text) {
        uint32_t counts[256] = { 0 };
        double bits = 0;

        for (size_t i = 0; i < text.len; i++)
                counts[(unsigned char)text.ptr[i]]++;
        for (size_t i = 0; i < 256; i++)
                if (counts[i])
                        bits -= counts[i] * log2((double)counts[i] / (double)text.len);
        return text.len ? bits / (double)text.len : 0;
}

bool words_are_noise(struct str text) {
        return text.len >= NOISE_SIZE_MIN && words_entropy(text) > ENTROPY_OF_NOISE;
}
