/* Memory of a run of tests: pools that are given back, and sets of hashes. */
#include "base/buf.h"
#include "gotest/results_parts.h"

#include <string.h>

#define RUNNING_SLOTS 4096 /* a power of two */
#define PASSED_FIRST 1024  /* a power of two */
#define FAILED_SLOTS 4096  /* a power of two, over TEST_PROBLEMS_MAX */

/* ---- kept output ---- */

struct kept_output *kept_take(struct test_results *results) {
        struct kept_output *kept = results->free_output;

        if (kept)
                results->free_output = kept->next_free;
        else if (results->outputs_made++ < TEST_OUTPUTS_MAX)
                kept = ARENA_NEW(results->arena, struct kept_output);
        if (kept)
                kept->total = 0;
        return kept;
}

void kept_add(struct kept_output *kept, struct str text) {
        size_t room, at;

        if (!kept)
                return;
        room = kept->total < TEST_OUTPUT_HEAD_MAX ? TEST_OUTPUT_HEAD_MAX - kept->total : 0;
        room = MIN_OF(room, text.len);
        if (room)
                memcpy(kept->head + kept->total, text.ptr, room);
        kept->total += room;
        text = str_slice(text, room, text.len);
        if (text.len > TEST_OUTPUT_TAIL_MAX) {
                kept->total += text.len - TEST_OUTPUT_TAIL_MAX;
                text = str_slice(text, text.len - TEST_OUTPUT_TAIL_MAX, text.len);
        }
        while (text.len) {
                at = (kept->total - TEST_OUTPUT_HEAD_MAX) % TEST_OUTPUT_TAIL_MAX;
                room = MIN_OF(TEST_OUTPUT_TAIL_MAX - at, text.len);
                memcpy(kept->tail + at, text.ptr, room);
                kept->total += room;
                text = str_slice(text, room, text.len);
        }
}

void kept_give_back(struct test_results *results, struct kept_output **kept) {
        if (!*kept)
                return;
        (*kept)->next_free = results->free_output;
        results->free_output = *kept;
        *kept = NULL;
}

/* The ring in order, without the line that it begins in the middle of. */
static void add_ring(const struct kept_output *kept, size_t rest, struct arena *arena,
                     struct buf *out) {
        size_t at = rest % TEST_OUTPUT_TAIL_MAX, newline;
        struct buf ring = buf_make(arena);
        struct str tail;

        buf_add(&ring, (struct str){ kept->tail + at, TEST_OUTPUT_TAIL_MAX - at });
        buf_add(&ring, (struct str){ kept->tail, at });
        newline = str_find(buf_str(&ring), '\n');
        tail = newline == SIZE_MAX ? buf_str(&ring)
                                   : str_slice(buf_str(&ring), newline + 1, ring.len);
        buf_printf(out, "\n[... %zu bytes left out ...]\n", rest - tail.len);
        buf_add(out, tail);
}

struct str kept_text(const struct kept_output *kept, struct arena *arena) {
        struct buf out = buf_make(arena);
        size_t head, rest;

        if (!kept)
                return STR_NONE;
        head = MIN_OF(kept->total, TEST_OUTPUT_HEAD_MAX);
        rest = kept->total - head;
        buf_add(&out, (struct str){ kept->head, head });
        if (rest <= TEST_OUTPUT_TAIL_MAX)
                buf_add(&out, (struct str){ kept->tail, rest });
        else
                add_ring(kept, rest, arena, &out);
        return buf_str(&out);
}

/* ---- captures ---- */

struct capture *capture_take(struct test_results *results, enum capture_kind kind) {
        struct capture *capture = results->free_capture;

        if (capture)
                results->free_capture = capture->next_free;
        else if (results->captures_made++ < TEST_CAPTURES_MAX)
                capture = ARENA_NEW(results->arena, struct capture);
        if (capture) {
                capture->kind = kind;
                capture->is_confirmed = capture->is_over = false;
                capture->owner = 0;
                capture->len = 0;
        }
        return capture;
}

void capture_add(struct capture *capture, struct str text) {
        size_t kept = MIN_OF(TEST_CAPTURE_MAX - capture->len, text.len);

        if (kept)
                memcpy(capture->text + capture->len, text.ptr, kept);
        capture->len += kept;
}

void capture_give_back(struct test_results *results, struct capture **capture) {
        if (!*capture)
                return;
        (*capture)->next_free = results->free_capture;
        results->free_capture = *capture;
        *capture = NULL;
}

/* ---- hashes ---- */

/* Eight bytes a step; good enough where a collision only blurs "flaky". */
static uint64_t mix(uint64_t hash, uint64_t word) {
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        return hash ^ hash >> 29;
}

