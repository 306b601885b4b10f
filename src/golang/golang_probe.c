/* Prints what golang/ says of files, in the form that test/golang_oracle.go gives for Go's own
 * packages. Usage: golang_probe tokens|header|functions RELEASE < list of files, one a line.
 * RELEASE is N of the go1.N whose tags hold. */
#include "golang/constraint.h"
#include "golang/header.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("golang_probe: out of memory\n", stderr);
        exit(1);
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = end_when_full };

static void print_place(struct source_pos pos) {
        if (pos.line)
                printf(" %u:%u", pos.line, pos.column);
}

/* Text as Go's %q writes it where all is printable ASCII; the test leaves other files out. */
static void print_quoted(struct str text) {
        putchar('"');
        for (size_t i = 0; i < text.len; i++) {
                if (strchr("\"\\", text.ptr[i]))
                        putchar('\\');
                putchar(text.ptr[i]);
        }
        putchar('"');
}

static void print_tokens(struct arena *arena UNUSED, struct str bytes, uint32_t release UNUSED) {
        struct lexer lexer = lexer_make(bytes, true);

        for (struct token token; (token = lexer_next(&lexer)).kind != TOKEN_EOF;)
                printf("%u:%u %.*s\n", token.pos.line, token.pos.column,
                       STR_ARG(token.implied ? STR("~") : token_kind_text(token.kind)));
        if (lexer.error_count) {
                fputs("error", stdout);
                print_place(lexer.first_error.pos);
                putchar('\n');
        }
}

struct line {
        const char *kind;
        struct str text;
        struct source_pos pos;
};

static void print_line(const struct line *line) {
        printf("%s ", line->kind);
        print_quoted(line->text);
        print_place(line->pos);
        putchar('\n');
}

static void print_lists(const struct header *header) {
        for (size_t i = 0; i < header->import_count; i++)
                print_line(&(struct line){ "import", header->imports[i].path,
                                           header->imports[i].pos });
        for (size_t i = 0; i < header->embed_count; i++)
                print_line(&(struct line){ "embed", header->embeds[i].pattern,
                                           header->embeds[i].pos });
        for (size_t i = 0; i < header->directive_count; i++)
                print_line(&(struct line){ "directive", header->directives[i].text,
                                           header->directives[i].pos });
}

static void print_header(struct arena *arena, struct str bytes, uint32_t release) {
        struct build_context context = {
                .goos = STR("linux"), .goarch = STR("amd64"), .cgo = true, .release = release
        };
        struct header header = header_scan(arena, bytes);
        bool matches = false, known;
        struct err err;

        known = header.state != HEADER_UNREADABLE &&
                constraint_header_matches(&context, &header, &matches, &err);
        if (header.state == HEADER_UNREADABLE || !known) {
                puts("name \nerror");
                return;
        }
        if (!matches || str_eq(header.package_name, STR("documentation"))) {
                puts("ignored");
                return;
        }
        printf("name %.*s\n", STR_ARG(header.package_name));
        print_lists(&header);
        if (header.state != HEADER_OK) {
                fputs("error", stdout);
                print_place(header.fault_pos);
                putchar('\n');
        }
}

static void print_functions(struct arena *arena, struct str bytes, uint32_t release UNUSED) {
        const struct header_function *functions;
        size_t count;

        printf("generated %s\n", header_scan(arena, bytes).generated ? "true" : "false");
        header_functions(arena, bytes, &functions, &count);
        for (size_t i = 0; i < count; i++) {
                printf("func %.*s ", STR_ARG(functions[i].name));
                print_quoted(functions[i].receiver);
                printf(" %s %s", functions[i].pointer_receiver ? "true" : "false",
                       functions[i].has_body ? "true" : "false");
                print_place(functions[i].start);
                print_place(functions[i].end);
                putchar('\n');
        }
}

struct mode {
        const char *name;
        void (*print)(struct arena *arena, struct str bytes, uint32_t release);
};

static const struct mode modes[] = {
        { "tokens", print_tokens },
        { "header", print_header },
        { "functions", print_functions },
};

static const struct mode *mode_of(const char *name) {
        for (size_t i = 0; i < COUNT_OF(modes); i++)
                if (strcmp(modes[i].name, name) == 0)
                        return &modes[i];
        fprintf(stderr, "golang_probe: no mode %s\n", name);
        exit(64);
}

static void print_file(const struct mode *mode, uint32_t release, char *path) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes;
        struct err err;

        path[strcspn(path, "\n")] = 0;
        if (!file_read(&arena, str_of(path), LEXER_SOURCE_MAX, &bytes, &err)) {
                fprintf(stderr, "golang_probe: %s: %s\n", path, err.message);
                exit(1);
        }
        printf("== %s\n", path);
        mode->print(&arena, bytes, release);
}

int main(int argc, char **argv) {
        const struct mode *mode = mode_of(argc > 1 ? argv[1] : "");
        uint64_t release = 0;
        char path[4096];

        if (!str_to_u64(str_of(argc > 2 ? argv[2] : ""), &release))
                return 64;
        while (fgets(path, sizeof path, stdin))
                print_file(mode, (uint32_t)release, path);
        return 0;
}
