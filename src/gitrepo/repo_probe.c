/* Asks gitrepo/ one question and prints the answer, for test/gitrepo_test.py: one fact per line,
 * bytes in names escaped as \xNN. An error ends with status 1 and its parts on stderr. */
#include "gitrepo/diff.h"
#include "gitrepo/repo.h"
#include "sys/clock.h"
#include "sys/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX ((size_t)64 << 20)

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("memory is full\n", stderr);
        exit(3);
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = stop_when_full };

struct question {
        struct arena *arena;
        struct repo *repo;
        struct str path;
        char **args;
        int arg_count;
};

static void print_name(struct str name) {
        for (size_t i = 0; i < name.len; i++) {
                unsigned char c = (unsigned char)name.ptr[i];

                if (c < 0x21 || c > 0x7e || c == '\\')
                        printf("\\x%02x", c);
                else
                        putchar(c);
        }
}

static void print_fact(const char *name, struct str value) {
        printf("%s ", name);
        print_name(value);
        putchar('\n');
}

static struct str arg(const struct question *q, int at) {
        return at < q->arg_count ? str_of(q->args[at]) : STR_NONE;
}

static void print_entry(const struct tree_entry *entry) {
        static const char *const kinds[] = { "file", "symlink", "submodule", "special",
                                             "unreadable" };

        printf("%s %c ", kinds[entry->kind], entry->executable ? 'x' : '-');
        for (size_t i = 0; i < TREE_OID_SIZE; i++)
                printf("%02x", entry->oid[i]);
        putchar(' ');
        print_name(entry->path);
        putchar('\n');
}

static bool print_tree(const struct tree *tree) {
        size_t count;
        const struct tree_entry *entries = tree_entries(tree, &count);

        for (size_t i = 0; i < count; i++)
                print_entry(&entries[i]);
        return true;
}

/* A tree by name: "disk", "index", else a revision. */
static bool open_tree(struct question *q, struct str name, struct tree **ret_tree,
                      struct err *err) {
        struct repo_commit commit;

        if (str_eq(name, STR("disk")))
                return tree_open_worktree(
                        q->arena, q->repo ? repo_info(q->repo)->work_dir : q->path, ret_tree, err);
        if (!q->repo)
                return err_set(err, ERR_USAGE, "no repository");
        if (str_eq(name, STR("index")))
                return repo_index_tree(q->repo, q->arena, ret_tree, err);
        return repo_commit_tree(q->repo, q->arena, name, &commit, ret_tree, err);
}

static bool ask_info(struct question *q, struct err *err UNUSED) {
        const struct repo_info *info = repo_info(q->repo);

        print_fact("git_dir", info->git_dir);
        print_fact("common_dir", info->common_dir);
        print_fact("work_dir", info->work_dir);
        print_fact("prefix", info->prefix);
        printf("bare %d\nshallow %d\nlinked %d\nenvironment %d\n", info->is_bare, info->is_shallow,
               info->is_linked_worktree, info->from_environment);
        return true;
}

static bool ask_head(struct question *q, struct err *err) {
        struct repo_head head;

        if (!repo_head(q->repo, q->arena, &head, err))
                return false;
        print_fact("branch", head.branch);
        print_fact("oid", str_of(head.oid));
        print_fact("label", head.label);
        return true;
}

static void print_commit(const struct repo_commit *commit) {
        print_fact("oid", str_of(commit->oid));
        print_fact("label", commit->label);
        printf("time %lld\n", (long long)commit->time);
        print_fact("summary", commit->summary);
}

static bool ask_resolve(struct question *q, struct err *err) {
        struct repo_commit commit;

        if (!repo_resolve(q->repo, q->arena, arg(q, 0), &commit, err))
                return false;
        print_commit(&commit);
        return true;
}

static bool ask_merge_base(struct question *q, struct err *err) {
        struct repo_commit commit;

        if (!repo_merge_base(q->repo, q->arena, arg(q, 0), arg(q, 1), &commit, err))
                return false;
        print_commit(&commit);
        return true;
}

static bool ask_tree(struct question *q, struct err *err) {
        struct tree *tree;

        return open_tree(q, arg(q, 0), &tree, err) && print_tree(tree);
}

static bool ask_cat(struct question *q, struct err *err) {
        struct tree *tree;
        const struct tree_entry *entry;
        struct str bytes;
        uint64_t max = READ_MAX;

        if (q->arg_count > 2 && !str_to_u64(arg(q, 2), &max))
                return err_set(err, ERR_USAGE, "no such limit");
        if (!open_tree(q, arg(q, 0), &tree, err))
                return false;
        entry = tree_find(tree, arg(q, 1));
        if (!entry)
                return err_set(err, ERR_USAGE, "no such entry");
        if (!tree_read(tree, entry, q->arena, max, &bytes, err))
                return false;
        fwrite(bytes.ptr, 1, bytes.len, stdout);
        return true;
}

/* Reads every file of a tree from several threads, several times. */
struct reading {
        const struct tree *tree;
        const struct tree_entry *entries;
        size_t count;
        _Atomic uint64_t bytes;
        _Atomic unsigned failures;
};

static void read_one(void *ctx, size_t index) {
        struct reading *r = ctx;
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes;
        struct err err;

        if (tree_read(r->tree, &r->entries[index % r->count], &arena, READ_MAX, &bytes, &err))
                r->bytes += bytes.len;
        else
                r->failures++;
}

