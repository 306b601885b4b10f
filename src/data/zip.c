#define ZLIB_CONST

#include "data/zip.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Signatures and fixed lengths; the numbers in comments are sections of APPNOTE.TXT. */
#define LOCAL_SIGNATURE 0x04034b50u /* 4.3.7 */
#define LOCAL_SIZE 30
#define DESCRIPTOR_SIGNATURE 0x08074b50u /* 4.3.9.3 */
#define RECORD_SIGNATURE 0x02014b50u     /* 4.3.12 */
#define RECORD_SIZE 46
#define END64_SIGNATURE 0x06064b50u /* 4.3.14 */
#define END64_SIZE 56
#define LOCATOR_SIGNATURE 0x07064b50u /* 4.3.15 */
#define LOCATOR_SIZE 20
#define END_SIGNATURE 0x06054b50u /* 4.3.16 */
#define END_SIZE 22
#define COMMENT_MAX 0xffff
#define EXTRA_ZIP64 1 /* 4.5.3 */
#define FLAG_ENCRYPTED 1u
#define FLAG_DESCRIPTOR 8u
#define METHOD_STORED 0
#define METHOD_DEFLATED 8
#define SYSTEM_UNIX 3

/* A file up to this size is unpacked in one go, which is several times faster; a larger one passes
 * through a window, so that memory stays small whatever an archive holds. */
#define WHOLE_MAX ((uint64_t)2 << 20)
#define WINDOW_SIZE ((size_t)128 << 10)

const struct zip_limits zip_limits_default = {
        .entries_max = (size_t)1 << 20,
        .total_size_max = (uint64_t)2 << 30,
        .ratio_max = 500,
};

static uint16_t get16(const char *at) {
        const unsigned char *b = (const unsigned char *)at;

        return (uint16_t)(b[0] | b[1] << 8);
}

static uint32_t get32(const char *at) {
        return (uint32_t)get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const char *at) {
        return (uint64_t)get32(at) | (uint64_t)get32(at + 4) << 32;
}

/* Whether size bytes lie at offset. */
static bool has(struct str bytes, uint64_t offset, uint64_t size) {
        return offset <= bytes.len && size <= bytes.len - offset;
}

static bool has_signature(struct str bytes, uint64_t offset, uint32_t signature, uint64_t size) {
        return has(bytes, offset, size) && get32(bytes.ptr + offset) == signature;
}

/* Where the directory lies, as the record at the end of the archive says it. */
struct directory {
        uint64_t offset, size, count;
        uint64_t end;  /* where the record that describes it begins */
        uint64_t base; /* bytes before the archive proper: offsets count from here */
        bool is_zip64;
};

/* The end record is the last thing in the archive but for its comment, whose length it names. */
static bool find_end(struct str bytes, uint64_t *ret_at) {
        uint64_t lowest =
                bytes.len > END_SIZE + COMMENT_MAX ? bytes.len - END_SIZE - COMMENT_MAX : 0;

        for (uint64_t at = bytes.len - END_SIZE + 1; at-- > lowest;) {
                if (get32(bytes.ptr + at) != END_SIGNATURE)
                        continue;
                if (!has(bytes, at + END_SIZE, get16(bytes.ptr + at + 20)))
                        return false; /* a cut comment: the archive is not whole */
                *ret_at = at;
                return true;
        }
        return false;
}

static void read_end64(struct str bytes, struct directory *directory) {
        uint64_t at = directory->end - LOCATOR_SIZE, end64;

        if (directory->end < LOCATOR_SIZE ||
            !has_signature(bytes, at, LOCATOR_SIGNATURE, LOCATOR_SIZE))
                return;
        end64 = get64(bytes.ptr + at + 8);
        if (!has_signature(bytes, end64, END64_SIGNATURE, END64_SIZE))
                return;
        directory->count = get64(bytes.ptr + end64 + 32);
        directory->size = get64(bytes.ptr + end64 + 40);
        directory->offset = get64(bytes.ptr + end64 + 48);
        directory->end = end64;
        directory->is_zip64 = true;
}

