/* modload/vendorcompare.h: what is in a vendor folder against what belongs there. */
#pragma once

#include "modload/vendorfiles.h"

struct vendor_comparison {
        const struct vendorproof_input *input;
        const struct vendor_origin *origins; /* by the index of the module in the list */
        const struct vendored_files *vendored;
        struct vendor_plan plan;
        struct arena *arena;
        vendor_differences *out;
};

/* Adds every file that differs, in the order of paths, and packages that their module does not
 * hold. Of modules whose files are not known only what their names alone tell is said. */
void vendor_compare_files(struct vendor_comparison *c);

/* Adds go versions in the list that are not those of the modules' own go.mod files, as far as those
 * can be read (from go 1.17 on the list has them). */
void vendor_compare_go_marks(struct vendor_comparison *c);
