/* Proves a vendor folder and prints what differs, one JSON object a line: the program behind
 * test/vendor_test.py and the bench, which look at the proof alone.
 *
 * usage: modload_vendor_probe DIR GOMODCACHE [--memory FILE] [--threads N]
 *
 * DIR holds go.mod and vendor, or go.work and vendor. GOMODCACHE may be "-": none. The last line
 * counts files and modules. */
#include "base/buf.h"
#include "data/json_write.h"
#include "modload/vendorproof.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct probe {
        struct arena *arena;
        struct str dir, cache, memory;
        struct tree *tree;
        unsigned threads;
};

static void give_up(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("modload_vendor_probe: out of memory\n", stderr);
        exit(2);
}

static void stop(const struct err *err) {
        fprintf(stderr, "modload_vendor_probe: %s: %s\n", err->file, err->message);
        exit(2);
}

static struct str read_text(const struct probe *probe, struct str path) {
        const struct tree_entry *entry = tree_find(probe->tree, path);
        struct str text = STR_NONE;
        struct err err;

        if (entry && !tree_read(probe->tree, entry, probe->arena, MODSYNTAX_FILE_MAX, &text, &err))
                stop(&err);
        return text;
}

static const struct modfile *read_mod(const struct probe *probe, enum modfile_kind kind,
                                      struct str path) {
        struct modfile *mod = ARENA_NEW(probe->arena, struct modfile);
        struct err err;

        if (!modfile_parse(probe->arena, kind, path, read_text(probe, path), mod, &err))
                stop(&err);
        return mod;
}

static const struct sumfile *read_sums(const struct probe *probe, struct str path) {
        struct sumfile *sums = ARENA_NEW(probe->arena, struct sumfile);
        struct err err;

        if (!sumfile_parse(probe->arena, path, read_text(probe, path), sums, &err))
                stop(&err);
        return sums;
}

static void add_main(const struct probe *probe, struct vendorproof_input *input,
                     struct vendor_main *mains, const struct sumfile **sums, struct str dir) {
        struct str clean = str_drop_prefix(dir, STR("./"));

        clean = str_eq(clean, STR(".")) ? STR_NONE : clean;
        mains[input->list.main_count++] = (struct vendor_main){
                .mod = read_mod(probe, MODFILE_MAIN,
                                str_join_path(probe->arena, clean, STR("go.mod"))),
                .file = str_join_path(probe->arena, clean, STR("go.mod")),
                .dir = clean,
        };
        sums[input->sum_count++] =
                read_sums(probe, str_join_path(probe->arena, clean, STR("go.sum")));
}

static struct vendorproof_input read_input(const struct probe *probe, struct modcache *cache) {
        struct vendorproof_input input = {
                .tree = probe->tree,
                .threads = probe->threads,
                .list = { .file = STR("vendor/modules.txt") },
        };
        struct modulestxt *txt = ARENA_NEW(probe->arena, struct modulestxt);
        size_t most;
        struct vendor_main *mains;
        const struct sumfile **sums;
        struct err err;

        if (tree_find(probe->tree, STR("go.work")))
                input.list.work = read_mod(probe, MODFILE_WORK, STR("go.work"));
        most = input.list.work ? input.list.work->use_count + 1 : 1;
        mains = ARENA_ARRAY(probe->arena, struct vendor_main, most);
        sums = ARENA_ARRAY(probe->arena, const struct sumfile *, most);
        for (size_t i = 0; input.list.work && i < input.list.work->use_count; i++)
                add_main(probe, &input, mains, sums, input.list.work->uses[i].value);
        if (input.list.work)
                sums[input.sum_count++] = read_sums(probe, STR("go.work.sum"));
        else
                add_main(probe, &input, mains, sums, STR_NONE);
        if (!modulestxt_parse(probe->arena, input.list.file, read_text(probe, input.list.file), txt,
                              &err))
                stop(&err);
        input.list.txt = txt;
        input.list.mains = mains;
        input.list.work_file = STR("go.work");
        input.sums = sums;
        if (!str_eq(probe->cache, STR("-"))) {
                if (!modcache_open(probe->cache, cache, &err))
                        stop(&err);
                input.cache = cache;
        }
        return input;
}

