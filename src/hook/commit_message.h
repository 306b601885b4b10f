/* hook/commit_message.h: a commit message as the commit-msg hook gets it: before git cleans it up.
 *
 * What git will strip depends on commit.cleanup, on whether an editor was used, and on the comment
 * mark (git-commit(1) --cleanup; git-config(1) commit.cleanup, core.commentChar). Pure. */
#pragma once

#include "base/str.h"

#define COMMIT_MESSAGE_MAX ((size_t)64 << 20) /* bytes; with -v the whole diff stands in it */

struct commit_message {
        struct str text;
        struct str comment;   /* the mark that begins comment lines */
        bool strips_comments; /* comment lines will go */
        bool cuts;            /* what stands below the scissors line will go */
};

/* Settings as git's configuration has them (empty: not set). In auto mode the comment mark is read
 * off the lines that git put there itself. */
struct commit_message commit_message_read(struct str text, struct str cleanup, struct str comment,
                                          bool editor_used);

/* Where the text that will be kept ends: before the scissors line, where it cuts. */
size_t commit_message_end(const struct commit_message *message);

/* What git will commit: without comments and what is cut, lines without trailing spaces, no blank
 * lines at both ends, runs of them as one. */
struct str commit_message_clean(const struct commit_message *message, struct arena *arena);

/* Messages that git or a forge writes, or that will be folded into another: no form is asked of
 * them (as commitlint's default ignores). cleaned is what commit_message_clean gave. */
bool commit_message_is_made(struct str cleaned);
