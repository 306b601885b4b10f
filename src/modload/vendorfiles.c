#include "modload/vendorfiles.h"

#include "golang/constraint.h"
#include "gomod/gover.h"
#include "modload/embed.h"
#include "sys/pool.h"

#include <pthread.h>
#include <stdlib.h>

#define MOD_FILES_LEFT_OUT_SINCE STR("1.17")
#define TEST_EMBEDS_LEFT_OUT_SINCE STR("1.22")

/* ---- names ---- */

bool vendor_name_is_metadata(struct str base) {
        static const struct str beginnings[] = {
                STR_INIT("AUTHORS"), STR_INIT("CONTRIBUTORS"), STR_INIT("COPYLEFT"),
                STR_INIT("COPYING"), STR_INIT("COPYRIGHT"),    STR_INIT("LEGAL"),
                STR_INIT("LICENSE"), STR_INIT("NOTICE"),       STR_INIT("PATENTS"),
        };

        for (size_t i = 0; i < COUNT_OF(beginnings); i++)
                if (str_has_prefix(base, beginnings[i]))
                        return true;
        return false;
}

static bool is_go_name(struct str base) {
        return str_has_suffix(base, STR(".go"));
}

static bool is_test_name(struct str base) {
        return str_has_suffix(base, STR("_test.go"));
}

bool vendor_name_is_left_out(struct str base, struct str go_version) {
        if (is_test_name(base))
                return true;
        return (str_eq(base, STR("go.mod")) || str_eq(base, STR("go.sum"))) &&
               gover_compare(go_version, MOD_FILES_LEFT_OUT_SINCE) >= 0;
}

bool vendor_package_folder(struct str package, struct str module, struct str *ret_folder) {
        struct str rest = str_drop_prefix(package, module);

        if (str_eq(package, module)) {
                *ret_folder = STR_NONE;
                return true;
        }
        if (rest.len == package.len || !str_has_prefix(rest, STR("/")))
                return false;
        *ret_folder = str_slice(rest, 1, rest.len);
        return true;
}

/* ---- Go files ---- */

/* A file with a NUL before the end of its imports is copied: cmd/go never sees its constraints.
 * Those of a file with a syntax error count. */
struct vendor_go_file vendor_go_file_of(struct arena *arena, struct str bytes) {
        struct header header = header_scan(arena, bytes);
        struct build_context any = { .any = true };
        struct vendor_go_file file = { .embed_count = header.embed_count };
        bool matches = true;
        struct err err;

        if (header.state != HEADER_UNREADABLE)
                file.is_ignored =
                        !constraint_header_matches(&any, &header, &matches, &err) || !matches;
        file.embeds = ARENA_ARRAY(arena, struct str, header.embed_count);
        for (size_t i = 0; i < header.embed_count; i++)
                file.embeds[i] = header.embeds[i].pattern;
        return file;
}

static int cmp_vendored(const void *a, const void *b) {
        return str_cmp(((const struct vendored_file *)a)->path,
                       ((const struct vendored_file *)b)->path);
}

const struct vendored_file *vendored_find(const struct vendored_files *files, struct str path) {
        struct vendored_file key = { .path = path };

        return files->count ? bsearch(&key, files->items, files->count, sizeof(key), cmp_vendored)
                            : NULL;
}

/* ---- planning one package ---- */

struct planning {
        const struct vendor_plan_input *input;
        pthread_mutex_t lock; /* guards what follows */
        struct arena *arena;
        VEC(struct vendor_planned) files;
};

struct package_plan {
        struct planning *planning;
        const struct vendor_plan_input *input;
        const struct vendor_origin *origin;
        struct arena scratch;
        struct str package, folder;
        VEC(const struct dirhash_file *) files;
        VEC(struct package_embed) embeds;
};

static struct str join(struct arena *arena, struct str folder, struct str name) {
        return str_join_path(arena, folder, name);
}

static struct vendor_go_file read_go_file(struct package_plan *plan,
                                          const struct dirhash_file *file) {
        struct vendor_go_file unknown = { 0 };
        struct str bytes;
        struct err err;

        return vendor_origin_read(plan->origin, file, &plan->scratch, &bytes, &err)
                       ? vendor_go_file_of(&plan->scratch, bytes)
                       : unknown;
}

/* Equal bytes in the vendor folder have been looked at already. */
static struct vendor_go_file go_file(struct package_plan *plan, const struct dirhash_file *file,
                                     struct str base) {
        struct str path = join(&plan->scratch, plan->package, base);
        const struct vendored_file *there = vendored_find(plan->input->vendored, path);

        if (there && there->is_read && !plan->origin->is_folder &&
            digest_eq(&there->digest, &file->digest))
                return there->go;
        return read_go_file(plan, file);
}

/* go/build looks at no file whose name begins with "_" or ".". */
static void add_embeds(struct package_plan *plan, const struct vendor_go_file *go,
                       struct str base) {
        if (base.ptr[0] == '_' || base.ptr[0] == '.')
                return;
        for (size_t i = 0; i < go->embed_count; i++)
                *VEC_ADD(&plan->scratch, &plan->embeds) =
                        (struct package_embed){ .pattern = go->embeds[i], .file = base };
}

