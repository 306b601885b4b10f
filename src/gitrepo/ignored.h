/* gitrepo/ignored.h: which files of a working tree git leaves out. */
#pragma once

#include "gitrepo/repo.h"

/* Sets ret_ignored[i] for each of the entries of a working tree (sorted by path) that .gitignore,
 * info/exclude or core.excludesFile keeps out and that is not in the index; the others stay as they
 * are. An index that cannot be read counts as empty. */
void repo_mark_ignored(struct repo *repo, const struct tree_entry *entries, size_t count,
                       bool *ret_ignored);
