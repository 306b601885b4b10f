/* The results of other tools that --import names. */
#include "data/sarif.h"
#include "facts/facts.h"
#include "sys/file.h"

static const struct text unreadable = { "{file} could not be imported: {detail}",
                                        "无法导入 {file}：{detail}" };
static const struct text unreadable_mend = { "run the tool again and import what it wrote",
                                             "重新运行该工具并导入其输出" };

static void add_unreadable(struct fact_job *job, struct str file, const struct err *err) {
        struct gap gap = { message_make(&unreadable), message_make(&unreadable_mend) };

        message_arg(&gap.why, "file", file);
        message_arg(&gap.why, "detail", str_dup(job->arena, str_of(err->message)));
        fact_gap(job, gap);
}

static const struct text unfinished = { "{tool} did not finish: {detail}",
                                        "{tool} 未能运行完毕：{detail}" };
static const struct text unfinished_silent = { "{tool} did not finish ({file})",
                                               "{tool} 未能运行完毕（{file}）" };

/* What it has found is found; what it would have found is not known. */
static void add_unfinished(struct fact_job *job, struct str file,
                           const struct sarif_failure *failure) {
        struct gap gap = { message_make(failure->message.len ? &unfinished : &unfinished_silent),
                           message_make(&unreadable_mend) };

        message_arg(&gap.why, "tool", failure->tool);
        message_arg(&gap.why, "detail", failure->message);
        message_arg(&gap.why, "file", file);
        fact_gap(job, gap);
}

/* The root on disk, which a log of any tool may name; empty in a bare repository. */
static struct str root_of(const struct repo_facts *repo) {
        struct str root = tree_root(repo->tree);

        return root.len || !repo->repo ? root : repo_info(repo->repo)->work_dir;
}

/* The path without "." and ".."; false where it leads out of the folder it begins in. */
static bool clean_path(struct arena *arena, struct str path, struct str *ret_clean) {
        struct str rest = path, part, clean = STR_NONE;
        bool more = true;

        while (more) {
                more = str_cut(rest, '/', &part, &rest);
                part = more ? part : rest;
                if (!part.len || str_eq(part, STR(".")))
                        continue;
                if (!str_eq(part, STR("..")))
                        clean = str_join_path(arena, clean, part);
                else if (!clean.len)
                        return false;
                else if (!str_cut_last(clean, '/', &clean, &part))
                        clean = STR_NONE;
        }
        *ret_clean = clean;
        return true;
}

static bool has_scheme(struct str uri) {
        struct str scheme, rest;

        return str_cut(uri, ':', &scheme, &rest) && scheme.len && !str_contains(scheme, STR("/")) &&
               str_has_prefix(rest, STR("/"));
}

/* Relative to the root of the tree, where the log names a place below it; else empty. */
static struct str relative(struct fact_job *job, struct str uri) {
        struct str root = root_of(job->repo), rest = str_drop_prefix(uri, root), clean;

        if (root.len && rest.len < uri.len && str_has_prefix(rest, STR("/")))
                uri = str_slice(rest, 1, rest.len);
        else if (str_has_prefix(uri, STR("/")) || has_scheme(uri))
                return STR_NONE;
        return clean_path(job->arena, uri, &clean) ? clean : STR_NONE;
}

static bool import_file(struct fact_job *job, struct str file, struct sarif_log *log,
                        struct err *err) {
        struct str text;

        return file_read(job->arena, file, SARIF_FILE_MAX, &text, err) &&
               sarif_parse(job->arena, file, text, log, err);
}

void fact_build_imports(struct fact_job *job) {
        const struct fact_options *options = &job->repo->options;
        VEC(struct sarif_result) all = { 0 };

        if (!options->import_count) {
                fact_absent(job);
                return;
        }
        for (size_t i = 0; i < options->import_count; i++) {
                struct sarif_log log = { 0 };
                struct err err;

                if (!import_file(job, options->imports[i], &log, &err))
                        add_unreadable(job, options->imports[i], &err);
                for (size_t j = 0; j < log.failure_count; j++)
                        add_unfinished(job, options->imports[i], &log.failures[j]);
                for (size_t j = 0; j < log.count; j++) {
                        log.results[j].file = relative(job, log.results[j].uri);
                        *VEC_ADD(job->arena, &all) = log.results[j];
                }
        }
        job->repo->imports = all.items;
        job->repo->import_count = all.count;
}
