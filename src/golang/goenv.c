#include "golang/goenv.h"

#include "base/vec.h"

#include <assert.h>

static const struct str names[] = {
#define X(name) [GOENV_##name] = STR_INIT(#name),
        GOENV_NAMES(X)
#undef X
};

struct str goenv_name_text(enum goenv_name name) {
        assert(name < GOENV_NAME_COUNT);
        return names[name];
}

struct str goenv_get(const struct goenv *goenv, enum goenv_name name) {
        assert(name < GOENV_NAME_COUNT);
        return goenv->values[name].text;
}

/* ---- the files ---- */

/* The value of a key in a go env file: the last line that has it. */
static bool file_get(struct str file, struct str key, struct str *ret_value) {
        struct str line, name, value;
        bool found = false;

        while (str_next_line(&file, &line)) {
                if (line.len == 0 || *line.ptr < 'A' || *line.ptr > 'Z')
                        continue;
                if (!str_cut(line, '=', &name, &value) || !str_eq(name, key))
                        continue;
                *ret_value = value;
                found = true;
        }
        return found;
}

/* The user's configuration folder, as Go's os.UserConfigDir has it on Unix. */
static bool user_config_dir(const struct env *env, struct arena *arena, struct str *ret_dir) {
        struct str dir = env_get_or(env, STR("XDG_CONFIG_HOME"), STR_NONE);
        struct str home = env_get_or(env, STR("HOME"), STR_NONE);

        if (dir.len && *dir.ptr != '/')
                return false;
        if (dir.len == 0 && home.len == 0)
                return false;
        *ret_dir = dir.len ? dir : str_join_path(arena, home, STR(".config"));
        return true;
}

bool goenv_user_file(const struct env *env, struct arena *arena, struct str *ret_path) {
        struct str set = env_get_or(env, STR("GOENV"), STR_NONE), dir;

        if (str_eq(set, STR("off")))
                return false;
        if (set.len) {
                *ret_path = set;
                return true;
        }
        if (!user_config_dir(env, arena, &dir))
                return false;
        *ret_path = str_join_path(arena, dir, STR("go/env"));
        return true;
}

/* The setting as the user or GOROOT made it; empty where nobody did. A line in the user's file
 * hides the one in GOROOT's, even where its value is empty. */
static struct goenv_value look_up(const struct goenv_input *input, struct str key) {
        struct str text = env_get_or(&input->env, key, STR_NONE);

        if (text.len)
                return (struct goenv_value){ text, GOENV_ENVIRONMENT };
        if (file_get(input->user_file, key, &text))
                return (struct goenv_value){ text, GOENV_USER_FILE };
        if (file_get(input->goroot_file, key, &text))
                return (struct goenv_value){ text, GOENV_GOROOT_FILE };
        return (struct goenv_value){ STR_NONE, GOENV_DEFAULT };
}

/* ---- defaults ---- */

static struct str clean(struct str path) {
        while (path.len > 1 && path.ptr[path.len - 1] == '/')
                path.len--;
        return path;
}

static struct str default_gopath(struct arena *arena, const struct goenv_input *input) {
        struct str home = env_get_or(&input->env, STR("HOME"), STR_NONE), path;

        if (home.len == 0)
                return STR_NONE;
        path = str_join_path(arena, clean(home), STR("go"));
        return str_eq(path, clean(input->goroot)) ? STR_NONE : path;
}

static struct str default_modcache(struct arena *arena, struct str gopath) {
        struct str first = gopath, rest;

        (void)str_cut(gopath, ':', &first, &rest);
        return first.len ? str_join_path(arena, clean(first), STR("pkg/mod")) : STR_NONE;
}

static struct str default_cache(struct arena *arena, const struct env *env) {
        struct str dir = env_get_or(env, STR("XDG_CACHE_HOME"), STR_NONE);
        struct str home = env_get_or(env, STR("HOME"), STR_NONE);

        if (dir.len && *dir.ptr == '/')
                return str_join_path(arena, clean(dir), STR("go-build"));
        if (dir.len || home.len == 0)
                return STR("off");
        return str_join_path(arena, clean(home), STR(".cache/go-build"));
}

