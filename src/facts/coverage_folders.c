/* The folders among what --profile names: those that GOCOVERDIR named to a program. */
#include "base/map.h"
#include "cover/covdata.h"
#include "facts/coverage_impl.h"
#include "sys/file.h"

#include <stdlib.h>

#define BATCH 1024

struct data_file {
        struct str path, name, hash;
        enum covdata_kind kind;
};

struct listing {
        struct arena *arena;
        struct str folder;
        VEC(struct data_file) files;
};

static bool take_name(void *ctx, struct str name, unsigned char type UNUSED) {
        struct listing *listing = ctx;
        struct data_file file = { .name = str_dup(listing->arena, name) };

        file.kind = covdata_kind_of(file.name, &file.hash);
        file.path = str_join_path(listing->arena, listing->folder, name);
        if (file.kind != COVDATA_OTHER && file_is_regular(file.path))
                *VEC_ADD(listing->arena, &listing->files) = file;
        return true;
}

static int cmp_files(const void *a, const void *b) {
        const struct data_file *x = a, *y = b;
        int order = str_cmp(x->name, y->name);

        return order ? order : str_cmp(x->path, y->path);
}

/* The counters of all folders that belong to one covmeta. */
static bool add_counters(const struct listing *listing, struct str hash, struct covdata *data,
                         struct err *err) {
        for (size_t i = 0; i < listing->files.count; i++) {
                AUTO_ARENA scratch = arena_make(listing->arena->budget);
                const struct data_file *file = &listing->files.items[i];
                struct str bytes;

                if (file->kind != COVDATA_COUNTERS || !str_eq(file->hash, hash))
                        continue;
                if (!file_read(&scratch, file->path, COVDATA_FILE_MAX, &bytes, err) ||
                    !covdata_add(data, file->path, bytes, err))
                        return false;
        }
        return true;
}

static bool add_program(const struct listing *listing, const struct data_file *meta,
                        struct cover_profile *profile, struct err *err) {
        AUTO_ARENA scratch = arena_make(listing->arena->budget);
        struct covdata *data;
        struct str bytes;

        return file_read(&scratch, meta->path, COVDATA_FILE_MAX, &bytes, err) &&
               covdata_open(&scratch, meta->path, bytes, &data, err) &&
               add_counters(listing, meta->hash, data, err) && covdata_emit(data, profile, err);
}

/* The same program may have left its covmeta in several folders: one counts. */
static bool add_programs(const struct listing *listing, struct cover_profile *profile,
                         struct err *err) {
        struct map seen = map_make(listing->arena);

        for (size_t i = 0; i < listing->files.count; i++) {
                const struct data_file *file = &listing->files.items[i];

                if (file->kind != COVDATA_META || map_has(&seen, file->hash))
                        continue;
                map_put(&seen, file->hash);
                if (!add_program(listing, file, profile, err))
                        return false;
        }
        if (seen.count)
                return true;
        err_at(err, ERR_NOT_FOUND, listing->folder, 0, 0,
               "has no coverage data: no file covmeta.*");
        return err_mend(err, "name the folder that GOCOVERDIR named to the program");
}

/* Hands the blocks of one profile on to another. */
static bool hand_on(struct cover_profile *from, struct cover_profile *to, struct str source,
                    struct err *err) {
        struct cover_block blocks[BATCH];
        const struct cover_file *files;
        size_t count;

        if (!cover_profile_finish(from, &files, &count, err))
                return false;
        for (size_t i = 0; i < count; i++) {
                struct cover_cursor cursor = cover_run_walk(&files[i].run);
                size_t held;

                do {
                        for (held = 0; held < BATCH && cover_cursor_next(&cursor, &blocks[held]);)
                                held++;
                        if (!cover_profile_add_blocks(to, source, cover_profile_mode(from),
                                                      files[i].name, blocks, held, err))
                                return false;
                } while (held == BATCH);
        }
        return true;
}

bool coverage_add_folders(struct arena *arena, const struct str *folders, size_t count,
                          struct cover_profile *profile, struct err *err) {
        AUTO_ARENA scratch = arena_make(arena->budget);
        AUTO_COVER_PROFILE *counted =
                cover_profile_make(&scratch, (struct cover_workers){ 0 }, UINT32_MAX);
        struct listing listing = { .arena = &scratch };

        for (size_t i = 0; i < count; i++) {
                listing.folder = folders[i];
                if (!file_list(folders[i], take_name, &listing, err))
                        return false;
        }
        if (listing.files.count)
                qsort(listing.files.items, listing.files.count, sizeof(struct data_file),
                      cmp_files);
        return add_programs(&listing, counted, err) && hand_on(counted, profile, folders[0], err);
}
