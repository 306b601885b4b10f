/* Checkpoint modules: go.mod, go.sum and go.work. */
#include "check/check.h"
#include "data/digest.h"
#include "gomod/gover.h"
#include "gomod/semver.h"
#include "modload/refusal.h"

#define SECONDS_A_DAY 86400

/* ---- go.mod that does not parse ---- */

static void run_syntax(const struct rule *rule, const struct repo_facts *repo UNUSED,
                       const struct module_facts *module, struct findings *out) {
        struct finding *finding;

        if (!module->modfile_err)
                return;
        finding = finding_add(out, rule, module->modfile_path, module->modfile_err->line,
                              module->modfile_err->column);
        finding->go_refuses = true;
        finding->key = module->modfile_path;
        finding_fill(finding, "file", module->modfile_path);
        finding_fill(finding, "detail", str_of(module->modfile_err->message));
}

/* ---- what the go command refuses ---- */

/* Which rule tells which refusal. What go.mod's and go.sum's own rules tell is not told twice. */
static const char *const refusal_rules[] = {
        [REFUSAL_GOTOOLCHAIN] = "MOD026",      [REFUSAL_WORK_SYNTAX] = "MOD029",
        [REFUSAL_WORK_GODEBUG] = "MOD029",     [REFUSAL_WORK_USE] = "MOD029",
        [REFUSAL_WORK_OLD] = "MOD029",         [REFUSAL_WORK_REPLACE] = "MOD029",
        [REFUSAL_WORK_OUTSIDE] = "MOD029",     [REFUSAL_MOD_SYNTAX] = "MOD001",
        [REFUSAL_MOD_VERSION] = "MOD002",      [REFUSAL_MOD_PATH] = "MOD002",
        [REFUSAL_MOD_GODEBUG] = "MOD002",      [REFUSAL_MOD_TOOL] = "MOD002",
        [REFUSAL_REPLACE_CONFLICT] = "MOD002", [REFUSAL_TWO_PATHS] = "MOD002",
        [REFUSAL_GO_TOO_NEW] = "MOD026",       [REFUSAL_SUM_SYNTAX] = "MOD024",
        [REFUSAL_SUM_MISSING] = "MOD011",      [REFUSAL_SUM_MISMATCH] = "MOD012",
        [REFUSAL_DEPENDENCY] = "MOD002",       [REFUSAL_DEPENDENCY_PATH] = "MOD002",
        [REFUSAL_REPLACE_FOLDER] = "MOD003",   [REFUSAL_UPDATE] = "MOD025",
        [REFUSAL_IMPLICIT] = "MOD025",         [REFUSAL_IMPORT] = "MOD021",
        [REFUSAL_AMBIGUOUS] = "MOD022",        [REFUSAL_PACKAGE] = "MOD028",
};

/* A go.work has replace lines too. */
static struct str rule_of(const struct refusal *refusal) {
        if (refusal->kind == REFUSAL_REPLACE_CONFLICT &&
            str_has_suffix(refusal->file, STR("go.work")))
                return STR("MOD029");
        return str_of(refusal_rules[refusal->kind]);
}

static bool is_told_by(const struct refusal *refusal, const struct rule *rule) {
        return str_eq(rule_of(refusal), str_of(rule->id));
}

static struct str usual_command(const struct refusal *refusal) {
        if (str_eq(rule_of(refusal), STR("MOD029")))
                return STR("go work edit");
        return refusal->mend.len ? refusal->mend : STR("go mod tidy");
}

static const struct text left_out_mend = {
        "{command} takes the module into the workspace, or build it without one: GOWORK=off",
        "运行 {command} 将该模块加入工作区，或以 GOWORK=off 不使用工作区构建"
};

/* The module's folder as a use line names it. */
static struct str use_of(struct arena *arena, const struct module_facts *module) {
        struct str rest = str_drop_prefix(module->dir, module->work_dir), part;
        struct str path = module->dir, up = module->work_dir;

        if (!rest.len || (!module->work_dir.len || str_has_prefix(rest, STR("/"))))
                return str_fmt(arena, "./%.*s", STR_ARG(str_drop_prefix(rest, STR("/"))));
        while (up.len) {
                if (!str_cut(up, '/', &part, &up))
                        up = STR_NONE;
                path = str_fmt(arena, "../%.*s", STR_ARG(path));
        }
        return path;
}

static struct str use_command(struct arena *arena, const struct module_facts *module) {
        struct str use = use_of(arena, module);

        return module->work_dir.len ? str_fmt(arena, "`go -C %.*s work use %.*s`",
                                              STR_ARG(module->work_dir), STR_ARG(use))
                                    : str_fmt(arena, "`go work use %.*s`", STR_ARG(use));
}

static struct finding *report_refusal(struct findings *out, const struct rule *rule,
                                      const struct module_facts *module,
                                      const struct refusal *refusal) {
        struct str file = refusal->file.len ? refusal->file : module->modfile_path;
        struct finding *finding = finding_add(out, rule, file, refusal->line, refusal->column);
        struct str what = refusal->package.len ? refusal->package : refusal->module;

        finding->go_refuses = true;
        finding->module = refusal->module;
        finding->version = refusal->version;
        finding->key = str_fmt(out->arena, "%s %.*s", refusal_name(refusal->kind), STR_ARG(what));
        finding_fill(finding, "detail", refusal->detail);
        if (refusal->kind == REFUSAL_WORK_OUTSIDE)
                finding->mend.text = &left_out_mend;
        finding_fill(finding, "command",
                     refusal->kind == REFUSAL_WORK_OUTSIDE ? use_command(out->arena, module)
                                                           : usual_command(refusal));
        return finding;
}

/* One require that is missing is refused at each import from that module, and once for go.mod. */
static bool have_one_cause(const struct refusal *a, const struct refusal *b) {
        bool of_module = (a->kind == REFUSAL_UPDATE || a->kind == REFUSAL_IMPLICIT) &&
                         (b->kind == REFUSAL_UPDATE || b->kind == REFUSAL_IMPLICIT) &&
                         a->module.len;

        if (of_module)
                return str_eq(a->module, b->module);
        return a->kind == b->kind && str_eq(a->detail, b->detail);
}

static bool is_told_before(const struct refusal_report *report, size_t index) {
        for (size_t i = 0; i < index; i++)
                if (have_one_cause(&report->refusals[i], &report->refusals[index]))
                        return true;
        return false;
}

static const struct text refused_too = { "{detail}", "{detail}" };

/* The other places of what is told. */
static void add_places(struct findings *out, struct finding *finding,
                       const struct refusal_report *report, size_t first) {
        for (size_t i = first + 1; i < report->refusal_count; i++) {
                const struct refusal *other = &report->refusals[i];

                if (other->file.len && have_one_cause(&report->refusals[first], other))
                        message_arg(
                                finding_step(out, finding, other->file, other->line, &refused_too),
                                "detail", other->detail);
        }
}

static void run_refusals(const struct rule *rule, const struct repo_facts *repo UNUSED,
                         const struct module_facts *module, struct findings *out) {
        const struct refusal_report *report = module->refusals;

        for (size_t i = 0; i < report->refusal_count; i++)
                if (is_told_by(&report->refusals[i], rule) && !is_told_before(report, i))
                        add_places(out, report_refusal(out, rule, module, &report->refusals[i]),
                                   report, i);
}

static const struct text no_sumfile = {
        "there is no go.sum; modules that need a line in it: {count}",
        "没有 go.sum，而 {count} 个模块需要其中的记录"
};

static size_t count_told(const struct refusal_report *report, const struct rule *rule) {
        size_t count = 0;

        for (size_t i = 0; i < report->refusal_count; i++)
                count += is_told_by(&report->refusals[i], rule) && !is_told_before(report, i);
        return count;
}

