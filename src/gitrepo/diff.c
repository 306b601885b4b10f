#include "gitrepo/diff.h"

#include "base/vec.h"
#include "gitrepo/repo_impl.h"
#include "sys/pool.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_PER_TASK 64 /* so that one arena serves several files */

/* Two entries of one path, and whether they differ. */
struct pair {
        const struct tree_entry *before, *after;
        bool differs;
};

struct comparison {
        struct repo *repo; /* NULL: none */
        const struct tree *before, *after;
        struct arena_budget *budget;
        bool ignores_mode; /* core.fileMode is false: bits on disk mean nothing */
        bool has_submodules;
        struct pair *pairs;
        size_t count;
};

/* Merges the two sorted lists. */
static void pair_up(struct comparison *c, struct arena *arena) {
        size_t before_count, after_count, i = 0, j = 0;
        const struct tree_entry *a = tree_entries(c->before, &before_count);
        const struct tree_entry *b = tree_entries(c->after, &after_count);

        c->pairs = ARENA_ARRAY(arena, struct pair, before_count + after_count);
        while (i < before_count || j < after_count) {
                struct pair *pair = &c->pairs[c->count++];
                int order = i == before_count ? 1 : -1;

                if (i < before_count && j < after_count)
                        order = str_cmp(a[i].path, b[j].path);
                pair->before = order <= 0 ? &a[i++] : NULL;
                pair->after = order >= 0 ? &b[j++] : NULL;
                c->has_submodules |= pair->before && pair->before->kind == TREE_SUBMODULE;
                c->has_submodules |= pair->after && pair->after->kind == TREE_SUBMODULE;
        }
}

static bool has_id(const struct tree *tree) {
        return tree->kind == TREE_INDEX || tree->kind == TREE_COMMIT;
}

/* The bytes of a file on disk as git would store them: line ends converted, filters that libgit2
 * knows applied. Where it cannot say, the bytes as they are. */
static bool to_stored_form(struct repo *repo, struct str path, struct arena *arena,
                           struct str *bytes) {
        REPO_LOCKED(repo);
        git_filter_list *filters = NULL;
        git_buf out = { 0 };
        char *name = str_to_c(arena, path);
        bool ok = !git_filter_list_load(&filters, repo->git, NULL, name, GIT_FILTER_TO_ODB,
                                        GIT_FILTER_ALLOW_UNSAFE) &&
                  filters &&
                  !git_filter_list_apply_to_buffer(&out, filters, bytes->ptr, bytes->len);

        if (ok)
                *bytes = str_dup(arena, (struct str){ out.ptr, out.size });
        git_buf_dispose(&out);
        git_filter_list_free(filters);
        return ok;
}

static bool is_blob(struct str bytes, const struct tree_entry *entry) {
        git_oid id;

        return git_odb_hash(&id, bytes.ptr ? bytes.ptr : "", bytes.len, GIT_OBJECT_BLOB) == 0 &&
               memcmp(id.id, entry->oid, TREE_OID_SIZE) == 0;
}

/* Compares a blob with a file that has no id. The conversion is asked for only where the plain
 * bytes differ, which is seldom. */
static bool differs_from_blob(const struct comparison *c, const struct tree_entry *blob,
                              const struct tree *tree, const struct tree_entry *entry,
                              struct arena *arena) {
        struct str bytes;
        struct err ignored;

        if (!tree_read(tree, entry, arena, DIFF_FILE_MAX, &bytes, &ignored))
                return true;
        if (is_blob(bytes, blob))
                return false;
        if (!c->repo || tree->kind != TREE_WORKTREE || entry->kind != TREE_FILE ||
            !to_stored_form(c->repo, entry->path, arena, &bytes))
                return true;
        return !is_blob(bytes, blob);
}

