/* The hooks around a push: pre-push, where it comes from, and pre-receive, where it goes. */
#include "cmd/hook_command.h"

#include "base/map.h"
#include "gitrepo/questions.h"
#include "hook/commit_message.h"
#include "sys/interrupt.h"

#define INPUT_MAX ((size_t)64 << 20) /* bytes of ref lines */
#define LABEL_HEX 7
#define MESSAGES_SHOWN_MAX 10 /* commits whose message is refused */

struct push {
        struct cmd_context *context;
        struct repo *repo;
        struct str remote; /* pre-push: its name or URL */
        struct hook_skips skips;
        struct map judged; /* "commit base": several refs may move to the same commit */
        bool on_server, refused;
};

/* One ref that is to move. */
struct update {
        struct str ref;      /* on the side that is pushed to */
        struct str from, to; /* ids; all zeros: created, deleted */
};

static bool is_zh(const struct push *push) {
        return push->context->lang == LANG_ZH;
}

static bool is_zero(struct str id) {
        for (size_t i = 0; i < id.len; i++)
                if (id.ptr[i] != '0')
                        return false;
        return true;
}

static bool is_id(struct str word) {
        for (size_t i = 0; i < word.len; i++)
                if (str_find(STR("0123456789abcdef"), word.ptr[i]) == SIZE_MAX)
                        return false;
        return word.len == REPO_OID_HEX;
}

static bool read_input(struct arena *arena, struct str *ret_text, struct err *err) {
        struct buf text = buf_make(arena);
        char bytes[4096];
        size_t count;

        while ((count = fread(bytes, 1, sizeof(bytes), stdin)) > 0) {
                if (text.len + count > INPUT_MAX)
                        return err_set(err, ERR_LIMIT, "over %zu bytes of refs", INPUT_MAX);
                buf_add(&text, (struct str){ bytes, count });
        }
        if (ferror(stdin))
                return err_errno(err, STR("standard input"), "cannot read");
        *ret_text = buf_str(&text);
        return true;
}

static bool stop_at_first(void *ctx, const struct repo_new_commit *commit UNUSED) {
        *(bool *)ctx = true;
        return false;
}

/* Whether the tip has commits that no known ref has. What cannot be told is taken for new. */
static bool has_news(struct push *push, struct str tip, const char *known_refs) {
        struct repo_range range = { .head = tip, .known_refs = known_refs };
        struct err ignored;
        bool found = false;

        return !repo_new_commits(push->repo, push->context->arena, &range, stop_at_first, &found,
                                 &ignored) ||
               found;
}

static struct str describe(struct push *push, const struct update *update) {
        struct str name =
                str_drop_prefix(str_drop_prefix(update->ref, STR("refs/heads/")), STR("refs/"));

        return str_fmt(push->context->arena,
                       is_zh(push) ? "推送 %.*s（%.*s）" : "the push of %.*s (%.*s)", STR_ARG(name),
                       LABEL_HEX, update->to.ptr);
}

/* What one update needs is given back before the next. */
static bool judge_case(const struct push *push, const struct hook_case *c) {
        AUTO_ARENA scratch = arena_make(push->context->arena->budget);
        struct cmd_context context = *push->context;

        context.arena = &scratch;
        return hook_judge(&context, c);
}

struct form_walk {
        struct push *push;
        struct config config;
        size_t refused;
};

static bool check_message(void *ctx, const struct repo_new_commit *commit) {
        struct form_walk *walk = ctx;
        struct commit_message message =
                commit_message_read(commit->message, STR("whitespace"), STR_NONE, false);
        struct hook_form form = { .context = walk->push->context,
                                  .config = &walk->config,
                                  .commit = commit->oid };

        form.cleaned = commit_message_clean(&message, form.context->arena);
        if (commit->is_merge || hook_form_fits(&form))
                return true;
        walk->push->refused = true;
        return ++walk->refused < MESSAGES_SHOWN_MAX;
}

