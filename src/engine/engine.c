#include "engine/engine.h"

#include "base/map.h"
#include "check/policy_rules.h"
#include "engine/fingerprint.h"
#include "facts/coverage.h"
#include "facts/redact.h"
#include "sys/clock.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <assert.h>
#include <stdlib.h>

/* One fact to build for one subject. Each has an arena of its own, since they work in parallel. */
struct build {
        enum fact fact;
        struct fact_job job;
};

struct builds {
        struct engine_request *request;
        VEC(struct build) list;
};

/* Whether the base is to tell if it has the finding too. */
static bool matters(const struct engine_request *request, const struct finding *finding) {
        return !finding->waived && (!request->only_errors_count || finding->severity == SEV_ERROR);
}

static bool is_asked(const struct engine_request *request, const struct rule *rule) {
        for (size_t i = 0; request->asked && i < request->asked->list.count; i++)
                if (request->asked->list.items[i]->rule == rule &&
                    matters(request, request->asked->list.items[i]))
                        return true;
        return !request->asked;
}

static bool is_enabled(const struct engine_request *request, const struct rule *rule) {
        enum severity severity =
                request->policy ? config_severity(&request->policy->config, rule) : rule->severity;

        return severity != SEV_OFF && is_asked(request, rule);
}

static uint64_t facts_wanted(const struct engine_request *request, const struct check *check) {
        uint64_t wanted = 0;

        for (size_t i = 0; i < check->rule_count; i++)
                if (is_enabled(request, &check->rules[i]))
                        wanted |= check->rules[i].needs;
        return fact_closure(wanted);
}

/* The first of the needed facts that has a status (or, `other`, another); FACT_COUNT: none. */
static enum fact first_with(const struct repo_facts *repo, const struct module_facts *module,
                            uint64_t needs, bool other, enum fact_status status) {
        for (size_t i = 0; i < FACT_COUNT; i++)
                if (needs >> i & 1 && (module || fact_rows[i].scope == SCOPE_REPOSITORY) &&
                    (fact_state_of(repo, module, (enum fact)i)->status == status) != other)
                        return (enum fact)i;
        return FACT_COUNT;
}

/* The needed fact that is the cause why all are not there; FACT_COUNT where they are. What does not
 * apply comes first: where there is no vendor folder, nothing that it would be compared with is
 * missed. Rows of facts.def stand behind what they need, so else the first is the cause and not
 * what follows from it. */
static enum fact first_missing(const struct repo_facts *repo, const struct module_facts *module,
                               uint64_t needs) {
        enum fact absent;

        needs = fact_closure(needs);
        absent = first_with(repo, module, needs, false, FACT_STATUS_ABSENT);
        if (absent != FACT_COUNT)
                return absent;
        return first_with(repo, module, needs, true, FACT_STATUS_BUILT);
}

static void build_one(void *ctx, size_t index) {
        struct builds *builds = ctx;
        struct build *build = &builds->list.items[index];
        const struct fact_row *row = &fact_rows[build->fact];
        enum fact missing;
        TRACE_SPAN(build->job.repo->options.trace, row->name,
                   build->job.module ? build->job.module->dir : STR_NONE);

        missing = first_missing(build->job.repo, build->job.module, row->needs);
        if (missing != FACT_COUNT) {
                *build->job.state = *fact_state_of(build->job.repo, build->job.module, missing);
                return;
        }
        progress_say(build->job.repo->options.progress, row->name);
        build->job.state->status = FACT_STATUS_BUILT;
        row->build(&build->job);
}

static void add_build(struct builds *builds, enum fact fact, struct module_facts *module) {
        struct engine_request *request = builds->request;
        struct repo_facts *repo = request->facts;
        struct arena *arena = ARENA_NEW(request->arena, struct arena);

        *arena = arena_make(request->arena->budget);
        *VEC_ADD(request->arena, &request->fact_arenas) = arena;
        *VEC_ADD(request->arena, &builds->list) = (struct build){
                .fact = fact,
                .job = { .repo = repo,
                         .module = module,
                         .arena = arena,
                         .state = module ? &module->states[fact] : &repo->states[fact] },
        };
}