static void report_no_sumfile(struct findings *out, const struct rule *rule,
                              const struct module_facts *module, size_t count) {
        struct finding *finding = finding_add(out, rule, module->sumfile_path, 0, 0);

        finding->go_refuses = true;
        finding->key = module->sumfile_path;
        finding_say(finding, &no_sumfile);
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", count));
        finding_fill(finding, "command", STR("go mod tidy"));
        for (size_t i = 0; i < module->refusals->refusal_count; i++) {
                const struct refusal *refusal = &module->refusals->refusals[i];

                if (is_told_by(refusal, rule) && !is_told_before(module->refusals, i))
                        message_arg(finding_step(out, finding,
                                                 refusal->file.len ? refusal->file
                                                                   : module->modfile_path,
                                                 refusal->line, &refused_too),
                                    "detail", refusal->detail);
        }
}

/* Where the file as a whole is missing, that is the one cause. */
static void run_sum_missing(const struct rule *rule, const struct repo_facts *repo,
                            const struct module_facts *module, struct findings *out) {
        size_t count = count_told(module->refusals, rule);

        if (count > 1 && !tree_find(repo->tree, module->sumfile_path))
                report_no_sumfile(out, rule, module, count);
        else
                run_refusals(rule, repo, module, out);
}

/* Whether the go command refuses something of this kind, of the dependency where one is named. What
 * is not known is not said. */
static bool go_refuses(const struct module_facts *module, enum refusal_kind kind,
                       struct str dependency) {
        for (size_t i = 0; module->refusals && i < module->refusals->refusal_count; i++) {
                const struct refusal *refusal = &module->refusals->refusals[i];

                if (refusal->kind == kind &&
                    (!dependency.len || str_eq(refusal->module, dependency)))
                        return true;
        }
        return false;
}

/* ---- replace ---- */

static const struct text replace_missing = { "replaces {module} by {path}, which is not there",
                                             "将 {module} 替换为 {path}，但该路径不存在" };
static const struct text replace_outside = {
        "replaces {module} by {path}, outside the repository: only a machine that has it can build this",
        "将 {module} 替换为仓库之外的 {path}：只有具备该目录的机器才能构建"
};

/* dir/path with "." and ".." resolved; false where it leaves the root or is absolute. */
static bool resolve(struct arena *arena, struct str dir, struct str path, struct str *ret_path) {
        struct str parts[64], rest, part;
        size_t count = 0;
        struct str joined = STR_NONE;
        bool more = true;

        if (str_has_prefix(path, STR("/")) || str_find(path, '\\') != SIZE_MAX)
                return false;
        rest = str_join_path(arena, dir, path);
        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                if (!more)
                        part = rest;
                if (part.len == 0 || str_eq(part, STR(".")))
                        continue;
                if (!str_eq(part, STR(".."))) {
                        if (count == COUNT_OF(parts))
                                return false;
                        parts[count++] = part;
                } else if (count-- == 0) {
                        return false;
                }
        }
        for (size_t i = 0; i < count; i++)
                joined = str_join_path(arena, joined, parts[i]);
        *ret_path = joined;
        return true;
}

static struct finding *add_at(struct findings *out, const struct rule *rule,
                              const struct module_facts *module, struct mod_pos pos) {
        return finding_add(out, rule, module->modfile_path, pos.line, pos.column);
}

/* A replace line and the file that it stands in. */
struct replace_line {
        struct str file, dir;
        const struct modfile_replace *replace;
        bool of_work;
};

typedef void visit_replace(const struct rule *rule, const struct module_facts *module,
                           const struct replace_line *line, struct findings *out);

static bool share_workspace(const struct module_facts *a, const struct module_facts *b) {
        return a->work && b->work && str_eq(a->work_path, b->work_path);
}

/* The lines of a go.work are told once, with the first of its modules. */
static bool is_first_of_workspace(const struct module_facts *module) {
        const struct repo_facts *repo = module->repo;

        for (size_t i = 0; &repo->modules[i] != module; i++)
                if (share_workspace(&repo->modules[i], module))
                        return false;
        return module->work != NULL;
}

static void each_replace(const struct rule *rule, const struct module_facts *module,
                         visit_replace *visit, struct findings *out) {
        struct replace_line line = { .file = module->modfile_path, .dir = module->dir };

        for (size_t i = 0; i < module->modfile->replace_count; i++) {
                line.replace = &module->modfile->replaces[i];
                visit(rule, module, &line, out);
        }
        if (!is_first_of_workspace(module))
                return;
        line = (struct replace_line){ .file = module->work_path,
                                      .dir = module->work_dir,
                                      .of_work = true };
        for (size_t i = 0; i < module->work->replace_count; i++) {
                line.replace = &module->work->replaces[i];
                visit(rule, module, &line, out);
        }
}

static struct finding *add_at_replace(struct findings *out, const struct rule *rule,
                                      const struct replace_line *line) {
        struct mod_pos pos = line->replace->place.pos;
        struct finding *finding = finding_add(out, rule, line->file, pos.line, pos.column);

        finding->key = line->of_work ? str_fmt(out->arena, "go.work %.*s",
                                               STR_ARG(line->replace->old_mod.path))
                                     : line->replace->old_mod.path;
        return finding;
}

static bool refuses_line(const struct module_facts *module, const struct replace_line *line) {
        for (size_t i = 0; module->refusals && i < module->refusals->refusal_count; i++) {
                const struct refusal *refusal = &module->refusals->refusals[i];

                if (refusal->kind == REFUSAL_REPLACE_FOLDER && str_eq(refusal->file, line->file) &&
                    refusal->line == line->replace->place.pos.line)
                        return true;
        }
        return false;
}

/* The go command refuses a folder only where something is loaded from it: of a go.work by any of
 * its modules. */
static bool go_refuses_folder(const struct module_facts *module, const struct replace_line *line) {
        const struct repo_facts *repo = module->repo;

        if (refuses_line(module, line) ||
            go_refuses(module, REFUSAL_REPLACE_FOLDER, line->replace->old_mod.path) ||
            go_refuses(module, REFUSAL_REPLACE_FOLDER, line->replace->new_mod.path))
                return true;
        for (size_t i = 0; line->of_work && i < repo->module_count; i++)
                if (share_workspace(&repo->modules[i], module) &&
                    refuses_line(&repo->modules[i], line))
                        return true;
        return false;
}

static const struct text work_replace_mend = {
        "publish the change and require its version, then `go work edit -dropreplace={module}`; or do not commit go.work",
        "发布该修改并 require 其版本，然后运行 `go work edit -dropreplace={module}`；或不要提交 go.work"
};

static void report_local_replace(const struct rule *rule, const struct module_facts *module,
                                 const struct replace_line *line, struct findings *out) {
        const struct modfile_replace *replace = line->replace;
        struct finding *finding;
        struct str inside;

        if (replace->new_mod.version.len)
                return;
        finding = add_at_replace(out, rule, line);
        finding_module(finding, replace->old_mod.path, replace->old_mod.version);
        finding_fill(finding, "path", replace->new_mod.path);
        finding->go_refuses = go_refuses_folder(module, line);
        if (line->of_work)
                finding->mend.text = &work_replace_mend;
        if (!resolve(out->arena, line->dir, replace->new_mod.path, &inside))
                finding_say(finding, &replace_outside);
        else if (!tree_has_dir(module->repo->tree, inside))
                finding_say(finding, &replace_missing);
}

static void run_local_replace(const struct rule *rule, const struct repo_facts *repo UNUSED,
                              const struct module_facts *module, struct findings *out) {
        each_replace(rule, module, report_local_replace, out);
}

