#include "policy/verdict.h"

#include "check/policy_rules.h"
#include "data/glob.h"

struct policy policy_make(struct arena *arena, const struct config *config,
                          struct baseline *baseline, struct ignores *ignores, int64_t today) {
        return (struct policy){
                .config = config,
                .baseline = baseline,
                .ignores = ignores,
                .today = today,
                .waivers_used = ARENA_ARRAY(arena, bool, config->waivers.list.count),
        };
}

static void waive(struct finding *finding, struct str why) {
        finding->waived = true;
        finding->waived_why = why;
}

static bool has_expired(const struct policy *policy, const struct waiver *waiver) {
        return waiver->expires_day < policy->today;
}

static void by_ignored_path(struct policy *policy, struct finding *finding) {
        const struct config_list *paths = &policy->config->ignored_paths;

        for (size_t i = 0; i < paths->list.count && !finding->waived; i++)
                if (glob_match(paths->list.items[i].value, finding->file))
                        waive(finding, paths->list.items[i].value);
}

static void by_comment(struct policy *policy, struct finding *finding) {
        const struct ignore *ignore =
                policy->ignores ? ignore_cover(policy->ignores, finding) : NULL;

        if (ignore)
                waive(finding, ignore->reason);
}

/* An expired waiver counts as used: that it has expired is said already. */
static void by_waiver(struct policy *policy, struct finding *finding) {
        const struct config_waivers *waivers = &policy->config->waivers;

        for (size_t i = 0; i < waivers->list.count && !finding->waived; i++) {
                const struct waiver *waiver = &waivers->list.items[i];

                if (!str_eq(waiver->rule, str_of(finding->rule->id)) ||
                    !glob_match(waiver->path, finding->file))
                        continue;
                policy->waivers_used[i] = true;
                if (!has_expired(policy, waiver))
                        waive(finding, waiver->reason);
        }
}

static void by_baseline(struct policy *policy, struct finding *finding) {
        struct baseline_entry *entry = NULL;

        if (policy->baseline)
                entry = baseline_find(policy->baseline, finding->fingerprint);
        if (!entry)
                return;
        entry->used = true;
        waive(finding, STR("baseline"));
}

void policy_apply(struct policy *policy, struct finding *finding) {
        static void (*const ways[])(struct policy *, struct finding *) = { by_ignored_path,
                                                                           by_comment, by_waiver,
                                                                           by_baseline };

        config_override(policy->config, finding->rule, &finding->severity);
        if (str_has_prefix(str_of(finding->rule->id), STR("POL")))
                return;
        for (size_t i = 0; i < COUNT_OF(ways) && !finding->waived; i++)
                ways[i](policy, finding);
}

static bool was_judged(const struct rule *const *judged, size_t count, struct str id) {
        const struct check *check;
        const struct rule *rule = rule_find(id, &check);

        for (size_t i = 0; rule && i < count; i++)
                if (judged[i] == rule)
                        return true;
        return false;
}

static struct finding *add(struct findings *out, enum policy_rule rule, struct str file,
                           uint32_t line, uint32_t column) {
        struct finding *finding = finding_add(out, policy_rule(rule), file, line, column);

        finding->check = &check_policy;
        return finding;
}

static void report_waiver(enum policy_rule rule, const struct waiver *waiver,
                          struct findings *out) {
        struct finding *finding = add(out, rule, waiver->origin.file, waiver->origin.line, 0);

        finding_fill(finding, "rule", waiver->rule);
        finding_fill(finding, "path", waiver->path);
        finding_fill(finding, "expires", waiver->expires);
        finding_fill(finding, "owner", waiver->owner);
        finding->key =
                str_fmt(out->arena, "%.*s %.*s", STR_ARG(waiver->rule), STR_ARG(waiver->path));
}

static void report_waivers(struct policy *policy, const struct rule *const *judged,
                           size_t judged_count, struct findings *out) {
        const struct config_waivers *waivers = &policy->config->waivers;

        for (size_t i = 0; i < waivers->list.count; i++) {
                const struct waiver *waiver = &waivers->list.items[i];

                if (has_expired(policy, waiver))
                        report_waiver(POL_WAIVER_EXPIRED, waiver, out);
                else if (!policy->waivers_used[i] && was_judged(judged, judged_count, waiver->rule))
                        report_waiver(POL_WAIVER_UNUSED, waiver, out);
        }
}

static void report_ignore(enum policy_rule rule, const struct ignore *ignore,
                          struct findings *out) {
        struct finding *finding = add(out, rule, ignore->file, ignore->line, ignore->column);

        finding_fill(finding, "rule", ignore->rule);
        finding->key = ignore->rule;
        if (ignore->wrong) {
                finding_say(finding, ignore->wrong);
                finding->key =
                        str_fmt(out->arena, "%.*s %s", STR_ARG(ignore->rule), ignore->wrong->en);
        }
}

static void report_ignores(const struct ignores *ignores, const struct rule *const *judged,
                           size_t judged_count, struct findings *out) {
        for (size_t i = 0; i < ignores->list.count; i++) {
                const struct ignore *ignore = &ignores->list.items[i];

                if (ignore->wrong)
                        report_ignore(POL_IGNORE_WRONG, ignore, out);
                else if (ignore->covers && !ignore->used &&
                         was_judged(judged, judged_count, ignore->rule))
                        report_ignore(POL_IGNORE_UNUSED, ignore, out);
        }
}

static void report_baseline(const struct policy *policy, const struct rule *const *judged,
                            size_t judged_count, struct findings *out) {
        struct finding *finding;
        size_t gone = 0;

        for (size_t i = 0; i < policy->baseline->count; i++)
                gone += !policy->baseline->entries[i].used &&
                        was_judged(judged, judged_count, policy->baseline->entries[i].rule);
        if (!gone)
                return;
        finding = add(out, POL_BASELINE_UNUSED, policy->config->baseline.value, 0, 0);
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", gone));
        finding->key = STR("baseline");
}

void policy_report(struct policy *policy, const struct rule *const *judged, size_t judged_count,
                   struct findings *out) {
        report_waivers(policy, judged, judged_count, out);
        if (policy->ignores)
                report_ignores(policy->ignores, judged, judged_count, out);
        if (policy->baseline)
                report_baseline(policy, judged, judged_count, out);
}
