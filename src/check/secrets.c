/* Checkpoint secrets: a finding for each secret that leak/ has seen, without its bytes. */
#include "check/secrets.h"

#include "check/secret_rules.h"
#include "data/digest.h"

/* clang-format off */
static const struct text whose_path = {
        "{file} is a file that rule {id} forbids", "{file} 是规则 {id} 禁止的文件" };
static const struct text more_on_line = {
        "more secrets of this rule on the line: {count}", "该行还有此规则的其他密钥：{count} 处" };
static const struct text in_commit = {
        "first added by commit {commit}, {author}", "最早由提交 {commit} 引入，作者 {author}" };
static const struct text was_pushed = {
        "{ref} has it too: it was pushed, so revoke it first", "{ref} 中也有：它已被推送，请先吊销" };
static const struct text not_pushed = {
        "no remote branch that is known here has it", "本地已知的远程分支中都没有它" };
/* clang-format on */

static enum severity severity_of(enum rule_severity severity) {
        static const enum severity severities[] = {
                [RULE_ERROR] = SEV_ERROR, [RULE_WARNING] = SEV_WARNING, [RULE_NOTE] = SEV_NOTE
        };

        return severities[severity];
}

/* The secret itself is what a finding is about, wherever it lies. */
static struct str key_of(struct arena *arena, const struct scan_hit *hit, struct str file) {
        return hit->secret.length ? digest_hex(arena, &hit->hmac) : file;
}

static void tell_commit(struct findings *out, struct finding *finding,
                        const struct found_secret *found) {
        struct message *step;

        finding->blob = found->blob;
        finding->commit = found->commit;
        finding->author = found->author;
        if (!found->commit.len)
                return;
        step = finding_step(out, finding, finding->file, finding->line, &in_commit);
        message_arg(step, "commit", str_slice(found->commit, 0, 12));
        message_arg(step, "author", found->author);
}

static void tell_pushed(struct findings *out, struct finding *finding,
                        const struct found_secret *found) {
        struct message *step;

        if (found->pushed == PUSHED_UNKNOWN)
                return;
        step = finding_step(out, finding, finding->file, finding->line,
                            found->pushed == PUSHED_YES ? &was_pushed : &not_pushed);
        if (found->pushed == PUSHED_YES)
                message_arg(step, "ref", found->pushed_ref);
}

static void tell_more(struct findings *out, struct finding *finding,
                      const struct found_secret *found) {
        struct message *step;

        if (!found->hit.more)
                return;
        step = finding_step(out, finding, finding->file, finding->line, &more_on_line);
        message_arg(step, "count", str_fmt(out->arena, "%u", found->hit.more));
}

static void report(const struct rule *rule, const struct found_secret *found,
                   struct findings *out) {
        const struct secret *secret = &found->hit.secret;
        struct finding *finding = finding_add(out, rule, found->file, secret->line, secret->column);

        finding->severity = severity_of(found->hit.severity);
        finding->key = key_of(out->arena, &found->hit, found->file);
        finding_fill(finding, "shown",
                     str_fmt(out->arena, "%.*s", (int)secret->shown_count, secret->shown));
        finding_fill(finding, "size", str_fmt(out->arena, "%zu", secret->length));
        finding_fill(finding, "id", str_of(rule->id));
        finding_fill(finding, "file", found->file);
        if (!secret->length)
                finding_say(finding, &whose_path);
        tell_commit(out, finding, found);
        tell_more(out, finding, found);
        tell_pushed(out, finding, found);
}

void secrets_run(const struct rule *rule, const struct repo_facts *repo,
                 const struct module_facts *module UNUSED, struct findings *out) {
        for (size_t i = 0; i < repo->secrets->count; i++)
                if (str_eq(repo->secrets->items[i].hit.rule->id, str_of(rule->id)))
                        report(rule, &repo->secrets->items[i], out);
}

const struct check check_secrets = {
        .id = "secrets",
        .stage = STAGE_COMMIT,
        .title = { "credentials in files, in the index, in the history or in an image",
                   "文件、暂存区、历史或镜像中的凭据" },
        .rules = secret_rules,
        .rule_count = SECRET_RULE_COUNT,
};

/* The words of a rule that names no more than an id and what it looks for. */
static struct rule rule_of(struct arena *arena, const struct secret_rule *own) {
        const char *en = str_to_c(arena, own->description.len ? own->description : own->id);
        const char *zh = own->zh.len ? str_to_c(arena, own->zh) : en;
        struct rule rule = secret_rules[0];

        rule.id = str_to_c(arena, own->id);
        rule.severity = severity_of(own->severity);
        rule.title = (struct text){ en, zh };
        rule.text = (struct text){
                str_to_c(arena, str_fmt(arena, "%s: {shown}… ({size} bytes)", en)),
                str_to_c(arena, str_fmt(arena, "%s：{shown}…（{size} 字节）", zh)),
        };
        rule.mend = (struct text){
                "revoke it where it was issued, and read it from the environment or a secret store",
                "在签发处吊销它，并改为从环境变量或密钥管理服务读取"
        };
        return rule;
}

const struct check *secrets_check_of(struct arena *arena, const struct ruleset *rules) {
        struct check *check = ARENA_NEW(arena, struct check);
        struct rule *rows = ARENA_ARRAY(arena, struct rule, rules->count);

        for (size_t i = 0; i < rules->count; i++)
                rows[i] = rule_of(arena, &rules->rules[i]);
        *check = (struct check){ .id = check_secrets.id,
                                 .stage = check_secrets.stage,
                                 .title = check_secrets.title,
                                 .rules = rows,
                                 .rule_count = rules->count };
        return check;
}
