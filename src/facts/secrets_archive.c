/* Archives: inside of a tree, alone, and the layers of an image. */
#include "data/archive.h"
#include "data/json.h"
#include "facts/secrets_impl.h"
#include "gitrepo/tree.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#define ARCHIVE_FILE_MAX ((size_t)8 << 30)

static const struct text no_archive = { "it begins like an archive and is none: read as it is",
                                        "开头像归档文件但并不是：按原样读取" };

struct archive_search {
        struct secrets_search *search;
        struct secrets_worker *worker;
        struct str path; /* of the archive itself */
        bool is_none;    /* it only begins like one */
};

static bool scan_member(void *ctx, struct str path, struct str bytes) {
        const struct archive_search *a = ctx;
        struct scan_text text = { .path = path, .bytes = bytes };

        if (bytes.len <= DATABASE_TEXT_MAX)
                secrets_scan(a->search, a->worker, &text, NULL);
        return !interrupt_requested();
}

/* What was named as an archive has to be one, whole: a cut layer still unpacks up to the cut. */
static bool must_open(const struct archive_search *a, struct str path) {
        enum secrets_source source = a->search->options->source;

        return (source == SECRETS_ARCHIVE || source == SECRETS_IMAGE) && str_eq(path, a->path);
}

/* What nobody could open hides nothing; what is too large, or locked, may. */
static void member_failed(void *ctx, struct str path, const struct err *err) {
        struct archive_search *a = ctx;

        a->is_none |= err->code == ERR_SYNTAX && str_eq(path, a->path);
        if ((err->code == ERR_SYNTAX || err->code == ERR_MISMATCH) && !must_open(a, path))
                secrets_skip(a->search, path, &no_archive);
        else
                secrets_gap(a->search, path, err);
}

void secrets_scan_archive(struct secrets_search *search, struct secrets_worker *worker,
                          struct str path, struct str bytes) {
        struct archive_search a = { .search = search, .worker = worker, .path = path };
        const struct archive_visitor visitor = { &a, scan_member, member_failed };
        const struct scan_text text = { .path = path, .bytes = bytes };

        archive_walk(worker->arena.budget, path, bytes, &archive_limits_default, &visitor);
        if (a.is_none)
                secrets_scan(search, worker, &text, NULL);
}

/* ---- one archive file ---- */

static struct str name_of(struct str path) {
        struct str folder, name = path;

        (void)str_cut_last(path, '/', &folder, &name);
        return name;
}

static void scan_mapped(struct secrets_search *search, struct secrets_worker *worker,
                        struct str path, struct str bytes) {
        struct scan_text text = { .path = name_of(path), .bytes = bytes };
        struct err err;

        if (archive_is(bytes)) {
                secrets_scan_archive(search, worker, text.path, bytes);
        } else if (search->options->source == SECRETS_FILE && bytes.len <= DATABASE_TEXT_MAX) {
                secrets_scan(search, worker, &text, NULL);
        } else {
                (void)err_set(&err, ERR_UNSUPPORTED, "no archive that can be read");
                (void)err_mend(&err, "tar, tgz and zip can be read");
                secrets_gap(search, path, &err);
        }
}

void secrets_feed_file(struct secrets_search *search) {
        struct secrets_worker *worker = secrets_worker_take(search);
        AUTO_FILE_MAP map = { 0 };
        struct err err;

        if (!worker)
                return;
        if (file_map_open(search->options->path, ARCHIVE_FILE_MAX, &map, &err))
                scan_mapped(search, worker, search->options->path, map.bytes);
        else
                secrets_gap(search, search->options->path, &err);
        secrets_worker_give(search, worker);
}

/* ---- an OCI image layout ---- */

/* OCI Image Format Specification 1.1, "OCI Image Layout". Every blob of the layout is searched as a
 * file of the tree, and opened where it is a layer; here it is told which of them are missing. */
#define INDEX_FILE STR("index.json")
#define JSON_MAX ((size_t)16 << 20)
#define DESCRIPTORS_MAX 100000
#define INDEX_DEPTH_MAX 8

struct layout {
        struct secrets_search *search;
        const struct tree *tree;
        struct arena *arena;
        size_t descriptors;
};

static void check_json(struct layout *layout, struct str path, unsigned depth);

static bool is_json_of_images(struct str media_type) {
        return str_contains(media_type, STR("manifest")) ||
               str_contains(media_type, STR("image.index"));
}

static void missing(struct layout *layout, struct str path, const char *what) {
        struct err err;

        (void)err_set(&err, ERR_NOT_FOUND, "%s", what);
        (void)err_mend(&err, "write the layout again, whole: skopeo copy ... oci:DIR");
        secrets_gap(layout->search, path, &err);
}

static void check_descriptor(struct layout *layout, const struct json *descriptor, unsigned depth) {
        struct str digest = json_get_string(descriptor, STR("digest")), algorithm, hex, path;

        if (!digest.len || !str_cut(digest, ':', &algorithm, &hex) ||
            layout->descriptors++ >= DESCRIPTORS_MAX)
                return;
        path = str_fmt(layout->arena, "blobs/%.*s/%.*s", STR_ARG(algorithm), STR_ARG(hex));
        if (!tree_find(layout->tree, path))
                missing(layout, path, "the image names it, and it is not there");
        else if (is_json_of_images(json_get_string(descriptor, STR("mediaType"))))
                check_json(layout, path, depth + 1);
}

static void check_list(struct layout *layout, const struct json *list, unsigned depth) {
        for (size_t i = 0; list && list->kind == JSON_KIND_ARRAY && i < list->count; i++)
                check_descriptor(layout, &list->items[i], depth);
}

static void check_json(struct layout *layout, struct str path, unsigned depth) {
        const struct tree_entry *entry = tree_find(layout->tree, path);
        const struct json *config;
        struct str text;
        struct json json;
        struct err err;

        if (depth > INDEX_DEPTH_MAX || !entry)
                return;
        if (!tree_read(layout->tree, entry, layout->arena, JSON_MAX, &text, &err) ||
            !json_parse(layout->arena, path, text, &json, &err)) {
                secrets_gap(layout->search, path, &err);
                return;
        }
        config = json_get(&json, STR("config"));
        if (config)
                check_descriptor(layout, config, depth);
        check_list(layout, json_get(&json, STR("manifests")), depth);
        check_list(layout, json_get(&json, STR("layers")), depth);
}

void secrets_feed_image(struct secrets_search *search) {
        AUTO_ARENA arena = arena_make(search->job->arena->budget);
        struct layout layout = { .search = search,
                                 .tree = search->job->repo->tree,
                                 .arena = &arena };

        if (!tree_find(layout.tree, INDEX_FILE))
                missing(&layout, INDEX_FILE, "no OCI image layout: it has no index.json");
        check_json(&layout, INDEX_FILE, 0);
        secrets_feed_tree(search);
}
