/* leak/quiet.h: values that are no secret, wherever they stand: placeholders, references,
 * documented examples, digests and ids. */
#pragma once

#include "base/str.h"

/* For any rule's secret: ${X}, $(...), {{...}}, <your-key>, changeme, password, xxxx, ****,
 * documented examples (AKIAIOSFODNN7EXAMPLE, the token of jwt.io, user:password@localhost, ...),
 * values of one repeated character or a plain sequence. It must never silence what a provider could
 * have made. */
bool quiet_is_placeholder(struct str value);

/* For generic values too: UUIDs, commit ids, image digests, data: URIs, URLs and paths, names of
 * environment variables, translations (Chinese too), dotted and dashed words, versions, dates. name
 * is what the value stands under; may be empty. */
bool quiet_is_no_secret(struct str name, struct str value);

/* Whether the line says that it is known: gitleaks:allow, pragma: allowlist secret,
 * trufflehog:ignore. */
bool quiet_line_is_allowed(struct str line);
