/* Checkpoint coverage: enough of the delivery is run by its tests. */
#include "facts/coverage.h"

#include "check/check.h"

/* "79.96", and the two numbers it is made of. */
static void fill_sum(struct finding *finding, struct findings *out, struct coverage_sum sum) {
        finding_fill(finding, "percent", coverage_words(out->arena, sum));
        finding_fill(finding, "covered",
                     str_fmt(out->arena, "%llu", (unsigned long long)sum.covered));
        finding_fill(finding, "statements",
                     str_fmt(out->arena, "%llu", (unsigned long long)sum.statements));
}

static struct str hundredths_words(struct arena *arena, int64_t hundredths) {
        if (hundredths % 100 == 0)
                return str_fmt(arena, "%lld", (long long)(hundredths / 100));
        return str_fmt(arena, "%lld.%02lld", (long long)(hundredths / 100),
                       (long long)(hundredths % 100));
}

/* A finding on a folder of the tree, or on all of it: go.mod stands for the whole. */
static struct finding *add(struct findings *out, const struct rule *rule,
                           const struct repo_facts *repo, struct str key) {
        struct str file = repo->module_count ? repo->modules[0].modfile_path : STR("go.mod");
        struct finding *finding = finding_add(out, rule, file, 0, 0);

        finding->key = key;
        return finding;
}

static void run_total(const struct rule *rule, const struct repo_facts *repo,
                      const struct module_facts *module UNUSED, struct findings *out) {
        int64_t wanted = repo->options.coverage.total;
        struct finding *finding;

        if (coverage_reaches(repo->coverage->total, wanted))
                return;
        finding = add(out, rule, repo, STR("total"));
        fill_sum(finding, out, repo->coverage->total);
        finding_fill(finding, "wanted", hundredths_words(out->arena, wanted));
}

/* The file of a package that has most left to cover. */
static const struct coverage_file *worst_file(const struct coverage *coverage, size_t package) {
        const struct coverage_file *worst = NULL;

        for (size_t i = 0; i < coverage->file_count; i++) {
                const struct coverage_file *file = &coverage->files[i];

                if (file->package == package &&
                    (!worst || file->sum.statements - file->sum.covered >
                                       worst->sum.statements - worst->sum.covered))
                        worst = file;
        }
        return worst;
}

static void run_packages(const struct rule *rule, const struct repo_facts *repo,
                         const struct module_facts *module UNUSED, struct findings *out) {
        int64_t wanted = repo->options.coverage.package;
        const struct coverage *coverage = repo->coverage;

        for (size_t i = 0; i < coverage->package_count; i++) {
                const struct coverage_package *package = &coverage->packages[i];
                struct finding *finding;

                if (coverage_reaches(package->sum, wanted))
                        continue;
                finding = finding_add(out, rule, worst_file(coverage, i)->path, 0, 0);
                finding->key = package->path;
                finding_fill(finding, "package", package->path);
                fill_sum(finding, out, package->sum);
                finding_fill(finding, "wanted", hundredths_words(out->arena, wanted));
        }
}

static const struct coverage_file *worst_patch(const struct coverage *coverage) {
        const struct coverage_file *worst = &coverage->files[0];

        for (size_t i = 1; i < coverage->file_count; i++) {
                const struct coverage_file *file = &coverage->files[i];

                if (file->patch.statements - file->patch.covered >
                    worst->patch.statements - worst->patch.covered)
                        worst = file;
        }
        return worst;
}

static void run_patch(const struct rule *rule, const struct repo_facts *repo,
                      const struct module_facts *module UNUSED, struct findings *out) {
        int64_t wanted = repo->options.coverage.patch;
        struct finding *finding;

        if (!repo->coverage->has_patch || coverage_reaches(repo->coverage->patch, wanted))
                return;
        finding = finding_add(out, rule, worst_patch(repo->coverage)->path, 0, 0);
        finding->key = STR("patch");
        fill_sum(finding, out, repo->coverage->patch);
        finding_fill(finding, "wanted", hundredths_words(out->arena, wanted));
}

