/* modload/embed.h: the files that //go:embed patterns name.
 *
 * Source: package embed, "Directives"; cmd/go/internal/load (resolveEmbed). */
#pragma once

#include "modload/package.h"

/* Files of one package; deepest folder below it. */
#define EMBED_FILES_MAX 1000000
#define EMBED_DEPTH_MAX 256

/* The files, relative to the folder, sorted, each once. ret_bad is the index of the pattern that
 * the go command refuses; err then has its words. Errors: ERR_SYNTAX (malformed pattern, a file
 * that cannot be embedded), ERR_NOT_FOUND (no match), ERR_LIMIT, ERR_IO. */
MUST_USE bool embed_files(const struct package_source *source, struct str folder,
                          const struct package_embeds *embeds, struct arena *arena,
                          struct str_list *ret_files, size_t *ret_bad, struct err *err);