static void add_builds(struct builds *builds, enum fact fact) {
        struct repo_facts *repo = builds->request->facts;
        size_t count = FACTS_OF_OTHERS >> fact & 1 ? repo->known_count : repo->module_count;

        if (fact_rows[fact].scope == SCOPE_REPOSITORY) {
                add_build(builds, fact, NULL);
                return;
        }
        for (size_t i = 0; i < count; i++)
                add_build(builds, fact, &repo->modules[i]);
}

/* Builds what is wanted and not there yet, wave by wave: a wave is every fact whose needs are
 * done. */
static void build_facts(struct engine_request *request, uint64_t wanted) {
        uint64_t *done = &request->facts_done;

        while (wanted & ~*done && !interrupt_requested()) {
                struct builds builds = { .request = request };
                uint64_t wave = 0;

                for (size_t i = 0; i < FACT_COUNT; i++)
                        if ((wanted & ~*done) >> i & 1 && !(fact_rows[i].needs & ~*done)) {
                                wave |= (uint64_t)1 << i;
                                add_builds(&builds, (enum fact)i);
                        }
                assert(wave); /* facts.def has no cycle: a test walks it */
                pool_each(builds.list.count, 0, build_one, &builds);
                *done |= wave;
        }
}

static bool same_gap(const struct gap *a, const struct gap *b) {
        if (a->why.text != b->why.text || a->why.arg_count != b->why.arg_count)
                return false;
        for (size_t i = 0; i < a->why.arg_count; i++)
                if (!str_eq(a->why.args[i].value, b->why.args[i].value))
                        return false;
        return true;
}

/* Several rules of a checkpoint may lack the same fact: that is said once. */
static void add_unjudged(struct engine_request *request, const struct check *check,
                         const struct gap *gap) {
        struct report *report = request->report;

        for (size_t i = 0; i < report->unjudged.count; i++)
                if (report->unjudged.items[i].check == check &&
                    same_gap(&report->unjudged.items[i].gap, gap))
                        return;
        *VEC_ADD(request->arena, &report->unjudged) =
                (struct report_gap){ .check = check, .gap = *gap };
}

static void add_not_run(struct engine_request *request, const struct check *check,
                        const struct rule *rule, const struct gap *gap) {
        struct report *report = request->report;

        for (size_t i = 0; i < report->not_run.count; i++)
                if (report->not_run.items[i].rule == rule)
                        return;
        *VEC_ADD(request->arena, &report->not_run) =
                (struct report_gap){ .check = check, .rule = rule, .gap = *gap };
}

static void add_gaps(struct engine_request *request, const struct check *check,
                     const struct fact_state *state) {
        for (size_t i = 0; i < state->gaps.count; i++)
                add_unjudged(request, check, &state->gaps.items[i]);
}

/* What a fact that was built could not tell leaves its rules unjudged in part. */
static void add_partial_gaps(struct engine_request *request, const struct check *check,
                             const struct rule *rule, const struct module_facts *module) {
        for (size_t i = 0; i < FACT_COUNT; i++)
                if (rule->needs >> i & 1 && (module || fact_rows[i].scope == SCOPE_REPOSITORY))
                        add_gaps(request, check,
                                 fact_state_of(request->facts, module, (enum fact)i));
}

/* What the user has not set up is told, and judged only where the policy asks for it. */
static void add_not_set_up(struct engine_request *request, const struct check *check,
                           const struct rule *rule, enum fact fact,
                           const struct fact_state *state) {
        if (request->policy &&
            config_requires(&request->policy->config, str_of(fact_rows[fact].name)))
                add_gaps(request, check, state);
        else
                add_not_run(request, check, rule, &state->gaps.items[0]);
}

