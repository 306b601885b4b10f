#include "sys/http.h"

#include "base/buf.h"
#include "sys/interrupt.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <string.h>

#define AGENT "weir/" WEIR_VERSION

/* The functions of libcurl that are used; each is looked up by its own name. */
#define CURL_FUNCTIONS(X)                                                                          \
        X(CURL *, easy_init, (void))                                                               \
        X(void, easy_reset, (CURL *))                                                              \
        X(void, easy_cleanup, (CURL *))                                                            \
        X(CURLcode, easy_setopt, (CURL *, CURLoption, ...))                                        \
        X(CURLcode, easy_perform, (CURL *))                                                        \
        X(CURLcode, easy_getinfo, (CURL *, CURLINFO, ...))                                         \
        X(const char *, easy_strerror, (CURLcode))

struct http_client {
#define X(result, name, arguments) result(*name) arguments;
        CURL_FUNCTIONS(X)
#undef X
        void *library;
        CURL *handle;
        struct str ca_file;
        struct arena *arena;
};

/* Debian and Ubuntu name the builds by the TLS library behind them; any will do. */
static const char *const library_names[] = { "libcurl.so.4", "libcurl-gnutls.so.4",
                                             "libcurl-nss.so.4" };

static void *open_library(void) {
        void *library = NULL;

        for (size_t i = 0; i < COUNT_OF(library_names) && !library; i++)
                library = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
        return library;
}

static bool look_up(void *library, const char *name, void *ret_function, size_t size) {
        void *address = dlsym(library, name);

        memcpy(ret_function, &address, size); /* ISO C has no cast from void * to a function */
        return address != NULL;
}

static bool find_functions(struct http_client *client) {
        bool found = true;

#define X(result, name, arguments)                                                                 \
        found = found &&                                                                           \
                look_up(client->library, "curl_" #name, &client->name, sizeof(client->name));
        CURL_FUNCTIONS(X)
#undef X
        return found;
}

bool http_open(struct arena *arena, struct str ca_file, struct http_client **ret_client,
               struct err *err) {
        struct http_client *client = ARENA_NEW(arena, struct http_client);

        client->arena = arena;
        client->ca_file = ca_file;
        client->library = open_library();
        if (!client->library || !find_functions(client) ||
            !(client->handle = client->easy_init())) {
                http_close(&client);
                err_set(err, ERR_OFFLINE, "libcurl, which the network is asked with, is not here");
                return err_mend(err, "apt-get install libcurl4");
        }
        *ret_client = client;
        return true;
}

/* The library stays loaded: TLS libraries do not like to be unloaded. */
void http_close(struct http_client **client) {
        if (*client && (*client)->handle)
                (*client)->easy_cleanup((*client)->handle);
        *client = NULL;
}

struct str http_url_shown(struct arena *arena, struct str url) {
        size_t scheme_end = str_find_str(url, STR("://")), at;
        struct str host, path;

        if (scheme_end == SIZE_MAX)
                return url;
        host = str_slice(url, scheme_end + 3, url.len);
        path = str_slice(host, str_find(host, '/'), host.len);
        host = str_slice(host, 0, host.len - path.len);
        at = str_find_last(host, '@');
        if (at == SIZE_MAX)
                return url;
        return str_fmt(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(url, 0, scheme_end + 3)),
                       STR_ARG(str_slice(host, at + 1, host.len)), STR_ARG(path));
}

/* What arrives, while a request is under way. */
struct body {
        struct buf bytes;
        size_t max;
        bool is_over;
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *ctx) {
        struct body *body = ctx;
        size_t len = size * count;

        body->is_over = len > body->max - body->bytes.len;
        if (body->is_over)
                return 0;
        buf_add(&body->bytes, (struct str){ bytes, len });
        return len;
}

static int stop_when_asked(void *ctx UNUSED, curl_off_t total UNUSED, curl_off_t now UNUSED,
                           curl_off_t up_total UNUSED, curl_off_t up_now UNUSED) {
        return interrupt_requested();
}

static bool set_options(struct http_client *c, const struct http_request *request,
                        struct body *body, char *words, struct arena *arena) {
        const char *schemes = request->allow_plain ? "http,https" : "https";
        CURL *h = c->handle;

        c->easy_reset(h);
        return (c->ca_file.len == 0 ||
                c->easy_setopt(h, CURLOPT_CAINFO, str_to_c(arena, c->ca_file)) == CURLE_OK) &&
               c->easy_setopt(h, CURLOPT_URL, str_to_c(arena, request->url)) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_PROTOCOLS_STR, schemes) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_REDIR_PROTOCOLS_STR, schemes) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_MAXREDIRS, (long)HTTP_REDIRECTS_MAX) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_USERAGENT, AGENT) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_SECONDS) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_ERRORBUFFER, words) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_WRITEDATA, body) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
               c->easy_setopt(h, CURLOPT_XFERINFOFUNCTION, stop_when_asked) == CURLE_OK;
}

static bool failed(struct http_client *c, CURLcode code, const struct http_request *request,
                   const struct body *body, const char *words, struct err *err) {
        struct str url = http_url_shown(c->arena, request->url);

        if (body->is_over)
                return err_at(err, ERR_LIMIT, url, 0, 0, "answers with more than %zu bytes",
                              request->body_max);
        if (code == CURLE_ABORTED_BY_CALLBACK)
                return err_at(err, ERR_INTERRUPTED, url, 0, 0, "interrupted");
        return err_at(err, code == CURLE_UNSUPPORTED_PROTOCOL ? ERR_USAGE : ERR_OFFLINE, url, 0, 0,
                      "%s", *words ? words : c->easy_strerror(code));
}

static bool check_status(struct http_client *c, const struct http_request *request,
                         struct err *err) {
        struct str url = http_url_shown(c->arena, request->url);
        long status = 0;

        c->easy_getinfo(c->handle, CURLINFO_RESPONSE_CODE, &status);
        if (status == 404 || status == 410)
                return err_at(err, ERR_NOT_FOUND, url, 0, 0, "not there (status %ld)", status);
        if (status < 200 || status > 299)
                return err_at(err, ERR_OFFLINE, url, 0, 0, "answers with status %ld", status);
        return true;
}

bool http_get(struct http_client *client, const struct http_request *request, struct arena *arena,
              struct str *ret_body, struct err *err) {
        struct body body = { buf_make(arena), request->body_max, false };
        char words[CURL_ERROR_SIZE] = "";
        CURLcode code;

        if (str_find(request->url, '\0') != SIZE_MAX)
                return err_set(err, ERR_USAGE, "a URL with a NUL in it");
        if (!set_options(client, request, &body, words, arena))
                return err_set(err, ERR_OFFLINE, "libcurl is too old: it lacks an option");
        code = client->easy_perform(client->handle);
        if (code != CURLE_OK)
                return failed(client, code, request, &body, words, err);
        if (!check_status(client, request, err))
                return false;
        *ret_body = buf_str(&body.bytes);
        return true;
}
