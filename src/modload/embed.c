#include "modload/embed.h"

#include "base/vec.h"
#include "data/utf8.h"
#include "gomod/modpath.h"
#include "gomod/pathmatch.h"

#include <stdlib.h>

struct match {
        struct str path; /* relative to the package's folder */
        enum source_kind kind;
};

struct embedding {
        const struct package_source *source;
        struct str folder; /* of the package */
        struct arena *arena;
        VEC(struct match) matches; /* of the pattern at hand */
        VEC(struct str) files;     /* of all patterns */
        bool all;                  /* the pattern begins with all: */
        struct err *err;
};

static bool list(struct embedding *embedding, struct str path, struct source_names *ret_names,
                 struct err *err) {
        return embedding->source->list(embedding->source->ctx, embedding->arena,
                                       str_join_path(embedding->arena, embedding->folder, path),
                                       ret_names, err);
}

/* ---- what a pattern matches ---- */

/* Go's fs.ValidPath, less ".": elements between slashes, none empty, "." or "..". */
static bool is_valid_pattern(struct str pattern) {
        struct str first;

        if (pattern.len == 0 || !utf8_is_valid(pattern))
                return false;
        for (bool more = true; more;) {
                more = str_cut(pattern, '/', &first, &pattern);
                if (!more)
                        first = pattern;
                if (first.len == 0 || str_eq(first, STR(".")) || str_eq(first, STR("..")))
                        return false;
        }
        return true;
}

static bool is_any_folder(enum source_kind kind) {
        return kind == SOURCE_FOLDER || kind == SOURCE_LINK_TO_FOLDER;
}

/* Adds what the pattern's elements match below a folder. A folder that cannot be listed matches
 * nothing. */
static void match_below(struct embedding *embedding, struct str folder, struct str pattern,
                        size_t depth) {
        struct source_names names;
        struct str element = pattern, rest;
        bool more = str_cut(pattern, '/', &element, &rest);
        struct err ignored;

        if (depth > EMBED_DEPTH_MAX || !list(embedding, folder, &names, &ignored))
                return;
        for (size_t i = 0; i < names.count; i++) {
                const struct source_name *name = &names.items[i];
                struct str path;

                if (!pathmatch(element, name->name))
                        continue;
                path = str_join_path(embedding->arena, folder, name->name);
                if (!more)
                        *VEC_ADD(embedding->arena, &embedding->matches) =
                                (struct match){ path, name->kind };
                else if (is_any_folder(name->kind))
                        match_below(embedding, path, rest, depth + 1);
        }
}

/* ---- what may be embedded ---- */

static const struct str version_control[] = { STR_INIT(".bzr"), STR_INIT(".hg"), STR_INIT(".git"),
                                              STR_INIT(".svn") };

static bool is_bad_name(struct str name) {
        struct err ignored;

        for (size_t i = 0; i < COUNT_OF(version_control); i++)
                if (str_eq(name, version_control[i]))
                        return true;
        return !modpath_check_file(name, &ignored);
}

static struct str base_of(struct str path) {
        struct str folder, name = path;

        (void)str_cut_last(path, '/', &folder, &name);
        return name;
}

static struct str parent_of(struct str path) {
        struct str folder = STR(""), name;

        (void)str_cut_last(path, '/', &folder, &name);
        return folder;
}

static bool is_other_module(struct embedding *embedding, struct str folder) {
        struct source_names names;
        struct err ignored;

        return list(embedding, folder, &names, &ignored) && source_find(&names, STR("go.mod"));
}

static bool is_real_folder(struct embedding *embedding, struct str folder) {
        struct source_names names;
        const struct source_name *name;
        struct err ignored;

        if (!list(embedding, parent_of(folder), &names, &ignored))
                return false;
        name = source_find(&names, base_of(folder));
        return name && name->kind == SOURCE_FOLDER;
}

static bool refuse(struct embedding *embedding, const struct match *match, const char *why,
                   struct str what) {
        return err_set(embedding->err, ERR_SYNTAX, "cannot embed %s %.*s: %s%.*s",
                       match->kind == SOURCE_FOLDER ? "directory" : "file", STR_ARG(match->path),
                       why, STR_ARG(what));
}

