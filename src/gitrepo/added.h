/* gitrepo/added.h: what the commits of a range add, one after another, without reading any other
 * part of the repository. For pushes and pull requests. */
#pragma once

#include "gitrepo/gitobject.h"
#include "gitrepo/refs.h"

#define ADDED_COMMITS_MAX 1000000 /* commits that one question looks at */
#define ADDED_DEPTH_MAX 400       /* folders in folders */
#define ADDED_PARENTS_MAX 64      /* of one commit that it is compared with */

struct added_range {
        const unsigned char *const *heads; /* ids of commits or of tags */
        size_t head_count;
        const unsigned char *const *known; /* what these reach is not in the range; what is not
                                              here, or is no commit, is passed over */
        size_t known_count;
        const struct refs *shallow; /* of refs_read_shallow */
};

/* A file that a commit has and none of its parents has in the same place with the same bytes. */
struct added_file {
        struct str path;
        uint32_t blob;
};

/* One commit of the range. Everything is valid during the visit. */
struct added_commit {
        uint32_t number;
        const struct commit_parts *parts;
        const struct added_file *files;
        size_t file_count;
        const struct added_file *old; /* of its parents, that it replaces or deletes */
        size_t old_count;
};

typedef bool added_visit(void *ctx, const struct added_commit *commit);

/* Visits each commit of the range, newest first, until the visit returns false. Errors:
 * ERR_NOT_FOUND for a missing object, and where the range goes on behind the end of a shallow clone
 * (with the mend); ERR_LIMIT; those of odb_read. */
MUST_USE bool added_each(const struct odb *odb, struct arena *arena,
                         const struct added_range *range, added_visit *visit, void *ctx,
                         struct err *err);

/* Follows tags: the object that id comes to. */
MUST_USE bool added_peel(const struct odb *odb, const unsigned char *id, uint32_t *ret_number,
                         enum object_type *ret_type, struct err *err);