/* Targets with cgo. Source: Go's internal/platform. */
static const struct str cgo_targets[] = {
        STR_INIT("aix/ppc64"),       STR_INIT("android/386"),     STR_INIT("android/amd64"),
        STR_INIT("android/arm"),     STR_INIT("android/arm64"),   STR_INIT("darwin/amd64"),
        STR_INIT("darwin/arm64"),    STR_INIT("dragonfly/amd64"), STR_INIT("freebsd/386"),
        STR_INIT("freebsd/amd64"),   STR_INIT("freebsd/arm"),     STR_INIT("freebsd/arm64"),
        STR_INIT("freebsd/riscv64"), STR_INIT("illumos/amd64"),   STR_INIT("ios/amd64"),
        STR_INIT("ios/arm64"),       STR_INIT("linux/386"),       STR_INIT("linux/amd64"),
        STR_INIT("linux/arm"),       STR_INIT("linux/arm64"),     STR_INIT("linux/loong64"),
        STR_INIT("linux/mips"),      STR_INIT("linux/mips64"),    STR_INIT("linux/mips64le"),
        STR_INIT("linux/mipsle"),    STR_INIT("linux/ppc64le"),   STR_INIT("linux/riscv64"),
        STR_INIT("linux/s390x"),     STR_INIT("linux/sparc64"),   STR_INIT("netbsd/386"),
        STR_INIT("netbsd/amd64"),    STR_INIT("netbsd/arm"),      STR_INIT("netbsd/arm64"),
        STR_INIT("openbsd/386"),     STR_INIT("openbsd/amd64"),   STR_INIT("openbsd/arm"),
        STR_INIT("openbsd/arm64"),   STR_INIT("openbsd/mips64"),  STR_INIT("openbsd/riscv64"),
        STR_INIT("solaris/amd64"),   STR_INIT("windows/386"),     STR_INIT("windows/amd64"),
        STR_INIT("windows/arm64"),
};

static bool target_has_cgo(struct str os, struct str arch) {
        for (size_t i = 0; i < COUNT_OF(cgo_targets); i++) {
                struct str goos, goarch;

                if (str_cut(cgo_targets[i], '/', &goos, &goarch) && str_eq(goos, os) &&
                    str_eq(goarch, arch))
                        return true;
        }
        return false;
}

struct host {
        struct str os, arch;
};

static struct str this_arch(void) {
#if defined(__x86_64__)
        return STR("amd64");
#elif defined(__aarch64__)
        return STR("arm64");
#elif defined(__i386__)
        return STR("386");
#elif defined(__riscv)
        return STR("riscv64");
#elif defined(__s390x__)
        return STR("s390x");
#elif defined(__powerpc64__)
        return STR("ppc64le");
#elif defined(__loongarch__)
        return STR("loong64");
#else
        return STR("arm");
#endif
}

/* Cgo is on where the target is the host, has cgo, and a C compiler is there. */
static struct str cgo_value(const struct goenv_input *input, const struct goenv *goenv,
                            const struct host *host, struct str set) {
        struct str os = goenv->values[GOENV_GOOS].text, arch = goenv->values[GOENV_GOARCH].text;

        if (str_eq(set, STR("0")) || str_eq(set, STR("1")))
                return set;
        if (input->has_c_compiler && str_eq(os, host->os) && str_eq(arch, host->arch) &&
            target_has_cgo(os, arch))
                return STR("1");
        return STR("0");
}

struct fixed_default {
        enum goenv_name name;
        struct str text;
};

static const struct fixed_default fixed_defaults[] = {
        { GOENV_GOAUTH, STR_INIT("netrc") },     { GOENV_GOFIPS140, STR_INIT("off") },
        { GOENV_GOAMD64, STR_INIT("v1") },       { GOENV_GOARM, STR_INIT("7") },
        { GOENV_GOARM64, STR_INIT("v8.0") },     { GOENV_GO386, STR_INIT("sse2") },
        { GOENV_GOMIPS, STR_INIT("hardfloat") }, { GOENV_GOMIPS64, STR_INIT("hardfloat") },
        { GOENV_GOPPC64, STR_INIT("power8") },   { GOENV_GORISCV64, STR_INIT("rva20u64") },
};

