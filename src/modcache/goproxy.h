/* modcache/goproxy.h: asking the module proxies that GOPROXY names.
 *
 * A list of proxies, tried in order: past "," the next one only after "not found" (404, 410), past
 * "|" after any error. https, http and file URLs are asked; "direct" (version control) is not: what
 * only it could tell is ERR_OFFLINE, as is everything after "off". Source: Go Modules Reference,
 * "GOPROXY protocol"; `go help goproxy`. Only a caller that the user allowed (--online) may open
 * one. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define GOPROXY_BODY_MAX ((size_t)16 << 20) /* bytes of a list, .info or .mod */
#define GOPROXY_TIMEOUT_MS 30000

struct goproxy;

struct goproxy_settings {
        struct str proxies; /* GOPROXY */
        struct str without; /* GONOPROXY (GOPRIVATE where it is not set): modules not asked for */
        struct str ca_file; /* SSL_CERT_FILE; may be empty */
};

/* One thread at a time. Close before arena is dropped. */
MUST_USE bool goproxy_open(struct arena *arena, const struct goproxy_settings *settings,
                           struct goproxy **ret_proxy, struct err *err);
void goproxy_close(struct goproxy **proxy);

/* The body of PATH/SUFFIX, the path escaped: suffix is "@v/list", "@latest", "@v/v1.2.3.mod" with
 * its version escaped by the caller. ERR_NOT_FOUND where every proxy says so. */
MUST_USE bool goproxy_get(struct goproxy *proxy, struct arena *arena, struct str path,
                          struct str suffix, struct str *ret_body, struct err *err);
