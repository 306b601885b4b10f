#include "gitrepo/refs.h"

#include "base/map.h"
#include "gitrepo/odb_impl.h"
#include "gitrepo/questions.h"
#include "gitrepo/repo_impl.h"

#include <stdlib.h>
#include <string.h>

#define LOOSE_FILE_MAX ((size_t)64 << 10)

struct reading {
        const struct odb *odb;
        struct arena *arena;
        struct map seen; /* names: a loose ref comes before its packed value */
        VEC(struct ref) found;
        struct str folder, prefix; /* what is being listed: on disk, and before its names */
        VEC(struct str) names;
};

static bool add(struct reading *r, struct str name, const unsigned char *id, struct err *err) {
        struct ref *ref;

        if (map_has(&r->seen, name))
                return true;
        if (r->found.count == REFS_MAX)
                return err_set(err, ERR_LIMIT, "over %d refs", REFS_MAX);
        name = str_dup(r->arena, name);
        map_put(&r->seen, name);
        ref = VEC_ADD(r->arena, &r->found);
        ref->name = name;
        memcpy(ref->id, id, r->odb->id_size);
        return true;
}

static bool refuse(struct str path, struct err *err) {
        err_at(err, ERR_SYNTAX, path, 0, 0, "holds no object id");
        return err_mend(err, "git fsck, then git update-ref");
}

/* A symbolic ref stands for another one, which is read by itself. One that is gone meanwhile was
 * deleted, or packed after packed-refs was read: then its value is an old one, and it is in there.
 */
static bool add_file(struct reading *r, struct str path, struct str name, struct err *err) {
        unsigned char id[PACK_ID_SIZE_MAX];
        struct str text;

        if (!file_read(r->arena, path, LOOSE_FILE_MAX, &text, err))
                return err->code == ERR_NOT_FOUND;
        if (str_has_prefix(text, STR("ref:")))
                return true;
        text = str_slice(text, 0, 2 * r->odb->id_size);
        if (!odb_parse_id(r->odb, text, id))
                return refuse(path, err);
        return add(r, name, id, err);
}

static bool see_name(void *ctx, struct str name, unsigned char d_type UNUSED) {
        struct reading *r = ctx;

        if (!str_has_suffix(name, STR(".lock")))
                *VEC_ADD(r->arena, &r->names) = str_dup(r->arena, name);
        return true;
}

/* ---- loose refs ---- */

struct folder {
        struct str path, name;
        unsigned depth;
};

/* Every file at or below refs/, breadth first. */
static bool read_loose(struct reading *r, struct str git_dir, struct str prefix, struct err *err) {
        VEC(struct folder) folders = { 0 };

        *VEC_ADD(r->arena, &folders) = (struct folder){
                str_join_path(r->arena, git_dir, STR("refs")),
                str_fmt(r->arena, "%.*srefs", STR_ARG(prefix)),
                0,
        };
        for (size_t i = 0; i < folders.count; i++) {
                struct folder at = folders.items[i];

                r->names.count = 0;
                if (!file_is_dir(at.path))
                        continue;
                if (at.depth == REFS_DEPTH_MAX)
                        return err_at(err, ERR_LIMIT, at.path, 0, 0, "refs lie too deep");
                if (!file_list(at.path, see_name, r, err))
                        return false;
                for (size_t j = 0; j < r->names.count; j++) {
                        struct str path = str_join_path(r->arena, at.path, r->names.items[j]);
                        struct str name = str_join_path(r->arena, at.name, r->names.items[j]);

                        if (file_is_dir(path))
                                *VEC_ADD(r->arena, &folders) =
                                        (struct folder){ path, name, at.depth + 1 };
                        else if (!add_file(r, path, name, err))
                                return false;
                }
        }
        return true;
}

/* ---- packed refs ---- */

static bool add_packed(struct reading *r, struct str path, struct str line, struct err *err) {
        unsigned char id[PACK_ID_SIZE_MAX];
        struct str hex, name;

        if (!line.len || line.ptr[0] == '#' || line.ptr[0] == '^')
                return true;
        if (!str_cut(line, ' ', &hex, &name) || !odb_parse_id(r->odb, hex, id))
                return refuse(path, err);
        return add(r, name, id, err);
}

