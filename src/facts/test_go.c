#include "facts/test_go.h"

#include "sys/file.h"

/* ---- environment ---- */

/* Variables that pass as they are. */
static const struct str passed[] = {
        STR_INIT("PATH"),
        STR_INIT("LANG"),
        STR_INIT("LC_ALL"),
        STR_INIT("TZ"),
        STR_INIT("USER"),
        STR_INIT("LOGNAME"),
        STR_INIT("CC"),
        STR_INIT("CXX"),
        STR_INIT("AR"),
        STR_INIT("FC"),
        STR_INIT("CGO_CFLAGS"),
        STR_INIT("CGO_CPPFLAGS"),
        STR_INIT("CGO_CXXFLAGS"),
        STR_INIT("CGO_FFLAGS"),
        STR_INIT("CGO_LDFLAGS"),
        STR_INIT("PKG_CONFIG"),
        STR_INIT("PKG_CONFIG_PATH"),
        STR_INIT("GODEBUG"),
        STR_INIT("GOMAXPROCS"),
        STR_INIT("GOMEMLIMIT"),
        STR_INIT("SSL_CERT_FILE"),
        STR_INIT("SSL_CERT_DIR"),
        STR_INIT("SOURCE_DATE_EPOCH"),
        STR_INIT("CI"),
};

/* Settings of the go command that decide what is built. */
static const enum goenv_name settings[] = {
        GOENV_GOFLAGS,    GOENV_GOEXPERIMENT, GOENV_GOARCH,      GOENV_GOOS,       GOENV_GOCACHE,
        GOENV_GOMODCACHE, GOENV_GOPATH,       GOENV_CGO_ENABLED, GOENV_GOAMD64,    GOENV_GOARM,
        GOENV_GOARM64,    GOENV_GO386,        GOENV_GOPPC64,     GOENV_GORISCV64,  GOENV_GOSUMDB,
        GOENV_GONOSUMDB,  GOENV_GOPRIVATE,    GOENV_GONOPROXY,   GOENV_GOINSECURE, GOENV_GOVCS,
};

struct env_writer {
        struct arena *arena;
        VEC(const char *) list;
};