/* True where the rule had something to judge. */
static bool run_rule(struct engine_request *request, const struct check *check,
                     const struct rule *rule, const struct module_facts *module,
                     struct findings *out) {
        enum fact missing = first_missing(request->facts, module, rule->needs);
        const struct fact_state *state;

        if (missing == FACT_COUNT) {
                out->main_module = module ? module->path : STR_NONE;
                rule->run(rule, request->facts, module, out);
                add_partial_gaps(request, check, rule, module);
                return true;
        }
        state = fact_state_of(request->facts, module, missing);
        if (state->status == FACT_STATUS_FAILED)
                add_gaps(request, check, state);
        if (state->status == FACT_STATUS_NOT_SET_UP)
                add_not_set_up(request, check, rule, missing, state);
        return state->status != FACT_STATUS_ABSENT;
}

static bool run_rule_everywhere(struct engine_request *request, const struct check *check,
                                const struct rule *rule, struct findings *out) {
        bool judged = false;

        if (rule->scope == SCOPE_REPOSITORY)
                return run_rule(request, check, rule, NULL, out);
        for (size_t i = 0; i < request->facts->module_count; i++)
                judged |= run_rule(request, check, rule, &request->facts->modules[i], out);
        return judged;
}

static enum verdict verdict_of_check(const struct report *report, const struct check *check,
                                     bool judged) {
        for (size_t i = 0; i < report->findings.count; i++) {
                const struct finding *finding = report->findings.items[i];

                if (finding->check == check && !finding->waived && finding->severity == SEV_ERROR)
                        return VERDICT_FAIL;
        }
        for (size_t i = 0; i < report->unjudged.count; i++)
                if (report->unjudged.items[i].check == check)
                        return VERDICT_UNJUDGED;
        return judged ? VERDICT_PASS : VERDICT_NONE;
}

static void tell_check(struct engine_request *request, const struct report_check *done) {
        for (size_t i = 0; i < request->sink_count; i++)
                if (request->sinks[i].check_finished)
                        request->sinks[i].check_finished(request->sinks[i].ctx, request->report,
                                                         done);
}

/* A run of tests that was interrupted has found what it has found; other facts that were may be
 * wrong. */
static bool may_judge(const struct check *check) {
        return !interrupt_requested() || check->executes;
}

/* Runs the enabled rules of a checkpoint over facts that are built on the way. */
static bool collect(struct engine_request *request, const struct check *check,
                    struct findings *out) {
        bool judged = false;

        build_facts(request, facts_wanted(request, check));
        for (size_t i = 0; i < check->rule_count && may_judge(check); i++)
                if (is_enabled(request, &check->rules[i]))
                        judged |= run_rule_everywhere(request, check, &check->rules[i], out);
        fingerprints_fill(request->arena, request->facts->tree, out);
        return judged;
}

/* Gives severities and waives; findings of rules that are off are dropped. */
static void apply_policy(struct engine_request *request, struct findings *findings) {
        size_t kept = 0;

        for (size_t i = 0; request->policy && i < findings->list.count; i++) {
                struct finding *finding = findings->list.items[i];

                policy_apply(&request->policy->policy, finding);
                if (finding->severity != SEV_OFF)
                        findings->list.items[kept++] = finding;
        }
        if (request->policy)
                findings->list.count = kept;
}

static bool any_matters(const struct engine_request *request, const struct findings *findings) {
        for (size_t i = 0; i < findings->list.count; i++)
                if (matters(request, findings->list.items[i]))
                        return true;
        return false;
}

/* What the base has too is not new: it is shown and does not block. Where the whole is judged (do
 * the tests pass, is enough covered) the base is no excuse, and is not run for it. */
static void waive_known(struct engine_request *request, const struct check *check,
                        struct findings *findings) {
        struct findings before = { .arena = request->arena, .check = check };
        struct map known = map_make(request->arena);

        if (!request->before || check->judges_whole || !any_matters(request, findings))
                return;
        request->before->only_errors_count = request->only_errors_count;
        request->before->asked = findings;
        collect(request->before, check, &before);
        for (size_t i = 0; i < before.list.count; i++)
                map_put(&known, before.list.items[i]->fingerprint);
        for (size_t i = 0; i < findings->list.count; i++) {
                struct finding *finding = findings->list.items[i];

                if (finding->waived || !map_has(&known, finding->fingerprint))
                        continue;
                finding->waived = true;
                finding->waived_why = STR("in the base too");
        }
}

