/* Workflows of GitHub, Gitea and Forgejo. */
#include "pipeline/scan_impl.h"

#define COMMIT_HEX 40
#define NEEDS_MAX 256      /* jobs that one waits for */
#define NAME_MAX_BYTES 128 /* of a variable */

struct workflow {
        struct scan *scan;
        const struct yaml_node *root;
        const struct yaml_node *jobs;
        struct str risky; /* the trigger that runs with secrets on what outsiders send; or empty */
};

#define VALUE_DEPTH_MAX 4 /* of values that are made of others */

struct job {
        struct workflow *workflow;
        unsigned depth;                     /* of the value that is looked at */
        struct str input;                   /* of the workflow or action, where one came up in it */
        bool is_bots;                       /* only a bot's branches come here */
        const struct yaml_node *key, *node; /* key NULL: a composite action */
        const struct yaml_node *step;
        struct job_traits traits;
        bool is_guarded;
        VEC(const struct yaml_node *) checkouts; /* `uses` of those that keep credentials */
        bool full_history;
        bool has_checkout;
};

static struct str text_of(const struct yaml_node *node) {
        return node && node->kind == YAML_SCALAR ? node->text : STR_NONE;
}

static const struct yaml_node *get(const struct yaml_node *node, const char *key) {
        return node ? yaml_get(node, str_of(key)) : NULL;
}

/* ---- actions ---- */

static bool is_hex(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (str_find(STR("0123456789abcdef"), text.ptr[i]) == SIZE_MAX)
                        return false;
        return true;
}

static bool is_pinned(struct str uses) {
        struct str name, ref;

        if (str_has_prefix(uses, STR("./")) || str_has_prefix(uses, STR("../")))
                return true;
        if (str_has_prefix(uses, STR("docker://")))
                return str_contains(uses, STR("@sha256:"));
        return str_cut_last(uses, '@', &name, &ref) && ref.len == COMMIT_HEX && is_hex(ref);
}

static void look_at_uses(struct job *job, const struct yaml_node *uses) {
        /* An expression is no action's name; the platform refuses it. */
        if (text_of(uses).len && !str_contains(uses->text, STR("${{")) && !is_pinned(uses->text))
                scan_flaw_at(job->workflow->scan, FLAW_UNPINNED, uses, uses->text);
}

static bool is_action(struct str uses, const char *action) {
        struct str name = uses, ref, host;
        size_t at = str_find_str(uses, STR("://"));

        str_cut_last(name, '@', &name, &ref);
        if (at != SIZE_MAX && str_cut(str_slice(name, at + 3, name.len), '/', &host, &name))
                return str_eq_fold(name, str_of(action));
        return str_eq_fold(name, str_of(action));
}

/* Actions that push with the credentials that checkout left. */
static bool pushes(struct str uses) {
        static const char *const actions[] = {
                "stefanzweifel/git-auto-commit-action",
                "peter-evans/create-pull-request",
                "EndBug/add-and-commit",
                "ad-m/github-push-action",
                "goreleaser/goreleaser-action",
                "JamesIves/github-pages-deploy-action",
                "peaceiris/actions-gh-pages",
                "changesets/action",
                "helm/chart-releaser-action",
        };

        for (size_t i = 0; i < COUNT_OF(actions); i++)
                if (is_action(uses, actions[i]))
                        return true;
        return false;
}

static bool is_false(const struct yaml_node *node) {
        return text_of(node).len && (str_eq_fold(node->text, STR("false")));
}

static bool is_zero(const struct yaml_node *node) {
        return str_eq(text_of(node), STR("0"));
}

static const struct yaml_node *find_env(const struct job *job, struct str name);

/* Itself, or by one variable. */
static bool names_head(const struct job *job, const struct yaml_node *node) {
        struct str whole, inside;
        size_t at = 0;

        if (expression_names_head(text_of(node)))
                return true;
        while (expression_next(text_of(node), &at, &whole, &inside)) {
                struct str name = str_trim(inside);

                if (str_has_prefix(name, STR("env.")) &&
                    expression_names_head(
                            text_of(find_env(job, str_drop_prefix(name, STR("env."))))))
                        return true;
        }
        return false;
}

