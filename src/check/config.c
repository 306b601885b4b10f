/* Checkpoint config: pipeline files, by which everything else is judged. */
#include "base/buf.h"
#include "check/check.h"

static const struct text no_permissions = {
        "no permissions are named, so the token of this workflow may have all that the repository's "
        "settings allow",
        "未声明权限，该工作流的令牌拥有仓库设置允许的全部权限"
};

static const struct text secrets_handed_on = {
        "every secret is handed to {what} in a run by pull_request_target: should that workflow take the "
        "code of the pull request, a stranger's code has them",
        "在 pull_request_target 触发的运行中，全部密钥被交给 {what}：若该工作流取用合并请求的代码，外部人员的代码即可得到密钥"
};

static struct finding *report(struct findings *out, const struct rule *rule,
                              const struct scan_file *file, const struct flaw *flaw) {
        struct finding *finding = finding_add(out, rule, file->path, flaw->line, flaw->column);

        finding_fill(finding, "what", flaw->what);
        if (flaw->kind == FLAW_PERMISSIONS && !flaw->what.len)
                finding_say(finding, &no_permissions);
        if (flaw->hands_secrets) {
                finding_say(finding, &secrets_handed_on);
                finding->severity = SEV_WARNING;
        }
        return finding;
}

/* ---- one habit of a file, one finding ---- */

#define GROUP_MIN 4 /* flaws of a kind in one file that are told together */

static const struct text groups[FLAW_KIND_COUNT] = {
        [FLAW_UNPINNED] = { "{count} actions or includes of this file are not pinned by commit ({what} and others): who can move a tag or branch of theirs runs code in this pipeline",
                            "此文件中有 {count} 个 action 或 include 未固定到提交（{what} 等）：能移动其标签或分支的人就能在该流水线中运行代码" },
        [FLAW_NO_TIMEOUT] = { "{count} jobs of this file have no timeout ({what} and others): a test that hangs holds the runner for hours",
                              "此文件中有 {count} 个任务没有超时（{what} 等）：挂起的测试会占用运行器数小时" },
        [FLAW_CREDENTIALS] = { "{count} checkouts of this file leave the token where every later step can read it ({what} and others)",
                               "此文件中有 {count} 处检出将令牌留在后续每个步骤都能读取的位置（{what} 等）" },
};

static const struct text group_step = { "{what}", "{what}" };

static size_t count_kind(const struct scan_file *file, enum flaw_kind kind) {
        size_t count = 0;

        for (size_t i = 0; i < file->flaws.count; i++)
                count += file->flaws.items[i].kind == kind;
        return count;
}

/* What is told enters the key: with one more it is another finding. */
static void report_group(const struct rule *rule, const struct scan_file *file, enum flaw_kind kind,
                         struct findings *out) {
        struct buf key = buf_make(out->arena);
        struct finding *finding = NULL;

        for (size_t i = 0; i < file->flaws.count; i++) {
                const struct flaw *flaw = &file->flaws.items[i];

                if (flaw->kind != kind)
                        continue;
                buf_printf(&key, "%.*s ", STR_ARG(flaw->what));
                if (finding)
                        message_arg(finding_step(out, finding, file->path, flaw->line, &group_step),
                                    "what", flaw->what);
                else
                        finding = report(out, rule, file, flaw);
        }
        finding_say(finding, &groups[kind]);
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", finding->steps.count + 1));
        finding->key = buf_str(&key);
}

static void report_file(const struct rule *rule, const struct scan_file *file, enum flaw_kind kind,
                        struct findings *out) {
        if (groups[kind].en && count_kind(file, kind) >= GROUP_MIN) {
                report_group(rule, file, kind, out);
                return;
        }
        for (size_t i = 0; i < file->flaws.count; i++)
                if (file->flaws.items[i].kind == kind)
                        report(out, rule, file, &file->flaws.items[i]);
}

static void report_kind(const struct rule *rule, const struct repo_facts *repo, enum flaw_kind kind,
                        struct findings *out) {
        for (size_t i = 0; i < repo->pipeline_count; i++)
                report_file(rule, &repo->pipelines[i], kind, out);
}

#define RUN(name, kind)                                                                            \
        static void name(const struct rule *rule, const struct repo_facts *repo,                   \
                         const struct module_facts *module UNUSED, struct findings *out) {         \
                report_kind(rule, repo, kind, out);                                                \
        }
RUN(run_unpinned, FLAW_UNPINNED)
RUN(run_injection, FLAW_INJECTION)
RUN(run_fork, FLAW_FORK)
RUN(run_no_race, FLAW_NO_RACE)
RUN(run_mod, FLAW_MOD)
RUN(run_no_timeout, FLAW_NO_TIMEOUT)
RUN(run_privileged, FLAW_PRIVILEGED)
RUN(run_permissions, FLAW_PERMISSIONS)
RUN(run_credentials, FLAW_CREDENTIALS)
RUN(run_history, FLAW_HISTORY)
RUN(run_curl_sh, FLAW_CURL_SH)

