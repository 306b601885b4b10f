#include "cover/covdata.h"

#include "base/vec.h"

#include <string.h>

#define META_MAGIC STR("\0cvm")
#define COUNTER_MAGIC STR("\0cwm")
#define META_HEADER_SIZE 56
#define PACKAGE_HEADER_SIZE 44
#define COUNTER_HEADER_SIZE 32
#define COUNTER_FOOTER_SIZE 16
#define VERSION_MAX 1
#define FLAVOR_RAW 1
#define FLAVOR_ULEB 2

static const struct {
        struct str prefix;
        enum covdata_kind kind;
} names[] = { { STR_INIT("covmeta."), COVDATA_META },
              { STR_INIT("covcounters."), COVDATA_COUNTERS } };

static bool has_blank(struct str text) {
        for (size_t i = 0; i < text.len; i++)
                if (strchr(" \t\n\v\f\r", text.ptr[i]))
                        return true;
        return false;
}

/* Cuts ".123" off the end. */
static bool drop_number(struct str *text) {
        struct str before, number;
        uint64_t value;

        if (!str_cut_last(*text, '.', &before, &number) || !str_to_u64(number, &value))
                return false;
        *text = before;
        return true;
}

enum covdata_kind covdata_kind_of(struct str name, struct str *ret_hash) {
        for (size_t i = 0; i < COUNT_OF(names); i++) {
                struct str hash = str_drop_prefix(name, names[i].prefix);

                if (hash.len == name.len)
                        continue;
                if (names[i].kind == COVDATA_COUNTERS &&
                    (!drop_number(&hash) || !drop_number(&hash)))
                        return COVDATA_OTHER;
                if (!hash.len || has_blank(hash))
                        return COVDATA_OTHER;
                *ret_hash = hash;
                return names[i].kind;
        }
        return COVDATA_OTHER;
}

/* ---- reading numbers ---- */

/* Bytes that are taken from the front; bad once something is not there. */
struct reader {
        struct str bytes;
        size_t at;
        bool is_raw, is_big; /* how counters stand in it */
        bool bad;
};

static uint64_t take_fixed(struct reader *r, size_t size, bool is_big) {
        uint64_t value = 0;

        if (r->bytes.len - r->at < size) {
                r->bad = true;
                return 0;
        }
        for (size_t i = 0; i < size; i++) {
                size_t shift = 8 * (is_big ? size - 1 - i : i);

                value |= (uint64_t)(unsigned char)r->bytes.ptr[r->at + i] << shift;
        }
        r->at += size;
        return value;
}

static uint64_t take_u64(struct reader *r) {
        return take_fixed(r, 8, false);
}

static uint32_t take_u32(struct reader *r) {
        return (uint32_t)take_fixed(r, 4, false);
}

static uint64_t take_uleb(struct reader *r) {
        uint64_t value = 0;

        for (unsigned shift = 0; r->at < r->bytes.len && shift < 64; shift += 7) {
                unsigned char c = (unsigned char)r->bytes.ptr[r->at++];

                value |= (uint64_t)(c & 0x7f) << shift;
                if (!(c & 0x80))
                        return value;
        }
        r->bad = true;
        return 0;
}

static uint32_t take_uleb32(struct reader *r) {
        return (uint32_t)take_uleb(r);
}

static uint32_t take_counter(struct reader *r) {
        return r->is_raw ? (uint32_t)take_fixed(r, 4, r->is_big) : take_uleb32(r);
}

static struct str take_bytes(struct reader *r, uint64_t size) {
        struct str bytes = STR_NONE;

        if (r->bytes.len - r->at < size) {
                r->bad = true;
                return bytes;
        }
        bytes = str_slice(r->bytes, r->at, r->at + (size_t)size);
        r->at += (size_t)size;
        return bytes;
}

static bool fail_damaged(struct err *err, struct str file, const char *what) {
        err_at(err, ERR_SYNTAX, file, 0, 0, "%s", what);
        return err_mend(err, "run the program again with an empty GOCOVERDIR");
}

/* ---- covmeta ---- */

struct package {
        struct str bytes;
        uint32_t function_count;
        uint32_t **counters; /* one array for each function; NULL: it never ran */
        uint32_t *counter_counts;
};

struct covdata {
        struct arena *arena;
        struct str file;
        enum cover_mode mode;
        struct package *packages;
        uint64_t package_count;
};

/* The modes as a covmeta numbers them. */
static const enum cover_mode modes[] = { [1] = COVER_SET, [2] = COVER_COUNT, [3] = COVER_ATOMIC };

