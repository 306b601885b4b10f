#include "modcache/memory.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

#include <libdeflate.h>
#include <string.h>

/* Another layout needs another magic. */
#define MAGIC "weirmem1"
#define ALIGNMENT 8

struct file_head {
        char magic[8];
        uint64_t size;  /* of the file */
        uint32_t crc32; /* of what follows this head */
        uint32_t record_count;
};

struct record_head {
        uint64_t size; /* of the record, this head included */
        struct file_stamp stamp;
        struct digest tree, folder;
        uint32_t zip_size, file_count; /* bytes of the path; files */
        uint64_t names_size;
};

struct record_file {
        struct digest digest;
        uint64_t size;
        uint64_t name_size;
};

_Static_assert(sizeof(struct file_head) % ALIGNMENT == 0, "parts are aligned");
_Static_assert(sizeof(struct record_head) % ALIGNMENT == 0, "parts are aligned");
_Static_assert(sizeof(struct record_file) % ALIGNMENT == 0, "parts are aligned");

struct modcache_memory {
        struct arena *arena;
        struct str path;
        struct file_map map;
        struct map old; /* zip's path to its record's bytes (struct str) */
        VEC(struct modcache_record) added;
};

static uint64_t padded(uint64_t size) {
        return (size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

/* The parts of a record, where its bytes have the sizes that its head says. */
struct record_view {
        struct record_head head;
        struct str zip, files, names;
};

static bool view_record(struct str bytes, struct record_view *ret_view) {
        struct record_view view;
        uint64_t at = sizeof(view.head), files_size;

        if (bytes.len < sizeof(view.head))
                return false;
        memcpy(&view.head, bytes.ptr, sizeof(view.head));
        files_size = (uint64_t)view.head.file_count * sizeof(struct record_file);
        if (view.head.names_size > bytes.len ||
            view.head.size !=
                    at + padded(view.head.zip_size) + files_size + padded(view.head.names_size) ||
            view.head.size > bytes.len)
                return false;
        view.zip = str_slice(bytes, at, at + view.head.zip_size);
        at += padded(view.head.zip_size);
        view.files = str_slice(bytes, at, at + files_size);
        at += files_size;
        view.names = str_slice(bytes, at, at + view.head.names_size);
        *ret_view = view;
        return true;
}

static bool is_whole(struct str bytes, struct file_head *ret_head) {
        if (bytes.len < sizeof(*ret_head))
                return false;
        memcpy(ret_head, bytes.ptr, sizeof(*ret_head));
        return memcmp(ret_head->magic, MAGIC, sizeof(ret_head->magic)) == 0 &&
               ret_head->size == bytes.len &&
               ret_head->crc32 == libdeflate_crc32(0, bytes.ptr + sizeof(*ret_head),
                                                   bytes.len - sizeof(*ret_head));
}

/* Notes each record of a memory file's bytes under its zip's path. */
static struct map index_records(struct arena *arena, struct str bytes) {
        struct map records = map_make(arena);
        struct file_head head;
        struct str rest;

        if (!is_whole(bytes, &head))
                return records;
        rest = str_slice(bytes, sizeof(head), bytes.len);
        for (uint32_t i = 0; i < head.record_count; i++) {
                struct str *record = ARENA_NEW(arena, struct str);
                struct record_view view;

                if (!view_record(rest, &view))
                        break;
                *record = str_slice(rest, 0, (size_t)view.head.size);
                *map_put(&records, view.zip) = record;
                rest = str_slice(rest, record->len, rest.len);
        }
        return records;
}

struct modcache_memory *modcache_memory_open(struct arena *arena, struct str path) {
        struct modcache_memory *memory = ARENA_NEW(arena, struct modcache_memory);
        struct err err;

        memory->arena = arena;
        memory->path = path;
        if (!file_map_open(path, MODCACHE_MEMORY_MAX, &memory->map, &err))
                memory->map.bytes = STR_NONE;
        memory->old = index_records(arena, memory->map.bytes);
        return memory;
}

void modcache_memory_close(struct modcache_memory **memory) {
        if (*memory)
                file_map_close(&(*memory)->map);
        *memory = NULL;
}

static bool read_files(const struct record_view *view, struct dirhash_file *files) {
        struct str names = view->names;

        for (uint32_t i = 0; i < view->head.file_count; i++) {
                struct record_file file;

                memcpy(&file, view->files.ptr + i * sizeof(file), sizeof(file));
                if (file.name_size > names.len)
                        return false;
                files[i] = (struct dirhash_file){
                        .name = str_slice(names, 0, (size_t)file.name_size),
                        .size = file.size,
                        .digest = file.digest,
                };
                names = str_slice(names, (size_t)file.name_size, names.len);
        }
        return true;
}

bool modcache_memory_find(const struct modcache_memory *memory, struct arena *arena, struct str zip,
                          const struct file_stamp *stamp, struct modcache_record *ret_record) {
        void **slot = map_get(&memory->old, zip);
        struct dirhash_file *files;
        struct record_view view;

        if (!slot || !view_record(*(const struct str *)*slot, &view) ||
            !file_stamp_eq(&view.head.stamp, stamp))
                return false;
        files = ARENA_ARRAY(arena, struct dirhash_file, view.head.file_count);
        if (!read_files(&view, files))
                return false;
        *ret_record = (struct modcache_record){
                .zip = view.zip,
                .stamp = *stamp,
                .tree = view.head.tree,
                .files = files,
                .file_count = view.head.file_count,
                .folder = view.head.folder,
        };
        return true;
}

void modcache_memory_add(struct modcache_memory *memory, const struct modcache_record *record) {
        *VEC_ADD(memory->arena, &memory->added) = *record;
}

static uint64_t names_size_of(const struct modcache_record *record) {
        uint64_t size = 0;

        for (size_t i = 0; i < record->file_count; i++)
                size += record->files[i].name.len;
        return size;
}

static uint64_t size_of(const struct modcache_record *record) {
        return sizeof(struct record_head) + padded(record->zip.len) +
               record->file_count * sizeof(struct record_file) + padded(names_size_of(record));
}

static void pad(struct buf *out) {
        while (out->len % ALIGNMENT)
                buf_add_char(out, '\0');
}

static void write_record(struct buf *out, const struct modcache_record *record) {
        struct record_head head = {
                .size = size_of(record),
                .stamp = record->stamp,
                .tree = record->tree,
                .folder = record->folder,
                .zip_size = (uint32_t)record->zip.len,
                .file_count = (uint32_t)record->file_count,
                .names_size = names_size_of(record),
        };

        buf_add(out, (struct str){ (const char *)&head, sizeof(head) });
        buf_add(out, record->zip);
        pad(out);
        for (size_t i = 0; i < record->file_count; i++) {
                struct record_file file = {
                        .digest = record->files[i].digest,
                        .size = record->files[i].size,
                        .name_size = record->files[i].name.len,
                };

                buf_add(out, (struct str){ (const char *)&file, sizeof(file) });
        }
        for (size_t i = 0; i < record->file_count; i++)
                buf_add(out, record->files[i].name);
        pad(out);
}

/* What lies in the file by now, which another run may have written since it was opened. */
static void write_old(struct buf *out, uint32_t *record_count, const struct map *written,
                      struct str bytes) {
        struct map old = index_records(out->arena, bytes);

        for (size_t i = 0; i < old.count; i++) {
                const struct str *record = old.entries[i].value;

                if (map_has(written, old.entries[i].key) ||
                    out->len + record->len > MODCACHE_MEMORY_MAX)
                        continue;
                buf_add(out, *record);
                ++*record_count;
        }
}

static void write_added(const struct modcache_memory *memory, struct buf *out,
                        uint32_t *record_count, struct map *written) {
        for (size_t i = memory->added.count; i-- > 0;) {
                const struct modcache_record *record = &memory->added.items[i];

                if (map_has(written, record->zip) ||
                    out->len + size_of(record) > MODCACHE_MEMORY_MAX)
                        continue;
                *map_put(written, record->zip) = NULL;
                write_record(out, record);
                ++*record_count;
        }
}

static struct str folder_of(struct str path) {
        struct str folder = STR("."), base;

        str_cut_last(path, '/', &folder, &base);
        return folder;
}

/* Room for everything at once: a buffer that grows would leave its halves behind in the arena. */
static struct buf buf_for(struct arena *arena, const struct modcache_memory *memory,
                          struct str now) {
        uint64_t size = sizeof(struct file_head) + now.len + 1;

        for (size_t i = 0; i < memory->added.count; i++)
                size += size_of(&memory->added.items[i]);
        size = MIN_OF(size, (uint64_t)MODCACHE_MEMORY_MAX + 1);
        return (struct buf){ .arena = arena, .ptr = arena_alloc(arena, size), .capacity = size };
}

bool modcache_memory_save(struct modcache_memory *memory, struct err *err) {
        AUTO_ARENA scratch = arena_make(memory->arena->budget);
        AUTO_FILE_MAP now = { STR_NONE };
        struct map written = map_make(&scratch);
        struct buf out;
        struct file_head head = { .magic = MAGIC };

        if (memory->added.count == 0)
                return true;
        if (!file_map_open(memory->path, MODCACHE_MEMORY_MAX, &now, err))
                now.bytes = STR_NONE;
        out = buf_for(&scratch, memory, now.bytes);
        buf_add(&out, (struct str){ (const char *)&head, sizeof(head) });
        write_added(memory, &out, &head.record_count, &written);
        write_old(&out, &head.record_count, &written, now.bytes);
        head.size = out.len;
        head.crc32 = libdeflate_crc32(0, out.ptr + sizeof(head), out.len - sizeof(head));
        memcpy(out.ptr, &head, sizeof(head));
        return file_make_dirs(folder_of(memory->path), err) &&
               file_write(memory->path, buf_str(&out), 0644, err);
}
