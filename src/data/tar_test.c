/* Reading tar archives in every form that tar programs write. */
#include "base/buf.h"
#include "data/tar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

struct header {
        const char *name, *prefix, *link;
        char type;
        bool is_ustar;
};

static void set_checksum(char block[512]) {
        unsigned sum = 0;

        memset(block + 148, ' ', 8);
        for (size_t i = 0; i < 512; i++)
                sum += (unsigned char)block[i];
        snprintf(block + 148, 8, "%06o", sum);
}

static void add(struct buf *out, const struct header *header, struct str bytes) {
        char block[512] = { 0 };

        snprintf(block, 100, "%s", header->name);
        snprintf(block + 100, 8, "%07o", 0644u);
        snprintf(block + 124, 12, "%011zo", bytes.len);
        snprintf(block + 136, 12, "%011o", 1000000000u);
        block[156] = header->type;
        snprintf(block + 157, 100, "%s", header->link ? header->link : "");
        memcpy(block + 257,
               header->is_ustar ? "ustar\0"
                                  "00"
                                : "ustar  ",
               8);
        snprintf(block + 345, 155, "%s", header->prefix ? header->prefix : "");
        set_checksum(block);
        buf_add(out, (struct str){ block, 512 });
        buf_add(out, bytes);
        while (out->len % 512)
                buf_add_char(out, '\0');
}

static void end(struct buf *out) {
        static const char zeros[1024];

        buf_add(out, (struct str){ zeros, sizeof(zeros) });
}

static struct tar_entry next(struct tar *tar, struct arena *arena) {
        struct tar_entry entry = { 0 };
        bool more = false;
        struct err err;

        if (!tar_next(tar, arena, &entry, &more, &err))
                fail_msg("%s", err.message);
        assert_true(more);
        return entry;
}

static void assert_end(struct tar *tar, struct arena *arena) {
        struct tar_entry entry;
        bool more = true;
        struct err err;

        assert_true(tar_next(tar, arena, &entry, &more, &err));
        assert_false(more);
}

static void assert_refused(struct arena *arena, struct str bytes, enum err_code code) {
        struct tar tar = tar_open(bytes);
        struct tar_entry entry;
        bool more = true;
        struct err err = { 0 };

        while (more && tar_next(&tar, arena, &entry, &more, &err))
                continue;
        assert_int_equal(err.code, code);
}

static void plain_entries_are_read(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena);
        struct tar_entry entry;
        struct tar tar;

        add(&out, &(struct header){ .name = "dir/", .type = '5', .is_ustar = true }, STR_NONE);
        add(&out, &(struct header){ .name = "f", .prefix = "dir", .type = '0', .is_ustar = true },
            STR("hello"));
        add(&out, &(struct header){ .name = "old", .type = '\0' }, STR(""));
        add(&out, &(struct header){ .name = "l", .link = "dir/f", .type = '2' }, STR_NONE);
        end(&out);
        tar = tar_open(buf_str(&out));
        assert_int_equal(next(&tar, &arena).kind, TAR_DIR);
        entry = next(&tar, &arena);
        assert_true(str_eq(entry.name, STR("dir/f")) && str_eq(entry.bytes, STR("hello")));
        assert_int_equal(entry.kind, TAR_FILE);
        assert_int_equal(entry.mode, 0644);
        assert_int_equal(entry.mtime_seconds, 1000000000);
        entry = next(&tar, &arena);
        assert_true(str_eq(entry.name, STR("old")) && entry.bytes.len == 0);
        entry = next(&tar, &arena);
        assert_true(entry.kind == TAR_SYMLINK && str_eq(entry.link, STR("dir/f")));
        assert_end(&tar, &arena);
}

