#include "cover/profile.h"

#include "cover/parts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE ((uint64_t)1 << 20)
#define HEAD_SIZE 64 /* bytes; the first line is shorter */
#define EXCERPT_MAX 60

/* One profile: a file, or bytes. */
struct source {
        struct str path;
        const struct cover_input *input; /* while it is read; NULL: bytes */
        struct str bytes;
        uint64_t size, start; /* start: behind the first line, which tells the mode */
        bool is_text;
        uint64_t *piece_lines; /* lines of each piece, once they are read */
        uint32_t piece_count;
};

struct cover_profile {
        struct arena arena;
        struct cover_workers workers;
        struct cover_sum sum;
        enum cover_mode mode;
        struct str mode_path; /* the profile that set the mode */
        VEC(struct source) sources;
        struct cover_parts parts[COVER_THREADS_MAX];
        size_t part_count;
        struct cover_file *files;
        size_t file_count;
};

struct cover_profile *cover_profile_make(struct arena *arena, struct cover_workers workers,
                                         uint64_t count_max) {
        struct cover_profile *profile = ARENA_NEW(arena, struct cover_profile);

        profile->arena = arena_make(arena->budget);
        profile->workers = workers;
        if (!workers.piece_size)
                profile->workers.piece_size = PIECE_SIZE;
        profile->sum.max = count_max;
        return profile;
}

void cover_profile_close(struct cover_profile **profile) {
        if (!*profile)
                return;
        for (size_t i = 0; i < (*profile)->part_count; i++)
                cover_parts_drop(&(*profile)->parts[i]);
        arena_drop(&(*profile)->arena);
        *profile = NULL;
}

enum cover_mode cover_profile_mode(const struct cover_profile *profile) {
        return profile->mode;
}

/* Makes the threads' parts as they are needed. */
static void want_parts(struct cover_profile *profile, size_t count) {
        for (; profile->part_count < count; profile->part_count++)
                cover_parts_init(&profile->parts[profile->part_count], profile->arena.budget,
                                 profile->sum);
}

static bool set_mode(struct cover_profile *profile, struct str path, uint32_t line,
                     enum cover_mode mode, struct err *err) {
        if (profile->mode == COVER_MODE_NONE) {
                profile->mode = mode;
                profile->sum.is_set = mode == COVER_SET;
                profile->mode_path = path;
        }
        if (profile->mode == mode)
                return true;
        err_at(err, ERR_MISMATCH, path, line, 0,
               "mode %s, but %.*s has mode %s: counts of different modes cannot be added",
               cover_mode_word(mode), STR_ARG(profile->mode_path), cover_mode_word(profile->mode));
        return err_mend(err, "make all profiles with the same -covermode");
}

/* ---- reading one piece ---- */

struct piece_result {
        uint64_t lines;
        enum cover_fault fault; /* of its line number `lines`, counted from 0 */
        bool failed;
        char excerpt[EXCERPT_MAX];
        struct err err; /* where reading failed */
};

/* A file that is read by several threads. */
struct reading {
        struct cover_profile *profile;
        struct source *source;
        uint32_t source_index;
        struct piece_result *results;
        _Atomic uint32_t next;       /* the next piece */
        _Atomic uint32_t stop_after; /* a piece that is faulty: later ones need not be read */
        char **buffers;
};

/* The bytes from `from` on, at least to the end of the line in which `to` lies. */
static bool piece_bytes(struct reading *reading, uint64_t from, uint64_t to, char *buffer,
                        struct str *ret_bytes, struct err *err) {
        const struct source *source = reading->source;
        size_t wanted = (size_t)MIN_OF(to + COVER_LINE_LENGTH_MAX + 1, source->size) - (size_t)from;
        size_t got;

        if (!source->input) {
                *ret_bytes = str_slice(source->bytes, (size_t)from, (size_t)from + wanted);
                return true;
        }
        if (!source->input->read(source->input->ctx, from, buffer, wanted, &got, err))
                return false;
        *ret_bytes = (struct str){ buffer, got };
        return got == wanted ||
               err_at(err, ERR_IO, source->path, 0, 0, "became shorter while it was read");
}

static enum cover_fault read_line(struct reading *reading, struct cover_parts *parts,
                                  struct str line, struct cover_origin origin) {
        struct cover_block block;
        enum cover_fault fault;
        enum cover_mode mode;
        struct str name;

        fault = cover_line_parse(line, &name, &block);
        if (fault == COVER_FAULT_NONE) {
                if (!parts->current || !str_eq(parts->current->name, name)) {
                        if (memchr(name.ptr, '\0', name.len))
                                return COVER_FAULT_NAME;
                        cover_parts_enter(parts, name, origin);
                }
                cover_parts_add(parts, &block);
                return COVER_FAULT_NONE;
        }
        if (!cover_mode_line(line, &mode))
                return fault;
        return mode == reading->profile->mode ? COVER_FAULT_NONE : COVER_FAULT_MODE;
}

