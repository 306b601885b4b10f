#include "pipeline/platform.h"

#include "pipeline/templates.h"

#define MARK STR("Written by `weir init ")
#define URL_MAX 2000
#define SHA256_HEX 64

#define ACTIONS_EXPORT "echo \"$bin\" >>\"$GITHUB_PATH\""

const struct platform platforms[] = {
        { .name = "github",
          .title = "GitHub Actions",
          .path = ".github/workflows/weir.yml",
          .traces = { ".github/" },
          .hosts = { "github." },
          .template = pipeline_template_github,
          .warning = "::warning::",
          .error = "::error::",
          .bin = "$RUNNER_TEMP/weir-bin",
          .export = ACTIONS_EXPORT,
          .script_indent = 10,
          .step_indent = 6,
          .service_host = "localhost" },
        { .name = "gitlab",
          .title = "GitLab CI",
          .path = ".gitlab-ci.yml",
          .instead = ".gitlab/weir.gitlab-ci.yml",
          .join = "add to .gitlab-ci.yml:  include: [{local: .gitlab/weir.gitlab-ci.yml}]",
          .join_zh = "在 .gitlab-ci.yml 中加入：include: [{local: .gitlab/weir.gitlab-ci.yml}]",
          .traces = { ".gitlab-ci.yml", ".gitlab/" },
          .hosts = { "gitlab." },
          .template = pipeline_template_gitlab,
          .warning = "warning: ",
          .error = "error: ",
          .bin = "$(mktemp -d)",
          .export = "export PATH=\"$bin:$PATH\"",
          .script_indent = 6 },
        { .name = "gitea",
          .title = "Gitea Actions",
          .path = ".gitea/workflows/weir.yml",
          .traces = { ".gitea/" },
          .hosts = { "gitea." },
          .template = pipeline_template_gitea,
          .warning = "::warning::",
          .error = "::error::",
          .bin = "$RUNNER_TEMP/weir-bin",
          .export = ACTIONS_EXPORT,
          .script_indent = 10,
          .step_indent = 6 },
        { .name = "forgejo",
          .title = "Forgejo Actions",
          .path = ".forgejo/workflows/weir.yml",
          .traces = { ".forgejo/" },
          .hosts = { "codeberg.org", "forgejo." },
          .template = pipeline_template_gitea,
          .warning = "::warning::",
          .error = "::error::",
          .bin = "$RUNNER_TEMP/weir-bin",
          .export = ACTIONS_EXPORT,
          .script_indent = 10,
          .step_indent = 6 },
        { .name = "jenkins",
          .title = "Jenkins",
          .path = "Jenkinsfile",
          .instead = "Jenkinsfile.weir",
          .join = "make a multibranch job whose script path is Jenkinsfile.weir",
          .join_zh = "新建多分支流水线任务，脚本路径设为 Jenkinsfile.weir",
          .traces = { "Jenkinsfile" },
          .hosts = { "jenkins." },
          .template = pipeline_template_jenkins,
          .warning = "warning: ",
          .error = "error: ",
          .bin = "$WORKSPACE_TMP/weir-bin",
          .export = "",
          .script_indent = 24,
          .pairs_backslashes = true,
          .service_host = "localhost" },
};
const size_t platform_count = COUNT_OF(platforms);

const struct platform *platform_find(struct str name) {
        for (size_t i = 0; i < platform_count; i++)
                if (str_eq(str_of(platforms[i].name), name))
                        return &platforms[i];
        return NULL;
}

struct str remote_host(struct str url) {
        struct str scheme, rest = url, host, path, user;
        size_t at = str_find_str(url, STR("://"));

        if (at != SIZE_MAX) {
                scheme = str_slice(url, 0, at);
                if (str_eq(scheme, STR("file")))
                        return STR_NONE;
                rest = str_slice(url, at + 3, url.len);
                host = rest;
                str_cut(rest, '/', &host, &path);
        } else if (!str_cut(rest, ':', &host, &path) || str_contains(host, STR("/"))) {
                return STR_NONE;
        }
        str_cut_last(host, '@', &user, &host);
        str_cut(host, ':', &host, &path);
        return host;
}

static bool has_trace(const struct tree *tree, struct str trace) {
        if (str_has_suffix(trace, STR("/")))
                return tree_has_dir(tree, str_slice(trace, 0, trace.len - 1));
        return tree_find(tree, trace) != NULL;
}

static struct str trace_of(const struct platform *platform, const struct tree *tree) {
        for (size_t i = 0; i < COUNT_OF(platform->traces) && platform->traces[i]; i++)
                if (has_trace(tree, str_of(platform->traces[i])))
                        return str_of(platform->traces[i]);
        return STR_NONE;
}

