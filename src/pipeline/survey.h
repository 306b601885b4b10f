/* pipeline/survey.h: what a repository holds, as far as its pipeline has to know it. */
#pragma once

#include "base/vec.h"
#include "gitrepo/tree.h"

struct survey_module {
        struct str dir; /* "" for the root */
        struct str path;
        struct str go; /* what its go or toolchain line asks for, "1.24" or "1.24.3" */
};

struct survey {
        const struct survey_module *modules; /* sorted by folder */
        size_t module_count;
        struct str go_file;    /* go.work or the go.mod that asks for the newest Go */
        struct str go_minor;   /* what that is, "1.24" */
        struct str dockerfile; /* the one nearest to the root; empty: none */
        uint32_t services;     /* bits of pipeline/services.h */
        bool starts_services;  /* tests start their services themselves */
        bool has_tests;
        VEC(struct str) odd; /* folders of modules whose names no pipeline file should hold */
};

/* Looks at the modules of these folders. A go.mod that cannot be read is passed over: weir check
 * names it. */
void survey_take(struct arena *arena, const struct tree *tree, const struct str *dirs,
                 size_t dir_count, struct survey *ret_survey);

/* Whether a path can stand in a shell script and in YAML as it is. */
bool survey_is_plain_path(struct str path);
