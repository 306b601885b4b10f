#include "modload/vendorlist.h"

#include "base/map.h"
#include "gomod/gover.h"
#include "gomod/semver.h"

#include <string.h>

#define EXPLICIT_SINCE STR("1.14")
#define GO_MARKS_SINCE STR("1.17")

struct comparing {
        const struct vendorlist_input *input;
        struct arena *arena;
        vendor_differences *out;
        bool before_explicit; /* go < 1.14: modules.txt does not tell what is required */
};

/* ---- adding differences ---- */

static struct vendor_difference *add(struct comparing *c, enum vendor_difference_kind kind,
                                     struct mod_version mod, uint32_t line) {
        struct vendor_difference *difference = VEC_ADD(c->arena, c->out);

        difference->kind = kind;
        difference->file = c->input->file;
        difference->line = line;
        difference->mod = mod;
        return difference;
}

/* What the go command refuses, and the line that it follows from. */
static struct vendor_difference *add_refused(struct comparing *c, enum vendor_difference_kind kind,
                                             struct mod_version mod, uint32_t line,
                                             struct str declared_in, uint32_t declared_line) {
        struct vendor_difference *difference = add(c, kind, mod, line);

        difference->declared_in = declared_in;
        difference->declared_line = declared_line;
        difference->go_refuses = true;
        return difference;
}

/* ---- what go.mod says ---- */

struct str vendorlist_go_version(const struct vendorlist_input *input) {
        return modfile_go_version(input->work ? input->work : input->mains[0].mod);
}

static bool is_before_explicit(const struct vendorlist_input *input) {
        const struct modfile *mod = input->mains[0].mod;

        return !input->work &&
               (mod->go.value.len == 0 || gover_compare(mod->go.value, EXPLICIT_SINCE) < 0);
}

static bool is_main_path(const struct vendorlist_input *input, struct str path) {
        for (size_t i = 0; i < input->main_count; i++)
                if (str_eq(input->mains[i].mod->module.path, path))
                        return true;
        return false;
}

static const struct modfile_require *find_require(const struct vendorlist_input *input,
                                                  struct mod_version mod) {
        for (size_t i = 0; i < input->main_count; i++)
                for (size_t j = 0; j < input->mains[i].mod->require_count; j++)
                        if (mod_version_eq(input->mains[i].mod->requires[j].mod, mod))
        return &input->mains[i].mod->requires[j];
        return NULL;
}

/* A replacement and the module whose go.mod has it (NULL: go.work, or none). */
struct replacement {
        struct mod_version mod;
        const struct vendor_main *main;
        const struct modfile_replace *replace;
};

static struct replacement find_replacement(const struct vendorlist_input *input,
                                           struct mod_version mod) {
        struct replacement found = { 0 };

        if (mod.version.len == 0 && is_main_path(input, mod.path))
                return found;
        if (input->work)
                found.replace = modfile_find_replace(input->work, mod);
        for (size_t i = 0; i < input->main_count && !found.replace; i++) {
                found.replace = modfile_find_replace(input->mains[i].mod, mod);
                found.main = found.replace ? &input->mains[i] : NULL;
        }
        if (found.replace)
                found.mod = found.replace->new_mod;
        return found;
}

/* path without "." and ".." as far as it goes, as path.Join cleans it. */
static struct str clean_path(struct arena *arena, struct str path) {
        VEC(struct str) parts = { 0 };
        struct str part, clean = STR_NONE;
        bool more = path.len > 0;

        while (more) {
                part = path;
                more = str_cut(path, '/', &part, &path);
                if (part.len == 0 || str_eq(part, STR(".")))
                        continue;
                if (str_eq(part, STR("..")) && parts.count &&
                    !str_eq(parts.items[parts.count - 1], STR("..")))
                        parts.count--;
                else
                        *VEC_ADD(arena, &parts) = part;
        }
        for (size_t i = 0; i < parts.count; i++)
                clean = str_join_path(arena, clean, parts.items[i]);
        return clean;
}

/* In a workspace a folder that a go.mod names is written relative to go.work, as "./x" or "../x".
 */
static struct mod_version canonical(const struct vendorlist_input *input, struct arena *arena,
                                    const struct replacement *found) {
        struct mod_version mod = found->mod;
        struct str path;

        if (!input->work || !found->main || mod.version.len || mod.path.len == 0 ||
            str_has_prefix(mod.path, STR("/")))
                return mod;
        path = clean_path(arena, str_join_path(arena, found->main->dir, mod.path));
        if (path.len == 0)
                path = STR(".");
        else if (!str_eq(path, STR("..")) && !str_has_prefix(path, STR("../")))
                path = str_fmt(arena, "./%.*s", STR_ARG(path));
        return (struct mod_version){ path, STR_NONE };
}

struct mod_version vendorlist_replacement(const struct vendorlist_input *input, struct arena *arena,
                                          struct mod_version mod) {
        struct replacement found = find_replacement(input, mod);

        return canonical(input, arena, &found);
}

