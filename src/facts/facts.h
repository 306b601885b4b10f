/* facts/facts.h: what is known about one repository, built only where a rule asks for it.
 *
 * A run has one struct repo_facts and one struct module_facts per module in it. Each fact is a
 * row of facts.def with a builder; once built it never changes. A fact that could not be built, or
 * only in part, carries what is unjudged and what would mend that. Facts hold parsed forms and
 * digests, never whole trees or archives. */
#pragma once

#include "base/err.h"
#include "base/message.h"
#include "base/vec.h"
#include "facts/secrets.h"
#include "gitrepo/diff.h"
#include "gitrepo/repo.h"
#include "golang/goenv.h"
#include "gomod/modfile.h"
#include "gomod/sumfile.h"
#include "gomod/vulndb.h"
#include "gotest/results.h"
#include "modcache/modcache.h"
#include "modcache/prove.h"
#include "modload/vendorlist.h"
#include "pipeline/scan.h"
#include "sys/env.h"
#include "sys/progress.h"
#include "sys/trace.h"

enum scope { SCOPE_REPOSITORY, SCOPE_MODULE };

/* What building costs; the engine shows it under --trace and policy may forbid the dearer ones. */
enum cost { COST_FILES, COST_CACHE, COST_NETWORK, COST_EXECUTES };

enum fact {
#define FACT(NAME, name, scope, cost, needs) FACT_##NAME,
#include "facts/facts.def"
#undef FACT
        FACT_COUNT
};

#define FACT_BIT(NAME) ((uint64_t)1 << FACT_##NAME)

/* What is read of modules that are not judged too: one that is judged may be built with them. */
#define FACTS_OF_OTHERS (FACT_BIT(MODFILE_SYNTAX) | FACT_BIT(SUMFILE))

enum fact_status {
        FACT_STATUS_NONE,   /* nobody asked */
        FACT_STATUS_BUILT,  /* there; unjudged may still name parts that are not */
        FACT_STATUS_FAILED, /* could not be built: rules that need it are unjudged */
        FACT_STATUS_ABSENT, /* does not apply (no such file, no --base): its rules have nothing to
                               do */
        FACT_STATUS_NOT_SET_UP, /* the user has not set it up: its rules are "not run" */
};

/* Why something was not judged and what would mend it. */
struct gap {
        struct message why, mend;
};

struct fact_state {
        enum fact_status status;
        VEC(struct gap) gaps;
};

struct module_facts;
struct coverage; /* facts/coverage.h */

/* The lines of a Go file that the change has touched, as it is now. */
struct changed_file {
        struct str path;
        struct line_ranges lines;
};

/* Sorted by path; without vendor folders. */
struct changed_files {
        const struct changed_file *items;
        size_t count;
};

/* A Go toolchain that a pipeline file asks for. */
struct ci_toolchain {
        struct str file;
        uint32_t line;
        struct str version; /* "1.21" or "1.21.3" */
};

/* A module of the build list: as it is required and as it is built (its replacement). */
struct selected_module {
        struct mod_version mod, actual;
};

/* What the module cache's proof says of one module of the build list. */
struct module_proof {
        const struct selected_module *module;
        const struct modcache_proof *proof;
};

/* What the module proxies say of a required module. */
struct module_release {
        struct mod_version mod;
        bool is_known;
        struct str latest;      /* its highest release */
        int64_t latest_seconds; /* when that was made, since 1970; 0: not asked */
        bool is_retracted;
        struct str rationale;  /* of the retraction; may be empty */
        struct str deprecated; /* the message; empty: it is not */
};

/* A module that is built together with another, or is that one. */
struct main_module {
        struct module_facts *facts;
        struct str dir; /* relative to the folder of go.work; "" outside a workspace */
};

/* A vulnerability that affects a module of the build list. */
struct module_hit {
        const struct selected_module *module;
        const struct vulndb_hit *hit;
};

/* What of coverage is judged, and by which numbers. Percentages are in hundredths of a point. */
struct coverage_options {
        const struct str *profiles; /* --profile: files, and folders of GOCOVERDIR */
        size_t profile_count;
        const struct str *exclude; /* globs (data/glob.h) of files that do not count */
        size_t exclude_count;
        bool exclude_generated;
        int64_t total, package, patch; /* at least so much; 0: no such gate */
        int64_t ratchet;               /* at most so much below what the base has stored */
        bool has_stored;               /* the base has stored this */
        uint64_t stored_statements, stored_covered;
        bool want_sources; /* a report shows source lines */
};

