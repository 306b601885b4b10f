#include "pipeline/expression.h"

#define NEAR_MAX ((size_t)64) /* bytes beside a value that say what becomes of it */
#define PATH_MAX_BYTES 256    /* of a context with its dots; a longer one is none that is listed */

/* What outsiders write; `*` is any member or index. */
static const char *const untrusted[] = {
        "github.event.issue.title",
        "github.event.issue.body",
        "github.event.pull_request.title",
        "github.event.pull_request.body",
        "github.event.pull_request.head.ref",
        "github.event.pull_request.head.label",
        "github.event.pull_request.head.repo.default_branch",
        "github.event.pull_request.head.repo.description",
        "github.event.pull_request.head.repo.homepage",
        "github.event.discussion.title",
        "github.event.discussion.body",
        "github.event.comment.body",
        "github.event.review.body",
        "github.event.review_comment.body",
        "github.event.pages.*.page_name",
        "github.event.commits.*.message",
        "github.event.commits.*.author.email",
        "github.event.commits.*.author.name",
        "github.event.commits.*.committer.email",
        "github.event.commits.*.committer.name",
        "github.event.head_commit.message",
        "github.event.head_commit.author.email",
        "github.event.head_commit.author.name",
        "github.event.head_commit.committer.email",
        "github.event.head_commit.committer.name",
        "github.event.workflow_run.head_branch",
        "github.event.workflow_run.display_title",
        "github.event.workflow_run.head_commit.message",
        "github.event.workflow_run.head_commit.author.email",
        "github.event.workflow_run.head_commit.author.name",
        "github.event.workflow_run.head_repository.description",
        "github.event.workflow_run.pull_requests.*.head.ref",
        "github.event.merge_group.head_commit.message",
        "github.head_ref",
};

bool expression_next(struct str text, size_t *at, struct str *ret_whole, struct str *ret_inside) {
        struct str rest = str_slice(text, *at, text.len);
        size_t start = str_find_str(rest, STR("${{")), end;

        if (start == SIZE_MAX)
                return false;
        rest = str_slice(rest, start, rest.len);
        end = str_find_str(rest, STR("}}"));
        if (end == SIZE_MAX)
                return false;
        *ret_whole = str_slice(rest, 0, end + 2);
        *ret_inside = str_slice(rest, 3, end);
        *at += start + end + 2;
        return true;
}

struct reader {
        struct str text;
        size_t at;
        char path[PATH_MAX_BYTES], raw[PATH_MAX_BYTES]; /* in lower case; as written */
        size_t path_len;
        expression_holds *holds;
        void *ctx;
};

static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
}

