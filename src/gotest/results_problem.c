/* From reports and failures to problems with a place. */
#include "base/buf.h"
#include "gotest/overlay.h"
#include "gotest/results_parts.h"

#define HEADLINE_MAX 300 /* bytes */
#define RACE_NOTE STR("race detected during execution of test")

/* ---- adding ---- */

static struct str first_line(struct str text) {
        struct str line = STR_NONE;

        str_next_line(&text, &line);
        return str_trim(str_slice(line, 0, HEADLINE_MAX));
}

static struct str copy_output(struct test_results *results, struct str output) {
        size_t left = TEST_OUTPUT_TOTAL_MAX - results->output_total;

        while (output.len && output.ptr[output.len - 1] == '\n')
                output.len--;
        output = str_slice(output, 0, left);
        results->output_total += output.len;
        return str_dup(results->arena, output);
}

static struct test_frame copy_frame(struct arena *arena, const struct test_frame *frame) {
        struct test_frame copy = *frame;

        copy.function = str_dup(arena, frame->function);
        copy.path = str_dup(arena, frame->path);
        copy.file = str_dup(arena, frame->file);
        return copy;
}

static struct test_stacks copy_stacks(struct arena *arena, const struct test_stacks *from) {
        struct test_stacks copy = *from;

        copy.list = ARENA_ARRAY(arena, struct test_stack, from->count);
        for (size_t i = 0; i < from->count; i++) {
                const struct test_stack *stack = &from->list[i];

                copy.list[i] = *stack;
                copy.list[i].title = str_dup(arena, stack->title);
                copy.list[i].created = copy_frame(arena, &stack->created);
                copy.list[i].frames = ARENA_ARRAY(arena, struct test_frame, stack->frame_count);
                for (size_t j = 0; j < stack->frame_count; j++)
                        copy.list[i].frames[j] = copy_frame(arena, &stack->frames[j]);
        }
        return copy;
}

size_t problem_add(struct test_results *results, const struct test_problem *problem) {
        struct test_problem *added;

        if (results->problems.count >= TEST_PROBLEMS_MAX) {
                results->counts.problems_left_out++;
                return NOT_ADDED;
        }
        added = VEC_ADD(results->arena, &results->problems);
        *added = *problem;
        added->package = str_dup(results->arena, problem->package);
        added->test = str_dup(results->arena, problem->test);
        added->file = str_dup(results->arena, problem->file);
        added->other_file = str_dup(results->arena, problem->other_file);
        added->headline = str_dup(results->arena, str_slice(problem->headline, 0, HEADLINE_MAX));
        added->output = copy_output(results, problem->output);
        added->stacks = copy_stacks(results->arena, &problem->stacks);
        added->times = MAX_OF(problem->times, (size_t)1);
        return results->problems.count - 1;
}

/* ---- places ---- */

static void find_place(struct test_results *results, struct str package, struct test_frame *frame) {
        frame->file = STR_NONE;
        if (frame->path.len)
                results->places.find(results->places.ctx, package, frame, &frame->file);
}

static void find_places(struct test_results *results, struct str package,
                        struct test_stacks *stacks) {
        for (size_t i = 0; i < stacks->count; i++) {
                find_place(results, package, &stacks->list[i].created);
                for (size_t j = 0; j < stacks->list[i].frame_count; j++)
                        find_place(results, package, &stacks->list[i].frames[j]);
        }
}

/* The innermost frame of the repository at or outside of frame `from`. */
static const struct test_frame *own_frame(const struct test_stack *stack, size_t from) {
        for (size_t i = from; i < stack->frame_count; i++)
                if (stack->frames[i].file.len)
                        return &stack->frames[i];
        return stack->created.file.len ? &stack->created : NULL;
}

static void place_at(struct test_problem *problem, const struct test_frame *frame) {
        if (!frame)
                return;
        problem->file = frame->file;
        problem->line = frame->line;
}

static void place_at_test(struct test_results *results, struct test_problem *problem) {
        struct str function = problem->test, rest;

        str_cut(function, '/', &function, &rest);
        if (!problem->file.len && function.len)
                results->places.find_test(results->places.ctx, problem->package, function,
                                          &problem->file, &problem->line);
}

/* ---- races ---- */

/* Both places of a race, the lesser first. */
struct race_places {
        struct str file[2];
        uint32_t line[2];
};

static int place_order(struct str a, uint32_t a_line, struct str b, uint32_t b_line) {
        int order = str_cmp(a, b);

        return order ? order : (a_line > b_line) - (a_line < b_line);
}

