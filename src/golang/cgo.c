#include "golang/cgo.h"

#include "base/buf.h"
#include "base/vec.h"
#include "golang/rune.h"

#include <string.h>

static const struct str verbs[] = {
        STR_INIT("CFLAGS"), STR_INIT("CPPFLAGS"), STR_INIT("CXXFLAGS"),
        STR_INIT("FFLAGS"), STR_INIT("LDFLAGS"),  STR_INIT("pkg-config")
};

typedef VEC(struct str) word_vec;

static word_vec words_of(struct arena *arena, struct str text) {
        word_vec words = { 0 };
        struct str word;

        while (rune_next_field(&text, &word))
                *VEC_ADD(arena, &words) = word;
        return words;
}

/* ---- arguments ---- */

/* Arguments are parted by white space; quotes of either kind and backslashes keep it. */
struct splitter {
        struct arena *arena;
        word_vec words;
        struct buf word;
        bool has_word, escaped;
        char quote; /* 0: none */
};

static void end_word(struct splitter *splitter) {
        if (splitter->has_word || splitter->word.len)
                *VEC_ADD(splitter->arena, &splitter->words) = buf_str(&splitter->word);
        splitter->word = buf_make(splitter->arena);
        splitter->has_word = false;
}

static void take_rune(struct splitter *splitter, struct str bytes, uint32_t rune) {
        char c = *bytes.ptr;

        if (splitter->escaped) {
                splitter->escaped = false;
                buf_add(&splitter->word, bytes);
        } else if (c == '\\') {
                splitter->escaped = true;
        } else if (splitter->quote && c == splitter->quote) {
                splitter->quote = 0;
        } else if (!splitter->quote && (c == '"' || c == '\'')) {
                splitter->quote = c;
                splitter->has_word = true;
        } else if (!splitter->quote && rune_is_space(rune)) {
                end_word(splitter);
        } else {
                buf_add(&splitter->word, bytes);
        }
}

/* False where a quote or an escape is open at the end. */
static bool split_args(struct arena *arena, struct str text, word_vec *ret_words) {
        struct splitter splitter = { .arena = arena, .word = buf_make(arena) };
        size_t size;

        for (size_t at = 0; at < text.len; at += size) {
                uint32_t rune = rune_decode(str_slice(text, at, text.len), &size);

                take_rune(&splitter, str_slice(text, at, at + size), rune);
        }
        end_word(&splitter);
        *ret_words = splitter.words;
        return !splitter.quote && !splitter.escaped;
}

static bool is_safe_text(struct str text) {
        static const char marks[] = "+-.,/=_:$@%! ~^";

        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (c >= 0 && !rune_is_letter((uint32_t)c) && !rune_is_digit((uint32_t)c) &&
                    (c == 0 || !strchr(marks, c)))
                        return false;
        }
        return text.len > 0;
}

/* ${SRCDIR} stands for the package's folder. */
static bool is_safe_arg(struct str arg) {
        struct str name = STR("${SRCDIR}");

        if (!str_contains(arg, name))
                return is_safe_text(arg);
        for (size_t at; (at = str_find_str(arg, name)) != SIZE_MAX;) {
                if (at > 0 && !is_safe_text(str_slice(arg, 0, at)))
                        return false;
                arg = str_slice(arg, at + name.len, arg.len);
        }
        return arg.len == 0 || is_safe_text(arg);
}

/* ---- one line ---- */

static bool condition_holds(const struct build_context *context, struct str condition,
                            struct arena *arena) {
        bool is_new = strpbrk(str_to_c(arena, condition), "&|()") != NULL;
        struct str line =
                str_fmt(arena, "%s%.*s", is_new ? "//go:build " : "// +build ", STR_ARG(condition));
        struct err ignored;
        bool holds;

        return constraint_eval(context, line, &holds, &ignored) && holds;
}

static bool any_condition_holds(const struct build_context *context, const word_vec *words,
                                struct arena *arena) {
        for (size_t i = 0; i + 1 < words->count; i++)
                if (condition_holds(context, words->items[i], arena))
                        return true;
        return words->count == 1;
}

static bool is_verb(struct str word) {
        for (size_t i = 0; i < COUNT_OF(verbs); i++)
                if (str_eq(word, verbs[i]))
                        return true;
        return false;
}

static bool refuse(struct arena *arena, const char *what, struct str part, struct str *ret_why) {
        *ret_why = str_fmt(arena, "%s: %.*s", what, STR_ARG(part));
        return false;
}

static bool is_function_line(const word_vec *words) {
        return words->count == 3 && (str_eq(words->items[1], STR("nocallback")) ||
                                     str_eq(words->items[1], STR("noescape")));
}

static bool check_args(struct arena *arena, struct str line, struct str text, struct str *ret_why) {
        word_vec args;

        if (!split_args(arena, text, &args))
                return refuse(arena, "invalid #cgo line", line, ret_why);
        for (size_t i = 0; i < args.count; i++)
                if (!is_safe_arg(args.items[i]))
                        return refuse(arena, "malformed #cgo argument", args.items[i], ret_why);
        return true;
}

static bool check_line(const struct build_context *context, struct str line, struct arena *arena,
                       struct str *ret_why) {
        struct str text = rune_trim_space(line), before, args;
        word_vec words = words_of(arena, text);

        if (!str_has_prefix(text, STR("#cgo ")) && !str_has_prefix(text, STR("#cgo\t")))
                return true;
        if (is_function_line(&words))
                return true;
        if (!str_cut(str_slice(text, 4, text.len), ':', &before, &args))
                return refuse(arena, "invalid #cgo line", line, ret_why);
        words = words_of(arena, before);
        if (words.count == 0)
                return refuse(arena, "invalid #cgo line", line, ret_why);
        if (!any_condition_holds(context, &words, arena))
                return true;
        if (!check_args(arena, line, args, ret_why))
                return false;
        return is_verb(words.items[words.count - 1]) ||
               refuse(arena, "invalid #cgo verb", line, ret_why);
}

/* ---- the comment ---- */

static bool is_directive_byte(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "line x", "extern x", "export x" and "tool:name": no text of the comment. */
static bool is_directive(struct str text) {
        size_t at = 0;

        if (str_has_prefix(text, STR("line ")) || str_has_prefix(text, STR("extern ")) ||
            str_has_prefix(text, STR("export ")))
                return true;
        while (at < text.len && is_directive_byte(text.ptr[at]))
                at++;
        return at > 0 && at + 1 < text.len && text.ptr[at] == ':' &&
               is_directive_byte(text.ptr[at + 1]);
}

static struct str comment_text(struct str comment) {
        struct str text = str_slice(comment, 2, comment.len);

        if (comment.ptr[1] == '*')
                return str_drop_suffix(text, STR("*/"));
        return is_directive(text) ? STR("") : text;
}

bool cgo_check(const struct build_context *context, struct str doc, struct arena *arena,
               struct str *ret_why) {
        struct lexer lexer = lexer_make(doc, true);

        for (struct token token; (token = lexer_next(&lexer)).kind == TOKEN_COMMENT;) {
                struct str text = comment_text(token.text), line;

                while (str_next_line(&text, &line))
                        if (!check_line(context, line, arena, ret_why))
                                return false;
        }
        return true;
}