static void look_at_checkout(struct job *job, const struct yaml_node *uses) {
        const struct yaml_node *with = get(job->step, "with");
        const struct yaml_node *ref = get(with, "ref"), *repository = get(with, "repository");
        const struct yaml_node *depth = get(with, "fetch-depth");
        const struct yaml_node *persist = get(with, "persist-credentials");
        const struct yaml_node *head = names_head(job, ref) ? ref : repository;

        job->has_checkout = true;
        job->full_history |= is_zero(depth) || str_contains(text_of(depth), STR("${{"));
        if (!is_false(persist) && !str_contains(text_of(persist), STR("${{")))
                *VEC_ADD(job->workflow->scan->arena, &job->checkouts) = uses;
        if (names_head(job, head) && !job->traits.takes_head.line)
                job->traits.takes_head = (struct place){ head->line, head->column };
}

/* ---- text of outsiders ---- */

static bool is_tainted(void *ctx, struct str path);

/* The value of a variable, from the step outwards. */
static const struct yaml_node *find_env(const struct job *job, struct str name) {
        const struct yaml_node *const owners[] = { job->step, job->node, job->workflow->root };

        for (size_t i = 0; i < COUNT_OF(owners); i++) {
                const struct yaml_node *env = get(owners[i], "env");
                const struct yaml_node *value = NULL;

                if (env && scan_may_read(job->workflow->scan, env->count))
                        value = yaml_get(env, name);
                if (value)
                        return value;
        }
        return NULL;
}

/* Whether some expression of the text lets an outsider's text in. */
static bool is_tainted_text(struct job *job, struct str text) {
        struct str whole, inside, what;
        bool found = false;
        size_t at = 0;

        if (job->depth >= VALUE_DEPTH_MAX || !scan_may_read(job->workflow->scan, text.len))
                return false;
        job->depth++;
        while (!found && scan_may_read(job->workflow->scan, 0) &&
               expression_next(text, &at, &whole, &inside))
                found = expression_is_untrusted(inside, is_tainted, job, &what);
        job->depth--;
        return found;
}

static bool is_tainted_matrix(struct job *job, struct str name) {
        const struct yaml_node *matrix = get(get(job->node, "strategy"), "matrix");
        const struct yaml_node *values = matrix ? yaml_get(matrix, name) : NULL;

        if (!values || !scan_may_read(job->workflow->scan, values->count))
                return false;
        for (size_t i = 0; values->kind == YAML_SEQUENCE && i < values->count; i++)
                if (is_tainted_text(job, text_of(&values->items[i])))
                        return true;
        return is_tainted_text(job, text_of(values));
}

static bool is_name_byte(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
}

/* $NAME and ${NAME} in what a step writes out. */
static bool has_tainted_variable(struct job *job, struct str text) {
        for (size_t i = 0; i + 1 < text.len; i++) {
                size_t from = i + 1, to;

                if (text.ptr[i] != '$')
                        continue;
                from += text.ptr[from] == '{';
                to = from;
                while (to < text.len && to - from < NAME_MAX_BYTES && is_name_byte(text.ptr[to]))
                        to++;
                if (to > from &&
                    is_tainted_text(job, text_of(find_env(job, str_slice(text, from, to)))))
                        return true;
        }
        return false;
}

/* echo "NAME=$T" >> $GITHUB_OUTPUT; what a command made of the text is not known. */
static bool line_gives(struct job *job, struct str line, struct str name) {
        struct str rest = line;
        size_t at;

        if (!str_contains(line, STR("GITHUB_OUTPUT")))
                return false;
        while ((at = str_find_str(rest, name)) != SIZE_MAX) {
                bool starts = !at || !is_name_byte(rest.ptr[at - 1]);

                rest = str_slice(rest, at + name.len, rest.len);
                if (starts && str_has_prefix(rest, STR("=")))
                        return !str_contains(rest, STR("$(")) && !str_contains(rest, STR("`")) &&
                               (is_tainted_text(job, rest) || has_tainted_variable(job, rest));
        }
        return false;
}

static bool step_gives(struct job *job, const struct yaml_node *step, struct str name) {
        const struct yaml_node *before = job->step;
        struct str rest = text_of(get(step, "run")), line;
        bool found = false;

        if (!name.len || job->depth >= VALUE_DEPTH_MAX ||
            !scan_may_read(job->workflow->scan, rest.len))
                return false;
        job->step = step;
        while (!found && str_next_line(&rest, &line))
                found = line_gives(job, line, name);
        job->step = before;
        return found;
}

