#include "gomod/modzip.h"

#include "base/buf.h"
#include "base/map.h"
#include "data/unicode.h"
#include "gomod/modpath.h"

static const struct zip_limits limits = {
        .entries_max = MODZIP_ENTRIES_MAX,
        .total_size_max = MODZIP_SIZE_MAX,
        .ratio_max = UINT64_MAX, /* modules do hold megabytes of zeros as test data */
};

bool modzip_open(struct arena *arena, struct str bytes, struct zip *ret_zip, struct err *err) {
        if (bytes.len > MODZIP_SIZE_MAX)
                return err_set(err, ERR_LIMIT, "module zip of more than %llu bytes",
                               (unsigned long long)MODZIP_SIZE_MAX);
        return zip_open(arena, bytes, &limits, ret_zip, err);
}

/* Every step-th point from first to last folds to itself plus delta. */
static const struct fold_range {
        uint32_t first, last, step;
        int32_t delta;
} fold_ranges[] = {
#define FOLD_RANGE(first, last, step, delta) { first, last, step, delta },
#include "gomod/fold.def"
#undef FOLD_RANGE
};

static uint32_t fold_point(uint32_t point) {
        if (point < 0x80)
                return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
        for (size_t i = 0; i < COUNT_OF(fold_ranges); i++) {
                const struct fold_range *range = &fold_ranges[i];

                if (point >= range->first && point <= range->last)
                        if ((point - range->first) % range->step == 0)
                                return (uint32_t)((int32_t)point + range->delta);
        }
        return point;
}

static bool is_folded(struct str name) {
        for (size_t i = 0; i < name.len; i++) {
                unsigned char c = (unsigned char)name.ptr[i];

                if (c >= 0x80 || (c >= 'A' && c <= 'Z'))
                        return false;
        }
        return true;
}

struct str modzip_fold(struct arena *arena, struct str name) {
        struct buf out = buf_make(arena);

        if (is_folded(name))
                return name;
        while (name.len) {
                uint32_t point;
                size_t size = unicode_next(name, &point);
                char bytes[4];

                buf_add(&out, (struct str){ bytes, unicode_put(fold_point(point), bytes) });
                name = str_slice(name, size, name.len);
        }
        return buf_str(&out);
}

struct seen {
        struct str name;
        bool is_dir;
};

/* What an earlier entry of the same folded name forbids. */
static bool check_collision(const struct seen *earlier, struct str name, bool is_dir,
                            struct err *err) {
        if (!str_eq(earlier->name, name))
                return err_set(err, ERR_SYNTAX, "%.*s and %.*s differ only in letter case",
                               STR_ARG(earlier->name), STR_ARG(name));
        if (earlier->is_dir != is_dir)
                return err_set(err, ERR_SYNTAX, "%.*s is both a file and a folder", STR_ARG(name));
        return is_dir || err_set(err, ERR_SYNTAX, "%.*s occurs twice", STR_ARG(name));
}

/* Notes a name and the folders above it. A folder that is known has had those above it noted. */
static bool note_name(struct map *seen, struct str name, bool is_dir, struct err *err) {
        struct str file;

        do {
                void **slot = map_put(seen, modzip_fold(seen->arena, name));
                struct seen *entry = *slot;

                if (entry && !check_collision(entry, name, is_dir, err))
                        return false;
                if (entry)
                        return true;
                *slot = entry = ARENA_NEW(seen->arena, struct seen);
                *entry = (struct seen){ name, is_dir };
                is_dir = true;
        } while (str_cut_last(name, '/', &name, &file));
        return true;
}

static bool check_go_mod_name(struct str name, struct err *err) {
        struct str folder = STR_NONE, base = name;

        str_cut_last(name, '/', &folder, &base);
        if (!str_eq_fold(base, STR("go.mod")))
                return true;
        if (folder.len)
                return err_set(err, ERR_SYNTAX, "%.*s: a go.mod outside the module's root",
                               STR_ARG(name));
        return str_eq(base, STR("go.mod")) ||
               err_set(err, ERR_SYNTAX, "%.*s: go.mod must be in lower case", STR_ARG(name));
}

static const struct {
        struct str name;
        uint64_t max;
} size_limits[] = {
        { STR_INIT("go.mod"), MODZIP_GO_MOD_MAX },
        { STR_INIT("LICENSE"), MODZIP_LICENSE_MAX },
};

static bool check_size(struct str name, uint64_t size, struct err *err) {
        for (size_t i = 0; i < COUNT_OF(size_limits); i++)
                if (str_eq(name, size_limits[i].name) && size > size_limits[i].max)
                        return err_set(err, ERR_LIMIT, "%.*s has more than %llu bytes",
                                       STR_ARG(name), (unsigned long long)size_limits[i].max);
        return true;
}

static bool check_entry(struct map *seen, const struct zip_entry *entry, struct str prefix,
                        struct err *err) {
        bool is_dir = zip_entry_is_dir(entry);
        struct str name = str_drop_prefix(entry->name, prefix);

        if (!str_has_prefix(entry->name, prefix))
                return err_set(err, ERR_SYNTAX, "%.*s does not begin with %.*s",
                               STR_ARG(entry->name), STR_ARG(prefix));
        if (name.len == 0)
                return true;
        name = str_slice(name, 0, name.len - is_dir);
        return modpath_check_file(name, err) && note_name(seen, name, is_dir, err) &&
               (is_dir || (check_go_mod_name(name, err) && check_size(name, entry->size, err)));
}

bool modzip_check(struct arena *scratch, const struct zip *zip, struct str prefix,
                  struct err *err) {
        struct map seen = map_make(scratch);

        for (size_t i = 0; i < zip->entry_count; i++)
                if (!check_entry(&seen, &zip->entries[i], prefix, err))
                        return false;
        return true;
}

static void hash_piece(void *ctx, struct str piece) {
        digest_add(ctx, piece);
}

static bool hash_entry(const struct zip *zip, const struct zip_entry *entry, struct str prefix,
                       struct zip_inflater *inflater, struct dirhash_file *ret_file,
                       struct err *err) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        if (!zip_stream(zip, entry, inflater, hash_piece, &hasher, err))
                return false;
        *ret_file = (struct dirhash_file){
                .name = str_drop_prefix(entry->name, prefix),
                .size = entry->size,
                .digest = digest_end(&hasher),
        };
        return true;
}

bool modzip_hash(struct arena *arena, const struct zip *zip, struct str prefix,
                 struct zip_inflater *inflater, struct dirhash_file **ret_files, size_t *ret_count,
                 struct digest *ret_tree, struct err *err) {
        struct dirhash_file *files = ARENA_ARRAY(arena, struct dirhash_file, zip->entry_count);

        for (size_t i = 0; i < zip->entry_count; i++)
                if (!hash_entry(zip, &zip->entries[i], prefix, inflater, &files[i], err))
                        return false;
        dirhash_sort(files, zip->entry_count);
        if (!dirhash_tree(prefix, files, zip->entry_count, ret_tree, err))
                return false;
        *ret_files = files;
        *ret_count = zip->entry_count;
        return true;
}
