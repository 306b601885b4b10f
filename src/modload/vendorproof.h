/* modload/vendorproof.h: that a vendor folder holds exactly what `go mod vendor` would put there.
 *
 * modules.txt is compared with go.mod (vendorlist.h), each vendored file with the digest of the
 * file in the module's zip, which itself is proved against go.sum (modcache/prove.h). Modes, times
 * and empty folders do not matter. Without a module's zip only what needs it is unjudged. Source:
 * Go Modules Reference, "go mod vendor"; cmd/go/internal/modcmd/vendor.go. */
#pragma once

#include "gitrepo/tree.h"
#include "gomod/sumfile.h"
#include "modcache/prove.h"
#include "modload/vendorlist.h"

#define VENDOR_FILE_MAX ((size_t)512 << 20) /* bytes of one vendored file */

struct vendorproof_input {
        const struct tree *tree;
        struct str dir;               /* the folder that holds vendor, "" the root */
        struct vendorlist_input list; /* list.file is dir/vendor/modules.txt */
        const struct sumfile *const
                *sums; /* go.sum (in a workspace also go.work.sum): first wins */
        size_t sum_count;
        const struct modcache *cache;   /* NULL: there is none */
        struct modcache_memory *memory; /* as in modcache_prove_options */
        unsigned threads;
        struct trace *trace;
};

/* Why files of a module were not judged. */
struct vendor_gap {
        struct mod_version mod;
        struct err why; /* with mend */
};

struct vendorproof {
        vendor_differences differences;
        VEC(struct vendor_gap) gaps;
        size_t file_count, module_count; /* vendored files that were compared, modules of theirs */
        bool is_cut;                     /* there were more than VENDOR_DIFFERENCES_MAX */
};

/* Compares everything. A vendor folder without a modules.txt, or that is a
 * symlink, has that one difference. The only error
 * is ERR_INTERRUPTED: what cannot be read is a gap. */
MUST_USE bool vendorproof_run(const struct vendorproof_input *input, struct arena *arena,
                              struct vendorproof *ret_proof, struct err *err);
