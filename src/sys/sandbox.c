#include "sys/sandbox.h"

#include "base/vec.h"
#include "sys/file.h"
#include "sys/spawn.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#define TRY_MS 20000
#define TRY_OUTPUT_MAX ((size_t)64 << 10)

/* ---- writing a spec ---- */

struct spec_writer {
        struct arena *arena;
        struct buf text;
};

static void entry(struct spec_writer *w, enum sandbox_entry kind, struct str value) {
        buf_add_char(&w->text, (char)kind);
        buf_add(&w->text, value);
        buf_add_char(&w->text, '\0');
}

static void word(struct spec_writer *w, struct str value) {
        entry(w, SANDBOX_WORD, value);
}

static void words(struct spec_writer *w, const char *const *list, size_t count) {
        for (size_t i = 0; i < count; i++)
                word(w, str_of(list[i]));
}

static void bind_at(struct spec_writer *w, const char *how, struct str from, struct str to) {
        word(w, str_of(how));
        word(w, from);
        word(w, to);
}

/* A folder of the system, or the symlink that stands in its place (/bin on a merged /usr). */
static void bind_system(struct spec_writer *w, struct str path) {
        struct str target;
        struct stat st;
        struct err err;

        if (!file_lstat(path, &st))
                return;
        if (S_ISLNK(st.st_mode) && file_read_link(w->arena, path, &target, &err))
                bind_at(w, "--symlink", target, path);
        else
                bind_at(w, "--ro-bind", path, path);
}

/* Keys of the host that its own user, or root, could read. */
static void hide_keys(struct spec_writer *w) {
        static const struct str files[] = { STR_INIT("/etc/shadow"), STR_INIT("/etc/gshadow"),
                                            STR_INIT("/etc/shadow-"), STR_INIT("/etc/gshadow-") };
        static const struct str folders[] = { STR_INIT("/etc/ssh"), STR_INIT("/etc/ssl/private"),
                                              STR_INIT("/etc/docker"),
                                              STR_INIT("/etc/kubernetes") };

        for (size_t i = 0; i < COUNT_OF(files); i++)
                if (file_is_regular(files[i]))
                        bind_at(w, "--ro-bind", STR("/dev/null"), files[i]);
        for (size_t i = 0; i < COUNT_OF(folders); i++)
                if (file_is_dir(folders[i])) {
                        word(w, STR("--tmpfs"));
                        word(w, folders[i]);
                }
}

static void isolate(struct spec_writer *w, const struct sandbox_request *request) {
        static const char *const flags[] = {
                "--unshare-user", "--unshare-pid",     "--unshare-ipc",
                "--unshare-uts",  "--die-with-parent", "--new-session",
        };
        static const char *const devices[] = { "--proc", "/proc",           "--dev",   "/dev",
                                               "--size", SANDBOX_SHM_BYTES, "--tmpfs", "/dev/shm" };
        static const struct str systems[] = {
                STR_INIT("/usr"),   STR_INIT("/bin"),    STR_INIT("/sbin"),  STR_INIT("/lib"),
                STR_INIT("/lib32"), STR_INIT("/libx32"), STR_INIT("/lib64"), STR_INIT("/etc"),
                STR_INIT("/opt"),   STR_INIT("/nix"),
        };

        words(w, flags, COUNT_OF(flags));
        words(w, (const char *const[]){ "--cap-drop", "ALL" }, 2);
        if (!request->network)
                word(w, STR("--unshare-net"));
        for (size_t i = 0; i < COUNT_OF(systems); i++)
                bind_system(w, systems[i]);
        hide_keys(w);
        words(w, devices, COUNT_OF(devices));
        bind_at(w, "--bind", request->tmp, STR("/tmp"));
        for (size_t i = 0; i < request->readable_count; i++)
                if (file_is_dir(request->readable[i]))
                        bind_at(w, "--ro-bind", request->readable[i], request->readable[i]);
        bind_at(w, "--bind", request->tree, request->tree);
        bind_at(w, "--bind", request->home, request->home);
        bind_at(w, "--ro-bind", request->work, request->work);
        word(w, STR("--bind"));
        entry(w, SANDBOX_BINARY_DIR, STR_NONE);
        entry(w, SANDBOX_BINARY_DIR, STR_NONE);
        word(w, STR("--"));
}

static bool find_program(struct arena *arena, const struct env *env, struct str *ret_path,
                         struct err *err) {
        struct str rest = env_get_or(env, STR("PATH"), STR("/usr/local/bin:/usr/bin:/bin")), dir;
        bool more = true;

        while (more) {
                struct str path;

                more = str_cut(rest, ':', &dir, &rest);
                path = str_join_path(arena, more ? dir : rest, STR(SANDBOX_PROGRAM));
                if (str_has_prefix(path, STR("/")) && file_is_regular(path)) {
                        *ret_path = path;
                        return true;
                }
        }
        err_set(err, ERR_NOT_FOUND, "there is no bubblewrap (%s) in PATH", SANDBOX_PROGRAM);
        return err_mend(err, "apt-get install bubblewrap");
}

