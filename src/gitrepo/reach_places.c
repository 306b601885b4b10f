/* Where blobs stood: which commits added them, under which paths. Only folders that hold a wanted
 * blob somewhere below are ever read. */
#include "base/map.h"
#include "gitrepo/reach_impl.h"

#include <stdlib.h>
#include <string.h>

#define VIEWS_SIZE_MAX ((size_t)64 << 20) /* bytes of folders that are kept */
#define VIEW_COST 64                      /* of one entry, about */
#define PARENTS_MAX 64 /* of one commit that are looked at; more only make more commits the first  \
                        */

/* An entry of a folder that is wanted, or holds what is. */
struct view_entry {
        struct str name;
        uint32_t number;
        bool is_tree;
};

struct view {
        const struct view_entry *entries; /* by name */
        size_t count;
};

/* HOLDING_ASKED: what lies below is being looked at. */
enum holding { HOLDING_UNKNOWN, HOLDING_NOTHING, HOLDING_SOMETHING, HOLDING_ASKED };

struct seen_path {
        struct seen_path *next;
        struct str path;
};

/* What is known of one wanted blob. */
struct blob_place {
        uint32_t first, last; /* positions in the order of commits; ODB_NONE */
        struct seen_path *paths;
};

struct finding_places {
        struct reach *reach;
        const uint8_t *wanted;
        uint8_t *holding; /* enum holding, by number, of folders */
        struct odb_reader *reader;
        struct arena *arena;      /* of places */
        struct arena views_arena; /* of views */
        struct map views;         /* number to struct view */
        size_t views_size;
        struct map places;    /* number to struct blob_place */
        struct arena scratch; /* of one commit */
        uint32_t commit;      /* position in the order */
        bool is_removal;      /* what the next commit no longer has */
        bool failed;
        struct err *err;
};

/* ---- which folders matter ---- */

static bool is_wanted(const struct finding_places *f, uint32_t number) {
        return number != ODB_NONE && (f->wanted[number] || f->holding[number] == HOLDING_SOMETHING);
}

static void settle(struct finding_places *f, uint32_t tree) {
        const struct reach_node *node = f->reach->nodes[tree];

        f->holding[tree] = HOLDING_NOTHING;
        for (uint32_t i = 0; i < node->count; i++)
                if (is_wanted(f, node->links[i]))
                        f->holding[tree] = HOLDING_SOMETHING;
}

/* Children before parents. A folder is on the stack until all below it is settled. */
static void find_holders(struct finding_places *f, uint32_t root) {
        struct {
                uint32_t *items;
                size_t count, capacity;
        } stack = { 0 };
        AUTO_ARENA arena = arena_make(f->arena->budget);

        *VEC_ADD(&arena, &stack) = root;
        while (stack.count) {
                uint32_t tree = stack.items[stack.count - 1];
                const struct reach_node *node = f->reach->nodes[tree];
                size_t before = stack.count;

                if (f->holding[tree] == HOLDING_NOTHING || f->holding[tree] == HOLDING_SOMETHING) {
                        stack.count--;
                        continue;
                }
                f->holding[tree] = HOLDING_ASKED;
                for (uint32_t i = 0; i < node->count; i++) {
                        uint32_t link = node->links[i];

                        if (link != ODB_NONE && f->reach->kinds[link] == OBJECT_TREE &&
                            !f->holding[link])
                                *VEC_ADD(&arena, &stack) = link;
                }
                if (stack.count == before) {
                        settle(f, tree);
                        stack.count--;
                }
        }
}

/* The root folder of a commit where it holds something; else ODB_NONE. */
static uint32_t root_of(struct finding_places *f, uint32_t commit) {
        uint32_t root = f->reach->nodes[commit]->links[0];

        if (root == ODB_NONE || f->reach->kinds[root] != OBJECT_TREE)
                return ODB_NONE;
        if (!f->holding[root])
                find_holders(f, root);
        return f->holding[root] == HOLDING_SOMETHING ? root : ODB_NONE;
}

/* ---- folders ---- */

static int by_name(const void *a, const void *b) {
        return str_cmp(((const struct view_entry *)a)->name, ((const struct view_entry *)b)->name);
}

static struct view make_view(struct finding_places *f, struct str bytes) {
        VEC(struct view_entry) entries = { 0 };
        struct tree_part part;

