/* hook/trailer.h: trailers of a commit message, by git's own rules (git-interpret-trailers(1) and
 * git's trailer.c: the last paragraph but the title, all of it "Token: value" lines, or a quarter
 * of it where a line that git itself writes is among them). Pure. */
#pragma once

#include "hook/commit_message.h"

#define TRAILER_SKIP STR("Weir-Skip")

/* The message with the trailer at the end of its trailers, or as a block of its own: before git's
 * comments and scissors. The same text (the same pointer) where the trailer is there already, or
 * where the message will be empty, which git then refuses by itself. */
struct str trailer_add(const struct commit_message *message, struct arena *arena, struct str token,
                       struct str value);

/* Called for each value of the token (letter case aside), in order. */
typedef void trailer_visit(void *ctx, struct str value);
void trailer_each(struct str committed, struct str token, trailer_visit *visit, void *ctx);
