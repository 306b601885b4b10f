/* modcache/prove.h: that the module cache holds what was published, as `go mod verify` proves it.
 *
 * Each module's zip is mapped, every file in it is inflated and hashed, and the "h1:" sum is
 * compared with VERSION.ziphash and with go.sum; where extracted folders are asked for and one is
 * there, each of its files is hashed and compared with the zip's. Modules are proved in parallel.
 * Source of the rules: cmd/go/internal/modcmd/verify.go, golang.org/x/mod/sumdb/dirhash and zip.
 * Stricter than it: a zip that the go command would refuse to unpack is a damage. */
#pragma once

#include "gomod/dirhash.h"
#include "modcache/memory.h"
#include "modcache/modcache.h"
#include "sys/trace.h"

/* What is asked about one module. */
struct modcache_claim {
        struct str path, version;
        struct str sum; /* "h1:..." of go.sum; empty where go.sum has none: then not compared */
};

/* Those of the zip first: with one of them its files cannot be trusted. */
#define MODCACHE_DAMAGES(X)                                                                        \
        X(MODCACHE_ZIP_BROKEN)         /* truncated, no zip, a checksum of its own is wrong */     \
        X(MODCACHE_ZIP_RULES)          /* breaks a rule of module zips (gomod/modzip.h) */         \
        X(MODCACHE_ZIP_ALTERED)        /* its h1 is not the recorded one */                        \
        X(MODCACHE_ZIPHASH_ALTERED)    /* .ziphash is absent or wrong; zip and go.sum agree */     \
        X(MODCACHE_SUM_DIFFERS)        /* zip and .ziphash agree, go.sum has another hash */       \
        X(MODCACHE_FOLDER_CHANGED)     /* a file of the extracted folder has other bytes */        \
        X(MODCACHE_FOLDER_ADDED)       /* ... is not in the zip */                                 \
        X(MODCACHE_FOLDER_MISSING)     /* ... is in the zip and not there */                       \
        X(MODCACHE_FOLDER_NOT_REGULAR) /* ... is no file, nor a link to one */                     \
        X(MODCACHE_FOLDER_ALTERED)     /* the folder's h1 is not the recorded one; without the zip \
                                          no file can be named */

enum modcache_damage_kind {
#define X(name) name,
        MODCACHE_DAMAGES(X)
#undef X
};

struct modcache_damage {
        enum modcache_damage_kind kind;
        struct str file; /* the damaged file or folder, absolute */
        struct str name; /* its name inside the module; empty for a zip, a .ziphash, a folder */
        struct str got, want; /* sums, or digests in hexadecimal, where two were compared */
        struct str detail;    /* English; what is wrong where got and want do not say it */
};

enum modcache_state {
        MODCACHE_PROVED,  /* zip and folder are what was published */
        MODCACHE_DAMAGED, /* see damages */
        MODCACHE_UNJUDGED /* the zip is absent or something cannot be read, and no damage was seen:
                             see why */
};

struct modcache_proof {
        enum modcache_state state;
        bool zip_proved;    /* files are what was published; false: files may be empty or not */
        bool zip_absent;    /* the folder may have been judged all the same */
        bool remembered;    /* the zip's digests came from memory: nothing was inflated */
        bool folder_judged; /* an extracted folder was there and was compared */
        struct str zip;     /* absolute path */
        struct str sum;     /* h1 of the zip; empty where it could not be computed */
        struct dirhash_file *files; /* the zip's files, names inside the module, sorted by bytes */
        size_t file_count;
        struct modcache_damage *damages;
        size_t damage_count; /* at most MODCACHE_DAMAGES_MAX */
        size_t more_damages; /* that were found and not kept */
        struct err why;      /* for UNJUDGED: message and mend */
};

#define MODCACHE_DAMAGES_MAX 100     /* per module */
#define MODCACHE_PROVE_THREADS_MAX 8 /* each takes a few MiB: all stay far under 64 MiB */

struct modcache_prove_options {
        bool folders;                   /* prove extracted folders too */
        unsigned threads;               /* 0: one per processor; never over the maximum */
        struct modcache_memory *memory; /* NULL: hash everything, remember nothing */
        struct trace *trace;            /* may be NULL */
};

/* Proves claims[0 .. count) into proofs[0 .. count). Results live in arena; names of remembered
 * files live as long as the memory is open. What could not be read is in the proofs, never an
 * error. Memory that was learnt is added to options->memory; saving it is the caller's. After
 * interrupt_requested the rest is unjudged with ERR_INTERRUPTED. */
void modcache_prove(const struct modcache *cache, struct arena *arena,
                    const struct modcache_claim *claims, size_t count,
                    const struct modcache_prove_options *options, struct modcache_proof *proofs);

/* The file of the module's zip; NULL where the zip has no such file. */
const struct dirhash_file *modcache_proof_find(const struct modcache_proof *proof, struct str name);

/* The bytes of a file of a module whose zip is proved (or was asked for and is what it says): from
 * the extracted folder where its bytes have the digest, else from the zip. In arena, always with
 * the digest of file. Errors: ERR_LIMIT over max bytes, ERR_MISMATCH where neither has it any more,
 * and those of reading. */
MUST_USE bool modcache_proof_read(const struct modcache *cache, const struct modcache_claim *claim,
                                  const struct dirhash_file *file, size_t max, struct arena *arena,
                                  struct str *ret_bytes, struct err *err);