/* steps.ID.outputs.NAME */
static bool is_tainted_output(struct job *job, struct str id, struct str name) {
        const struct yaml_node *steps = get(job->node, "steps");

        if (!job->key)
                steps = get(get(job->node, "runs"), "steps");
        if (!steps || steps->kind != YAML_SEQUENCE ||
            !scan_may_read(job->workflow->scan, steps->count))
                return false;
        for (size_t i = 0; i < steps->count; i++)
                if (steps->items[i].kind == YAML_MAPPING &&
                    str_eq_fold(text_of(get(&steps->items[i], "id")), id))
                        return step_gives(job, &steps->items[i], name);
        return false;
}

/* needs.JOB.outputs.NAME */
static bool is_tainted_need(const struct job *job, struct str id, struct str name) {
        const struct yaml_node *jobs = job->workflow->jobs;
        const struct yaml_node *node = jobs ? yaml_get(jobs, id) : NULL;
        const struct yaml_node *outputs = get(node, "outputs");
        struct job other = { .workflow = job->workflow, .depth = job->depth, .node = node };

        other.key = node;
        return outputs && scan_may_read(job->workflow->scan, jobs->count + outputs->count) &&
               is_tainted_text(&other, text_of(yaml_get(outputs, name)));
}

static bool is_tainted(void *ctx, struct str path) {
        struct job *job = ctx;
        struct str context, name, id, outputs;

        if (!str_cut(path, '.', &context, &name))
                return false;
        if (str_eq_fold(context, STR("env")))
                return is_tainted_text(job, text_of(find_env(job, name)));
        if (str_eq_fold(context, STR("matrix")))
                return is_tainted_matrix(job, name);
        if (str_eq_fold(context, STR("inputs"))) {
                job->input = str_dup(job->workflow->scan->arena, name);
                return true;
        }
        if (!str_cut(name, '.', &id, &outputs) || !str_has_prefix(outputs, STR("outputs.")))
                return false;
        name = str_drop_prefix(outputs, STR("outputs."));
        if (str_eq_fold(context, STR("steps")))
                return is_tainted_output(job, id, name);
        return str_eq_fold(context, STR("needs")) && is_tainted_need(job, id, name);
}

static void add_use(struct scan *s, struct str input, enum flaw_kind kind, struct place place,
                    struct str what) {
        struct scan_use use = { .input = input };

        use.flaw = (struct flaw){ kind, place.line, place.column, what, false };
        if (s->file->uses.count < SCAN_FLAWS_MAX)
                *VEC_ADD(s->arena, &s->file->uses) = use;
}

static void add_call(struct scan *s, struct str path, struct str input, struct str trigger) {
        if (s->file->calls.count < SCAN_FLAWS_MAX)
                *VEC_ADD(s->arena, &s->file->calls) =
                        (struct scan_call){ str_drop_prefix(path, STR("./")), input, trigger };
}

/* Inputs of a local action or workflow that are given an outsider's text. */
static void take_calls(struct job *job, const struct yaml_node *uses,
                       const struct yaml_node *with) {
        if (!str_has_prefix(text_of(uses), STR("./")) || !with || with->kind != YAML_MAPPING)
                return;
        for (size_t i = 0; i < with->count; i++) {
                job->input = STR_NONE;
                if (is_tainted_text(job, text_of(&with->pairs[i].value)) && !job->input.len)
                        add_call(job->workflow->scan, uses->text, with->pairs[i].key.text,
                                 STR_NONE);
        }
        job->input = STR_NONE;
}

/* A bot names its branches, and nothing else that is listed. */
static bool is_branch(struct str what) {
        return str_contains(what, STR("head_ref")) || str_contains(what, STR("head.ref")) ||
               str_contains(what, STR("head.label"));
}

static void found_injection(struct job *job, struct place place, struct str what) {
        struct scan *s = job->workflow->scan;

        if (job->input.len)
                add_use(s, job->input, FLAW_INJECTION, place, what);
        else if (!job->is_bots || !is_branch(what))
                scan_flaw(s, FLAW_INJECTION, place, what);
}

