/* The first stages: which toolchain would run, and what go.work and go.mod say by themselves. */
#include "gomod/godebug.h"
#include "gomod/gover.h"
#include "gomod/semver.h"
#include "modload/refusal_state.h"
#include "sys/file.h"

bool refusal_read_file(struct judge *judge, struct str path, size_t max, struct str *ret_text,
                       struct err *err) {
        struct package_source source = source_of_tree(judge->arena, judge->input->tree, STR_NONE);

        return source.read(source.ctx, judge->arena, path, max, ret_text, err);
}

/* ---- toolchain ---- */

/* What GOTOOLCHAIN says: the version it begins with, and whether files may raise it. */
struct toolchain_setting {
        struct str version; /* of the toolchain that runs at least; empty: the local one */
        bool may_switch;
};

static bool bad_toolchain(struct judge *judge, const char *what, struct str value) {
        refusal_add(judge, REFUSAL_GOTOOLCHAIN,
                    str_fmt(judge->arena, "invalid %s \"%.*s\"", what, STR_ARG(value)));
        return false;
}

static bool is_switch_mode(struct str mode) {
        return str_eq(mode, STR("auto")) || str_eq(mode, STR("path"));
}

static bool read_setting(struct judge *judge, struct toolchain_setting *ret_setting) {
        struct str setting = judge->input->gotoolchain, name = setting, mode = STR_NONE;

        *ret_setting = (struct toolchain_setting){ .may_switch = is_switch_mode(setting) };
        if (setting.len == 0 || ret_setting->may_switch)
                return true;
        if (str_cut(setting, '+', &name, &mode) && !is_switch_mode(mode))
                return bad_toolchain(judge, "GOTOOLCHAIN", setting);
        ret_setting->may_switch = mode.len > 0;
        if (str_eq(name, STR("local")))
                return true;
        ret_setting->version = gover_of_toolchain(name);
        return ret_setting->version.len > 0 || bad_toolchain(judge, "GOTOOLCHAIN", setting);
}

static bool is_in_search_path(struct judge *judge, struct str program) {
        struct str rest = judge->input->search_path, dir;

        while (rest.len) {
                dir = rest;
                if (!str_cut(rest, ':', &dir, &rest))
                        rest = STR_NONE;
                if (dir.len && file_is_regular(str_join_path(judge->arena, dir, program)))
                        return true;
        }
        return false;
}

/* The first release of go1.21 and later has a patch number; older ones have none. */
static struct str toolchain_name(struct judge *judge, struct str version) {
        return str_fmt(judge->arena, "go%.*s%s", STR_ARG(version),
                       gover_is_language(version) ? ".0" : "");
}

static void needs_toolchain(struct judge *judge, struct str version) {
        struct str name = toolchain_name(judge, version);
        struct err err;

        if (str_has_suffix(judge->input->gotoolchain, STR("path")) &&
            !is_in_search_path(judge, name)) {
                refusal_add(judge, REFUSAL_GOTOOLCHAIN,
                            str_fmt(judge->arena, "cannot find \"%.*s\" in PATH", STR_ARG(name)));
                return;
        }
        err_set(&err, ERR_OFFLINE, "the go command would switch to the toolchain %.*s",
                STR_ARG(name));
        err_mend(&err, "install that toolchain and judge with it: GOTOOLCHAIN=%.*s go version",
                 STR_ARG(name));
        refusal_add_unjudged(judge, (struct mod_version){ STR("toolchain"), version }, &err);
}

/* The lines are read before the file is parsed, so that a newer toolchain can parse it. */
static void choose_toolchain(struct judge *judge, struct str name, struct str text) {
        struct str line = gover_lookup(text, STR("toolchain")), go = gover_lookup(text, STR("go"));
        struct str local = judge->input->go_version, version, wanted;
        struct toolchain_setting setting;

        if (local.len == 0 || !read_setting(judge, &setting))
                return;
        version = setting.version.len ? setting.version : local;
        if (setting.may_switch && !str_eq(line, STR("default"))) {
                wanted = gover_of_toolchain(line);
                if (line.len && wanted.len == 0) {
                        bad_toolchain(judge, "toolchain", line);
                        judge->refusals.items[0].file = name;
                        return;
                }
                if (line.len && gover_compare(wanted, version) > 0)
                        version = wanted;
                if (gover_compare(go, version) > 0)
                        version = go;
        }
        if (!str_eq(version, local))
                needs_toolchain(judge, version);
}

/* ---- godebug ---- */