static bool needs_zip64(const struct directory *directory) {
        return directory->count == UINT16_MAX || directory->size == UINT32_MAX ||
               directory->offset == UINT32_MAX;
}

static bool find_directory(struct str bytes, struct directory *ret_directory, struct err *err) {
        struct directory directory = { 0 };
        const char *end;

        if (bytes.len < END_SIZE || !find_end(bytes, &directory.end))
                return err_set(err, ERR_SYNTAX,
                               "not a whole zip archive: no end of central directory");
        end = bytes.ptr + directory.end;
        if (get16(end + 4) != 0 && get16(end + 4) != UINT16_MAX)
                return err_set(err, ERR_UNSUPPORTED, "zip archive of several disks");
        directory.count = get16(end + 10);
        directory.size = get32(end + 12);
        directory.offset = get32(end + 16);
        if (needs_zip64(&directory))
                read_end64(bytes, &directory);
        if (!has((struct str){ bytes.ptr, directory.end }, directory.offset, directory.size))
                return err_set(err, ERR_SYNTAX, "zip central directory lies outside the archive");
        directory.base = directory.end - directory.size - directory.offset;
        /* Some writers count from the first byte although something stands before the archive. */
        if (directory.base > 0 &&
            has_signature(bytes, directory.offset, RECORD_SIGNATURE, RECORD_SIZE))
                directory.base = 0;
        *ret_directory = directory;
        return true;
}

/* Takes the next 64-bit number of a zip64 field where the 32-bit one says that it stands there. */
static bool widen(uint64_t *value, struct str *field) {
        if (*value != UINT32_MAX)
                return true;
        if (field->len < 8)
                return false;
        *value = get64(field->ptr);
        *field = str_slice(*field, 8, field->len);
        return true;
}

static bool apply_zip64(struct zip_entry *entry, struct str extra) {
        while (extra.len >= 4) {
                uint16_t tag = get16(extra.ptr);
                size_t size = get16(extra.ptr + 2);
                struct str field = str_slice(extra, 4, 4 + size);

                if (field.len < size)
                        break;
                if (tag == EXTRA_ZIP64)
                        return widen(&entry->size, &field) && widen(&entry->packed_size, &field) &&
                               widen(&entry->header_offset, &field);
                extra = str_slice(extra, 4 + size, extra.len);
        }
        return entry->packed_size != UINT32_MAX && entry->header_offset != UINT32_MAX;
}

/* Reads one record at *at and moves *at behind it. */
static bool read_record(struct str bytes, const struct directory *directory, uint64_t *at,
                        struct zip_entry *ret_entry) {
        struct str region = { bytes.ptr, directory->end };
        const char *record = bytes.ptr + *at;
        uint64_t name_size, extra_size, comment_size;

        if (!has_signature(region, *at, RECORD_SIGNATURE, RECORD_SIZE))
                return false;
        name_size = get16(record + 28);
        extra_size = get16(record + 30);
        comment_size = get16(record + 32);
        if (!has(region, *at + RECORD_SIZE, name_size + extra_size + comment_size))
                return false;
        *ret_entry = (struct zip_entry){
                .name = { record + RECORD_SIZE, name_size },
                .flags = get16(record + 8),
                .method = get16(record + 10),
                .crc32 = get32(record + 16),
                .packed_size = get32(record + 20),
                .size = get32(record + 24),
                .header_offset = get32(record + 42),
                .mode = record[5] == SYSTEM_UNIX ? get32(record + 38) >> 16 : 0,
        };
        *at += RECORD_SIZE + name_size + extra_size + comment_size;
        return apply_zip64(ret_entry, (struct str){ record + RECORD_SIZE + name_size, extra_size });
}

