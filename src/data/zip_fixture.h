/* data/zip_fixture.h: zip archives made in memory, for tests only. */
#pragma once

#include "base/buf.h"

#include <libdeflate.h>
#include <string.h>

struct zip_fixture {
        struct buf body, directory;
        size_t count;
};

static inline struct zip_fixture zip_fixture_make(struct arena *arena) {
        return (struct zip_fixture){ .body = buf_make(arena), .directory = buf_make(arena) };
}

static inline void put_number(struct buf *buf, uint64_t value, unsigned size) {
        for (unsigned i = 0; i < size; i++)
                buf_add_char(buf, (char)(i < 8 ? value >> 8 * i & 0xff : 0));
}

static inline struct str zip_fixture_deflate(struct arena *arena, struct str bytes) {
        struct libdeflate_compressor *packer = libdeflate_alloc_compressor(6);
        size_t room = libdeflate_deflate_compress_bound(packer, bytes.len);
        char *out = arena_alloc(arena, room);
        size_t len = libdeflate_deflate_compress(packer, bytes.ptr, bytes.len, out, room);

        libdeflate_free_compressor(packer);
        return (struct str){ out, len };
}

/* The sixteen bytes that a local header and a directory record share. */
static inline void put_shared(struct buf *buf, uint16_t method, uint32_t crc32, size_t packed,
                              size_t size) {
        put_number(buf, method, 2);
        put_number(buf, 0, 4); /* time and date */
        put_number(buf, crc32, 4);
        put_number(buf, packed, 4);
        put_number(buf, size, 4);
}

static inline void zip_fixture_add(struct zip_fixture *zip, struct str name, struct str bytes,
                                   bool deflate) {
        struct str packed = deflate ? zip_fixture_deflate(zip->body.arena, bytes) : bytes;
        uint32_t crc32 = libdeflate_crc32(0, bytes.ptr, bytes.len);
        uint16_t method = deflate ? 8 : 0;
        size_t offset = zip->body.len;

        put_number(&zip->body, 0x04034b50, 4);
        put_number(&zip->body, 20, 2);
        put_number(&zip->body, 0, 2);
        put_shared(&zip->body, method, crc32, packed.len, bytes.len);
        put_number(&zip->body, name.len, 2);
        put_number(&zip->body, 0, 2);
        buf_add(&zip->body, name);
        buf_add(&zip->body, packed);

        put_number(&zip->directory, 0x02014b50, 4);
        put_number(&zip->directory, 20, 2);
        put_number(&zip->directory, 20, 2);
        put_number(&zip->directory, 0, 2);
        put_shared(&zip->directory, method, crc32, packed.len, bytes.len);
        put_number(&zip->directory, name.len, 2);
        put_number(&zip->directory, 0, 2); /* extra */
        put_number(&zip->directory, 0, 2); /* comment */
        put_number(&zip->directory, 0, 2); /* disk */
        put_number(&zip->directory, 0, 2); /* internal attributes */
        put_number(&zip->directory, 0, 4); /* external attributes */
        put_number(&zip->directory, offset, 4);
        buf_add(&zip->directory, name);
        zip->count++;
}

static inline struct str zip_fixture_end(struct zip_fixture *zip, struct str comment) {
        struct buf out = buf_make(zip->body.arena);

        buf_add(&out, buf_str(&zip->body));
        buf_add(&out, buf_str(&zip->directory));
        put_number(&out, 0x06054b50, 4);
        put_number(&out, 0, 4);
        put_number(&out, zip->count, 2);
        put_number(&out, zip->count, 2);
        put_number(&out, zip->directory.len, 4);
        put_number(&out, zip->body.len, 4);
        put_number(&out, comment.len, 2);
        buf_add(&out, comment);
        return buf_str(&out);
}
