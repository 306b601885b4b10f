#include "facts/secrets_objects.h"

#include "data/archive.h"

#include <stdlib.h>

static const struct text not_whole = { "the history is not whole: {detail}",
                                       "历史不完整：{detail}" };
static const struct text not_whole_mend = { "git fsck --full shows what is missing",
                                            "使用 git fsck --full 查看缺失内容" };
static const struct text no_repository = {
        "there is no git repository here, so there is no history", "此处不是 git 仓库，没有历史可查"
};
static const struct text no_repository_mend = { "name the folder of a repository",
                                                "指定 git 仓库所在目录" };

void objects_gap(struct objects_search *o, const struct err *err) {
        struct arena *arena = o->search->job->arena;
        struct gap gap = { message_make(&not_whole), message_make(&not_whole_mend) };

        pthread_mutex_lock(&o->search->lock);
        if (o->troubles++ < OBJECTS_GAPS_MAX) {
                message_arg(&gap.why, "detail",
                            *err->context ? str_fmt(arena, "%s (%s)", err->message, err->context)
                                          : str_dup(arena, str_of(err->message)));
                if (*err->mend)
                        gap.mend = gap_of_err(arena, err).mend;
                fact_gap(o->search->job, gap);
        }
        pthread_mutex_unlock(&o->search->lock);
}

/* What a search of all branches and an early end of their history have in common. */
static bool open_all(struct objects_search *o, struct repo *repo, struct err *err) {
        struct arena *arena = o->search->job->arena;

        return odb_open(repo, arena, &o->odb, err) &&
               refs_read(repo, o->odb, arena, &o->refs, err) &&
               refs_read_shallow(repo, o->odb, arena, &o->shallow, err);
}

bool objects_open(struct objects_search *o, struct secrets_search *search) {
        struct repo *repo = search->job->repo->repo;
        struct err err = { 0 };

        *o = (struct objects_search){ .search = search };
        if (!repo) {
                fact_gap(search->job, (struct gap){ message_make(&no_repository),
                                                    message_make(&no_repository_mend) });
                return false;
        }
        if (open_all(o, repo, &err))
                return true;
        objects_gap(o, &err);
        odb_close(&o->odb);
        return false;
}

void objects_close(struct objects_search *o) {
        odb_close(&o->odb);
}

void objects_scan_blob(struct objects_search *o, struct secrets_worker *worker, struct str path,
                       struct str bytes, const struct secrets_origin *origin) {
        struct scan_text text = { .path = path, .commit = origin->commit, .bytes = bytes };

        worker->origin = origin;
        if (archive_is(bytes))
                secrets_scan_archive(o->search, worker, path, bytes);
        else
                secrets_scan(o->search, worker, &text, origin);
        worker->origin = NULL;
}

/* What lies inside of the blob, where that is an archive. */
static struct str inner_path(const struct found_secret *found) {
        size_t at = str_find_str(found->file, STR("!/"));

        return at == SIZE_MAX ? STR_NONE : str_slice(found->file, at, found->file.len);
}

static int cmp_place(const struct found_secret *one, const struct found_secret *other) {
        int order = str_cmp(one->blob, other->blob);

        if (!order)
                order = str_cmp(inner_path(one), inner_path(other));
        if (!order)
                order = str_cmp(one->hit.rule->id, other->hit.rule->id);
        if (!order)
                order = (one->hit.secret.line > other->hit.secret.line) -
                        (one->hit.secret.line < other->hit.secret.line);
        return order;
}

static int cmp_copies(const void *a, const void *b) {
        const struct found_secret *one = a, *other = b;
        int order = cmp_place(one, other);

        if (!order)
                order = (int)one->hit.severity - (int)other->hit.severity;
        return order ? order : str_cmp(one->file, other->file);
}

void objects_drop_copies(struct secrets_search *search, size_t from) {
        struct found_secret *items = search->found.items;
        size_t kept = from;

        if (search->found.count - from < 2)
                return;
        qsort(items + from, search->found.count - from, sizeof(*items), cmp_copies);
        for (size_t i = from; i < search->found.count; i++)
                if (kept == from || cmp_place(&items[kept - 1], &items[i]))
                        items[kept++] = items[i];
        search->found.count = kept;
}
