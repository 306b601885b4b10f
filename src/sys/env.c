#include "sys/env.h"

#include <unistd.h>

struct env env_of_process(void) {
        return (struct env){ (const char *const *)environ };
}

bool env_get(const struct env *env, struct str name, struct str *ret_value) {
        for (const char *const *var = env->vars; var && *var; var++) {
                struct str key, value;

                if (str_cut(str_of(*var), '=', &key, &value) && str_eq(key, name)) {
                        *ret_value = value;
                        return true;
                }
        }
        return false;
}

struct str env_get_or(const struct env *env, struct str name, struct str fallback) {
        struct str value;

        return env_get(env, name, &value) && value.len ? value : fallback;
}

static const struct {
        struct str variable, under_home;
} dirs[] = {
        [ENV_DIR_CACHE] = { STR_INIT("XDG_CACHE_HOME"), STR_INIT(".cache") },
        [ENV_DIR_STATE] = { STR_INIT("XDG_STATE_HOME"), STR_INIT(".local/state") },
        [ENV_DIR_DATA] = { STR_INIT("XDG_DATA_HOME"), STR_INIT(".local/share") },
        [ENV_DIR_CONFIG] = { STR_INIT("XDG_CONFIG_HOME"), STR_INIT(".config") },
};

bool env_weir_dir(const struct env *env, struct arena *arena, enum env_dir which,
                  struct str *ret_path) {
        struct str base = env_get_or(env, dirs[which].variable, STR_NONE);

        /* The specification says that a relative path there is to be ignored. */
        if (!str_has_prefix(base, STR("/"))) {
                struct str home = env_get_or(env, STR("HOME"), STR_NONE);

                if (!str_has_prefix(home, STR("/")))
                        return false;
                base = str_join_path(arena, home, dirs[which].under_home);
        }
        *ret_path = str_join_path(arena, base, STR("weir"));
        return true;
}
