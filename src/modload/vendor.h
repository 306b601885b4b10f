/* modload/vendor.h: what can differ between a vendor folder and what it should be. */
#pragma once

#include "base/vec.h"
#include "gomod/modpath.h"

#define VENDOR_DIFFERENCES(X)                                                                      \
        /* modules.txt against go.mod (or go.work and the go.mod files it uses) */                 \
        X(VENDOR_NO_LIST)           /* there is a vendor folder and no modules.txt */              \
        X(VENDOR_WORKSPACE_MARK)    /* made for got ("module", "workspace"), judged as want */     \
        X(VENDOR_OTHER_VERSION)     /* want is required or selected, modules.txt says got */       \
        X(VENDOR_NOT_EXPLICIT)      /* required, and not marked explicit */                        \
        X(VENDOR_NOT_REQUIRED)      /* marked explicit, and not required */                        \
        X(VENDOR_NOT_REPLACED)      /* replaced by want, and not marked so */                      \
        X(VENDOR_OTHER_REPLACEMENT) /* replaced by want, marked as replaced by got */              \
        X(VENDOR_REPLACEMENT_LEFT)  /* marked as replaced by got, and not replaced */              \
        X(VENDOR_GO_MARK)           /* the go version that is marked is not the module's own */    \
        X(VENDOR_MODULE_LEFT)       /* a module without packages that nothing asks for */          \
        X(VENDOR_STRANGE_LINE)      /* a line that the go command cannot interpret */              \
        X(VENDOR_PACKAGE_OUTSIDE)   /* a package under a module whose path it does not have */     \
        X(VENDOR_PACKAGE_TWICE)     /* a package under two modules */                              \
        X(VENDOR_PACKAGE_ABSENT)    /* a package that the module does not hold */                  \
        /* modules.txt against what the source imports */                                          \
        X(VENDOR_PACKAGE_NOT_NEEDED)   /* nothing imports it */                                    \
        X(VENDOR_PACKAGE_NOT_VENDORED) /* imported, and not in the list */                         \
        X(VENDOR_PACKAGE_OTHER_MODULE) /* want provides it, and it is listed under got */          \
        X(VENDOR_LIST_DIFFERS)         /* says the same in other words, order or line ends */      \
        /* the files */                                                                            \
        X(VENDOR_CHANGED)       /* other bytes than the module's */                                \
        X(VENDOR_CHANGED_EOL)   /* only the ends of lines differ (CR LF against LF) */             \
        X(VENDOR_CONVERTED_EOL) /* the same, and .gitattributes asks git for it (facts/vendor.c)   \
                                 */                                                                \
        X(VENDOR_CHANGED_BOM)   /* only a byte order mark was put before, or taken away */         \
        X(VENDOR_MISSING)       /* belongs there and is not */                                     \
        X(VENDOR_EXTRA)         /* is in no module */                                              \
        X(VENDOR_PRUNED)        /* is in the module, and vendoring leaves it out */                \
        X(VENDOR_WRONG_MODULE)  /* is not in its module, but has the bytes of another's */         \
        X(VENDOR_LETTER_CASE)   /* differs from the name it should have (want) only in case */     \
        X(VENDOR_NOT_REGULAR)   /* a symlink, submodule or special file */

enum vendor_difference_kind {
#define X(name) name,
        VENDOR_DIFFERENCES(X)
#undef X
};

struct vendor_difference {
        enum vendor_difference_kind kind;
        struct str file;        /* of the judged tree; for a missing one where it should be */
        uint32_t line;          /* of modules.txt; of a changed file the first that differs; or 0 */
        struct mod_version mod; /* the module concerned, as required; may be empty */
        struct str package;     /* for the VENDOR_PACKAGE kinds */
        struct str want, got;   /* versions, replacements, names; as the kind says */
        struct str declared_in; /* the go.mod or go.work that says otherwise; may be empty */
        uint32_t declared_line;
        bool go_refuses; /* the go command refuses to build with -mod=vendor */
};

#define VENDOR_DIFFERENCES_MAX 20000

typedef VEC(struct vendor_difference) vendor_differences;
