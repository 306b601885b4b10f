/* Running vet and the tests of every module, in a copy of the tree. */
#include "facts/test_go.h"

#include "data/digest.h"
#include "facts/test_copy.h"
#include "facts/test_leaks.h"
#include "gotest/vet.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/interrupt.h"
#include "sys/sandbox.h"
#include "sys/spawn_stream.h"

#define OUTPUT_MAX ((size_t)4 << 30)       /* bytes of one go test */
#define VET_OUTPUT_MAX ((size_t)256 << 20) /* bytes of one go vet */
#define PROFILE_MAX ((size_t)1 << 30)      /* bytes of a coverage profile */
#define ERRORS_KEPT ((size_t)16 << 10)     /* bytes of standard error that are kept */
#define FREE_FLOOR ((uint64_t)256 << 20)   /* bytes that a disk must keep */

static const struct text not_allowed = {
        "the tests execute code of the repository, which only --stage merge and later do",
        "测试会执行仓库中的代码，仅在 --stage merge 及之后的阶段进行"
};
static const struct text not_allowed_mend = {
        "add --stage merge, or judge a run that exists with --test-json FILE",
        "添加 --stage merge，或用 --test-json FILE 检查已有的运行结果"
};
static const struct text no_go = { "there is no go command in PATH to run the tests with",
                                   "PATH 中没有 go 命令，无法运行测试" };
static const struct text no_go_mend = {
        "install Go, or judge a run that exists with --test-json FILE",
        "安装 Go，或用 --test-json FILE 检查已有的运行结果"
};
static const struct text no_isolation = { "the tests were not run: {detail}",
                                          "未运行测试：{detail}" };
static const struct text no_isolation_mend = {
        "{mend}; where something else isolates the run: --unsandboxed",
        "{mend}；若外部环境已提供隔离：--unsandboxed"
};
static const struct text ended_early = { "the tests of {module} were ended: {reason}",
                                         "{module} 的测试被终止：{reason}" };
static const struct text ended_mend = { "{mend}", "{mend}" };
static const struct text failed_silently = {
        "go test of {module} ended with status {status} and told no failure: {detail}",
        "{module} 的 go test 以状态 {status} 退出，但未报告失败：{detail}"
};
static const struct text failed_mend = { "run go test ./... by hand and mend what it says",
                                         "手动运行 go test ./... 并按提示修复" };

/* One child that is running. */
struct test_child {
        struct test_job *tests;
        struct test_setup *setup;
        struct buf errors;      /* its standard error, the beginning */
        struct buf *text;       /* vet: its standard output */
        uint64_t free_at_start; /* bytes */
        bool disk_is_full;
        size_t packages_total; /* of this module; 0: not known */
        uint64_t start_ns, shown_ns;
};

/* ---- while it runs ---- */

/* What a test says while it is being ended is no result. */
static void take_events(void *ctx, struct str bytes) {
        struct test_child *child = ctx;

        if (interrupt_requested())
                return;
        test_results_feed(child->tests->results, bytes);
}

static void take_text(void *ctx, struct str bytes) {
        struct test_child *child = ctx;

        buf_add(child->text, bytes);
}

static void take_errors(void *ctx, struct str bytes) {
        struct test_child *child = ctx;
        size_t room = ERRORS_KEPT - MIN_OF(ERRORS_KEPT, child->errors.len);

        if (child->text)
                buf_add(child->text, bytes);
        buf_add(&child->errors, str_slice(bytes, 0, room));
}

static void show_progress(struct test_child *child) {
        const struct test_counts *counts = test_results_counts(child->tests->results);
        uint64_t now = clock_now_ns(), spent = (now - child->start_ns) / 1000000000;
        size_t total = MAX_OF(child->packages_total, counts->packages);
        size_t left = total - MIN_OF(total, counts->packages_done);

        if (now - child->shown_ns < 500000000)
                return;
        child->shown_ns = now;
        if (!counts->packages_done) {
                progress_tell(child->tests->job->repo->options.progress,
                              "tests: building, packages: %zu", total);
                return;
        }
        progress_tell(
                child->tests->job->repo->options.progress,
                "tests: packages done: %zu of %zu, %zu running, %zu failed, about %llu s left",
                counts->packages_done, total, counts->packages_running, counts->packages_failed,
                (unsigned long long)(spent * left / counts->packages_done));
}

