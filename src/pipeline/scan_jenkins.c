/* Jenkinsfiles: not Groovy, but its strings, comments and the words before them. */
#include "pipeline/scan_impl.h"

#define LOOK_AHEAD 64      /* bytes behind a word that say what it is */
#define NAME_MAX_BYTES 128 /* of what a string fills in; a longer name is none that is listed */

#define TAINTED_MAX 64 /* variables; further ones are passed over */

struct groovy {
        struct scan *scan;
        struct str text;
        size_t at;
        struct str word; /* the last identifier */
        size_t word_at;
        struct str call;      /* the step whose arguments are being read: sh, bat, ... or empty */
        bool has_parenthesis; /* they end with one, else with the line */
        char last;            /* the character before that is no blank */
        struct str target;    /* the variable that this line gives a value */
        struct str tainted[TAINTED_MAX]; /* variables with a stranger's text */
        size_t tainted_count;
        struct job_traits traits;
        size_t pipeline_at; /* of `pipeline {` or `node`; SIZE_MAX: neither */
        bool has_timeout, is_shallow;
};

static char peek(const struct groovy *g, size_t ahead) {
        return g->at + ahead < g->text.len ? g->text.ptr[g->at + ahead] : '\0';
}

static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '$';
}

static bool starts(const struct groovy *g, struct str what) {
        return str_has_prefix(str_slice(g->text, g->at, g->text.len), what);
}

static void skip_to(struct groovy *g, struct str end) {
        size_t found = str_find_str(str_slice(g->text, g->at, g->text.len), end);

        g->at = found == SIZE_MAX ? g->text.len : g->at + found + end.len;
}

static struct place place_at(const struct groovy *g, size_t offset) {
        return source_place(&g->scan->source, offset);
}

/* ---- strings ---- */

/* What a stranger's pull request sets; env.X and params of plugins. */
static bool is_untrusted(struct str name) {
        static const char *const names[] = {
                "CHANGE_TITLE",
                "CHANGE_BRANCH",
                "CHANGE_AUTHOR",
                "CHANGE_AUTHOR_EMAIL",
                "CHANGE_AUTHOR_DISPLAY_NAME",
                "CHANGE_FORK",
                "ghprbPullTitle",
                "ghprbPullLongDescription",
                "ghprbSourceBranch",
                "ghprbCommentBody",
                "gitlabMergeRequestTitle",
                "gitlabMergeRequestDescription",
                "gitlabSourceBranch",
                "gitlabUserName",
        };

        name = str_drop_prefix(str_drop_prefix(name, STR("env.")), STR("params."));
        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(name, str_of(names[i])))
                        return true;
        return false;
}

/* Directly, or by a variable that was given such a value. */
static bool is_tainted(const struct groovy *g, struct str name) {
        struct str bare = str_drop_prefix(name, STR("env."));

        for (size_t i = 0; i < g->tainted_count; i++)
                if (str_eq(bare, g->tainted[i]))
                        return true;
        return is_untrusted(name);
}

static void taint_target(struct groovy *g) {
        if (g->target.len && g->tainted_count < TAINTED_MAX && !is_tainted(g, g->target))
                g->tainted[g->tainted_count++] = g->target;
}

/* The name that a `$` at text[at] fills in: `$name` or the start of `${expression}`. */
static struct str filled_in(struct str text, size_t at) {
        size_t from = at + 1, to;

        if (from < text.len && text.ptr[from] == '{')
                from++;
        to = from;
        while (to < text.len && to - from < NAME_MAX_BYTES &&
               (is_word(text.ptr[to]) || text.ptr[to] == '.'))
                to++;
        return str_slice(text, from, to);
}

/* Groovy fills the value in before the shell reads the line. */
static void look_for_injection(struct groovy *g, size_t offset, struct str string) {
        for (size_t i = 0; i < string.len && !scan_is_full(g->scan); i++) {
                struct str name;

                if (string.ptr[i] == '\\') {
                        i++;
                        continue;
                }
                if (string.ptr[i] != '$')
                        continue;
                name = filled_in(string, i);
                if (!is_tainted(g, name))
                        continue;
                if (!g->call.len)
                        taint_target(g);
                else
                        scan_flaw(g->scan, FLAW_INJECTION, place_at(g, offset + i), name);
        }
}

