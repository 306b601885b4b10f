/* Which module provides a package. Source: cmd/go/internal/modload (importFromModules). */
#include "golang/stdlib.h"
#include "gomod/modpath.h"
#include "modload/packages_impl.h"

#include <string.h>

struct resolver resolver_make(const struct packages_world *world, struct arena *arena) {
        struct resolver resolver = { .world = world, .by_path = map_make(arena) };

        resolver.modules = ARENA_ARRAY(arena, struct opened_module, world->module_count);
        for (size_t i = 0; i < world->module_count; i++)
                *map_put(&resolver.by_path, world->modules[i].path) = &resolver.modules[i];
        return resolver;
}

/* Takes the last element off a path; false where there is only one. */
static bool drop_last(struct str *path) {
        struct str last;

        return str_cut_last(*path, '/', path, &last);
}

static bool module_index(const struct resolver *resolver, struct str path, uint32_t *ret_index) {
        void **found = map_get(&resolver->by_path, path);

        if (!found)
                return false;
        *ret_index = (uint32_t)((struct opened_module *)*found - resolver->modules);
        return true;
}

void resolver_open(struct resolver *resolver, uint32_t module, struct arena *arena) {
        const struct packages_module *wanted = &resolver->world->modules[module];
        struct opened_module *opened = &resolver->modules[module];
        struct err err = { 0 };

        if (opened->tried)
                return;
        opened->tried = true;
        opened->is_open = wanted->open(wanted->ctx, wanted, arena, &opened->source, &err);
        if (opened->is_open)
                return;
        opened->err = ARENA_NEW(arena, struct err);
        *opened->err = err;
}

void resolver_open_for(struct resolver *resolver, struct str path, struct arena *arena) {
        bool vendored = resolver->world->vendor.source.list;
        uint32_t index;

        do {
                if (module_index(resolver, path, &index) &&
                    (!vendored || resolver->world->modules[index].is_main))
                        resolver_open(resolver, index, arena);
        } while (drop_last(&path));
}

/* ---- folders ---- */

static bool list(const struct package_source *source, struct str folder, struct arena *arena,
                 struct source_names *ret_names) {
        struct err ignored;

        return source->list(source->ctx, arena, folder, ret_names, &ignored);
}

/* Whether a go.mod in the folder, or on the way to it, makes it part of another module. */
static bool is_cut_off(const struct package_source *source, struct str folder,
                       struct arena *arena) {
        struct source_names names;

        if (!source->has_nested_modules)
                return false;
        for (bool more = folder.len > 0; more; more = drop_last(&folder))
                if (list(source, folder, arena, &names) &&
                    source_is_file(source_find(&names, STR("go.mod"))))
                        return true;
        return false;
}

/* Whether a module's source has Go files in the folder. */
static bool has_package(const struct package_source *source, struct str folder, struct arena *arena,
                        struct source_names *ret_names) {
        return !is_cut_off(source, folder, arena) && list(source, folder, arena, ret_names) &&
               package_folder_has_go(ret_names);
}

/* A folder of a main module that the go command cannot read: it has a package that cannot be. */
static bool has_broken_package(const struct package_source *source, struct str folder,
                               struct arena *arena, struct source_names *ret_names) {
        return !is_cut_off(source, folder, arena) && list(source, folder, arena, ret_names) &&
               package_folder_has_broken_go(ret_names);
}

/* ---- candidates ---- */

struct search {
        const struct resolver *resolver;
        struct arena *arena;
        struct str path;
        struct resolved found; /* the first place that has the package */
        size_t places;
        struct str places_text; /* for the message about several places */
        uint32_t unopened;      /* the first module that might have it and cannot be opened */
};

static void add_place(struct search *search, const struct resolved *place, struct str name) {
        if (search->places++ == 0)
                search->found = *place;
        search->places_text =
                str_fmt(search->arena, "\n\t%.*s%.*s", STR_ARG(name), STR_ARG(search->places_text));
}

static void look_in_std(struct search *search) {
        const struct packages_world *world = search->resolver->world;
        struct resolved place = {
                .module = PACKAGE_NONE, .is_std = true, .source = world->std, .folder = search->path
        };

        if (!stdlib_path_is_reserved(search->path))
                return;
        if (world->std.list ? has_package(&world->std, search->path, search->arena, &place.names)
                            : stdlib_has(search->path, world->context->release))
                add_place(search, &place, STR("the standard library"));
}

static void look_in_module(struct search *search, uint32_t index) {
        const struct packages_module *module = &search->resolver->world->modules[index];
        const struct opened_module *opened = &search->resolver->modules[index];
        struct str below = str_slice(search->path, module->path.len, search->path.len);
        struct resolved place = { .module = index, .source = opened->source };

        if (!opened->is_open) {
                if (search->unopened == PACKAGE_NONE)
                        search->unopened = index;
                return;
        }
        place.folder = str_drop_prefix(below, STR("/"));
        if (has_package(&opened->source, place.folder, search->arena, &place.names) ||
            (module->is_main &&
             has_broken_package(&opened->source, place.folder, search->arena, &place.names)))
                add_place(search, &place, module->path);
}

/* Modules whose path is a prefix of the import path, the longest first. */
static void look_in_modules(struct search *search, bool only_roots, bool only_main) {
        struct str prefix = search->path;
        uint32_t index;

        do {
                const struct packages_module *module;

                if (!module_index(search->resolver, prefix, &index))
                        continue;
                module = &search->resolver->world->modules[index];
                if ((!only_roots || module->is_root) && (!only_main || module->is_main))
                        look_in_module(search, index);
        } while (drop_last(&prefix));
}

