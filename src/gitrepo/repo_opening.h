/* gitrepo/repo_opening.h: a repository while it is being opened. Only repo.c finds it and only
 * repo_environment.c completes it with what the environment says. */
#pragma once

#include "gitrepo/repo_impl.h"

/* What opening a repository needs to remember. */
struct opening {
        struct arena *arena;
        const struct env *env;
        struct str cwd, path; /* absolute; path is what the caller named, or cwd */
        bool is_named;
        bool takes_any_format; /* of object ids */
        struct repo *repo;
};

/* path, relative to base where it is not absolute, with symlinks resolved where it exists. */
struct str opening_absolute(const struct opening *o, struct str base, struct str path);

/* A value of the repository's configuration; NULL where it has none. */
const char *opening_config(struct opening *o, const char *name);

bool path_is_at_or_below(struct str path, struct str dir);

/* A boolean as git writes it (true, yes, on, 1); anything else is false. */
bool git_truth(struct str value);

/* Once the repository is found: its configuration, object folders, index, shallow commits.
 * uses_env: the variables of the environment are meant for this repository. */
MUST_USE bool opening_finish(struct opening *o, bool uses_env, struct err *err);
