/* The Go toolchains that pipeline files ask for. */
#include "facts/facts.h"
#include "golang/citoolchain.h"

#define PIPELINE_MAX ((size_t)1 << 20) /* bytes of a pipeline file */

struct ci_list {
        VEC(struct ci_toolchain) items;
};

static void read_line(struct fact_job *job, struct str file, uint32_t number, struct str line,
                      struct ci_list *list) {
        struct str version;
        size_t at = 0;

        while (citoolchain_next(line, &at, &version))
                *VEC_ADD(job->arena, &list->items) = (struct ci_toolchain){ file, number, version };
}

/* A pipeline file that cannot be read says nothing about any toolchain. */
static void read_file(struct fact_job *job, const struct tree_entry *entry, struct ci_list *list) {
        struct str text, line;
        uint32_t number = 0;
        struct err err;

        if (!tree_read(job->repo->tree, entry, job->arena, PIPELINE_MAX, &text, &err))
                return;
        while (str_next_line(&text, &line))
                read_line(job, entry->path, ++number, line, list);
}

void fact_build_ci_toolchains(struct fact_job *job) {
        struct ci_list list = { 0 };
        const struct tree_entry *entries;
        size_t count;

        entries = tree_entries(job->repo->tree, &count);
        for (size_t i = 0; i < count; i++)
                if (entries[i].kind == TREE_FILE && citoolchain_is_pipeline(entries[i].path))
                        read_file(job, &entries[i], &list);
        job->repo->ci_toolchains = list.items.items;
        job->repo->ci_toolchain_count = list.items.count;
}
