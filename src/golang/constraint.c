#include "golang/constraint.h"

#include "base/vec.h"
#include "golang/rune.h"

#include <assert.h>

/* ---- what the go command knows ---- */

#define NO_TEXT STR_INIT("")

/* Source: Go's internal/syslist. is_unix: the `unix` tag holds. also: a second name whose tag and
 * file names hold. */
struct known_os {
        struct str name;
        bool is_unix;
        struct str also;
};

static const struct known_os known_oses[] = {
        { STR_INIT("aix"), true, NO_TEXT },
        { STR_INIT("android"), true, STR_INIT("linux") },
        { STR_INIT("darwin"), true, NO_TEXT },
        { STR_INIT("dragonfly"), true, NO_TEXT },
        { STR_INIT("freebsd"), true, NO_TEXT },
        { STR_INIT("hurd"), true, NO_TEXT },
        { STR_INIT("illumos"), true, STR_INIT("solaris") },
        { STR_INIT("ios"), true, STR_INIT("darwin") },
        { STR_INIT("js"), false, NO_TEXT },
        { STR_INIT("linux"), true, NO_TEXT },
        { STR_INIT("nacl"), false, NO_TEXT },
        { STR_INIT("netbsd"), true, NO_TEXT },
        { STR_INIT("openbsd"), true, NO_TEXT },
        { STR_INIT("plan9"), false, NO_TEXT },
        { STR_INIT("solaris"), true, NO_TEXT },
        { STR_INIT("wasip1"), false, NO_TEXT },
        { STR_INIT("windows"), false, NO_TEXT },
        { STR_INIT("zos"), false, NO_TEXT },
};

static const struct str known_arches[] = {
        STR_INIT("386"),       STR_INIT("amd64"),       STR_INIT("amd64p32"), STR_INIT("arm"),
        STR_INIT("armbe"),     STR_INIT("arm64"),       STR_INIT("arm64be"),  STR_INIT("loong64"),
        STR_INIT("mips"),      STR_INIT("mipsle"),      STR_INIT("mips64"),   STR_INIT("mips64le"),
        STR_INIT("mips64p32"), STR_INIT("mips64p32le"), STR_INIT("ppc"),      STR_INIT("ppc64"),
        STR_INIT("ppc64le"),   STR_INIT("riscv"),       STR_INIT("riscv64"),  STR_INIT("s390"),
        STR_INIT("s390x"),     STR_INIT("sparc"),       STR_INIT("sparc64"),  STR_INIT("wasm"),
};

static const struct known_os *os_of(struct str name) {
        for (size_t i = 0; i < COUNT_OF(known_oses); i++)
                if (str_eq(name, known_oses[i].name))
                        return &known_oses[i];
        return NULL;
}

bool constraint_is_known_os(struct str name) {
        return os_of(name) != NULL;
}

bool constraint_is_known_arch(struct str name) {
        for (size_t i = 0; i < COUNT_OF(known_arches); i++)
                if (str_eq(name, known_arches[i]))
                        return true;
        return false;
}

/* ---- tool tags ---- */

/* Source: Go's internal/buildcfg (experiments that are on by default). from and before: N of the
 * go1.N that had it on; before 0: still so. arches: the targets, "" for all. */
struct experiment {
        struct str name;
        uint32_t from, before;
        struct str arches;   /* words between blanks, with a blank at each end; empty: all */
        struct str not_oses; /* the same; empty: none */
};

/* Where GOEXPERIMENT cannot turn regabi off; s390x since go1.27. */
#define REGABI_ALWAYS " amd64 arm64 loong64 ppc64le ppc64 riscv64 "
#define REGABI_ARCHES REGABI_ALWAYS "s390x "
#define REGABI_ALL_ALWAYS_SINCE 27

static const struct experiment experiments[] = {
        { STR_INIT("regabiwrappers"), 17, 0, STR_INIT(REGABI_ARCHES), NO_TEXT },
        { STR_INIT("regabiargs"), 17, 0, STR_INIT(REGABI_ARCHES), NO_TEXT },
        { STR_INIT("dwarf5"), 25, 0, NO_TEXT, STR_INIT(" darwin ios aix ") },
        { STR_INIT("greenteagc"), 26, 0, NO_TEXT, NO_TEXT },
        { STR_INIT("randomizedheapbase64"), 26, 0, NO_TEXT, NO_TEXT },
        { STR_INIT("jsonv2"), 27, 0, NO_TEXT, NO_TEXT },
        { STR_INIT("sizespecializedmalloc"), 27, 0, NO_TEXT, NO_TEXT },
        { STR_INIT("aliastypeparams"), 24, 26, NO_TEXT, NO_TEXT },
        { STR_INIT("swissmap"), 24, 26, NO_TEXT, NO_TEXT },
        { STR_INIT("spinbitmutex"), 24, 25, STR_INIT(" amd64 arm64 386 s390x wasm "), NO_TEXT },
        { STR_INIT("synchashtriemap"), 24, 26, NO_TEXT, NO_TEXT },
};

