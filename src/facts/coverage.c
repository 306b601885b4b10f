#include "facts/coverage.h"

#include "base/map.h"
#include "data/glob.h"
#include "facts/coverage_impl.h"
#include "golang/header.h"
#include "sys/pool.h"

#include <stdlib.h>
#include <string.h>

#define WAVE 64 /* files that are read before their results are kept and the rest is dropped */

static void add_sum(struct coverage_sum *to, struct coverage_sum from) {
        to->statements += from.statements;
        to->covered += from.covered;
}

/* ---- where a file of a profile lies ---- */

/* Whether a name of a profile lies in a module. */
static bool is_in_module(struct str name, struct str module) {
        return module.len && name.len > module.len && name.ptr[module.len] == '/' &&
               str_has_prefix(name, module);
}

static const struct module_facts *module_of(const struct repo_facts *repo, struct str name) {
        const struct module_facts *best = NULL;

        for (size_t i = 0; i < repo->module_count; i++) {
                const struct module_facts *module = &repo->modules[i];

                if (is_in_module(name, module->path) &&
                    (!best || module->path.len > best->path.len))
                        best = module;
        }
        return best;
}

/* The paths of all modules of the repository, where only a part of it is judged. */
struct module_paths {
        VEC(struct str) list;
        bool are_known;
};

static void read_module_paths(struct fact_job *job, struct module_paths *paths) {
        struct repo_facts all = { .tree = job->repo->tree };

        facts_find_modules(&all, STR_NONE, job->arena);
        for (size_t i = 0; i < all.module_count; i++) {
                struct modfile modfile;
                struct str text;
                struct err ignored;

                if (fact_read_file(all.tree, job->arena, all.modules[i].modfile_path,
                                   MODSYNTAX_FILE_MAX, &text, &ignored) &&
                    modfile_parse(job->arena, MODFILE_MAIN, all.modules[i].modfile_path, text,
                                  &modfile, &ignored))
                        *VEC_ADD(job->arena, &paths->list) = modfile.module.path;
        }
        paths->are_known = true;
}

/* Of a module of the repository that nobody asked to judge. */
static bool is_not_asked_for(struct fact_job *job, struct str name, struct module_paths *paths) {
        if (!paths->are_known)
                read_module_paths(job, paths);
        for (size_t i = 0; i < paths->list.count; i++)
                if (is_in_module(name, paths->list.items[i]))
                        return true;
        return false;
}

/* The path in the tree; empty where the name belongs to no module of the delivery. */
static struct str path_of(struct fact_job *job, struct str name) {
        struct str root = tree_root(job->repo->tree), below = str_drop_prefix(name, root);
        const struct module_facts *module = module_of(job->repo, name);

        if (module)
                return str_join_path(job->arena, module->dir,
                                     str_slice(name, module->path.len + 1, name.len));
        if (root.len && below.len < name.len && str_has_prefix(below, STR("/")))
                return str_slice(below, 1, below.len);
        if (str_has_prefix(name, STR("./")))
                return str_slice(name, 2, name.len);
        return STR_NONE;
}

static struct str import_path_of(const struct repo_facts *repo, struct str name) {
        struct str folder = STR_NONE, base;

        str_cut_last(name, '/', &folder, &base);
        if (str_has_prefix(name, STR("./")) || str_has_prefix(name, tree_root(repo->tree)))
                return str_drop_prefix(folder, STR("./"));
        return folder;
}

/* ---- what does not count ---- */

struct exclusions {
        VEC(struct coverage_excluded) list; /* as options.exclude; the last one: generated files */
};

static uint64_t statements_of(const struct cover_run *run) {
        struct cover_cursor cursor = cover_run_walk(run);
        struct cover_block block;
        uint64_t statements = 0;

        while (cover_cursor_next(&cursor, &block))
                statements += block.statements;
        return statements;
}

static void exclude(struct fact_job *job, struct exclusions *exclusions, struct str pattern,
                    const struct cover_run *run) {
        struct coverage_excluded *entry = NULL;

        for (size_t i = 0; i < exclusions->list.count; i++)
                if (str_eq(exclusions->list.items[i].pattern, pattern))
                        entry = &exclusions->list.items[i];
        if (!entry) {
                entry = VEC_ADD(job->arena, &exclusions->list);
                entry->pattern = pattern;
        }
        entry->files++;
        entry->statements += statements_of(run);
}