static bool bytes_differ(const struct comparison *c, const struct pair *pair, struct arena *arena) {
        struct str before, after;
        struct err ignored;

        if (has_id(c->before) && has_id(c->after))
                return memcmp(pair->before->oid, pair->after->oid, TREE_OID_SIZE) != 0;
        if (has_id(c->before))
                return differs_from_blob(c, pair->before, c->after, pair->after, arena);
        if (has_id(c->after))
                return differs_from_blob(c, pair->after, c->before, pair->before, arena);
        return !tree_read(c->before, pair->before, arena, DIFF_FILE_MAX, &before, &ignored) ||
               !tree_read(c->after, pair->after, arena, DIFF_FILE_MAX, &after, &ignored) ||
               !str_eq(before, after);
}

static bool lies_in_submodule(const struct tree *tree, struct str path) {
        struct str dir = path, name;

        while (str_cut_last(dir, '/', &dir, &name)) {
                const struct tree_entry *entry = tree_find(tree, dir);

                if (entry && entry->kind == TREE_SUBMODULE)
                        return true;
        }
        return false;
}

/* On disk a submodule is a folder with files of another repository, in index and commit one entry:
 * neither is a change. */
static bool is_submodule_alone(const struct comparison *c, const struct pair *pair) {
        const struct tree_entry *only = pair->before ? pair->before : pair->after;
        const struct tree *other = pair->before ? c->after : c->before;
        const struct tree *own = pair->before ? c->before : c->after;

        if (!c->has_submodules)
                return false;
        if (only->kind == TREE_SUBMODULE)
                return other->kind == TREE_WORKTREE;
        return own->kind == TREE_WORKTREE && lies_in_submodule(other, only->path);
}

static bool pair_differs(const struct comparison *c, const struct pair *pair, struct arena *arena) {
        if (!pair->before || !pair->after)
                return !is_submodule_alone(c, pair);
        if (pair->before->kind != pair->after->kind)
                return true;
        if (pair->before->executable != pair->after->executable && !c->ignores_mode)
                return true;
        return bytes_differ(c, pair, arena);
}

static void compare_some(void *ctx, size_t task) {
        struct comparison *c = ctx;
        size_t first = task * PAIRS_PER_TASK, last = MIN_OF(first + PAIRS_PER_TASK, c->count);

        for (size_t i = first; i < last; i++) {
                AUTO_ARENA arena = arena_make(c->budget);

                c->pairs[i].differs = pair_differs(c, &c->pairs[i], &arena);
        }
}

static bool mode_means_nothing(struct repo *repo) {
        REPO_LOCKED(repo);
        AUTO_GIT(git_config) *config = NULL;
        int file_mode = 1;

        return git_repository_config_snapshot(&config, repo->git) == 0 &&
               git_config_get_bool(&file_mode, config, "core.filemode") == 0 && !file_mode;
}

static struct change change_of(const struct pair *pair) {
        struct change change = { .before = pair->before, .after = pair->after };

        change.path = pair->after ? pair->after->path : pair->before->path;
        change.kind = !pair->before  ? CHANGE_ADDED
                      : !pair->after ? CHANGE_DELETED
                                     : CHANGE_MODIFIED;
        return change;
}

static void collect(const struct comparison *c, struct arena *arena, struct changes *ret_changes) {
        VEC(struct change) changes = { 0 };

        for (size_t i = 0; i < c->count; i++)
                if (c->pairs[i].differs)
                        *VEC_ADD(arena, &changes) = change_of(&c->pairs[i]);
        *ret_changes = (struct changes){ changes.items, changes.count };
}

void diff_trees(struct repo *repo, struct arena *arena, const struct tree *before,
                const struct tree *after, struct changes *ret_changes) {
        struct comparison c = {
                .repo = repo, .before = before, .after = after, .budget = arena->budget
        };

        c.ignores_mode = repo && !(has_id(before) && has_id(after)) && mode_means_nothing(repo);
        pair_up(&c, arena);
        pool_each((c.count + PAIRS_PER_TASK - 1) / PAIRS_PER_TASK, 0, compare_some, &c);
        collect(&c, arena, ret_changes);
}

static int cmp_change(const void *path, const void *change) {
        return str_cmp(*(const struct str *)path, ((const struct change *)change)->path);
}

const struct change *changes_find(const struct changes *changes, struct str path) {
        if (!changes->count)
                return NULL;
        return bsearch(&path, changes->items, changes->count, sizeof(*changes->items), cmp_change);
}

