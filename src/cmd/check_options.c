#include "cmd/check_command.h"

#include "check/policy_rules.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <unistd.h>

static bool read_stage(const struct cmd_line *line, enum stage *ret_stage, struct err *err) {
        struct str value;

        *ret_stage = STAGE_COMMIT;
        if (!cmd_value(line, "stage", &value) || stage_parse(value, ret_stage))
                return true;
        err_set(err, ERR_USAGE, "--stage %.*s: no such stage", STR_ARG(value));
        return err_mend(err, "commit, merge, build or release");
}

/* Every check that the comma-separated list names must exist. *named is left as it is where the
 * list does not name check. */
static bool list_names(struct str list, const char *option, const struct check *check, bool *named,
                       struct err *err) {
        struct str rest = list, id;
        bool more = true;

        while (more) {
                more = str_cut(rest, ',', &id, &rest);
                if (!more)
                        id = rest;
                id = str_trim(id);
                if (!check_find(id)) {
                        err_set(err, ERR_USAGE, "--%s %.*s: no such checkpoint", option,
                                STR_ARG(id));
                        return err_mend(err, "weir check --help");
                }
                *named |= str_eq(id, str_of(check->id));
        }
        return true;
}

/* An option that is given twice names what both lists name. */
static bool option_names(const struct cmd_line *line, const char *option, const struct check *check,
                         bool *ret_named, struct err *err) {
        *ret_named = false;
        for (size_t i = 0; i < line->options.count; i++)
                if (str_eq(str_of(line->options.items[i].option->name), str_of(option)) &&
                    !list_names(line->options.items[i].value, option, check, ret_named, err))
                        return false;
        return true;
}

/* Whether a checkpoint takes part: of the stage or named by --only, and not named by --skip. */
static bool takes_part(const struct cmd_line *line, enum stage stage, const struct check *check,
                       bool *ret_part, struct err *err) {
        bool only, skip;

        if (!option_names(line, "only", check, &only, err) ||
            !option_names(line, "skip", check, &skip, err))
                return false;
        /* Who names a profile wants it judged, at any stage. */
        if (!cmd_has(line, "only"))
                only = check->stage <= stage ||
                       (check == &check_coverage && cmd_has(line, "profile"));
        /* The policy is no checkpoint of its own: it is judged with all others. */
        *ret_part = (only || check == &check_policy) && !skip;
        return true;
}

static bool read_checks(struct cmd_context *context, const struct cmd_line *line,
                        struct check_options *options, struct err *err) {
        options->only = cmd_has(line, "only");
        for (size_t i = 0; i < check_count; i++) {
                bool part;

                if (!takes_part(line, options->stage, checks[i], &part, err))
                        return false;
                if (part)
                        *VEC_ADD(context->arena, &options->checks) = checks[i];
        }
        return true;
}

/* One name for one file, so that two reports never end in the same; empty for standard output. */
static struct str output_file(struct cmd_context *context, struct str file) {
        static const struct str stdout_names[] = { STR_INIT("-"), STR_INIT("/dev/stdout"),
                                                   STR_INIT("/dev/fd/1"),
                                                   STR_INIT("/proc/self/fd/1") };
        struct str folder = STR("."), base = file;
        struct err err;

        for (size_t i = 0; i < COUNT_OF(stdout_names); i++)
                if (str_eq(file, stdout_names[i]))
                        return STR_NONE;
        str_cut_last(file, '/', &folder, &base);
        /* A folder that is not there is told when the report is written. */
        if (!file_real_path(context->arena, folder.len ? folder : STR("/"), &folder, &err))
                return file;
        return str_join_path(context->arena, folder, base);
}

static bool read_output(struct cmd_context *context, struct str value,
                        struct check_options *options, struct err *err) {
        struct str name = value, file = STR_NONE;
        const struct report_format *format;

        if (str_cut(value, '=', &name, &file) && file.len == 0)
                return err_set(err, ERR_USAGE, "--format %.*s: no file after =", STR_ARG(value));
        if (file.len)
                file = output_file(context, file);
        format = report_format_find(name);
        if (!format) {
                err_set(err, ERR_USAGE, "--format %.*s: no such format", STR_ARG(name));
                return err_mend(err, "weir check --help");
        }
        for (size_t i = 0; i < options->outputs.count; i++)
                if (str_eq(options->outputs.items[i].file, file))
                        return err_set(err, ERR_USAGE, "two reports for %s",
                                       file.len ? "the same file"
                                                : "standard output: give one of them =FILE");
        options->facts.coverage.want_sources |= format->shows_sources;
        *VEC_ADD(context->arena, &options->outputs) = (struct check_output){ format, file };
        return true;
}

/* The trace is written where a report would go, so it must be a file of its own too. */
static bool check_trace_file(struct cmd_context *context, const struct check_options *options,
                             struct err *err) {
        struct str file;

        if (!options->trace_file.len)
                return true;
        file = output_file(context, options->trace_file);
        for (size_t i = 0; i < options->outputs.count; i++)
                if (str_eq(options->outputs.items[i].file, file))
                        return err_set(err, ERR_USAGE, "--trace %.*s: the %s report goes there too",
                                       STR_ARG(options->trace_file),
                                       options->outputs.items[i].format->name);
        return true;
}

static bool read_outputs(struct cmd_context *context, const struct cmd_line *line,
                         struct check_options *options, struct err *err) {
        for (size_t i = 0; i < line->options.count; i++)
                if (str_eq(str_of(line->options.items[i].option->name), STR("format")) &&
                    !read_output(context, line->options.items[i].value, options, err))
                        return false;
        if (!options->outputs.count)
                return read_output(context, STR("text"), options, err);
        return true;
}

