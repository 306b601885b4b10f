#include "golang/stdlib.h"

/* Rows in order of path: see test/make_stdlib_table.py. */
static const struct stdlib_package packages[] = {
#define STDLIB(path, since, until) { STR_INIT(path), since, until },
#include "golang/stdlib.def"
#undef STDLIB
};

const struct stdlib_package *stdlib_packages(size_t *ret_count) {
        *ret_count = COUNT_OF(packages);
        return packages;
}

const struct stdlib_package *stdlib_find(struct str path) {
        size_t low = 0, high = COUNT_OF(packages);

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_cmp(path, packages[middle].path);

                if (order == 0)
                        return &packages[middle];
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}

bool stdlib_has(struct str path, uint32_t release) {
        const struct stdlib_package *package = stdlib_find(path);

        release = MIN_OF(release, (uint32_t)STDLIB_RELEASE_MAX);
        return package && release >= package->since &&
               (package->until == 0 || release < package->until);
}

bool stdlib_path_is_reserved(struct str path) {
        struct str first = path, rest;

        (void)str_cut(path, '/', &first, &rest);
        return str_find(first, '.') == SIZE_MAX;
}

static bool is_left_out(struct str folder) {
        return folder.len == 0 || *folder.ptr == '_' || *folder.ptr == '.' ||
               str_eq(folder, STR("testdata"));
}

static bool dir_is_package(struct str dir) {
        struct str first;

        while (str_cut(dir, '/', &first, &dir))
                if (is_left_out(first))
                        return false;
        return !is_left_out(dir);
}

struct stdlib_set stdlib_set_of_dirs(struct arena *arena, const struct str *dirs, size_t count) {
        struct stdlib_set set = { map_make(arena) };

        for (size_t i = 0; i < count; i++)
                if (dir_is_package(dirs[i]))
                        (void)map_put(&set.paths, str_dup(arena, dirs[i]));
        return set;
}

bool stdlib_set_has(const struct stdlib_set *set, struct str path) {
        return map_has(&set->paths, path);
}