/* Takes the next line off *rest: without its line end, which may be CR LF. Whoever writes a profile
 * ends its last line too. */
static enum cover_fault take_line(struct str *rest, struct str *ret_line) {
        const char *end = memchr(rest->ptr, '\n', rest->len);
        size_t length = end ? (size_t)(end - rest->ptr) : rest->len;

        if (length > COVER_LINE_LENGTH_MAX)
                return COVER_FAULT_LONG;
        *ret_line = (struct str){ rest->ptr, length };
        *rest = str_slice(*rest, end ? length + 1 : length, rest->len);
        if (length && ret_line->ptr[length - 1] == '\r')
                ret_line->len--;
        return end ? COVER_FAULT_NONE : COVER_FAULT_CUT;
}

static void note_excerpt(struct piece_result *result, struct str line) {
        struct str excerpt = str_slice(line, 0, EXCERPT_MAX - 1);

        if (excerpt.len)
                memcpy(result->excerpt, excerpt.ptr, excerpt.len);
}

/* Reads plain lines of the current file, as nearly all are, until one is not. */
static void read_plain_lines(struct cover_parts *parts, struct str *rest, const char *stop,
                             uint64_t *lines) {
        size_t last = str_find_last(*rest, '\n');
        struct str whole = str_slice(*rest, 0, last == SIZE_MAX ? 0 : last + 1);
        struct cover_block block;

        while (whole.len && whole.ptr < stop &&
               cover_line_parse_next(&whole, parts->current->name, &block)) {
                cover_parts_add(parts, &block);
                ++*lines;
        }
        *rest = str_slice(*rest, (size_t)(whole.ptr - rest->ptr), rest->len);
}

/* Reads the lines that begin before stop. */
static void read_lines(struct reading *reading, struct cover_parts *parts, struct str rest,
                       const char *stop, uint32_t piece) {
        struct piece_result *result = &reading->results[piece];

        while (rest.len && rest.ptr < stop) {
                struct cover_origin origin = { reading->source_index, piece, result->lines };
                struct str line = STR_NONE;

                result->fault = take_line(&rest, &line);
                if (result->fault == COVER_FAULT_NONE)
                        result->fault = read_line(reading, parts, line, origin);
                if (result->fault != COVER_FAULT_NONE) {
                        note_excerpt(result, line.len ? line : rest);
                        return;
                }
                result->lines++;
                if (parts->current)
                        read_plain_lines(parts, &rest, stop, &result->lines);
        }
}

/* A line belongs to the piece in which it begins: behind a line end, which may be the last byte of
 * the piece before. */
static void read_piece(struct reading *reading, struct cover_parts *parts, char *buffer,
                       uint32_t piece) {
        struct piece_result *result = &reading->results[piece];
        uint64_t piece_size = reading->profile->workers.piece_size;
        uint64_t from = reading->source->start + piece * piece_size;
        uint64_t to = MIN_OF(from + piece_size, reading->source->size);
        uint64_t back = piece ? 1 : 0;
        struct str bytes;
        const char *stop;

        result->failed = !piece_bytes(reading, from - back, to, buffer, &bytes, &result->err);
        if (result->failed || !bytes.len)
                return;
        stop = bytes.ptr + back + (to - from);
        if (back) {
                size_t at = str_find(bytes, '\n');

                bytes = at == SIZE_MAX ? STR_NONE : str_slice(bytes, at + 1, bytes.len);
        }
        read_lines(reading, parts, bytes, stop, piece);
}

static void read_pieces(void *ctx, size_t index) {
        struct reading *reading = ctx;
        struct cover_parts *parts = &reading->profile->parts[index];
        uint32_t piece;

        parts->current = NULL;
        while ((piece = atomic_fetch_add(&reading->next, 1)) < reading->source->piece_count &&
               piece < reading->stop_after) {
                read_piece(reading, parts, reading->buffers[index], piece);
                if (reading->results[piece].failed ||
                    reading->results[piece].fault != COVER_FAULT_NONE)
                        reading->stop_after = 0;
        }
        cover_parts_flush(parts);
}

/* ---- reading one profile ---- */

/* Pieces are taken in order, and each that was taken is read to its end: so all before the first
 * faulty one are counted. */
