/* sys/spawn_stream.h: a child whose output is handed on as it comes, for as long as it takes.
 *
 * Between weir and the child stands a warden, a process that adopts whatever the child leaves
 * behind (PR_SET_CHILD_SUBREAPER) and kills it, daemons in sessions of their own included, when the
 * child has ended, when the run is to end, and when weir itself is killed. So nothing that was
 * started here is left running. A run that is to end gets SIGTERM, and SPAWN_GRACE_MS later
 * SIGKILL. */
#pragma once

#include "sys/spawn.h"

#define SPAWN_TICK_MS 100   /* how often may_go_on is asked at least */
#define SPAWN_GRACE_MS 2000 /* between SIGTERM and SIGKILL */

struct spawn_stream {
        void *ctx;
        void (*out)(void *ctx, struct str bytes);
        void (*err)(void *ctx, struct str bytes);
        bool (*may_go_on)(void *ctx); /* false ends the run; may be NULL */
        size_t output_max;            /* bytes of both together; more ends the run */
};

enum spawn_end {
        SPAWN_EXITED,
        SPAWN_DEADLINE, /* of the request */
        SPAWN_STOPPED,  /* may_go_on said so */
        SPAWN_OUTPUT    /* over output_max */
};

/* Runs the child to its end or to the end of the run. request->input and output_max are not used;
 * standard input is empty. *ret_status as in spawn_result. Errors as spawn_run, but an end that was
 * forced is none: *ret_end tells it. */
MUST_USE bool spawn_stream(struct arena *arena, const struct spawn_request *request,
                           const struct spawn_stream *stream, enum spawn_end *ret_end,
                           int *ret_status, struct err *err);