static void set(struct env_writer *w, struct str name, struct str value) {
        *VEC_ADD(w->arena, &w->list) =
                str_to_c(w->arena, str_fmt(w->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
}

static void set_folders(struct env_writer *w, const struct test_setup *setup) {
        set(w, STR("HOME"), setup->folders.home);
        set(w, STR("TMPDIR"), setup->folders.tmp);
        set(w, STR("GOTMPDIR"), setup->folders.work);
        set(w, STR("XDG_CACHE_HOME"), str_join_path(w->arena, setup->folders.home, STR(".cache")));
}

/* go.work by name: one of the tree is meant as it is in the copy. */
static void set_workspace(struct env_writer *w, const struct test_setup *setup,
                          bool has_workspace) {
        struct str value = goenv_get(setup->goenv, GOENV_GOWORK);
        struct str root = tree_root(setup->job->repo->tree), rest = str_drop_prefix(value, root);

        if (!has_workspace)
                set(w, STR("GOWORK"), STR("off"));
        else if (root.len && rest.len < value.len && str_has_prefix(rest, STR("/")))
                set(w, STR("GOWORK"),
                    str_join_path(w->arena, setup->folders.tree, str_slice(rest, 1, rest.len)));
}

const char *const *test_go_env(const struct test_setup *setup, bool has_workspace) {
        const struct fact_options *options = &setup->job->repo->options;
        struct env_writer w = { .arena = setup->job->arena };

        for (size_t i = 0; i < COUNT_OF(passed); i++) {
                struct str value;

                if (env_get(options->env, passed[i], &value))
                        set(&w, passed[i], value);
        }
        for (size_t i = 0; i < COUNT_OF(settings); i++) {
                struct str value = goenv_get(setup->goenv, settings[i]);

                if (value.len)
                        set(&w, goenv_name_text(settings[i]), value);
        }
        set_folders(&w, setup);
        set_workspace(&w, setup, has_workspace);
        set(&w, STR("GOENV"), STR("off"));
        set(&w, STR("GOTOOLCHAIN"), STR("local"));
        set(&w, STR("GOTELEMETRY"), STR("off"));
        set(&w, STR("GOPROXY"),
            options->tests.network ? goenv_get(setup->goenv, GOENV_GOPROXY) : STR("off"));
        *VEC_ADD(w.arena, &w.list) = NULL;
        return w.list.items;
}

/* ---- words ---- */

struct word_writer {
        struct arena *arena;
        VEC(const char *) list;
};

static void word(struct word_writer *w, struct str text) {
        *VEC_ADD(w->arena, &w->list) = str_to_c(w->arena, text);
}

static void flag(struct word_writer *w, const char *name, struct str value) {
        word(w, str_fmt(w->arena, "-%s=%.*s", name, STR_ARG(value)));
}

static void number(struct word_writer *w, const char *name, int64_t value, const char *unit) {
        word(w, str_fmt(w->arena, "-%s=%lld%s", name, (long long)value, unit));
}

static void packages(struct word_writer *w, const struct test_options *options) {
        for (size_t i = 0; i < options->package_count; i++)
                word(w, options->packages[i]);
        if (!options->package_count)
                word(w, STR("./..."));
        *VEC_ADD(w->arena, &w->list) = NULL;
}

const char *const *test_vet_words(const struct test_setup *setup) {
        const struct test_options *options = &setup->job->repo->options.tests;
        struct word_writer w = { .arena = setup->job->arena };

        word(&w, setup->go);
        word(&w, STR("vet"));
        word(&w, STR("-json"));
        if (setup->mod.len)
                flag(&w, "mod", setup->mod);
        if (options->tags.len)
                flag(&w, "tags", options->tags);
        packages(&w, options);
        return w.list.items;
}

/* vet has run over all of it, so go test need not. -count=1 at least: a cached result is no run. */
const char *const *test_go_words(const struct test_setup *setup, struct str profile) {
        const struct test_options *options = &setup->job->repo->options.tests;
        struct word_writer w = { .arena = setup->job->arena };

        word(&w, setup->go);
        word(&w, STR("test"));
        for (size_t i = 0; i < options->arg_count; i++)
                word(&w, options->args[i]);
        word(&w, STR("-json"));
        if (setup->mod.len)
                flag(&w, "mod", setup->mod);
        if (setup->race)
                word(&w, STR("-race"));
        word(&w, STR("-vet=off"));
        word(&w, STR("-covermode=atomic"));
        flag(&w, "coverprofile", profile);
        number(&w, "count", MAX_OF(options->count, (int64_t)1), "");
        number(&w, "timeout", options->timeout_seconds, "s");
        if (options->is_short)
                word(&w, STR("-short"));
        if (options->tags.len)
                flag(&w, "tags", options->tags);
        if (options->shuffle.len)
                flag(&w, "shuffle", options->shuffle);
        if (setup->overlay.len)
                flag(&w, "overlay", setup->overlay);
        flag(&w, "exec", setup->exec);
        packages(&w, options);
        return w.list.items;
}

/* ---- the race detector ---- */

static const struct text no_cgo = {
        "the race detector needs cgo, and {detail}: races are not looked for",
        "竞争检测器需要 cgo，但{detail}：未检查竞争"
};
static const struct text no_cgo_mend = { "apt-get install gcc libc6-dev; CGO_ENABLED=1",
                                         "apt-get install gcc libc6-dev；CGO_ENABLED=1" };
static const struct text no_platform = {
        "Go has no race detector for {detail}: races are not looked for",
        "Go 没有适用于 {detail} 的竞争检测器：未检查竞争"
};
static const struct text no_platform_mend = { "run the tests on linux/amd64 or linux/arm64",
                                              "在 linux/amd64 或 linux/arm64 上运行测试" };

static bool is_in_path(struct arena *arena, const struct env *env, struct str program) {
        struct str rest = env_get_or(env, STR("PATH"), STR_NONE), dir;
        bool more = true;

        if (str_find(program, '/') != SIZE_MAX)
                return file_is_regular(program);
        while (more) {
                more = str_cut(rest, ':', &dir, &rest);
                if (file_is_regular(str_join_path(arena, more ? dir : rest, program)))
                        return true;
        }
        return false;
}

static bool has_detector(struct str os, struct str arch) {
        static const struct str arches[] = { STR_INIT("amd64"),   STR_INIT("arm64"),
                                             STR_INIT("loong64"), STR_INIT("ppc64le"),
                                             STR_INIT("riscv64"), STR_INIT("s390x") };

        for (size_t i = 0; i < COUNT_OF(arches); i++)
                if (str_eq(os, STR("linux")) && str_eq(arch, arches[i]))
                        return true;
        return false;
}

static bool lacks(struct gap *gap, const struct text *why, const struct text *mend,
                  struct str detail) {
        *gap = (struct gap){ message_make(why), message_make(mend) };
        message_arg(&gap->why, "detail", detail);
        return false;
}

/* Source: internal/platform RaceDetectorSupported of Go 1.26, for Linux. */
bool test_race_is_possible(const struct test_setup *setup, struct gap *ret_gap) {
        struct arena *arena = setup->job->arena;
        const struct env *env = setup->job->repo->options.env;
        struct str os = goenv_get(setup->goenv, GOENV_GOOS);
        struct str arch = goenv_get(setup->goenv, GOENV_GOARCH);
        struct str cc = env_get_or(env, STR("CC"), STR("gcc")), first = cc;

        if (!has_detector(os, arch))
                return lacks(ret_gap, &no_platform, &no_platform_mend,
                             str_fmt(arena, "%.*s/%.*s", STR_ARG(os), STR_ARG(arch)));
        str_next_word(&cc, &first);
        if (!is_in_path(arena, env, first))
                return lacks(ret_gap, &no_cgo, &no_cgo_mend,
                             str_fmt(arena, "%.*s is not in PATH", STR_ARG(first)));
        if (!str_eq(goenv_get(setup->goenv, GOENV_CGO_ENABLED), STR("1")))
                return lacks(ret_gap, &no_cgo, &no_cgo_mend, STR("CGO_ENABLED=0"));
        return true;
}