/* environment { GOFLAGS = '-mod=mod' } and withEnv(['GOFLAGS=-mod=mod']). */
static void look_at_goflags(struct groovy *g, size_t offset, struct str string) {
        bool is_value = str_eq(g->word, STR("GOFLAGS")) || str_has_prefix(string, STR("GOFLAGS="));

        if (is_value && !g->call.len && str_contains(string, STR("-mod=mod")))
                scan_flaw(g->scan, FLAW_MOD, place_at(g, offset), STR("GOFLAGS=-mod=mod"));
}

/* "a" + b: what stands behind the string is part of the same argument. */
static bool goes_on(const struct groovy *g, size_t end) {
        struct str rest = str_slice(g->text, end, end + LOOK_AHEAD);

        while (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
                rest = str_slice(rest, 1, rest.len);
        return str_has_prefix(str_trim(rest), STR("+"));
}

static void look_at_string(struct groovy *g, size_t offset, size_t length, bool fills_in) {
        struct str string = str_slice(g->text, offset, offset + length);
        struct str privilege = scan_find_privilege(string);
        struct script script;

        look_at_goflags(g, offset, string);
        if ((g->call.len || g->target.len) && fills_in)
                look_for_injection(g, offset, string);
        if (str_eq(g->call, STR("sh"))) {
                script_of_file(g->scan->arena, &g->scan->source, offset, length, &script);
                scan_script(g->scan, &script, &g->traits);
        } else if (privilege.len && !scan_is_full(g->scan)) {
                scan_flaw(g->scan, FLAW_PRIVILEGED,
                          place_at(g, (size_t)(privilege.ptr - g->text.ptr)), privilege);
        }
        if (!goes_on(g, offset + length))
                g->call = STR_NONE;
}

/* 'x', "x", '''x''', """x""". */
static void read_string(struct groovy *g) {
        char quote = peek(g, 0);
        bool is_long = peek(g, 1) == quote && peek(g, 2) == quote;
        size_t marks = is_long ? 3 : 1, start;

        g->at += marks;
        start = g->at;
        while (g->at < g->text.len) {
                if (peek(g, 0) == '\\') {
                        g->at += 2;
                        continue;
                }
                if (peek(g, 0) == quote &&
                    (!is_long || (peek(g, 1) == quote && peek(g, 2) == quote)))
                        break;
                if (!is_long && peek(g, 0) == '\n')
                        break;
                g->at++;
        }
        g->at = MIN_OF(g->at, g->text.len);
        look_at_string(g, start, g->at - start, quote == '"');
        g->at = MIN_OF(g->at + marks, g->text.len);
}

/* ---- words ---- */

static bool is_shell_step(struct str word) {
        static const char *const steps[] = { "sh", "bat", "powershell", "pwsh" };

        for (size_t i = 0; i < COUNT_OF(steps); i++)
                if (str_eq(word, str_of(steps[i])))
                        return true;
        return false;
}

/* Arguments of a step that are no script. */
static bool is_other_argument(struct str word) {
        static const char *const names[] = { "label", "encoding", "returnStdout", "returnStatus" };

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(word, str_of(names[i])))
                        return true;
        return false;
}

/* sh script: ..., sh env.X, sh t */
static bool starts_arguments(const struct groovy *g, struct str rest) {
        static const char *const starts[] = { "script:",       "label:",        "encoding:",
                                              "returnStdout:", "returnStatus:", "env." };
        size_t length = 0;

        while (length < rest.len && is_word(rest.ptr[length]))
                length++;
        for (size_t i = 0; i < COUNT_OF(starts); i++)
                if (str_has_prefix(rest, str_of(starts[i])))
                        return true;
        return is_tainted(g, str_slice(rest, 0, length));
}

/* A value that is compared, or that a method makes something else of, is no text of a stranger. */
static bool is_used_as_text(struct str rest) {
        static const char *const others[] = { "==", "!=", "?", "=~", "in ", "&&", "." };
        static const char *const keepers[] = { ".trim()", ".toString()", ".toLowerCase()",
                                               ".toUpperCase()" };

        for (size_t i = 0; i < COUNT_OF(keepers); i++)
                if (str_has_prefix(rest, str_of(keepers[i])))
                        return true;
        for (size_t i = 0; i < COUNT_OF(others); i++)
                if (str_has_prefix(rest, str_of(others[i])))
                        return false;
        return true;
}