/* The levels of an architecture, lowest first: a level holds all below it. Source: Go's
 * internal/buildcfg (gogoarchTags). */
struct arch_levels {
        struct str arch;
        const char *levels[11];
        size_t fallback; /* index of the level that is taken by default */
        bool is_choice;  /* a level holds itself only */
};

#define FLOATS                                                                                     \
        { "hardfloat", "softfloat" }
#define POWERS                                                                                     \
        { "power8", "power9", "power10" }

static const struct arch_levels arch_levels[] = {
        { STR_INIT("386"), { "sse2", "softfloat" }, 0, true },
        { STR_INIT("amd64"), { "v1", "v2", "v3", "v4" }, 0, false },
        { STR_INIT("arm"), { "5", "6", "7" }, 2, false },
        { STR_INIT("arm64"),
          { "v8.0", "v8.1", "v8.2", "v8.3", "v8.4", "v8.5", "v8.6", "v8.7", "v8.8", "v8.9" },
          0,
          false },
        { STR_INIT("mips"), FLOATS, 0, true },
        { STR_INIT("mipsle"), FLOATS, 0, true },
        { STR_INIT("mips64"), FLOATS, 0, true },
        { STR_INIT("mips64le"), FLOATS, 0, true },
        { STR_INIT("ppc64"), POWERS, 0, false },
        { STR_INIT("ppc64le"), POWERS, 0, false },
        { STR_INIT("riscv64"), { "rva20u64", "rva22u64", "rva23u64" }, 0, false },
        { STR_INIT("wasm"), { "satconv", "signext" }, 1, false },
};

typedef VEC(struct str) str_vec;

static bool has_word(struct arena *arena, struct str words, struct str word) {
        return str_contains(words, str_fmt(arena, " %.*s ", STR_ARG(word)));
}

static bool experiment_is_default(struct arena *arena, const struct experiment *e, struct str goos,
                                  struct str goarch, uint32_t release) {
        return release >= e->from && (e->before == 0 || release < e->before) &&
               (e->arches.len == 0 || has_word(arena, e->arches, goarch)) &&
               !has_word(arena, e->not_oses, goos);
}

static struct str experiment_tag(struct arena *arena, struct str name) {
        return str_fmt(arena, "goexperiment.%.*s", STR_ARG(name));
}

static void remove_tag(str_vec *tags, struct str tag) {
        size_t kept = 0;

        for (size_t i = 0; i < tags->count; i++)
                if (!str_eq(tags->items[i], tag))
                        tags->items[kept++] = tags->items[i];
        tags->count = kept;
}

static void apply_experiment(struct arena *arena, str_vec *tags, struct str word) {
        struct str name = str_drop_prefix(word, STR("no"));
        struct str tag = experiment_tag(arena, name);

        if (str_eq(word, STR("none"))) {
                tags->count = 0;
                return;
        }
        remove_tag(tags, tag);
        if (word.len && name.len == word.len)
                *VEC_ADD(arena, tags) = tag;
}

/* "regabi" means both of its parts. */
static void apply_word(struct arena *arena, str_vec *tags, struct str word) {
        const char *no = str_has_prefix(word, STR("no")) ? "no" : "";

        if (!str_eq(word, STR("regabi")) && !str_eq(word, STR("noregabi"))) {
                apply_experiment(arena, tags, word);
                return;
        }
        apply_experiment(arena, tags, str_fmt(arena, "%sregabiwrappers", no));
        apply_experiment(arena, tags, str_fmt(arena, "%sregabiargs", no));
}

static void apply_experiments(struct arena *arena, str_vec *tags, struct str goexp) {
        struct str word;

        while (str_cut(goexp, ',', &word, &goexp))
                apply_word(arena, tags, word);
        apply_word(arena, tags, goexp);
}

static void add_level(struct arena *arena, str_vec *tags, struct str goarch, const char *level) {
        *VEC_ADD(arena, tags) = str_fmt(arena, "%.*s.%s", STR_ARG(goarch), level);
}

