#include "data/tar.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* Fields of a header block: POSIX.1-2017, pax, "ustar Interchange Format". */
#define BLOCK_SIZE 512
#define NAME_AT 0
#define NAME_SIZE 100
#define MODE_AT 100
#define SIZE_AT 124
#define MTIME_AT 136
#define CHECKSUM_AT 148
#define CHECKSUM_SIZE 8
#define TYPE_AT 156
#define LINK_AT 157
#define MAGIC_AT 257
#define PREFIX_AT 345
#define PREFIX_SIZE 155

/* What extended headers say about the entry that follows them. */
struct overrides {
        struct str name, link;
        bool has_name, has_link, has_size, has_mtime;
        uint64_t size;
        int64_t mtime_seconds;
};

struct tar tar_open(struct str bytes) {
        return (struct tar){ .bytes = bytes };
}

/* A field up to its first NUL. */
static struct str text_field(const char *block, size_t at, size_t size) {
        return (struct str){ block + at, strnlen(block + at, size) };
}

/* Octal digits between blanks, or base 256 where the top bit is set (GNU). */
static bool number_field(const char *block, size_t at, size_t size, uint64_t *ret_value) {
        const unsigned char *field = (const unsigned char *)block + at;
        struct str text = str_trim(text_field(block, at, size));
        uint64_t value = field[0] & 0x7f;

        if (field[0] & 0x80) {
                for (size_t i = 1; i < size; i++) {
                        if (value >> 55)
                                return false;
                        value = value << 8 | field[i];
                }
                *ret_value = value;
                return true;
        }
        value = 0;
        for (size_t i = 0; i < text.len; i++) {
                if (text.ptr[i] < '0' || text.ptr[i] > '7' || value >> 60)
                        return false;
                value = value << 3 | (uint64_t)(text.ptr[i] - '0');
        }
        *ret_value = value;
        return true;
}

/* The sum of all bytes of the block, those of the checksum field counted as blanks. */
static bool checksum_is_right(const char *block) {
        uint64_t sum = 0, recorded;

        for (size_t i = 0; i < BLOCK_SIZE; i++)
                sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_SIZE
                               ? ' '
                               : (unsigned char)block[i];
        return number_field(block, CHECKSUM_AT, CHECKSUM_SIZE, &recorded) && recorded == sum;
}

static bool is_zero_block(const char *block) {
        for (size_t i = 0; i < BLOCK_SIZE; i++)
                if (block[i])
                        return false;
        return true;
}

static bool cut(const struct tar *tar, struct err *err) {
        return err_set(err, ERR_SYNTAX, "tar archive is cut after %zu bytes", tar->bytes.len);
}

/* Takes the contents that follow a header, with their padding, off the archive. */
static bool take_contents(struct tar *tar, uint64_t size, struct str *ret_bytes, struct err *err) {
        uint64_t left = tar->bytes.len - tar->at;
        uint64_t padded = size + (BLOCK_SIZE - size % BLOCK_SIZE) % BLOCK_SIZE;

        if (size > left)
                return cut(tar, err);
        *ret_bytes = str_slice(tar->bytes, tar->at, tar->at + size);
        tar->at += (size_t)MIN_OF(padded, left); /* the last padding may be absent */
        return true;
}

static struct str ustar_name(const char *block, struct arena *arena) {
        struct str name = text_field(block, NAME_AT, NAME_SIZE), prefix = STR_NONE;

        if (memcmp(block + MAGIC_AT, "ustar\0", 6) == 0)
                prefix = text_field(block, PREFIX_AT, PREFIX_SIZE);
        return prefix.len ? str_fmt(arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(name)) : name;
}

/* Seconds with an optional fraction, which is dropped, and an optional minus. */
static bool parse_seconds(struct str text, int64_t *ret_seconds) {
        struct str whole = text, fraction;
        bool negative = str_has_prefix(text, STR("-"));
        uint64_t value;

        str_cut(text, '.', &whole, &fraction);
        if (!str_to_u64(str_drop_prefix(whole, STR("-")), &value) || value > INT64_MAX)
                return false;
        *ret_seconds = negative ? -(int64_t)value : (int64_t)value;
        return true;
}

