/* weir hook run: what the scripts call. */
#include "cmd/hook_command.h"

#include "sys/interrupt.h"

/* The base is HEAD: the commit that is extended, or the one that --amend replaces. */
static bool find_base(struct cmd_context *context, struct str *ret_base, struct err *err) {
        AUTO_REPO *repo = NULL;
        struct repo_head head;

        if (!repo_open(context->arena, &context->env, STR_NONE, &repo, err))
                return false;
        if (!repo) {
                err_set(err, ERR_USAGE, "no git repository here");
                return err_mend(err, "cd into the repository");
        }
        if (repo_info(repo)->is_bare) {
                err_set(err, ERR_USAGE, "a bare repository has no index, so nothing is committed");
                return err_mend(err, "weir hook pre-receive judges what is pushed");
        }
        if (!repo_head(repo, context->arena, &head, err))
                return false;
        *ret_base = *head.oid ? STR("HEAD") : STR_NONE;
        return true;
}

/* git runs pre-merge-commit before a merge commit that nobody types, with the index as it will be
 * committed; a merge that had conflicts is committed by hand and meets pre-commit. */
static int run_pre_commit(struct cmd_context *context, enum hook hook) {
        static const struct text commit = { "the commit", "提交" }, merge = { "the merge", "合并" };
        struct hook_case c = { .hook = hook_name(hook),
                               .what = hook == HOOK_PRE_COMMIT ? commit : merge,
                               .base_is_exact = true };
        struct err err;

        if (!hook_skips_read(context, &c.skips, &err) || !find_base(context, &c.base, &err))
                return cmd_fail(context, &err);
        hook_skips_tell(context, &c.skips);
        return hook_judge(context, &c) ? EXIT_PASS : EXIT_FAIL;
}

static int refuse_words(struct cmd_context *context, const char *usage) {
        struct err err;

        err_set(&err, ERR_USAGE, "hook run: what git tells a hook is missing");
        err_mend(&err, "%s", usage);
        return cmd_fail(context, &err);
}

int hook_run(struct cmd_context *context, const struct cmd_line *line) {
        enum hook hook = HOOK_COUNT;
        struct err err;

        if (line->operands.count > 1)
                (void)hook_parse(line->operands.items[1], &hook);
        interrupt_watch();
        if (hook == HOOK_PRE_COMMIT || hook == HOOK_PRE_MERGE_COMMIT)
                return run_pre_commit(context, hook);
        if (hook == HOOK_COMMIT_MSG && line->operands.count == 3)
                return hook_run_commit_msg(context, line->operands.items[2]);
        if (hook == HOOK_COMMIT_MSG)
                return refuse_words(context, "weir hook run commit-msg FILE");
        if (hook == HOOK_PRE_PUSH)
                return hook_run_pre_push(context, line);
        if (hook == HOOK_PRE_RECEIVE)
                return hook_run_pre_receive(context);
        err_set(&err, ERR_USAGE, "hook run: no such hook");
        err_mend(&err, "weir hook run pre-commit, pre-merge-commit, commit-msg or pre-push");
        return cmd_fail(context, &err);
}