static bool read_packed(struct reading *r, struct str common_dir, struct err *err) {
        struct str path = str_join_path(r->arena, common_dir, STR("packed-refs"));
        struct str text, line;

        if (!file_is_regular(path))
                return true;
        if (!file_read(r->arena, path, REFS_FILE_MAX, &text, err))
                return err_context(err, "reading the refs");
        while (str_next_line(&text, &line))
                if (!add_packed(r, path, line, err))
                        return false;
        return true;
}

/* ---- working trees, stash ---- */

static bool read_worktrees(struct reading *r, struct str common_dir, struct err *err) {
        struct str folder = str_join_path(r->arena, common_dir, STR("worktrees"));
        VEC(struct str) names = { 0 };

        if (!file_is_dir(folder))
                return true;
        r->names.count = 0;
        if (!file_list(folder, see_name, r, err))
                return false;
        for (size_t i = 0; i < r->names.count; i++)
                *VEC_ADD(r->arena, &names) = r->names.items[i];
        for (size_t i = 0; i < names.count; i++) {
                struct str dir = str_join_path(r->arena, folder, names.items[i]);
                struct str prefix = str_fmt(r->arena, "worktrees/%.*s/", STR_ARG(names.items[i]));

                if (!add_file(r, str_join_path(r->arena, dir, STR("HEAD")),
                              str_fmt(r->arena, "%.*sHEAD", STR_ARG(prefix)), err) ||
                    !read_loose(r, dir, prefix, err))
                        return false;
        }
        return true;
}

/* "<old id> SP <new id> SP who ..." a line, the newest last: that one is refs/stash itself. */
static bool read_stash(struct reading *r, struct str common_dir, struct err *err) {
        struct str path = str_join_path(r->arena, common_dir, STR("logs/refs/stash"));
        struct str text, line, old, hex;
        unsigned char id[PACK_ID_SIZE_MAX];
        VEC(struct str) lines = { 0 };

        if (!file_is_regular(path))
                return true;
        if (!file_read(r->arena, path, REFS_FILE_MAX, &text, err))
                return err_context(err, "reading the stash");
        while (str_next_line(&text, &line))
                *VEC_ADD(r->arena, &lines) = line;
        for (size_t i = 0; i < lines.count; i++) {
                struct str rest = lines.items[i];

                if (!str_next_word(&rest, &old) || !str_next_word(&rest, &hex) ||
                    !odb_parse_id(r->odb, hex, id))
                        return refuse(path, err);
                if (!add(r, str_fmt(r->arena, "refs/stash@{%zu}", lines.count - 1 - i), id, err))
                        return false;
        }
        return true;
}

static int by_name(const void *a, const void *b) {
        return str_cmp(((const struct ref *)a)->name, ((const struct ref *)b)->name);
}

static bool is_reftable(struct repo *repo, struct arena *arena) {
        struct repo_setting setting = { .value = STR_NONE };

        return (repo_setting(repo, arena, "extensions.refstorage", &setting) &&
                !str_eq_fold(setting.value, STR("files"))) ||
               file_is_dir(str_join_path(arena, repo->info.common_dir, STR("reftable")));
}

static bool read_all(struct reading *r, const struct repo_info *info, struct err *err) {
        return read_loose(r, info->common_dir, STR_NONE, err) &&
               read_packed(r, info->common_dir, err) &&
               add_file(r, str_join_path(r->arena, info->common_dir, STR("HEAD")), STR("HEAD"),
                        err) &&
               read_worktrees(r, info->common_dir, err) && read_stash(r, info->common_dir, err);
}

