/* Checkpoint vendor: vendor/ is exactly what the modules declare. */
#include "base/buf.h"
#include "base/map.h"
#include "check/check.h"
#include "modload/vendorproof.h"

/* Which rule tells which difference. */
static const char *const difference_rules[] = {
        [VENDOR_PACKAGE_NOT_NEEDED] = "VEN021",
        [VENDOR_PACKAGE_NOT_VENDORED] = "VEN009",
        [VENDOR_PACKAGE_OTHER_MODULE] = "VEN022",
        [VENDOR_CONVERTED_EOL] = "VEN015",
        [VENDOR_LIST_DIFFERS] = "VEN020",
        [VENDOR_CHANGED] = "VEN001",
        [VENDOR_CHANGED_BOM] = "VEN001",
        [VENDOR_MISSING] = "VEN002",
        [VENDOR_EXTRA] = "VEN003",
        [VENDOR_OTHER_VERSION] = "VEN004",
        [VENDOR_NOT_EXPLICIT] = "VEN005",
        [VENDOR_NOT_REQUIRED] = "VEN005",
        [VENDOR_NOT_REPLACED] = "VEN006",
        [VENDOR_OTHER_REPLACEMENT] = "VEN006",
        [VENDOR_REPLACEMENT_LEFT] = "VEN006",
        [VENDOR_GO_MARK] = "VEN007",
        [VENDOR_MODULE_LEFT] = "VEN008",
        [VENDOR_PACKAGE_TWICE] = "VEN011",
        [VENDOR_PACKAGE_OUTSIDE] = "VEN011",
        [VENDOR_PACKAGE_ABSENT] = "VEN008",
        [VENDOR_PRUNED] = "VEN010",
        [VENDOR_WRONG_MODULE] = "VEN011",
        [VENDOR_LETTER_CASE] = "VEN012",
        [VENDOR_NOT_REGULAR] = "VEN013",
        [VENDOR_CHANGED_EOL] = "VEN014",
        [VENDOR_NO_LIST] = "VEN016",
        [VENDOR_STRANGE_LINE] = "VEN018",
        [VENDOR_WORKSPACE_MARK] = "VEN019",
};

/* What stands in the place of a value that a difference has not. */
static struct str or_else(struct str value, struct str other) {
        return value.len ? value : other;
}

/* The file, package or module that the difference is about. */
static struct str what(const struct vendor_difference *difference) {
        if (difference->kind == VENDOR_WRONG_MODULE)
                return difference->file;
        return or_else(difference->package, difference->mod.path);
}

static const struct text mark_missing = {
        "modules.txt does not mark {module} with a go version; its own go.mod says {want}",
        "modules.txt 未标注 {module} 的 go 版本，而其 go.mod 为 {want}"
};
static const struct text mark_added = {
        "modules.txt marks {module} with go {got}; its own go.mod names no version",
        "modules.txt 将 {module} 标为 go {got}，而其 go.mod 未写版本"
};

#define VENDOR_AGAIN "go mod vendor, and commit the result"

/* The vendor folder of a workspace is another command's. */
static const struct text work_mend = { "go work vendor, and commit the result",
                                       "运行 go work vendor 并提交结果" };

static void say_mark(struct finding *finding, const struct vendor_difference *difference) {
        if (difference->kind == VENDOR_GO_MARK && !difference->got.len)
                finding_say(finding, &mark_missing);
        if (difference->kind == VENDOR_GO_MARK && !difference->want.len)
                finding_say(finding, &mark_added);
}

static struct finding *report(struct findings *out, const struct rule *rule,
                              const struct module_facts *module,
                              const struct vendor_difference *difference) {
        struct finding *finding = finding_add(out, rule, difference->file, difference->line, 0);

        finding_module(finding, difference->mod.path, difference->mod.version);
        finding_fill(finding, "file", difference->file);
        finding_fill(finding, "want", or_else(difference->want, STR("-")));
        finding_fill(finding, "got", or_else(difference->got, STR("-")));
        finding_fill(finding, "what", what(difference));
        finding_fill(finding, "declared", or_else(difference->declared_in, STR("go.mod")));
        if (module->work && str_eq(str_of(rule->mend.en), STR(VENDOR_AGAIN)))
                finding->mend.text = &work_mend;
        finding->go_refuses = difference->go_refuses;
        say_mark(finding, difference);
        finding->key = str_fmt(out->arena, "%.*s %.*s %.*s", STR_ARG(difference->mod.path),
                               STR_ARG(difference->package), STR_ARG(difference->file));
        return finding;
}