static void report_silent_replace(const struct rule *rule, const struct module_facts *module UNUSED,
                                  const struct replace_line *line, struct findings *out) {
        const struct modfile_replace *replace = line->replace;
        struct finding *finding;

        if (!replace->new_mod.version.len || replace->place.comment.len)
                return;
        finding = add_at_replace(out, rule, line);
        finding_module(finding, replace->new_mod.path, replace->new_mod.version);
        finding_fill(finding, "old", replace->old_mod.path);
}

static void run_silent_replace(const struct rule *rule, const struct repo_facts *repo UNUSED,
                               const struct module_facts *module, struct findings *out) {
        each_replace(rule, module, report_silent_replace, out);
}

/* ---- require ---- */

/* What is built for a required module: the replacement in force, or the module itself. */
struct in_force {
        struct mod_version mod;
        const struct modfile_replace *replace; /* NULL: none */
        bool of_work;
};

static struct in_force in_force_of(const struct modfile *mod, const struct modfile *work,
                                   struct mod_version required) {
        const struct modfile_replace *of_work = work ? modfile_find_replace(work, required) : NULL;
        const struct modfile_replace *replace =
                of_work ? of_work : modfile_find_replace(mod, required);

        return (struct in_force){ replace ? replace->new_mod : required, replace, of_work != NULL };
}

static const struct text lowered_by_replace = {
        "{module} is replaced by {version}; the base builds {before}",
        "{module} 被替换为 {version}，而基线构建的是 {before}"
};
static const struct text lowered_by_replace_mend = {
        "raise the replacement to {before}, or drop it and require {before}",
        "将替换版本提升到 {before}，或移除替换并 require {before}"
};

static void report_lowered(struct findings *out, const struct rule *rule,
                           const struct module_facts *module, const struct in_force *now,
                           struct mod_pos require, struct str before) {
        struct str file = now->of_work ? module->work_path : module->modfile_path;
        struct mod_pos pos = now->replace ? now->replace->place.pos : require;
        struct finding *finding = finding_add(out, rule, file, pos.line, pos.column);

        finding_module(finding, now->mod.path, now->mod.version);
        finding_fill(finding, "before", before);
        finding->key = now->mod.path;
        if (!now->replace)
                return;
        finding_say(finding, &lowered_by_replace);
        finding->mend.text = &lowered_by_replace_mend;
}

/* Versions of one module can be compared; a fork is another module. */
static bool is_lower(struct mod_version now, struct mod_version before) {
        return now.version.len && before.version.len && str_eq(now.path, before.path) &&
               semver_compare(now.version, before.version) < 0;
}

static void run_lowered(const struct rule *rule, const struct repo_facts *repo UNUSED,
                        const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->modfile->require_count; i++) {
                const struct modfile_require *now = &module->modfile->requires[i];
                const struct modfile_require *before =
                        modfile_find_require(module->base_modfile, now->mod.path);
                struct in_force built, was;

                if (!before)
                        continue;
                built = in_force_of(module->modfile, module->work, now->mod);
                was = in_force_of(module->base_modfile, module->base_work, before->mod);
                if (is_lower(built.mod, was.mod))
                        report_lowered(out, rule, module, &built, now->place.pos, was.mod.version);
        }
}

static void run_incompatible(const struct rule *rule, const struct repo_facts *repo UNUSED,
                             const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->modfile->require_count; i++) {
                const struct modfile_require *require = &module->modfile->requires[i];
                struct finding *finding;

                if (!semver_is_incompatible(require->mod.version))
                        continue;
                finding = add_at(out, rule, module, require->place.pos);
                finding_module(finding, require->mod.path, require->mod.version);
                finding->key = require->mod.path;
        }
}

static void run_duplicate(const struct rule *rule, const struct repo_facts *repo UNUSED,
                          const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->modfile->require_count; i++) {
                const struct modfile_require *require = &module->modfile->requires[i];
                const struct modfile_require *first =
                        modfile_find_require(module->modfile, require->mod.path);
                struct finding *finding;

                if (first == require)
                        continue;
                finding = add_at(out, rule, module, require->place.pos);
                finding_module(finding, require->mod.path, require->mod.version);
                finding_fill(finding, "line", str_fmt(out->arena, "%u", first->place.pos.line));
                finding->key = require->mod.path;
        }
}

/* ---- what the proxies say ---- */

static struct mod_pos require_pos(const struct module_facts *module, struct str path) {
        const struct modfile_require *require = modfile_find_require(module->modfile, path);

        if (str_eq(path, STR("stdlib")))
                return module->modfile->go.place.pos;
        return require ? require->place.pos : (struct mod_pos){ 0 };
}

static struct finding *report_release(struct findings *out, const struct rule *rule,
                                      const struct module_facts *module,
                                      const struct module_release *release) {
        struct finding *finding = add_at(out, rule, module, require_pos(module, release->mod.path));

        finding_module(finding, release->mod.path, release->mod.version);
        finding_fill(finding, "latest", release->latest);
        finding->key = release->mod.path;
        return finding;
}

static struct str or_no_reason(struct str reason) {
        return reason.len ? reason : STR("no reason given");
}

static void run_retracted(const struct rule *rule, const struct repo_facts *repo UNUSED,
                          const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->release_count; i++)
                if (module->releases[i].is_known && module->releases[i].is_retracted)
                        finding_fill(report_release(out, rule, module, &module->releases[i]),
                                     "reason", or_no_reason(module->releases[i].rationale));
}

static void run_deprecated(const struct rule *rule, const struct repo_facts *repo UNUSED,
                           const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->release_count; i++)
                if (module->releases[i].is_known && module->releases[i].deprecated.len)
                        finding_fill(report_release(out, rule, module, &module->releases[i]),
                                     "reason", module->releases[i].deprecated);
}

static bool has_later_release(const struct module_release *release) {
        int64_t taken;
        struct err err;

        return release->is_known && release->latest_seconds &&
               semver_pseudo_time(release->mod.version, &taken, &err) &&
               release->latest_seconds > taken;
}

static void run_pseudo(const struct rule *rule, const struct repo_facts *repo UNUSED,
                       const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->release_count; i++)
                if (has_later_release(&module->releases[i]))
                        report_release(out, rule, module, &module->releases[i]);
}

/* ---- // indirect ---- */

static const struct text not_indirect = {
        "{module} is imported directly, and the line says // indirect",
        "{module} 被直接导入，但该行标为 // indirect"
};

static bool is_below(struct str import_path, struct str module_path) {
        return str_has_prefix(import_path, module_path) &&
               (import_path.len == module_path.len || import_path.ptr[module_path.len] == '/');
}

/* Some package of the main module, or a tool line, names a path below the module's. Where another
 * module provides that package, nothing is said: better silent than wrong. */
static bool may_be_direct(const struct module_facts *module, struct str path) {
        for (size_t i = 0; i < module->direct_imports->count; i++)
                if (is_below(module->direct_imports->entries[i].key, path))
                        return true;
        return false;
}

static bool imports_from(const struct refusal_report *report, const struct package_imports *imports,
                         struct str path) {
        for (size_t i = 0; i < imports->count; i++) {
                uint32_t target = imports->items[i].target;
                uint32_t owner = target == PACKAGE_NONE ? PACKAGE_NONE
                                                        : report->packages->items[target].module;

                if (owner != PACKAGE_NONE && str_eq(report->modules[owner].path, path))
                        return true;
        }
        return false;
}

static bool is_own(const struct module_facts *module, const struct package *package) {
        const struct packages_module *modules = module->refusals->modules;

        return package->module != PACKAGE_NONE && modules[package->module].is_main &&
               str_eq(modules[package->module].path, module->path);
}

/* A package of the module itself imports one of the path's, in this host's build. What other
 * modules of a workspace import is theirs to name. */
