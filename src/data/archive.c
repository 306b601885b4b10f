#include "data/archive.h"

#include "data/tar.h"
#include "data/zip.h"

#include <string.h>

#define TAR_MAGIC_AT 257 /* POSIX ustar; GNU tar has the same five bytes */

const struct archive_limits archive_limits_default = {
        .depth_max = 8,
        .entries_max = (size_t)1 << 20,
        .total_size_max = (uint64_t)3 << 30,
        .file_size_max = (size_t)1 << 30,
};

struct walk {
        struct arena_budget *budget;
        const struct archive_limits *limits;
        const struct archive_visitor *visitor;
        uint64_t total;
        size_t entries;
        bool stopped;
};

static bool is_tar(struct str bytes) {
        return bytes.len >= 512 && !memcmp(bytes.ptr + TAR_MAGIC_AT, "ustar", 5);
}

static bool is_zip(struct str bytes) {
        return str_has_prefix(bytes, STR("PK\x03\x04")) || str_has_prefix(bytes, STR("PK\x05\x06"));
}

bool archive_is(struct str bytes) {
        return is_zip(bytes) || is_tar(bytes) || gzip_is(bytes);
}

static void walk_any(struct walk *walk, struct str path, struct str bytes, unsigned depth);

static void fail(struct walk *walk, struct str path, const struct err *err) {
        walk->visitor->failed(walk->visitor->ctx, path, err);
}

/* Past a limit the whole walk ends: what is left may be endless. */
static void stop_at_limit(struct walk *walk, struct str path, const char *what) {
        struct err err;

        (void)err_set(&err, ERR_LIMIT, "the archive has more %s than are looked into", what);
        fail(walk, path, &err);
        walk->stopped = true;
}

static bool count_file(struct walk *walk, struct str path, uint64_t size) {
        walk->total += size;
        walk->entries++;
        if (walk->entries > walk->limits->entries_max)
                stop_at_limit(walk, path, "files");
        else if (walk->total > walk->limits->total_size_max)
                stop_at_limit(walk, path, "bytes");
        return !walk->stopped;
}

static void visit(struct walk *walk, struct str path, struct str bytes, unsigned depth) {
        if (!count_file(walk, path, bytes.len))
                return;
        if (archive_is(bytes))
                walk_any(walk, path, bytes, depth + 1);
        else if (!walk->visitor->file(walk->visitor->ctx, path, bytes))
                walk->stopped = true;
}

static struct str path_in(struct arena *arena, struct str archive, struct str name) {
        while (str_has_prefix(name, STR("./")) || str_has_prefix(name, STR("/")))
                name = str_slice(name, name.ptr[0] == '/' ? 1 : 2, name.len);
        return str_fmt(arena, "%.*s!/%.*s", STR_ARG(archive), STR_ARG(name));
}

static size_t room(const struct walk *walk) {
        uint64_t left =
                walk->limits->total_size_max - MIN_OF(walk->total, walk->limits->total_size_max);

        return (size_t)MIN_OF(left, (uint64_t)walk->limits->file_size_max);
}

static void walk_zip_entry(struct walk *walk, const struct zip *zip, const struct zip_entry *entry,
                           struct zip_inflater *inflater, struct str archive, unsigned depth) {
        AUTO_ARENA arena = arena_make(walk->budget);
        struct str path = path_in(&arena, archive, entry->name), bytes;
        struct err err;

        if (!zip_read(zip, entry, inflater, room(walk), &bytes, &err)) {
                fail(walk, path, &err);
                return;
        }
        /* What is walked into needs the inflater's bytes beyond the next call. */
        if (archive_is(bytes))
                bytes = str_dup(&arena, bytes);
        visit(walk, path, bytes, depth);
}

static void walk_zip(struct walk *walk, struct str path, struct str bytes, unsigned depth) {
        AUTO_ARENA arena = arena_make(walk->budget);
        AUTO_ZIP_INFLATER struct zip_inflater *inflater = zip_inflater_open();
        struct zip zip;
        struct err err;

        if (!inflater)
                (void)err_set(&err, ERR_LIMIT, "there is no memory to unpack it");
        if (!inflater || !zip_open(&arena, bytes, &zip_limits_default, &zip, &err)) {
                fail(walk, path, &err);
                return;
        }
        for (size_t i = 0; i < zip.entry_count && !walk->stopped; i++)
                if (!zip_entry_is_dir(&zip.entries[i]))
                        walk_zip_entry(walk, &zip, &zip.entries[i], inflater, path, depth);
}

static void walk_tar(struct walk *walk, struct str path, struct str bytes, unsigned depth) {
        AUTO_ARENA arena = arena_make(walk->budget);
        struct tar tar = tar_open(bytes);
        bool more = true;

        while (more && !walk->stopped) {
                struct tar_entry entry;
                struct err err;

                if (!tar_next(&tar, &arena, &entry, &more, &err)) {
                        fail(walk, path, &err);
                        return;
                }
                if (more && entry.kind == TAR_FILE)
                        visit(walk, path_in(&arena, path, entry.name), entry.bytes, depth);
                arena_drop(&arena);
        }
}

/* The name of the only file that a gzip file holds. */
static struct str unpacked_name(struct str path) {
        struct str folder, name = path;

        (void)str_cut_last(path, '/', &folder, &name);
        return str_drop_suffix(name, STR(".gz"));
}

static void walk_gzip(struct walk *walk, struct str path, struct str bytes, unsigned depth) {
        AUTO_ARENA arena = arena_make(walk->budget);
        struct str unpacked;
        struct err err;

        if (!gzip_unpack(&arena, bytes, room(walk), &unpacked, &err))
                fail(walk, path, &err);
        else if (is_tar(unpacked) && count_file(walk, path, unpacked.len))
                walk_tar(walk, path, unpacked, depth);
        else if (!walk->stopped && !is_tar(unpacked))
                visit(walk, path_in(&arena, path, unpacked_name(path)), unpacked, depth);
}

static void walk_any(struct walk *walk, struct str path, struct str bytes, unsigned depth) {
        if (depth > walk->limits->depth_max)
                stop_at_limit(walk, path, "archives in each other");
        else if (is_zip(bytes))
                walk_zip(walk, path, bytes, depth);
        else if (is_tar(bytes))
                walk_tar(walk, path, bytes, depth);
        else
                walk_gzip(walk, path, bytes, depth);
}

void archive_walk(struct arena_budget *budget, struct str path, struct str bytes,
                  const struct archive_limits *limits, const struct archive_visitor *visitor) {
        struct walk walk = { .budget = budget, .limits = limits, .visitor = visitor };

        walk_any(&walk, path, bytes, 1);
}
