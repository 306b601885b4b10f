/* Proves modules of a module cache and prints what was found, one JSON object a line: the program
 * behind test/modcache_test.py and the bench, which look at the proof alone.
 *
 *     prove_probe GOMODCACHE [--folders] [--memory FILE] [--threads N] < claims
 *
 * A claim is a line "PATH VERSION [SUM]". */
#include "base/buf.h"
#include "base/vec.h"
#include "data/json_write.h"
#include "modcache/prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct probe {
        struct str cache, memory;
        bool folders;
        unsigned threads;
};

static void stop_when_full(struct arena_budget *budget, size_t wanted) {
        fprintf(stderr, "prove_probe: no memory for %zu bytes over %zu\n", wanted, budget->used);
        exit(2);
}

static struct probe parse(int argc, char **argv) {
        struct probe probe = { .cache = str_of(argc > 1 ? argv[1] : "") };
        uint64_t threads = 0;

        for (int i = 2; i < argc; i++) {
                if (strcmp(argv[i], "--folders") == 0)
                        probe.folders = true;
                else if (strcmp(argv[i], "--memory") == 0 && i + 1 < argc)
                        probe.memory = str_of(argv[++i]);
                else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
                        (void)!str_to_u64(str_of(argv[++i]), &threads);
        }
        probe.threads = (unsigned)threads;
        return probe;
}

typedef VEC(struct modcache_claim) claims;

static void read_claims(struct arena *arena, claims *ret_claims) {
        char line[4096];

        while (fgets(line, sizeof(line), stdin)) {
                struct str rest = str_trim(str_dup(arena, str_of(line)));
                struct modcache_claim claim = { 0 };

                if (str_next_word(&rest, &claim.path) && str_next_word(&rest, &claim.version)) {
                        (void)!str_next_word(&rest, &claim.sum);
                        *VEC_ADD(arena, ret_claims) = claim;
                }
        }
}

static const char *const damage_names[] = {
#define X(name) #name,
        MODCACHE_DAMAGES(X)
#undef X
};
static const char *const state_names[] = { "proved", "damaged", "unjudged" };

static void put_damages(struct json_writer *json, const struct modcache_proof *proof) {
        json_key(json, STR("damages"));
        json_begin_array(json);
        for (size_t i = 0; i < proof->damage_count; i++) {
                const struct modcache_damage *damage = &proof->damages[i];

                json_begin_object(json);
                json_key(json, STR("kind"));
                json_put_string(json, str_of(damage_names[damage->kind]));
                json_key(json, STR("file"));
                json_put_string(json, damage->file);
                json_key(json, STR("name"));
                json_put_string(json, damage->name);
                json_key(json, STR("detail"));
                json_put_string(json, damage->detail);
                json_end_object(json);
        }
        json_end_array(json);
}

static struct str proof_line(struct arena *arena, const struct modcache_claim *claim,
                             const struct modcache_proof *proof) {
        struct buf out = buf_make(arena);
        struct json_writer json = json_write(&out, JSON_COMPACT);

        json_begin_object(&json);
        json_key(&json, STR("path"));
        json_put_string(&json, claim->path);
        json_key(&json, STR("version"));
        json_put_string(&json, claim->version);
        json_key(&json, STR("state"));
        json_put_string(&json, str_of(state_names[proof->state]));
        json_key(&json, STR("sum"));
        json_put_string(&json, proof->sum);
        json_key(&json, STR("files"));
        json_put_uint(&json, proof->file_count);
        json_key(&json, STR("remembered"));
        json_put_bool(&json, proof->remembered);
        json_key(&json, STR("folder_judged"));
        json_put_bool(&json, proof->folder_judged);
        json_key(&json, STR("why"));
        json_put_string(&json, str_of(proof->why.message));
        json_key(&json, STR("mend"));
        json_put_string(&json, str_of(proof->why.mend));
        put_damages(&json, proof);
        json_end_object(&json);
        return buf_str(&out);
}

static int prove_claims(struct arena *arena, const struct probe *probe) {
        AUTO_MODCACHE_MEMORY struct modcache_memory *memory = NULL;
        struct modcache_prove_options options = { .folders = probe->folders,
                                                  .threads = probe->threads };
        struct modcache_proof *proofs;
        struct modcache cache;
        claims wanted = { 0 };
        struct err err;

        read_claims(arena, &wanted);
        if (!modcache_open(probe->cache, &cache, &err)) {
                fprintf(stderr, "prove_probe: %s\n", err.message);
                return 2;
        }
        if (probe->memory.len)
                options.memory = memory = modcache_memory_open(arena, probe->memory);
        proofs = ARENA_ARRAY(arena, struct modcache_proof, wanted.count);
        modcache_prove(&cache, arena, wanted.items, wanted.count, &options, proofs);
        for (size_t i = 0; i < wanted.count; i++)
                printf("%.*s\n", STR_ARG(proof_line(arena, &wanted.items[i], &proofs[i])));
        if (memory && !modcache_memory_save(memory, &err)) {
                fprintf(stderr, "prove_probe: %s\n", err.message);
                return 2;
        }
        return 0;
}

int main(int argc, char **argv) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct probe probe = parse(argc, argv);

        return prove_claims(&arena, &probe);
}
