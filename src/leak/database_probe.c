/* Scans the files named on standard input, a path a line, with a bare Vectorscan loop over the
 * database of weir's own rules: what the search for secrets is measured against. Prints how many
 * bytes and ends there were and the processor time of the scan alone, in seconds. */
#include "leak/own.h"
#include "leak/ruleset_pack.h"
#include "leak/scan_impl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)

static void full(struct arena_budget *budget, size_t wanted) {
        fprintf(stderr, "%zu bytes do not suffice for %zu more\n", budget->ceiling, wanted);
        exit(1);
}

static bool count_end(void *ctx, unsigned expression, size_t end) {
        (void)expression;
        (void)end;
        ++*(size_t *)ctx;
        return true;
}

static double seconds(void) {
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t read_file(const char *path, char *buffer) {
        int fd = open(path, O_RDONLY);
        size_t size = 0;
        ssize_t got;

        while (fd >= 0 && size < FILE_MAX && (got = read(fd, buffer + size, FILE_MAX - size)) > 0)
                size += (size_t)got;
        if (fd >= 0)
                close(fd);
        return size;
}

static void scan_all(const struct scan_set *set, struct database_scratch *scratch) {
        char path[4096], *buffer = malloc(FILE_MAX);
        size_t bytes = 0, ends = 0;
        double spent = 0;

        while (buffer && fgets(path, sizeof(path), stdin)) {
                struct str text = { buffer, 0 };
                double start;

                path[strcspn(path, "\n")] = '\0';
                text.len = read_file(path, buffer);
                start = seconds();
                (void)database_scan(set->database, scratch, text, count_end, &ends);
                spent += seconds() - start;
                bytes += text.len;
        }
        free(buffer);
        printf("%zu bytes %zu ends %.6f seconds\n", bytes, ends, spent);
}

int main(void) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = full };
        AUTO_ARENA arena = arena_make(&budget);
        struct ruleset rules;
        struct scan_source source = { .rules = &rules, .database = own_rules_database() };
        struct scan_set *set = NULL;
        struct database_scratch *scratch;
        struct err err;

        if (!ruleset_unpack(&arena, own_rules_packed(), &rules, &err) ||
            !scan_set_make(&arena, &source, &set, &err)) {
                fprintf(stderr, "%s\n", err.message);
                return 1;
        }
        scratch = database_scratch_open(set->database);
        scan_all(set, scratch);
        database_scratch_close(&scratch);
        scan_set_close(&set);
        return 0;
}
