#include "modload/pattern.h"

#include "base/vec.h"

#include <stdlib.h>

/* ---- ignore directives ---- */

/* The folder with a slash at each end, as ignore patterns are compared. */
static struct str with_slashes(struct str path, char *buffer, size_t size) {
        size_t len = 0;

        if (path.len == 0 || *path.ptr != '/')
                buffer[len++] = '/';
        for (size_t i = 0; i < path.len && len + 1 < size; i++)
                buffer[len++] = path.ptr[i];
        if (buffer[len - 1] != '/')
                buffer[len++] = '/';
        return (struct str){ buffer, len };
}

#define IGNORE_PATH_MAX 4096 /* longer paths exist on no file system */

bool pattern_ignores_folder(const struct pattern_ignores *ignores, struct str folder) {
        char folder_buffer[IGNORE_PATH_MAX], pattern_buffer[IGNORE_PATH_MAX];
        struct str name = with_slashes(folder, folder_buffer, sizeof(folder_buffer));

        if (folder.len == 0)
                return false;
        for (size_t i = 0; i < ignores->count; i++) {
                struct str written = ignores->items[i];
                struct str bare = str_drop_prefix(written, STR("./"));
                struct str pattern = with_slashes(bare, pattern_buffer, sizeof(pattern_buffer));

                if (bare.len < written.len ? str_has_prefix(name, pattern)
                                           : str_contains(name, pattern))
                        return true;
        }
        return false;
}

/* ---- the walk ---- */

struct walk {
        const struct package_source *source;
        const struct pattern_ignores *ignores;
        const struct build_context *context;
        struct arena *arena;
        VEC(struct str) found;
        struct err *err;
};

static bool is_skipped_name(struct str name) {
        return *name.ptr == '.' || *name.ptr == '_' || str_eq(name, STR("testdata"));
}

static bool is_package(struct walk *walk, struct str folder, const struct source_names *names) {
        AUTO_ARENA scratch = arena_make(walk->arena->budget);
        struct package_folder read;
        struct package package;

        if (!package_folder_has_go(names) && !package_folder_has_broken_go(names))
                return false;
        read = package_folder_read(walk->source, folder, names, walk->context, true, &scratch);
        package = package_select(&read, walk->context, &scratch);
        return package.problem.kind != PACKAGE_NO_GO_FILES || package.invalid_go_files.count > 0;
}

static bool is_nested_module(struct walk *walk, const struct source_names *names) {
        return walk->source->has_nested_modules &&
               source_is_file(source_find(names, STR("go.mod")));
}

static bool walk_folder(struct walk *walk, struct str folder, size_t depth);

static bool walk_below(struct walk *walk, struct str folder, const struct source_names *names,
                       size_t depth) {
        for (size_t i = 0; i < names->count; i++) {
                const struct source_name *name = &names->items[i];
                struct str path = str_join_path(walk->arena, folder, name->name);

                if (name->kind != SOURCE_FOLDER || is_skipped_name(name->name) ||
                    pattern_ignores_folder(walk->ignores, path))
                        continue;
                if (!walk_folder(walk, path, depth + 1))
                        return false;
        }
        return true;
}

static bool is_vendor(struct str folder) {
        return str_eq(folder, STR("vendor")) || str_has_suffix(folder, STR("/vendor"));
}

static bool walk_folder(struct walk *walk, struct str folder, size_t depth) {
        struct source_names names;

        if (depth > PATTERN_FOLDERS_MAX)
                return err_at(walk->err, ERR_LIMIT, folder, 0, 0, "over %d folders deep",
                              PATTERN_FOLDERS_MAX);
        if (!walk->source->list(walk->source->ctx, walk->arena, folder, &names, walk->err))
                return false;
        if (depth > 0 && is_nested_module(walk, &names))
                return true;
        if (is_package(walk, folder, &names))
                *VEC_ADD(walk->arena, &walk->found) = folder;
        /* A folder of that name may hold a package; what lies in it are other modules' packages. */
        return (depth > 0 && is_vendor(folder)) || walk_below(walk, folder, &names, depth);
}

bool pattern_match(const struct package_source *source, struct str from,
                   const struct pattern_ignores *ignores, const struct build_context *context,
                   struct arena *arena, struct str_list *ret_folders, struct err *err) {
        struct walk walk = { source, ignores, context, arena, { 0 }, err };
        struct err absent;
        struct source_names names;

        if (!source->list(source->ctx, arena, from, &names, &absent) &&
            absent.code == ERR_NOT_FOUND) {
                *ret_folders = (struct str_list){ 0 };
                return true;
        }
        if (!walk_folder(&walk, from, 0))
                return false;
        if (walk.found.count)
                qsort(walk.found.items, walk.found.count, sizeof(struct str), str_cmp_qsort);
        *ret_folders = (struct str_list){ walk.found.items, walk.found.count };
        return true;
}
