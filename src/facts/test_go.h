/* facts/test_go.h: the go command as the tests need it: its environment and its words. Only facts/
 * includes this.
 *
 * The environment is made anew from a list of what may pass: what finds programs, what decides the
 * build, nothing else, so that no token of a pipeline reaches a test. Settings of `go env -w` are
 * given as variables, since the home that the go command sees is an empty one. The go command
 * downloads nothing (GOPROXY=off, GOTOOLCHAIN=local) unless tests.network says so. */
#pragma once

#include "facts/test_run.h"
#include "sys/scratch.h"

/* Folders of one run, in the scratch. */
struct test_folders {
        struct str tree; /* the copy of the tree */
        struct str home, tmp, work, out;
};

struct test_setup {
        struct fact_job *job;
        const struct goenv *goenv;
        struct scratch scratch;
        struct test_folders folders;
        struct str go;        /* the program */
        struct str exec;      /* the value of -exec */
        struct str leak_mark; /* what begins a report of goroutines left behind */
        struct str overlay;   /* the value of -overlay; empty: none */
        struct str mod;       /* the value of -mod; empty: the go command's own choice */
        bool race;            /* wanted and possible */
};

/* NAME=value strings, NULL at the end. has_workspace false switches go.work off. */
const char *const *test_go_env(const struct test_setup *setup, bool has_workspace);

/* The words of `go vet` and `go test`, NULL at the end. profile is where the coverage goes. */
const char *const *test_vet_words(const struct test_setup *setup);
const char *const *test_go_words(const struct test_setup *setup, struct str profile);

/* Whether -race can be had; else what is missing. */
bool test_race_is_possible(const struct test_setup *setup, struct gap *ret_gap);