        while (tree_next(&bytes, f->reach->odb->id_size, &part)) {
                uint32_t number = part.is_commit ? ODB_NONE : odb_find(f->reach->odb, part.id);

                if (is_wanted(f, number))
                        *VEC_ADD(&f->views_arena, &entries) =
                                (struct view_entry){ str_dup(&f->views_arena, part.name), number,
                                                     f->reach->kinds[number] == OBJECT_TREE };
        }
        if (entries.count)
                qsort(entries.items, entries.count, sizeof(*entries.items), by_name);
        f->views_size += (entries.count + 1) * VIEW_COST;
        return (struct view){ entries.items, entries.count };
}

/* Between two commits, when nobody stands on a view. */
static void forget_views(struct finding_places *f) {
        arena_drop(&f->views_arena);
        f->views = map_make(&f->views_arena);
        f->views_size = 0;
}

static struct view view_of(struct finding_places *f, uint32_t tree) {
        struct str key = { (const char *)&tree, sizeof(tree) };
        void **known = map_get(&f->views, key);
        struct odb_object object;
        struct view *view;

        if (known)
                return *(struct view *)*known;
        view = ARENA_NEW(&f->views_arena, struct view);
        if (odb_read(f->reader, tree, &object, f->err))
                *view = make_view(f, object.bytes);
        else
                f->failed = true;
        *map_put(&f->views, str_dup(&f->views_arena, key)) = view;
        return *view;
}

static const struct view_entry *find_entry(const struct view *view, struct str name) {
        struct view_entry key = { .name = name };

        return view->count ? bsearch(&key, view->entries, view->count, sizeof(key), by_name) : NULL;
}

/* ---- what a commit adds ---- */

static struct blob_place *place_of(struct finding_places *f, uint32_t blob) {
        struct str key = { (const char *)&blob, sizeof(blob) };
        void **known = map_get(&f->places, key);
        struct blob_place *place;

        if (known)
                return *known;
        place = ARENA_NEW(f->arena, struct blob_place);
        *place = (struct blob_place){ .first = ODB_NONE, .last = ODB_NONE };
        *map_put(&f->places, str_dup(f->arena, key)) = place;
        return place;
}

static void add_path(struct finding_places *f, struct blob_place *place, struct str path) {
        struct seen_path *seen;

        for (seen = place->paths; seen; seen = seen->next)
                if (str_eq(seen->path, path))
                        return;
        seen = ARENA_NEW(f->arena, struct seen_path);
        *seen = (struct seen_path){ place->paths, str_dup(f->arena, path) };
        place->paths = seen;
}

static void note(struct finding_places *f, uint32_t blob, struct str path) {
        struct blob_place *place = place_of(f, blob);

        if (f->is_removal) {
                if (place->last == ODB_NONE || place->last < f->commit)
                        place->last = f->commit;
                return;
        }
        if (place->first == ODB_NONE)
                place->first = f->commit;
        add_path(f, place, path);
}

struct others {
        uint32_t trees[PARENTS_MAX]; /* the same folder elsewhere; ODB_NONE: it is not there */
        size_t count;
};

static void compare(struct finding_places *f, uint32_t tree, const struct others *others,
                    struct str path, unsigned depth);

static void compare_entry(struct finding_places *f, const struct view_entry *entry,
                          const struct others *others, struct str path, unsigned depth) {
        struct others below = { .count = others->count };

        for (size_t i = 0; i < others->count; i++) {
                struct view view = { 0 };
                const struct view_entry *same;

                below.trees[i] = ODB_NONE;
                if (others->trees[i] != ODB_NONE)
                        view = view_of(f, others->trees[i]);
                same = find_entry(&view, entry->name);
                if (same && same->number == entry->number)
                        return;
                if (same && same->is_tree)
                        below.trees[i] = same->number;
        }
        path = str_join_path(&f->scratch, path, entry->name);
        if (entry->is_tree)
                compare(f, entry->number, &below, path, depth + 1);
        else
                note(f, entry->number, path);
}

/* What the folder has and none of the others has in the same place. */
static void compare(struct finding_places *f, uint32_t tree, const struct others *others,
                    struct str path, unsigned depth) {
        struct view view;

        if (depth > REACH_DEPTH_MAX) {
                f->failed = true;
                err_set(f->err, ERR_LIMIT, "folders lie over %d deep", REACH_DEPTH_MAX);
                return;
        }
        view = view_of(f, tree);
        for (size_t i = 0; i < view.count && !f->failed; i++)
                compare_entry(f, &view.entries[i], others, path, depth);
}