static bool ask_read_all(struct question *q, struct err *err) {
        struct reading reading = { 0 };
        struct tree *tree;

        if (!open_tree(q, arg(q, 0), &tree, err))
                return false;
        reading.tree = tree;
        reading.entries = tree_entries(tree, &reading.count);
        pool_each(reading.count * 4, 8, read_one, &reading);
        printf("bytes %llu\nfailures %u\n", (unsigned long long)reading.bytes, reading.failures);
        return true;
}

static bool ask_ignored(struct question *q, struct err *err) {
        for (int i = 0; i < q->arg_count; i++) {
                struct str path = arg(q, i);
                bool is_dir = str_has_suffix(path, STR("/")), tracked;

                path = str_drop_suffix(path, STR("/"));
                if (!repo_is_tracked(q->repo, path, &tracked, err))
                        return false;
                printf("%s %s ", repo_is_ignored(q->repo, path, is_dir) ? "ignored" : "kept",
                       tracked ? "tracked" : "untracked");
                print_name(arg(q, i));
                putchar('\n');
        }
        return true;
}

static bool ask_attributes(struct question *q, struct err *err) {
        static const char *const names[] = { "text", "eol", "linguist-generated" };
        static const char *const states[] = { "unspecified", "set", "unset" };
        struct attr attrs[COUNT_OF(names)];
        struct tree *tree;
        bool converts;

        if (!open_tree(q, arg(q, 0), &tree, err))
                return false;
        for (int i = 1; i < q->arg_count; i++) {
                if (!repo_attributes(q->repo, q->arena, tree, arg(q, i), names, COUNT_OF(names),
                                     attrs, err) ||
                    !repo_converts_eol(q->repo, q->arena, tree, arg(q, i), &converts, err))
                        return false;
                for (size_t j = 0; j < COUNT_OF(names); j++)
                        print_fact(names[j], attrs[j].state == ATTR_VALUE
                                                     ? attrs[j].value
                                                     : str_of(states[attrs[j].state]));
                printf("converts %d\n", converts);
        }
        return true;
}

static bool print_change(struct question *q, const struct tree *before, const struct tree *after,
                         const struct change *change, struct err *err) {
        static const char kinds[] = "ADM";
        struct line_ranges ranges;

        if (!diff_lines(q->repo, q->arena, before, after, change, &ranges, err))
                return false;
        printf("%c ", kinds[change->kind]);
        print_name(change->path);
        if (ranges.whole_file)
                fputs(" whole", stdout);
        for (size_t i = 0; i < ranges.count; i++)
                printf(" %u-%u", ranges.items[i].first, ranges.items[i].last);
        putchar('\n');
        return true;
}

static bool ask_diff(struct question *q, struct err *err) {
        struct tree *before, *after;
        struct changes changes;

        if (!open_tree(q, arg(q, 0), &before, err) || !open_tree(q, arg(q, 1), &after, err))
                return false;
        diff_trees(q->repo, q->arena, before, after, &changes);
        for (size_t i = 0; i < changes.count; i++)
                if (!print_change(q, before, after, &changes.items[i], err))
                        return false;
        return true;
}

static bool ask_time(struct question *q, struct err *err) {
        uint64_t start = clock_now_ns();
        struct tree *tree;
        size_t count;

        if (!open_tree(q, arg(q, 0), &tree, err))
                return false;
        tree_entries(tree, &count);
        printf("count %zu\nms %.1f\n", count, (double)(clock_now_ns() - start) / 1e6);
        return true;
}

static const struct {
        const char *name;
        bool (*ask)(struct question *q, struct err *err);
        bool works_without_repo;
} questions[] = {
        { "attributes", ask_attributes, false },
        { "cat", ask_cat, true },
        { "diff", ask_diff, true },
        { "head", ask_head, false },
        { "ignored", ask_ignored, false },
        { "info", ask_info, false },
        { "merge-base", ask_merge_base, false },
        { "read-all", ask_read_all, true },
        { "resolve", ask_resolve, false },
        { "time", ask_time, true },
        { "tree", ask_tree, true },
};

static bool ask(struct question *q, const char *name, struct err *err) {
        for (size_t i = 0; i < COUNT_OF(questions); i++) {
                if (strcmp(questions[i].name, name) != 0)
                        continue;
                if (q->repo || questions[i].works_without_repo)
                        return questions[i].ask(q, err);
                puts("no repository");
                return true;
        }
        return err_set(err, ERR_USAGE, "no question %s", name);
}

static int fail(const struct err *err, struct arena *arena) {
        static const char *const codes[] = {
#define X(name) #name,
                ERR_CODES(X)
#undef X
        };
        struct str line = err_line(err, arena);

        fprintf(stderr, "%s\n%.*s\n%s\n%s\n", codes[err->code], STR_ARG(line), err->context,
                err->mend);
        return 1;
}

/* repo_probe PATH QUESTION ARGS... ; PATH "-" means that none was named. */
int main(int argc, char **argv) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_REPO *repo = NULL;
        struct env env = env_of_process();
        struct question question = { .arena = &arena };
        struct err err;

        if (argc < 3)
                return 64;
        question.path = strcmp(argv[1], "-") ? str_of(argv[1]) : STR_NONE;
        question.args = argv + 3;
        question.arg_count = argc - 3;
        if (!repo_open(&arena, &env, question.path, &repo, &err))
                return fail(&err, &arena);
        question.repo = repo;
        return ask(&question, argv[2], &err) ? 0 : fail(&err, &arena);
}