/* ---- what modules.txt says ---- */

/* The highest version of the path that has packages: what the go command takes to be built. */
static const struct modulestxt_module *find_built(const struct modulestxt *txt, struct str path) {
        const struct modulestxt_module *built = NULL;

        for (size_t i = 0; i < txt->module_count; i++) {
                const struct modulestxt_module *module = &txt->modules[i];

                if (module->package_count && str_eq(module->mod.path, path) &&
                    (!built || semver_compare(built->mod.version, module->mod.version) < 0))
                        built = module;
        }
        return built;
}

/* Any line of the path, one with packages before one without. */
static const struct modulestxt_module *find_path(const struct modulestxt *txt, struct str path) {
        const struct modulestxt_module *built = find_built(txt, path);

        for (size_t i = 0; i < txt->module_count && !built; i++)
                if (str_eq(txt->modules[i].mod.path, path) && txt->modules[i].mod.version.len)
                        built = &txt->modules[i];
        return built;
}

/* ---- requirements ---- */

static void compare_require(struct comparing *c, const struct vendor_main *main,
                            const struct modfile_require *require) {
        const struct modulestxt *txt = c->input->txt;
        const struct modulestxt_module *listed = c->before_explicit
                                                         ? find_built(txt, require->mod.path)
                                                         : find_path(txt, require->mod.path);
        struct modulestxt_module marks = modulestxt_find(txt, require->mod);
        bool other = listed && !str_eq(listed->mod.version, require->mod.version);
        struct vendor_difference *difference;

        if (marks.explicit_mark || (c->before_explicit && !other))
                return;
        other = other && marks.line == 0;
        difference =
                add_refused(c, other ? VENDOR_OTHER_VERSION : VENDOR_NOT_EXPLICIT, require->mod,
                            other ? listed->line : marks.line, main->file, require->place.pos.line);
        difference->want = require->mod.version;
        if (other)
                difference->got = listed->mod.version;
}

static void compare_requires(struct comparing *c) {
        for (size_t i = 0; i < c->input->main_count; i++) {
                const struct vendor_main *main = &c->input->mains[i];

                for (size_t j = 0; j < main->mod->require_count; j++)
                        compare_require(c, main, &main->mod->requires[j]);
        }
}

/* The go command looks only at modules with packages. That the version differs has been said where
 * the requirement was looked at. */
static void compare_explicit(struct comparing *c, const struct modulestxt_module *listed) {
        struct vendor_difference *difference;

        if (!listed->explicit_mark || find_require(c->input, listed->mod))
                return;
        for (size_t i = 0; i < c->out->count; i++)
                if (c->out->items[i].kind == VENDOR_OTHER_VERSION &&
                    c->out->items[i].line == listed->line)
                        return;
        difference = add(c, VENDOR_NOT_REQUIRED, listed->mod, listed->line);
        difference->go_refuses = listed->package_count > 0;
}

/* ---- replacements ---- */

static struct str described(struct arena *arena, struct mod_version mod) {
        return mod_version_text(arena, mod);
}

static bool may_be_unmarked(struct comparing *c, struct mod_version old) {
        const struct modulestxt_module *built = find_built(c->input->txt, old.path);

        return c->before_explicit &&
               (old.version.len == 0 || !built || !str_eq(built->mod.version, old.version));
}

static void compare_replace(struct comparing *c, const struct modfile_replace *replace,
                            struct str file, struct map *seen) {
        struct str key = described(c->arena, replace->old_mod);
        struct mod_version want, marked;
        struct modulestxt_module marks;
        struct vendor_difference *difference;

        if (map_has(seen, key))
                return;
        *map_put(seen, key) = NULL;
        want = vendorlist_replacement(c->input, c->arena, replace->old_mod);
        marks = modulestxt_find(c->input->txt, replace->old_mod);
        marked = marks.replacement;
        if (mod_version_eq(want, marked) ||
            (marked.path.len == 0 && may_be_unmarked(c, replace->old_mod)))
                return;
        difference =
                add_refused(c, marked.path.len ? VENDOR_OTHER_REPLACEMENT : VENDOR_NOT_REPLACED,
                            replace->old_mod, marks.line, file, replace->place.pos.line);
        difference->want = described(c->arena, want);
        difference->got = described(c->arena, marked);
}

static void compare_replaces(struct comparing *c) {
        struct map seen = map_make(c->arena);
        const struct modfile *work = c->input->work;

        for (size_t i = 0; i < c->input->main_count; i++) {
                const struct vendor_main *main = &c->input->mains[i];

                for (size_t j = 0; j < main->mod->replace_count; j++)
                        compare_replace(c, &main->mod->replaces[j], main->file, &seen);
        }
        for (size_t j = 0; work && j < work->replace_count; j++)
                compare_replace(c, &work->replaces[j], c->input->work_file, &seen);
}

/* What a replace line was found to lack is not told of its module again; there the place is known.
 * A replace line of all versions has none of its own. */