static size_t level_index(const struct arch_levels *row, struct str level) {
        for (size_t i = 0; row->levels[i]; i++)
                if (str_eq(level, str_of(row->levels[i])))
                        return i;
        return row->fallback;
}

static void add_row_levels(struct arena *arena, str_vec *tags, const struct arch_levels *row,
                           size_t last) {
        for (size_t i = row->is_choice ? last : 0; i <= last; i++)
                add_level(arena, tags, row->arch, row->levels[i]);
}

/* "v9.N" of arm64 holds v9.0 .. v9.N, and v8.0 .. v8.(N+5). */
static bool add_arm64_v9(struct arena *arena, str_vec *tags, const struct arch_levels *row,
                         struct str level) {
        static const char *const v9[] = { "v9.0", "v9.1", "v9.2", "v9.3", "v9.4", "v9.5" };

        for (size_t last = 0; last < COUNT_OF(v9); last++) {
                if (!str_eq(level, str_of(v9[last])))
                        continue;
                for (size_t i = 0; i <= last; i++)
                        add_level(arena, tags, row->arch, v9[i]);
                add_row_levels(arena, tags, row, MIN_OF(last + 5, (size_t)9));
                return true;
        }
        return false;
}

static void add_levels(struct arena *arena, str_vec *tags, struct str goarch, struct str level) {
        struct str options;

        (void)str_cut(level, ',', &level, &options);
        for (size_t i = 0; i < COUNT_OF(arch_levels); i++)
                if (str_eq(goarch, arch_levels[i].arch) &&
                    !(str_eq(goarch, STR("arm64")) &&
                      add_arm64_v9(arena, tags, &arch_levels[i], level)))
                        add_row_levels(arena, tags, &arch_levels[i],
                                       level_index(&arch_levels[i], level));
}

static bool regabi_is_fixed(struct arena *arena, struct str goarch, uint32_t release) {
        bool all = release >= REGABI_ALL_ALWAYS_SINCE;

        return release >= experiments[0].from &&
               has_word(arena, all ? STR(REGABI_ARCHES) : STR(REGABI_ALWAYS), goarch);
}

void constraint_tool_tags(struct arena *arena, struct str goos, struct str goarch, struct str goexp,
                          struct str level, uint32_t release, const struct str **ret_tags,
                          size_t *ret_count) {
        str_vec tags = { 0 };

        for (size_t i = 0; i < COUNT_OF(experiments); i++)
                if (experiment_is_default(arena, &experiments[i], goos, goarch, release))
                        *VEC_ADD(arena, &tags) = experiment_tag(arena, experiments[i].name);
        apply_experiments(arena, &tags, goexp);
        if (regabi_is_fixed(arena, goarch, release))
                apply_word(arena, &tags, STR("regabi"));
        add_levels(arena, &tags, goarch, level);
        *ret_tags = tags.items;
        *ret_count = tags.count;
}

/* ---- one tag ---- */

static bool is_tag_rune(uint32_t rune) {
        return rune_is_letter(rune) || rune_is_digit(rune) || rune == '_' || rune == '.';
}

/* The length of the tag that s begins with. */
static size_t tag_size(struct str s) {
        size_t at = 0, size;

        while (at < s.len && is_tag_rune(rune_decode(str_slice(s, at, s.len), &size)))
                at += size;
        return at;
}

static bool is_release_tag(const struct build_context *context, struct str tag) {
        struct str digits = str_drop_prefix(tag, STR("go1."));
        uint64_t release;

        return digits.len < tag.len && str_to_u64(digits, &release) && *digits.ptr != '0' &&
               release <= context->release;
}

static bool is_listed(const struct str *tags, size_t count, struct str tag) {
        for (size_t i = 0; i < count; i++)
                if (str_eq(tags[i], tag))
                        return true;
        return false;
}

bool constraint_tag_holds(const struct build_context *context, struct str tag) {
        const struct known_os *os = os_of(context->goos);

        if (context->cgo && str_eq(tag, STR("cgo")))
                return true;
        if (str_eq(tag, context->goos) || str_eq(tag, context->goarch) || str_eq(tag, STR("gc")))
                return tag.len > 0;
        if (os &&
            ((os->also.len && str_eq(tag, os->also)) || (os->is_unix && str_eq(tag, STR("unix")))))
                return true;
        if (str_eq(tag, STR("boringcrypto")))
                tag = STR("goexperiment.boringcrypto");
        return is_release_tag(context, tag) || is_listed(context->tags, context->tag_count, tag) ||
               is_listed(context->tool_tags, context->tool_tag_count, tag);
}

