#include "cmd/check_command.h"

#include "base/buf.h"
#include "facts/secrets_ignore.h"
#include "gitrepo/odb.h"
#include "gitrepo/questions.h"
#include "hook/trailer.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <string.h>

#define BYPASSES_MAX 1000 /* Weir-Skip trailers that a report names */

static bool absolute_path(struct cmd_context *context, struct str path, struct str *ret_path,
                          struct err *err) {
        if (!file_real_path(context->arena, path.len ? path : STR("."), ret_path, err))
                return err_context(err, "opening what is to be judged");
        if (!file_is_dir(*ret_path))
                return err_at(err, ERR_USAGE, *ret_path, 0, 0,
                              "not a folder; name the folder of the repository or module");
        return true;
}

static bool needs_repository(const struct check_options *options) {
        return options->staged || options->commit.len || options->base.len;
}

/* A folder that is no repository can be judged too, as it lies. */
static bool open_folder(struct cmd_context *context, struct str root,
                        const struct check_options *options, struct check_subject *subject,
                        struct tree **ret_tree, struct err *err) {
        if (needs_repository(options)) {
                err_at(err, ERR_USAGE, root, 0, 0,
                       "no git repository, so there is no index, commit or base to judge");
                return err_mend(err, "judge the folder itself: weir check PATH");
        }
        subject->report.path = root;
        return tree_open_worktree(context->arena, root, ret_tree, err);
}

static bool open_head_tree(struct cmd_context *context, struct check_subject *subject,
                           struct tree **ret_tree, struct err *err) {
        const struct repo_info *info = repo_info(subject->repo);
        struct repo_head head;

        if (info->is_bare) {
                err_at(err, ERR_USAGE, info->git_dir, 0, 0,
                       "a bare repository has no files on disk");
                return err_mend(err, "weir check --commit REV");
        }
        if (!repo_head(subject->repo, context->arena, &head, err))
                return false;
        subject->report.revision = str_dup(context->arena, str_of(head.oid));
        return tree_open_worktree(context->arena, info->work_dir, ret_tree, err);
}

static bool open_commit(struct cmd_context *context, const struct check_options *options,
                        struct check_subject *subject, struct tree **ret_tree, struct err *err) {
        struct repo_commit commit;

        if (!repo_commit_tree(subject->repo, context->arena, options->commit, &commit, ret_tree,
                              err))
                return err_context(err, "opening --commit %.*s", STR_ARG(options->commit));
        subject->report.revision = str_dup(context->arena, str_of(commit.oid));
        return true;
}

/* What a history is judged by: the policy of its newest commit, where there is one. */
static struct tree *tree_of_history(struct cmd_context *context, struct check_subject *subject) {
        struct repo_commit commit;
        struct tree *tree;
        struct err ignored;

        if (!subject->repo ||
            !repo_commit_tree(subject->repo, context->arena, STR("HEAD"), &commit, &tree, &ignored))
                return tree_of_memory(context->arena, NULL, NULL, 0);
        subject->report.revision = str_dup(context->arena, str_of(commit.oid));
        return tree;
}

static bool is_history(const struct check_options *options) {
        return options->facts.secrets.source == SECRETS_RANGE ||
               options->facts.secrets.source == SECRETS_HISTORY;
}

static bool open_tree(struct cmd_context *context, const struct check_options *options,
                      struct check_subject *subject, struct tree **ret_tree, struct err *err) {
        const struct repo_info *info = repo_info(subject->repo);

        subject->report.path = info->work_dir.len ? info->work_dir : info->git_dir;
        if (options->commit.len)
                return open_commit(context, options, subject, ret_tree, err);
        if (options->staged)
                return repo_index_tree(subject->repo, context->arena, ret_tree, err);
        if (is_history(options)) {
                *ret_tree = tree_of_history(context, subject);
                return true;
        }
        return open_head_tree(context, subject, ret_tree, err);
}

/* The merge base of what is judged and REV: what the change started from. */
static bool find_base(struct cmd_context *context, const struct check_options *options,
                      struct check_subject *subject, struct repo_commit *ret_commit,
                      struct err *err) {
        struct str head = options->commit.len ? options->commit : STR("HEAD");

        if (options->base_is_exact)
                return repo_resolve(subject->repo, context->arena, options->base, ret_commit, err);
        return repo_merge_base(subject->repo, context->arena, head, options->base, ret_commit, err);
}

