/* gotest/test2json.h: the event stream of `go test -json`, read as it comes.
 *
 * One JSON object a line, between which lines of any other kind may stand (what the go command and
 * older releases print beside it): those are handed on as they are. The reader is fed chunks of any
 * size, keeps no more than one line of TEST2JSON_LINE_MAX bytes and knows only the members that the
 * format has; a longer line is read as far as it is kept. No document is built.
 *
 * Source: `go doc test2json` and `go help buildjson` of Go 1.26, cmd/test2json, cmd/go's build
 * -json (ImportPath, FailedBuild, build-output, build-fail). */
#pragma once

#include "base/str.h"

#define TEST2JSON_LINE_MAX ((size_t)256 << 10) /* bytes of a line that are kept */

#define TEST_ACTIONS(X)                                                                            \
        X(TEST_ACTION_OTHER, "")                                                                   \
        X(TEST_ACTION_START, "start")                                                              \
        X(TEST_ACTION_RUN, "run")                                                                  \
        X(TEST_ACTION_PAUSE, "pause")                                                              \
        X(TEST_ACTION_CONT, "cont")                                                                \
        X(TEST_ACTION_PASS, "pass")                                                                \
        X(TEST_ACTION_BENCH, "bench")                                                              \
        X(TEST_ACTION_FAIL, "fail")                                                                \
        X(TEST_ACTION_OUTPUT, "output")                                                            \
        X(TEST_ACTION_SKIP, "skip")                                                                \
        X(TEST_ACTION_ATTR, "attr")                                                                \
        X(TEST_ACTION_ARTIFACTS, "artifacts")                                                      \
        X(TEST_ACTION_BUILD_OUTPUT, "build-output")                                                \
        X(TEST_ACTION_BUILD_FAIL, "build-fail")

enum test_action {
#define X(name, word) name,
        TEST_ACTIONS(X)
#undef X
                TEST_ACTION_COUNT
};

/* One event. Absent members are empty. All views are valid during the call only. */
struct test_event {
        enum test_action action;
        struct str package, test, import_path, failed_build;
        struct str output; /* unescaped; any bytes */
        bool is_cut;       /* the line was longer than what is kept: output is its beginning */
};

struct test2json_sink {
        void *ctx;
        void (*event)(void *ctx, const struct test_event *event);
        void (*plain)(void *ctx, struct str line); /* without its newline */
};

struct test2json;

/* A reader whose memory (about twice TEST2JSON_LINE_MAX) is in arena. */
struct test2json *test2json_make(struct arena *arena, struct test2json_sink sink);

/* Takes the next bytes of the stream. */
void test2json_feed(struct test2json *reader, struct str bytes);

/* The stream is over: a last line without a newline is read too. True where that line was the
 * beginning of an event that has no end, that is, where the stream was cut off. The reader may be
 * fed another stream afterwards. */
bool test2json_finish(struct test2json *reader);
