/* GitLab CI files. */
#include "pipeline/scan_impl.h"

#define SCRIPT_DEPTH_MAX 10 /* of lists in lists, as GitLab has it */

/* Keys at the top that are no jobs. */
static bool is_setting(struct str key) {
        static const char *const keys[] = { "default",  "include",       "stages",      "variables",
                                            "workflow", "spec",          "cache",       "image",
                                            "services", "before_script", "after_script" };

        for (size_t i = 0; i < COUNT_OF(keys); i++)
                if (str_eq(key, str_of(keys[i])))
                        return true;
        return false;
}

static struct str text_of(const struct yaml_node *node) {
        return node && node->kind == YAML_SCALAR ? node->text : STR_NONE;
}

static void look_at_image(struct scan *s, const struct yaml_node *image) {
        const struct yaml_node *name =
                image->kind == YAML_MAPPING ? yaml_get(image, STR("name")) : image;

        if (scan_is_docker_in_docker(text_of(name)))
                scan_flaw_at(s, FLAW_PRIVILEGED, name, name->text);
}

static void look_at_services(struct scan *s, const struct yaml_node *services) {
        if (services && services->kind == YAML_SEQUENCE)
                for (size_t i = 0; i < services->count; i++)
                        look_at_image(s, &services->items[i]);
}

static void look_at_lines(struct scan *s, const struct yaml_node *node, struct job_traits *traits,
                          unsigned depth) {
        if (!node || depth > SCRIPT_DEPTH_MAX)
                return;
        if (node->kind == YAML_SEQUENCE)
                for (size_t i = 0; i < node->count; i++)
                        look_at_lines(s, &node->items[i], traits, depth + 1);
        else
                scan_script_node(s, node, traits);
}

/* What a job and the defaults have alike. The image of a job that is Docker in Docker is its
 * client as a rule; the service is the daemon. */
static void look_at_common(struct scan *s, const struct yaml_node *node,
                           struct job_traits *traits) {
        static const char *const scripts[] = { "before_script", "script", "after_script" };

        look_at_services(s, yaml_get(node, STR("services")));
        scan_env(s, yaml_get(node, STR("variables")));
        for (size_t i = 0; i < COUNT_OF(scripts); i++)
                look_at_lines(s, yaml_get(node, str_of(scripts[i])), traits, 0);
}

/* GIT_DEPTH: 0 anywhere: which job inherits it from where is not followed. */
static bool has_full_depth(const struct yaml_node *root) {
        const struct yaml_node *depth;

        for (size_t i = 0; i < root->count; i++) {
                const struct yaml_node *owner = &root->pairs[i].value;
                const struct yaml_node *variables = yaml_get(owner, STR("variables"));

                if (str_eq(root->pairs[i].key.text, STR("variables")))
                        variables = owner;
                depth = variables ? yaml_get(variables, STR("GIT_DEPTH")) : NULL;
                if (str_eq(text_of(depth), STR("0")))
                        return true;
        }
        return false;
}

/* ---- includes ---- */

static bool is_hex_commit(struct str ref) {
        for (size_t i = 0; i < ref.len; i++)
                if (str_find(STR("0123456789abcdef"), ref.ptr[i]) == SIZE_MAX)
                        return false;
        return ref.len == 40;
}

static void take_local(struct scan *s, struct str path) {
        path = str_drop_prefix(path, STR("/"));
        if (path.len && !str_contains(path, STR("$")) && !str_contains(path, STR("*")))
                *VEC_ADD(s->arena, &s->file->includes) = path;
}

static void look_at_remote(struct scan *s, const struct yaml_node *include,
                           const struct yaml_node *remote) {
        if (include->kind != YAML_MAPPING || !yaml_get(include, STR("integrity")))
                scan_flaw_at(s, FLAW_UNPINNED, remote, remote->text);
}

/* A commit, or a protected name like a tag, which cannot be told from a branch: only a ref that is
 * missing, or says by its name that it moves, is one. */
static void look_at_project(struct scan *s, const struct yaml_node *include,
                            const struct yaml_node *project) {
        static const char *const moving[] = { "main", "master", "develop", "HEAD" };
        struct str ref = text_of(yaml_get(include, STR("ref")));
        bool moves = !ref.len;

        for (size_t i = 0; i < COUNT_OF(moving); i++)
                moves |= str_eq(ref, str_of(moving[i]));
        if (moves && !is_hex_commit(ref))
                scan_flaw_at(s, FLAW_UNPINNED, project, project->text);
}

/* 1.2.3: a released version of a component never moves. */
static bool is_exact_version(struct str version) {
        size_t dots = 0, digits = 0;

        for (size_t i = 0; i < version.len; i++) {
                char c = version.ptr[i];

                if (c == '.' && digits)
                        dots++, digits = 0;
                else if (c >= '0' && c <= '9')
                        digits++;
                else
                        return dots == 2 && digits && (c == '-' || c == '+');
        }
        return dots == 2 && digits;
}

/* A component of the commit that is judged names it by a variable. */
static void look_at_component(struct scan *s, const struct yaml_node *component) {
        struct str name, version = STR_NONE;

        str_cut_last(component->text, '@', &name, &version);
        if (!is_hex_commit(version) && !is_exact_version(version) &&
            !str_has_prefix(version, STR("$CI_COMMIT_SHA")))
                scan_flaw_at(s, FLAW_UNPINNED, component, component->text);
}

static void look_at_include(struct scan *s, const struct yaml_node *include) {
        const struct yaml_node *local = yaml_get(include, STR("local"));
        const struct yaml_node *remote = yaml_get(include, STR("remote"));
        const struct yaml_node *project = yaml_get(include, STR("project"));
        const struct yaml_node *component = yaml_get(include, STR("component"));
        struct str word = text_of(include);

        if (str_has_prefix(word, STR("https://")) || str_has_prefix(word, STR("http://")))
                look_at_remote(s, include, include);
        else if (word.len)
                take_local(s, word);
        if (text_of(local).len)
                take_local(s, local->text);
        if (text_of(remote).len)
                look_at_remote(s, include, remote);
        if (text_of(component).len)
                look_at_component(s, component);
        if (text_of(project).len)
                look_at_project(s, include, project);
}

static void look_at_includes(struct scan *s, const struct yaml_node *include) {
        if (!include)
                return;
        if (include->kind != YAML_SEQUENCE)
                look_at_include(s, include);
        for (size_t i = 0; include->kind == YAML_SEQUENCE && i < include->count; i++)
                look_at_include(s, &include->items[i]);
}

/* ---- the file ---- */

static void look_at_job(struct scan *s, const struct yaml_pair *pair) {
        struct job_traits traits = { 0 };

        if (pair->value.kind != YAML_MAPPING || is_setting(pair->key.text))
                return;
        look_at_common(s, &pair->value, &traits);
        scan_end_job(s, &traits);
        if (traits.needs_history.line && !traits.fetches && !s->full_depth)
                scan_flaw(s, FLAW_HISTORY, traits.needs_history, traits.history_command);
}

void scan_gitlab(struct scan *s, const struct yaml_node *root) {
        const struct yaml_node *defaults = yaml_get(root, STR("default"));
        struct job_traits ignored = { 0 };

        s->full_depth = has_full_depth(root);
        look_at_includes(s, yaml_get(root, STR("include")));
        look_at_common(s, root, &ignored);
        if (defaults && defaults->kind == YAML_MAPPING)
                look_at_common(s, defaults, &ignored);
        for (size_t i = 0; i < root->count; i++)
                look_at_job(s, &root->pairs[i]);
}
