/* facts/test_leaks.h: the overlay that finds goroutines left behind, for every package of the tree.
 * Only facts/ includes this. */
#pragma once

#include "facts/test_go.h"

/* Writes the overlay's files into the scratch and sets setup->overlay and setup->leak_mark; neither
 * is set where no package can have one. ERR_IO. */
MUST_USE bool test_leaks_prepare(struct test_setup *setup, struct err *err);
