#include "modload/vendorproof.h"

#include "modload/vendorcompare.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <pthread.h>
#include <stdlib.h>

/* Files that one thread takes at a time. */
#define BATCH 32

struct reading {
        const struct vendorproof_input *input;
        struct vendored_files *files;
        pthread_mutex_t lock; /* guards arena */
        struct arena *arena;
};

/* Patterns outlive the file's bytes. */
static void keep_embeds(struct reading *reading, struct vendored_file *file,
                        const struct vendor_go_file *go) {
        file->go.is_ignored = go->is_ignored;
        if (go->embed_count == 0)
                return;
        pthread_mutex_lock(&reading->lock);
        file->go.embeds = ARENA_ARRAY(reading->arena, struct str, go->embed_count);
        for (size_t i = 0; i < go->embed_count; i++)
                file->go.embeds[i] = str_dup(reading->arena, go->embeds[i]);
        pthread_mutex_unlock(&reading->lock);
        file->go.embed_count = go->embed_count;
}

static void keep_err(struct reading *reading, struct vendored_file *file, const struct err *err) {
        pthread_mutex_lock(&reading->lock);
        file->why = ARENA_NEW(reading->arena, struct err);
        pthread_mutex_unlock(&reading->lock);
        *file->why = *err;
}

static void read_file(struct reading *reading, struct vendored_file *file) {
        AUTO_ARENA scratch = arena_make(reading->arena->budget);
        struct vendor_go_file go;
        struct str bytes;
        struct err err;

        if (file->entry->kind != TREE_FILE && file->entry->kind != TREE_UNREADABLE)
                return;
        if (!tree_read(reading->input->tree, file->entry, &scratch, VENDOR_FILE_MAX, &bytes,
                       &err)) {
                keep_err(reading, file, &err);
                return;
        }
        file->digest = digest_of(bytes);
        file->is_read = true;
        if (!str_has_suffix(file->path, STR(".go")))
                return;
        go = vendor_go_file_of(&scratch, bytes);
        keep_embeds(reading, file, &go);
}

static void read_batch(void *ctx, size_t index) {
        struct reading *reading = ctx;
        size_t from = index * BATCH, to = MIN_OF(from + BATCH, reading->files->count);

        for (size_t i = from; i < to && !interrupt_requested(); i++)
                read_file(reading, &reading->files->items[i]);
}

static struct str vendor_folder(const struct vendorproof_input *input, struct arena *arena) {
        return str_join_path(arena, input->dir, STR("vendor"));
}

/* Every entry below vendor/ but the list itself. */
static struct vendored_files list_files(const struct vendorproof_input *input,
                                        struct arena *arena) {
        struct str folder = vendor_folder(input, arena);
        struct vendored_files files = { 0 };
        const struct tree_entry *entries;
        size_t from, to, count;

        entries = tree_entries(input->tree, &count);
        tree_range(input->tree, folder, &from, &to);
        files.items = ARENA_ARRAY(arena, struct vendored_file, to - from);
        for (size_t i = from; i < to; i++)
                if (!str_eq(entries[i].path, input->list.file))
                        files.items[files.count++] = (struct vendored_file){
                                .entry = &entries[i],
                                .path = str_slice(entries[i].path, folder.len + 1,
                                                  entries[i].path.len),
                        };
        return files;
}

static struct vendored_files read_files(const struct vendorproof_input *input,
                                        struct arena *arena) {
        struct vendored_files files = list_files(input, arena);
        struct reading reading = { .input = input, .files = &files, .arena = arena };
        TRACE_SPAN(input->trace, "read vendor folder", STR_NONE);

        pthread_mutex_init(&reading.lock, NULL);
        pool_each((files.count + BATCH - 1) / BATCH, input->threads, read_batch, &reading);
        pthread_mutex_destroy(&reading.lock);
        return files;
}

static bool gap_is_known(const struct vendorproof *proof, struct mod_version mod) {
        for (size_t i = 0; i < proof->gaps.count; i++)
                if (mod_version_eq(proof->gaps.items[i].mod, mod))
                        return true;
        return false;
}

