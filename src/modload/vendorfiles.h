/* modload/vendorfiles.h: which files `go mod vendor` puts into a vendor folder, given the packages
 * that it vendors.
 *
 * Of each package's folder every regular file but tests, Go files that are tagged "ignore" and
 * (from go 1.17 on) go.mod and go.sum; of the folders above it up to the module's root the files
 * whose names begin like licences; and what //go:embed names (before go 1.22 also in tests).
 * Source: cmd/go/internal/modcmd/vendor.go. */
#pragma once

#include "modload/vendororigin.h"

/* What vendoring wants to know of a Go file. */
struct vendor_go_file {
        bool is_ignored;    /* its constraints never let it in */
        struct str *embeds; /* its //go:embed patterns */
        size_t embed_count;
};

struct vendor_go_file vendor_go_file_of(struct arena *arena, struct str bytes);

/* A file in the vendor folder, as it was read. */
struct vendored_file {
        const struct tree_entry *entry;
        struct str path; /* below vendor/ */
        bool is_read;
        struct digest digest;
        struct vendor_go_file go; /* of .go files */
        struct err *why;          /* where a regular file could not be read */
};

struct vendored_files {
        struct vendored_file *items; /* sorted by path */
        size_t count;
};

const struct vendored_file *vendored_find(const struct vendored_files *files, struct str path);

/* A file that belongs into the vendor folder. */
struct vendor_planned {
        struct str path; /* below vendor/ */
        const struct vendor_origin *origin;
        const struct dirhash_file *file;
};

struct vendor_plan {
        struct vendor_planned *items; /* sorted by path, each once */
        size_t count;
};

struct vendor_plan_input {
        const struct modulestxt *txt;
        const struct vendor_origin *origins;
        const struct vendored_files *vendored; /* spares reading what is there with equal bytes */
        struct str go_version;
        unsigned threads;
        struct trace *trace;
};

/* The files of every package of modules whose origin is known. A Go file that cannot be read counts
 * as one without constraints. */
struct vendor_plan vendor_plan_make(const struct vendor_plan_input *input, struct arena *arena);

/* Whether vendoring leaves a file of a package's folder out for its name alone. */
bool vendor_name_is_left_out(struct str base, struct str go_version);

/* Whether a name begins like that of a licence. */
bool vendor_name_is_metadata(struct str base);

/* The part of a package's path below its module's; false where it is not below it. */
bool vendor_package_folder(struct str package, struct str module, struct str *ret_folder);
