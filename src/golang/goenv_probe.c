/* Prints the go command's settings as weir takes them, NAME=value a line, from this process's
 * environment. Usage: goenv_probe GOROOT 0|1 (whether a C compiler is there). */
#include "golang/goenv.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        exit(1);
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = end_when_full };

static struct str bytes_of(struct arena *arena, struct str path) {
        struct str bytes;
        struct err err;

        return file_read(arena, path, GOENV_FILE_MAX, &bytes, &err) ? bytes : STR_NONE;
}

int main(int argc, char **argv) {
        AUTO_ARENA arena = arena_make(&budget);
        struct goenv_input input = { .env = env_of_process() };
        struct build_context context;
        struct goenv goenv;
        struct str path;
        struct err err;

        if (argc < 3)
                return 64;
        input.goroot = str_of(argv[1]);
        input.has_c_compiler = strcmp(argv[2], "1") == 0;
        input.goroot_file = bytes_of(&arena, str_join_path(&arena, input.goroot, STR("go.env")));
        input.goroot_version =
                bytes_of(&arena, str_join_path(&arena, input.goroot, STR("VERSION")));
        if (goenv_user_file(&input.env, &arena, &path))
                input.user_file = bytes_of(&arena, path);
        if (!goenv_read(&arena, &input, &goenv, &err)) {
                printf("error=%s\n", err.message);
                return 0;
        }
        for (size_t i = 0; i < GOENV_NAME_COUNT; i++)
                printf("%.*s=%.*s\n", STR_ARG(goenv_name_text((enum goenv_name)i)),
                       STR_ARG(goenv.values[i].text));
        printf("GOVERSION=%.*s\nrelease=%u\n", STR_ARG(goenv.version), goenv.release);
        for (size_t i = 0; i < goenv.tag_count; i++)
                printf("tag=%.*s\n", STR_ARG(goenv.tags[i]));
        context = goenv_build_context(&arena, &goenv);
        for (size_t i = 0; i < context.tool_tag_count; i++)
                printf("tool=%.*s\n", STR_ARG(context.tool_tags[i]));
        return 0;
}