static bool check_results(struct reading *reading, struct err *err) {
        const struct source *source = reading->source;
        uint64_t line = 2;

        for (uint32_t i = 0; i < source->piece_count; i++) {
                const struct piece_result *result = &reading->results[i];

                line += result->lines;
                source->piece_lines[i] = result->lines;
                if (result->failed) {
                        *err = result->err;
                        return false;
                }
                if (result->fault == COVER_FAULT_NONE)
                        continue;
                err_at(err,
                       result->fault == COVER_FAULT_MODE ? ERR_MISMATCH
                       : result->fault == COVER_FAULT_LARGE || result->fault == COVER_FAULT_LONG
                               ? ERR_LIMIT
                               : ERR_SYNTAX,
                       source->path, (uint32_t)MIN_OF(line, UINT32_MAX), 0, "\"%s\" %s",
                       result->excerpt, cover_fault_words(result->fault));
                return err_mend(err, result->fault == COVER_FAULT_MODE
                                             ? "make all profiles with the same -covermode"
                                             : "make the profile again: go test -coverprofile");
        }
        return true;
}

static void spread(const struct cover_profile *profile, size_t threads, struct reading *reading) {
        if (profile->workers.each)
                profile->workers.each(threads, (unsigned)threads, read_pieces, reading);
        else
                for (size_t i = 0; i < threads; i++)
                        read_pieces(reading, i);
}

static bool read_source(struct cover_profile *profile, struct source *source, struct err *err) {
        AUTO_ARENA scratch = arena_make(profile->arena.budget);
        struct reading reading = { .profile = profile,
                                   .source = source,
                                   .source_index = (uint32_t)profile->sources.count - 1,
                                   .stop_after = UINT32_MAX };
        uint64_t piece_size = profile->workers.piece_size;
        size_t threads;

        source->is_text = true;
        source->piece_count =
                (uint32_t)((source->size - source->start + piece_size - 1) / piece_size);
        source->piece_lines = ARENA_ARRAY(&profile->arena, uint64_t, source->piece_count);
        threads = MIN_OF(MAX_OF(profile->workers.threads, 1u), (unsigned)COVER_THREADS_MAX);
        threads = MIN_OF(threads, source->piece_count);
        reading.results = ARENA_ARRAY(&scratch, struct piece_result, source->piece_count);
        reading.buffers = ARENA_ARRAY(&scratch, char *, threads);
        for (size_t i = 0; i < threads && source->input; i++)
                reading.buffers[i] =
                        arena_alloc(&scratch, (size_t)piece_size + COVER_LINE_LENGTH_MAX + 2);
        want_parts(profile, threads);
        spread(profile, threads, &reading);
        return check_results(&reading, err);
}

static struct source *add_source(struct cover_profile *profile, struct str path, struct err *err) {
        struct source *source;

        if (profile->sources.count == COVER_SOURCES_MAX) {
                err_at(err, ERR_LIMIT, path, 0, 0, "more than %d profiles", COVER_SOURCES_MAX);
                return NULL;
        }
        source = VEC_ADD(&profile->arena, &profile->sources);
        *source = (struct source){ .path = str_dup(&profile->arena, path) };
        return source;
}

/* The first line must tell the mode. */
static bool read_mode(struct cover_profile *profile, struct source *source, struct str head,
                      struct err *err) {
        struct str rest = head, line = STR_NONE;
        enum cover_mode mode;

        if (!source->size) {
                err_at(err, ERR_SYNTAX, source->path, 0, 0, "is empty: no coverage profile");
                return err_mend(err, "make the profile again: go test -coverprofile");
        }
        if (take_line(&rest, &line) != COVER_FAULT_NONE || !cover_mode_line(line, &mode)) {
                err_at(err, ERR_SYNTAX, source->path, 1, 0,
                       "\"%.*s\" is not the first line of a coverage profile (mode: set, count or "
                       "atomic)",
                       STR_ARG(str_slice(line, 0, EXCERPT_MAX)));
                return err_mend(err, "name a file that go test -coverprofile wrote");
        }
        source->start = head.len - rest.len;
        return set_mode(profile, source->path, 1, mode, err);
}

bool cover_profile_add_bytes(struct cover_profile *profile, struct str name, struct str bytes,
                             struct err *err) {
        struct source *source = add_source(profile, name, err);

        if (!source)
                return false;
        source->bytes = bytes;
        source->size = bytes.len;
        return read_mode(profile, source, bytes, err) && read_source(profile, source, err);
}

bool cover_profile_add(struct cover_profile *profile, struct str name,
                       const struct cover_input *input, struct err *err) {
        struct source *source = add_source(profile, name, err);
        char head[HEAD_SIZE];
        size_t got;
        bool ok;

        if (!source || !input->read(input->ctx, 0, head, sizeof(head), &got, err))
                return false;
        if (input->size > COVER_SIZE_MAX)
                return err_at(err, ERR_LIMIT, name, 0, 0, "is larger than any coverage profile");
        source->size = input->size;
        if (!read_mode(profile, source, (struct str){ head, got }, err))
                return false;
        source->input = input;
        ok = read_source(profile, source, err);
        source->input = NULL;
        return ok;
}