static bool is_told_by(const struct vendor_difference *difference, const struct rule *rule) {
        return str_eq(str_of(difference_rules[difference->kind]), str_of(rule->id));
}

/* In a workspace a version may be listed that is not the selected one; its mark is then of the
 * selected version, and says nothing about the listed. */
static bool is_mark_of_another(const struct module_facts *module,
                               const struct vendor_difference *difference) {
        if (difference->kind != VENDOR_GO_MARK || !module->work)
                return false;
        for (size_t i = 0; i < module->build_list_count; i++)
                if (mod_version_eq(module->build_list[i].mod, difference->mod))
                        return false;
        return true;
}

/* ---- many files, one cause ---- */

#define GROUP_MIN 4    /* files of one module that are told together */
#define CHANGED_MIN 10 /* the same of changed files: each may well be a change of its own */
#define GROUPS_MAX 20  /* modules told one by one */

/* What is said of a whole group. */
static const struct text group_texts[] = {
        [VENDOR_CHANGED] = { "{count} files under {folder} differ from {module} {version}",
                             "{folder} 下有 {count} 个文件与 {module} {version} 不一致" },
        [VENDOR_MISSING] = { "{count} files that belong under {folder} are missing",
                             "{folder} 下应有的 {count} 个文件缺失" },
        [VENDOR_EXTRA] = { "{count} files under {folder} are in no module that is vendored",
                           "{folder} 下有 {count} 个文件不属于任何已 vendor 的模块" },
        [VENDOR_PRUNED] = { "`go mod vendor` leaves out {count} files that lie under {folder}",
                            "{folder} 下有 {count} 个文件会被 `go mod vendor` 剔除" },
        [VENDOR_LETTER_CASE] = { "{count} names under {folder} differ in letter case, so {file} should be {want}",
                                 "{folder} 下有 {count} 个名称大小写不同，例如 {file} 应为 {want}" },
        [VENDOR_CHANGED_EOL] = { "{count} files under {folder} differ from their modules in the ends of their lines",
                                 "{folder} 下有 {count} 个文件与其模块仅换行符不同" },
        [VENDOR_CONVERTED_EOL] = { "{count} files under {folder} differ from their modules only by the end-of-line conversion of .gitattributes",
                                   "{folder} 下有 {count} 个文件与其模块仅因 .gitattributes 的换行转换而不同" },
};

static const struct text group_unkept = {
        "{count} files under {folder} are ignored by git and will not be committed",
        "{folder} 下有 {count} 个文件被 git 忽略，不会被提交"
};
static const struct text group_step = { "", "" };

struct group {
        VEC(const struct vendor_difference *) list;
};

struct groups {
        const struct rule *rule;
        const struct module_facts *module;
        struct findings *out;
        struct map by_module;
};

static bool may_be_grouped(const struct vendor_difference *difference) {
        return difference->kind < COUNT_OF(group_texts) && group_texts[difference->kind].en;
}

static size_t group_min(const struct group *group) {
        return group->list.items[0]->kind == VENDOR_CHANGED ? CHANGED_MIN : GROUP_MIN;
}

static struct str folder_of(struct str file) {
        struct str folder = STR_NONE, name;

        str_cut_last(file, '/', &folder, &name);
        return folder;
}

static bool is_below_folder(struct str file, struct str folder) {
        return str_has_prefix(file, folder) &&
               (folder.len == 0 || (file.len > folder.len && file.ptr[folder.len] == '/'));
}

/* Widens *folder until file lies below it. */
static void widen(struct str *folder, struct str file) {
        while (!is_below_folder(file, *folder))
                *folder = folder_of(*folder);
}

/* The files enter the key: where one more is concerned, it is another finding. */
static void finish_group(struct findings *out, struct finding *finding, struct str folder) {
        struct buf key = buf_make(out->arena);

        buf_add(&key, finding->file);
        for (size_t i = 0; i < finding->steps.count; i++)
                buf_printf(&key, " %.*s", STR_ARG(finding->steps.items[i].file));
        finding->key = buf_str(&key);
        finding_fill(finding, "folder", folder);
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", finding->steps.count + 1));
}