static void look_for_injection(struct job *job, const struct yaml_node *node) {
        struct scan *s = job->workflow->scan;
        struct str whole, inside, what;
        struct script script;
        size_t at = 0;

        if (!text_of(node).len || !scan_may_read(s, node->text.len))
                return;
        script_of_node(s->arena, &s->source, node, &script);
        while (!scan_is_full(s) && scan_may_read(s, 0) &&
               expression_next(node->text, &at, &whole, &inside)) {
                job->input = STR_NONE;
                if (expression_is_untrusted(inside, is_tainted, job, &what))
                        found_injection(job, script_place(&script, whole), what);
        }
        job->input = STR_NONE;
}

/* Actions that run what an input says. */
static void look_at_script_input(struct job *job, const struct yaml_node *uses,
                                 const struct yaml_node *with) {
        static const struct {
                const char *action, *input;
        } scripts[] = { { "actions/github-script", "script" },
                        { "appleboy/ssh-action", "script" },
                        { "azure/cli", "inlineScript" },
                        { "azure/powershell", "inlineScript" },
                        { "nick-fields/retry", "command" } };

        for (size_t i = 0; i < COUNT_OF(scripts); i++)
                if (is_action(text_of(uses), scripts[i].action))
                        look_for_injection(job, get(with, scripts[i].input));
}

/* ---- steps ---- */

static void look_at_action(struct job *job, const struct yaml_node *uses) {
        const struct yaml_node *with = get(job->step, "with");

        look_at_uses(job, uses);
        job->traits.pushes |= pushes(text_of(uses));
        if (is_action(text_of(uses), "actions/checkout"))
                look_at_checkout(job, uses);
        look_at_script_input(job, uses, with);
        take_calls(job, uses, with);
}

static void look_at_step(struct job *job, const struct yaml_node *step) {
        const struct yaml_node *uses = get(step, "uses"), *run = get(step, "run");

        job->step = step;
        scan_env(job->workflow->scan, get(step, "env"));
        if (uses)
                look_at_action(job, uses);
        if (!run)
                return;
        look_for_injection(job, run);
        scan_script_node(job->workflow->scan, run, &job->traits);
}

static void look_at_steps(struct job *job, const struct yaml_node *steps) {
        if (steps && steps->kind == YAML_SEQUENCE)
                for (size_t i = 0; i < steps->count; i++)
                        if (steps->items[i].kind == YAML_MAPPING)
                                look_at_step(job, &steps->items[i]);
        job->step = NULL;
}

/* ---- jobs ---- */

/* Conditions under which the code is not a stranger's, or a person has looked at it. */
static bool is_guard(struct str text) {
        static const char *const parts[] = {
                "head.repo.full_name", "head.repo.fork",     "head_repository.full_name",
                "head.repo.id",        "author_association", "pull_request.merged",
                "workflow_run.event",  "github.actor",       "pull_request.user.login",
        };

        for (size_t i = 0; i < COUNT_OF(parts); i++)
                if (str_contains(text, str_of(parts[i])))
                        return true;
        return false;
}

/* Only runs that a bot started: nobody else names the branch. */
static bool is_bots(struct str text) {
        size_t at = str_find_str(text, STR("github.actor"));
        struct str rest = str_trim(str_slice(text, at == SIZE_MAX ? text.len : at + 12, text.len));

        return str_has_prefix(rest, STR("==")) && str_contains(rest, STR("[bot]'")) &&
               !str_contains(text, STR("||"));
}

static bool job_is_guarded(const struct yaml_node *job) {
        const struct yaml_node *environment = get(job, "environment");

        if (environment && environment->kind == YAML_MAPPING)
                environment = get(environment, "name");
        return is_guard(text_of(get(job, "if"))) || is_guard(text_of(environment));
}

static bool job_is_bots(const struct yaml_node *job) {
        return is_bots(text_of(get(job, "if")));
}

/* Or of a job that must have run before. */
static bool needs(const struct workflow *w, const struct yaml_node *job,
                  bool (*holds)(const struct yaml_node *other)) {
        const struct yaml_node *list = get(job, "needs");
        const struct yaml_node *items = list;
        size_t count = 1;

        if (!list)
                return false;
        if (list->kind == YAML_SEQUENCE) {
                items = list->items;
                count = list->count;
        }
        for (size_t i = 0; i < MIN_OF(count, NEEDS_MAX); i++) {
                const struct yaml_node *other =
                        items[i].kind == YAML_SCALAR ? yaml_get(w->jobs, items[i].text) : NULL;

                if (other && holds(other))
                        return true;
        }
        return false;
}

