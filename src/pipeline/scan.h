/* pipeline/scan.h: what a pipeline file lacks.
 *
 * Reads GitHub, Gitea and Forgejo workflows and composite actions, GitLab CI files and
 * Jenkinsfiles. Bytes in, values out. Sources: GitHub Docs, "Workflow syntax", "Security hardening
 * for GitHub Actions"; GitLab Docs, "CI/CD YAML syntax reference"; Jenkins, "Pipeline Syntax". */
#pragma once

#include "base/vec.h"
#include "data/yaml.h"

#define SCAN_FILE_MAX YAML_SIZE_MAX
#define SCAN_FLAWS_MAX 1000                 /* of one file; further ones are passed over */
#define SCAN_SCRIPTS_MAX ((size_t)16 << 20) /* bytes of its scripts, aliases followed */

enum scan_platform { SCAN_GITHUB, SCAN_GITEA, SCAN_GITLAB, SCAN_JENKINS };

/* The order is that of the rules of the checkpoint config. */
enum flaw_kind {
        FLAW_UNPINNED,    /* what: the action or include */
        FLAW_INJECTION,   /* what: the value that an outsider writes */
        FLAW_FORK,        /* what: the trigger */
        FLAW_NO_RACE,     /* set by scan_judge_race */
        FLAW_MOD,         /* what: the flag */
        FLAW_NO_TIMEOUT,  /* what: the job */
        FLAW_PRIVILEGED,  /* what: what asks for it */
        FLAW_PERMISSIONS, /* what: "write-all", or empty where there are none */
        FLAW_CREDENTIALS, /* what: the action */
        FLAW_HISTORY,     /* what: the command that needs it */
        FLAW_CURL_SH,     /* what: the program that is fed */
        FLAW_KIND_COUNT
};

struct flaw {
        enum flaw_kind kind;
        uint32_t line, column;
        struct str what;
        bool hands_secrets; /* FLAW_FORK: to a workflow of elsewhere, whose code is not known */
};

/* A file of the repository that this one calls: an action's folder or a workflow. */
struct scan_call {
        struct str path;
        struct str input; /* that is given an outsider's text; empty: see trigger */
        struct str
                trigger; /* the run has the secrets, which are handed on, and is nobody's check */
};

/* What is a flaw where a call makes it one: by this input, or (empty) by its trigger. */
struct scan_use {
        struct str input;
        struct flaw flaw;
        bool is_told; /* it is among the flaws */
};

struct scan_file {
        struct str path;
        enum scan_platform platform;
        VEC(struct flaw) flaws;   /* in the order of the file */
        VEC(struct str) includes; /* local files that it takes in, relative to the root */
        VEC(struct scan_call) calls;
        VEC(struct scan_use) uses;
        bool tests;             /* runs `go test` (or weir, which does) */
        bool races;             /* ... with -race somewhere */
        struct flaw first_test; /* where tests run first */
};

/* The platform that reads a file of this path by itself; false where none does. */
bool scan_is_pipeline(struct str path, enum scan_platform *ret_platform);

/* Errors: ERR_SYNTAX with line and column where it is no YAML (or no mapping), ERR_LIMIT. */
MUST_USE bool scan_read(struct arena *arena, struct str path, enum scan_platform platform,
                        struct str text, struct scan_file *ret_file, struct err *err);

/* Adds the flaws that a call of `from` makes in `to`. */
void scan_link(struct arena *arena, const struct scan_file *from, struct scan_file *to);

/* Whether a Makefile or script runs the race detector in a `go test`. */
bool scan_has_race(struct str text);