static void check_godebugs(struct judge *judge, enum refusal_kind kind, struct str name,
                           const struct modfile *mod) {
        for (size_t i = 0; i < mod->godebug_count; i++) {
                const struct modfile_godebug *line = &mod->godebugs[i];
                struct refusal *refusal;
                struct err err;

                if (godebug_check(line->key, line->value, judge->input->go_version, &err))
                        continue;
                refusal = refusal_add_err(judge, kind, &err);
                refusal->file = name;
                refusal->line = line->place.pos.line;
                refusal->column = line->place.pos.column;
        }
}

/* ---- go.mod ---- */

static struct refusal *refuse_at(struct judge *judge, enum refusal_kind kind, struct str name,
                                 struct mod_pos pos, struct str detail) {
        struct refusal *refusal = refusal_add(judge, kind, detail);

        refusal->file = name;
        refusal->line = pos.line;
        refusal->column = pos.column;
        return refusal;
}

/* A file that this toolchain cannot parse is too new where its go line says so. */
static bool is_too_new(struct judge *judge, struct str name, struct str text,
                       const struct modfile *parsed) {
        struct modfile lax;
        struct err err;

        if (!parsed) {
                if (!modfile_parse(judge->arena, MODFILE_DEPENDENCY, name, text, &lax, &err))
                        return false;
                parsed = &lax;
        }
        if (parsed->go.value.len == 0 || judge->input->go_version.len == 0 ||
            gover_compare(parsed->go.value, judge->input->go_version) <= 0)
                return false;
        refuse_at(judge, REFUSAL_GO_TOO_NEW, name, parsed->go.place.pos,
                  str_fmt(judge->arena, "%.*s requires go >= %.*s (running go %.*s)", STR_ARG(name),
                          STR_ARG(parsed->go.value), STR_ARG(judge->input->go_version)));
        return true;
}

static void check_module_path(struct judge *judge, struct str name, const struct modfile *mod) {
        struct mod_pos pos = mod->module.place.pos;
        struct err err;

        if (pos.line == 0)
                refuse_at(judge, REFUSAL_MOD_PATH, name, pos, STR("missing module declaration"));
        else if (gover_is_pseudo_module(mod->module.path))
                refuse_at(judge, REFUSAL_MOD_PATH, name, pos,
                          str_fmt(judge->arena, "invalid module path: \"%.*s\"",
                                  STR_ARG(mod->module.path)));
        else if (!modpath_check_import(mod->module.path, &err))
                refuse_at(judge, REFUSAL_MOD_PATH, name, pos,
                          str_fmt(judge->arena, "invalid module path: %s", err.message));
}

/* Two replaces of the same version must say the same. */
static void check_replaces(struct judge *judge, struct str name, const struct modfile *mod) {
        struct map seen = map_make(judge->arena);

        for (size_t i = 0; i < mod->replace_count; i++) {
                const struct modfile_replace *replace = &mod->replaces[i], *earlier;
                struct str key = mod_version_text(judge->arena, replace->old_mod);
                void **value = map_put(&seen, key);

                earlier = *value;
                *value = (void *)(uintptr_t)replace;
                if (!earlier || mod_version_eq(earlier->new_mod, replace->new_mod))
                        continue;
                refuse_at(judge, REFUSAL_REPLACE_CONFLICT, name, replace->place.pos,
                          str_fmt(judge->arena, "conflicting replacements for %.*s", STR_ARG(key)))
                        ->module = replace->old_mod.path;
        }
}

static void check_tools(struct judge *judge, struct str name, const struct modfile *mod) {
        for (size_t i = 0; i < mod->tool_count; i++) {
                struct err err;

                if (!modpath_check_import(mod->tools[i].value, &err))
                        refuse_at(judge, REFUSAL_MOD_TOOL, name, mod->tools[i].place.pos,
                                  str_dup(judge->arena, str_of(err.message)));
        }
}

/* What a go.mod says by itself. */
static void check_modfile(struct judge *judge, struct str name, struct str text,
                          struct modfile *ret_mod) {
        struct err err;

        if (!modfile_parse(judge->arena, MODFILE_MAIN, name, text, ret_mod, &err)) {
                if (!is_too_new(judge, name, text, NULL))
                        refusal_add_err(judge, REFUSAL_MOD_SYNTAX, &err);
                return;
        }
        if (is_too_new(judge, name, text, ret_mod))
                return;
        if (ret_mod->noncanonical_pos.line) {
                refuse_at(judge, REFUSAL_MOD_VERSION, name, ret_mod->noncanonical_pos,
                          str_fmt(judge->arena, "version \"%.*s\" is not canonical",
                                  STR_ARG(ret_mod->noncanonical)));
                return;
        }
        check_module_path(judge, name, ret_mod);
        if (!judge->input->in_workspace)
                check_godebugs(judge, REFUSAL_MOD_GODEBUG, name, ret_mod);
        check_replaces(judge, name, ret_mod);
        check_tools(judge, name, ret_mod);
}

