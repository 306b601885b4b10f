#include "engine/fingerprint.h"

#include "base/map.h"
#include "check/check.h"
#include "data/digest.h"

#include <stdlib.h>

#define SOURCE_MAX ((size_t)16 << 20)

static struct str nth_line(struct str text, uint32_t number) {
        struct str line = STR_NONE;

        for (uint32_t i = 0; i < number; i++)
                if (!str_next_line(&text, &line))
                        return STR_NONE;
        return line;
}

static struct str source_line(struct arena *arena, const struct tree *tree,
                              const struct finding *finding) {
        const struct tree_entry *entry = tree_find(tree, finding->file);
        struct str text;
        struct err err;

        if (!finding->line || !entry || !tree_read(tree, entry, arena, SOURCE_MAX, &text, &err))
                return STR_NONE;
        return str_dup(arena, str_trim(nth_line(text, finding->line)));
}

static void add_part(struct digest_hasher *hasher, struct str part) {
        digest_add(hasher, part);
        digest_add(hasher, STR("\0"));
}

static struct str identity(struct arena *arena, const struct finding *finding, struct str key) {
        return str_fmt(arena, "%s%c%.*s%c%.*s%c%.*s%c%.*s", finding->rule->id, 0,
                       STR_ARG(finding->main_module), 0, STR_ARG(key), 0, STR_ARG(finding->tool), 0,
                       STR_ARG(finding->tool_rule));
}

static struct str hash(struct arena *arena, struct str identity, uintptr_t occurrence) {
        struct digest_hasher hasher;
        struct digest digest;

        digest_begin(&hasher);
        add_part(&hasher, identity);
        add_part(&hasher, str_fmt(arena, "%zu", (size_t)occurrence));
        digest = digest_end(&hasher);
        return digest_hex(arena, &digest);
}

void fingerprints_fill(struct arena *arena, const struct tree *tree, struct findings *findings) {
        struct map seen = map_make(arena);

        if (findings->list.count)
                qsort(findings->list.items, findings->list.count, sizeof(*findings->list.items),
                      finding_cmp_qsort);
        for (size_t i = 0; i < findings->list.count; i++) {
                struct finding *finding = findings->list.items[i];
                struct str key = finding->key;
                void **count;

                if (!key.len) {
                        AUTO_ARENA scratch = arena_make(arena->budget);

                        key = str_dup(arena, source_line(&scratch, tree, finding));
                }
                key = identity(arena, finding, key);
                count = map_put(&seen, key);
                *count = (void *)((uintptr_t)*count + 1);
                finding->fingerprint = hash(arena, key, (uintptr_t)*count);
        }
}
