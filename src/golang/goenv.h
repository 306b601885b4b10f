/* golang/goenv.h: the settings of the go command, as `go env` tells them.
 *
 * A setting comes from the process environment where it is there and not empty, else from the
 * user's `go env -w` file, else from GOROOT/go.env, else it has a default. Pure: the caller reads
 * the two files (see goenv_user_file for where the first one lies).
 *
 * Source: `go help environment`, `go help goproxy`, `go help private`; cmd/go's `go env`. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "golang/constraint.h"
#include "sys/env.h"

/* Longest go env file that is read, in bytes. */
#define GOENV_FILE_MAX ((size_t)1 << 20)

/* X(NAME): a setting that goenv_read gives. */
#define GOENV_NAMES(X)                                                                             \
        X(GO111MODULE)                                                                             \
        X(GOARCH)                                                                                  \
        X(GOAUTH)                                                                                  \
        X(GOCACHE)                                                                                 \
        X(GOEXPERIMENT)                                                                            \
        X(GOFIPS140)                                                                               \
        X(GOFLAGS)                                                                                 \
        X(GOHOSTARCH)                                                                              \
        X(GOHOSTOS)                                                                                \
        X(GOINSECURE)                                                                              \
        X(GOMODCACHE)                                                                              \
        X(GONOPROXY)                                                                               \
        X(GONOSUMDB)                                                                               \
        X(GOOS)                                                                                    \
        X(GOPATH)                                                                                  \
        X(GOPRIVATE)                                                                               \
        X(GOPROXY)                                                                                 \
        X(GOSUMDB)                                                                                 \
        X(GOTOOLCHAIN)                                                                             \
        X(GOVCS)                                                                                   \
        X(GOWORK)                                                                                  \
        X(CGO_ENABLED)                                                                             \
        X(GOAMD64)                                                                                 \
        X(GOARM)                                                                                   \
        X(GOARM64)                                                                                 \
        X(GO386)                                                                                   \
        X(GOMIPS)                                                                                  \
        X(GOMIPS64)                                                                                \
        X(GOPPC64)                                                                                 \
        X(GORISCV64)                                                                               \
        X(GOWASM)

enum goenv_name {
#define X(name) GOENV_##name,
        GOENV_NAMES(X)
#undef X
                GOENV_NAME_COUNT
};

enum goenv_origin { GOENV_DEFAULT, GOENV_GOROOT_FILE, GOENV_USER_FILE, GOENV_ENVIRONMENT };

struct goenv_value {
        struct str text;
        enum goenv_origin origin;
};

struct goenv_flag {
        struct str name;  /* without dashes: "mod", "tags" */
        struct str value; /* "" where it has none */
        bool has_value;
};

struct goenv {
        struct goenv_value values[GOENV_NAME_COUNT];
        struct str goroot;
        struct str version; /* "go1.26.8"; "" where GOROOT/VERSION was not given */
        uint32_t release;   /* N of go1.N; 0 where version is empty or a development tree */
        const struct goenv_flag *flags; /* of GOFLAGS, in order */
        size_t flag_count;
        const struct str *tags; /* of the last -tags in GOFLAGS */
        size_t tag_count;
};

/* What goenv_read reads. Bytes that do not exist are empty. */
struct goenv_input {
        struct env env;
        struct str goroot;         /* folder of the Go installation, absolute; "" without Go */
        struct str goroot_file;    /* bytes of GOROOT/go.env */
        struct str goroot_version; /* bytes of GOROOT/VERSION */
        struct str user_file;      /* bytes of the file that goenv_user_file names */
        struct str host_os;        /* "linux" where empty */
        struct str host_arch;      /* of this process where empty */
        bool has_c_compiler;       /* CC is set, or gcc in PATH: decides CGO_ENABLED's default */
};

/* Where the `go env -w` file lies: GOENV, else `go/env` below the user's configuration folder.
 * False where there is none (GOENV=off, or no HOME). */
bool goenv_user_file(const struct env *env, struct arena *arena, struct str *ret_path);

/* All settings. Errors: ERR_SYNTAX for a GOFLAGS that the go command refuses (a word without a
 * leading dash, an unclosed quote), ERR_LIMIT for files over GOENV_FILE_MAX. */
MUST_USE bool goenv_read(struct arena *arena, const struct goenv_input *input,
                         struct goenv *ret_goenv, struct err *err);

struct str goenv_get(const struct goenv *goenv, enum goenv_name name);
struct str goenv_name_text(enum goenv_name name);

/* What a build under the settings is made for: GOOS, GOARCH and its level, CGO_ENABLED,
 * GOEXPERIMENT, the toolchain's release, and -tags, -race, -msan and -asan of GOFLAGS. */
struct build_context goenv_build_context(struct arena *arena, const struct goenv *goenv);

/* Whether the go command knows every name in GOEXPERIMENT; false with the one that it does not know
 * and refuses to start for. Of another release than go1.26 nothing is known: true. Source: go1.26
 * internal/goexperiment, internal/buildcfg (ParseGOEXPERIMENT). */
bool goenv_knows_experiments(const struct goenv *goenv, struct str *ret_unknown);

/* The value of the last flag of that name in GOFLAGS; false where it is not there. */
bool goenv_flag(const struct goenv *goenv, struct str name, struct str *ret_value);

/* The first line of GOROOT/VERSION ("go1.26.8"), and N of its go1.N. False where it is neither a
 * release nor a release candidate. */
bool goenv_parse_version(struct str version_file, struct str *ret_version, uint32_t *ret_release);