static bool is_direct(const struct module_facts *module, struct str path) {
        const struct refusal_report *report = module->refusals;

        for (size_t i = 0; i < report->packages->count; i++) {
                const struct package *package = &report->packages->items[i];

                if (!is_own(module, package))
                        continue;
                if (imports_from(report, &package->imports, path) ||
                    imports_from(report, &package->test_imports, path) ||
                    imports_from(report, &package->xtest_imports, path))
                        return true;
        }
        return false;
}

static void run_indirect(const struct rule *rule, const struct repo_facts *repo UNUSED,
                         const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; module->refusals->packages && i < module->modfile->require_count; i++) {
                const struct modfile_require *require = &module->modfile->requires[i];
                bool wrong = require->indirect ? is_direct(module, require->mod.path)
                                               : !may_be_direct(module, require->mod.path);
                struct finding *finding;

                if (!wrong || gover_is_pseudo_module(require->mod.path))
                        continue;
                finding = add_at(out, rule, module, require->place.pos);
                finding_module(finding, require->mod.path, require->mod.version);
                finding->key = require->mod.path;
                if (require->indirect)
                        finding_say(finding, &not_indirect);
        }
}

/* ---- go.sum lines that nothing needs ---- */

/* From go 1.18 on `go mod tidy` keeps lines for this graph alone, and none for older releases of
 * Go. Where the go command would change go.mod first, the graph is not the one that tidy keeps. */
static bool tidy_keeps_no_others(const struct module_facts *module) {
        bool refused = !module->refusals || module->refusals->refusal_count;

        return module->graph && !refused && !module->work && module->sumfile &&
               gover_compare(module->modfile->go.value, STR("1.18")) >= 0;
}

static bool is_replacement(const struct module_facts *module, struct str path) {
        for (size_t i = 0; i < module->modfile->replace_count; i++)
                if (str_eq(module->modfile->replaces[i].new_mod.path, path))
                        return true;
        return false;
}

/* Of a version that is not selected only go.mod matters, and that only where its requirements are
 * in the graph. Source: keepSums in cmd/go/internal/modload. */
static bool is_needed(const struct module_facts *module, const struct sum_line *line) {
        const struct mvs_graph *graph = buildlist_graph(module->graph);
        uint32_t node = mvs_find_node(graph, line->mod);
        struct str selected;

        if (mvs_selected(graph, line->mod.path, &selected) && str_eq(selected, line->mod.version))
                return true;
        return line->go_mod && node != UINT32_MAX && graph->nodes[node].expanded;
}

#define LEFTOVERS_MAX 20       /* that are told one by one; more have one cause, and one finding */
#define LEFTOVER_STEPS_MAX 100 /* further lines that such a finding names */

typedef VEC(const struct sum_line *) sum_line_vec;

static const struct text leftovers = {
        "{count} lines of {file} stand for what nothing in the module graph needs: `go mod tidy` "
        "drops them",
        "{file} 中有 {count} 行在依赖图中没有用处：`go mod tidy` 会删除它们"
};
static const struct text leftover_too = { "{module} {version} is not needed",
                                          "不需要 {module} {version}" };

static bool is_leftover(const struct module_facts *module, const struct sum_line *line) {
        return !is_needed(module, line) && !is_replacement(module, line->mod.path) &&
               !str_eq(line->mod.path, STR("golang.org/toolchain"));
}

static struct str leftover_key(struct arena *arena, const struct sum_line *line) {
        return str_fmt(arena, "%.*s %.*s %d", STR_ARG(line->mod.path), STR_ARG(line->mod.version),
                       line->go_mod);
}

static void report_leftover(struct findings *out, const struct rule *rule,
                            const struct module_facts *module, const struct sum_line *line) {
        struct finding *finding = finding_add(out, rule, module->sumfile_path, line->line, 0);

        finding_module(finding, line->mod.path, line->mod.version);
        finding->key = leftover_key(out->arena, line);
}

/* Every line enters it, so that one more is another finding. */
static struct str leftovers_key(struct arena *arena, const sum_line_vec *lines) {
        struct digest_hasher hasher;
        struct digest digest;

        digest_begin(&hasher);
        for (size_t i = 0; i < lines->count; i++) {
                const struct sum_line *line = lines->items[i];

                digest_add(&hasher, line->mod.path);
                digest_add(&hasher, STR(" "));
                digest_add(&hasher, line->mod.version);
                digest_add(&hasher, line->go_mod ? STR("/go.mod\n") : STR("\n"));
        }
        digest = digest_end(&hasher);
        return digest_hex(arena, &digest);
}

static void report_leftovers(struct findings *out, const struct rule *rule,
                             const struct module_facts *module, const sum_line_vec *lines) {
        struct finding *finding =
                finding_add(out, rule, module->sumfile_path, lines->items[0]->line, 0);

        finding->key = leftovers_key(out->arena, lines);
        finding_say(finding, &leftovers);
        finding_fill(finding, "count", str_fmt(out->arena, "%zu", lines->count));
        finding_fill(finding, "file", module->sumfile_path);
        for (size_t i = 1; i < MIN_OF(lines->count, LEFTOVER_STEPS_MAX + 1); i++) {
                const struct sum_line *line = lines->items[i];
                struct message *step =
                        finding_step(out, finding, module->sumfile_path, line->line, &leftover_too);

                message_arg(step, "module", line->mod.path);
                message_arg(step, "version", line->mod.version);
        }
}

static void run_leftover(const struct rule *rule, const struct repo_facts *repo UNUSED,
                         const struct module_facts *module, struct findings *out) {
        sum_line_vec lines = { 0 };

        if (!tidy_keeps_no_others(module))
                return;
        for (size_t i = 0; i < module->sumfile->count; i++)
                if (is_leftover(module, &module->sumfile->lines[i]))
                        *VEC_ADD(out->arena, &lines) = &module->sumfile->lines[i];
        if (lines.count > LEFTOVERS_MAX)
                report_leftovers(out, rule, module, &lines);
        for (size_t i = 0; i < lines.count && lines.count <= LEFTOVERS_MAX; i++)
                report_leftover(out, rule, module, lines.items[i]);
}

/* ---- go and toolchain ---- */

static void run_no_release(const struct rule *rule, const struct repo_facts *repo UNUSED,
                           const struct module_facts *module, struct findings *out) {
        const struct modfile_word *go = &module->modfile->go;
        struct finding *finding;

        if (module->modfile->toolchain.place.pos.line || !go->place.pos.line ||
            !gover_is_language(go->value))
                return;
        finding = add_at(out, rule, module, go->place.pos);
        finding_fill(finding, "go", go->value);
        finding->key = STR("go");
}

/* A pipeline that asks for "1.21" gets the newest 1.21.N. */
static bool is_older(struct str ci, struct str go) {
        struct str major, minor, patch;
        bool has_patch = str_cut(ci, '.', &major, &minor) && str_cut(minor, '.', &minor, &patch);

        return gover_compare(has_patch ? ci : gover_language(ci),
                             has_patch ? go : gover_language(go)) < 0;
}

/* The versions of one line (of a matrix) that are older, as "1.20, 1.21". */
static struct str older_versions(const struct repo_facts *repo, const struct ci_toolchain *line,
                                 struct str go, struct arena *arena) {
        struct str versions = STR_NONE;

        for (size_t i = 0; i < repo->ci_toolchain_count; i++) {
                const struct ci_toolchain *ci = &repo->ci_toolchains[i];

                if (ci->line != line->line || !str_eq(ci->file, line->file) ||
                    !is_older(ci->version, go))
                        continue;
                versions = versions.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(versions),
                                                  STR_ARG(ci->version))
                                        : ci->version;
        }
        return versions;
}