static void long_names_come_from_gnu_and_pax_records(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena);
        struct tar_entry entry;
        struct tar tar;

        add(&out, &(struct header){ .name = "././@LongLink", .type = 'L' }, STR("gnu/long\0"));
        add(&out, &(struct header){ .name = "short", .type = '0' }, STR("1"));
        add(&out, &(struct header){ .name = "pax", .type = 'g' }, STR("15 comment=abc\n"));
        add(&out, &(struct header){ .name = "pax", .type = 'x' },
            STR("17 path=pax/long\n19 mtime=12345.678\n10 size=2\n"));
        add(&out, &(struct header){ .name = "short", .type = '0' }, STR("22"));
        add(&out, &(struct header){ .name = "after", .type = '0' }, STR("3"));
        end(&out);
        tar = tar_open(buf_str(&out));
        entry = next(&tar, &arena);
        assert_true(str_eq(entry.name, STR("gnu/long")) && str_eq(entry.bytes, STR("1")));
        entry = next(&tar, &arena);
        assert_true(str_eq(entry.name, STR("pax/long")) && str_eq(entry.bytes, STR("22")));
        assert_int_equal(entry.mtime_seconds, 12345);
        assert_true(str_eq(next(&tar, &arena).name, STR("after")));
        assert_end(&tar, &arena);
}

static void broken_archives_are_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena), sparse = buf_make(&arena), pax = buf_make(&arena);

        add(&out, &(struct header){ .name = "f", .type = '0' }, STR("hello"));
        assert_refused(&arena, str_slice(buf_str(&out), 0, 100), ERR_SYNTAX);
        assert_refused(&arena, str_slice(buf_str(&out), 0, 515), ERR_SYNTAX);
        assert_refused(&arena, buf_str(&out), ERR_NONE); /* no end mark: as tar reads it */
        out.ptr[0] = 'g';
        assert_refused(&arena, buf_str(&out), ERR_SYNTAX);
        add(&sparse, &(struct header){ .name = "f", .type = 'S' }, STR_NONE);
        assert_refused(&arena, buf_str(&sparse), ERR_UNSUPPORTED);
        add(&pax, &(struct header){ .name = "p", .type = 'x' }, STR("99 path=a\n"));
        assert_refused(&arena, buf_str(&pax), ERR_SYNTAX);
}

static void huge_sizes_do_not_wrap(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf out = buf_make(&arena), pax = buf_make(&arena);

        add(&out, &(struct header){ .name = "f", .type = '0' }, STR_NONE);
        memcpy(out.ptr + 124, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
        set_checksum(out.ptr);
        assert_refused(&arena, buf_str(&out), ERR_SYNTAX);
        add(&pax, &(struct header){ .name = "p", .type = 'x' },
            STR("29 size=18446744073709551615\n"));
        add(&pax, &(struct header){ .name = "f", .type = '0' }, STR("x"));
        assert_refused(&arena, buf_str(&pax), ERR_SYNTAX);
}

static struct str packed(struct arena *arena, struct str bytes) {
        struct libdeflate_compressor *packer = libdeflate_alloc_compressor(6);
        size_t room = libdeflate_gzip_compress_bound(packer, bytes.len);
        char *out = arena_alloc(arena, room);
        size_t len = libdeflate_gzip_compress(packer, bytes.ptr, bytes.len, out, room);

        libdeflate_free_compressor(packer);
        return (struct str){ out, len };
}

static void gzip_members_are_joined(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str zeros = { arena_alloc(&arena, 300000), 300000 }, out;
        struct buf file = buf_make(&arena);
        struct err err;

        buf_add(&file, packed(&arena, zeros));
        buf_add(&file, packed(&arena, STR("tail")));
        assert_true(gzip_is(buf_str(&file)));
        assert_true(gzip_unpack(&arena, buf_str(&file), 300004, &out, &err));
        assert_int_equal(out.len, 300004);
        assert_true(str_has_suffix(out, STR("tail")));
        assert_false(gzip_unpack(&arena, buf_str(&file), 300003, &out, &err));
        assert_int_equal(err.code, ERR_LIMIT);
        file.ptr[20] ^= 1;
        assert_false(gzip_unpack(&arena, buf_str(&file), 1 << 20, &out, &err));
        assert_int_equal(err.code, ERR_SYNTAX);
        assert_false(gzip_unpack(&arena, STR("plain"), 1 << 20, &out, &err));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_entries_are_read),
                cmocka_unit_test(long_names_come_from_gnu_and_pax_records),
                cmocka_unit_test(broken_archives_are_refused),
                cmocka_unit_test(huge_sizes_do_not_wrap),
                cmocka_unit_test(gzip_members_are_joined),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