/* Where a stack has no frame of the repository, what it ends in tells races apart. */
static void race_place(const struct test_stacks *stacks, size_t i, struct race_places *places) {
        const struct test_stack *stack = i < stacks->count ? &stacks->list[i] : NULL;
        const struct test_frame *frame = stack ? own_frame(stack, 0) : NULL;

        if (!frame && stack && stack->frame_count)
                frame = &stack->frames[0];
        if (!frame)
                return;
        places->file[i] = frame->file.len ? frame->file : frame->path;
        places->line[i] = frame->line;
}

static struct race_places race_places(const struct test_stacks *stacks) {
        struct race_places places = { 0 };

        race_place(stacks, 0, &places);
        race_place(stacks, 1, &places);
        if (place_order(places.file[0], places.line[0], places.file[1], places.line[1]) > 0)
                return (struct race_places){ { places.file[1], places.file[0] },
                                             { places.line[1], places.line[0] } };
        return places;
}

static bool same_race(const struct race_places *a, const struct race_places *b) {
        return a->line[0] == b->line[0] && a->line[1] == b->line[1] &&
               str_eq(a->file[0], b->file[0]) && str_eq(a->file[1], b->file[1]);
}

static struct test_problem *known_race(struct test_results *results,
                                       const struct race_places *places) {
        for (size_t i = 0; i < results->problems.count; i++) {
                struct test_problem *problem = &results->problems.items[i];
                struct race_places theirs;

                if (problem->kind != TEST_PROBLEM_RACE)
                        continue;
                theirs = race_places(&problem->stacks);
                if (same_race(places, &theirs))
                        return problem;
        }
        return NULL;
}

static bool is_write(const struct test_stack *stack) {
        return str_contains(stack->title, STR("rite "));
}

/* The place that writes is named first; where both do, or neither can be told, the lesser. */
static void place_race(struct test_problem *race) {
        const struct test_stack *list = race->stacks.list;
        const struct test_frame *first = race->stacks.count > 0 ? own_frame(&list[0], 0) : NULL;
        const struct test_frame *second = race->stacks.count > 1 ? own_frame(&list[1], 0) : NULL;
        bool swap;

        if (!first || !second) {
                place_at(race, first ? first : second);
                return;
        }
        swap = is_write(&list[0]) == is_write(&list[1])
                       ? place_order(first->file, first->line, second->file, second->line) > 0
                       : is_write(&list[1]);
        place_at(race, swap ? second : first);
        race->other_file = swap ? first->file : second->file;
        race->other_line = swap ? first->line : second->line;
}

void report_race(struct test_results *results, struct test_package *package) {
        struct capture *capture = package->capture;
        struct test_problem race = { .kind = TEST_PROBLEM_RACE, .package = package->name };
        struct running_test *run = running_find(results, capture->owner);
        struct test_problem *known;
        struct race_places places;

        if (run)
                race.test = (struct str){ run->name, run->name_len };
        race.stacks = stack_parse(&results->scratch, (struct str){ capture->text, capture->len });
        find_places(results, package->name, &race.stacks);
        places = race_places(&race.stacks);
        package->races++;
        known = race.stacks.count ? known_race(results, &places) : NULL;
        if (known) {
                known->times++;
                package->told++;
        } else if (race.stacks.count) {
                place_race(&race);
                problem_add(results, &race);
                package->told++;
        }
        capture_give_back(results, &package->capture);
        arena_drop(&results->scratch);
}

/* ---- goroutines left behind ---- */

static bool known_leak(struct test_results *results, const struct test_problem *leak) {
        for (size_t i = 0; i < results->problems.count; i++) {
                struct test_problem *problem = &results->problems.items[i];

                if (problem->kind == TEST_PROBLEM_LEAK && problem->line == leak->line &&
                    str_eq(problem->file, leak->file) && str_eq(problem->package, leak->package)) {
                        problem->times++;
                        return true;
                }
        }
        return false;
}

/* Where it was started; a goroutine that the repository did not start and is not in is none of its
 * own. */
static void report_leak(struct test_results *results, struct test_package *package,
                        struct test_stack *stack) {
        struct test_problem leak = { .kind = TEST_PROBLEM_LEAK, .package = package->name };
        const struct test_frame *frame =
                stack->created.file.len ? &stack->created : own_frame(stack, 0);

        if (!frame)
                return;
        place_at(&leak, frame);
        leak.headline = stack->title;
        leak.stacks = (struct test_stacks){ stack, 1, 1 };
        if (!known_leak(results, &leak))
                problem_add(results, &leak);
}

