/* Tells a script in test/ what gomod/ makes of its input.
 *
 * Standard input is a list of requests: a line "KIND SIZE", then SIZE bytes. For each the answer is
 * lines that end with a line ".". Strings are written in hexadecimal. */
#include "base/buf.h"
#include "gomod/gover.h"
#include "gomod/modfile.h"
#include "gomod/modulestxt.h"
#include "gomod/semver.h"
#include "gomod/sumfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX (64u << 20)

static void give_up(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fputs("gomod_probe: out of memory\n", stderr);
        exit(1);
}

static void put(const char *name, struct str value) {
        printf("%s ", name);
        for (size_t i = 0; i < value.len; i++)
                printf("%02x", (unsigned char)value.ptr[i]);
        putchar('\n');
}

static void put_place(const char *name, struct modfile_place place) {
        printf("%s at %u:%u\n", name, place.pos.line, place.pos.column);
}

static void put_word(const char *name, struct modfile_word word) {
        put_place(name, word.place);
        put("value", word.value);
}

static void put_mod(const char *name, struct mod_version mod) {
        put(name, mod.path);
        put("version", mod.version);
}

static void put_lists(const struct modfile *mod) {
        for (size_t i = 0; i < mod->godebug_count; i++) {
                put_place("godebug", mod->godebugs[i].place);
                put("key", mod->godebugs[i].key);
                put("value", mod->godebugs[i].value);
        }
        for (size_t i = 0; i < mod->require_count; i++) {
                put_place(mod->requires[i].indirect ? "indirect" : "require",
                          mod->requires[i].place);
                put_mod("path", mod->requires[i].mod);
        }
        for (size_t i = 0; i < mod->exclude_count; i++) {
                put_place("exclude", mod->excludes[i].place);
                put_mod("path", mod->excludes[i].mod);
        }
        for (size_t i = 0; i < mod->replace_count; i++) {
                put_place("replace", mod->replaces[i].place);
                put_mod("old", mod->replaces[i].old_mod);
                put_mod("new", mod->replaces[i].new_mod);
        }
        for (size_t i = 0; i < mod->retract_count; i++) {
                put_place("retract", mod->retracts[i].place);
                put("low", mod->retracts[i].low);
                put("high", mod->retracts[i].high);
                put("rationale", mod->retracts[i].place.comment);
        }
        for (size_t i = 0; i < mod->tool_count; i++)
                put_word("tool", mod->tools[i]);
        for (size_t i = 0; i < mod->ignore_count; i++)
                put_word("ignore", mod->ignores[i]);
        for (size_t i = 0; i < mod->use_count; i++)
                put_word("use", mod->uses[i]);
}

static void put_modfile(struct arena *arena, enum modfile_kind kind, struct str text) {
        struct modfile mod;
        struct err err;

        if (!modfile_parse(arena, kind, STR("go.mod"), text, &mod, &err)) {
                printf("error at %u:%u\n", err.line, err.column);
                fprintf(stderr, "%s\n", err.message);
                return;
        }
        if (mod.module.place.pos.line) {
                put_place("module", mod.module.place);
                put("path", mod.module.path);
                put("deprecated", mod.module.deprecated);
        }
        if (mod.go.place.pos.line)
                put_word("go", mod.go);
        if (mod.toolchain.place.pos.line)
                put_word("toolchain", mod.toolchain);
        put_lists(&mod);
        printf("noncanonical %d\n", mod.noncanonical_pos.line > 0);
}

static void put_checks(struct arena *arena, struct str path) {
        struct str prefix, major, text = STR_NONE;
        struct err err;
        bool module = modpath_check(path, &err), import = modpath_check_import(path, &err);

        printf("check %d %d %d\n", module, import, modpath_check_file(path, &err));
        printf("major %d\n", modpath_split_major(path, &prefix, &major));
        put("prefix", prefix);
        put("major", major);
        printf("escape %d\n", modpath_escape(arena, path, &text, &err));
        put("escaped", text);
        text = STR_NONE;
        printf("unescape %d\n", modpath_unescape(arena, path, &text, &err));
        put("unescaped", text);
        text = STR_NONE;
        printf("escape version %d\n", modpath_escape_version(arena, path, &text, &err));
        put("escaped", text);
        text = STR_NONE;
        printf("unescape version %d\n", modpath_unescape_version(arena, path, &text, &err));
        put("unescaped", text);
}

