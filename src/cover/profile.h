/* cover/profile.h: Go coverage profiles, read and merged.
 *
 * The text form: a line "mode: set|count|atomic", then one line for each block,
 *     import/path/file.go:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT
 * Merged as the go command's tools do: blocks of one place become one, set by OR, count and atomic
 * by sum; here sums stay at the largest number of Go's int. Any number of profiles, also several in
 * one file, each with its mode line, as `cat` leaves them. Lines may end in CR LF.
 *
 * Source: golang.org/x/tools/cover, profile.go (which cmd/cover uses). Stricter than it: numbers
 * have digits only; line, column and statements fit in 32 bits; an unknown mode, several modes, a
 * profile without any line, and a block that is given with different numbers of statements are
 * errors. */
#pragma once

#include "base/err.h"
#include "cover/line.h"

#define COVER_SOURCES_MAX 10000            /* profiles */
#define COVER_SIZE_MAX ((uint64_t)1 << 40) /* bytes of one profile */
#define COVER_THREADS_MAX 8                /* each has buffers of its own */
#define COVER_COUNT_MAX INT64_MAX

/* What all profiles together say of one source file. */
struct cover_file {
        struct str name;      /* as the profiles have it: import path, "/", file name */
        struct cover_run run; /* every block once, ascending */
        struct str source;    /* the profile that names it first, and the line there */
        uint32_t line;        /* 0: not a line of text */
};

struct cover_profile;

/* How the work is spread; the zero value reads in one thread. */
struct cover_workers {
        /* As sys/pool.h's pool_each; NULL: one after the other. */
        void (*each)(size_t count, unsigned threads, void (*task)(void *ctx, size_t index),
                     void *ctx);
        unsigned threads;    /* 0: 1; at most COVER_THREADS_MAX are used */
        uint64_t piece_size; /* bytes that a thread reads at a time; 0: 1 MiB */
};

/* Bytes that are read piece by piece, from several threads at once. */
struct cover_input {
        void *ctx;
        uint64_t size;
        /* The bytes from offset on, at most size: fewer only where the input has become shorter. */
        bool (*read)(void *ctx, uint64_t offset, char *buffer, size_t size, size_t *ret_read,
                     struct err *err);
};

/* An empty profile. Its memory is its own, under the budget of arena, until cover_profile_close.
 * Counts stop at count_max. */
struct cover_profile *cover_profile_make(struct arena *arena, struct cover_workers workers,
                                         uint64_t count_max);
void cover_profile_close(struct cover_profile **profile);
#define AUTO_COVER_PROFILE __attribute__((cleanup(cover_profile_close))) struct cover_profile

/* Adds a profile; name is what errors call it. Errors: ERR_SYNTAX and ERR_LIMIT with the line,
 * ERR_MISMATCH where the mode is another than before, those of input; the profile is then of no
 * use. */
MUST_USE bool cover_profile_add(struct cover_profile *profile, struct str name,
                                const struct cover_input *input, struct err *err);

/* The same from memory; name is what errors call it. */
MUST_USE bool cover_profile_add_bytes(struct cover_profile *profile, struct str name,
                                      struct str bytes, struct err *err);

/* Adds blocks that do not come as text: source is where from. The blocks may be in any order; the
 * name is copied. */
MUST_USE bool cover_profile_add_blocks(struct cover_profile *profile, struct str source,
                                       enum cover_mode mode, struct str name,
                                       const struct cover_block *blocks, size_t count,
                                       struct err *err);

/* Merges what was added: all files, sorted by name, which live until cover_profile_close. Call it
 * once, at the end. ERR_MISMATCH where a block has different numbers of statements: with the
 * profile and the line that say so. */
MUST_USE bool cover_profile_finish(struct cover_profile *profile,
                                   const struct cover_file **ret_files, size_t *ret_count,
                                   struct err *err);

/* COVER_MODE_NONE where nothing was added. */
enum cover_mode cover_profile_mode(const struct cover_profile *profile);
