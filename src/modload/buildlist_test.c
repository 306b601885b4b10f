/* Build lists against a brute-force fixpoint over random module universes, and single cases. */
#include "modload/buildlist.h"

#include "gomod/gover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 256 << 20, .on_full = give_up };

/* ---- a source in memory ---- */

struct file {
        const char *path, *version, *text;
};

struct memory {
        const struct file *files;
        size_t count, reads;
};

static enum mod_answer read_memory(void *ctx, struct arena *arena UNUSED, struct mod_version mod,
                                   struct str *ret_bytes, struct err *err) {
        struct memory *memory = ctx;

        memory->reads++;
        for (size_t i = 0; i < memory->count; i++)
                if (str_eq(str_of(memory->files[i].path), mod.path) &&
                    str_eq(str_of(memory->files[i].version), mod.version)) {
                        *ret_bytes = str_of(memory->files[i].text);
                        return MOD_ANSWERED;
                }
        err_set(err, ERR_OFFLINE, "not in the cache");
        return MOD_ABSENT;
}

static struct modfile parse(struct arena *arena, enum modfile_kind kind, const char *text) {
        struct modfile mod;
        struct err err;

        if (!modfile_parse(arena, kind, STR("go.mod"), str_of(text), &mod, &err))
                fail_msg("%s: %s", text, err.message);
        return mod;
}

static struct buildlist *make(struct arena *arena, const char *text, struct memory *memory) {
        struct modfile *mod = ARENA_NEW(arena, struct modfile);
        struct buildlist_main *main = ARENA_NEW(arena, struct buildlist_main);

        *mod = parse(arena, MODFILE_MAIN, text);
        main->mod = mod;
        return buildlist_make(arena,
                              &(struct buildlist_input){ .mains = main,
                                                         .main_count = 1,
                                                         .go_version = STR("1.26.0"),
                                                         .source = { memory, read_memory } });
}

/* "a v1.0.0;b v1.1.0;" of the build list, without the main module and go. */
static const char *listed(struct buildlist *list, struct arena *arena) {
        struct str text = STR("");
        struct mod_version *mods;
        struct err err;
        size_t count;

        assert_true(buildlist_load(list, &err));
        mods = buildlist_modules(list, arena, &count);
        for (size_t i = 0; i < count; i++)
                if (mods[i].version.len && !gover_is_pseudo_module(mods[i].path))
                        text = str_fmt(arena, "%.*s%.*s %.*s;", STR_ARG(text),
                                       STR_ARG(mods[i].path), STR_ARG(mods[i].version));
        return str_to_c(arena, text);
}

static const struct file chain[] = {
        { "x.y/a", "v1.0.0", "module x.y/a\ngo 1.17\nrequire x.y/b v1.1.0\n" },
        { "x.y/b", "v1.1.0", "module x.y/b\ngo 1.17\nrequire x.y/c v1.2.0\n" },
        { "x.y/c", "v1.0.0", "module x.y/c\n" },
        { "x.y/c", "v1.2.0", "module x.y/c\nrequire x.y/d v1.0.0\n" },
        { "x.y/d", "v1.0.0", "module x.y/d\n" },
        { "x.y/old", "v1.0.0", "module x.y/old\nrequire x.y/b v1.1.0\n" },
        { "fork", "", "module x.y/fork\ngo 1.20\nrequire x.y/d v1.0.0\n" },
        { "x.y/new", "v1.0.0", "module x.y/new\ngo 1.99.0\n" },
};
static struct memory chain_memory = { chain, COUNT_OF(chain), 0 };

static void pruned_graphs_end_at_the_dependencies_of_dependencies(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buildlist *list;

        list = make(&arena, "module m\ngo 1.17\nrequire x.y/a v1.0.0\n", &chain_memory);
        assert_string_equal(listed(list, &arena), "x.y/a v1.0.0;x.y/b v1.1.0;");
        list = make(&arena, "module m\ngo 1.16\nrequire x.y/a v1.0.0\n", &chain_memory);
        assert_string_equal(listed(list, &arena),
                            "x.y/a v1.0.0;x.y/b v1.1.0;x.y/c v1.2.0;x.y/d v1.0.0;");
        list = make(&arena, "module m\ngo 1.17\nrequire x.y/old v1.0.0\n", &chain_memory);
        assert_string_equal(listed(list, &arena),
                            "x.y/b v1.1.0;x.y/c v1.2.0;x.y/d v1.0.0;x.y/old v1.0.0;");
}

