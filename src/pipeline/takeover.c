#include "pipeline/takeover_impl.h"

#include "base/buf.h"
#include "data/glob.h"
#include "pipeline/scan.h"
#include "pipeline/survey.h"

#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define PATTERN_MAX 500 /* bytes */
#define LINES_MAX 20000 /* of a Makefile or pipeline file */

/* ---- values ---- */

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

bool takeover_percent(struct str text, int64_t *ret_value) {
        struct str whole, part = STR_NONE;
        uint64_t ones = 0, hundredths = 0;

        text = str_trim(str_drop_suffix(str_trim(text), STR("%")));
        whole = text;
        str_cut(text, '.', &whole, &part);
        if (part.len > 2)
                part = str_slice(part, 0, 2);
        if (!str_to_u64(whole, &ones) || (part.len && !str_to_u64(part, &hundredths)) || ones > 100)
                return false;
        if (part.len == 1)
                hundredths *= 10;
        *ret_value = (int64_t)(ones * 100 + hundredths);
        return *ret_value <= 10000;
}

struct str takeover_percent_text(struct arena *arena, int64_t value) {
        if (value % 100 == 0)
                return str_fmt(arena, "%lld", (long long)(value / 100));
        if (value % 10 == 0)
                return str_fmt(arena, "%lld.%lld", (long long)(value / 100),
                               (long long)(value % 100 / 10));
        return str_fmt(arena, "%lld.%02lld", (long long)(value / 100), (long long)(value % 100));
}

const struct yaml_node *takeover_at(const struct yaml_node *node, const char *path) {
        struct str rest = str_of(path), part;

        for (bool more = true; more && node;) {
                more = str_cut(rest, '.', &part, &rest);
                node = yaml_get(node, more ? part : rest);
        }
        return node;
}

/* ---- items ---- */

static const struct text taken_before = { "another file says it already", "已由另一文件给出" };
static const struct text unreadable = { "the file cannot be read", "无法读取该文件" };

static void add(struct taking *t, const struct takeover_item *item) {
        if (t->count++ < TAKEOVER_ITEMS_MAX)
                *VEC_ADD(t->arena, &t->takeover->items) = *item;
}

void takeover_leave(struct taking *t, const struct yaml_node *at, struct str what,
                    const struct text *why) {
        add(t, &(struct takeover_item){
                       .file = t->file, .line = at ? at->line : 0, .what = what, .why = why });
}

const struct takeover_item *takeover_find(const struct takeover *takeover, const char *key) {
        for (size_t i = 0; i < takeover->items.count; i++)
                if (takeover->items.items[i].key && !strcmp(takeover->items.items[i].key, key))
                        return &takeover->items.items[i];
        return NULL;
}

bool takeover_is_list(const char *key) {
        static const char *const lists[] = { "coverage.exclude", "tests.tags", "tests.env" };

        for (size_t i = 0; i < COUNT_OF(lists); i++)
                if (!strcmp(key, lists[i]))
                        return true;
        return false;
}

void takeover_take(struct taking *t, const struct yaml_node *at, struct str what, const char *key,
                   struct str value, const struct text *note) {
        const struct takeover_item *there = takeover_find(t->takeover, key);

        if (there && !str_eq(there->file, t->file))
                takeover_leave(t, at, what, &taken_before);
        else
                add(t, &(struct takeover_item){ .file = t->file,
                                                .line = at ? at->line : 0,
                                                .what = what,
                                                .key = key,
                                                .value = value,
                                                .why = note });
}

/* ---- patterns ---- */

static const struct text no_glob = { "a regular expression that is no pattern of paths",
                                     "该正则表达式无法写成路径模式" };

static bool is_plain(char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-' || c == '/';
}

/* One element of the expression at regex[*at]; false where a glob has none like it. */
static bool take_element(struct str regex, size_t *at, struct buf *out) {
        char c = regex.ptr[*at], next = *at + 1 < regex.len ? regex.ptr[*at + 1] : '\0';

        if (c == '\\' && (next == '.' || next == '/' || next == '-')) {
                buf_add_char(out, next);
                (*at)++;
        } else if (c == '.' && (next == '*' || next == '+')) {
                buf_add_char(out, '*');
                (*at)++;
        } else if ((c == '.' && next != '?' && next != '{') || is_plain(c)) {
                buf_add_char(out, c);
        } else {
                return false;
        }
        return true;
}

