/* hook/install.h: putting the scripts where git runs them, and taking them away.
 *
 * What stood in a hook's place is kept as the very file (bytes, mode, time, symlink) under its own
 * name in the folder place.kept, so that what it makes of $0 stays true: that folder lies beside
 * the folder of hooks and has links to whatever else lies there. (A former layout kept it as
 * NAME.weir-old; it is understood and moved.) Every change is one step of the file system: a file
 * is there whole or not at all, and what a kill between two steps leaves is recognised and put in
 * order by the next call. */
#pragma once

#include "hook/place.h"

enum hook_condition {
        HOOK_ABSENT,     /* nothing there */
        HOOK_INSTALLED,  /* the script that this weir writes */
        HOOK_OUTDATED,   /* a script of another weir, or one that is not executable */
        HOOK_EDITED,     /* a script of a weir, with something that no weir wrote there */
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
        struct str text;     /* of HOOK_EDITED */
        struct str script;   /* what this weir writes */
        struct err why;      /* of HOOK_UNREADABLE */
};

/* What is there. weir is the absolute path of the program: scripts name it where they are nobody's
 * but this machine's, which those in a working tree are not. */
struct hook_state hook_look(const struct hook_place *place, struct arena *arena, enum hook hook,
                            struct str weir);

enum hook_change { HOOK_UNCHANGED, HOOK_WRITTEN, HOOK_CHAINED, HOOK_RESTORED, HOOK_REMOVED };

/* Whether hook_install could do its work, without changing anything. */
MUST_USE bool hook_install_check(const struct hook_place *place, struct arena *arena,
                                 enum hook hook, struct err *err);

/* Copies an edited script of ours to NAME.weir-edited (or .2, .3, ... behind that), never over
 * another file; ret_copy is empty where the hook is not edited. */
MUST_USE bool hook_keep_edited(const struct hook_place *place, struct arena *arena, enum hook hook,
                               struct str *ret_copy, struct err *err);

/* Makes the folder where it is missing. An edited script is written over: hook_look tells it, and
 * hook_keep_edited copies it. Errors: ERR_USAGE where two hooks of others are there (one in place,
 * one kept), ERR_IO. */
MUST_USE bool hook_install(const struct hook_place *place, struct arena *arena, enum hook hook,
                           struct str weir, enum hook_change *ret_change, struct err *err);

/* Leaves the hooks of others alone. An edited script goes as any other of ours. */
MUST_USE bool hook_uninstall(const struct hook_place *place, struct arena *arena, enum hook hook,
                             enum hook_change *ret_change, struct err *err);