#define TEST_COUNT_MAX 10000 /* runs of each test */

/* How the tests are run, or which run of them is judged. */
struct test_options {
        bool wanted;               /* somebody asks for the tests or for their coverage */
        const struct str *streams; /* files of `go test -json`: nothing is run then */
        size_t stream_count;
        struct str self;  /* weir itself, which starts each test binary */
        bool unsandboxed; /* the user takes the risk */
        bool network;     /* tests may use it */
        bool is_short, race;
        struct str tags, shuffle; /* empty: none */
        int64_t count;            /* runs of each test */
        int64_t timeout_seconds;  /* of the tests of one package */
        int64_t deadline_seconds; /* of all of it */
        int64_t disk_mib;         /* that tests may fill */
        const struct str *args;   /* more arguments for go test */
        size_t arg_count;
        const struct str *packages; /* patterns; none: ./... */
        size_t package_count;
        const struct str *env; /* NAME=value, for the tests alone */
        size_t env_count;
};

/* What a run of the tests has shown. */
struct test_run {
        const struct test_problem *problems;
        size_t problem_count;
        struct test_counts counts;
        const struct str *profiles; /* the coverage profile of each module that ran */
        size_t profile_count;
};

/* What every builder may look at; filled by the caller of engine_run. */
struct fact_options {
        const struct env *env;
        struct trace *trace;       /* may be NULL */
        struct progress *progress; /* may be NULL */
        bool online;
        bool no_cache;
        bool may_execute;          /* the stage allows facts that run code of the delivery */
        const struct str *imports; /* SARIF files of other tools */
        size_t import_count;
        struct str vulndb_path; /* empty: the default place */
        int64_t now_seconds;
        int64_t vulndb_max_age_days;
        bool stdlib; /* the standard library too, by go and toolchain line */
        struct coverage_options coverage;
        struct test_options tests;
        struct secrets_options secrets;
};

struct repo_facts {
        struct repo *repo;       /* NULL outside a repository */
        const struct tree *tree; /* what is judged */
        const struct tree *base; /* the merge base with --base, else NULL */
        struct fact_options options;
        struct module_facts *modules;
        size_t module_count; /* that are judged: rules and reports go by these */
        size_t known_count;  /* with those behind them that are not, and a go.work may use */

        const struct ci_toolchain *ci_toolchains; /* FACT_CI_TOOLCHAINS */
        size_t ci_toolchain_count;
        const struct scan_file *pipelines; /* FACT_PIPELINES */
        size_t pipeline_count;
        const struct goenv *goenv;       /* FACT_GOENV */
        const struct modcache *modcache; /* FACT_MODCACHE */
        const struct vulndb *vulndb;     /* FACT_VULNDB */
        int64_t vulndb_day;              /* of its date, since 1970; 0: it has none */

        const struct sarif_result *imports; /* FACT_IMPORTS */
        size_t import_count;

        const struct changed_files *changes; /* FACT_CHANGES; NULL without a base */
        const struct coverage *coverage;     /* FACT_COVERAGE */
        const struct test_run *test_run;     /* FACT_TEST_RUN */
        const struct secrets *secrets;       /* FACT_SECRETS */

        struct fact_state states[FACT_COUNT];
};

struct module_facts {
        struct repo_facts *repo;
        struct str dir;          /* folder of go.mod relative to the root, "" for the root */
        struct str modfile_path; /* dir/go.mod */
        struct str path;         /* the module path, empty where go.mod could not be read */

        const struct err *modfile_err;      /* why go.mod does not parse; else NULL */
        const struct modfile *modfile;      /* FACT_MODFILE */
        const struct modfile *base_modfile; /* FACT_BASE_MODFILE */
        const struct modfile *base_work;    /* the same of go.work; NULL where the base has none */

        struct str sumfile_path;            /* dir/go.sum */
        const struct err *sumfile_err;      /* why go.sum does not parse; else NULL */
        const struct sumfile *sumfile;      /* FACT_SUMFILE; empty where there is no file */
        const struct sumfile *base_sumfile; /* FACT_BASE_SUMFILE */

        /* FACT_WORKFILE */
        bool in_workspace;
        struct str work_dir, work_path; /* the folder of the go.work in force, and its path */
        const struct modfile *work;     /* NULL where it does not parse or does not use the module,
                                           or outside a workspace */
        bool is_left_out;               /* it parses and does not use the module */

