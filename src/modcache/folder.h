/* modcache/folder.h: every file of an extracted module, as it lies on disk. */
#pragma once

#include "data/digest.h"
#include "modcache/modcache.h"
#include "sys/file.h"

struct folder_file {
        struct str name; /* relative to the folder, with `/` */
        bool is_regular; /* false: a symlink or special file */
        struct file_stamp stamp;
};

struct folder {
        struct str path;
        struct folder_file *files; /* sorted by name; folders have none of their own */
        size_t file_count;
        int64_t newest_ctime_ns;
};

/* Lists the folder at path. Errors: ERR_IO, ERR_NOT_FOUND, ERR_LIMIT (MODCACHE_FILES_MAX,
 * MODCACHE_DEPTH_MAX). */
MUST_USE bool folder_read(struct arena *arena, struct str path, struct folder *ret_folder,
                          struct err *err);

/* A digest of all names and stamps: while it is the same, no file has changed, come or gone. */
struct digest folder_identity(const struct folder *folder);
