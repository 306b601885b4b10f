#include "facts/facts.h"

#include "modload/source.h"

#include <assert.h>
#include <stdlib.h>

const struct fact_row fact_rows[FACT_COUNT] = {
#define FACT(NAME, name, scope, cost, needs) { #name, scope, cost, needs, fact_build_##name },
#include "facts/facts.def"
#undef FACT
};

static void add_gap(struct fact_job *job, struct gap gap) {
        *VEC_ADD(job->arena, &job->state->gaps) = gap;
}

void fact_fail(struct fact_job *job, struct gap gap) {
        job->state->status = FACT_STATUS_FAILED;
        add_gap(job, gap);
}

void fact_gap(struct fact_job *job, struct gap gap) {
        add_gap(job, gap);
}

void fact_absent(struct fact_job *job) {
        job->state->status = FACT_STATUS_ABSENT;
}

void fact_not_set_up(struct fact_job *job, struct gap gap) {
        job->state->status = FACT_STATUS_NOT_SET_UP;
        add_gap(job, gap);
}

/* What to do where the err itself does not say. */
static const struct text *usual_mend(enum err_code code) {
        static const struct text mends[] = {
                [ERR_NOT_FOUND] = { "see that it is there", "确认它存在" },
                [ERR_IO] = { "see that the user who runs weir can read it",
                             "确认运行 weir 的用户可以读取" },
                [ERR_SYNTAX] = { "correct it", "改正其内容" },
                [ERR_LIMIT] = { "make it smaller", "减小其大小" },
                [ERR_UNSUPPORTED] = { "put a regular file in its place", "换成普通文件" },
        };

        return code < COUNT_OF(mends) && mends[code].en ? &mends[code] : NULL;
}

struct gap gap_of_err(struct arena *arena, const struct err *err) {
        static const struct text why = { "{detail}", "{detail}" };
        static const struct text mend = { "{mend}", "{mend}" };
        struct gap gap = { message_make(&why),
                           message_make(*err->mend ? &mend : usual_mend(err->code)) };

        message_arg(&gap.why, "detail", str_dup(arena, err_line(err, arena)));
        if (*err->mend)
                message_arg(&gap.mend, "mend", str_dup(arena, str_of(err->mend)));
        return gap;
}

uint64_t fact_closure(uint64_t wanted) {
        uint64_t before;

        do {
                before = wanted;
                for (size_t i = 0; i < FACT_COUNT; i++)
                        if (wanted >> i & 1)
                                wanted |= fact_rows[i].needs;
        } while (wanted != before);
        return wanted;
}

const struct fact_state *fact_state_of(const struct repo_facts *repo,
                                       const struct module_facts *module, enum fact fact) {
        if (fact_rows[fact].scope == SCOPE_REPOSITORY)
                return &repo->states[fact];
        assert(module);
        return &module->states[fact];
}

/* Folders whose go.mod is no module of the delivery, as the go command's ./... skips them. */
static bool is_skipped_dir(struct str name) {
        return str_has_prefix(name, STR("_")) || str_has_prefix(name, STR(".")) ||
               str_eq(name, STR("testdata")) || str_eq(name, STR("vendor"));
}

bool fact_is_passed_over(struct str dir) {
        struct str part;

        while (str_cut(dir, '/', &part, &dir))
                if (is_skipped_dir(part))
                        return true;
        return is_skipped_dir(dir);
}

static struct str dir_of(struct str path) {
        struct str dir = STR_NONE, name;

        return str_cut_last(path, '/', &dir, &name) ? dir : STR_NONE;
}

static bool is_named(struct str path, struct str name) {
        struct str dir, last = path;

        str_cut_last(path, '/', &dir, &last);
        return str_eq(last, name);
}

/* Whether a module in this folder is judged. */
static bool is_judged(struct str dir, struct str under) {
        struct str rest;

        if (under.len && !str_eq(dir, under) &&
            !(str_has_prefix(dir, under) && dir.ptr[under.len] == '/'))
                return false;
        /* What was asked for by name is judged whatever it is called. */
        rest = under.len ? str_drop_prefix(str_drop_prefix(dir, under), STR("/")) : dir;
        return !fact_is_passed_over(rest);
}

static struct module_facts make_module(struct repo_facts *repo, struct arena *arena,
                                       struct str dir) {
        return (struct module_facts){ .repo = repo,
                                      .dir = dir,
                                      .modfile_path = str_join_path(arena, dir, STR("go.mod")),
                                      .sumfile_path = str_join_path(arena, dir, STR("go.sum")) };
}

static bool has_workfile(const struct tree *tree) {
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(tree, &count);
        for (size_t i = 0; i < count; i++)
                if (is_named(entries[i].path, STR("go.work")))
                        return true;
        return false;
}

typedef VEC(struct module_facts) module_list;

/* Modules that are judged, or all others. */
static void add_modules(struct repo_facts *repo, struct str under, bool judged, struct arena *arena,
                        module_list *list) {
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(repo->tree, &count);
        for (size_t i = 0; i < count; i++)
                if (is_named(entries[i].path, STR("go.mod")) &&
                    is_judged(dir_of(entries[i].path), under) == judged)
                        *VEC_ADD(arena, list) = make_module(repo, arena, dir_of(entries[i].path));
}

void facts_find_modules(struct repo_facts *repo, struct str under, struct arena *arena) {
        module_list found = { 0 };

        add_modules(repo, under, true, arena, &found);
        repo->module_count = found.count;
        if (has_workfile(repo->tree))
                add_modules(repo, under, false, arena, &found);
        repo->modules = found.items;
        repo->known_count = found.count;
}

bool fact_read_file(const struct tree *tree, struct arena *arena, struct str path, size_t max,
                    struct str *ret_text, struct err *err) {
        const struct tree_entry *entry = tree_find(tree, path);
        struct package_source source;

        if (!entry || entry->kind != TREE_SYMLINK)
                return entry ? tree_read(tree, entry, arena, max, ret_text, err)
                             : err_at(err, ERR_NOT_FOUND, path, 0, 0, "is not there");
        source = source_of_tree(arena, tree, STR_NONE);
        return source.read(source.ctx, arena, path, max, ret_text, err);
}