static void nothing_is_read_before_it_is_needed(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buildlist *list;
        struct str version;

        chain_memory.reads = 0;
        list = make(&arena, "module m\ngo 1.17\nrequire (\n x.y/a v1.0.0\n x.y/a v1.1.0\n)\n",
                    &chain_memory);
        assert_true(buildlist_root_selected(list, STR("x.y/a"), &version));
        assert_true(str_eq(version, STR("v1.1.0")));
        assert_false(buildlist_root_selected(list, STR("x.y/b"), &version));
        assert_int_equal(chain_memory.reads, 0);
        assert_true(
                buildlist_read(list, (struct mod_version){ STR("x.y/b"), STR("v1.1.0") })->pruned);
        assert_int_equal(chain_memory.reads, 1);
}

static void replaces_and_excludes_are_applied(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buildlist *list;
        struct mod_version actual;

        list = make(&arena,
                    "module m\ngo 1.17\nrequire x.y/a v1.0.0\nrequire x.y/c v1.2.0\n"
                    "replace x.y/a => ./x/../fork\nexclude x.y/c v1.2.0\n",
                    &chain_memory);
        assert_string_equal(listed(list, &arena), "x.y/a v1.0.0;x.y/d v1.0.0;");
        actual = buildlist_actual(list, (struct mod_version){ STR("x.y/a"), STR("v1.0.0") });
        assert_true(str_eq(actual.path, STR("fork")) && actual.version.len == 0);
}

static void faults_are_told_apart(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        const struct buildlist_module **faults;
        struct buildlist *list;
        struct err err;
        size_t count;

        list = make(&arena,
                    "module m\ngo 1.17\nrequire x.y/gone v1.0.0\nrequire x.y/new v1.0.0\n"
                    "replace x.y/moved => x.y/c v1.0.0\nrequire x.y/moved v1.0.0\n"
                    "replace x.y/other => x.y/d v1.0.0\nrequire x.y/other v1.0.0\n",
                    &chain_memory);
        assert_true(buildlist_load(list, &err));
        faults = buildlist_faults(list, &arena, &count);
        assert_int_equal(count, 2);
        assert_int_equal(faults[0]->fault, BUILDLIST_ABSENT);
        assert_int_equal(faults[1]->fault, BUILDLIST_TOO_NEW);
}

static void outdated_roots_are_found(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buildlist *list;
        struct mod_version root;
        struct str selected;

        list = make(&arena, "module m\ngo 1.17\nrequire (\n x.y/b v1.1.0\n x.y/c v1.0.0\n)\n",
                    &chain_memory);
        assert_false(
                buildlist_roots_satisfy(list, (struct mod_version){ STR("x.y/b"), STR("v1.1.0") }));
        listed(list, &arena);
        assert_true(buildlist_find_outdated_root(list, &root, &selected));
        assert_true(str_eq(root.path, STR("x.y/c")) && str_eq(selected, STR("v1.2.0")));
}

static void workspaces_join_their_modules(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct modfile work = parse(&arena, MODFILE_WORK, "go 1.20\nuse (\n./p\n./q\n)\n");
        struct modfile p =
                parse(&arena, MODFILE_MAIN, "module x.y/p\ngo 1.20\nrequire x.y/b v1.1.0\n");
        struct modfile q = parse(&arena, MODFILE_MAIN,
                                 "module x.y/q\ngo 1.20\nrequire x.y/c v1.0.0\n"
                                 "replace x.y/b => ../fork\n");
        struct buildlist_main mains[] = { { &p, STR("p") }, { &q, STR("q") } };
        struct buildlist *list = buildlist_make(
                &arena, &(struct buildlist_input){ .mains = mains,
                                                   .main_count = 2,
                                                   .work = &work,
                                                   .source = { &chain_memory, read_memory } });

        assert_string_equal(listed(list, &arena), "x.y/b v1.1.0;x.y/c v1.0.0;x.y/d v1.0.0;");
}

/* ---- random universes ---- */

#define PATHS 7
#define VERSIONS 4
#define REQUIRES_MAX 4
#define ROUNDS 3000

struct entry {
        bool has_go; /* go 1.17, else no go line */
        size_t count;
        unsigned char path[REQUIRES_MAX], version[REQUIRES_MAX];
};

struct universe {
        struct entry entries[PATHS][VERSIONS], main;
};

static unsigned next_random(unsigned *seed) {
        *seed = *seed * 1103515245u + 12345u;
        return *seed >> 16;
}

static void fill(struct entry *entry, unsigned *seed) {
        entry->has_go = next_random(seed) % 3 != 0;
        entry->count = next_random(seed) % (REQUIRES_MAX + 1);
        for (size_t i = 0; i < entry->count; i++) {
                entry->path[i] = (unsigned char)(next_random(seed) % PATHS);
                entry->version[i] = (unsigned char)(next_random(seed) % VERSIONS);
        }
}