static void set_default(struct goenv *goenv, enum goenv_name name, struct str text) {
        struct goenv_value *value = &goenv->values[name];

        if (value->text.len == 0)
                *value = (struct goenv_value){ text, GOENV_DEFAULT };
}

static void fill_defaults(struct arena *arena, const struct goenv_input *input,
                          const struct host *host, struct goenv *goenv) {
        struct goenv_value *cgo = &goenv->values[GOENV_CGO_ENABLED];
        struct str cgo_set = cgo->text, private = goenv->values[GOENV_GOPRIVATE].text;

        for (size_t i = 0; i < COUNT_OF(fixed_defaults); i++)
                set_default(goenv, fixed_defaults[i].name, fixed_defaults[i].text);
        goenv->values[GOENV_GOHOSTOS] = (struct goenv_value){ host->os, GOENV_DEFAULT };
        goenv->values[GOENV_GOHOSTARCH] = (struct goenv_value){ host->arch, GOENV_DEFAULT };
        set_default(goenv, GOENV_GOOS, host->os);
        set_default(goenv, GOENV_GOARCH, host->arch);
        set_default(goenv, GOENV_GONOPROXY, private);
        set_default(goenv, GOENV_GONOSUMDB, private);
        set_default(goenv, GOENV_GOPATH, default_gopath(arena, input));
        set_default(goenv, GOENV_GOMODCACHE,
                    default_modcache(arena, goenv->values[GOENV_GOPATH].text));
        set_default(goenv, GOENV_GOCACHE, default_cache(arena, &input->env));
        cgo->text = cgo_value(input, goenv, host, cgo_set);
        if (!str_eq(cgo->text, cgo_set))
                cgo->origin = GOENV_DEFAULT;
}

/* ---- GOFLAGS ---- */

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes the next word off *rest; one in quotes is taken without them. False at the end; *ret_open:
 * a quote was not closed. */
static bool next_word(struct str *rest, struct str *ret_word, bool *ret_open) {
        struct str s = *rest;
        size_t size = 0;

        while (s.len && is_blank(*s.ptr))
                s = str_slice(s, 1, s.len);
        if (s.len == 0)
                return false;
        if (*s.ptr == '"' || *s.ptr == '\'') {
                size = str_find(str_slice(s, 1, s.len), *s.ptr);
                *ret_open = size == SIZE_MAX;
                *ret_word = *ret_open ? STR_NONE : str_slice(s, 1, size + 1);
                *rest = *ret_open ? STR_NONE : str_slice(s, size + 2, s.len);
                return !*ret_open;
        }
        while (size < s.len && !is_blank(s.ptr[size]))
                size++;
        *ret_word = str_slice(s, 0, size);
        *rest = str_slice(s, size, s.len);
        return true;
}

static bool flag_name_is_valid(struct str name) {
        return name.len > 0 && *name.ptr != '-' && *name.ptr != '=';
}

static bool parse_flag(struct str word, struct goenv_flag *ret_flag, struct err *err) {
        struct str name = str_drop_prefix(word, STR("-"));
        struct goenv_flag flag = { 0 };

        if (name.len == word.len || !flag_name_is_valid(str_drop_prefix(name, STR("-"))))
                return err_set(err, ERR_SYNTAX, "parsing $GOFLAGS: non-flag \"%.*s\"",
                               STR_ARG(word));
        flag.name = str_drop_prefix(name, STR("-"));
        flag.has_value = str_cut(flag.name, '=', &flag.name, &flag.value);
        *ret_flag = flag;
        return true;
}

