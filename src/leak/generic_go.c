/* Go, by its tokens. Of each string literal it is asked what names it: the tokens before it (and
 * the few behind it) stand in a ring, so that a file of any size takes the same memory. */
#include "leak/generic_impl.h"

#include "base/buf.h"
#include "golang/lexer.h"
#include "leak/quiet.h"
#include "leak/words.h"

#include <string.h>

#define RING 256       /* tokens that can be seen; a power of two */
#define LOOK_BACK 120  /* tokens before a literal */
#define LOOK_AHEAD 16  /* tokens behind it */
#define WRAPPERS_MAX 4 /* string(TrimSpace([]byte("..."))) */
#define RAW_TEXT_MIN 8 /* bytes of a raw string that is read as a text of its own */

struct go_scan {
        struct generic_scan *scan;
        struct lexer lexer;
        struct token ring[RING];
        size_t count;        /* tokens so far */
        struct str function; /* whose body we are in, as far as is known */
        bool in_chain;       /* the next literal goes on with the one before: "a" + "b" */
        bool is_open;        /* the chain has a part that is no literal */
        struct buf folded;   /* of the chain, from its second literal on */
        size_t parts;        /* literals of the run */
        struct str first;    /* its first literal, as written */
        struct str name;     /* of the chain; empty where nothing names it */
        enum demand demand;
        bool declared, name_known;
};

static const struct token *token_at(const struct go_scan *go, size_t at) {
        static const struct token none = { .kind = TOKEN_EOF };

        return at < go->count && at + RING > go->count ? &go->ring[at % RING] : &none;
}

static enum token_kind kind_at(const struct go_scan *go, size_t at) {
        return token_at(go, at)->kind;
}

/* The content of a literal as written. */
static struct str inner(struct str literal) {
        return literal.len >= 2 ? str_slice(literal, 1, literal.len - 1) : STR_NONE;
}

static bool is_word(struct str s, const struct str *words, size_t count) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(s, words[i]))
                        return true;
        return false;
}

/* Functions that only wrap their one argument. */
static bool is_wrapper(struct str name) {
        static const struct str words[] = {
                STR_INIT("byte"),
                STR_INIT("rune"),
                STR_INIT("string"),
                STR_INIT("StringPtr"),
                STR_INIT("Ptr"),
                STR_INIT("Pointer"),
                STR_INIT("To"),
                STR_INIT("ToPtr"),
                STR_INIT("PtrTo"),
                STR_INIT("TrimSpace"),
                STR_INIT("StringEncoder"),
                STR_INIT("SecretString"),
                STR_INIT("Secret"),
                STR_INIT("NewSecret"),
                STR_INIT("SecureString"),
                STR_INIT("StringValue"),
                STR_INIT("Bytes"),
                STR_INIT("ToSecret"),
                STR_INIT("NewString"),
                STR_INIT("RawMessage"),
                STR_INIT("Some"),
                STR_INIT("strPtr"),
                STR_INIT("NewBufferString"),
                STR_INIT("NewReader"),
                STR_INIT("Sensitive"),
                STR_INIT("Literal"),
                STR_INIT("Token"),
                STR_INIT("Password"),
                STR_INIT("Key"),
                STR_INIT("ToSecretString"),
        };

        return is_word(name, words, COUNT_OF(words));
}

/* Functions whose arguments are a name and the value it gets (or has without being set). */
static bool is_setter(struct str name) {
        static const struct str words[] = {
                STR_INIT("Setenv"),        STR_INIT("Set"),          STR_INIT("SetDefault"),
                STR_INIT("String"),        STR_INIT("StringVar"),    STR_INIT("StringP"),
                STR_INIT("StringVarP"),    STR_INIT("Put"),          STR_INIT("PutString"),
                STR_INIT("getEnv"),        STR_INIT("envOr"),        STR_INIT("GetEnvOrDefault"),
                STR_INIT("getEnvDefault"), STR_INIT("EnvOr"),        STR_INIT("GetEnvDefault"),
                STR_INIT("getEnvOr"),      STR_INIT("envOrDefault"), STR_INIT("GetString"),
                STR_INIT("SetString"),     STR_INIT("Store"),        STR_INIT("MustSet"),
        };

        return is_word(name, words, COUNT_OF(words));
}