/* The free space is cheap to ask for; whose fault it is that it shrinks is asked for only then. */
static bool disk_is_full(struct test_child *child) {
        const struct scratch *scratch = &child->setup->scratch;
        uint64_t limit = (uint64_t)child->tests->job->repo->options.tests.disk_mib << 20;
        uint64_t now = scratch_free(scratch);
        bool shrinks = child->free_at_start > now && child->free_at_start - now > limit;

        if (!shrinks && now > FREE_FLOOR)
                return false;
        return scratch_size(scratch, limit + 1) > MIN_OF(limit, FREE_FLOOR);
}

static bool may_go_on(void *ctx) {
        struct test_child *child = ctx;

        if (!child->text)
                show_progress(child);
        child->disk_is_full = disk_is_full(child);
        return !interrupt_requested() && !child->disk_is_full;
}

/* ---- one child ---- */

static struct str module_name(const struct module_facts *module) {
        return module->path.len ? module->path : module->modfile_path;
}

static void tell_ended(struct test_child *child, const struct module_facts *module,
                       enum spawn_end end) {
        static const struct {
                const char *reason, *mend;
        } words[] = {
                [SPAWN_DEADLINE] = { "they took longer than tests.deadline",
                                     "find what takes so long, or raise tests.deadline" },
                [SPAWN_STOPPED] = { "interrupted", "run them again" },
                [SPAWN_OUTPUT] = { "they print without end", "print less" },
        };
        static const char *const disk[] = { "they fill the disk",
                                            "write less, or raise tests.disk_mib" };
        struct gap gap = { message_make(&ended_early), message_make(&ended_mend) };

        if (end == SPAWN_EXITED)
                return;
        message_arg(&gap.why, "module", module_name(module));
        message_arg(&gap.why, "reason", str_of(child->disk_is_full ? disk[0] : words[end].reason));
        message_arg(&gap.mend, "mend", str_of(child->disk_is_full ? disk[1] : words[end].mend));
        fact_gap(child->tests->job, gap);
}

/* A module below a go.work that does not use it is tested on its own: in the workspace the go
 * command would refuse it. */
static bool is_in_use(const struct module_facts *module) {
        return module->in_workspace && !module->is_left_out;
}

static bool run_child(struct test_child *child, const struct module_facts *module,
                      const char *const *words, int *ret_status) {
        struct fact_job *job = child->tests->job;
        const struct test_options *options = &job->repo->options.tests;
        struct spawn_request request = {
                .argv = words,
                .env = test_go_env(child->setup, is_in_use(module)),
                .dir = str_join_path(job->arena, child->setup->folders.tree, module->dir),
                .deadline_ms =
                        (uint32_t)MIN_OF(options->deadline_seconds * 1000, (int64_t)UINT32_MAX),
        };
        struct spawn_stream stream = { .ctx = child,
                                       .out = child->text ? take_text : take_events,
                                       .err = take_errors,
                                       .may_go_on = may_go_on,
                                       .output_max = child->text ? VET_OUTPUT_MAX : OUTPUT_MAX };
        enum spawn_end end = SPAWN_EXITED;
        struct err err;

        child->errors = buf_make(job->arena);
        child->free_at_start = scratch_free(&child->setup->scratch);
        child->start_ns = clock_now_ns();
        if (!spawn_stream(job->arena, &request, &stream, &end, ret_status, &err)) {
                fact_gap(job, gap_of_err(job->arena, &err));
                return false;
        }
        tell_ended(child, module, end);
        return end == SPAWN_EXITED;
}

/* ---- vet ---- */

static void take_vet(void *ctx, const struct vet_finding *finding) {
        struct test_job *tests = ctx;
        struct test_frame frame = { .path = finding->path };
        struct test_problem problem = { .kind = TEST_PROBLEM_VET,
                                        .package = finding->package,
                                        .headline = finding->message };
        struct test_places places = tests->places;

        /* A package and its tests are one more package to vet, of the same name in brackets. */
        str_cut(problem.package, ' ', &problem.package, &(struct str){ 0 });
        if (places.find(places.ctx, problem.package, &frame, &problem.file)) {
                problem.line = finding->line;
                problem.column = finding->column;
        }
        test_results_add(tests->results, &problem);
}

