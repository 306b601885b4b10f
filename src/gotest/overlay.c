#include "gotest/overlay.h"

#include "base/buf.h"
#include "base/vec.h"
#include "golang/header.h"

#define BEFORE "weirGoroutinesBefore"
#define AFTER "weirGoroutinesAfter"

/* Names are chosen so that none of the package's can be in their way. */
static const char helper_imports[] = "import (\n"
                                     "\tweirBytes \"bytes\"\n"
                                     "\tweirOS \"os\"\n"
                                     "\tweirRuntime \"runtime\"\n"
                                     "\tweirTesting \"testing\"\n"
                                     "\tweirTime \"time\"\n"
                                     ")\n\n"
                                     "var _ weirTesting.TB\n\n";

static const char helper_functions[] =
        "func weirGoroutines() [][]byte {\n"
        "\tfor size := 1 << 16; ; size *= 2 {\n"
        "\t\tbuffer := make([]byte, size)\n"
        "\t\tif n := weirRuntime.Stack(buffer, true); n < size || size >= 1<<26 {\n"
        "\t\t\treturn weirBytes.Split(buffer[:n], []byte(\"\\n\\n\"))\n"
        "\t\t}\n"
        "\t}\n"
        "}\n\n"
        "func weirGoroutineID(stack []byte) string {\n"
        "\tfields := weirBytes.SplitN(stack, []byte(\" \"), 3)\n"
        "\tif len(fields) < 3 {\n"
        "\t\treturn \"\"\n"
        "\t}\n"
        "\treturn string(fields[1])\n"
        "}\n\n"
        "func " BEFORE "() map[string]bool {\n"
        "\tbefore := map[string]bool{}\n"
        "\tfor _, stack := range weirGoroutines() {\n"
        "\t\tbefore[weirGoroutineID(stack)] = true\n"
        "\t}\n"
        "\treturn before\n"
        "}\n\n"
        "func weirGoroutinesLeft(before map[string]bool) []byte {\n"
        "\tvar left []byte\n"
        "\tfor _, stack := range weirGoroutines() {\n"
        "\t\tif !before[weirGoroutineID(stack)] && weirBytes.Contains(stack, []byte(weirTree)) {\n"
        "\t\t\tleft = append(append(left, stack...), \"\\n\\n\"...)\n"
        "\t\t}\n"
        "\t}\n"
        "\treturn left\n"
        "}\n\n"
        "func " AFTER "(before map[string]bool, code int) int {\n"
        "\tif code != 0 {\n"
        "\t\treturn code\n"
        "\t}\n"
        "\tend := weirTime.Now().Add(weirSettle * weirTime.Millisecond)\n"
        "\tleft := weirGoroutinesLeft(before)\n"
        "\tfor wait := weirTime.Millisecond; left != nil && weirTime.Now().Before(end); wait += weirTime.Millisecond {\n"
        "\t\tweirTime.Sleep(wait)\n"
        "\t\tleft = weirGoroutinesLeft(before)\n"
        "\t}\n"
        "\tif left != nil {\n"
        "\t\tweirOS.NewFile(1, \"stdout\").WriteString(\"\\n\" + weirMark + \"\\n\" + string(left) + "
        "weirMark + \"\\n\")\n"
        "\t}\n"
        "\treturn code\n"
        "}\n";

static const char helper_main[] = "\nfunc TestMain(m *weirTesting.M) {\n"
                                  "\tweirOS.Exit(" AFTER "(" BEFORE "(), m.Run()))\n"
                                  "}\n";

/* ---- TestMain ---- */

static bool has_test_main(struct arena *arena, const struct overlay_file *file) {
        const struct header_function *functions;
        size_t count;

        header_functions(arena, file->text, &functions, &count);
        for (size_t i = 0; i < count; i++)
                if (str_eq(functions[i].name, STR("TestMain")) && !functions[i].receiver.len)
                        return true;
        return false;
}

/* ---- wrapping m.Run ---- */

struct tokens {
        struct token *items;
        size_t count, capacity;
};

static struct tokens read_tokens(struct arena *arena, struct str text) {
        struct lexer lexer = lexer_make(text, false);
        VEC(struct token) list = { 0 };

        do
                *VEC_ADD(arena, &list) = lexer_next(&lexer);
        while (list.items[list.count - 1].kind != TOKEN_EOF);
        return (struct tokens){ list.items, list.count, list.capacity };
}

static bool is_kind(const struct tokens *tokens, size_t at, enum token_kind kind) {
        return at < tokens->count && tokens->items[at].kind == kind;
}

static bool is_word(const struct tokens *tokens, size_t at, struct str word) {
        return is_kind(tokens, at, TOKEN_IDENT) && str_eq(tokens->items[at].text, word);
}