static bool apply_pax_record(struct overrides *over, struct str key, struct str value,
                             struct err *err) {
        if (str_has_prefix(key, STR("GNU.sparse.")))
                return err_set(err, ERR_UNSUPPORTED, "tar archive holds sparse files");
        if (str_eq(key, STR("path"))) {
                over->name = value;
                over->has_name = true;
        } else if (str_eq(key, STR("linkpath"))) {
                over->link = value;
                over->has_link = true;
        } else if (str_eq(key, STR("size"))) {
                over->has_size = str_to_u64(value, &over->size);
                return over->has_size || err_set(err, ERR_SYNTAX, "bad size in pax header");
        } else if (str_eq(key, STR("mtime"))) {
                over->has_mtime = parse_seconds(value, &over->mtime_seconds);
        }
        return true;
}

/* Records "LENGTH KEY=VALUE\n"; LENGTH counts the whole record. */
static bool parse_pax(struct str text, struct overrides *over, struct err *err) {
        while (text.len) {
                struct str length, record, rest, key, value;
                uint64_t size;

                if (!str_cut(text, ' ', &length, &rest) || !str_to_u64(length, &size) ||
                    size > text.len || size < length.len + 2 || text.ptr[size - 1] != '\n')
                        return err_set(err, ERR_SYNTAX, "broken pax header in tar archive");
                record = str_slice(text, length.len + 1, (size_t)size - 1);
                if (!str_cut(record, '=', &key, &value))
                        return err_set(err, ERR_SYNTAX, "broken pax header in tar archive");
                if (!apply_pax_record(over, key, value, err))
                        return false;
                text = str_slice(text, (size_t)size, text.len);
        }
        return true;
}

static struct str until_nul(struct str text) {
        return str_slice(text, 0, str_find(text, '\0'));
}

/* Whether the header only speaks of the entry after it; what it says goes into over. Global pax
 * headers ('g') name no single file and are skipped. */
static bool apply_extension(char type, struct str contents, struct overrides *over,
                            struct err *err) {
        if (contents.len > TAR_NAME_MAX)
                return err_set(err, ERR_LIMIT, "extended header of over %zu bytes in tar archive",
                               TAR_NAME_MAX);
        if (type == 'x')
                return parse_pax(contents, over, err);
        if (type == 'L') {
                over->name = until_nul(contents);
                over->has_name = true;
        } else if (type == 'K') {
                over->link = until_nul(contents);
                over->has_link = true;
        }
        return true;
}