static void compare_roots(struct finding_places *f, uint32_t commit, const uint32_t *others,
                          size_t count) {
        uint32_t root = root_of(f, commit);
        struct others roots = { 0 };

        if (root == ODB_NONE)
                return;
        for (size_t i = 0; i < count && roots.count < PARENTS_MAX; i++) {
                if (others[i] == ODB_NONE || f->reach->kinds[others[i]] != OBJECT_COMMIT)
                        continue;
                roots.trees[roots.count] = root_of(f, others[i]);
                if (roots.trees[roots.count++] == root)
                        return;
        }
        compare(f, root, &roots, STR_NONE, 0);
        arena_drop(&f->scratch);
        if (f->views_size > VIEWS_SIZE_MAX)
                forget_views(f);
}

static void find_added(struct finding_places *f) {
        for (size_t i = 0; i < f->reach->commits.count && !f->failed; i++) {
                uint32_t commit = f->reach->commits.items[i];
                size_t count;
                const uint32_t *parents = reach_parents(f->reach, commit, &count);

                f->commit = (uint32_t)i;
                compare_roots(f, commit, parents, count);
        }
}

/* What a commit has and its child does not, it was the last to have on that way; a commit without
 * children is the last for all that it has. */
static void find_removed(struct finding_places *f) {
        const struct reach *reach = f->reach;
        uint32_t *position = ARENA_ARRAY(f->arena, uint32_t, reach->odb->count);
        uint8_t *has_child = arena_alloc(f->arena, reach->odb->count);

        f->is_removal = true;
        for (size_t i = 0; i < reach->commits.count; i++)
                position[reach->commits.items[i]] = (uint32_t)i;
        for (size_t i = reach->commits.count; i-- > 0 && !f->failed;) {
                uint32_t commit = reach->commits.items[i];
                size_t count;
                const uint32_t *parents = reach_parents(reach, commit, &count);

                f->commit = (uint32_t)i;
                if (!has_child[commit])
                        compare_roots(f, commit, NULL, 0);
                for (size_t j = 0; j < count; j++) {
                        if (parents[j] == ODB_NONE || reach->kinds[parents[j]] != OBJECT_COMMIT)
                                continue;
                        has_child[parents[j]] = 1;
                        f->commit = position[parents[j]];
                        compare_roots(f, parents[j], &commit, 1);
                }
        }
}

/* ---- the answer ---- */

static struct str *sorted_paths(struct finding_places *f, const struct blob_place *place,
                                size_t *ret_count) {
        VEC(struct str) paths = { 0 };

        for (const struct seen_path *seen = place->paths; seen; seen = seen->next)
                *VEC_ADD(f->arena, &paths) = seen->path;
        if (paths.count)
                qsort(paths.items, paths.count, sizeof(*paths.items), str_cmp_qsort);
        *ret_count = paths.count;
        return paths.items;
}

static uint32_t commit_at(const struct finding_places *f, uint32_t position) {
        return position == ODB_NONE ? ODB_NONE : f->reach->commits.items[position];
}

static void tell_places(struct finding_places *f,
                        void (*found)(void *ctx, uint32_t blob, const struct reach_place *place),
                        void *ctx) {
        for (uint32_t i = 0; i < f->reach->odb->count; i++) {
                struct str key = { (const char *)&i, sizeof(i) };
                struct reach_place answer = { ODB_NONE, ODB_NONE, NULL, 0 };
                void **known;

                if (!f->wanted[i])
                        continue;
                known = map_get(&f->places, key);
                if (known) {
                        const struct blob_place *place = *known;

                        answer.first_commit = commit_at(f, place->first);
                        answer.last_commit = commit_at(f, place->last);
                        answer.paths = sorted_paths(f, place, &answer.path_count);
                }
                found(ctx, i, &answer);
        }
}

bool reach_find_places(struct reach *reach, const uint8_t *wanted, bool with_last,
                       void (*found)(void *ctx, uint32_t blob, const struct reach_place *place),
                       void *ctx, struct err *err) {
        struct finding_places f = { .reach = reach,
                                    .wanted = wanted,
                                    .arena = reach->arena,
                                    .places = map_make(reach->arena),
                                    .err = err };

        f.holding = arena_alloc(reach->arena, reach->odb->count);
        f.views_arena = arena_make(reach->arena->budget);
        f.scratch = arena_make(reach->arena->budget);
        f.views = map_make(&f.views_arena);
        f.reader = odb_reader_open(reach->odb);
        if (!f.reader)
                f.failed = !err_set(err, ERR_LIMIT, "no memory left for the history");
        else {
                find_added(&f);
                if (with_last)
                        find_removed(&f);
        }
        if (!f.failed)
                tell_places(&f, found, ctx);
        odb_reader_close(&f.reader);
        arena_drop(&f.scratch);
        arena_drop(&f.views_arena);
        return !f.failed;
}
