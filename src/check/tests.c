/* Checkpoint tests: go vet and go test -race, run now or read from a stream that exists. */
#include "base/buf.h"
#include "check/check.h"

#define DETAIL_MAX 200 /* bytes of a line of output in a message */
#define STEPS_MAX 40   /* of one finding */
#define STEPS_OF_STACK_MAX 8

static const struct text step_text = { "{what}: {function}", "{what}：{function}" };

/* ---- stacks to steps ---- */

/* "Previous write at 0x00c000094198 by goroutine 7" without the address, which is another in every
 * run. */
static struct str without_address(struct arena *arena, struct str title) {
        size_t at = str_find_str(title, STR(" at 0x")), end;
        struct str rest;

        if (at == SIZE_MAX)
                return title;
        rest = str_slice(title, at + 4, title.len);
        end = str_find(rest, ' ');
        return str_fmt(arena, "%.*s%.*s", (int)at, title.ptr,
                       STR_ARG(str_slice(rest, end == SIZE_MAX ? rest.len : end, rest.len)));
}

static void add_step(struct findings *out, struct finding *finding, const struct test_frame *frame,
                     struct str what) {
        struct message *words;

        if (!frame->file.len || finding->steps.count >= STEPS_MAX)
                return;
        words = finding_step(out, finding, frame->file, frame->line, &step_text);
        message_arg(words, "what", what);
        message_arg(words, "function", frame->function);
}

static void add_stack(struct findings *out, struct finding *finding, const struct test_stack *stack,
                      size_t frames_max) {
        struct str what = without_address(out->arena, stack->title);
        size_t before = finding->steps.count;

        for (size_t i = 0; i < stack->frame_count && finding->steps.count < before + frames_max;
             i++)
                add_step(out, finding, &stack->frames[i], what);
        if (stack->created.function.len)
                add_step(out, finding, &stack->created, STR("created by"));
}

static void show_frame(struct buf *out, const char *before, const struct test_frame *frame) {
        buf_printf(out, "  %s%.*s\n      %.*s:%u\n", before, STR_ARG(frame->function),
                   STR_ARG(frame->file.len ? frame->file : frame->path), frame->line);
}

/* The stacks as the runtime prints them, with paths of the repository. */
static struct str show_stacks(struct arena *arena, const struct test_stacks *stacks) {
        struct buf out = buf_make(arena);

        for (size_t i = 0; i < stacks->count; i++) {
                const struct test_stack *stack = &stacks->list[i];

                buf_printf(&out, "%s%.*s:\n", i ? "\n" : "",
                           STR_ARG(without_address(arena, stack->title)));
                for (size_t j = 0; j < stack->frame_count; j++)
                        show_frame(&out, "", &stack->frames[j]);
                if (stack->created.function.len)
                        show_frame(&out, "created by ", &stack->created);
        }
        if (stacks->total > stacks->count)
                buf_printf(&out, "\n[... %zu more ...]\n", stacks->total - stacks->count);
        return buf_str(&out);
}

static void give_stacks(struct findings *out, struct finding *finding,
                        const struct test_problem *problem, size_t frames_max) {
        struct buf output = buf_make(out->arena);

        for (size_t i = 0; i < problem->stacks.count; i++)
                add_stack(out, finding, &problem->stacks.list[i], frames_max);
        if (problem->output.len)
                buf_printf(&output, "%.*s\n\n", STR_ARG(problem->output));
        buf_add(&output, show_stacks(out->arena, &problem->stacks));
        finding->output = buf_str(&output);
}

/* ---- words ---- */

/* The beginning of a line, with single spaces. */
static struct str clipped(struct arena *arena, struct str line) {
        struct buf out = buf_make(arena);
        struct str word, rest = line;

        while (out.len < DETAIL_MAX && str_next_word(&rest, &word))
                buf_printf(&out, "%s%.*s", out.len ? " " : "", STR_ARG(word));
        return str_slice(buf_str(&out), 0, DETAIL_MAX);
}