/* Whether a pattern leaves the file out: by its path in the tree, or where it has none by its name.
 */
static bool is_excluded(struct fact_job *job, struct str path, const struct cover_file *file,
                        struct exclusions *exclusions) {
        const struct coverage_options *options = &job->repo->options.coverage;

        for (size_t i = 0; i < options->exclude_count; i++) {
                if (!glob_match(options->exclude[i], path.len ? path : file->name))
                        continue;
                exclude(job, exclusions, options->exclude[i], &file->run);
                return true;
        }
        return false;
}

/* ---- one file ---- */

/* Changed lines, as the profile counts them: ascending ranges. */
struct touched {
        const struct line_range *ranges;
        size_t count;
        bool all;
};

static int cmp_ranges(const void *a, const void *b) {
        const struct line_range *x = a, *y = b;

        return (x->first > y->first) - (x->first < y->first);
}

static size_t count_lines(const struct line_ranges *lines) {
        size_t count = 0;

        for (size_t i = 0; i < lines->count; i++)
                count += lines->items[i].last - lines->items[i].first + 1;
        return count;
}

/* Line directives move lines one by one. */
static struct touched shifted(struct arena *arena, const struct line_ranges *lines,
                              const struct cover_shifts *shifts, struct str source) {
        struct line_range *ranges = ARENA_ARRAY(arena, struct line_range, count_lines(lines));
        struct str rest = source, text;
        size_t count = 0;

        for (uint32_t line = 1; str_next_line(&rest, &text); line++) {
                uint32_t offset = (uint32_t)(text.ptr - source.ptr);
                uint32_t moved =
                        COVER_LINE(cover_place(shifts, offset, (struct source_pos){ line, 1 }));

                if (line_ranges_have(lines, line))
                        ranges[count++] = (struct line_range){ moved, moved };
        }
        if (count)
                qsort(ranges, count, sizeof(*ranges), cmp_ranges);
        return (struct touched){ ranges, count, false };
}

static struct touched touched_of(const struct coverage_work *work, struct arena *scratch,
                                 const struct cover_shifts *shifts, struct str source) {
        const struct line_ranges *lines = &work->file.change->lines;

        if (lines->whole_file)
                return (struct touched){ .all = true };
        if (shifts->count)
                return shifted(scratch, lines, shifts, source);
        return (struct touched){ lines->items, lines->count, false };
}

/* Whether the block has at least one of the lines. */
static bool touches(const struct touched *touched, const struct cover_block *block) {
        size_t low = 0, high = touched->count;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (touched->ranges[middle].last < COVER_LINE(block->start))
                        low = middle + 1;
                else
                        high = middle;
        }
        return touched->all ||
               (low < touched->count && touched->ranges[low].first <= COVER_LINE(block->end));
}

static void count_blocks(struct coverage_work *work, struct arena *scratch, struct str source,
                         const struct cover_shifts *shifts, struct cover_functions *functions) {
        struct cover_cursor cursor = cover_run_walk(&work->profile->run);
        struct cover_ends ends = cover_ends_read(scratch, source);
        struct touched touched = { 0 };
        struct cover_block block;

        if (work->file.change)
                touched = touched_of(work, scratch, shifts, source);
        while (cover_cursor_next(&cursor, &block)) {
                struct coverage_sum sum = { block.statements, block.count ? block.statements : 0 };

                cover_functions_count(functions, &block);
                if (touches(&touched, &block))
                        add_sum(&work->file.patch, sum);
                work->is_stale |= !shifts->count && !cover_ends_have(&ends, &block);
        }
}

/* What is kept of a file: its functions, with their names in one piece. */
static const struct coverage_function *keep_functions(struct arena *arena,
                                                      const struct coverage_function *functions,
                                                      size_t count) {
        struct coverage_function *kept = ARENA_ARRAY(arena, struct coverage_function, count);
        size_t size = 0, at = 0;
        char *names;

        for (size_t i = 0; i < count; i++)
                size += functions[i].name.len;
        names = arena_alloc(arena, size);
        for (size_t i = 0; i < count; i++) {
                struct str name = functions[i].name;

                kept[i] = functions[i];
                kept[i].name = (struct str){ names + at, name.len };
                memcpy(names + at, name.ptr, name.len);
                at += name.len;
        }
        return kept;
}