/* Who passed by the hook commit-msg has not passed by this one. The form is that of the base. */
static void check_messages(struct push *push, const struct update *update, struct str base) {
        struct repo_range range = { .head = update->to, .base = base, .known_refs = "refs/*" };
        struct form_walk walk = { .push = push };
        struct err err;

        if (hook_config_at(push->context, push->repo, base.len ? base : update->to, &walk.config,
                           &err) &&
            repo_new_commits(push->repo, push->context->arena, &range, check_message, &walk, &err))
                return;
        hook_say(push->context,
                 str_of(is_zh(push) ? "weir: 警告：未检查提交说明的格式"
                                    : "weir: warning: the form of the messages was not judged"));
        cmd_complain(push->context, &err);
}

static void judge(struct push *push, const struct update *update, struct str base) {
        struct arena *arena = push->context->arena;
        struct str key = str_fmt(arena, "%.*s %.*s", STR_ARG(update->to), STR_ARG(base));
        const char *what = str_to_c(arena, describe(push, update));
        struct hook_case c = { .hook = "pre-push",
                               .what = { what, what },
                               .commit = update->to,
                               .base = base,
                               .base_is_exact = true,
                               .on_server = push->on_server,
                               .skips = push->skips };

        if (map_has(&push->judged, key))
                return;
        map_put(&push->judged, key);
        if (!judge_case(push, &c))
                push->refused = true;
        if (push->on_server)
                check_messages(push, update, base);
}

/* The best common commit; empty where there is none. */
static struct str merge_base(struct push *push, struct str one, struct str other) {
        struct repo_commit commit;
        struct err ignored;

        return repo_merge_base(push->repo, push->context->arena, one, other, &commit, &ignored)
                       ? str_dup(push->context->arena, str_of(commit.oid))
                       : STR_NONE;
}

static void tell_no_commit(struct push *push, const struct update *update) {
        hook_say(push->context,
                 str_fmt(push->context->arena,
                         is_zh(push) ? "weir: 提示：%.*s 不指向提交，未检查"
                                     : "weir: note: %.*s points at no commit: not judged",
                         STR_ARG(update->ref)));
}

/* ---- pre-push ---- */

/* A remote that is named by its URL has no refs of its own here: all remotes are asked. */
static const char *remote_refs(struct push *push) {
        struct str url = str_fmt(push->context->arena, "remote.%.*s.url", STR_ARG(push->remote));
        struct repo_setting ignored;

        if (!push->remote.len || !repo_setting(push->repo, push->context->arena,
                                               str_to_c(push->context->arena, url), &ignored))
                return "refs/remotes/*";
        return str_to_c(push->context->arena, str_fmt(push->context->arena, "refs/remotes/%.*s/*",
                                                      STR_ARG(push->remote)));
}

/* Where the remote's branch stands is the base, as far as both share it. A tip that is not here (a
 * forced push over what was never fetched) tells nothing: then it is a new branch to us. */
static void push_one(struct push *push, const struct update *update) {
        const char *refs = remote_refs(push);
        struct arena *arena = push->context->arena;
        struct str base = STR_NONE;
        struct repo_commit commit;
        struct err ignored;
        bool found = false;

        if (!repo_has_commit(push->repo, arena, update->to)) {
                tell_no_commit(push, update);
                return;
        }
        if (!is_zero(update->from))
                base = merge_base(push, update->to, update->from);
        if (!base.len && !has_news(push, update->to, refs))
                return;
        if (!base.len &&
            repo_closest_base(push->repo, arena, update->to, refs, &found, &commit, &ignored) &&
            found)
                base = str_dup(arena, str_of(commit.oid));
        judge(push, update, base);
}

/* "<local ref> SP <local id> SP <remote ref> SP <remote id> LF" (githooks(5)). */
static bool read_push_line(struct str line, struct update *ret_update) {
        struct str local, rest = line;

        return str_next_word(&rest, &local) && str_next_word(&rest, &ret_update->to) &&
               str_next_word(&rest, &ret_update->ref) && str_next_word(&rest, &ret_update->from) &&
               is_id(ret_update->to) && is_id(ret_update->from);
}

/* "<old id> SP <new id> SP <ref> LF" (githooks(5)). */
static bool read_receive_line(struct str line, struct update *ret_update) {
        struct str rest = line;

        return str_next_word(&rest, &ret_update->from) && str_next_word(&rest, &ret_update->to) &&
               str_next_word(&rest, &ret_update->ref) && is_id(ret_update->to) &&
               is_id(ret_update->from);
}

