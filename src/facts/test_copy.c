#include "facts/test_copy.h"

#include "sys/interrupt.h"

struct copy {
        struct arena scratch_arena; /* of one file */
        struct arena *arena;
        const struct tree *tree;
        const struct scratch *scratch;
        struct str under;
        struct str last_dir; /* made last */
        uint64_t bytes;
};

/* Whether target, read from the folder dir, stays in the tree at every step. */
static bool stays_inside(struct str dir, struct str target) {
        struct str part, rest = dir;
        size_t depth = dir.len ? 1 : 0;
        bool more = true;

        if (str_has_prefix(target, STR("/")))
                return false;
        while (str_cut(rest, '/', &part, &rest))
                depth++;
        for (rest = target; more;) {
                more = str_cut(rest, '/', &part, &rest);
                if (!more)
                        part = rest;
                if (str_eq(part, STR("..")) && depth-- == 0)
                        return false;
                depth += part.len && !str_eq(part, STR(".")) && !str_eq(part, STR(".."));
        }
        return true;
}

static bool make_parent(struct copy *copy, struct str path, struct str *ret_dir, struct err *err) {
        struct str dir = STR_NONE, name;

        str_cut_last(path, '/', &dir, &name);
        *ret_dir = dir;
        if (copy->last_dir.ptr && str_eq(dir, copy->last_dir))
                return true;
        copy->last_dir = dir;
        return scratch_make_dir(copy->scratch, &copy->scratch_arena,
                                str_join_path(&copy->scratch_arena, copy->under, dir), err);
}

static bool copy_file(struct copy *copy, const struct tree_entry *entry, struct str to,
                      struct err *err) {
        struct arena *arena = &copy->scratch_arena;
        struct str bytes;

        if (!tree_read(copy->tree, entry, arena, TEST_COPY_FILE_MAX, &bytes, err))
                return false;
        copy->bytes += bytes.len;
        if (copy->bytes > TEST_COPY_MAX)
                return err_set(err, ERR_LIMIT, "the tree has over %llu bytes",
                               (unsigned long long)TEST_COPY_MAX);
        return scratch_write(copy->scratch, arena, to, bytes, entry->executable ? 0755 : 0644, err);
}

static bool copy_link(struct copy *copy, const struct tree_entry *entry, struct str dir,
                      struct str to, struct err *err) {
        struct str target;

        if (!tree_read(copy->tree, entry, &copy->scratch_arena, 4096, &target, err))
                return false;
        return !stays_inside(dir, target) ||
               scratch_link(copy->scratch, &copy->scratch_arena, to, target, err);
}

static bool copy_entry(struct copy *copy, const struct tree_entry *entry, struct err *err) {
        struct str dir, to;

        if (entry->kind != TREE_FILE && entry->kind != TREE_SYMLINK)
                return true;
        if (!make_parent(copy, entry->path, &dir, err))
                return false;
        to = str_join_path(&copy->scratch_arena, copy->under, entry->path);
        return entry->kind == TREE_FILE ? copy_file(copy, entry, to, err)
                                        : copy_link(copy, entry, dir, to, err);
}

bool test_copy(struct arena *arena, const struct tree *tree, const struct scratch *scratch,
               struct str under, struct err *err) {
        struct copy copy = { .arena = arena,
                             .scratch_arena = arena_make(arena->budget),
                             .tree = tree,
                             .scratch = scratch,
                             .under = under };
        size_t count;
        const struct tree_entry *entries = tree_entries(tree, &count);
        bool ok = scratch_make_dir(scratch, arena, under, err);

        for (size_t i = 0; i < count && ok; i++) {
                ok = interrupt_requested() ? err_set(err, ERR_INTERRUPTED, "interrupted")
                                           : copy_entry(&copy, &entries[i], err);
                arena_drop(&copy.scratch_arena);
        }
        return ok;
}