void report_leaks(struct test_results *results, struct test_package *package) {
        struct capture *capture = package->capture;
        struct test_stacks stacks =
                stack_parse(&results->scratch, (struct str){ capture->text, capture->len });

        find_places(results, package->name, &stacks);
        for (size_t i = 0; i < stacks.count; i++)
                report_leak(results, package, &stacks.list[i]);
        capture_give_back(results, &package->capture);
        arena_drop(&results->scratch);
}

/* ---- crashes ---- */

static const struct {
        struct str mark;
        enum test_problem_kind kind;
} crash_marks[] = {
        { STR_INIT("panic: test timed out after"), TEST_PROBLEM_TIMEOUT },
        { STR_INIT("SIGQUIT: quit"), TEST_PROBLEM_TIMEOUT },
        { STR_INIT("all goroutines are asleep - deadlock!"), TEST_PROBLEM_DEADLOCK },
};

static enum test_problem_kind crash_kind(struct str words) {
        for (size_t i = 0; i < COUNT_OF(crash_marks); i++)
                if (str_contains(words, crash_marks[i].mark))
                        return crash_marks[i].kind;
        return TEST_PROBLEM_PANIC;
}

/* What stands before the first trace. */
static struct str crash_words(struct str text) {
        struct str rest = text, line;

        while (str_next_line(&rest, &line))
                if (stack_is_goroutine_line(line))
                        return str_slice(text, 0, (size_t)(line.ptr - text.ptr));
        return text;
}

static struct str without_recovered(struct str headline) {
        size_t at = str_find_str(headline, STR(" [recovered"));

        return at == SIZE_MAX ? headline : str_slice(headline, 0, at);
}

/* Behind the last frame of the panic itself: above it stand the deferred functions. */
static const struct test_frame *panic_frame(const struct test_stack *stack) {
        const struct test_frame *frame;
        size_t from = 0;

        for (size_t i = 0; i < stack->frame_count; i++)
                if (str_eq(stack->frames[i].function, STR("panic")))
                        from = i + 1;
        frame = own_frame(stack, from);
        return frame ? frame : own_frame(stack, 0);
}

/* A stuck goroutine that stands in the repository: the test's own before any other. */
static const struct test_frame *stuck_frame(const struct test_stacks *stacks) {
        const struct test_frame *best = NULL;

        for (size_t i = 0; i < stacks->count; i++) {
                const struct test_stack *stack = &stacks->list[i];
                const struct test_frame *frame = NULL;

                for (size_t j = 0; j < stack->frame_count && !frame; j++)
                        if (stack->frames[j].file.len)
                                frame = &stack->frames[j];
                if (!frame)
                        continue;
                if (str_eq(stack->frames[stack->frame_count - 1].function, STR("testing.tRunner")))
                        return frame;
                best = best ? best : frame;
        }
        return best;
}

static const struct test_frame *crash_frame(enum test_problem_kind kind,
                                            const struct test_stacks *stacks) {
        if (kind != TEST_PROBLEM_PANIC)
                return stuck_frame(stacks);
        return stacks->count ? panic_frame(&stacks->list[0]) : NULL;
}

/* "\t\tTestX (3s)" below "running tests:". */
static struct str running_at_timeout(struct str words) {
        struct str line, name, rest;

        while (str_next_line(&words, &line))
                if (str_has_prefix(line, STR("\t\t")) &&
                    str_cut_last(str_trim(line), ' ', &name, &rest))
                        return name;
        return STR_NONE;
}

static void fill_crash(struct test_results *results, struct test_package *package,
                       struct test_problem *crash) {
        struct capture *capture = package->capture;
        struct str text = { capture->text, capture->len }, words = crash_words(text);
        struct running_test *run = running_find(results, capture->owner);

        crash->kind = crash_kind(words);
        crash->package = package->name;
        crash->headline = without_recovered(first_line(words));
        if (crash->kind == TEST_PROBLEM_TIMEOUT)
                crash->test = running_at_timeout(words);
        if (!crash->test.len && run)
                crash->test = (struct str){ run->name, run->name_len };
        crash->output = words;
        crash->stacks = stack_parse(&results->scratch, text);
        find_places(results, package->name, &crash->stacks);
        place_at(crash, crash_frame(crash->kind, &crash->stacks));
        place_at_test(results, crash);
}

/* A failing test that the crash ended is told as the crash. */
static void become_crash(struct test_results *results, struct test_problem *failure,
                         const struct test_problem *crash) {
        failure->kind = crash->kind;
        failure->headline = str_dup(results->arena, crash->headline);
        failure->stacks = copy_stacks(results->arena, &crash->stacks);
        if (crash->file.len) {
                failure->file = str_dup(results->arena, crash->file);
                failure->line = crash->line;
        }
}

