/* sys/env.h: the environment, passed explicitly. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* NAME=value strings, NULL-terminated; a view, usually of environ. */
struct env {
        const char *const *vars;
};

/* The environment of this process. */
struct env env_of_process(void);

/* The value of name; false where it is unset. A value may be empty. */
bool env_get(const struct env *env, struct str name, struct str *ret_value);

/* The value of name where it is set and not empty, else fallback. */
struct str env_get_or(const struct env *env, struct str name, struct str fallback);

/* weir's own folders after the XDG Base Directory specification: `weir` under XDG_CACHE_HOME (or
 * ~/.cache), XDG_STATE_HOME (~/.local/state), XDG_DATA_HOME (~/.local/share), XDG_CONFIG_HOME
 * (~/.config). False where neither the variable (absolute) nor HOME is set. Nothing is created. */
enum env_dir { ENV_DIR_CACHE, ENV_DIR_STATE, ENV_DIR_DATA, ENV_DIR_CONFIG };
bool env_weir_dir(const struct env *env, struct arena *arena, enum env_dir which,
                  struct str *ret_path);