static bool has_quantifier(struct str regex) {
        for (size_t i = 1; i < regex.len; i++)
                if ((regex.ptr[i] == '*' || regex.ptr[i] == '+') && regex.ptr[i - 1] != '.')
                        return true;
        return false;
}

bool takeover_glob_of_regex(struct arena *arena, struct str regex, struct str *ret_glob) {
        bool from_root = str_has_prefix(regex, STR("^"));
        bool to_end = str_has_suffix(regex, STR("$"));
        struct buf out = buf_make(arena);

        regex = str_drop_prefix(str_drop_prefix(regex, STR("^")), STR("(^|/)"));
        regex = str_drop_suffix(str_drop_suffix(regex, STR("$")), STR("(/|$)"));
        if (!regex.len || has_quantifier(regex))
                return false;
        /* A glob with a slash begins at the root, an expression anywhere. */
        if (from_root && !str_has_prefix(regex, STR(".*")))
                buf_add_char(&out, '/');
        else if (!from_root && str_contains(regex, STR("/")) && !str_has_prefix(regex, STR(".*/")))
                buf_add(&out, STR("**/"));
        for (size_t i = 0; i < regex.len; i++) {
                /* "\.pb\.go$" is any name that ends so. */
                if (i == 0 && !from_root && to_end && (regex.ptr[0] == '\\' || regex.ptr[0] == '_'))
                        buf_add_char(&out, '*');
                if (!take_element(regex, &i, &out))
                        return false;
        }
        *ret_glob = str_drop_prefix(buf_str(&out), STR("**//"));
        return true;
}

bool takeover_glob_holds(struct str glob) {
        struct err err;

        return glob.len <= PATTERN_MAX && !str_contains(glob, STR("\"")) &&
               !str_contains(glob, STR("\\")) && glob_check(glob, &err);
}

static void take_path(struct taking *t, const struct yaml_node *item, const char *name,
                      const char *key) {
        struct str what = str_fmt(t->arena, "%s %.*s", name, STR_ARG(item->text)), glob;

        if (item->kind != YAML_SCALAR || item->text.len > PATTERN_MAX ||
            !takeover_glob_of_regex(t->arena, item->text, &glob) || !takeover_glob_holds(glob)) {
                takeover_leave(t, item, what, &no_glob);
                return;
        }
        takeover_take(t, item, what, key, str_fmt(t->arena, "\"%.*s\"", STR_ARG(glob)), NULL);
}

void takeover_paths(struct taking *t, const struct yaml_node *list, const char *name,
                    const char *key) {
        for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->count; i++)
                take_path(t, &list->items[i], name, key);
}

/* ---- thresholds in Makefiles and pipeline files ---- */

static const char *const threshold_names[] = {
        "COVERAGE_THRESHOLD",
        "COVERAGE_MINIMUM",
        "COVERAGE_MIN",
        "MIN_COVERAGE",
        "MINIMUM_COVERAGE",
        "COVER_THRESHOLD",
        "TEST_COVERAGE_THRESHOLD",
};

/* NAME = 80, NAME ?= 80, NAME: "80", export NAME=80. */
static bool take_threshold(struct str line, struct str *ret_name, struct str *ret_value) {
        struct str rest = str_trim(str_drop_prefix(str_trim(line), STR("export ")));

        for (size_t i = 0; i < COUNT_OF(threshold_names); i++) {
                struct str name = str_of(threshold_names[i]);
                struct str value = str_trim(str_drop_prefix(rest, name)), comment;

                if (!str_has_prefix(rest, name) || !value.len ||
                    str_find(STR(":?="), value.ptr[0]) == SIZE_MAX)
                        continue;
                while (value.len && str_find(STR(":?= \"'"), value.ptr[0]) != SIZE_MAX)
                        value = str_slice(value, 1, value.len);
                str_cut(value, '#', &value, &comment);
                value = str_trim(value);
                while (value.len && str_find(STR("\"'"), value.ptr[value.len - 1]) != SIZE_MAX)
                        value.len--;
                *ret_name = name;
                *ret_value = value;
                return true;
        }
        return false;
}