static bool wants_test_embeds(const struct package_plan *plan) {
        return gover_compare(plan->input->go_version, TEST_EMBEDS_LEFT_OUT_SINCE) < 0;
}

static void plan_folder_file(struct package_plan *plan, const struct dirhash_file *file,
                             struct str base) {
        struct vendor_go_file go = { 0 };

        if (is_test_name(base) && wants_test_embeds(plan)) {
                go = read_go_file(plan, file);
                add_embeds(plan, &go, base);
        }
        if (vendor_name_is_left_out(base, plan->input->go_version))
                return;
        if (is_go_name(base)) {
                go = go_file(plan, file, base);
                add_embeds(plan, &go, base);
        }
        if (!go.is_ignored)
                *VEC_ADD(&plan->scratch, &plan->files) = file;
}

/* The name of a file that lies in the folder itself, not in one below it. */
static bool direct_name(struct str name, struct str folder, struct str *ret_base) {
        *ret_base = str_slice(name, folder.len ? folder.len + 1 : 0, name.len);
        return ret_base->len && str_find(*ret_base, '/') == SIZE_MAX;
}

static void plan_folder(struct package_plan *plan) {
        size_t from, to;

        vendor_origin_range(plan->origin, plan->folder, &from, &to);
        for (size_t i = from; i < to; i++) {
                struct str base;

                if (direct_name(plan->origin->files[i].name, plan->folder, &base))
                        plan_folder_file(plan, &plan->origin->files[i], base);
        }
}

/* The folders above the package's, up to the module's root. */
static void plan_metadata(struct package_plan *plan) {
        struct str folder = plan->folder, base;

        while (folder.len) {
                size_t from, to;

                if (!str_cut_last(folder, '/', &folder, &base))
                        folder = STR_NONE;
                vendor_origin_range(plan->origin, folder, &from, &to);
                for (size_t i = from; i < to; i++)
                        if (direct_name(plan->origin->files[i].name, folder, &base) &&
                            vendor_name_is_metadata(base))
                                *VEC_ADD(&plan->scratch, &plan->files) = &plan->origin->files[i];
        }
}

/* A pattern that matches nothing stops `go mod vendor` at this package's files too. */
static void plan_embeds(struct package_plan *plan) {
        struct package_source source = vendor_origin_source(plan->origin);
        struct package_embeds embeds = { plan->embeds.items, plan->embeds.count };
        struct str_list found;
        struct err err;
        size_t bad;

        if (!embeds.count ||
            !embed_files(&source, plan->folder, &embeds, &plan->scratch, &found, &bad, &err))
                return;
        for (size_t i = 0; i < found.count; i++) {
                const struct dirhash_file *file = vendor_origin_find(
                        plan->origin, join(&plan->scratch, plan->folder, found.items[i]));

                if (file)
                        *VEC_ADD(&plan->scratch, &plan->files) = file;
        }
}

static void keep_files(struct package_plan *plan) {
        struct planning *planning = plan->planning;

        pthread_mutex_lock(&planning->lock);
        for (size_t i = 0; i < plan->files.count; i++)
                *VEC_ADD(planning->arena, &planning->files) = (struct vendor_planned){
                        .path = join(planning->arena, plan->origin->listed->mod.path,
                                     plan->files.items[i]->name),
                        .origin = plan->origin,
                        .file = plan->files.items[i],
                };
        pthread_mutex_unlock(&planning->lock);
}

static void plan_package(void *ctx, size_t index) {
        struct planning *planning = ctx;
        const struct modulestxt_package *package = &planning->input->txt->packages[index];
        struct package_plan plan = {
                .planning = planning,
                .input = planning->input,
                .origin = &planning->input->origins[package->module],
                .scratch = arena_make(planning->arena->budget),
                .package = package->path,
        };

        if (plan.origin->is_known &&
            vendor_package_folder(package->path, plan.origin->listed->mod.path, &plan.folder)) {
                plan_folder(&plan);
                plan_metadata(&plan);
                plan_embeds(&plan);
                keep_files(&plan);
        }
        arena_drop(&plan.scratch);
}

/* ---- all of them ---- */

static int cmp_planned(const void *a, const void *b) {
        return str_cmp(((const struct vendor_planned *)a)->path,
                       ((const struct vendor_planned *)b)->path);
}

static size_t drop_repeated(struct vendor_planned *sorted, size_t count) {
        size_t kept = 0;

        for (size_t i = 0; i < count; i++)
                if (i == 0 || !str_eq(sorted[i].path, sorted[kept - 1].path))
                        sorted[kept++] = sorted[i];
        return kept;
}

struct vendor_plan vendor_plan_make(const struct vendor_plan_input *input, struct arena *arena) {
        struct planning planning = { .input = input, .arena = arena };
        TRACE_SPAN(input->trace, "plan vendor folder", STR_NONE);

        pthread_mutex_init(&planning.lock, NULL);
        pool_each(input->txt->package_count, input->threads, plan_package, &planning);
        pthread_mutex_destroy(&planning.lock);
        if (planning.files.count)
                qsort(planning.files.items, planning.files.count, sizeof(struct vendor_planned),
                      cmp_planned);
        return (struct vendor_plan){ planning.files.items,
                                     drop_repeated(planning.files.items, planning.files.count) };
}