/* Functions that speak of names and values, and set none. */
static bool is_speaker(struct str name) {
        static const struct str words[] = {
                STR_INIT("Equal"),       STR_INIT("NotEqual"),   STR_INIT("Contains"),
                STR_INIT("NotContains"), STR_INIT("Replace"),    STR_INIT("ReplaceAll"),
                STR_INIT("NewReplacer"), STR_INIT("Errorf"),     STR_INIT("Printf"),
                STR_INIT("Sprintf"),     STR_INIT("Fprintf"),    STR_INIT("Println"),
                STR_INIT("Print"),       STR_INIT("Error"),      STR_INIT("Fatal"),
                STR_INIT("Fatalf"),      STR_INIT("Wrap"),       STR_INIT("Wrapf"),
                STR_INIT("New"),         STR_INIT("Log"),        STR_INIT("Logf"),
                STR_INIT("Info"),        STR_INIT("Warn"),       STR_INIT("Debug"),
                STR_INIT("Select"),      STR_INIT("NewRows"),    STR_INIT("Columns"),
                STR_INIT("Where"),       STR_INIT("Omit"),       STR_INIT("Join"),
                STR_INIT("HasPrefix"),   STR_INIT("HasSuffix"),  STR_INIT("Split"),
                STR_INIT("Run"),         STR_INIT("EqualError"), STR_INIT("Regexp"),
        };

        return is_word(name, words, COUNT_OF(words));
}

/* Known functions, and which argument is the secret. */
static const struct positional {
        struct str function;
        size_t argument; /* from 0 */
} positionals[] = {
        { STR_INIT("SetBasicAuth"), 1 },
        { STR_INIT("WithBasicAuth"), 1 },
        { STR_INIT("BasicAuth"), 1 },
        { STR_INIT("PlainAuth"), 2 },
        { STR_INIT("CRAMMD5Auth"), 1 },
        { STR_INIT("UserPassword"), 1 },
        { STR_INIT("NewStaticCredentials"), 1 },
        { STR_INIT("NewStaticCredentialsProvider"), 1 },
        { STR_INIT("NewStaticV4"), 1 },
        { STR_INIT("NewStaticV2"), 1 },
        { STR_INIT("Login"), 1 },
        { STR_INIT("WithCredentials"), 1 },
        { STR_INIT("WithAuth"), 1 },
        { STR_INIT("SetAuth"), 1 },
        { STR_INIT("NewCredentials"), 1 },
        { STR_INIT("NewDialer"), 3 },
        { STR_INIT("NewClientWithAccessKey"), 2 },
        { STR_INIT("NewAccessKeyCredential"), 1 },
        { STR_INIT("NewBasicAuth"), 1 },
};

/* "WithPassword" names its argument; "ValidatePassword" and "GetSecret" do not. */
static struct str name_of_setter(struct str callee) {
        static const struct str verbs[] = { STR_INIT("With"), STR_INIT("Set"), STR_INIT("Use"),
                                            STR_INIT("Add") };

        for (size_t i = 0; i < COUNT_OF(verbs); i++)
                if (callee.len > verbs[i].len && str_has_prefix(callee, verbs[i]) &&
                    is_upper(callee.ptr[verbs[i].len]))
                        return str_slice(callee, verbs[i].len, callee.len);
        return STR_NONE;
}

static bool is_boundary(enum token_kind kind) {
        switch ((int)kind) {
        case TOKEN_SEMICOLON:
        case TOKEN_EOF:
        case TOKEN_CASE:
        case TOKEN_DEFAULT:
        case TOKEN_RETURN:
        case TOKEN_VAR:
        case TOKEN_CONST:
        case TOKEN_IF:
        case TOKEN_FOR:
        case TOKEN_SWITCH:
        case TOKEN_ELSE:
        case TOKEN_FUNC:
        case TOKEN_RANGE:
        case TOKEN_GO:
        case TOKEN_DEFER:
        case TOKEN_COLON:
                return true;
        default:
                return false;
        }
}

static bool opens(enum token_kind kind) {
        return kind == TOKEN_LPAREN || kind == TOKEN_LBRACK || kind == TOKEN_LBRACE;
}

static bool closes(enum token_kind kind) {
        return kind == TOKEN_RPAREN || kind == TOKEN_RBRACK || kind == TOKEN_RBRACE;
}

/* From at backwards to the token at depth 0 that opens or begins what at is in. Counts commas at
 * that depth. SIZE_MAX: too far. */
static size_t walk_back(const struct go_scan *go, size_t at, bool stop_at_assign,
                        size_t *ret_commas) {
        size_t depth = 0;

        *ret_commas = 0;
        for (size_t steps = 0; steps < LOOK_BACK && at > 0; steps++, at--) {
                enum token_kind kind = kind_at(go, at);

                if (closes(kind)) {
                        depth++;
                        continue;
                }
                if (opens(kind) && depth) {
                        depth--;
                        continue;
                }
                if (depth)
                        continue;
                if (opens(kind) || is_boundary(kind) ||
                    (stop_at_assign && (kind == TOKEN_ASSIGN || kind == TOKEN_DEFINE)))
                        return at;
                *ret_commas += kind == TOKEN_COMMA;
        }
        return is_boundary(kind_at(go, at)) || opens(kind_at(go, at)) ? at : SIZE_MAX;
}

