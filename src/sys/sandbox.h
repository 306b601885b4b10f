/* sys/sandbox.h: how a program of the delivery is started.
 *
 * The go command compiles outside of the sandbox: it runs no code of the delivery (vet and the
 * compiler read it, cgo's flags are held to cmd/go's list, and arguments that would start programs
 * are refused by policy), and so it may write the user's build cache, which makes it quick. Each
 * test binary it then starts through `go test -exec`, as `weir test-exec SPEC BINARY ARGS`, and
 * that is where isolation begins. So no code of the delivery ever reaches GOCACHE, in which it
 * could plant objects that the next build of the user would link.
 *
 * In bubblewrap a test sees: the system's folders, Go and the module cache read-only; the copy of
 * the tree and /tmp, both in the scratch folder, to write to; the folder of its own binary (the go
 * command wants the coverage profile there), and no other part of the go command's work. No network
 * but its own loopback, its own process numbers (what it leaves behind dies with it), no
 * capabilities, no home of the user, no sockets of the host, no keys below /etc. What fills the
 * disk fills the scratch folder: a single file is bounded by RLIMIT_FSIZE, and whoever runs the
 * tests watches the whole.
 *
 * A spec is a file that the test cannot write: entries, each ended by a NUL, whose first byte says
 * what they are (enum sandbox_entry). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "sys/env.h"

#define SANDBOX_PROGRAM "bwrap"
#define SANDBOX_SPEC_MAX ((size_t)1 << 20) /* bytes */
#define SANDBOX_WORDS_MAX 4096
#define SANDBOX_SHM_BYTES "67108864"

enum sandbox_entry {
        SANDBOX_WORD = 'W',       /* a word that stands before the binary */
        SANDBOX_BINARY_DIR = 'B', /* the folder of the binary, as a word */
        SANDBOX_VARIABLE = 'E',   /* NAME=value, put into the environment */
        SANDBOX_FILE_LIMIT = 'F', /* bytes that one file may have */
};

struct sandbox_request {
        const struct env *env;
        bool isolate;    /* false: only the environment and the file limit */
        bool network;    /* the host's network */
        struct str tree; /* the copy of the tree, to write to */
        struct str home; /* to write to */
        struct str tmp;  /* what /tmp is */
        struct str work; /* of the go command; read-only but for the binary's own folder */
        const struct str *readable; /* folders to read: Go, the module cache; those that exist */
        size_t readable_count;
        const struct str *variables; /* NAME=value */
        size_t variable_count;
        uint64_t file_max; /* bytes */
};

/* The bytes of a spec, in arena. ERR_NOT_FOUND with a mend where there is no bubblewrap. */
MUST_USE bool sandbox_spec(struct arena *arena, const struct sandbox_request *request,
                           struct str *ret_spec, struct err *err);

/* Whether the host lets bubblewrap do it: starts a program that does nothing, in that spec. The err
 * has bubblewrap's own words and a mend. */
MUST_USE bool sandbox_try(struct arena *arena, const struct sandbox_request *request,
                          struct str spec, struct err *err);

/* Becomes argv[0] (a path) with argv, as the spec says. Returns only on failure. */
bool sandbox_enter(struct arena *arena, struct str spec, const char *const *argv,
                   const struct env *env, struct err *err);