/* no-color.org: NO_COLOR, set and not empty, wins over a terminal; the option wins over both. */
static bool read_colour(struct cmd_context *context, const struct cmd_line *line,
                        struct check_options *options, struct err *err) {
        struct str value = STR("auto"), no_color = STR_NONE;

        cmd_value(line, "color", &value);
        if (str_eq(value, STR("always")) || str_eq(value, STR("never"))) {
                options->colour = str_eq(value, STR("always"));
                return true;
        }
        if (!str_eq(value, STR("auto")))
                return err_set(err, ERR_USAGE, "--color takes auto, always or never, not %.*s",
                               STR_ARG(value));
        no_color = env_get_or(&context->env, STR("NO_COLOR"), STR_NONE);
        options->colour = isatty(STDOUT_FILENO) && !no_color.len &&
                          !str_eq(env_get_or(&context->env, STR("TERM"), STR_NONE), STR("dumb"));
        return true;
}

static bool read_subject(const struct cmd_line *line, struct check_options *options,
                         struct err *err) {
        options->staged = cmd_has(line, "staged");
        cmd_value(line, "commit", &options->commit);
        cmd_value(line, "base", &options->base);
        if (options->staged && cmd_has(line, "commit"))
                return err_set(err, ERR_USAGE, "--staged and --commit: only one can be judged");
        if (line->operands.count)
                options->path = line->operands.items[0];
        return true;
}

static bool read_policy(struct cmd_context *context, const struct cmd_line *line,
                        struct check_options *options, struct err *err) {
        struct str from = STR("base");

        for (size_t i = 0; i < line->options.count; i++)
                if (str_eq(str_of(line->options.items[i].option->name), STR("policy")))
                        *VEC_ADD(context->arena, &options->policy_files) =
                                line->options.items[i].value;
        if (cmd_value(line, "policy-from", &from) && !options->base.len) {
                err_set(err, ERR_USAGE,
                        "--policy-from has no effect without --base: the policy is "
                        "that of what is judged");
                return err_mend(err, "--base REV --policy-from %.*s, or leave it out",
                                STR_ARG(from));
        }
        options->policy_from_head = str_eq(from, STR("head"));
        if (options->policy_from_head || str_eq(from, STR("base")))
                return true;
        return err_set(err, ERR_USAGE, "--policy-from takes base or head, not %.*s", STR_ARG(from));
}

/* The values of an option that may be repeated. */
static const struct str *values_of(struct cmd_context *context, const struct cmd_line *line,
                                   const char *option, size_t *ret_count) {
        VEC(struct str) values = { 0 };

        for (size_t i = 0; i < line->options.count; i++)
                if (str_eq(str_of(line->options.items[i].option->name), str_of(option)))
                        *VEC_ADD(context->arena, &values) = line->options.items[i].value;
        *ret_count = values.count;
        return values.items;
}

/* What a seed of go test -shuffle may be. */
static bool is_shuffle(struct str value) {
        uint64_t seed;

        return str_eq(value, STR("on")) || str_eq(value, STR("off")) || str_to_u64(value, &seed);
}

static bool read_tests(struct cmd_context *context, const struct cmd_line *line,
                       struct test_options *tests, struct err *err) {
        struct str value;
        uint64_t count;

        tests->streams = values_of(context, line, "test-json", &tests->stream_count);
        tests->unsandboxed = cmd_has(line, "unsandboxed");
        cmd_value(line, "shuffle", &tests->shuffle);
        if (tests->shuffle.len && !is_shuffle(tests->shuffle))
                return err_set(err, ERR_USAGE, "--shuffle takes on, off or a number, not %.*s",
                               STR_ARG(tests->shuffle));
        if (!cmd_value(line, "count", &value))
                return true;
        if (!str_to_u64(value, &count) || count == 0 || count > TEST_COUNT_MAX)
                return err_set(err, ERR_USAGE, "--count takes a number from 1 to %d, not %.*s",
                               TEST_COUNT_MAX, STR_ARG(value));
        tests->count = (int64_t)count;
        return true;
}

static void read_facts(struct cmd_context *context, const struct cmd_line *line,
                       struct check_options *options) {
        options->facts = (struct fact_options){
                .env = &context->env,
                .online = cmd_has(line, "online"),
                .no_cache = cmd_has(line, "no-cache"),
                .now_seconds = clock_unix_seconds(),
        };
        options->facts.imports = values_of(context, line, "import", &options->facts.import_count);
        options->facts.coverage.profiles =
                values_of(context, line, "profile", &options->facts.coverage.profile_count);
        cmd_value(line, "vulndb", &options->facts.vulndb_path);
        options->facts.secrets.source = SECRETS_TREE;
        options->trace_file = env_get_or(&context->env, STR("WEIR_TRACE"), STR_NONE);
        cmd_value(line, "trace", &options->trace_file);
        if (options->trace_file.len)
                options->facts.trace = trace_make(context->arena);
}

bool check_options_read(struct cmd_context *context, const struct cmd_line *line,
                        struct check_options *ret_options, struct err *err) {
        *ret_options = (struct check_options){ 0 };
        read_facts(context, line, ret_options);
        if (!read_stage(line, &ret_options->stage, err))
                return false;
        ret_options->facts.may_execute = ret_options->stage >= STAGE_MERGE;
        return read_tests(context, line, &ret_options->facts.tests, err) &&
               read_subject(line, ret_options, err) &&
               read_checks(context, line, ret_options, err) &&
               read_policy(context, line, ret_options, err) &&
               read_outputs(context, line, ret_options, err) &&
               check_trace_file(context, ret_options, err) &&
               read_colour(context, line, ret_options, err);
}