void report_crash(struct test_results *results, struct test_package *package) {
        struct test_problem crash = { 0 };

        fill_crash(results, package, &crash);
        if (package->crash_problem != NOT_ADDED)
                become_crash(results, &results->problems.items[package->crash_problem], &crash);
        else
                problem_add(results, &crash);
        package->told++;
        capture_give_back(results, &package->capture);
        arena_drop(&results->scratch);
}

/* ---- failing tests ---- */

/* "    file_test.go:12: words", as testing prints it. */
static bool take_log_place(struct test_results *results, struct str package, struct str line,
                           struct str *ret_file, uint32_t *ret_line) {
        struct test_frame frame = { 0 };
        struct str rest;

        if (!str_has_prefix(line, STR(" ")) ||
            !stack_take_place(line, &frame.path, &frame.line, &rest) ||
            !str_has_prefix(rest, STR(":")))
                return false;
        if (!results->places.find(results->places.ctx, package, &frame, ret_file))
                return false;
        *ret_line = frame.line;
        return true;
}

/* The first line that tells a failure; where none is known to, the last that was printed. */
static void place_failure(struct test_results *results, struct test_problem *problem) {
        struct str rest = problem->output, line, file;
        uint32_t at;

        while (str_next_line(&rest, &line)) {
                if (!take_log_place(results, problem->package, line, &file, &at))
                        continue;
                problem->file = file;
                problem->line = at;
                if (results->places.is_failure(results->places.ctx, file, at))
                        return;
        }
}

/* The parents only fail because this one does. */
static void mark_parents(struct test_results *results, struct test_package *package,
                         struct str test) {
        struct str parent = test, name;

        while (str_cut_last(parent, '/', &parent, &name)) {
                struct running_test *run = running_find(results, test_key(package, parent));

                if (run)
                        run->child_failed = true;
        }
}

static bool is_owner(const struct capture *capture, uint64_t key) {
        return capture && capture->kind == CAPTURE_CRASH && capture->is_confirmed &&
               capture->owner == key;
}

static bool is_explained(const struct test_package *package, const struct running_test *run,
                         struct str output) {
        return run && !str_trim(output).len &&
               (run->child_failed || (run->race_noted && package->races));
}

/* A test that prints who called it sees the TestMain that weir has added. */
static bool sees_overlay(const struct test_results *results, struct str output) {
        return results->leak_mark.len && (str_contains(output, STR(OVERLAY_HELPER)) ||
                                          str_contains(output, STR(".TestMain")));
}

static void add_failure(struct test_results *results, struct test_package *package,
                        struct test_problem *problem, uint64_t key) {
        size_t known = failed_find(results, key);

        results->counts.overlay_faults += sees_overlay(results, problem->output);
        if (passed_has(results, key))
                problem->kind = TEST_PROBLEM_FLAKY;
        if (known == NOT_ADDED) {
                place_failure(results, problem);
                place_at_test(results, problem);
                known = problem_add(results, problem);
                if (known != NOT_ADDED)
                        failed_add(results, key, known);
        } else {
                results->problems.items[known].times++;
                if (results->problems.items[known].kind == TEST_PROBLEM_FAILS)
                        results->problems.items[known].kind = problem->kind;
        }
        if (is_owner(package->capture, key))
                package->crash_problem = known;
}

void report_failure(struct test_results *results, struct test_package *package, struct str test,
                    struct running_test *run) {
        struct test_problem problem = { .kind = TEST_PROBLEM_FAILS,
                                        .package = package->name,
                                        .test = test };
        uint64_t key = test_key(package, test);

        mark_parents(results, package, test);
        package->told++;
        problem.output = kept_text(run ? run->output : NULL, &results->scratch);
        if (is_owner(package->capture, key) || !is_explained(package, run, problem.output)) {
                if (run && run->race_noted && !package->races)
                        problem.headline = RACE_NOTE;
                add_failure(results, package, &problem, key);
        }
        arena_drop(&results->scratch);
}

