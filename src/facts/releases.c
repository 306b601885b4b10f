/* What the module proxies say of the required modules today: only with --online. */
#include "data/json.h"
#include "facts/facts.h"
#include "gomod/semver.h"
#include "modcache/goproxy.h"
#include "sys/clock.h"
#include "sys/pool.h"

#define CLIENTS 8 /* requests at the same time */

static const struct text offline = { "the module proxy is asked only with --online",
                                     "仅在使用 --online 时访问模块代理" };
static const struct text offline_mend = { "weir check --online", "weir check --online" };

void fact_build_online(struct fact_job *job) {
        if (!job->repo->options.online)
                fact_not_set_up(
                        job, (struct gap){ message_make(&offline), message_make(&offline_mend) });
}

struct asking {
        struct fact_job *job;
        struct goproxy_settings settings;
        struct module_release *releases;
        struct err *errs; /* one for each release; code ERR_NONE where all is known */
        size_t count;
        struct arena arenas[CLIENTS];
};

/* The highest release of a version list; of pre-releases only where there is no release. */
static struct str highest(struct str list) {
        struct str line, release = STR_NONE, prerelease = STR_NONE;

        while (str_next_line(&list, &line)) {
                struct str *best = semver_prerelease(line).len ? &prerelease : &release;

                line = str_trim(line);
                if (semver_is_valid(line) && (!best->len || semver_compare(line, *best) > 0))
                        *best = line;
        }
        return release.len ? release : prerelease;
}

/* A module without tags has its latest version by commit. */
static bool ask_latest(struct goproxy *proxy, struct arena *arena, struct module_release *release,
                       struct err *err) {
        struct str body;
        struct json info;

        if (!goproxy_get(proxy, arena, release->mod.path, STR("@v/list"), &body, err))
                return false;
        release->latest = highest(body);
        if (release->latest.len)
                return true;
        if (!goproxy_get(proxy, arena, release->mod.path, STR("@latest"), &body, err) ||
            !json_parse(arena, STR("@latest"), body, &info, err))
                return false;
        release->latest = json_get_string(&info, STR("Version"));
        return true;
}

/* RFC 3339 in UTC, as the proxy protocol has it; 0 where it is none. */
static int64_t seconds_of(struct str time) {
        uint64_t hour = 0, minute = 0, second = 0;
        int64_t days = 0;

        if (!clock_parse_date(time, &days))
                return 0;
        str_to_u64(str_slice(time, 11, 13), &hour);
        str_to_u64(str_slice(time, 14, 16), &minute);
        str_to_u64(str_slice(time, 17, 19), &second);
        return days * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
}

static bool get_of_version(struct goproxy *proxy, struct arena *arena,
                           const struct module_release *release, const char *suffix,
                           struct str *ret_body, struct err *err) {
        struct str version;

        return modpath_escape_version(arena, release->latest, &version, err) &&
               goproxy_get(proxy, arena, release->mod.path,
                           str_fmt(arena, "@v/%.*s%s", STR_ARG(version), suffix), ret_body, err);
}

/* When the latest release was made: asked only for a module that is taken by commit. */
static bool ask_time(struct goproxy *proxy, struct arena *arena, struct module_release *release,
                     struct err *err) {
        struct json info;
        struct str body;

        if (!semver_is_pseudo(release->mod.version) || semver_is_pseudo(release->latest))
                return true;
        if (!get_of_version(proxy, arena, release, ".info", &body, err) ||
            !json_parse(arena, STR(".info"), body, &info, err))
                return false;
        release->latest_seconds = seconds_of(json_get_string(&info, STR("Time")));
        return true;
}

static void take_retraction(struct module_release *release, const struct modfile *mod) {
        for (size_t i = 0; i < mod->retract_count; i++) {
                const struct modfile_retract *retract = &mod->retracts[i];

                if (semver_compare(release->mod.version, retract->low) < 0 ||
                    semver_compare(release->mod.version, retract->high) > 0)
                        continue;
                release->is_retracted = true;
                release->rationale = retract->place.comment;
        }
}

/* The go.mod of the latest version speaks for the module as a whole. */
static bool ask_go_mod(struct goproxy *proxy, struct arena *arena, struct module_release *release,
                       struct err *err) {
        struct modfile mod;
        struct str body;

        if (!get_of_version(proxy, arena, release, ".mod", &body, err) ||
            !modfile_parse(arena, MODFILE_DEPENDENCY, STR("go.mod"), body, &mod, err))
                return false;
        release->deprecated = mod.module.deprecated;
        take_retraction(release, &mod);
        return true;
}

static void ask(void *ctx, size_t index) {
        struct asking *asking = ctx;
        struct arena *arena = &asking->arenas[index];
        struct goproxy *proxy = NULL;
        struct err err;

        if (!goproxy_open(arena, &asking->settings, &proxy, &err))
                return;
        for (size_t i = index; i < asking->count; i += CLIENTS) {
                struct module_release *release = &asking->releases[i];

                if (!ask_latest(proxy, arena, release, &asking->errs[i]) ||
                    !ask_go_mod(proxy, arena, release, &asking->errs[i]) ||
                    !ask_time(proxy, arena, release, &asking->errs[i]))
                        release->is_known = false;
                else
                        release->is_known = true;
        }
        goproxy_close(&proxy);
}

static void copy_out(struct arena *arena, struct module_release *release) {
        release->latest = str_dup(arena, release->latest);
        release->rationale = str_dup(arena, release->rationale);
        release->deprecated = str_dup(arena, release->deprecated);
}

static void finish(struct fact_job *job, struct asking *asking) {
        for (size_t i = 0; i < asking->count; i++) {
                copy_out(job->arena, &asking->releases[i]);
                if (asking->releases[i].is_known)
                        continue;
                err_context(&asking->errs[i], "asking for %.*s",
                            STR_ARG(asking->releases[i].mod.path));
                fact_gap(job, gap_of_err(job->arena, &asking->errs[i]));
        }
        for (size_t i = 0; i < CLIENTS; i++)
                arena_drop(&asking->arenas[i]);
}

void fact_build_releases(struct fact_job *job) {
        const struct modfile *mod = job->module->modfile;
        const struct goenv *goenv = job->repo->goenv;
        struct asking asking = { .job = job, .count = mod->require_count };
        struct str private = goenv_get(goenv, GOENV_GONOPROXY);

        asking.settings = (struct goproxy_settings){
                .proxies = goenv_get(goenv, GOENV_GOPROXY),
                .without = private.len ? private : goenv_get(goenv, GOENV_GOPRIVATE),
                .ca_file = env_get_or(job->repo->options.env, STR("SSL_CERT_FILE"), STR_NONE),
        };
        asking.releases = ARENA_ARRAY(job->arena, struct module_release, asking.count);
        asking.errs = ARENA_ARRAY(job->arena, struct err, asking.count);
        for (size_t i = 0; i < CLIENTS; i++)
                asking.arenas[i] = arena_make(job->arena->budget);
        for (size_t i = 0; i < asking.count; i++)
        asking.releases[i].mod = mod->requires[i].mod;
        pool_each(CLIENTS, CLIENTS, ask, &asking);
        finish(job, &asking);
        job->module->releases = asking.releases;
        job->module->release_count = asking.count;
}
