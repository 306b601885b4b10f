/* facts/coverage_impl.h: the parts of FACT_COVERAGE. Only facts/coverage*.c include this. */
#pragma once

#include "cover/extent.h"
#include "cover/profile.h"
#include "facts/coverage.h"

#define COVERAGE_BOM STR("\xEF\xBB\xBF")        /* no part of line 1 */
#define COVERAGE_GO_FILE_MAX ((size_t)64 << 20) /* bytes of a source file */

/* Reads all profiles; false: the job has failed, and says why. */
bool coverage_read_profiles(struct fact_job *job, struct cover_profile *profile,
                            const struct cover_file **ret_files, size_t *ret_count);

/* Adds what programs left in these folders, taken together as `go tool covdata textfmt` does. */
MUST_USE bool coverage_add_folders(struct arena *arena, const struct str *folders, size_t count,
                                   struct cover_profile *profile, struct err *err);

/* One file of the profiles that lies in the tree. */
struct coverage_work {
        const struct cover_file *profile;
        const struct tree_entry *entry;
        struct coverage_file file;
        struct arena arena; /* of what is made while it is read */
        bool is_generated, is_stale, lacks_function;
        struct err *err; /* why it could not be read; else NULL */
};

/* Changed files that no profile names: where the change is judged, that is a gap. work is sorted by
 * path. */
void coverage_mind_changes(struct fact_job *job, const struct coverage_work *work, size_t count);

/* Fills in file.source of the files that are shown. */
void coverage_show_sources(struct fact_job *job, struct coverage_work *work, size_t count,
                           size_t *ret_not_shown);