/* The hook manager pre-commit reads standard input itself and tells one ref by variables. */
static struct str lines_of_environment(struct push *push) {
        const struct env *env = &push->context->env;
        struct str zero = STR("0000000000000000000000000000000000000000");
        struct str to = env_get_or(env, STR("PRE_COMMIT_TO_REF"), STR_NONE);
        struct str from = env_get_or(env, STR("PRE_COMMIT_FROM_REF"), zero);
        struct str ref = env_get_or(env, STR("PRE_COMMIT_REMOTE_BRANCH"), STR("refs/heads/HEAD"));

        if (!is_id(to))
                return STR_NONE;
        return str_fmt(push->context->arena, "- %.*s %.*s %.*s\n", STR_ARG(to), STR_ARG(ref),
                       STR_ARG(is_id(from) ? from : zero));
}

static bool open_push(struct push *push, struct err *err) {
        struct cmd_context *context = push->context;

        push->judged = map_make(context->arena);
        if (!repo_open(context->arena, &context->env, STR_NONE, &push->repo, err))
                return false;
        return push->repo || err_set(err, ERR_USAGE, "no git repository here");
}

/* Deleting a ref brings nothing. */
static bool each_update(struct push *push, struct str text,
                        bool (*read)(struct str, struct update *),
                        void (*take)(struct push *, const struct update *), struct err *err) {
        struct str line;

        while (str_next_line(&text, &line) && !interrupt_requested()) {
                struct update update;

                if (!str_trim(line).len)
                        continue;
                if (!read(line, &update))
                        return err_set(err, ERR_SYNTAX,
                                       "standard input: no ref line as git "
                                       "writes it: %.*s",
                                       STR_ARG(str_slice(line, 0, 100)));
                if (!is_zero(update.to))
                        take(push, &update);
        }
        return !interrupt_requested() || err_set(err, ERR_INTERRUPTED, "interrupted");
}

static int end_push(struct push *push, bool ok, const struct err *err) {
        repo_close(&push->repo);
        if (ok)
                return push->refused ? EXIT_FAIL : EXIT_PASS;
        return cmd_fail(push->context, err);
}

int hook_run_pre_push(struct cmd_context *context, const struct cmd_line *line) {
        struct push push = { .context = context };
        struct str text = STR_NONE;
        struct err err;
        bool ok;

        if (line->operands.count > 2)
                push.remote = line->operands.items[2];
        else
                push.remote = env_get_or(&context->env, STR("PRE_COMMIT_REMOTE_NAME"), STR_NONE);
        ok = hook_skips_read(context, &push.skips, &err) && open_push(&push, &err) &&
             read_input(context->arena, &text, &err);
        if (ok) {
                hook_skips_tell(context, &push.skips);
                if (!text.len)
                        text = lines_of_environment(&push);
                ok = each_update(&push, text, read_push_line, push_one, &err);
        }
        return end_push(&push, ok, &err);
}

/* ---- pre-receive ---- */

/* A new branch starts from the default branch, or where the two share nothing, is held against its
 * tip: who makes a new root gets no policy of their own. */
static struct str base_of_new(struct push *push, const struct update *update) {
        struct repo_head head = { 0 };
        struct err ignored;
        struct str base;

        if (!repo_head(push->repo, push->context->arena, &head, &ignored) || !*head.oid)
                return STR_NONE;
        base = merge_base(push, update->to, str_of(head.oid));
        return base.len ? base : str_dup(push->context->arena, str_of(head.oid));
}

/* A branch that moves is held against where it stood, also where it is forced back: its policy is
 * that of the old tip. */
static void receive_one(struct push *push, const struct update *update) {
        if (!repo_has_commit(push->repo, push->context->arena, update->to))
                tell_no_commit(push, update);
        else if (!is_zero(update->from) &&
                 repo_has_commit(push->repo, push->context->arena, update->from))
                judge(push, update, update->from);
        else if (has_news(push, update->to, "refs/*"))
                judge(push, update, base_of_new(push, update));
}

int hook_run_pre_receive(struct cmd_context *context) {
        struct push push = { .context = context, .on_server = true };
        struct str text = STR_NONE;
        struct err err;
        bool ok;

        interrupt_watch();
        ok = open_push(&push, &err) && read_input(context->arena, &text, &err) &&
             each_update(&push, text, read_receive_line, receive_one, &err);
        return end_push(&push, ok, &err);
}
