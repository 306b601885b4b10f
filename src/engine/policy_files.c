#include "engine/policy_files.h"

#include "check/policy_rules.h"
#include "data/digest.h"
#include "policy/loosen.h"
#include "sys/file.h"
#include "sys/pool.h"

#include <string.h>

#define POLICY_MAX ((size_t)4 << 20)    /* bytes of a weir.yaml */
#define LINK_MAX ((size_t)4096)         /* bytes of a symlink's text */
#define BASELINE_MAX ((size_t)64 << 20) /* bytes */
#define COMMENTED_MAX ((size_t)4 << 20) /* bytes of a file that may hold ignore comments */

/* The policy as one revision writes it. */
struct revision {
        struct config config;
        struct baseline *baseline;
        struct ignores ignores;
        struct str text; /* of weir.yaml; empty: none */
};

/* A policy is a file of the commit that it governs. */
static bool refuse_link(struct arena *arena, const struct tree *tree,
                        const struct tree_entry *entry, struct err *err) {
        struct str target, ignored_text;
        struct err ignored;
        bool leads;

        if (!tree_read(tree, entry, arena, LINK_MAX, &target, err))
                return false;
        leads = fact_read_file(tree, arena, entry->path, POLICY_MAX, &ignored_text, &ignored);
        err_at(err, ERR_SYNTAX, entry->path, 0, 0,
               leads ? "is a link to %.*s, and links are not followed here"
                     : "is a link that leads nowhere: %.*s is not there",
               STR_ARG(target));
        return err_mend(err, "put the file itself in its place");
}

/* The bytes of a file at the tree's root; the empty str where there is none. */
static bool read_optional(struct arena *arena, const struct tree *tree, struct str path, size_t max,
                          struct str *ret_text, struct err *err) {
        const struct tree_entry *entry = tree_find(tree, path);

        *ret_text = STR_NONE;
        if (entry && entry->kind == TREE_SYMLINK)
                return refuse_link(arena, tree, entry, err);
        return !entry || tree_read(tree, entry, arena, max, ret_text, err);
}

static bool read_baseline(struct arena *arena, const struct tree *tree, struct revision *revision,
                          struct err *err) {
        struct str path = revision->config.baseline.value, text;

        if (!tree_find(tree, path))
                return true;
        revision->baseline = ARENA_NEW(arena, struct baseline);
        return read_optional(arena, tree, path, BASELINE_MAX, &text, err) &&
               baseline_parse(arena, path, text, revision->baseline, err);
}

/* Ignore comments are looked for in every file that a person writes. Files are read in parallel and
 * only those that hold the mark are kept. */
struct comment_scan {
        struct arena *arena;
        const struct tree *tree;
        const struct tree *read; /* a tree that was scanned before, or NULL */
        const struct tree_entry *entries;
        struct str *texts; /* one for each entry; empty: no mark in it */
        struct arena *arenas;
};

static bool has_part(struct str path, struct str part) {
        struct str rest = path, name;

        while (str_cut(rest, '/', &name, &rest))
                if (str_eq(name, part))
                        return true;
        return false;
}

/* Languages in which `#` begins no comment: what looks like one there is text about weir. */
static bool has_other_comments(struct str path) {
        static const struct str endings[] = {
                STR_INIT(".c"),  STR_INIT(".h"),    STR_INIT(".cc"),   STR_INIT(".cpp"),
                STR_INIT(".js"), STR_INIT(".ts"),   STR_INIT(".java"), STR_INIT(".rs"),
                STR_INIT(".md"), STR_INIT(".html"), STR_INIT(".css"),  STR_INIT(".json"),
                STR_INIT(".rst")
        };

        for (size_t i = 0; i < COUNT_OF(endings); i++)
                if (str_has_suffix(path, endings[i]))
                        return true;
        return false;
}

static bool may_hold_comments(const struct tree_entry *entry) {
        return entry->kind == TREE_FILE && entry->size <= COMMENTED_MAX &&
               !has_part(entry->path, STR("vendor")) && !has_part(entry->path, STR("testdata")) &&
               !has_other_comments(entry->path) && !str_has_suffix(entry->path, STR("go.sum"));
}

/* Whether the file is the very one of the tree that was scanned before: git names its bytes. */
static bool is_read(const struct comment_scan *scan, const struct tree_entry *entry) {
        static const unsigned char no_oid[TREE_OID_SIZE];
        const struct tree_entry *other = scan->read ? tree_find(scan->read, entry->path) : NULL;

        return other && other->kind == entry->kind && memcmp(entry->oid, no_oid, TREE_OID_SIZE) &&
               !memcmp(entry->oid, other->oid, TREE_OID_SIZE);
}