/* `NAME *testing.M` */
static bool is_main_parameter(const struct tokens *tokens, size_t at) {
        return is_kind(tokens, at, TOKEN_IDENT) && is_kind(tokens, at + 1, TOKEN_MUL) &&
               is_word(tokens, at + 2, STR("testing")) && is_kind(tokens, at + 3, TOKEN_PERIOD) &&
               is_word(tokens, at + 4, STR("M"));
}

/* `NAME.Run()`, and NAME no member of something. */
static bool is_run_call(const struct tokens *tokens, size_t at, struct str name) {
        return is_word(tokens, at, name) && at > 0 && !is_kind(tokens, at - 1, TOKEN_PERIOD) &&
               is_kind(tokens, at + 1, TOKEN_PERIOD) && is_word(tokens, at + 2, STR("Run")) &&
               is_kind(tokens, at + 3, TOKEN_LPAREN) && is_kind(tokens, at + 4, TOKEN_RPAREN);
}

struct rewriting {
        const struct tokens *tokens;
        struct str text;
        struct buf out;
        size_t copied; /* bytes of text that are in out */
        size_t wrapped;
};

static void copy_to(struct rewriting *r, size_t offset) {
        buf_add(&r->out, str_slice(r->text, r->copied, offset));
        r->copied = offset;
}

static void wrap(struct rewriting *r, size_t at) {
        const struct token *end = &r->tokens->items[at + 4];

        copy_to(r, r->tokens->items[at].offset);
        buf_add(&r->out, STR(AFTER "(" BEFORE "(), "));
        copy_to(r, end->offset + end->text.len);
        buf_add_char(&r->out, ')');
        r->wrapped++;
}

/* The function that begins at `at`: its calls are wrapped; returns where it ends. */
static size_t wrap_function(struct rewriting *r, size_t at) {
        const struct tokens *tokens = r->tokens;
        struct str name = STR_NONE;
        size_t depth = 0;

        for (; at < tokens->count; at++) {
                enum token_kind kind = tokens->items[at].kind;

                if (depth == 0 && is_main_parameter(tokens, at))
                        name = tokens->items[at].text;
                if (kind == TOKEN_LBRACE)
                        depth++;
                if (kind == TOKEN_RBRACE && --depth == 0)
                        return at;
                if (kind == TOKEN_SEMICOLON && depth == 0)
                        return at;
                if (depth && name.len && is_run_call(tokens, at, name)) {
                        wrap(r, at);
                        at += 4;
                }
        }
        return at;
}

static bool rewrite(struct arena *arena, const struct overlay_file *file, struct str *ret_text) {
        struct tokens tokens = read_tokens(arena, file->text);
        struct rewriting r = { &tokens, file->text, buf_make(arena), 0, 0 };

        for (size_t i = 0; i < tokens.count; i++)
                if (tokens.items[i].kind == TOKEN_FUNC)
                        i = wrap_function(&r, i);
        copy_to(&r, file->text.len);
        *ret_text = buf_str(&r.out);
        return r.wrapped > 0;
}

/* ---- the whole ---- */

static struct str make_helper(struct arena *arena, const struct overlay_input *input,
                              struct str package_name, bool with_main) {
        struct buf out = buf_make(arena);

        buf_printf(&out, "package %.*s\n\n%s", STR_ARG(package_name), helper_imports);
        buf_printf(&out, "const weirTree = `%.*s/`\n", STR_ARG(input->tree));
        buf_printf(&out, "const weirMark = `%.*s`\n", STR_ARG(input->mark));
        buf_printf(&out, "const weirSettle = %d\n\n%s", OVERLAY_SETTLE_MS, helper_functions);
        if (with_main)
                buf_add(&out, str_of(helper_main));
        return buf_str(&out);
}

static bool wrap_all(struct arena *arena, const struct overlay_input *input,
                     const struct overlay_file *main_file, struct overlay *overlay) {
        overlay->copies = ARENA_ARRAY(arena, struct overlay_file, input->count);
        for (size_t i = 0; i < input->count; i++) {
                struct overlay_file *copy = &overlay->copies[overlay->copy_count];

                *copy = input->files[i];
                if (str_eq(copy->package_name, main_file->package_name))
                        overlay->copy_count += rewrite(arena, &input->files[i], &copy->text);
        }
        overlay->helper = make_helper(arena, input, main_file->package_name, false);
        return overlay->copy_count > 0;
}

bool overlay_make(struct arena *arena, const struct overlay_input *input,
                  struct overlay *ret_overlay) {
        const struct overlay_file *main_file = NULL;

        *ret_overlay = (struct overlay){ 0 };
        for (size_t i = 0; i < input->count; i++) {
                if (str_eq(input->files[i].name, STR(OVERLAY_HELPER)))
                        return false;
                if (!main_file && has_test_main(arena, &input->files[i]))
                        main_file = &input->files[i];
        }
        if (main_file)
                return wrap_all(arena, input, main_file, ret_overlay);
        if (!input->count)
                return false;
        ret_overlay->helper = make_helper(arena, input, input->files[0].package_name, true);
        return true;
}