static bool has_head(struct cmd_context *context, struct check_subject *subject) {
        struct repo_head head;
        struct err ignored;

        return repo_head(subject->repo, context->arena, &head, &ignored) && *head.oid;
}

static bool open_base(struct cmd_context *context, const struct check_options *options,
                      struct check_subject *subject, struct err *err) {
        struct repo_commit commit;
        struct tree *tree;

        if (!options->base.len || (options->base_may_be_missing && !has_head(context, subject)))
                return true;
        if (!find_base(context, options, subject, &commit, err) ||
            !repo_commit_tree(subject->repo, context->arena, str_of(commit.oid), &commit, &tree,
                              err))
                return err_context(err, "finding the base with --base %.*s",
                                   STR_ARG(options->base));
        subject->report.base = str_dup(context->arena, str_of(commit.oid));
        subject->facts.base = tree;
        return true;
}

struct bypass_walk {
        struct arena *arena;
        struct report *report;
        const char *commit;
};

static bool is_told(const struct report *report, struct str check, struct str commit) {
        for (size_t i = 0; i < report->bypasses.count; i++)
                if (str_eq(report->bypasses.items[i].check, check) &&
                    str_eq(report->bypasses.items[i].commit, commit))
                        return true;
        return false;
}

/* One trailer may name several checkpoints. */
static void add_bypasses(void *ctx, struct str value) {
        struct bypass_walk *walk = ctx;
        struct str rest = value, check;
        bool more = true;

        while (more && walk->report->bypasses.count < BYPASSES_MAX) {
                more = str_cut(rest, ',', &check, &rest);
                check = str_trim(more ? check : rest);
                if (check.len && !is_told(walk->report, check, str_of(walk->commit)))
                        *VEC_ADD(walk->arena, &walk->report->bypasses) = (struct report_bypass){
                                str_dup(walk->arena, check),
                                str_dup(walk->arena, str_of(walk->commit)),
                        };
        }
}

static bool read_trailers(void *ctx, const struct repo_new_commit *commit) {
        struct bypass_walk *walk = ctx;

        walk->commit = commit->oid;
        trailer_each(commit->message, TRAILER_SKIP, add_bypasses, walk);
        return true;
}

/* What was skipped when the commits since the base were made. A history that cannot be walked is
 * told by whoever needs it; here nothing is judged by it. */
static void find_bypasses(struct cmd_context *context, const struct check_options *options,
                          struct check_subject *subject) {
        struct bypass_walk walk = { .arena = context->arena, .report = &subject->report };
        struct repo_range range = { .head = options->commit.len ? options->commit : STR("HEAD"),
                                    .base = subject->report.base };
        struct err ignored;

        if (range.base.len || options->all_bypasses)
                (void)!repo_new_commits(subject->repo, context->arena, &range, read_trailers, &walk,
                                        &ignored);
}

/* The part of the tree that was asked for: a PATH below the repository's root. Without a PATH it is
 * the repository, wherever in it the user stands. */
static struct str part_asked_for(const struct check_options *options,
                                 const struct check_subject *subject) {
        return subject->repo && options->path.len ? repo_info(subject->repo)->prefix : STR_NONE;
}

static const struct text no_module = { "no Go module (go.mod) at or under {path}",
                                       "{path} 及其子目录中没有 Go 模块（go.mod）" };
static const struct text no_module_mend = { "name the folder that holds go.mod: weir check PATH",
                                            "指定包含 go.mod 的目录：weir check PATH" };

static void find_modules(struct cmd_context *context, const struct check_options *options,
                         struct check_subject *subject) {
        struct gap gap = { message_make(&no_module), message_make(&no_module_mend) };

        if (options->needs_no_module)
                return;
        facts_find_modules(&subject->facts, part_asked_for(options, subject), context->arena);
        if (subject->facts.module_count)
                return;
        message_arg(&gap.why, "path", subject->report.path);
        *VEC_ADD(context->arena, &subject->report.unjudged) =
                (struct report_gap){ .check = check_find(STR("modules")), .gap = gap };
        subject->report.verdict = VERDICT_UNJUDGED;
}

static const struct text unreadable = { "{file} could not be read: {detail}",
                                        "无法读取 {file}：{detail}" };
