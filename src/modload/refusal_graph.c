/* The module graph: the go.mod files of dependencies, go.sum, and the versions they demand. */
#include "base/buf.h"
#include "gomod/dirhash.h"
#include "gomod/gover.h"
#include "modload/refusal_state.h"
#include "sys/file.h"

#define LOOKUP_MAX (1u << 20) /* bytes of one answer of the checksum database */

/* ---- go.sum ---- */

static bool read_sum(struct judge *judge, struct str name) {
        struct sum_source source = { .name = name };
        struct str text = STR_NONE;

        if ((!refusal_read_file(judge, name, SUMFILE_FILE_MAX, &text, &judge->sums_err) &&
             judge->sums_err.code != ERR_NOT_FOUND) ||
            !sumfile_parse(judge->arena, name, text, &source.file, &judge->sums_err))
                return false;
        *VEC_ADD(judge->arena, &judge->sums) = source;
        return true;
}

void refusal_read_sums(struct judge *judge) {
        bool ok = true;

        if (judge->sums_read)
                return;
        judge->sums_read = true;
        if (judge->input->in_workspace)
                ok = read_sum(judge, str_join_path(judge->arena, judge->input->work_dir,
                                                   STR("go.work.sum")));
        for (size_t i = 0; ok && i < judge->main_count; i++)
                ok = read_sum(judge,
                              str_join_path(judge->arena, judge->main_dirs[i], STR("go.sum")));
        judge->sums_failed = !ok;
}

void refusal_add_sums_failure(struct judge *judge) {
        for (size_t i = 0; i < judge->refusals.count; i++)
                if (judge->refusals.items[i].kind == REFUSAL_SUM_SYNTAX)
                        return;
        if (judge->sums_err.code == ERR_SYNTAX)
                refusal_add_err(judge, REFUSAL_SUM_SYNTAX, &judge->sums_err);
        else
                refusal_add_unjudged(judge, (struct mod_version){ STR_NONE, STR_NONE },
                                     &judge->sums_err);
}

static bool has_any_sum(const struct judge *judge, struct mod_version mod, bool go_mod) {
        for (size_t i = 0; i < judge->sums.count; i++)
                if (sumfile_has(&judge->sums.items[i].file, mod, go_mod))
                        return true;
        return false;
}

/* ---- the checksum database ---- */

/* The name in "NAME", "NAME+ID+KEY" or either with a URL behind. */
static struct str database_name(const struct judge *judge) {
        struct str name = judge->input->sum_database, rest = name;

        if (!str_next_word(&rest, &name))
                return STR("sum.golang.org");
        str_cut(name, '+', &name, &rest);
        return str_eq(name, STR("sum.golang.google.cn")) ? STR("sum.golang.org") : name;
}

static bool database_is_asked(const struct judge *judge, struct str path) {
        return judge->input->in_workspace && !str_eq(judge->input->sum_database, STR("off")) &&
               !modpath_matches_patterns(judge->input->no_sum_database, path);
}

/* What the database said before lies in the module cache: a number, lines as in go.sum, an empty
 * line, a signed tree head (Go Modules Reference, "Checksum database"). */
static bool read_lookup(struct judge *judge, struct mod_version mod, struct str *ret_text) {
        struct str path, version, file, number, record;
        struct err err;

        if (!judge->input->cache || !modpath_escape(judge->arena, mod.path, &path, &err) ||
            !modpath_escape_version(judge->arena, mod.version, &version, &err))
                return false;
        file = str_fmt(judge->arena, "%.*s/cache/download/sumdb/%.*s/lookup/%.*s@%.*s",
                       STR_ARG(judge->input->cache->root), STR_ARG(database_name(judge)),
                       STR_ARG(path), STR_ARG(version));
        if (!file_read(judge->arena, file, LOOKUP_MAX, &record, &err) ||
            !str_cut(record, '\n', &number, &record))
                return false;
        *ret_text = str_slice(record, 0, str_find_str(record, STR("\n\n")));
        return true;
}

