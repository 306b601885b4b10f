/* The files of a tree: of the disk, the index or a commit. */
#include "base/map.h"
#include "data/archive.h"
#include "facts/secrets_impl.h"
#include "gitrepo/ignored.h"
#include "sys/file.h"
#include "sys/interrupt.h"
#include "sys/pool.h"

#include <string.h>

#define BATCH 16 /* files that a thread takes at a time */

struct tree_search {
        struct secrets_search *search;
        const struct tree *tree;
        const struct tree_entry *entries;
        size_t count;
        const bool *left_out; /* NULL: none */
};

static const struct text lfs_pointer = { "a Git LFS pointer: its content lies elsewhere",
                                         "Git LFS 指针：其内容不在此处" };
static const struct text dead_link = { "a link that leads nowhere, or in a circle",
                                       "指向不存在的目标或形成循环的链接" };
static const struct text random_binary = {
        "a binary file of no known kind: only providers' formats are looked for",
        "未知类型的二进制文件：仅查找服务商的密钥格式"
};

/* Git LFS specification, "The pointer". */
static bool is_lfs_pointer(struct str bytes) {
        return bytes.len < 1024 &&
               str_has_prefix(bytes, STR("version https://git-lfs.github.com/spec/"));
}

/* As git tells it: a NUL in the first 8000 bytes. */
static bool is_binary(struct str bytes) {
        return memchr(bytes.ptr, '\0', MIN_OF(bytes.len, (size_t)8000));
}

static bool has_known_kind(struct str bytes) {
        static const struct str marks[] = {
                STR_INIT("\x7f"
                         "ELF"),
                STR_INIT("MZ"),
                STR_INIT("\xCF\xFA\xED\xFE"),
                STR_INIT("\xCA\xFE\xBA\xBE"),
                STR_INIT("\x89PNG"),
                STR_INIT("\xFF\xD8\xFF"),
                STR_INIT("GIF8"),
                STR_INIT("PK\x03\x04"),
                STR_INIT("\x1f\x8b"),
                STR_INIT("%PDF"),
                STR_INIT("\0asm"),
                STR_INIT("SQLite format 3"),
                STR_INIT("\xFF\xFE"),
                STR_INIT("\xFE\xFF"),
                STR_INIT("RIFF"),
                STR_INIT("wOF"),
                STR_INIT("OTTO"),
                STR_INIT("\0\x01\0\0"),
                STR_INIT("\0\0\x01\0"),
                STR_INIT("BM"),
                STR_INIT("ID3"),
        };

        for (size_t i = 0; i < COUNT_OF(marks); i++)
                if (str_has_prefix(bytes, marks[i]))
                        return true;
        return bytes.len > 262 && !memcmp(bytes.ptr + 257, "ustar", 5);
}

static struct str name_of(const struct tree_search *s, const struct tree_entry *entry) {
        struct str under = s->search->options->under;

        return under.len ? str_slice(entry->path, under.len + 1, entry->path.len) : entry->path;
}

static void scan_bytes(const struct tree_search *s, struct secrets_worker *worker, struct str file,
                       struct str bytes) {
        struct scan_text text = { .path = file, .bytes = bytes };

        if (is_lfs_pointer(bytes)) {
                secrets_skip(s->search, file, &lfs_pointer);
                return;
        }
        if (archive_is(bytes)) {
                secrets_scan_archive(s->search, worker, file, bytes);
                return;
        }
        if (is_binary(bytes) && !has_known_kind(bytes))
                secrets_skip(s->search, file, &random_binary);
        secrets_scan(s->search, worker, &text, NULL);
}

/* What a link leads to is searched where it lies; what leads nowhere is said. */
static void skip_dead_link(const struct tree_search *s, struct secrets_worker *worker,
                           const struct tree_entry *entry) {
        struct str path, target;
        struct err ignored;

        if (tree_kind_of(s->tree) != TREE_WORKTREE)
                return;
        path = str_join_path(&worker->arena, tree_root(s->tree), entry->path);
        if (!file_real_path(&worker->arena, path, &target, &ignored))
                secrets_skip(s->search, name_of(s, entry), &dead_link);
}

static bool scan_large(const struct tree_search *s, struct secrets_worker *worker,
                       const struct tree_entry *entry, struct err *err) {
        struct str path = str_join_path(&worker->arena, tree_root(s->tree), entry->path);

        return secrets_scan_large(s->search, worker, name_of(s, entry), path, err);
}

static void scan_entry(const struct tree_search *s, struct secrets_worker *worker,
                       const struct tree_entry *entry) {
        struct str file = name_of(s, entry), bytes;
        struct err err;

        if (entry->kind == TREE_SYMLINK)
                skip_dead_link(s, worker, entry);
        if (entry->kind != TREE_FILE)
                return;
        if (tree_read(s->tree, entry, &worker->arena, DATABASE_TEXT_MAX, &bytes, &err))
                scan_bytes(s, worker, file, bytes);
        else if (err.code == ERR_LIMIT && tree_kind_of(s->tree) == TREE_WORKTREE &&
                 scan_large(s, worker, entry, &err))
                return;
        else if (err.code != ERR_NOT_FOUND || tree_kind_of(s->tree) != TREE_WORKTREE)
                secrets_gap(s->search, file, &err);
}

