/* Which paths git leaves out: gitignore(5).
 *
 * libgit2 1.5 could be asked too, but it throws a `!name` away whose opposite stands in a folder
 * above, and takes files back in below an ignored folder. So the rules are read and applied here;
 * their patterns are those of data/glob.h. */
#include "gitrepo/ignored.h"

#include "base/vec.h"
#include "data/glob.h"
#include "gitrepo/repo_impl.h"
#include "sys/file.h"

#include <sys/stat.h>

#define IGNORE_FILE_MAX ((size_t)8 << 20)

struct ignore_rule {
        struct str pattern;
        bool is_negated; /* `!`: takes back in */
};

struct ignore_file {
        const struct ignore_rule *rules;
        size_t count;
};

enum answer { ANSWER_NONE, ANSWER_KEPT, ANSWER_IGNORED };

/* Trailing spaces fall off, but for one that is quoted. */
static struct str trim_line(struct str line) {
        line = str_drop_suffix(line, STR("\r"));
        while (str_has_suffix(line, STR(" ")) && !str_has_suffix(line, STR("\\ ")))
                line.len--;
        return line;
}

static struct ignore_file parse(struct arena *arena, struct str text) {
        VEC(struct ignore_rule) rules = { 0 };
        struct str line;

        text = str_drop_prefix(text, STR("\xEF\xBB\xBF"));
        while (str_next_line(&text, &line)) {
                struct ignore_rule rule = { .pattern = trim_line(line) };

                if (!rule.pattern.len || rule.pattern.ptr[0] == '#')
                        continue;
                rule.is_negated = rule.pattern.ptr[0] == '!';
                rule.pattern = str_drop_prefix(rule.pattern, STR("!"));
                *VEC_ADD(arena, &rules) = rule;
        }
        return (struct ignore_file){ rules.items, rules.count };
}

/* The rules in the file at path, read once; none where there is no such regular file. Like git, a
 * symlink is not followed. */
static const struct ignore_file *rules_in(struct repo *repo, struct str path) {
        struct arena *arena = &repo->ignore_arena;
        void **known = map_get(&repo->ignore_files, path);
        struct ignore_file *file;
        struct str text;
        struct stat st;
        struct err ignored;

        if (known)
                return *known;
        file = ARENA_NEW(arena, struct ignore_file);
        if (file_lstat(path, &st) && S_ISREG(st.st_mode) &&
            file_read(arena, path, IGNORE_FILE_MAX, &text, &ignored))
                *file = parse(arena, text);
        *map_put(&repo->ignore_files, str_dup(arena, path)) = file;
        return file;
}

/* What the last rule that matches path says; path is relative to the folder of the file. */
static enum answer ask_file(const struct ignore_file *file, struct str path, bool is_dir) {
        for (size_t i = file->count; i-- > 0;)
                if (glob_match_entry(file->rules[i].pattern, path, is_dir))
                        return file->rules[i].is_negated ? ANSWER_KEPT : ANSWER_IGNORED;
        return ANSWER_NONE;
}

/* The .gitignore files from the folder of path up to the root: the nearest that says something. */
static enum answer ask_folders(struct repo *repo, struct arena *arena, struct str path,
                               bool is_dir) {
        struct str dir = path, name;
        bool more = true;

        while (more) {
                enum answer answer;
                struct str below;

                more = str_cut_last(dir, '/', &dir, &name);
                if (!more)
                        dir = STR_NONE;
                below = str_slice(path, dir.len ? dir.len + 1 : 0, path.len);
                name = str_join_path(arena, str_join_path(arena, repo->info.work_dir, dir),
                                     STR(".gitignore"));
                answer = ask_file(rules_in(repo, name), below, is_dir);
                if (answer)
                        return answer;
        }
        return ANSWER_NONE;
}

static enum answer ask_one(struct repo *repo, struct arena *arena, struct str path, bool is_dir,
                           struct str excludes) {
        struct str own = str_join_path(arena, repo->info.common_dir, STR("info/exclude"));
        enum answer answer =
                repo->info.work_dir.len ? ask_folders(repo, arena, path, is_dir) : ANSWER_NONE;

        if (!answer)
                answer = ask_file(rules_in(repo, own), path, is_dir);
        if (!answer)
                answer = ask_file(rules_in(repo, excludes), path, is_dir);
        return answer;
}