/* Adds what the database said to the sums. */
static void add_lookup(struct judge *judge, struct mod_version mod) {
        struct sum_source source = { .name = STR_NONE };
        struct str text;
        struct err err;

        if (!read_lookup(judge, mod, &text) ||
            !sumfile_parse(judge->arena, STR("lookup"), text, &source.file, &err))
                return;
        *VEC_ADD(judge->arena, &judge->sums) = source;
}

static enum sum_state sum_missing(struct judge *judge, struct mod_version mod, bool go_mod,
                                  struct err *err) {
        bool asks = judge->input->in_workspace;

        err_set(err, ERR_NOT_FOUND, "missing go.sum entry for %s%.*s@%.*s",
                go_mod ? "go.mod file of " : "", STR_ARG(mod.path), STR_ARG(mod.version));
        err_mend(err, asks ? "go work sync" : "go mod download %.*s", STR_ARG(mod.path));
        if (!asks)
                return SUM_MISSING;
        return database_is_asked(judge, mod.path) ? SUM_ASKS_DATABASE : SUM_OK;
}

static enum sum_state mismatch(const struct sum_line *line, struct str name, struct mod_version mod,
                               struct str hash, struct err *err) {
        err_at(err, ERR_MISMATCH, name, line->line, 0,
               "verifying %.*s@%.*s: checksum mismatch (module cache: %.*s, go.sum: %.*s)",
               STR_ARG(mod.path), STR_ARG(mod.version), STR_ARG(hash), STR_ARG(line->hash));
        return SUM_MISMATCH;
}

/* The first line of a known kind decides: a later one that fits does not help. */
enum sum_state refusal_check_sum(struct judge *judge, struct mod_version mod, bool go_mod,
                                 struct str hash, struct err *err) {
        refusal_read_sums(judge);
        if (judge->sums_failed) {
                *err = judge->sums_err;
                return SUM_FILE_MALFORMED;
        }
        if (!has_any_sum(judge, mod, go_mod) && database_is_asked(judge, mod.path))
                add_lookup(judge, mod);
        if (!has_any_sum(judge, mod, go_mod))
                return sum_missing(judge, mod, go_mod, err);
        for (size_t i = 0; hash.len && i < judge->sums.count; i++) {
                const struct sum_source *source = &judge->sums.items[i];
                const struct sum_line *line = sumfile_find(&source->file, mod, go_mod);

                for (; line && !str_eq(line->hash, hash); line = sumfile_next(&source->file, line))
                        if (str_has_prefix(line->hash, STR("h1:")))
                                return mismatch(line, source->name, mod, hash, err);
        }
        return SUM_OK;
}

/* ---- go.mod files of dependencies ---- */

static enum mod_answer answer_of(enum sum_state state) {
        switch (state) {
        case SUM_OK:
                return MOD_ANSWERED;
        case SUM_MISSING:
                return MOD_NO_SUM;
        case SUM_ASKS_DATABASE:
                return MOD_ABSENT;
        case SUM_MISMATCH:
        case SUM_FILE_MALFORMED:
                break;
        }
        return MOD_FAILED;
}

/* A folder that cannot be reached from what is judged (a commit, say) is not known to be missing.
 */
static enum mod_answer read_folder(struct judge *judge, struct arena *arena, struct mod_version mod,
                                   struct str *ret_bytes, struct err *err) {
        struct mod_source source = modsource_of(&judge->modsource);
        struct str folder;
        bool is_inside;

        if (modsource_folder(&judge->modsource, arena, mod.path, &is_inside, &folder))
                return source.go_mod(source.ctx, arena, mod, ret_bytes, err);
        err_set(err, ERR_UNSUPPORTED, "the folder %.*s lies outside what is judged",
                STR_ARG(mod.path));
        return MOD_ABSENT;
}

