/* modload/vendorlist.h: vendor/modules.txt against go.mod.
 *
 * What the go command refuses with "inconsistent vendoring" (cmd/go/internal/modload,
 * checkVendorConsistency) has go_refuses set; what it does not notice although `go mod vendor`
 * would have written something else has not. Needs no module cache and does no I/O. Source: Go
 * Modules Reference, "Vendoring"; before go 1.14 the list says less and less is asked of it. */
#pragma once

#include "gomod/modfile.h"
#include "gomod/modulestxt.h"
#include "modload/vendor.h"

/* A main module. */
struct vendor_main {
        const struct modfile *mod;
        struct str file; /* its go.mod in the judged tree */
        struct str dir;  /* of its go.mod, relative to the folder that holds go.work; "" without */
};

struct vendorlist_input {
        struct str file; /* modules.txt in the judged tree */
        const struct modulestxt *txt;
        const struct vendor_main *mains; /* one outside a workspace */
        size_t main_count;
        const struct modfile *work; /* NULL outside a workspace */
        struct str work_file;
};

/* Adds what differs, in the order of go.mod, then of modules.txt. */
void vendorlist_compare(const struct vendorlist_input *input, struct arena *arena,
                        vendor_differences *out);

/* The go version that decides what `go mod vendor` writes. */
struct str vendorlist_go_version(const struct vendorlist_input *input);

/* The replacement of a module, as modules.txt names it: a folder relative to go.work in a
 * workspace. An empty path where it is not replaced. */
struct mod_version vendorlist_replacement(const struct vendorlist_input *input, struct arena *arena,
                                          struct mod_version mod);
