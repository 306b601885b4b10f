/* Tests that a stream says nothing of: what did not run has not passed. */
#include "base/buf.h"
#include "facts/test_run.h"
#include "golang/constraint.h"

#define NAMED_MAX 5 /* packages in the message */

static const struct text missing = { "no result of packages that have tests: {packages}",
                                     "以下含测试的包没有结果：{packages}" };
static const struct text missing_mend = {
        "give the stream of go test -json ./... (or of every part of it: --test-json may be repeated)",
        "提供 go test -json ./... 的事件流（分多次运行时可重复使用 --test-json）"
};
static const struct text none_ran = { "no test ran ({skipped} skipped)",
                                      "没有运行任何测试（跳过 {skipped} 个）" };
static const struct text none_ran_mend = {
        "run the tests without -run, -skip or -short filters that leave none",
        "去掉会排除所有测试的 -run、-skip 或 -short 选项后重新运行"
};

struct search {
        struct test_job *tests;
        struct map seen;   /* packages of the streams */
        struct map looked; /* folders */
        struct buf names;
        size_t found;
};

static void see(void *ctx, struct str package) {
        struct search *search = ctx;

        map_put(&search->seen, str_dup(search->tests->job->arena, package));
}

/* The module whose go.mod is the nearest above, where it is one that is judged. */
static const struct module_facts *module_of_dir(const struct repo_facts *repo, struct arena *arena,
                                                struct str dir) {
        struct str name;

        while (!tree_find(repo->tree, str_join_path(arena, dir, STR("go.mod")))) {
                if (!dir.len)
                        return NULL;
                if (!str_cut_last(dir, '/', &dir, &name))
                        dir = STR_NONE;
        }
        for (size_t i = 0; i < repo->module_count; i++)
                if (str_eq(repo->modules[i].dir, dir))
                        return &repo->modules[i];
        return NULL;
}

/* A test of some platforms or tags only may be none of those that ran. */
static bool runs_everywhere(const struct repo_facts *repo, struct arena *arena, struct str path,
                            struct str name) {
        struct build_context none = { 0 };
        const struct header_function *functions;
        struct header header;
        struct str source;
        struct err ignored;
        size_t count;

        if (!constraint_name_matches(&none, name) ||
            !fact_read_file(repo->tree, arena, path, TEST_SOURCE_MAX, &source, &ignored))
                return false;
        header = header_scan(arena, source);
        if (header.go_build.text.len || header.plus_build_count || header.imports_c)
                return false;
        header_functions(arena, source, &functions, &count);
        for (size_t i = 0; i < count; i++)
                if (!functions[i].receiver.len && str_has_prefix(functions[i].name, STR("Test")) &&
                    !str_eq(functions[i].name, STR("TestMain")))
                        return true;
        return false;
}

static void look_at(struct search *search, struct str path) {
        struct fact_job *job = search->tests->job;
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        struct str dir = STR_NONE, name = path, package;
        const struct module_facts *module;

        str_cut_last(path, '/', &dir, &name);
        if (map_has(&search->looked, dir) || fact_is_passed_over(dir))
                return;
        module = module_of_dir(job->repo, &scratch, dir);
        if (!module || !module->path.len)
                return;
        package = str_join_path(&scratch, module->path,
                                str_drop_prefix(str_drop_prefix(dir, module->dir), STR("/")));
        if (map_has(&search->seen, package) || !runs_everywhere(job->repo, &scratch, path, name))
                return;
        map_put(&search->looked, dir);
        if (search->found++ < NAMED_MAX)
                buf_printf(&search->names, "%s%.*s", search->found > 1 ? ", " : "",
                           STR_ARG(package));
}

static void tell_missing(struct search *search) {
        struct gap gap = { message_make(&missing), message_make(&missing_mend) };

        if (!search->found)
                return;
        if (search->found > NAMED_MAX)
                buf_printf(&search->names, ", +%zu", search->found - NAMED_MAX);
        message_arg(&gap.why, "packages", buf_str(&search->names));
        fact_gap(search->tests->job, gap);
}

static struct search search_make(struct test_job *tests) {
        struct arena *arena = tests->job->arena;

        return (struct search){ .tests = tests,
                                .seen = map_make(arena),
                                .looked = map_make(arena),
                                .names = buf_make(arena) };
}

/* Looks for packages with tests that are not among those seen. */
static void search_tree(struct search *search) {
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(search->tests->job->repo->tree, &count);
        for (size_t i = 0; i < count; i++)
                if (entries[i].kind == TREE_FILE &&
                    str_has_suffix(entries[i].path, STR("_test.go")))
                        look_at(search, entries[i].path);
}

static void mind_packages(struct test_job *tests) {
        struct search search = search_make(tests);

        test_results_packages(tests->results, see, &search);
        search_tree(&search);
        tell_missing(&search);
}

/* All were skipped, or a filter left none although there are some. */
static bool nothing_ran(struct test_job *tests) {
        const struct test_counts *counts = test_results_counts(tests->results);
        struct search search = search_make(tests);

        if (counts->tests || !counts->packages)
                return counts->tests && counts->tests_skipped == counts->tests;
        search_tree(&search);
        return search.found > 0 && !counts->packages_failed;
}

static void mind_none_ran(struct test_job *tests) {
        struct gap gap = { message_make(&none_ran), message_make(&none_ran_mend) };

        if (!nothing_ran(tests))
                return;
        message_arg(&gap.why, "skipped",
                    str_fmt(tests->job->arena, "%zu",
                            test_results_counts(tests->results)->tests_skipped));
        fact_gap(tests->job, gap);
}

void test_mind_missing(struct test_job *tests) {
        const struct test_options *options = &tests->job->repo->options.tests;

        if (options->stream_count && !options->package_count)
                mind_packages(tests);
        mind_none_ran(tests);
}