static bool check_limits(const struct zip_entry *entry, const struct zip_limits *limits,
                         uint64_t *total, struct err *err) {
        if (__builtin_add_overflow(*total, entry->size, total) || *total > limits->total_size_max)
                return err_set(err, ERR_LIMIT, "zip archive unpacks to more than %llu bytes",
                               (unsigned long long)limits->total_size_max);
        if (entry->size >= (uint64_t)1 << 20 &&
            entry->size / MAX_OF(entry->packed_size, (uint64_t)1) > limits->ratio_max)
                return err_set(err, ERR_LIMIT, "%.*s in zip archive unpacks to %llu times its size",
                               STR_ARG(entry->name),
                               (unsigned long long)(entry->size /
                                                    MAX_OF(entry->packed_size, (uint64_t)1)));
        return true;
}

/* A count of 16 bits is only the lower part of the true one. */
static bool count_agrees(const struct directory *directory, size_t count) {
        return directory->is_zip64 ? directory->count == count
                                   : (directory->count & UINT16_MAX) == (count & UINT16_MAX);
}

static size_t count_records(struct str bytes, const struct directory *directory) {
        uint64_t at = directory->base + directory->offset;
        struct zip_entry entry;
        size_t count = 0;

        while (read_record(bytes, directory, &at, &entry))
                count++;
        return count;
}

static bool read_records(struct str bytes, const struct directory *directory,
                         const struct zip_limits *limits, struct zip *zip, struct err *err) {
        uint64_t at = directory->base + directory->offset, total = 0;

        for (size_t i = 0; i < zip->entry_count; i++) {
                struct zip_entry *entry = &zip->entries[i];

                if (!read_record(bytes, directory, &at, entry))
                        return err_set(err, ERR_SYNTAX, "broken record in zip central directory");
                if (__builtin_add_overflow(entry->header_offset, directory->base,
                                           &entry->header_offset))
                        return err_set(err, ERR_SYNTAX, "%.*s lies outside the zip archive",
                                       STR_ARG(entry->name));
                if (!check_limits(entry, limits, &total, err))
                        return false;
        }
        return true;
}

bool zip_open(struct arena *arena, struct str bytes, const struct zip_limits *limits,
              struct zip *ret_zip, struct err *err) {
        struct directory directory;
        struct zip zip = { .bytes = bytes };

        if (!find_directory(bytes, &directory, err))
                return false;
        zip.entry_count = count_records(bytes, &directory);
        if (!count_agrees(&directory, zip.entry_count))
                return err_set(err, ERR_SYNTAX,
                               "zip central directory is cut: it names %llu files and holds %zu",
                               (unsigned long long)directory.count, zip.entry_count);
        if (zip.entry_count > limits->entries_max)
                return err_set(err, ERR_LIMIT, "zip archive holds more than %zu files",
                               limits->entries_max);
        zip.entries = ARENA_ARRAY(arena, struct zip_entry, zip.entry_count);
        if (!read_records(bytes, &directory, limits, &zip, err))
                return false;
        *ret_zip = zip;
        return true;
}

bool zip_entry_is_dir(const struct zip_entry *entry) {
        return str_has_suffix(entry->name, STR("/"));
}

struct zip_inflater {
        struct libdeflate_decompressor *whole;
        char *buffer;
        size_t capacity;
        z_stream window; /* zlib's state, made at the first large file */
        bool window_ready;
};

struct zip_inflater *zip_inflater_open(void) {
        struct zip_inflater *inflater = calloc(1, sizeof(*inflater));

        if (!inflater)
                return NULL;
        inflater->whole = libdeflate_alloc_decompressor();
        if (!inflater->whole)
                zip_inflater_close(&inflater);
        return inflater;
}

void zip_inflater_close(struct zip_inflater **inflater) {
        struct zip_inflater *self = *inflater;

        if (!self)
                return;
        if (self->window_ready)
                inflateEnd(&self->window);
        libdeflate_free_decompressor(self->whole);
        free(self->buffer);
        free(self);
        *inflater = NULL;
}