static void redact_message(struct redactor *redactor, struct arena *arena,
                           struct message *message) {
        for (size_t i = 0; i < message->arg_count; i++)
                message->args[i].value = redact(redactor, arena, STR_NONE, message->args[i].value);
}

/* What a finding quotes may hold a secret; those of the search for secrets hold none. */
static void redact_findings(struct engine_request *request, const struct check *check,
                            struct findings *findings) {
        struct arena *arena = request->arena;
        AUTO_REDACTOR *redactor = NULL;

        if (!check->quotes || !findings->list.count)
                return;
        redactor = redactor_open(arena, request->facts);
        for (size_t i = 0; i < findings->list.count; i++) {
                struct finding *finding = findings->list.items[i];

                redact_message(redactor, arena, &finding->message);
                finding->output = redact(redactor, arena, STR_NONE, finding->output);
                for (size_t j = 0; j < finding->steps.count; j++)
                        redact_message(redactor, arena, &finding->steps.items[j].message);
        }
}

static void finish_check(struct engine_request *request, const struct check *check,
                         struct findings *findings, bool judged, uint64_t start_ns) {
        struct report *report = request->report;
        struct report_check *done;
        enum verdict verdict;

        for (size_t i = 0; i < findings->list.count; i++)
                *VEC_ADD(request->arena, &report->findings) = findings->list.items[i];
        verdict = verdict_of_check(report, check, judged);
        /* What was interrupted is not proven. */
        if (interrupt_requested())
                verdict = MAX_OF(verdict, VERDICT_UNJUDGED);
        done = VEC_ADD(request->arena, &report->checks);
        *done = (struct report_check){ check, verdict, (double)(clock_now_ns() - start_ns) / 1e9 };
        tell_check(request, done);
}

static void run_check(struct engine_request *request, const struct check *check) {
        struct findings out = { .arena = request->arena, .check = check };
        uint64_t start_ns = clock_now_ns();
        bool judged;
        TRACE_SPAN(request->facts->options.trace, "check", str_of(check->id));

        judged = collect(request, check, &out);
        if (!may_judge(check))
                return;
        apply_policy(request, &out);
        waive_known(request, check, &out);
        redact_findings(request, check, &out);
        finish_check(request, check, &out, judged, start_ns);
}

static bool is_judged_in_full(const struct report *report, const struct report_check *check) {
        if (check->verdict == VERDICT_NONE)
                return false;
        for (size_t i = 0; i < report->unjudged.count; i++)
                if (report->unjudged.items[i].check == check->check)
                        return false;
        return true;
}

static bool was_not_run(const struct report *report, const struct rule *rule) {
        for (size_t i = 0; i < report->not_run.count; i++)
                if (report->not_run.items[i].rule == rule)
                        return true;
        return false;
}

/* The rules that were judged in full: only of them can be said that they found nothing. */
static const struct rule **judged_in_full(struct engine_request *request, size_t *ret_count) {
        const struct report *report = request->report;
        VEC(const struct rule *) full = { 0 };

        for (size_t i = 0; i < report->checks.count; i++) {
                const struct check *check = report->checks.items[i].check;

                if (!is_judged_in_full(report, &report->checks.items[i]))
                        continue;
                for (size_t j = 0; j < check->rule_count; j++)
                        if (is_enabled(request, &check->rules[j]) &&
                            !was_not_run(report, &check->rules[j]))
                                *VEC_ADD(request->arena, &full) = &check->rules[j];
        }
        *ret_count = full.count;
        return full.items;
}

/* The policy is judged last: by then it is known what it covers. */
static void run_policy_check(struct engine_request *request) {
        struct findings *findings = &request->policy->loosenings;
        uint64_t start_ns = clock_now_ns();
        const struct rule **judged;
        size_t count;

        judged = judged_in_full(request, &count);
        policy_report(&request->policy->policy, judged, count, findings);
        fingerprints_fill(request->arena, request->facts->tree, findings);
        apply_policy(request, findings);
        finish_check(request, &check_policy, findings, request->policy->is_set, start_ns);
}

static const struct text nothing_asked = { "no checkpoint was left to run", "没有可运行的检查点" };
static const struct text nothing_asked_mend = { "see --skip and the checks of weir.yaml",
                                                "查看 --skip 以及 weir.yaml 中的 checks" };

