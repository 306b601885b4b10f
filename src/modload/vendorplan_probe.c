/* Prints the modules.txt that go mod vendor would write.
 *
 * Reads its task from standard input, one instruction a line:
 *   cgo 0|1
 *   main FOLDER [DIR]      a main module; DIR: its folder relative to go.work's
 *   work FILE              the go.work
 *   module root|dep PATH VERSION GOVERSION FOLDER   of the build list (GOVERSION - for none)
 * Folders are absolute. */
#include "modload/vendorplan.h"

#include "base/vec.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("vendorplan_probe: out of memory\n", stderr);
        exit(1);
}

static struct arena_budget budget = { .ceiling = (size_t)2 << 30, .on_full = end_when_full };

struct probe {
        struct arena arena;
        struct build_context context;
        VEC(struct vendor_main) mains;
        VEC(struct packages_module) modules;
        struct modfile work;
        bool has_work;
        struct map go_versions; /* module path -> struct str */
};

static void stop(const struct err *err) {
        fprintf(stderr, "vendorplan_probe: %s\n", err->message);
        exit(1);
}

static struct str word(struct str *rest) {
        struct str first = *rest, after = STR("");

        (void)str_cut(*rest, ' ', &first, &after);
        *rest = after;
        return first;
}

static bool open_folder(void *ctx, const struct packages_module *module, struct arena *arena,
                        struct package_source *ret_source, struct err *err UNUSED) {
        *ret_source = source_of_folder(arena, str_of(ctx));
        ret_source->has_nested_modules = module->is_main;
        return true;
}

static struct modfile parse(struct probe *probe, enum modfile_kind kind, struct str file) {
        struct modfile mod = { 0 };
        struct str text;
        struct err err;

        if (!file_read(&probe->arena, file, MODSYNTAX_FILE_MAX, &text, &err) ||
            !modfile_parse(&probe->arena, kind, file, text, &mod, &err))
                stop(&err);
        return mod;
}

static void set_go_version(struct probe *probe, struct str path, struct str version) {
        struct str *kept = ARENA_NEW(&probe->arena, struct str);

        *kept = version;
        *map_put(&probe->go_versions, path) = kept;
}

static void add_main(struct probe *probe, struct str rest) {
        struct str folder = word(&rest);
        struct modfile *mod = ARENA_NEW(&probe->arena, struct modfile);

        *mod = parse(probe, MODFILE_MAIN, str_join_path(&probe->arena, folder, STR("go.mod")));
        *VEC_ADD(&probe->arena, &probe->mains) = (struct vendor_main){ .mod = mod, .dir = rest };
        *VEC_ADD(&probe->arena, &probe->modules) =
                (struct packages_module){ .path = mod->module.path,
                                          .is_main = true,
                                          .is_root = true,
                                          .open = open_folder,
                                          .ctx = str_to_c(&probe->arena, folder) };
        set_go_version(probe, mod->module.path, mod->go.value);
}

static void add_module(struct probe *probe, struct str rest) {
        struct packages_module module = { .open = open_folder };
        struct str version;

        module.is_root = str_eq(word(&rest), STR("root"));
        module.path = word(&rest);
        module.version = word(&rest);
        version = word(&rest);
        module.ctx = str_to_c(&probe->arena, rest);
        set_go_version(probe, module.path, str_eq(version, STR("-")) ? STR("") : version);
        *VEC_ADD(&probe->arena, &probe->modules) = module;
}

static void set_work(struct probe *probe, struct str rest) {
        probe->work = parse(probe, MODFILE_WORK, rest);
        probe->has_work = true;
}

static void set_cgo(struct probe *probe, struct str rest) {
        probe->context.cgo = str_eq(rest, STR("1"));
}

struct instruction {
        const char *name;
        void (*run)(struct probe *probe, struct str rest);
};

static const struct instruction instructions[] = {
        { "cgo", set_cgo },
        { "main", add_main },
        { "module", add_module },
        { "work", set_work },
};

static void run_line(struct probe *probe, struct str line) {
        struct str name = word(&line);

        for (size_t i = 0; i < COUNT_OF(instructions); i++)
                if (str_eq(name, str_of(instructions[i].name)))
                        instructions[i].run(probe, line);
}

static struct str go_version_of(void *ctx, struct str path) {
        void **found = map_get(ctx, path);

        return found ? *(struct str *)*found : STR_NONE;
}

static void print_plan(struct probe *probe) {
        struct packages_world world = { .modules = probe->modules.items,
                                        .module_count = probe->modules.count,
                                        .lazy = true,
                                        .context = &probe->context };
        struct vendorlist_input list = { .mains = probe->mains.items,
                                         .main_count = probe->mains.count,
                                         .work = probe->has_work ? &probe->work : NULL };
        struct vendorplan_input input = { &list, &world, go_version_of, &probe->go_versions };
        struct vendorplan plan;
        struct err err;

        if (!vendorplan_make(&input, &probe->arena, &plan, &err))
                stop(&err);
        fwrite(plan.modules_txt.ptr, 1, plan.modules_txt.len, stdout);
        for (size_t i = 0; i < plan.packages.count; i++)
                if (plan.packages.items[i].problem.kind != PACKAGE_OK &&
                    plan.packages.items[i].problem.kind != PACKAGE_MISSING_STD)
                        fprintf(stderr, "%.*s: %.*s\n", STR_ARG(plan.packages.items[i].path),
                                STR_ARG(plan.packages.items[i].problem.message));
}

int main(void) {
        struct probe probe = { .arena = arena_make(&budget), .context = { .any = true } };
        char line[8192];

        probe.go_versions = map_make(&probe.arena);
        probe.context.release = 26;
        while (fgets(line, sizeof line, stdin)) {
                line[strcspn(line, "\n")] = 0;
                run_line(&probe, str_dup(&probe.arena, str_of(line)));
        }
        print_plan(&probe);
        arena_drop(&probe.arena);
        return 0;
}