static bool is_first_of_line(const struct repo_facts *repo, size_t index) {
        const struct ci_toolchain *ci = &repo->ci_toolchains[index];

        return index == 0 || ci[-1].line != ci->line || !str_eq(ci[-1].file, ci->file);
}

static void run_ci_older(const struct rule *rule, const struct repo_facts *repo,
                         const struct module_facts *module, struct findings *out) {
        const struct modfile_word *go = &module->modfile->go;

        for (size_t i = 0; go->place.pos.line && i < repo->ci_toolchain_count; i++) {
                const struct ci_toolchain *ci = &repo->ci_toolchains[i];
                struct str versions = older_versions(repo, ci, go->value, out->arena);
                struct finding *finding;

                if (!versions.len || !is_first_of_line(repo, i))
                        continue;
                finding = finding_add(out, rule, ci->file, ci->line, 0);
                finding_fill(finding, "go", go->value);
                finding_fill(finding, "ci", versions);
                finding_fill(finding, "file", module->modfile_path);
                finding->key =
                        str_fmt(out->arena, "%.*s %.*s", STR_ARG(ci->file), STR_ARG(versions));
        }
}

/* ---- go.sum ---- */

static struct finding *report_sum_syntax(struct findings *out, const struct rule *rule,
                                         const struct module_facts *module, struct str file,
                                         const struct err *err) {
        struct finding *finding = finding_add(out, rule, file, err->line, 0);

        finding->go_refuses = go_refuses(module, REFUSAL_SUM_SYNTAX, STR_NONE);
        finding->key = STR("go.sum");
        finding_fill(finding, "file", file);
        finding_fill(finding, "detail", str_of(err->message));
        return finding;
}

static const struct text work_sum_mend = { "correct the line, or delete it and run `go work sync`",
                                           "改正该行，或删除后运行 `go work sync`" };

static bool has_finding_at(const struct findings *out, const struct rule *rule, struct str file) {
        for (size_t i = 0; i < out->list.count; i++)
                if (out->list.items[i]->rule == rule && str_eq(out->list.items[i]->file, file))
                        return true;
        return false;
}

/* go.work.sum belongs to every module of the workspace and is told once. */
static void run_sum_syntax(const struct rule *rule, const struct repo_facts *repo UNUSED,
                           const struct module_facts *module, struct findings *out) {
        if (module->sumfile_err)
                report_sum_syntax(out, rule, module, module->sumfile_path, module->sumfile_err);
        if (module->work_sumfile_err && !has_finding_at(out, rule, module->work_sumfile_path))
                report_sum_syntax(out, rule, module, module->work_sumfile_path,
                                  module->work_sumfile_err)
                        ->mend.text = &work_sum_mend;
}

static const struct sum_line *line_with_hash(const struct sumfile *sums,
                                             const struct sum_line *like) {
        const struct sum_line *line = sumfile_find(sums, like->mod, like->go_mod);

        while (line && !str_eq(line->hash, like->hash))
                line = sumfile_next(sums, line);
        return line;
}

/* A published version never changes, so neither does its hash. */
static void run_sum_changed(const struct rule *rule, const struct repo_facts *repo UNUSED,
                            const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; module->sumfile && i < module->sumfile->count; i++) {
                const struct sum_line *now = &module->sumfile->lines[i];
                const struct sum_line *before =
                        sumfile_find(module->base_sumfile, now->mod, now->go_mod);
                struct finding *finding;

                if (!before || line_with_hash(module->base_sumfile, now))
                        continue;
                finding = finding_add(out, rule, module->sumfile_path, now->line, 0);
                finding_module(finding, now->mod.path, now->mod.version);
                finding->key = str_fmt(out->arena, "%.*s %d", STR_ARG(now->mod.path), now->go_mod);
        }
}

/* ---- the module cache ---- */

static uint32_t sum_line_of(const struct module_facts *module, struct mod_version mod) {
        const struct sum_line *line = sumfile_find(module->sumfile, mod, false);

        return line ? line->line : 0;
}

static void report_damage(struct findings *out, const struct rule *rule,
                          const struct module_facts *module, const struct module_proof *proof,
                          const struct modcache_damage *damage) {
        struct mod_version mod = proof->module->actual;
        struct finding *finding =
                finding_add(out, rule, module->sumfile_path, sum_line_of(module, mod), 0);

        finding_module(finding, mod.path, mod.version);
        finding_fill(finding, "sum", module->sumfile_path);
        finding_fill(finding, "file", damage->file);
        finding_fill(finding, "detail", damage->detail);
        finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(mod.path), STR_ARG(damage->name));
}

static bool is_of(const struct finding *finding, const struct rule *rule, struct str file,
                  struct str path) {
        return finding->rule == rule && str_eq(finding->file, file) &&
               str_eq(finding->module, path);
}

/* What is told of a module in a file once is not told again from another side. */
static bool has_finding_of(const struct findings *out, const struct rule *rule, struct str file,
                           struct str path) {
        for (size_t i = 0; i < out->list.count; i++)
                if (is_of(out->list.items[i], rule, file, path))
                        return true;
        return false;
}

static void set_go_refuses(struct findings *out, const struct rule *rule, struct str file,
                           struct str path) {
        for (size_t i = 0; i < out->list.count; i++)
                if (is_of(out->list.items[i], rule, file, path))
                        out->list.items[i]->go_refuses = true;
}

/* In a workspace another module that is built with this go.sum may have told it. */
static bool was_told_elsewhere(const struct findings *out, const struct rule *rule,
                               const struct module_facts *module, struct str path) {
        for (size_t i = 0; i < out->list.count; i++)
                if (is_of(out->list.items[i], rule, module->sumfile_path, path) &&
                    !str_eq(out->list.items[i]->main_module, module->path))
                        return true;
        return false;
}

/* Damages of one kind or of all others, for every proof of the module. */
static void report_damages(struct findings *out, const struct rule *rule,
                           const struct module_facts *module, bool sums_differ) {
        for (size_t i = 0; i < module->proof_count; i++) {
                const struct modcache_proof *proof = module->proofs[i].proof;

                if (was_told_elsewhere(out, rule, module, module->proofs[i].module->actual.path))
                        continue;
                for (size_t j = 0; j < proof->damage_count; j++)
                        if ((proof->damages[j].kind == MODCACHE_SUM_DIFFERS) == sums_differ)
                                report_damage(out, rule, module, &module->proofs[i],
                                              &proof->damages[j]);
        }
}

static void run_sum_differs(const struct rule *rule, const struct repo_facts *repo UNUSED,
                            const struct module_facts *module, struct findings *out) {
        report_damages(out, rule, module, true);
        for (size_t i = 0; i < module->altered_sum_count; i++) {
                const struct sum_line *line = module->altered_sums[i];
                struct finding *finding;

                if (has_finding_of(out, rule, module->sumfile_path, line->mod.path))
                        continue;
                finding = finding_add(out, rule, module->sumfile_path, line->line, 0);
                finding_module(finding, line->mod.path, line->mod.version);
                finding_fill(finding, "sum", module->sumfile_path);
                finding->key = line->mod.path;
        }
        for (size_t i = 0; module->refusals && i < module->refusals->refusal_count; i++) {
                const struct refusal *refusal = &module->refusals->refusals[i];
                struct str file = refusal->file.len ? refusal->file : module->sumfile_path;
                struct finding *finding;

                if (refusal->kind != REFUSAL_SUM_MISMATCH)
                        continue;
                if (has_finding_of(out, rule, file, refusal->module)) {
                        set_go_refuses(out, rule, file, refusal->module);
                        continue;
                }
                finding = finding_add(out, rule, file, refusal->line, 0);
                finding->go_refuses = true;
                finding_module(finding, refusal->module, refusal->version);
                finding_fill(finding, "sum", file);
                finding->key = refusal->module;
        }
}