/* Whether the go command refuses a vendor folder that does not fit go.mod. That is for checkpoint
 * vendor to say; the tests are run all the same, on the modules that go.mod names. */
static bool refuses_vendor(const struct test_child *child) {
        return str_contains(buf_str(&child->errors), STR("inconsistent vendoring"));
}

/* What vet cannot build the tests cannot either, and they say so with its line. */
static void run_vet(struct test_job *tests, struct test_setup *setup,
                    const struct module_facts *module) {
        AUTO_ARENA arena = arena_make(tests->job->arena->budget);
        struct buf text = buf_make(&arena);
        struct test_child child = { .tests = tests, .setup = setup, .text = &text };
        struct err err;
        int status;
        bool ended;

        progress_say(tests->job->repo->options.progress, "go vet");
        setup->mod = STR_NONE;
        ended = run_child(&child, module, test_vet_words(setup), &status);
        if (ended && refuses_vendor(&child)) {
                setup->mod = STR("readonly");
                text.len = 0;
                ended = run_child(&child, module, test_vet_words(setup), &status);
        }
        if (ended && !vet_parse(&arena, buf_str(&text), take_vet, tests, &err) && status == 0)
                fact_gap(tests->job, gap_of_err(tests->job->arena, &err));
}

/* ---- test ---- */

static size_t count_packages(const struct repo_facts *repo, const struct module_facts *module) {
        size_t from, to, all, count = 0;
        const struct tree_entry *entries = tree_entries(repo->tree, &all);
        struct str last = STR_NONE;

        tree_range(repo->tree, module->dir, &from, &to);
        for (size_t i = from; i < to; i++) {
                struct str dir = STR_NONE, name = entries[i].path;

                str_cut_last(name, '/', &dir, &name);
                if (!str_has_suffix(name, STR(".go")) || str_contains(dir, STR("testdata")) ||
                    str_contains(dir, STR("vendor/")) || (count && str_eq(dir, last)))
                        continue;
                last = dir;
                count++;
        }
        return count;
}

static void take_profile(struct test_job *tests, struct str path) {
        struct str bytes;
        struct err err;

        if (!file_read(tests->job->arena, path, PROFILE_MAX, &bytes, &err)) {
                if (err.code != ERR_NOT_FOUND)
                        fact_gap(tests->job, gap_of_err(tests->job->arena, &err));
                return;
        }
        *VEC_ADD(tests->job->arena, &tests->profiles) = bytes;
}

/* The go command fails, and no package or test of it does: what it says on standard error is why.
 */
static void tell_silent_failure(struct test_child *child, const struct module_facts *module,
                                int status, size_t failed_before) {
        struct arena *arena = child->tests->job->arena;
        struct gap gap = { message_make(&failed_silently), message_make(&failed_mend) };
        struct str rest = buf_str(&child->errors), line = STR_NONE;

        /* A module may be there for its folders alone. */
        if (str_contains(rest, STR("no packages to test")) &&
            str_contains(rest, STR("matched no packages")))
                return;
        if (status == 0 ||
            test_results_counts(child->tests->results)->packages_failed > failed_before)
                return;
        while (!str_trim(line).len && str_next_line(&rest, &line))
                continue;
        message_arg(&gap.why, "module", module_name(module));
        message_arg(&gap.why, "status", str_fmt(arena, "%d", status));
        message_arg(&gap.why, "detail", line.len ? str_trim(line) : STR("-"));
        fact_gap(child->tests->job, gap);
}

static void run_tests(struct test_job *tests, struct test_setup *setup,
                      const struct module_facts *module, size_t number) {
        struct arena *arena = tests->job->arena;
        struct test_child child = {
                .tests = tests,
                .setup = setup,
                .packages_total = test_results_counts(tests->results)->packages +
                                  count_packages(tests->job->repo, module),
        };
        struct str profile = str_fmt(arena, "%.*s/cover-%zu", STR_ARG(setup->folders.out), number);
        size_t failed = test_results_counts(tests->results)->packages_failed;
        int status = 0;

        if (run_child(&child, module, test_go_words(setup, profile), &status))
                tell_silent_failure(&child, module, status, failed);
        test_results_end_stream(tests->results);
        take_profile(tests, profile);
}