static bool is_extension(char type) {
        return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

static enum tar_kind kind_of(char type, struct str name) {
        switch (type) {
        case '\0': /* before POSIX a folder was a file whose name ends in a slash */
        case '0':
        case '7':
                return str_has_suffix(name, STR("/")) ? TAR_DIR : TAR_FILE;
        case '1':
                return TAR_HARDLINK;
        case '2':
                return TAR_SYMLINK;
        case '5':
                return TAR_DIR;
        default:
                return TAR_OTHER;
        }
}

/* Links, devices and folders have no contents, whatever their size field says. */
static bool has_contents(enum tar_kind kind) {
        return kind == TAR_FILE || kind == TAR_OTHER;
}

static bool make_entry(struct tar *tar, struct arena *arena, const char *block, uint64_t size,
                       const struct overrides *over, struct tar_entry *ret_entry, struct err *err) {
        char type = block[TYPE_AT];
        struct tar_entry entry = { 0 };
        uint64_t mode = 0, mtime = 0;

        if (type == 'S')
                return err_set(err, ERR_UNSUPPORTED, "tar archive holds sparse files");
        if (!number_field(block, MODE_AT, 8, &mode) || !number_field(block, MTIME_AT, 12, &mtime))
                return err_set(err, ERR_SYNTAX, "bad number in tar header");
        entry.name = over->has_name ? over->name : ustar_name(block, arena);
        entry.link = over->has_link ? over->link : text_field(block, LINK_AT, NAME_SIZE);
        entry.kind = kind_of(type, entry.name);
        entry.mode = (uint32_t)(mode & 07777);
        entry.mtime_seconds = over->has_mtime ? over->mtime_seconds : (int64_t)(mtime & INT64_MAX);
        if (has_contents(entry.kind) &&
            !take_contents(tar, over->has_size ? over->size : size, &entry.bytes, err))
                return false;
        *ret_entry = entry;
        return true;
}

/* The next header block; NULL at the end, which is a zero block or the last byte. */
static bool next_block(struct tar *tar, const char **ret_block, struct err *err) {
        *ret_block = NULL;
        if (tar->at == tar->bytes.len)
                return true;
        if (tar->bytes.len - tar->at < BLOCK_SIZE)
                return cut(tar, err);
        if (is_zero_block(tar->bytes.ptr + tar->at))
                return true;
        if (!checksum_is_right(tar->bytes.ptr + tar->at))
                return err_set(err, ERR_SYNTAX, "tar header at byte %zu has a wrong checksum",
                               tar->at);
        *ret_block = tar->bytes.ptr + tar->at;
        tar->at += BLOCK_SIZE;
        return true;
}

bool tar_next(struct tar *tar, struct arena *arena, struct tar_entry *ret_entry, bool *ret_more,
              struct err *err) {
        struct overrides over = { 0 };

        while (tar->count++ < TAR_ENTRIES_MAX) {
                struct str contents;
                const char *block;
                uint64_t size;

                if (!next_block(tar, &block, err))
                        return false;
                if (!block) {
                        *ret_more = false;
                        return true;
                }
                if (!number_field(block, SIZE_AT, 12, &size))
                        return err_set(err, ERR_SYNTAX, "bad size in tar header");
                if (!is_extension(block[TYPE_AT])) {
                        *ret_more = true;
                        return make_entry(tar, arena, block, size, &over, ret_entry, err);
                }
                if (!take_contents(tar, size, &contents, err) ||
                    !apply_extension(block[TYPE_AT], contents, &over, err))
                        return false;
        }
        return err_set(err, ERR_LIMIT, "tar archive holds more than %zu entries", TAR_ENTRIES_MAX);
}

bool gzip_is(struct str bytes) {
        return str_has_prefix(bytes, STR("\x1f\x8b"));
}

struct unpacking {
        struct arena *arena;
        char *ptr;
        size_t len, capacity, max;
};

static bool grow(struct unpacking *out, struct err *err) {
        size_t capacity = MIN_OF(MAX_OF(out->capacity * 2, (size_t)64 << 10), out->max);

        if (capacity == out->capacity)
                return err_set(err, ERR_LIMIT, "gzip file unpacks to more than %zu bytes",
                               out->max);
        out->ptr = arena_grow(out->arena, out->ptr, out->capacity, capacity);
        out->capacity = capacity;
        return true;
}

/* Unpacks one member behind what is there. The size in its trailer is only 32 bits wide and not to
 * be trusted, so the room is doubled until the member fits. */
static bool unpack_member(struct libdeflate_decompressor *inflater, struct str *bytes,
                          struct unpacking *out, struct err *err) {
        enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;

        while (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
                size_t used = 0, made = 0;

                result = libdeflate_gzip_decompress_ex(inflater, bytes->ptr, bytes->len,
                                                       out->ptr + out->len,
                                                       out->capacity - out->len, &used, &made);
                if (result == LIBDEFLATE_INSUFFICIENT_SPACE && !grow(out, err))
                        return false;
                if (result == LIBDEFLATE_SUCCESS) {
                        out->len += made;
                        *bytes = str_slice(*bytes, used, bytes->len);
                }
        }
        return result == LIBDEFLATE_SUCCESS || err_set(err, ERR_SYNTAX, "broken gzip file");
}

static bool unpack_members(struct libdeflate_decompressor *inflater, struct str bytes,
                           struct unpacking *out, struct err *err) {
        if (!grow(out, err))
                return false;
        do {
                if (!unpack_member(inflater, &bytes, out, err))
                        return false;
        } while (gzip_is(bytes)); /* zeros may pad the end, as on tape */
        return true;
}

bool gzip_unpack(struct arena *arena, struct str bytes, size_t max, struct str *ret_bytes,
                 struct err *err) {
        struct libdeflate_decompressor *inflater;
        struct unpacking out = { .arena = arena, .max = max };
        bool ok;

        if (!gzip_is(bytes))
                return err_set(err, ERR_SYNTAX, "not a gzip file");
        inflater = libdeflate_alloc_decompressor();
        if (!inflater)
                return err_set(err, ERR_LIMIT, "no memory to unpack");
        ok = unpack_members(inflater, bytes, &out, err);
        libdeflate_free_decompressor(inflater);
        if (ok)
                *ret_bytes = (struct str){ out.ptr, out.len };
        return ok;
}