/* The go command asks go.sum first, then the cache, then holds the bytes against go.sum. */
static enum mod_answer read_go_mod(void *ctx, struct arena *arena, struct mod_version mod,
                                   struct str *ret_bytes, struct err *err) {
        struct judge *judge = ctx;
        struct mod_source source = modsource_of(&judge->modsource);
        enum mod_answer answer;
        struct digest tree;

        if (mod.version.len == 0)
                return read_folder(judge, arena, mod, ret_bytes, err);
        answer = answer_of(refusal_check_sum(judge, mod, true, STR_NONE, err));
        if (answer != MOD_ANSWERED)
                return answer;
        answer = source.go_mod(source.ctx, arena, mod, ret_bytes, err);
        if (answer != MOD_ANSWERED)
                return answer;
        tree = dirhash_go_mod(*ret_bytes);
        return answer_of(refusal_check_sum(judge, mod, true, dirhash_sum(arena, &tree), err));
}

/* ---- faults ---- */

static void place(struct refusal *refusal, struct str file, const struct modfile_place *place) {
        refusal->file = file;
        refusal->line = place->pos.line;
        refusal->column = place->pos.column;
}

/* The last replace of the path; NULL where there is none. */
static const struct modfile_place *replace_place(const struct modfile *mod, struct str path) {
        for (size_t i = mod->replace_count; i > 0; i--)
                if (str_eq(mod->replaces[i - 1].old_mod.path, path))
                        return &mod->replaces[i - 1].place;
        return NULL;
}

static const struct modfile_place *require_place(const struct modfile *mod, struct str path) {
        const struct modfile_require *require = modfile_find_require(mod, path);

        if (str_eq(path, STR("go")) && mod->go.place.pos.line)
                return &mod->go.place;
        return require ? &require->place : NULL;
}

static bool place_at(struct judge *judge, struct refusal *refusal, struct str path,
                     const struct modfile_place *(*find)(const struct modfile *mod,
                                                         struct str path)) {
        const struct modfile_place *found = NULL;

        if (judge->input->in_workspace && (found = find(&judge->work, path))) {
                place(refusal, judge->work_name, found);
                return true;
        }
        for (size_t i = 0; i < judge->main_count; i++)
                if ((found = find(judge->mains[i].mod, path))) {
                        place(refusal, judge->main_names[i], found);
                        return true;
                }
        return false;
}

void refusal_place_of_module(struct judge *judge, struct refusal *refusal, struct str path) {
        bool by_replace =
                refusal->kind == REFUSAL_REPLACE_FOLDER || refusal->kind == REFUSAL_DEPENDENCY ||
                refusal->kind == REFUSAL_DEPENDENCY_PATH || refusal->kind == REFUSAL_TWO_PATHS;

        if (!by_replace || !place_at(judge, refusal, path, replace_place))
                place_at(judge, refusal, path, require_place);
}

struct refusal *refusal_add_once(struct judge *judge, enum refusal_kind kind,
                                 struct mod_version mod, const struct err *err) {
        struct refusal *refusal;

        for (size_t i = 0; i < judge->refusals.count; i++) {
                refusal = &judge->refusals.items[i];
                if (refusal->kind == kind && str_eq(refusal->module, mod.path) &&
                    str_eq(refusal->version, mod.version) &&
                    str_eq(refusal->detail, str_of(err->message)))
                        return NULL;
        }
        refusal = refusal_add_err(judge, kind, err);
        refusal->module = mod.path;
        refusal->version = mod.version;
        return refusal;
}

static enum refusal_kind kind_of_fault(const struct buildlist_module *module) {
        switch (module->fault) {
        case BUILDLIST_SUM_MISSING:
                return REFUSAL_SUM_MISSING;
        case BUILDLIST_OTHER_PATH:
                return REFUSAL_DEPENDENCY_PATH;
        case BUILDLIST_TOO_NEW:
                return REFUSAL_GO_TOO_NEW;
        case BUILDLIST_UNREADABLE:
                if (module->err.code == ERR_MISMATCH)
                        return REFUSAL_SUM_MISMATCH;
                if (module->actual.version.len == 0)
                        return REFUSAL_REPLACE_FOLDER;
                break;
        case BUILDLIST_OK:
        case BUILDLIST_ABSENT:
        case BUILDLIST_SYNTAX:
        case BUILDLIST_NO_MODULE_LINE:
                break;
        }
        return REFUSAL_DEPENDENCY;
}