static void run_cache_damage(const struct rule *rule, const struct repo_facts *repo UNUSED,
                             const struct module_facts *module, struct findings *out) {
        report_damages(out, rule, module, false);
}

/* ---- vulnerabilities ---- */

static const struct text vulnerable_no_fix = {
        "{module} {version} has {id}: {summary}; no version mends it",
        "{module} {version} 存在漏洞 {id}：{summary}；尚无修复版本"
};
static const struct text no_fix_mend = { "look for another module, or waive it with a reason",
                                         "更换模块，或附理由豁免" };

static const struct text stdlib_mend = { "go mod edit -toolchain=go{fixed}",
                                         "go mod edit -toolchain=go{fixed}" };

static const struct text replaced_mend = {
        "raise the replacement: `{command} edit -replace={old}={module}@{fixed}`, or drop the replace",
        "提升替换版本：`{command} edit -replace={old}={module}@{fixed}`，或移除该替换"
};

/* The place of what was selected: the replace in force, or the requirement. */
static struct finding *add_at_selected(struct findings *out, const struct rule *rule,
                                       const struct module_facts *module,
                                       const struct selected_module *selected) {
        struct in_force force = in_force_of(module->modfile, module->work, selected->mod);
        struct mod_pos pos;

        if (!force.replace)
                return add_at(out, rule, module, require_pos(module, selected->mod.path));
        pos = force.replace->place.pos;
        return finding_add(out, rule, force.of_work ? module->work_path : module->modfile_path,
                           pos.line, pos.column);
}

static void mend_replaced(struct finding *finding, const struct module_facts *module,
                          const struct selected_module *selected) {
        struct in_force force = in_force_of(module->modfile, module->work, selected->mod);

        if (!force.replace)
                return;
        finding_fill(finding, "command", force.of_work ? STR("go work") : STR("go mod"));
        finding_fill(finding, "old", selected->mod.path);
        finding->mend.text = &replaced_mend;
}

static void report_hit(struct findings *out, const struct rule *rule,
                       const struct module_facts *module, const struct module_hit *hit) {
        struct finding *finding = add_at_selected(out, rule, module, hit->module);

        finding_module(finding, hit->module->actual.path, hit->module->actual.version);
        finding_fill(finding, "id", hit->hit->id);
        finding_fill(finding, "summary", hit->hit->summary);
        finding->vulnerability = hit->hit->id;
        finding->key = str_fmt(out->arena, "%.*s %.*s", STR_ARG(hit->module->actual.path),
                               STR_ARG(hit->hit->id));
        if (str_eq(hit->module->mod.path, STR("stdlib")) && hit->hit->fixed.len) {
                finding_fill(finding, "fixed", str_drop_prefix(hit->hit->fixed, STR("v")));
                finding->mend.text = &stdlib_mend;
        } else if (hit->hit->fixed.len) {
                finding_fill(finding, "fixed", hit->hit->fixed);
                mend_replaced(finding, module, hit->module);
        } else if (!hit->hit->unknown) {
                finding_say(finding, &vulnerable_no_fix);
                finding->mend.text = &no_fix_mend;
        }
}

static void run_vulnerable(const struct rule *rule, const struct repo_facts *repo UNUSED,
                           const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->hit_count; i++)
                if (!module->hits[i].hit->unknown)
                        report_hit(out, rule, module, &module->hits[i]);
}

static void run_unknown_hit(const struct rule *rule, const struct repo_facts *repo UNUSED,
                            const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->hit_count; i++)
                if (module->hits[i].hit->unknown)
                        report_hit(out, rule, module, &module->hits[i]);
}

/* An exclude of a version that would mend what affects the selected one. */
static void run_hidden_fix(const struct rule *rule, const struct repo_facts *repo UNUSED,
                           const struct module_facts *module, struct findings *out) {
        for (size_t i = 0; i < module->hit_count; i++)
                for (size_t j = 0; j < module->modfile->exclude_count; j++) {
                        const struct modfile_exclude *exclude = &module->modfile->excludes[j];
                        const struct module_hit *hit = &module->hits[i];
                        struct finding *finding;

                        if (!str_eq(exclude->mod.path, hit->module->mod.path) ||
                            !hit->hit->fixed.len ||
                            semver_compare(exclude->mod.version, hit->hit->fixed) < 0)
                                continue;
                        finding = add_at(out, rule, module, exclude->place.pos);
                        finding_module(finding, exclude->mod.path, exclude->mod.version);
                        finding_fill(finding, "id", hit->hit->id);
                        finding_fill(finding, "selected", hit->module->mod.version);
                        finding->vulnerability = hit->hit->id;
                        finding->key = exclude->mod.path;
                }
}

static void run_old_snapshot(const struct rule *rule, const struct repo_facts *repo,
                             const struct module_facts *module UNUSED, struct findings *out) {
        int64_t age = repo->options.now_seconds / SECONDS_A_DAY - repo->vulndb_day;
        struct finding *finding;

        if (age <= repo->options.vulndb_max_age_days)
                return;
        finding = finding_add(out, rule,
                              repo->module_count ? repo->modules[0].modfile_path : STR_NONE, 0, 0);
        finding_fill(finding, "days", str_fmt(out->arena, "%lld", (long long)age));
        finding_fill(finding, "date", str_slice(repo->vulndb->date, 0, 10));
        finding->key = STR("vulndb");
}

