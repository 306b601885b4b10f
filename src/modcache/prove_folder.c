#include "modcache/folder.h"
#include "modcache/prove_impl.h"

static void hash_piece(void *ctx, struct str bytes) {
        digest_add(ctx, bytes);
}

static bool hash_folder_file(struct proving *p, const struct folder *folder, struct str name,
                             struct digest *ret_digest, struct err *err) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        if (!file_pieces(str_join_path(p->scratch, folder->path, name), p->worker->buffer,
                         sizeof(p->worker->buffer), hash_piece, &hasher, err))
                return false;
        *ret_digest = digest_end(&hasher);
        return true;
}

/* `go mod verify` reads through a link, so one to equal bytes is as good as the file. */
static bool is_readable(struct proving *p, const struct folder *folder,
                        const struct folder_file *file) {
        return file->is_regular ||
               file_is_regular(str_join_path(p->scratch, folder->path, file->name));
}

static void compare_file(struct proving *p, const struct folder *folder,
                         const struct folder_file *file, const struct dirhash_file *want) {
        struct str path = str_join_path(p->scratch, folder->path, file->name);
        struct modcache_damage *damage;
        struct digest digest;
        struct err err;

        if (!is_readable(p, folder, file)) {
                prove_add_damage(p, MODCACHE_FOLDER_NOT_REGULAR, path, file->name);
        } else if (!hash_folder_file(p, folder, file->name, &digest, &err)) {
                prove_unjudged(p, &err);
        } else if (!digest_eq(&digest, &want->digest)) {
                damage = prove_add_damage(p, MODCACHE_FOLDER_CHANGED, path, file->name);
                if (damage) {
                        damage->got = digest_hex(p->scratch, &digest);
                        damage->want = digest_hex(p->scratch, &want->digest);
                }
        }
}

static void add_folder_damage(struct proving *p, enum modcache_damage_kind kind,
                              const struct folder *folder, struct str name) {
        prove_add_damage(p, kind, str_join_path(p->scratch, folder->path, name), name);
}

/* Both lists are sorted by name. */
static void compare_folder(struct proving *p, const struct folder *folder) {
        const struct dirhash_file *want = p->proof.files, *end = want + p->proof.file_count;
        size_t i = 0;

        while (i < folder->file_count || want < end) {
                int order = want == end               ? -1
                            : i == folder->file_count ? 1
                                                      : str_cmp(folder->files[i].name, want->name);

                if (order < 0)
                        add_folder_damage(p, MODCACHE_FOLDER_ADDED, folder, folder->files[i].name);
                else if (order > 0 && !str_has_suffix(want->name, STR("/")))
                        add_folder_damage(p, MODCACHE_FOLDER_MISSING, folder, want->name);
                else if (order == 0)
                        compare_file(p, folder, &folder->files[i], want);
                i += order <= 0;
                want += order >= 0;
        }
}

/* Without a zip to trust only the sum of all files tells. */
static void compare_folder_sum(struct proving *p, const struct folder *folder) {
        struct dirhash_file *files =
                ARENA_ARRAY(p->scratch, struct dirhash_file, folder->file_count);
        struct str sum, want = p->claim->sum.len ? p->claim->sum : p->ziphash;
        struct digest tree;
        struct err err;

        for (size_t i = 0; i < folder->file_count; i++) {
                files[i].name = folder->files[i].name;
                if (!is_readable(p, folder, &folder->files[i])) {
                        add_folder_damage(p, MODCACHE_FOLDER_NOT_REGULAR, folder, files[i].name);
                        return;
                }
                if (!hash_folder_file(p, folder, files[i].name, &files[i].digest, &err)) {
                        prove_unjudged(p, &err);
                        return;
                }
        }
        if (!dirhash_tree(p->prefix, files, folder->file_count, &tree, &err)) {
                prove_add_detail(p, MODCACHE_FOLDER_ALTERED, folder->path, STR_NONE, err.message);
                return;
        }
        sum = dirhash_sum(p->scratch, &tree);
        if (!str_eq(sum, want))
                prove_add_sums(p, MODCACHE_FOLDER_ALTERED, folder->path, sum, want);
        else if (p->proof.zip_absent && !str_eq(p->ziphash, want))
                prove_add_sums(p, MODCACHE_ZIPHASH_ALTERED, p->ziphash_path, p->ziphash, want);
}

/* What a link leads to may change without a trace in the folder. */
static bool has_links(const struct folder *folder) {
        for (size_t i = 0; i < folder->file_count; i++)
                if (!folder->files[i].is_regular)
                        return true;
        return false;
}

static void compare_folder_with_zip(struct proving *p, const struct folder *folder) {
        struct digest identity = folder_identity(folder);
        size_t damages = p->damages.count;
        bool may_remember = p->has_record && !has_links(folder);

        if (may_remember && digest_eq(&identity, &p->record.folder))
                return;
        compare_folder(p, folder);
        if (may_remember && p->proof.state == MODCACHE_PROVED && p->damages.count == damages &&
            prove_is_settled(folder->newest_ctime_ns)) {
                p->record.folder = identity;
                p->learnt = true;
        }
}

static bool zip_is_trusted(const struct proving *p) {
        for (size_t i = 0; i < p->damages.count; i++)
                if (p->damages.items[i].kind <= MODCACHE_ZIP_ALTERED)
                        return false;
        return p->proof.sum.len != 0;
}

void prove_folder(struct proving *p) {
        struct folder folder;
        struct str path;
        struct err err;

        if (!modcache_dir_is_whole(p->run->cache, p->scratch, p->claim->path, p->claim->version))
                return;
        if (!modcache_dir_path(p->run->cache, p->scratch, p->claim->path, p->claim->version, &path,
                               &err) ||
            !folder_read(p->scratch, path, &folder, &err)) {
                prove_unjudged(p, &err);
                return;
        }
        if (zip_is_trusted(p))
                compare_folder_with_zip(p, &folder);
        else
                compare_folder_sum(p, &folder);
        p->proof.folder_judged = true;
}
