/* A file of the disk that is too large to be read at once: its data in pieces that overlap, so that
 * no secret is cut; what is a hole is passed over. */
#include "data/archive.h"
#include "facts/secrets_impl.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE ((size_t)64 << 20)
#define OVERLAP (2 * PATTERN_WINDOW)

static const struct text holes = { "the holes of a sparse file are passed over",
                                   "已跳过稀疏文件中的空洞" };

struct large {
        struct secrets_search *search;
        struct secrets_worker *worker;
        struct str file, path;
        int fd;
        char *buffer;
        uint32_t lines; /* line ends before the piece */
};

static uint32_t count_lines(struct str text) {
        uint32_t lines = 0;

        for (const char *at = text.ptr, *end = text.ptr + text.len;
             (at = memchr(at, '\n', (size_t)(end - at))); at++)
                lines++;
        return lines;
}

/* One piece; *ret_next is where the next one begins. */
static bool scan_piece(struct large *large, uint64_t start, uint64_t end, uint64_t *ret_next,
                       struct err *err) {
        size_t size = (size_t)MIN_OF(end - start, (uint64_t)PIECE_SIZE), step;
        struct scan_text text = { .path = large->file };

        if (!file_read_at(large->fd, large->path, start, large->buffer, size, &text.bytes.len, err))
                return false;
        text.bytes.ptr = large->buffer;
        secrets_scan_part(large->search, large->worker, &text, large->lines);
        arena_drop(&large->worker->arena);
        step = start + size < end ? size - OVERLAP : text.bytes.len;
        large->lines += count_lines(str_slice(text.bytes, 0, step));
        *ret_next = start + MAX_OF(step, (size_t)1);
        return true;
}

/* Such an archive is not unpacked, and what it holds is not told by its bytes. */
static bool refuse_archive(struct large *large, struct err *err) {
        char head[512];
        struct str bytes = { head, 0 };

        if (!file_read_at(large->fd, large->path, 0, head, sizeof(head), &bytes.len, err))
                return false;
        if (!archive_is(bytes))
                return true;
        (void)err_set(err, ERR_LIMIT, "an archive of over %zu bytes is not opened",
                      DATABASE_TEXT_MAX);
        return err_mend(err, "unpack it, and search what it holds: weir secrets DIR");
}

static bool scan_data(struct large *large, uint64_t size, struct err *err) {
        uint64_t at = 0, start, end, data = 0;

        while (file_next_data(large->fd, at, &start, &end)) {
                data += end - start;
                for (at = start; at < end && !interrupt_requested();)
                        if (!scan_piece(large, at, end, &at, err))
                                return false;
                at = end;
        }
        if (data < size)
                secrets_skip(large->search, large->file, &holes);
        return true;
}

bool secrets_scan_large(struct secrets_search *search, struct secrets_worker *worker,
                        struct str file, struct str path, struct err *err) {
        struct large large = { .search = search, .worker = worker };
        /* The worker's memory goes with each piece. */
        AUTO_ARENA arena = arena_make(search->job->arena->budget);
        AUTO_FD fd = -1;
        uint64_t size;
        bool ok;

        if (!file_open(path, &fd, &size, err))
                return false;
        large.file = str_dup(&arena, file);
        large.path = str_dup(&arena, path);
        large.fd = fd;
        large.buffer = malloc(PIECE_SIZE);
        if (!large.buffer)
                return err_set(err, ERR_LIMIT, "there is no memory to read it");
        ok = refuse_archive(&large, err) && scan_data(&large, size, err);
        free(large.buffer);
        return ok;
}
