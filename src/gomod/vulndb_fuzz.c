/* A snapshot whose checksum is right and whose contents are anything: the checksum is put in here,
 * as the fuzzer would not find it. */
#include "gomod/vulndb.h"
#include "gomod/vulndb_format.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct str with_checksum(struct arena *arena, const uint8_t *data, size_t size) {
        char *bytes = str_to_c(arena, (struct str){ (const char *)data, size });
        struct vulndb_header header;

        if (size >= sizeof(header)) {
                memcpy(&header, bytes, sizeof(header));
                header.size = size;
                memcpy(bytes, &header, sizeof(header));
                header.crc32 = vulndb_checksum((struct str){ bytes, size });
                memcpy(bytes, &header, sizeof(header));
        }
        return (struct str){ bytes, size };
}

static void find_every_module(const struct vulndb *db, struct arena *arena) {
        const struct vulndb_header *header = (const void *)db->bytes.ptr;
        const struct vulndb_module *modules = (const void *)(header + 1);
        const char *text = db->bytes.ptr + db->bytes.len - header->text_size;

        for (size_t i = 0; i < db->module_count; i++) {
                struct str path = { text + modules[i].path.at, modules[i].path.size };
                struct vulndb_hit *hits;
                size_t count;

                vulndb_find(db, arena, path, STR("v1.0.0"), &hits, &count);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct arena_budget budget = { .ceiling = 256 << 20, .on_full = abort_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct vulndb db;
        struct err err;

        if (!vulndb_open(with_checksum(&arena, data, size), &db, &err))
                return 0;
        find_every_module(&db, &arena);
        return 0;
}
