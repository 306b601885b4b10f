#include "modload/vendororigin.h"

#include "modcache/folder.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

/* ---- zips ---- */

/* The first line of a go.sum decides, as for the go command; go.work.sum comes after the others. */
static struct str find_sum(const struct vendorproof_input *input, struct mod_version mod) {
        for (size_t i = 0; i < input->sum_count; i++) {
                const struct sum_line *line = sumfile_find(input->sums[i], mod, false);

                if (line)
                        return line->hash;
        }
        return STR_NONE;
}

static void no_cache(struct vendor_origin *origin) {
        err_set(&origin->why, ERR_NOT_FOUND, "there is no module cache to compare %.*s with",
                STR_ARG(origin->listed->mod.path));
        modcache_mend_absent(&origin->why, origin->actual.path, origin->actual.version);
}

static void take_proof(struct vendor_origin *origin, const struct modcache_proof *proof) {
        origin->files = proof->files;
        origin->file_count = proof->file_count;
        origin->is_known = proof->zip_proved;
        if (proof->zip_proved)
                return;
        if (proof->state == MODCACHE_UNJUDGED) {
                origin->why = proof->why;
                return;
        }
        err_at(&origin->why, ERR_MISMATCH, proof->zip, 0, 0,
               "the module cache does not hold what was published as %.*s@%.*s",
               STR_ARG(origin->actual.path), STR_ARG(origin->actual.version));
        err_mend(&origin->why, "go clean -modcache; go mod download");
}

static void prove_zips(const struct vendorproof_input *input, struct arena *arena,
                       struct vendor_origin **zipped, size_t count) {
        struct modcache_claim *claims = ARENA_ARRAY(arena, struct modcache_claim, count);
        struct modcache_proof *proofs = ARENA_ARRAY(arena, struct modcache_proof, count);
        struct modcache_prove_options options = { .threads = input->threads,
                                                  .memory = input->memory,
                                                  .trace = input->trace };

        for (size_t i = 0; i < count; i++) {
                zipped[i]->cache = input->cache;
                claims[i] = zipped[i]->claim = (struct modcache_claim){
                        .path = zipped[i]->actual.path,
                        .version = zipped[i]->actual.version,
                        .sum = find_sum(input, zipped[i]->actual),
                };
        }
        if (input->cache)
                modcache_prove(input->cache, arena, claims, count, &options, proofs);
        for (size_t i = 0; i < count; i++) {
                if (input->cache)
                        take_proof(zipped[i], &proofs[i]);
                else
                        no_cache(zipped[i]);
        }
}

/* ---- folders ---- */

static void list_tree_folder(struct vendor_origin *origin, struct arena *arena) {
        size_t from, to, count;
        const struct tree_entry *entries = tree_entries(origin->tree, &count);

        tree_range(origin->tree, origin->folder, &from, &to);
        origin->files = ARENA_ARRAY(arena, struct dirhash_file, to - from);
        for (size_t i = from; i < to; i++)
                if (entries[i].kind == TREE_FILE)
                        origin->files[origin->file_count++] = (struct dirhash_file){
                                .name = str_drop_prefix(
                                        str_drop_prefix(entries[i].path, origin->folder), STR("/")),
                                .size = entries[i].size,
                        };
        origin->is_known = origin->file_count > 0;
}

static void list_disk_folder(struct vendor_origin *origin, struct arena *arena) {
        struct folder folder;

        if (!folder_read(arena, origin->folder, &folder, &origin->why))
                return;
        origin->files = ARENA_ARRAY(arena, struct dirhash_file, folder.file_count);
        for (size_t i = 0; i < folder.file_count; i++)
                if (folder.files[i].is_regular)
                        origin->files[origin->file_count++] = (struct dirhash_file){
                                .name = folder.files[i].name,
                                .size = folder.files[i].stamp.size,
                        };
        origin->is_known = true;
}

static void open_folder(const struct vendorproof_input *input, struct arena *arena,
                        struct vendor_origin *origin) {
        struct modsource source = { .tree = input->tree, .dir = input->dir };
        bool inside;

        origin->is_folder = true;
        origin->tree = input->tree;
        if (modsource_folder(&source, arena, origin->actual.path, &inside, &origin->folder)) {
                origin->is_outside = !inside;
                if (inside)
                        list_tree_folder(origin, arena);
                else
                        list_disk_folder(origin, arena);
        }
        if (origin->is_known)
                return;
        err_set(&origin->why, ERR_NOT_FOUND, "the folder %.*s, which replaces %.*s, is not there",
                STR_ARG(origin->actual.path), STR_ARG(origin->listed->mod.path));
        err_mend(&origin->why, "judge the working tree, with %.*s in its place",
                 STR_ARG(origin->actual.path));
}

struct vendor_origin *vendor_origins_make(const struct vendorproof_input *input,
                                          struct arena *arena) {
        const struct modulestxt *txt = input->list.txt;
        struct vendor_origin *origins = ARENA_ARRAY(arena, struct vendor_origin, txt->module_count);
        struct vendor_origin **zipped =
                ARENA_ARRAY(arena, struct vendor_origin *, txt->module_count);
        size_t zipped_count = 0;

        for (size_t i = 0; i < txt->module_count; i++) {
                const struct modulestxt_module *listed = &txt->modules[i];

                origins[i].listed = listed;
                if (listed->package_count == 0)
                        continue;
                origins[i].actual =
                        listed->replacement.path.len ? listed->replacement : listed->mod;
                if (origins[i].actual.version.len)
                        zipped[zipped_count++] = &origins[i];
                else
                        open_folder(input, arena, &origins[i]);
        }
        prove_zips(input, arena, zipped, zipped_count);
        return origins;
}

