/* Judging for a hook: in the same process as the hook, over git's objects. */
#include "cmd/hook_command.h"

#include "gitrepo/questions.h"

#define CONFIG_MAX ((size_t)4 << 20)

/* ---- WEIR_SKIP ---- */

static struct str check_names(struct arena *arena) {
        struct buf names = buf_make(arena);

        for (size_t i = 0; i < check_count; i++)
                buf_printf(&names, "%s%s", i ? ", " : "", checks[i]->id);
        return buf_str(&names);
}

static bool skips(const struct hook_skips *skips, const struct check *check) {
        for (size_t i = 0; i < skips->list.count; i++)
                if (skips->list.items[i] == check)
                        return true;
        return false;
}

bool hook_skips_read(struct cmd_context *context, struct hook_skips *ret_skips, struct err *err) {
        struct str rest = env_get_or(&context->env, STR("WEIR_SKIP"), STR_NONE), id;
        bool more = rest.len > 0;

        *ret_skips = (struct hook_skips){ 0 };
        while (more) {
                const struct check *check;

                more = str_cut(rest, ',', &id, &rest);
                id = str_trim(more ? id : rest);
                if (!id.len)
                        continue;
                check = check_find(id);
                if (!check) {
                        err_set(err, ERR_USAGE, "WEIR_SKIP: no checkpoint %.*s", STR_ARG(id));
                        return err_mend(err, "%.*s", STR_ARG(check_names(context->arena)));
                }
                if (!skips(ret_skips, check))
                        *VEC_ADD(context->arena, &ret_skips->list) = check;
        }
        return true;
}

void hook_skips_tell(struct cmd_context *context, const struct hook_skips *list) {
        for (size_t i = 0; i < list->list.count; i++)
                fprintf(context->log, "skipped: %s\n", list->list.items[i]->id);
}

/* ---- the configuration ---- */

bool hook_config_at(struct cmd_context *context, struct repo *repo, struct str revision,
                    struct config *ret_config, struct err *err) {
        struct str text;
        bool found;

        *ret_config = config_default(context->arena);
        if (!repo_read_at(repo, context->arena, revision, CONFIG_FILE, CONFIG_MAX, &found, &text,
                          err))
                return false;
        return !found || config_read(ret_config, CONFIG_FILE, text, err);
}

bool hook_config(struct cmd_context *context, struct repo *repo, struct config *ret_config,
                 struct err *err) {
        struct repo_head head;

        if (!repo_head(repo, context->arena, &head, err))
                return false;
        if (*head.oid && hook_config_at(context, repo, STR("HEAD"), ret_config, err))
                return true;
        /* What HEAD has cannot be read: the correction that is about to be committed holds. */
        return hook_config_at(context, repo, STR_NONE, ret_config, err);
}

/* ---- judging ---- */

/* The very words of a person who would type it, so that nothing is judged differently. */
static bool read_options(struct cmd_context *context, const struct hook_case *c,
                         struct check_options *ret_options, struct err *err) {
        const char *argv[8] = { NULL };
        struct buf skipped = buf_make(context->arena);
        struct cmd_line line;
        size_t count = 0;

        if (c->commit.len) {
                argv[count++] = "--commit";
                argv[count++] = str_to_c(context->arena, c->commit);
        } else {
                argv[count++] = "--staged";
        }
        if (c->base.len) {
                argv[count++] = "--base";
                argv[count++] = str_to_c(context->arena, c->base);
        }
        for (size_t i = 0; i < c->skips.list.count; i++)
                buf_printf(&skipped, "%s%s", i ? "," : "", c->skips.list.items[i]->id);
        if (skipped.len) {
                argv[count++] = "--skip";
                argv[count++] = str_to_c(context->arena, buf_str(&skipped));
        }
        if (!cmd_parse(context->arena, command_find(STR("check")), argv, &line, err) ||
            !check_options_read(context, &line, ret_options, err))
                return false;
        ret_options->facts.secrets.source = SECRETS_CHANGES;
        ret_options->base_is_exact = c->base_is_exact;
        ret_options->all_bypasses = c->on_server;
        return true;
}

/* Where the policy of the base cannot be read, no commit could mend it: then that of the change
 * holds. */
static bool open_subject(struct cmd_context *context, struct check_options *options,
                         struct check_subject *subject, struct err *err) {
        struct check_options plain = *options;

        if (check_subject_open(context, options, subject, err))
                return true;
        if (!options->base.len)
                return false;
        repo_close(&subject->repo);
        *subject = (struct check_subject){ 0 };
        *options = plain;
        options->policy_from_head = true;
        return check_subject_open(context, options, subject, err);
}

/* Nothing could be judged at all. A weir.yaml that is wrong where it stands is a fault of what is
 * judged; anything else is a lack of the host. */
static bool is_refused(struct cmd_context *context, const struct check_subject *subject,
                       const struct err *err) {
        struct config config;
        struct err ignored;

        if (err->code == ERR_SYNTAX && *err->file)
                return true;
        return subject->repo && hook_config(context, subject->repo, &config, &ignored) &&
               config.hook_unjudged.value == UNJUDGED_REFUSE;
}

static bool judge(struct cmd_context *context, const struct hook_case *c,
                  const struct check_options *options, struct check_subject *subject) {
        struct engine_request before = { .arena = context->arena,
                                         .facts = &subject->base_facts,
                                         .report = &subject->base_report };
        struct engine_request request = { .arena = context->arena,
                                          .facts = &subject->facts,
                                          .report = &subject->report,
                                          .policy = &subject->policy,
                                          .before = subject->facts.base ? &before : NULL,
                                          .only_errors_count = true,
                                          .may_be_empty = c->skips.list.count > 0,
                                          .checks = options->checks.items,
                                          .check_count = options->checks.count };
        bool passes;

        engine_run(&request);
        progress_stop(&subject->facts.options.progress);
        passes = hook_tell_outcome(context, c, subject);
        engine_close(&request);
        return passes;
}

bool hook_judge(struct cmd_context *context, const struct hook_case *c) {
        struct check_subject subject = { 0 };
        struct check_options options;
        struct progress *progress;
        struct err err;
        bool passes;

        if (!read_options(context, c, &options, &err)) {
                cmd_complain(context, &err);
                return false;
        }
        if (!options.checks.count)
                return true;
        options.facts.progress = progress = progress_start();
        if (open_subject(context, &options, &subject, &err)) {
                passes = judge(context, c, &options, &subject);
        } else {
                progress_stop(&progress);
                passes = !is_refused(context, &subject, &err);
                hook_tell_unopened(context, c, !passes, &err);
        }
        repo_close(&subject.repo);
        return passes;
}
