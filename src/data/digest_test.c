/* SHA-256 against FIPS 180-2 (appendix B), base64 against RFC 4648 (section 10). */
#include "data/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

static const struct {
        struct str bytes, hex;
} sums[] = {
        { STR_INIT(""),
          STR_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") },
        { STR_INIT("abc"),
          STR_INIT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") },
        { STR_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
          STR_INIT("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1") },
};

static void sums_are_those_of_the_standard(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(sums); i++) {
                struct digest digest = digest_of(sums[i].bytes);

                assert_true(str_eq(digest_hex(&arena, &digest), sums[i].hex));
        }
}

static void pieces_give_the_same_sum(void **state UNUSED) {
        struct str text = sums[2].bytes;
        struct digest whole = digest_of(text);

        for (size_t at = 0; at <= text.len; at++) {
                struct digest_hasher hasher;
                struct digest parts;

                digest_begin(&hasher);
                digest_add(&hasher, str_slice(text, 0, at));
                digest_add(&hasher, str_slice(text, at, text.len));
                parts = digest_end(&hasher);
                assert_true(digest_eq(&whole, &parts));
        }
        assert_false(digest_is_zero(&whole));
}

static void hexadecimal_goes_both_ways(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes = { NULL, 9 };

        assert_true(str_eq(hex_encode(&arena, STR("\x00\x7f\xff")), STR("007fff")));
        assert_true(hex_decode(&arena, STR("007Fff"), &bytes));
        assert_true(str_eq(bytes, STR("\x00\x7f\xff")));
        assert_true(hex_decode(&arena, STR(""), &bytes) && bytes.len == 0);
        assert_false(hex_decode(&arena, STR("0"), &bytes));
        assert_false(hex_decode(&arena, STR("0g"), &bytes));
}

static const struct {
        struct str bytes, text;
} base64_pairs[] = {
        { STR_INIT(""), STR_INIT("") },
        { STR_INIT("f"), STR_INIT("Zg==") },
        { STR_INIT("fo"), STR_INIT("Zm8=") },
        { STR_INIT("foo"), STR_INIT("Zm9v") },
        { STR_INIT("foob"), STR_INIT("Zm9vYg==") },
        { STR_INIT("fooba"), STR_INIT("Zm9vYmE=") },
        { STR_INIT("foobar"), STR_INIT("Zm9vYmFy") },
        { STR_INIT("\xff\xfe\xfb"), STR_INIT("//77") },
};

static void base64_goes_both_ways(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(base64_pairs); i++) {
                struct str bytes = { NULL, 9 };

                assert_true(
                        str_eq(base64_encode(&arena, base64_pairs[i].bytes), base64_pairs[i].text));
                assert_true(base64_decode(&arena, base64_pairs[i].text, &bytes));
                assert_true(str_eq(bytes, base64_pairs[i].bytes));
        }
}

static void base64_has_one_text_for_each_value(void **state UNUSED) {
        static const struct str refused[] = {
                STR_INIT("Zg"),       STR_INIT("Zg="),    STR_INIT("Zh=="), STR_INIT("Zm9="),
                STR_INIT("Zg==Zg=="), STR_INIT("Zm9v\n"), STR_INIT(" Zm9"), STR_INIT("===="),
                STR_INIT("Zm-_"),     STR_INIT("Z==="),
        };
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t i = 0; i < COUNT_OF(refused); i++) {
                struct str bytes;

                assert_false(base64_decode(&arena, refused[i], &bytes));
        }
}

static void long_base64_is_cut_at_whole_groups(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str bytes = { arena_alloc(&arena, ((size_t)7 << 20) + 1), ((size_t)7 << 20) + 1 };
        struct str text = base64_encode(&arena, bytes), back;

        assert_int_equal(text.len, (bytes.len + 2) / 3 * 4);
        assert_true(base64_decode(&arena, text, &back));
        assert_true(str_eq(back, bytes));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sums_are_those_of_the_standard),
                cmocka_unit_test(pieces_give_the_same_sum),
                cmocka_unit_test(hexadecimal_goes_both_ways),
                cmocka_unit_test(base64_goes_both_ways),
                cmocka_unit_test(base64_has_one_text_for_each_value),
                cmocka_unit_test(long_base64_is_cut_at_whole_groups),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
