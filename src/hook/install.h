/* hook/install.h: putting the scripts where git runs them, and taking them away.
 *
 * What stood in a hook's place is kept beside it as NAME.weir-old, the very file (bytes, mode,
 * time, symlink). Every change is one step of the file system: a file is there whole or not at all,
 * and what a kill between two steps leaves is recognised and put in order by the next call. */
#pragma once

#include "hook/place.h"

enum hook_condition {
        HOOK_ABSENT,     /* nothing there */
        HOOK_INSTALLED,  /* the script that this weir writes */
        HOOK_OUTDATED,   /* a script of another weir, or one that is not executable */
        HOOK_OTHER,      /* somebody else's, which does not know of weir */
        HOOK_UNREADABLE, /* cannot be told */
};

struct hook_state {
        enum hook hook;
        enum hook_condition condition;
        enum hook_owner owner; /* of HOOK_OTHER */
        struct str path;
        struct str old_path; /* what is run first; empty: nothing is kept */
        bool old_runs;       /* git would have run it: it is executable (husky: it is there) */
        bool old_has_crlf;   /* its first line ends in CR: the system finds no such interpreter */
        struct err why;      /* of HOOK_UNREADABLE */
};

/* What is there. weir is the absolute path that scripts name. */
struct hook_state hook_look(const struct hook_place *place, struct arena *arena, enum hook hook,
                            struct str weir);

enum hook_change { HOOK_UNCHANGED, HOOK_WRITTEN, HOOK_CHAINED, HOOK_RESTORED, HOOK_REMOVED };

/* Whether hook_install could do its work, without changing anything. */
MUST_USE bool hook_install_check(const struct hook_place *place, struct arena *arena,
                                 enum hook hook, struct err *err);

/* Makes the folder where it is missing. Errors: ERR_USAGE where two hooks of others are there (one
 * in place, one kept), ERR_IO. */
MUST_USE bool hook_install(const struct hook_place *place, struct arena *arena, enum hook hook,
                           struct str weir, enum hook_change *ret_change, struct err *err);

/* Leaves the hooks of others alone. */
MUST_USE bool hook_uninstall(const struct hook_place *place, struct arena *arena, enum hook hook,
                             enum hook_change *ret_change, struct err *err);