static void report_group(struct groups *groups, const struct group *group) {
        const struct vendor_difference *first = group->list.items[0];
        struct finding *finding = report(groups->out, groups->rule, groups->module, first);
        struct str folder = folder_of(first->file);

        for (size_t i = 1; i < group->list.count; i++) {
                const struct vendor_difference *other = group->list.items[i];

                widen(&folder, other->file);
                finding_step(groups->out, finding, other->file, other->line, &group_step);
                if (!mod_version_eq(other->mod, first->mod))
                        finding->module = finding->version = STR_NONE;
                finding->go_refuses |= other->go_refuses;
        }
        finding_say(finding, &group_texts[first->kind]);
        finish_group(groups->out, finding, folder);
}

static void report_each(struct groups *groups, const struct group *group) {
        for (size_t i = 0; i < group->list.count; i++)
                report(groups->out, groups->rule, groups->module, group->list.items[i]);
}

static void add_to_group(struct groups *groups, struct str key,
                         const struct vendor_difference *difference) {
        struct arena *arena = groups->out->arena;
        void **slot = map_put(&groups->by_module, key);

        if (!*slot) {
                *slot = ARENA_NEW(arena, struct group);
                *(struct group *)*slot = (struct group){ 0 };
        }
        *VEC_ADD(arena, &((struct group *)*slot)->list) = difference;
}

/* A package that is needed and not listed is told as such, and not again by its files. */
static bool is_of_package_not_listed(const struct module_facts *module,
                                     const struct vendor_difference *difference) {
        struct str folder = folder_of(difference->file);

        if (difference->kind != VENDOR_EXTRA && difference->kind != VENDOR_PRUNED)
                return false;
        for (size_t i = 0; i < module->vendor_need_count; i++)
                if (module->vendor_needs[i].kind == VENDOR_PACKAGE_NOT_VENDORED &&
                    str_has_suffix(folder, module->vendor_needs[i].package))
                        return true;
        return false;
}

/* Files of one module, or those of no module in one folder, have one cause. */
static struct str group_key(struct arena *arena, const struct vendor_difference *difference) {
        struct str owner =
                difference->mod.path.len ? difference->mod.path : folder_of(difference->file);

        return str_fmt(arena, "%d %.*s", (int)difference->kind, STR_ARG(owner));
}

static void group_differences(struct groups *groups, bool by_module) {
        const struct vendorproof *proof = groups->module->vendor;
        struct arena *arena = groups->out->arena;

        groups->by_module = map_make(arena);
        for (size_t i = 0; i < proof->differences.count; i++) {
                const struct vendor_difference *difference = &proof->differences.items[i];

                if (!is_told_by(difference, groups->rule) || !may_be_grouped(difference) ||
                    is_of_package_not_listed(groups->module, difference))
                        continue;
                add_to_group(groups, by_module ? group_key(arena, difference) : STR("all"),
                             difference);
        }
}

static void run_groups(const struct rule *rule, const struct module_facts *module,
                       struct findings *out) {
        struct groups groups = { .rule = rule, .module = module, .out = out };

        group_differences(&groups, true);
        if (groups.by_module.count > GROUPS_MAX && !str_eq(str_of(rule->id), STR("VEN001")))
                group_differences(&groups, false);
        for (size_t i = 0; i < groups.by_module.count; i++) {
                const struct group *group = groups.by_module.entries[i].value;

                if (group->list.count >= group_min(group))
                        report_group(&groups, group);
                else
                        report_each(&groups, group);
        }
}

static void run_differences(const struct rule *rule, const struct repo_facts *repo UNUSED,
                            const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->vendor->differences.count; i++) {
                const struct vendor_difference *difference = &module->vendor->differences.items[i];

                if (is_told_by(difference, rule) && !may_be_grouped(difference) &&
                    !is_mark_of_another(module, difference))
                        report(out, rule, module, difference);
        }
        run_groups(rule, module, out);
}

/* The same of what only the plan of `go mod vendor` tells. */
static void run_needs(const struct rule *rule, const struct repo_facts *repo UNUSED,
                      const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->vendor_need_count; i++)
                if (is_told_by(&module->vendor_needs[i], rule))
                        report(out, rule, module, &module->vendor_needs[i]);
}

static struct finding *report_unkept(struct findings *out, const struct rule *rule,
                                     struct str file) {
        struct finding *finding = finding_add(out, rule, file, 0, 0);

        finding_fill(finding, "file", file);
        finding->key = file;
        return finding;
}