/* With context->any a tag is what would let the file in: prefer, which turns with each `!`. */
static bool tag_value(const struct build_context *context, struct str tag, bool prefer) {
        if (!context->any)
                return constraint_tag_holds(context, tag);
        return prefer && tag.len > 0 && !str_eq(tag, STR("ignore"));
}

/* ---- file names ---- */

bool constraint_name_matches(const struct build_context *context, struct str base_name) {
        struct str stem = base_name, last, second, none;

        if (context->any)
                return true;
        (void)str_cut(base_name, '.', &stem, &none);
        /* What stands before the first `_` never counts: linux.go is for all. */
        if (!str_cut(stem, '_', &none, &stem))
                return true;
        if (!str_cut_last(stem, '_', &second, &last)) {
                last = stem;
                second = STR_NONE;
        }
        if (str_eq(last, STR("test"))) {
                last = second;
                second = STR_NONE;
                (void)str_cut_last(last, '_', &second, &last);
        }
        (void)str_cut_last(second, '_', &none, &second);
        if (constraint_is_known_os(second) && constraint_is_known_arch(last))
                return constraint_tag_holds(context, last) && constraint_tag_holds(context, second);
        if (constraint_is_known_os(last) || constraint_is_known_arch(last))
                return constraint_tag_holds(context, last);
        return true;
}

/* ---- expressions ---- */

struct expression {
        const struct build_context *context;
        struct str text;
        size_t at;        /* after the token */
        struct str token; /* empty at the end */
        bool is_tag;
        size_t size; /* of the expression so far */
        struct err *err;
};

static bool fail(struct expression *e, size_t at, const char *what, struct str part) {
        return err_at(e->err, ERR_SYNTAX, STR_NONE, 0, (uint32_t)at + 1, "%s%.*s", what,
                      STR_ARG(part));
}

static size_t token_start(const struct expression *e) {
        return e->token.len ? (size_t)(e->token.ptr - e->text.ptr) : e->text.len;
}

static bool take_token(struct expression *e, size_t size, bool is_tag) {
        e->token = str_slice(e->text, e->at, e->at + size);
        e->at += size;
        e->is_tag = is_tag;
        return true;
}

static bool next_token(struct expression *e) {
        struct str rest;
        size_t size;

        while (e->at < e->text.len && (e->text.ptr[e->at] == ' ' || e->text.ptr[e->at] == '\t'))
                e->at++;
        rest = str_slice(e->text, e->at, e->text.len);
        if (rest.len == 0 || *rest.ptr == '(' || *rest.ptr == ')' || *rest.ptr == '!')
                return take_token(e, rest.len > 0, false);
        if (str_has_prefix(rest, STR("&&")) || str_has_prefix(rest, STR("||")))
                return take_token(e, 2, false);
        size = tag_size(rest);
        if (size)
                return take_token(e, size, true);
        (void)rune_decode(rest, &size);
        return fail(e, e->at, "invalid syntax at ", str_slice(rest, 0, size));
}

static bool is_token(const struct expression *e, const char *text) {
        return !e->is_tag && str_eq(e->token, str_of(text));
}

static bool eval_or(struct expression *e, bool prefer, bool *ret_value);

static bool eval_group(struct expression *e, bool prefer, bool *ret_value) {
        size_t open = token_start(e);

        if (!eval_or(e, prefer, ret_value))
                return false;
        if (!is_token(e, ")"))
                return fail(e, open, "missing close paren", STR_NONE);
        return next_token(e);
}

static bool eval_atom(struct expression *e, bool prefer, bool *ret_value) {
        if (is_token(e, "("))
                return eval_group(e, prefer, ret_value);
        if (!e->is_tag)
                return e->token.len
                               ? fail(e, token_start(e), "unexpected token ", e->token)
                               : fail(e, e->text.len, "unexpected end of expression", STR_NONE);
        *ret_value = tag_value(e->context, e->token, prefer);
        return next_token(e);
}

static bool eval_not(struct expression *e, bool prefer, bool *ret_value) {
        if (++e->size > CONSTRAINT_DEPTH_MAX)
                return fail(e, e->at, "build expression too large", STR_NONE);
        if (!next_token(e))
                return false;
        if (!is_token(e, "!"))
                return eval_atom(e, prefer, ret_value);
        if (!next_token(e))
                return false;
        if (is_token(e, "!"))
                return fail(e, token_start(e), "double negation not allowed", STR_NONE);
        if (!eval_atom(e, !prefer, ret_value))
                return false;
        *ret_value = !*ret_value;
        return true;
}

