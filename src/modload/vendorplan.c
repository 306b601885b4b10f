#include "modload/vendorplan.h"

#include "base/buf.h"
#include "base/vec.h"
#include "gomod/gover.h"
#include "modload/pattern.h"

#include <stdlib.h>

#define MARKS_SINCE STR("1.14")    /* explicit modules and unused replacements are listed */
#define GO_MARKS_SINCE STR("1.17") /* go versions are marked */

struct planner {
        const struct vendorplan_input *input;
        struct arena *arena;
        VEC(struct packages_root) roots;
        VEC(struct vendorplan_module) modules;
        bool marks, go_marks;
        struct buf txt;
};

/* ---- packages ---- */

static struct str word_at(const struct modfile_word *words, size_t at) {
        return words[at].value;
}

static struct pattern_ignores ignores_of(const struct modfile *mod, struct arena *arena) {
        struct str *items = ARENA_ARRAY(arena, struct str, mod->ignore_count);

        for (size_t i = 0; i < mod->ignore_count; i++)
                items[i] = word_at(mod->ignores, i);
        return (struct pattern_ignores){ items, mod->ignore_count };
}

static bool find_main(const struct packages_world *world, struct str path, uint32_t *ret_index) {
        for (uint32_t i = 0; i < world->module_count; i++)
                if (world->modules[i].is_main && str_eq(world->modules[i].path, path)) {
                        *ret_index = i;
                        return true;
                }
        return false;
}

/* Every package of a main module, and its tools. */
static bool add_roots(struct planner *planner, const struct modfile *mod, struct err *err) {
        const struct packages_world *world = planner->input->world;
        struct pattern_ignores ignores = ignores_of(mod, planner->arena);
        const struct packages_module *module;
        struct package_source source;
        struct str_list folders;
        uint32_t index;

        if (!find_main(world, mod->module.path, &index))
                return err_set(err, ERR_USAGE, "%.*s is not among the main modules",
                               STR_ARG(mod->module.path));
        module = &world->modules[index];
        if (!module->open(module->ctx, module, planner->arena, &source, err) ||
            !pattern_match(&source, STR(""), &ignores, world->context, planner->arena, &folders,
                           err))
                return false;
        for (size_t i = 0; i < folders.count; i++)
                *VEC_ADD(planner->arena, &planner->roots) =
                        (struct packages_root){ .module = index, .folder = folders.items[i] };
        for (size_t i = 0; i < mod->tool_count; i++)
                *VEC_ADD(planner->arena, &planner->roots) =
                        (struct packages_root){ .module = PACKAGE_NONE,
                                                .path = word_at(mod->tools, i) };
        return true;
}

/* ---- modules ---- */

static struct vendorplan_module *find_module(struct planner *planner, struct mod_version mod) {
        for (size_t i = 0; i < planner->modules.count; i++)
                if (mod_version_eq(planner->modules.items[i].mod, mod))
                        return &planner->modules.items[i];
        return NULL;
}

static struct vendorplan_module *module_for(struct planner *planner, struct mod_version mod) {
        struct vendorplan_module *module = find_module(planner, mod);

        if (module)
                return module;
        module = VEC_ADD(planner->arena, &planner->modules);
        module->mod = mod;
        return module;
}

static void add_explicit(struct planner *planner, const struct modfile *mod) {
        for (size_t i = 0; i < mod->require_count; i++)
                module_for(planner, mod->requires[i].mod)->is_explicit = true;
}

typedef VEC(struct str) str_vec;

/* The packages of each module of the build list, main modules left out, sorted. */
static void add_packages(struct planner *planner, const struct packages *packages) {
        const struct packages_world *world = planner->input->world;
        str_vec *lists = ARENA_ARRAY(planner->arena, str_vec, world->module_count);

        for (size_t i = 0; i < packages->count; i++) {
                const struct package *package = &packages->items[i];

                if (package->module != PACKAGE_NONE && !world->modules[package->module].is_main)
                        *VEC_ADD(planner->arena, &lists[package->module]) = package->path;
        }
        for (size_t i = 0; i < world->module_count; i++) {
                struct mod_version mod = { world->modules[i].path, world->modules[i].version };
                struct vendorplan_module *module;

                if (lists[i].count == 0)
                        continue;
                qsort(lists[i].items, lists[i].count, sizeof(struct str), str_cmp_qsort);
                module = module_for(planner, mod);
                module->packages = lists[i].items;
                module->package_count = lists[i].count;
        }
}

static int compare_modules(const void *a, const void *b) {
        return mod_version_cmp(((const struct vendorplan_module *)a)->mod,
                               ((const struct vendorplan_module *)b)->mod);
}

