/* Everything that reads a commit message: what is added once is there once, and nothing is lost. */
#include "base/arena.h"
#include "hook/conventional.h"
#include "hook/script.h"
#include "hook/trailer.h"

#include <assert.h>
#include <stdlib.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static void count(void *ctx, struct str value UNUSED) {
        ++*(size_t *)ctx;
}

static void try_one(struct arena *arena, struct str text, struct str cleanup, struct str comment,
                    bool edited) {
        struct commit_message message = commit_message_read(text, cleanup, comment, edited);
        struct str value = STR("modules"), once, cleaned;
        unsigned line;

        cleaned = commit_message_clean(&message, arena);
        (void)conventional_fault(cleaned, &line);
        (void)commit_message_is_made(cleaned);
        once = trailer_add(&message, arena, TRAILER_SKIP, value);
        assert(once.len >= text.len && (cleaned.len || once.len == text.len));
        message.text = once;
        assert(str_eq(trailer_add(&message, arena, TRAILER_SKIP, value), once));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const struct str cleanups[] = { STR_INIT(""), STR_INIT("strip"),
                                               STR_INIT("whitespace"), STR_INIT("verbatim"),
                                               STR_INIT("scissors") };
        static const struct str comments[] = { STR_INIT("#"), STR_INIT("auto"), STR_INIT("//"),
                                               STR_INIT(";") };
        struct arena_budget budget = { .ceiling = 256 << 20, .on_full = stop_when_full };
        AUTO_ARENA arena = arena_make(&budget);
        struct str text = { (const char *)data, size };
        size_t seen = 0;

        for (size_t i = 0; i < COUNT_OF(cleanups); i++)
                for (size_t j = 0; j < COUNT_OF(comments); j++)
                        try_one(&arena, text, cleanups[i], comments[j], (i + j) & 1);
        trailer_each(text, TRAILER_SKIP, count, &seen);
        (void)hook_owner_of(text);
        return 0;
}