/* ---- setting up ---- */

/* One name for each repository, so that paths, and with them the go command's cache, stay. */
static bool open_scratch(struct test_setup *setup, struct err *err) {
        struct fact_job *job = setup->job;
        const struct env *env = job->repo->options.env;
        struct str parent, root = tree_root(job->repo->tree), name;
        struct digest digest;

        if (env_weir_dir(env, job->arena, ENV_DIR_CACHE, &parent))
                parent = str_join_path(job->arena, parent, STR("tests"));
        else
                parent = str_join_path(job->arena, env_get_or(env, STR("TMPDIR"), STR("/tmp")),
                                       STR("weir-tests"));
        if (!root.len && job->repo->repo)
                root = repo_info(job->repo->repo)->git_dir;
        digest = digest_of(root);
        name = str_slice(digest_hex(job->arena, &digest), 0, 16);
        return scratch_open(job->arena, parent, name, &setup->scratch, err);
}

static bool make_folders(struct test_setup *setup, struct err *err) {
        static const char *const names[] = { "home", "tmp", "work", "out" };
        struct arena *arena = setup->job->arena;
        struct test_folders *folders = &setup->folders;
        struct str *const paths[] = { &folders->home, &folders->tmp, &folders->work,
                                      &folders->out };

        folders->tree = str_join_path(arena, setup->scratch.path, STR("tree"));
        for (size_t i = 0; i < COUNT_OF(names); i++) {
                *paths[i] = str_join_path(arena, setup->scratch.path, str_of(names[i]));
                if (!scratch_make_dir(&setup->scratch, arena, str_of(names[i]), err))
                        return false;
        }
        return test_copy(arena, setup->job->repo->tree, &setup->scratch, STR("tree"), err);
}

/* Settings of the tests themselves; the last word is weir's. */
static const struct str *test_variables(const struct test_setup *setup, size_t *ret_count) {
        struct arena *arena = setup->job->arena;
        const struct test_options *options = &setup->job->repo->options.tests;
        VEC(struct str) list = { 0 };

        *VEC_ADD(arena, &list) = STR("GOPROXY=off");
        *VEC_ADD(arena, &list) = STR("GOFLAGS=");
        *VEC_ADD(arena, &list) = STR("GOTMPDIR="); /* where t.TempDir would go */
        if (!options->unsandboxed)
                *VEC_ADD(arena, &list) = STR("TMPDIR=/tmp");
        for (size_t i = 0; i < options->env_count; i++)
                *VEC_ADD(arena, &list) = options->env[i];
        *VEC_ADD(arena, &list) =
                str_fmt(arena, "GOCACHE=%.*s/.cache/go-build", STR_ARG(setup->folders.home));
        *VEC_ADD(arena, &list) = STR("GORACE=");
        *ret_count = list.count;
        return list.items;
}

/* 'a b' as one word of -exec: cmd/go splits it as a shell would, without escapes. */
static bool quote(struct arena *arena, struct str text, struct str *ret_quoted, struct err *err) {
        if (str_find(text, '\'') != SIZE_MAX)
                return err_at(err, ERR_UNSUPPORTED, text, 0, 0, "has a quote in its name");
        *ret_quoted = str_fmt(arena, "'%.*s'", STR_ARG(text));
        return true;
}

static bool write_exec(struct test_setup *setup, struct str spec, struct err *err) {
        struct arena *arena = setup->job->arena;
        struct str self, file;

        if (!scratch_write(&setup->scratch, arena, STR("out/spec"), spec, 0600, err) ||
            !quote(arena, setup->job->repo->options.tests.self, &self, err) ||
            !quote(arena, str_join_path(arena, setup->folders.out, STR("spec")), &file, err))
                return false;
        setup->exec = str_fmt(arena, "%.*s test-exec %.*s", STR_ARG(self), STR_ARG(file));
        return true;
}