/* ---- looking things up ---- */

const struct dirhash_file *vendor_origin_find(const struct vendor_origin *origin, struct str name) {
        return dirhash_find(origin->files, origin->file_count, name);
}

/* Where a name with this beginning would stand; end: behind all of them. */
static size_t bound(const struct vendor_origin *origin, struct str prefix, bool end) {
        size_t low = 0, high = origin->file_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                struct str name = origin->files[middle].name;
                bool before = end ? str_has_prefix(name, prefix) || str_cmp(name, prefix) < 0
                                  : str_cmp(name, prefix) < 0;

                if (before)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

void vendor_origin_range(const struct vendor_origin *origin, struct str folder, size_t *ret_from,
                         size_t *ret_to) {
        char prefix[4096];
        struct str key = { prefix, folder.len + 1 };

        *ret_from = 0;
        *ret_to = folder.len ? 0 : origin->file_count;
        if (folder.len == 0 || folder.len >= sizeof(prefix))
                return; /* no file of a module has so long a name */
        memcpy(prefix, folder.ptr, folder.len);
        prefix[folder.len] = '/';
        *ret_from = bound(origin, key, false);
        *ret_to = bound(origin, key, true);
}

static bool read_folder_file(const struct vendor_origin *origin, struct str name,
                             struct arena *arena, struct str *ret_bytes, struct err *err) {
        struct str path = str_join_path(arena, origin->folder, name);
        const struct tree_entry *entry;

        if (origin->is_outside)
                return file_read(arena, path, VENDOR_FILE_MAX, ret_bytes, err);
        entry = tree_find(origin->tree, path);
        if (!entry)
                return err_at(err, ERR_NOT_FOUND, path, 0, 0, "not there");
        return tree_read(origin->tree, entry, arena, VENDOR_FILE_MAX, ret_bytes, err);
}

bool vendor_origin_read(const struct vendor_origin *origin, const struct dirhash_file *file,
                        struct arena *arena, struct str *ret_bytes, struct err *err) {
        return origin->is_folder ? read_folder_file(origin, file->name, arena, ret_bytes, err)
                                 : modcache_proof_read(origin->cache, &origin->claim, file,
                                                       VENDOR_FILE_MAX, arena, ret_bytes, err);
}

bool vendor_origin_digest(const struct vendor_origin *origin, const struct dirhash_file *file,
                          struct arena *scratch, struct digest *ret_digest, struct err *err) {
        struct str bytes;

        if (!origin->is_folder) {
                *ret_digest = file->digest;
                return true;
        }
        if (!vendor_origin_read(origin, file, scratch, &bytes, err))
                return false;
        *ret_digest = digest_of(bytes);
        return true;
}

/* ---- as a source of packages ---- */

static int cmp_names(const void *a, const void *b) {
        return str_cmp(((const struct source_name *)a)->name,
                       ((const struct source_name *)b)->name);
}

/* Names below a folder stand together, so each shows up once in a row. */
static bool list_source(void *ctx, struct arena *arena, struct str folder,
                        struct source_names *ret_names, struct err *err) {
        const struct vendor_origin *origin = ctx;
        struct source_name *names;
        size_t from, to, count = 0;

        vendor_origin_range(origin, folder, &from, &to);
        if (from == to)
                return err_set(err, ERR_NOT_FOUND, "no folder %.*s", STR_ARG(folder));
        names = ARENA_ARRAY(arena, struct source_name, to - from);
        for (size_t i = from; i < to; i++) {
                struct str name = origin->files[i].name, rest;
                bool is_folder;

                name = str_slice(name, folder.len ? folder.len + 1 : 0, name.len);
                is_folder = str_cut(name, '/', &name, &rest);
                if (name.len && (count == 0 || !str_eq(names[count - 1].name, name)))
                        names[count++] = (struct source_name){ name, is_folder ? SOURCE_FOLDER
                                                                               : SOURCE_FILE };
        }
        qsort(names, count, sizeof(*names), cmp_names);
        if (count > SOURCE_FOLDER_MAX)
                return err_set(err, ERR_LIMIT, "over %d names in %.*s", SOURCE_FOLDER_MAX,
                               STR_ARG(folder));
        *ret_names = (struct source_names){ names, count };
        return true;
}

static bool read_source(void *ctx, struct arena *arena, struct str path, size_t max,
                        struct str *ret_bytes, struct err *err) {
        const struct vendor_origin *origin = ctx;
        const struct dirhash_file *file = vendor_origin_find(origin, path);

        if (!file)
                return err_set(err, ERR_NOT_FOUND, "no file %.*s", STR_ARG(path));
        if (file->size > max)
                return err_set(err, ERR_LIMIT, "%.*s has over %zu bytes", STR_ARG(path), max);
        return vendor_origin_read(origin, file, arena, ret_bytes, err);
}

struct package_source vendor_origin_source(const struct vendor_origin *origin) {
        return (struct package_source){
                .ctx = (void *)(uintptr_t)origin,
                .list = list_source,
                .read = read_source,
                .has_nested_modules = origin->is_folder,
        };
}