/* Assertion libraries begin a new line behind the place and name each part of what they say. */
static struct str assertion_of(struct arena *arena, struct str lines) {
        static const struct str label = STR_INIT("Error:");
        struct str line;

        while (str_next_line(&lines, &line))
                if (str_has_prefix(str_trim(line), label))
                        return clipped(arena, str_drop_prefix(str_trim(line), label));
        return STR_NONE;
}

/* What the output says at the finding's own line, else its first line. */
static struct str detail_of(struct arena *arena, const struct test_problem *problem) {
        struct str rest = problem->output, line, first = STR_NONE;
        struct str mark = str_fmt(arena, ".go:%u:", problem->line);

        if (problem->headline.len)
                return problem->headline;
        while (str_next_line(&rest, &line)) {
                size_t at = str_find_str(line, mark);
                struct str words =
                        at == SIZE_MAX ? STR_NONE
                                       : clipped(arena, str_slice(line, at + mark.len, line.len));

                if (at != SIZE_MAX && !words.len)
                        words = assertion_of(arena, rest);
                if (words.len)
                        return words;
                if (!first.len)
                        first = clipped(arena, line);
        }
        return first;
}

/* "TestA/b" as -run takes it. */
static struct str run_pattern(struct arena *arena, struct str test) {
        struct buf out = buf_make(arena);
        struct str part, rest = test;
        bool more = true;

        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                buf_printf(&out, "%s^%.*s$", out.len ? "/" : "", STR_ARG(more ? part : rest));
        }
        return buf_str(&out);
}

static struct finding *add(struct findings *out, const struct rule *rule,
                           const struct test_problem *problem) {
        struct finding *finding =
                finding_add(out, rule, problem->file, problem->line, problem->column);

        finding->output = problem->output;
        finding->key =
                str_fmt(out->arena, "%.*s %.*s", STR_ARG(problem->package), STR_ARG(problem->test));
        finding_fill(finding, "package", problem->package);
        finding_fill(finding, "test", problem->test.len ? problem->test : problem->package);
        return finding;
}

/* ---- one function for each kind ---- */

typedef void tell(const struct rule *rule, const struct test_problem *problem,
                  struct findings *out);

static void tell_each(const struct rule *rule, const struct repo_facts *repo,
                      enum test_problem_kind kind, tell *one, struct findings *out) {
        for (size_t i = 0; i < repo->test_run->problem_count; i++)
                if (repo->test_run->problems[i].kind == kind)
                        one(rule, &repo->test_run->problems[i], out);
}

static void tell_failure(const struct rule *rule, const struct test_problem *problem,
                         struct findings *out) {
        static const struct text bare = { "{test} fails and says nothing",
                                          "{test} 失败，且没有任何输出" };
        struct finding *finding = add(out, rule, problem);
        struct str detail = detail_of(out->arena, problem);

        if (!detail.len && problem->kind == TEST_PROBLEM_FAILS)
                finding_say(finding, &bare);
        finding_fill(finding, "detail", detail);
        finding_fill(finding, "run", run_pattern(out->arena, problem->test));
}

static struct str shown_place(struct arena *arena, struct str file, uint32_t line) {
        return str_fmt(arena, "%.*s:%u", STR_ARG(file), line);
}

/* The place of a stack that has no frame of the repository: the function it ends in. */
static struct str other_side(struct arena *arena, const struct test_problem *race) {
        for (size_t i = 0; i < race->stacks.count && i < 2; i++) {
                const struct test_stack *stack = &race->stacks.list[i];
                bool own = false;

                for (size_t j = 0; j < stack->frame_count; j++)
                        own |= stack->frames[j].file.len > 0;
                if (!own && stack->frame_count)
                        return stack->frames[0].function;
        }
        return shown_place(arena, race->file, race->line);
}

/* Lines move; the functions that race stay. */
static struct str race_key(struct arena *arena, const struct test_problem *race) {
        struct str names[2] = { STR_NONE, STR_NONE };