static bool steps_have_timeouts(const struct yaml_node *steps) {
        if (!steps || steps->kind != YAML_SEQUENCE || !steps->count)
                return false;
        for (size_t i = 0; i < steps->count; i++)
                if (!get(&steps->items[i], "timeout-minutes"))
                        return false;
        return true;
}

static void look_at_timeout(struct job *job) {
        if (get(job->node, "timeout-minutes") || get(job->node, "uses") ||
            steps_have_timeouts(get(job->node, "steps")))
                return;
        scan_flaw_at(job->workflow->scan, FLAW_NO_TIMEOUT, job->key, job->key->text);
}

static void look_at_volumes(struct job *job, const struct yaml_node *volumes) {
        for (size_t i = 0; volumes && volumes->kind == YAML_SEQUENCE && i < volumes->count; i++) {
                struct str found = scan_find_privilege(text_of(&volumes->items[i]));

                if (found.len)
                        scan_flaw_at(job->workflow->scan, FLAW_PRIVILEGED, &volumes->items[i],
                                     found);
        }
}

static void look_at_container(struct job *job, const struct yaml_node *container) {
        const struct yaml_node *options = get(container, "options");
        const struct yaml_node *image =
                container && container->kind == YAML_SCALAR ? container : get(container, "image");
        struct script script;
        struct str text = text_of(options);
        struct str found = scan_find_privilege(text);

        look_at_volumes(job, get(container, "volumes"));
        if (found.len) {
                script_of_node(job->workflow->scan->arena, &job->workflow->scan->source, options,
                               &script);
                scan_flaw(job->workflow->scan, FLAW_PRIVILEGED, script_place(&script, found),
                          found);
        } else if (scan_is_docker_in_docker(text_of(image))) {
                scan_flaw_at(job->workflow->scan, FLAW_PRIVILEGED, image, image->text);
        }
}

static void look_at_containers(struct job *job) {
        const struct yaml_node *services = get(job->node, "services");

        look_at_container(job, get(job->node, "container"));
        if (services && services->kind == YAML_MAPPING)
                for (size_t i = 0; i < services->count; i++)
                        look_at_container(job, &services->pairs[i].value);
}

static void judge_checkouts(struct job *job) {
        struct scan *s = job->workflow->scan;

        for (size_t i = 0; i < job->checkouts.count && !job->traits.pushes; i++)
                scan_flaw_at(s, FLAW_CREDENTIALS, job->checkouts.items[i],
                             job->checkouts.items[i]->text);
        if (job->traits.needs_history.line && job->has_checkout && !job->full_history &&
            !job->traits.fetches)
                scan_flaw(s, FLAW_HISTORY, job->traits.needs_history, job->traits.history_command);
        if (!job->traits.takes_head.line || job->is_guarded)
                return;
        if (job->workflow->risky.len)
                scan_flaw(s, FLAW_FORK, job->traits.takes_head, job->workflow->risky);
        else
                add_use(s, STR_NONE, FLAW_FORK, job->traits.takes_head, STR_NONE);
}

/* A workflow that is handed the secrets: where it lies here, what it does is looked at. */
static void look_at_secrets(struct job *job, const struct yaml_node *uses) {
        struct scan *s = job->workflow->scan;
        struct flaw *flaw;

        if (!text_of(uses).len || !job->workflow->risky.len || job->is_guarded ||
            !get(job->node, "secrets"))
                return;
        if (str_has_prefix(uses->text, STR("./"))) {
                add_call(s, uses->text, STR_NONE, job->workflow->risky);
                return;
        }
        if (!str_eq(text_of(get(job->node, "secrets")), STR("inherit")) ||
            !str_eq(job->workflow->risky, STR("pull_request_target")) ||
            job->traits.takes_head.line || scan_is_full(s))
                return;
        flaw = VEC_ADD(s->arena, &s->file->flaws);
        *flaw = (struct flaw){ FLAW_FORK, uses->line, uses->column, uses->text, true };
}