bool cover_profile_add_blocks(struct cover_profile *profile, struct str path, enum cover_mode mode,
                              struct str name, const struct cover_block *blocks, size_t count,
                              struct err *err) {
        size_t known = profile->sources.count;
        struct cover_origin origin = { 0 };

        if ((!known || !str_eq(profile->sources.items[known - 1].path, path)) &&
            !add_source(profile, path, err))
                return false;
        if (!set_mode(profile, path, 0, mode, err))
                return false;
        if (!count)
                return true;
        want_parts(profile, 1);
        origin.source = (uint32_t)profile->sources.count - 1;
        cover_parts_enter(&profile->parts[0], name, origin);
        for (size_t i = 0; i < count; i++)
                cover_parts_add(&profile->parts[0], &blocks[i]);
        return true;
}

/* ---- merging what the threads have ---- */

static bool is_earlier(const struct cover_origin *a, const struct cover_origin *b) {
        if (a->source != b->source)
                return a->source < b->source;
        return a->piece != b->piece ? a->piece < b->piece : a->line < b->line;
}

/* Everything moves to the first thread's parts. */
static void gather(struct cover_profile *profile) {
        struct cover_parts *all = &profile->parts[0];

        for (size_t i = 1; i < profile->part_count; i++) {
                const struct map *by_name = &profile->parts[i].by_name;

                for (size_t j = 0; j < by_name->count; j++) {
                        const struct cover_part *part = by_name->entries[j].value;

                        cover_parts_enter(all, part->name, part->origin);
                        if (is_earlier(&part->origin, &all->current->origin))
                                all->current->origin = part->origin;
                        for (size_t k = 0; k < part->runs.count; k++)
                                cover_parts_push(all, part->runs.items[k]);
                }
        }
}

static int cmp_files(const void *a, const void *b) {
        return str_cmp(((const struct cover_file *)a)->name, ((const struct cover_file *)b)->name);
}

static uint32_t line_of(const struct source *source, const struct cover_origin *origin) {
        uint64_t line = origin->line + 2;

        if (!source->is_text)
                return 0;
        for (uint32_t i = 0; i < origin->piece; i++)
                line += source->piece_lines[i];
        return (uint32_t)MIN_OF(line, UINT32_MAX);
}

static void make_files(struct cover_profile *profile) {
        const struct map *by_name = &profile->parts[0].by_name;

        profile->files = ARENA_ARRAY(&profile->arena, struct cover_file, by_name->count);
        profile->file_count = by_name->count;
        for (size_t i = 0; i < by_name->count; i++) {
                struct cover_part *part = by_name->entries[i].value;
                const struct source *source = &profile->sources.items[part->origin.source];

                cover_parts_settle(&profile->parts[0], part);
                profile->files[i] = (struct cover_file){ .name = part->name,
                                                         .run = part->runs.items[0],
                                                         .source = source->path,
                                                         .line = line_of(source, &part->origin) };
        }
        if (by_name->count)
                qsort(profile->files, by_name->count, sizeof(*profile->files), cmp_files);
}

/* Where a file is named first: "cover.out:2". */
static struct str first_place(const struct cover_profile *profile, struct str name,
                              struct arena *arena) {
        void **part = map_get(&profile->parts[0].by_name, name);
        const struct cover_origin *origin = &((const struct cover_part *)*part)->origin;
        const struct source *source = &profile->sources.items[origin->source];

        if (!source->is_text)
                return source->path;
        return str_fmt(arena, "%.*s:%u", STR_ARG(source->path), line_of(source, origin));
}

static bool check_clash(struct cover_profile *profile, struct err *err) {
        for (size_t i = 0; i < profile->part_count; i++) {
                const struct cover_parts *parts = &profile->parts[i];
                const struct cover_block *block = &parts->clash;

                if (!parts->clash_file.len)
                        continue;
                err_at(err, ERR_MISMATCH, parts->clash_file, COVER_LINE(block->start), 0,
                       "block %u.%u,%u.%u is given with %u and with %u statements: the profiles are of "
                       "different sources (%.*s names the file first)",
                       COVER_LINE(block->start), COVER_COLUMN(block->start), COVER_LINE(block->end),
                       COVER_COLUMN(block->end), block->statements, parts->clash_statements,
                       STR_ARG(first_place(profile, parts->clash_file, &profile->arena)));
                return err_mend(err, "make all profiles from the same commit");
        }
        return true;
}

bool cover_profile_finish(struct cover_profile *profile, const struct cover_file **ret_files,
                          size_t *ret_count, struct err *err) {
        want_parts(profile, 1);
        cover_parts_flush(&profile->parts[0]);
        gather(profile);
        make_files(profile);
        if (!check_clash(profile, err))
                return false;
        *ret_files = profile->files;
        *ret_count = profile->file_count;
        return true;
}