static void read_thresholds(struct taking *t, struct str text) {
        struct yaml_node at = { 0 };
        struct str line, name, value;
        int64_t percent;

        while (at.line < LINES_MAX && str_next_line(&text, &line)) {
                at.line++;
                if (!take_threshold(line, &name, &value) || !takeover_percent(value, &percent))
                        continue;
                takeover_take(t, &at, str_fmt(t->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(value)),
                              "coverage.total", takeover_percent_text(t->arena, percent), NULL);
                return;
        }
}

/* ---- files ---- */

typedef void take_root(struct taking *t, const struct yaml_node *root);

/* Where several of one tool lie there, the tool reads the first. */
static const struct {
        const char *path;
        take_root *take;
        unsigned tool;
} files[] = {
        { "codecov.yml", takeover_codecov, 1 },
        { "codecov.yaml", takeover_codecov, 1 },
        { ".codecov.yml", takeover_codecov, 1 },
        { ".codecov.yaml", takeover_codecov, 1 },
        { ".github/codecov.yml", takeover_codecov, 1 },
        { ".github/.codecov.yml", takeover_codecov, 1 },
        { "dev/codecov.yml", takeover_codecov, 1 },
        { ".golangci.yml", takeover_golangci, 2 },
        { ".golangci.yaml", takeover_golangci, 2 },
        { ".golangci.toml", takeover_golangci, 2 },
        { ".golangci.json", takeover_golangci, 2 },
        { ".testcoverage.yml", takeover_testcoverage, 3 },
        { ".testcoverage.yaml", takeover_testcoverage, 3 },
};

/* NULL: the file is read line by line. */
static take_root *reader_of(struct str file) {
        for (size_t i = 0; i < COUNT_OF(files); i++)
                if (str_eq(file, str_of(files[i].path)))
                        return files[i].take;
        return NULL;
}

static bool parse(struct arena *arena, struct str file, struct str text, struct yaml_node *ret_root,
                  struct err *err) {
        if (str_has_suffix(file, STR(".toml")))
                return takeover_parse_toml(arena, file, text, ret_root, err);
        return yaml_parse_foreign(arena, file, text, ret_root, err);
}

void takeover_read_text(struct arena *arena, struct str file, struct str text,
                        struct takeover *takeover) {
        struct taking taking = { .arena = arena, .file = file, .takeover = takeover };
        take_root *take = reader_of(file);
        struct yaml_node root;
        struct err err;

        if (!take)
                read_thresholds(&taking, text);
        else if (!parse(arena, file, text, &root, &err))
                takeover_leave(&taking, &(struct yaml_node){ .line = err.line }, STR_NONE,
                               &unreadable);
        else if (root.kind == YAML_MAPPING)
                take(&taking, &root);
}

static void read_entry(struct arena *arena, const struct tree *tree, const struct tree_entry *entry,
                       struct takeover *takeover) {
        struct taking taking = { .arena = arena, .file = entry->path, .takeover = takeover };
        struct str text;
        struct err err;

        if (tree_read(tree, entry, arena, FILE_MAX, &text, &err))
                takeover_read_text(arena, entry->path, text, takeover);
        else
                takeover_leave(&taking, NULL, STR_NONE, &unreadable);
}

static bool holds_thresholds(struct str path) {
        enum scan_platform platform;

        return str_eq(path, STR("Makefile")) || str_eq(path, STR("GNUmakefile")) ||
               (survey_is_plain_path(path) && scan_is_pipeline(path, &platform));
}

void takeover_read(struct arena *arena, const struct tree *tree, struct takeover *ret_takeover) {
        const struct tree_entry *entries, *entry;
        unsigned done = 0;
        size_t count;

        *ret_takeover = (struct takeover){ 0 };
        for (size_t i = 0; i < COUNT_OF(files); i++) {
                entry = tree_find(tree, str_of(files[i].path));
                if (!entry || done >> files[i].tool & 1)
                        continue;
                done |= 1U << files[i].tool;
                read_entry(arena, tree, entry, ret_takeover);
        }
        entries = tree_entries(tree, &count);
        for (size_t i = 0; i < count; i++)
                if (entries[i].kind == TREE_FILE && holds_thresholds(entries[i].path))
                        read_entry(arena, tree, &entries[i], ret_takeover);
}