static void fill_modules(struct planner *planner) {
        const struct vendorplan_input *input = planner->input;

        if (planner->modules.count)
                qsort(planner->modules.items, planner->modules.count,
                      sizeof(struct vendorplan_module), compare_modules);
        for (size_t i = 0; i < planner->modules.count; i++) {
                struct vendorplan_module *module = &planner->modules.items[i];

                module->replacement =
                        vendorlist_replacement(input->list, planner->arena, module->mod);
                if (planner->go_marks)
                        module->go_version = input->go_version_of(input->ctx, module->mod.path);
        }
}

/* ---- modules.txt ---- */

static void write_line(struct planner *planner, struct mod_version mod,
                       struct mod_version replacement) {
        struct buf *txt = &planner->txt;

        buf_printf(txt, "# %.*s%s%.*s", STR_ARG(mod.path), mod.version.len ? " " : "",
                   STR_ARG(mod.version));
        if (replacement.path.len)
                buf_printf(txt, " => %.*s%s%.*s", STR_ARG(replacement.path),
                           replacement.version.len ? " " : "", STR_ARG(replacement.version));
        buf_add_char(txt, '\n');
}

static void write_marks(struct planner *planner, const struct vendorplan_module *module) {
        bool has_go = module->go_version.len > 0;

        if (!module->is_explicit && !has_go)
                return;
        buf_printf(&planner->txt, "## %s%s%s%.*s\n", module->is_explicit ? "explicit" : "",
                   module->is_explicit && has_go ? "; " : "", has_go ? "go " : "",
                   STR_ARG(module->go_version));
}

static void write_modules(struct planner *planner) {
        for (size_t i = 0; i < planner->modules.count; i++) {
                const struct vendorplan_module *module = &planner->modules.items[i];

                write_line(planner, module->mod, module->replacement);
                write_marks(planner, module);
                for (size_t j = 0; j < module->package_count; j++) {
                        buf_add(&planner->txt, module->packages[j]);
                        buf_add_char(&planner->txt, '\n');
                }
        }
}

static bool was_written(struct map *written, struct planner *planner, struct mod_version mod) {
        struct str key = mod_version_text(planner->arena, mod);
        void **slot;

        if (find_module(planner, mod) || map_has(written, key))
                return true;
        slot = map_put(written, key);
        *slot = NULL;
        return false;
}

/* Replacements that no listed module has: without the build list nobody could tell that they had
 * no effect. */
static void write_replaces(struct planner *planner, const struct modfile *mod,
                           struct map *written) {
        for (size_t i = 0; i < mod->replace_count; i++) {
                const struct modfile_replace *replace = &mod->replaces[i];
                struct mod_version new_mod = replace->new_mod;

                if (was_written(written, planner, replace->old_mod))
                        continue;
                if (mod->kind != MODFILE_WORK)
                        new_mod = vendorlist_replacement(planner->input->list, planner->arena,
                                                         replace->old_mod);
                if (new_mod.path.len)
                        write_line(planner, replace->old_mod, new_mod);
        }
}

static void write_txt(struct planner *planner) {
        const struct vendorlist_input *list = planner->input->list;
        struct map written = map_make(planner->arena);

        if (list->work)
                buf_add(&planner->txt, STR("## workspace\n"));
        write_modules(planner);
        if (!planner->marks)
                return;
        if (list->work)
                write_replaces(planner, list->work, &written);
        for (size_t i = 0; i < list->main_count; i++)
                write_replaces(planner, list->mains[i].mod, &written);
}

static void choose_marks(struct planner *planner) {
        const struct vendorlist_input *list = planner->input->list;
        struct str go = vendorlist_go_version(list);
        bool has_go_line = list->work || list->mains[0].mod->go.value.len > 0;

        planner->marks = gover_compare(go, MARKS_SINCE) >= 0 && has_go_line;
        planner->go_marks = gover_compare(go, GO_MARKS_SINCE) >= 0;
}

bool vendorplan_make(const struct vendorplan_input *input, struct arena *arena,
                     struct vendorplan *ret_plan, struct err *err) {
        struct planner planner = { .input = input, .arena = arena, .txt = buf_make(arena) };
        struct packages packages;

        choose_marks(&planner);
        for (size_t i = 0; i < input->list->main_count; i++)
                if (!add_roots(&planner, input->list->mains[i].mod, err))
                        return false;
        if (!packages_load(input->world, planner.roots.items, planner.roots.count,
                           PACKAGES_TESTS_OF_MAIN, arena, &packages, err))
                return false;
        for (size_t i = 0; i < input->list->main_count && planner.marks; i++)
                add_explicit(&planner, input->list->mains[i].mod);
        add_packages(&planner, &packages);
        fill_modules(&planner);
        write_txt(&planner);
        *ret_plan = (struct vendorplan){ .modules = planner.modules.items,
                                         .module_count = planner.modules.count,
                                         .modules_txt = buf_str(&planner.txt),
                                         .packages = packages };
        return true;
}