static void add_gaps(const struct vendorproof_input *input, const struct vendor_origin *origins,
                     struct arena *arena, struct vendorproof *proof) {
        for (size_t i = 0; i < input->list.txt->module_count; i++) {
                const struct vendor_origin *origin = &origins[i];

                if (origin->listed->package_count == 0)
                        continue;
                proof->module_count++;
                if (!origin->is_known && !gap_is_known(proof, origin->listed->mod))
                        *VEC_ADD(arena, &proof->gaps) =
                                (struct vendor_gap){ origin->listed->mod, origin->why };
        }
}

static void add_unread(const struct vendored_files *files, struct arena *arena,
                       struct vendorproof *proof) {
        for (size_t i = 0; i < files->count; i++)
                if (files->items[i].why)
                        *VEC_ADD(arena, &proof->gaps) =
                                (struct vendor_gap){ .why = *files->items[i].why };
}

static void cut(struct vendorproof *proof) {
        proof->is_cut = proof->differences.count > VENDOR_DIFFERENCES_MAX;
        if (proof->is_cut)
                proof->differences.count = VENDOR_DIFFERENCES_MAX;
}

static void compare(const struct vendorproof_input *input, struct arena *arena,
                    const struct vendored_files *files, const struct vendor_origin *origins,
                    struct vendorproof *proof) {
        struct vendor_plan_input planning = {
                .txt = input->list.txt,
                .origins = origins,
                .vendored = files,
                .go_version = vendorlist_go_version(&input->list),
                .threads = input->threads,
                .trace = input->trace,
        };
        struct vendor_comparison comparison = {
                .input = input,
                .origins = origins,
                .vendored = files,
                .plan = vendor_plan_make(&planning, arena),
                .arena = arena,
                .out = &proof->differences,
        };

        vendorlist_compare(&input->list, arena, &proof->differences);
        vendor_compare_go_marks(&comparison);
        vendor_compare_files(&comparison);
}

static void add(struct arena *arena, enum vendor_difference_kind kind, struct str file,
                struct vendorproof *proof) {
        struct vendor_difference *difference = VEC_ADD(arena, &proof->differences);

        difference->kind = kind;
        difference->file = file;
}

/* Without the list nothing says what belongs there. */
static bool has_list(const struct vendorproof_input *input, struct arena *arena,
                     struct vendorproof *proof) {
        struct str folder = vendor_folder(input, arena);
        const struct tree_entry *vendor = tree_find(input->tree, folder);
        const struct tree_entry *list = tree_find(input->tree, input->list.file);

        if (vendor && vendor->kind == TREE_FILE)
                return false; /* a file of that name is no vendor folder to anybody */
        if (vendor)           /* folders have no entry of their own */
                add(arena, VENDOR_NOT_REGULAR, folder, proof);
        else if (!list)
                add(arena, VENDOR_NO_LIST, input->list.file, proof);
        else if (list->kind != TREE_FILE)
                add(arena, VENDOR_NOT_REGULAR, input->list.file, proof);
        return list && list->kind == TREE_FILE;
}

bool vendorproof_run(const struct vendorproof_input *input, struct arena *arena,
                     struct vendorproof *ret_proof, struct err *err) {
        struct vendorproof proof = { 0 };
        struct vendored_files files = { 0 };
        struct vendor_origin *origins = NULL;

        if (!has_list(input, arena, &proof)) {
                *ret_proof = proof;
                return true;
        }
        files = read_files(input, arena);
        origins = vendor_origins_make(input, arena);
        compare(input, arena, &files, origins, &proof);
        if (interrupt_requested())
                return err_set(err, ERR_INTERRUPTED, "interrupted");
        add_gaps(input, origins, arena, &proof);
        add_unread(&files, arena, &proof);
        proof.file_count = files.count;
        cut(&proof);
        *ret_proof = proof;
        return true;
}
