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

/* Relative to the root of the tree, where the log names a place below it. */
static struct str relative(const struct tree *tree, struct str uri) {
        struct str root = tree_root(tree), rest = str_drop_prefix(uri, root);

        if (root.len && rest.len < uri.len && str_has_prefix(rest, STR("/")))
                return str_slice(rest, 1, rest.len);
        return str_drop_prefix(uri, STR("./"));
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
                for (size_t j = 0; j < log.count; j++) {
                        log.results[j].uri = relative(job->repo->tree, log.results[j].uri);
                        *VEC_ADD(job->arena, &all) = log.results[j];
                }
        }
        job->repo->imports = all.items;
        job->repo->import_count = all.count;
}
