/* codecov.yml, .golangci.yml and .testcoverage.yml. */
#include "pipeline/takeover_impl.h"

#define TAG_MAX 100   /* bytes */
#define SHOWN_MAX 200 /* bytes of a setting that is left */

static struct str text_of(const struct yaml_node *node) {
        return node && node->kind == YAML_SCALAR ? node->text : STR_NONE;
}

static bool is_off(const struct yaml_node *node) {
        static const char *const words[] = { "false", "off", "no" };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_eq_fold(text_of(node), str_of(words[i])))
                        return true;
        return false;
}

static bool is_on(const struct yaml_node *node) {
        static const char *const words[] = { "true", "on", "yes" };

        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_eq_fold(text_of(node), str_of(words[i])))
                        return true;
        return false;
}

/* ---- codecov ---- */

static const struct text switched_off = { "it is switched off there, so weir's own default holds",
                                          "该处已关闭，采用 weir 的默认值" };
static const struct text informational = { "it is informational there and blocks nothing",
                                           "该处仅供参考，不阻断" };
static const struct text less_threshold = { "the target less the threshold, at which Codecov still "
                                            "passes",
                                            "目标减去容差，即 Codecov 仍通过的值" };
static const struct text falls = { "what it may fall below the stored value of the base",
                                   "允许低于基准保存值的幅度" };
static const struct text follows_project = { "a patch is held against the base's total there; weir "
                                             "wants a number",
                                             "该处以基准的总覆盖率要求变更；weir 需要一个数值" };
static const struct text no_percentage = { "no percentage", "不是百分比" };
static const struct text one_part = { "a status for one part; weir has one for all, and one for "
                                      "every package",
                                      "针对某一部分的状态；weir 只有整体与按包的要求" };
static const struct text not_weirs = { "nothing of weir's", "与 weir 无关" };
static const struct text is_regex = { "a regular expression, not a pattern of paths",
                                      "是正则表达式，不是路径模式" };

struct status {
        const char *name; /* "coverage.status.project" */
        const char *key;  /* of weir.yaml for a percentage */
        const char *auto_key;
        const struct text *auto_why;
};

static struct str what_of(struct taking *t, const struct status *status,
                          const struct yaml_node *target) {
        return str_fmt(t->arena, "%s %.*s", status->name, STR_ARG(text_of(target)));
}

static void take_auto(struct taking *t, const struct status *status, const struct yaml_node *target,
                      int64_t threshold) {
        if (status->auto_key)
                takeover_take(t, target, what_of(t, status, target), status->auto_key,
                              takeover_percent_text(t->arena, threshold), status->auto_why);
        else
                takeover_leave(t, target, what_of(t, status, target), status->auto_why);
}

static void take_target(struct taking *t, const struct status *status,
                        const struct yaml_node *target, int64_t threshold) {
        int64_t percent;

        if (str_eq(text_of(target), STR("auto")))
                take_auto(t, status, target, threshold);
        else if (!takeover_percent(text_of(target), &percent))
                takeover_leave(t, target, what_of(t, status, target), &no_percentage);
        else
                takeover_take(t, target, what_of(t, status, target), status->key,
                              takeover_percent_text(t->arena, MAX_OF(percent - threshold, 0)),
                              threshold ? &less_threshold : NULL);
}

static void take_default(struct taking *t, const struct status *status,
                         const struct yaml_node *node) {
        const struct yaml_node *target = yaml_get(node, STR("target"));
        const struct yaml_node *slack = yaml_get(node, STR("threshold"));
        int64_t threshold = 0;

        if (slack && !takeover_percent(text_of(slack), &threshold))
                threshold = 0;
        if (is_on(yaml_get(node, STR("informational"))))
                takeover_leave(t, node, str_of(status->name), &informational);
        else if (is_off(yaml_get(node, STR("enabled"))) || is_off(node))
                takeover_leave(t, node, str_of(status->name), &switched_off);
        else if (target)
                take_target(t, status, target, threshold);
        else if (slack)
                take_auto(t, status, slack, threshold);
}

static void take_status(struct taking *t, const struct yaml_node *node,
                        const struct status *status) {
        if (!node)
                return;
        if (is_off(node))
                takeover_leave(t, node, str_of(status->name), &switched_off);
        for (size_t i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
                const struct yaml_pair *pair = &node->pairs[i];

                if (str_eq(pair->key.text, STR("default")))
                        take_default(t, status, &pair->value);
                else
                        takeover_leave(
                                t, &pair->key,
                                str_fmt(t->arena, "%s.%.*s", status->name, STR_ARG(pair->key.text)),
                                &one_part);
        }
}

static bool looks_like_regex(struct str pattern) {
        static const char *const marks[] = { "^", "$", "\\", ".*", "(", "|" };

        for (size_t i = 0; i < COUNT_OF(marks); i++) {
                size_t at = str_find_str(pattern, str_of(marks[i]));

                /* "*.*" and "**" are patterns. */
                if (at != SIZE_MAX && !(at && pattern.ptr[at - 1] == '*'))
                        return true;
        }
        return false;
}

static bool can_be_quoted(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == '"' || text.ptr[i] == '\\')
                        return false;
        return text.len && text.len <= 500;
}

static void take_ignored(struct taking *t, const struct yaml_node *item) {
        struct str text = text_of(item), what = str_fmt(t->arena, "ignore %.*s", STR_ARG(text)),
                   glob;

        if (looks_like_regex(text)) {
                if (!takeover_glob_of_regex(t->arena, text, &glob)) {
                        takeover_leave(t, item, what, &is_regex);
                        return;
                }
                text = glob;
        }
        if (can_be_quoted(text) && takeover_glob_holds(text))
                takeover_take(t, item, what, "coverage.exclude",
                              str_fmt(t->arena, "\"%.*s\"", STR_ARG(text)), NULL);
        else
                takeover_leave(t, item, what, &is_regex);
}

