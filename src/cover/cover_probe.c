/* Lets the scripts of test/ ask cover/.
 *
 *     cover_probe merge [-p PIECE_SIZE] [-j THREADS] PROFILE...
 * prints what the profiles together say, in the text form of a profile, sorted by file and place.
 *     cover_probe covdata COVMETA COVCOUNTERS...
 * prints the same of what a program built with -cover has left. */
#include "cover/covdata.h"
#include "sys/file.h"
#include "sys/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CEILING ((size_t)2 << 30)

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("out of memory\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = CEILING, .on_full = end_when_full };

struct open_file {
        struct str path;
        int fd;
};

static bool read_file(void *ctx, uint64_t offset, char *buffer, size_t size, size_t *ret_read,
                      struct err *err) {
        struct open_file *file = ctx;

        return file_read_at(file->fd, file->path, offset, buffer, size, ret_read, err);
}

static bool add_file(struct cover_profile *profile, const char *path, struct err *err) {
        struct open_file file = { str_of(path), -1 };
        struct cover_input input = { .ctx = &file, .read = read_file };
        bool ok = file_open(file.path, &file.fd, &input.size, err) &&
                  cover_profile_add(profile, file.path, &input, err);

        file_close(&file.fd);
        return ok;
}

static void print_file(const struct cover_file *file) {
        struct cover_cursor cursor = cover_run_walk(&file->run);
        struct cover_block block;

        while (cover_cursor_next(&cursor, &block))
                printf("%.*s:%u.%u,%u.%u %u %llu\n", STR_ARG(file->name), COVER_LINE(block.start),
                       COVER_COLUMN(block.start), COVER_LINE(block.end), COVER_COLUMN(block.end),
                       block.statements, (unsigned long long)block.count);
}

static bool print_all(struct cover_profile *profile, struct err *err) {
        const struct cover_file *files;
        size_t count;

        if (!cover_profile_finish(profile, &files, &count, err))
                return false;
        printf("mode: %s\n", cover_mode_word(cover_profile_mode(profile)));
        for (size_t i = 0; i < count; i++)
                print_file(&files[i]);
        return true;
}

static bool read_counters(struct arena *arena, char **paths, struct covdata *data,
                          struct err *err) {
        for (; *paths; paths++) {
                struct str bytes;

                if (!file_read(arena, str_of(*paths), COVDATA_FILE_MAX, &bytes, err) ||
                    !covdata_add(data, str_of(*paths), bytes, err))
                        return false;
        }
        return true;
}

static bool covdata(struct arena *arena, struct cover_workers workers UNUSED, char **paths,
                    struct err *err) {
        AUTO_COVER_PROFILE *profile =
                cover_profile_make(arena, (struct cover_workers){ 0 }, UINT32_MAX);
        struct covdata *data;
        struct str bytes;

        return file_read(arena, str_of(*paths), COVDATA_FILE_MAX, &bytes, err) &&
               covdata_open(arena, str_of(*paths), bytes, &data, err) &&
               read_counters(arena, paths + 1, data, err) && covdata_emit(data, profile, err) &&
               print_all(profile, err);
}

static bool merge(struct arena *arena, struct cover_workers workers, char **paths,
                  struct err *err) {
        AUTO_COVER_PROFILE *profile = cover_profile_make(arena, workers, COVER_COUNT_MAX);

        for (; *paths; paths++)
                if (!add_file(profile, *paths, err))
                        return false;
        return print_all(profile, err);
}

static int complain(const struct err *err) {
        AUTO_ARENA arena = arena_make(&budget);

        fprintf(stderr, "%.*s\n", STR_ARG(err_line(err, &arena)));
        return 2;
}

static const struct {
        const char *name;
        bool (*run)(struct arena *arena, struct cover_workers workers, char **paths,
                    struct err *err);
} verbs[] = { { "merge", merge }, { "covdata", covdata } };

int main(int argc, char **argv) {
        AUTO_ARENA arena = arena_make(&budget);
        struct cover_workers workers = { .each = pool_each };
        struct err err;
        int at = 2;

        for (; at + 1 < argc && *argv[at] == '-'; at += 2) {
                unsigned long value = strtoul(argv[at + 1], NULL, 10);

                if (strcmp(argv[at], "-p") == 0)
                        workers.piece_size = value;
                else
                        workers.threads = (unsigned)value;
        }
        for (size_t i = 0; argc > at && i < COUNT_OF(verbs); i++)
                if (strcmp(argv[1], verbs[i].name) == 0)
                        return verbs[i].run(&arena, workers, argv + at, &err) ? 0 : complain(&err);
        return 64;
}