static const struct text unreadable_mend = { "let the user who runs weir read it",
                                             "允许运行 weir 的用户读取" };
static const struct text special = { "a FIFO, socket or device is never opened",
                                     "FIFO、套接字和设备从不打开" };

static void add_unreadable(struct cmd_context *context, struct check_subject *subject,
                           const struct tree_entry *entry) {
        struct gap gap = { message_make(&unreadable), message_make(&unreadable_mend) };

        message_arg(&gap.why, "file", entry->path);
        message_arg(&gap.why, "detail", str_of(strerrordesc_np(entry->why)));
        *VEC_ADD(context->arena, &subject->report.unjudged) = (struct report_gap){ .gap = gap };
        subject->report.verdict = VERDICT_UNJUDGED;
}

/* What lies in the tree and no rule can look into is said. */
static void find_unreadable(struct cmd_context *context, struct check_subject *subject) {
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(subject->facts.tree, &count);
        for (size_t i = 0; i < count; i++) {
                if (entries[i].kind == TREE_UNREADABLE)
                        add_unreadable(context, subject, &entries[i]);
                if (entries[i].kind == TREE_SPECIAL)
                        *VEC_ADD(context->arena, &subject->report.skipped) =
                                (struct report_skip){ entries[i].path, message_make(&special) };
        }
}

static bool load_policy(struct cmd_context *context, const struct check_options *options,
                        struct check_subject *subject, struct err *err) {
        struct policy_files_request request = {
                .tree = subject->facts.tree,
                .base = subject->facts.base,
                .from_head = options->policy_from_head,
                .site_files = options->policy_files.items,
                .site_file_count = options->policy_files.count,
                .now_seconds = options->facts.now_seconds,
        };

        if (!policy_files_load(context->arena, &request, &subject->policy, err))
                return false;
        subject->report.policy_sha256 = subject->policy.sha256;
        return true;
}

/* With --profile, coverage is judged at any stage unless the policy has it off. */
static bool is_asked_for(const struct check_options *options, const struct config *config,
                         const struct check *check) {
        return check == &check_coverage && options->facts.coverage.profile_count &&
               config_runs(config, check, STAGE_RELEASE);
}

/* A checkpoint that the policy has switched off, or moved to a later stage, does not run unless
 * --only names it. */
static void leave_out_checks(struct check_options *options, const struct config *config) {
        size_t kept = 0;

        for (size_t i = 0; i < options->checks.count; i++)
                if (options->only || is_asked_for(options, config, options->checks.items[i]) ||
                    config_runs(config, options->checks.items[i], options->stage))
                        options->checks.items[kept++] = options->checks.items[i];
        options->checks.count = kept;
}

/* What the policy asks of coverage. The baseline is the base's where there is a base. */
static void take_coverage(struct cmd_context *context, struct check_options *options,
                          const struct check_subject *subject) {
        const struct config *config = &subject->policy.config;
        const struct baseline *baseline = subject->policy.policy.baseline;
        struct coverage_options *coverage = &options->facts.coverage;
        struct str *globs =
                ARENA_ARRAY(context->arena, struct str, config->coverage_exclude.list.count);

        coverage->total = config->coverage_total.value;
        coverage->package = config->coverage_package.value;
        coverage->patch = config->coverage_patch.value;
        coverage->ratchet = config->coverage_ratchet.value;
        coverage->exclude_generated = config->coverage_exclude_generated.value;
        coverage->exclude_count = config->coverage_exclude.list.count;
        coverage->exclude = globs;
        for (size_t i = 0; i < coverage->exclude_count; i++)
                globs[i] = config->coverage_exclude.list.items[i].value;
        coverage->has_stored = baseline && baseline->has_coverage;
        if (!coverage->has_stored)
                return;
        coverage->stored_statements = baseline->statements;
        coverage->stored_covered = baseline->covered;
}

/* The key that the repository shares, where it has one. */
static bool take_secrets_key(struct cmd_context *context, const struct config_text *text,
                             struct secrets_options *secrets, struct err *err) {
        struct str bytes;

        if (!text->value.len)
                return true;
        if (!hex_decode(context->arena, text->value, &bytes) || bytes.len != SECRET_KEY_SIZE) {
                err_at(err, ERR_SYNTAX, text->origin.file, text->origin.line, 0,
                       "secrets.key takes %d hexadecimal digits", 2 * SECRET_KEY_SIZE);
                return err_mend(err, "leave it out: weir baseline write draws one");
        }
        memcpy(secrets->key.bytes, bytes.ptr, SECRET_KEY_SIZE);
        secrets->known_key = text->value;
        secrets->has_key = true;
        return true;
}