static const char *const kind_names[] = {
#define X(name) #name,
        VENDOR_DIFFERENCES(X)
#undef X
};

static void put(struct json_writer *json, const char *key, struct str value) {
        json_key(json, str_of(key));
        json_put_string(json, value);
}

static void print_line(const struct buf *out) {
        printf("%.*s\n", STR_ARG(buf_str(out)));
}

static void print_difference(struct arena *arena, const struct vendor_difference *difference) {
        struct buf out = buf_make(arena);
        struct json_writer json = json_write(&out, JSON_COMPACT);

        json_begin_object(&json);
        put(&json, "kind", str_of(kind_names[difference->kind]));
        put(&json, "file", difference->file);
        json_key(&json, STR("line"));
        json_put_uint(&json, difference->line);
        put(&json, "module", difference->mod.path);
        put(&json, "version", difference->mod.version);
        put(&json, "package", difference->package);
        put(&json, "want", difference->want);
        put(&json, "got", difference->got);
        json_key(&json, STR("go_refuses"));
        json_put_bool(&json, difference->go_refuses);
        json_end_object(&json);
        print_line(&out);
}

static void print_proof(struct arena *arena, const struct vendorproof *proof) {
        struct buf out = buf_make(arena);
        struct json_writer json = json_write(&out, JSON_COMPACT);

        for (size_t i = 0; i < proof->differences.count; i++)
                print_difference(arena, &proof->differences.items[i]);
        json_begin_object(&json);
        json_key(&json, STR("files"));
        json_put_uint(&json, proof->file_count);
        json_key(&json, STR("modules"));
        json_put_uint(&json, proof->module_count);
        json_key(&json, STR("gaps"));
        json_begin_array(&json);
        for (size_t i = 0; i < proof->gaps.count; i++) {
                json_begin_object(&json);
                put(&json, "module", proof->gaps.items[i].mod.path);
                put(&json, "why", str_of(proof->gaps.items[i].why.message));
                put(&json, "mend", str_of(proof->gaps.items[i].why.mend));
                json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
        print_line(&out);
}

static int prove(const struct probe *probe) {
        AUTO_MODCACHE_MEMORY struct modcache_memory *memory = NULL;
        struct modcache cache;
        struct vendorproof_input input = read_input(probe, &cache);
        struct vendorproof proof;
        struct err err;

        if (probe->memory.len)
                input.memory = memory = modcache_memory_open(probe->arena, probe->memory);
        if (!vendorproof_run(&input, probe->arena, &proof, &err))
                stop(&err);
        print_proof(probe->arena, &proof);
        if (memory && !modcache_memory_save(memory, &err))
                stop(&err);
        return 0;
}

int main(int argc, char **argv) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct probe probe = { .arena = &arena };
        uint64_t threads = 0;
        struct err err;

        if (argc < 3) {
                fputs("usage: modload_vendor_probe DIR GOMODCACHE [--memory FILE] [--threads N]\n",
                      stderr);
                return 64;
        }
        probe.dir = str_of(argv[1]);
        probe.cache = str_of(argv[2]);
        for (int i = 3; i + 1 < argc; i += 2) {
                if (strcmp(argv[i], "--memory") == 0)
                        probe.memory = str_of(argv[i + 1]);
                else if (strcmp(argv[i], "--threads") == 0 &&
                         !str_to_u64(str_of(argv[i + 1]), &threads))
                        return 64;
        }
        probe.threads = (unsigned)threads;
        if (!tree_open_worktree(&arena, probe.dir, &probe.tree, &err))
                stop(&err);
        return prove(&probe);
}
