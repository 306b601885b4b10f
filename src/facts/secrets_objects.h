/* facts/secrets_objects.h: secrets in git's objects: what a history and a range have in common. */
#pragma once

#include "facts/secrets_impl.h"
#include "gitrepo/gitobject.h"
#include "gitrepo/odb.h"
#include "gitrepo/refs.h"

#define OBJECTS_GAPS_MAX 20 /* of objects that are named one by one */

/* What a commit's message is called, as git calls the file that it is written in. */
#define COMMIT_MESSAGE_FILE STR("COMMIT_EDITMSG")

struct objects_search {
        struct secrets_search *search;
        struct odb *odb;
        struct refs refs, shallow;
        size_t troubles;
};

/* Opens the objects and reads the refs. On false a gap says why. */
bool objects_open(struct objects_search *o, struct secrets_search *search);
void objects_close(struct objects_search *o);

/* Any thread: an object could not be read, or is missing. */
void objects_gap(struct objects_search *o, const struct err *err);

/* Looks through a blob under one path, archives opened. */
void objects_scan_blob(struct objects_search *o, struct secrets_worker *worker, struct str path,
                       struct str bytes, const struct secrets_origin *origin);

/* Of what was found from `from` on in one blob by one rule on one line under several paths, the
 * most severe stays. */
void objects_drop_copies(struct secrets_search *search, size_t from);
