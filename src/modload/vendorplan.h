/* modload/vendorplan.h: which packages `go mod vendor` would vendor, and the modules.txt it would
 * write.
 *
 * Vendored is what the packages of the main modules and their tests import, directly and not, under
 * any build constraints but "ignore", and the tools of their go.mod files. Which files of a package
 * are copied is vendorfiles.h's. Source: Go Modules Reference, "go mod vendor" and "Vendoring";
 * cmd/go/internal/modcmd/vendor.go of Go 1.26. */
#pragma once

#include "modload/packages.h"
#include "modload/vendorlist.h"

struct vendorplan_input {
        const struct vendorlist_input *list; /* mains and work; its txt is not looked at */
        /* The build list, the main modules among it; context->any must be set, vendor not. */
        const struct packages_world *world;
        /* The go line of a module's own go.mod at its selected version (its replacement's, where it
         * is replaced); "" where it has none. Asked from go 1.17 on only. */
        struct str (*go_version_of)(void *ctx, struct str module_path);
        void *ctx;
};

/* One module of modules.txt. */
struct vendorplan_module {
        struct mod_version mod;
        struct mod_version replacement; /* as modules.txt names it; empty path: none */
        struct str go_version;          /* of its mark; "" for none */
        bool is_explicit;
        const struct str *packages; /* sorted */
        size_t package_count;
};

struct vendorplan {
        const struct vendorplan_module *modules; /* in order of modules.txt */
        size_t module_count;
        struct str modules_txt; /* "": there is nothing to vendor, and no folder */
        /* What was followed: a package with a problem other than PACKAGE_MISSING_STD makes the plan
         * incomplete, and go mod vendor fail. */
        struct packages packages;
};

/* Errors as pattern_match and packages_load, and those of opening a main module. */
MUST_USE bool vendorplan_make(const struct vendorplan_input *input, struct arena *arena,
                              struct vendorplan *ret_plan, struct err *err);