uint64_t test_key(const struct test_package *package, struct str test) {
        uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), (uint64_t)(uintptr_t)package), word;

        hash = mix(hash, test.len);
        while (test.len >= sizeof(word)) {
                memcpy(&word, test.ptr, sizeof(word));
                hash = mix(hash, word);
                test = str_slice(test, sizeof(word), test.len);
        }
        word = 0;
        if (test.len)
                memcpy(&word, test.ptr, test.len);
        hash = mix(hash, word);
        return hash ? hash : 1;
}

static struct running_test **slot_of(const struct test_results *results, uint64_t key) {
        return &results->slots[key % RUNNING_SLOTS];
}

struct running_test *running_find(const struct test_results *results, uint64_t key) {
        struct running_test *test = results->slots ? *slot_of(results, key) : NULL;

        while (test && test->key != key)
                test = test->next_in_slot;
        return test;
}

static struct running_test *take_running(struct test_results *results) {
        struct running_test *test = results->free_running;

        if (test)
                results->free_running = test->next;
        else if (results->running_made++ < TEST_RUNNING_MAX)
                test = ARENA_NEW(results->arena, struct running_test);
        return test;
}

struct running_test *running_begin(struct test_results *results, struct test_package *package,
                                   struct str name, uint64_t key) {
        struct running_test *test = take_running(results), **slot;

        if (!test)
                return NULL;
        if (!results->slots)
                results->slots = ARENA_ARRAY(results->arena, struct running_test *, RUNNING_SLOTS);
        slot = slot_of(results, key);
        test->next_in_slot = *slot;
        *slot = test;
        test->next = package->running;
        test->before = NULL;
        if (package->running)
                package->running->before = test;
        package->running = test;
        test->package = package;
        test->key = key;
        test->output = NULL;
        test->child_failed = test->race_noted = false;
        test->name_len = (uint16_t)MIN_OF(name.len, (size_t)TEST_NAME_MAX);
        memcpy(test->name, name.ptr, test->name_len);
        return test;
}

void running_end(struct test_results *results, struct running_test *test) {
        struct running_test **at = slot_of(results, test->key);

        while (*at != test)
                at = &(*at)->next_in_slot;
        *at = test->next_in_slot;
        if (test->before)
                test->before->next = test->next;
        else
                test->package->running = test->next;
        if (test->next)
                test->next->before = test->before;
        kept_give_back(results, &test->output);
        test->next = results->free_running;
        results->free_running = test;
}

static void passed_put(struct test_results *results, uint64_t key) {
        size_t at = key & (results->passed_capacity - 1);

        while (results->passed[at] && results->passed[at] != key)
                at = (at + 1) & (results->passed_capacity - 1);
        results->passed_count += results->passed[at] == 0;
        results->passed[at] = key;
}

/* Each size of the table has an arena of its own, so that the one before is given back. */
static void passed_grow(struct test_results *results) {
        struct arena old = results->passed_arena;
        const uint64_t *keys = results->passed;
        size_t count = results->passed_capacity;

        results->passed_capacity = count ? count * 2 : PASSED_FIRST;
        results->passed_arena = arena_make(results->arena->budget);
        results->passed = ARENA_ARRAY(&results->passed_arena, uint64_t, results->passed_capacity);
        results->passed_count = 0;
        for (size_t i = 0; i < count; i++)
                if (keys[i])
                        passed_put(results, keys[i]);
        arena_drop(&old);
}

void passed_add(struct test_results *results, uint64_t key) {
        if (results->passed_count >= TEST_PASSED_MAX)
                return;
        if (results->passed_count * 4 >= results->passed_capacity * 3)
                passed_grow(results);
        passed_put(results, key);
}

bool passed_has(const struct test_results *results, uint64_t key) {
        size_t at = key & (results->passed_capacity - 1);

        if (!results->passed_capacity)
                return false;
        while (results->passed[at] && results->passed[at] != key)
                at = (at + 1) & (results->passed_capacity - 1);
        return results->passed[at] == key;
}

static struct hash_slot *failed_slot(struct hash_slot *slots, uint64_t key) {
        size_t at = key % FAILED_SLOTS;

        while (slots[at].key && slots[at].key != key)
                at = (at + 1) % FAILED_SLOTS;
        return &slots[at];
}

size_t failed_find(const struct test_results *results, uint64_t key) {
        const struct hash_slot *slot = results->failed ? failed_slot(results->failed, key) : NULL;

        return slot && slot->key ? slot->value : NOT_ADDED;
}

void failed_add(struct test_results *results, uint64_t key, size_t problem) {
        if (!results->failed)
                results->failed = ARENA_ARRAY(results->arena, struct hash_slot, FAILED_SLOTS);
        *failed_slot(results->failed, key) = (struct hash_slot){ key, problem };
}