bool sandbox_spec(struct arena *arena, const struct sandbox_request *request, struct str *ret_spec,
                  struct err *err) {
        struct spec_writer w = { arena, buf_make(arena) };
        struct str program;

        entry(&w, SANDBOX_FILE_LIMIT,
              str_fmt(arena, "%llu", (unsigned long long)request->file_max));
        for (size_t i = 0; i < request->variable_count; i++)
                entry(&w, SANDBOX_VARIABLE, request->variables[i]);
        if (request->isolate) {
                if (!find_program(arena, request->env, &program, err))
                        return false;
                word(&w, program);
                isolate(&w, request);
        }
        *ret_spec = buf_str(&w.text);
        return true;
}

/* ---- reading a spec ---- */

struct plan {
        struct arena *arena;
        VEC(const char *) argv;
        VEC(const char *) env;
        uint64_t file_max;
};

static bool same_name(const char *variable, struct str setting) {
        size_t equals = str_find(setting, '=');

        return equals != SIZE_MAX &&
               str_has_prefix(str_of(variable), str_slice(setting, 0, equals + 1));
}

static void set_variable(struct plan *plan, struct str setting) {
        for (size_t i = 0; i < plan->env.count; i++)
                if (same_name(plan->env.items[i], setting)) {
                        plan->env.items[i] = str_to_c(plan->arena, setting);
                        return;
                }
        *VEC_ADD(plan->arena, &plan->env) = str_to_c(plan->arena, setting);
}

static void take_entry(struct plan *plan, struct str text, struct str binary_dir) {
        struct str value = str_slice(text, 1, text.len);

        if (text.ptr[0] == SANDBOX_WORD)
                *VEC_ADD(plan->arena, &plan->argv) = str_to_c(plan->arena, value);
        else if (text.ptr[0] == SANDBOX_BINARY_DIR)
                *VEC_ADD(plan->arena, &plan->argv) = str_to_c(plan->arena, binary_dir);
        else if (text.ptr[0] == SANDBOX_VARIABLE)
                set_variable(plan, value);
        else if (text.ptr[0] == SANDBOX_FILE_LIMIT)
                str_to_u64(value, &plan->file_max);
}

static void read_spec(struct plan *plan, struct str spec, struct str binary_dir) {
        struct str text;

        while (plan->argv.count < SANDBOX_WORDS_MAX && str_cut(spec, '\0', &text, &spec))
                if (text.len)
                        take_entry(plan, text, binary_dir);
}

static void make_plan(struct plan *plan, struct str spec, const char *const *argv,
                      const struct env *env) {
        struct str dir = STR("."), name;

        str_cut_last(str_of(argv[0]), '/', &dir, &name);
        for (const char *const *variable = env->vars; variable && *variable; variable++)
                *VEC_ADD(plan->arena, &plan->env) = *variable;
        read_spec(plan, spec, dir);
        for (; *argv; argv++)
                *VEC_ADD(plan->arena, &plan->argv) = *argv;
        *VEC_ADD(plan->arena, &plan->argv) = NULL;
        *VEC_ADD(plan->arena, &plan->env) = NULL;
}

bool sandbox_enter(struct arena *arena, struct str spec, const char *const *argv,
                   const struct env *env, struct err *err) {
        struct plan plan = { .arena = arena };
        struct rlimit none = { 0, 0 }, files;

        make_plan(&plan, spec, argv, env);
        files = (struct rlimit){ plan.file_max, plan.file_max };
        if (plan.file_max)
                setrlimit(RLIMIT_FSIZE, &files);
        setrlimit(RLIMIT_CORE, &none);
        execve(plan.argv.items[0], (char *const *)(uintptr_t)plan.argv.items,
               (char *const *)(uintptr_t)plan.env.items);
        return err_errno(err, str_of(plan.argv.items[0]), "cannot start");
}

bool sandbox_try(struct arena *arena, const struct sandbox_request *request, struct str spec,
                 struct err *err) {
        struct plan plan = { .arena = arena };
        struct spawn_result result;
        struct spawn_request spawn = { .deadline_ms = TRY_MS, .output_max = TRY_OUTPUT_MAX };
        struct str program =
                file_is_regular(STR("/usr/bin/true")) ? STR("/usr/bin/true") : STR("/bin/true");

        if (!request->isolate)
                return true;
        make_plan(&plan, spec, (const char *const[]){ str_to_c(arena, program), NULL },
                  request->env);
        /* The folder of a binary is below work. */
        for (size_t i = 0; i < plan.argv.count; i++)
                if (plan.argv.items[i] && str_eq(str_of(plan.argv.items[i]), STR("--bind")) &&
                    str_has_prefix(program, str_of(plan.argv.items[i + 1])))
                        plan.argv.items[i + 1] = plan.argv.items[i + 2] =
                                str_to_c(arena, request->work);
        spawn.argv = plan.argv.items;
        spawn.env = plan.env.items;
        if (!spawn_run(arena, &spawn, &result, err))
                return false;
        if (result.status == 0)
                return true;
        err_set(err, ERR_UNSUPPORTED, "bubblewrap cannot isolate here: %.*s",
                STR_ARG(str_trim(str_slice(result.err, 0, 300))));
        return err_mend(err, "allow user namespaces on this host");
}