static const struct rule rules[] = {
        { .id = "MOD001",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE_SYNTAX),
          .title = { "go.mod cannot be parsed", "go.mod 无法解析" },
          .text = { "{file} cannot be parsed: {detail}", "{file} 无法解析：{detail}" },
          .why = { "No go command works in a module whose go.mod has a syntax error, and nothing "
                   "that depends on its requirements can be judged.",
                   "go.mod 有语法错误时，任何 go 命令都无法在该模块中运行，依赖其内容的检查也无法进行。" },
          .mend = { "correct the line; `go mod edit -fmt` shows whether it parses",
                    "改正该行；可用 `go mod edit -fmt` 验证能否解析" },
          .run = run_syntax },
        { .id = "MOD002",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "the go command refuses go.mod", "go 命令拒绝该 go.mod" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "What the go command refuses on this host cannot be built from this commit.",
                   "go 命令在本机拒绝的内容，无法由该提交构建。" },
          .mend = { "correct the line that is named; {command}", "改正所指出的行；{command}" },
          .run = run_refusals },
        { .id = "MOD003",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(WORKFILE),
          .title = { "a replace directive points to a local path", "replace 指令指向本地路径" },
          .text = { "replaces {module} by the folder {path}", "将 {module} 替换为目录 {path}" },
          .why = { "A replacement by a folder is unversioned: go.sum does not cover it, consumers of "
                   "the module ignore it, and a build elsewhere gets other code or none.",
                   "以目录替换的模块没有版本：go.sum 不覆盖它，使用方会忽略该替换，在别处构建会得到不同的代码或直接失败。" },
          .mend = { "publish the change, require its version, then "
                    "`go mod edit -dropreplace={module}`; for work on several modules use a "
                    "go.work that is not committed",
                    "发布该修改并 require 其版本，然后运行 `go mod edit -dropreplace={module}`；"
                    "多模块开发请使用不提交的 go.work" },
          .run = run_local_replace },
        { .id = "MOD004",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(WORKFILE),
          .title = { "a replacement by another module without a reason",
                     "替换为其他模块却没有说明原因" },
          .text = { "replaces {old} by {module} {version} and no comment says why",
                    "将 {old} 替换为 {module} {version}，但没有注释说明原因" },
          .why = { "A fork in place of the original misses its fixes from that day on. Who reads "
                   "go.mod must be able to tell a patch from an oversight.",
                   "以分叉代替原模块后，将不再得到原模块的修复。阅读 go.mod 的人应能分辨这是有意为之还是疏忽。" },
          .mend = { "say why in a comment on the line or above it, or drop the replace",
                    "在该行或其上方用注释说明原因，或删除该 replace" },
          .run = run_silent_replace },
        { .id = "MOD005",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(BASE_MODFILE) | FACT_BIT(WORKFILE),
          .title = { "a requirement is lower than at the base", "依赖版本低于基线版本" },
          .text = { "requires {module} {version}; the base has {before}",
                    "要求 {module} {version}，而基线为 {before}" },
          .why = { "A version that goes down takes fixes away with it, security fixes too. It is "
                   "seldom meant: mostly a merge went wrong or a line was edited by hand.",
                   "版本降低会丢失已有修复，包括安全修复。这通常并非本意：多半是合并出错或手工改动。" },
          .mend = { "go get {module}@{before}", "go get {module}@{before}" },
          .run = run_lowered },
        { .id = "MOD006",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(BUILDLIST) | FACT_BIT(VULNERABILITIES) |
                   FACT_BIT(WORKFILE),
          .title = { "a version with a known vulnerability", "存在已知漏洞的版本" },
          .text = { "{module} {version} has {id}: {summary}",
                    "{module} {version} 存在漏洞 {id}：{summary}" },
          .why = { "The hole is public, and so is the version that closes it: whoever looks for it finds this service.",
                   "漏洞及其修复版本均已公开：任何人都能据此找到该服务的弱点。" },
          .mend = { "go get {module}@{fixed}", "go get {module}@{fixed}" },
          .run = run_vulnerable },
        { .id = "MOD007",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(RELEASES),
          .title = { "a retracted version", "已撤回的版本" },
          .text = { "{module} {version} was retracted by its author: {reason}",
                    "{module} {version} 已被作者撤回：{reason}" },
          .why = { "An author retracts a version that should not be used: it is broken, or was published by mistake.",
                   "作者撤回的版本不应使用：它有缺陷，或属误发布。" },
          .mend = { "go get {module}@{latest}", "go get {module}@{latest}" },
          .run = run_retracted },
        { .id = "MOD008",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(RELEASES),
          .title = { "a deprecated module", "已弃用的模块" },
          .text = { "{module} is deprecated: {reason}", "{module} 已弃用：{reason}" },
          .why = { "Nobody mends a deprecated module; the next hole in it stays open.",
                   "已弃用的模块无人维护，下一个漏洞将一直存在。" },
          .mend = { "use what the message names instead", "改用提示中所指的模块" },
          .run = run_deprecated },
        { .id = "MOD009",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(RELEASES),
          .title = { "a commit where there is a later release",
                     "使用了提交版本，但已有更新的正式版本" },
          .text = { "{module} is taken at a commit ({version}); {latest} was released later",
                    "{module} 使用的是某个提交（{version}），其后已发布 {latest}" },
          .why = { "A pseudo-version has no release notes and no promise; a release that came later has both.",
                   "伪版本没有发布说明和承诺，其后的正式版本两者兼备。" },
          .mend = { "go get {module}@{latest}", "go get {module}@{latest}" },
          .run = run_pseudo },
        { .id = "MOD010",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE),
          .title = { "a version of v2 or later without go.mod (+incompatible)",
                     "没有 go.mod 的 v2 及以上版本（+incompatible）" },
          .text = { "requires {module} {version}, a release without a go.mod",
                    "要求 {module} {version}，该版本没有 go.mod" },
          .why = { "Such a release does not say what it needs itself: its dependencies stand in "
                   "this go.mod as if they were direct, and nobody raises them.",
                   "这样的版本没有声明自身依赖：它的依赖以间接方式落在本 go.mod 中，无人负责升级。" },
          .mend = { "look for a release under {module}/vN: `go list -m -versions {module}/v2`",
                    "查找 {module}/vN 路径下的版本：`go list -m -versions {module}/v2`" },
          .run = run_incompatible },
        { .id = "MOD011",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "a go.sum line is missing", "go.sum 缺少条目" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "Without the line nobody can tell whether the module that is downloaded is the one that was tested, so the go command refuses to use it.",
                   "缺少该条目便无法确认下载的模块就是测试过的模块，因此 go 命令拒绝使用。" },
          .mend = { "add what is missing and commit it: {command}",
                    "补全缺失内容并提交：{command}" },
          .run = run_sum_missing },
        { .id = "MOD012",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(CACHE_PROOF),
          .title = { "go.sum has another hash than the module", "go.sum 中的哈希与模块不符" },
          .text = { "{sum} has another hash for {module} {version} than the module cache",
                    "{sum} 中 {module} {version} 的哈希与模块缓存不同" },
          .why = { "Either go.sum was edited or the module is not the one that was published. The go command refuses to build with it.",
                   "要么 go.sum 被改动，要么模块并非所发布的版本。go 命令会拒绝构建。" },
          .mend = { "find out which of the two is right: `go clean -modcache`, drop the line, `go mod download {module}@{version}`, compare",
                    "确认哪一方正确：`go clean -modcache`，删除该行，`go mod download {module}@{version}`，再比较" },
          .run = run_sum_differs },
        { .id = "MOD013",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(SUMFILE) | FACT_BIT(BASE_SUMFILE),
          .title = { "a hash in go.sum differs from the base", "go.sum 中的哈希与基线不同" },
          .text = { "the hash of {module} {version} is another than at the base",
                    "{module} {version} 的哈希与基线不同" },
          .why = { "A published version never changes, so its hash cannot. One of the two revisions was made with other code.",
                   "已发布的版本不会改变，其哈希也不会。两个修订中必有一个使用了不同的代码。" },
          .mend = { "restore the line from the base; if the build then fails, find out who changed the module",
                    "恢复基线中的该行；若随后构建失败，请查明是谁改动了模块" },
          .run = run_sum_changed },
        { .id = "MOD014",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(SUMFILE) | FACT_BIT(BUILDLIST),
          .title = { "a go.sum line that nothing needs", "go.sum 中的多余条目" },
          .text = { "nothing in the module graph needs {module} {version}; its line is a leftover",
                    "依赖图中没有内容需要 {module} {version}；该行是多余的" },
          .why = { "Leftovers hide what a change really brings, and merge badly.",
                   "多余条目会掩盖变更真正引入的内容，也容易产生合并冲突。" },
          .mend = { "go mod tidy", "go mod tidy" },
          .run = run_leftover },
        { .id = "MOD015",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(REFUSALS) | FACT_BIT(DIRECT_IMPORTS),
          .title = { "a wrong // indirect mark", "// indirect 标记有误" },
          .text = { "no package here imports {module}, and the line does not say // indirect",
                    "此处没有包导入 {module}，但该行未标 // indirect" },
          .why = { "The mark tells a reviewer which dependencies this code chose itself.",
                   "该标记告诉审阅者哪些依赖是代码自身选择的。" },
          .mend = { "go mod tidy", "go mod tidy" },
          .run = run_indirect },
        { .id = "MOD016",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(CI_TOOLCHAINS),
          .title = { "the pipeline's Go is older than the go line",
                     "流水线的 Go 版本低于 go 指令" },
          .text = { "the pipeline uses Go {ci}; {file} asks for go {go}",
                    "流水线使用 Go {ci}，而 {file} 要求 go {go}" },
          .why = { "The pipeline either fails, or downloads another toolchain than the one that "
                   "its file names, and then tests what nobody chose.",
                   "流水线要么失败，要么下载与文件所写不同的工具链，测试的便不是所选的版本。" },
          .mend = { "use Go {go} or later in the pipeline, or `go-version-file: go.mod`",
                    "在流水线中使用 Go {go} 或更高版本，或使用 `go-version-file: go.mod`" },
          .run = run_ci_older },
        { .id = "MOD017",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE),
          .title = { "a module is required twice", "同一模块被多次 require" },
          .text = { "{module} is required here at {version} and on line {line}",
                    "{module} 在此处要求 {version}，并已在第 {line} 行要求" },
          .why = { "The higher version wins, so the other line says something that is not so.",
                   "以较高版本为准，另一行内容因此与事实不符。" },
          .mend = { "go mod tidy", "go mod tidy" },
          .run = run_duplicate },
        { .id = "MOD018",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(BUILDLIST) | FACT_BIT(VULNERABILITIES),
          .title = { "an exclude hides a security fix", "exclude 屏蔽了安全修复" },
          .text = { "excludes {module} {version}, which mends {id}; {selected} is built",
                    "排除了修复 {id} 的 {module} {version}；实际构建的是 {selected}" },
          .why = { "The version that closes the hole cannot be selected while it is excluded.",
                   "修复漏洞的版本被排除后便无法选用。" },
          .mend = { "drop the exclude, or require a later version that mends {id} too",
                    "删除该 exclude，或要求同样修复 {id} 的更高版本" },
          .run = run_hidden_fix },
        { .id = "MOD019",
          .severity = SEV_WARNING,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE),
          .title = { "the go line names no toolchain that can be downloaded",
                     "go 指令未指明可下载的工具链" },
          .text = { "`go {go}` names a language version, not a release, and there is no toolchain "
                    "line",
                    "`go {go}` 是语言版本而非发行版本，且没有 toolchain 指令" },
          .why = { "From Go 1.21 on an older go command downloads what the go line names. There is "
                   "no toolchain called go{go}, so that download fails.",
                   "自 Go 1.21 起，较旧的 go 命令会下载 go 指令所指的工具链，而名为 go{go} 的工具链并不存在，下载会失败。" },
          .mend = { "go mod edit -go={go}.0", "go mod edit -go={go}.0" },
          .run = run_no_release },
        { .id = "MOD020",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(CACHE_PROOF),
          .title = { "the module cache is damaged", "模块缓存已损坏" },
          .text = { "{module} {version} in the module cache is not what was published: {file} {detail}",
                    "模块缓存中的 {module} {version} 与发布内容不符：{file} {detail}" },
          .why = { "Builds on this host use these files. What is built here is not what go.sum stands for.",
                   "本机的构建会使用这些文件，构建结果与 go.sum 所代表的内容不同。" },
          .mend = { "go clean -modcache && go mod download {module}@{version}",
                    "go clean -modcache && go mod download {module}@{version}" },
          .run = run_cache_damage },
        { .id = "MOD021",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "no module provides an imported package", "没有模块提供被导入的包" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "The package cannot be built anywhere: go.mod requires no module that holds it.",
                   "该包在任何地方都无法构建：go.mod 未要求包含它的模块。" },
          .mend = { "require the module that has the package, or correct the import: {command}",
                    "添加提供该包的模块，或改正导入路径：{command}" },
          .run = run_refusals },
        { .id = "MOD022",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "several modules provide an imported package", "多个模块提供同一个包" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "The go command does not choose between two modules that hold the same package.",
                   "两个模块包含同一个包时，go 命令不会自行选择。" },
          .mend = { "drop one of the modules, or take a version that no longer holds the package; {command}",
                    "移除其中一个模块，或使用不再包含该包的版本；{command}" },
          .run = run_refusals },
        { .id = "MOD023",
          .severity = SEV_WARNING,
          .scope = SCOPE_REPOSITORY,
          .needs = FACT_BIT(VULNDB),
          .title = { "the vulnerability snapshot is old", "漏洞库快照过旧" },
          .text = { "the vulnerability snapshot is of {date}; its age in days: {days}",
                    "漏洞库快照日期为 {date}，已有 {days} 天" },
          .why = { "What was published since is not looked for: a pass says nothing about it.",
                   "此后公布的漏洞不会被检查：通过并不代表没有这些漏洞。" },
          .mend = { "weir vulndb update DIR|FILE|URL", "weir vulndb update DIR|FILE|URL" },
          .run = run_old_snapshot },
        { .id = "MOD024",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(SUMFILE) | FACT_BIT(WORK_SUMFILE),
          .title = { "go.sum is malformed", "go.sum 格式错误" },
          .text = { "{file} cannot be read: {detail}", "{file} 无法读取：{detail}" },
          .why = { "The go command stops at the first line that has not three fields, in every build.",
                   "go 命令遇到不是三个字段的行便会停止，任何构建都会失败。" },
          .mend = { "correct the line, or delete it and run `go mod tidy`",
                    "改正该行，或删除后运行 `go mod tidy`" },
          .run = run_sum_syntax },
        { .id = "MOD025",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "go.mod is out of date", "go.mod 需要更新" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "A build with -mod=readonly, as pipelines run it, stops here; another build would change go.mod by itself and build something else than what was reviewed.",
                   "流水线以 -mod=readonly 构建会在此停止；其他构建则会自行修改 go.mod，构建出与评审内容不同的结果。" },
          .mend = { "bring go.mod up to date and commit it: {command}",
                    "更新 go.mod 并提交：{command}" },
          .run = run_refusals },
        { .id = "MOD026",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "a newer Go is needed than this host has", "需要比本机更新的 Go" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "The toolchain on this host is older than a go line asks for, and GOTOOLCHAIN does not let it switch.",
                   "本机工具链低于 go 指令的要求，且 GOTOOLCHAIN 不允许切换。" },
          .mend = { "use the Go release that is named, or lower the go line",
                    "使用所要求的 Go 版本，或降低 go 指令" },
          .run = run_refusals },
        { .id = "MOD027",
          .severity = SEV_NOTE,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(MODFILE) | FACT_BIT(BUILDLIST) | FACT_BIT(VULNERABILITIES),
          .title = { "a vulnerability whose versions are not known", "受影响版本未知的漏洞" },
          .text = { "{id} concerns {module} and does not say in this form whether {version} is affected: {summary}",
                    "{id} 涉及 {module}，但未以此形式说明 {version} 是否受影响：{summary}" },
          .why = { "The database gives only versions of another numbering for it, so no program can tell.",
                   "漏洞库只给出了另一种编号的版本，程序无法判断。" },
          .mend = { "read the entry and decide", "阅读该条目后自行判断" },
          .run = run_unknown_hit },
        { .id = "MOD028",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "a package cannot be loaded", "包无法加载" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "`go list ./...`, and with it every build and test of the whole module, stops at this package.",
                   "`go list ./...` 以及整个模块的构建和测试都会停在这个包上。" },
          .mend = { "correct the file that is named", "改正所指出的文件" },
          .run = run_refusals },
        { .id = "MOD029",
          .severity = SEV_ERROR,
          .scope = SCOPE_MODULE,
          .needs = FACT_BIT(REFUSALS),
          .title = { "the go command refuses go.work", "go 命令拒绝该 go.work" },
          .text = { "the go command refuses: {detail}", "go 命令拒绝：{detail}" },
          .why = { "A go.work in the tree is in force for every module below it: none of them can be built here.",
                   "目录树中的 go.work 对其下所有模块生效：它们都无法在此构建。" },
          .mend = { "correct go.work, or do not commit it: {command}",
                    "改正 go.work，或不要提交它：{command}" },
          .run = run_refusals },
};

const struct check check_modules = {
        .id = "modules",
        .stage = STAGE_COMMIT,
        .title = { "go.mod, go.sum and go.work: drift, downgrade, replace, vulnerable, retracted",
                   "go.mod、go.sum 与 go.work：漂移、降级、替换、漏洞、撤回" },
        .rules = rules,
        .rule_count = COUNT_OF(rules),
};
