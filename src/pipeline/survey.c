#include "pipeline/survey.h"

#include "gomod/gover.h"
#include "gomod/modfile.h"
#include "pipeline/services.h"

#define OLDEST_GO STR("1.21") /* of images: older ones know no toolchain lines */

struct look {
        struct arena *arena;
        const struct tree *tree;
        struct survey *survey;
        struct str newest; /* the highest Go asked for so far */
        VEC(struct survey_module) modules;
};

bool survey_is_plain_path(struct str path) {
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789._/+@,=- ";

        for (size_t i = 0; i < path.len; i++)
                if (str_find(str_of(allowed), path.ptr[i]) == SIZE_MAX)
                        return false;
        return !path.len || (path.ptr[0] != '-' && path.ptr[0] != ' ');
}

static bool read_modfile(struct look *l, enum modfile_kind kind, struct str path,
                         struct modfile *ret_mod) {
        const struct tree_entry *entry = tree_find(l->tree, path);
        struct str text;
        struct err err;

        return entry && entry->kind == TREE_FILE &&
               tree_read(l->tree, entry, l->arena, MODSYNTAX_FILE_MAX, &text, &err) &&
               modfile_parse(l->arena, kind, path, text, ret_mod, &err);
}

/* The toolchain line names what the authors build with; the go line what is at least needed. */
static struct str go_asked_for(const struct modfile *mod) {
        struct str go = modfile_go_version(mod);
        struct str toolchain = gover_of_toolchain(mod->toolchain.value);

        return toolchain.len && gover_compare(toolchain, go) > 0 ? toolchain : go;
}

static bool is_of_module(const struct tree_entry *entry, struct str dir) {
        struct str below = str_slice(entry->path, dir.len, entry->path.len);

        return str_has_suffix(below, STR("_test.go")) && !str_has_prefix(below, STR("vendor/")) &&
               !str_contains(below, STR("/vendor/")) && !str_contains(below, STR("testdata/"));
}

static bool has_tests(const struct look *l, struct str dir) {
        const struct tree_entry *entries;
        size_t from, to, count;

        entries = tree_entries(l->tree, &count);
        tree_range(l->tree, dir, &from, &to);
        for (size_t i = from; i < to; i++)
                if (is_of_module(&entries[i], dir))
                        return true;
        return false;
}

static void take_services(struct look *l, const struct modfile *mod) {
        for (size_t i = 0; i < mod->require_count; i++) {
                const struct modfile_require *require = &mod->requires[i];

                if (require->indirect)
                        continue;
                l->survey->services |= services_of_module(require->mod.path);
                l->survey->starts_services |= services_are_started_by(require->mod.path);
        }
}

static void take_go(struct look *l, struct str file, struct str go) {
        if (l->newest.len && gover_compare(go, l->newest) <= 0)
                return;
        l->newest = go;
        l->survey->go_file = file;
}

static void take_module(struct look *l, struct str dir) {
        struct str path = str_join_path(l->arena, dir, STR("go.mod"));
        struct modfile mod;
        struct survey_module *module;

        if (!survey_is_plain_path(dir)) {
                *VEC_ADD(l->arena, &l->survey->odd) = dir;
                return;
        }
        if (!read_modfile(l, MODFILE_MAIN, path, &mod))
                return;
        module = VEC_ADD(l->arena, &l->modules);
        *module = (struct survey_module){ .dir = dir,
                                          .path = mod.module.path,
                                          .go = go_asked_for(&mod) };
        l->survey->has_tests |= has_tests(l, dir);
        take_services(l, &mod);
        take_go(l, path, module->go);
}

static void take_workspace(struct look *l) {
        struct modfile work;

        if (read_modfile(l, MODFILE_WORK, STR("go.work"), &work) &&
            gover_compare(go_asked_for(&work), l->newest) >= 0) {
                l->newest = go_asked_for(&work);
                l->survey->go_file = STR("go.work");
        }
}

static size_t depth_of(struct str path) {
        size_t depth = 0;

        for (size_t i = 0; i < path.len; i++)
                depth += path.ptr[i] == '/';
        return depth;
}

static bool is_dockerfile(const struct tree_entry *entry) {
        return entry->kind == TREE_FILE && survey_is_plain_path(entry->path) &&
               (str_eq(entry->path, STR("Dockerfile")) ||
                str_has_suffix(entry->path, STR("/Dockerfile"))) &&
               !str_contains(entry->path, STR("vendor/")) &&
               !str_contains(entry->path, STR("testdata/"));
}

static void take_dockerfile(struct look *l) {
        struct str *best = &l->survey->dockerfile;
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(l->tree, &count);
        for (size_t i = 0; i < count; i++)
                if (is_dockerfile(&entries[i]) &&
                    (!best->len || depth_of(entries[i].path) < depth_of(*best)))
                        *best = entries[i].path;
}

void survey_take(struct arena *arena, const struct tree *tree, const struct str *dirs,
                 size_t dir_count, struct survey *ret_survey) {
        struct look look = { .arena = arena, .tree = tree, .survey = ret_survey };

        *ret_survey = (struct survey){ 0 };
        for (size_t i = 0; i < dir_count; i++)
                take_module(&look, dirs[i]);
        take_workspace(&look);
        take_dockerfile(&look);
        ret_survey->modules = look.modules.items;
        ret_survey->module_count = look.modules.count;
        ret_survey->go_minor = gover_language(look.newest);
        if (gover_compare(ret_survey->go_minor, OLDEST_GO) < 0)
                ret_survey->go_minor = OLDEST_GO;
}
