/* sys/trace.h: timed spans, so that a person can see where the time goes.
 *
 * A trace is shared by threads. With a NULL trace every call does nothing, so callers never ask.
 * Format written: Chrome trace event JSON ("X" events, microseconds). */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct trace;

/* A trace whose memory is in arena (its own lock guards it). */
struct trace *trace_make(struct arena *arena);

struct trace_span {
        struct trace *trace;
        const char *name; /* a literal */
        struct str detail;
        uint64_t start_ns;
};

/* detail must live until trace_end; it is shown beside the name. */
struct trace_span trace_begin(struct trace *trace, const char *name, struct str detail);
void trace_end(struct trace_span *span);

/* Ends the span when the variable leaves its scope. */
#define TRACE_SPAN(trace, name, detail)                                                            \
        __attribute__((cleanup(trace_end))) UNUSED struct trace_span trace_span_ =                 \
                trace_begin((trace), (name), (detail))

/* The whole trace as JSON. */
struct str trace_json(struct trace *trace, struct arena *arena);
