/* The go command's settings on this host, and the module cache that they name. */
#include "facts/facts.h"
#include "sys/file.h"

static struct str read_or_none(struct arena *arena, struct str path) {
        struct str bytes;
        struct err err;

        return path.len && file_read(arena, path, GOENV_FILE_MAX, &bytes, &err) ? bytes : STR_NONE;
}

static bool find_program(struct arena *arena, const struct env *env, struct str name,
                         struct str *ret_path) {
        return file_find_program(arena, env_get_or(env, STR("PATH"), STR_NONE), name, ret_path);
}

static bool is_goroot(struct arena *arena, struct str path) {
        return path.len && file_is_regular(str_join_path(arena, path, STR("VERSION")));
}

/* GOROOT, or the folder above the bin/ of the go command in PATH. */
static struct str find_goroot(struct arena *arena, const struct env *env) {
        struct str path = env_get_or(env, STR("GOROOT"), STR_NONE);

        if (is_goroot(arena, path))
                return path;
        if (!find_program(arena, env, STR("go"), &path))
                return STR_NONE;
        path = str_drop_suffix(path, STR("/bin/go"));
        return is_goroot(arena, path) ? path : STR_NONE;
}

/* As the go command decides on Linux: CC where it is set, else gcc. */
static bool has_c_compiler(struct arena *arena, const struct env *env) {
        struct str path;

        return env_get_or(env, STR("CC"), STR_NONE).len ||
               find_program(arena, env, STR("gcc"), &path);
}

void fact_build_goenv(struct fact_job *job) {
        const struct env *env = job->repo->options.env;
        struct goenv *goenv = ARENA_NEW(job->arena, struct goenv);
        struct str goroot = find_goroot(job->arena, env), user_file = STR_NONE;
        struct goenv_input input = { .env = *env, .goroot = goroot };
        struct err err;

        if (goroot.len) {
                input.goroot_file =
                        read_or_none(job->arena, str_join_path(job->arena, goroot, STR("go.env")));
                input.goroot_version =
                        read_or_none(job->arena, str_join_path(job->arena, goroot, STR("VERSION")));
        }
        if (goenv_user_file(env, job->arena, &user_file))
                input.user_file = read_or_none(job->arena, user_file);
        input.has_c_compiler = has_c_compiler(job->arena, env);
        if (goenv_read(job->arena, &input, goenv, &err))
                job->repo->goenv = goenv;
        else
                fact_fail(job, gap_of_err(job->arena, &err));
}

/* A host without a module cache is no error: what needs it says which module is absent. */
void fact_build_modcache(struct fact_job *job) {
        struct modcache *cache = ARENA_NEW(job->arena, struct modcache);
        struct err err;

        if (modcache_open(goenv_get(job->repo->goenv, GOENV_GOMODCACHE), cache, &err))
                job->repo->modcache = cache;
        else if (err.code != ERR_NOT_FOUND)
                fact_fail(job, gap_of_err(job->arena, &err));
}
