/* Prints the build list of a module or workspace from a module cache, for test/buildlist_test.py.
 *
 * usage: modload_buildlist_probe GOMODCACHE GOVERSION DIR
 *
 * DIR holds a go.work or a go.mod. One line per module, "PATH VERSION" (the version is empty for a
 * main module), or lines "fault KIND PATH VERSION WORDS", or "outdated PATH VERSION SELECTED". */
#include "gomod/gover.h"
#include "modload/buildlist.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const fault_names[] = {
#define X(name) #name,
        BUILDLIST_FAULTS(X)
#undef X
};

static void give_up(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("modload_buildlist_probe: out of memory\n", stderr);
        exit(1);
}

static void stop(const struct err *err) {
        printf("error %s:%u: %s\n", err->file, err->line, err->message);
        exit(0);
}

struct cache {
        struct str root, dir;
};

static bool cached_path(const struct cache *cache, struct arena *arena, struct mod_version mod,
                        struct str *ret_path, struct err *err) {
        struct str path, version;

        if (!modpath_escape(arena, mod.path, &path, err) ||
            !modpath_escape_version(arena, mod.version, &version, err))
                return false;
        *ret_path = str_fmt(arena, "%.*s/cache/download/%.*s/@v/%.*s.mod", STR_ARG(cache->root),
                            STR_ARG(path), STR_ARG(version));
        return true;
}

static enum mod_answer read_mod(void *ctx, struct arena *arena, struct mod_version mod,
                                struct str *ret_bytes, struct err *err) {
        const struct cache *cache = ctx;
        struct str path;

        if (mod.version.len == 0)
                path = str_fmt(arena, "%.*s%.*s/go.mod",
                               STR_ARG(*mod.path.ptr == '/' ? STR("") : cache->dir),
                               STR_ARG(mod.path));
        else if (!cached_path(cache, arena, mod, &path, err))
                return MOD_FAILED;
        if (file_read(arena, path, MODSYNTAX_FILE_MAX, ret_bytes, err))
                return MOD_ANSWERED;
        return err->code == ERR_NOT_FOUND ? MOD_ABSENT : MOD_FAILED;
}

static struct modfile *read_main(struct arena *arena, enum modfile_kind kind, struct str path) {
        struct modfile *mod = ARENA_NEW(arena, struct modfile);
        struct str text;
        struct err err;

        if (!file_read(arena, path, MODSYNTAX_FILE_MAX, &text, &err) ||
            !modfile_parse(arena, kind, path, text, mod, &err))
                stop(&err);
        return mod;
}

static void add_uses(struct arena *arena, struct str dir, struct buildlist_input *input) {
        struct buildlist_main *mains =
                ARENA_ARRAY(arena, struct buildlist_main, input->work->use_count);

        for (size_t i = 0; i < input->work->use_count; i++) {
                mains[i].dir = input->work->uses[i].value;
                mains[i].mod = read_main(
                        arena, MODFILE_MAIN,
                        str_fmt(arena, "%.*s/%.*s/go.mod", STR_ARG(dir), STR_ARG(mains[i].dir)));
        }
        input->mains = mains;
        input->main_count = input->work->use_count;
}

static void add_single(struct arena *arena, struct str dir, struct buildlist_input *input) {
        struct buildlist_main *main = ARENA_NEW(arena, struct buildlist_main);
        struct str sums_path = str_join_path(arena, dir, STR("go.sum")), text = STR_NONE;
        struct sumfile *sums = ARENA_NEW(arena, struct sumfile);
        struct err err;

        main->mod = read_main(arena, MODFILE_MAIN, str_join_path(arena, dir, STR("go.mod")));
        input->mains = main;
        input->main_count = 1;
        if ((!file_read(arena, sums_path, SUMFILE_FILE_MAX, &text, &err) &&
             err.code != ERR_NOT_FOUND) ||
            !sumfile_parse(arena, sums_path, text, sums, &err))
                stop(&err);
        input->sums = sums;
}

static void print_list(struct arena *arena, struct buildlist *list) {
        struct mod_version *mods, root;
        struct str selected;
        size_t count;

        if (buildlist_find_outdated_root(list, &root, &selected))
                printf("outdated %.*s %.*s %.*s\n", STR_ARG(root.path), STR_ARG(root.version),
                       STR_ARG(selected));
        mods = buildlist_modules(list, arena, &count);
        for (size_t i = 0; i < count; i++)
                if (!gover_is_pseudo_module(mods[i].path))
                        printf("%.*s %.*s\n", STR_ARG(mods[i].path), STR_ARG(mods[i].version));
}

int main(int argc, char **argv) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        AUTO_ARENA arena = arena_make(&budget);
        const struct buildlist_module **faults;
        struct buildlist *list;
        struct cache cache;
        struct buildlist_input input = { 0 };
        struct str work;
        struct err err;
        size_t fault_count;

        if (argc != 4)
                return 64;
        cache = (struct cache){ str_of(argv[1]), str_fmt(&arena, "%s/", argv[3]) };
        input.go_version = str_of(argv[2]);
        input.source = (struct mod_source){ &cache, read_mod };
        work = str_join_path(&arena, cache.dir, STR("go.work"));
        if (file_is_regular(work)) {
                input.work = read_main(&arena, MODFILE_WORK, work);
                add_uses(&arena, cache.dir, &input);
        } else {
                add_single(&arena, cache.dir, &input);
        }
        list = buildlist_make(&arena, &input);
        if (!buildlist_load(list, &err))
                stop(&err);
        faults = buildlist_faults(list, &arena, &fault_count);
        for (size_t i = 0; i < fault_count; i++)
                printf("fault %s %.*s %.*s %s\n", fault_names[faults[i]->fault],
                       STR_ARG(faults[i]->mod.path), STR_ARG(faults[i]->mod.version),
                       faults[i]->err.message);
        if (fault_count == 0)
                print_list(&arena, list);
        return 0;
}