static bool parse_flags(struct arena *arena, struct goenv *goenv, struct err *err) {
        struct str rest = goenv->values[GOENV_GOFLAGS].text, word;
        VEC(struct goenv_flag) flags = { 0 };
        bool open = false;

        while (next_word(&rest, &word, &open)) {
                struct goenv_flag flag;

                if (!parse_flag(word, &flag, err))
                        return false;
                *VEC_ADD(arena, &flags) = flag;
        }
        if (open)
                return err_set(err, ERR_SYNTAX, "parsing $GOFLAGS: unterminated string");
        goenv->flags = flags.items;
        goenv->flag_count = flags.count;
        return true;
}

bool goenv_flag(const struct goenv *goenv, struct str name, struct str *ret_value) {
        for (size_t i = goenv->flag_count; i-- > 0;)
                if (str_eq(goenv->flags[i].name, name)) {
                        *ret_value = goenv->flags[i].value;
                        return true;
                }
        return false;
}

/* -tags: commas separate; the old form with blanks or quotes is still taken. */
static void parse_tags(struct arena *arena, struct goenv *goenv) {
        VEC(struct str) tags = { 0 };
        struct str rest, tag;
        bool open = false;

        if (!goenv_flag(goenv, STR("tags"), &rest))
                return;
        if (str_find(rest, ' ') != SIZE_MAX || str_find(rest, '\'') != SIZE_MAX) {
                while (next_word(&rest, &tag, &open))
                        *VEC_ADD(arena, &tags) = tag;
        } else {
                for (bool more = true; more;) {
                        more = str_cut(rest, ',', &tag, &rest);
                        tag = more ? tag : rest;
                        if (tag.len)
                                *VEC_ADD(arena, &tags) = tag;
                }
        }
        goenv->tags = tags.items;
        goenv->tag_count = tags.count;
}

/* ---- the toolchain ---- */

static struct str leading_digits(struct str s) {
        size_t size = 0;

        while (size < s.len && s.ptr[size] >= '0' && s.ptr[size] <= '9')
                size++;
        return str_slice(s, 0, size);
}

bool goenv_parse_version(struct str version_file, struct str *ret_version, uint32_t *ret_release) {
        struct str line = version_file, rest, digits;
        uint64_t release;

        (void)str_cut(version_file, '\n', &line, &rest);
        line = str_trim(line);
        (void)str_cut(line, ' ', &line, &rest);
        digits = leading_digits(str_drop_prefix(line, STR("go1.")));
        if (!str_has_prefix(line, STR("go1.")) || !str_to_u64(digits, &release) ||
            release > UINT32_MAX)
                return false;
        *ret_version = line;
        *ret_release = (uint32_t)release;
        return true;
}

bool goenv_read(struct arena *arena, const struct goenv_input *input, struct goenv *ret_goenv,
                struct err *err) {
        struct goenv goenv = { .goroot = input->goroot };
        struct host host = { input->host_os.len ? input->host_os : STR("linux"),
                             input->host_arch.len ? input->host_arch : this_arch() };

        if (input->user_file.len > GOENV_FILE_MAX || input->goroot_file.len > GOENV_FILE_MAX)
                return err_set(err, ERR_LIMIT, "go env file over %zu bytes", GOENV_FILE_MAX);
        for (size_t name = 0; name < GOENV_NAME_COUNT; name++)
                goenv.values[name] = look_up(input, names[name]);
        fill_defaults(arena, input, &host, &goenv);
        if (!parse_flags(arena, &goenv, err))
                return false;
        parse_tags(arena, &goenv);
        (void)goenv_parse_version(input->goroot_version, &goenv.version, &goenv.release);
        *ret_goenv = goenv;
        return true;
}

/* ---- experiments ---- */

#define EXPERIMENTS_RELEASE 26 /* N of the go1.N whose experiments are listed */