static bool reserve(struct zip_inflater *inflater, size_t size, struct err *err) {
        if (size <= inflater->capacity)
                return true;
        free(inflater->buffer);
        inflater->buffer = malloc(size);
        inflater->capacity = inflater->buffer ? size : 0;
        return inflater->buffer || err_set(err, ERR_LIMIT, "no memory to unpack %zu bytes", size);
}

static bool broken(const struct zip_entry *entry, const char *how, struct err *err) {
        return err_set(err, ERR_SYNTAX, "%.*s in zip archive is broken: %s", STR_ARG(entry->name),
                       how);
}

static bool check_readable(const struct zip_entry *entry, struct err *err) {
        if (entry->flags & FLAG_ENCRYPTED)
                return err_set(err, ERR_UNSUPPORTED, "%.*s in zip archive is encrypted",
                               STR_ARG(entry->name));
        if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED)
                return err_set(err, ERR_UNSUPPORTED, "%.*s in zip archive is packed with method %u",
                               STR_ARG(entry->name), entry->method);
        return true;
}

/* The packed bytes, and what follows them. */
static bool find_packed(const struct zip *zip, const struct zip_entry *entry,
                        struct str *ret_packed, struct str *ret_after, struct err *err) {
        uint64_t at = entry->header_offset;

        if (!has_signature(zip->bytes, at, LOCAL_SIGNATURE, LOCAL_SIZE))
                return broken(entry, "no local header where the directory says", err);
        at += LOCAL_SIZE + (uint64_t)get16(zip->bytes.ptr + at + 26) +
              get16(zip->bytes.ptr + at + 28);
        if (!has(zip->bytes, at, entry->packed_size))
                return broken(entry, "it reaches past the end", err);
        *ret_packed = str_slice(zip->bytes, at, at + entry->packed_size);
        *ret_after = str_slice(zip->bytes, at + entry->packed_size, zip->bytes.len);
        return true;
}

/* A data descriptor repeats the checksum behind the bytes (4.3.9), with or without a signature. */
static bool descriptor_agrees(const struct zip_entry *entry, struct str after) {
        if (after.len >= 4 && get32(after.ptr) == DESCRIPTOR_SIGNATURE)
                after = str_slice(after, 4, after.len);
        return after.len >= 4 && get32(after.ptr) == entry->crc32;
}

/* As archive/zip has it: without a descriptor, a checksum of 0 means that none was recorded. */
static bool check_crc32(const struct zip_entry *entry, struct str after, uint32_t crc32,
                        struct err *err) {
        bool has_descriptor = entry->flags & FLAG_DESCRIPTOR;

        if (has_descriptor ? crc32 == entry->crc32 && descriptor_agrees(entry, after)
                           : crc32 == entry->crc32 || entry->crc32 == 0)
                return true;
        return err_set(err, ERR_MISMATCH, "%.*s in zip archive does not have its CRC-32",
                       STR_ARG(entry->name));
}

/* A folder has no bytes, whatever its packed size says. */
static bool read_dir(const struct zip_entry *entry, struct str *ret_bytes, struct err *err) {
        if (entry->size != 0)
                return broken(entry, "a folder with contents", err);
        *ret_bytes = STR_NONE;
        return true;
}

static bool unpack(const struct zip_entry *entry, struct zip_inflater *inflater, struct str packed,
                   struct str *ret_bytes, struct err *err) {
        size_t size = (size_t)entry->size;

        if (entry->method == METHOD_STORED) {
                *ret_bytes = packed;
                return packed.len == size || broken(entry, "stored with another size", err);
        }
        if (!reserve(inflater, MAX_OF(size, (size_t)1), err))
                return false;
        if (libdeflate_deflate_decompress(inflater->whole, packed.ptr, packed.len, inflater->buffer,
                                          size, NULL) != LIBDEFLATE_SUCCESS)
                return broken(entry, "its deflated bytes are invalid", err);
        *ret_bytes = (struct str){ inflater->buffer, size };
        return true;
}

