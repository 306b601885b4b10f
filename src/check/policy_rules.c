#include "check/policy_rules.h"

#include <assert.h>

/* The engine finds nothing to run here: policy/ adds these findings when the others are known. */
static void run_nothing(const struct rule *rule UNUSED, const struct repo_facts *repo UNUSED,
                        const struct module_facts *module UNUSED, struct findings *out UNUSED) {
}

/* In the order of enum policy_rule. */
static const struct rule rules[] = {
        { .id = "POL001",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a waiver has expired", "豁免已过期" },
          .text = { "the waiver of {rule} for {path} expired on {expires} (owner: {owner})",
                    "对 {path} 中 {rule} 的豁免已于 {expires} 到期（负责人：{owner}）" },
          .why = { "A waiver is a promise to come back by a date. After the date it no longer "
                   "covers anything, and nobody should go on believing that it does.",
                   "豁免是在限期内解决问题的承诺。到期后它不再有效，任何人都不应以为它仍然有效。" },
          .mend = { "mend what {rule} finds and delete the waiver, or have its owner set a "
                    "new date with a new reason",
                    "解决 {rule} 指出的问题并删除该豁免，或由负责人重新给出期限和理由" },
          .run = run_nothing },
        { .id = "POL002",
          .severity = SEV_WARNING,
          .scope = SCOPE_REPOSITORY,
          .title = { "a waiver covers nothing", "豁免没有对应的问题" },
          .text = { "the waiver of {rule} for {path} covers no finding",
                    "对 {path} 中 {rule} 的豁免没有对应任何问题" },
          .why = { "A waiver that covers nothing today may cover something tomorrow that "
                   "nobody has looked at.",
                   "今天没有对应问题的豁免，明天可能会掩盖无人审视的新问题。" },
          .mend = { "delete the waiver", "删除该豁免" },
          .run = run_nothing },
        { .id = "POL003",
          .severity = SEV_WARNING,
          .scope = SCOPE_REPOSITORY,
          .title = { "an ignore comment that has no effect", "忽略注释无效" },
          .text = { "this comment ignores nothing", "该注释不起作用" },
          .why = { "An ignore comment needs the id of a rule and a reason; without them it "
                   "has no effect, and its author may think that it has.",
                   "忽略注释必须写明规则编号和理由，否则不起作用，而作者可能以为它有效。" },
          .mend = { "write weir:ignore RULE REASON", "写成 weir:ignore 规则 理由" },
          .run = run_nothing },
        { .id = "POL004",
          .severity = SEV_WARNING,
          .scope = SCOPE_REPOSITORY,
          .title = { "an ignore comment covers nothing", "忽略注释没有对应的问题" },
          .text = { "{rule} finds nothing on the line that this comment covers",
                    "该注释所覆盖的行上没有 {rule} 的问题" },
          .why = { "The cause was mended or the line has moved; the comment would hide the "
                   "next finding there unseen.",
                   "原因可能已被解决，或代码行已移动；该注释会悄悄掩盖此处的下一个问题。" },
          .mend = { "delete the comment", "删除该注释" },
          .run = run_nothing },
        { .id = "POL005",
          .severity = SEV_NOTE,
          .scope = SCOPE_REPOSITORY,
          .title = { "the baseline holds findings that are gone", "基线中有已消失的问题" },
          .text = { "findings of the baseline that are gone: {count}",
                    "基线中有 {count} 个问题已不存在" },
          .why = { "What was mended should not come back unseen; a shorter baseline is how "
                   "progress is kept.",
                   "已解决的问题不应在无人察觉时重现；缩短基线才能守住进展。" },
          .mend = { "weir baseline write", "weir baseline write" },
          .run = run_nothing },
        { .id = "POL010",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change switches a checkpoint off", "变更关闭了检查点" },
          .text = { "sets checkpoint {name} from {before} to {after}",
                    "将检查点 {name} 从 {before} 改为 {after}" },
          .why = { "Who is judged must not choose what is judged. A looser policy takes "
                   "effect only after somebody else has merged it.",
                   "被检查者不应自行决定检查内容。放宽策略的变更只有在他人合并之后才生效。" },
          .mend = { "take the change of the policy out, or let the repository's owner judge "
                    "it with --policy-from head",
                    "撤回对策略的修改，或由仓库负责人使用 --policy-from head 检查" },
          .run = run_nothing },
        { .id = "POL011",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change lowers the severity of a rule", "变更降低了规则级别" },
          .text = { "lowers rule {name} from {before} to {after}",
                    "将规则 {name} 从 {before} 降为 {after}" },
          .why = { "Only errors block. A rule that is lowered in the change that breaks it "
                   "would never have blocked anything.",
                   "只有 error 级别会阻断。若在违反规则的同一变更中降低其级别，规则就形同虚设。" },
          .mend = { "take the change of the policy out, or let the repository's owner judge "
                    "it with --policy-from head",
                    "撤回对策略的修改，或由仓库负责人使用 --policy-from head 检查" },
          .run = run_nothing },
        { .id = "POL012",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change loosens a setting of the policy", "变更放宽了策略设置" },
          .text = { "loosens {name} from {before} to {after}",
                    "将 {name} 从 {before} 放宽为 {after}" },
          .why = { "A threshold that gives way to each change holds nothing back.",
                   "随变更而让步的阈值起不到任何约束作用。" },
          .mend = { "take the change of the policy out, or let the repository's owner judge "
                    "it with --policy-from head",
                    "撤回对策略的修改，或由仓库负责人使用 --policy-from head 检查" },
          .run = run_nothing },
        { .id = "POL013",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change adds or prolongs a waiver", "变更新增或延长了豁免" },
          .text = { "waives {rule} for {path} until {expires}: {reason}",
                    "豁免 {path} 中的 {rule}，期限 {expires}：{reason}" },
          .why = { "A waiver is for somebody else to grant: it takes effect only after it is "
                   "merged.",
                   "豁免应由他人批准：合并之后才生效。" },
          .mend = { "mend what {rule} finds, or merge the waiver by itself first",
                    "解决 {rule} 指出的问题，或先单独合并该豁免" },
          .run = run_nothing },
        { .id = "POL014",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change takes paths out of the judgement", "变更将路径排除在检查之外" },
          .text = { "ignores all findings in {path}", "忽略 {path} 中的所有问题" },
          .why = { "Files that no rule looks at are where the next incident comes from.",
                   "没有规则检查的文件正是下一次事故的来源。" },
          .mend = { "take the pattern out, or merge it by itself first",
                    "删除该模式，或先单独合并它" },
          .run = run_nothing },
        { .id = "POL015",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change adds an ignore comment", "变更新增了忽略注释" },
          .text = { "ignores {rule} here: {reason}", "在此忽略 {rule}：{reason}" },
          .why = { "A comment that silences a rule takes effect only after somebody else has "
                   "merged it.",
                   "使规则静默的注释只有在他人合并之后才生效。" },
          .mend = { "mend what {rule} finds, or let the repository's owner judge the change "
                    "with --policy-from head",
                    "解决 {rule} 指出的问题，或由仓库负责人使用 --policy-from head 检查" },
          .run = run_nothing },
        { .id = "POL016",
          .severity = SEV_ERROR,
          .scope = SCOPE_REPOSITORY,
          .title = { "a change adds findings to the baseline", "变更向基线中添加了问题" },
          .text = { "findings added to the baseline: {count}, the first is {rule} in {path}",
                    "向基线中添加了 {count} 个问题，第一个是 {path} 中的 {rule}" },
          .why = { "The baseline holds what was there before; what a change brings is new.",
                   "基线只记录原有问题；变更带来的问题属于新问题。" },
          .mend = { "mend the new findings, and write the baseline in a change of its own",
                    "解决新问题，并在单独的变更中更新基线" },
          .run = run_nothing },
};

const struct check check_policy = {
        .id = "policy",
        .stage = STAGE_COMMIT,
        .title = { "the policy itself: waivers, ignore comments, baseline, loosening",
                   "策略本身：豁免、忽略注释、基线、放宽" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};

const struct rule *policy_rule(enum policy_rule rule) {
        assert(rule < POLICY_RULE_COUNT);
        return &rules[rule];
}
