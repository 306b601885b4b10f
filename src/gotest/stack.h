/* gotest/stack.h: the stacks that the Go runtime prints.
 *
 * Read are goroutine traces (of a panic, a fatal error, a time limit, runtime.Stack) and reports of
 * the race detector. Both are sections: a title that ends in a colon, then pairs of lines, a
 * function and the place it stands at.
 *
 * Source: runtime/traceback.go of Go 1.26; the report's form in "Data Race Detector" (go.dev). */
#pragma once

#include "base/str.h"

#define STACKS_MAX 64       /* of one report; more are counted only */
#define STACK_FRAMES_MAX 50 /* of one stack; deeper ones are left out */

struct test_frame {
        struct str function; /* "example.com/m/pkg.(*T).F", without arguments */
        struct str path;     /* as printed: absolute, or "module/pkg/file.go" under -trimpath */
        uint32_t line;
        struct str file; /* relative to the root of the repository; empty: not of the repository */
};

struct test_stack {
        struct str title; /* "goroutine 7 [chan receive]", "Previous write at 0x00c0 by main" */
        struct test_frame *frames; /* innermost first */
        size_t frame_count;
        struct test_frame created; /* where the goroutine was started; function empty: not said */
};

struct test_stacks {
        struct test_stack *list;
        size_t count;
        size_t total; /* with those over STACKS_MAX */
};

/* "goroutine N [": what every trace of the runtime has. */
bool stack_is_goroutine_line(struct str line);

/* Reads the sections of a report; what stands before the first is passed over. Views of text, in
 * arena. Never fails: a text without stacks has none. */
struct test_stacks stack_parse(struct arena *arena, struct str text);

/* Takes "path/file.go:LINE" apart, with " +0x1f" or ":COLUMN: message" behind it. */
bool stack_take_place(struct str line, struct str *ret_path, uint32_t *ret_line,
                      struct str *ret_rest);