void takeover_codecov(struct taking *t, const struct yaml_node *root) {
        static const struct status project = { "coverage.status.project", "coverage.total",
                                               "coverage.ratchet", &falls };
        static const struct status patch = { "coverage.status.patch", "coverage.patch", NULL,
                                             &follows_project };
        static const char *const left[] = { "flags", "flag_management", "component_management",
                                            "comment", "fixes" };
        const struct yaml_node *ignore = yaml_get(root, STR("ignore"));

        take_status(t, takeover_at(root, "coverage.status.project"), &project);
        take_status(t, takeover_at(root, "coverage.status.patch"), &patch);
        for (size_t i = 0; ignore && ignore->kind == YAML_SEQUENCE && i < ignore->count; i++)
                take_ignored(t, &ignore->items[i]);
        for (size_t i = 0; i < COUNT_OF(left); i++)
                if (yaml_get(root, str_of(left[i])))
                        takeover_leave(t, yaml_get(root, str_of(left[i])), str_of(left[i]),
                                       &not_weirs);
}

/* ---- golangci-lint ---- */

static const struct text run_it = {
        "golangci-lint runs them; give its SARIF to weir check --import",
        "由 golangci-lint 运行；将其 SARIF 交给 weir check --import"
};

static const struct text only_lint = {
        "linters pass these paths over; weir also judges modules, vendored files and tests there",
        "仅对 lint 排除；weir 还要检查其中的模块、vendor 文件与测试"
};
static const struct text no_tag = { "no build tag", "不是构建标签" };

static bool is_tag(struct str tag) {
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789._";

        for (size_t i = 0; i < tag.len; i++)
                if (str_find(str_of(allowed), tag.ptr[i]) == SIZE_MAX)
                        return false;
        return tag.len && tag.len <= TAG_MAX;
}

static void take_tag(struct taking *t, const struct yaml_node *item, struct str tag) {
        struct str shown = str_slice(tag, 0, TAG_MAX);
        struct str what = str_fmt(t->arena, "run.build-tags %.*s", STR_ARG(shown));

        if (is_tag(tag))
                takeover_take(t, item, what, "tests.tags",
                              str_fmt(t->arena, "\"%.*s\"", STR_ARG(tag)), NULL);
        else
                takeover_leave(t, item, what, &no_tag);
}

/* One item may name several, as the flag -tags does. */
static void take_tags(struct taking *t, const struct yaml_node *tags) {
        for (size_t i = 0; tags && tags->kind == YAML_SEQUENCE && i < tags->count; i++) {
                struct str rest = text_of(&tags->items[i]);

                for (size_t from = 0, at = 0; at <= rest.len; at++) {
                        if (at < rest.len && str_find(STR(", \t\r\n"), rest.ptr[at]) == SIZE_MAX)
                                continue;
                        if (at > from)
                                take_tag(t, &tags->items[i], str_slice(rest, from, at));
                        from = at + 1;
                }
        }
}

static void leave_paths(struct taking *t, const struct yaml_node *paths, const char *name) {
        for (size_t i = 0; paths && paths->kind == YAML_SEQUENCE && i < paths->count; i++) {
                struct str path = str_slice(text_of(&paths->items[i]), 0, SHOWN_MAX);

                takeover_leave(t, &paths->items[i],
                               str_fmt(t->arena, "%s %.*s", name, STR_ARG(path)), &only_lint);
        }
}

void takeover_golangci(struct taking *t, const struct yaml_node *root) {
        /* version 1, before and after 1.57, and version 2 */
        static const char *const lists[] = { "run.skip-dirs", "run.skip-files",
                                             "issues.exclude-dirs", "issues.exclude-files",
                                             "linters.exclusions.paths" };
        static const char *const left[] = {
                "linters.enable",   "linters.disable",      "linters-settings",
                "linters.settings", "issues.exclude-rules", "linters.exclusions.rules",
                "formatters"
        };

        take_tags(t, takeover_at(root, "run.build-tags"));
        for (size_t i = 0; i < COUNT_OF(lists); i++)
                leave_paths(t, takeover_at(root, lists[i]), lists[i]);
        for (size_t i = 0; i < COUNT_OF(left); i++)
                if (takeover_at(root, left[i]))
                        takeover_leave(t, takeover_at(root, left[i]), str_of(left[i]), &run_it);
}

/* ---- go-test-coverage ---- */

static const struct text no_file_gate = { "weir has no gate for single files",
                                          "weir 没有针对单个文件的要求" };

void takeover_testcoverage(struct taking *t, const struct yaml_node *root) {
        static const struct {
                const char *path, *key;
        } rows[] = { { "threshold.total", "coverage.total" },
                     { "threshold.package", "coverage.package" },
                     { "threshold.file", NULL } };

        for (size_t i = 0; i < COUNT_OF(rows); i++) {
                const struct yaml_node *node = takeover_at(root, rows[i].path);
                struct str what =
                        str_fmt(t->arena, "%s %.*s", rows[i].path, STR_ARG(text_of(node)));
                int64_t percent;

                if (!node)
                        continue;
                if (!rows[i].key)
                        takeover_leave(t, node, what, &no_file_gate);
                else if (!takeover_percent(text_of(node), &percent))
                        takeover_leave(t, node, what, &no_percentage);
                else
                        takeover_take(t, node, what, rows[i].key,
                                      takeover_percent_text(t->arena, percent), NULL);
        }
        takeover_paths(t, takeover_at(root, "exclude.paths"), "exclude.paths", "coverage.exclude");
}
