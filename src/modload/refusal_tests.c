/* Test files: the go command reads them to the end, to write a program that calls their tests.
 *
 * Refused are tokens that are none, brackets that do not pair, and test functions of another
 * signature; a syntax error of another kind inside a function is left to what compiles the tests.
 * Source: cmd/go/internal/load (test.go, loadTestFuncs). */
#include "data/unicode.h"
#include "golang/lexer.h"
#include "modload/refusal_state.h"

#define BRACKETS_MAX 4096 /* open at a time; deeper files are left to what compiles them */

struct test_file {
        struct judge *judge;
        const struct package *package;
        struct str name; /* relative to the tree's root */
        struct lexer lexer;
        struct token token; /* the one looked at */
        enum token_kind open[BRACKETS_MAX];
        size_t depth;
        bool *has_test_main;
        bool failed;
};

static void refuse(struct test_file *file, struct source_pos pos, struct str detail) {
        struct refusal *refusal;

        if (file->failed)
                return;
        file->failed = true;
        refusal = refusal_add(file->judge, REFUSAL_PACKAGE, detail);
        refusal->file = file->name;
        refusal->line = pos.line;
        refusal->column = pos.column;
        refusal->package = file->package->path;
}

static enum token_kind closer_of(enum token_kind open) {
        return open == TOKEN_LPAREN   ? TOKEN_RPAREN
               : open == TOKEN_LBRACK ? TOKEN_RBRACK
                                      : TOKEN_RBRACE;
}

static bool is_opener(enum token_kind kind) {
        return kind == TOKEN_LPAREN || kind == TOKEN_LBRACK || kind == TOKEN_LBRACE;
}

static bool is_closer(enum token_kind kind) {
        return kind == TOKEN_RPAREN || kind == TOKEN_RBRACK || kind == TOKEN_RBRACE;
}

/* Takes the next token and keeps count of brackets. */
static void advance(struct test_file *file) {
        struct token token = file->token = lexer_next(&file->lexer);

        if (is_opener(token.kind)) {
                if (file->depth == BRACKETS_MAX)
                        file->failed = true;
                else
                        file->open[file->depth++] = token.kind;
        } else if (is_closer(token.kind)) {
                if (file->depth == 0 || closer_of(file->open[file->depth - 1]) != token.kind)
                        refuse(file, token.pos,
                               str_fmt(file->judge->arena, "syntax error: unexpected %.*s",
                                       STR_ARG(token.text)));
                else
                        file->depth--;
        }
}

static bool take(struct test_file *file, enum token_kind kind) {
        if (file->token.kind != kind)
                return false;
        advance(file);
        return true;
}

/* "Test", "TestX", "Test_x", not "Testing". */
static bool is_test_name(struct str name, struct str prefix) {
        struct str rest = str_drop_prefix(name, prefix);
        uint32_t point;

        if (!str_has_prefix(name, prefix))
                return false;
        if (rest.len == 0)
                return true;
        unicode_next(rest, &point);
        return !unicode_is_lower(point);
}

/* (t *testing.T), (*testing.T) or (t *T), the token looked at being the parenthesis. */
static bool takes_one_pointer(struct test_file *file, struct str *ret_type) {
        if (!take(file, TOKEN_LPAREN))
                return false;
        take(file, TOKEN_IDENT);
        if (!take(file, TOKEN_MUL))
                return false;
        *ret_type = file->token.text;
        if (!take(file, TOKEN_IDENT))
                return false;
        if (take(file, TOKEN_PERIOD)) {
                *ret_type = file->token.text;
                if (!take(file, TOKEN_IDENT))
                        return false;
        }
        take(file, TOKEN_COMMA);
        if (!take(file, TOKEN_RPAREN))
                return false;
        if (take(file, TOKEN_LPAREN) && !take(file, TOKEN_RPAREN))
                return false;
        return file->token.kind == TOKEN_LBRACE || file->token.kind == TOKEN_SEMICOLON ||
               file->token.kind == TOKEN_EOF;
}

static const struct test_kind {
        struct str prefix, type;
} test_kinds[] = {
        { STR_INIT("Test"), STR_INIT("T") },
        { STR_INIT("Benchmark"), STR_INIT("B") },
        { STR_INIT("Fuzz"), STR_INIT("F") },
};

static bool fits(struct test_file *file, struct str name, struct str type) {
        if (str_eq(name, STR("TestMain"))) {
                if (str_eq(type, STR("M")) && *file->has_test_main)
                        return false;
                *file->has_test_main = *file->has_test_main || str_eq(type, STR("M"));
                return str_eq(type, STR("M")) || str_eq(type, STR("T"));
        }
        for (size_t i = 0; i < COUNT_OF(test_kinds); i++)
                if (is_test_name(name, test_kinds[i].prefix))
                        return str_eq(type, test_kinds[i].type);
        return true;
}

static bool is_checked_name(struct str name) {
        for (size_t i = 0; i < COUNT_OF(test_kinds); i++)
                if (is_test_name(name, test_kinds[i].prefix))
                        return true;
        return false;
}

/* The token looked at is `func` outside of all brackets. */
static void check_function(struct test_file *file) {
        struct source_pos pos = file->token.pos;
        struct str name, type = STR_NONE;

        advance(file);
        name = file->token.text;
        if (file->token.kind != TOKEN_IDENT || !is_checked_name(name))
                return;
        advance(file);
        if (!takes_one_pointer(file, &type) || !fits(file, name, type))
                refuse(file, pos,
                       str_fmt(file->judge->arena, "wrong signature for %.*s", STR_ARG(name)));
}

static void check_end(struct test_file *file) {
        const struct lexer_error *error = &file->lexer.first_error;

        if (file->lexer.error_count)
                refuse(file, error->pos,
                       str_fmt(file->judge->arena, "%s%.*s", error->what, STR_ARG(error->detail)));
        else if (file->depth)
                refuse(file, file->token.pos, STR("syntax error: unexpected EOF"));
}

static bool check_file(struct judge *judge, const struct package *package,
                       const struct package_source *source, struct str name, struct str tree_name,
                       bool *has_test_main) {
        struct test_file *file = ARENA_NEW(judge->arena, struct test_file);
        struct str path = str_join_path(judge->arena, package->folder, name), bytes;

        if (!source->read(source->ctx, judge->arena, path, PACKAGE_FILE_MAX, &bytes, judge->err))
                return false;
        *file = (struct test_file){ .judge = judge,
                                    .package = package,
                                    .name = tree_name,
                                    .lexer = lexer_make(bytes, false),
                                    .has_test_main = has_test_main };
        advance(file);
        while (file->token.kind != TOKEN_EOF && !file->failed) {
                if (file->token.kind == TOKEN_FUNC && file->depth == 0)
                        check_function(file);
                else
                        advance(file);
        }
        check_end(file);
        return true;
}

bool refusal_check_test_files(struct judge *judge, const struct package *package,
                              const struct package_source *source, struct str folder) {
        const struct str_list *const lists[] = { &package->test_go_files,
                                                 &package->xtest_go_files };
        bool has_test_main = false;

        for (size_t i = 0; i < COUNT_OF(lists); i++)
                for (size_t j = 0; j < lists[i]->count; j++) {
                        struct str name = lists[i]->items[j];

                        if (!check_file(judge, package, source, name,
                                        str_join_path(judge->arena, folder, name), &has_test_main))
                                return false;
                }
        return true;
}
