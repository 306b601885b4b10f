/* The lines of source files that differ from the base. */
#include "facts/facts.h"

#include <stdlib.h>

/* Go files, and the grammars that they may be made of. */
static bool is_of_interest(struct str path) {
        return (str_has_suffix(path, STR(".go")) || str_has_suffix(path, STR(".y"))) &&
               !str_has_prefix(path, STR("vendor/")) && !str_contains(path, STR("/vendor/"));
}

/* A file that cannot be compared line by line counts as changed as a whole, which asks for more and
 * never for less. */
static struct line_ranges lines_of(struct fact_job *job, const struct change *change) {
        struct line_ranges ranges = { .whole_file = true };
        struct err ignored;

        if (!diff_lines(job->repo->repo, job->arena, job->repo->base, job->repo->tree, change,
                        &ranges, &ignored))
                return (struct line_ranges){ .whole_file = true };
        return ranges;
}

void fact_build_changes(struct fact_job *job) {
        struct changed_files *files = ARENA_NEW(job->arena, struct changed_files);
        VEC(struct changed_file) found = { 0 };
        struct changes changes;

        if (!job->repo->base)
                return;
        diff_trees(job->repo->repo, job->arena, job->repo->base, job->repo->tree, &changes);
        for (size_t i = 0; i < changes.count; i++)
                if (changes.items[i].kind != CHANGE_DELETED &&
                    is_of_interest(changes.items[i].path))
                        *VEC_ADD(job->arena, &found) =
                                (struct changed_file){ changes.items[i].path,
                                                       lines_of(job, &changes.items[i]) };
        *files = (struct changed_files){ found.items, found.count };
        job->repo->changes = files;
}

static int cmp_path(const void *key, const void *item) {
        return str_cmp(*(const struct str *)key, ((const struct changed_file *)item)->path);
}

const struct changed_file *changed_files_find(const struct changed_files *changes,
                                              struct str path) {
        if (!changes || !changes->count)
                return NULL;
        return bsearch(&path, changes->items, changes->count, sizeof(*changes->items), cmp_path);
}
