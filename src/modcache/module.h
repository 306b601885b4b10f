/* modcache/module.h: the files of one module version, from its extracted folder or its zip.
 *
 * The extracted folder is taken where it is whole, because the go command reads it; else the zip,
 * mapped. Names are relative to the module's root, with `/`. Once open, a module may be read from
 * several threads. Contents are as they lie there, not proved (modcache/prove.h). */
#pragma once

#include "modcache/modcache.h"

struct modcache_module;

/* A name in a folder of a module. */
struct modcache_name {
        struct str name; /* one element, no slash */
        bool is_dir;
        bool is_regular; /* false: a folder, or a symlink or special file (never followed) */
};

/* Opens path@version. The module's own memory is in arena and must be closed before arena is
 * dropped. ERR_NOT_FOUND (with mend) where neither folder nor zip is there; ERR_SYNTAX where there
 * is only a broken zip. */
MUST_USE bool modcache_module_open(const struct modcache *cache, struct arena *arena,
                                   struct str path, struct str version,
                                   struct modcache_module **ret_module, struct err *err);
void modcache_module_close(struct modcache_module **module);
#define AUTO_MODCACHE_MODULE __attribute__((cleanup(modcache_module_close)))

/* The names directly inside dir ("" is the root), sorted by bytes. A folder that is not there has
 * none (no error). */
MUST_USE bool modcache_module_list(const struct modcache_module *module, struct arena *arena,
                                   struct str dir, struct modcache_name **ret_names,
                                   size_t *ret_count, struct err *err);

/* The bytes of a regular file, copied into arena. ERR_NOT_FOUND, ERR_LIMIT over max bytes,
 * ERR_MISMATCH where the zip's checksum differs. */
MUST_USE bool modcache_module_read(const struct modcache_module *module, struct arena *arena,
                                   struct str file, size_t max, struct str *ret_bytes,
                                   struct err *err);
