#include "modload/vendorcompare.h"

#include "base/map.h"
#include "gomod/gover.h"
#include "gomod/modzip.h"

#include <string.h>

#define GO_MARKS_SINCE STR("1.17")
#define BOM STR("\xef\xbb\xbf")

/* ---- adding differences ---- */

static struct str tree_path(const struct vendor_comparison *c, struct str path) {
        struct str vendor = str_join_path(c->arena, c->input->dir, STR("vendor"));

        return str_join_path(c->arena, vendor, path);
}

static struct vendor_difference *add(struct vendor_comparison *c, enum vendor_difference_kind kind,
                                     struct str path, const struct vendor_origin *origin) {
        struct vendor_difference *difference;

        difference = VEC_ADD(c->arena, c->out);
        difference->kind = kind;
        difference->file = tree_path(c, path);
        if (origin)
                difference->mod = origin->listed->mod;
        return difference;
}

/* ---- whose file it is ---- */

/* A folder that could not be listed is a gap, not a difference. */
static bool is_regular(const struct vendored_file *there) {
        return there->entry->kind == TREE_FILE || there->entry->kind == TREE_UNREADABLE;
}

static struct str folder_of(struct str path) {
        struct str folder = STR_NONE, base;

        str_cut_last(path, '/', &folder, &base);
        return folder;
}

static struct str base_of(struct str path) {
        struct str folder, base = path;

        str_cut_last(path, '/', &folder, &base);
        return base;
}

/* Folders of the vendor tree and what the list says of them. */
struct owners {
        struct map packages; /* package path to its origin */
        struct map modules;  /* module path to its origin, of those with packages */
};

static struct owners find_owners(const struct vendor_comparison *c) {
        const struct modulestxt *txt = c->input->list.txt;
        struct owners owners = { map_make(c->arena), map_make(c->arena) };

        for (size_t i = 0; i < txt->package_count; i++) {
                const struct vendor_origin *origin = &c->origins[txt->packages[i].module];

                *map_put(&owners.packages, txt->packages[i].path) = (void *)(uintptr_t)origin;
                *map_put(&owners.modules, origin->listed->mod.path) = (void *)(uintptr_t)origin;
        }
        return owners;
}

/* The nearest package at or above the file's folder, else the nearest module; NULL: nobody's. */
static const struct vendor_origin *owner_of(const struct owners *owners, struct str path) {
        const struct map *maps[] = { &owners->packages, &owners->modules };

        for (size_t i = 0; i < COUNT_OF(maps); i++)
                for (struct str folder = folder_of(path); folder.len; folder = folder_of(folder)) {
                        void **slot = map_get(maps[i], folder);

                        if (slot)
                                return *slot;
                }
        return NULL;
}

/* ---- a file that is in both ---- */

static struct str without_bom(struct str bytes) {
        return str_drop_prefix(bytes, BOM);
}

/* The next line without its end, whatever that is. */
static bool next_line(struct str *rest, struct str *ret_line) {
        if (!str_next_line(rest, ret_line))
                return false;
        *ret_line = str_drop_suffix(*ret_line, STR("\r"));
        return true;
}

/* Whether all lines are equal but for their ends; else *ret_line is the first that is not. */
static bool lines_are_equal(struct str a, struct str b, uint32_t *ret_line) {
        for (uint32_t line = 1;; line++) {
                struct str left = STR_NONE, right = STR_NONE;
                bool more_left = next_line(&a, &left), more_right = next_line(&b, &right);

                *ret_line = line;
                if (!more_left && !more_right)
                        return true;
                if (more_left != more_right || !str_eq(left, right))
                        return false;
        }
}

static enum vendor_difference_kind kind_of_change(struct str there, struct str published,
                                                  uint32_t *ret_line) {
        uint32_t line;

        *ret_line = 1;
        if (str_eq(without_bom(there), without_bom(published)))
                return VENDOR_CHANGED_BOM;
        if (lines_are_equal(there, published, &line))
                return VENDOR_CHANGED_EOL;
        *ret_line = memchr(there.ptr ? there.ptr : "", '\0', there.len) ? 0 : line;
        return VENDOR_CHANGED;
}

