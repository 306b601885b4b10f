/* facts/test_places.h: from places that a test run has printed to files of the repository.
 *
 * A run may have been made anywhere: here, in a copy of the tree, on another machine, with
 * -trimpath. So a place is looked for by its path below a known root, by the module path it begins
 * with, and by the package that its function belongs to; it is taken only where the tree has the
 * file. Vendored files are other people's and never a place. */
#pragma once

#include "facts/facts.h"

#define TEST_SOURCE_MAX ((size_t)4 << 20) /* bytes of a source file that is looked into */

struct test_place_finder {
        const struct repo_facts *repo;
        struct str copy_root; /* a copy of the tree that the tests ran in; may be empty */
        struct arena answer;  /* the last answer; dropped at the next question */
        struct arena source;  /* the file last looked into */
        struct str source_path, source_text;
};

/* The functions that gotest/results.h asks for, over finder, which must outlive them. */
struct test_places test_places_make(struct test_place_finder *finder, struct arena *arena,
                                    const struct repo_facts *repo, struct str copy_root);
void test_places_close(struct test_place_finder *finder);

/* The folder of a package of the repository, relative to the root; in arena. False for any other
 * package. "p_test" is found as p. */
bool test_package_dir(const struct repo_facts *repo, struct arena *arena, struct str package,
                      struct str *ret_dir);

/* A file that stands for the package: its first test file, else its first Go file, else the go.mod
 * of its module; empty where the package is none of the repository. */
struct str test_package_file(const struct repo_facts *repo, struct arena *arena,
                             struct str package);