/* "github." is at the start of a label of the host: github.com, git.github.example.com. */
static bool is_host_of(const struct platform *platform, struct str host) {
        for (size_t i = 0; i < COUNT_OF(platform->hosts) && platform->hosts[i]; i++) {
                size_t at = str_find_str(host, str_of(platform->hosts[i]));

                if (at == 0 || (at != SIZE_MAX && host.ptr[at - 1] == '.'))
                        return true;
        }
        return false;
}

struct platform_choice platform_choose(const struct tree *tree, struct str remote) {
        struct platform_choice first = { 0 };
        struct str host = remote_host(remote);
        const struct platform *remotes = NULL;

        for (size_t i = 0; i < platform_count; i++) {
                struct str trace = trace_of(&platforms[i], tree);

                if (host.len && !remotes && is_host_of(&platforms[i], host))
                        remotes = &platforms[i];
                if (trace.len && (!first.platform || &platforms[i] == remotes))
                        first = (struct platform_choice){ &platforms[i], PLATFORM_BY_TRACE, trace };
        }
        if (first.platform)
                return first;
        if (remotes)
                return (struct platform_choice){ remotes, PLATFORM_BY_REMOTE, host };
        return (struct platform_choice){ &platforms[0], PLATFORM_BY_DEFAULT, STR_NONE };
}

/* ---- where weir comes from ---- */

/* No user and password: whoever may read the file would have them. */
static bool is_host(struct str rest) {
        struct str host = rest, path;

        str_cut(rest, '/', &host, &path);
        return host.len && host.ptr[0] != '?' && !str_contains(host, STR("@"));
}

static bool is_url(struct str url) {
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789._~:/?%=&+@,-[]";

        if (!str_has_prefix(url, STR("https://")) || !is_host(str_slice(url, 8, url.len)))
                return false;
        for (size_t i = 0; i < url.len; i++)
                if (str_find(str_of(allowed), url.ptr[i]) == SIZE_MAX)
                        return false;
        return url.len <= URL_MAX && url.ptr[url.len - 1] != '/';
}

static bool is_sha256(struct str hex) {
        for (size_t i = 0; i < hex.len; i++)
                if (str_find(STR("0123456789abcdefABCDEF"), hex.ptr[i]) == SIZE_MAX)
                        return false;
        return hex.len == SHA256_HEX;
}

static struct str lower(struct arena *arena, struct str hex) {
        char *copy = arena_alloc(arena, hex.len);

        for (size_t i = 0; i < hex.len; i++)
                copy[i] = (char)(hex.ptr[i] >= 'A' && hex.ptr[i] <= 'Z' ? hex.ptr[i] + 'a' - 'A'
                                                                        : hex.ptr[i]);
        return (struct str){ copy, hex.len };
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* N.N.N at the start of text; 0 where none stands there. */
static size_t version_length(struct str text) {
        size_t i = 0, dots = 0;

        while (i < text.len && (is_digit(text.ptr[i]) || (text.ptr[i] == '.' && dots < 2 && i &&
                                                          is_digit(text.ptr[i - 1])))) {
                dots += text.ptr[i] == '.';
                i++;
        }
        return dots == 2 && is_digit(text.ptr[i - 1]) ? i : 0;
}

static struct str version_in(struct str url) {
        for (size_t i = 0; i < url.len; i++) {
                struct str rest = str_slice(url, i, url.len);
                bool starts = !i || (!is_digit(url.ptr[i - 1]) && url.ptr[i - 1] != '.');
                size_t length = starts ? version_length(rest) : 0;

                if (length)
                        return str_slice(rest, 0, length);
        }
        return STR_NONE;
}

bool pipeline_weir_parse(struct arena *arena, struct str text, struct pipeline_weir *ret_weir,
                         struct err *err) {
        struct str url, fragment;

        if (!str_cut_last(text, '#', &url, &fragment) ||
            !str_has_prefix(fragment, STR("sha256=")) ||
            !is_sha256(str_drop_prefix(fragment, STR("sha256=")))) {
                err_set(err, ERR_USAGE, "%.*s: no SHA-256 stands behind the URL", STR_ARG(text));
                return err_mend(err, "URL#sha256=HEX, with the 64 hex digits of sha256sum");
        }
        if (!is_url(url)) {
                err_set(err, ERR_USAGE, "%.*s is no URL that a pipeline file can hold",
                        STR_ARG(url));
                return err_mend(
                        err,
                        "an https URL of a file, without user and password, other characters as %%XX");
        }
        ret_weir->url = url;
        ret_weir->sha256 = lower(arena, str_drop_prefix(fragment, STR("sha256=")));
        ret_weir->version = version_in(url);
        return true;
}

bool pipeline_is_ours(struct str text) {
        struct str line;

        return str_next_line(&text, &line) && str_contains(line, MARK);
}