static bool begins_type(const struct go_scan *go, size_t at) {
        return kind_at(go, at) == TOKEN_IDENT || kind_at(go, at) == TOKEN_MUL ||
               (kind_at(go, at) == TOKEN_LBRACK && kind_at(go, at + 1) == TOKEN_RBRACK);
}

/* The name of an operand from first to last: the last identifier of a selector, the key of an
 * index, the name before a type. */
static struct str operand_name(const struct go_scan *go, size_t first, size_t last,
                               bool *ret_plain) {
        *ret_plain =
                kind_at(go, first) == TOKEN_IDENT && (first == last || begins_type(go, first + 1));
        if (*ret_plain)
                return token_at(go, first)->text;
        if (kind_at(go, last) != TOKEN_RBRACK || last < first + 3)
                return kind_at(go, last) == TOKEN_IDENT ? token_at(go, last)->text : STR_NONE;
        if (kind_at(go, last - 1) == TOKEN_STRING && kind_at(go, last - 2) == TOKEN_LBRACK)
                return inner(token_at(go, last - 1)->text);
        return kind_at(go, last - 3) == TOKEN_IDENT ? token_at(go, last - 3)->text : STR_NONE;
}

/* The operand of the list left of the sign at `assign` with this index. */
static struct str listed_name(const struct go_scan *go, size_t assign, size_t index,
                              bool *ret_plain) {
        size_t commas, start = walk_back(go, assign - 1, false, &commas), first, seen = 0;

        if (start == SIZE_MAX)
                return STR_NONE;
        first = start + 1;
        for (size_t at = first; at <= assign; at++) {
                if (at < assign && kind_at(go, at) != TOKEN_COMMA)
                        continue;
                if (seen++ == index)
                        return at > first ? operand_name(go, first, at - 1, ret_plain) : STR_NONE;
                first = at + 1;
        }
        return STR_NONE;
}

static struct str callee_of(const struct go_scan *go, size_t paren) {
        return paren && kind_at(go, paren - 1) == TOKEN_IDENT ? token_at(go, paren - 1)->text
                                                              : STR_NONE;
}

/* The token before pkg.F or []byte, whose last token is at. */
static size_t before_callee(const struct go_scan *go, size_t at) {
        while (at >= 2 && kind_at(go, at - 1) == TOKEN_PERIOD && kind_at(go, at - 2) == TOKEN_IDENT)
                at -= 2;
        if (at >= 2 && kind_at(go, at - 1) == TOKEN_RBRACK && kind_at(go, at - 2) == TOKEN_LBRACK)
                at -= 2;
        return at ? at - 1 : 0;
}

static void name_is(struct go_scan *go, struct str name, enum demand demand) {
        go->name = name;
        go->demand = demand;
}

/* Name: "DB_PASSWORD", Value: "..." */
static bool named_by_sibling(struct go_scan *go, size_t key) {
        static const struct str values[] = { STR_INIT("Value"), STR_INIT("Val") };
        static const struct str names[] = { STR_INIT("Name"), STR_INIT("Key"), STR_INIT("Env") };

        if (key < 4 || !is_word(token_at(go, key)->text, values, COUNT_OF(values)) ||
            kind_at(go, key - 1) != TOKEN_COMMA || kind_at(go, key - 2) != TOKEN_STRING ||
            kind_at(go, key - 3) != TOKEN_COLON ||
            !is_word(token_at(go, key - 4)->text, names, COUNT_OF(names)))
                return false;
        name_is(go, inner(token_at(go, key - 2)->text), DEMAND_WORD);
        return true;
}

static void named_by_key(struct go_scan *go, size_t colon) {
        const struct token *key = token_at(go, colon - 1);

        if (!colon || named_by_sibling(go, colon - 1))
                return;
        if (key->kind == TOKEN_IDENT)
                name_is(go, key->text, DEMAND_WORD);
        else if (key->kind == TOKEN_STRING)
                name_is(go, inner(key->text), DEMAND_WORD);
}

static bool named_by_position(struct go_scan *go, struct str callee, size_t argument) {
        for (size_t i = 0; i < COUNT_OF(positionals); i++) {
                if (positionals[i].argument != argument || !str_eq(positionals[i].function, callee))
                        continue;
                name_is(go, STR("password"), DEMAND_WORD);
                return true;
        }
        return false;
}