static void look_in_vendor(struct search *search) {
        const struct packages_vendor *vendor = &search->resolver->world->vendor;
        struct resolved place = { .module = PACKAGE_NONE,
                                  .from_vendor = true,
                                  .source = vendor->source,
                                  .folder = search->path };

        if (!has_package(&vendor->source, search->path, search->arena, &place.names))
                return;
        if (vendor->module_of(vendor->ctx, search->path, &place.module) || vendor->unlisted_allowed)
                add_place(search, &place, STR("vendor"));
}

/* ---- paths the go command refuses before it looks ---- */

static const struct str meta_packages[] = { STR_INIT("std"), STR_INIT("cmd"), STR_INIT("all"),
                                            STR_INIT("tool"), STR_INIT("work") };

static bool is_local(struct str path) {
        return str_eq(path, STR(".")) || str_eq(path, STR("..")) ||
               str_has_prefix(path, STR("./")) || str_has_prefix(path, STR("../"));
}

static bool is_meta(struct str path) {
        for (size_t i = 0; i < COUNT_OF(meta_packages); i++)
                if (str_eq(path, meta_packages[i]))
                        return true;
        return str_contains(path, STR("..."));
}

static struct str refusal(struct str path, struct arena *arena) {
        struct err err = { 0 };

        if (str_find(path, '@') != SIZE_MAX)
                return str_fmt(arena, "import path \"%.*s\" should not have @version",
                               STR_ARG(path));
        if (is_local(path))
                return str_fmt(arena,
                               "\"%.*s\" is relative, but relative import paths are not supported "
                               "in module mode",
                               STR_ARG(path));
        if (path.len && *path.ptr == '/')
                return str_fmt(arena, "\"%.*s\" is not a package path; see 'go help packages'",
                               STR_ARG(path));
        if (is_meta(path))
                return str_fmt(arena,
                               "\"%.*s\" is not an importable package; see 'go help packages'",
                               STR_ARG(path));
        if (!modpath_check_import(path, &err))
                return str_dup(arena, str_of(err.message));
        return STR_NONE;
}

/* ---- the answer ---- */

static struct resolved nowhere(enum package_problem_kind problem, struct str message) {
        return (struct resolved){ .module = PACKAGE_NONE,
                                  .problem = problem,
                                  .message = message,
                                  .unopened = PACKAGE_NONE };
}

static struct resolved missing(const struct search *search) {
        bool std = stdlib_path_is_reserved(search->path);

        return nowhere(
                std ? PACKAGE_MISSING_STD : PACKAGE_MISSING,
                std ? str_fmt(search->arena, "package %.*s is not in std", STR_ARG(search->path))
                    : str_fmt(search->arena, "no required module provides package %.*s",
                              STR_ARG(search->path)));
}

/* What the search says, where it says anything yet. */
static bool is_settled(const struct search *search, struct resolved *ret_resolved) {
        const struct packages_world *world = search->resolver->world;

        if (search->places > 1) {
                *ret_resolved =
                        nowhere(PACKAGE_AMBIGUOUS,
                                str_fmt(search->arena,
                                        "ambiguous import: found package %.*s in multiple "
                                        "modules:%.*s",
                                        STR_ARG(search->path), STR_ARG(search->places_text)));
                return true;
        }
        if (search->unopened != PACKAGE_NONE) {
                *ret_resolved = nowhere(PACKAGE_MODULE_UNOPENED,
                                        str_fmt(search->arena,
                                                "cannot open module %.*s, which may provide %.*s",
                                                STR_ARG(world->modules[search->unopened].path),
                                                STR_ARG(search->path)));
                ret_resolved->unopened = search->unopened;
                return true;
        }
        *ret_resolved = search->found;
        return search->places == 1;
}

static struct resolved find_vendored(struct search *search) {
        struct resolved resolved;

        look_in_modules(search, false, true);
        look_in_vendor(search);
        return is_settled(search, &resolved) ? resolved : missing(search);
}

struct resolved resolver_find(const struct resolver *resolver, struct str path,
                              struct arena *arena) {
        struct search search = {
                .resolver = resolver, .arena = arena, .path = path, .unopened = PACKAGE_NONE
        };
        struct str refused = refusal(path, arena);
        struct resolved resolved;

        if (refused.len)
                return nowhere(PACKAGE_BAD_PATH, refused);
        look_in_std(&search);
        if (resolver->world->vendor.source.list)
                return find_vendored(&search);
        look_in_modules(&search, resolver->world->lazy, false);
        if (is_settled(&search, &resolved))
                return resolved;
        if (resolver->world->lazy) {
                look_in_modules(&search, false, false);
                if (!is_settled(&search, &resolved))
                        resolved = missing(&search);
        } else {
                resolved = missing(&search);
        }
        resolved.past_roots = true;
        return resolved;
}

struct str resolver_std_path(const struct resolver *resolver, struct str path,
                             struct arena *arena) {
        const struct package_source *std = &resolver->world->std;
        struct str vendored = str_join_path(arena, STR("vendor"), path);
        struct source_names names;

        if (stdlib_path_is_reserved(path) || !std->list || !list(std, vendored, arena, &names))
                return path;
        return vendored;
}