bool zip_read(const struct zip *zip, const struct zip_entry *entry, struct zip_inflater *inflater,
              size_t max, struct str *ret_bytes, struct err *err) {
        struct str packed, after, bytes;

        if (entry->size > max)
                return err_set(err, ERR_LIMIT, "%.*s in zip archive has more than %zu bytes",
                               STR_ARG(entry->name), max);
        if (!check_readable(entry, err) || !find_packed(zip, entry, &packed, &after, err))
                return false;
        if (zip_entry_is_dir(entry))
                return read_dir(entry, ret_bytes, err);
        if (!unpack(entry, inflater, packed, &bytes, err) ||
            !check_crc32(entry, after, libdeflate_crc32(0, bytes.ptr, bytes.len), err))
                return false;
        *ret_bytes = bytes;
        return true;
}

static bool open_window(struct zip_inflater *inflater, struct err *err) {
        if (!reserve(inflater, WINDOW_SIZE, err))
                return false;
        if (inflater->window_ready)
                return inflateReset(&inflater->window) == Z_OK ||
                       err_set(err, ERR_LIMIT, "zlib cannot start again");
        inflater->window = (z_stream){ 0 };
        if (inflateInit2(&inflater->window, -MAX_WBITS) != Z_OK)
                return err_set(err, ERR_LIMIT, "no memory to unpack");
        inflater->window_ready = true;
        return true;
}

/* zlib counts input in unsigned int. */
static void feed(z_stream *stream, struct str *packed) {
        struct str part = str_slice(*packed, 0, (size_t)1 << 30);

        if (stream->avail_in != 0)
                return;
        stream->next_in = (const Bytef *)part.ptr;
        stream->avail_in = (uInt)part.len;
        *packed = str_slice(*packed, part.len, packed->len);
}

static bool stream_window(const struct zip_entry *entry, struct zip_inflater *inflater,
                          struct str packed, uint32_t *ret_crc32, zip_sink *sink, void *ctx,
                          struct err *err) {
        z_stream *stream = &inflater->window;
        uint64_t done = 0;
        int status = Z_OK;

        if (!open_window(inflater, err))
                return false;
        *ret_crc32 = 0;
        while (status == Z_OK) {
                struct str piece = { inflater->buffer, 0 };

                feed(stream, &packed);
                stream->next_out = (Bytef *)inflater->buffer;
                stream->avail_out = WINDOW_SIZE;
                status = inflate(stream, Z_NO_FLUSH);
                piece.len = WINDOW_SIZE - stream->avail_out;
                done += piece.len;
                if ((status != Z_OK && status != Z_STREAM_END) || done > entry->size)
                        return broken(entry, "its deflated bytes are invalid", err);
                *ret_crc32 = libdeflate_crc32(*ret_crc32, piece.ptr, piece.len);
                sink(ctx, piece);
        }
        return done == entry->size || broken(entry, "it is shorter than recorded", err);
}

bool zip_stream(const struct zip *zip, const struct zip_entry *entry, struct zip_inflater *inflater,
                zip_sink *sink, void *ctx, struct err *err) {
        struct str packed, after, bytes;
        uint32_t crc32;

        if (entry->size <= WHOLE_MAX || entry->method == METHOD_STORED || zip_entry_is_dir(entry)) {
                if (!zip_read(zip, entry, inflater, SIZE_MAX, &bytes, err))
                        return false;
                sink(ctx, bytes);
                return true;
        }
        return check_readable(entry, err) && find_packed(zip, entry, &packed, &after, err) &&
               stream_window(entry, inflater, packed, &crc32, sink, ctx, err) &&
               check_crc32(entry, after, crc32, err);
}
