/* cmd/init_command.h: the parts of `weir init`. */
#pragma once

#include "cmd/cmd.h"
#include "gitrepo/repo.h"
#include "pipeline/platform.h"

/* What becomes of one file. */
enum init_fate { INIT_CREATED, INIT_UNCHANGED, INIT_DIFFERS, INIT_KEPT };

struct init_file {
        struct str path; /* below the root */
        struct str text; /* as init writes it */
        bool is_theirs;  /* one that is there already is left alone, whatever it says */
        enum init_fate fate;
        struct str before; /* what lies there; with fate INIT_DIFFERS */
};

struct init_files {
        struct str root; /* absolute, without symlinks */
        struct init_file items[2];
        size_t count;
};

/* Looks at what lies where the files go. Errors: ERR_UNSUPPORTED where a path leads out of the
 * repository or is no regular file; those of reading. */
MUST_USE bool init_files_compare(struct cmd_context *context, struct init_files *files,
                                 struct err *err);

bool init_files_differ(const struct init_files *files);

/* Prints a line for each file; with shows, the difference too. */
MUST_USE bool init_files_tell(struct cmd_context *context, const struct init_files *files,
                              bool writes, bool shows, struct err *err);

/* Writes what is not there yet and what differs; each file whole or not at all. */
MUST_USE bool init_files_write(struct cmd_context *context, const struct init_files *files,
                               struct err *err);