static const struct str experiments[] = {
        STR_INIT("arenas"),
        STR_INIT("boringcrypto"),
        STR_INIT("cgocheck2"),
        STR_INIT("dwarf5"),
        STR_INIT("fieldtrack"),
        STR_INIT("goroutineleakprofile"),
        STR_INIT("greenteagc"),
        STR_INIT("heapminimum512kib"),
        STR_INIT("jsonv2"),
        STR_INIT("loopvar"),
        STR_INIT("newinliner"),
        STR_INIT("preemptibleloops"),
        STR_INIT("randomizedheapbase64"),
        STR_INIT("regabi"),
        STR_INIT("regabiargs"),
        STR_INIT("regabiwrappers"),
        STR_INIT("runtimefreegc"),
        STR_INIT("runtimesecret"),
        STR_INIT("simd"),
        STR_INIT("sizespecializedmalloc"),
        STR_INIT("staticlockranking"),
};

static bool is_experiment(struct str name) {
        for (size_t i = 0; i < COUNT_OF(experiments); i++)
                if (str_eq(name, experiments[i]))
                        return true;
        return false;
}

bool goenv_knows_experiments(const struct goenv *goenv, struct str *ret_unknown) {
        struct str rest = goenv_get(goenv, GOENV_GOEXPERIMENT), word;
        bool more = goenv->release == EXPERIMENTS_RELEASE;

        while (more) {
                more = str_cut(rest, ',', &word, &rest);
                word = more ? word : rest;
                if (word.len && !str_eq(word, STR("none")) &&
                    !is_experiment(str_drop_prefix(word, STR("no")))) {
                        *ret_unknown = word;
                        return false;
                }
        }
        return true;
}

/* ---- what a build is made for ---- */

struct level_name {
        struct str arch;
        enum goenv_name name;
};

static const struct level_name level_names[] = {
        { STR_INIT("386"), GOENV_GO386 },         { STR_INIT("amd64"), GOENV_GOAMD64 },
        { STR_INIT("arm"), GOENV_GOARM },         { STR_INIT("arm64"), GOENV_GOARM64 },
        { STR_INIT("mips"), GOENV_GOMIPS },       { STR_INIT("mipsle"), GOENV_GOMIPS },
        { STR_INIT("mips64"), GOENV_GOMIPS64 },   { STR_INIT("mips64le"), GOENV_GOMIPS64 },
        { STR_INIT("ppc64"), GOENV_GOPPC64 },     { STR_INIT("ppc64le"), GOENV_GOPPC64 },
        { STR_INIT("riscv64"), GOENV_GORISCV64 },
};

static struct str level_of(const struct goenv *goenv) {
        for (size_t i = 0; i < COUNT_OF(level_names); i++)
                if (str_eq(goenv_get(goenv, GOENV_GOARCH), level_names[i].arch))
                        return goenv_get(goenv, level_names[i].name);
        return STR_NONE;
}

/* Instrumented builds have a tag of their own. */
static void add_instruments(struct arena *arena, const struct goenv *goenv,
                            struct build_context *context) {
        static const struct str flags[] = { STR_INIT("race"), STR_INIT("msan"), STR_INIT("asan") };
        size_t count = context->tool_tag_count;
        struct str *tags = ARENA_ARRAY(arena, struct str, count + COUNT_OF(flags)), value;

        for (size_t i = 0; i < count; i++)
                tags[i] = context->tool_tags[i];
        for (size_t i = 0; i < COUNT_OF(flags); i++)
                if (goenv_flag(goenv, flags[i], &value) && !str_eq(value, STR("false")))
                        tags[count++] = flags[i];
        context->tool_tags = tags;
        context->tool_tag_count = count;
}

struct build_context goenv_build_context(struct arena *arena, const struct goenv *goenv) {
        struct build_context context = {
                .goos = goenv_get(goenv, GOENV_GOOS),
                .goarch = goenv_get(goenv, GOENV_GOARCH),
                .cgo = str_eq(goenv_get(goenv, GOENV_CGO_ENABLED), STR("1")),
                .release = goenv->release,
                .tags = goenv->tags,
                .tag_count = goenv->tag_count,
        };

        constraint_tool_tags(arena, context.goos, context.goarch,
                             goenv_get(goenv, GOENV_GOEXPERIMENT), level_of(goenv), context.release,
                             &context.tool_tags, &context.tool_tag_count);
        add_instruments(arena, goenv, &context);
        return context;
}
