/* gitrepo/diff.h: what differs between two trees, by file and by line. */
#pragma once

#include "gitrepo/repo.h"

#define DIFF_FILE_MAX ((size_t)64 << 20) /* a larger file has changed as a whole */

enum change_kind { CHANGE_ADDED, CHANGE_DELETED, CHANGE_MODIFIED };

struct change {
        enum change_kind kind;
        struct str path;
        const struct tree_entry *before, *after; /* NULL where the path is not there */
};

/* Sorted by path. Entries point into the two trees. */
struct changes {
        const struct change *items;
        size_t count;
};

/* Every path whose kind, executable bit or bytes differ. A rename is a deletion and an addition.
 * repo may be NULL where neither tree needs one; with it, a file of the working tree is compared
 * as git would store it (end-of-line conversion) and core.fileMode holds. Files that cannot be
 * read count as modified, files of a submodule on disk as no change. Cannot fail. Uses several
 * threads. */
void diff_trees(struct repo *repo, struct arena *arena, const struct tree *before,
                const struct tree *after, struct changes *ret_changes);

/* The change of path; NULL where it has none. */
const struct change *changes_find(const struct changes *changes, struct str path);

/* Lines of a file, counted from 1, both ends included. */
struct line_range {
        uint32_t first, last;
};

struct line_ranges {
        const struct line_range *items; /* ascending, apart from each other */
        size_t count;
        bool whole_file; /* added, binary or too large: every line counts as changed */
};

/* The lines of the file after the change that are new or changed, as `git diff -U0` counts them
 * (hunks that only delete lines give none). A deleted file has none. */
MUST_USE bool diff_lines(struct repo *repo, struct arena *arena, const struct tree *before,
                         const struct tree *after, const struct change *change,
                         struct line_ranges *ret_ranges, struct err *err);

bool line_ranges_have(const struct line_ranges *ranges, uint32_t line);

/* Two texts of one file as a unified diff, names and all; before NULL: the file is new. Needs no
 * repository. */
MUST_USE bool diff_texts(struct arena *arena, struct str file, const struct str *before,
                         struct str after, struct str *ret_diff, struct err *err);