        for (size_t i = 0; i < race->stacks.count && i < 2; i++)
                for (size_t j = 0; j < race->stacks.list[i].frame_count; j++)
                        if (!names[i].len && race->stacks.list[i].frames[j].file.len)
                                names[i] = race->stacks.list[i].frames[j].function;
        if (str_cmp(names[0], names[1]) > 0)
                return str_fmt(arena, "%.*s %.*s", STR_ARG(names[1]), STR_ARG(names[0]));
        return str_fmt(arena, "%.*s %.*s", STR_ARG(names[0]), STR_ARG(names[1]));
}

static void tell_race(const struct rule *rule, const struct test_problem *problem,
                      struct findings *out) {
        struct finding *finding = add(out, rule, problem);

        finding->key = race_key(out->arena, problem);
        finding_fill(finding, "place", shown_place(out->arena, problem->file, problem->line));
        finding_fill(finding, "other",
                     problem->other_file.len
                             ? shown_place(out->arena, problem->other_file, problem->other_line)
                             : other_side(out->arena, problem));
        give_stacks(out, finding, problem, STEPS_OF_STACK_MAX);
}

static void tell_crash(const struct rule *rule, const struct test_problem *problem,
                       struct findings *out) {
        struct finding *finding = add(out, rule, problem);

        finding_fill(finding, "detail", problem->headline);
        give_stacks(out, finding, problem, STEPS_OF_STACK_MAX);
}

/* Of goroutines that wait, where each stands is enough. */
static void tell_stuck(const struct rule *rule, const struct test_problem *problem,
                       struct findings *out) {
        struct finding *finding = add(out, rule, problem);

        finding_fill(finding, "detail", str_drop_prefix(problem->headline, STR("panic: ")));
        give_stacks(out, finding, problem, 1);
}

static void tell_line(const struct rule *rule, const struct test_problem *problem,
                      struct findings *out) {
        struct finding *finding = add(out, rule, problem);

        finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(problem->file),
                               STR_ARG(problem->headline));
        finding_fill(finding, "detail", detail_of(out->arena, problem));
}

static void tell_leak(const struct rule *rule, const struct test_problem *problem,
                      struct findings *out) {
        struct finding *finding = add(out, rule, problem);
        const struct test_stack *stack = problem->stacks.count ? problem->stacks.list : NULL;

        if (stack)
                finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(problem->package),
                                       STR_ARG(stack->created.function));
        finding_fill(finding, "state", problem->headline);
        give_stacks(out, finding, problem, STEPS_OF_STACK_MAX);
}

static void tell_package(const struct rule *rule, const struct test_problem *problem,
                         struct findings *out) {
        add(out, rule, problem);
}

static void tell_no_result(const struct rule *rule, const struct test_problem *problem,
                           struct findings *out) {
        static const struct text outside = { "{package} fails outside of its tests: {detail}",
                                             "{package} 在测试之外失败：{detail}" };
        struct finding *finding = add(out, rule, problem);
        struct str rest = problem->output, line, last = STR_NONE;

        /* What the coverage of a process that goes away says is not why it went. */
        while (str_next_line(&rest, &line))
                if (str_trim(line).len && !str_contains(line, STR("built with -cover")))
                        last = clipped(out->arena, line);
        if (problem->kind == TEST_PROBLEM_PACKAGE)
                finding_say(finding, &outside);
        finding_fill(finding, "detail", last.len ? last : STR("exit status"));
}

#define RUN(name, kind, one)                                                                       \
        static void name(const struct rule *rule, const struct repo_facts *repo,                   \
                         const struct module_facts *module UNUSED, struct findings *out) {         \
                tell_each(rule, repo, kind, one, out);                                             \
        }

