/* The rules that hold: weir's own, made ready when it was built, or those of --config, made ready
 * once and kept in the user's cache. */
#include "facts/secrets_impl.h"
#include "leak/own.h"
#include "leak/ruleset_pack.h"
#include "sys/file.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define DATABASE_FILE_MAX ((size_t)256 << 20)

static bool is_ours(struct str path) {
        struct stat st;

        return file_lstat(path, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
               !(st.st_mode & 077);
}

/* The user's own key: fingerprints stay the same from run to run, and mean nothing elsewhere. */
static bool read_key(struct arena *arena, struct str path, struct secret_key *ret_key) {
        struct str bytes;
        struct err ignored;

        if (!is_ours(path) || !file_read(arena, path, SECRET_KEY_SIZE, &bytes, &ignored) ||
            bytes.len != SECRET_KEY_SIZE)
                return false;
        memcpy(ret_key->bytes, bytes.ptr, SECRET_KEY_SIZE);
        return true;
}

static struct secret_key random_key(void) {
        struct secret_key key = { 0 };
        size_t have = 0;

        while (have < SECRET_KEY_SIZE) {
                ssize_t got = getrandom(key.bytes + have, SECRET_KEY_SIZE - have, 0);

                have += got > 0 ? (size_t)got : 0;
        }
        return key;
}

/* Two runs at once: whoever comes second reads what the first has written. */
static struct secret_key user_key(struct fact_job *job) {
        struct secret_key key = random_key();
        struct str dir, path;
        struct err ignored;

        if (!env_weir_dir(job->repo->options.env, job->arena, ENV_DIR_STATE, &dir))
                return key;
        path = str_join_path(job->arena, dir, STR("secrets.key"));
        if (read_key(job->arena, path, &key))
                return key;
        if (file_make_dirs(dir, &ignored) &&
            !file_write_new(path, (struct str){ (const char *)key.bytes, SECRET_KEY_SIZE }, 0600,
                            &ignored))
                (void)read_key(job->arena, path, &key);
        return key;
}

bool secrets_own_rules(struct arena *arena, const struct ruleset **ret_rules, struct err *err) {
        struct ruleset *rules = ARENA_NEW(arena, struct ruleset);

        *ret_rules = rules;
        return ruleset_unpack(arena, own_rules_packed(), rules, err);
}

/* A name for what these rules make, so that a changed rule file never meets an old database. */
static bool cache_path(struct fact_job *job, const struct ruleset *rules, struct str *ret_path) {
        struct digest_hasher hasher;
        struct digest digest;
        struct str dir;

        if (job->repo->options.no_cache ||
            !env_weir_dir(job->repo->options.env, job->arena, ENV_DIR_CACHE, &dir))
                return false;
        digest_begin(&hasher);
        digest_add(&hasher, STR(WEIR_VERSION));
        digest_add(&hasher, database_version());
        for (size_t i = 0; i < rules->count; i++)
                if (rules->rules[i].regex) {
                        digest_add(&hasher, rules->rules[i].regex->source);
                        digest_add(&hasher, (struct str){ "", 1 });
                }
        digest = digest_end(&hasher);
        *ret_path = str_fmt(job->arena, "%.*s/secrets/%.*s.hs", STR_ARG(dir),
                            STR_ARG(digest_hex(job->arena, &digest)));
        return true;
}

static void save(struct fact_job *job, const struct scan_set *set, struct str path) {
        struct str bytes, dir, name;
        struct err ignored;

        if (scan_set_database(job->arena, set, &bytes, &ignored) &&
            str_cut_last(path, '/', &dir, &name) && file_make_dirs(dir, &ignored))
                (void)!file_write(path, bytes, 0600, &ignored);
}

static bool make_cached(struct secrets_search *search, struct scan_source *source,
                        struct err *err) {
        struct fact_job *job = search->job;
        struct str path;
        bool cached = cache_path(job, source->rules, &path);

        if (cached && is_ours(path) &&
            file_read(job->arena, path, DATABASE_FILE_MAX, &source->database, err) &&
            scan_set_make(job->arena, source, &search->set, err))
                return true;
        source->database = STR_NONE;
        if (!scan_set_make(job->arena, source, &search->set, err))
                return false;
        if (cached)
                save(job, search->set, path);
        return true;
}

bool secrets_rules_open(struct secrets_search *search, struct err *err) {
        const struct secrets_options *options = search->options;
        struct scan_source source = { .rules = options->rules, .known_key = options->known_key };

        source.key = options->has_key ? options->key : user_key(search->job);
        if (!source.rules && !secrets_own_rules(search->job->arena, &source.rules, err))
                return false;
        if (options->rules)
                return make_cached(search, &source, err);
        source.database = own_rules_database();
        /* The one that was built in may not load on this host. */
        return scan_set_make(search->job->arena, &source, &search->set, err) ||
               make_cached(search, &source, err);
}