        /* FACT_WORKSPACE: the modules that go.work uses, as far as their go.mod can be read; else
         * this one alone. */
        const struct main_module *mains;
        size_t main_count;

        /* FACT_WORK_SUMFILE: go.work.sum */
        struct str work_sumfile_path;       /* empty outside a workspace */
        const struct err *work_sumfile_err; /* why it does not parse; else NULL */
        const struct sumfile
                *work_sumfile; /* NULL outside a workspace; empty where there is none */

        const struct map *direct_imports;      /* FACT_DIRECT_IMPORTS: import paths */
        const struct refusal_report *refusals; /* FACT_REFUSALS */
        const struct vendorproof *vendor;      /* FACT_VENDOR */
        struct vendorlist_input vendor_list;   /* its modules.txt, and what it is compared with */
        struct str vendor_text;                /* the bytes of modules.txt */
        const struct vendor_difference *vendor_needs; /* FACT_VENDOR_NEED */
        size_t vendor_need_count;
        const struct str *unkept; /* FACT_VENDOR_UNKEPT: vendored files .gitignore keeps out */
        size_t unkept_count;

        /* FACT_BUILDLIST: what is selected, without main modules, "go" and "toolchain". */
        const struct selected_module *build_list;
        size_t build_list_count;
        struct buildlist *list; /* what it was read from; asked further by facts that need it */
        const struct buildlist *graph; /* the same where all of it was read, else NULL */

        const struct module_proof *proofs; /* FACT_CACHE_PROOF */
        size_t proof_count;
        const struct sum_line **altered_sums; /* lines whose go.mod in the cache has another hash */
        size_t altered_sum_count;

        const struct module_release *releases; /* FACT_RELEASES: one for each require */
        size_t release_count;

        const struct module_hit *hits; /* FACT_VULNERABILITIES */
        size_t hit_count;

        struct fact_state states[FACT_COUNT];
};

/* One building of one fact. module is NULL for facts of the repository. */
struct fact_job {
        struct repo_facts *repo;
        struct module_facts *module;
        struct fact_state *state;
        struct arena *arena; /* lives as long as the facts */
};

/* Marks the fact as not built, or adds a gap to one that is built in part; the message's text must
 * be static and its values in job->arena. */
void fact_fail(struct fact_job *job, struct gap gap);
void fact_gap(struct fact_job *job, struct gap gap);
void fact_absent(struct fact_job *job);
void fact_not_set_up(struct fact_job *job, struct gap gap);

/* Reads a file of the tree as the go command would, through a symlink too. */
MUST_USE bool fact_read_file(const struct tree *tree, struct arena *arena, struct str path,
                             size_t max, struct str *ret_text, struct err *err);

/* The memory of what was proved before, in the user's cache folder; NULL where --no-cache forbids
 * it or there is no such folder. Saving closes it; a cache that cannot be written only makes the
 * next run slower. */
struct modcache_memory *cache_memory_open(struct fact_job *job);
void cache_memory_save(struct modcache_memory *memory);

/* A gap whose words are those of an err (its mend too). */
struct gap gap_of_err(struct arena *arena, const struct err *err);

struct fact_row {
        const char *name;
        enum scope scope;
        enum cost cost;
        uint64_t needs;
        void (*build)(struct fact_job *job);
};

/* The builders, one for each row. */
#define FACT(NAME, name, scope, cost, needs) void fact_build_##name(struct fact_job *job);
#include "facts/facts.def"
#undef FACT

/* The table of facts.def. */
extern const struct fact_row fact_rows[FACT_COUNT];

/* All facts that `wanted` stands on, itself included. */
uint64_t fact_closure(uint64_t wanted);

/* The state of a fact for a module (or, module NULL, of the repository). */
const struct fact_state *fact_state_of(const struct repo_facts *repo,
                                       const struct module_facts *module, enum fact fact);

/* The changed lines of a file; NULL where it has none, or there is no base. */
const struct changed_file *changed_files_find(const struct changed_files *changes, struct str path);

/* Whether `./...` passes over a folder: a part of its path is vendor or testdata, or begins with
 * `_` or `.`. The root ("") it does not. */
bool fact_is_passed_over(struct str dir);

/* Finds the modules (folders with a go.mod) at or under `under` in the tree, without those below
 * vendor, testdata, or folders that begin with `_` or `.`. Sorted by folder. Where the tree has a
 * go.work, its other modules follow them, sorted too. */
void facts_find_modules(struct repo_facts *repo, struct str under, struct arena *arena);
