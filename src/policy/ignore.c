#include "policy/ignore.h"

#include "check/check.h"
#include "golang/lexer.h"

#define MARK STR("weir:ignore")
#define BINARY_PROBE_SIZE 8000 /* a NUL in here makes a file binary, as git has it */

static const struct text no_rule = { "this comment ignores nothing: it names no rule",
                                     "该注释不起作用：未写明规则" };
static const struct text no_reason = { "this comment ignores nothing: it gives no reason",
                                       "该注释不起作用：未写明理由" };
static const struct text unknown_rule = { "this comment ignores nothing: there is no rule {rule}",
                                          "该注释不起作用：没有规则 {rule}" };
static const struct text policy_rule_named = {
        "this comment ignores nothing: {rule} is a rule on the policy itself",
        "该注释不起作用：{rule} 是针对策略本身的规则"
};
static const struct text too_many = { "this comment ignores too many rules at once; {rule} is one "
                                      "too many",
                                      "该注释一次忽略的规则过多，超出的是 {rule}" };

/* One file that is being scanned. */
struct scan {
        struct arena *arena;
        struct str file;
        struct ignores *ignores;
        size_t first; /* of this file in the list */
};

static struct str base_name(struct str path) {
        struct str dir, name = path;

        str_cut_last(path, '/', &dir, &name);
        return name;
}

static bool is_slash_comment_file(struct str file) {
        struct str name = base_name(file);

        return str_has_suffix(name, STR(".go")) || str_eq(name, STR("go.mod")) ||
               str_eq(name, STR("go.work"));
}

/* Their formats have no comments, or use `#` for something else. */
static bool has_no_comments(struct str file) {
        static const struct str names[] = { STR_INIT("go.sum"), STR_INIT("go.work.sum"),
                                            STR_INIT("modules.txt"), STR_INIT("weir.yaml") };

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(base_name(file), names[i]))
                        return true;
        return str_has_suffix(file, STR(".md")) || str_has_suffix(file, STR(".json"));
}

static const struct text *what_is_wrong(struct str rule, struct str reason) {
        const struct check *check;

        if (str_has_prefix(rule, STR("POL")))
                return &policy_rule_named;
        if (!rule_find(rule, &check))
                return &unknown_rule;
        return str_trim(reason).len ? NULL : &no_reason;
}

static void add(struct scan *s, const struct ignore *place, struct str rule,
                const struct text *wrong) {
        struct ignore *ignore = VEC_ADD(s->arena, &s->ignores->list);

        *ignore = *place;
        ignore->rule = rule;
        ignore->wrong = wrong;
}

/* The words behind the mark: RULE[,RULE...] REASON. */
static void take_words(struct scan *s, struct ignore *place, struct str words) {
        struct str rules, rule;
        size_t count = 0;

        if (!str_next_word(&words, &rules)) {
                add(s, place, STR_NONE, &no_rule);
                return;
        }
        place->reason = str_trim(words);
        for (bool more = true; more; count++) {
                more = str_cut(rules, ',', &rule, &rules);
                if (!more)
                        rule = rules;
                if (count == IGNORE_RULES_MAX) {
                        add(s, place, rule, &too_many);
                        return;
                }
                add(s, place, rule, what_is_wrong(rule, place->reason));
        }
}

/* A comment (without its `//` or `#`); is_alone: nothing but space stands before it. */
static void take_comment(struct scan *s, struct str body, uint32_t line, uint32_t column,
                         bool is_alone) {
        struct ignore place = { .file = s->file, .line = line, .column = column, .covers = line };
        struct str words = str_trim(body);

        if (!str_has_prefix(words, MARK))
                return;
        words = str_slice(words, MARK.len, words.len);
        if (words.len && words.ptr[0] != ' ' && words.ptr[0] != '\t')
                return;
        if (is_alone)
                place.covers = line + 1;
        take_words(s, &place, words);
}

/* The line that the comment on `line` right behind list[at] covers; 0 where none is there or it
 * does not stand alone. */
static uint32_t next_alone(const struct scan *s, size_t at, uint32_t line) {
        const struct ignores *all = s->ignores;

        for (size_t i = at + 1; i < all->list.count && all->list.items[i].line <= line; i++)
                if (all->list.items[i].line == line && all->list.items[i].covers > line)
                        return all->list.items[i].covers;
        return 0;
}

/* Comments that follow each other alone cover the same line: the one behind the last. */
static void settle_alone(struct scan *s) {
        for (size_t i = s->ignores->list.count; i-- > s->first;) {
                struct ignore *ignore = &s->ignores->list.items[i];
                uint32_t further =
                        ignore->covers > ignore->line ? next_alone(s, i, ignore->covers) : 0;

                ignore->covers = MAX_OF(ignore->covers, further);
        }
}

static void scan_go(struct scan *s, struct str text) {
        struct lexer lexer = lexer_make(text, true);
        uint32_t last_line = 0; /* of the token before */

        for (;;) {
                struct token token = lexer_next(&lexer);

                if (token.kind == TOKEN_EOF)
                        return;
                if (token.kind == TOKEN_COMMENT && str_has_prefix(token.text, STR("//")))
                        take_comment(s, str_slice(token.text, 2, token.text.len), token.pos.line,
                                     token.pos.column, token.pos.line != last_line);
                else if (!token.implied)
                        last_line = lexer.line;
        }
}

/* A `#` begins a comment at the start of a line or behind space: a shell's `$#` and a colour's
 * `#fff` do not. */
static size_t comment_start(struct str line, struct str opener) {
        size_t at = 0;

        while (at < line.len) {
                size_t found = str_find_str(str_slice(line, at, line.len), opener);

                if (found == SIZE_MAX)
                        return SIZE_MAX;
                at += found;
                if (at == 0 || line.ptr[at - 1] == ' ' || line.ptr[at - 1] == '\t')
                        if (str_has_prefix(str_trim(str_slice(line, at + opener.len, line.len)),
                                           MARK))
                                return at;
                at++;
        }
        return SIZE_MAX;
}

static void scan_lines(struct scan *s, struct str text, struct str opener) {
        struct str line;
        uint32_t number = 0;

        while (str_next_line(&text, &line)) {
                size_t at = comment_start(line, opener);

                number++;
                if (at != SIZE_MAX)
                        take_comment(s, str_slice(line, at + opener.len, line.len), number,
                                     (uint32_t)at + 1, !str_trim(str_slice(line, 0, at)).len);
        }
}

void ignore_scan(struct arena *arena, struct str file, struct str text, struct ignores *ignores) {
        struct scan scan = {
                .arena = arena, .file = file, .ignores = ignores, .first = ignores->list.count
        };

        if (str_find_str(text, MARK) == SIZE_MAX || has_no_comments(file) ||
            text.len > LEXER_SOURCE_MAX ||
            str_find(str_slice(text, 0, BINARY_PROBE_SIZE), '\0') != SIZE_MAX)
                return;
        if (str_has_suffix(file, STR(".go")))
                scan_go(&scan, text);
        else
                scan_lines(&scan, text, is_slash_comment_file(file) ? STR("//") : STR("#"));
        settle_alone(&scan);
}

struct ignore *ignore_cover(struct ignores *ignores, const struct finding *finding) {
        for (size_t i = 0; i < ignores->list.count; i++) {
                struct ignore *ignore = &ignores->list.items[i];

                if (ignore->wrong || !ignore->covers || ignore->covers != finding->line ||
                    !str_eq(ignore->file, finding->file) ||
                    !str_eq_fold(ignore->rule, str_of(finding->rule->id)))
                        continue;
                ignore->used = true;
                return ignore;
        }
        return NULL;
}
