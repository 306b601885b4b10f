/* hook/script.h: the hook scripts, as text, and whose script a text is.
 *
 * Pure. A script runs what stood in its place before (kept beside it as NAME.weir-old), with the
 * same arguments and standard input, and then weir; either may refuse. It is POSIX sh. */
#pragma once

#include "base/str.h"

#define HOOKS(X)                                                                                   \
        X(HOOK_PRE_COMMIT, "pre-commit")                                                           \
        X(HOOK_COMMIT_MSG, "commit-msg")                                                           \
        X(HOOK_PRE_PUSH, "pre-push")                                                               \
        X(HOOK_PRE_RECEIVE, "pre-receive")

enum hook {
#define X(name, word) name,
        HOOKS(X)
#undef X
                HOOK_COUNT
};

#define HOOK_OLD_SUFFIX ".weir-old"
#define HOOK_TEXT_MAX ((size_t)16 << 20) /* bytes of a hook that is looked into */

const char *hook_name(enum hook hook);
bool hook_parse(struct str name, enum hook *ret_hook);

/* Whether the hook belongs on a server (pre-receive) and not where people commit. */
bool hook_is_of_server(enum hook hook);

/* The script. weir is the absolute path of the program; the PATH is asked where nothing is there
 * any more. for_husky: husky runs it and what was there before as `sh -e FILE`, whether or not the
 * files are executable. */
struct str hook_script(struct arena *arena, enum hook hook, struct str weir, bool for_husky);

enum hook_owner {
        HOOK_OWNER_OTHER,
        HOOK_OWNER_WEIR,       /* a script of ours, of any version */
        HOOK_OWNER_LEFTHOOK,   /* written by `lefthook install` */
        HOOK_OWNER_PRE_COMMIT, /* written by `pre-commit install` */
};

enum hook_owner hook_owner_of(struct str text);
