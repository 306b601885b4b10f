/* policy/config_tests.h: what weir.yaml may say of the tests.
 *
 * weir.yaml is written by those who are judged, and the go command runs outside of the sandbox in
 * which the tests run. So its arguments are a list of what is allowed: nothing that starts a
 * program (-exec, -toolexec, -vettool, a linker by -ldflags), writes a file (-o, profiles) or
 * undoes what weir sets (-json, -cover, -overlay). */
#pragma once

#include "base/str.h"

/* Each gives what is wrong with an item, as the end of a sentence, or NULL. */
const char *config_wrong_test_arg(struct str item);
const char *config_wrong_test_package(struct str item);
const char *config_wrong_test_tag(struct str item);
const char *config_wrong_test_env(struct str item);
