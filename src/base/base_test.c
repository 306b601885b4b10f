/* The base layer: strings, arenas, maps, errors, messages. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/message.h"
#include "base/str.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static jmp_buf full_jump;

static void jump_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        longjmp(full_jump, 1);
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = jump_when_full };

static void strings_are_cut_and_trimmed(void **state UNUSED) {
        struct str before, after, rest = STR("a\nb\r\n\nlast");
        struct str line;

        assert_true(str_cut(STR("k=v=w"), '=', &before, &after));
        assert_true(str_eq(before, STR("k")) && str_eq(after, STR("v=w")));
        assert_true(str_cut_last(STR("k=v=w"), '=', &before, &after));
        assert_true(str_eq(before, STR("k=v")) && str_eq(after, STR("w")));
        assert_false(str_cut(STR("kv"), '=', &before, &after));
        assert_true(str_eq(str_trim(STR(" \tx y\r\n")), STR("x y")));
        assert_true(str_next_line(&rest, &line) && str_eq(line, STR("a")));
        assert_true(str_next_line(&rest, &line) && str_eq(line, STR("b\r")));
        assert_true(str_next_line(&rest, &line) && line.len == 0);
        assert_true(str_next_line(&rest, &line) && str_eq(line, STR("last")));
        assert_false(str_next_line(&rest, &line));
}

static void strings_are_ordered_by_bytes(void **state UNUSED) {
        assert_true(str_cmp(STR("a"), STR("ab")) < 0);
        assert_true(str_cmp(STR("b"), STR("ab")) > 0);
        assert_true(str_cmp(STR_NONE, STR("")) == 0);
        assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
}

static void numbers_refuse_overflow_and_signs(void **state UNUSED) {
        uint64_t value = 7;

        assert_true(str_to_u64(STR("18446744073709551615"), &value));
        assert_true(value == UINT64_MAX);
        assert_false(str_to_u64(STR("18446744073709551616"), &value));
        assert_false(str_to_u64(STR("-1"), &value));
        assert_false(str_to_u64(STR(""), &value));
        assert_true(value == UINT64_MAX);
}

static void arenas_grow_zeroed_and_stop_at_the_ceiling(void **state UNUSED) {
        struct arena arena = arena_make(&budget);
        char *block = arena_alloc(&arena, 10);

        block[9] = 'x';
        block = arena_grow(&arena, block, 10, 100000);
        assert_int_equal(block[9], 'x');
        for (size_t i = 10; i < 100000; i++)
                assert_int_equal(block[i], 0);
        if (setjmp(full_jump) == 0) {
                arena_alloc(&arena, 65 << 20);
                fail_msg("the ceiling did not hold");
        }
        arena_drop(&arena);
        assert_true(budget.used < 64 << 20);
}

static void vectors_keep_their_items(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        VEC(int) numbers = { 0 };

        for (int i = 0; i < 1000; i++)
                *VEC_ADD(&arena, &numbers) = i;
        assert_int_equal(numbers.count, 1000);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(numbers.items[i], i);
}

static void maps_find_what_was_put_in_order(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct map map = map_make(&arena);

        for (uintptr_t i = 0; i < 5000; i++)
                *map_put(&map, str_fmt(&arena, "key %zu", (size_t)i)) = (void *)(i + 1);
        assert_int_equal(map.count, 5000);
        assert_true(*map_get(&map, STR("key 4999")) == (void *)(uintptr_t)5000);
        assert_true(str_eq(map.entries[17].key, STR("key 17")));
        assert_null(map_get(&map, STR("key 5000")));
}

static void errors_carry_place_context_and_mend(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct err err;

        assert_false(err_at(&err, ERR_SYNTAX, STR("go.mod"), 3, 9, "bad \x01 %s", "verb"));
        err_context(&err, "reading %s", "go.mod");
        err_context(&err, "judging %s", "x");
        assert_true(str_eq(err_line(&err, &arena), STR("go.mod:3:9: bad ? verb")));
        assert_string_equal(err.context, "reading go.mod; judging x");
}

static void messages_are_filled_in_any_order(void **state UNUSED) {
        static const struct text words = { "{a} before {b}", "{b}{a}{c}" };
        AUTO_ARENA arena = arena_make(&budget);
        struct message message = message_make(&words);

        message_arg(&message, "a", STR("1"));
        message_arg(&message, "b", STR("{a}"));
        assert_true(str_eq(message_render(&message, LANG_EN, &arena), STR("1 before {a}")));
        assert_true(str_eq(message_render(&message, LANG_ZH, &arena), STR("{a}1{c}")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(strings_are_cut_and_trimmed),
                cmocka_unit_test(strings_are_ordered_by_bytes),
                cmocka_unit_test(numbers_refuse_overflow_and_signs),
                cmocka_unit_test(arenas_grow_zeroed_and_stop_at_the_ceiling),
                cmocka_unit_test(vectors_keep_their_items),
                cmocka_unit_test(maps_find_what_was_put_in_order),
                cmocka_unit_test(errors_carry_place_context_and_mend),
                cmocka_unit_test(messages_are_filled_in_any_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