static void take_value(struct groovy *g, struct str rest) {
        if (!is_tainted(g, g->word) || !is_used_as_text(rest) || scan_is_full(g->scan))
                return;
        if (g->call.len)
                scan_flaw(g->scan, FLAW_INJECTION, place_at(g, g->word_at), g->word);
        else
                taint_target(g);
}

/* `name =`, which no comparison is. */
static void take_target(struct groovy *g, struct str rest) {
        if (str_has_prefix(rest, STR("=")) && !str_has_prefix(rest, STR("==")) &&
            !str_has_prefix(rest, STR("=~")) && !g->call.len)
                g->target = g->word;
}

static void take_word(struct groovy *g) {
        struct str rest = str_trim(str_slice(g->text, g->at, g->at + LOOK_AHEAD));
        char next = rest.len ? rest.ptr[0] : '\0';

        if ((str_eq(g->word, STR("pipeline")) || str_eq(g->word, STR("node"))) &&
            (next == '{' || next == '(') && g->pipeline_at == SIZE_MAX)
                g->pipeline_at = g->word_at;
        g->has_timeout |= str_eq(g->word, STR("timeout")) && (next == '(' || next == 't');
        g->is_shallow |= str_eq(g->word, STR("shallow")) && str_has_prefix(rest, STR(":")) &&
                         str_has_prefix(str_trim(str_slice(rest, 1, rest.len)), STR("true"));
        take_value(g, rest);
        take_target(g, rest);
        if (is_shell_step(g->word) && g->last != '.' &&
            (next == '\'' || next == '"' || next == '(' || starts_arguments(g, rest))) {
                g->call = g->word;
                g->has_parenthesis = next == '(';
        }
}

static void read_word(struct groovy *g) {
        g->word_at = g->at;
        while (is_word(peek(g, 0)))
                g->at++;
        g->word = str_slice(g->text, g->word_at, g->at);
        take_word(g);
}

/* A label is passed over, so that the script behind it still belongs to the step. */
static void read_argument_string(struct groovy *g) {
        struct str call = g->call;
        bool is_other = is_other_argument(g->word) && call.len;

        if (is_other)
                g->call = STR_NONE;
        read_string(g);
        if (is_other)
                g->call = call;
        g->word = STR_NONE;
}

static void end_line(struct groovy *g) {
        g->at++;
        if (g->last == '+' || g->last == ',' || g->last == '=')
                return;
        g->target = STR_NONE;
        if (!g->has_parenthesis)
                g->call = STR_NONE;
}

static void step(struct groovy *g) {
        char c = peek(g, 0);

        if (starts(g, STR("//")))
                skip_to(g, STR("\n"));
        else if (starts(g, STR("/*")))
                skip_to(g, STR("*/"));
        else if (c == '\'' || c == '"')
                read_argument_string(g), g->last = c;
        else if (is_word(c))
                read_word(g), g->last = 'a';
        else if (c == '\n')
                end_line(g);
        else {
                if (c == ')' || c == '}' || c == ';')
                        g->call = STR_NONE;
                if (c == ';')
                        g->target = STR_NONE;
                if (c != ' ' && c != '\t' && c != '\r')
                        g->last = c;
                g->at++;
        }
}

void scan_jenkins(struct scan *s) {
        struct groovy g = { .scan = s, .text = s->source.text, .pipeline_at = SIZE_MAX };

        while (g.at < g.text.len)
                step(&g);
        scan_end_job(s, &g.traits);
        /* A file that only calls a shared library sets its limits there. */
        if (g.pipeline_at != SIZE_MAX && !g.has_timeout)
                scan_flaw(s, FLAW_NO_TIMEOUT, place_at(&g, g.pipeline_at), STR("pipeline"));
        if (g.traits.needs_history.line && g.is_shallow && !g.traits.fetches)
                scan_flaw(s, FLAW_HISTORY, g.traits.needs_history, g.traits.history_command);
}
