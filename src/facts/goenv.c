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

/* ---- settings under which the go command reads something else, or nothing ---- */

static const struct text mends[] = {
        [GOENV_ENVIRONMENT] = { "unset it: {name}= weir check", "取消该设置：{name}= weir check" },
        [GOENV_USER_FILE] = { "unset it: go env -u {name}", "取消该设置：go env -u {name}" },
        [GOENV_GOROOT_FILE] = { "remove {name} from GOROOT/go.env",
                                "从 GOROOT/go.env 中删除 {name}" },
        [GOENV_DEFAULT] = { "install Go anew", "重新安装 Go" },
};

static void fail_setting(struct fact_job *job, const struct goenv *goenv, enum goenv_name name,
                         const struct text *why, struct str value) {
        struct gap gap = { message_make(why), message_make(&mends[goenv->values[name].origin]) };

        message_arg(&gap.why, "name", goenv_name_text(name));
        message_arg(&gap.why, "value", value);
        message_arg(&gap.mend, "name", goenv_name_text(name));
        fact_fail(job, gap);
}

static const struct flag_row {
        struct str flag;
        bool needs_value; /* without one the go command takes it for not given */
        struct text why;
} flag_rows[] = {
        { STR_INIT("modfile"),
          true,
          { "{name} has -modfile={value}: the go command reads another go.mod than lies in the "
            "repository",
            "{name} 含有 -modfile={value}：go 命令读取的不是仓库中的 go.mod" } },
        { STR_INIT("overlay"),
          true,
          { "{name} has -overlay={value}: the go command reads other files than lie in the "
            "repository",
            "{name} 含有 -overlay={value}：go 命令读取的不是仓库中的文件" } },
        { STR_INIT("C"),
          false,
          { "{name} has -C={value}: the go command refuses that there",
            "{name} 含有 -C={value}：go 命令不接受这种设置" } },
};

static bool mind_flags(struct fact_job *job, const struct goenv *goenv) {
        struct str value;

        for (size_t i = 0; i < COUNT_OF(flag_rows); i++)
                if (goenv_flag(goenv, flag_rows[i].flag, &value) &&
                    (value.len || !flag_rows[i].needs_value)) {
                        fail_setting(job, goenv, GOENV_GOFLAGS, &flag_rows[i].why, value);
                        return false;
                }
        return true;
}

static const struct text refused = { "the go command refuses {name}={value}",
                                     "go 命令不接受 {name}={value}" };

static bool mind_experiments(struct fact_job *job, const struct goenv *goenv) {
        struct str unknown;

        if (goenv_knows_experiments(goenv, &unknown))
                return true;
        fail_setting(job, goenv, GOENV_GOEXPERIMENT, &refused, unknown);
        return false;
}

#define FIPS_RELEASE 24 /* N of the first go1.N that knows GOFIPS140 */

/* A version of the module is one that lies in GOROOT/lib/fips140, itself or as another name. */
static bool mind_fips(struct fact_job *job, const struct goenv *goenv) {
        struct str value = goenv_get(goenv, GOENV_GOFIPS140);
        struct str path = str_join_path(job->arena, goenv->goroot, STR("lib/fips140"));

        path = str_join_path(job->arena, path, value);
        if (goenv->release < FIPS_RELEASE || !value.len || str_eq(value, STR("off")) ||
            str_eq(value, STR("latest")) ||
            (!str_contains(value, STR("/")) &&
             (file_is_regular(str_fmt(job->arena, "%.*s.zip", STR_ARG(path))) ||
              file_is_regular(str_fmt(job->arena, "%.*s.txt", STR_ARG(path))))))
                return true;
        fail_setting(job, goenv, GOENV_GOFIPS140, &refused, value);
        return false;
}

static const struct text no_goroot = { "GOROOT={value} is no Go installation: the go command does "
                                       "not run with it",
                                       "GOROOT={value} 不是 Go 安装目录：go 命令无法运行" };
static const struct text no_goroot_mend = { "unset it: GOROOT= weir check",
                                            "取消该设置：GOROOT= weir check" };

static bool mind_goroot(struct fact_job *job) {
        struct gap gap = { message_make(&no_goroot), message_make(&no_goroot_mend) };
        struct str value = env_get_or(job->repo->options.env, STR("GOROOT"), STR_NONE);

        if (!value.len || is_goroot(job->arena, value))
                return true;
        message_arg(&gap.why, "value", value);
        fact_fail(job, gap);
        return false;
}

/* ---- the facts ---- */

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
        if (!goenv_read(job->arena, &input, goenv, &err))
                fact_fail(job, gap_of_err(job->arena, &err));
        else if (mind_goroot(job) && mind_flags(job, goenv) && mind_experiments(job, goenv) &&
                 mind_fips(job, goenv))
                job->repo->goenv = goenv;
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
