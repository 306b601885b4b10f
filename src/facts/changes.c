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

/* ---- files that were moved ---- */

#define MOVES_MAX 2000 /* pairs of files that are compared; further ones count as new */

struct moving {
        struct fact_job *job;
        const struct changes *changes;
        size_t pairs;
};

static size_t count_lines(const struct line_ranges *ranges) {
        size_t count = 0;

        for (size_t i = 0; i < ranges->count; i++)
                count += ranges->items[i].last - ranges->items[i].first + 1;
        return count;
}

static size_t lines_of_file(struct moving *moving, const struct tree_entry *entry) {
        AUTO_ARENA scratch = arena_make(moving->job->arena->budget);
        struct str text, line;
        size_t count = 0;
        struct err ignored;

        if (!tree_read(moving->job->repo->tree, entry, &scratch, DIFF_FILE_MAX, &text, &ignored))
                return 0;
        while (str_next_line(&text, &line))
                count++;
        return count;
}

/* As git tells a rename: at least half of the new file stood in one that is gone. Of several the
 * one that leaves the fewest lines. */
static bool find_move(struct moving *moving, const struct change *added,
                      struct line_ranges *ret_ranges) {
        struct fact_job *job = moving->job;
        size_t most = lines_of_file(moving, added->after) / 2;
        bool found = false;

        for (size_t i = 0; i < moving->changes->count && moving->pairs < MOVES_MAX; i++) {
                const struct change *gone = &moving->changes->items[i];
                struct change move = { CHANGE_MODIFIED, added->path, gone->before, added->after };
                struct line_ranges ranges;
                struct err ignored;

                if (gone->kind != CHANGE_DELETED || !is_of_interest(gone->path))
                        continue;
                moving->pairs++;
                if (!diff_lines(job->repo->repo, job->arena, job->repo->base, job->repo->tree,
                                &move, &ranges, &ignored) ||
                    ranges.whole_file || count_lines(&ranges) > most)
                        continue;
                most = count_lines(&ranges);
                *ret_ranges = ranges;
                found = true;
        }
        return found;
}

static struct changed_file changed_file_of(struct moving *moving, const struct change *change) {
        struct changed_file file = { .path = change->path };

        if (change->kind != CHANGE_ADDED || !find_move(moving, change, &file.lines))
                file.lines = lines_of(moving->job, change);
        return file;
}

void fact_build_changes(struct fact_job *job) {
        struct changed_files *files = ARENA_NEW(job->arena, struct changed_files);
        VEC(struct changed_file) found = { 0 };
        struct changes changes;
        struct moving moving = { job, &changes, 0 };

        if (!job->repo->base)
                return;
        diff_trees(job->repo->repo, job->arena, job->repo->base, job->repo->tree, &changes);
        for (size_t i = 0; i < changes.count; i++)
                if (changes.items[i].kind != CHANGE_DELETED &&
                    is_of_interest(changes.items[i].path))
                        *VEC_ADD(job->arena, &found) = changed_file_of(&moving, &changes.items[i]);
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