/* Whose policy holds, whose .gitleaksignore holds: else a change could let itself pass. */
static void take_ignores(struct cmd_context *context, const struct check_options *options,
                         const struct check_subject *subject, struct secrets_options *secrets) {
        const struct tree *tree = subject->facts.base && !options->policy_from_head
                                          ? subject->facts.base
                                          : subject->facts.tree;
        const struct tree_entry *entry = tree_find(tree, SECRETS_IGNORE_FILE);
        struct str text;
        struct err ignored;

        if (entry && entry->kind == TREE_FILE &&
            tree_read(tree, entry, context->arena, SECRETS_IGNORE_SIZE_MAX, &text, &ignored))
                secrets_ignore_parse(context->arena, text, secrets);
}

/* A PATH below the root is where secrets are looked for, whatever the modules are. */
static bool take_secrets(struct cmd_context *context, struct check_options *options,
                         const struct check_subject *subject, struct err *err) {
        struct secrets_options *secrets = &options->facts.secrets;

        if (secrets->source == SECRETS_TREE || secrets->source == SECRETS_CHANGES)
                secrets->under = part_asked_for(options, subject);
        take_ignores(context, options, subject, secrets);
        return take_secrets_key(context, &subject->policy.config.secrets_key, secrets, err);
}

static bool takes_part(const struct check_options *options, struct str id) {
        for (size_t i = 0; i < options->checks.count; i++)
                if (str_eq(id, str_of(options->checks.items[i]->id)))
                        return true;
        return false;
}

static const struct str *values_of(struct cmd_context *context, const struct config_list *list,
                                   size_t *ret_count) {
        struct str *values = ARENA_ARRAY(context->arena, struct str, list->list.count);

        for (size_t i = 0; i < list->list.count; i++)
                values[i] = list->list.items[i].value;
        *ret_count = list->list.count;
        return values;
}

static struct str joined(struct cmd_context *context, const struct config_list *list) {
        struct buf out = buf_make(context->arena);

        for (size_t i = 0; i < list->list.count; i++)
                buf_printf(&out, "%s%.*s", i ? "," : "", STR_ARG(list->list.items[i].value));
        return buf_str(&out);
}

/* What the command line does not say, the configuration does. */
static void take_test_options(struct cmd_context *context, const struct config *config,
                              struct test_options *tests) {
        struct err err;

        tests->network = config->tests_network.value;
        tests->race = config->tests_race.value;
        tests->is_short = config->tests_short.value;
        tests->timeout_seconds = config->tests_timeout.value;
        tests->deadline_seconds = config->tests_deadline.value;
        tests->disk_mib = config->tests_disk.value;
        if (!tests->count)
                tests->count = config->tests_count.value;
        if (!tests->shuffle.len && config->tests_shuffle.value)
                tests->shuffle = STR("on");
        tests->tags = joined(context, &config->tests_tags);
        tests->args = values_of(context, &config->tests_args, &tests->arg_count);
        tests->packages = values_of(context, &config->tests_packages, &tests->package_count);
        tests->env = values_of(context, &config->tests_env, &tests->env_count);
        if (!file_read_link(context->arena, STR("/proc/self/exe"), &tests->self, &err))
                tests->self = STR_NONE;
}

/* A path that the repository names must stay inside it. */
static bool take_snapshot(struct cmd_context *context, struct check_options *options,
                          const struct check_subject *subject, struct err *err) {
        const struct config_text *path = &subject->policy.config.vulndb_path;
        bool ours = str_eq(path->origin.file, CONFIG_FILE);

        options->facts.stdlib = subject->policy.config.modules_stdlib.value;
        options->facts.vulndb_max_age_days = subject->policy.config.vulndb_max_age_days.value;
        if (!path->value.len || options->facts.vulndb_path.len)
                return true;
        if (ours && (str_has_prefix(path->value, STR("/")) || str_contains(path->value, STR(".."))))
                return err_at(err, ERR_SYNTAX, CONFIG_FILE, path->origin.line, 0,
                              "vulndb.path must stay inside the repository");
        options->facts.vulndb_path =
                ours ? str_join_path(context->arena, subject->report.path, path->value)
                     : path->value;
        return true;
}