static bool read_package(struct covdata *data, struct str bytes, struct package *ret_package,
                         struct err *err) {
        struct package package = { .bytes = bytes };
        struct reader r = { .bytes = bytes };

        take_bytes(&r, PACKAGE_HEADER_SIZE - 4);
        package.function_count = take_u32(&r);
        if (r.bad || package.function_count > (bytes.len - r.at) / 4)
                return fail_damaged(err, data->file, "a package is cut short");
        package.counters = ARENA_ARRAY(data->arena, uint32_t *, package.function_count);
        package.counter_counts = ARENA_ARRAY(data->arena, uint32_t, package.function_count);
        *ret_package = package;
        return true;
}

static bool read_packages(struct covdata *data, struct reader *r, struct err *err) {
        struct reader lengths = *r;

        take_bytes(&lengths, data->package_count * 8);
        for (uint64_t i = 0; i < data->package_count; i++) {
                uint64_t offset = take_u64(r), length = take_u64(&lengths);

                if (r->bad || lengths.bad || offset > r->bytes.len ||
                    length > r->bytes.len - offset)
                        return fail_damaged(err, data->file, "is cut short");
                if (!read_package(data,
                                  str_slice(r->bytes, (size_t)offset, (size_t)(offset + length)),
                                  &data->packages[i], err))
                        return false;
        }
        return true;
}

static bool check_magic(struct reader *r, struct str magic, struct str file, struct err *err) {
        if (!str_eq(take_bytes(r, magic.len), magic))
                return fail_damaged(err, file, "is no coverage data of a Go program");
        if (take_u32(r) <= VERSION_MAX)
                return true;
        err_at(err, ERR_UNSUPPORTED, file, 0, 0, "is of a newer version of the format");
        return err_mend(err, "convert it: go tool covdata textfmt -i=DIR -o=FILE");
}

bool covdata_open(struct arena *arena, struct str file, struct str bytes, struct covdata **ret_data,
                  struct err *err) {
        struct covdata *data = ARENA_NEW(arena, struct covdata);
        struct reader r = { .bytes = bytes };
        uint64_t mode;

        *data = (struct covdata){ .arena = arena, .file = str_dup(arena, file) };
        if (!check_magic(&r, META_MAGIC, file, err))
                return false;
        take_u64(&r); /* length */
        data->package_count = take_u64(&r);
        take_bytes(&r, 16 + 4 + 4); /* hash, string table */
        mode = take_fixed(&r, 1, false);
        take_bytes(&r, 7); /* granularity, padding */
        if (r.bad || data->package_count > (bytes.len - r.at) / 16 ||
            data->package_count > COVDATA_PACKAGES_MAX)
                return fail_damaged(err, file, "is cut short");
        if (mode >= COUNT_OF(modes) || !modes[mode])
                return err_at(err, ERR_UNSUPPORTED, file, 0, 0, "has a mode that counts nothing");
        data->mode = modes[mode];
        data->packages = ARENA_ARRAY(arena, struct package, (size_t)data->package_count);
        if (!read_packages(data, &r, err))
                return false;
        *ret_data = data;
        return true;
}

/* ---- covcounters ---- */

static bool add_function(struct covdata *data, struct reader *r, struct str file, struct err *err) {
        uint32_t count = take_counter(r), package_index = take_counter(r);
        uint32_t index = take_counter(r), **counters;
        struct package *package;

        if (r->bad || package_index >= data->package_count ||
            index >= data->packages[package_index].function_count)
                return fail_damaged(err, file, "has counters of a function that is not there");
        /* A counter takes a byte at least. */
        if (count > COVDATA_UNITS_MAX || count > r->bytes.len - r->at)
                return fail_damaged(err, file, "is cut short");
        package = &data->packages[package_index];
        counters = &package->counters[index];
        if (!*counters) {
                *counters = ARENA_ARRAY(data->arena, uint32_t, count);
                package->counter_counts[index] = count;
        }
        if (package->counter_counts[index] != count)
                return fail_damaged(err, file, "has another number of blocks than other counters");
        for (uint32_t i = 0; i < count; i++) {
                struct cover_sum sum = { data->mode == COVER_SET, UINT32_MAX };
                uint32_t counter = take_counter(r);

                if (sum.is_set)
                        counter = counter != 0;
                (*counters)[i] = (uint32_t)cover_sum_counts(sum, (*counters)[i], counter);
        }
        return !r->bad || fail_damaged(err, file, "is cut short");
}

/* Behind the header: names and arguments of the process, which say nothing of coverage. */
static uint64_t read_preamble(struct reader *r) {
        uint64_t functions = take_u64(r);
        uint32_t strings = take_u32(r), arguments = take_u32(r);

        take_bytes(r, strings);
        take_bytes(r, arguments);
        if (r->at % 4)
                take_bytes(r, 4 - r->at % 4);
        return functions;
}

