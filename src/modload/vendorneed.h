/* modload/vendorneed.h: the packages that modules.txt lists against those that are needed.
 *
 * What is needed is vendorplan.h's answer, which needs the source of the main modules and the
 * module cache; what can be said without it is vendorlist.h's. */
#pragma once

#include "modload/vendorplan.h"

/* Adds packages that are listed and not needed, needed and not listed, or listed under another
 * module or version than the build list selects; and, where all of the list is right so far (out
 * has no difference of modules.txt), whether its text is what `go mod vendor` writes. text is
 * modules.txt's. Where the plan is incomplete nothing is called unneeded. None of these is refused
 * by the go command. */
void vendorneed_compare(const struct vendorlist_input *input, struct str text,
                        const struct vendorplan *plan, struct arena *arena,
                        vendor_differences *out);

/* The first package that makes the plan incomplete, so that what depends on it is unjudged; NULL:
 * it is whole. */
const struct package *vendorneed_problem(const struct vendorplan *plan);
