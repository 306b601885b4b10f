/* modcache/modcache.h: what lies in a Go module cache (GOMODCACHE).
 *
 * Layout (Go Modules Reference, "Module cache"): cache/download/PATH/@v/VERSION.{info,mod,zip,
 * ziphash}, and PATH@VERSION/ with the extracted files. PATH and VERSION stand in their escaped
 * form ("!x" for an upper-case letter). Nothing here is trusted: what is read through this header
 * has not been proved (modcache/prove.h does that). Nothing is written, no socket is opened.
 *
 * A path or version that cannot be escaped is ERR_SYNTAX. Something that is not in the cache is
 * ERR_NOT_FOUND with the `go mod download` that mends it. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define MODCACHE_GO_MOD_MAX ((size_t)16 << 20) /* as golang.org/x/mod/zip.MaxGoMod */
#define MODCACHE_INFO_MAX ((size_t)1 << 20)    /* bytes of a .info, a .ziphash or a list file */
#define MODCACHE_ZIP_MAX ((size_t)500 << 20)   /* as golang.org/x/mod/zip.MaxZipFile */
#define MODCACHE_FILES_MAX ((size_t)1 << 18)   /* files of one extracted module */
#define MODCACHE_DEPTH_MAX 128                 /* folders inside each other */

/* A cache, opened. Plain data: may be copied and read from several threads; root is a view. */
struct modcache {
        struct str root; /* absolute */
};

/* The cache at root (GOMODCACHE). ERR_NOT_FOUND where there is no such folder, ERR_USAGE where root
 * is not absolute. */
MUST_USE bool modcache_open(struct str root, struct modcache *ret_cache, struct err *err);

/* The bytes of VERSION.mod. */
MUST_USE bool modcache_go_mod(const struct modcache *cache, struct arena *arena, struct str path,
                              struct str version, struct str *ret_bytes, struct err *err);

/* "h1:" of VERSION.mod, as it stands in a "/go.mod" line of go.sum. */
MUST_USE bool modcache_go_mod_sum(const struct modcache *cache, struct arena *arena,
                                  struct str path, struct str version, struct str *ret_sum,
                                  struct err *err);

/* "h1:" of the zip as VERSION.ziphash has it, as it stands in a line of go.sum: what was downloaded
 * then, without a proof that the zip is still the same. ERR_SYNTAX where the file holds no "h1:".
 */
MUST_USE bool modcache_zip_sum(const struct modcache *cache, struct arena *arena, struct str path,
                               struct str version, struct str *ret_sum, struct err *err);

/* The bytes of VERSION.info (JSON). version may also be a branch or revision that was asked for. */
MUST_USE bool modcache_info(const struct modcache *cache, struct arena *arena, struct str path,
                            struct str version, struct str *ret_bytes, struct err *err);

/* The versions of which a .mod, .info or .zip lies in the cache, sorted by bytes, unescaped. A
 * module that the cache has never heard of has none (no error). */
MUST_USE bool modcache_versions(const struct modcache *cache, struct arena *arena, struct str path,
                                struct str **ret_versions, size_t *ret_count, struct err *err);

/* Where a file of the module lies: cache/download/PATH/@v/VERSION plus suffix (".zip"). Absolute;
 * says nothing about whether it exists. */
MUST_USE bool modcache_download_path(const struct modcache *cache, struct arena *arena,
                                     struct str path, struct str version, struct str suffix,
                                     struct str *ret_file, struct err *err);

/* Where the extracted folder lies or would lie. */
MUST_USE bool modcache_dir_path(const struct modcache *cache, struct arena *arena, struct str path,
                                struct str version, struct str *ret_dir, struct err *err);

/* Whether the go command would use the extracted folder: it is there, no VERSION.partial says that
 * unpacking was interrupted, and there is a .ziphash (cmd/go/internal/modfetch.DownloadDir). arena
 * is for scratch. */
bool modcache_dir_is_whole(const struct modcache *cache, struct arena *arena, struct str path,
                           struct str version);

/* Fills err's mend with the command that fetches the module; returns false. */
bool modcache_mend_absent(struct err *err, struct str path, struct str version);