static void scan_one(void *ctx, size_t index) {
        struct comment_scan *scan = ctx;
        struct arena *arena = &scan->arenas[index];
        struct str text;
        struct err err;

        *arena = arena_make(scan->arena->budget);
        /* What cannot be read here holds no comment that counts; the rules say so where they need
         * the file. */
        if (may_hold_comments(&scan->entries[index]) && !is_read(scan, &scan->entries[index]) &&
            tree_read(scan->tree, &scan->entries[index], arena, COMMENTED_MAX, &text, &err) &&
            str_contains(text, STR("weir:ignore")))
                scan->texts[index] = text;
        else
                arena_drop(arena);
}

static void take_read(const struct comment_scan *scan, const struct ignores *read,
                      struct ignores *ignores) {
        for (size_t i = 0; scan->read && i < read->list.count; i++) {
                const struct tree_entry *entry = tree_find(scan->tree, read->list.items[i].file);

                if (entry && is_read(scan, entry))
                        *VEC_ADD(scan->arena, &ignores->list) = read->list.items[i];
        }
}

/* read and known: the tree and comments of a revision that was read before; only what differs is
 * read again. */
static void read_ignores(struct arena *arena, const struct tree *tree, const struct tree *read,
                         const struct ignores *known, struct ignores *ignores) {
        AUTO_ARENA scratch = arena_make(arena->budget);
        struct comment_scan scan = { .arena = arena, .tree = tree, .read = read };
        size_t count;

        scan.entries = tree_entries(tree, &count);
        scan.texts = ARENA_ARRAY(&scratch, struct str, count);
        scan.arenas = ARENA_ARRAY(&scratch, struct arena, count);
        pool_each(count, 0, scan_one, &scan);
        for (size_t i = 0; i < count; i++)
                if (scan.texts[i].len)
                        ignore_scan(arena, scan.entries[i].path, str_dup(arena, scan.texts[i]),
                                    ignores);
        for (size_t i = 0; i < count; i++)
                arena_drop(&scan.arenas[i]);
        take_read(&scan, known, ignores);
}

static bool read_revision(struct arena *arena, const struct tree *tree, const struct tree *read,
                          const struct ignores *known, struct revision *ret, struct err *err) {
        *ret = (struct revision){ .config = config_default(arena) };
        if (!read_optional(arena, tree, CONFIG_FILE, POLICY_MAX, &ret->text, err) ||
            (ret->text.len && !config_read(&ret->config, CONFIG_FILE, ret->text, err)) ||
            !read_baseline(arena, tree, ret, err))
                return false;
        read_ignores(arena, tree, read, known, &ret->ignores);
        return true;
}

static bool read_site(struct arena *arena, const struct policy_files_request *request,
                      struct policy_files *files, struct digest_hasher *hasher, struct err *err) {
        for (size_t i = 0; i < request->site_file_count; i++) {
                struct str text;

                if (!file_read(arena, request->site_files[i], POLICY_MAX, &text, err) ||
                    !config_tighten(&files->config, request->site_files[i], text, err))
                        return err_context(err, "reading --policy");
                digest_add(hasher, text);
                files->is_set = true;
        }
        return true;
}

static void find_loosenings(const struct revision *before, struct revision *after,
                            struct findings *out) {
        loosen_config(&before->config, &after->config, out);
        loosen_ignores(&before->ignores, &after->ignores, out);
        loosen_baseline(before->baseline, after->baseline, after->config.baseline.value, out);
}

/* What holds: of the change, or with a base of the base. Comments are always the change's, since
 * they stand on its lines; those that are new were switched off by find_loosenings. */
static void take(struct policy_files *files, const struct revision *holds,
                 const struct ignores *ignores) {
        files->config = holds->config;
        files->ignores = *ignores;
        files->is_set = holds->text.len || holds->baseline || ignores->list.count;
        files->policy.baseline = holds->baseline;
}

bool policy_files_load(struct arena *arena, const struct policy_files_request *request,
                       struct policy_files *files, struct err *err) {
        struct revision after = { 0 }, before = { 0 };
        bool from_base = request->base && !request->from_head;
        struct digest_hasher hasher;
        struct digest digest;

        *files = (struct policy_files){ .loosenings = { .arena = arena, .check = &check_policy } };
        digest_begin(&hasher);
        if (!read_revision(arena, request->tree, NULL, NULL, &after, err))
                return err_context(err, "reading the policy");
        if (from_base &&
            !read_revision(arena, request->base, request->tree, &after.ignores, &before, err)) {
                err_context(err, "reading the policy of the base, which is in force");
                return err_mend(err, "--policy-from head, until the correction is merged");
        }
        if (from_base)
                find_loosenings(&before, &after, &files->loosenings);
        take(files, from_base ? &before : &after, &after.ignores);
        digest_add(&hasher, from_base ? before.text : after.text);
        if (!read_site(arena, request, files, &hasher, err))
                return false;
        digest = digest_end(&hasher);
        if (files->is_set)
                files->sha256 = digest_hex(arena, &digest);
        files->policy = policy_make(arena, &files->config, files->policy.baseline, &files->ignores,
                                    request->now_seconds / 86400);
        return true;
}