static const char *text_of(struct arena *arena, struct str path, const struct entry *entry) {
        struct str text =
                str_fmt(arena, "module %.*s\n%s", STR_ARG(path), entry->has_go ? "go 1.17\n" : "");

        for (size_t i = 0; i < entry->count; i++)
                text = str_fmt(arena, "%.*srequire x.y/p%u v1.%u.0\n", STR_ARG(text),
                               entry->path[i], entry->version[i]);
        return str_to_c(arena, text);
}

/* Whether a module version's go.mod is read as part of a pruned and of an unpruned graph. */
struct reach {
        bool pruned[PATHS][VERSIONS], unpruned[PATHS][VERSIONS];
};

static bool set(bool *flag) {
        bool changed = !*flag;

        *flag = true;
        return changed;
}

/* One round over all module versions; true where something was new. */
static bool spread(const struct universe *u, struct reach *reach) {
        bool changed = false;

        for (size_t p = 0; p < PATHS; p++)
                for (size_t v = 0; v < VERSIONS; v++) {
                        const struct entry *entry = &u->entries[p][v];
                        bool all = reach->unpruned[p][v] || (reach->pruned[p][v] && !entry->has_go);

                        for (size_t i = 0; all && i < entry->count; i++)
                                changed |= set(&reach->unpruned[entry->path[i]][entry->version[i]]);
                }
        return changed;
}

static void raise_to(int selected[PATHS], const struct entry *entry) {
        for (size_t i = 0; i < entry->count; i++)
                selected[entry->path[i]] = MAX_OF(selected[entry->path[i]], entry->version[i]);
}

static void brute_force(const struct universe *u, int selected[PATHS]) {
        struct reach reach = { 0 };

        for (size_t i = 0; i < u->main.count; i++) {
                unsigned char p = u->main.path[i], v = u->main.version[i];

                *(u->main.has_go ? &reach.pruned[p][v] : &reach.unpruned[p][v]) = true;
        }
        while (spread(u, &reach))
                ;
        for (size_t p = 0; p < PATHS; p++)
                selected[p] = -1;
        raise_to(selected, &u->main);
        for (size_t p = 0; p < PATHS; p++)
                for (size_t v = 0; v < VERSIONS; v++)
                        if (reach.pruned[p][v] || reach.unpruned[p][v])
                                raise_to(selected, &u->entries[p][v]);
}

static struct memory remember(struct arena *arena, const struct universe *u) {
        struct file *files = ARENA_ARRAY(arena, struct file, PATHS * VERSIONS);

        for (size_t i = 0; i < PATHS * VERSIONS; i++) {
                struct str path = str_fmt(arena, "x.y/p%zu", i / VERSIONS);
                struct str version = str_fmt(arena, "v1.%zu.0", i % VERSIONS);

                files[i] = (struct file){ str_to_c(arena, path), str_to_c(arena, version),
                                          text_of(arena, path,
                                                  &u->entries[i / VERSIONS][i % VERSIONS]) };
        }
        return (struct memory){ files, PATHS * VERSIONS, 0 };
}

static void random_universes_agree_with_brute_force(void **state UNUSED) {
        unsigned seed = 4;

        for (int round = 0; round < ROUNDS; round++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct universe u;
                struct memory memory;
                struct str want = STR("");
                int selected[PATHS];

                for (size_t i = 0; i < PATHS * VERSIONS; i++)
                        fill(&u.entries[i / VERSIONS][i % VERSIONS], &seed);
                fill(&u.main, &seed);
                memory = remember(&arena, &u);
                brute_force(&u, selected);
                for (size_t p = 0; p < PATHS; p++)
                        if (selected[p] >= 0)
                                want = str_fmt(&arena, "%.*sx.y/p%zu v1.%d.0;", STR_ARG(want), p,
                                               selected[p]);
                assert_string_equal(
                        listed(make(&arena, text_of(&arena, STR("m"), &u.main), &memory), &arena),
                        str_to_c(&arena, want));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pruned_graphs_end_at_the_dependencies_of_dependencies),
                cmocka_unit_test(nothing_is_read_before_it_is_needed),
                cmocka_unit_test(replaces_and_excludes_are_applied),
                cmocka_unit_test(faults_are_told_apart),
                cmocka_unit_test(outdated_roots_are_found),
                cmocka_unit_test(workspaces_join_their_modules),
                cmocka_unit_test(random_universes_agree_with_brute_force),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