static void describe_change(struct vendor_comparison *c, const struct vendored_file *there,
                            const struct vendor_planned *planned,
                            struct vendor_difference *difference) {
        AUTO_ARENA scratch = arena_make(c->arena->budget);
        struct str bytes, published;
        struct err err;

        if (tree_read(c->input->tree, there->entry, &scratch, VENDOR_FILE_MAX, &bytes, &err) &&
            vendor_origin_read(planned->origin, planned->file, &scratch, &published, &err))
                difference->kind = kind_of_change(bytes, published, &difference->line);
}

static void compare_both(struct vendor_comparison *c, const struct vendored_file *there,
                         const struct vendor_planned *planned) {
        AUTO_ARENA scratch = arena_make(c->arena->budget);
        struct digest want;
        struct err err;

        if (!is_regular(there)) {
                add(c, VENDOR_NOT_REGULAR, there->path, planned->origin);
                return;
        }
        if (!there->is_read ||
            !vendor_origin_digest(planned->origin, planned->file, &scratch, &want, &err) ||
            digest_eq(&want, &there->digest))
                return;
        describe_change(c, there, planned, add(c, VENDOR_CHANGED, there->path, planned->origin));
}

/* ---- a file that does not belong there ---- */

static const struct dirhash_file *file_in(const struct vendor_origin *origin, struct str path) {
        struct str name;

        return vendor_package_folder(path, origin->listed->mod.path, &name)
                       ? vendor_origin_find(origin, name)
                       : NULL;
}

/* Another module of the list that has exactly this file. */
static const struct vendor_origin *other_with_file(const struct vendor_comparison *c,
                                                   const struct owners *owners,
                                                   const struct vendored_file *there,
                                                   const struct vendor_origin *owner) {
        for (struct str folder = folder_of(there->path); folder.len; folder = folder_of(folder)) {
                void **slot = map_get(&owners->modules, folder);
                const struct vendor_origin *other = slot ? *slot : NULL;
                AUTO_ARENA scratch = arena_make(c->arena->budget);
                const struct dirhash_file *file;
                struct digest digest;
                struct err err;

                if (!other || other == owner || !(file = file_in(other, there->path)))
                        continue;
                if (vendor_origin_digest(other, file, &scratch, &digest, &err) &&
                    digest_eq(&digest, &there->digest))
                        return other;
        }
        return NULL;
}

static void compare_extra(struct vendor_comparison *c, const struct owners *owners,
                          const struct vendored_file *there) {
        const struct vendor_origin *owner = owner_of(owners, there->path), *other;
        struct vendor_difference *difference;

        if (!is_regular(there)) {
                add(c, VENDOR_NOT_REGULAR, there->path, owner);
                return;
        }
        if (owner && file_in(owner, there->path)) {
                add(c, VENDOR_PRUNED, there->path, owner);
                return;
        }
        other = other_with_file(c, owners, there, owner);
        difference = add(c, other ? VENDOR_WRONG_MODULE : VENDOR_EXTRA, there->path, owner);
        if (other)
                difference->got = mod_version_text(c->arena, other->listed->mod);
}

/* Without the module's files names alone are judged. */
static void compare_unknown(struct vendor_comparison *c, const struct owners *owners,
                            const struct vendored_file *there, const struct vendor_origin *owner) {
        bool in_package = map_has(&owners->packages, folder_of(there->path));

        if (!is_regular(there))
                add(c, VENDOR_NOT_REGULAR, there->path, owner);
        else if (in_package && vendor_name_is_left_out(base_of(there->path),
                                                       vendorlist_go_version(&c->input->list)))
                add(c, VENDOR_PRUNED, there->path, owner);
}

/* ---- all files ---- */