static void make_mains(struct judge *judge, size_t count) {
        judge->mains = ARENA_ARRAY(judge->arena, struct buildlist_main, count);
        judge->main_names = ARENA_ARRAY(judge->arena, struct str, count);
        judge->main_dirs = ARENA_ARRAY(judge->arena, struct str, count);
}

static bool read_main(struct judge *judge, struct str dir, struct str dir_from_work) {
        struct str name = str_join_path(judge->arena, dir, STR("go.mod")), text;
        struct modfile *mod = ARENA_NEW(judge->arena, struct modfile);

        if (!refusal_read_file(judge, name, MODSYNTAX_FILE_MAX, &text, judge->err))
                return false;
        if (!judge->input->in_workspace) {
                choose_toolchain(judge, name, text);
                if (refusal_found(judge) || judge->unjudged.count)
                        return true;
        }
        check_modfile(judge, name, text, mod);
        judge->mains[judge->main_count] = (struct buildlist_main){ mod, dir_from_work };
        judge->main_names[judge->main_count] = name;
        judge->main_dirs[judge->main_count++] = dir;
        return true;
}

/* ---- go.work ---- */

static void refuse_use(struct judge *judge, enum refusal_kind kind, size_t use, struct str detail) {
        refuse_at(judge, kind, judge->work_name, judge->work.uses[use].place.pos, detail);
}

/* The folder of a use, relative to the tree's root; false where it lies outside the tree. */
static bool use_folder(struct judge *judge, struct str path, struct str *ret_dir) {
        bool is_inside;

        return modsource_folder(&judge->modsource, judge->arena, path, &is_inside, ret_dir) &&
               is_inside;
}

static void check_use_go_line(struct judge *judge, size_t use, const struct modfile *mod) {
        struct str module = modfile_go_version(mod), work = modfile_go_version(&judge->work);

        if (gover_compare(module, work) > 0 && gover_compare(module, GOVER_STRICT) >= 0)
                refuse_use(judge, REFUSAL_WORK_OLD, use,
                           str_fmt(judge->arena,
                                   "module %.*s listed in go.work file requires go >= %.*s, but "
                                   "go.work lists go %.*s",
                                   STR_ARG(judge->work.uses[use].value), STR_ARG(module),
                                   STR_ARG(work)));
}

static bool read_use(struct judge *judge, size_t use) {
        struct str path = judge->work.uses[use].value, dir;
        struct err err;

        if (!use_folder(judge, path, &dir)) {
                err_set(&err, ERR_UNSUPPORTED,
                        "go.work uses %.*s, which lies outside what is judged", STR_ARG(path));
                refusal_add_unjudged(judge, (struct mod_version){ .path = path }, &err);
                return true;
        }
        for (size_t i = 0; i < judge->main_count; i++)
                if (str_eq(judge->main_dirs[i], dir)) {
                        refuse_use(judge, REFUSAL_WORK_USE, use,
                                   str_fmt(judge->arena,
                                           "path %.*s appears multiple times in workspace",
                                           STR_ARG(path)));
                        return true;
                }
        if (!tree_find(judge->input->tree, str_join_path(judge->arena, dir, STR("go.mod")))) {
                refuse_use(judge, REFUSAL_WORK_USE, use,
                           str_fmt(judge->arena,
                                   "cannot load module %.*s listed in go.work file: no go.mod",
                                   STR_ARG(path)));
                return true;
        }
        if (!read_main(judge, dir, path))
                return false;
        if (!refusal_found(judge))
                check_use_go_line(judge, use, judge->mains[judge->main_count - 1].mod);
        return true;
}

static void check_work_modules(struct judge *judge) {
        struct map paths = map_make(judge->arena);

        for (size_t i = 0; i < judge->main_count; i++) {
                struct str path = judge->mains[i].mod->module.path;

                if (map_has(&paths, path))
                        refuse_at(judge, REFUSAL_WORK_USE, judge->main_names[i],
                                  judge->mains[i].mod->module.place.pos,
                                  str_fmt(judge->arena,
                                          "module %.*s appears multiple times in workspace",
                                          STR_ARG(path)));
                map_put(&paths, path);
        }
        for (size_t i = 0; i < judge->work.replace_count; i++) {
                const struct modfile_replace *replace = &judge->work.replaces[i];

                if (map_has(&paths, replace->old_mod.path) && replace->old_mod.version.len == 0)
                        refuse_at(judge, REFUSAL_WORK_REPLACE, judge->work_name, replace->place.pos,
                                  str_fmt(judge->arena,
                                          "workspace module %.*s is replaced at all versions in "
                                          "the go.work file",
                                          STR_ARG(replace->old_mod.path)));
        }
}