/* The literal argument before, or the one before that where it is a short form ("p"). */
static struct str argument_before(const struct go_scan *go, size_t comma) {
        const struct token *before = token_at(go, comma - 1);

        if (before->kind == TOKEN_STRING && before->text.len <= 3 &&
            kind_at(go, comma - 2) == TOKEN_COMMA)
                before = token_at(go, comma - 3);
        return before->kind == TOKEN_STRING ? inner(before->text) : STR_NONE;
}

static void named_by_argument(struct go_scan *go, size_t comma, size_t last) {
        size_t commas, open = walk_back(go, comma, true, &commas);
        struct str callee, name = argument_before(go, comma);
        enum token_kind kind;

        if (!comma || open == SIZE_MAX)
                return;
        kind = kind_at(go, open);
        if (kind == TOKEN_ASSIGN || kind == TOKEN_DEFINE) {
                name_is(go, listed_name(go, open, commas, &go->declared), DEMAND_WORD);
                return;
        }
        if (kind == TOKEN_LBRACE && commas == 1 && kind_at(go, last + 1) == TOKEN_RBRACE)
                name_is(go, name, DEMAND_MIXED);
        callee = callee_of(go, open);
        if (kind != TOKEN_LPAREN || is_speaker(callee) || named_by_position(go, callee, commas))
                return;
        name_is(go, name, is_setter(callee) ? DEMAND_WORD : DEMAND_MIXED);
}

static void named_by_comparison_behind(struct go_scan *go, size_t last) {
        struct str name = STR_NONE;

        if (kind_at(go, last + 1) != TOKEN_EQL && kind_at(go, last + 1) != TOKEN_NEQ)
                return;
        for (size_t at = last + 2; at < last + LOOK_AHEAD - 1 && kind_at(go, at) == TOKEN_IDENT;
             at += 2) {
                name = token_at(go, at)->text;
                if (kind_at(go, at + 1) != TOKEN_PERIOD)
                        break;
        }
        name_is(go, name, DEMAND_WORD);
}

/* func (c *Config) Password() string { return "..." } */
static void named_by_function(struct go_scan *go) {
        name_is(go, go->function, DEMAND_MIXED);
}

static void named_by_call(struct go_scan *go, size_t paren) {
        struct str callee = callee_of(go, paren), name = name_of_setter(callee);

        if (name_class_of(name) >= NAME_SECRET)
                name_is(go, name, DEMAND_WORD);
        else if (str_eq(callee, STR("ConstantTimeCompare")))
                name_is(go, STR("secret"), DEMAND_MIXED);
}

/* The last literal of the chain that begins here, as far as can be seen. */
static size_t chain_end(const struct go_scan *go, size_t at) {
        size_t last = at;

        while (last < at + LOOK_AHEAD - 2 * WRAPPERS_MAX && kind_at(go, last + 1) == TOKEN_ADD &&
               kind_at(go, last + 2) == TOKEN_STRING)
                last += 2;
        return last;
}

/* at: the token before the literal; last: the literal's. */
static void find_name(struct go_scan *go, size_t at, size_t last) {
        for (size_t i = 0; i < WRAPPERS_MAX && kind_at(go, at) == TOKEN_LPAREN &&
                           kind_at(go, last + 1) == TOKEN_RPAREN &&
                           (is_wrapper(callee_of(go, at)) || !callee_of(go, at).len);
             i++) {
                at = callee_of(go, at).len ? before_callee(go, at - 1) : at - 1;
                last++;
        }
        switch ((int)kind_at(go, at)) {
        case TOKEN_ASSIGN:
        case TOKEN_DEFINE:
                name_is(go, listed_name(go, at, 0, &go->declared), DEMAND_WORD);
                break;
        case TOKEN_EQL:
        case TOKEN_NEQ:
                if (at && kind_at(go, at - 1) == TOKEN_IDENT)
                        name_is(go, token_at(go, at - 1)->text, DEMAND_WORD);
                break;
        case TOKEN_COLON:
                named_by_key(go, at);
                break;
        case TOKEN_COMMA:
                named_by_argument(go, at, last);
                break;
        case TOKEN_LPAREN:
                named_by_call(go, at);
                break;
        case TOKEN_RETURN:
                named_by_function(go);
                break;
        default:
                break;
        }
        if (!go->name.len)
                named_by_comparison_behind(go, last);
}

static bool is_tag(const struct go_scan *go, size_t at) {
        enum token_kind before = at ? kind_at(go, at - 1) : TOKEN_EOF;

        return before == TOKEN_IDENT || before == TOKEN_RBRACE || before == TOKEN_RBRACK;
}

