/* Pipeline files, from a plan. */
#include "base/buf.h"
#include "pipeline/platform.h"
#include "pipeline/services.h"
#include "pipeline/template.h"
#include "pipeline/templates.h"

#include <assert.h>
#include <string.h>

#define VALUES_MAX 48

struct writer {
        struct arena *arena;
        const struct platform *platform;
        const struct pipeline_plan *plan;
        struct template_value values[VALUES_MAX];
        size_t count;
};

static const struct {
        const char *name, *repository, *path, *version, *commit;
} actions[] = {
#define ACTION(name, repository, path, version, commit, date)                                      \
        { #name, repository, path, version, commit },
#include "pipeline/actions.def"
#undef ACTION
};

static void put(struct writer *w, const char *name, struct str text) {
        assert(w->count < VALUES_MAX);
        w->values[w->count++] = (struct template_value){ name, text };
}

static struct str expand(struct writer *w, const char *template) {
        return template_expand(w->arena, str_of(template), w->values, w->count);
}

static void put_actions(struct writer *w) {
        for (size_t i = 0; i < COUNT_OF(actions); i++)
                put(w, actions[i].name,
                    str_fmt(w->arena, "%s%s@%s # %s", actions[i].repository, actions[i].path,
                            actions[i].commit, actions[i].version));
}

/* ---- services ---- */

static bool has_service(const struct writer *w, size_t at) {
        const struct survey *survey = w->plan->survey;

        return !survey->starts_services && (survey->services >> at & 1);
}

static void service_container(struct buf *out, const struct service *service) {
        buf_printf(out, "  %s:\n    image: %s\n", service->name, service->image);
        if (service->settings)
                buf_printf(out, "    env:\n      %s\n", service->settings);
        buf_printf(out, "    ports: [\"%u:%u\"]\n", service->port, service->port);
        if (service->health)
                buf_printf(out,
                           "    options: >-\n      --health-cmd \"%s\"\n"
                           "      --health-interval 5s --health-timeout 5s --health-retries 24\n",
                           service->health);
}

/* As the `services` of a job of GitHub and its kin have them. */
static struct str service_containers(struct writer *w) {
        struct buf out = buf_make(w->arena);

        for (size_t i = 0; i < service_count; i++)
                if (has_service(w, i))
                        service_container(&out, &services[i]);
        if (!out.len)
                return STR_NONE;
        return template_indent(w->arena,
                               str_fmt(w->arena, "services:\n%.*s", STR_ARG(buf_str(&out))), 4);
}

struct str pipeline_service_vars(struct arena *arena, const struct platform *platform,
                                 const struct service *service) {
        const char *host = platform->service_host ? platform->service_host : service->name;
        struct template_value value = { "HOST", str_of(host) };

        return template_expand(arena, str_of(service->test_vars), &value, 1);
}

/* As GitLab has them: containers with an alias and their variables. */
static struct str gitlab_services(struct writer *w) {
        struct buf out = buf_make(w->arena);

        for (size_t i = 0; i < service_count; i++) {
                if (!has_service(w, i))
                        continue;
                buf_printf(&out, "- name: %s\n  alias: %s\n", services[i].image, services[i].name);
                if (services[i].settings)
                        buf_printf(&out, "  variables:\n    %s\n", services[i].settings);
        }
        return template_indent(w->arena, buf_str(&out), 4);
}

static struct str service_names(struct writer *w) {
        struct buf out = buf_make(w->arena);

        for (size_t i = 0; i < service_count; i++)
                if (has_service(w, i))
                        buf_printf(&out, "%s%s", out.len ? ", " : "", services[i].name);
        return buf_str(&out);
}

static void put_services(struct writer *w) {
        put(w, "SERVICES", service_containers(w));
        put(w, "GITLAB_SERVICES", gitlab_services(w));
        put(w, "SERVICE_NAMES", service_names(w));
}

/* ---- getting weir ---- */

static struct str get_weir_env(struct writer *w) {
        const struct pipeline_weir *weir = &w->plan->weir;
        struct buf out = buf_make(w->arena);

        if (weir->version.len)
                buf_printf(&out, "WEIR_VERSION: \"%.*s\"\n", STR_ARG(weir->version));
        buf_printf(&out, "WEIR_URL: \"%.*s\"\nWEIR_SHA256: \"%.*s\"\n", STR_ARG(weir->url),
                   STR_ARG(weir->sha256));
        return buf_str(&out);
}

/* What stands in a string of Groovy keeps its backslashes only as pairs. */
static struct str as_the_platform_quotes(struct writer *w, struct str script) {
        struct buf out = buf_make(w->arena);

        if (!w->platform->pairs_backslashes)
                return script;
        for (size_t i = 0; i < script.len; i++) {
                if (script.ptr[i] == '\\')
                        buf_add_char(&out, '\\');
                buf_add_char(&out, script.ptr[i]);
        }
        return buf_str(&out);
}

static struct str script(struct writer *w, const char *template) {
        return template_indent(w->arena, as_the_platform_quotes(w, expand(w, template)),
                               w->platform->script_indent);
}

/* A whole step where the platform has steps, else the script alone. */
static struct str get_weir(struct writer *w) {
        struct str lines = script(w, pipeline_template_get_weir);
        struct buf out = buf_make(w->arena);
        unsigned indent = w->platform->step_indent;

        if (!indent)
                return lines;
        buf_add(&out, template_indent(w->arena, STR("- name: Get weir\n"), indent));
        if (w->plan->weir.url.len) {
                buf_printf(&out, "\n%*senv:\n", (int)indent + 2, "");
                buf_add(&out, template_indent(w->arena, get_weir_env(w), indent + 4));
        }
        buf_printf(&out, "\n%*srun: |\n%.*s", (int)indent + 2, "", STR_ARG(lines));
        return buf_str(&out);
}

static void put_weir(struct writer *w) {
        const struct pipeline_weir *weir = &w->plan->weir;
        bool is_archive =
                str_has_suffix(weir->url, STR(".tar.gz")) || str_has_suffix(weir->url, STR(".tgz"));

        put(w, "PLATFORM", str_of(w->platform->name));
        put(w, "URL", weir->url);
        put(w, "SHA256", weir->sha256);
        put(w, "VERSION", weir->version);
        put(w, "ARCHIVE", is_archive ? STR("yes") : STR_NONE);
        put(w, "BIN", str_of(w->platform->bin));
        put(w, "EXPORT", str_of(w->platform->export));
        put(w, "ERROR_MARK", str_of(w->platform->error));
        put(w, "WARNING_MARK", str_of(w->platform->warning));
        put(w, "GET_WEIR", get_weir(w));
}

/* ---- the rest ---- */

static bool is_bare(struct str path) {
        static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789._/-";

        for (size_t i = 0; i < path.len; i++)
                if (str_find(str_of(bare), path.ptr[i]) == SIZE_MAX)
                        return false;
        return true;
}

/* For YAML and for the shell alike: a plain path has no quote, dollar or backslash in it. */
static struct str quoted(struct writer *w, struct str path) {
        return is_bare(path) ? path : str_fmt(w->arena, "\"%.*s\"", STR_ARG(path));
}

static struct str module_list(struct writer *w) {
        const struct survey *survey = w->plan->survey;
        struct buf out = buf_make(w->arena);

        for (size_t i = 0; i < survey->module_count; i++) {
                struct str dir = survey->modules[i].dir;

                buf_printf(&out, "%s%.*s", i ? " " : "",
                           STR_ARG(dir.len ? quoted(w, dir) : STR(".")));
        }
        return buf_str(&out);
}

static void put_scripts(struct writer *w) {
        bool is_github = !strcmp(w->platform->name, "github");

        put(w, "MODULES", module_list(w));
        put(w, "DOWNLOAD_MODULES", script(w, pipeline_template_download_modules));
        /* Nobody but the pipeline's own account may own the comment that is updated. */
        put(w, "SELECT", is_github ? STR("select(.user.type == \"Bot\") | .id") : STR(".id"));
        put(w, "COMMENT", script(w, pipeline_template_comment));
        put(w, "GITLAB_COMMENT", script(w, pipeline_template_gitlab_comment));
}

struct str pipeline_write(struct arena *arena, const struct platform *platform,
                          const struct pipeline_plan *plan) {
        struct writer writer = { .arena = arena, .platform = platform, .plan = plan };

        put_actions(&writer);
        put_services(&writer);
        put(&writer, "GO_VERSION_FILE", quoted(&writer, plan->survey->go_file));
        put(&writer, "GO_MINOR", plan->survey->go_minor);
        put(&writer, "WHOLE", plan->joins ? STR_NONE : STR("yes"));
        put(&writer, "DOCKERFILE", quoted(&writer, plan->survey->dockerfile));
        put_weir(&writer);
        put_scripts(&writer);
        return expand(&writer, platform->template);
}