static void run_unkept(const struct rule *rule, const struct repo_facts *repo UNUSED,
                       const struct module_facts *module, struct findings *out) {
        struct finding *first = NULL;
        struct str folder = STR_NONE;

        for (size_t i = 0; i < module->unkept_count; i++) {
                if (!first || module->unkept_count < GROUP_MIN) {
                        first = report_unkept(out, rule, module->unkept[i]);
                        folder = folder_of(module->unkept[i]);
                        continue;
                }
                widen(&folder, module->unkept[i]);
                finding_step(out, first, module->unkept[i], 0, &group_step);
        }
        if (!first || !first->steps.count)
                return;
        finding_say(first, &group_unkept);
        finish_group(out, first, folder);
}

static const struct rule rules[] = {
        { .id = "VEN001",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a vendored file was changed", "vendor 中的文件被修改" },
          .text = { "{file} differs from {module} {version}",
                    "{file} 与 {module} {version} 不一致" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN002",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a vendored file is missing", "vendor 中缺少文件" },
          .text = { "{file} of {module} {version} is missing",
                    "缺少 {module} {version} 的 {file}" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN003",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a file in vendor that no module has", "vendor 中有不属于任何模块的文件" },
          .text = { "{file} is in no module that is vendored",
                    "{file} 不属于任何已 vendor 的模块" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN004",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "modules.txt names another version than go.mod",
                     "modules.txt 的版本与 go.mod 不同" },
          .text = { "vendor holds {module} {got}; {declared} requires {want}",
                    "vendor 中为 {module} {got}，而 {declared} 要求 {want}" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN005",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "modules.txt and go.mod list different requirements",
                     "modules.txt 与 go.mod 的依赖列表不同" },
          .text = { "modules.txt and {declared} do not say the same of {module} {version}",
                    "modules.txt 与 {declared} 对 {module} {version} 的记录不一致" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN006",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "modules.txt and go.mod replace differently",
                     "modules.txt 与 go.mod 的替换不同" },
          .text = { "the replacement of {module} in modules.txt is not that of {declared}",
                    "modules.txt 中 {module} 的替换与 {declared} 不符" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN007",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a wrong go version mark in modules.txt", "modules.txt 中 go 版本标记有误" },
          .text = { "modules.txt marks {module} with go {got}; its own go.mod says {want}",
                    "modules.txt 将 {module} 标为 go {got}，而其 go.mod 为 {want}" },
          .why = { "The mark decides by which language version the vendored code is compiled.",
                   "该标记决定以哪个语言版本编译 vendor 中的代码。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN008",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "modules.txt lists what nothing needs", "modules.txt 列有无人需要的内容" },
          .text = { "modules.txt lists {what}, which nothing here asks for",
                    "modules.txt 列有 {what}，但此处无人需要" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN009",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR_NEED),
          .title = { "a package that is needed is not vendored", "需要的包未被 vendor" },
          .text = { "{what} of {module} is imported and not vendored",
                    "{module} 的 {what} 被导入但未 vendor" },
          .why = { "A build with -mod=vendor fails, and one without it uses code that nobody vendored.",
                   "以 -mod=vendor 构建会失败，不使用该模式则会用到未被 vendor 的代码。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_needs },
        { .id = "VEN010",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a file that vendoring leaves out", "vendor 中有本应被剔除的文件" },
          .text = { "{file} is in {module} {version}, but `go mod vendor` leaves it out",
                    "{file} 属于 {module} {version}，但 `go mod vendor` 会将其剔除" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN011",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a file or package under the wrong module", "文件或包位于错误的模块之下" },
          .text = { "{what} stands under {module} and belongs to another module ({want}{got})",
                    "{what} 位于 {module} 之下，但属于另一模块（{want}{got}）" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN012",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a vendored name differs in letter case", "vendor 中的文件名大小写不同" },
          .text = { "{file} should be named {want}", "{file} 应命名为 {want}" },
          .why = { "On a file system that folds case the build works, on the server it does not.",
                   "在不区分大小写的文件系统上可以构建，在服务器上则不行。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN013",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a symlink or special file in vendor", "vendor 中有符号链接或特殊文件" },
          .text = { "{file} is a symlink or special file; `go mod vendor` writes only regular files",
                    "{file} 是符号链接或特殊文件，而 `go mod vendor` 只写入普通文件" },
          .why = { "What a link leads to can change without any commit, and `go mod vendor` never writes one.",
                   "链接指向的内容可以在没有提交的情况下改变，而 `go mod vendor` 从不写入链接。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN014",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a vendored file with other line ends", "vendor 中文件的换行符不同" },
          .text = { "{file} differs from {module} {version} in the ends of its lines",
                    "{file} 与 {module} {version} 仅换行符不同" },
          .why = { "Vendored code is compiled into the service and read by nobody. A file that is not the published one is a change without a review.",
                   "vendor 中的代码会编译进服务，却无人阅读。与发布内容不同的文件就是未经评审的修改。" },
          .mend = { "go mod vendor, and put `vendor/** -text` into .gitattributes",
                    "运行 go mod vendor，并在 .gitattributes 中加入 `vendor/** -text`" },
          .run = run_differences },
        { .id = "VEN015",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "git converts the line ends of vendored files",
                     "git 转换了 vendor 文件的换行符" },
          .text = { "{file} differs from {module} {version} only by the end-of-line conversion of .gitattributes",
                    "{file} 与 {module} {version} 仅因 .gitattributes 的换行转换而不同" },
          .why = { "What git stores is not what the module published, so no digest of it can be compared outside this host.",
                   "git 中保存的内容与模块发布的不同，在其他主机上无法用摘要核对。" },
          .mend = { "put `vendor/** -text` into .gitattributes, then `git add --renormalize vendor`",
                    "在 .gitattributes 中加入 `vendor/** -text`，再运行 `git add --renormalize vendor`" },
          .run = run_differences },
        { .id = "VEN016",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "vendor without modules.txt", "vendor 缺少 modules.txt" },
          .text = { "there is a vendor folder and no {file}", "存在 vendor 目录但没有 {file}" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN017",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR_UNKEPT),
          .title = { ".gitignore keeps a vendored file out of the commit",
                     ".gitignore 使 vendor 文件不会被提交" },
          .text = { "{file} is ignored by git and will not be committed",
                    "{file} 被 git 忽略，不会被提交" },
          .why = { "The build works on this machine and nowhere else: the file never leaves it.",
                   "只有本机能构建：该文件从未离开本机。" },
          .mend = { "put `!/vendor/**` into .gitignore, or `git add -f {file}`",
                    "在 .gitignore 中加入 `!/vendor/**`，或运行 `git add -f {file}`" },
          .run = run_unkept },
        { .id = "VEN018",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "a line of modules.txt that means nothing", "modules.txt 中有无意义的行" },
          .text = { "modules.txt has a line that the go command cannot interpret: {got}",
                    "modules.txt 中有 go 命令无法解释的行：{got}" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_differences },
        { .id = "VEN019",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR),
          .title = { "vendor was made for a workspace, or not for one", "vendor 与工作区模式不符" },
          .text = { "modules.txt was made for a {got}, and what is judged is a {want}",
                    "modules.txt 为 {got} 生成，而检查对象是 {want}" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { "go work vendor in a workspace, else go mod vendor",
                    "在工作区使用 go work vendor，否则使用 go mod vendor" },
          .run = run_differences },
        { .id = "VEN020",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR_NEED),
          .title = { "modules.txt is not what go mod vendor writes",
                     "modules.txt 与 go mod vendor 所写不同" },
          .text = { "{file} says the same in other words than `go mod vendor` writes",
                    "{file} 的写法与 `go mod vendor` 所写不同" },
          .why = { "A build with -mod=vendor uses the code that lies in vendor, whatever go.mod says. Where the two differ, what was reviewed in go.mod is not what runs.",
                   "以 -mod=vendor 构建使用的是 vendor 中的代码，与 go.mod 所写无关。两者不一致时，评审的内容并非实际运行的内容。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_needs },
        { .id = "VEN021",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR_NEED),
          .title = { "a vendored package that nothing imports", "vendor 中有无人导入的包" },
          .text = { "{what} of {module} is vendored and nothing imports it",
                    "{module} 的 {what} 已 vendor 但无人导入" },
          .why = { "Code that nobody uses is still code that somebody has to trust.",
                   "无人使用的代码仍然需要有人信任。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_needs },
        { .id = "VEN022",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(VENDOR_NEED),
          .title = { "a package is listed under another module than provides it",
                     "包列在并非提供者的模块之下" },
          .text = { "{what} is listed under {got}; {want} provides it",
                    "{what} 列在 {got} 之下，而提供者是 {want}" },
          .why = { "modules.txt then names a version for the package that is not the one that is built.",
                   "modules.txt 为该包标注的版本因此不是实际构建的版本。" },
          .mend = { VENDOR_AGAIN, "运行 go mod vendor 并提交结果" },
          .run = run_needs },
};

const struct check check_vendor = {
        .id = "vendor",
        .stage = STAGE_COMMIT,
        .title = { "vendor/ against modules.txt, go.mod and go.sum, file by file",
                   "逐文件核对 vendor/ 与 modules.txt、go.mod、go.sum" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