struct walk {
        struct vendor_comparison *c;
        struct owners owners;
        struct map missing; /* planned files that are not there, by folded path; NULL: explained */
        const struct vendor_planned *
                *meant; /* by vendored file: the one whose letters it changes */
};

static void find_missing(struct walk *walk) {
        struct vendor_comparison *c = walk->c;

        walk->missing = map_make(c->arena);
        for (size_t i = 0; i < c->plan.count; i++)
                if (!vendored_find(c->vendored, c->plan.items[i].path))
                        *map_put(&walk->missing, modzip_fold(c->arena, c->plan.items[i].path)) =
                                &c->plan.items[i];
}

static bool is_planned(const struct vendor_plan *plan, struct str path) {
        size_t low = 0, high = plan->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_cmp(plan->items[middle].path, path);

                if (order == 0)
                        return true;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return false;
}

/* Another file of the same folded name is not lost: its name was changed. */
static void find_changed_letters(struct walk *walk) {
        struct vendor_comparison *c = walk->c;

        walk->meant = ARENA_ARRAY(c->arena, const struct vendor_planned *, c->vendored->count);
        for (size_t i = 0; i < c->vendored->count && walk->missing.count; i++) {
                struct str path = c->vendored->items[i].path;
                void **slot;

                if (is_planned(&c->plan, path))
                        continue;
                slot = map_get(&walk->missing, modzip_fold(c->arena, path));
                if (!slot || !*slot)
                        continue;
                walk->meant[i] = *slot;
                *slot = NULL;
        }
}

static void compare_unplanned(struct walk *walk, size_t index) {
        struct vendor_comparison *c = walk->c;
        const struct vendored_file *there = &c->vendored->items[index];
        const struct vendor_planned *meant = walk->meant[index];
        const struct vendor_origin *owner = owner_of(&walk->owners, there->path);

        if (meant)
                add(c, VENDOR_LETTER_CASE, there->path, meant->origin)->want =
                        tree_path(c, meant->path);
        else if (owner && !owner->is_known)
                compare_unknown(c, &walk->owners, there, owner);
        else if (there->entry->kind != TREE_UNREADABLE)
                compare_extra(c, &walk->owners, there);
}

/* What lies in a folder that could not be listed is not known. */
static bool is_hidden(const struct vendor_comparison *c, struct str path) {
        for (struct str folder = folder_of(path); folder.len; folder = folder_of(folder)) {
                const struct vendored_file *there = vendored_find(c->vendored, folder);

                if (there && there->entry->kind == TREE_UNREADABLE)
                        return true;
        }
        return false;
}

static void compare_absent(struct walk *walk, const struct vendor_planned *planned) {
        void **slot = map_get(&walk->missing, modzip_fold(walk->c->arena, planned->path));

        if (slot && *slot == planned && !is_hidden(walk->c, planned->path))
                add(walk->c, VENDOR_MISSING, planned->path, planned->origin);
}

/* Both lists are sorted by path. */
static void compare_lists(struct walk *walk) {
        struct vendor_comparison *c = walk->c;
        size_t i = 0, j = 0;

        while (i < c->vendored->count || j < c->plan.count) {
                int order = i == c->vendored->count ? 1
                            : j == c->plan.count
                                    ? -1
                                    : str_cmp(c->vendored->items[i].path, c->plan.items[j].path);

                if (order < 0)
                        compare_unplanned(walk, i);
                else if (order > 0)
                        compare_absent(walk, &c->plan.items[j]);
                else
                        compare_both(c, &c->vendored->items[i], &c->plan.items[j]);
                i += order <= 0;
                j += order >= 0;
        }
}

/* ---- packages ---- */

static bool origin_has_package(const struct vendor_origin *origin, struct str package) {
        struct str folder;
        size_t from, to;

        if (!origin->is_known || !vendor_package_folder(package, origin->listed->mod.path, &folder))
                return false;
        vendor_origin_range(origin, folder, &from, &to);
        for (size_t i = from; i < to; i++)
                if (str_eq(folder_of(origin->files[i].name), folder) &&
                    str_has_suffix(origin->files[i].name, STR(".go")))
                        return true;
        return false;
}