static void put_version(struct arena *arena, struct str version) {
        struct str base = STR_NONE, revision = STR_NONE;
        int64_t seconds = 0;
        struct err err;

        printf("valid %d\n", semver_is_valid(version));
        put("canonical", semver_canonical(arena, version));
        put("module canonical", semver_module_canonical(arena, version));
        put("major", semver_major(version));
        put("prerelease", semver_prerelease(version));
        put("build", semver_build(version));
        printf("pseudo %d\n", semver_is_pseudo(version));
        printf("base %d\n", semver_pseudo_base(arena, version, &base, &err));
        put("base", base);
        printf("time %d\n", semver_pseudo_time(version, &seconds, &err));
        printf("seconds %lld\n", (long long)seconds);
        printf("revision %d\n", semver_pseudo_revision(version, &revision, &err));
        put("revision", revision);
        printf("go %d %d\n", gover_is_valid(version), gover_is_language(version));
        put("language", gover_language(version));
        put("toolchain", gover_of_toolchain(version));
}

static int sign(int n) {
        return (n > 0) - (n < 0);
}

/* Two strings with a newline between. */
static void put_pair(struct arena *arena UNUSED, struct str both) {
        struct str a = both, b = STR_NONE, prefix, major;

        str_cut(both, '\n', &a, &b);
        printf("semver %d\n", sign(semver_compare(a, b)));
        printf("go %d\n", sign(gover_compare(a, b)));
        printf("toolchain %d\n", sign(gover_module_compare(STR("toolchain"), a, b)));
        modpath_split_major(b, &prefix, &major);
        printf("major %d\n", modpath_major_allows(a, major));
        printf("patterns %d\n", modpath_matches_patterns(a, b));
}

static void put_sums(struct arena *arena, struct str text) {
        struct sumfile sum;
        struct err err;

        if (!sumfile_parse(arena, STR("go.sum"), text, &sum, &err)) {
                printf("error at %u\n", err.line);
                return;
        }
        for (size_t i = 0; i < sum.count; i++) {
                printf("line %u %d %d\n", sum.lines[i].line, sum.lines[i].go_mod,
                       sumfile_has(&sum, sum.lines[i].mod, sum.lines[i].go_mod));
                put_mod("path", sum.lines[i].mod);
                put("hash", sum.lines[i].hash);
        }
}

static void put_modules(struct arena *arena, struct str text) {
        struct modulestxt txt;
        struct err err;

        if (!modulestxt_parse(arena, STR("vendor/modules.txt"), text, &txt, &err)) {
                puts("error");
                return;
        }
        printf("workspace %d\n", txt.workspace);
        for (size_t i = 0; i < txt.module_count; i++) {
                printf("module %u %d\n", txt.modules[i].line, txt.modules[i].explicit_mark);
                put_mod("path", txt.modules[i].mod);
                put_mod("new", txt.modules[i].replacement);
                put("go", txt.modules[i].go_version);
        }
        for (size_t i = 0; i < txt.package_count; i++)
                put("package", txt.packages[i].path);
        printf("strange %zu\n", txt.strange_count);
}

static void put_main(struct arena *arena, struct str text) {
        put_modfile(arena, MODFILE_MAIN, text);
}

static void put_dependency(struct arena *arena, struct str text) {
        put_modfile(arena, MODFILE_DEPENDENCY, text);
}

static void put_work(struct arena *arena, struct str text) {
        put_modfile(arena, MODFILE_WORK, text);
}

static const struct request {
        const char *kind;
        void (*answer)(struct arena *arena, struct str text);
} requests[] = {
        { "main", put_main },   { "dependency", put_dependency }, { "work", put_work },
        { "path", put_checks }, { "version", put_version },       { "pair", put_pair },
        { "sum", put_sums },    { "modules", put_modules },
};

static bool answer(struct arena *arena, const char *kind, size_t size) {
        char *bytes = arena_alloc(arena, size + 1);

        if (fread(bytes, 1, size, stdin) != size)
                return false;
        for (size_t i = 0; i < COUNT_OF(requests); i++)
                if (strcmp(requests[i].kind, kind) == 0) {
                        requests[i].answer(arena, (struct str){ bytes, size });
                        puts(".");
                        return true;
                }
        return false;
}

int main(void) {
        struct arena_budget budget = { .ceiling = (size_t)1 << 30, .on_full = give_up };
        char kind[32];
        size_t size;

        while (scanf("%31s %zu", kind, &size) == 2 && getchar() == '\n' && size <= REQUEST_MAX) {
                AUTO_ARENA arena = arena_make(&budget);

                if (!answer(&arena, kind, size))
                        return 1;
        }
        return 0;
}
