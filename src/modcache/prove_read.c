#include "gomod/modzip.h"
#include "modcache/prove.h"
#include "sys/file.h"

static bool has_digest(struct str bytes, const struct dirhash_file *file) {
        struct digest digest = digest_of(bytes);

        return digest_eq(&digest, &file->digest);
}

static bool read_from_folder(const struct modcache *cache, const struct modcache_claim *claim,
                             const struct dirhash_file *file, struct arena *arena,
                             struct str *ret_bytes) {
        struct str dir, bytes;
        struct err err;

        if (!modcache_dir_path(cache, arena, claim->path, claim->version, &dir, &err) ||
            !file_read(arena, str_join_path(arena, dir, file->name), (size_t)file->size, &bytes,
                       &err) ||
            !has_digest(bytes, file))
                return false;
        *ret_bytes = bytes;
        return true;
}

static const struct zip_entry *find_entry(const struct zip *zip, struct str prefix,
                                          struct str name) {
        for (size_t i = 0; i < zip->entry_count; i++) {
                struct str entry = zip->entries[i].name;

                if (str_has_prefix(entry, prefix) && str_eq(str_drop_prefix(entry, prefix), name))
                        return &zip->entries[i];
        }
        return NULL;
}

static bool read_entry(const struct zip *zip, struct str prefix, const struct dirhash_file *file,
                       size_t max, struct arena *arena, struct str *ret_bytes, struct err *err) {
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        const struct zip_entry *entry = find_entry(zip, prefix, file->name);
        struct str bytes;

        if (!inflater)
                return err_set(err, ERR_LIMIT, "no memory to unpack");
        if (!entry)
                return err_set(err, ERR_NOT_FOUND, "%.*s is no longer in the zip",
                               STR_ARG(file->name));
        if (!zip_read(zip, entry, inflater, max, &bytes, err))
                return false;
        if (!has_digest(bytes, file))
                return err_set(err, ERR_MISMATCH, "%.*s has changed in the zip",
                               STR_ARG(file->name));
        *ret_bytes = str_dup(arena, bytes);
        return true;
}

static bool read_from_zip(const struct modcache *cache, const struct modcache_claim *claim,
                          const struct dirhash_file *file, size_t max, struct arena *arena,
                          struct str *ret_bytes, struct err *err) {
        AUTO_ARENA scratch = arena_make(arena->budget);
        AUTO_FILE_MAP map = { STR_NONE };
        struct str path, prefix = str_fmt(&scratch, "%.*s@%.*s/", STR_ARG(claim->path),
                                          STR_ARG(claim->version));
        struct zip zip;

        return modcache_download_path(cache, &scratch, claim->path, claim->version, STR(".zip"),
                                      &path, err) &&
               file_map_open(path, MODCACHE_ZIP_MAX, &map, err) &&
               modzip_open(&scratch, map.bytes, &zip, err) &&
               read_entry(&zip, prefix, file, max, arena, ret_bytes, err);
}

bool modcache_proof_read(const struct modcache *cache, const struct modcache_claim *claim,
                         const struct dirhash_file *file, size_t max, struct arena *arena,
                         struct str *ret_bytes, struct err *err) {
        if (file->size > max)
                return err_at(err, ERR_LIMIT, file->name, 0, 0, "over %zu bytes", max);
        return read_from_folder(cache, claim, file, arena, ret_bytes) ||
               read_from_zip(cache, claim, file, max, arena, ret_bytes, err);
}