/* What the callbacks of libgit2 fill. */
struct line_collector {
        struct arena *arena;
        VEC(struct line_range) ranges;
        bool is_binary;
};

static int take_binary(const git_diff_delta *delta UNUSED, const git_diff_binary *binary UNUSED,
                       void *ctx) {
        ((struct line_collector *)ctx)->is_binary = true;
        return 0;
}

static int take_hunk(const git_diff_delta *delta UNUSED, const git_diff_hunk *hunk, void *ctx) {
        struct line_collector *lines = ctx;
        uint32_t first = (uint32_t)hunk->new_start;

        if (hunk->new_lines > 0)
                *VEC_ADD(lines->arena, &lines->ranges) =
                        (struct line_range){ first, first + (uint32_t)hunk->new_lines - 1 };
        return 0;
}

static bool diff_bytes(struct str before, struct str after, struct line_collector *lines,
                       struct err *err) {
        git_diff_options options;
        int status;

        git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
        options.context_lines = 0;
        options.flags = GIT_DIFF_INDENT_HEURISTIC;
        status = git_diff_buffers(before.ptr, before.len, NULL, after.ptr, after.len, NULL,
                                  &options, NULL, take_binary, take_hunk, NULL, lines);
        return status == 0 || repo_git_error(err, status, "comparing lines");
}

static bool read_side(struct repo *repo, const struct tree *tree, const struct tree_entry *entry,
                      struct arena *arena, struct str *ret_bytes, struct err *err) {
        if (!tree_read(tree, entry, arena, DIFF_FILE_MAX, ret_bytes, err))
                return false;
        if (repo && tree->kind == TREE_WORKTREE)
                to_stored_form(repo, entry->path, arena, ret_bytes);
        return true;
}

static bool diff_files(struct repo *repo, struct arena *arena, const struct tree *before,
                       const struct tree *after, const struct change *change,
                       struct line_ranges *ret_ranges, struct err *err) {
        struct line_collector lines = { .arena = arena };
        struct str old, new;
        bool ok = read_side(repo, before, change->before, arena, &old, err) &&
                  read_side(repo, after, change->after, arena, &new, err);

        if (!ok && err->code != ERR_LIMIT)
                return false;
        if (ok && !diff_bytes(old, new, &lines, err))
                return false;
        *ret_ranges = (struct line_ranges){ lines.ranges.items, lines.ranges.count,
                                            .whole_file = !ok || lines.is_binary };
        return true;
}

bool diff_lines(struct repo *repo, struct arena *arena, const struct tree *before,
                const struct tree *after, const struct change *change,
                struct line_ranges *ret_ranges, struct err *err) {
        bool is_file = change->after && change->after->kind == TREE_FILE;
        bool was_file = change->before && change->before->kind == TREE_FILE;

        if (is_file && was_file)
                return diff_files(repo, arena, before, after, change, ret_ranges, err);
        *ret_ranges = (struct line_ranges){ .whole_file = change->after != NULL };
        return true;
}

bool line_ranges_have(const struct line_ranges *ranges, uint32_t line) {
        if (ranges->whole_file)
                return true;
        for (size_t i = 0; i < ranges->count && ranges->items[i].first <= line; i++)
                if (line <= ranges->items[i].last)
                        return true;
        return false;
}

bool diff_texts(struct arena *arena, struct str file, const struct str *before, struct str after,
                struct str *ret_diff, struct err *err) {
        git_buf out = { 0 };
        git_patch *patch = NULL;
        const char *name = str_to_c(arena, file);
        int status = git_libgit2_init();

        if (status >= 0)
                status = git_patch_from_buffers(&patch, before ? before->ptr : NULL,
                                                before ? before->len : 0, name, after.ptr,
                                                after.len, name, NULL);
        if (!status)
                status = git_patch_to_buf(&out, patch);
        if (!status)
                *ret_diff = str_dup(arena, (struct str){ out.ptr, out.size });
        git_buf_dispose(&out);
        git_patch_free(patch);
        if (status)
                repo_git_error(err, status, "comparing two texts");
        git_libgit2_shutdown();
        return status == 0;
}
