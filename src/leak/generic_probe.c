/* Prints the candidates of files, for tests: KIND LINE COLUMN LENGTH NAME a line, under the file's
 * path where several are asked for. Never the value, but with --show, for who looks at alarms.
 * Usage: generic_probe [--show] [--as PATH] < list of files, one a line. --as: what the (one) file
 * is called. */
#include "leak/generic.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)256 << 20)

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("generic_probe: out of memory\n", stderr);
        exit(1);
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = end_when_full };

struct print {
        struct str path;
        bool show;
};

/* On one line, whatever it is. */
static void print_value(struct str value) {
        for (size_t i = 0; i < value.len; i++) {
                unsigned char c = (unsigned char)value.ptr[i];

                if (c < ' ' || c > '~')
                        printf("\\x%02x", c);
                else
                        putchar(c);
        }
}

static void print_candidate(void *ctx, const struct generic_candidate *candidate) {
        static const char *const kinds[] = { "assignment", "url", "dsn", "derived" };
        const struct print *print = ctx;

        printf("%.*s\t%s\t%u\t%u\t%zu\t", STR_ARG(print->path), kinds[candidate->kind],
               candidate->line, candidate->column, candidate->value.len);
        print_value(candidate->name);
        if (print->show) {
                putchar('\t');
                print_value(candidate->value);
        }
        putchar('\n');
}

static void scan_file(struct print *print, struct str path, struct str name) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes;
        struct err err;

        print->path = name;
        if (!file_read(&arena, path, FILE_MAX, &bytes, &err))
                return;
        generic_scan(&arena, name, bytes, UINT64_MAX, print_candidate, print);
}

int main(int argc, char **argv) {
        struct print print = { .show = false };
        struct str as = STR_NONE;
        char path[4096];

        for (int i = 1; i < argc; i++) {
                if (!strcmp(argv[i], "--show"))
                        print.show = true;
                else if (!strcmp(argv[i], "--as") && i + 1 < argc)
                        as = str_of(argv[++i]);
        }
        while (fgets(path, sizeof(path), stdin)) {
                struct str file = str_trim(str_of(path));

                scan_file(&print, file, as.len ? as : file);
        }
        return 0;
}