static void scan_batch(void *ctx, size_t index) {
        const struct tree_search *s = ctx;
        struct secrets_worker *worker = secrets_worker_take(s->search);

        if (!worker)
                return;
        for (size_t i = index * BATCH; i < MIN_OF(s->count, (index + 1) * BATCH); i++) {
                if (interrupt_requested())
                        break;
                if (s->left_out && s->left_out[i])
                        continue;
                scan_entry(s, worker, &s->entries[i]);
                arena_drop(&worker->arena);
        }
        secrets_worker_give(s->search, worker);
}

static bool same_object(const struct tree_entry *a, const struct tree_entry *b) {
        static const unsigned char none[TREE_OID_SIZE];

        return b && memcmp(a->oid, none, TREE_OID_SIZE) && a->kind == b->kind &&
               !memcmp(a->oid, b->oid, TREE_OID_SIZE);
}

/* What the base has in the same place, byte for byte. */
static const bool *unchanged(struct tree_search *s) {
        const struct tree *base = s->search->job->repo->base;
        bool *left_out = ARENA_ARRAY(s->search->job->arena, bool, s->count);

        for (size_t i = 0; base && i < s->count; i++)
                left_out[i] = same_object(&s->entries[i], tree_find(base, s->entries[i].path));
        return left_out;
}

static const bool *ignored(struct tree_search *s) {
        struct repo_facts *repo = s->search->job->repo;
        bool *left_out;

        if (!repo->repo || s->search->options->ignored || tree_kind_of(s->tree) != TREE_WORKTREE)
                return NULL;
        left_out = ARENA_ARRAY(s->search->job->arena, bool, s->count);
        repo_mark_ignored(repo->repo, s->entries, s->count, left_out);
        return left_out;
}

/* The old side of what changed: a secret that it has, wherever, is no new one. */
static void scan_old(void *ctx, size_t index) {
        const struct tree_search *s = ctx;
        struct secrets_worker *worker;

        if (s->left_out[index] || interrupt_requested())
                return;
        worker = secrets_worker_take(s->search);
        if (!worker)
                return;
        scan_entry(s, worker, &s->entries[index]);
        arena_drop(&worker->arena);
        secrets_worker_give(s->search, worker);
}

static struct str identity(struct arena *arena, const struct found_secret *found) {
        return str_fmt(arena, "%.*s %.*s", STR_ARG(found->hit.rule->id),
                       STR_ARG(digest_hex(arena, &found->hit.hmac)));
}

/* Those of the old side come behind `fresh` new ones. */
static void drop_old(struct secrets_search *search, size_t fresh) {
        AUTO_ARENA arena = arena_make(search->job->arena->budget);
        struct map old = map_make(&arena);
        size_t kept = 0;

        for (size_t i = fresh; i < search->found.count; i++)
                map_put(&old, identity(&arena, &search->found.items[i]));
        for (size_t i = 0; i < fresh; i++)
                if (!map_has(&old, identity(&arena, &search->found.items[i])))
                        search->found.items[kept++] = search->found.items[i];
        search->found.count = kept;
}

static void take_old_away(struct secrets_search *search) {
        const struct repo_facts *repo = search->job->repo;
        struct tree_search s = { .search = search, .tree = repo->base };
        size_t fresh = search->found.count, skips = search->skips.count;
        bool *left_out;

        if (!repo->base || !fresh)
                return;
        s.entries = tree_entries(s.tree, &s.count);
        left_out = ARENA_ARRAY(search->job->arena, bool, s.count);
        for (size_t i = 0; i < s.count; i++)
                left_out[i] = same_object(&s.entries[i], tree_find(repo->tree, s.entries[i].path));
        s.left_out = left_out;
        pool_each(s.count, 0, scan_old, &s);
        drop_old(search, fresh);
        search->skips.count = skips;
}

void secrets_feed_tree(struct secrets_search *search) {
        struct tree_search s = { .search = search, .tree = search->job->repo->tree };
        size_t from, to;

        tree_range(s.tree, search->options->under, &from, &to);
        s.entries = tree_entries(s.tree, &s.count) + from;
        s.count = to - from;
        s.left_out = search->options->source == SECRETS_CHANGES ? unchanged(&s) : ignored(&s);
        pool_each((s.count + BATCH - 1) / BATCH, 0, scan_batch, &s);
        if (search->options->source == SECRETS_CHANGES)
                take_old_away(search);
}

void secrets_feed_bytes(struct secrets_search *search) {
        struct secrets_worker *worker = secrets_worker_take(search);
        struct scan_text text = { .path = SECRETS_STDIN, .bytes = search->options->bytes };

        if (!worker)
                return;
        if (archive_is(text.bytes))
                secrets_scan_archive(search, worker, text.path, text.bytes);
        else
                secrets_scan(search, worker, &text, NULL);
        secrets_worker_give(search, worker);
}