static struct str excludes_file(struct repo *repo, struct arena *arena) {
        AUTO_GIT(git_config) *config = NULL;
        git_buf path = { 0 };
        struct str result = str_of(repo->default_excludes);

        if (!git_repository_config_snapshot(&config, repo->git) &&
            !git_config_get_path(&path, config, "core.excludesfile"))
                result = str_dup(arena, str_of(path.ptr));
        git_buf_dispose(&path);
        return result;
}

/* From the top down: below an ignored folder nothing is taken back in. */
bool repo_is_ignored(struct repo *repo, struct str path, bool is_dir) {
        REPO_LOCKED(repo);
        AUTO_ARENA arena = arena_make(repo->ignore_arena.budget);
        struct str excludes = excludes_file(repo, &arena);

        for (size_t at = 1; at < path.len; at++)
                if (path.ptr[at] == '/' &&
                    ask_one(repo, &arena, str_slice(path, 0, at), true, excludes) == ANSWER_IGNORED)
                        return true;
        return ask_one(repo, &arena, path, is_dir, excludes) == ANSWER_IGNORED;
}

/* One walk over sorted paths: what is known of the folders of the path before. */
struct ignore_walk {
        struct repo *repo;
        struct arena arena; /* of one question */
        struct str excludes;
        struct str ignored; /* the folder that was ignored last; empty: none */
        struct str kept;    /* the folder of the path before, which is not */
};

static bool is_below(struct str path, struct str dir) {
        return dir.len && path.len > dir.len && path.ptr[dir.len] == '/' &&
               str_has_prefix(path, dir);
}

static size_t shared_prefix(struct str a, struct str b) {
        size_t i = 0;

        while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
                i++;
        return i;
}

/* From the first folder that the path before does not share. */
static bool is_below_ignored(struct ignore_walk *walk, struct str path) {
        size_t shared = shared_prefix(walk->kept, path);

        if (is_below(path, walk->ignored))
                return true;
        for (size_t at = MAX_OF(shared, (size_t)1); at < path.len; at++) {
                struct str dir = str_slice(path, 0, at);

                if (path.ptr[at] != '/' || str_eq(dir, walk->kept))
                        continue;
                if (ask_one(walk->repo, &walk->arena, dir, true, walk->excludes) ==
                    ANSWER_IGNORED) {
                        walk->ignored = dir;
                        return true;
                }
                walk->kept = dir;
        }
        return false;
}

static bool is_ignored(struct ignore_walk *walk, struct str path) {
        bool answer = is_below_ignored(walk, path) || ask_one(walk->repo, &walk->arena, path, false,
                                                              walk->excludes) == ANSWER_IGNORED;

        arena_drop(&walk->arena);
        return answer;
}

/* Both sorted by path. */
static void mark(struct ignore_walk *walk, const struct tree_entry *entries, size_t count,
                 const struct tree *index, bool *ret_ignored) {
        const struct tree_entry *tracked = NULL;
        size_t tracked_count = 0, at = 0;

        if (index)
                tracked = tree_entries(index, &tracked_count);
        for (size_t i = 0; i < count; i++) {
                while (at < tracked_count && str_cmp(tracked[at].path, entries[i].path) < 0)
                        at++;
                if (at == tracked_count || !str_eq(tracked[at].path, entries[i].path))
                        ret_ignored[i] = is_ignored(walk, entries[i].path);
        }
}

void repo_mark_ignored(struct repo *repo, const struct tree_entry *entries, size_t count,
                       bool *ret_ignored) {
        AUTO_ARENA arena = arena_make(repo->ignore_arena.budget);
        struct ignore_walk walk = { .repo = repo, .arena = arena_make(arena.budget) };
        struct tree *index = NULL;
        struct err ignored;

        if (!repo_index_tree(repo, &arena, &index, &ignored))
                index = NULL;
        REPO_LOCKED(repo);
        walk.excludes = excludes_file(repo, &arena);
        mark(&walk, entries, count, index, ret_ignored);
        arena_drop(&walk.arena);
}
