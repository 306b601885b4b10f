/* sys/http.h: fetching something from a URL.
 *
 * libcurl is opened at the first use of the network (dlopen), so that a program which never asks
 * the network neither needs nor loads it. Certificates are checked against the system's, or against
 * the file that the caller names (SSL_CERT_FILE, as Go takes it). Proxies are those of the
 * environment (https_proxy, no_proxy), as libcurl takes them. Only a caller that the user allowed
 * may call this. */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define HTTP_REDIRECTS_MAX 5
#define HTTP_CONNECT_MS 10000
#define HTTP_STALL_SECONDS 20 /* with less than 1 byte a second */

struct http_client;

/* A client that keeps connections for its next request. One thread at a time. ca_file may be empty.
 * ERR_OFFLINE with a mend where there is no libcurl on this host. Close before arena is dropped. */
MUST_USE bool http_open(struct arena *arena, struct str ca_file, struct http_client **ret_client,
                        struct err *err);
void http_close(struct http_client **client);
#define AUTO_HTTP_CLIENT __attribute__((cleanup(http_close)))

struct http_request {
        struct str url;
        size_t body_max;     /* bytes */
        uint32_t timeout_ms; /* for all of it */
        bool allow_plain;    /* http:// too; else only https://, redirects included */
};

/* GETs the body into arena. ERR_NOT_FOUND for 404 and 410, ERR_OFFLINE for any other status over
 * 299 and for every failure of the network, ERR_LIMIT over body_max, ERR_USAGE for a URL of another
 * scheme, ERR_INTERRUPTED. The message names the host and what went wrong, never credentials. */
MUST_USE bool http_get(struct http_client *client, const struct http_request *request,
                       struct arena *arena, struct str *ret_body, struct err *err);

/* url without the user and password that may stand in it. */
struct str http_url_shown(struct arena *arena, struct str url);