#define CFG(number, level, function)                                                               \
        .id = "CFG" number, .severity = level, .scope = SCOPE_REPOSITORY,                          \
        .needs = FACT_BIT(PIPELINES), .run = function

/* words in two languages, side by side */
/* clang-format off */
static const struct rule rules[] = {
        { CFG("001", SEV_WARNING, run_unpinned),
          .title = { "an action or include that is not pinned", "未固定版本的 action 或 include" },
          .text = { "{what} is not pinned by commit: who can move its tag or branch runs code in this pipeline",
                    "{what} 未固定到提交：能移动其标签或分支的人就能在该流水线中运行代码" },
          .why = { "Tags and branches move. In March 2025 the tags of an action used by 23,000 repositories were "
                   "moved to a commit that printed their secrets; those that had pinned the commit were not touched.",
                   "标签和分支可以移动。2025 年 3 月，一个被 23000 个仓库使用的 action 的标签被移到窃取密钥的提交上，"
                   "固定了提交的仓库未受影响。" },
          .mend = { "name the full commit, with the version as a comment: uses: OWNER/NAME@COMMIT # vX.Y.Z",
                    "写明完整提交号，并以注释标明版本：uses: OWNER/NAME@COMMIT # vX.Y.Z" } },
        { CFG("002", SEV_ERROR, run_injection),
          .title = { "text of an outsider becomes part of a script", "外部人员的文本成为脚本的一部分" },
          .text = { "{what} is put into the script before the shell reads it: who writes it runs commands here",
                    "{what} 在 shell 读取之前被填入脚本：写下它的人可在此执行命令" },
          .why = { "Anybody may open a pull request whose title, body or branch name holds a command. Filled into a "
                   "script it is run with the job's token and secrets; in a variable of the environment it stays text.",
                   "任何人都可以提交标题、正文或分支名中含有命令的合并请求。填入脚本后，它会带着任务的令牌和密钥执行；"
                   "放在环境变量中则只是文本。" },
          .mend = { "give it to the step through env and write \"$NAME\" in the script",
                    "通过 env 传入该步骤，在脚本中写 \"$NAME\"" } },
        { CFG("003", SEV_ERROR, run_fork),
          .title = { "code of a fork runs with secrets", "派生仓库的代码可接触密钥" },
          .text = { "this takes the code of a pull request in a run by {what}, which has the repository's secrets and a token that can write",
                    "此处在 {what} 触发的运行中取用合并请求的代码，而该运行拥有仓库的密钥和可写令牌" },
          .why = { "Runs by pull_request have no secrets for forks. Those by pull_request_target, workflow_run and "
                   "issue_comment have them all, whoever sent the change: its build scripts and tests can take them.",
                   "pull_request 触发的运行不会向派生仓库提供密钥；pull_request_target、workflow_run 和 issue_comment "
                   "触发的运行则全部提供，变更中的构建脚本和测试可以窃取它们。" },
          .mend = { "use pull_request, and do what needs to write in a workflow that takes no code of the change",
                    "改用 pull_request；需要写权限的操作放在不取用变更代码的工作流中" } },
        { CFG("004", SEV_WARNING, run_no_race),
          .title = { "tests run without the race detector", "测试未启用竞态检测" },
          .text = { "{what} runs here, and no pipeline runs it with -race",
                    "此处运行 {what}，但没有任何流水线使用 -race" },
          .why = { "A data race passes every test until the day it corrupts a payment. The race detector sees it at the "
                   "first run that touches both sides.",
                   "数据竞态能通过所有测试，直到某天破坏一笔支付。竞态检测器在首次同时触及两侧的运行中即可发现。" },
          .mend = { "go test -race ./..., or weir check --stage merge, which does it",
                    "使用 go test -race ./...，或使用 weir check --stage merge（已包含）" } },
        { CFG("005", SEV_WARNING, run_mod),
          .title = { "a build that may change go.mod", "构建可能改写 go.mod" },
          .text = { "{what} may change go.mod and go.sum here: what is built is not what was committed",
                    "{what} 会在此改写 go.mod 与 go.sum：构建的不是所提交的内容" },
          .why = { "Since Go 1.16 a build refuses to go on where go.mod or go.sum would have to change. With -mod=mod it "
                   "takes what the network has at that moment, and the pipeline is green for something nobody reviewed.",
                   "自 Go 1.16 起，需要改动 go.mod 或 go.sum 时构建会拒绝继续。使用 -mod=mod 则采用网络上当时的内容，"
                   "流水线为无人审阅过的内容亮起绿灯。" },
          .mend = { "leave it out (-mod=readonly is the default) and commit what go mod tidy writes; to check that, go mod tidy -diff",
                    "去掉它（默认即 -mod=readonly），并提交 go mod tidy 的结果；如需检查，使用 go mod tidy -diff" } },
        { CFG("006", SEV_WARNING, run_no_timeout),
          .title = { "a job without a timeout", "任务没有超时" },
          .text = { "{what} has no timeout: a test that hangs holds the runner for hours",
                    "{what} 没有超时：挂起的测试会占用运行器数小时" },
          .why = { "GitHub stops a job after six hours, Jenkins never. Until then a hanging test occupies a runner, and "
                   "nobody is told.",
                   "GitHub 在六小时后才停止任务，Jenkins 则从不停止。在此之前挂起的测试一直占用运行器，且无人知晓。" },
          .mend = { "timeout-minutes: 30 in the job; in a Jenkinsfile options { timeout(time: 30, unit: 'MINUTES') }",
                    "在任务中写 timeout-minutes: 30；Jenkinsfile 中写 options { timeout(time: 30, unit: 'MINUTES') }" } },
        { CFG("007", SEV_WARNING, run_privileged),
          .title = { "a privileged container", "特权容器" },
          .text = { "{what} gives the job the host: a privileged container is no boundary",
                    "{what} 使任务可控制宿主机：特权容器不构成隔离" },
          .why = { "Docker in Docker needs a privileged container, and code in one can mount the disks of the host, read "
                   "the secrets of other jobs and stay after its own.",
                   "Docker in Docker 需要特权容器，其中的代码可以挂载宿主机磁盘、读取其他任务的密钥，并在任务结束后继续驻留。" },
          .mend = { "build images without a daemon (buildah, kaniko, ko), or on a runner that serves no other project",
                    "使用无需守护进程的构建工具（buildah、kaniko、ko），或使用不服务于其他项目的运行器" } },
        { CFG("008", SEV_WARNING, run_permissions),
          .title = { "a token that may do more than the job needs", "令牌权限超出任务所需" },
          .text = { "{what} gives every job a token that may change the code, the releases and the packages",
                    "{what} 使每个任务的令牌都可以修改代码、发布和软件包" },
          .why = { "Whatever runs in the job (a linter, an action, a test of a dependency) can use its token. What the "
                   "token may not do, none of them can.",
                   "任务中运行的一切（检查工具、action、依赖的测试）都可以使用其令牌。令牌不能做的，它们也做不到。" },
          .mend = { "permissions: {contents: read} at the top, and more only in the job that needs it",
                    "在顶层写 permissions: {contents: read}，只在需要的任务中放宽" } },
        { CFG("009", SEV_WARNING, run_credentials),
          .title = { "the token stays on disk", "令牌留在磁盘上" },
          .text = { "{what} leaves the token where every later step can read it",
                    "{what} 将令牌留在后续每个步骤都能读取的位置" },
          .why = { "checkout keeps the token for later git commands, so every later step has it, and so has an artifact "
                   "that takes in the whole folder. A job that only reads does not need it.",
                   "checkout 为后续 git 命令保存令牌，后续步骤都能读到，打包整个目录的制品也会带上它。只读任务并不需要它。" },
          .mend = { "with: {persist-credentials: false}",
                    "with: {persist-credentials: false}" } },
        { CFG("010", SEV_WARNING, run_history),
          .title = { "history that a command needs is not fetched", "未获取命令所需的历史" },
          .text = { "{what} needs history that this job does not fetch",
                    "{what} 需要历史，而该任务没有获取" },
          .why = { "Pipelines fetch one commit as a rule. A merge base then does not exist, and the comparison with the "
                   "target branch fails or compares with something else.",
                   "流水线通常只获取一个提交。合并基因此不存在，与目标分支的比较会失败或对错对象。" },
          .mend = { "fetch-depth: 0 in the checkout; in GitLab the variable GIT_DEPTH: \"0\"",
                    "在 checkout 中写 fetch-depth: 0；GitLab 中设置变量 GIT_DEPTH: \"0\"" } },
        { CFG("011", SEV_WARNING, run_curl_sh),
          .title = { "a download that is run unread", "下载后未经核对即执行" },
          .text = { "{what} runs what was just downloaded, whatever it is today",
                    "{what} 直接执行刚下载的内容，不论其今日是什么" },
          .why = { "In 2021 a script that thousands of pipelines piped into a shell was changed on its server and sent "
                   "their secrets away for two months.",
                   "2021 年，一个被数千条流水线直接送入 shell 的脚本在其服务器上被篡改，两个月内不断外传密钥。" },
          .mend = { "download a version, check its SHA-256 with sha256sum -c, then run it",
                    "下载固定版本，用 sha256sum -c 校验 SHA-256 后再执行" } },
};
/* clang-format on */

const struct check check_config = {
        .id = "config",
        .stage = STAGE_COMMIT,
        .quotes = true,
        .title = { "pipeline files: pinned, least rights, no secrets for strangers",
                   "流水线文件：固定版本、最小权限、不向外泄露密钥" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