/* The match and the folders on the way to it. */
static bool check_way(struct embedding *embedding, const struct match *match) {
        for (struct str path = match->path; path.len; path = parent_of(path)) {
                bool is_match = path.len == match->path.len;

                if ((!is_match || match->kind == SOURCE_FOLDER) && is_other_module(embedding, path))
                        return refuse(embedding, match, "in different module", STR_NONE);
                if (!is_match && !is_real_folder(embedding, path))
                        return refuse(embedding, match, "in non-directory ", path);
                if (is_bad_name(base_of(path)))
                        return refuse(embedding, match,
                                      is_match ? "invalid name " : "in invalid directory ",
                                      base_of(path));
        }
        return true;
}

/* ---- files ---- */

static bool add_file(struct embedding *embedding, struct str path) {
        if (embedding->files.count >= EMBED_FILES_MAX)
                return err_set(embedding->err, ERR_LIMIT, "over %d embedded files",
                               EMBED_FILES_MAX);
        *VEC_ADD(embedding->arena, &embedding->files) = path;
        return true;
}

static bool add_folder(struct embedding *embedding, struct str folder, size_t depth);

/* A name inside a folder that is embedded whole. Hidden ones are left out unless all: is given. */
static bool add_inside(struct embedding *embedding, struct str folder,
                       const struct source_name *name, size_t depth) {
        struct str path = str_join_path(embedding->arena, folder, name->name);
        bool hidden = *name->name.ptr == '.' || *name->name.ptr == '_';

        if (is_bad_name(name->name) && !hidden && name->kind != SOURCE_FOLDER)
                return err_set(embedding->err, ERR_SYNTAX,
                               "cannot embed file %.*s: invalid name %.*s", STR_ARG(path),
                               STR_ARG(name->name));
        if (is_bad_name(name->name) || (hidden && !embedding->all))
                return true;
        if (name->kind == SOURCE_FOLDER)
                return is_other_module(embedding, path) || add_folder(embedding, path, depth + 1);
        return name->kind != SOURCE_FILE || add_file(embedding, path);
}

static bool add_folder(struct embedding *embedding, struct str folder, size_t depth) {
        struct source_names names;

        if (depth > EMBED_DEPTH_MAX)
                return err_set(embedding->err, ERR_LIMIT, "over %d folders deep", EMBED_DEPTH_MAX);
        if (!list(embedding, folder, &names, embedding->err))
                return false;
        for (size_t i = 0; i < names.count; i++)
                if (!add_inside(embedding, folder, &names.items[i], depth))
                        return false;
        return true;
}

static bool add_match(struct embedding *embedding, const struct match *match) {
        size_t before = embedding->files.count;

        if (!check_way(embedding, match))
                return false;
        if (match->kind == SOURCE_FILE)
                return add_file(embedding, match->path);
        if (match->kind != SOURCE_FOLDER)
                return err_set(embedding->err, ERR_SYNTAX, "cannot embed irregular file %.*s",
                               STR_ARG(match->path));
        if (!add_folder(embedding, match->path, 0))
                return false;
        return embedding->files.count > before ||
               refuse(embedding, match, "contains no embeddable files", STR_NONE);
}

static bool add_pattern(struct embedding *embedding, struct str written) {
        struct str pattern = str_drop_prefix(written, STR("all:"));

        embedding->all = pattern.len < written.len;
        embedding->matches.count = 0;
        if (!is_valid_pattern(pattern))
                return err_set(embedding->err, ERR_SYNTAX, "invalid pattern syntax");
        match_below(embedding, STR(""), pattern, 0);
        for (size_t i = 0; i < embedding->matches.count; i++)
                if (!add_match(embedding, &embedding->matches.items[i]))
                        return false;
        return embedding->matches.count > 0 ||
               err_set(embedding->err, ERR_NOT_FOUND, "no matching files found");
}

static struct str_list sorted_once(struct str *items, size_t count) {
        size_t kept = 0;

        if (count)
                qsort(items, count, sizeof(*items), str_cmp_qsort);
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || !str_eq(items[kept - 1], items[i]))
                        items[kept++] = items[i];
        return (struct str_list){ items, kept };
}

bool embed_files(const struct package_source *source, struct str folder,
                 const struct package_embeds *embeds, struct arena *arena,
                 struct str_list *ret_files, size_t *ret_bad, struct err *err) {
        struct embedding embedding = {
                .source = source, .folder = folder, .arena = arena, .err = err
        };

        for (size_t i = 0; i < embeds->count; i++)
                if (!add_pattern(&embedding, embeds->items[i].pattern)) {
                        *ret_bad = i;
                        return false;
                }
        *ret_files = sorted_once(embedding.files.items, embedding.files.count);
        return true;
}