static bool eval_and(struct expression *e, bool prefer, bool *ret_value) {
        bool right;

        if (!eval_not(e, prefer, ret_value))
                return false;
        while (is_token(e, "&&")) {
                if (!eval_not(e, prefer, &right))
                        return false;
                *ret_value &= right;
        }
        return true;
}

static bool eval_or(struct expression *e, bool prefer, bool *ret_value) {
        bool right;

        if (!eval_and(e, prefer, ret_value))
                return false;
        while (is_token(e, "||")) {
                if (!eval_and(e, prefer, &right))
                        return false;
                *ret_value |= right;
        }
        return true;
}

static bool eval_go_build(const struct build_context *context, struct str text, bool *ret_holds,
                          struct err *err) {
        struct expression e = { .context = context, .text = text, .err = err };
        bool value = false;

        if (!eval_or(&e, true, &value))
                return false;
        if (e.token.len)
                return fail(&e, token_start(&e), "unexpected token ", e.token);
        *ret_holds = value;
        return true;
}

/* ---- the old form: words are alternatives, commas join, `!` negates ---- */

#define PLUS_BUILD_OPERATORS_MAX 100

static bool eval_plus_literal(const struct build_context *context, struct str literal) {
        struct str tag = str_drop_prefix(literal, STR("!"));
        bool negated = tag.len < literal.len;

        if (negated && (tag.len == 0 || *tag.ptr == '!'))
                return tag_value(context, STR("ignore"), true);
        if (tag.len == 0 || tag_size(tag) < tag.len)
                tag = STR("ignore");
        return tag_value(context, tag, !negated) != negated;
}

static bool eval_plus_word(const struct build_context *context, struct str word,
                           size_t *operators) {
        struct str literal;
        bool value = true;

        for (; str_cut(word, ',', &literal, &word); ++*operators)
                value &= eval_plus_literal(context, literal);
        return value & eval_plus_literal(context, word);
}

static bool eval_plus_build(const struct build_context *context, struct str text, bool *ret_holds,
                            struct err *err) {
        size_t words = 0, operators = 0;
        bool value = false;
        struct str word;

        for (; rune_next_field(&text, &word); words++)
                value |= eval_plus_word(context, word, &operators);
        if (words + operators > PLUS_BUILD_OPERATORS_MAX + 1)
                return err_set(err, ERR_SYNTAX, "expression too complex for // +build lines");
        *ret_holds = words ? value : tag_value(context, STR("ignore"), true);
        return true;
}

bool constraint_eval(const struct build_context *context, struct str line, bool *ret_holds,
                     struct err *err) {
        struct str text = rune_trim_space(line);
        struct str rest = str_drop_prefix(text, STR("//go:build"));
        struct str plus = rune_trim_space(str_drop_prefix(text, STR("//")));

        if (line.len > CONSTRAINT_LINE_MAX)
                return err_set(err, ERR_LIMIT, "build constraint of %zu bytes", line.len);
        if (rest.len < text.len)
                return eval_go_build(context, rune_trim_space(rest), ret_holds, err);
        if (str_has_prefix(plus, STR("+build")))
                return eval_plus_build(context, str_slice(plus, 6, plus.len), ret_holds, err);
        return err_set(err, ERR_SYNTAX, "not a build constraint");
}

/* ---- headers ---- */

static bool plus_builds_match(const struct build_context *context, const struct header *header) {
        for (size_t i = 0; i < header->plus_build_count; i++) {
                struct err ignored;
                bool holds;

                if (constraint_eval(context, header->plus_build[i].text, &holds, &ignored) &&
                    !holds)
                        return false;
        }
        return true;
}

static bool refuse(const struct build_context *context, bool *ret_matches) {
        if (context->any)
                *ret_matches = false;
        return context->any;
}

bool constraint_header_matches(const struct build_context *context, const struct header *header,
                               bool *ret_matches, struct err *err) {
        if (header->state == HEADER_BAD_CONSTRAINT)
                return refuse(context, ret_matches) ||
                       err_at(err, ERR_SYNTAX, STR_NONE, header->fault_pos.line,
                              header->fault_pos.column, "%.*s", STR_ARG(header->fault));
        if (header->go_build.text.len == 0) {
                *ret_matches = plus_builds_match(context, header);
                return true;
        }
        if (constraint_eval(context, header->go_build.text, ret_matches, err))
                return true;
        return refuse(context, ret_matches) || err_context(err, "parsing //go:build line");
}