/* log.Fatal, os.Exit, a kill: the test that was running has no result. */
void report_package(struct test_results *results, struct test_package *package) {
        struct test_problem problem = { .kind = TEST_PROBLEM_PACKAGE, .package = package->name };
        const struct running_test *run = package->running;

        problem.output = kept_text(package->output, &results->scratch);
        if (package->build_failed) {
                problem.kind = TEST_PROBLEM_BUILD;
                problem.headline = results->build.words.len ? results->build.words
                                                            : first_line(problem.output);
        } else if (run) {
                problem.kind = TEST_PROBLEM_NO_RESULT;
                problem.test = (struct str){ run->name, run->name_len };
                if (run->output)
                        problem.output = kept_text(run->output, &results->scratch);
                place_failure(results, &problem);
                place_at_test(results, &problem);
        }
        if (str_contains(problem.output, STR("*** Test killed")))
                problem.kind = TEST_PROBLEM_TIMEOUT;
        problem_add(results, &problem);
        arena_drop(&results->scratch);
}

/* ---- compiler and vet ---- */

/* "example.com/m/p [example.com/m/p.test]": what is built, and for what. */
void build_package(struct test_results *results, struct str import_path) {
        struct str rest;

        str_cut(import_path, ' ', &import_path, &rest);
        if (str_eq(import_path, results->build.package))
                return;
        import_path = str_drop_suffix(import_path, STR(".test"));
        results->build = (struct build_lines){ .package = str_dup(results->arena, import_path),
                                               .last = NOT_ADDED };
}

bool build_is_told(const struct test_results *results) {
        for (size_t i = 0; i < results->problems.count; i++)
                if (results->problems.items[i].kind == TEST_PROBLEM_BUILD ||
                    results->problems.items[i].kind == TEST_PROBLEM_VET)
                        return true;
        return false;
}

/* Printed once for the package and once more for its tests. */
static bool is_known_build(const struct test_results *results, const struct test_problem *problem) {
        for (size_t i = 0; i < results->problems.count; i++) {
                const struct test_problem *known = &results->problems.items[i];

                if ((known->kind == TEST_PROBLEM_BUILD || known->kind == TEST_PROBLEM_VET) &&
                    known->line == problem->line && known->column == problem->column &&
                    str_eq(known->headline, str_slice(problem->headline, 0, HEADLINE_MAX)) &&
                    str_eq(known->file, problem->file))
                        return true;
        }
        return false;
}

/* ":COLUMN: message", or ": message". */
static void take_column(struct str *rest, uint32_t *ret_column) {
        struct str number, after;
        uint64_t column;

        *rest = str_drop_prefix(*rest, STR(":"));
        if (str_cut(*rest, ':', &number, &after) && str_to_u64(number, &column) &&
            column <= UINT32_MAX) {
                *ret_column = (uint32_t)column;
                *rest = after;
        }
        *rest = str_trim(*rest);
}

static void add_build(struct test_results *results, struct test_problem *problem) {
        if (!is_known_build(results, problem))
                results->build.last = problem_add(results, problem);
}

/* A line that is indented says more about the one before. */
static void continue_build(struct test_results *results, struct str line) {
        struct test_problem *last;

        if (results->build.last == NOT_ADDED)
                return;
        last = &results->problems.items[results->build.last];
        if (last->output.len < TEST_OUTPUT_HEAD_MAX)
                last->output = str_fmt(results->arena, "%.*s%s%.*s", STR_ARG(last->output),
                                       last->output.len ? "\n" : "", STR_ARG(str_trim(line)));
}

void build_line(struct test_results *results, struct str line) {
        struct test_problem problem = { .kind = TEST_PROBLEM_BUILD };
        struct test_frame frame = { 0 };

        line = str_drop_suffix(str_drop_suffix(line, STR("\n")), STR("\r"));
        if (str_has_prefix(line, STR("# ["))) {
                results->build.is_vet = true;
                return;
        }
        if (str_has_prefix(line, STR("# "))) {
                build_package(results, str_slice(line, 2, line.len));
                results->build.is_vet = false;
                return;
        }
        if (!results->build.package.len)
                return;
        if (str_has_prefix(line, STR("\t"))) {
                continue_build(results, line);
                return;
        }
        line = str_drop_prefix(line, STR("vet: "));
        if (!stack_take_place(line, &frame.path, &frame.line, &problem.headline) ||
            !str_has_prefix(problem.headline, STR(":"))) {
                if (!results->build.words.len)
                        results->build.words = str_dup(results->arena, first_line(line));
                return;
        }
        results->counts.overlay_faults += str_has_suffix(frame.path, STR(OVERLAY_HELPER));
        problem.kind = results->build.is_vet ? TEST_PROBLEM_VET : TEST_PROBLEM_BUILD;
        problem.package = results->build.package;
        problem.line = frame.line;
        take_column(&problem.headline, &problem.column);
        if (!results->places.find(results->places.ctx, problem.package, &frame, &problem.file))
                problem.line = problem.column = 0;
        add_build(results, &problem);
}
