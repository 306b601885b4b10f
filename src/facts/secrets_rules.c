/* The rules that hold: weir's own, made ready when it was built, or those of --config, made ready
 * once and kept in the user's cache. */
#include "data/toml.h"
#include "facts/secrets_impl.h"
#include "leak/own.h"
#include "leak/ruleset_pack.h"
#include "sys/file.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define CACHE_FILE_MAX ((size_t)256 << 20)

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

/* ---- what is kept in the user's cache ---- */

static void begin_name(struct digest_hasher *hasher) {
        struct digest own = digest_of(own_rules_packed());

        digest_begin(hasher);
        digest_add(hasher, STR(WEIR_VERSION));
        digest_add(hasher, database_version());
        digest_add(hasher, (struct str){ (const char *)own.bytes, DIGEST_SIZE });
}

static bool end_name(struct digest_hasher *hasher, struct arena *arena, const struct env *env,
                     const char *ending, struct str *ret_path) {
        struct digest digest = digest_end(hasher);
        struct str dir;

        if (!env_weir_dir(env, arena, ENV_DIR_CACHE, &dir))
                return false;
        *ret_path = str_fmt(arena, "%.*s/secrets/%.*s.%s", STR_ARG(dir),
                            STR_ARG(digest_hex(arena, &digest)), ending);
        return true;
}

static bool load(struct arena *arena, struct str path, struct str *ret_bytes) {
        struct err ignored;

        return is_ours(path) && file_read(arena, path, CACHE_FILE_MAX, ret_bytes, &ignored);
}

/* What cannot be kept only makes the next run slower. */
static void store(struct str path, struct str bytes) {
        struct str dir, name;
        struct err ignored;

        if (str_cut_last(path, '/', &dir, &name) && file_make_dirs(dir, &ignored))
                (void)!file_write(path, bytes, 0600, &ignored);
}

/* ---- a user's rule file ---- */

struct extension {
        bool was_asked; /* the file names others, which may change without it */
};

static bool load_extended(void *ctx, struct arena *arena, struct str path, struct str *ret_text,
                          struct err *err) {
        struct extension *extension = ctx;

        extension->was_asked = true;
        return file_read(arena, path, TOML_SIZE_MAX, ret_text, err);
}

static void keep_rules(struct arena *arena, const struct ruleset *rules, struct str path) {
        struct buf packed = buf_make(arena);

        ruleset_pack(rules, &packed);
        store(path, buf_str(&packed));
}

bool secrets_rules_read(struct arena *arena, const struct env *env, bool no_cache, struct str file,
                        const struct ruleset **ret_rules, struct err *err) {
        struct ruleset *rules = ARENA_NEW(arena, struct ruleset);
        struct extension extension = { false };
        struct ruleset_source source = { .file = file, .load = load_extended, .ctx = &extension };
        struct digest_hasher hasher;
        struct str path, packed;
        bool cached;

        *ret_rules = rules;
        if (!file_read(arena, file, TOML_SIZE_MAX, &source.text, err))
                return false;
        begin_name(&hasher);
        digest_add(&hasher, source.text);
        cached = !no_cache && end_name(&hasher, arena, env, "rules", &path);
        if (cached && load(arena, path, &packed) && ruleset_unpack(arena, packed, rules, err))
                return true;
        if (!secrets_own_rules(arena, &source.own, err) ||
            !ruleset_parse(arena, &source, rules, err))
                return false;
        if (cached && !extension.was_asked)
                keep_rules(arena, rules, path);
        return true;
}

/* ---- making rules ready ---- */

/* A name for what these rules make, so that a changed rule file never meets an old database. */
static bool database_path(struct fact_job *job, const struct ruleset *rules, struct str *ret_path) {
        struct digest_hasher hasher;

        if (job->repo->options.no_cache)
                return false;
        begin_name(&hasher);
        for (size_t i = 0; i < rules->count; i++)
                if (rules->rules[i].regex) {
                        digest_add(&hasher, rules->rules[i].regex->source);
                        digest_add(&hasher, (struct str){ "", 1 });
                }
        return end_name(&hasher, job->arena, job->repo->options.env, "hs", ret_path);
}

static bool make_cached(struct secrets_search *search, struct scan_source *source,
                        struct err *err) {
        struct fact_job *job = search->job;
        struct str path, bytes;
        bool cached = database_path(job, source->rules, &path);

        if (cached && load(job->arena, path, &source->database) &&
            scan_set_make(job->arena, source, &search->set, err))
                return true;
        source->database = STR_NONE;
        if (!scan_set_make(job->arena, source, &search->set, err))
                return false;
        if (cached && scan_set_database(job->arena, search->set, &bytes, err))
                store(path, bytes);
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
