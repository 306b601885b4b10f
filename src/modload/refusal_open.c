/* The files of modules, as the go command finds them: in the judged tree, in the folder of a
 * replacement, in the module cache. */
#include "gomod/gover.h"
#include "modcache/module.h"
#include "modcache/prove.h"
#include "modload/refusal_state.h"
#include "sys/file.h"

/* ---- the module cache ---- */

static bool cached_file(struct judge *judge, struct mod_version mod, struct arena *arena,
                        struct str suffix, struct str *ret_path) {
        struct err err;

        return modcache_download_path(judge->input->cache, arena, mod.path, mod.version, suffix,
                                      ret_path, &err) &&
               file_is_regular(*ret_path);
}

static bool is_absent(struct mod_version mod, struct err *err) {
        err_set(err, ERR_OFFLINE, "%.*s@%.*s is not in the module cache", STR_ARG(mod.path),
                STR_ARG(mod.version));
        modcache_mend_absent(err, mod.path, mod.version);
        return false;
}

#define SUM_LEN                                                                                    \
        47 /* "h1:" and 44 characters of base64; anything else the go command makes anew           \
            */

/* The recorded hash of the zip; where it is missing or no hash, that of the zip itself. */
static bool zip_hash(struct judge *judge, struct mod_version mod, struct arena *arena,
                     struct str *ret_hash, struct err *err) {
        struct modcache_claim claim = { .path = mod.path, .version = mod.version };
        struct modcache_prove_options options = { .threads = 1 };
        struct modcache_proof proof;
        struct str path, text;

        if (cached_file(judge, mod, arena, STR(".ziphash"), &path) &&
            file_read(arena, path, MODCACHE_INFO_MAX, &text, err)) {
                *ret_hash = str_trim(text);
                if (ret_hash->len == SUM_LEN && str_has_prefix(*ret_hash, STR("h1:")))
                        return true;
        }
        modcache_prove(judge->input->cache, arena, &claim, 1, &options, &proof);
        *ret_hash = proof.sum;
        if (proof.sum.len)
                return true;
        return err_set(err, ERR_MISMATCH, "verifying %.*s@%.*s: its zip cannot be read",
                       STR_ARG(mod.path), STR_ARG(mod.version));
}

static bool sum_error(enum sum_state state, struct err *err) {
        if (state == SUM_ASKS_DATABASE)
                err->code = ERR_OFFLINE;
        return state == SUM_OK;
}

static bool open_zip(struct judge *judge, struct mod_version mod, struct arena *arena,
                     struct package_source *ret_source, struct err *err) {
        struct modcache_module *module;

        if (!modcache_module_open(judge->input->cache, arena, mod.path, mod.version, &module, err))
                return false;
        *VEC_ADD(judge->arena, &judge->opened) = module;
        *ret_source = source_of_module(module);
        return true;
}

/* An extracted folder is used where it is whole and its
 * zip's hash is there; else the zip. */
static bool open_cached(struct judge *judge, struct mod_version mod, struct arena *arena,
                        struct package_source *ret_source, struct err *err) {
        const struct modcache *cache = judge->input->cache;
        struct str path, hash;

        if (!sum_error(refusal_check_sum(judge, mod, false, STR_NONE, err), err))
                return false;
        if (!cache)
                return is_absent(mod, err);
        if (cached_file(judge, mod, arena, STR(".ziphash"), &path) &&
            modcache_dir_is_whole(cache, arena, mod.path, mod.version) &&
            modcache_dir_path(cache, arena, mod.path, mod.version, &path, err))
                *ret_source = source_of_folder(arena, path);
        else if (!cached_file(judge, mod, arena, STR(".zip"), &path))
                return is_absent(mod, err);
        else if (!open_zip(judge, mod, arena, ret_source, err))
                return false;
        return zip_hash(judge, mod, arena, &hash, err) &&
               sum_error(refusal_check_sum(judge, mod, false, hash, err), err);
}

static bool check_go_line(struct judge *judge, struct mod_version mod, struct arena *arena,
                          const struct package_source *source, struct err *err) {
        struct str text, version;
        struct err unread;

        if (judge->input->go_version.len == 0 ||
            !source->read(source->ctx, arena, STR("go.mod"), MODSYNTAX_FILE_MAX, &text, &unread))
                return true;
        version = gover_lookup(text, STR("go"));
        if (gover_compare(version, judge->input->go_version) <= 0)
                return true;
        return err_set(err, ERR_UNSUPPORTED, "%.*s@%.*s requires go >= %.*s (running go %.*s)",
                       STR_ARG(mod.path), STR_ARG(mod.version), STR_ARG(version),
                       STR_ARG(judge->input->go_version));
}

/* ---- folders ---- */

static bool folder_exists(const struct judge *judge, struct arena *arena, bool is_inside,
                          struct str folder) {
        struct str root = tree_root(judge->input->tree);

        if (!is_inside)
                return file_is_dir(folder) || file_is_regular(folder);
        if (folder.len == 0 || tree_has_dir(judge->input->tree, folder) ||
            tree_find(judge->input->tree, folder))
                return true;
        return root.len && file_is_dir(str_join_path(arena, root, folder));
}

static bool open_folder(struct judge *judge, struct str path, struct arena *arena,
                        struct package_source *ret_source, struct err *err) {
        struct str folder;
        bool is_inside;

        if (!modsource_folder(&judge->modsource, arena, path, &is_inside, &folder))
                return err_set(err, ERR_OFFLINE, "the folder %.*s lies outside what is judged",
                               STR_ARG(path));
        if (!folder_exists(judge, arena, is_inside, folder))
                return err_set(err, ERR_IO, "replacement directory %.*s does not exist",
                               STR_ARG(path));
        *ret_source = is_inside ? source_of_tree(arena, judge->input->tree, folder)
                                : source_of_folder(arena, folder);
        ret_source->has_nested_modules = true;
        return true;
}

static bool open_main(struct judge *judge, struct str path, struct arena *arena,
                      struct package_source *ret_source) {
        size_t i = 0;

        while (i + 1 < judge->main_count && !str_eq(judge->mains[i].mod->module.path, path))
                i++;
        *ret_source = source_of_tree(arena, judge->input->tree, judge->main_dirs[i]);
        ret_source->has_nested_modules = true;
        return true;
}

bool refusal_open_module(void *ctx, const struct packages_module *module, struct arena *arena,
                         struct package_source *ret_source, struct err *err) {
        struct judge *judge = ctx;
        struct mod_version mod = { module->path, module->version };

        if (module->is_main)
                return open_main(judge, module->path, arena, ret_source);
        mod = buildlist_actual(judge->list, mod);
        if (mod.version.len == 0)
                return open_folder(judge, mod.path, arena, ret_source, err);
        return open_cached(judge, mod, arena, ret_source, err) &&
               check_go_line(judge, mod, arena, ret_source, err);
}
