/* facts/test_run.h: the parts of the fact TEST_RUN. Only facts/ includes this. */
#pragma once

#include "facts/test_places.h"

/* What is collected while streams are read or tests are run. */
struct test_job {
        struct fact_job *job;
        struct test_results *results; /* NULL where nothing was read or run */
        struct test_places places;    /* over finder */
        struct test_place_finder finder;
        struct test_run *run;
        VEC(struct str) profiles;
};

/* Packages of the tree that have tests and no result in the streams, and a run in which no test
 * ran: each is a gap (test_missing.c). */
void test_mind_missing(struct test_job *tests);

/* Runs vet and the tests of every module (test_execute.c); what cannot be run is a gap. */
void test_execute(struct test_job *tests);
