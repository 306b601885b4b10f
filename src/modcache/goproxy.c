#include "modcache/goproxy.h"

#include "gomod/modpath.h"
#include "sys/file.h"
#include "sys/http.h"

struct goproxy {
        struct arena *arena;
        struct goproxy_settings settings;
        struct http_client *client; /* NULL until the first http URL */
};

bool goproxy_open(struct arena *arena, const struct goproxy_settings *settings,
                  struct goproxy **ret_proxy, struct err *err UNUSED) {
        struct goproxy *proxy = ARENA_NEW(arena, struct goproxy);

        *proxy = (struct goproxy){ .arena = arena, .settings = *settings };
        *ret_proxy = proxy;
        return true;
}

void goproxy_close(struct goproxy **proxy) {
        if (*proxy && (*proxy)->client)
                http_close(&(*proxy)->client);
        *proxy = NULL;
}

static bool get_http(struct goproxy *proxy, struct arena *arena, struct str url,
                     struct str *ret_body, struct err *err) {
        struct http_request request = { .url = url,
                                        .body_max = GOPROXY_BODY_MAX,
                                        .timeout_ms = GOPROXY_TIMEOUT_MS,
                                        .allow_plain = str_has_prefix(url, STR("http://")) };

        if (!proxy->client &&
            !http_open(proxy->arena, proxy->settings.ca_file, &proxy->client, err))
                return false;
        return http_get(proxy->client, &request, arena, ret_body, err);
}

static bool get_from(struct goproxy *proxy, struct arena *arena, struct str base, struct str path,
                     struct str *ret_body, struct err *err) {
        struct str url = str_join_path(arena, base, path);

        if (str_has_prefix(base, STR("file://")))
                return file_read(arena, str_drop_prefix(url, STR("file://")), GOPROXY_BODY_MAX,
                                 ret_body, err);
        if (str_eq(base, STR("off")) || str_eq(base, STR("direct")))
                return err_set(err, ERR_OFFLINE, "GOPROXY says %.*s, and weir asks proxies only",
                               STR_ARG(base));
        return get_http(proxy, arena, url, ret_body, err);
}

/* Takes the next proxy off the list, and the separator behind it. */
static bool next_proxy(struct str *rest, struct str *ret_base, char *ret_separator) {
        size_t end = 0;

        if (!rest->len)
                return false;
        while (end < rest->len && rest->ptr[end] != ',' && rest->ptr[end] != '|')
                end++;
        *ret_separator = end < rest->len ? rest->ptr[end] : '\0';
        *ret_base = str_trim(str_slice(*rest, 0, end));
        *rest = str_slice(*rest, end + 1, rest->len);
        return true;
}

bool goproxy_get(struct goproxy *proxy, struct arena *arena, struct str path, struct str suffix,
                 struct str *ret_body, struct err *err) {
        struct str rest = proxy->settings.proxies, base, escaped;
        char separator;

        if (!modpath_escape(arena, path, &escaped, err))
                return false;
        if (modpath_matches_patterns(proxy->settings.without, path))
                return err_set(err, ERR_OFFLINE, "%.*s is private (GONOPROXY): no proxy is asked",
                               STR_ARG(path));
        err_set(err, ERR_OFFLINE, "GOPROXY names no proxy");
        while (next_proxy(&rest, &base, &separator)) {
                if (get_from(proxy, arena, base, str_join_path(arena, escaped, suffix), ret_body,
                             err))
                        return true;
                if (separator != '|' && err->code != ERR_NOT_FOUND)
                        return false;
        }
        return false;
}