static char peek(const struct reader *r) {
        return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static void skip_space(struct reader *r) {
        while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r')
                r->at++;
}

/* Behind the quote of a string; two quotes in it stand for one. */
static struct str read_string(struct reader *r) {
        size_t start = ++r->at;
        struct str text;

        while (r->at < r->text.len && r->text.ptr[r->at] != '\'')
                r->at++;
        text = str_slice(r->text, start, r->at);
        r->at += r->at < r->text.len;
        return text;
}

static void add_part(struct reader *r, struct str part) {
        if (r->path_len && r->path_len < PATH_MAX_BYTES) {
                r->raw[r->path_len] = '.';
                r->path[r->path_len++] = '.';
        }
        for (size_t i = 0; i < part.len && r->path_len < PATH_MAX_BYTES; i++) {
                char c = part.ptr[i];

                r->raw[r->path_len] = c;
                r->path[r->path_len++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
        }
}

static struct str read_name(struct reader *r) {
        size_t start = r->at;

        while (is_word(peek(r)))
                r->at++;
        return str_slice(r->text, start, r->at);
}

/* An index in brackets: a string is a member, everything else may be any. */
static void read_index(struct reader *r) {
        r->at++;
        skip_space(r);
        if (peek(r) == '\'')
                add_part(r, read_string(r));
        else
                add_part(r, STR("*"));
        while (r->at < r->text.len && r->text.ptr[r->at] != ']')
                r->at++;
        r->at += r->at < r->text.len;
}

/* a.b['c'][0].*: a context with its members, in lower case and with dots. */
static struct str read_path(struct reader *r) {
        size_t start = r->at;

        r->path_len = 0;
        add_part(r, read_name(r));
        for (;;) {
                skip_space(r);
                if (peek(r) == '[') {
                        read_index(r);
                } else if (peek(r) == '.') {
                        r->at++;
                        if (peek(r) == '*')
                                r->at++, add_part(r, STR("*"));
                        else
                                add_part(r, read_name(r));
                } else {
                        return str_trim(str_slice(r->text, start, r->at));
                }
        }
}

/* Whether a path is the pattern, `*` standing for one part. With is_whole also one that holds it.
 */
static bool is_pattern(struct str path, struct str pattern, bool is_whole) {
        struct str part, want;
        bool more_path = true, more_pattern = true;

        while (more_path && more_pattern) {
                more_path = str_cut(path, '.', &part, &path);
                if (!more_path)
                        part = path;
                more_pattern = str_cut(pattern, '.', &want, &pattern);
                if (!more_pattern)
                        want = pattern;
                if (!str_eq(part, want) && !str_eq(want, STR("*")) && !str_eq(part, STR("*")))
                        return false;
        }
        return !more_path && (!more_pattern || is_whole);
}

static bool is_listed(const struct reader *r, bool is_whole) {
        struct str path = { r->path, r->path_len };

        for (size_t i = 0; i < COUNT_OF(untrusted); i++)
                if (is_pattern(path, str_of(untrusted[i]), is_whole))
                        return true;
        return false;
}

static bool is_held(const struct reader *r) {
        return r->holds && r->path_len < PATH_MAX_BYTES &&
               r->holds(r->ctx, (struct str){ r->raw, r->path_len });
}

/* Functions whose value is no text of their arguments. */
static bool gives_no_text(struct str function) {
        static const char *const names[] = { "contains", "startswith", "endswith", "hashfiles",
                                             "success",  "failure",    "always",   "cancelled" };

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq_fold(function, str_of(names[i])))
                        return true;
        return false;
}

static void skip_arguments(struct reader *r) {
        size_t depth = 0;

        while (r->at < r->text.len) {
                char c = r->text.ptr[r->at];

                if (c == '\'') {
                        read_string(r);
                        continue;
                }
                r->at++;
                depth += c == '(';
                if (c == ')' && --depth == 0)
                        return;
        }
}

/* A value that is compared, negated or only asked for its truth does not come out as text. */
static bool is_only_asked(const struct reader *r, size_t start) {
        struct str before = str_trim(str_slice(r->text, start - MIN_OF(start, NEAR_MAX), start));
        struct str after = str_trim(str_slice(r->text, r->at, r->at + NEAR_MAX));
        static const char *const left[] = { "==", "!=", "<", "<=", ">", ">=", "!" };
        static const char *const right[] = { "==", "!=", "<", ">", "&&" };

        for (size_t i = 0; i < COUNT_OF(left); i++)
                if (str_has_suffix(before, str_of(left[i])))
                        return true;
        for (size_t i = 0; i < COUNT_OF(right); i++)
                if (str_has_prefix(after, str_of(right[i])))
                        return true;
        return false;
}

/* One name and what belongs to it; true where it lets an outsider's text out. */
static bool take_name(struct reader *r, bool *in_json, struct str *ret_what) {
        size_t start = r->at;
        struct str path = read_path(r);

        if (peek(r) == '(') {
                if (gives_no_text(path))
                        skip_arguments(r);
                else
                        *in_json = str_eq_fold(path, STR("toJSON"));
                return false;
        }
        *ret_what = path;
        return !is_only_asked(r, start) && (is_listed(r, *in_json) || is_held(r));
}

bool expression_is_untrusted(struct str inside, expression_holds *holds, void *ctx,
                             struct str *ret_what) {
        struct reader reader = { .text = inside, .holds = holds, .ctx = ctx };
        bool in_json = false;

        while (reader.at < inside.len) {
                char c = inside.ptr[reader.at];

                if (c == '\'')
                        read_string(&reader);
                else if (!is_word(c))
                        in_json &= c != ')', reader.at++;
                else if (take_name(&reader, &in_json, ret_what))
                        return true;
        }
        return false;
}

bool expression_names_head(struct str text) {
        static const char *const parts[] = {
                "github.event.pull_request.head.",
                "github.head_ref",
                "github.event.pull_request.merge_commit_sha",
                "refs/pull/",
                "github.event.workflow_run.head_sha",
                "github.event.workflow_run.head_branch",
                "github.event.workflow_run.head_commit",
                "github.event.workflow_run.head_repository",
        };

        for (size_t i = 0; i < COUNT_OF(parts); i++)
                if (str_contains(text, str_of(parts[i])))
                        return true;
        return false;
}
