#include "modcache/module.h"

#include "base/vec.h"
#include "gomod/modzip.h"
#include "sys/file.h"

#include <dirent.h>
#include <stdlib.h>

struct modcache_module {
        struct str dir; /* the extracted folder; empty: the zip is read */
        struct file_map map;
        struct zip zip;
        struct str prefix;               /* of every name in the zip */
        const struct zip_entry **sorted; /* the zip's entries by name */
};

static int cmp_entries(const void *a, const void *b) {
        return str_cmp((*(const struct zip_entry *const *)a)->name,
                       (*(const struct zip_entry *const *)b)->name);
}

static void sort_entries(struct modcache_module *module, struct arena *arena) {
        size_t count = module->zip.entry_count;

        module->sorted = ARENA_ARRAY(arena, const struct zip_entry *, count);
        for (size_t i = 0; i < count; i++)
                module->sorted[i] = &module->zip.entries[i];
        if (count)
                qsort(module->sorted, count, sizeof(struct zip_entry *), cmp_entries);
}

static bool open_zip(const struct modcache *cache, struct arena *arena, struct str path,
                     struct str version, struct modcache_module *module, struct err *err) {
        struct str file;

        if (!modcache_download_path(cache, arena, path, version, STR(".zip"), &file, err))
                return false;
        if (!file_map_open(file, MODCACHE_ZIP_MAX, &module->map, err)) {
                if (err->code == ERR_NOT_FOUND) {
                        err_at(err, ERR_NOT_FOUND, file, 0, 0, "not in the module cache");
                        modcache_mend_absent(err, path, version);
                }
                return false;
        }
        module->prefix = str_fmt(arena, "%.*s@%.*s/", STR_ARG(path), STR_ARG(version));
        if (!modzip_open(arena, module->map.bytes, &module->zip, err) ||
            !modzip_check(arena, &module->zip, module->prefix, err))
                return err_context(err, "reading %.*s", STR_ARG(file));
        sort_entries(module, arena);
        return true;
}

bool modcache_module_open(const struct modcache *cache, struct arena *arena, struct str path,
                          struct str version, struct modcache_module **ret_module,
                          struct err *err) {
        struct modcache_module *module = ARENA_NEW(arena, struct modcache_module);

        if (modcache_dir_is_whole(cache, arena, path, version)) {
                if (!modcache_dir_path(cache, arena, path, version, &module->dir, err))
                        return false;
        } else if (!open_zip(cache, arena, path, version, module, err)) {
                modcache_module_close(&module);
                return false;
        }
        *ret_module = module;
        return true;
}

void modcache_module_close(struct modcache_module **module) {
        if (*module)
                file_map_close(&(*module)->map);
        *module = NULL;
}

struct name_list {
        struct arena *arena;
        struct str dir;
        VEC(struct modcache_name) names;
        bool over;
};

static unsigned char type_of(struct arena *arena, struct str dir, struct str name,
                             unsigned char d_type) {
        struct stat st;

        if (d_type != DT_UNKNOWN) /* some file systems do not say */
                return d_type;
        return file_lstat(str_join_path(arena, dir, name), &st) ? (unsigned char)IFTODT(st.st_mode)
                                                                : DT_UNKNOWN;
}

static bool add_name(void *ctx, struct str name, unsigned char d_type) {
        struct name_list *list = ctx;

        list->over = list->names.count == MODCACHE_FILES_MAX;
        if (list->over)
                return false;
        d_type = type_of(list->arena, list->dir, name, d_type);
        *VEC_ADD(list->arena, &list->names) = (struct modcache_name){
                .name = str_dup(list->arena, name),
                .is_dir = d_type == DT_DIR,
                .is_regular = d_type == DT_REG,
        };
        return true;
}

static int cmp_names(const void *a, const void *b) {
        return str_cmp(((const struct modcache_name *)a)->name,
                       ((const struct modcache_name *)b)->name);
}

static bool list_folder(const struct modcache_module *module, struct name_list *list,
                        struct str dir, struct err *err) {
        list->dir = str_join_path(list->arena, module->dir, dir);
        if (!file_list(list->dir, add_name, list, err) && err->code != ERR_NOT_FOUND)
                return false;
        if (list->over)
                return err_at(err, ERR_LIMIT, list->dir, 0, 0, "over %zu files",
                              MODCACHE_FILES_MAX);
        if (list->names.count)
                qsort(list->names.items, list->names.count, sizeof(struct modcache_name),
                      cmp_names);
        return true;
}

/* The first sorted entry whose name is not below key. */
static size_t lower_bound(const struct modcache_module *module, struct str key) {
        size_t low = 0, high = module->zip.entry_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (str_cmp(module->sorted[middle]->name, key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct str zip_name(const struct modcache_module *module, struct arena *arena,
                           struct str name, bool is_dir) {
        return str_fmt(arena, "%.*s%.*s%s", STR_ARG(module->prefix), STR_ARG(name),
                       is_dir && name.len ? "/" : "");
}

/* Names below one folder stand together in the sorted zip, so each shows up once in a row. */
static void list_zip(const struct modcache_module *module, struct name_list *list, struct str dir) {
        struct str prefix = zip_name(module, list->arena, dir, true);

        for (size_t i = lower_bound(module, prefix); i < module->zip.entry_count; i++) {
                struct str rest, name = module->sorted[i]->name;
                bool is_dir;

                if (!str_has_prefix(name, prefix))
                        break;
                name = str_drop_prefix(name, prefix);
                is_dir = str_cut(name, '/', &name, &rest);
                if (name.len == 0 || (list->names.count &&
                                      str_eq(list->names.items[list->names.count - 1].name, name)))
                        continue;
                *VEC_ADD(list->arena, &list->names) =
                        (struct modcache_name){ str_dup(list->arena, name), is_dir, !is_dir };
        }
        if (list->names.count)
                qsort(list->names.items, list->names.count, sizeof(struct modcache_name),
                      cmp_names);
}

bool modcache_module_list(const struct modcache_module *module, struct arena *arena, struct str dir,
                          struct modcache_name **ret_names, size_t *ret_count, struct err *err) {
        struct name_list list = { .arena = arena };

        if (module->dir.len) {
                if (!list_folder(module, &list, dir, err))
                        return false;
        } else {
                list_zip(module, &list, dir);
        }
        *ret_names = list.names.items;
        *ret_count = list.names.count;
        return true;
}

static bool read_zip(const struct modcache_module *module, struct arena *arena, struct str file,
                     size_t max, struct str *ret_bytes, struct err *err) {
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = NULL;
        struct str bytes, name = zip_name(module, arena, file, false);
        size_t at = lower_bound(module, name);

        if (at == module->zip.entry_count || !str_eq(module->sorted[at]->name, name))
                return err_at(err, ERR_NOT_FOUND, file, 0, 0, "not in %.*s",
                              STR_ARG(module->prefix));
        inflater = zip_inflater_open();
        if (!inflater)
                return err_set(err, ERR_LIMIT, "no memory to unpack");
        if (!zip_read(&module->zip, module->sorted[at], inflater, max, &bytes, err))
                return false;
        *ret_bytes = str_dup(arena, bytes);
        return true;
}

bool modcache_module_read(const struct modcache_module *module, struct arena *arena,
                          struct str file, size_t max, struct str *ret_bytes, struct err *err) {
        if (module->dir.len == 0)
                return read_zip(module, arena, file, max, ret_bytes, err);
        return file_read(arena, str_join_path(arena, module->dir, file), max, ret_bytes, err);
}