/* The compiler counts every function of a file that it counts at all, but for those named "_". So
 * one that the profile does not know of was lost with the end of the profile, or is younger. */
static bool lacks_function(const struct cover_functions *functions) {
        for (size_t i = 0; i < functions->count; i++)
                if (!functions->items[i].has_block && !str_eq(functions->items[i].name, STR("_")))
                        return true;
        return false;
}

static void take_functions(struct coverage_work *work, struct arena *scratch,
                           const struct cover_functions *functions) {
        struct coverage_function *taken =
                ARENA_ARRAY(scratch, struct coverage_function, functions->count);

        for (size_t i = 0; i < functions->count; i++) {
                const struct cover_function *from = &functions->items[i];

                taken[i] = (struct coverage_function){ from->name,
                                                       COVER_LINE(from->start),
                                                       { from->statements, from->covered } };
                add_sum(&work->file.sum, taken[i].sum);
        }
        work->file.functions = keep_functions(&work->arena, taken, functions->count);
        work->file.function_count = functions->count;
}

/* What a line directive names need not be Go: a grammar, say. Its statements count; functions it
 * has none. */
static void count_other(struct coverage_work *work) {
        struct cover_cursor cursor = cover_run_walk(&work->profile->run);
        struct touched touched = { .all = work->file.change &&
                                          work->file.change->lines.whole_file };
        struct cover_block block;

        if (work->file.change)
                touched = (struct touched){ work->file.change->lines.items,
                                            work->file.change->lines.count, touched.all };
        while (cover_cursor_next(&cursor, &block)) {
                struct coverage_sum sum = { block.statements, block.count ? block.statements : 0 };

                add_sum(&work->file.sum, sum);
                if (touches(&touched, &block))
                        add_sum(&work->file.patch, sum);
        }
}

struct reading {
        struct fact_job *job;
        struct coverage_work *work;
};

static void read_source(struct reading *reading, struct coverage_work *work, struct arena *scratch,
                        struct str source) {
        struct cover_functions functions;
        struct cover_shifts shifts;

        source = str_drop_prefix(source, COVERAGE_BOM);
        work->is_generated = reading->job->repo->options.coverage.exclude_generated &&
                             header_scan(scratch, source).generated;
        if (work->is_generated)
                return;
        shifts = cover_shifts_read(scratch, source);
        functions = cover_functions_read(scratch, source, &shifts);
        count_blocks(work, scratch, source, &shifts, &functions);
        work->lacks_function = !shifts.count && lacks_function(&functions);
        take_functions(work, scratch, &functions);
}

static void read_one(void *ctx, size_t index) {
        struct reading *reading = ctx;
        struct coverage_work *work = &reading->work[index];
        AUTO_ARENA scratch = arena_make(reading->job->arena->budget);
        struct str source;
        struct err err;

        work->arena = arena_make(reading->job->arena->budget);
        if (!str_has_suffix(work->entry->path, STR(".go"))) {
                count_other(work);
        } else if (fact_read_file(reading->job->repo->tree, &scratch, work->entry->path,
                                  COVERAGE_GO_FILE_MAX, &source, &err)) {
                read_source(reading, work, &scratch, source);
        } else {
                work->err = ARENA_NEW(&work->arena, struct err);
                *work->err = err;
        }
}

static void keep(struct arena *arena, struct coverage_work *work) {
        work->file.functions =
                keep_functions(arena, work->file.functions, work->file.function_count);
        if (work->err) {
                struct err err = *work->err;

                work->err = ARENA_NEW(arena, struct err);
                *work->err = err;
        }
        arena_drop(&work->arena);
}

static void read_all(struct fact_job *job, struct coverage_work *work, size_t count) {
        for (size_t from = 0; from < count; from += WAVE) {
                struct reading reading = { job, work + from };
                size_t size = MIN_OF((size_t)WAVE, count - from);

                pool_each(size, 0, read_one, &reading);
                for (size_t i = 0; i < size; i++)
                        keep(job->arena, &work[from + i]);
        }
}