static bool prepare_sandbox(struct test_setup *setup, struct err *err) {
        struct fact_job *job = setup->job;
        const struct test_options *options = &job->repo->options.tests;
        const struct str readable[] = { setup->goenv->goroot,
                                        goenv_get(setup->goenv, GOENV_GOMODCACHE) };
        struct sandbox_request request = { .env = job->repo->options.env,
                                           .isolate = !options->unsandboxed,
                                           .network = options->network,
                                           .tree = setup->folders.tree,
                                           .home = setup->folders.home,
                                           .tmp = setup->folders.tmp,
                                           .work = setup->folders.work,
                                           .readable = readable,
                                           .readable_count = COUNT_OF(readable),
                                           .file_max = (uint64_t)options->disk_mib << 20 };
        struct str spec;

        request.variables = test_variables(setup, &request.variable_count);
        return sandbox_spec(job->arena, &request, &spec, err) &&
               sandbox_try(job->arena, &request, spec, err) && write_exec(setup, spec, err);
}

static void tell_no_isolation(struct fact_job *job, const struct err *err) {
        struct gap gap = { message_make(&no_isolation), message_make(&no_isolation_mend) };

        message_arg(&gap.why, "detail", str_dup(job->arena, str_of(err->message)));
        message_arg(&gap.mend, "mend",
                    *err->mend ? str_dup(job->arena, str_of(err->mend)) : STR("bubblewrap"));
        fact_gap(job, gap);
}

static bool set_up(struct test_job *tests, struct test_setup *setup) {
        struct fact_job *job = tests->job;
        struct gap gap;
        struct err err;

        setup->go = str_join_path(job->arena, setup->goenv->goroot, STR("bin/go"));
        if (!open_scratch(setup, &err) || !make_folders(setup, &err)) {
                fact_gap(job, gap_of_err(job->arena, &err));
                return false;
        }
        if (!prepare_sandbox(setup, &err)) {
                tell_no_isolation(job, &err);
                return false;
        }
        setup->race = job->repo->options.tests.race;
        if (setup->race && !test_race_is_possible(setup, &gap)) {
                setup->race = false;
                fact_gap(job, gap);
        }
        if (test_leaks_prepare(setup, &err))
                return true;
        fact_gap(job, gap_of_err(job->arena, &err));
        return false;
}

static bool may_run(struct fact_job *job) {
        bool has_go = job->repo->goenv && job->repo->goenv->goroot.len;
        struct gap gap = { message_make(&not_allowed), message_make(&not_allowed_mend) };

        if (job->repo->options.may_execute && !has_go)
                gap = (struct gap){ message_make(&no_go), message_make(&no_go_mend) };
        if (!job->repo->options.may_execute || !has_go)
                fact_gap(job, gap);
        return job->repo->options.may_execute && has_go;
}

static void run_modules(struct test_job *tests, struct test_setup *setup) {
        struct fact_job *job = tests->job;

        tests->profiles.count = 0;
        tests->results = test_results_make(job->arena, tests->places,
                                           setup->overlay.len ? setup->leak_mark : STR_NONE);
        for (size_t i = 0; i < job->repo->module_count && !interrupt_requested(); i++) {
                run_vet(tests, setup, &job->repo->modules[i]);
                if (!interrupt_requested())
                        run_tests(tests, setup, &job->repo->modules[i], i);
        }
}

/* What weir adds to a package must never be why it does not build or pass: then all is run again
 * without it. */
void test_execute(struct test_job *tests) {
        struct fact_job *job = tests->job;
        struct test_setup setup = { .job = job,
                                    .goenv = job->repo->goenv,
                                    .scratch = { .lock = -1 } };

        if (may_run(job) && set_up(tests, &setup)) {
                tests->places =
                        test_places_make(&tests->finder, job->arena, job->repo, setup.folders.tree);
                run_modules(tests, &setup);
                if (test_results_counts(tests->results)->overlay_faults && !interrupt_requested()) {
                        setup.overlay = STR_NONE;
                        run_modules(tests, &setup);
                }
        }
        scratch_close(&setup.scratch);
}
