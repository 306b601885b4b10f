/* hook/place.h: where git runs the hooks of a repository from, and who else looks after them.
 *
 * git-config(1), core.hooksPath: without it the folder hooks of the common git folder, so that
 * linked worktrees share them; a relative value starts at the root of the working tree (of a bare
 * repository: at its folder); ~/ is the user's home. husky 9 points it at .husky/_ and runs the
 * user's own .husky/NAME from there, which is where weir's lines belong. */
#pragma once

#include "gitrepo/repo.h"
#include "hook/script.h"

enum hook_manager { HOOK_MANAGER_NONE, HOOK_MANAGER_LEFTHOOK, HOOK_MANAGER_PRE_COMMIT };

struct hook_place {
        struct str dir;       /* absolute; may not exist yet */
        struct str kept;      /* the folder of the hooks that weir runs first: beside dir, so that
                               * relative links and paths from $0 lead where they led */
        struct str kept_name; /* its last part */
        struct str setting;   /* core.hooksPath as written */
        bool is_set;          /* there is such a setting */
        bool is_off;     /* no folder can be there (empty, a device, a file): git runs no hooks */
        bool is_root;    /* dir is the root of the working tree or the git folder */
        bool is_outside; /* dir lies neither in the working tree nor in the git folder */
        bool is_of_user; /* the setting is in a file of the user or the host */
        bool is_in_tree; /* dir lies in the working tree: its files can be committed */
        bool for_husky;
        enum hook_manager manager;
        struct str manager_file; /* relative to the root; empty: told by a hook it wrote */
};

/* Errors: ERR_USAGE where core.hooksPath is something that weir cannot expand. */
MUST_USE bool hook_place_find(struct repo *repo, const struct env *env, struct arena *arena,
                              struct hook_place *ret_place, struct err *err);

/* ERR_USAGE where hooks are switched off. */
MUST_USE bool hook_place_usable(const struct hook_place *place, struct err *err);

const char *hook_manager_name(enum hook_manager manager);