/* ---- all files ---- */

static const struct text outside = { "{profile}: {name} belongs to no module of this repository",
                                     "{profile}：{name} 不属于本仓库的任何模块" };
static const struct text missing = { "{profile}: {name} is not in the tree that is judged",
                                     "{profile}：被检查的目录树中没有 {name}" };
static const struct text outside_mend = {
        "make the profile of the packages of this repository alone (go test ./...), or leave the "
        "files out: coverage.exclude in weir.yaml",
        "仅对本仓库的包生成覆盖率文件（go test ./...），或在 weir.yaml 中用 coverage.exclude 排除这些文件"
};
static const struct text nothing_left = {
        "the profiles have no statement of a function that counts",
        "覆盖率文件中没有任何计入统计的函数语句"
};
static const struct text nothing_left_mend = {
        "run the tests over packages that have code, and see coverage.exclude in weir.yaml",
        "对含代码的包运行测试，并检查 weir.yaml 中的 coverage.exclude"
};
static const struct text stale = {
        "{profile} was made of another {file}: it names places that the file does not have",
        "{profile} 来自另一个版本的 {file}：其中的位置在该文件中不存在"
};
static const struct text stale_mend = { "make the profile again of what is judged",
                                        "针对当前被检查的代码重新生成覆盖率文件" };

static const struct text lacking = {
        "{profile} does not know every function of {file}: it was cut off, or made of another version",
        "{profile} 缺少 {file} 中的部分函数：该覆盖率文件不完整，或来自另一个版本"
};

static struct str place_of(struct arena *arena, const struct cover_file *file) {
        return file->line ? str_fmt(arena, "%.*s:%u", STR_ARG(file->source), file->line)
                          : str_dup(arena, file->source);
}

static void fail_name(struct fact_job *job, const struct text *why, const struct cover_file *file) {
        struct gap gap = { message_make(why), message_make(&outside_mend) };

        message_arg(&gap.why, "profile", place_of(job->arena, file));
        message_arg(&gap.why, "name", str_dup(job->arena, file->name));
        fact_fail(job, gap);
}

/* The files that count; false where one cannot be found: figures without it would be others. */
static bool find_files(struct fact_job *job, const struct cover_file *files, size_t count,
                       struct exclusions *exclusions, struct coverage_work *work,
                       size_t *ret_count) {
        struct module_paths paths = { 0 };
        size_t found = 0;

        for (size_t i = 0; i < count; i++) {
                struct str path = path_of(job, files[i].name);

                if (is_excluded(job, path, &files[i], exclusions) ||
                    (!path.len && is_not_asked_for(job, files[i].name, &paths)))
                        continue;
                work[found].profile = &files[i];
                work[found].entry = path.len ? tree_find(job->repo->tree, path) : NULL;
                if (!work[found].entry) {
                        fail_name(job, path.len ? &missing : &outside, &files[i]);
                        return false;
                }
                work[found].file.path = work[found].entry->path;
                work[found].file.change = changed_files_find(job->repo->changes, path);
                found++;
        }
        *ret_count = found;
        return true;
}

/* Generated files leave, and what could not be read or is of another source is told. */
static bool sift(struct fact_job *job, struct coverage_work *work, size_t *count,
                 struct exclusions *exclusions) {
        size_t kept = 0;

        for (size_t i = 0; i < *count; i++) {
                struct gap gap = { message_make(&stale), message_make(&stale_mend) };

                if (work[i].err) {
                        fact_fail(job, gap_of_err(job->arena, work[i].err));
                        return false;
                }
                if (work[i].is_generated) {
                        exclude(job, exclusions, STR_NONE, &work[i].profile->run);
                        continue;
                }
                if (work[i].lacks_function && !work[i].is_stale)
                        gap.why = message_make(&lacking);
                if (work[i].is_stale || work[i].lacks_function) {
                        message_arg(&gap.why, "profile", place_of(job->arena, work[i].profile));
                        message_arg(&gap.why, "file", work[i].file.path);
                        fact_gap(job, gap);
                }
                work[kept++] = work[i];
        }
        *count = kept;
        return true;
}

