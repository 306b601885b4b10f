#include "facts/test_leaks.h"

#include "base/map.h"
#include "data/json_write.h"
#include "golang/header.h"
#include "gotest/overlay.h"

#define FOLDER STR("out/overlay")

struct leaks {
        struct test_setup *setup;
        struct arena *arena; /* for the time of preparing */
        struct build_context context;
        struct map folders; /* folder to struct folder_tests */
        struct json_writer json;
        size_t written;
};

struct folder_tests {
        VEC(struct overlay_file) files;
        bool is_unclear; /* a file that cannot be read as the go command would */
};

static bool takes_part(struct leaks *leaks, const struct header *header, struct str name,
                       struct folder_tests *folder) {
        bool matches = false;
        struct err err;

        if (!constraint_name_matches(&leaks->context, name))
                return false;
        if (header->state != HEADER_OK ||
            !constraint_header_matches(&leaks->context, header, &matches, &err))
                folder->is_unclear = true;
        return matches;
}

static void add_file(struct leaks *leaks, const struct tree_entry *entry, struct str dir,
                     struct str name) {
        void **value = map_put(&leaks->folders, dir);
        struct folder_tests *folder = *value;
        struct overlay_file file = { .name = name };
        struct header header;
        struct err err;

        if (!folder)
                *value = folder = ARENA_NEW(leaks->arena, struct folder_tests);
        if (entry->kind != TREE_FILE ||
            !tree_read(leaks->setup->job->repo->tree, entry, leaks->arena, TEST_SOURCE_MAX,
                       &file.text, &err)) {
                folder->is_unclear = true;
                return;
        }
        header = header_scan(leaks->arena, file.text);
        if (!takes_part(leaks, &header, name, folder))
                return;
        file.package_name = header.package_name;
        *VEC_ADD(leaks->arena, &folder->files) = file;
}

static void find_files(struct leaks *leaks) {
        size_t count;
        const struct tree_entry *entries = tree_entries(leaks->setup->job->repo->tree, &count);

        for (size_t i = 0; i < count; i++) {
                struct str dir = STR_NONE, name = entries[i].path;

                if (!str_has_suffix(name, STR("_test.go")))
                        continue;
                str_cut_last(name, '/', &dir, &name);
                if (!fact_is_passed_over(dir) && !str_has_prefix(name, STR("_")) &&
                    !str_has_prefix(name, STR(".")))
                        add_file(leaks, &entries[i], dir, name);
        }
}

/* One replacement: the file's place in the copy of the tree, and what stands in for it. */
static bool replace(struct leaks *leaks, struct str dir, struct str name, struct str text,
                    struct err *err) {
        const struct test_setup *setup = leaks->setup;
        struct str file = str_fmt(leaks->arena, "%.*s/%zu.go", STR_ARG(FOLDER), leaks->written++);
        struct str place = str_join_path(leaks->arena, setup->folders.tree,
                                         str_join_path(leaks->arena, dir, name));

        json_key(&leaks->json, place);
        json_put_string(&leaks->json, str_join_path(leaks->arena, setup->scratch.path, file));
        return scratch_write(&setup->scratch, leaks->arena, file, text, 0644, err);
}

static bool add_package(struct leaks *leaks, struct str dir, const struct folder_tests *folder,
                        struct err *err) {
        struct overlay_input input = { .files = folder->files.items,
                                       .count = folder->files.count,
                                       .mark = leaks->setup->leak_mark,
                                       .tree = leaks->setup->folders.tree };
        struct overlay overlay;

        if (folder->is_unclear || !overlay_make(leaks->arena, &input, &overlay))
                return true;
        if (!replace(leaks, dir, STR(OVERLAY_HELPER), overlay.helper, err))
                return false;
        for (size_t i = 0; i < overlay.copy_count; i++)
                if (!replace(leaks, dir, overlay.copies[i].name, overlay.copies[i].text, err))
                        return false;
        return true;
}

static bool add_packages(struct leaks *leaks, struct err *err) {
        for (size_t i = 0; i < leaks->folders.count; i++)
                if (!add_package(leaks, leaks->folders.entries[i].key,
                                 leaks->folders.entries[i].value, err))
                        return false;
        return true;
}

/* The tags of the configuration hold beside those of GOFLAGS, which they replace; -race has one. */
static struct build_context context_of(struct arena *arena, const struct test_setup *setup) {
        const struct test_options *options = &setup->job->repo->options.tests;
        struct build_context context = goenv_build_context(arena, setup->goenv);
        VEC(struct str) tags = { 0 };
        struct str rest = options->tags, tag;
        bool more = rest.len > 0;

        for (size_t i = 0; i < context.tag_count; i++)
                *VEC_ADD(arena, &tags) = context.tags[i];
        while (more) {
                more = str_cut(rest, ',', &tag, &rest);
                *VEC_ADD(arena, &tags) = more ? tag : rest;
        }
        if (setup->race)
                *VEC_ADD(arena, &tags) = STR("race");
        context.tags = tags.items;
        context.tag_count = tags.count;
        return context;
}

bool test_leaks_prepare(struct test_setup *setup, struct err *err) {
        AUTO_ARENA arena = arena_make(setup->job->arena->budget);
        struct buf text = buf_make(&arena);
        struct leaks leaks = { .setup = setup,
                               .arena = &arena,
                               .context = context_of(&arena, setup),
                               .folders = map_make(&arena),
                               .json = json_write(&text, JSON_COMPACT) };
        struct str base, folder;

        str_cut_last(setup->scratch.path, '/', &folder, &base);
        setup->leak_mark = str_fmt(setup->job->arena, "weir-goroutines-%.*s", STR_ARG(base));
        find_files(&leaks);
        json_begin_object(&leaks.json);
        json_key(&leaks.json, STR("Replace"));
        json_begin_object(&leaks.json);
        if (!scratch_make_dir(&setup->scratch, &arena, FOLDER, err) || !add_packages(&leaks, err))
                return false;
        json_end_object(&leaks.json);
        json_end_object(&leaks.json);
        if (!leaks.written)
                return true;
        if (!scratch_write(&setup->scratch, &arena, STR("out/overlay.json"), buf_str(&text), 0644,
                           err))
                return false;
        setup->overlay = str_join_path(setup->job->arena, setup->folders.out, STR("overlay.json"));
        return true;
}
