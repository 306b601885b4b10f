#include "gomod/dirhash.h"

#include <stdlib.h>
#include <string.h>

#define SUM_PREFIX STR("h1:")
#define SUM_BASE64_SIZE 44

static int cmp_files(const void *a, const void *b) {
        return str_cmp(((const struct dirhash_file *)a)->name,
                       ((const struct dirhash_file *)b)->name);
}

void dirhash_sort(struct dirhash_file *files, size_t count) {
        if (count)
                qsort(files, count, sizeof(*files), cmp_files);
}

const struct dirhash_file *dirhash_find(const struct dirhash_file *files, size_t count,
                                        struct str name) {
        struct dirhash_file key = { .name = name };

        return count ? bsearch(&key, files, count, sizeof(*files), cmp_files) : NULL;
}

static void add_line(struct digest_hasher *hasher, struct str prefix,
                     const struct dirhash_file *file) {
        char hex[DIGEST_HEX_SIZE];

        digest_to_hex(&file->digest, hex);
        digest_add(hasher, (struct str){ hex, sizeof(hex) });
        digest_add(hasher, STR("  "));
        digest_add(hasher, prefix);
        digest_add(hasher, file->name);
        digest_add(hasher, STR("\n"));
}

bool dirhash_tree(struct str prefix, const struct dirhash_file *files, size_t count,
                  struct digest *ret_tree, struct err *err) {
        struct digest_hasher hasher;

        digest_begin(&hasher);
        for (size_t i = 0; i < count; i++) {
                if (str_find(files[i].name, '\n') != SIZE_MAX)
                        return err_set(err, ERR_SYNTAX, "file name with a newline: %.*s",
                                       STR_ARG(files[i].name));
                add_line(&hasher, prefix, &files[i]);
        }
        *ret_tree = digest_end(&hasher);
        return true;
}

struct str dirhash_sum(struct arena *arena, const struct digest *tree) {
        struct str text = base64_encode(
                arena, (struct str){ (const char *)tree->bytes, sizeof(tree->bytes) });

        return str_fmt(arena, "%.*s%.*s", STR_ARG(SUM_PREFIX), STR_ARG(text));
}

bool dirhash_parse(struct arena *arena, struct str sum, struct digest *ret_tree) {
        struct str bytes;

        if (!str_has_prefix(sum, SUM_PREFIX) || sum.len != SUM_PREFIX.len + SUM_BASE64_SIZE ||
            !base64_decode(arena, str_drop_prefix(sum, SUM_PREFIX), &bytes) ||
            bytes.len != DIGEST_SIZE)
                return false;
        memcpy(ret_tree->bytes, bytes.ptr, DIGEST_SIZE);
        return true;
}

struct digest dirhash_go_mod(struct str go_mod) {
        struct dirhash_file file = { .name = STR("go.mod"), .digest = digest_of(go_mod) };
        struct digest_hasher hasher;

        digest_begin(&hasher);
        add_line(&hasher, STR_NONE, &file);
        return digest_end(&hasher);
}