static int cmp_packages(const void *a, const void *b) {
        const struct coverage_package *x = a, *y = b;

        return str_cmp(x->path, y->path);
}

static int cmp_work(const void *a, const void *b) {
        const struct coverage_work *x = a, *y = b;

        return str_cmp(x->file.path, y->file.path);
}

static size_t package_index(const struct coverage *coverage, struct str path) {
        struct coverage_package wanted = { .path = path };
        const struct coverage_package *found = bsearch(
                &wanted, coverage->packages, coverage->package_count, sizeof(wanted), cmp_packages);

        return (size_t)(found - coverage->packages);
}

static void list_packages(struct fact_job *job, struct coverage *coverage,
                          const struct coverage_work *work, size_t count) {
        struct map seen = map_make(job->arena);
        VEC(struct coverage_package) packages = { 0 };

        for (size_t i = 0; i < count; i++) {
                struct str path = import_path_of(job->repo, work[i].profile->name);
                struct str dir = STR_NONE, base;

                if (map_has(&seen, path))
                        continue;
                path = str_dup(job->arena, path);
                map_put(&seen, path);
                str_cut_last(work[i].file.path, '/', &dir, &base);
                *VEC_ADD(job->arena, &packages) =
                        (struct coverage_package){ .path = path, .dir = dir };
        }
        if (packages.count)
                qsort(packages.items, packages.count, sizeof(*packages.items), cmp_packages);
        coverage->packages = packages.items;
        coverage->package_count = packages.count;
}

static void sum_up(struct fact_job *job, struct coverage *coverage, struct coverage_work *work,
                   size_t count) {
        struct coverage_file *files = ARENA_ARRAY(job->arena, struct coverage_file, count);
        struct coverage_package *packages;

        list_packages(job, coverage, work, count);
        packages = ARENA_ARRAY(job->arena, struct coverage_package, coverage->package_count);
        for (size_t i = 0; i < coverage->package_count; i++)
                packages[i] = coverage->packages[i];
        for (size_t i = 0; i < count; i++) {
                struct str path = import_path_of(job->repo, work[i].profile->name);

                files[i] = work[i].file;
                files[i].package = package_index(coverage, path);
                add_sum(&packages[files[i].package].sum, files[i].sum);
                add_sum(&packages[files[i].package].patch, files[i].patch);
                add_sum(&coverage->total, files[i].sum);
                add_sum(&coverage->patch, files[i].patch);
        }
        coverage->packages = packages;
        coverage->files = files;
        coverage->file_count = count;
}

static bool build(struct fact_job *job, struct cover_profile *profile, struct coverage *coverage) {
        struct exclusions exclusions = { 0 };
        const struct cover_file *files;
        struct coverage_work *work;
        size_t count;

        if (!coverage_read_profiles(job, profile, &files, &count))
                return false;
        work = ARENA_ARRAY(job->arena, struct coverage_work, count);
        if (!find_files(job, files, count, &exclusions, work, &count))
                return false;
        read_all(job, work, count);
        if (!sift(job, work, &count, &exclusions))
                return false;
        if (count)
                qsort(work, count, sizeof(*work), cmp_work);
        coverage_mind_changes(job, work, count);
        coverage_show_sources(job, work, count, &coverage->files_not_shown);
        sum_up(job, coverage, work, count);
        if (!coverage->total.statements) {
                fact_fail(job, (struct gap){ message_make(&nothing_left),
                                             message_make(&nothing_left_mend) });
                return false;
        }
        coverage->mode = cover_mode_word(cover_profile_mode(profile));
        coverage->has_patch = job->repo->base != NULL;
        coverage->excluded = exclusions.list.items;
        coverage->excluded_count = exclusions.list.count;
        return true;
}

void fact_build_coverage(struct fact_job *job) {
        struct cover_workers workers = { pool_each, pool_processors(), 0 };
        AUTO_COVER_PROFILE *profile = cover_profile_make(job->arena, workers, COVER_COUNT_MAX);
        struct coverage *coverage = ARENA_NEW(job->arena, struct coverage);

        if (build(job, profile, coverage))
                job->repo->coverage = coverage;
}
