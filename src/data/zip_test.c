/* Reading zip archives: whole, odd and damaged ones. */
#include "data/zip.h"
#include "data/zip_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = fail_when_full };

static struct str text_of(struct arena *arena, size_t size) {
        char *text = arena_alloc(arena, size);

        for (size_t i = 0; i < size; i++)
                text[i] = (char)('a' + i * i % 23);
        return (struct str){ text, size };
}

static struct zip opened(struct arena *arena, struct str bytes) {
        struct zip zip;
        struct err err;

        if (!zip_open(arena, bytes, &zip_limits_default, &zip, &err))
                fail_msg("%s", err.message);
        return zip;
}

static void assert_refused(struct arena *arena, struct str bytes, enum err_code code) {
        struct zip zip;
        struct err err;

        assert_false(zip_open(arena, bytes, &zip_limits_default, &zip, &err));
        assert_int_equal(err.code, code);
}

static struct str two_files(struct arena *arena) {
        struct zip_fixture zip = zip_fixture_make(arena);

        zip_fixture_add(&zip, STR("m@v1/a.txt"), STR("stored"), false);
        zip_fixture_add(&zip, STR("m@v1/b\xff.txt"), text_of(arena, 5000), true);
        return zip_fixture_end(&zip, STR_NONE);
}

static void files_are_listed_and_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip zip = opened(&arena, two_files(&arena));
        struct str bytes;
        struct err err;

        assert_int_equal(zip.entry_count, 2);
        assert_true(str_eq(zip.entries[1].name, STR("m@v1/b\xff.txt")));
        assert_true(zip_read(&zip, &zip.entries[0], inflater, 100, &bytes, &err));
        assert_true(str_eq(bytes, STR("stored")));
        assert_true(zip_read(&zip, &zip.entries[1], inflater, 5000, &bytes, &err));
        assert_true(str_eq(bytes, text_of(&arena, 5000)));
        assert_false(zip_read(&zip, &zip.entries[1], inflater, 4999, &bytes, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

static void empty_archives_and_files_are_fine(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct str bytes = STR("x");
        struct zip zip;
        struct err err;

        assert_int_equal(opened(&arena, zip_fixture_end(&fixture, STR_NONE)).entry_count, 0);
        zip_fixture_add(&fixture, STR("empty"), STR_NONE, false);
        zip_fixture_add(&fixture, STR("deflated"), STR_NONE, true);
        zip_fixture_add(&fixture, STR("dir/"), STR_NONE, false);
        zip = opened(&arena, zip_fixture_end(&fixture, STR_NONE));
        for (size_t i = 0; i < zip.entry_count; i++) {
                assert_true(zip_read(&zip, &zip.entries[i], inflater, 0, &bytes, &err));
                assert_int_equal(bytes.len, 0);
        }
        assert_true(zip_entry_is_dir(&zip.entries[2]) && !zip_entry_is_dir(&zip.entries[0]));
}

static void comments_and_leading_bytes_are_skipped(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct buf shifted = buf_make(&arena);
        struct str bytes;
        struct zip zip;
        struct err err;

        zip_fixture_add(&fixture, STR("a"), STR("A"), true);
        buf_add(&shifted, STR("#!/bin/sh\n"));
        buf_add(&shifted, zip_fixture_end(&fixture, STR("PK\x05\x06 in a comment")));
        zip = opened(&arena, buf_str(&shifted));
        assert_true(zip_read(&zip, &zip.entries[0], inflater, 1, &bytes, &err));
        assert_true(str_eq(bytes, STR("A")));
}

static void duplicate_names_are_kept(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct zip_fixture fixture = zip_fixture_make(&arena);

        zip_fixture_add(&fixture, STR("a"), STR("1"), false);
        zip_fixture_add(&fixture, STR("a"), STR("2"), false);
        assert_int_equal(opened(&arena, zip_fixture_end(&fixture, STR_NONE)).entry_count, 2);
}

static void collect(void *ctx, struct str piece) {
        buf_add(ctx, piece);
}

static void large_files_come_in_pieces(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct str text = text_of(&arena, (size_t)5 << 20);
        struct zip zip;
        struct err err;

        zip_fixture_add(&fixture, STR("large"), text, true);
        zip_fixture_add(&fixture, STR("small"), STR("s"), true);
        zip = opened(&arena, zip_fixture_end(&fixture, STR_NONE));
        for (int round = 0; round < 2; round++) {
                struct buf large = buf_make(&arena), small = buf_make(&arena);

                assert_true(zip_stream(&zip, &zip.entries[0], inflater, collect, &large, &err));
                assert_true(zip_stream(&zip, &zip.entries[1], inflater, collect, &small, &err));
                assert_true(str_eq(buf_str(&large), text));
                assert_true(str_eq(buf_str(&small), STR("s")));
        }
}

/* A zip64 archive of one stored file "a", with every number moved to its 64-bit place. */
static struct str zip64_archive(struct arena *arena) {
        struct zip_fixture fixture = zip_fixture_make(arena);
        struct buf out = buf_make(arena);
        size_t directory;

        zip_fixture_add(&fixture, STR("a"), STR("A"), false);
        buf_add(&out, buf_str(&fixture.body));
        directory = out.len;
        buf_add(&out, str_slice(buf_str(&fixture.directory), 0, 20));
        put_number(&out, UINT32_MAX, 4);
        put_number(&out, UINT32_MAX, 4);
        put_number(&out, 1, 2);
        put_number(&out, 28, 2); /* extra */
        put_number(&out, 0, 10);
        put_number(&out, UINT32_MAX, 4);
        buf_add(&out, STR("a"));
        put_number(&out, 1, 2);
        put_number(&out, 24, 2);
        put_number(&out, 1, 8);
        put_number(&out, 1, 8);
        put_number(&out, 0, 8);
        put_number(&out, 0x06064b50, 4);
        put_number(&out, 44, 8);
        put_number(&out, 0, 12);
        put_number(&out, 1, 8);
        put_number(&out, 1, 8);
        put_number(&out, out.len - 40 - directory, 8);
        put_number(&out, directory, 8);
        put_number(&out, 0x07064b50, 4);
        put_number(&out, 0, 4);
        put_number(&out, out.len - 8 - 56, 8);
        put_number(&out, 1, 4);
        put_number(&out, 0x06054b50, 4);
        put_number(&out, UINT64_MAX, 8);
        put_number(&out, UINT64_MAX, 8);
        put_number(&out, 0, 2);
        return buf_str(&out);
}

static void zip64_is_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip zip = opened(&arena, zip64_archive(&arena));
        struct str bytes;
        struct err err;

        assert_int_equal(zip.entry_count, 1);
        if (!zip_read(&zip, &zip.entries[0], inflater, 1, &bytes, &err))
                fail_msg("%s", err.message);
        assert_true(str_eq(bytes, STR("A")));
}

/* Every byte of an archive is turned once: reading may fail or, where the byte does not matter,
 * give the same contents; it never gives others. */
static void no_changed_byte_changes_contents(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct str whole = str_dup(&arena, two_files(&arena)), text = text_of(&arena, 5000);
        char *bytes = str_to_c(&arena, whole);
        size_t refused = 0;

        for (size_t i = 0; i < whole.len; i++) {
                AUTO_ARENA scratch = arena_make(&budget);
                struct zip zip;
                struct str first, second;
                struct err err;

                bytes[i] ^= 0x10;
                if (!zip_open(&scratch, (struct str){ bytes, whole.len }, &zip_limits_default, &zip,
                              &err)) {
                        refused++;
                } else if (zip.entry_count == 2) {
                        if (zip_read(&zip, &zip.entries[0], inflater, 9999, &first, &err))
                                assert_true(str_eq(first, STR("stored")));
                        if (zip_read(&zip, &zip.entries[1], inflater, 9999, &second, &err))
                                assert_true(str_eq(second, text));
                        else
                                refused++;
                }
                bytes[i] ^= 0x10;
        }
        assert_true(refused > 50);
}

static void every_cut_archive_is_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str whole = two_files(&arena);

        for (size_t len = 0; len < whole.len; len++)
                assert_refused(&arena, str_slice(whole, 0, len), ERR_SYNTAX);
}

