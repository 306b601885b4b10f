#include "data/regex.h"

#include "data/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define AUTO_PCRE(type) __attribute__((cleanup(auto_##type))) pcre2_##type
#define AUTO_PCRE_DEFINE(type)                                                                     \
        static inline void auto_##type(pcre2_##type **object) {                                    \
                pcre2_##type##_free(*object);                                                      \
        }
AUTO_PCRE_DEFINE(code)
AUTO_PCRE_DEFINE(match_data)
AUTO_PCRE_DEFINE(match_context)

static bool compile(struct str pattern, uint32_t options, pcre2_code **ret_code, struct err *err) {
        PCRE2_UCHAR words[256] = { 0 };
        PCRE2_SIZE at = 0;
        int number = 0;

        if (pattern.len > REGEX_SIZE_MAX)
                return err_set(err, ERR_LIMIT, "the pattern has over %d bytes", REGEX_SIZE_MAX);
        *ret_code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                                  options | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &number, &at,
                                  NULL);
        if (*ret_code)
                return true;
        pcre2_get_error_message(number, words, sizeof(words));
        return err_set(err, ERR_SYNTAX, "the pattern: %s, after %zu bytes", (const char *)words,
                       (size_t)at);
}

static uint32_t utf_options(struct str pattern) {
        return utf8_is_valid(pattern) ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0;
}

bool regex_check(struct str pattern, struct err *err) {
        AUTO_PCRE(code) *code = NULL;

        return compile(pattern, utf_options(pattern), &code, err);
}

bool regex_matches(struct str pattern, struct str text, bool *ret_matches, struct err *err) {
        AUTO_PCRE(match_context) *limits = pcre2_match_context_create(NULL);
        AUTO_PCRE(match_data) *data = NULL;
        AUTO_PCRE(code) *code = NULL;
        int count;

        if (!compile(pattern, utf_options(pattern), &code, err))
                return false;
        data = pcre2_match_data_create_from_pattern(code, NULL);
        if (!limits || !data)
                return err_set(err, ERR_LIMIT, "no memory for the pattern");
        pcre2_set_match_limit(limits, REGEX_MATCH_LIMIT);
        pcre2_set_heap_limit(limits, REGEX_HEAP_LIMIT_KIB);
        count = pcre2_match(code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, data,
                            limits);
        if (count < 0 && count != PCRE2_ERROR_NOMATCH)
                return err_set(err, ERR_LIMIT, "the pattern takes too long on this text");
        *ret_matches = count >= 0;
        return true;
}
