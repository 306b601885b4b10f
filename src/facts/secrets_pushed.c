/* Whether a secret that was found in a tree is on a remote branch already, as far as the branches
 * that are known here tell. */
#include "facts/secrets_impl.h"
#include "gitrepo/questions.h"

#include <string.h>

#define FILES_MAX 100 /* files that are looked up; of what is in others nothing is said */
#define REFS_MAX 16   /* remote branches, the newest first */
#define TEXT_MAX ((size_t)16 << 20)

struct pushed_search {
        struct secrets_search *search;
        struct secrets_worker *worker;
        const struct str *refs;
        size_t ref_count;
};

static bool has_hit(const struct scan_result *result, const struct found_secret *found) {
        for (size_t i = 0; i < result->count; i++)
                if (result->hits[i].rule == found->hit.rule &&
                    digest_eq(&result->hits[i].hmac, &found->hit.hmac))
                        return true;
        return false;
}

static struct str whole_path(const struct pushed_search *p, struct arena *arena, struct str file) {
        return str_join_path(arena, p->search->options->under, file);
}

/* All secrets of one file against one branch. */
static void ask_branch(struct pushed_search *p, struct found_secret *first, size_t count,
                       struct str ref) {
        struct arena *arena = &p->worker->arena;
        struct scan_text text = { .path = first->file };
        struct scan_result result;
        struct err ignored;
        bool there;

        if (!repo_read_at(p->search->job->repo->repo, arena, ref, whole_path(p, arena, first->file),
                          TEXT_MAX, &there, &text.bytes, &ignored) ||
            !there)
                return;
        scanner_scan(p->worker->scanner, &text, arena, &result);
        for (size_t i = 0; i < count; i++) {
                if (first[i].pushed == PUSHED_YES || !has_hit(&result, &first[i]))
                        continue;
                first[i].pushed = PUSHED_YES;
                first[i].pushed_ref = ref;
        }
}

static void ask_file(struct pushed_search *p, struct found_secret *first, size_t count) {
        for (size_t i = 0; i < count; i++)
                first[i].pushed = PUSHED_NO;
        for (size_t i = 0; i < p->ref_count; i++) {
                ask_branch(p, first, count, p->refs[i]);
                arena_drop(&p->worker->arena);
        }
}

static size_t same_file(const struct secrets_search *search, size_t at) {
        size_t count = 1;

        while (at + count < search->found.count &&
               str_eq(search->found.items[at].file, search->found.items[at + count].file))
                count++;
        return count;
}

void secrets_ask_pushed(struct secrets_search *search) {
        struct pushed_search p = { .search = search };
        struct repo *repo = search->job->repo->repo;
        struct err ignored;

        if (!repo || !search->found.count ||
            !repo_remote_branches(repo, search->job->arena, REFS_MAX, &p.refs, &p.ref_count,
                                  &ignored) ||
            !p.ref_count)
                return;
        p.worker = secrets_worker_take(search);
        if (!p.worker)
                return;
        for (size_t i = 0, files = 0, count; i < search->found.count && files < FILES_MAX;
             i += count, files++) {
                count = same_file(search, i);
                ask_file(&p, &search->found.items[i], count);
        }
        secrets_worker_give(search, p.worker);
}