static void limits_are_kept(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct zip_limits small = zip_limits_default;
        struct str bytes;
        struct zip zip;
        struct err err;

        zip_fixture_add(&fixture, STR("zeros"),
                        (struct str){ arena_alloc(&arena, 8 << 20), 8 << 20 }, true);
        bytes = zip_fixture_end(&fixture, STR_NONE);
        assert_refused(&arena, bytes, ERR_LIMIT); /* ratio */
        small.ratio_max = UINT64_MAX;
        assert_true(zip_open(&arena, bytes, &small, &zip, &err));
        small.total_size_max = (8 << 20) - 1;
        assert_false(zip_open(&arena, bytes, &small, &zip, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        small = (struct zip_limits){ 0, UINT64_MAX, UINT64_MAX };
        assert_false(zip_open(&arena, bytes, &small, &zip, &err));
        assert_int_equal(err.code, ERR_LIMIT);
}

static void a_size_that_lies_is_found(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip_fixture fixture = zip_fixture_make(&arena);
        struct buf pieces = buf_make(&arena);
        struct str bytes;
        struct zip zip;
        struct err err;

        zip_fixture_add(&fixture, STR("a"), text_of(&arena, (size_t)3 << 20), true);
        zip = opened(&arena, zip_fixture_end(&fixture, STR_NONE));
        for (int step = -1; step <= 1; step += 2) {
                struct zip_entry lying = zip.entries[0];

                lying.size += (uint64_t)(int64_t)step;
                assert_false(zip_read(&zip, &lying, inflater, SIZE_MAX, &bytes, &err));
                assert_int_equal(err.code, ERR_SYNTAX);
                assert_false(zip_stream(&zip, &lying, inflater, collect, &pieces, &err));
                assert_int_equal(err.code, ERR_SYNTAX);
        }
        zip.entries[0].crc32 ^= 1;
        assert_false(zip_stream(&zip, &zip.entries[0], inflater, collect, &pieces, &err));
        assert_int_equal(err.code, ERR_MISMATCH);
        zip.entries[0].method = 12;
        assert_false(zip_read(&zip, &zip.entries[0], inflater, SIZE_MAX, &bytes, &err));
        assert_int_equal(err.code, ERR_UNSUPPORTED);
        zip.entries[0].method = 8;
        zip.entries[0].flags |= 1;
        assert_false(zip_read(&zip, &zip.entries[0], inflater, SIZE_MAX, &bytes, &err));
        assert_int_equal(err.code, ERR_UNSUPPORTED);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(files_are_listed_and_read),
                cmocka_unit_test(empty_archives_and_files_are_fine),
                cmocka_unit_test(comments_and_leading_bytes_are_skipped),
                cmocka_unit_test(duplicate_names_are_kept),
                cmocka_unit_test(large_files_come_in_pieces),
                cmocka_unit_test(zip64_is_read),
                cmocka_unit_test(no_changed_byte_changes_contents),
                cmocka_unit_test(every_cut_archive_is_refused),
                cmocka_unit_test(limits_are_kept),
                cmocka_unit_test(a_size_that_lies_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