static bool is_said(struct comparing *c, const struct modulestxt_module *listed, struct str want) {
        for (size_t i = 0; i < c->out->count; i++) {
                struct vendor_difference *said = &c->out->items[i];
                bool same = said->line == listed->line && mod_version_eq(said->mod, listed->mod);
                bool of_all = said->mod.version.len == 0 && str_eq(said->want, want) &&
                              str_eq(said->mod.path, listed->mod.path);

                if ((said->kind != VENDOR_NOT_REPLACED && said->kind != VENDOR_OTHER_REPLACEMENT) ||
                    !(same || of_all))
                        continue;
                said->line = said->line ? said->line : listed->line;
                return true;
        }
        return false;
}

/* The go command compares replace lines with the list, but not each line of the list with what
 * replaces that version: under a replace of all versions a line could name any other module. */
static void compare_marked_replacement(struct comparing *c,
                                       const struct modulestxt_module *listed) {
        struct mod_version want = vendorlist_replacement(c->input, c->arena, listed->mod);
        struct mod_version marked = listed->replacement;
        struct vendor_difference *difference;

        if (mod_version_eq(want, marked) || is_said(c, listed, described(c->arena, want)))
                return;
        if (want.path.len == 0) {
                difference = add_refused(c, VENDOR_REPLACEMENT_LEFT, listed->mod, listed->line,
                                         STR_NONE, 0);
        } else {
                difference =
                        add(c, marked.path.len ? VENDOR_OTHER_REPLACEMENT : VENDOR_NOT_REPLACED,
                            listed->mod, listed->line);
                difference->want = described(c->arena, want);
        }
        difference->got = described(c->arena, marked);
}

/* ---- modules.txt for itself ---- */

static void compare_leftover(struct comparing *c, const struct modulestxt_module *listed) {
        if (listed->package_count == 0 && !listed->explicit_mark &&
            listed->replacement.path.len == 0)
                add(c, VENDOR_MODULE_LEFT, listed->mod, listed->line);
}

/* Before go 1.17 `go mod vendor` writes no go versions. */
static void compare_early_go_mark(struct comparing *c, const struct modulestxt_module *listed) {
        struct vendor_difference *difference;

        if (listed->go_version.len == 0 ||
            gover_compare(vendorlist_go_version(c->input), GO_MARKS_SINCE) >= 0)
                return;
        difference = add(c, VENDOR_GO_MARK, listed->mod, listed->line);
        difference->got = listed->go_version;
}

static bool package_is_below(struct str package, struct str module) {
        struct str rest = str_drop_prefix(package, module);

        return str_eq(package, module) ||
               (rest.len < package.len && str_has_prefix(rest, STR("/")));
}

static void compare_packages(struct comparing *c) {
        const struct modulestxt *txt = c->input->txt;
        struct map seen = map_make(c->arena);

        for (size_t i = 0; i < txt->package_count; i++) {
                const struct modulestxt_package *package = &txt->packages[i];
                struct mod_version mod = txt->modules[package->module].mod;
                bool twice = map_has(&seen, package->path);

                *map_put(&seen, package->path) = NULL;
                if (!package_is_below(package->path, mod.path))
                        add(c, VENDOR_PACKAGE_OUTSIDE, mod, package->line)->package = package->path;
                else if (twice)
                        add(c, VENDOR_PACKAGE_TWICE, mod, package->line)->package = package->path;
        }
}

static void compare_strange_lines(struct comparing *c) {
        for (size_t i = 0; i < c->input->txt->strange_count; i++) {
                const struct modulestxt_line *line = &c->input->txt->strange[i];

                add(c, VENDOR_STRANGE_LINE, (struct mod_version){ 0 }, line->line)->got =
                        line->text;
        }
}

static void compare_mode(struct comparing *c) {
        static const struct str modes[] = { STR_INIT("module"), STR_INIT("workspace") };
        struct vendor_difference *difference =
                add(c, VENDOR_WORKSPACE_MARK, (struct mod_version){ 0 }, 1);

        difference->want = modes[c->input->work != NULL];
        difference->got = modes[c->input->txt->workspace];
}

/* A list of the other mode is not used at all, so that nothing else in it can be held against it.
 */
void vendorlist_compare(const struct vendorlist_input *input, struct arena *arena,
                        vendor_differences *out) {
        struct comparing c = { input, arena, out, is_before_explicit(input) };

        if (input->txt->workspace != (input->work != NULL)) {
                compare_mode(&c);
                return;
        }
        compare_requires(&c);
        compare_replaces(&c);
        for (size_t i = 0; i < input->txt->module_count; i++) {
                const struct modulestxt_module *listed = &input->txt->modules[i];

                compare_explicit(&c, listed);
                compare_marked_replacement(&c, listed);
                compare_leftover(&c, listed);
                compare_early_go_mark(&c, listed);
        }
        compare_packages(&c);
        compare_strange_lines(&c);
}
