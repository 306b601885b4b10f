/* Any bytes give a header whose parts lie in the file, and functions in order. */
#include "golang/constraint.h"
#include "golang/header.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void abort_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = abort_when_full };

static void check_functions(struct arena *arena, struct str source) {
        const struct header_function *functions;
        size_t count;

        header_functions(arena, source, &functions, &count);
        for (size_t i = 0; i < count; i++) {
                assert(functions[i].name.len > 0);
                assert(functions[i].start.line <= functions[i].end.line);
                assert(i == 0 || functions[i - 1].end.line <= functions[i].start.line);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str source = { (const char *)data, size };
        struct build_context context = { .goos = STR("linux"), .goarch = STR("amd64") };
        struct header header = header_scan(&arena, source);
        struct err err;
        bool matches;

        assert(header.header_end <= size);
        assert(header.state == HEADER_OK || header.fault.len > 0);
        assert(header.state == HEADER_OK || header.import_count == 0);
        (void)!constraint_header_matches(&context, &header, &matches, &err);
        context.any = true;
        assert(constraint_header_matches(&context, &header, &matches, &err));
        (void)header_scan_comments(&arena, source);
        check_functions(&arena, source);
        return 0;
}