RUN(run_failures, TEST_PROBLEM_FAILS, tell_failure)
RUN(run_races, TEST_PROBLEM_RACE, tell_race)
RUN(run_panics, TEST_PROBLEM_PANIC, tell_crash)
RUN(run_deadlocks, TEST_PROBLEM_DEADLOCK, tell_stuck)
RUN(run_timeouts, TEST_PROBLEM_TIMEOUT, tell_stuck)
RUN(run_builds, TEST_PROBLEM_BUILD, tell_line)
RUN(run_vets, TEST_PROBLEM_VET, tell_line)
RUN(run_leaks, TEST_PROBLEM_LEAK, tell_leak)
RUN(run_flaky, TEST_PROBLEM_FLAKY, tell_failure)
RUN(run_untested, TEST_PROBLEM_NO_TESTS, tell_package)

static void run_no_results(const struct rule *rule, const struct repo_facts *repo,
                           const struct module_facts *module UNUSED, struct findings *out) {
        tell_each(rule, repo, TEST_PROBLEM_NO_RESULT, tell_no_result, out);
        tell_each(rule, repo, TEST_PROBLEM_PACKAGE, tell_no_result, out);
}

#define OF_THE_RUN .scope = SCOPE_REPOSITORY, .needs = FACT_BIT(TEST_RUN)