static void run_ratchet(const struct rule *rule, const struct repo_facts *repo,
                        const struct module_facts *module UNUSED, struct findings *out) {
        const struct coverage_options *options = &repo->options.coverage;
        struct coverage_sum before = { options->stored_statements, options->stored_covered };
        struct finding *finding;

        if (!options->has_stored ||
            !coverage_falls(before, repo->coverage->total, options->ratchet))
                return;
        finding = add(out, rule, repo, STR("ratchet"));
        fill_sum(finding, out, repo->coverage->total);
        finding_fill(finding, "before", coverage_words(out->arena, before));
        finding_fill(finding, "points", hundredths_words(out->arena, options->ratchet));
}

/* words in two languages, side by side */
/* clang-format off */
static const struct rule rules[] = {
        { .id = "COV001",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(COVERAGE),
          .title = { "too little is covered by tests", "测试覆盖率不足" },
          .text = { "{percent}% of all statements are covered ({covered} of {statements}), "
                    "less than {wanted}%",
                    "全部语句的覆盖率为 {percent}%（{covered}/{statements}），低于要求的 {wanted}%" },
          .why = { "Code that no test runs is first run by a customer. The total says how much "
                   "of the delivery that is.",
                   "没有被测试运行过的代码，会由客户第一个运行。总覆盖率说明交付中这部分有多大。" },
          .mend = { "add tests for the functions with most uncovered statements: "
                    "--format html=FILE shows them line by line",
                    "为未覆盖语句最多的函数补充测试：--format html=FILE 会逐行显示" },
          .run = run_total },
        { .id = "COV002",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(COVERAGE),
          .title = { "too little of a package is covered", "某个包的覆盖率不足" },
          .text = { "{percent}% of the statements of {package} are covered ({covered} of "
                    "{statements}), less than {wanted}%",
                    "包 {package} 的语句覆盖率为 {percent}%（{covered}/{statements}），"
                    "低于要求的 {wanted}%" },
          .why = { "A high total can hide a package that nobody tests.",
                   "总覆盖率高，也可能掩盖某个完全没有测试的包。" },
          .mend = { "add tests to {package}; this file has most left to cover",
                    "为 {package} 补充测试；此文件中未覆盖的语句最多" },
          .run = run_packages },
        { .id = "COV003",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(COVERAGE),
          .title = { "too little of the change is covered", "本次变更的覆盖率不足" },
          .text = { "{percent}% of the statements that this change touches are covered "
                    "({covered} of {statements}), less than {wanted}%",
                    "本次变更触及的语句的覆盖率为 {percent}%（{covered}/{statements}），"
                    "低于要求的 {wanted}%" },
          .why = { "Who changes code knows best what it should do; later nobody writes the "
                   "missing test.",
                   "修改代码的人最清楚它应有的行为；以后不会再有人补上缺失的测试。" },
          .mend = { "add tests for what the change touches; this file has most left to cover",
                    "为变更触及的代码补充测试；此文件中未覆盖的语句最多" },
          .run = run_patch },
        { .id = "COV004",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(COVERAGE),
          .title = { "coverage has fallen", "覆盖率下降" },
          .text = { "coverage has fallen from {before}% to {percent}% ({covered} of "
                    "{statements}); the fall allowed, in points: {points}",
                    "覆盖率从 {before}% 降至 {percent}%（{covered}/{statements}），"
                    "允许的降幅（百分点）：{points}" },
          .why = { "Coverage is lost a little at a time. What was reached once is kept, or "
                   "given up by a decision that somebody signs.",
                   "覆盖率总是一点一点流失的。已经达到的水平应当保持，若要放弃，须有人明确决定。" },
          .mend = { "add tests for what this change leaves uncovered, or store the new value: "
                    "weir baseline write --profile FILE",
                    "为本次变更未覆盖的代码补充测试，或保存新值：weir baseline write --profile FILE" },
          .run = run_ratchet },
};
/* clang-format on */

const struct check check_coverage = {
        .id = "coverage",
        .stage = STAGE_MERGE,
        .judges_whole = true,
        .title = { "statements covered by tests: in total, by package, of the change",
                   "测试覆盖的语句：总体、各包、本次变更" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