bool refs_read(struct repo *repo, const struct odb *odb, struct arena *arena, struct refs *ret_refs,
               struct err *err) {
        struct reading r = { .odb = odb, .arena = arena, .seen = map_make(arena) };

        if (is_reftable(repo, arena)) {
                err_set(err, ERR_UNSUPPORTED, "the repository keeps its refs in a reftable");
                return err_mend(err, "git refs migrate --ref-format=files");
        }
        if (!read_all(&r, &repo->info, err))
                return false;
        if (r.found.count)
                qsort(r.found.items, r.found.count, sizeof(*r.found.items), by_name);
        *ret_refs = (struct refs){ r.found.items, r.found.count };
        return true;
}

bool refs_read_shallow(struct repo *repo, const struct odb *odb, struct arena *arena,
                       struct refs *ret_commits, struct err *err) {
        struct str path = str_join_path(arena, repo->info.common_dir, STR("shallow"));
        VEC(struct ref) found = { 0 };
        struct str text, line;

        *ret_commits = (struct refs){ 0 };
        if (!file_is_regular(path))
                return true;
        if (!file_read(arena, path, REFS_FILE_MAX, &text, err))
                return err_context(err, "reading where the shallow clone ends");
        while (str_next_line(&text, &line)) {
                struct ref ref = { 0 };

                if (!odb_parse_id(odb, line, ref.id))
                        return refuse(path, err);
                *VEC_ADD(arena, &found) = ref;
        }
        *ret_commits = (struct refs){ found.items, found.count };
        return true;
}

/* ---- what a revision means ---- */

static const struct ref *find(const struct refs *refs, struct str name) {
        struct ref key = { .name = name };

        return refs->count ? bsearch(&key, refs->items, refs->count, sizeof(key), by_name) : NULL;
}

/* gitrevisions(7), "<refname>". */
static const struct ref *find_short(const struct refs *refs, struct arena *arena, struct str name) {
        static const struct str before[] = { STR_INIT(""), STR_INIT("refs/"),
                                             STR_INIT("refs/tags/"), STR_INIT("refs/heads/"),
                                             STR_INIT("refs/remotes/") };
        const struct ref *ref = NULL;

        for (size_t i = 0; i < COUNT_OF(before) && !ref; i++)
                ref = find(refs, str_fmt(arena, "%.*s%.*s", STR_ARG(before[i]), STR_ARG(name)));
        return ref;
}

/* The ref that HEAD points at; HEAD itself where it points at none. */
static struct str target_of_head(struct repo *repo, struct arena *arena) {
        struct str path = str_join_path(arena, repo->info.git_dir, STR("HEAD")), text;
        struct err ignored;

        if (!file_read(arena, path, LOOSE_FILE_MAX, &text, &ignored) ||
            !str_has_prefix(text, STR("ref:")))
                return STR("HEAD");
        return str_trim(str_drop_prefix(text, STR("ref:")));
}

static bool resolve_alone(struct repo *repo, const struct odb *odb, const struct refs *refs,
                          struct arena *arena, struct str revision,
                          unsigned char ret_id[PACK_ID_SIZE_MAX], struct err *err) {
        bool is_head = str_eq(revision, STR("HEAD")) || str_eq(revision, STR("@"));
        const struct ref *ref;

        if (odb_parse_id(odb, revision, ret_id))
                return odb_find(odb, ret_id) != ODB_NONE || odb_missing(odb, err, ret_id);
        ref = find_short(refs, arena, is_head ? target_of_head(repo, arena) : revision);
        if (!ref)
                return err_set(err, ERR_NOT_FOUND, "no such revision: %.*s", STR_ARG(revision));
        memcpy(ret_id, ref->id, odb->id_size);
        return true;
}

bool refs_resolve(struct repo *repo, const struct odb *odb, const struct refs *refs,
                  struct str revision, unsigned char ret_id[PACK_ID_SIZE_MAX], struct err *err) {
        AUTO_ARENA scratch = arena_make(odb->arena->budget);
        struct repo_commit commit;

        if (odb->id_size != TREE_OID_SIZE)
                return resolve_alone(repo, odb, refs, &scratch, revision, ret_id, err);
        return repo_resolve(repo, &scratch, revision, &commit, err) &&
               odb_parse_id(odb, str_of(commit.oid), ret_id);
}
