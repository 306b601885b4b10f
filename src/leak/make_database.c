/* Makes leak/rules.toml ready when weir is built: make_database RULES PACKED DATABASE. */
#include "data/toml.h"
#include "leak/ruleset_pack.h"
#include "leak/scan.h"

#include <stdio.h>
#include <stdlib.h>

static void full(struct arena_budget *budget, size_t wanted) {
        fprintf(stderr, "make_database: %zu bytes of memory do not suffice for %zu more\n",
                budget->ceiling, wanted);
        exit(1);
}

static struct str read_all(struct arena *arena, const char *path) {
        FILE *file = fopen(path, "rb");
        char *bytes = arena_alloc(arena, TOML_SIZE_MAX);
        size_t size = file ? fread(bytes, 1, TOML_SIZE_MAX, file) : 0;

        if (file)
                fclose(file);
        return (struct str){ bytes, size };
}

static int write_all(const char *path, struct str bytes) {
        FILE *file = fopen(path, "wb");

        return file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && !fclose(file) ? 0 : 1;
}

static bool make(struct arena *arena, const char *path, struct buf *packed,
                 struct str *ret_database, struct err *err) {
        struct ruleset_source source = { .file = str_of(path), .text = read_all(arena, path) };
        struct ruleset rules;
        struct scan_source scan = { .rules = &rules };
        struct scan_set *set = NULL;
        bool ok;

        if (!ruleset_parse(arena, &source, &rules, err))
                return false;
        rules.file = STR("rules.toml");
        rules.is_own = true;
        ruleset_pack(&rules, packed);
        if (!scan_set_make(arena, &scan, &set, err))
                return false;
        ok = scan_set_database(arena, set, ret_database, err);
        scan_set_close(&set);
        return ok;
}

int main(int argc, char **argv) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = full };
        AUTO_ARENA arena = arena_make(&budget);
        struct buf packed = buf_make(&arena);
        struct str database;
        struct err err;

        if (argc != 4)
                return 64;
        if (make(&arena, argv[1], &packed, &database, &err))
                return write_all(argv[2], buf_str(&packed)) || write_all(argv[3], database);
        fprintf(stderr, "%.*s\n", STR_ARG(err_line(&err, &arena)));
        return 1;
}
