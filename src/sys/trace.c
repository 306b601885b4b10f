#include "sys/trace.h"

#include "base/buf.h"
#include "base/vec.h"
#include "sys/clock.h"

#include <pthread.h>
#include <unistd.h>

#define EVENTS_MAX 200000

struct event {
        const char *name;
        struct str detail;
        uint64_t start_ns, end_ns;
        pid_t thread;
};

struct trace {
        pthread_mutex_t lock;
        struct arena *arena;
        uint64_t start_ns;
        VEC(struct event) events;
};

struct trace *trace_make(struct arena *arena) {
        struct trace *trace = ARENA_NEW(arena, struct trace);

        pthread_mutex_init(&trace->lock, NULL);
        trace->arena = arena;
        trace->start_ns = clock_now_ns();
        return trace;
}

struct trace_span trace_begin(struct trace *trace, const char *name, struct str detail) {
        if (!trace)
                return (struct trace_span){ 0 };
        return (struct trace_span){ trace, name, detail, clock_now_ns() };
}

void trace_end(struct trace_span *span) {
        struct trace *trace = span->trace;

        if (!trace)
                return;
        pthread_mutex_lock(&trace->lock);
        if (trace->events.count < EVENTS_MAX)
                *VEC_ADD(trace->arena, &trace->events) = (struct event){
                        .name = span->name,
                        .detail = str_dup(trace->arena, span->detail),
                        .start_ns = span->start_ns,
                        .end_ns = clock_now_ns(),
                        .thread = gettid(),
                };
        pthread_mutex_unlock(&trace->lock);
        span->trace = NULL;
}

/* Only what JSON and every viewer takes as it is. */
static void add_plain(struct buf *out, struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                unsigned char c = (unsigned char)text.ptr[i];

                buf_add_char(out, c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '?' : (char)c);
        }
}

static void add_event(struct buf *out, const struct trace *trace, const struct event *event) {
        buf_printf(
                out, "{\"name\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f",
                event->name, (int)event->thread, (double)(event->start_ns - trace->start_ns) / 1e3,
                (double)(event->end_ns - event->start_ns) / 1e3);
        if (event->detail.len) {
                buf_add(out, STR(",\"args\":{\"detail\":\""));
                add_plain(out, event->detail);
                buf_add(out, STR("\"}"));
        }
        buf_add(out, STR("}"));
}

struct str trace_json(struct trace *trace, struct arena *arena) {
        struct buf out = buf_make(arena);

        buf_add(&out, STR("{\"traceEvents\":[\n"));
        pthread_mutex_lock(&trace->lock);
        for (size_t i = 0; i < trace->events.count; i++) {
                add_event(&out, trace, &trace->events.items[i]);
                buf_add(&out, i + 1 < trace->events.count ? STR(",\n") : STR("\n"));
        }
        pthread_mutex_unlock(&trace->lock);
        buf_add(&out, STR("],\"displayTimeUnit\":\"ms\"}\n"));
        return buf_str(&out);
}