static bool is_vendored_package(const struct vendor_comparison *c, struct str package) {
        for (size_t i = 0; i < c->vendored->count; i++)
                if (str_eq(folder_of(c->vendored->items[i].path), package) &&
                    str_has_suffix(c->vendored->items[i].path, STR(".go")))
                        return true;
        return false;
}

static const struct vendor_origin *other_with_package(const struct owners *owners,
                                                      struct str package) {
        for (struct str folder = package; folder.len; folder = folder_of(folder)) {
                void **slot = map_get(&owners->modules, folder);

                if (slot && origin_has_package(*slot, package))
                        return *slot;
        }
        return NULL;
}

static void compare_package(struct walk *walk, const struct modulestxt_package *package) {
        struct vendor_comparison *c = walk->c;
        const struct vendor_origin *origin = &c->origins[package->module], *other;
        struct vendor_difference *difference;
        struct str folder;

        if (!vendor_package_folder(package->path, origin->listed->mod.path, &folder))
                return; /* said where the list was looked at */
        if (!origin->is_known) {
                if (!is_vendored_package(c, package->path) &&
                    !is_hidden(c, str_join_path(c->arena, package->path, STR("x"))))
                        add(c, VENDOR_MISSING, package->path, origin)->package = package->path;
                return;
        }
        if (origin_has_package(origin, package->path))
                return;
        other = other_with_package(&walk->owners, package->path);
        difference = add(c, VENDOR_PACKAGE_ABSENT, STR_NONE, origin);
        difference->file = c->input->list.file;
        difference->line = package->line;
        difference->package = package->path;
        if (other)
                difference->want = mod_version_text(c->arena, other->listed->mod);
}

void vendor_compare_files(struct vendor_comparison *c) {
        struct walk walk = { .c = c, .owners = find_owners(c) };
        TRACE_SPAN(c->input->trace, "compare vendor folder", STR_NONE);

        for (size_t i = 0; i < c->input->list.txt->package_count; i++)
                compare_package(&walk, &c->input->list.txt->packages[i]);
        find_missing(&walk);
        find_changed_letters(&walk);
        compare_lists(&walk);
}

/* ---- go versions in the list ---- */

static void compare_go_mark(struct vendor_comparison *c, const struct mod_source *source,
                            const struct modulestxt_module *listed) {
        AUTO_ARENA scratch = arena_make(c->arena->budget);
        struct mod_version actual =
                listed->replacement.path.len ? listed->replacement : listed->mod;
        struct modulestxt_module marks = modulestxt_find(c->input->list.txt, listed->mod);
        struct vendor_difference *difference;
        struct str text, version;
        struct err err;

        if ((!listed->package_count && !listed->explicit_mark) ||
            source->go_mod(source->ctx, &scratch, actual, &text, &err) != MOD_ANSWERED)
                return;
        version = gover_lookup(text, STR("go"));
        if (str_eq(version, marks.go_version))
                return;
        difference = add(c, VENDOR_GO_MARK, STR_NONE, NULL);
        difference->file = c->input->list.file;
        difference->line = listed->line;
        difference->mod = listed->mod;
        difference->want = str_dup(c->arena, version);
        difference->got = marks.go_version;
}

void vendor_compare_go_marks(struct vendor_comparison *c) {
        struct modsource place = { c->input->cache, c->input->tree, c->input->dir };
        struct mod_source source = modsource_of(&place);
        const struct modulestxt *txt = c->input->list.txt;

        if (gover_compare(vendorlist_go_version(&c->input->list), GO_MARKS_SINCE) < 0 ||
            txt->workspace != (c->input->list.work != NULL))
                return;
        for (size_t i = 0; i < txt->module_count; i++)
                compare_go_mark(c, &source, &txt->modules[i]);
}
