/* What the packages of a main module import themselves, under any build tags: what `go mod tidy`
 * looks at when it writes "// indirect". */
#include "modload/pattern.h"

#include "facts/facts.h"

struct direct {
        struct fact_job *job;
        struct package_source source;
        struct build_context any;
        struct map paths;
};

static void add_paths(struct direct *direct, const struct package_imports *imports) {
        for (size_t i = 0; i < imports->count; i++)
                map_put(&direct->paths, str_dup(direct->job->arena, imports->items[i].path));
}

static void add_folder(struct direct *direct, struct str path) {
        AUTO_ARENA scratch = arena_make(direct->job->arena->budget);
        struct source_names names;
        struct package_folder folder;
        struct package package;
        struct err err;

        if (!direct->source.list(direct->source.ctx, &scratch, path, &names, &err))
                return;
        folder = package_folder_read(&direct->source, path, &names, &direct->any, true, &scratch);
        package = package_select(&folder, &direct->any, &scratch);
        add_paths(direct, &package.imports);
        add_paths(direct, &package.test_imports);
        add_paths(direct, &package.xtest_imports);
}

static struct pattern_ignores ignores_of(struct arena *arena, const struct modfile *mod) {
        struct str *items = ARENA_ARRAY(arena, struct str, mod->ignore_count);

        for (size_t i = 0; i < mod->ignore_count; i++)
                items[i] = mod->ignores[i].value;
        return (struct pattern_ignores){ items, mod->ignore_count };
}

void fact_build_direct_imports(struct fact_job *job) {
        const struct modfile *mod = job->module->modfile;
        struct pattern_ignores ignores = ignores_of(job->arena, mod);
        struct direct *direct = ARENA_NEW(job->arena, struct direct);
        struct str_list folders;
        struct err err;

        *direct = (struct direct){ .job = job, .any = { .any = true } };
        direct->source = source_of_tree(job->arena, job->repo->tree, job->module->dir);
        direct->paths = map_make(job->arena);
        if (!pattern_match(&direct->source, STR_NONE, &ignores, &direct->any, job->arena, &folders,
                           &err)) {
                fact_fail(job, gap_of_err(job->arena, &err));
                return;
        }
        for (size_t i = 0; i < folders.count; i++)
                add_folder(direct, folders.items[i]);
        for (size_t i = 0; i < mod->tool_count; i++)
                map_put(&direct->paths, mod->tools[i].value);
        job->module->direct_imports = &direct->paths;
}
