/* gomod/osv.h: one entry of a vulnerability database in the OSV format.
 *
 * Source: Open Source Vulnerability format 1.3 (ossf.github.io/osv-schema) as the Go vulnerability
 * database writes it (go.dev/doc/security/vuln/database); matching as golang.org/x/vuln's
 * internal/semver.Affects. Only what weir uses is read; unknown members are passed over. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define OSV_FILE_MAX ((size_t)16 << 20) /* bytes of one entry */

enum osv_event_kind { OSV_INTRODUCED, OSV_FIXED, OSV_LAST_AFFECTED };

struct osv_event {
        enum osv_event_kind kind;
        struct str version; /* "0": before every version; else with "v", as Go writes versions */
};

/* A range of type SEMVER, its events sorted by version. */
struct osv_range {
        struct osv_event *events;
        size_t event_count;
};

/* What an entry says about one module. */
struct osv_affected {
        struct str module;        /* a module path, "stdlib" or "toolchain" */
        struct osv_range *ranges; /* of type SEMVER; of other types none is read */
        size_t range_count;
        bool has_custom_ranges;  /* the Go database's ecosystem_specific.custom_ranges */
        struct str custom_fixed; /* the last fixed version that a custom range names; or empty */
};

struct osv_entry {
        struct str id, summary;
        struct str url; /* a page for people; empty where none is given */
        struct str published, modified, withdrawn; /* RFC 3339; empty where not given */
        struct str *aliases;                       /* CVE-..., GHSA-... */
        size_t alias_count;
        struct osv_affected *affected; /* of the ecosystem Go only */
        size_t affected_count;
};

/* Reads an entry; name is the file's name in errors. Copies into arena. ERR_SYNTAX with a place
 * where bytes are no JSON or a member has another type; ERR_LIMIT. */
MUST_USE bool osv_parse(struct arena *arena, struct str name, struct str bytes,
                        struct osv_entry *ret_entry, struct err *err);

/* Sorts events by version; "0" comes first, equal ones keep their order. */
void osv_sort_events(struct osv_event *events, size_t count);

/* "v1.2.3" of "1.2.3", "v1.2.3" or "go1.2.3". */
struct str osv_version(struct arena *arena, struct str version);

/* Whether version (with its "v") lies in the range: each introduced opens and counts itself, each
 * fixed closes and does not, each last_affected closes and does. A range without events holds every
 * version. *ret_fixed (may be NULL) is the fixed version that closes the part that version lies in;
 * empty where there is none. */
bool osv_range_has(const struct osv_range *range, struct str version, struct str *ret_fixed);

enum osv_answer {
        OSV_NOT_AFFECTED,
        OSV_AFFECTED,
        OSV_UNKNOWN /* only custom ranges tell: no range of type SEMVER says where it begins or
                       ends */
};

/* Whether a version of the module is affected. An empty version or "(devel)" is not; without any
 * range every version is. *ret_fixed as osv_range_has; untouched unless OSV_AFFECTED. */
enum osv_answer osv_affects(const struct osv_affected *affected, struct str version,
                            struct str *ret_fixed);