/* words in two languages, side by side */
/* clang-format off */
static const struct rule rules[] = {
        { .id = "TST001",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a failing test", "测试失败" },
          .text = { "{test} fails: {detail}", "{test} 失败：{detail}" },
          .why = { "A test says what the code is meant to do. One that fails says that it does not, or that nobody keeps the test.",
                   "测试说明代码应有的行为。测试失败意味着代码没有做到，或者测试无人维护。" },
          .mend = { "go test -race -run '{run}' {package}", "go test -race -run '{run}' {package}" },
          .run = run_failures },
        { .id = "TST002",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a data race", "数据竞争" },
          .text = { "data race: {place} and {other} reach the same memory, one of them writes, and nothing orders them",
                    "数据竞争：{place} 与 {other} 访问同一内存，其中有写操作，且两者之间没有同步" },
          .why = { "Two goroutines in a race see torn or stale values; what happens then is undefined and shows under load, in production, not on a desk.",
                   "发生竞争的 goroutine 会读到不完整或过期的值，其后果未定义，往往只在生产环境高负载下才显现。" },
          .mend = { "guard both places with one mutex, or hand the value over a channel",
                    "用同一把互斥锁保护这两处，或通过 channel 传递该值" },
          .run = run_races },
        { .id = "TST003",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a panic under test", "测试中发生 panic" },
          .text = { "{test} ends in a crash: {detail}", "{test} 因崩溃而终止：{detail}" },
          .why = { "A panic ends the whole process: the tests behind it did not run, and in production every request under way is lost.",
                   "panic 会终止整个进程：其后的测试未运行；在生产环境中，所有正在处理的请求都会丢失。" },
          .mend = { "look at the frame that the finding names; the trace is in its output",
                    "查看结果所指的栈帧；完整调用栈见其输出" },
          .run = run_panics },
        { .id = "TST004",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a deadlock under test", "测试中发生死锁" },
          .text = { "{test}: {detail}", "{test}：{detail}" },
          .why = { "Every goroutine waits for another, so nothing goes on; in production that is a service that answers no more.",
                   "所有 goroutine 互相等待，程序无法继续；在生产环境中表现为服务不再响应。" },
          .mend = { "see what each of the goroutines in the output waits for",
                    "查看输出中每个 goroutine 在等待什么" },
          .run = run_deadlocks },
        { .id = "TST005",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a test that does not end", "测试未能结束" },
          .text = { "{test} does not end: {detail}", "{test} 未能结束：{detail}" },
          .why = { "What does not end in a test does not end in production: a lock that is held, a channel that nobody serves, a call without a deadline.",
                   "在测试中不结束的，在生产环境中同样不会结束：未释放的锁、无人处理的 channel、没有期限的调用。" },
          .mend = { "see where the goroutines in the output are stuck; a slow suite needs tests.timeout in weir.yaml",
                    "查看输出中的 goroutine 卡在何处；若只是测试较慢，请在 weir.yaml 中设置 tests.timeout" },
          .run = run_timeouts },
        { .id = "TST006",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a package or its tests do not build", "包或其测试无法构建" },
          .text = { "{package} does not build: {detail}", "{package} 无法构建：{detail}" },
          .why = { "What does not build was not tested.", "无法构建的代码没有经过测试。" },
          .mend = { "go vet {package}", "go vet {package}" },
          .run = run_builds },
        { .id = "TST007",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a finding of go vet", "go vet 报告的问题" },
          .text = { "vet: {detail}", "vet：{detail}" },
          .why = { "go vet reports what compiles and is almost never meant: a wrong format, a copied lock, a lost cancel.",
                   "go vet 报告的是能编译却几乎不可能是本意的代码：格式错误、复制的锁、丢失的 cancel。" },
          .mend = { "correct the line", "改正该行" },
          .run = run_vets },
        { .id = "TST008",
          .severity = SEV_WARNING,
          OF_THE_RUN,
          .title = { "a goroutine left behind", "遗留的 goroutine" },
          .text = { "a goroutine started here outlives the tests of {package} ({state})",
                    "此处启动的 goroutine 在 {package} 的测试结束后仍在运行（{state}）" },
          .why = { "A goroutine that nobody ends holds its memory and connections for ever; a service that starts one per request runs out of both.",
                   "无人结束的 goroutine 会永久占用内存和连接；若每个请求都启动一个，服务终将耗尽资源。" },
          .mend = { "end it: cancel its context, close its channel, and wait for it",
                    "结束它：取消其 context、关闭其 channel，并等待其退出" },
          .run = run_leaks },
        { .id = "TST009",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "a flaky test", "不稳定的测试" },
          .text = { "{test} is flaky: it both passes and fails: {detail}",
                    "{test} 不稳定，时而通过时而失败：{detail}" },
          .why = { "A test that fails at times is run again until it passes, and then it guards nothing; often the code is what is wrong.",
                   "时好时坏的测试会被反复运行直到通过，从而失去意义；而问题往往出在代码本身。" },
          .mend = { "go test -race -count 100 -run '{run}' {package}",
                    "go test -race -count 100 -run '{run}' {package}" },
          .run = run_flaky },
        { .id = "TST010",
          .severity = SEV_NOTE,
          OF_THE_RUN,
          .title = { "a package without any test", "没有测试的包" },
          .text = { "{package} has no test", "{package} 没有任何测试" },
          .why = { "A package without a test passes every gate, whatever it does.",
                   "没有测试的包无论做什么都能通过检查。" },
          .mend = { "write a first test beside it", "为其编写第一个测试" },
          .run = run_untested },
        { .id = "TST011",
          .severity = SEV_ERROR,
          OF_THE_RUN,
          .title = { "tests that end without a result", "测试没有结果就结束" },
          .text = { "the process of {test} ended before it had a result: {detail}",
                    "{test} 所在进程在得出结果之前就已结束：{detail}" },
          .why = { "os.Exit, log.Fatal or a kill in the middle of a package: the tests behind it did not run, so they have not passed.",
                   "包的测试中途出现 os.Exit、log.Fatal 或进程被杀：其后的测试没有运行，也就没有通过。" },
          .mend = { "let the test return its error, and end the process in main alone",
                    "让测试返回错误，仅在 main 中结束进程" },
          .run = run_no_results },
};
/* clang-format on */

const struct check check_tests = {
        .id = "tests",
        .stage = STAGE_MERGE,
        .executes = true,
        .judges_whole = true,
        .quotes = true,
        .title = { "go vet, go test -race: failures, races, panics, goroutines left behind "
                   "(executes code of the repository)",
                   "go vet、go test -race：失败、竞争、panic、遗留的 goroutine（会执行仓库代码）" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
