/* hook/script.h: the hook scripts, as text, and whose script a text is.
 *
 * Pure. A script runs what stood in its place before (kept under its own name in a folder beside
 * the folder of hooks), with the same arguments and standard input, and then weir; either may
 * refuse. It is POSIX sh. Its second line tells weir's version and the SHA-256 of all other lines,
 * so that any weir knows whether a script of another version was edited. */
#pragma once

#include "base/str.h"

#define HOOKS(X)                                                                                   \
        X(HOOK_PRE_COMMIT, "pre-commit")                                                           \
        X(HOOK_PRE_MERGE_COMMIT, "pre-merge-commit")                                               \
        X(HOOK_COMMIT_MSG, "commit-msg")                                                           \
        X(HOOK_PRE_PUSH, "pre-push")                                                               \
        X(HOOK_PRE_RECEIVE, "pre-receive")

enum hook {
#define X(name, word) name,
        HOOKS(X)
#undef X
                HOOK_COUNT
};

#define HOOK_KEPT_SUFFIX ".weir-old"     /* of the folder; in the former layout, of the old hook */
#define HOOK_TEXT_MAX ((size_t)16 << 20) /* bytes of a hook that is looked into */

const char *hook_name(enum hook hook);
bool hook_parse(struct str name, enum hook *ret_hook);

/* Whether the hook belongs on a server (pre-receive) and not where people commit. */
bool hook_is_of_server(enum hook hook);

struct hook_script_options {
        struct str weir;      /* absolute path, before PATH is asked; empty: PATH alone */
        struct str kept_name; /* of the folder beside the one of the script */
        bool for_husky;       /* it is run as `sh -e FILE`, as is what was there before, whether or
                               * not the files are executable */
};

struct str hook_script(struct arena *arena, enum hook hook,
                       const struct hook_script_options *options);

enum hook_owner {
        HOOK_OWNER_OTHER,
        HOOK_OWNER_WEIR,       /* a script of ours, of any version, edited or not */
        HOOK_OWNER_LEFTHOOK,   /* written by `lefthook install` */
        HOOK_OWNER_PRE_COMMIT, /* written by `pre-commit install` */
};

enum hook_owner hook_owner_of(struct str text);

/* Whether a script of ours is, byte for byte, what some weir wrote. */
bool hook_script_is_unedited(struct str text);