/* The base, judged as it was: no base of its own, the same host. */
static void prepare_base(struct cmd_context *context, const struct check_options *options,
                         struct check_subject *subject) {
        subject->base_facts = (struct repo_facts){ .tree = subject->facts.base,
                                                   .repo = subject->repo,
                                                   .options = subject->facts.options };
        subject->base_report = (struct report){ .facts = &subject->base_facts };
        subject->base_facts.options.import_count = 0;
        subject->base_facts.options.tests.wanted = false;
        /* What the base has was told apart already. */
        if (subject->facts.options.secrets.source == SECRETS_CHANGES)
                subject->base_facts.options.secrets.source = SECRETS_NONE;
        facts_find_modules(&subject->base_facts, part_asked_for(options, subject), context->arena);
}

/* What is known before anything was opened, for the report that says that it could not be. */
static void name_subject(struct cmd_context *context, const struct check_options *options,
                         struct check_subject *subject) {
        struct report *report = &subject->report;
        struct str here;
        struct err ignored;

        report->kind = options->commit.len ? TREE_COMMIT
                       : options->staged   ? TREE_INDEX
                                           : TREE_WORKTREE;
        report->facts = &subject->facts;
        report->stage = options->stage;
        report->started_utc = clock_format_utc(context->arena, options->facts.now_seconds);
        report->path = options->path.len ? options->path : STR(".");
        if (file_real_path(context->arena, report->path, &here, &ignored))
                report->path = here;
        else if (!str_has_prefix(report->path, STR("/")) &&
                 file_real_path(context->arena, STR("."), &here, &ignored))
                report->path = str_join_path(context->arena, here, report->path);
}

/* Standard input, a file: no folder, no repository, no policy of its own. */
static bool is_without_tree(const struct check_options *options) {
        static const bool without[] = { [SECRETS_BYTES] = true, [SECRETS_ARCHIVE] = true };
        enum secrets_source source = options->facts.secrets.source;

        return source < COUNT_OF(without) && without[source];
}

static bool open_repository(struct cmd_context *context, const struct check_options *options,
                            struct check_subject *subject, struct tree **ret_tree,
                            struct err *err) {
        /* A history is read by gitrepo/odb.h, whatever its objects are named by. */
        bool (*open_repo)(struct arena *, const struct env *, struct str, struct repo **,
                          struct err *) = is_history(options) ? repo_open_any : repo_open;
        struct str path = STR_NONE;

        if (!absolute_path(context, options->path, &path, err))
                return false;
        if (options->facts.secrets.source == SECRETS_IMAGE)
                return open_folder(context, path, options, subject, ret_tree, err);
        if (!open_repo(context->arena, &context->env, options->path.len ? path : STR_NONE,
                       &subject->repo, err))
                return false;
        return (subject->repo ? open_tree(context, options, subject, ret_tree, err)
                              : open_folder(context, path, options, subject, ret_tree, err)) &&
               open_base(context, options, subject, err);
}

bool check_subject_open(struct cmd_context *context, struct check_options *options,
                        struct check_subject *subject, struct err *err) {
        struct tree *tree = NULL;

        name_subject(context, options, subject);
        if (is_without_tree(options))
                tree = tree_of_memory(context->arena, NULL, NULL, 0);
        else if (!open_repository(context, options, subject, &tree, err))
                return false;
        subject->facts.tree = tree;
        subject->report.kind = tree_kind_of(tree);
        if (!load_policy(context, options, subject, err) ||
            !take_snapshot(context, options, subject, err) ||
            !take_secrets(context, options, subject, err))
                return false;
        take_coverage(context, options, subject);
        leave_out_checks(options, &subject->policy.config);
        take_test_options(context, &subject->policy.config, &options->facts.tests);
        options->facts.tests.wanted =
                takes_part(options, STR("tests")) ||
                (takes_part(options, STR("coverage")) && !options->facts.coverage.profile_count);
        subject->facts.options = options->facts;
        subject->facts.repo = subject->repo;
        find_modules(context, options, subject);
        find_unreadable(context, subject);
        find_bypasses(context, options, subject);
        if (subject->facts.base)
                prepare_base(context, options, subject);
        return true;
}