void refusal_add_fault(struct judge *judge, const struct buildlist_module *module,
                       struct str package) {
        struct refusal *refusal;

        if (module->fault == BUILDLIST_ABSENT) {
                refusal_add_unjudged(judge, module->actual, &module->err);
                return;
        }
        if (judge->sums_failed) {
                refusal_add_sums_failure(judge);
                return;
        }
        if (module->err.code == ERR_LIMIT) {
                refusal_add_unjudged(judge, module->actual, &module->err);
                return;
        }
        refusal = refusal_add_once(judge, kind_of_fault(module), module->actual, &module->err);
        if (!refusal)
                return;
        refusal->package = package;
        /* Places inside the dependency's go.mod are no places of the tree. */
        if (module->fault != BUILDLIST_UNREADABLE || module->err.code != ERR_MISMATCH)
                refusal->file = STR_NONE;
        if (refusal->file.len == 0) {
                refusal->line = refusal->column = 0;
                refusal_place_of_module(judge, refusal, module->mod.path);
        }
}

bool refusal_load_graph(struct judge *judge) {
        const struct buildlist_module **faults;
        size_t count;

        if (!buildlist_load(judge->list, judge->err))
                return false;
        faults = buildlist_faults(judge->list, judge->arena, &count);
        for (size_t i = 0; i < count; i++)
                refusal_add_fault(judge, faults[i], STR_NONE);
        return true;
}

/* ---- requirements that the go.mod file would have to be updated for ---- */

struct refusal *refusal_add_update(struct judge *judge, struct mod_version mod, struct str detail) {
        struct refusal *refusal = refusal_add(judge, REFUSAL_UPDATE, detail);

        refusal->module = mod.path;
        refusal->version = mod.version;
        refusal->mend = STR("go mod tidy");
        refusal_place_of_module(judge, refusal, mod.path);
        return refusal;
}

/* A path that is required in two versions. */
static void check_redundant_roots(struct judge *judge) {
        const struct mod_version *roots;
        size_t count;

        roots = buildlist_roots(judge->list, &count);
        for (size_t i = 1; i < count; i++)
                if (str_eq(roots[i].path, roots[i - 1].path) &&
                    !str_eq(roots[i].version, roots[i - 1].version))
                        refusal_add_update(
                                judge, roots[i - 1],
                                str_fmt(judge->arena,
                                        "updates to go.mod needed: %.*s is required at %.*s "
                                        "and at %.*s",
                                        STR_ARG(roots[i].path), STR_ARG(roots[i - 1].version),
                                        STR_ARG(roots[i].version)));
}

void refusal_check_outdated_roots(struct judge *judge) {
        struct mod_version root;
        struct str selected;

        if (!buildlist_find_outdated_root(judge->list, &root, &selected))
                return;
        refusal_add_update(
                judge, root,
                str_fmt(judge->arena,
                        "updates to go.mod needed: %.*s is required at %.*s, but another "
                        "requirement needs %.*s",
                        STR_ARG(root.path), STR_ARG(root.version), STR_ARG(selected)));
}

bool refusal_graph(struct judge *judge) {
        struct buildlist_input input = { .mains = judge->mains,
                                         .main_count = judge->main_count,
                                         .work = judge->input->in_workspace ? &judge->work : NULL,
                                         .go_version = judge->input->go_version,
                                         .source = { judge, read_go_mod } };

        judge->list = buildlist_make(judge->arena, &input);
        if (judge->input->in_workspace)
                return true;
        check_redundant_roots(judge);
        if (refusal_found(judge) || buildlist_is_pruned(judge->list))
                return true;
        if (!refusal_load_graph(judge))
                return false;
        if (!refusal_found(judge) && judge->unjudged.count == 0)
                refusal_check_outdated_roots(judge);
        return true;
}