bool covdata_add(struct covdata *data, struct str file, struct str bytes, struct err *err) {
        struct reader r = { .bytes = bytes }, footer = { .bytes = bytes };
        uint64_t flavor, functions;

        if (bytes.len < COUNTER_HEADER_SIZE + COUNTER_FOOTER_SIZE)
                return fail_damaged(err, file, "is cut short");
        footer.at = bytes.len - COUNTER_FOOTER_SIZE;
        if (!check_magic(&r, COUNTER_MAGIC, file, err))
                return false;
        if (!str_eq(take_bytes(&footer, COUNTER_MAGIC.len), COUNTER_MAGIC))
                return fail_damaged(err, file, "is cut short");
        take_bytes(&r, 16); /* hash */
        flavor = take_fixed(&r, 1, false);
        r.is_raw = flavor == FLAVOR_RAW;
        r.is_big = take_fixed(&r, 1, false) != 0;
        take_bytes(&r, 6);
        if (flavor != FLAVOR_RAW && flavor != FLAVOR_ULEB)
                return fail_damaged(err, file, "has counters of an unknown form");
        functions = read_preamble(&r);
        for (uint64_t i = 0; i < functions; i++)
                if (!add_function(data, &r, file, err))
                        return false;
        return !r.bad || fail_damaged(err, file, "is cut short");
}

/* ---- blocks ---- */

struct strings {
        VEC(struct str) list;
};

static void read_strings(struct reader *r, struct arena *arena, struct strings *strings) {
        uint64_t count = take_uleb(r);

        for (uint64_t i = 0; i < count && !r->bad; i++)
                *VEC_ADD(arena, &strings->list) = take_bytes(r, take_uleb(r));
}

static struct cover_block take_unit(struct reader *r) {
        struct cover_block block;
        uint32_t line = take_uleb32(r);

        block.start = COVER_PLACE(line, take_uleb32(r));
        line = take_uleb32(r);
        block.end = COVER_PLACE(line, take_uleb32(r));
        block.statements = take_uleb32(r);
        block.count = 0;
        return block;
}

static bool emit_function(const struct covdata *data, const struct package *package, uint32_t index,
                          const struct strings *strings, struct cover_profile *profile,
                          struct err *err) {
        AUTO_ARENA scratch = arena_make(data->arena->budget);
        struct reader r = { .bytes = package->bytes,
                            .at = PACKAGE_HEADER_SIZE + 4 * (size_t)index };
        const uint32_t *counters = package->counters[index];
        struct cover_block *blocks;
        struct str name;
        uint32_t count, file, offset = take_u32(&r);

        r.at = MIN_OF(offset, package->bytes.len);
        count = take_uleb32(&r);
        take_uleb(&r); /* name */
        file = take_uleb32(&r);
        /* A block takes five bytes at least. */
        if (r.bad || file >= strings->list.count || count > (package->bytes.len - r.at) / 5 ||
            count > COVDATA_UNITS_MAX || (counters && package->counter_counts[index] < count))
                return fail_damaged(err, data->file, "has a function that is damaged");
        blocks = ARENA_ARRAY(&scratch, struct cover_block, count);
        for (uint32_t i = 0; i < count; i++) {
                blocks[i] = take_unit(&r);
                blocks[i].count = counters ? counters[i] : 0;
        }
        if (r.bad)
                return fail_damaged(err, data->file, "has a function that is damaged");
        name = strings->list.items[file];
        if (!name.len || memchr(name.ptr, '\0', name.len))
                return fail_damaged(err, data->file, "has a function without a file");
        return cover_profile_add_blocks(profile, data->file, data->mode, name, blocks, count, err);
}

static bool emit_package(const struct covdata *data, const struct package *package,
                         struct cover_profile *profile, struct err *err) {
        AUTO_ARENA scratch = arena_make(data->arena->budget);
        struct reader r = { .bytes = package->bytes };
        struct strings strings = { 0 };

        r.at = PACKAGE_HEADER_SIZE + 4 * (size_t)package->function_count;
        read_strings(&r, &scratch, &strings);
        if (r.bad)
                return fail_damaged(err, data->file, "has names that are cut short");
        for (uint32_t i = 0; i < package->function_count; i++)
                if (!emit_function(data, package, i, &strings, profile, err))
                        return false;
        return true;
}

bool covdata_emit(const struct covdata *data, struct cover_profile *profile, struct err *err) {
        for (uint64_t i = 0; i < data->package_count; i++)
                if (!emit_package(data, &data->packages[i], profile, err))
                        return false;
        return true;
}
