/* modload/refusal_state.h: what the stages of refusal.h share. Only refusal*.c include this. */
#pragma once

#include "base/vec.h"
#include "gomod/sumfile.h"
#include "modload/modsource.h"
#include "modload/refusal.h"

struct sum_source {
        struct str name; /* of the file, relative to the tree's root */
        struct sumfile file;
};

struct judge {
        struct arena *arena;
        const struct refusal_input *input;
        struct err *err; /* for failures of the judgement itself */

        struct modfile work;
        struct str work_name; /* go.work, relative to the tree's root */
        struct buildlist_main *mains;
        struct str *main_names; /* go.mod of each */
        struct str *main_dirs;  /* folder of each, relative to the tree's root */
        size_t main_count;
        size_t own; /* the one that is judged */

        struct modsource modsource;
        bool sums_read, sums_failed; /* sums_err says why */
        struct err sums_err;
        VEC(struct sum_source) sums; /* go.work.sum first, then the go.sum files */

        struct buildlist *list;
        struct packages_module *modules;
        size_t module_count;
        const struct packages *packages;
        VEC(struct modcache_module *) opened; /* closed when the judgement ends */
        VEC(struct refusal) refusals;
        struct refusal unlisted; /* what is filled in place of one too many */
        VEC(struct refusal_unjudged) unjudged;
};

/* Adds a refusal and returns it to be filled further. Valid until the next is added. */
struct refusal *refusal_add(struct judge *judge, enum refusal_kind kind, struct str detail);
/* The same, with place and words of err. */
struct refusal *refusal_add_err(struct judge *judge, enum refusal_kind kind, const struct err *err);
/* The same about a module; NULL where it was said before (for another package, say). */
struct refusal *refusal_add_once(struct judge *judge, enum refusal_kind kind,
                                 struct mod_version mod, const struct err *err);
void refusal_add_unjudged(struct judge *judge, struct mod_version mod, const struct err *err);

static inline bool refusal_found(const struct judge *judge) {
        return judge->refusals.count > 0;
}

/* Reads a file of the tree, a symlink followed. */
bool refusal_read_file(struct judge *judge, struct str path, size_t max, struct str *ret_text,
                       struct err *err);

/* Each stage returns false where the judgement itself failed (judge->err); what it refuses and
 * cannot judge it adds. */
bool refusal_files(struct judge *judge);
bool refusal_graph(struct judge *judge);
bool refusal_packages(struct judge *judge);

/* Reads go.sum (in a workspace go.work.sum and all go.sum files), once. A malformed one that
 * nothing asks is no problem: refusal_add_sums_failure says it where something did. */
void refusal_read_sums(struct judge *judge);
void refusal_add_sums_failure(struct judge *judge);

/* Whether go.sum vouches for a module's zip or go.mod: the hash is listed before any other. */
enum sum_state { SUM_OK, SUM_MISSING, SUM_MISMATCH, SUM_FILE_MALFORMED, SUM_ASKS_DATABASE };
/* hash empty: whether there is a line at all. */
enum sum_state refusal_check_sum(struct judge *judge, struct mod_version mod, bool go_mod,
                                 struct str hash, struct err *err);

/* Adds what the fault of a dependency's go.mod means. package may be empty. */
void refusal_add_fault(struct judge *judge, const struct buildlist_module *module,
                       struct str package);

/* The faults of the loaded graph. */
bool refusal_load_graph(struct judge *judge);

/* The place of the require, replace or use line that names the path in the judged module's files.
 */
void refusal_place_of_module(struct judge *judge, struct refusal *refusal, struct str path);

/* Adds "updates to go.mod needed" for a module. */
struct refusal *refusal_add_update(struct judge *judge, struct mod_version mod, struct str detail);

/* Adds it where the loaded graph selects a root in another version. */
void refusal_check_outdated_roots(struct judge *judge);

/* Reads the test files of a package of a main module, whose source is given; folder is the
 * package's, relative to the tree's root. */
bool refusal_check_test_files(struct judge *judge, const struct package *package,
                              const struct package_source *source, struct str folder);

/* Opens the files of a module for the package loader; ctx is the judge. The code of err says why
 * not: ERR_OFFLINE (it would have to be downloaded, or the checksum database asked), ERR_NOT_FOUND
 * (go.sum lacks it), ERR_MISMATCH (go.sum has another hash), ERR_SYNTAX (go.sum is malformed),
 * ERR_UNSUPPORTED (its go line is too new), ERR_IO (the folder of a replacement is missing). */
bool refusal_open_module(void *ctx, const struct packages_module *module, struct arena *arena,
                         struct package_source *ret_source, struct err *err);