static struct str replace_target(struct judge *judge, size_t main,
                                 const struct modfile_replace *replace) {
        struct str path = replace->new_mod.path, folder;
        bool is_inside;

        if (replace->new_mod.version.len || str_has_prefix(path, STR("/")))
                return mod_version_text(judge->arena, replace->new_mod);
        path = str_join_path(judge->arena, judge->mains[main].dir, path);
        if (!modsource_folder(&judge->modsource, judge->arena, path, &is_inside, &folder))
                return path;
        return str_fmt(judge->arena, "%s%.*s", is_inside ? "inside " : "", STR_ARG(folder));
}

/* Modules of a workspace must replace alike, where go.work does not decide. */
static void check_work_replaces(struct judge *judge) {
        struct map seen = map_make(judge->arena), decided = map_make(judge->arena);

        for (size_t i = 0; i < judge->work.replace_count; i++)
                map_put(&decided, judge->work.replaces[i].old_mod.path);
        for (size_t i = 0; i < judge->main_count; i++)
                for (size_t j = 0; j < judge->mains[i].mod->replace_count; j++) {
                        const struct modfile_replace *replace = &judge->mains[i].mod->replaces[j];
                        struct str *target = ARENA_NEW(judge->arena, struct str);
                        void **value;

                        if (map_has(&decided, replace->old_mod.path))
                                continue;
                        *target = replace_target(judge, i, replace);
                        value = map_put(&seen, mod_version_text(judge->arena, replace->old_mod));
                        if (*value && !str_eq(*(struct str *)*value, *target))
                                refuse_at(judge, REFUSAL_REPLACE_CONFLICT, judge->main_names[i],
                                          replace->place.pos,
                                          str_fmt(judge->arena,
                                                  "conflicting replacements for %.*s in the "
                                                  "workspace",
                                                  STR_ARG(replace->old_mod.path)));
                        *value = target;
                }
}

static void find_own_module(struct judge *judge) {
        for (size_t i = 0; i < judge->main_count; i++)
                if (str_eq(judge->main_dirs[i], judge->input->dir)) {
                        judge->own = i;
                        return;
                }
        refusal_add(judge, REFUSAL_WORK_OUTSIDE,
                    str_fmt(judge->arena,
                            "the folder \"%.*s\" does not contain modules listed in go.work",
                            STR_ARG(judge->input->dir)))
                ->file = judge->work_name;
}

static bool read_work(struct judge *judge) {
        struct str text;
        struct err err;

        judge->work_name = str_join_path(judge->arena, judge->input->work_dir, STR("go.work"));
        if (!refusal_read_file(judge, judge->work_name, MODSYNTAX_FILE_MAX, &text, judge->err))
                return false;
        choose_toolchain(judge, judge->work_name, text);
        if (refusal_found(judge) || judge->unjudged.count)
                return true;
        if (!modfile_parse(judge->arena, MODFILE_WORK, judge->work_name, text, &judge->work,
                           &err)) {
                refusal_add_err(judge, REFUSAL_WORK_SYNTAX, &err);
                return true;
        }
        if (is_too_new(judge, judge->work_name, text, &judge->work))
                return true;
        check_replaces(judge, judge->work_name, &judge->work);
        check_godebugs(judge, REFUSAL_WORK_GODEBUG, judge->work_name, &judge->work);
        make_mains(judge, judge->work.use_count);
        for (size_t i = 0; i < judge->work.use_count; i++)
                if (!read_use(judge, i))
                        return false;
        if (refusal_found(judge) || judge->unjudged.count)
                return true;
        check_work_modules(judge);
        check_work_replaces(judge);
        if (!refusal_found(judge))
                find_own_module(judge);
        return true;
}

bool refusal_files(struct judge *judge) {
        const struct refusal_input *input = judge->input;

        judge->modsource =
                (struct modsource){ .cache = input->cache,
                                    .tree = input->tree,
                                    .dir = input->in_workspace ? input->work_dir : input->dir };
        if (input->in_workspace)
                return read_work(judge);
        make_mains(judge, 1);
        return read_main(judge, input->dir, STR_NONE);
}