/* A raw string is often a file of another language. */
static void look_inside_raw(struct go_scan *go, struct str content) {
        static const struct line_rules rules = { .equals = true,
                                                 .colon = true,
                                                 .bare = true,
                                                 .bare_names = true,
                                                 .hash_comments = true,
                                                 .demand = DEMAND_MIXED };

        if (content.len >= RAW_TEXT_MIN)
                generic_lines(go->scan, content, &rules);
}

static void look_inside(struct go_scan *go, struct token literal) {
        struct str content = inner(literal.text);

        if (content.len < RAW_TEXT_MIN)
                return;
        generic_text(go->scan, content, content);
        generic_pairs(go->scan, content, content);
        if (literal.text.ptr[0] == '`' || str_has_prefix(content, STR("{\\\"")))
                look_inside_raw(go, content);
}

static void start_chain(struct go_scan *go, size_t at) {
        go->name = STR_NONE;
        go->declared = go->is_open = false;
        go->demand = DEMAND_MIXED;
        go->parts = 0;
        if (at && kind_at(go, at - 1) == TOKEN_ADD)
                go->is_open = true;
        else if (at)
                find_name(go, at - 1, chain_end(go, at));
}

/* The run of literals is over: it is told in one piece, so that every rule sees what the source
 * only spells in parts. */
static void end_run(struct go_scan *go) {
        struct str text = buf_str(&go->folded), written = inner(go->first);

        if (!text.len)
                return;
        generic_add(go->scan, GENERIC_DERIVED, STR_NONE, text, written);
        generic_text(go->scan, text, written);
        generic_pairs(go->scan, text, written);
}

static void end_chain(struct go_scan *go) {
        struct str value;

        if (go->parts > 1)
                end_run(go);
        if (go->is_open || !go->name.len)
                return;
        if (go->parts > 1)
                value = buf_str(&go->folded);
        else if (!token_unquote(go->scan->arena, go->first, &value))
                return;
        if (go->declared)
                generic_offer_declared(go->scan, go->name, value, inner(go->first), go->demand);
        else
                generic_offer(go->scan, go->name, value, inner(go->first), go->demand);
}

static void fold(struct go_scan *go, struct str literal) {
        struct str value;

        if (token_unquote(go->scan->arena, literal, &value))
                buf_add(&go->folded, value);
}

static void add_part(struct go_scan *go, struct str literal) {
        if (!go->parts++) {
                go->first = literal;
                return;
        }
        if (go->parts == 2) {
                go->folded = buf_make(go->scan->arena);
                fold(go, go->first);
        }
        fold(go, literal);
}

static void take_literal(struct go_scan *go, size_t at) {
        struct token literal = *token_at(go, at);
        enum token_kind next = kind_at(go, at + 1);

        if (literal.text.ptr[0] == '`' && is_tag(go, at))
                return;
        look_inside(go, literal);
        if (!go->in_chain)
                start_chain(go, at);
        add_part(go, literal.text);
        go->in_chain = next == TOKEN_ADD && kind_at(go, at + 2) == TOKEN_STRING;
        if (go->in_chain)
                return;
        go->is_open |= next == TOKEN_ADD;
        end_chain(go);
}

static void note_function(struct go_scan *go, size_t at) {
        size_t name = at + 1;

        if (kind_at(go, name) == TOKEN_LPAREN) {
                while (name < at + LOOK_AHEAD - 2 && kind_at(go, name) != TOKEN_RPAREN)
                        name++;
                name++;
        }
        go->function = kind_at(go, name) == TOKEN_IDENT ? token_at(go, name)->text : STR_NONE;
}

static void look_at(struct go_scan *go, size_t at) {
        switch ((int)kind_at(go, at)) {
        case TOKEN_STRING:
                take_literal(go, at);
                break;
        case TOKEN_FUNC:
                note_function(go, at);
                break;
        default:
                break;
        }
}

void generic_go(struct generic_scan *scan) {
        struct go_scan go = { .scan = scan, .count = 1 };
        size_t looked = 1;
        struct token token;

        if (scan->text.len > LEXER_SOURCE_MAX)
                return;
        go.lexer = lexer_make(scan->text, true);
        do {
                token = lexer_next(&go.lexer);
                if (token.kind == TOKEN_COMMENT) {
                        generic_urls(scan, token.text, token.text);
                        continue;
                }
                go.ring[go.count++ % RING] = token;
                for (; looked + LOOK_AHEAD < go.count; looked++)
                        look_at(&go, looked);
        } while (token.kind != TOKEN_EOF);
        for (; looked < go.count; looked++)
                look_at(&go, looked);
}