/* A reusable workflow that is told to take the head, with the secrets. */
static void look_at_call(struct job *job) {
        const struct yaml_node *with = get(job->node, "with");

        if (!get(job->node, "uses") || !with || with->kind != YAML_MAPPING ||
            !get(job->node, "secrets"))
                return;
        for (size_t i = 0; i < with->count; i++)
                if (names_head(job, &with->pairs[i].value) && !job->traits.takes_head.line)
                        job->traits.takes_head = (struct place){ with->pairs[i].value.line,
                                                                 with->pairs[i].value.column };
}

static void look_at_job(struct workflow *w, const struct yaml_pair *pair) {
        struct job job = { .workflow = w, .key = &pair->key, .node = &pair->value };
        const struct yaml_node *uses = get(job.node, "uses");

        if (job.node->kind != YAML_MAPPING)
                return;
        job.is_guarded = job_is_guarded(job.node) || needs(w, job.node, job_is_guarded);
        job.is_bots = job_is_bots(job.node) || needs(w, job.node, job_is_bots);
        scan_env(w->scan, get(job.node, "env"));
        look_at_timeout(&job);
        look_at_containers(&job);
        if (uses)
                look_at_uses(&job, uses);
        take_calls(&job, uses, get(job.node, "with"));
        look_at_call(&job);
        look_at_secrets(&job, uses);
        look_at_steps(&job, get(job.node, "steps"));
        judge_checkouts(&job);
        scan_end_job(w->scan, &job.traits);
}

/* ---- the workflow ---- */

static bool is_write_all(const struct yaml_node *permissions) {
        return str_eq(text_of(permissions), STR("write-all"));
}

static bool every_job_has_permissions(const struct workflow *w) {
        for (size_t i = 0; i < w->jobs->count; i++)
                if (!get(&w->jobs->pairs[i].value, "permissions"))
                        return false;
        return true;
}

static void look_at_permissions(struct workflow *w) {
        const struct yaml_pair *jobs = w->root->pairs;
        const struct yaml_node *all = get(w->root, "permissions");

        while (&jobs->value != w->jobs)
                jobs++;
        if (is_write_all(all))
                scan_flaw_at(w->scan, FLAW_PERMISSIONS, all, STR("write-all"));
        /* Gitea's and Forgejo's token is limited by the server's settings alone. */
        else if (!all && w->scan->file->platform == SCAN_GITHUB && !every_job_has_permissions(w))
                scan_flaw_at(w->scan, FLAW_PERMISSIONS, &jobs->key, STR_NONE);
        for (size_t i = 0; i < w->jobs->count; i++) {
                const struct yaml_node *own = get(&w->jobs->pairs[i].value, "permissions");

                if (is_write_all(own))
                        scan_flaw_at(w->scan, FLAW_PERMISSIONS, own, STR("write-all"));
        }
}

/* Triggers that run with the repository's secrets while an outsider chose what they run on. */
static struct str risky_trigger(const struct yaml_node *on) {
        static const char *const names[] = { "pull_request_target", "workflow_run",
                                             "issue_comment" };

        for (size_t i = 0; on && i < COUNT_OF(names); i++) {
                struct str name = str_of(names[i]);

                if (str_eq(text_of(on), name) || yaml_get(on, name))
                        return name;
                for (size_t j = 0; on->kind == YAML_SEQUENCE && j < on->count; j++)
                        if (str_eq(text_of(&on->items[j]), name))
                                return name;
        }
        return STR_NONE;
}

static void look_at_composite(struct workflow *w) {
        struct job job = { .workflow = w, .node = w->root };

        look_at_steps(&job, get(get(w->root, "runs"), "steps"));
}

void scan_actions(struct scan *s, const struct yaml_node *root) {
        struct workflow w = { .scan = s, .root = root, .jobs = get(root, "jobs") };

        if (!w.jobs || w.jobs->kind != YAML_MAPPING) {
                look_at_composite(&w);
                return;
        }
        w.risky = risky_trigger(get(root, "on"));
        scan_env(s, get(root, "env"));
        look_at_permissions(&w);
        for (size_t i = 0; i < w.jobs->count; i++)
                look_at_job(&w, &w.jobs->pairs[i]);
}
