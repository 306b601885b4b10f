/* Prints what the go command would refuse, for test/refusal_test.py.
 *
 * usage: modload_refusal_probe NAME=VALUE...
 *
 * root       the folder that is judged, absolute       dir         the module's folder in it
 * work       the folder of the go.work in it           modcache    GOMODCACHE, absolute
 * goversion  1.26.8                                    gotoolchain GOTOOLCHAIN
 * goroot     GOROOT, absolute                          cgo         1 with CGO_ENABLED=1
 * path       PATH                                      gosumdb     GOSUMDB
 * gonosumdb  GONOSUMDB
 *
 * The first line is the verdict (accepted, unjudged, refused); then one line per refusal and per
 * thing that is unjudged. */
#include "golang/constraint.h"
#include "gomod/gover.h"
#include "modload/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("modload_refusal_probe: out of memory\n", stderr);
        exit(1);
}

static void stop(const struct err *err) {
        printf("error %s:%u: %s\n", err->file, err->line, err->message);
        exit(0);
}

static struct str value_of(char **argv, const char *name) {
        size_t len = strlen(name);

        for (; *argv; argv++)
                if (strncmp(*argv, name, len) == 0 && (*argv)[len] == '=')
                        return str_of(*argv + len + 1);
        return STR_NONE;
}

static uint32_t release_of(struct str version) {
        struct str language = gover_language(version), major, minor = STR_NONE;
        uint64_t release = 0;

        if (str_cut(language, '.', &major, &minor))
                str_to_u64(minor, &release);
        return (uint32_t)release;
}

static void print_report(const struct refusal_report *report) {
        puts(report->refusal_count ? "refused" : report->unjudged_count ? "unjudged" : "accepted");
        for (size_t i = 0; i < report->refusal_count; i++) {
                const struct refusal *r = &report->refusals[i];

                printf("refusal %s at %.*s:%u:%u module %.*s@%.*s package %.*s: %.*s\n",
                       refusal_name(r->kind), STR_ARG(r->file), r->line, r->column,
                       STR_ARG(r->module), STR_ARG(r->version), STR_ARG(r->package),
                       STR_ARG(r->detail));
        }
        for (size_t i = 0; i < report->unjudged_count; i++)
                printf("unjudged %.*s@%.*s: %.*s; mend: %.*s\n",
                       STR_ARG(report->unjudged[i].module), STR_ARG(report->unjudged[i].version),
                       STR_ARG(report->unjudged[i].why), STR_ARG(report->unjudged[i].mend));
}

int main(int argc UNUSED, char **argv) {
        struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        struct build_context context = { .goos = STR("linux"), .goarch = STR("amd64") };
        struct refusal_report report;
        struct refusal_input input = { .context = &context };
        struct modcache cache;
        struct tree *tree;
        struct err err;

        if (!tree_open_worktree(&arena, value_of(argv, "root"), &tree, &err) ||
            !modcache_open(value_of(argv, "modcache"), &cache, &err))
                stop(&err);
        input.tree = tree;
        input.cache = &cache;
        input.dir = value_of(argv, "dir");
        input.in_workspace = value_of(argv, "work").ptr != NULL;
        input.work_dir = value_of(argv, "work");
        input.go_version = value_of(argv, "goversion");
        input.gotoolchain = value_of(argv, "gotoolchain");
        input.search_path = value_of(argv, "path");
        input.sum_database = value_of(argv, "gosumdb");
        input.no_sum_database = value_of(argv, "gonosumdb");
        if (value_of(argv, "goroot").len)
                input.std = source_of_folder(
                        &arena, str_join_path(&arena, value_of(argv, "goroot"), STR("src")));
        context.cgo = str_eq(value_of(argv, "cgo"), STR("1"));
        context.release = release_of(input.go_version);
        constraint_tool_tags(&arena, context.goos, context.goarch, STR_NONE, STR_NONE,
                             context.release, &context.tool_tags, &context.tool_tag_count);
        if (!refusal_judge(&arena, &input, &report, &err))
                stop(&err);
        print_report(&report);
        return 0;
}