/* Who asks nothing gets no pass. */
static void mind_nothing_asked(struct engine_request *request) {
        struct report *report = request->report;

        if (request->may_be_empty)
                return;
        for (size_t i = 0; i < request->check_count; i++)
                if (request->checks[i] != &check_policy)
                        return;
        report->verdict = MAX_OF(report->verdict, VERDICT_UNJUDGED);
        *VEC_ADD(request->arena, &report->unjudged) =
                (struct report_gap){ .gap = { message_make(&nothing_asked),
                                              message_make(&nothing_asked_mend) } };
}

/* An interrupted run has not judged what it did not come to. */
static void finish(struct engine_request *request) {
        struct report *report = request->report;

        for (size_t i = 0; i < report->checks.count; i++)
                report->verdict = MAX_OF(report->verdict, report->checks.items[i].verdict);
        /* Where there was nothing to judge, nothing is wrong. */
        if (report->verdict == VERDICT_NONE)
                report->verdict = VERDICT_PASS;
        if (report->interrupted)
                report->verdict = VERDICT_UNJUDGED;
        for (size_t i = 0; i < request->sink_count; i++)
                if (request->sinks[i].finished)
                        request->sinks[i].finished(request->sinks[i].ctx, report);
}

static void take_vulndb(struct engine_request *request) {
        const struct vulndb *vulndb = request->facts->vulndb;

        if (!vulndb)
                return;
        request->report->vulndb_date = vulndb->date;
        request->report->vulndb_entries = vulndb->entry_count;
}

static const struct text left_out = {
        "coverage leaves out files: {files}, with statements: {statements} (coverage.exclude)",
        "覆盖率不计入 {files} 个文件，共 {statements} 条语句（coverage.exclude）"
};
static const struct text left_out_generated = {
        "coverage leaves out generated files: {files}, with statements: {statements} "
        "(coverage.exclude_generated)",
        "覆盖率不计入 {files} 个生成的文件，共 {statements} 条语句（coverage.exclude_generated）"
};

/* What the policy leaves out of coverage is said in every report. */
static void tell_left_out(struct engine_request *request) {
        const struct coverage *coverage = request->facts->coverage;

        for (size_t i = 0; coverage && i < coverage->excluded_count; i++) {
                const struct coverage_excluded *excluded = &coverage->excluded[i];
                struct report_skip skip = {
                        excluded->pattern.len ? excluded->pattern : STR("*.go"),
                        message_make(excluded->pattern.len ? &left_out : &left_out_generated)
                };

                message_arg(&skip.why, "files", str_fmt(request->arena, "%zu", excluded->files));
                message_arg(
                        &skip.why, "statements",
                        str_fmt(request->arena, "%llu", (unsigned long long)excluded->statements));
                *VEC_ADD(request->arena, &request->report->skipped) = skip;
        }
}

/* What was passed over in the search for secrets. */
static void tell_passed_over(struct engine_request *request) {
        const struct secrets *secrets = request->facts->secrets;

        for (size_t i = 0; secrets && i < secrets->skip_count; i++)
                *VEC_ADD(request->arena, &request->report->skipped) =
                        (struct report_skip){ secrets->skips[i].file, secrets->skips[i].why };
}

void engine_run(struct engine_request *request) {
        for (size_t i = 0; i < request->check_count && !interrupt_requested(); i++)
                if (request->checks[i] != &check_policy)
                        run_check(request, request->checks[i]);
        for (size_t i = 0; i < request->check_count && !interrupt_requested(); i++)
                if (request->checks[i] == &check_policy && request->policy)
                        run_policy_check(request);
        request->report->interrupted = interrupt_requested();
        take_vulndb(request);
        tell_left_out(request);
        tell_passed_over(request);
        mind_nothing_asked(request);
        finish(request);
}

void engine_close(struct engine_request *request) {
        for (size_t i = 0; i < request->fact_arenas.count; i++)
                arena_drop(request->fact_arenas.items[i]);
        if (request->before)
                engine_close(request->before);
}
