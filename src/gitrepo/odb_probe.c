/* Asks an odb of the repository at a path, for test/odb_test.py: every object as "ID TYPE SIZE LF",
 * its bytes and LF, or as "ID error" and the words; in no order. An error of the whole ends with
 * status 1 and its parts on stderr. */
#include "gitrepo/odb.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("memory is full\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = (size_t)4 << 30, .on_full = stop_when_full };

static const char *const types[] = { "unknown", "commit", "tree", "blob", "tag" };

struct printing {
        struct odb *odb;
        pthread_mutex_t lock;
        bool is_quiet;
        _Atomic uint64_t bytes, objects;
};

static void print_object(struct printing *p, uint32_t number, enum object_type type,
                         struct str bytes, const struct err *err) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str hex = odb_hex(p->odb, &arena, number);

        pthread_mutex_lock(&p->lock);
        if (err)
                printf("%.*s error %s | %s\n", STR_ARG(hex), err->message, err->mend);
        else {
                printf("%.*s %s %zu\n", STR_ARG(hex), types[type], bytes.len);
                fwrite(bytes.ptr, 1, bytes.len, stdout);
                putchar('\n');
        }
        pthread_mutex_unlock(&p->lock);
}

static void *visit(void *ctx, const struct odb_visit *v) {
        struct printing *p = ctx;

        p->bytes += v->bytes.len;
        p->objects++;
        if (!p->is_quiet)
                print_object(p, v->number, v->type, v->bytes, v->err);
        return NULL;
}

static bool ask_walk(struct printing *p, unsigned workers, struct err *err) {
        struct odb_walk walk = {
                .types = ODB_ALL_TYPES, .workers = workers, .visit = visit, .ctx = p
        };

        return odb_index(p->odb, err) && odb_walk(p->odb, &walk, err);
}

static bool ask_read(struct printing *p, struct err *err) {
        AUTO_ODB_READER *reader = odb_reader_open(p->odb);

        for (uint32_t i = 0; reader && i < odb_count(p->odb); i++) {
                struct odb_object object = { 0 };
                bool ok;

                if (odb_find(p->odb, odb_id(p->odb, i)) != i)
                        continue;
                ok = odb_read(reader, i, &object, err);
                print_object(p, i, object.type, object.bytes, ok ? NULL : err);
        }
        return true;
}

static bool ask_time(struct printing *p, unsigned workers, struct err *err) {
        uint64_t start = clock_now_ns(), indexed;

        p->is_quiet = true;
        if (!odb_index(p->odb, err))
                return false;
        indexed = clock_now_ns();
        if (!ask_walk(p, workers, err))
                return false;
        printf("objects %llu\nbytes %llu\nindex ms %.1f\nwalk ms %.1f\n",
               (unsigned long long)p->objects, (unsigned long long)p->bytes,
               (double)(indexed - start) / 1e6, (double)(clock_now_ns() - indexed) / 1e6);
        return true;
}

static bool ask(struct printing *p, const char *question, unsigned workers, struct err *err) {
        if (!strcmp(question, "walk"))
                return ask_walk(p, workers, err);
        if (!strcmp(question, "time"))
                return ask_time(p, workers, err);
        return ask_read(p, err);
}

/* odb_probe PATH walk|read|time [WORKERS] */
int main(int argc, char **argv) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_REPO *repo = NULL;
        AUTO_ODB *odb = NULL;
        struct env env = env_of_process();
        struct printing printing = { .lock = PTHREAD_MUTEX_INITIALIZER };
        uint64_t workers = 2;
        struct err err = { 0 };

        if (argc < 3 || (argc > 3 && !str_to_u64(str_of(argv[3]), &workers)))
                return 64;
        if (repo_open_any(&arena, &env, str_of(argv[1]), &repo, &err) && repo &&
            odb_open(repo, &arena, &odb, &err)) {
                printing.odb = odb;
                if (ask(&printing, argv[2], (unsigned)workers, &err))
                        return 0;
        }
        fprintf(stderr, "%s\n%s\n%s\n", err.message, err.file, err.mend);
        return 1;
}
